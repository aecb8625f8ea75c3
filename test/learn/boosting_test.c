// Boosting: losses fall with every tree, known functions are reproduced, quantiles cover.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ogive/boosting.h"
#include "ogive/random.h"

enum { BOOSTING_ROWS = 400, BOOSTING_WIDTH = 4, BOOSTING_TREES = 60 };

static const og_column boosting_columns[BOOSTING_WIDTH] = {
    {OG_COLUMN_REAL, 0}, {OG_COLUMN_ORDINAL, 6}, {OG_COLUMN_CHOICE, 7}, {OG_COLUMN_CHOICE, 2}};

static double boosting_rows[BOOSTING_ROWS][BOOSTING_WIDTH];
static double boosting_targets[BOOSTING_ROWS];

static void boosting_begin(double noise) {
    og_random random = og_random_make(6, 1);
    for (int i = 0; i < BOOSTING_ROWS; i++) {
        double* row = boosting_rows[i];
        row[0] = og_random_uniform(&random);
        for (int c = 1; c < BOOSTING_WIDTH; c++) {
            row[c] = (double)og_random_below(&random, (uint64_t)boosting_columns[c].levels);
        }
        boosting_targets[i] = 5 * row[0] * row[0] + row[1] * ((int)row[2] % 3 - 1) +
                              noise * og_random_normal(&random);
    }
}

static const og_boosting* boosting_fit(og_arena* arena, const og_boosting_options* options) {
    return og_boosting_fit(arena, boosting_columns, BOOSTING_WIDTH, boosting_rows[0],
                           boosting_targets, BOOSTING_ROWS, options);
}

static double boosting_loss(const og_boosting* boosting, double quantile) {
    double values[BOOSTING_ROWS];
    double sum = 0;
    og_boosting_predict(boosting, boosting_rows[0], BOOSTING_ROWS, values);
    for (int i = 0; i < BOOSTING_ROWS; i++) {
        const double rest = boosting_targets[i] - values[i];
        sum += quantile > 0 ? rest * (quantile - (rest < 0)) : rest * rest;
    }
    return sum / BOOSTING_ROWS;
}

static void loss_falls_with_every_tree(void** state) {
    (void)state;
    boosting_begin(0.5);
    static const double quantiles[3] = {0, 0.1, 0.8};
    static const double penalties[2] = {0, 3};
    for (int q = 0; q < 3; q++) {
        for (int p = 0; p < 2; p++) {
            og_arena* arena = og_arena_create();
            const og_boosting_options options = {
                .trees = BOOSTING_TREES, .quantile = quantiles[q], .penalty = penalties[p]};
            const og_boosting* boosting = boosting_fit(arena, &options);
            const double* losses = og_boosting_losses(boosting);
            for (int t = 0; t < BOOSTING_TREES; t++) {
                assert_true(losses[t] <= losses[t - 1]);
            }
            // what it says of itself is what its predictions give
            const double loss = boosting_loss(boosting, quantiles[q]);
            assert_true(fabs(losses[BOOSTING_TREES - 1] - loss) < 1e-12);
            assert_true(loss < 0.4 * losses[-1]);
            // planted: another function's loss is seen
            boosting_targets[0] += 1;
            assert_true(fabs(loss - boosting_loss(boosting, quantiles[q])) > 1e-6);
            boosting_targets[0] -= 1;
            og_arena_destroy(arena);
        }
    }
}

// At rate 1, one deep tree of all rows is the function itself.
static void steps_are_reproduced(void** state) {
    (void)state;
    boosting_begin(0);
    for (int i = 0; i < BOOSTING_ROWS; i++) {
        boosting_targets[i] = (boosting_rows[i][1] > 2) + 4 * (boosting_rows[i][2] == 3);
    }
    og_arena* arena = og_arena_create();
    const og_boosting_options options = {.trees = 2, .rate = 1, .depth = 20, .least_rows = 1};
    const og_boosting* boosting = boosting_fit(arena, &options);
    assert_true(og_boosting_losses(boosting)[1] < 1e-28);
    double importance[BOOSTING_WIDTH];
    og_boosting_importance(boosting, importance);
    assert_true(importance[2] > importance[1] && importance[1] > 0.05);
    assert_true(importance[0] + importance[3] < 1e-12);
    og_arena_destroy(arena);
}

static void quantiles_cover_their_share(void** state) {
    (void)state;
    boosting_begin(1);
    for (int k = 1; k <= 9; k += 4) {
        og_arena* arena = og_arena_create();
        const og_boosting_options options = {.trees = 50, .depth = 2, .quantile = 0.1 * k};
        const og_boosting* boosting = boosting_fit(arena, &options);
        double values[BOOSTING_ROWS];
        int below = 0;
        og_boosting_predict(boosting, boosting_rows[0], BOOSTING_ROWS, values);
        for (int i = 0; i < BOOSTING_ROWS; i++) {
            below += boosting_targets[i] <= values[i];
        }
        assert_true(fabs(below / (double)BOOSTING_ROWS - 0.1 * k) < 0.05);
        og_arena_destroy(arena);
    }
}

// Drawn rows and columns: repeatable, and still a good fit.
static void draws_repeat(void** state) {
    (void)state;
    boosting_begin(0.1);
    double losses[2];
    for (int run = 0; run < 2; run++) {
        og_arena* arena = og_arena_create();
        const og_boosting_options options = {.rows = 0.5, .columns = 0.5, .seed = 4};
        losses[run] = boosting_loss(boosting_fit(arena, &options), 0);
        og_arena_destroy(arena);
    }
    assert_true(losses[0] == losses[1] && losses[0] < 0.5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_falls_with_every_tree),
        cmocka_unit_test(steps_are_reproduced),
        cmocka_unit_test(quantiles_cover_their_share),
        cmocka_unit_test(draws_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
