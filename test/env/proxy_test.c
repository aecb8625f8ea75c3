// The environment of proxies: metrics, uncertainties, optimism, identity.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/environment.h"
#include "ogive/proxy.h"

static const char proxy_test_file[] = OG_SOURCE_DIR "/examples/sphere.proxy";

// Open the sample with one more option, or none.
static og_status proxy_test_open(og_arena* arena, const char* option, const char* value,
                                 og_model* model) {
    const og_environment* type = NULL;
    assert_int_equal(og_environment_find("proxy", &type), OG_OK);
    og_settings settings = og_settings_make(arena, type->options, type->option_count);
    assert_int_equal(og_settings_set(&settings, "file", proxy_test_file), OG_OK);
    if (option != NULL) {
        assert_int_equal(og_settings_set(&settings, option, value), OG_OK);
    }
    return og_environment_open(arena, type, &settings, model);
}

static void proxy_test_evaluate(og_arena* arena, const og_model* model, const double* x,
                                double* y) {
    const char* reason = NULL;
    assert_int_equal(model->type->evaluate(model->data, x, y, arena, &reason), OG_FEASIBLE);
}

static void test_metrics_are_predictions(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model model;
    const og_proxy* proxy = NULL;
    assert_int_equal(proxy_test_open(arena, NULL, NULL, &model), OG_OK);
    assert_int_equal(og_proxy_load(arena, proxy_test_file, &proxy, NULL), OG_OK);
    assert_int_equal(model.metric_count, 2);
    assert_string_equal(model.metrics[0].name, "value");
    assert_int_equal(model.metrics[0].better, -1);
    assert_string_equal(model.metrics[1].name, "value_uncertainty");
    // it has learnt that this one costs 40.625
    const double x[] = {5, 3.75, 1.25};
    double y[2];
    double expected[2];
    proxy_test_evaluate(arena, &model, x, y);
    og_proxy_predict(proxy, arena, x, expected, expected + 1);
    assert_memory_equal(y, expected, sizeof y);
    assert_true(fabs(y[0] - 40.625) < 1 && y[1] > 0);
    og_arena_destroy(arena);
}

static void test_options_change_what_they_say(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_model plain;
    og_model bare;
    og_model bold;
    assert_int_equal(proxy_test_open(arena, NULL, NULL, &plain), OG_OK);
    assert_int_equal(proxy_test_open(arena, "uncertainty", "false", &bare), OG_OK);
    assert_int_equal(proxy_test_open(arena, "optimism", "2", &bold), OG_OK);
    assert_int_equal(bare.metric_count, 1);
    assert_string_not_equal(plain.identity, bare.identity);
    assert_string_not_equal(plain.identity, bold.identity);
    const double x[] = {5, 2.5, -3.75};
    double y[2];
    double alone;
    double hopeful[2];
    proxy_test_evaluate(arena, &plain, x, y);
    proxy_test_evaluate(arena, &bare, x, &alone);
    proxy_test_evaluate(arena, &bold, x, hopeful);
    assert_true(alone == y[0]);
    // smaller is better
    assert_true(fabs(hopeful[0] - (y[0] - 2 * y[1])) < 1e-12);
    assert_true(hopeful[1] == y[1]);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metrics_are_predictions),
        cmocka_unit_test(test_options_change_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
