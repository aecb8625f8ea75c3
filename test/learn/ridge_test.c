// Ridge regression against its dual (a covariance between rows, solved by LAPACK's general LU, that
// knows nothing of weights), the normal equations, and what weights must be.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/ridge.h"

void dgesv_(const int* n, const int* columns, double* a, const int* lda, int* pivots, double* b,
            const int* ldb, int* info);

enum { RIDGE_TEST_WIDTH = 4, RIDGE_TEST_ROWS = 60, RIDGE_TEST_KNOTS = 5 };

static const og_column ridge_columns[RIDGE_TEST_WIDTH] = {
    {OG_COLUMN_CHOICE, 3}, {OG_COLUMN_REAL, 0}, {OG_COLUMN_ORDINAL, 4}, {OG_COLUMN_ORDINAL, 13}};

static void ridge_row(og_random* random, double* row) {
    for (int c = 0; c < RIDGE_TEST_WIDTH; c++) {
        row[c] = ridge_columns[c].kind == OG_COLUMN_REAL
                     ? og_random_uniform(random)
                     : (double)og_random_below(random, (uint64_t)ridge_columns[c].levels);
    }
}

static double ridge_target(const double* row) {
    return 100 + 4 * (row[0] == 1) + 3 * row[1] * row[1] - row[2] + 0.1 * row[3] +
           2 * (row[0] == 2) * (row[2] == 3);
}

// Product of the hat functions of two values of a column.
static double ridge_likeness(int column, double a, double b) {
    const og_column* is = &ridge_columns[column];
    int knots = RIDGE_TEST_KNOTS;
    double unit = knots - 1;
    if (is->kind != OG_COLUMN_REAL) {
        knots = is->kind == OG_COLUMN_CHOICE || is->levels < knots ? is->levels : knots;
        unit = (knots - 1.0) / (is->levels - 1.0);
    }
    double sum = 0;
    for (int k = 0; k < knots; k++) {
        sum += fmax(0, 1 - fabs(a * unit - k)) * fmax(0, 1 - fabs(b * unit - k));
    }
    return sum;
}

static double ridge_covariance(double pairs, const double* a, const double* b) {
    double sum = 1;
    for (int c = 0; c < RIDGE_TEST_WIDTH; c++) {
        const double own = ridge_likeness(c, a[c], b[c]);
        sum += own;
        for (int d = 0; d < c; d++) {
            sum += pairs * pairs * own * ridge_likeness(d, a[d], b[d]);
        }
    }
    return sum;
}

typedef struct ridge_case {
    og_arena* arena;
    og_ridge* ridge;
    double rows[RIDGE_TEST_ROWS][RIDGE_TEST_WIDTH];
    double scaled[RIDGE_TEST_ROWS];
    double pairs;
} ridge_case;

static void ridge_begin(ridge_case* made, og_target_scale scale, double pairs, double precision) {
    memset(made, 0, sizeof *made);
    made->arena = og_arena_create();
    made->pairs = pairs;
    const og_ridge_options options = {
        .targets = scale, .pairs = pairs, .knots = RIDGE_TEST_KNOTS, .precision = precision};
    made->ridge = og_ridge_create(made->arena, ridge_columns, RIDGE_TEST_WIDTH, &options);
    og_random random = og_random_make(4, 2);
    double targets[RIDGE_TEST_ROWS];
    int order[RIDGE_TEST_ROWS];
    for (int i = 0; i < RIDGE_TEST_ROWS; i++) {
        ridge_row(&random, made->rows[i]);
        targets[i] = ridge_target(made->rows[i]) + 0.1 * og_random_normal(&random);
        og_ridge_add(made->ridge, made->rows[i], targets[i]);
        if (i % 7 == 0) {
            og_ridge_fit(made->ridge);
        }
    }
    og_ridge_fit(made->ridge);
    og_targets_scale(scale, targets, RIDGE_TEST_ROWS, order, made->scaled);
}

