// Proxies end to end: what they learn, what they refuse, and their files.

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proxy/fixture.h"

static const og_proxy* proxy_test_fit(og_arena* arena, const og_proxy_data* data,
                                      const char* model) {
    const og_proxy_options options = {.model = model, .jobs = 1};
    const og_proxy* proxy = NULL;
    const og_status status = og_proxy_fit(arena, data, &options, &proxy);
    if (status != OG_OK) {
        print_error("%s\n", og_error_text());
    }
    assert_int_equal(status, OG_OK);
    return proxy;
}

// Two metrics: an additive one, and one whose parameters act together.
static fixture_record proxy_test_record(og_arena* arena, int count) {
    fixture_record record = fixture_make(arena, count, 2, 1);
    for (int i = 0; i < count; i++) {
        const double* x = record.x[i];
        fixture_set(&record, i, 0, fixture_additive(x));
        fixture_set(&record, i, 1, exp(0.3 * x[0]) * x[5] * (x[4] > 0 ? 2 : 1));
    }
    return record;
}

static void test_ridge_recovers_an_additive_function(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const fixture_record record = proxy_test_record(arena, 300);
    const og_proxy* proxy = proxy_test_fit(arena, &record.data, "ridge");
    const og_proxy_learnt* learnt = &proxy->metrics[0];
    assert_true(learnt->candidates[learnt->chosen].explained > 0.99999);
    assert_true(learnt->error.value < 0.05);
    og_random random = og_random_make(9, 9);
    double x[FIXTURE_WIDTH];
    double y[2];
    double unsure[2];
    for (int i = 0; i < 200; i++) {
        og_space_sample(record.space, &random, x);
        og_proxy_predict(proxy, arena, x, y, unsure);
        assert_true(fabs(y[0] - fixture_additive(x)) < 0.2);
        assert_true(unsure[0] >= 0 && unsure[0] < 0.1);
    }
    og_arena_destroy(arena);
}

// Values that differ by less than a factor of two, so that no logarithm is tried.
static void proxy_test_narrow(fixture_record* record) {
    record->data.metric_count = 1;
    for (int64_t i = 0; i < record->data.count; i++) {
        fixture_set(record, i, 0, 1000 + fixture_additive(record->x[i]));
    }
}

static void test_the_best_model_is_chosen(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    fixture_record record = proxy_test_record(arena, 100);
    proxy_test_narrow(&record);
    const og_proxy_options options = {.folds = 2, .jobs = 2};
    const og_proxy* proxy = NULL;
    assert_int_equal(og_proxy_fit(arena, &record.data, &options, &proxy), OG_OK);
    assert_int_equal(proxy->groups, 100);
    const og_proxy_learnt* learnt = &proxy->metrics[0];
    const og_proxy_candidate* chosen = &learnt->candidates[learnt->chosen];
    assert_int_equal(learnt->candidate_count, OG_PROXY_MODEL_COUNT);
    assert_true(!learnt->by_ratio && chosen->explained > 0.999);
    for (int c = 0; c < learnt->candidate_count; c++) {
        const og_proxy_candidate* one = &learnt->candidates[c];
        assert_true(chosen->rmse.value <= one->rmse.value);
        assert_true(one->rmse.low <= one->rmse.value && one->rmse.value <= one->rmse.high);
    }
    og_arena_destroy(arena);
}

// The second metric is a product: its logarithm is additive.
static void test_logarithms_are_chosen(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const fixture_record record = proxy_test_record(arena, 100);
    const og_proxy* proxy = proxy_test_fit(arena, &record.data, "ridge");
    const og_proxy_learnt* learnt = &proxy->metrics[1];
    assert_int_equal(learnt->candidate_count, 2);
    assert_true(learnt->by_ratio && learnt->candidates[learnt->chosen].logarithm);
    assert_true(learnt->candidates[learnt->chosen].ratio.value < 0.05);
    og_arena_destroy(arena);
}

static const char* proxy_test_print(og_arena* arena, const og_proxy* proxy) {
    og_buffer out = {.arena = arena};
    og_proxy_print(proxy, &out);
    return out.data;
}

