// Forests against brute force over all splits, functions that they must reproduce exactly, and
// analyses of variance known in closed form.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/forest.h"

enum { FOREST_WIDTH = 3, FOREST_ROWS = 24 };

static const og_column forest_columns[FOREST_WIDTH] = {
    {OG_COLUMN_REAL, 0}, {OG_COLUMN_ORDINAL, 9}, {OG_COLUMN_CHOICE, 5}};

static void forest_draw(og_random* random, const og_column* columns, int width, double* row) {
    for (int c = 0; c < width; c++) {
        row[c] = columns[c].kind == OG_COLUMN_REAL
                     ? og_random_uniform(random)
                     : (double)og_random_below(random, (uint64_t)columns[c].levels);
    }
}

// Squared error when the rows in `left` (one bit each) and the others have their means.
static double forest_split_error(const double* targets, int count, uint64_t left) {
    double sums[2] = {0};
    int counts[2] = {0};
    double error = 0;
    for (int i = 0; i < count; i++) {
        sums[left >> i & 1] += targets[i];
        counts[left >> i & 1]++;
    }
    for (int i = 0; i < count; i++) {
        const int side = left >> i & 1;
        const double off = targets[i] - sums[side] / counts[side];
        error += off * off;
    }
    return error;
}

// Least error of all thresholds and of all subsets of levels.
static double forest_best_error(double rows[][FOREST_WIDTH], const double* targets, int count,
                                int columns) {
    double best = INFINITY;
    for (int c = 0; c < columns; c++) {
        for (int k = 0; k < (c == 2 ? 32 : count); k++) {
            uint64_t left = 0;
            for (int i = 0; i < count; i++) {
                const bool goes = c == 2 ? k >> (int)rows[i][2] & 1 : rows[i][c] <= rows[k][c];
                left |= (uint64_t)goes << i;
            }
            if (left != 0 && left != ((uint64_t)1 << count) - 1) {
                best = fmin(best, forest_split_error(targets, count, left));
            }
        }
    }
    return best;
}

static void first_split_is_the_best(void** state) {
    (void)state;
    int won_by_choice = 0;
    for (int seed = 0; seed < 60; seed++) {
        // few rows are sorted, more are counted in histograms
        const int count = seed % 2 ? 12 : FOREST_ROWS;
        og_random random = og_random_make((uint64_t)seed, 1);
        double rows[FOREST_ROWS][FOREST_WIDTH];
        double targets[FOREST_ROWS];
        double mean[FOREST_ROWS];
        for (int i = 0; i < count; i++) {
            forest_draw(&random, forest_columns, FOREST_WIDTH, rows[i]);
            targets[i] = og_random_normal(&random) + 2 * ((int)rows[i][2] % 2) * (seed % 3);
        }
        og_arena* arena = og_arena_create();
        const og_forest_options options = {.trees = 1, .columns = 1, .depth = 1, .whole = true};
        const og_forest* forest =
            og_forest_fit(arena, forest_columns, FOREST_WIDTH, rows[0], targets, count, &options);
        og_forest_predict(forest, rows[0], count, mean, NULL);
        double error = 0;
        for (int i = 0; i < count; i++) {
            error += (targets[i] - mean[i]) * (targets[i] - mean[i]);
        }
        const double best = forest_best_error(rows, targets, count, FOREST_WIDTH);
        assert_true(fabs(error - best) < 1e-9);
        // the oracle must notice when the choice is left out
        won_by_choice += forest_best_error(rows, targets, count, 2) > best + 1e-9;
        og_arena_destroy(arena);
    }
    assert_in_range(won_by_choice, 20, 60);
}

static double forest_steps(const double* row) {
    return (row[0] > 0.4 ? 3 : -1) +
           (row[1] > 2 && row[1] <= 6 ? 10 : 0) * (row[2] == 1 || row[2] == 4 ? 1 : -2);
}

