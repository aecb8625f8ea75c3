/// Variation of designs: changes of one parameter, and crossover of two designs.
#pragma once

#include "ogive/random.h"
#include "ogive/space.h"

typedef enum og_crossover {
    OG_CROSSOVER_UNIFORM,    ///< each parameter from either parent, reals blended
    OG_CROSSOVER_TWO_POINT,  ///< a stretch of parameters from the other parent
    OG_CROSSOVER_GROUPS,     ///< each group of parameters from either parent
    OG_CROSSOVER_MIXED,      ///< one of the three, drawn for each child
} og_crossover;

/// Names of og_crossover, as choices of an option.
extern const char* const og_crossover_names[4];

/// Change parameter `index` of x to another feasible value: a choice to any other one; an ordered
/// parameter by a distance between one level (reals: 2^-16 of the range) and the whole range whose
/// logarithm is uniform (Muehlenbein and Schlierkamp-Voosen 1993). Others are repaired when they
/// depend on it. False, x unchanged, when it has no other value.
bool og_variation_change(const og_space* space, og_random* random, double* x, int index);

/// Change one parameter, drawn among those that can be changed.
void og_variation_change_any(const og_space* space, og_random* random, double* x);

/// Change each parameter with probability `rate`.
void og_variation_mutate(const og_space* space, og_random* random, double* x, double rate);

/// Cross parents a and b into a feasible child, repaired where needed. Blended reals are drawn from
/// the parents' interval widened by a quarter on either side (Muehlenbein and Schlierkamp-Voosen
/// 1993). Shapes: [space->count].
void og_variation_cross(const og_space* space, og_random* random, og_crossover crossover,
                        const double* a, const double* b, double* child);
