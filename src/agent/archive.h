/// Archives: the best designs told so far, in order, best first.
#pragma once

#include "agent/population.h"

typedef struct og_archive {
    og_population
        population;          ///< sorted; of designs as good as each other, the earlier comes first
    const double** designs;  ///< of the members, in order, list: [population.count]
} og_archive;

/// An empty archive that keeps `capacity` designs.
og_archive og_archive_make(const og_agent* agent, int capacity);

/// Take in a design when it is among the best.
void og_archive_add(og_archive* archive, const og_told* told);

/// Weights of the best `count` designs, best first: they fall with the logarithm of the rank and
/// sum to 1. shares: list: [count].
void og_archive_shares(int count, double* shares);
