#include "base/json.h"

#include <math.h>
#include <string.h>

#include "ogive/text.h"

json_t* og_json_string(const char* text) {
    json_t* string = json_string(text);
    if (string) {
        return string;
    }
    og_arena* arena = og_arena_create();
    og_buffer wide = {.arena = arena};
    for (const unsigned char* c = (const unsigned char*)text; *c; c++) {
        const char bytes[2] = {(char)(*c < 0x80 ? *c : 0xc0 | *c >> 6), (char)(0x80 | (*c & 0x3f))};
        og_buffer_add(&wide, bytes, *c < 0x80 ? 1 : 2);
    }
    string = json_string(wide.data);
    og_arena_destroy(arena);
    return string;
}

json_t* og_json_strings(const char* const* texts, int count) {
    json_t* list = json_array();
    for (int i = 0; i < count; i++) {
        json_array_append_new(list, og_json_string(texts[i]));
    }
    return list;
}

const char* og_json_print(og_arena* arena, json_t* json) {
    const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(17);
    const size_t size = json_dumpb(json, NULL, 0, flags);
    char* text = og_arena_allocate(arena, size + 1);
    json_dumpb(json, text, size, flags);
    json_decref(json);
    return text;
}

bool og_json_text(og_arena* arena, const json_t* json, const char* key, bool optional,
                  const char** text) {
    const json_t* member = json_object_get(json, key);
    *text = NULL;
    if (!member) {
        return optional;
    }
    if (!json_is_string(member)) {
        return false;
    }
    *text = og_text_copy(arena, json_string_value(member), json_string_length(member));
    return true;
}

bool og_json_real(const json_t* json, const char* key, double* value) {
    const json_t* member = json_object_get(json, key);
    *value = json_number_value(member);
    return json_is_number(member) && isfinite(*value);
}

bool og_json_word(const json_t* json, const char* key, const char* const* words, int count,
                  int* index) {
    const char* text = json_string_value(json_object_get(json, key));
    for (int i = 0; text && i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}