// Where every combination is seen, a whole forest reproduces a piecewise constant function.
static void steps_are_reproduced(void** state) {
    (void)state;
    enum { COUNT = 6 * 9 * 5 };
    static double rows[COUNT][FOREST_WIDTH];
    static double targets[COUNT];
    for (int i = 0; i < COUNT; i++) {
        rows[i][0] = i % 6 / 5.0;
        rows[i][1] = i / 6 % 9;
        rows[i][2] = i / 54;
        targets[i] = forest_steps(rows[i]);
    }
    for (int random_cuts = 0; random_cuts <= 1; random_cuts++) {
        og_arena* arena = og_arena_create();
        const og_forest_options options = {
            .trees = 7, .whole = true, .random_cuts = random_cuts, .seed = 5};
        const og_forest* forest =
            og_forest_fit(arena, forest_columns, FOREST_WIDTH, rows[0], targets, COUNT, &options);
        for (int i = 0; i < COUNT; i++) {
            double mean;
            double variance;
            og_forest_predict(forest, rows[i], 1, &mean, &variance);
            assert_true(mean == targets[i] && variance == 0);
        }
        assert_true(isnan(og_forest_out_of_bag_error(forest)));
        og_arena_destroy(arena);
    }
}

// Predicts what it has not seen, says so out of the bag, and is unsure where it errs.
static void predicts_held_out_rows(void** state) {
    (void)state;
    enum { COUNT = 500, WIDTH = 5, TESTS = 1000 };
    static const og_column columns[WIDTH] = {{OG_COLUMN_REAL, 0},
                                             {OG_COLUMN_ORDINAL, 9},
                                             {OG_COLUMN_CHOICE, 5},
                                             {OG_COLUMN_REAL, 0},
                                             {OG_COLUMN_CHOICE, 3}};
    static double rows[COUNT + TESTS][WIDTH];
    static double targets[COUNT + TESTS];
    og_random random = og_random_make(1, 1);
    double variance_of_targets = 0;
    for (int i = 0; i < COUNT + TESTS; i++) {
        forest_draw(&random, columns, WIDTH, rows[i]);
        targets[i] = forest_steps(rows[i]) + 0.3 * og_random_normal(&random);
        variance_of_targets += targets[i] * targets[i] / (COUNT + TESTS);
    }
    for (int random_cuts = 0; random_cuts <= 1; random_cuts++) {
        og_arena* arena = og_arena_create();
        const og_forest_options options = {.trees = 50, .random_cuts = random_cuts};
        const og_forest* forest =
            og_forest_fit(arena, columns, WIDTH, rows[0], targets, COUNT, &options);
        static double mean[TESTS];
        static double variance[TESTS];
        og_forest_predict(forest, rows[COUNT], TESTS, mean, variance);
        double error = 0;
        double surprise = 0;
        for (int i = 0; i < TESTS; i++) {
            const double off = mean[i] - targets[COUNT + i];
            error += off * off / TESTS;
            surprise += off * off / (variance[i] + 0.09) / TESTS;
        }
        const double out_of_bag = og_forest_out_of_bag_error(forest);
        assert_true(error < 0.1 * variance_of_targets);
        assert_true(out_of_bag > 0.6 * error && out_of_bag < 1.7 * error);
        assert_true(surprise > 0.2 && surprise < 3);
        double impurity[WIDTH];
        double permutation[WIDTH];
        og_forest_impurity_importance(forest, impurity);
        og_forest_permutation_importance(forest, arena, &random, permutation);
        double sum = 0;
        for (int c = 0; c < WIDTH; c++) {
            sum += impurity[c];
            assert_true(c < 3 ? permutation[c] > 1 : fabs(permutation[c]) < 0.5);
            // the first three columns matter, the others only where trees follow the noise
            assert_true(c < 3 || impurity[c] < 0.8 * fmin(impurity[0], impurity[1]));
        }
        assert_true(fabs(sum - 1) < 1e-12 && impurity[2] > impurity[3] + impurity[4]);
        og_arena_destroy(arena);
    }
}

