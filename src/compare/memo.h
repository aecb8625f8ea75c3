/// What designs cost, shared by all runs on one environment, so that a slow simulator sees each
/// design once.
#pragma once

#include <stdbool.h>

#include "ogive/arena.h"

/// A table of designs and their numbers. Any thread may look up and keep. Designs are known by 128
/// bits of hash: two of a billion are taken for each other with probability 2^-69.
typedef struct og_memo og_memo;

/// A memo of designs of `design_width` doubles, with `width` numbers each, in at most `bytes`: room
/// for all of `designs` (0 = not known) or for as many as fit; memory is taken as it fills.
og_memo* og_memo_make(og_arena* arena, double designs, int design_width, int width, double bytes);

/// The numbers of design x into `values` (shape: [width]); false when it has none.
bool og_memo_get(const og_memo* memo, const double* x, double* values);

/// Keep the numbers of design x, where there is room.
void og_memo_put(og_memo* memo, const double* x, const double* values);
