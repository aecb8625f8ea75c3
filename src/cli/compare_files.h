/// The folder that results of comparisons are written to.
#pragma once

#include "ogive/compare.h"

/// Make `directory` when it is missing.
og_status og_directory_make(const char* directory);

/// Write CSV files and pictures of `result` into `directory`.
og_status og_compare_write(og_arena* arena, const og_compare_result* result, const char* directory);

/// Show how far a comparison is; `context` is an og_progress_line.
void og_compare_show(void* context, const og_compare_progress* progress);