// Fit a function of the whole grid 4 x 3 x 5 exactly.
static const og_forest* forest_of_grid(og_arena* arena, double (*function)(const double*)) {
    enum { COUNT = 4 * 3 * 5 };
    static const og_column columns[3] = {
        {OG_COLUMN_ORDINAL, 4}, {OG_COLUMN_CHOICE, 3}, {OG_COLUMN_ORDINAL, 5}};
    double rows[COUNT][3];
    double targets[COUNT];
    for (int i = 0; i < COUNT; i++) {
        rows[i][0] = i % 4;
        rows[i][1] = i / 4 % 3;
        rows[i][2] = i / 12;
        targets[i] = function(rows[i]);
    }
    const og_forest_options options = {.trees = 5, .whole = true, .columns = 0.5, .seed = 3};
    return og_forest_fit(arena, columns, 3, rows[0], targets, COUNT, &options);
}

static double forest_additive(const double* row) {
    static const double of_choice[3] = {-1, 3, 1};
    return 7 + row[0] * row[0] + of_choice[(int)row[1]];
}

static void additive_function_has_known_shares(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_forest* forest = forest_of_grid(arena, forest_additive);
    // variances of {0, 1, 4, 9} and of {-1, 3, 1}
    const double first = (0 + 1 + 16 + 81) / 4.0 - 3.5 * 3.5;
    const double second = (1 + 9 + 1) / 3.0 - 1;
    double shares[3];
    double pairs[3][3];
    og_forest_main_effects(forest, arena, shares);
    assert_true(fabs(shares[0] - first / (first + second)) < 1e-12);
    assert_true(fabs(shares[1] - second / (first + second)) < 1e-12);
    assert_true(fabs(shares[2]) < 1e-12);
    og_forest_pair_effects(forest, arena, pairs[0]);
    for (int i = 0; i < 9; i++) {
        assert_true(fabs(pairs[i / 3][i % 3]) < 1e-12);
    }
    const double values[4] = {0, 1, 2, 3};
    double mean[4];
    double deviation[4];
    og_forest_marginal(forest, arena, 0, values, 4, mean, deviation);
    for (int i = 0; i < 4; i++) {
        assert_true(fabs(mean[i] - (8 + i * i)) < 1e-12 && deviation[i] < 1e-12);
    }
    og_forest_marginal(forest, arena, 1, values, 3, mean, deviation);
    assert_true(fabs(mean[1] - (7 + 3.5 + 3)) < 1e-12);
    og_arena_destroy(arena);
}

static double forest_checkerboard(const double* row) {
    return ((int)row[0] % 2 ? 1 : -1) * ((int)row[1] == 1 ? 2 : -1);
}

// (-1)^a times a function of mean 0: all in the pair; planted: not all when a main effect is added.
static double forest_disturbed(const double* row) {
    return forest_checkerboard(row) + 0.1 * row[2];
}

static void interaction_is_found_in_the_pair(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    double shares[3];
    double pairs[3][3];
    const og_forest* forest = forest_of_grid(arena, forest_checkerboard);
    og_forest_main_effects(forest, arena, shares);
    og_forest_pair_effects(forest, arena, pairs[0]);
    assert_true(fabs(pairs[0][1] - 1) < 1e-12 && pairs[0][1] == pairs[1][0]);
    assert_true(fabs(shares[0]) + fabs(shares[1]) + fabs(shares[2]) < 1e-12);
    assert_true(fabs(pairs[0][2]) + fabs(pairs[1][2]) + fabs(pairs[1][1]) < 1e-12);
    forest = forest_of_grid(arena, forest_disturbed);
    og_forest_main_effects(forest, arena, shares);
    og_forest_pair_effects(forest, arena, pairs[0]);
    assert_true(fabs(shares[2] - 0.02 / 2.02) < 1e-12);
    assert_true(fabs(pairs[0][1] - 2 / 2.02) < 1e-12);
    og_arena_destroy(arena);
}

