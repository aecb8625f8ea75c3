/// Spaces as JSON.
#pragma once

#include <jansson.h>

#include "ogive/arena.h"
#include "ogive/space.h"
#include "ogive/text.h"

/// Add `table` as an object with "parameters" and "constraints".
void og_proxy_table_print(const og_space_table* table, og_buffer* out);

/// Read it back. Fails with what is wrong, without the file's name.
og_status og_proxy_table_read(og_arena* arena, const json_t* json, og_space_table* table);

/// A copy of a text member; false when it is missing or no text.
bool og_proxy_text_read(og_arena* arena, const json_t* json, const char* key, const char** text);

/// A finite number member; false when it is missing or none.
bool og_proxy_real_read(const json_t* json, const char* key, double* value);
