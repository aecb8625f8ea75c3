#include "compare/ranks.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/statistics.h"

typedef struct ranks_entry {
    double value;
    int index;
} ranks_entry;

static int ranks_order(const void* a, const void* b) {
    const ranks_entry* x = a;
    const ranks_entry* y = b;
    if (x->value != y->value) {
        return x->value < y->value ? -1 : 1;
    }
    return (x->index > y->index) - (x->index < y->index);
}

double og_ranks_of(og_arena* scratch, const double* values, int count, double* ranks) {
    const og_arena_mark mark = og_arena_here(scratch);
    ranks_entry* entries = OG_NEW(scratch, ranks_entry, count);
    for (int i = 0; i < count; i++) {
        entries[i] = (ranks_entry){values[i], i};
    }
    qsort(entries, (size_t)count, sizeof *entries, ranks_order);
    double ties = 0;
    for (int from = 0, to; from < count; from = to) {
        to = from + 1;
        while (to < count && entries[to].value == entries[from].value) {
            to++;
        }
        for (int i = from; i < to; i++) {
            ranks[entries[i].index] = (from + 1 + to) / 2.0;
        }
        const double tied = to - from;
        ties += tied * tied * tied - tied;
    }
    og_arena_rewind(scratch, mark);
    return ties;
}

// Two-sided p of rank sum `plus` among all 2^count signs of `ranks`. Ranks are multiples of one
// half, so sums are counted in halves.
static double ranks_signed_exact(const double* ranks, int count, double plus) {
    enum { SUMS = OG_WILCOXON_EXACT * (OG_WILCOXON_EXACT + 1) + 1 };
    double ways[SUMS] = {1};
    int total = 0;
    for (int i = 0; i < count; i++) {
        const int rank = (int)lround(2 * ranks[i]);
        total += rank;
        for (int sum = total; sum >= rank; sum--) {
            ways[sum] += ways[sum - rank];
        }
    }
    const int observed = (int)lround(2 * plus);
    const int tail = observed < total - observed ? observed : total - observed;
    double below = 0;
    for (int sum = 0; sum <= tail; sum++) {
        below += ways[sum];
    }
    return fmin(1, 2 * below / ldexp(1, count));
}

static double ranks_signed_normal(int count, double ties, double plus) {
    const double n = count;
    const double mean = n * (n + 1) / 4;
    const double variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48;
    return erfc(fabs(plus - mean) / sqrt(2 * variance));
}

og_wilcoxon_result og_wilcoxon(og_arena* scratch, const double* a, const double* b, int count) {
    const og_arena_mark mark = og_arena_here(scratch);
    double* sizes = OG_NEW(scratch, double, count);
    int* signs = OG_NEW(scratch, int, count);
    og_wilcoxon_result result = {.p = 1};
    for (int i = 0; i < count; i++) {
        if (a[i] != b[i]) {
            sizes[result.count] = fabs(a[i] - b[i]);
            signs[result.count++] = a[i] > b[i] ? 1 : -1;
        }
    }
    double* ranks = OG_NEW(scratch, double, count);
    const double ties = og_ranks_of(scratch, sizes, result.count, ranks);
    for (int i = 0; i < result.count; i++) {
        *(signs[i] > 0 ? &result.plus : &result.minus) += ranks[i];
    }
    if (result.count > 0) {
        result.p = result.count <= OG_WILCOXON_EXACT
                       ? ranks_signed_exact(ranks, result.count, result.plus)
                       : ranks_signed_normal(result.count, ties, result.plus);
    }
    og_arena_rewind(scratch, mark);
    return result;
}

og_friedman_result og_friedman(og_arena* scratch, const double* values, int blocks, int treatments,
                               double* mean_ranks) {
    assert(blocks >= 1 && treatments >= 2);
    const og_arena_mark mark = og_arena_here(scratch);
    double* ranks = OG_NEW(scratch, double, treatments);
    memset(mean_ranks, 0, (size_t)treatments * sizeof *mean_ranks);
    double ties = 0;
    for (int i = 0; i < blocks; i++) {
        ties += og_ranks_of(scratch, values + (size_t)i * (size_t)treatments, treatments, ranks);
        for (int k = 0; k < treatments; k++) {
            mean_ranks[k] += ranks[k] / blocks;
        }
    }
    og_arena_rewind(scratch, mark);
    const double k = treatments;
    double spread = 0;
    for (int i = 0; i < treatments; i++) {
        spread += (mean_ranks[i] - (k + 1) / 2) * (mean_ranks[i] - (k + 1) / 2);
    }
    const double untied = 1 - ties / (blocks * (k * k * k - k));
    if (untied <= 0) {
        return (og_friedman_result){0, 1};
    }
    const double statistic = 12.0 * blocks / (k * (k + 1)) * spread / untied;
    return (og_friedman_result){statistic, og_chi_square_tail(statistic, k - 1)};
}

// Regularised upper incomplete gamma function Q(a, x): series below a + 1, continued fraction
// (modified Lentz) above.
static double ranks_gamma_tail(double a, double x) {
    const double factor = exp(a * log(x) - x - lgamma(a));
    if (x < a + 1) {
        double term = 1 / a;
        double sum = term;
        for (int n = 1; n < 10000 && term > sum * 1e-17; n++) {
            term *= x / (a + n);
            sum += term;
        }
        return 1 - sum * factor;
    }
    const double tiny = 1e-300;
    double b = x + 1 - a;
    double c = 1 / tiny;
    double d = 1 / b;
    double fraction = d;
    for (int n = 1; n < 10000; n++) {
        const double numerator = -n * (n - a);
        b += 2;
        d = numerator * d + b;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = b + numerator / c;
        c = fabs(c) < tiny ? tiny : c;
        fraction *= d * c;
        if (fabs(d * c - 1) < 1e-16) {
            break;
        }
    }
    return factor * fraction;
}

double og_chi_square_tail(double value, double freedom) {
    assert(freedom > 0);
    return value <= 0 ? 1 : ranks_gamma_tail(freedom / 2, value / 2);
}

static double ranks_normal_below(double z) {
    return 0.5 * erfc(-z / sqrt(2));
}

// Probability that the range of `count` standard normal variables is at most `range`: Simpson's
// rule over the smallest of them.
static double ranks_range_below(double range, int count) {
    enum { STEPS = 2000 };
    const double from = -8.5;
    const double step = 17.0 / STEPS;
    double sum = 0;
    for (int i = 0; i <= STEPS; i++) {
        const double z = from + step * i;
        const double density = exp(-z * z / 2) / sqrt(2 * acos(-1));
        const double others = pow(ranks_normal_below(z + range) - ranks_normal_below(z), count - 1);
        sum += (i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2) * density * others;
    }
    return count * sum * step / 3;
}

double og_nemenyi_difference(int treatments, int blocks, double alpha) {
    assert(treatments >= 2 && blocks >= 1 && alpha > 0 && alpha < 1);
    double low = 0;
    double high = 20;
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        *(ranks_range_below(middle, treatments) < 1 - alpha ? &low : &high) = middle;
    }
    const double k = treatments;
    return high / sqrt(2) * sqrt(k * (k + 1) / (6 * blocks));
}
