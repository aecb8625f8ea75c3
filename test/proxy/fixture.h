/// Records to learn from.
#pragma once

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/proxy.h"
#include "ogive/random.h"

static const char* const fixture_choices[] = {"red", "green", "blue", "white"};
static const double fixture_values[] = {1, 2, 5, 9, 20};

/// Six parameters of all kinds.
static const og_parameter fixture_parameters[] = {
    {OG_INTEGER_ROW("a", "ns", 0, 9, 3, "An integer.")},
    {OG_POWER_ROW("b", "KiB", 1, 64, 8, "A power of two.")},
    {OG_CHOICE_ROW("c", fixture_choices, 1, "A choice.")},
    {OG_ORDINAL_ROW("d", "", fixture_values, 2, "An ordinal.")},
    {OG_BOOLEAN_ROW("e", 1, "A boolean.")},
    {OG_REAL_ROW("f", "V", 0.5, 1.5, 1, "A real.")},
};

enum { FIXTURE_WIDTH = sizeof fixture_parameters / sizeof *fixture_parameters };

static const og_proxy_metric fixture_metrics[] = {
    {"latency", "ns", "How long it takes.", -1},
    {"power", "mW", "What it costs.", -1},
};

/// Trials being made.
typedef struct fixture_record {
    og_proxy_data data;
    const og_space* space;
    const double** x;
    const double** y;
    bool* feasible;
    int64_t* same_as;
} fixture_record;

/// A record of `count` uniform designs with `metrics` metrics, not yet evaluated.
static inline fixture_record fixture_make(og_arena* arena, int count, int metrics, uint64_t seed) {
    fixture_record record = {.x = OG_NEW(arena, const double*, count),
                             .y = OG_NEW(arena, const double*, count),
                             .feasible = OG_NEW(arena, bool, count),
                             .same_as = OG_NEW(arena, int64_t, count)};
    record.data = (og_proxy_data){
        .space = {fixture_parameters, FIXTURE_WIDTH, NULL, 0},
        .metrics = fixture_metrics,
        .metric_count = metrics,
        .count = count,
        .x = record.x,
        .y = record.y,
        .feasible = record.feasible,
        .same_as = record.same_as,
        .environment = "fixture",
        .identity = "fixture 1",
    };
    assert_int_equal(og_space_create(arena, &record.data.space, &record.space), OG_OK);
    og_random random = og_random_make(seed, 0);
    for (int i = 0; i < count; i++) {
        double* x = OG_NEW(arena, double, FIXTURE_WIDTH);
        og_space_sample(record.space, &random, x);
        record.x[i] = x;
        record.y[i] = OG_NEW(arena, double, metrics);
        record.feasible[i] = true;
        record.same_as[i] = -1;
    }
    return record;
}

/// Set a metric of a trial.
static inline void fixture_set(fixture_record* record, int64_t trial, int metric, double value) {
    ((double*)record->y[trial])[metric] = value;
}

/// The sum of a term of each parameter.
static inline double fixture_additive(const double* x) {
    static const double colours[] = {0, 4, -2, 1};
    return 50 + 3 * x[0] + 2 * log2(x[1]) + colours[(int)x[2]] + 0.3 * x[3] * x[3] / 20 +
           (x[4] > 0 ? 5 : 0) + 6 * x[5];
}
