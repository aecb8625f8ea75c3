// Predictors trust the scale in which sums of effects are sums.

#include "agent/predictor.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ogive/random.h"

enum { PREDICTOR_WIDTH = 6, PREDICTOR_LEVELS = 4, PREDICTOR_ROUNDS = 30, PREDICTOR_BATCH = 5 };

typedef double predictor_function(const double* row);

static double predictor_sum(const double* row) {
    double sum = 0;
    for (int c = 0; c < PREDICTOR_WIDTH; c++) {
        sum += (c + 1) * fmod(7 * row[c] + c, 5);
    }
    return sum;
}

// As a sum of effects it is hopeless, its ranks are those of one.
static double predictor_skewed(const double* row) {
    return exp(0.5 * predictor_sum(row));
}

// The predictor after learning, and the error of its last guesses of order: share of wrong pairs.
static double predictor_learn(og_arena* arena, predictor_function* function, og_predictor_kind kind,
                              og_predictor* predictor) {
    og_column columns[PREDICTOR_WIDTH];
    for (int c = 0; c < PREDICTOR_WIDTH; c++) {
        columns[c] = (og_column){.kind = OG_COLUMN_CHOICE, .levels = PREDICTOR_LEVELS};
    }
    og_random random = og_random_make(3, 1);
    *predictor = og_predictor_make(arena, columns, PREDICTOR_WIDTH, kind, 400, 1);
    double rows[PREDICTOR_BATCH][PREDICTOR_WIDTH];
    int wrong = 0;
    for (int round = 0; round < PREDICTOR_ROUNDS; round++) {
        double guesses[PREDICTOR_BATCH];
        for (int i = 0; i < PREDICTOR_BATCH * PREDICTOR_WIDTH; i++) {
            rows[i / PREDICTOR_WIDTH][i % PREDICTOR_WIDTH] =
                (double)og_random_below(&random, PREDICTOR_LEVELS);
        }
        for (int i = 0; i < PREDICTOR_BATCH && round > 0; i++) {
            og_predictor_test(predictor, rows[i], function(rows[i]));
        }
        if (round == PREDICTOR_ROUNDS - 1) {
            og_predictor_guess(predictor, rows[0], PREDICTOR_BATCH, guesses);
        }
        for (int i = 0; i < PREDICTOR_BATCH; i++) {
            for (int k = 0; k < i && round == PREDICTOR_ROUNDS - 1; k++) {
                wrong += (guesses[i] < guesses[k]) != (function(rows[i]) < function(rows[k]));
            }
            og_predictor_add(predictor, rows[i], function(rows[i]), false);
        }
        og_predictor_fit(predictor);
    }
    return wrong / (PREDICTOR_BATCH * (PREDICTOR_BATCH - 1) / 2.0);
}

static void test_trust(void** state) {
    (void)state;
    for (int kind = OG_PREDICTOR_RIDGE; kind <= OG_PREDICTOR_GAUSSIAN_PROCESS; kind++) {
        og_arena* arena = og_arena_create();
        og_predictor predictor;
        assert_true(predictor_learn(arena, predictor_sum, (og_predictor_kind)kind, &predictor) <=
                    0.1);
        assert_int_equal(predictor.trusted, OG_TARGETS_STANDARDIZED);
        assert_true(predictor_learn(arena, predictor_skewed, (og_predictor_kind)kind, &predictor) <=
                    0.1);
        assert_int_equal(predictor.trusted, OG_TARGETS_RANK_GAUSSIAN);
        og_arena_destroy(arena);
    }
}

static void test_failures_come_last(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_column columns[] = {{.kind = OG_COLUMN_CHOICE, .levels = 3}};
    og_predictor predictor = og_predictor_make(arena, columns, 1, OG_PREDICTOR_AUTOMATIC, 400, 1);
    assert_non_null(predictor.ridges[0]);
    for (int i = 0; i < 30; i++) {
        const double row = i % 3;
        og_predictor_add(&predictor, &row, i % 3 == 2 ? 1e30 : row, i % 3 == 2);
    }
    og_predictor_fit(&predictor);
    const double rows[] = {0, 1, 2};
    for (int scale = 0; scale < OG_PREDICTOR_SCALES; scale++) {
        double guesses[3];
        predictor.trusted = scale;
        og_predictor_guess(&predictor, rows, 3, guesses);
        assert_true(guesses[0] < guesses[1] && guesses[1] < guesses[2] + 1e-3);
    }
    og_arena_destroy(arena);
}

static void test_kinds(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_column columns[] = {{.kind = OG_COLUMN_CHOICE, .levels = 3},
                           {.kind = OG_COLUMN_ORDINAL, .levels = 16}};
    og_predictor predictor = og_predictor_make(arena, columns, 2, OG_PREDICTOR_AUTOMATIC, 400, 1);
    assert_true(predictor.ridges[0] != NULL && predictor.processes[0] == NULL);
    columns[1].levels = 17;
    predictor = og_predictor_make(arena, columns, 2, OG_PREDICTOR_AUTOMATIC, 400, 1);
    assert_true(predictor.ridges[0] == NULL && predictor.processes[0] != NULL);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trust),
        cmocka_unit_test(test_failures_come_last),
        cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
