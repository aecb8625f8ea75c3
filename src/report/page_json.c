#include "report/page_json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void page_json_string(const char* text, og_buffer* out) {
    og_buffer_add(out, "\"", 1);
    for (const char* c = og_text_printable(out->arena, text); *c; c++) {
        // `<`, `>` and `&` would be allowed in JSON, but "</script" ends the element around it
        if (strchr("<>&'", *c)) {
            og_buffer_print(out, "\\u%04x", (unsigned)(unsigned char)*c);
        } else if (*c == '"' || *c == '\\') {
            og_buffer_print(out, "\\%c", *c);
        } else {
            og_buffer_add(out, c, 1);
        }
    }
    og_buffer_add(out, "\"", 1);
}

// the comma before a value, and its key
static void page_json_begin(og_page_json* json, const char* key) {
    if (json->comma) {
        og_buffer_add(json->out, ",", 1);
    }
    json->comma = true;
    if (key) {
        page_json_string(key, json->out);
        og_buffer_add(json->out, ":", 1);
    }
}

void og_page_json_open(og_page_json* json, const char* key, char bracket) {
    assert(bracket == '{' || bracket == '[');
    page_json_begin(json, key);
    og_buffer_add(json->out, &bracket, 1);
    json->comma = false;
}

void og_page_json_close(og_page_json* json, char bracket) {
    assert(bracket == '}' || bracket == ']');
    og_buffer_add(json->out, &bracket, 1);
    json->comma = true;
}

void og_page_json_text(og_page_json* json, const char* key, const char* text) {
    page_json_begin(json, key);
    page_json_string(text ? text : "", json->out);
}

void og_page_json_number(og_page_json* json, const char* key, double value) {
    page_json_begin(json, key);
    char text[32] = "null";
    if (isfinite(value)) {
        og_text_real(value, text);
    }
    og_buffer_add(json->out, text, strlen(text));
}

void og_page_json_short(og_page_json* json, double value) {
    page_json_begin(json, NULL);
    char text[32] = "null";
    if (isfinite(value)) {
        (void)snprintf(text, sizeof text, "%.7g", value);
    }
    og_buffer_add(json->out, text, strlen(text));
}

void og_page_json_integer(og_page_json* json, const char* key, int64_t value) {
    page_json_begin(json, key);
    char text[32];
    const int length = snprintf(text, sizeof text, "%lld", (long long)value);
    og_buffer_add(json->out, text, (size_t)length);
}
