/// The values of a column as the levels of a parameter.
#pragma once

#include "env/table/columns.h"
#include "ogive/parameter.h"

/// Make `parameter` from the distinct cells of `column` (shape: [sheet->row_count]): numbers in
/// increasing order, else texts in alphabetical order. `x` (shape: [row_count][stride], its first
/// number that of row 0) receives the value of each row; `initial` is left at the first level.
/// Texts are copied into `arena`; `scratch` may be given back afterwards. Fails with the place of
/// an empty cell, of text in an ordinal, and when a choice has more than 1,024 values.
og_status og_table_levels_make(og_arena* arena, og_arena* scratch, const og_sheet* sheet,
                               const og_table_column* column, og_parameter* parameter, double* x,
                               int stride);