// Solve covariance / precision + identity for `b`; returns the logarithm of the determinant.
static double ridge_solve(const ridge_case* of, double precision, double* b) {
    double matrix[RIDGE_TEST_ROWS * RIDGE_TEST_ROWS];
    int pivots[RIDGE_TEST_ROWS];
    const int one = 1;
    const int n = RIDGE_TEST_ROWS;
    int info = 0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            matrix[i * n + j] =
                ridge_covariance(of->pairs, of->rows[i], of->rows[j]) / precision + (i == j);
        }
    }
    dgesv_(&n, &one, matrix, &n, pivots, b, &n, &info);
    assert_int_equal(info, 0);
    double sum = 0;
    for (int i = 0; i < n; i++) {
        sum += log(fabs(matrix[i * n + i]));
    }
    return sum;
}

static double ridge_error(const ridge_case* of, double precision) {
    og_random random = og_random_make(9, 9);
    double worst = 0;
    for (int k = 0; k < 20; k++) {
        double row[RIDGE_TEST_WIDTH];
        double cross[RIDGE_TEST_ROWS];
        double solved[RIDGE_TEST_ROWS];
        ridge_row(&random, row);
        for (int i = 0; i < RIDGE_TEST_ROWS; i++) {
            cross[i] = ridge_covariance(of->pairs, of->rows[i], row) / precision;
        }
        memcpy(solved, cross, sizeof solved);
        ridge_solve(of, precision, solved);
        double mean = 0;
        double variance = ridge_covariance(of->pairs, row, row) / precision;
        for (int i = 0; i < RIDGE_TEST_ROWS; i++) {
            mean += solved[i] * of->scaled[i];
            variance -= solved[i] * cross[i];
        }
        double our_mean;
        double our_variance;
        og_ridge_predict(of->ridge, row, 1, &our_mean, &our_variance);
        worst = fmax(worst, fabs(our_mean - mean));
        worst = fmax(worst, fabs(our_variance / og_ridge_noise(of->ridge) - variance));
        const double sum = og_ridge_value(of->ridge, og_ridge_weights(of->ridge), row);
        worst = fmax(worst, fabs(sum - our_mean));
    }
    return worst;
}

static void agrees_with_dual(void** state) {
    (void)state;
    for (int scale = 0; scale <= OG_TARGETS_RANK_GAUSSIAN; scale++) {
        for (int pairs = 0; pairs <= 1; pairs++) {
            ridge_case made;
            ridge_begin(&made, (og_target_scale)scale, 0.7 * pairs, 0.5);
            assert_true(ridge_error(&made, 0.5) < 1e-9);
            // planted faults
            assert_true(ridge_error(&made, 0.5 + 1e-6) > 1e-9);
            made.rows[5][0] = 2 - made.rows[5][0] + (made.rows[5][0] == 1);
            assert_true(ridge_error(&made, 0.5) > 1e-6);
            og_arena_destroy(made.arena);
        }
    }
}

// Student's t density of all targets, in its dual form.
static void evidence_agrees_with_dual(void** state) {
    (void)state;
    ridge_case made;
    ridge_begin(&made, OG_TARGETS_STANDARDIZED, 0.7, 0);
    double best = -INFINITY;
    for (double precision = 1e-3; precision < 1e5; precision *= 10) {
        double solved[RIDGE_TEST_ROWS];
        memcpy(solved, made.scaled, sizeof solved);
        double exact = -0.5 * ridge_solve(&made, precision, solved);
        double fit = 0;
        for (int i = 0; i < RIDGE_TEST_ROWS; i++) {
            fit += solved[i] * made.scaled[i];
        }
        const double shape = 1 + 0.5 * RIDGE_TEST_ROWS;
        exact += lgamma(shape) + log(0.05) - shape * log(0.05 + 0.5 * fit) -
                 0.5 * RIDGE_TEST_ROWS * log(2 * acos(-1));
        assert_true(fabs(og_ridge_log_evidence(made.ridge, precision) - exact) < 1e-8);
        best = fmax(best, exact);
    }
    const double found = og_ridge_log_evidence(made.ridge, og_ridge_precision(made.ridge));
    assert_true(found > best - 1);
    og_arena_destroy(made.arena);
}

