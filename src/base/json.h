/// JSON documents with texts from outside, which may be anything.
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "ogive/arena.h"

/// `text` as a string. Text that is not valid UTF-8 cannot be JSON; it is kept byte by byte as
/// Latin-1.
json_t* og_json_string(const char* text);

/// A list of them.
json_t* og_json_strings(const char* const* texts, int count);

/// The document in one line, with all digits of its numbers; it is freed.
const char* og_json_print(og_arena* arena, json_t* json);

/// A copy of member `key`; false when it is no text or, unless `optional`, missing.
bool og_json_text(og_arena* arena, const json_t* json, const char* key, bool optional,
                  const char** text);

/// A finite number; false when it is missing or none.
bool og_json_real(const json_t* json, const char* key, double* value);

/// Which of `words` (list: [count]) a member is; false when it is none.
bool og_json_word(const json_t* json, const char* key, const char* const* words, int count,
                  int* index);
