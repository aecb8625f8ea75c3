/// Ranks with ties.
#pragma once

#include "ogive/arena.h"

/// Ranks of `values` (list: [count]) from 1 = smallest, ties sharing their mean, into `ranks`
/// (list: [count]). Returns the sum of t^3 - t over the groups of t tied values.
double og_ranks_of(og_arena* scratch, const double* values, int count, double* ranks);
