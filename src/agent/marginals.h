/// Marginals: one distribution for each parameter, from which designs are drawn. A table of
/// probabilities over levels, or a normal distribution over the positions of a continuum.
#pragma once

#include "agent/construction.h"

typedef struct og_marginals {
    og_construction construction;
    double** weights;   ///< of each parameter: shape: [levels]; NULL for a continuum
    double* mean;       ///< of the position of a continuum; list: [space->count]
    double* deviation;  ///< the same
} og_marginals;

/// Distributions that are uniform over levels, and wide over continua.
og_marginals og_marginals_make(og_arena* arena, const og_space* space);

/// Draw a feasible design into x.
void og_marginals_draw(og_marginals* marginals, og_random* random, double* x);

/// Estimate all distributions from designs (list: [count], >= 1) that count as much as their
/// `shares` say (list: [count], summing to 1). Levels within `spread` (of the range) of an ordered
/// parameter's values get a part of their share, as a normal kernel has it. A parameter's
/// probabilities are mixed with the uniform ones, which count for `smoothing` in [0, 1]; continua
/// keep a deviation of at least `smoothing` times that of the uniform distribution.
void og_marginals_fit(og_marginals* marginals, const double* const* designs, const double* shares,
                      int count, double spread, double smoothing);
