#include "binding/text.h"

#include <math.h>
#include <string.h>

#include "space/space_json.h"
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
    return og_space_json(table, true);
}

json_t* og_binding_metrics(const og_metric* metrics, int count) {
    og_arena* arena = og_arena_create();
    json_t* json = json_loads(og_store_metrics_print(arena, metrics, count, true), 0, NULL);
    og_arena_destroy(arena);
    return json;
}
