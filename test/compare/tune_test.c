// Tunings: what is tuned, that searches resume, and that results are those of comparisons.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/compare.h"
#include "ogive/file.h"
#include "ogive/report.h"
#include "study/fixture.h"

static og_arena* arena;

static int tune_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int tune_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

static const char tune_test_file[] =
    "agent: {name: genetic, options: {elites: 0.5}}\n"
    "options: {population: [4, 8, 40], tournament: [1, 4]}\n"
    "environments:\n"
    "  - {name: function, label: sphere, options: {dimensions: 5}}\n"
    "  - {name: function, label: ones, options: {function: onemax, dimensions: 15}}\n"
    "objectives: {minimize: value}\n"
    "optimum: 0\n"
    "budget: 80\n"
    "seeds: 3\n"
    "held_out: 5\n"
    "lottery: 2\n"
    "search: {agent: exhaustive, budget: 100}\n";

static const char* tune_test_write(const char* text) {
    const char* path = fixture_path(arena, "t.yaml");
    assert_int_equal(og_file_write(path, text, strlen(text)), OG_OK);
    return path;
}

static og_tune_result tune_test_run(const char* path, const char* change, int jobs,
                                    const char* store, const char* journal) {
    og_tune_result result;
    const og_tune_options options = {.study = {.jobs = jobs}, .store = store, .journal = journal};
    if (og_tune_run(arena, path, &change, change != NULL, &options, &result) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return result;
}

static void tune_test_all_settings(void** state) {
    (void)state;
    const char* path = tune_test_write(tune_test_file);
    const og_tune_result result = tune_test_run(path, NULL, 2, NULL, NULL);
    // six settings; all other options keep what the file says
    assert_int_equal(result.study.record.trial_count, 6);
    assert_int_equal(result.study.record.stop, OG_STOP_EXHAUSTED);
    double least = INFINITY;
    for (int i = 0; i < 6; i++) {
        const og_trial* trial = &result.study.trials[i];
        assert_int_equal(trial->outcome, OG_FEASIBLE);
        for (int k = 0; k < result.row_count; k++) {
            const char* name = result.rows[k].name;
            const bool tuned = strcmp(name, "population") == 0 || strcmp(name, "tournament") == 0;
            assert_true(tuned || trial->x[k] == result.initial[k]);
            assert_true(strcmp(name, "elites") != 0 || trial->x[k] == 0.5);
        }
        // the mean of both environments
        assert_true(fabs(trial->y[0] - (trial->y[2] + trial->y[3]) / 2) < 1e-12);
        assert_true(trial->y[1] >= 1 && trial->y[1] <= 2);
        least = fmin(least, trial->loss);
    }
    assert_true(result.study.trials[result.study.record.best].loss == least);
    // held-out seeds follow those tuned on
    assert_int_equal(result.plan.seed_count, 5);
    assert_int_equal(result.plan.seeds[0], 4);
    assert_int_equal(result.plan.agent_count, 4);
    assert_string_equal(result.plan.agents[1].label, "tuned");
    // the default setting has itself as its rank
    assert_true(result.study.record.reference_y[1] == 1.5);
    fixture_remove(arena, path);
}

// Regret in a tuning is that of a comparison on the same seeds.
static void tune_test_is_a_comparison(void** state) {
    (void)state;
    const char* path = tune_test_write(tune_test_file);
    const og_tune_result tuned = tune_test_run(path, NULL, 1, NULL, NULL);
    static const char text[] =
        "environments:\n"
        "  - {name: function, label: sphere, options: {dimensions: 5}}\n"
        "  - {name: function, label: ones, options: {function: onemax, dimensions: 15}}\n"
        "objectives: {minimize: value}\n"
        "optimum: 0\n"
        "agents: {name: genetic, options: {elites: 0.5, population: 20, tournament: 3}}\n"
        "budget: [80]\n"
        "seeds: 3\n";
    og_compare_plan plan;
    og_compare_result compared;
    assert_int_equal(og_compare_parse(arena, text, strlen(text), "c.yaml", NULL, 0, &plan), OG_OK);
    assert_int_equal(og_compare_run(arena, &plan, NULL, &compared), OG_OK);
    const double* reference = tuned.study.record.reference_y;
    assert_true(fabs(reference[2] - compared.tables[0].cells[0].regret.mean) < 1e-12);
    assert_true(fabs(reference[3] - compared.tables[1].cells[0].regret.mean) < 1e-12);
    fixture_remove(arena, path);
}

static const char* tune_test_text(const og_tune_result* result) {
    og_buffer text = {.arena = arena};
    og_report_csv(
        &(og_report_study){.record = result->study.record, .trials = result->study.trials}, false,
        &text);
    og_report_compare_csv(&result->compare, &text);
    return text.data;
}

static void tune_test_same_and_resumed(void** state) {
    (void)state;
    const char* path = tune_test_write(tune_test_file);
    const char* random = "search={agent: random, budget: 12, seed: 3}";
    const og_tune_result one = tune_test_run(path, random, 1, NULL, NULL);
    const og_tune_result four = tune_test_run(path, random, 4, NULL, NULL);
    assert_string_equal(tune_test_text(&one), tune_test_text(&four));
    const char* store = fixture_path(arena, "tune.db");
    const char* journal = fixture_path(arena, "runs");
    tune_test_run(path, "search={agent: random, budget: 4, seed: 3}", 2, store, journal);
    const og_tune_result resumed = tune_test_run(path, random, 2, store, journal);
    assert_int_equal(resumed.study.resumed, 4);
    assert_string_equal(tune_test_text(&resumed), tune_test_text(&one));
    fixture_remove(arena, store);
    fixture_remove(arena, journal);
    fixture_remove(arena, path);
}

static const char* const tune_test_wrong[][2] = {
    {"budget: 5", "agent: the method to be tuned is needed"},
    {"agnet: genetic", "t.yaml:1:1: unknown key 'agnet', did you mean agent?"},
    {"agent: random\nenvironments: function\nobjectives: {minimize: value}\nbudget: 5",
     "t.yaml:1:8: agent random has no options to tune"},
    {"agent: genetic\noptions: [populaton]\nenvironments: function\nobjectives: {minimize: value}\n"
     "budget: 5",
     "t.yaml:2:11: agent genetic has no option 'populaton', did you mean population?"},
    {"agent: genetic\nmeasure: time\nenvironments: function\nobjectives: {minimize: value}\n"
     "budget: 5",
     "t.yaml:2:10: measure: 'time' is not allowed, allowed: regret, rank"},
    {"agent: genetic\nsearch: {budgte: 3}\nenvironments: function\nobjectives: {minimize: value}\n"
     "budget: 5",
     "t.yaml:2:10: unknown key 'budgte', did you mean budget?"},
};

static void tune_test_messages(void** state) {
    (void)state;
    for (size_t i = 0; i < sizeof tune_test_wrong / sizeof *tune_test_wrong; i++) {
        const char* path = tune_test_write(tune_test_wrong[i][0]);
        og_tune_plan plan;
        assert_int_not_equal(og_tune_load(arena, path, NULL, 0, &plan), OG_OK);
        if (!strstr(og_error_text(), tune_test_wrong[i][1])) {
            fail_msg("%s\nbut expected\n%s", og_error_text(), tune_test_wrong[i][1]);
        }
        fixture_remove(arena, path);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tune_test_all_settings),
        cmocka_unit_test(tune_test_is_a_comparison),
        cmocka_unit_test(tune_test_same_and_resumed),
        cmocka_unit_test(tune_test_messages),
    };
    return cmocka_run_group_tests(tests, tune_test_setup, tune_test_teardown);
}
