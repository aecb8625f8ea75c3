// Statistics against published tables, closed forms and enumeration. Where a likely mistake would
// give nearly the same number, the test shows that its oracle tells the mistake apart.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#include "ogive/statistics.h"

static void check_near(double got, double wanted, double tolerance) {
    if (!(fabs(got - wanted) <= tolerance)) {
        print_error("%.17g, expected %.17g within %g\n", got, wanted, tolerance);
    }
    assert_true(fabs(got - wanted) <= tolerance);
}

static void quantiles_are_type_7(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const double ten[] = {10, 3, 1, 2, 9, 8, 7, 5, 6, 4};
    const og_quartiles quartiles = og_quartiles_of(arena, ten, 10);
    // quantile(1:10) of R
    check_near(quartiles.low, 3.25, 0);
    check_near(quartiles.median, 5.5, 0);
    check_near(quartiles.high, 7.75, 0);
    check_near(quartiles.mean, 5.5, 1e-15);
    const double open[] = {INFINITY, 1, 2, INFINITY};
    assert_true(isinf(og_quartiles_of(arena, open, 4).median));
    check_near(og_quartiles_of(arena, open, 4).low, 1.75, 0);
    assert_true(isinf(og_quartiles_of(arena, open, 4).mean));
    assert_true(isnan(og_quartiles_of(arena, open, 0).median));
    og_arena_destroy(arena);
}

static void effect_counts_pairs(void** state) {
    (void)state;
    const double a[] = {1, 2, 3};
    const double b[] = {2, 3, INFINITY, 9};
    // of 12 pairs 9 are smaller and 2 tied
    check_near(og_vargha_delaney(a, 3, b, 4), (9 + 2 * 0.5) / 12, 1e-15);
    check_near(og_vargha_delaney(b, 4, a, 3), 1 - 10.0 / 12, 1e-15);
    check_near(og_vargha_delaney(a, 3, a, 3), 0.5, 0);
    const double none[] = {INFINITY, INFINITY};
    check_near(og_vargha_delaney(none, 2, none, 2), 0.5, 0);
}

// Two-sided p by trying all signs of the given ranks.
static double signs_enumerated(const double* ranks, int count, double plus) {
    double total = 0;
    for (int i = 0; i < count; i++) {
        total += ranks[i];
    }
    const double tail = fmin(plus, total - plus);
    int extreme = 0;
    for (int signs = 0; signs < 1 << count; signs++) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += signs >> i & 1 ? ranks[i] : 0;
        }
        extreme += sum <= tail;
    }
    return fmin(1, 2.0 * extreme / (1 << count));
}

static void wilcoxon_agrees_with_enumeration(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(1, 2);
    int with_ties = 0;
    int told_apart = 0;
    for (int round = 0; round < 200; round++) {
        double a[12];
        double b[12];
        const int count = 3 + (int)og_random_below(&random, 10);
        for (int i = 0; i < count; i++) {
            a[i] = (double)og_random_below(&random, 9);
            b[i] = (double)og_random_below(&random, 9);
        }
        // mean ranks of the differences, by counting
        double ranks[12];
        double distinct[12];
        double plus = 0;
        int used = 0;
        int ties = 0;
        for (int i = 0; i < count; i++) {
            double below = 0;
            double equal = 0;
            for (int k = 0; k < count; k++) {
                const double other = fabs(a[k] - b[k]);
                below += other > 0 && other < fabs(a[i] - b[i]);
                equal += other == fabs(a[i] - b[i]);
            }
            if (a[i] != b[i]) {
                ranks[used] = below + (equal + 1) / 2;
                distinct[used] = used + 1;
                plus += a[i] > b[i] ? ranks[used] : 0;
                ties += equal > 1;
                used++;
            }
        }
        const og_wilcoxon_result result = og_wilcoxon(arena, a, b, count);
        assert_int_equal(result.count, used);
        check_near(result.plus, plus, 0);
        check_near(result.plus + result.minus, used * (used + 1) / 2.0, 0);
        check_near(result.p, used ? signs_enumerated(ranks, used, plus) : 1, 1e-12);
        with_ties += ties > 0;
        // the distribution without ties is another one
        told_apart += used > 0 && fabs(result.p - signs_enumerated(distinct, used, plus)) > 1e-6;
    }
    assert_true(with_ties > 100 && told_apart > 20);
    og_arena_destroy(arena);
}

