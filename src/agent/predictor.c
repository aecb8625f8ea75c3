#include "agent/predictor.h"

#include <math.h>
#include <string.h>

enum {
    PREDICTOR_WEIGHTS = 600,  // the time of a fit grows with their cube
    PREDICTOR_KNOTS = 16,
};
#define PREDICTOR_PAIRS 0.5  // deviation of weights of pairs over that of single levels, a priori

#define PREDICTOR_MEMORY 0.97  // of errors, when one more is known

const char* const og_predictor_names[3] = {"ridge", "gaussian_process", "automatic"};

double og_predictor_pairs(const og_column* columns, int width, int knots, double pairs) {
    double singles = 0;
    double squares = 0;
    for (int i = 0; i < width; i++) {
        const double levels = columns[i].kind == OG_COLUMN_REAL ? knots
                              : columns[i].kind == OG_COLUMN_CHOICE
                                  ? columns[i].levels
                                  : fmin(knots, columns[i].levels);
        singles += levels;
        squares += levels * levels;
    }
    return 1 + singles + (singles * singles - squares) / 2 <= PREDICTOR_WEIGHTS ? pairs : 0;
}

og_covariance_form og_predictor_covariance(const og_column* columns, int width) {
    for (int i = 0; i < width; i++) {
        if (columns[i].kind != OG_COLUMN_CHOICE) {
            return OG_COVARIANCE_MIXED;
        }
    }
    return OG_COVARIANCE_ADDITIVE;
}

// Weights of levels say too little of a continuum: its interactions are those of distances.
static bool predictor_continuous(const og_column* columns, int width) {
    for (int i = 0; i < width; i++) {
        if (columns[i].kind == OG_COLUMN_REAL ||
            (columns[i].kind == OG_COLUMN_ORDINAL && columns[i].levels > PREDICTOR_KNOTS)) {
            return true;
        }
    }
    return false;
}

og_predictor og_predictor_make(og_arena* arena, const og_column* columns, int width,
                               og_predictor_kind kind, int rows, uint64_t seed) {
    og_predictor predictor = {
        .width = width,
        .trusted = OG_TARGETS_RANK_GAUSSIAN,
        .worst = -INFINITY,
        .recent = OG_NEW(arena, double, OG_PREDICTOR_RECENT* width),
    };
    const bool continuous = predictor_continuous(columns, width);
    const bool linear =
        kind == OG_PREDICTOR_RIDGE || (kind == OG_PREDICTOR_AUTOMATIC && !continuous);
    for (int i = 0; i < OG_PREDICTOR_SCALES; i++) {
        if (linear) {
            const og_ridge_options options = {
                .targets = (og_target_scale)i,
                .knots = PREDICTOR_KNOTS,
                .pairs = og_predictor_pairs(columns, width, PREDICTOR_KNOTS, PREDICTOR_PAIRS),
            };
            predictor.ridges[i] = og_ridge_create(arena, columns, width, &options);
        } else {
            const og_gaussian_process_options options = {
                .targets = (og_target_scale)i,
                .covariance = OG_COVARIANCE_ADDITIVE,
                .capacity = rows,
                .seed = seed,
            };
            predictor.processes[i] = og_gaussian_process_create(arena, columns, width, &options);
        }
    }
    return predictor;
}

static void predictor_guess(const og_predictor* predictor, int scale, const double* rows, int count,
                            double* guesses) {
    const og_ridge* ridge = predictor->ridges[scale];
    if (ridge == NULL) {
        og_gaussian_process_predict(predictor->processes[scale], rows, count, guesses, NULL);
        return;
    }
    const double* weights = og_ridge_weights(ridge);
    for (int i = 0; i < count; i++) {
        guesses[i] = og_ridge_value(ridge, weights, rows + i * predictor->width);
    }
}

// Share of `values` that are below `value`.
static double predictor_place(const double* values, int count, double value) {
    double below = 0;
    for (int i = 0; i < count; i++) {
        below += values[i] < value ? 1 : values[i] > value ? 0 : 0.5;
    }
    return below / count;
}

void og_predictor_test(og_predictor* predictor, const double* row, double target) {
    const int count = predictor->guess_count;
    if (count == 0) {
        return;
    }
    const double place = predictor_place(predictor->targets, count, target);
    for (int i = 0; i < OG_PREDICTOR_SCALES; i++) {
        double guess = 0;
        predictor_guess(predictor, i, row, 1, &guess);
        const double error = fabs(predictor_place(predictor->guesses[i], count, guess) - place);
        predictor->errors[i] = PREDICTOR_MEMORY * predictor->errors[i] + error;
    }
}

// Keep a row for comparison.
static void predictor_keep(og_predictor* predictor, const double* row, double target) {
    const int place = predictor->recent_next;
    memcpy(predictor->recent + place * predictor->width, row,
           sizeof(double) * (size_t)predictor->width);
    predictor->targets[place] = target;
    predictor->recent_next = (place + 1) % OG_PREDICTOR_RECENT;
    predictor->recent_count += predictor->recent_count < OG_PREDICTOR_RECENT;
}

void og_predictor_add(og_predictor* predictor, const double* row, double target, bool fails) {
    if (!fails) {
        predictor->worst = fmax(predictor->worst, target);
        predictor_keep(predictor, row, target);
    }
    // values far from all others would be all that there is to see
    const double substitute = isinf(predictor->worst) ? 0 : predictor->worst;
    for (int i = 0; i < OG_PREDICTOR_SCALES; i++) {
        const bool values = i == OG_TARGETS_STANDARDIZED;
        const double learnt = fails && values ? substitute : target;
        if (predictor->ridges[i] != NULL) {
            og_ridge_add(predictor->ridges[i], row, learnt);
        } else {
            og_gaussian_process_add(predictor->processes[i], row, learnt);
        }
    }
}

void og_predictor_fit(og_predictor* predictor) {
    predictor->guess_count = predictor->recent_count;
    for (int i = 0; i < OG_PREDICTOR_SCALES; i++) {
        if (predictor->ridges[i] != NULL) {
            og_ridge_fit(predictor->ridges[i]);
        } else {
            og_gaussian_process_fit(predictor->processes[i]);
        }
        predictor_guess(predictor, i, predictor->recent, predictor->guess_count,
                        predictor->guesses[i]);
    }
    const bool values =
        predictor->errors[OG_TARGETS_STANDARDIZED] < predictor->errors[OG_TARGETS_RANK_GAUSSIAN];
    predictor->trusted = values ? OG_TARGETS_STANDARDIZED : OG_TARGETS_RANK_GAUSSIAN;
}

void og_predictor_guess(const og_predictor* predictor, const double* rows, int count,
                        double* guesses) {
    predictor_guess(predictor, predictor->trusted, rows, count, guesses);
}
