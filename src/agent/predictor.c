#include "agent/predictor.h"

#include <math.h>
#include <stdbool.h>

enum {
    PREDICTOR_WEIGHTS = 600,  // the time of a fit grows with their cube
    PREDICTOR_KNOTS = 16,
};
#define PREDICTOR_PAIRS 0.5  // deviation of weights of pairs over that of single levels, a priori

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
    og_predictor predictor = {.width = width};
    const bool continuous = predictor_continuous(columns, width);
    if (kind == OG_PREDICTOR_RIDGE || (kind == OG_PREDICTOR_AUTOMATIC && !continuous)) {
        const og_ridge_options options = {
            .targets = OG_TARGETS_RANK_GAUSSIAN,
            .knots = PREDICTOR_KNOTS,
            .pairs = og_predictor_pairs(columns, width, PREDICTOR_KNOTS, PREDICTOR_PAIRS),
        };
        predictor.ridge = og_ridge_create(arena, columns, width, &options);
    } else {
        const og_gaussian_process_options options = {
            .targets = OG_TARGETS_RANK_GAUSSIAN,
            .covariance = og_predictor_covariance(columns, width),
            .capacity = rows,
            .seed = seed,
        };
        predictor.process = og_gaussian_process_create(arena, columns, width, &options);
    }
    return predictor;
}

void og_predictor_add(og_predictor* predictor, const double* row, double target) {
    if (predictor->ridge != NULL) {
        og_ridge_add(predictor->ridge, row, target);
    } else {
        og_gaussian_process_add(predictor->process, row, target);
    }
}

void og_predictor_fit(og_predictor* predictor) {
    if (predictor->ridge != NULL) {
        og_ridge_fit(predictor->ridge);
    } else {
        og_gaussian_process_fit(predictor->process);
    }
}

void og_predictor_guess(const og_predictor* predictor, const double* rows, int count,
                        double* guesses) {
    if (predictor->ridge != NULL) {
        const double* weights = og_ridge_weights(predictor->ridge);
        for (int i = 0; i < count; i++) {
            guesses[i] = og_ridge_value(predictor->ridge, weights, rows + i * predictor->width);
        }
    } else {
        og_gaussian_process_predict(predictor->process, rows, count, guesses, NULL);
    }
}
