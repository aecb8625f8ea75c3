/// Random forests for regression (Breiman 2001), also with random cuts (extremely randomized trees:
/// Geurts, Ernst and Wehenkel 2006), with predictive variance across trees and leaves (Hutter, Hoos
/// and Leyton-Brown 2011) and with the analysis of variance of what they learnt (Hutter, Hoos and
/// Leyton-Brown, ICML 2014).
///
///     const og_forest_options options = {.seed = 1};
///     const og_forest* forest =
///         og_forest_fit(arena, columns, width, rows, targets, count, &options);
///     og_forest_predict(forest, candidates, candidate_count, mean, variance);
///     score[i] = og_log_expected_improvement(mean[i], sqrt(variance[i]), best);
///
/// Splits of reals and ordinals are thresholds; splits of choices are subsets of levels, the best
/// ones for squared error, found by ordering levels by their mean target (Fisher 1958). Values are
/// put in at most 256 bins before; reals with more different values lose the rest. Levels that no
/// row of a node has go with most of its rows. Targets are used as given. A pure function of its
/// arguments.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/column.h"
#include "ogive/random.h"

/// Options; 0 stands for the default everywhere.
typedef struct og_forest_options {
    int trees;         ///< default 30
    double columns;    ///< share of the columns tried for each split, in (0, 1]. Default 5/6
    int least_rows;    ///< fewest rows of a leaf. Default 1
    int depth;         ///< most splits between root and leaf. Default 64
    bool random_cuts;  ///< for each column one random cut instead of the best one
    bool whole;        ///< every tree sees every row once, instead of as many rows drawn with
                       ///< replacement; there is no out-of-bag error then
    uint64_t seed;
} og_forest_options;

/// A fitted forest, read-only; lives in the arena it was made in.
typedef struct og_forest og_forest;

/// Fit a forest to `rows` (shape: [count][width]) of `columns` (list: [width]; choices of at most
/// 256 levels) and `targets` (shape: [count], finite), count >= 1. All are copied.
const og_forest* og_forest_fit(og_arena* arena, const og_column* columns, int width,
                               const double* rows, const double* targets, int count,
                               const og_forest_options* options);

/// Mean and variance (shapes: [count]) of the targets at `rows` (shape: [count][width]): the
/// variance is that of the means of trees plus the mean of the variances of their leaves.
/// `variance` may be NULL.
void og_forest_predict(const og_forest* forest, const double* rows, int count, double* mean,
                       double* variance);

/// Mean squared error of every row by the trees that have not seen it; NAN when there are none.
double og_forest_out_of_bag_error(const og_forest* forest);

/// How much of the squared error the splits of each column removed, as parts of 1 (or all 0);
/// importance (shape: [width]). Favours columns of many values.
void og_forest_impurity_importance(const og_forest* forest, double* importance);

/// By how much the out-of-bag squared error grows when a column's values are shuffled among the
/// rows; importance (shape: [width]), around 0 for a column that does not matter. `arena` is
/// scratch. All NAN for a forest with `whole`.
void og_forest_permutation_importance(const og_forest* forest, og_arena* arena, og_random* random,
                                      double* importance);

/// Share of the forest's variance over the whole space (all values equally likely) that each column
/// explains alone: main effects of the functional analysis of variance, the mean over trees.
/// shares (shape: [width]); `arena` is scratch. All 0 for a constant forest.
void og_forest_main_effects(const og_forest* forest, og_arena* arena, double* shares);

/// The same for each pair of columns beyond their main effects: shares (shape: [width][width],
/// symmetric, diagonal 0). `arena` is scratch.
void og_forest_pair_effects(const og_forest* forest, og_arena* arena, double* shares);

/// Mean prediction over the whole space with `column` at each of `values` (shape: [count]), and its
/// standard deviation across trees: `mean` and `deviation` (shapes: [count]). `arena` is scratch.
void og_forest_marginal(const og_forest* forest, og_arena* arena, int column, const double* values,
                        int count, double* mean, double* deviation);
