/// Designs as learners read them, one column for each parameter.
#pragma once

#include "ogive/arena.h"
#include "ogive/column.h"
#include "ogive/space.h"

/// How designs become rows: choices of at most 256 names and booleans are choices, what has levels
/// is ordinal by level, reals and integers whose ratios matter are reals by position.
typedef struct og_rows {
    const og_space* space;
    const og_column* columns;  ///< list: [space->count]
    const int* places;         ///< of each parameter in the encoding, shape: [space->count]
} og_rows;

og_rows og_rows_make(og_arena* arena, const og_space* space);

/// The row (shape: [space->count]) of design x; `encoding` (shape: [encoding width]) is scratch.
void og_rows_read(const og_rows* rows, const double* x, double* encoding, double* row);
