/// JSON that is safe inside a page: written in one pass, nothing in it can end the element around
/// it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/text.h"

/// Where the text goes, and whether the next value needs a comma. Start with {.out = buffer}.
typedef struct og_page_json {
    og_buffer* out;
    bool comma;
} og_page_json;

/// Begin an object ('{') or a list ('['); `key` NULL inside lists.
void og_page_json_open(og_page_json* json, const char* key, char bracket);

/// End it ('}' or ']').
void og_page_json_close(og_page_json* json, char bracket);

/// Add a text. Characters that HTML uses are escaped, bytes that are no printable UTF-8 become '?'.
void og_page_json_text(og_page_json* json, const char* key, const char* text);

/// Add a number that reads back as the same double; null when it is not finite.
void og_page_json_number(og_page_json* json, const char* key, double value);

/// Add a number in 7 digits, enough to draw; null when it is not finite.
void og_page_json_short(og_page_json* json, double value);

/// Add an integer.
void og_page_json_integer(og_page_json* json, const char* key, int64_t value);
