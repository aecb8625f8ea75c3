/// Spaces as JSON, with or without the sentences for people.
#pragma once

#include "base/json.h"
#include "ogive/space.h"
#include "ogive/status.h"

/// `table` as an object with "parameters" and "constraints".
json_t* og_space_json(const og_space_table* table, bool docs);

/// Read it back into `arena`; fails on what no table gives, without the name of the file.
og_status og_space_json_read(og_arena* arena, const json_t* json, og_space_table* table);

/// A list of texts; false when it is none.
bool og_space_json_texts(og_arena* arena, const json_t* list, const char* const** texts,
                         int* count);
