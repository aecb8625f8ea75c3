/// Fronts: the order of designs with several objectives, best first: by nondominated front, then by
/// crowding distance (Deb, Pratap, Agarwal and Meyarivan 2002).
#pragma once

#include "ogive/arena.h"

/// Order `count` rows of `values` (shape: [count][objectives], finite, smaller is better) into
/// `order` (shape: [count], indices of rows). Of equal rows the first one counts; the others come
/// behind all. With one objective this is a sort. `arena` is scratch. Time grows with the square of
/// `count`.
void og_fronts_sort(og_arena* arena, const double* values, int count, int objectives, int* order);
