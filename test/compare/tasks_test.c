// Tasks of a comparison: what they share, what an agent sees otherwise, and that neither changes a
// result.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compare/memo.h"
#include "ogive/compare.h"
#include "ogive/report.h"

static og_arena* arena;

static int tasks_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int tasks_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

static og_compare_result tasks_test_run(const char* text) {
    og_compare_plan* plan = OG_NEW(arena, og_compare_plan, 1);
    og_compare_result result = {0};
    if (og_compare_parse(arena, text, strlen(text), "c.yaml", NULL, 0, plan) != OG_OK ||
        og_compare_run(arena, plan, &(og_compare_options){.jobs = 2}, &result) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return result;
}

// Improvements of a run are those of the study with these options and this seed.
static void tasks_test_same_as_study(const og_compare_result* result, int environment, int agent,
                                     int seed, const og_assignment* options, int option_count) {
    const og_compare_plan* plan = result->plan;
    og_plan study = plan->environments[environment].plan;
    study.environment_options = options;
    study.environment_option_count = option_count;
    study.agent = plan->agents[agent].agent;
    study.seed = plan->seeds[seed];
    study.evaluations = plan->budgets[plan->budget_count - 1];
    og_study_result studied;
    assert_int_equal(og_study_run(arena, &study, &(og_study_options){.jobs = 1}, &studied), OG_OK);
    const og_compare_curve* curve =
        &result->tables[environment].curves[agent * plan->seed_count + seed];
    double best = INFINITY;
    int64_t found = 0;
    for (int64_t i = 0; i < studied.record.trial_count; i++) {
        const og_trial* trial = &studied.trials[i];
        if (trial->outcome == OG_FEASIBLE && trial->violation == 0 && trial->loss < best) {
            best = trial->loss;
            assert_true(found < curve->count && curve->at[found] == i + 1);
            assert_true(curve->values[found++] == best);
        }
    }
    assert_int_equal(found, curve->count);
    assert_true(found > 0);
}

#define TASKS_TEST_MODEL "name: dram, options: {workload: cloud_1, requests: 200}"
#define TASKS_TEST_REST "agents: [random, genetic]\nbudget: [200]\nseeds: 2\nsample: 51\n"

// One simulation serves all objectives on a system, and one of two like designs the other; an
// objective that reads parameters still tells those apart.
static void tasks_test_shared(void** state) {
    (void)state;
    static const char* const objectives[] = {"power_mw + request_buffer_size / 1000",
                                             "read_latency_average_ns"};
    og_buffer both = {.arena = arena};
    og_buffer_print(&both, "environments:\n");
    int64_t apart = 0;
    double alone[2];
    for (int i = 0; i < 2; i++) {
        const char* environment = og_text_format(
            arena, "  - {" TASKS_TEST_MODEL ", label: e%d, objectives: [{minimize: %s}]}\n", i,
            objectives[i]);
        og_buffer_print(&both, "%s", environment);
        const char* one = og_text_format(arena, "environments:\n%s" TASKS_TEST_REST, environment);
        const og_compare_result single = tasks_test_run(one);
        apart += single.tables[0].simulated;
        alone[i] = single.tables[0].cells[1].regret.mean;
    }
    og_buffer_print(&both, TASKS_TEST_REST);
    const og_compare_result result = tasks_test_run(both.data);
    int64_t together = 0;
    for (int e = 0; e < 2; e++) {
        together += result.tables[e].simulated;
        assert_true(result.tables[e].cells[1].regret.mean == alone[e]);
        const og_plan* plan = &result.plan->environments[e].plan;
        for (int a = 0; a < 2; a++) {
            tasks_test_same_as_study(&result, e, a, 1, plan->environment_options,
                                     plan->environment_option_count);
        }
    }
    print_message("%lld simulations together, %lld apart\n", (long long)together, (long long)apart);
    // the random designs and the runs of `random` are the same on both
    assert_true(together < apart * 3 / 4);
}

static const char tasks_test_seen[] =
    "environments:\n  - {" TASKS_TEST_MODEL
    "}\n"
    "objectives: [{minimize: time_ns}]\n"
    "agents:\n"
    "  - random\n"
    "  - {name: random, label: rounded, environment_options: {encoding: rounded}}\n"
    "  - {name: genetic, environment_options: {encoding: rounded}}\n"
    "budget: [100]\nseeds: 2\nsample: 51\n";

// What an agent sees otherwise is what a study with these options sees.
static void tasks_test_environment_options(void** state) {
    (void)state;
    const og_compare_result result = tasks_test_run(tasks_test_seen);
    static const og_assignment own[] = {
        {"workload", "cloud_1", NULL}, {"encoding", "rounded", NULL}, {"requests", "200", NULL}};
    const og_plan* plan = &result.plan->environments[0].plan;
    tasks_test_same_as_study(&result, 0, 0, 0, plan->environment_options,
                             plan->environment_option_count);
    tasks_test_same_as_study(&result, 0, 1, 0, own, 3);
    tasks_test_same_as_study(&result, 0, 2, 1, own, 3);
}

static void tasks_test_message(void** state) {
    (void)state;
    static const char* const cases[][2] = {
        {"encodin: rounded", "encoding"},
        // what makes another problem is no way of seeing this one
        {"requests: 100", "requests makes another problem of environment dram"},
        {"encoding: rounded, workload: random", "workload makes another problem"},
    };
    for (int i = 0; i < 3; i++) {
        const char* text = og_text_format(arena,
                                          "environments: [{" TASKS_TEST_MODEL
                                          ", objectives: [{minimize: time_ns}]}]\n"
                                          "agents: [{name: random, environment_options: {%s}}]\n"
                                          "budget: [10]\n",
                                          cases[i][0]);
        og_compare_plan plan;
        og_compare_result result;
        assert_int_equal(og_compare_parse(arena, text, strlen(text), "c.yaml", NULL, 0, &plan),
                         OG_OK);
        assert_int_not_equal(og_compare_run(arena, &plan, NULL, &result), OG_OK);
        if (!strstr(og_error_text(), "c.yaml:2:") || !strstr(og_error_text(), cases[i][1])) {
            fail_msg("%s: %s", cases[i][0], og_error_text());
        }
    }
}

static void tasks_test_memo(void** state) {
    (void)state;
    og_memo* memo = og_memo_make(arena, 0, 3, 2, 64 * 1024);
    int kept = 0;
    for (int i = 0; i < 10000; i++) {
        const double x[3] = {i % 7, i / 7, -i};
        const double values[2] = {i, 2 * i};
        double found[2];
        assert_false(og_memo_get(memo, x, found));
        og_memo_put(memo, x, values);
        // a memo that is full forgets nothing and keeps no more
        if (og_memo_get(memo, x, found)) {
            assert_memory_equal(found, values, sizeof values);
            kept++;
        }
    }
    assert_true(kept > 1000 && kept < 64 * 1024 / 32);
    double found[2];
    assert_true(og_memo_get(memo, (const double[3]){3, 14, -101}, found));
    assert_true(found[0] == 101 && found[1] == 202);
    assert_false(og_memo_get(memo, (const double[3]){3, 14, 101}, found));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_test_memo),
        cmocka_unit_test(tasks_test_shared),
        cmocka_unit_test(tasks_test_environment_options),
        cmocka_unit_test(tasks_test_message),
    };
    return cmocka_run_group_tests(tests, tasks_test_setup, tasks_test_teardown);
}
