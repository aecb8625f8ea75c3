#include "ogive/statistics.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int statistics_order(const void* a, const void* b) {
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

void og_sort(double* values, int count) {
    qsort(values, (size_t)count, sizeof *values, statistics_order);
}

double og_quantile(const double* sorted, int count, double share) {
    assert(count >= 1 && share >= 0 && share <= 1);
    const double at = share * (count - 1);
    const int below = (int)floor(at);
    const double part = at - below;
    if (part == 0 || sorted[below] == sorted[below + 1]) {
        return sorted[below];
    }
    return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

og_quartiles og_quartiles_of(og_arena* scratch, const double* values, int count) {
    if (count == 0) {
        return (og_quartiles){NAN, NAN, NAN, NAN};
    }
    const og_arena_mark mark = og_arena_here(scratch);
    double* sorted = OG_NEW(scratch, double, count);
    memcpy(sorted, values, (size_t)count * sizeof *sorted);
    og_sort(sorted, count);
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += sorted[i];
    }
    const og_quartiles quartiles = {og_quantile(sorted, count, 0.25),
                                    og_quantile(sorted, count, 0.5),
                                    og_quantile(sorted, count, 0.75), sum / count};
    og_arena_rewind(scratch, mark);
    return quartiles;
}

double og_vargha_delaney(const double* a, int a_count, const double* b, int b_count) {
    assert(a_count >= 1 && b_count >= 1);
    double better = 0;
    for (int i = 0; i < a_count; i++) {
        for (int k = 0; k < b_count; k++) {
            better += a[i] < b[k] ? 1 : a[i] == b[k] ? 0.5 : 0;
        }
    }
    return better / ((double)a_count * b_count);
}

void og_holm(og_arena* scratch, double* p, int count) {
    const og_arena_mark mark = og_arena_here(scratch);
    double* sorted = OG_NEW(scratch, double, count);
    int tests = 0;
    for (int i = 0; i < count; i++) {
        if (!isnan(p[i])) {
            sorted[tests++] = p[i];
        }
    }
    og_sort(sorted, tests);
    double* adjusted = OG_NEW(scratch, double, tests);
    double largest = 0;
    for (int i = 0; i < tests; i++) {
        largest = fmax(largest, fmin(1, sorted[i] * (tests - i)));
        adjusted[i] = largest;
    }
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < tests; k++) {
            if (p[i] == sorted[k]) {
                // equal p-values: the first of them has the largest factor
                p[i] = adjusted[k];
                break;
            }
        }
    }
    og_arena_rewind(scratch, mark);
}

void og_bootstrap_median(og_arena* scratch, const double* values, int count, int resamples,
                         double confidence, og_random* random, double* low, double* high) {
    assert(count >= 1 && resamples >= 1 && confidence > 0 && confidence < 1);
    const og_arena_mark mark = og_arena_here(scratch);
    double* sample = OG_NEW(scratch, double, count);
    double* medians = OG_NEW(scratch, double, resamples);
    for (int r = 0; r < resamples; r++) {
        for (int i = 0; i < count; i++) {
            sample[i] = values[og_random_below(random, (uint64_t)count)];
        }
        og_sort(sample, count);
        medians[r] = og_quantile(sample, count, 0.5);
    }
    og_sort(medians, resamples);
    *low = og_quantile(medians, resamples, (1 - confidence) / 2);
    *high = og_quantile(medians, resamples, (1 + confidence) / 2);
    og_arena_rewind(scratch, mark);
}
