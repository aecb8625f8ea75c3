// A controller for each channel: parameters reach the channels that they name, constraints hold for
// each, and placements are what they say.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/environment.h"
#include "ogive/random.h"

static og_arena* arena;

static int channels_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int channels_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

typedef struct channels_option {
    const char* name;
    const char* value;
} channels_option;

static og_status channels_try(const char* environment, const channels_option* options, int count,
                              og_model* model) {
    const og_environment* type;
    assert_int_equal(og_environment_find(environment, &type), OG_OK);
    og_settings settings = og_settings_make(arena, type->options, type->option_count);
    for (int i = 0; i < count; i++) {
        assert_int_equal(og_settings_set(&settings, options[i].name, options[i].value), OG_OK);
    }
    return og_environment_open(arena, type, &settings, model);
}

static og_model channels_open(const char* environment, const channels_option* options, int count) {
    og_model model;
    if (channels_try(environment, options, count, &model) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return model;
}

static int channels_parameter(const og_model* model, const char* name) {
    for (int i = 0; i < model->space.count; i++) {
        if (strcmp(model->space.parameters[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static void channels_evaluate(const og_model* model, const double* x, double* y) {
    const char* reason = "";
    assert_int_equal(model->type->evaluate(model->data, x, y, arena, &reason), OG_FEASIBLE);
}

// One program in one channel is the environment dram, whatever the controller.
static void one_channel_is_dram(void** state) {
    (void)state;
    const channels_option options[] = {
        {"programs", "stencil"}, {"channels", "1"}, {"requests", "400"}, {"preset", "archgym"}};
    const channels_option same[] = {{"workload", "stencil"},
                                    {"standard", "ddr4_2400"},
                                    {"map", "ch:ro:ba:bg:ra:co"},
                                    {"requests", "400"},
                                    {"preset", "archgym"}};
    const og_model ours = channels_open("dram_channels", options, 4);
    const og_model dram = channels_open("dram", same, 5);
    assert_int_equal(ours.metric_count, dram.metric_count);
    assert_int_equal(ours.space.count, dram.space.count);
    const og_space* space;
    assert_int_equal(og_space_create(arena, &dram.space, &space), OG_OK);
    og_random random = og_random_make(1, 0);
    for (int round = 0; round < 20; round++) {
        double x[32];
        double mine[32];
        double y[64];
        double wanted[64];
        og_space_sample(space, &random, x);
        for (int i = 0; i < dram.space.count; i++) {
            char name[64];
            snprintf(name, sizeof name, "%s_0", dram.space.parameters[i].name);
            const int own = channels_parameter(&ours, name);
            const int shared = channels_parameter(&ours, dram.space.parameters[i].name);
            assert_true((own < 0) != (shared < 0));
            mine[own < 0 ? shared : own] = x[i];
        }
        channels_evaluate(&ours, mine, y);
        channels_evaluate(&dram, x, wanted);
        for (int m = 0; m < dram.metric_count; m++) {
            // clocks in picoseconds and in cycles round alike up to the last digit
            assert_true(fabs(y[m] - wanted[m]) <= 1e-9 * fabs(wanted[m]));
        }
    }
}

// A choice for one channel changes what that channel costs: a page policy that is bad for streams
// costs more in the channel of the stream than in that of random accesses.
static void choices_reach_their_channel(void** state) {
    (void)state;
    const channels_option options[] = {
        {"programs", "stream,random"}, {"channels", "2"}, {"requests", "500"}};
    const og_model model = channels_open("dram_channels", options, 3);
    const og_space* space;
    assert_int_equal(og_space_create(arena, &model.space, &space), OG_OK);
    int hits = -1;
    for (int m = 0; m < model.metric_count; m++) {
        hits = strcmp(model.metrics[m].name, "row_hits") == 0 ? m : hits;
    }
    double x[32];
    double open[64];
    double first[64];
    double second[64];
    og_space_initial(space, x);
    channels_evaluate(&model, x, open);
    x[channels_parameter(&model, "page_policy_0")] = 2;  // Closed
    channels_evaluate(&model, x, first);
    og_space_initial(space, x);
    x[channels_parameter(&model, "page_policy_1")] = 2;
    channels_evaluate(&model, x, second);
    assert_true(first[hits] < 0.2 * open[hits]);
    assert_true(second[hits] > 0.9 * open[hits]);
}

static void constraints_hold_for_each_channel(void** state) {
    (void)state;
    const channels_option options[] = {
        {"programs", "stream,random"}, {"channels", "2"}, {"preset", "controller"}};
    const og_model model = channels_open("dram_channels", options, 3);
    const og_space* space;
    assert_int_equal(og_space_create(arena, &model.space, &space), OG_OK);
    assert_int_equal(space->group_count, 3);
    double x[64];
    og_space_initial(space, x);
    assert_true(og_space_contains(space, x));
    x[channels_parameter(&model, "refresh_policy_1")] = 0;
    assert_false(og_space_contains(space, x));
    og_space_initial(space, x);
    x[channels_parameter(&model, "write_low_watermark_0")] = 100;
    assert_false(og_space_contains(space, x));
}

static void programs_must_fit_the_channels(void** state) {
    (void)state;
    const channels_option three[] = {{"programs", "stream,random,gemm"}, {"channels", "2"}};
    og_model model;
    assert_int_equal(channels_try("dram_channels", three, 2, &model), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "3 on 2 channels"));
    const channels_option odd[] = {{"channels", "6"}};
    assert_int_equal(channels_try("dram_channels", odd, 1, &model), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "power of two"));
    const channels_option unknown[] = {{"programs", "stream,gem"}, {"channels", "2"}};
    assert_int_equal(channels_try("dram_channels", unknown, 2, &model), OG_ERROR_NAME);
    assert_non_null(strstr(og_error_text(), "gemm"));
    const channels_option again[] = {{"programs", "random,random,random,random"},
                                     {"channels", "2"},
                                     {"placement", "interleaved"}};
    assert_int_equal(channels_try("dram_channels", again, 3, &model), OG_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_channel_is_dram, channels_setup, channels_teardown),
        cmocka_unit_test_setup_teardown(choices_reach_their_channel, channels_setup,
                                        channels_teardown),
        cmocka_unit_test_setup_teardown(constraints_hold_for_each_channel, channels_setup,
                                        channels_teardown),
        cmocka_unit_test_setup_teardown(programs_must_fit_the_channels, channels_setup,
                                        channels_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
