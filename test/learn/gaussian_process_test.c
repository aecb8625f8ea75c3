// Gaussian processes against direct solves with LAPACK's general LU, which shares no step with the
// library's Cholesky factors, closed forms, finite differences, and refits.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/gaussian_process.h"

void dgesv_(const int* n, const int* columns, double* a, const int* lda, int* pivots, double* b,
            const int* ldb, int* info);

enum { PROCESS_ROWS = 90, PROCESS_WIDTH = 5, PROCESS_CANDIDATES = 30, PROCESS_HYPERS = 16 };

static const og_column process_columns[PROCESS_WIDTH] = {
    {OG_COLUMN_REAL, 0},   {OG_COLUMN_ORDINAL, 7}, {OG_COLUMN_CHOICE, 4},
    {OG_COLUMN_CHOICE, 2}, {OG_COLUMN_REAL, 0},
};

static void process_row(og_random* random, double* row) {
    for (int c = 0; c < PROCESS_WIDTH; c++) {
        row[c] = process_columns[c].kind == OG_COLUMN_REAL
                     ? og_random_uniform(random)
                     : (double)og_random_below(random, (uint64_t)process_columns[c].levels);
    }
}

static double process_target(const double* row) {
    return 3 * sin(4 * row[0]) + 0.2 * row[1] * row[1] + (row[2] == 1 ? 2 : row[2]) * row[4] -
           5 * row[3];
}

// The covariance as the header states it, written anew.
static double process_covariance(og_covariance_form form, const double* theta, const double* a,
                                 const double* b) {
    double square = 0;
    double mismatch = 0;
    double main_effects = 0;
    for (int c = 0; c < PROCESS_WIDTH; c++) {
        const double weight = exp(theta[2 + c]);
        const double main_weight =
            form == OG_COVARIANCE_ADDITIVE ? exp(theta[2 + PROCESS_WIDTH + c]) : 0;
        if (process_columns[c].kind == OG_COLUMN_CHOICE) {
            mismatch += a[c] == b[c] ? 0 : weight;
            main_effects += a[c] == b[c] ? main_weight : 0;
        } else {
            const int steps = process_columns[c].levels - 1;
            const double unit = process_columns[c].kind == OG_COLUMN_ORDINAL ? 1.0 / steps : 1;
            const double d = fabs(a[c] - b[c]) * unit;
            square += weight * d * d;
            main_effects += main_weight * (1 - d);
        }
    }
    const double r = sqrt(square);
    const double matern = (1 + sqrt(5) * r + 5 * r * r / 3) * exp(-sqrt(5) * r);
    const double hamming = exp(-mismatch);
    double sum = exp(theta[1]) * matern * hamming + main_effects;
    if (form == OG_COVARIANCE_MIXED) {
        sum += exp(theta[2 + PROCESS_WIDTH]) * matern + exp(theta[3 + PROCESS_WIDTH]) * hamming;
    }
    return sum;
}

typedef struct process_case {
    og_arena* arena;
    og_gaussian_process* process;
    double rows[PROCESS_ROWS][PROCESS_WIDTH];
    double targets[PROCESS_ROWS];
    double scaled[PROCESS_ROWS];
    double theta[PROCESS_HYPERS];
    og_covariance_form form;
    int count;
} process_case;

static void process_begin(process_case* made, og_covariance_form form, double growth, int count) {
    memset(made, 0, sizeof *made);
    made->arena = og_arena_create();
    made->form = form;
    made->count = count;
    const og_gaussian_process_options options = {.covariance = form, .growth = growth, .seed = 3};
    made->process =
        og_gaussian_process_create(made->arena, process_columns, PROCESS_WIDTH, &options);
    og_random random = og_random_make(11, 1);
    double mean = 0;
    for (int i = 0; i < count; i++) {
        process_row(&random, made->rows[i]);
        made->targets[i] = process_target(made->rows[i]);
        mean += made->targets[i] / count;
        og_gaussian_process_add(made->process, made->rows[i], made->targets[i]);
    }
    double variance = 0;
    for (int i = 0; i < count; i++) {
        variance += (made->targets[i] - mean) * (made->targets[i] - mean) / count;
    }
    for (int i = 0; i < count; i++) {
        made->scaled[i] = (made->targets[i] - mean) / sqrt(variance);
    }
    const int hypers = og_gaussian_process_hyperparameter_count(made->process);
    assert_in_range(hypers, 7, PROCESS_HYPERS);
    for (int k = 0; k < hypers; k++) {
        made->theta[k] = -1 + 0.3 * (k % 5);
    }
    made->theta[0] = -5;
}

