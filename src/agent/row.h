/// Rows: designs as learners read them, one column for each parameter.
#pragma once

#include "ogive/arena.h"
#include "ogive/column.h"
#include "ogive/space.h"

/// Columns (list: [space->count]) for the parameters of a space: choices and booleans are choices,
/// integers and ordinals are ordinals by level, reals and what is logarithmic are reals by
/// position.
og_column* og_row_columns(og_arena* arena, const og_space* space);

/// The row (shape: [space->count]) of design x. Inactive parameters have their initial value.
void og_row_read(const og_space* space, const og_column* columns, const double* x, double* row);

/// How far two rows are apart: the mean over columns of 1 for choices that differ, and of the
/// difference of positions. In [0, 1].
double og_row_distance(const og_column* columns, int count, const double* a, const double* b);