// A real column: x above 0.25 or not has variance 3/16 of the step's square.
static void reals_are_weighed_by_length(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_column columns[2] = {{OG_COLUMN_REAL, 0}, {OG_COLUMN_REAL, 0}};
    const double rows[4][2] = {{0.2, 0.1}, {0.3, 0.1}, {0.2, 0.9}, {0.3, 0.9}};
    const double targets[4] = {0, 4, 1, 5};
    const og_forest_options options = {.trees = 1, .whole = true, .columns = 1};
    const og_forest* forest = og_forest_fit(arena, columns, 2, rows[0], targets, 4, &options);
    double shares[2];
    og_forest_main_effects(forest, arena, shares);
    assert_true(fabs(shares[0] - 3 / (3 + 0.25)) < 1e-12);
    assert_true(fabs(shares[1] - 0.25 / (3 + 0.25)) < 1e-12);
    og_arena_destroy(arena);
}

static void same_seed_same_forest(void** state) {
    (void)state;
    double means[3][FOREST_ROWS];
    double rows[FOREST_ROWS][FOREST_WIDTH];
    double targets[FOREST_ROWS];
    og_random random = og_random_make(8, 8);
    for (int i = 0; i < FOREST_ROWS; i++) {
        forest_draw(&random, forest_columns, FOREST_WIDTH, rows[i]);
        targets[i] = og_random_normal(&random);
    }
    for (int run = 0; run < 3; run++) {
        og_arena* arena = og_arena_create();
        const og_forest_options options = {.seed = (uint64_t)run / 2, .columns = 0.4};
        const og_forest* forest = og_forest_fit(arena, forest_columns, FOREST_WIDTH, rows[0],
                                                targets, FOREST_ROWS, &options);
        og_forest_predict(forest, rows[0], FOREST_ROWS, means[run], NULL);
        og_arena_destroy(arena);
    }
    assert_memory_equal(means[0], means[1], sizeof means[0]);
    assert_memory_not_equal(means[0], means[2], sizeof means[0]);
}

// One row, one level, equal targets, more real values than bins.
static void degenerate_rows_are_harmless(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_column columns[2] = {{OG_COLUMN_CHOICE, 1}, {OG_COLUMN_REAL, 0}};
    static double rows[2000][2];
    static double targets[2000];
    for (int i = 0; i < 2000; i++) {
        rows[i][1] = i / 1999.0;
        targets[i] = i < 1000 ? 5 : 6;
    }
    const og_forest_options options = {.trees = 3};
    double mean[2];
    double variance[2];
    double effects[2];
    const og_forest* one = og_forest_fit(arena, columns, 2, rows[0], targets, 1, &options);
    og_forest_predict(one, rows[0], 2, mean, variance);
    assert_true(mean[0] == 5 && variance[1] == 0);
    og_forest_main_effects(one, arena, effects);
    assert_true(effects[0] == 0 && effects[1] == 0);
    const og_forest* many = og_forest_fit(arena, columns, 2, rows[0], targets, 2000, &options);
    og_forest_predict(many, rows[900], 1, mean, NULL);
    assert_true(mean[0] == 5);
    og_forest_predict(many, rows[1100], 1, mean, NULL);
    assert_true(mean[0] == 6);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_split_is_the_best),
        cmocka_unit_test(steps_are_reproduced),
        cmocka_unit_test(predicts_held_out_rows),
        cmocka_unit_test(additive_function_has_known_shares),
        cmocka_unit_test(interaction_is_found_in_the_pair),
        cmocka_unit_test(reals_are_weighed_by_length),
        cmocka_unit_test(same_seed_same_forest),
        cmocka_unit_test(degenerate_rows_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