// The covariance matrix of the rows, noise included.
static void process_matrix(const process_case* of, double* matrix) {
    for (int i = 0; i < of->count; i++) {
        for (int j = 0; j < of->count; j++) {
            matrix[i * of->count + j] =
                process_covariance(of->form, of->theta, of->rows[i], of->rows[j]) +
                (i == j ? exp(of->theta[0]) : 0);
        }
    }
}

// Solve the matrix for b in place; returns the logarithm of its determinant.
static double process_solve(const process_case* of, double* b) {
    double matrix[PROCESS_ROWS * PROCESS_ROWS];
    int pivots[PROCESS_ROWS];
    const int one = 1;
    int info = 0;
    process_matrix(of, matrix);
    dgesv_(&of->count, &one, matrix, &of->count, pivots, b, &of->count, &info);
    assert_int_equal(info, 0);
    double log_determinant = 0;
    for (int i = 0; i < of->count; i++) {
        log_determinant += log(fabs(matrix[i * of->count + i]));
    }
    return log_determinant;
}

static void process_direct(const process_case* of, const double* row, double* mean,
                           double* variance) {
    double cross[PROCESS_ROWS];
    double solved[PROCESS_ROWS];
    for (int i = 0; i < of->count; i++) {
        cross[i] = process_covariance(of->form, of->theta, of->rows[i], row);
    }
    memcpy(solved, cross, sizeof solved);
    process_solve(of, solved);
    *mean = 0;
    *variance = process_covariance(of->form, of->theta, row, row);
    for (int i = 0; i < of->count; i++) {
        *mean += solved[i] * of->scaled[i];
        *variance -= solved[i] * cross[i];
    }
}

// Largest error of mean and variance against the direct solve.
static double process_error(const process_case* of) {
    og_random random = og_random_make(12, 1);
    double rows[PROCESS_CANDIDATES][PROCESS_WIDTH];
    double mean[PROCESS_CANDIDATES];
    double variance[PROCESS_CANDIDATES];
    for (int i = 0; i < PROCESS_CANDIDATES; i++) {
        process_row(&random, rows[i]);
    }
    og_gaussian_process_predict(of->process, rows[0], PROCESS_CANDIDATES, mean, variance);
    double worst = 0;
    for (int i = 0; i < PROCESS_CANDIDATES; i++) {
        double exact_mean;
        double exact_variance;
        process_direct(of, rows[i], &exact_mean, &exact_variance);
        worst = fmax(worst, fabs(mean[i] - exact_mean));
        worst = fmax(worst, fabs(variance[i] - exact_variance));
    }
    return worst;
}

static void agrees_with_direct_solve(void** state) {
    (void)state;
    for (int form = 0; form <= OG_COVARIANCE_ADDITIVE; form++) {
        process_case made;
        process_begin(&made, (og_covariance_form)form, INFINITY, PROCESS_ROWS);
        og_gaussian_process_fit(made.process);
        og_gaussian_process_set_hyperparameters(made.process, made.theta);
        assert_true(process_error(&made) < 1e-9);
        double solved[PROCESS_ROWS];
        memcpy(solved, made.scaled, sizeof solved);
        double likelihood = -0.5 * process_solve(&made, solved);
        for (int i = 0; i < made.count; i++) {
            likelihood -= 0.5 * solved[i] * made.scaled[i] + 0.5 * log(2 * acos(-1));
        }
        const double ours = og_gaussian_process_log_likelihood(made.process, NULL);
        assert_true(fabs(ours - likelihood) < 1e-9);
        // planted faults: the oracle must see a wrong hyper-parameter and a wrong row
        made.theta[3] += 1e-6;
        assert_true(process_error(&made) > 1e-9);
        made.theta[3] -= 1e-6;
        made.rows[7][2] = 3 - made.rows[7][2];
        assert_true(process_error(&made) > 1e-9);
        og_arena_destroy(made.arena);
    }
}

