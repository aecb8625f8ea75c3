/// A table as an environment keeps it, for tests and fuzzing that have no file.
#pragma once

#include "ogive/environment.h"

/// As open(), with the content of the file (`size` bytes; data[size] must be writable; changed) in
/// place of its path, which only messages use.
og_status og_table_open_text(og_arena* arena, const og_settings* options, const char* path,
                             char* data, size_t size, og_model* model);
