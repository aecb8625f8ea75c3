#include "binding/text.h"

#include <math.h>
#include <string.h>

#include "ogive/text.h"
#include "study/store.h"

og_status og_binding_say(const char* said, char* text, size_t size, size_t* length) {
    *length = strlen(said);
    memcpy(text, said, *length < size ? *length : size);
    return OG_OK;
}

enum { TEXT_FLAGS = JSON_COMPACT | JSON_REAL_PRECISION(17) };

og_status og_binding_say_json(json_t* json, char* text, size_t size, size_t* length) {
    *length = json_dumpb(json, text, size, TEXT_FLAGS);
    json_decref(json);
    return OG_OK;
}

const char* og_binding_json_text(og_arena* arena, json_t* json) {
    const size_t size = json_dumpb(json, NULL, 0, TEXT_FLAGS);
    char* text = og_arena_allocate(arena, size + 1);
    json_dumpb(json, text, size, TEXT_FLAGS);
    json_decref(json);
    return text;
}

json_t* og_binding_string(const char* text) {
    json_t* json = json_string(text);
    if (json) {
        return json;
    }
    og_arena* arena = og_arena_create();
    json = json_string(og_text_printable(arena, text));
    og_arena_destroy(arena);
    return json;
}

json_t* og_binding_strings(const char* const* texts, int count) {
    json_t* list = json_array();
    for (int i = 0; i < count; i++) {
        json_array_append_new(list, og_binding_string(texts[i]));
    }
    return list;
}

json_t* og_binding_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

json_t* og_binding_numbers(const double* values, int count) {
    json_t* list = json_array();
    for (int i = 0; i < count; i++) {
        json_array_append_new(list, og_binding_number(values[i]));
    }
    return list;
}

json_t* og_binding_space(const og_space_table* table) {
    og_arena* arena = og_arena_create();
    json_t* json = json_loads(og_store_table_print(arena, table, true), 0, NULL);
    og_arena_destroy(arena);
    return json;
}

json_t* og_binding_metrics(const og_metric* metrics, int count) {
    og_arena* arena = og_arena_create();
    json_t* json = json_loads(og_store_metrics_print(arena, metrics, count, true), 0, NULL);
    og_arena_destroy(arena);
    return json;
}
