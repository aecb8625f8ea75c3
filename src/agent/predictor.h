/// Predictors: a guess of one target from rows, without saying how sure it is, for searches that
/// ask for thousands of guesses.
#pragma once

#include "ogive/gaussian_process.h"
#include "ogive/ridge.h"

typedef enum og_predictor_kind {
    OG_PREDICTOR_RIDGE,             ///< on levels and, where these are few, on pairs of levels
    OG_PREDICTOR_GAUSSIAN_PROCESS,  ///< mean of a process: kernel ridge regression
    OG_PREDICTOR_AUTOMATIC,         ///< a process where there are reals or long orders, else ridge
} og_predictor_kind;

/// Names of og_predictor_kind, as choices of an option.
extern const char* const og_predictor_names[3];

typedef struct og_predictor {
    og_ridge* ridge;               ///< or NULL
    og_gaussian_process* process;  ///< or NULL
    int width;
} og_predictor;

/// A predictor without rows of `columns` (list: [width]), of the ranks of targets. A process keeps
/// `rows` rows.
og_predictor og_predictor_make(og_arena* arena, const og_column* columns, int width,
                               og_predictor_kind kind, int rows, uint64_t seed);

/// Add a row (shape: [width]) with its finite target; known after the next fit.
void og_predictor_add(og_predictor* predictor, const double* row, double target);

/// Bring the predictor up to date.
void og_predictor_fit(og_predictor* predictor);

/// Guesses (shape: [count]) at `rows` (shape: [count][width]), in the scale of the model.
void og_predictor_guess(const og_predictor* predictor, const double* rows, int count,
                        double* guesses);

/// `pairs` of og_ridge_options, or 0 where a ridge with pairs would have too many weights to be
/// quick: more than 600 with at most `knots` for a column.
double og_predictor_pairs(const og_column* columns, int width, int knots, double pairs);

/// The covariance that suits columns: additive where there are only choices, else mixed.
og_covariance_form og_predictor_covariance(const og_column* columns, int width);