// Residuals of the rows of a level sum to precision times its weight.
static void meets_normal_equations(void** state) {
    (void)state;
    ridge_case made;
    ridge_begin(&made, OG_TARGETS_STANDARDIZED, 0, 0.5);
    const double* weights = og_ridge_weights(made.ridge);
    assert_int_equal(og_ridge_feature_count(made.ridge), 1 + 3 + 5 + 4 + 5);
    for (int level = 0; level < 4; level++) {
        double sum = 0;
        for (int i = 0; i < RIDGE_TEST_ROWS; i++) {
            double mean;
            og_ridge_predict(made.ridge, made.rows[i], 1, &mean, NULL);
            sum += made.rows[i][2] == level ? made.scaled[i] - mean : 0;
        }
        const double weight = weights[og_ridge_feature(made.ridge, 2) + level];
        assert_true(fabs(sum - 0.5 * weight) < 1e-10);
    }
    og_arena_destroy(made.arena);
}

static void samples_have_posterior_moments(void** state) {
    (void)state;
    enum { SAMPLES = 20000, MOST = 256 };
    ridge_case made;
    ridge_begin(&made, OG_TARGETS_STANDARDIZED, 0.5, 0);
    og_random random = og_random_make(3, 3);
    double row[RIDGE_TEST_WIDTH];
    double mean;
    double variance;
    double weights[MOST];
    assert_in_range(og_ridge_feature_count(made.ridge), 1, MOST);
    ridge_row(&random, row);
    og_ridge_predict(made.ridge, row, 1, &mean, &variance);
    double sum = 0;
    double squares = 0;
    for (int s = 0; s < SAMPLES; s++) {
        og_ridge_sample(made.ridge, &random, weights);
        const double d = og_ridge_value(made.ridge, weights, row) - mean;
        sum += d / SAMPLES;
        squares += d * d / SAMPLES;
    }
    assert_true(fabs(sum) < 4 * sqrt(variance / SAMPLES));
    assert_true(fabs(squares / variance - 1) < 4 * sqrt(2.0 / SAMPLES));
    og_arena_destroy(made.arena);
}

// Pairs are learnt where they are asked for.
static void pairs_explain_interactions(void** state) {
    (void)state;
    double errors[2] = {0};
    for (int pairs = 0; pairs <= 1; pairs++) {
        og_arena* arena = og_arena_create();
        const og_column columns[2] = {{OG_COLUMN_CHOICE, 4}, {OG_COLUMN_CHOICE, 4}};
        const og_ridge_options options = {.pairs = pairs};
        og_ridge* ridge = og_ridge_create(arena, columns, 2, &options);
        for (int i = 0; i < 64; i++) {
            const double row[2] = {i % 4, i / 4 % 4};
            og_ridge_add(ridge, row, (i % 4 == i / 4 % 4) ? 1 : -1.0 / 3);
        }
        og_ridge_fit(ridge);
        for (int i = 0; i < 16; i++) {
            const double row[2] = {i % 4, i / 4};
            double mean;
            og_ridge_predict(ridge, row, 1, &mean, NULL);
            errors[pairs] += fabs(mean - (i % 4 == i / 4 ? sqrt(3) : -1 / sqrt(3))) / 16;
        }
        og_arena_destroy(arena);
    }
    assert_true(errors[0] > 0.8 && errors[1] < 0.05);
}

static void degenerate_rows_are_harmless(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_column columns[2] = {{OG_COLUMN_CHOICE, 1}, {OG_COLUMN_ORDINAL, 1}};
    const og_ridge_options options = {.pairs = 1};
    og_ridge* ridge = og_ridge_create(arena, columns, 2, &options);
    for (int i = 0; i < 20; i++) {
        const double row[2] = {0, 0};
        double mean;
        double variance;
        og_ridge_add(ridge, row, 1e6 + 0.1);
        og_ridge_fit(ridge);
        og_ridge_predict(ridge, row, 1, &mean, &variance);
        assert_true(mean == 0 && variance > 0 && isfinite(variance));
    }
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_dual),
        cmocka_unit_test(evidence_agrees_with_dual),
        cmocka_unit_test(meets_normal_equations),
        cmocka_unit_test(samples_have_posterior_moments),
        cmocka_unit_test(pairs_explain_interactions),
        cmocka_unit_test(degenerate_rows_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
