/// Distinct designs of a record, told apart and grouped.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/proxy.h"

/// Designs to learn from. Designs of one group are equal for the simulator, as far as the record
/// tells: their metrics were taken from each other, or are the same to the bit.
typedef struct og_proxy_designs {
    int count;
    int metric_count;
    double* x;       ///< shape: [count][space.count]
    double* y;       ///< the mean over trials, shape: [count][metric_count]; NaN unless feasible
    bool* feasible;  ///< shape: [count]
    int* group;      ///< of each design, 0, 1, ... in order of first appearance, shape: [count]
    int group_count;
    int64_t distinct;  ///< designs in the data; more than count where some were left out
} og_proxy_designs;

/// The designs of `data`, at most `most` of them, drawn by `seed`. Fails on a design that is not in
/// `space` and on metrics that are not finite or too large.
og_status og_proxy_designs_make(og_arena* arena, const og_space* space, const og_proxy_data* data,
                                int most, uint64_t seed, og_proxy_designs* designs);

/// Part the groups into `folds` of about equally many designs, drawn by `seed`: fold (shape:
/// [count]) of each of the designs with groups `group` (shape: [count], in [0, group_count)).
void og_proxy_fold(og_arena* scratch, const int* group, int count, int group_count, int folds,
                   uint64_t seed, int* fold);

/// A look-up of designs.
typedef struct og_proxy_index {
    const og_space* space;
    const double* x;  ///< shape: [count][space->count]
    int* slots;       ///< design + 1, 0 = empty, shape: [mask + 1]
    uint64_t mask;
} og_proxy_index;

/// An empty index over `x` that holds `count` designs.
og_proxy_index og_proxy_index_make(og_arena* arena, const og_space* space, const double* x,
                                   int64_t count);

/// The slot of the index where design x is, or where it belongs.
int* og_proxy_index_slot(const og_proxy_index* index, const double* x);
