#include "proxy/learner.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "ogive/boosting.h"
#include "ogive/forest.h"
#include "ogive/gaussian_process.h"
#include "ogive/ridge.h"
#include "proxy/net.h"

enum {
    LEARNER_KNOTS = 16,
    LEARNER_PAIR_KNOTS = 4,  // of models with pairs, whose size grows with their square
    LEARNER_WEIGHTS = 600,   // of ridge regression; the time of a fit grows with their cube
    LEARNER_INPUTS = 600,    // of nets
    LEARNER_COLUMNS = 200,   // of Gaussian processes
    LEARNER_CAPACITY = 1000,
    LEARNER_COMMITTEE = 3,
};
#define LEARNER_PAIRS 0.5     // deviation of weights of pairs over that of single levels
#define LEARNER_BOUND 1e6     // of a number kept in a file
#define LEARNER_LOG_BOUND 20  // of a hyper-parameter that is a logarithm

struct og_learner {
    og_proxy_model model;
    const og_column* columns;
    int width;
    double mean, deviation;  // of the targets
    const double* numbers;
    og_ridge* ridge;
    const og_forest* forest;
    const og_boosting* committee[LEARNER_COMMITTEE];
    og_gaussian_process* process;
    double noise;  // variance of what ridges and processes cannot explain
};

// Names in the order of og_proxy_model.
const char* const og_proxy_model_names[OG_PROXY_MODEL_COUNT] = {
    "ridge", "ridge_pairs", "forest", "boosting", "gaussian_process", "net"};

// Weights of ridge regression, with or without pairs.
static double learner_weights(const og_column* columns, int width, bool pairs) {
    const int knots = pairs ? LEARNER_PAIR_KNOTS : LEARNER_KNOTS;
    double singles = 0;
    double squares = 0;
    for (int c = 0; c < width; c++) {
        const double levels = columns[c].kind == OG_COLUMN_REAL ? knots
                              : columns[c].kind == OG_COLUMN_CHOICE
                                  ? columns[c].levels
                                  : fmin(knots, columns[c].levels);
        singles += levels;
        squares += levels * levels;
    }
    return 1 + singles + (pairs ? (singles * singles - squares) / 2 : 0);
}

bool og_learner_takes(og_proxy_model model, const og_column* columns, int width) {
    switch (model) {
    case OG_PROXY_RIDGE: return learner_weights(columns, width, false) <= LEARNER_WEIGHTS;
    case OG_PROXY_RIDGE_PAIRS:
        return width > 1 && learner_weights(columns, width, true) <= LEARNER_WEIGHTS;
    case OG_PROXY_GAUSSIAN_PROCESS: return width <= LEARNER_COLUMNS;
    case OG_PROXY_NET:
        // a choice has at most 256 levels, so this cannot overflow
        return width <= LEARNER_INPUTS && og_net_inputs(columns, width) <= LEARNER_INPUTS;
    case OG_PROXY_FOREST:
    case OG_PROXY_BOOSTING:
    case OG_PROXY_MODEL_COUNT: break;
    }
    return true;
}

int og_learner_number_count(og_proxy_model model, const og_column* columns, int width) {
    switch (model) {
    case OG_PROXY_RIDGE:
    case OG_PROXY_RIDGE_PAIRS: return 1;
    // noise, amplitude, a weight of each column and its main effect
    case OG_PROXY_GAUSSIAN_PROCESS: return 2 + 2 * width;
    case OG_PROXY_NET: return og_net_size(og_net_inputs(columns, width));
    case OG_PROXY_FOREST:
    case OG_PROXY_BOOSTING:
    case OG_PROXY_MODEL_COUNT: break;
    }
    return 0;
}

bool og_learner_numbers_good(og_proxy_model model, const double* numbers, int count) {
    const bool ridge = model == OG_PROXY_RIDGE || model == OG_PROXY_RIDGE_PAIRS;
    const double bound = model == OG_PROXY_GAUSSIAN_PROCESS ? LEARNER_LOG_BOUND : LEARNER_BOUND;
    for (int i = 0; i < count; i++) {
        if (!(fabs(numbers[i]) <= bound) || (ridge && !(numbers[i] > 1 / LEARNER_BOUND))) {
            return false;
        }
    }
    return true;
}

