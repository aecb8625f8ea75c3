/// Predictors: a guess of one target from rows, without saying how sure it is, for searches that
/// ask for thousands of guesses.
#pragma once

#include <stdbool.h>

#include "ogive/gaussian_process.h"
#include "ogive/ridge.h"

typedef enum og_predictor_kind {
    OG_PREDICTOR_RIDGE,             ///< on levels and, where these are few, on pairs of levels
    OG_PREDICTOR_GAUSSIAN_PROCESS,  ///< mean of a process: kernel ridge regression
    OG_PREDICTOR_AUTOMATIC,         ///< a process where there are reals or long orders, else ridge
} og_predictor_kind;

/// Names of og_predictor_kind, as choices of an option.
extern const char* const og_predictor_names[3];

enum { OG_PREDICTOR_SCALES = 2, OG_PREDICTOR_RECENT = 64 };

/// A model of each scale of targets. The one is trusted that lately told better where a new design
/// is among those before: sums of effects are sums in values, skewed targets are better as ranks.
typedef struct og_predictor {
    og_ridge* ridges[OG_PREDICTOR_SCALES];                ///< by og_target_scale, or NULL
    og_gaussian_process* processes[OG_PREDICTOR_SCALES];  ///< same
    double errors[OG_PREDICTOR_SCALES];                   ///< of their predictions lately
    int trusted;
    int width;
    double worst;                         ///< target so far, that stands for what has none
    double* recent;                       ///< latest rows, shape: [OG_PREDICTOR_RECENT][width]
    double targets[OG_PREDICTOR_RECENT];  ///< of these
    double guesses[OG_PREDICTOR_SCALES][OG_PREDICTOR_RECENT];  ///< of these, when last fitted
    int recent_count;                                          ///< rows that there are
    int recent_next;                                           ///< place of the next one
    int guess_count;                                           ///< rows when last fitted
} og_predictor;

/// A predictor without rows of `columns` (list: [width]). A process keeps `rows` rows.
og_predictor og_predictor_make(og_arena* arena, const og_column* columns, int width,
                               og_predictor_kind kind, int rows, uint64_t seed);

/// Compare what the models say of a row with its target, for trust. To be called for all rows with
/// targets since the last fit, before any of them is added.
void og_predictor_test(og_predictor* predictor, const double* row, double target);

/// Add a row (shape: [width]) with its finite target; known after the next fit. A row that `fails`
/// has none: its target says that it comes behind all others.
void og_predictor_add(og_predictor* predictor, const double* row, double target, bool fails);

/// Bring the predictor up to date.
void og_predictor_fit(og_predictor* predictor);

/// Guesses (shape: [count]) at `rows` (shape: [count][width]), in the scale of the trusted model.
void og_predictor_guess(const og_predictor* predictor, const double* rows, int count,
                        double* guesses);

/// `pairs` of og_ridge_options, or 0 where a ridge with pairs would have too many weights to be
/// quick: more than 600 with at most `knots` for a column.
double og_predictor_pairs(const og_column* columns, int width, int knots, double pairs);

/// The covariance that suits columns: additive where there are only choices, else mixed.
og_covariance_form og_predictor_covariance(const og_column* columns, int width);
