// Factors and solves against their definitions, and from several threads at once: Debian's serial
// OpenBLAS, called without taking turns, gives wrong numbers once in some thousand calls.

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "learn/linear_algebra.h"
#include "ogive/random.h"

enum { ALGEBRA_COUNT = 72, ALGEBRA_STRIDE = 80, ALGEBRA_THREADS = 4, ALGEBRA_ROUNDS = 10000 };

typedef struct algebra_case {
    double matrix[ALGEBRA_COUNT * ALGEBRA_STRIDE];
    double factor[ALGEBRA_COUNT * ALGEBRA_STRIDE];
    double columns[ALGEBRA_COUNT * ALGEBRA_STRIDE];
} algebra_case;

// A random positive definite matrix, its factor, and the solution for its own columns.
static void algebra_compute(algebra_case* made, uint64_t seed) {
    static const double decay = 0.9;
    og_random random = og_random_make(seed, 1);
    memset(made, 0, sizeof *made);
    for (int i = 0; i < ALGEBRA_COUNT; i++) {
        for (int j = 0; j <= i; j++) {
            const double value = pow(decay, i - j) + (i == j) * og_random_uniform(&random);
            made->matrix[i * ALGEBRA_STRIDE + j] = value;
            made->matrix[j * ALGEBRA_STRIDE + i] = value;
        }
    }
    memcpy(made->factor, made->matrix, sizeof made->matrix);
    memcpy(made->columns, made->matrix, sizeof made->matrix);
    if (og_cholesky_factor(made->factor, ALGEBRA_COUNT, ALGEBRA_STRIDE)) {
        og_cholesky_solve_columns(made->factor, ALGEBRA_COUNT, ALGEBRA_STRIDE, made->columns,
                                  ALGEBRA_COUNT, ALGEBRA_STRIDE);
    }
}

static void factors_multiply_back(void** state) {
    (void)state;
    static algebra_case made;
    algebra_compute(&made, 1);
    double log_determinant = 0;
    for (int i = 0; i < ALGEBRA_COUNT; i++) {
        const double* row = made.factor + i * ALGEBRA_STRIDE;
        for (int j = 0; j <= i; j++) {
            // L L' is the matrix; L^-1 of the matrix is L'
            const double sum = og_vector_dot(row, made.factor + j * ALGEBRA_STRIDE, j + 1);
            assert_true(fabs(sum - made.matrix[i * ALGEBRA_STRIDE + j]) < 1e-13);
            assert_true(fabs(made.columns[j * ALGEBRA_STRIDE + i] - row[j]) < 1e-13);
        }
        log_determinant += 2 * log(row[i]);
    }
    assert_true(fabs(og_cholesky_log_determinant(made.factor, ALGEBRA_COUNT, ALGEBRA_STRIDE) -
                     log_determinant) < 1e-12);
    double vector[ALGEBRA_COUNT];
    double solved[ALGEBRA_COUNT];
    for (int i = 0; i < ALGEBRA_COUNT; i++) {
        solved[i] = vector[i] = sin(i);
    }
    og_cholesky_solve_lower(made.factor, ALGEBRA_COUNT, ALGEBRA_STRIDE, solved);
    og_cholesky_solve_upper(made.factor, ALGEBRA_COUNT, ALGEBRA_STRIDE, solved);
    og_cholesky_invert(made.factor, ALGEBRA_COUNT, ALGEBRA_STRIDE);
    for (int i = 0; i < ALGEBRA_COUNT; i++) {
        const double* row = made.matrix + i * ALGEBRA_STRIDE;
        assert_true(fabs(og_vector_dot(row, solved, ALGEBRA_COUNT) - vector[i]) < 1e-12);
        double sum = 0;  // row i of the inverse times column i of the matrix
        for (int j = 0; j < ALGEBRA_COUNT; j++) {
            sum += row[j] * made.factor[(i > j ? i : j) * ALGEBRA_STRIDE + (i > j ? j : i)];
        }
        assert_true(fabs(sum - 1) < 1e-12);
    }
    made.matrix[5 * ALGEBRA_STRIDE + 5] = -1;
    assert_false(og_cholesky_factor(made.matrix, ALGEBRA_COUNT, ALGEBRA_STRIDE));
}

// A factor that is updated is that of the updated matrix.
static void updates_are_refactored(void** state) {
    (void)state;
    static algebra_case made;
    algebra_compute(&made, 2);
    double* updated = made.matrix;
    double vector[ALGEBRA_COUNT];
    memcpy(made.factor, updated, sizeof made.matrix);
    assert_true(og_upper_factor(made.factor, ALGEBRA_COUNT, ALGEBRA_STRIDE));
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < ALGEBRA_COUNT; i++) {
            vector[i] = i % (round + 2) == 0 ? cos(i + round) : 0;
        }
        for (int i = 0; i < ALGEBRA_COUNT; i++) {
            for (int j = 0; j < ALGEBRA_COUNT; j++) {
                updated[i * ALGEBRA_STRIDE + j] += vector[i] * vector[j];
            }
        }
        og_upper_update(made.factor, ALGEBRA_COUNT, ALGEBRA_STRIDE, vector);
    }
    double solved[ALGEBRA_COUNT];
    for (int i = 0; i < ALGEBRA_COUNT; i++) {
        solved[i] = i;
    }
    og_upper_solve_transposed(made.factor, ALGEBRA_COUNT, ALGEBRA_STRIDE, solved);
    og_upper_solve(made.factor, ALGEBRA_COUNT, ALGEBRA_STRIDE, solved);
    for (int i = 0; i < ALGEBRA_COUNT; i++) {
        const double sum = og_vector_dot(updated + i * ALGEBRA_STRIDE, solved, ALGEBRA_COUNT);
        assert_true(fabs(sum - i) < 1e-10);
    }
}

static algebra_case algebra_expected;

static void* algebra_repeat(void* wrong) {
    algebra_case* made = calloc(1, sizeof *made);
    algebra_compute(made, 7);
    for (int round = 0; round < ALGEBRA_ROUNDS; round++) {
        memcpy(made->factor, made->matrix, sizeof made->matrix);
        memcpy(made->columns, made->matrix, sizeof made->matrix);
        og_cholesky_factor(made->factor, ALGEBRA_COUNT, ALGEBRA_STRIDE);
        og_cholesky_solve_columns(made->factor, ALGEBRA_COUNT, ALGEBRA_STRIDE, made->columns,
                                  ALGEBRA_COUNT, ALGEBRA_STRIDE);
        *(int*)wrong += memcmp(made, &algebra_expected, sizeof *made) != 0;
    }
    free(made);
    return NULL;
}

static void threads_do_not_disturb_each_other(void** state) {
    (void)state;
    pthread_t threads[ALGEBRA_THREADS];
    int wrong[ALGEBRA_THREADS] = {0};
    algebra_compute(&algebra_expected, 7);
    for (int t = 0; t < ALGEBRA_THREADS; t++) {
        assert_int_equal(pthread_create(&threads[t], NULL, algebra_repeat, &wrong[t]), 0);
    }
    for (int t = 0; t < ALGEBRA_THREADS; t++) {
        pthread_join(threads[t], NULL);
        assert_int_equal(wrong[t], 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors_multiply_back),
        cmocka_unit_test(updates_are_refactored),
        cmocka_unit_test(threads_do_not_disturb_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
