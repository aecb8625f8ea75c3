/// The leaves of a regression tree as boxes, from which its means over parts of the space follow
/// exactly (Hutter, Hoos and Leyton-Brown, ICML 2014, theorem 3).
#pragma once

#include "learn/forest.h"

/// Bins that follow each other: [begin, end).
typedef struct og_run {
    uint16_t begin, end;
} og_run;

/// One tree. A leaf covers some bins of each column: of reals and ordinals one run.
typedef struct og_boxes {
    const og_forest* forest;
    int width;
    int leaf_count;
    double* answers;  ///< less the mean of the tree, shape: [leaf_count]
    double* volumes;  ///< part of the space, shape: [leaf_count]
    double* shares;   ///< part of each column's values, shape: [leaf_count][width]
    int* first_run;   ///< of each leaf and column, shape: [leaf_count * width + 1]
    og_run* runs;
    double mean;
    double variance;
} og_boxes;

/// The boxes of tree number `tree` of `forest`.
og_boxes og_boxes_make(og_arena* arena, const og_forest* forest, int tree);

/// Number of bins of a column, at most OG_BINS.
int og_boxes_bins(const og_forest* forest, int column);

/// The bin of a value.
int og_boxes_bin(const og_forest* forest, int column, double value);

/// Mean over the space with `column` in each bin, less the mean of the tree: effect (shape:
/// [bins]).
void og_boxes_effect(const og_boxes* boxes, int column, double* effect);

/// Variance of a main effect.
double og_boxes_effect_variance(const og_boxes* boxes, int column, const double* effect);

/// The same with columns `a` and `b` in each pair of bins: grid (shape: [(OG_BINS + 1) * (OG_BINS +
/// 1)]) receives rows of bins of b, one for each bin of a, without gaps.
void og_boxes_pair(const og_boxes* boxes, int a, int b, double* grid);

/// Variance of the grid beyond the main effects of a and b.
double og_boxes_pair_variance(const og_boxes* boxes, int a, int b, const double* grid,
                              const double* effect_a, const double* effect_b);
