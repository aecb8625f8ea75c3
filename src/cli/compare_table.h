/// Results of comparisons for people.
#pragma once

#include "cli/terminal.h"
#include "ogive/compare.h"
#include "ogive/text.h"

/// Tables of all environments, then the ranks. `columns`: width to wrap to.
void og_compare_print(const og_compare_result* result, int columns, bool color, og_buffer* out);
