// The common form of designs costs what they cost, on every standard and for several workloads.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/environment.h"
#include "ogive/random.h"

enum { CANONICAL_TEST_DESIGNS = 200 };

static og_arena* arena;

static int canonical_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int canonical_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

static og_model canonical_test_open(const char* standard, const char* workload) {
    const og_environment* type;
    assert_int_equal(og_environment_find("dram", &type), OG_OK);
    og_settings settings = og_settings_make(arena, type->options, type->option_count);
    assert_int_equal(og_settings_set(&settings, "standard", standard), OG_OK);
    assert_int_equal(og_settings_set(&settings, "workload", workload), OG_OK);
    assert_int_equal(og_settings_set(&settings, "preset", "controller"), OG_OK);
    assert_int_equal(og_settings_set(&settings, "requests", "2000"), OG_OK);
    og_model model;
    if (og_environment_open(arena, type, &settings, &model) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return model;
}

// Designs that their common form replaces; all cost the same as theirs.
static int canonical_test_replaced(const og_model* model) {
    const og_space* space;
    assert_int_equal(og_space_create(arena, &model->space, &space), OG_OK);
    const size_t width = sizeof(double) * (size_t)space->count;
    const size_t height = sizeof(double) * (size_t)model->metric_count;
    double* x = OG_NEW(arena, double, 2 * space->count);
    double* y = OG_NEW(arena, double, 2 * model->metric_count);
    double* common = x + space->count;
    og_random random = og_random_make(3, 0);
    int replaced = 0;
    for (int i = 0; i < CANONICAL_TEST_DESIGNS; i++) {
        const char* reason;
        og_space_sample(space, &random, x);
        memcpy(common, x, width);
        model->type->canonical(model->data, common);
        if (memcmp(common, x, width) == 0) {
            continue;
        }
        replaced++;
        assert_true(og_space_contains(space, common));
        model->type->evaluate(model->data, x, y, arena, &reason);
        model->type->evaluate(model->data, common, y + model->metric_count, arena, &reason);
        assert_memory_equal(y, y + model->metric_count, height);
    }
    return replaced;
}

static void canonical_test_standards(void** state) {
    (void)state;
    // a standard that holds postponed refreshes to fewer than asked for, and others
    static const char* const cases[][2] = {{"ddr5_4800", "random_mixed"},
                                           {"ddr4_2400", "stream"},
                                           {"hbm2", "burst_idle"},
                                           {"ddr3_1600", "cloud_1,random_mixed"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const og_model model = canonical_test_open(cases[i][0], cases[i][1]);
        assert_true(canonical_test_replaced(&model) > CANONICAL_TEST_DESIGNS / 4);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(canonical_test_standards)};
    return cmocka_run_group_tests(tests, canonical_test_setup, canonical_test_teardown);
}
