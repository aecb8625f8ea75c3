/// Hypervolume: how much of the space of objectives a set of designs dominates.
#pragma once

#include <stdint.h>

#include "ogive/arena.h"

/// Volume that `points` (shape: [count][dimensions], to be minimised) dominate within the box that
/// ends at `reference` (shape: [dimensions]); exact, for 1 to 3 dimensions (Fonseca, Paquete and
/// Lopez-Ibanez, CEC 2006, for 3). Points that are not better than the reference in all
/// dimensions add nothing.
double og_hypervolume(og_arena* scratch, const double* points, int64_t count, int dimensions,
                      const double* reference);
