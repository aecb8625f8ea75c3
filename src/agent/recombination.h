/// Recombination for numbers: children close to either parent where the parents are close, for
/// reals and long orders; choices and short orders as in variation.h.
#pragma once

#include "agent/variation.h"

typedef struct og_recombination {
    double crossover_rate;   ///< share of children with two parents
    double crossover_index;  ///< the higher, the closer to a parent children are
    double mutation_rate;    ///< probability that a parameter changes
    double mutation_index;   ///< the higher, the smaller are changes
} og_recombination;

/// Make a feasible child of parents a and b. Numbers by simulated binary crossover (Deb and Agrawal
/// 1995, with bounds: Deb and Goyal 1996), each with probability 1/2, and polynomial mutation (Deb
/// and Goyal 1996), of their positions (position.h), with levels rounded by chance; other
/// parameters from either parent, whole groups or stretches of them together, and mutated by
/// og_variation_change(). Repaired where needed. Shapes: [space->count].
void og_recombine(const og_space* space, og_random* random, const og_recombination* how,
                  const double* a, const double* b, double* child);
