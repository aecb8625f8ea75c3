// Normal numbers against the distribution function.

#include "learn/ziggurat.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ZIGGURAT_COUNT = 400000 };

static double ziggurat_draws[ZIGGURAT_COUNT];

static int ziggurat_compare(const void* left, const void* right) {
    const double a = *(const double*)left;
    const double b = *(const double*)right;
    return (a > b) - (a < b);
}

// Largest distance of the draws' distribution from the normal one, times the root of their number
// (Kolmogorov and Smirnov): above 1.95 by luck once in 1,000 times.
static double ziggurat_distance(void) {
    qsort(ziggurat_draws, ZIGGURAT_COUNT, sizeof *ziggurat_draws, ziggurat_compare);
    double worst = 0;
    for (int i = 0; i < ZIGGURAT_COUNT; i++) {
        const double share = 0.5 * erfc(-ziggurat_draws[i] / sqrt(2));
        worst = fmax(worst, fabs(share - (i + 0.5) / ZIGGURAT_COUNT));
    }
    return worst * sqrt(ZIGGURAT_COUNT);
}

// Draws beyond `edge` over what they should be.
static double ziggurat_tails(double edge) {
    int count = 0;
    for (int i = 0; i < ZIGGURAT_COUNT; i++) {
        count += fabs(ziggurat_draws[i]) > edge;
    }
    return count / (ZIGGURAT_COUNT * erfc(edge / sqrt(2)));
}

static void test_distribution(void** state) {
    (void)state;
    const og_ziggurat ziggurat = og_ziggurat_make();
    og_random random = og_random_make(1, 2);
    for (int i = 0; i < ZIGGURAT_COUNT; i++) {
        ziggurat_draws[i] = og_ziggurat_normal(&ziggurat, &random);
    }
    assert_true(ziggurat_distance() < 1.95);
    assert_true(fabs(ziggurat_tails(3) - 1) < 0.1);
    assert_true(fabs(ziggurat_tails(3.5) - 1) < 0.2);
    // the check sees a scale that is 2 % off
    for (int i = 0; i < ZIGGURAT_COUNT; i++) {
        ziggurat_draws[i] *= 1.02;
    }
    assert_false(ziggurat_distance() < 1.95);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_distribution)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
