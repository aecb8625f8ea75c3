/// Construction: designs made parameter by parameter, so that every choice is among those that
/// still lead to a feasible design.
#pragma once

#include "ogive/arena.h"
#include "ogive/random.h"
#include "ogive/space.h"

enum { OG_CONSTRUCTION_LEVELS = 256 };  ///< parameters with more levels are continua

typedef struct og_construction {
    const og_space* space;
    const int* order;   ///< parameters in the order of choice, list: [space->count]
    const int* levels;  ///< of each parameter, 0 for a continuum: a real, or an ordered parameter
                        ///< with many levels; list: [space->count]
    int most_levels;    ///< the most of them, at least 1
    bool tied;          ///< some combinations may be infeasible
    const bool* open;   ///< parameters whose levels are always all allowed, list: [space->count]
    const bool* every;  ///< what is allowed of these, list: [most_levels]
    bool* allowed;      ///< of the parameter asked for last
} og_construction;

og_construction og_construction_make(og_arena* arena, const og_space* space);

/// Which levels of parameter `index` (no continuum) may be chosen when those before it in `order`
/// keep their values in x: shape: [levels], valid until the next call.
const bool* og_construction_allowed(og_construction* construction, const double* x, int index);

/// Set parameter `index` (no continuum) of x to an allowed level drawn with probability in
/// proportion to `weights` (shape: [levels], >= 0). Returns the level.
int og_construction_draw(og_construction* construction, og_random* random, const double* weights,
                         double* x, int index);

/// Set parameter `index` (a continuum) of x to the allowed value nearest to `position` in [0, 1].
void og_construction_place(og_construction* construction, double position, double* x, int index);

/// Call when all parameters are set: repairs what masks do not see, such as constraints on reals.
void og_construction_finish(const og_construction* construction, og_random* random, double* x);