static void wilcoxon_agrees_with_published_values(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    // Hollander and Wolfe, Nonparametric Statistical Methods: depression scale, V = 40,
    // one-sided p 0.01953
    const double before[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
    const double after[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
    const og_wilcoxon_result result = og_wilcoxon(arena, before, after, 9);
    check_near(result.plus, 40, 0);
    check_near(result.p, 2 * 0.01953125, 1e-12);
    // largest rank sums that differ at 5 %, two-sided (tables after Wilcoxon 1945)
    static const int critical[][2] = {{6, 0},   {8, 3},   {10, 8}, {12, 13},
                                      {15, 25}, {20, 52}, {25, 89}};
    for (size_t i = 0; i < sizeof critical / sizeof *critical; i++) {
        for (int beyond = 0; beyond < 2; beyond++) {
            double a[25] = {0};
            double b[25];
            int left = critical[i][1] + beyond;
            for (int rank = critical[i][0]; rank >= 1; rank--) {
                const bool negative = rank <= left;
                left -= negative ? rank : 0;
                b[rank - 1] = negative ? rank : -rank;
            }
            const double p = og_wilcoxon(arena, a, b, critical[i][0]).p;
            assert_true(beyond ? p > 0.05 : p <= 0.05);
        }
    }
    og_arena_destroy(arena);
}

static void wilcoxon_of_many_pairs_is_near_the_exact_one(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    enum { PAIRS = 40, SUMS = PAIRS * (PAIRS + 1) / 2 };
    double ways[SUMS + 1] = {1};
    for (int rank = 1; rank <= PAIRS; rank++) {
        for (int sum = SUMS; sum >= rank; sum--) {
            ways[sum] += ways[sum - rank];
        }
    }
    double below = 0;
    double a[PAIRS] = {0};
    double b[PAIRS];
    for (int tail = 0; tail < SUMS / 2; tail++) {
        below += ways[tail];
        int left = tail;
        for (int rank = PAIRS; rank >= 1; rank--) {
            const bool negative = rank <= left;
            left -= negative ? rank : 0;
            b[rank - 1] = negative ? rank : -rank;
        }
        const double exact = fmin(1, 2 * below / ldexp(1, PAIRS));
        check_near(og_wilcoxon(arena, a, b, PAIRS).p, exact, exact < 0.1 ? 0.003 : 0.012);
    }
    // all differences tied: the variance without its correction would be that of distinct ranks
    for (int i = 0; i < PAIRS; i++) {
        b[i] = i < 12 ? 1 : -1;
    }
    // a sign test: 12 of 40, variance of the sum of signs
    check_near(og_wilcoxon(arena, a, b, PAIRS).p, erfc(8 / sqrt(10) / sqrt(2)), 1e-12);
    og_arena_destroy(arena);
}

static void holm_is_that_of_r(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    double p[] = {0.01, 0.04, NAN, 0.03, 0.005};
    og_holm(arena, p, 5);
    check_near(p[0], 0.03, 1e-15);
    check_near(p[1], 0.06, 1e-15);
    assert_true(isnan(p[2]));
    check_near(p[3], 0.06, 1e-15);
    check_near(p[4], 0.02, 1e-15);
    double equal[] = {0.02, 0.02, 0.9};
    og_holm(arena, equal, 3);
    check_near(equal[0], 0.06, 1e-15);
    check_near(equal[1], 0.06, 1e-15);
    check_near(equal[2], 0.9, 1e-15);
    og_arena_destroy(arena);
}

// AUC of four forms of C4.5 on 14 data sets: Demsar 2006, table 6. Its ranks tell the two 0.975
// apart.
static const double demsar[14][4] = {
    {0.763, 0.768, 0.771, 0.798},  {0.599, 0.591, 0.590, 0.569}, {0.954, 0.971, 0.968, 0.967},
    {0.628, 0.661, 0.654, 0.657},  {0.882, 0.888, 0.886, 0.898}, {0.936, 0.931, 0.916, 0.931},
    {0.661, 0.668, 0.609, 0.685},  {0.583, 0.583, 0.563, 0.625}, {0.775, 0.838, 0.866, 0.875},
    {1.000, 1.000, 1.000, 1.000},  {0.940, 0.962, 0.965, 0.962}, {0.619, 0.666, 0.614, 0.669},
    {0.972, 0.981, 0.975, 0.9749}, {0.957, 0.978, 0.946, 0.970}};

static void friedman_is_that_of_demsar(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    double values[14 * 4];
    for (int i = 0; i < 14 * 4; i++) {
        values[i] = -demsar[i / 4][i % 4];
    }
    double ranks[4];
    const og_friedman_result result = og_friedman(arena, values, 14, 4, ranks);
    check_near(ranks[0], 3.143, 0.0005);
    check_near(ranks[1], 2.000, 0.0005);
    check_near(ranks[2], 2.893, 0.0005);
    check_near(ranks[3], 1.964, 0.0005);
    // the paper has 9.28 without the correction for its ties, 1 - 78 / 840
    check_near(result.statistic * (1 - 78.0 / 840), 9.28, 0.005);
    check_near(result.p, og_chi_square_tail(result.statistic, 3), 0);
    for (int i = 0; i < 14 * 4; i++) {
        values[i] = 1;
    }
    check_near(og_friedman(arena, values, 14, 4, ranks).p, 1, 0);
    check_near(ranks[2], 2.5, 1e-12);
    og_arena_destroy(arena);
}

static void nemenyi_is_that_of_demsar(void** state) {
    (void)state;
    // table 5: q at 5 % and at 10 %, for 2 to 10 treatments
    static const double q[2][9] = {{1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164},
                                   {1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920}};
    for (int level = 0; level < 2; level++) {
        for (int k = 2; k <= 10; k++) {
            const double unit = sqrt(k * (k + 1) / (6.0 * 14));
            const double got = og_nemenyi_difference(k, 14, level ? 0.1 : 0.05) / unit;
            check_near(got, q[level][k - 2], 0.0011);
        }
    }
    check_near(og_nemenyi_difference(4, 14, 0.05), 1.25, 0.005);
}

static void chi_square_is_that_of_tables(void** state) {
    (void)state;
    static const double tables[][3] = {{1, 3.841, 0.05},  {2, 5.991, 0.05}, {3, 7.815, 0.05},
                                       {9, 16.919, 0.05}, {1, 6.635, 0.01}, {10, 23.209, 0.01},
                                       {30, 18.493, 0.95}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        check_near(og_chi_square_tail(tables[i][1], tables[i][0]), tables[i][2], 2e-5);
    }
    for (double x = 0.01; x < 60; x *= 1.5) {
        check_near(og_chi_square_tail(x, 2), exp(-x / 2), 1e-14);
        check_near(og_chi_square_tail(x, 1), erfc(sqrt(x / 2)), 1e-13);
    }
    check_near(og_chi_square_tail(0, 4), 1, 0);
}

static void bootstrap_agrees_with_enumeration(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const double values[] = {1, 2, 4, 8, 16};
    double medians[3125];
    for (int i = 0; i < 3125; i++) {
        double sample[5];
        for (int k = 0, rest = i; k < 5; k++, rest /= 5) {
            sample[k] = values[rest % 5];
        }
        og_sort(sample, 5);
        medians[i] = sample[2];
    }
    og_sort(medians, 3125);
    double low;
    double high;
    og_random random = og_random_make(3, 4);
    og_bootstrap_median(arena, values, 5, 20000, 0.8, &random, &low, &high);
    check_near(low, og_quantile(medians, 3125, 0.1), 0);
    check_near(high, og_quantile(medians, 3125, 0.9), 0);
    assert_true(low < high);
    og_arena_destroy(arena);
}

static void bootstrap_covers_the_median(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(5, 6);
    int covered = 0;
    for (int round = 0; round < 500; round++) {
        double values[25];
        for (int i = 0; i < 25; i++) {
            values[i] = og_random_normal(&random);
        }
        double low;
        double high;
        og_bootstrap_median(arena, values, 25, 400, 0.95, &random, &low, &high);
        covered += low <= 0 && high >= 0;
    }
    assert_in_range(covered, 455, 490);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_type_7),
        cmocka_unit_test(effect_counts_pairs),
        cmocka_unit_test(wilcoxon_agrees_with_enumeration),
        cmocka_unit_test(wilcoxon_agrees_with_published_values),
        cmocka_unit_test(wilcoxon_of_many_pairs_is_near_the_exact_one),
        cmocka_unit_test(holm_is_that_of_r),
        cmocka_unit_test(friedman_is_that_of_demsar),
        cmocka_unit_test(nemenyi_is_that_of_demsar),
        cmocka_unit_test(chi_square_is_that_of_tables),
        cmocka_unit_test(bootstrap_agrees_with_enumeration),
        cmocka_unit_test(bootstrap_covers_the_median),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
