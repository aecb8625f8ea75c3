/// Gaussian processes over mixed rows: what a target is likely to be at a candidate, and how sure
/// that is, from the rows seen so far (Rasmussen and Williams 2006).
///
/// What a search by expected improvement needs of it:
///
///     const og_gaussian_process_options options = {.targets = OG_TARGETS_RANK_GAUSSIAN, .seed =
///     1}; og_gaussian_process* process = og_gaussian_process_create(arena, columns, width,
///     &options);
///     // told: every evaluated design with its loss
///     og_gaussian_process_add(process, row, loss);
///     // asked: bring the model up to date, score candidates, take the best
///     og_gaussian_process_fit(process);
///     og_gaussian_process_predict(process, candidates, count, mean, variance);
///     const double best = og_gaussian_process_best(process);
///     score[i] = og_log_expected_improvement(mean[i], sqrt(variance[i]), best);
///
/// Time of a fit between two searches for hyper-parameters grows with the square of the rows, of
/// such a search with the cube (of at most 400 rows, evenly spaced: 0.3 s then), of a prediction
/// with the square for each candidate. A pure function
/// of options and of what it was given, in that order. Not thread-safe.
#pragma once

#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/column.h"
#include "ogive/random.h"

/// How the likeness of rows comes from the likeness of their columns. M is the Matern-5/2 function
/// of the weighted distance over reals and ordinals (an ordinal counts as index / (levels - 1)), H
/// the exponential of minus the weighted number of choices that differ (exchangeable levels). Every
/// column has a weight of its own (automatic relevance determination).
typedef enum og_covariance_form {
    OG_COVARIANCE_PRODUCT,   ///< a0 M H
    OG_COVARIANCE_MIXED,     ///< a0 M H + a1 M + a2 H (as Ru and others, ICML 2020)
    OG_COVARIANCE_ADDITIVE,  ///< a0 M H plus for each column c: b_c (1 - distance) for reals and
                             ///< ordinals, b_c [same level] for choices: main effects on top of
                             ///< interactions (as Duvenaud and others, NIPS 2011)
} og_covariance_form;

/// Options; 0 stands for the default everywhere.
typedef struct og_gaussian_process_options {
    og_covariance_form covariance;
    og_target_scale targets;
    int capacity;   ///< rows kept; beyond it an eighth is forgotten: the oldest rows that are not
                    ///< among the best quarter. >= 16, default 1,000
    double growth;  ///< hyper-parameters are sought anew when rows have grown by this factor since
                    ///< the last time; > 1, INFINITY for never. Default 1.2
    int starts;     ///< starting points of that search: the last optimum, then random ones.
                    ///< Default 2
    int steps;      ///< most evaluations of the likelihood for each start. Default 30
    uint64_t seed;  ///< of the random starting points
} og_gaussian_process_options;

/// A Gaussian process with its rows; lives in the arena it was created in.
typedef struct og_gaussian_process og_gaussian_process;

/// A process without rows. `columns` (list: [width], width >= 1) is copied. It keeps `arena`, grows
/// in it, and uses its end as scratch during calls.
og_gaussian_process* og_gaussian_process_create(og_arena* arena, const og_column* columns,
                                                int width,
                                                const og_gaussian_process_options* options);

/// Add a row (shape: [width], values as their columns say) with its target, finite. Takes effect at
/// the next fit.
void og_gaussian_process_add(og_gaussian_process* process, const double* row, double target);

/// Bring the posterior up to date with all rows: append them to the Cholesky factor, or, when it is
/// time, seek hyper-parameters and factor anew.
void og_gaussian_process_fit(og_gaussian_process* process);

/// Number of rows kept.
int og_gaussian_process_count(const og_gaussian_process* process);

/// Mean and variance (shapes: [count]) of the noise-free target at `rows` (shape: [count][width]),
/// in the scale of the model: see og_target_scale. `variance` may be NULL, which is much faster.
/// The process must be fitted; without rows it answers the prior.
void og_gaussian_process_predict(const og_gaussian_process* process, const double* rows, int count,
                                 double* mean, double* variance);

/// The same with scratch in an arena of the caller's: any number of threads may predict from one
/// fitted process, each with its own arena.
void og_gaussian_process_predict_within(const og_gaussian_process* process, og_arena* scratch,
                                        const double* rows, int count, double* mean,
                                        double* variance);

/// Draw the target at `rows` (shape: [count][width]) jointly from the posterior, `samples` times:
/// values (shape: [samples][count]). For Thompson sampling, take the lowest of each sample. Time
/// grows with the cube of `count`.
void og_gaussian_process_sample(const og_gaussian_process* process, og_random* random,
                                const double* rows, int count, int samples, double* values);

/// Lowest target so far in the scale of the model; INFINITY without rows.
double og_gaussian_process_best(const og_gaussian_process* process);

/// A target in the scale of the model, for bounds: between ranks, and beyond them, linear.
double og_gaussian_process_scaled(const og_gaussian_process* process, double target);

/// The target that has `scaled` in the scale of the model: inverse of og_gaussian_process_scaled().
double og_gaussian_process_unscaled(const og_gaussian_process* process, double scaled);

/// Number of hyper-parameters.
int og_gaussian_process_hyperparameter_count(const og_gaussian_process* process);

/// Natural logarithms of: the variance of the noise; a0; the weight of each column; then a1, a2
/// (mixed) or each b_c (additive). `values` (shape: [hyperparameter_count]). The weight of a real
/// or ordinal is its inverse squared length scale, of a choice its share in the exponent of H.
void og_gaussian_process_hyperparameters(const og_gaussian_process* process, double* values);

/// Set them, and factor anew.
void og_gaussian_process_set_hyperparameters(og_gaussian_process* process, const double* values);

/// Logarithm of the marginal likelihood of the scaled targets (without the prior on
/// hyper-parameters) and, unless NULL, its `gradient` (shape: [hyperparameter_count]).
double og_gaussian_process_log_likelihood(const og_gaussian_process* process, double* gradient);
