// Exponentials against the C library's.

#include "learn/exponential.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { EXPONENTIAL_COUNT = 20001 };

static double exponential_from[EXPONENTIAL_COUNT];
static double exponential_to[EXPONENTIAL_COUNT];

static void exponential_spread(double limit) {
    for (int i = 0; i < EXPONENTIAL_COUNT; i++) {
        exponential_from[i] = limit * (2.0 * i / (EXPONENTIAL_COUNT - 1) - 1);
    }
}

static double exponential_worst(void) {
    double worst = 0;
    for (int i = 0; i < EXPONENTIAL_COUNT; i++) {
        worst = fmax(worst, fabs(exponential_to[i] / exp(exponential_from[i]) - 1));
    }
    return worst;
}

static void test_exponentials(void** state) {
    (void)state;
    for (double limit = 1e-9; limit <= 700; limit *= 10) {
        exponential_spread(limit);
        og_exponentials(exponential_from, EXPONENTIAL_COUNT, exponential_to);
        assert_true(exponential_worst() < 1e-12);
    }
    // the check sees a fault of 2e-12
    exponential_to[77] *= 1 + 2e-12;
    assert_false(exponential_worst() < 1e-12);
}

static void test_ends(void** state) {
    (void)state;
    double x[] = {-INFINITY, -701, -700, 0, 700, 701, INFINITY};
    og_exponentials(x, 7, x);
    assert_true(x[0] == x[2] && x[1] == x[2] && x[2] > 0);
    assert_true(x[3] == 1);
    assert_true(x[6] == x[4] && x[5] == x[4] && isfinite(x[4]));
}

static void test_tangents(void** state) {
    (void)state;
    for (double limit = 1e-9; limit <= 1000; limit *= 10) {
        exponential_spread(limit);
        og_hyperbolic_tangents(exponential_from, EXPONENTIAL_COUNT, exponential_to);
        for (int i = 0; i < EXPONENTIAL_COUNT; i++) {
            assert_true(fabs(exponential_to[i] - tanh(exponential_from[i])) < 1e-12);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exponentials),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_tangents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
