// CMA-ES against the evaluations that its author's program needs: functions of BBOB in ten
// dimensions, to 1e-8, from a random point in [-4, 4] with a first step of 2. Mean of successful
// runs of pycma 4.4.0 with its defaults, 11 seeds; and eigenvalues against their definition.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent/eigen.h"
#include "ogive/agent.h"

enum { CMA_ES_DIMENSIONS = 10, CMA_ES_SEEDS = 11, CMA_ES_BUDGET = 20000 };

static double cma_es_sphere(const double* x) {
    double sum = 0;
    for (int i = 0; i < CMA_ES_DIMENSIONS; i++) {
        sum += x[i] * x[i];
    }
    return sum;
}

static double cma_es_ellipsoid(const double* x) {
    double sum = 0;
    for (int i = 0; i < CMA_ES_DIMENSIONS; i++) {
        sum += pow(1e6, i / (CMA_ES_DIMENSIONS - 1.0)) * x[i] * x[i];
    }
    return sum;
}

static double cma_es_discus(const double* x) {
    return cma_es_sphere(x) + (1e6 - 1) * x[0] * x[0];
}

static double cma_es_rosenbrock(const double* x) {
    double sum = 0;
    for (int i = 0; i + 1 < CMA_ES_DIMENSIONS; i++) {
        const double valley = x[i + 1] - x[i] * x[i];
        sum += 100 * valley * valley + (x[i] - 1) * (x[i] - 1);
    }
    return sum;
}

typedef double cma_es_function(const double* x);

// Evaluations to 1e-8; 0 when the budget does not do.
static int cma_es_run(cma_es_function* function, int seed) {
    og_arena* arena = og_arena_create();
    og_random random = og_random_make((uint64_t)seed, 77);
    og_parameter rows[CMA_ES_DIMENSIONS];
    for (int i = 0; i < CMA_ES_DIMENSIONS; i++) {
        rows[i] = (og_parameter){OG_REAL_ROW(og_text_format(arena, "x%d", i), "", -10, 10,
                                             8 * og_random_uniform(&random) - 4, "Coordinate.")};
    }
    const og_space_table table = {.parameters = rows, .count = CMA_ES_DIMENSIONS};
    const og_space* space = NULL;
    const og_agent_type* type = NULL;
    assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
    assert_int_equal(og_agent_find("cma_es", &type), OG_OK);
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    assert_int_equal(og_settings_set(&options, "sigma", "0.1"), OG_OK);
    const og_agent_setup setup = {
        .space = space, .options = &options, .objective_count = 1, .seed = (uint64_t)seed};
    og_agent* agent = NULL;
    assert_int_equal(og_agent_start(arena, type, &setup, &agent), OG_OK);
    int spent = 0;
    bool done = false;
    while (!done && spent < CMA_ES_BUDGET) {
        double x[CMA_ES_DIMENSIONS];
        assert_int_equal(type->ask(agent, 1, x), 1);
        const double loss = function(x);
        const og_told told = {.x = x, .objectives = &loss, .loss = loss};
        type->tell(agent, 1, &told);
        spent++;
        done = loss < 1e-8;
    }
    og_arena_destroy(arena);
    return done ? spent : 0;
}

static void cma_es_expect(const char* name, cma_es_function* function, double reference,
                          int successes) {
    double sum = 0;
    int done = 0;
    for (int seed = 0; seed < CMA_ES_SEEDS; seed++) {
        const int spent = cma_es_run(function, seed);
        sum += spent;
        done += spent > 0;
    }
    print_message("%s: %.0f evaluations (%d of %d), pycma %.0f\n", name, sum / done, done,
                  CMA_ES_SEEDS, reference);
    assert_true(done >= successes);
    assert_true(fabs(sum / done / reference - 1) < 0.3);
}

static void test_evaluations(void** state) {
    (void)state;
    cma_es_expect("sphere", cma_es_sphere, 1460, 11);
    cma_es_expect("ellipsoid", cma_es_ellipsoid, 4070, 11);
    cma_es_expect("discus", cma_es_discus, 2990, 11);
    cma_es_expect("rosenbrock", cma_es_rosenbrock, 5295, 9);
}

static void test_eigenvalues(void** state) {
    (void)state;
    enum { SIZE = 12 };
    double matrix[SIZE * SIZE];
    double copy[SIZE * SIZE];
    double values[SIZE];
    double vectors[SIZE * SIZE];
    og_random random = og_random_make(5, 5);
    for (int i = 0; i < SIZE; i++) {
        for (int k = 0; k <= i; k++) {
            matrix[i * SIZE + k] = og_random_normal(&random) * pow(10, -(i + k) / 4.0);
            matrix[k * SIZE + i] = matrix[i * SIZE + k];
        }
    }
    memcpy(copy, matrix, sizeof copy);
    og_eigen_decompose(SIZE, copy, values, vectors);
    for (int i = 0; i < SIZE; i++) {
        for (int k = 0; k < SIZE; k++) {
            double product = 0;
            double length = 0;
            for (int j = 0; j < SIZE; j++) {
                product += vectors[i * SIZE + j] * values[j] * vectors[k * SIZE + j];
                length += vectors[j * SIZE + i] * vectors[j * SIZE + k];
            }
            assert_true(fabs(product - matrix[i * SIZE + k]) < 1e-14);
            assert_true(fabs(length - (i == k)) < 1e-14);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eigenvalues),
        cmocka_unit_test(test_evaluations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