// Equal bytes from equal trials for any number of threads; a file predicts what the fit did.
static void test_files_repeat(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    fixture_record record = proxy_test_record(arena, 80);
    for (int i = 0; i < 30; i++) {
        record.feasible[i] = record.x[i][0] < 6;
    }
    for (int m = 0; m < OG_PROXY_MODEL_COUNT; m++) {
        og_proxy_options options = {.model = og_proxy_model_names[m], .folds = 2, .jobs = 1};
        // nets take long
        if (m == OG_PROXY_NET) {
            proxy_test_narrow(&record);
        }
        const og_proxy* proxy = NULL;
        const og_proxy* again = NULL;
        const og_proxy* loaded = NULL;
        assert_int_equal(og_proxy_fit(arena, &record.data, &options, &proxy), OG_OK);
        const char* text = proxy_test_print(arena, proxy);
        options.jobs = 3;
        if (m != OG_PROXY_NET) {
            assert_int_equal(og_proxy_fit(arena, &record.data, &options, &again), OG_OK);
            assert_string_equal(text, proxy_test_print(arena, again));
        }
        assert_int_equal(og_proxy_parse(arena, text, strlen(text), "text", &loaded), OG_OK);
        assert_string_equal(text, proxy_test_print(arena, loaded));
        og_random random = og_random_make(3, 3);
        double x[FIXTURE_WIDTH];
        double expected[4] = {0};
        double found[4] = {0};
        for (int i = 0; i < 50; i++) {
            og_space_sample(record.space, &random, x);
            og_proxy_predict(proxy, arena, x, expected, expected + 2);
            og_proxy_predict(loaded, arena, x, found, found + 2);
            assert_memory_equal(expected, found, sizeof found);
            assert_true(og_proxy_feasible(proxy, arena, x) == og_proxy_feasible(loaded, arena, x));
            // without uncertainty the same metrics
            og_proxy_predict(loaded, arena, x, found + 2, NULL);
            assert_memory_equal(found, found + 2, sizeof *found * (size_t)record.data.metric_count);
            assert_true(og_proxy_has(proxy, record.x[i]) && og_proxy_has(loaded, record.x[i]));
        }
    }
    og_arena_destroy(arena);
}

static void test_saved_and_loaded(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const fixture_record record = proxy_test_record(arena, 60);
    const og_proxy* proxy = proxy_test_fit(arena, &record.data, "ridge");
    char path[] = "/tmp/proxy_test_XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(og_proxy_save(proxy, path), OG_OK);
    const og_proxy* loaded = NULL;
    uint64_t first = 0;
    uint64_t second = 0;
    assert_int_equal(og_proxy_load(arena, path, &loaded, &first), OG_OK);
    assert_int_equal(og_proxy_load(arena, path, &loaded, &second), OG_OK);
    assert_true(first == second && first != 0);
    assert_string_equal(loaded->environment, "fixture");
    assert_int_equal(loaded->designs, 60);
    unlink(path);
    assert_int_not_equal(og_proxy_load(arena, path, &loaded, NULL), OG_OK);
    og_arena_destroy(arena);
}

// Trials that say the same thing again are no more trials.
static void test_too_few(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    fixture_record record = proxy_test_record(arena, 60);
    const og_proxy* proxy = NULL;
    for (int i = 15; i < 60; i++) {
        record.x[i] = record.x[i % 15];
        record.y[i] = record.y[i % 15];
    }
    assert_int_equal(og_proxy_fit(arena, &record.data, NULL, &proxy), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "15 of 15 distinct designs"));
    // other designs, but taken from the same evaluation
    record = proxy_test_record(arena, 60);
    for (int i = 15; i < 60; i++) {
        record.same_as[i] = i % 15;
    }
    assert_int_equal(og_proxy_fit(arena, &record.data, NULL, &proxy), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "15 of 60 distinct designs"));
    // none has metrics
    memset(record.feasible, 0, 60);
    assert_int_equal(og_proxy_fit(arena, &record.data, NULL, &proxy), OG_ERROR_VALUE);
    record.data.count = 0;
    assert_int_equal(og_proxy_fit(arena, &record.data, NULL, &proxy), OG_ERROR_VALUE);
    og_arena_destroy(arena);
}

static void test_bad_trials_and_options(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    fixture_record record = proxy_test_record(arena, 40);
    const og_proxy* proxy = NULL;
    og_proxy_options options = {.model = "forrest"};
    assert_int_equal(og_proxy_fit(arena, &record.data, &options, &proxy), OG_ERROR_NAME);
    assert_non_null(strstr(og_error_text(), "did you mean forest"));
    options = (og_proxy_options){.folds = 21};
    assert_int_equal(og_proxy_fit(arena, &record.data, &options, &proxy), OG_ERROR_VALUE);
    options = (og_proxy_options){.designs = 19};
    assert_int_equal(og_proxy_fit(arena, &record.data, &options, &proxy), OG_ERROR_VALUE);
    fixture_set(&record, 7, 1, NAN);
    assert_int_equal(og_proxy_fit(arena, &record.data, NULL, &proxy), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "trial 7: metric power"));
    fixture_set(&record, 7, 1, 1e200);
    assert_int_equal(og_proxy_fit(arena, &record.data, NULL, &proxy), OG_ERROR_VALUE);
    fixture_set(&record, 7, 1, 1);
    ((double*)record.x[9])[1] = 3;
    assert_int_equal(og_proxy_fit(arena, &record.data, NULL, &proxy), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "trial 9"));
    og_arena_destroy(arena);
}

