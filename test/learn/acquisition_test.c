// Acquisition functions against quadrature, known values and asymptotic series.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ogive/acquisition.h"
#include "ogive/column.h"

static double acquisition_density(double z) {
    return exp(-0.5 * z * z) / sqrt(2 * acos(-1));
}

// Expected improvement by Simpson's rule over the improvement u: integral of u density(u - z).
static double acquisition_quadrature(double z) {
    const int steps = 20000;
    const double end = fmax(z, 0) + 12;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
        const double u = end * i / steps;
        const double weight = i == 0 || i == steps ? 1 : 2 + 2 * (i % 2);
        sum += weight * u * acquisition_density(u - z);
    }
    return sum * end / steps / 3;
}

static void improvement_agrees_with_quadrature(void** state) {
    (void)state;
    for (double z = -9; z <= 5; z += 0.125) {
        const double exact = 2 * acquisition_quadrature(z);
        // mean 3, deviation 2, best 3 + 2 z
        assert_true(fabs(og_expected_improvement(3, 2, 3 + 2 * z) / exact - 1) < 1e-9);
        assert_true(fabs(og_log_expected_improvement(3, 2, 3 + 2 * z) - log(exact)) < 1e-9);
    }
    assert_true(og_expected_improvement(1, 0, 3) == 2);
    assert_true(og_expected_improvement(3, 0, 1) == 0);
    assert_true(og_log_expected_improvement(3, 0, 1) == -INFINITY);
}

// Far from the best, log EI ~ log density(z) - 2 log|z| + log(1 - 3/z^2 + 15/z^4 - 105/z^6).
static void logarithm_holds_in_the_tail(void** state) {
    (void)state;
    for (double z = -30; z > -1e6; z *= 3) {
        const double q = 1 / (z * z);
        const double series = log1p(q * (-3 + q * (15 - 105 * q)));
        const double exact = -0.5 * z * z - 0.5 * log(2 * acos(-1)) - 2 * log(-z) + series;
        const double ours = og_log_expected_improvement(0, 1, z);
        assert_true(isfinite(ours) && fabs(ours - exact) < 1e-8 + 1e-12 * fabs(exact));
    }
    // no step where the method changes
    const double step =
        og_log_expected_improvement(0, 1, -4 + 1e-9) - og_log_expected_improvement(0, 1, -4 - 1e-9);
    assert_true(fabs(step - 2e-9 * 4.45) < 1e-9);
}

static void probabilities_have_known_values(void** state) {
    (void)state;
    assert_true(fabs(og_probability_below(0, 1, 1.959963984540054) - 0.975) < 1e-15);
    assert_true(fabs(og_probability_below(5, 2, 1) - 0.02275013194817921) < 1e-15);
    assert_true(og_probability_below(1, 0, 1) == 1 && og_probability_below(2, 0, 1) == 0);
    for (double z = -37; z < 3; z += 0.25) {
        const double exact = log(0.5 * erfc(-z / sqrt(2)));
        assert_true(fabs(og_log_probability_below(0, 1, z) - exact) < 1e-12 * (1 + fabs(exact)));
    }
    assert_true(isfinite(og_log_probability_below(0, 1, -1e5)));
    assert_true(og_lower_confidence_bound(3, 2, 1.5) == 0);
}

static void quantile_inverts_probability(void** state) {
    (void)state;
    assert_true(fabs(og_normal_quantile(0.975) - 1.959963984540054) < 1e-14);
    assert_true(fabs(og_normal_quantile(1e-10) + 6.361340902404056) < 1e-12);
    assert_true(og_normal_quantile(0.5) == 0);
    for (double p = 1e-300; p < 0.5; p *= 1.7) {
        const double z = og_normal_quantile(p);
        assert_true(fabs(0.5 * erfc(-z / sqrt(2)) / p - 1) < 1e-11);
    }
    assert_true(og_normal_quantile(0.25) == -og_normal_quantile(0.75));
}

static void ranks_become_normal_scores(void** state) {
    (void)state;
    const double targets[6] = {7, -1, 1e9, 7, 0, 8};
    double scaled[6];
    int order[6];
    og_targets_scale(OG_TARGETS_RANK_GAUSSIAN, targets, 6, order, scaled);
    assert_true(scaled[0] == scaled[3] && scaled[1] < scaled[4] && scaled[4] < scaled[0]);
    assert_true(scaled[0] < scaled[5] && scaled[5] < scaled[2]);
    assert_true(fabs(scaled[1] + scaled[2]) < 1e-14);
    assert_true(fabs(scaled[1] - og_normal_quantile(0.1)) < 1e-14);  // (1 - 3/8) / 6.25
    og_targets_scale(OG_TARGETS_STANDARDIZED, targets, 1, order, scaled);
    assert_true(scaled[0] == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(improvement_agrees_with_quadrature),
        cmocka_unit_test(logarithm_holds_in_the_tail),
        cmocka_unit_test(probabilities_have_known_values),
        cmocka_unit_test(quantile_inverts_probability),
        cmocka_unit_test(ranks_become_normal_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