static void gradient_agrees_with_differences(void** state) {
    (void)state;
    for (int form = 0; form <= OG_COVARIANCE_ADDITIVE; form++) {
        process_case made;
        process_begin(&made, (og_covariance_form)form, INFINITY, PROCESS_ROWS);
        og_gaussian_process_fit(made.process);
        og_gaussian_process_set_hyperparameters(made.process, made.theta);
        double gradient[PROCESS_HYPERS];
        og_gaussian_process_log_likelihood(made.process, gradient);
        const int hypers = og_gaussian_process_hyperparameter_count(made.process);
        const double step = 1e-4;
        for (int k = 0; k < hypers; k++) {
            double values[4];
            for (int s = 0; s < 4; s++) {
                double moved[PROCESS_HYPERS];
                memcpy(moved, made.theta, sizeof moved);
                moved[k] += step * (s - 1.5) * 2;
                og_gaussian_process_set_hyperparameters(made.process, moved);
                values[s] = og_gaussian_process_log_likelihood(made.process, NULL);
            }
            // fourth order, at -3, -1, 1 and 3 steps
            const double difference =
                (values[0] - 27 * values[1] + 27 * values[2] - values[3]) / (48 * step);
            assert_true(fabs(gradient[k] - difference) < 1e-6 * (1 + fabs(difference)));
        }
        og_arena_destroy(made.arena);
    }
}

// One and two rows, by hand: Rasmussen and Williams, equations 2.25 and 2.26.
static void has_closed_forms(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_column column = {OG_COLUMN_REAL, 0};
    const og_gaussian_process_options options = {.growth = INFINITY};
    og_gaussian_process* process = og_gaussian_process_create(arena, &column, 1, &options);
    const double theta[3] = {log(0.01), log(2), log(4)};
    og_gaussian_process_set_hyperparameters(process, theta);
    double mean;
    double variance;
    const double at = 0.5;
    og_gaussian_process_predict(process, &at, 1, &mean, &variance);
    assert_true(mean == 0 && fabs(variance - 2) < 1e-15);
    const double x[2] = {0, 1};
    og_gaussian_process_add(process, &x[0], 5);
    og_gaussian_process_fit(process);
    og_gaussian_process_predict(process, &at, 1, &mean, &variance);
    const double s = sqrt(5) * 2 * 0.5;
    const double k = 2 * (1 + s + s * s / 3) * exp(-s);
    assert_true(mean == 0 && fabs(variance - (2 - k * k / 2.01)) < 1e-14);
    // targets 5 and 7 are scaled to -1 and 1; half-way the mean is 0 by symmetry
    og_gaussian_process_add(process, &x[1], 7);
    og_gaussian_process_fit(process);
    og_gaussian_process_predict(process, &at, 1, &mean, &variance);
    const double t = sqrt(5) * 2;
    const double far = 2 * (1 + t + t * t / 3) * exp(-t);
    assert_true(fabs(mean) < 1e-14);
    assert_true(fabs(variance - (2 - 2 * k * k / (2.01 + far))) < 1e-14);
    og_gaussian_process_predict(process, &x[1], 1, &mean, NULL);
    assert_true(fabs(mean - (2 - far) / (2.01 - far)) < 1e-14);
    assert_true(og_gaussian_process_best(process) == -1);
    assert_true(fabs(og_gaussian_process_scaled(process, 6.5) - 0.5) < 1e-14);
    assert_true(fabs(og_gaussian_process_scaled(process, 9) - 3) < 1e-14);
    assert_true(fabs(og_gaussian_process_unscaled(process, -2) - 4) < 1e-14);
    og_arena_destroy(arena);
}