// A rule that decides who has metrics is learnt; a coin that decides is not.
static void test_feasibility(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    fixture_record record = proxy_test_record(arena, 300);
    for (int i = 0; i < 300; i++) {
        record.feasible[i] = record.x[i][0] + (record.x[i][4] > 0 ? 3 : 0) < 9;
    }
    const og_proxy* proxy = proxy_test_fit(arena, &record.data, "ridge");
    assert_true(proxy->feasibility.known && proxy->feasibility.ranking > 0.95);
    og_random random = og_random_make(5, 5);
    double x[FIXTURE_WIDTH];
    int right = 0;
    for (int i = 0; i < 500; i++) {
        og_space_sample(record.space, &random, x);
        const bool feasible = x[0] + (x[4] > 0 ? 3 : 0) < 9;
        right += (og_proxy_feasible(proxy, arena, x) >= 0.5) == feasible;
    }
    assert_true(right > 475);
    for (int i = 0; i < 300; i++) {
        record.feasible[i] = og_random_below(&random, 4) > 0;
    }
    proxy = proxy_test_fit(arena, &record.data, "ridge");
    assert_false(proxy->feasibility.known);
    assert_true(og_proxy_feasible(proxy, arena, x) >= 1);
    og_arena_destroy(arena);
}

// Constant metrics, and numbers at the edge of what is allowed.
static void test_degenerate_metrics(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    fixture_record record = fixture_make(arena, 50, 2, 2);
    for (int i = 0; i < 50; i++) {
        fixture_set(&record, i, 0, 7);
        fixture_set(&record, i, 1, (i % 2 ? 1 : -1) * 1e99 / (i + 1));
    }
    // nets take long, and do nothing here that they do not elsewhere
    for (int m = 0; m < OG_PROXY_NET; m++) {
        const og_proxy_options options = {.model = og_proxy_model_names[m], .folds = 2, .jobs = 1};
        const og_proxy* proxy = NULL;
        assert_int_equal(og_proxy_fit(arena, &record.data, &options, &proxy), OG_OK);
        double y[2];
        double unsure[2];
        og_proxy_predict(proxy, arena, record.x[3], y, unsure);
        assert_true(fabs(y[0] - 7) < 1e-9 && unsure[0] < 1e-9);
        assert_true(isfinite(y[1]) && isfinite(unsure[1]));
        assert_true(isnan(proxy->metrics[0].candidates[0].explained));
    }
    og_arena_destroy(arena);
}

// Replace the first `from` in a copy of `text`.
static const char* proxy_test_replaced(og_arena* arena, const char* text, const char* from,
                                       const char* to) {
    const char* at = strstr(text, from);
    assert_non_null(at);
    return og_text_format(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void proxy_test_refused(og_arena* arena, const char* text, const char* message) {
    const og_proxy* proxy = NULL;
    assert_int_not_equal(og_proxy_parse(arena, text, strlen(text), "bad.proxy", &proxy), OG_OK);
    if (strstr(og_error_text(), message) == NULL) {
        print_error("%s\n", og_error_text());
        fail();
    }
}

static void test_damaged_files(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const fixture_record record = proxy_test_record(arena, 40);
    const char* text = proxy_test_print(arena, proxy_test_fit(arena, &record.data, "ridge"));
    proxy_test_refused(arena, "", "no JSON");
    proxy_test_refused(arena, "{}", "this is no proxy");
    static const char* const changes[][3] = {
        {"\"ogive_proxy\":1", "\"ogive_proxy\":2", "version 2"},
        {"\"kind\":\"choice\"", "\"kind\":\"text\"", "parameter 2"},
        {"\"minimum\":0.0", "\"minimum\":99.0", "space"},
        {"\"name\":\"power\"", "\"name\":\"latency\"", "metrics"},
        {"\"chosen\":0", "\"chosen\":9", "damaged"},
        {"\"model\":\"ridge\"", "\"model\":\"rigde\"", "damaged"},
        {"\"numbers\":[", "\"numbers\":[1,", "needs 1 numbers"},
        {"\"blend\":", "\"blend\":-", "damaged"},
        {"\"better\":-1", "\"better\":-2", "not described"},
        {"\"designs\":[\n[", "\"designs\":[\n[0.5,", "number 0"},
        {"\"designs\":[\n[", "\"designs\":[\n[0],[", "designs"},
        {"\"seed\":\"1\"", "\"seed\":\"-1\"", "comes from"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        proxy_test_refused(arena, proxy_test_replaced(arena, text, changes[i][0], changes[i][1]),
                           changes[i][2]);
    }
    for (size_t size = 0; size + 1 < strlen(text); size += 37) {
        const og_proxy* proxy = NULL;
        assert_int_not_equal(og_proxy_parse(arena, text, size, "cut.proxy", &proxy), OG_OK);
    }
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ridge_recovers_an_additive_function),
        cmocka_unit_test(test_the_best_model_is_chosen),
        cmocka_unit_test(test_logarithms_are_chosen),
        cmocka_unit_test(test_files_repeat),
        cmocka_unit_test(test_saved_and_loaded),
        cmocka_unit_test(test_too_few),
        cmocka_unit_test(test_bad_trials_and_options),
        cmocka_unit_test(test_feasibility),
        cmocka_unit_test(test_degenerate_metrics),
        cmocka_unit_test(test_damaged_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
