/// Gradient boosting (Friedman 2001): small trees, each fitted to what those before it left
/// unexplained, over binned values as forests use them; see forest.h. Predicts more sharply than a
/// forest, without variance; fit quantiles for bounds.
///
///     const og_boosting_options options = {.trees = 200};
///     const og_boosting* boosting =
///         og_boosting_fit(arena, columns, width, rows, targets, count, &options);
///     og_boosting_predict(boosting, candidates, candidate_count, values);
///
/// A pure function of its arguments.
#pragma once

#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/column.h"

/// Options; 0 stands for the default everywhere.
typedef struct og_boosting_options {
    int trees;        ///< default 100
    double rate;      ///< part of each tree's answer that is added, in (0, 1]. Default 0.1
    int depth;        ///< most splits between root and leaf. Default 4
    int least_rows;   ///< fewest rows of a leaf. Default 2
    double rows;      ///< share of the rows drawn for each tree, in (0, 1]. Default 1
    double columns;   ///< share of the columns tried for each split, in (0, 1]. Default 1
    double penalty;   ///< added to the rows of each leaf when its mean is taken, >= 0: shrinks
                      ///< small leaves. Default 0; not used for quantiles
    double quantile;  ///< predict this quantile, in (0, 1), by the pinball loss (Koenker and
                      ///< Bassett 1978). Default: the mean, by the squared loss
    uint64_t seed;
} og_boosting_options;

/// A fitted ensemble, read-only; lives in the arena it was made in.
typedef struct og_boosting og_boosting;

/// Fit to `rows` (shape: [count][width]) of `columns` (list: [width]; choices of at most 256
/// levels) and `targets` (shape: [count], finite), count >= 1. All are copied.
const og_boosting* og_boosting_fit(og_arena* arena, const og_column* columns, int width,
                                   const double* rows, const double* targets, int count,
                                   const og_boosting_options* options);

/// Predictions at `rows` (shape: [count][width]) into `values` (shape: [count]).
void og_boosting_predict(const og_boosting* boosting, const double* rows, int count,
                         double* values);

/// Mean loss over the rows fitted to after each tree (shape: [trees]); of the constant before the
/// first one at index -1.
const double* og_boosting_losses(const og_boosting* boosting);

/// How much of the squared error the splits of each column removed, as parts of 1 (or all 0);
/// importance (shape: [width]).
void og_boosting_importance(const og_boosting* boosting, double* importance);