// Targets with zero mean and unit variance; constant ones become 0.
static const double* learner_scale(og_arena* arena, const og_lesson* lesson, og_learner* learner) {
    double* scaled = OG_NEW(arena, double, lesson->count);
    double mean = 0;
    for (int i = 0; i < lesson->count; i++) {
        mean += (lesson->targets[i] - mean) / (i + 1);
    }
    double squares = 0;
    for (int i = 0; i < lesson->count; i++) {
        squares += (lesson->targets[i] - mean) * (lesson->targets[i] - mean) / lesson->count;
    }
    // less is rounding: the targets are equal
    const double deviation = sqrt(squares);
    const bool equal = !(deviation > 1e-13 * fabs(mean)) || !(deviation > 1e-150);
    learner->mean = mean;
    learner->deviation = equal ? 0 : deviation;
    for (int i = 0; i < lesson->count; i++) {
        scaled[i] = equal ? 0 : (lesson->targets[i] - mean) / deviation;
    }
    return scaled;
}

static void learner_ridge(og_arena* arena, const og_lesson* lesson, const double* scaled,
                          const double* numbers, og_learner* learner) {
    const bool pairs = learner->model == OG_PROXY_RIDGE_PAIRS;
    const og_ridge_options options = {
        .knots = pairs ? LEARNER_PAIR_KNOTS : LEARNER_KNOTS,
        .pairs = pairs ? LEARNER_PAIRS : 0,
        .precision = numbers != NULL ? numbers[0] : 0,
    };
    learner->ridge = og_ridge_create(arena, lesson->columns, lesson->width, &options);
    for (int i = 0; i < lesson->count; i++) {
        og_ridge_add(learner->ridge, lesson->rows + (long)i * lesson->width, scaled[i]);
    }
    og_ridge_fit(learner->ridge);
    double* found = OG_NEW(arena, double, 1);
    *found = og_ridge_precision(learner->ridge);
    learner->numbers = found;
    learner->noise = og_ridge_noise(learner->ridge);
}

static void learner_process(og_arena* arena, const og_lesson* lesson, const double* scaled,
                            const double* numbers, uint64_t seed, og_learner* learner) {
    const og_gaussian_process_options options = {
        .covariance = OG_COVARIANCE_ADDITIVE,
        .capacity = LEARNER_CAPACITY,
        .growth = numbers != NULL ? INFINITY : 0,
        .seed = seed,
    };
    learner->process = og_gaussian_process_create(arena, lesson->columns, lesson->width, &options);
    const int count = lesson->count < LEARNER_CAPACITY ? lesson->count : LEARNER_CAPACITY;
    for (int i = 0; i < count; i++) {
        const long row = (long)i * lesson->count / count;
        og_gaussian_process_add(learner->process, lesson->rows + row * lesson->width, scaled[row]);
    }
    if (numbers != NULL) {
        og_gaussian_process_set_hyperparameters(learner->process, numbers);
    }
    og_gaussian_process_fit(learner->process);
    double* found =
        OG_NEW(arena, double, og_gaussian_process_hyperparameter_count(learner->process));
    og_gaussian_process_hyperparameters(learner->process, found);
    learner->numbers = found;
    learner->noise = exp(found[0]);
}

static void learner_boosting(og_arena* arena, const og_lesson* lesson, const double* scaled,
                             uint64_t seed, og_learner* learner) {
    for (int m = 0; m < LEARNER_COMMITTEE; m++) {
        const og_boosting_options options = {.trees = 100,
                                             .rate = 0.15,
                                             .depth = 5,
                                             .rows = 0.8,
                                             .columns = 0.8,
                                             .least_rows = 1,
                                             .seed = seed * LEARNER_COMMITTEE + (uint64_t)m};
        learner->committee[m] = og_boosting_fit(arena, lesson->columns, lesson->width, lesson->rows,
                                                scaled, lesson->count, &options);
    }
}

