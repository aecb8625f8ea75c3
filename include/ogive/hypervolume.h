/// Hypervolume: how much of the space of objectives a set of designs dominates.
#pragma once

#include <stdint.h>

#include "ogive/arena.h"

/// Most dimensions that hypervolumes are computed in.
enum { OG_HYPERVOLUME_DIMENSIONS = 8 };

/// Volume that `points` (shape: [count][dimensions], to be minimised) dominate within the box that
/// ends at `reference` (shape: [dimensions]); exact, for 1 to 8 dimensions. Up to 3 by a sweep
/// (Fonseca, Paquete and Lopez-Ibanez, CEC 2006), more by limited sets (While, Bradstreet and
/// Barone, IEEE Transactions on Evolutionary Computation 16, 2012), whose time grows with
/// dimensions and count as the set is hard. Points that are not better than the reference in all
/// dimensions add nothing.
double og_hypervolume(og_arena* scratch, const double* points, int64_t count, int dimensions,
                      const double* reference);

/// Volume that each point dominates alone: by how much the hypervolume shrinks without it, 0 for a
/// repeated or dominated point. contributions (shape: [count]); the rest as above. Points of which
/// none dominates another take time n log n in 2 dimensions, n^2 log n or a little more in 3.
void og_hypervolume_contributions(og_arena* scratch, const double* points, int64_t count,
                                  int dimensions, const double* reference, double* contributions);
