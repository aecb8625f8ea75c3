/// Bayesian ridge regression on the levels of columns: each level adds its weight, and, when asked
/// for, so does each pair of levels of two columns. The cheapest model that learns what every
/// parameter contributes; sampling its weights is Thompson sampling for additive teams.
///
///     const og_ridge_options options = {.targets = OG_TARGETS_RANK_GAUSSIAN};
///     og_ridge* ridge = og_ridge_create(arena, columns, width, &options);
///     og_ridge_add(ridge, row, loss);
///     og_ridge_fit(ridge);
///     og_ridge_sample(ridge, &random, weights);
///     score[i] = og_ridge_value(ridge, weights, candidate);  // the lowest is proposed
///
/// Weights are normal around 0 with a precision found by maximizing the evidence, in which the
/// variance of the noise is integrated out (Bishop 2006, sections 3.3 and 3.5, with the conjugate
/// normal and inverse gamma prior). A pure function of options and of what it was given, in that
/// order. Not thread-safe.
#pragma once

#include "ogive/arena.h"
#include "ogive/column.h"
#include "ogive/random.h"

/// Options; 0 stands for the default everywhere.
typedef struct og_ridge_options {
    og_target_scale targets;
    double pairs;      ///< weights of pairs of columns: their standard deviation as a part of that
                       ///< of single columns; commonly 0.5. Default 0: no pairs
    int knots;         ///< most features of a real or an ordinal; beyond it, and for reals, values
                       ///< are interpolated linearly between as many knots. >= 2, default 8
    double precision;  ///< ratio of the precision of weights to that of the noise, fixed; > 0.
                       ///< Default: found by evidence whenever rows have grown by a quarter
} og_ridge_options;

/// A model with what it has learnt; lives in the arena it was created in.
typedef struct og_ridge og_ridge;

/// A model without rows. `columns` (list: [width], width >= 1) is copied. It keeps `arena`, grows
/// in it (by rows with rank-Gaussian targets only), and uses its end as scratch during calls.
og_ridge* og_ridge_create(og_arena* arena, const og_column* columns, int width,
                          const og_ridge_options* options);

/// Add a row (shape: [width]) with its target, finite.
void og_ridge_add(og_ridge* ridge, const double* row, double target);

/// Bring the weights up to date with all rows: updates the Cholesky factor, for each new row in
/// time proportional to the square of the features, or for many rows at once to the cube.
void og_ridge_fit(og_ridge* ridge);

/// Number of features, the length of weights: a constant, then those of each column, then those of
/// each pair.
int og_ridge_feature_count(const og_ridge* ridge);

/// First feature of `column`; level k (or knot k) of it is feature `og_ridge_feature() + k`. For
/// column == width: the first feature of pairs.
int og_ridge_feature(const og_ridge* ridge, int column);

/// Posterior mean of the weights (shape: [feature_count]), valid until the next fit.
const double* og_ridge_weights(const og_ridge* ridge);

/// Draw weights (shape: [feature_count]) from the posterior.
void og_ridge_sample(const og_ridge* ridge, og_random* random, double* weights);

/// Make `count` draws from standard normal numbers, which weights (shape: [count][feature_count])
/// holds before; several at once cost less each.
void og_ridge_perturb(const og_ridge* ridge, int count, double* weights);

/// The target that `weights` give `row`, in the scale of the model.
double og_ridge_value(const og_ridge* ridge, const double* weights, const double* row);

/// Mean and variance (shapes: [count]) of the noise-free target at `rows` (shape: [count][width])
/// in the scale of the model. `variance` may be NULL, which is much faster.
void og_ridge_predict(const og_ridge* ridge, const double* rows, int count, double* mean,
                      double* variance);

/// The same with scratch in an arena of the caller's: any number of threads may predict from one
/// fitted model, each with its own arena.
void og_ridge_predict_within(const og_ridge* ridge, og_arena* scratch, const double* rows,
                             int count, double* mean, double* variance);

/// Estimated variance of the noise, in the scale of the model.
double og_ridge_noise(const og_ridge* ridge);

/// The ratio of precisions in use; see og_ridge_options.
double og_ridge_precision(const og_ridge* ridge);

/// Logarithm of the evidence of the scaled targets at ratio `precision` > 0.
double og_ridge_log_evidence(const og_ridge* ridge, double precision);