// Row after row, with a fit after each, gives what one fit of all gives.
static void appending_is_refitting(void** state) {
    (void)state;
    process_case all;
    process_begin(&all, OG_COVARIANCE_MIXED, INFINITY, PROCESS_ROWS);
    og_gaussian_process_set_hyperparameters(all.process, all.theta);
    og_gaussian_process_fit(all.process);
    process_case single;
    process_begin(&single, OG_COVARIANCE_MIXED, INFINITY, 0);
    og_gaussian_process_set_hyperparameters(single.process, all.theta);
    for (int i = 0; i < PROCESS_ROWS; i++) {
        og_gaussian_process_add(single.process, all.rows[i], all.targets[i]);
        og_gaussian_process_fit(single.process);
    }
    double mean[2][PROCESS_ROWS];
    double variance[2][PROCESS_ROWS];
    og_gaussian_process_predict(all.process, all.rows[0], PROCESS_ROWS, mean[0], variance[0]);
    og_gaussian_process_predict(single.process, all.rows[0], PROCESS_ROWS, mean[1], variance[1]);
    for (int i = 0; i < PROCESS_ROWS; i++) {
        assert_true(fabs(mean[0][i] - mean[1][i]) < 1e-9);
        assert_true(fabs(variance[0][i] - variance[1][i]) < 1e-9);
    }
    og_arena_destroy(all.arena);
    og_arena_destroy(single.arena);
}

// Hyper-parameters that were sought are better than where the search began, their gradient small
// beside that of the prior, and the same for the same rows.
static void search_improves_and_repeats(void** state) {
    (void)state;
    for (int form = 0; form <= OG_COVARIANCE_ADDITIVE; form++) {
        double found[2][PROCESS_HYPERS] = {{0}};
        for (int run = 0; run < 2; run++) {
            process_case made;
            process_begin(&made, (og_covariance_form)form, 1.2, PROCESS_ROWS);
            double before[PROCESS_HYPERS];
            og_gaussian_process_hyperparameters(made.process, before);
            og_gaussian_process_fit(made.process);
            const double after = og_gaussian_process_log_likelihood(made.process, NULL);
            og_gaussian_process_hyperparameters(made.process, found[run]);
            og_gaussian_process_set_hyperparameters(made.process, before);
            assert_true(after > og_gaussian_process_log_likelihood(made.process, NULL) + 5);
            og_arena_destroy(made.arena);
        }
        assert_memory_equal(found[0], found[1], sizeof found[0]);
    }
}

// A fitted process predicts designs it has not seen far better than their mean does.
static void predicts_held_out_rows(void** state) {
    (void)state;
    process_case made;
    process_begin(&made, OG_COVARIANCE_PRODUCT, 1.2, PROCESS_ROWS);
    og_random random = og_random_make(5, 5);
    og_gaussian_process_fit(made.process);
    double errors = 0;
    double squares = 0;
    double surprise = 0;
    for (int i = 0; i < 200; i++) {
        double row[PROCESS_WIDTH];
        double mean;
        double variance;
        process_row(&random, row);
        og_gaussian_process_predict(made.process, row, 1, &mean, &variance);
        const double exact = og_gaussian_process_scaled(made.process, process_target(row));
        errors += (mean - exact) * (mean - exact);
        squares += exact * exact;
        surprise += (mean - exact) * (mean - exact) / variance / 200;
    }
    assert_true(errors < 0.15 * squares);
    assert_true(surprise > 0.2 && surprise < 5);
    og_arena_destroy(made.arena);
}

