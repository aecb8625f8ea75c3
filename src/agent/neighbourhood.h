/// Neighbourhoods: the designs that differ from one design in one parameter.
#pragma once

#include "ogive/arena.h"
#include "ogive/random.h"
#include "ogive/space.h"

/// How far along an ordered parameter its neighbours lie. A choice has all others as neighbours.
typedef enum og_reach {
    OG_REACH_ADJACENT,  ///< one level up and down
    OG_REACH_DOUBLING,  ///< 1, 2, 4, 8 ... levels up and down
    OG_REACH_ALL,       ///< every other level (up to 64 levels, doubling above)
} og_reach;

/// Names of og_reach, as choices of an option.
extern const char* const og_reach_names[3];

/// A change of one parameter.
typedef struct og_move {
    int parameter;
    int64_t offset;  ///< levels; reals: direction
} og_move;

/// The moves of a space. A move need not lead to a feasible design from everywhere.
typedef struct og_neighbourhood {
    const og_space* space;
    og_move* moves;  ///< list: [count]; the order may be changed
    int count;
    bool has_reals;
} og_neighbourhood;

og_neighbourhood og_neighbourhood_make(og_arena* arena, const og_space* space, og_reach reach);

/// Bring the moves into random order.
void og_neighbourhood_shuffle(og_neighbourhood* neighbourhood, og_random* random);

/// The neighbour of x by `move` in y (shapes: [space->count]); reals move by `real_step` (of their
/// range). What depends on the parameter is repaired. False when there is no such design.
bool og_neighbourhood_move(const og_neighbourhood* neighbourhood, og_random* random,
                           const og_move* move, double real_step, const double* x, double* y);
