// What learners cost: a proposal of a Gaussian process with its share of fits, a step of ridge
// regression, fits of forests and boosting.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ogive/acquisition.h"
#include "ogive/boosting.h"
#include "ogive/clock.h"
#include "ogive/forest.h"
#include "ogive/gaussian_process.h"
#include "ogive/ridge.h"

enum { LEARN_WIDTH = 10, LEARN_CANDIDATES = 1000, LEARN_MOST = 1000 };

static const og_column learn_columns[LEARN_WIDTH] = {
    {OG_COLUMN_REAL, 0},    {OG_COLUMN_REAL, 0},   {OG_COLUMN_ORDINAL, 8}, {OG_COLUMN_ORDINAL, 16},
    {OG_COLUMN_ORDINAL, 5}, {OG_COLUMN_CHOICE, 4}, {OG_COLUMN_CHOICE, 3},  {OG_COLUMN_CHOICE, 2},
    {OG_COLUMN_ORDINAL, 8}, {OG_COLUMN_CHOICE, 6},
};

static void learn_row(og_random* random, double* row) {
    for (int c = 0; c < LEARN_WIDTH; c++) {
        row[c] = learn_columns[c].kind == OG_COLUMN_REAL
                     ? og_random_uniform(random)
                     : (double)og_random_below(random, (uint64_t)learn_columns[c].levels);
    }
}

static double learn_target(const double* row) {
    return sin(5 * row[0]) + row[1] * row[2] + 0.1 * row[3] * row[3] + (row[5] == 1) * row[4] +
           0.5 * row[6] - (row[7] == row[9]) * 2 + 0.3 * row[8];
}

// Asks and tells a Gaussian process as a search does, and prints the time of its parts.
static void learn_gaussian_process(og_covariance_form form, const char* name, int most) {
    og_arena* arena = og_arena_create();
    const og_gaussian_process_options options = {.covariance = form};
    og_gaussian_process* process =
        og_gaussian_process_create(arena, learn_columns, LEARN_WIDTH, &options);
    og_random random = og_random_make(1, 1);
    double* rows = OG_NEW(arena, double, LEARN_CANDIDATES* LEARN_WIDTH);
    double* mean = OG_NEW(arena, double, LEARN_CANDIDATES);
    double* variance = OG_NEW(arena, double, LEARN_CANDIDATES);
    double fit = 0;
    double predict = 0;
    int since = 0;
    double checksum = 0;
    for (int n = 1; n <= most; n++) {
        learn_row(&random, rows);
        og_gaussian_process_add(process, rows, learn_target(rows));
        for (int i = 0; i < LEARN_CANDIDATES; i++) {
            learn_row(&random, rows + i * LEARN_WIDTH);
        }
        const double begin = og_clock_processor_seconds();
        og_gaussian_process_fit(process);
        const double middle = og_clock_processor_seconds();
        og_gaussian_process_predict(process, rows, LEARN_CANDIDATES, mean, variance);
        const double best = og_gaussian_process_best(process);
        for (int i = 0; i < LEARN_CANDIDATES; i++) {
            checksum += og_log_expected_improvement(mean[i], sqrt(variance[i]), best);
        }
        predict += og_clock_processor_seconds() - middle;
        fit += middle - begin;
        since++;
        if (n == 50 || n == 100 || n == 200 || n == 400 || n == most) {
            printf("%-10s %4d rows: fit %7.3f ms, score %d %7.3f ms, together %7.3f ms\n", name, n,
                   1e3 * fit / since, LEARN_CANDIDATES, 1e3 * predict / since,
                   1e3 * (fit + predict) / since);
            fit = predict = 0;
            since = 0;
        }
    }
    printf("%-10s checksum %.6f\n", name, checksum);
    og_arena_destroy(arena);
}

