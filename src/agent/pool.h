/// Pools: designs not yet proposed that a model is asked about, so that the best of them can be.
#pragma once

#include "agent/archive.h"
#include "agent/neighbourhood.h"
#include "agent/row.h"
#include "agent/seen.h"

typedef struct og_pool {
    const og_space* space;
    const og_column* columns;  ///< list: [space->count]
    og_neighbourhood neighbourhood;
    double* designs;  ///< shape: [capacity][space->count]
    double* rows;     ///< of the designs, shape: [capacity][space->count]
    double* scores;   ///< smaller is better; a taken design has NAN; shape: [capacity]
    int count;
    int capacity;
    double* draft;  ///< scratch, shape: [space->count]
} og_pool;

/// Give designs [begin, end) of the pool their scores, finite or infinite.
typedef void og_pool_score(void* model, og_pool* pool, int begin, int end);

/// An empty pool. `columns` is kept.
og_pool og_pool_make(og_arena* arena, const og_space* space, const og_column* columns,
                     int capacity);

/// Put x in unless it is in `seen`, or the pool is full.
void og_pool_add(og_pool* pool, const og_seen* seen, const double* x);

/// Fill an empty pool with up to `count` designs: with all that are not in `seen` where these are
/// no more than `count`, else half with uniform draws and half with changes of `parents` (list:
/// [parent_count], of the earlier more often).
void og_pool_fill(og_pool* pool, const og_seen* seen, og_random* random,
                  const double* const* parents, int parent_count, int count);

/// Climb from the `starts` best designs of a scored pool over neighbours, up to `steps` times; all
/// designs met are put in, with their scores. Needs room for them: a full pool ends the climb.
void og_pool_climb(og_pool* pool, const og_seen* seen, og_random* random, og_pool_score* score,
                   void* model, int starts, int steps);

/// Designs that one climb may put into a pool.
int og_pool_climb_room(int starts, int steps);

/// Index of the design of least score that is not taken, -1 when there is none.
int og_pool_best(const og_pool* pool);

/// Mark a design as taken; when it is not in `seen`, put it there and into x and return true.
bool og_pool_take(og_pool* pool, og_seen* seen, int index, double* x);
