// Boxes of trees against the forest's own analysis of variance and against means over predictions.

#include "analysis/boxes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { WIDTH = 4, ROWS = 250, TREES = 5 };
static const og_column columns[WIDTH] = {
    {OG_COLUMN_REAL, 0}, {OG_COLUMN_ORDINAL, 9}, {OG_COLUMN_CHOICE, 6}, {OG_COLUMN_CHOICE, 3}};

static void boxes_near(double value, double expected, double margin) {
    if (!(fabs(value - expected) <= margin)) {
        fail_msg("%.17g is not within %g of %.17g", value, margin, expected);
    }
}

static const og_forest* grow(og_arena* arena, uint64_t seed) {
    og_random random = og_random_make(seed, 0);
    double* rows = OG_NEW(arena, double, ROWS* WIDTH);
    double* targets = OG_NEW(arena, double, ROWS);
    for (int i = 0; i < ROWS; i++) {
        double* row = rows + i * WIDTH;
        row[0] = og_random_uniform(&random);
        row[1] = (double)og_random_below(&random, 9);
        row[2] = (double)og_random_below(&random, 6);
        row[3] = (double)og_random_below(&random, 3);
        targets[i] = 5 * row[0] * row[1] + (row[2] == 4 || row[2] == 1 ? 9 : 0) * row[3] +
                     og_random_normal(&random);
    }
    const og_forest_options options = {.trees = TREES, .seed = seed};
    return og_forest_fit(arena, columns, WIDTH, rows, targets, ROWS, &options);
}

static void shares_are_those_of_the_forest(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    for (uint64_t seed = 1; seed <= 4; seed++) {
        const og_forest* forest = grow(arena, seed);
        double alone[WIDTH] = {0};
        double pairs[WIDTH][WIDTH] = {{0}};
        double* grid = OG_NEW(arena, double, (OG_BINS + 1) * (OG_BINS + 1));
        for (int t = 0; t < TREES; t++) {
            const og_boxes boxes = og_boxes_make(arena, forest, t);
            double effects[WIDTH][OG_BINS];
            for (int a = 0; a < WIDTH; a++) {
                og_boxes_effect(&boxes, a, effects[a]);
                alone[a] +=
                    og_boxes_effect_variance(&boxes, a, effects[a]) / boxes.variance / TREES;
                for (int b = 0; b < a; b++) {
                    og_boxes_pair(&boxes, a, b, grid);
                    pairs[a][b] +=
                        og_boxes_pair_variance(&boxes, a, b, grid, effects[a], effects[b]) /
                        boxes.variance / TREES;
                }
            }
        }
        double expected[WIDTH];
        double expected_pairs[WIDTH * WIDTH];
        og_forest_main_effects(forest, arena, expected);
        og_forest_pair_effects(forest, arena, expected_pairs);
        for (int a = 0; a < WIDTH; a++) {
            boxes_near(alone[a], expected[a], 1e-11);
            for (int b = 0; b < a; b++) {
                boxes_near(pairs[a][b], expected_pairs[a * WIDTH + b], 1e-11);
            }
        }
    }
    og_arena_destroy(arena);
}

// The mean of the predictions over all levels of the other columns, and many values of the real
// one.
static void pair_is_the_mean_of_predictions(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_forest* forest = grow(arena, 9);
    enum { STEPS = 4000, LEVEL = 5, CHOICE = 4 };
    double* grid = OG_NEW(arena, double, (OG_BINS + 1) * (OG_BINS + 1));
    double mean = 0;
    for (int t = 0; t < TREES; t++) {
        const og_boxes boxes = og_boxes_make(arena, forest, t);
        og_boxes_pair(&boxes, 1, 2, grid);
        const int at = og_boxes_bin(forest, 1, LEVEL) * og_boxes_bins(forest, 2) + CHOICE;
        mean += (boxes.mean + grid[at]) / TREES;
    }
    double sum = 0;
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < STEPS; i++) {
            const double row[WIDTH] = {(i + 0.5) / STEPS, LEVEL, CHOICE, c};
            double answer = 0;
            og_forest_predict(forest, row, 1, &answer, NULL);
            sum += answer;
        }
    }
    boxes_near(mean, sum / (3 * STEPS), 0.02);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_those_of_the_forest),
        cmocka_unit_test(pair_is_the_mean_of_predictions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