og_learner* og_learner_make(og_arena* arena, og_proxy_model model, const og_lesson* lesson,
                            const double* numbers, uint64_t seed) {
    assert(lesson->count >= 1 && og_learner_takes(model, lesson->columns, lesson->width));
    og_learner* learner = OG_NEW(arena, og_learner, 1);
    *learner = (og_learner){
        .model = model, .columns = lesson->columns, .width = lesson->width, .numbers = numbers};
    const double* scaled = learner_scale(arena, lesson, learner);
    switch (model) {
    case OG_PROXY_RIDGE:
    case OG_PROXY_RIDGE_PAIRS: learner_ridge(arena, lesson, scaled, numbers, learner); break;
    case OG_PROXY_FOREST: {
        const og_forest_options options = {.trees = 100, .columns = 0.5, .seed = seed};
        learner->forest = og_forest_fit(arena, lesson->columns, lesson->width, lesson->rows, scaled,
                                        lesson->count, &options);
        break;
    }
    case OG_PROXY_BOOSTING: learner_boosting(arena, lesson, scaled, seed, learner); break;
    case OG_PROXY_GAUSSIAN_PROCESS:
        learner_process(arena, lesson, scaled, numbers, seed, learner);
        break;
    case OG_PROXY_NET:
        if (numbers == NULL) {
            learner->numbers = og_net_train(arena, lesson->columns, lesson->width, lesson->rows,
                                            scaled, lesson->count, seed);
        }
        break;
    case OG_PROXY_MODEL_COUNT: assert(false && "a model"); break;
    }
    return learner;
}

og_learner* og_learner_fit(og_arena* arena, og_proxy_model model, const og_lesson* lesson,
                           uint64_t seed) {
    return og_learner_make(arena, model, lesson, NULL, seed);
}

const double* og_learner_numbers(const og_learner* learner) {
    return learner->numbers;
}

static void learner_predict_committee(const og_learner* learner, og_arena* scratch,
                                      const double* rows, int count, double* mean,
                                      double* deviation) {
    double* answers = OG_NEW(scratch, double, (size_t)count* LEARNER_COMMITTEE);
    for (int m = 0; m < LEARNER_COMMITTEE; m++) {
        og_boosting_predict(learner->committee[m], rows, count, answers + (long)m * count);
    }
    for (int i = 0; i < count; i++) {
        double sum = 0;
        double squares = 0;
        for (int m = 0; m < LEARNER_COMMITTEE; m++) {
            const double shifted = answers[(long)m * count + i] - answers[i];
            sum += shifted;
            squares += shifted * shifted;
        }
        const double shift = sum / LEARNER_COMMITTEE;
        mean[i] = answers[i] + shift;
        if (deviation != NULL) {
            deviation[i] = sqrt(fmax(squares / LEARNER_COMMITTEE - shift * shift, 0));
        }
    }
}

// Variances of a noise-free target as deviations of what is measured.
static void learner_add_noise(const og_learner* learner, int count, double* variance) {
    for (int i = 0; variance != NULL && i < count; i++) {
        variance[i] = sqrt(variance[i] + learner->noise);
    }
}

void og_learner_predict(const og_learner* learner, og_arena* scratch, const double* rows, int count,
                        double* mean, double* deviation) {
    const og_arena_mark mark = og_arena_here(scratch);
    switch (learner->model) {
    case OG_PROXY_RIDGE:
    case OG_PROXY_RIDGE_PAIRS:
        og_ridge_predict_within(learner->ridge, scratch, rows, count, mean, deviation);
        learner_add_noise(learner, count, deviation);
        break;
    case OG_PROXY_FOREST:
        og_forest_predict(learner->forest, rows, count, mean, deviation);
        learner_add_noise(learner, count, deviation);
        break;
    case OG_PROXY_BOOSTING:
        learner_predict_committee(learner, scratch, rows, count, mean, deviation);
        break;
    case OG_PROXY_GAUSSIAN_PROCESS:
        og_gaussian_process_predict_within(learner->process, scratch, rows, count, mean, deviation);
        learner_add_noise(learner, count, deviation);
        break;
    case OG_PROXY_NET:
        og_net_predict(learner->numbers, scratch, learner->columns, learner->width, rows, count,
                       mean, deviation);
        break;
    case OG_PROXY_MODEL_COUNT: assert(false && "a model"); break;
    }
    og_arena_rewind(scratch, mark);
    for (int i = 0; i < count; i++) {
        mean[i] = learner->mean + learner->deviation * mean[i];
        if (deviation != NULL) {
            deviation[i] *= learner->deviation;
        }
    }
}