// Moments of many joint samples, in standard errors.
static void samples_have_posterior_moments(void** state) {
    (void)state;
    enum { SAMPLES = 20000, AT = 3 };
    process_case made;
    process_begin(&made, OG_COVARIANCE_MIXED, INFINITY, 12);
    og_gaussian_process_set_hyperparameters(made.process, made.theta);
    og_gaussian_process_fit(made.process);
    double rows[AT][PROCESS_WIDTH];
    og_random random = og_random_make(1, 2);
    process_row(&random, rows[0]);
    memcpy(rows[1], rows[0], sizeof rows[0]);  // an equal candidate must not break it
    process_row(&random, rows[2]);
    double* values = calloc(SAMPLES * AT, sizeof *values);
    og_gaussian_process_sample(made.process, &random, rows[0], AT, SAMPLES, values);
    double mean[AT];
    double variance[AT];
    og_gaussian_process_predict(made.process, rows[0], AT, mean, variance);
    for (int i = 0; i < AT; i++) {
        double sum = 0;
        double squares = 0;
        for (int s = 0; s < SAMPLES; s++) {
            const double d = values[s * AT + i] - mean[i];
            sum += d / SAMPLES;
            squares += d * d / SAMPLES;
            assert_true(fabs(values[s * AT] - values[s * AT + 1]) < 1e-3);
        }
        assert_true(fabs(sum) < 4 * sqrt(variance[i] / SAMPLES));
        assert_true(fabs(squares / variance[i] - 1) < 4 * sqrt(2.0 / SAMPLES));
    }
    free(values);
    og_arena_destroy(made.arena);
}

// Beyond its capacity it forgets, keeps the best, and still answers.
static void capacity_keeps_best(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_gaussian_process_options options = {
        .capacity = 32, .targets = OG_TARGETS_RANK_GAUSSIAN, .steps = 5};
    og_gaussian_process* process =
        og_gaussian_process_create(arena, process_columns, PROCESS_WIDTH, &options);
    og_random random = og_random_make(2, 2);
    double lowest = INFINITY;
    for (int i = 0; i < 200; i++) {
        double row[PROCESS_WIDTH];
        process_row(&random, row);
        lowest = fmin(lowest, process_target(row));
        og_gaussian_process_add(process, row, process_target(row));
        og_gaussian_process_fit(process);
        assert_in_range(og_gaussian_process_count(process), 1, 32);
        const double best = og_gaussian_process_best(process);
        assert_true(fabs(og_gaussian_process_unscaled(process, best) - lowest) < 1e-12);
    }
    og_arena_destroy(arena);
}

// Equal rows, equal targets, one level: nothing to learn, and no trouble.
static void degenerate_rows_are_harmless(void** state) {
    (void)state;
    const og_column columns[2] = {{OG_COLUMN_ORDINAL, 1}, {OG_COLUMN_CHOICE, 1}};
    for (int scale = 0; scale <= OG_TARGETS_RANK_GAUSSIAN; scale++) {
        og_arena* arena = og_arena_create();
        const og_gaussian_process_options options = {.targets = (og_target_scale)scale};
        og_gaussian_process* process = og_gaussian_process_create(arena, columns, 2, &options);
        const double row[2] = {0, 0};
        for (int i = 0; i < 30; i++) {
            og_gaussian_process_add(process, row, 4.2);
            og_gaussian_process_fit(process);
            double mean;
            double variance;
            og_gaussian_process_predict(process, row, 1, &mean, &variance);
            assert_true(mean == 0 && variance > 0 && variance < 10);
        }
        og_arena_destroy(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_direct_solve),
        cmocka_unit_test(gradient_agrees_with_differences),
        cmocka_unit_test(has_closed_forms),
        cmocka_unit_test(appending_is_refitting),
        cmocka_unit_test(search_improves_and_repeats),
        cmocka_unit_test(predicts_held_out_rows),
        cmocka_unit_test(samples_have_posterior_moments),
        cmocka_unit_test(capacity_keeps_best),
        cmocka_unit_test(degenerate_rows_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
