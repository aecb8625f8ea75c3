/// What designs cost, shared by all runs on one environment, so that a slow simulator sees each
/// design once.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"

/// A table with one slot a design. Any thread may look up and keep.
typedef struct og_memo og_memo;

/// A memo of `count` designs with `width` numbers each.
og_memo* og_memo_make(og_arena* arena, int64_t count, int width);

/// Bytes that og_memo_make() would use.
double og_memo_bytes(double count, int width);

/// The numbers of design `index` into `values` (shape: [width]); false when it has none yet.
bool og_memo_get(const og_memo* memo, int64_t index, double* values);

/// Keep the numbers of design `index`; the first to come are kept.
void og_memo_put(og_memo* memo, int64_t index, const double* values);