// Microseconds of the parts of a Thompson step on ridge regression.
static void learn_ridge(int levels, double pairs) {
    og_arena* arena = og_arena_create();
    og_column columns[LEARN_WIDTH];
    for (int c = 0; c < LEARN_WIDTH; c++) {
        columns[c] = (og_column){OG_COLUMN_CHOICE, levels};
    }
    const og_ridge_options options = {.pairs = pairs};
    og_ridge* ridge = og_ridge_create(arena, columns, LEARN_WIDTH, &options);
    const int features = og_ridge_feature_count(ridge);
    double* weights = OG_NEW(arena, double, features);
    og_random random = og_random_make(1, 1);
    enum { ROUNDS = 1000 };
    double times[4] = {og_clock_processor_seconds()};
    for (int n = 0; n < ROUNDS; n++) {
        double row[LEARN_WIDTH];
        double sum = 0;
        for (int c = 0; c < LEARN_WIDTH; c++) {
            row[c] = (double)og_random_below(&random, (uint64_t)levels);
            sum += row[c] * c;
        }
        const double begin = og_clock_processor_seconds();
        og_ridge_add(ridge, row, sum);
        const double added = og_clock_processor_seconds();
        og_ridge_fit(ridge);
        const double fitted = og_clock_processor_seconds();
        og_ridge_sample(ridge, &random, weights);
        times[1] += added - begin;
        times[2] += fitted - added;
        times[3] += og_clock_processor_seconds() - fitted;
    }
    printf("ridge %4d features: add %6.1f us, fit with its searches %6.1f us, sample %6.1f us\n",
           features, 1e6 * times[1] / ROUNDS, 1e6 * times[2] / ROUNDS, 1e6 * times[3] / ROUNDS);
    og_arena_destroy(arena);
}

// Milliseconds of fits and predictions of forests and boosting on 1,000 rows.
static void learn_trees(void) {
    enum { COUNT = 1000, REPEATS = 10 };
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(2, 2);
    double* rows = OG_NEW(arena, double, COUNT* LEARN_WIDTH);
    double* targets = OG_NEW(arena, double, COUNT);
    double* mean = OG_NEW(arena, double, COUNT);
    double* variance = OG_NEW(arena, double, COUNT);
    double pairs[LEARN_WIDTH * LEARN_WIDTH];
    for (int i = 0; i < COUNT; i++) {
        learn_row(&random, rows + i * LEARN_WIDTH);
        targets[i] = learn_target(rows + i * LEARN_WIDTH) + 0.1 * og_random_normal(&random);
    }
    for (int cuts = 0; cuts <= 1; cuts++) {
        const og_forest_options options = {.random_cuts = cuts, .seed = 1};
        double times[4] = {0};
        for (int r = 0; r < REPEATS; r++) {
            const og_arena_mark mark = og_arena_here(arena);
            const double begin = og_clock_processor_seconds();
            const og_forest* forest =
                og_forest_fit(arena, learn_columns, LEARN_WIDTH, rows, targets, COUNT, &options);
            const double fitted = og_clock_processor_seconds();
            og_forest_predict(forest, rows, COUNT, mean, variance);
            const double predicted = og_clock_processor_seconds();
            og_forest_pair_effects(forest, arena, pairs);
            times[0] += fitted - begin;
            times[1] += predicted - fitted;
            times[2] += og_clock_processor_seconds() - predicted;
            og_arena_rewind(arena, mark);
        }
        printf(
            "forest, %s cuts, 30 trees, 1000 x 10: fit %.2f ms, predict 1000 %.2f ms, all pair "
            "effects %.1f ms\n",
            cuts ? "random" : "best", 1e3 * times[0] / REPEATS, 1e3 * times[1] / REPEATS,
            1e3 * times[2] / REPEATS);
    }
    const og_boosting_options options = {.trees = 100};
    const double begin = og_clock_processor_seconds();
    for (int r = 0; r < REPEATS; r++) {
        const og_arena_mark mark = og_arena_here(arena);
        og_boosting_fit(arena, learn_columns, LEARN_WIDTH, rows, targets, COUNT, &options);
        og_arena_rewind(arena, mark);
    }
    printf("boosting, 100 trees of depth 4, 1000 x 10: fit %.2f ms\n",
           1e3 * (og_clock_processor_seconds() - begin) / REPEATS);
    og_arena_destroy(arena);
}

int main(void) {
    printf("Gaussian process, 10 columns, mean of each proposal since the line before\n");
    learn_gaussian_process(OG_COVARIANCE_PRODUCT, "product", 400);
    learn_gaussian_process(OG_COVARIANCE_MIXED, "mixed", 200);
    learn_gaussian_process(OG_COVARIANCE_ADDITIVE, "additive", 200);
    learn_ridge(5, 0);
    learn_ridge(10, 0);
    learn_ridge(20, 0);
    learn_ridge(3, 0.5);
    learn_trees();
    return 0;
}
