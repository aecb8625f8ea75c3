// The loop: the record depends on the problem, the agent and the seed, and on nothing else.

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "study/fixture.h"

static og_arena* arena;

static int run_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int run_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

static og_study_result run_test_run(const og_plan* plan, const og_study_options* options) {
    og_study_result result = {0};
    if (fixture_run(arena, plan, options, &result) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return result;
}

static void run_test_set(og_plan* plan, const char* assignment) {
    if (og_plan_set(arena, plan, assignment) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
}

// Digest of a study made in one go.
static uint64_t run_test_digest(og_plan plan, int jobs) {
    plan.store = fixture_path(arena, "whole.db");
    run_test_run(&plan, &(og_study_options){.jobs = jobs});
    const uint64_t digest = fixture_digest(arena, plan.store);
    fixture_remove(arena, plan.store);
    assert_true(digest != 0);
    return digest;
}

static void run_test_fails(const og_plan* plan, const char* message) {
    og_study_result result;
    assert_int_not_equal(fixture_run(arena, plan, NULL, &result), OG_OK);
    assert_string_equal(og_error_text(), message);
}

static void run_test_record(void** state) {
    (void)state;
    const og_plan plan = fixture_plan(arena, 100, NULL);
    const og_study_result result = run_test_run(&plan, NULL);
    const og_study_record* record = &result.record;
    assert_int_equal(record->trial_count, 100);
    assert_int_equal(record->stop, OG_STOP_BUDGET);
    assert_string_equal(record->name, "test");
    assert_string_equal(record->environment, "fixture");
    assert_string_equal(record->objectives[0], "minimize time_ns");
    assert_int_equal(record->constraint_count, 1);  // the other one is over parameters alone
    assert_int_equal(record->space.constraint_count, 2);
    assert_int_equal(record->metric_count, 3);
    // default design: width 8, depth 4, Fast, limit 3, ratio 0.5
    assert_true(record->reference_y[0] == 125 + 12 + 50 + 0.5);
    assert_true(record->reference_y[1] == 192 + 8);
    assert_true(record->reference_y[2] == record->reference_y[0] * record->reference_y[1]);
    int64_t best = -1;
    for (int64_t i = 0; i < 100; i++) {
        const og_trial* trial = &result.trials[i];
        assert_int_equal(trial->number, i);
        assert_true(trial->x[FIXTURE_WIDTH] + trial->x[FIXTURE_DEPTH] <= 70);
        if (trial->outcome != OG_FEASIBLE) {
            assert_true(isnan(trial->y[0]) && isnan(trial->y[2]) && isinf(trial->loss));
            assert_non_null(strstr(trial->reason, "does not fit"));
            continue;
        }
        assert_true(trial->loss == trial->y[0]);
        assert_true(trial->y[2] == trial->y[0] * trial->y[1]);
        assert_true((trial->violation > 0) == (trial->y[1] > 300));
        if (trial->violation == 0 && (best < 0 || trial->loss < result.trials[best].loss)) {
            best = i;
        }
    }
    assert_int_equal(record->best, best);
}

static void run_test_golden(void** state) {
    (void)state;
    const uint64_t digest = run_test_digest(fixture_plan(arena, 300, NULL), 1);
    assert_true(digest == UINT64_C(0x60649543519807ff));
}

static void run_test_jobs(void** state) {
    (void)state;
    og_plan plan = fixture_plan(arena, 500, NULL);
    run_test_set(&plan, "environment.options.delay_us=20");
    const uint64_t digest = run_test_digest(plan, 1);
    assert_true(run_test_digest(plan, 2) == digest);
    assert_true(run_test_digest(plan, 4) == digest);
    plan.batch = 100;
    const uint64_t large = run_test_digest(plan, 1);
    assert_true(large != digest);
    assert_true(run_test_digest(plan, 4) == large);
    plan.seed = 6;
    assert_true(run_test_digest(plan, 1) != large);
}

// A design that came before, or that the model cannot tell from one, is not evaluated again.
static void run_test_repeats(void** state) {
    (void)state;
    og_plan plan = fixture_plan(arena, 400, NULL);
    run_test_set(&plan, "space={mode: Off}");
    const og_study_result result = run_test_run(&plan, NULL);
    int64_t repeats = 0;
    int64_t canonical = 0;
    for (int64_t i = 0; i < 400; i++) {
        const og_trial* trial = &result.trials[i];
        assert_true(trial->x[FIXTURE_MODE] == FIXTURE_OFF);
        assert_true(trial->x[FIXTURE_LIMIT] == 3);  // inactive
        if (trial->repeat_of < 0) {
            continue;
        }
        repeats++;
        const og_trial* twin = &result.trials[trial->repeat_of];
        assert_true(twin->number < i && twin->repeat_of < 0);
        assert_true(twin->x[FIXTURE_WIDTH] == trial->x[FIXTURE_WIDTH]);
        canonical += twin->x[FIXTURE_DEPTH] != trial->x[FIXTURE_DEPTH];
        assert_true(twin->outcome == trial->outcome);
        if (trial->outcome == OG_FEASIBLE) {
            assert_true(twin->y[0] == trial->y[0] && twin->y[1] == trial->y[1]);
        }
    }
    assert_true(canonical > 0);
    assert_int_equal(result.evaluated, 400 - repeats);
    assert_true(result.evaluated <= 16 * 4);
}

// What depends on the design itself is judged anew for each repeat.
static void run_test_repeats_judge_the_design(void** state) {
    (void)state;
    og_plan plan = fixture_plan(arena, 300, NULL);
    run_test_set(&plan, "space={mode: Off}");
    run_test_set(&plan, "objectives=minimize: time_ns + depth");
    run_test_set(&plan, "metrics.edp=1 / (depth - 1)");
    const og_study_result result = run_test_run(&plan, NULL);
    for (int64_t i = 0; i < 300; i++) {
        const og_trial* trial = &result.trials[i];
        if (trial->x[FIXTURE_WIDTH] > 12) {
            assert_int_equal(trial->outcome, OG_INFEASIBLE);
        } else if (trial->x[FIXTURE_DEPTH] == 1) {
            assert_int_equal(trial->outcome, OG_FAILED);
            assert_string_equal(trial->reason, "metric edp is infinite");
        } else {
            assert_int_equal(trial->outcome, OG_FEASIBLE);
            assert_true(trial->loss == trial->y[0] + trial->x[FIXTURE_DEPTH]);
        }
    }
}

static void run_test_losses(void** state) {
    (void)state;
    og_plan plan = fixture_plan(arena, 50, NULL);
    run_test_set(&plan,
                 "objectives=[{minimize: time_ns}, {maximize: power_mw}, "
                 "{target: {metric: power_mw, value: 150}}]");
    const og_study_result result = run_test_run(&plan, NULL);
    assert_string_equal(result.record.objectives[2], "target power_mw = 150");
    for (int64_t i = 0; i < 50; i++) {
        const og_trial* trial = &result.trials[i];
        if (trial->outcome == OG_FEASIBLE) {
            const double loss =
                (trial->y[0] / 187.5 - trial->y[1] / 200 + fabs(trial->y[1] - 150) / 50) / 3;
            assert_true(fabs(trial->loss - loss) < 1e-12);
        }
    }
}

static void run_test_faults(void** state) {
    (void)state;
    static const struct {
        const char* fault;
        og_outcome outcome;
        const char* reason;
    } cases[] = {
        {"environment.options.fault=infeasible", OG_INFEASIBLE, "does not fit"},
        {"environment.options.fault=failed", OG_FAILED, "it crashed"},
        {"environment.options.fault=nan", OG_FAILED, "metric power_mw is not a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_plan plan = fixture_plan(arena, 30, fixture_path(arena, "f.db"));
        run_test_set(&plan, cases[i].fault);
        run_test_set(&plan, "space.width=[1, 16]");
        run_test_set(&plan, "space.mode=[Fast, Slow]");
        const og_study_result result = run_test_run(&plan, NULL);
        assert_int_equal(result.record.best, -1);
        assert_true(isnan(result.record.reference_y[0]));
        for (int64_t k = 0; k < 30; k++) {
            assert_int_equal(result.trials[k].outcome, cases[i].outcome);
            assert_non_null(strstr(result.trials[k].reason, cases[i].reason));
        }
        // and again from the store
        plan.evaluations = 40;
        assert_int_equal(run_test_run(&plan, NULL).resumed, 30);
        fixture_remove(arena, plan.store);
    }
}

static void run_test_restrictions(void** state) {
    (void)state;
    og_plan plan = fixture_plan(arena, 300, NULL);
    run_test_set(&plan, "space={width: [4, 2, 16], mode: [Slow, Fast], ratio: 2, limit: [1, 2]}");
    const og_study_result result = run_test_run(&plan, NULL);
    const og_parameter* rows = result.record.space.parameters;
    assert_int_equal(rows[FIXTURE_WIDTH].kind, OG_ORDINAL);
    assert_int_equal(rows[FIXTURE_WIDTH].level_count, 3);
    assert_string_equal(rows[FIXTURE_WIDTH].name, "width");
    assert_int_equal(rows[FIXTURE_RATIO].level_count, 1);
    for (int64_t i = 0; i < 300; i++) {
        const double* x = result.trials[i].x;
        assert_true(x[FIXTURE_WIDTH] == 2 || x[FIXTURE_WIDTH] == 4 || x[FIXTURE_WIDTH] == 16);
        assert_true(x[FIXTURE_MODE] != FIXTURE_OFF);
        assert_true(x[FIXTURE_RATIO] == 2);
        // where the parameter does not exist it keeps the value of the whole space
        assert_true(x[FIXTURE_MODE] == FIXTURE_SLOW ? x[FIXTURE_LIMIT] <= 2
                                                    : x[FIXTURE_LIMIT] == 3);
    }
    // the default design is that of the whole space
    assert_true(result.record.reference_x[FIXTURE_WIDTH] == 8);
}

static void run_test_messages(void** state) {
    (void)state;
    static const struct {
        const char* assignment;
        const char* message;
    } cases[] = {
        {"objectives=minimize: tine_ns",
         "--set objectives: objective 'tine_ns': column 1: unknown "
         "name 'tine_ns', did you mean time_ns?"},
        {"constraints=[powr_mw <= 3]",
         "--set constraints: constraint 'powr_mw <= 3': column 1: "
         "unknown name 'powr_mw', did you mean power_mw?"},
        {"metrics.x=twice + 1", "--set metrics.x: metric 'x': column 1: unknown name 'twice'"},
        {"metrics.time_ns=1", "--set metrics.time_ns: there is a metric 'time_ns' already"},
        {"metrics.width=1", "--set metrics.width: there is a parameter 'width' already"},
        {"metrics.Big=1", "--set metrics.Big: 'Big' is no name, allowed: a-z, 0-9 and _"},
        {"space.widht=3", "--set space.widht: no parameter 'widht', did you mean width?"},
        {"space.width=33", "--set space.width: width: 33 is out of range, allowed: 1 .. 16"},
        {"space.mode=Fats",
         "--set space.mode: mode: unknown 'Fats', did you mean Fast? (Fast | "
         "Slow | Off)"},
        {"environment.options.delay=3", "--set environment.options.delay: environment fixture: "},
        {"agent.options.restart=3", "--set agent.options.restart: agent walker: "},
        {"objectives=[]", "objectives: at least one needed, such as {minimize: METRIC}"},
        {"constraints=[width > 16]", "constraint"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_plan plan = fixture_plan(arena, 10, NULL);
        run_test_set(&plan, cases[i].assignment);
        og_study_result result;
        assert_int_not_equal(fixture_run(arena, &plan, NULL, &result), OG_OK);
        if (!strstr(og_error_text(), cases[i].message)) {
            fail_msg("%s\n%s", og_error_text(), cases[i].message);
        }
    }
    og_plan plan = fixture_plan(arena, 0, NULL);
    run_test_fails(&plan, "budget: evaluations or seconds needed");
    og_study_result result;
    plan = (og_plan){.evaluations = 1};
    assert_int_equal(og_study_run(arena, &plan, NULL, &result), OG_ERROR_VALUE);
    assert_string_equal(og_error_text(), "environment: a name needed, such as environment: dram");
}

static void run_test_extended(void** state) {
    (void)state;
    const og_plan whole = fixture_plan(arena, 60, NULL);
    const uint64_t digest = run_test_digest(whole, 1);
    for (int cut = 1; cut < 60; cut++) {
        og_plan plan = fixture_plan(arena, cut, fixture_path(arena, "cut.db"));
        assert_int_equal(run_test_run(&plan, NULL).record.trial_count, cut);
        plan.evaluations = 60;
        const og_study_result result = run_test_run(&plan, NULL);
        assert_int_equal(result.resumed, cut);
        assert_int_equal(result.record.trial_count, 60);
        assert_true(fixture_digest(arena, plan.store) == digest);
        fixture_remove(arena, plan.store);
    }
}

// An environment that interrupts the study at a chosen evaluation.
static volatile int run_test_interrupt;
static atomic_int run_test_countdown;

static og_outcome run_test_interrupting(const void* model, const double* x, double* y,
                                        og_arena* scratch, const char** reason) {
    if (atomic_fetch_sub(&run_test_countdown, 1) == 0) {
        run_test_interrupt = 1;
    }
    return fixture_evaluate(model, x, y, scratch, reason);
}

static void run_test_interrupted(void** state) {
    (void)state;
    og_environment environment = fixture_environment;
    environment.evaluate = run_test_interrupting;
    og_plan plan = fixture_plan(arena, 120, NULL);
    plan.batch = 40;
    const uint64_t digest = run_test_digest(plan, 1);
    for (int cut = 1; cut < 60; cut++) {
        plan.store = fixture_path(arena, "cut.db");
        const og_study_options options = {.jobs = 1, .interrupt = &run_test_interrupt};
        og_study_result result;
        int runs = 0;
        do {
            run_test_interrupt = 0;
            run_test_countdown = cut;
            assert_int_equal(
                og_study_run_with(arena, &plan, &environment, &fixture_agent, &options, &result),
                OG_OK);
            assert_true(result.record.stop ==
                        (result.record.trial_count < 120 ? OG_STOP_USER : OG_STOP_BUDGET));
        } while (result.record.trial_count < 120 && ++runs < 1000);
        assert_true(fixture_digest(arena, plan.store) == digest);
        fixture_remove(arena, plan.store);
    }
}

static void run_test_interrupt_soon(void* context, const og_progress* progress) {
    const int64_t* before = context;
    run_test_interrupt = progress->trials > *before && progress->trials < 600;
}

// The same with several threads: the flag is raised between two looks at the progress.
static void run_test_interrupted_threads(void** state) {
    (void)state;
    og_plan plan = fixture_plan(arena, 600, NULL);
    plan.batch = 200;
    const uint64_t digest = run_test_digest(plan, 1);
    run_test_set(&plan, "environment.options.delay_us=1000");
    plan.store = fixture_path(arena, "cut.db");
    og_study_result result = {0};
    const og_study_options options = {.jobs = 3,
                                      .interrupt = &run_test_interrupt,
                                      .progress = run_test_interrupt_soon,
                                      .progress_context = &result.record.trial_count};
    int runs = 0;
    do {
        run_test_interrupt = 0;
        result = run_test_run(&plan, &options);
        runs++;
    } while (result.record.stop == OG_STOP_USER && runs < 1000);
    assert_int_equal(result.record.trial_count, 600);
    assert_true(runs > 1);
    assert_true(fixture_digest(arena, plan.store) == digest);
    fixture_remove(arena, plan.store);
}

static void run_test_seconds(void** state) {
    (void)state;
    og_plan plan = fixture_plan(arena, 0, fixture_path(arena, "t.db"));
    plan.seconds = 0.2;
    run_test_set(&plan, "environment.options.delay_us=1000");
    const og_study_result result = run_test_run(&plan, NULL);
    assert_int_equal(result.record.stop, OG_STOP_BUDGET);
    assert_true(result.seconds < 10 && result.record.trial_count > 5);
    // all used up: nothing more happens
    const og_study_result again = run_test_run(&plan, NULL);
    assert_int_equal(again.record.trial_count, result.record.trial_count);
    // a larger budget counts what was used
    plan.seconds = 0.3;
    const og_study_result more = run_test_run(&plan, NULL);
    assert_true(more.record.trial_count > result.record.trial_count && more.seconds < 10);
    plan.seconds = 0;
    plan.evaluations = more.record.trial_count;
    const uint64_t digest = fixture_digest(arena, plan.store);
    fixture_remove(arena, plan.store);
    assert_true(run_test_digest(plan, 2) == digest);
}

static int run_test_exhausting_ask(og_agent* agent, int count, double* x) {
    fixture_walker* walker = agent->state;
    int made = 0;
    for (; made < count && walker->asked < 25; made++, walker->asked++) {
        og_space_sample(agent->space, &agent->random, x + made * FIXTURE_COLUMNS);
    }
    return made;
}

static void run_test_exhausted(void** state) {
    (void)state;
    og_agent_type agent = fixture_agent;
    agent.ask = run_test_exhausting_ask;
    agent.tell = NULL;
    const og_plan plan = fixture_plan(arena, 100, fixture_path(arena, "e.db"));
    for (int i = 0; i < 2; i++) {
        og_study_result result;
        assert_int_equal(
            og_study_run_with(arena, &plan, &fixture_environment, &agent, NULL, &result), OG_OK);
        assert_int_equal(result.record.trial_count, 25);
        assert_int_equal(result.record.stop, OG_STOP_EXHAUSTED);
        assert_int_equal(result.resumed, i == 0 ? 0 : 25);
    }
    fixture_remove(arena, plan.store);
}

// A planted fault: an agent whose proposals depend on more than seed and tells.
static int run_test_moody_ask(og_agent* agent, int count, double* x) {
    static int moods;
    agent->random.counter += (uint64_t)moods++;
    return fixture_ask(agent, count, x);
}

static void run_test_moody_agent(void** state) {
    (void)state;
    og_agent_type agent = fixture_agent;
    agent.ask = run_test_moody_ask;
    og_plan plan = fixture_plan(arena, 20, fixture_path(arena, "m.db"));
    og_study_result result;
    assert_int_equal(og_study_run_with(arena, &plan, &fixture_environment, &agent, NULL, &result),
                     OG_OK);
    plan.evaluations = 40;
    assert_int_equal(og_study_run_with(arena, &plan, &fixture_environment, &agent, NULL, &result),
                     OG_ERROR_STORE);
    assert_non_null(strstr(og_error_text(), "at trial 0 agent walker proposes another design"));
    fixture_remove(arena, plan.store);
}

static void run_test_other_traits(void** state) {
    (void)state;
    static const struct {
        const char* assignment;
        const char* trait;
    } cases[] = {
        {"seed=6", "other seed (recorded: 5; asked for: 6)"},
        {"batch=9", "other batch (recorded: 7; asked for: 9)"},
        {"agent.options.restart=0.5", "other agent options (recorded: ; asked for: restart=0.5)"},
        {"objectives=maximize: time_ns", "other objectives"},
        {"constraints=[power_mw <= 301, width + depth <= 70]", "other constraints"},
        {"metrics.edp=time_ns", "other metrics"},
        {"space.width=[1, 2]", "other space"},
        {"constraints=[power_mw <= 300]", "other space"},
        {"environment.options.workload=fancy", "other environment options, files or version"},
    };
    const og_plan plan = fixture_plan(arena, 10, fixture_path(arena, "o.db"));
    run_test_run(&plan, NULL);
    const uint64_t digest = fixture_digest(arena, plan.store);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_plan other = plan;
        other.evaluations = 20;
        run_test_set(&other, cases[i].assignment);
        og_study_result result;
        assert_int_equal(fixture_run(arena, &other, NULL, &result), OG_ERROR_STORE);
        if (!strstr(og_error_text(), cases[i].trait)) {
            fail_msg("%s", og_error_text());
        }
        assert_true(fixture_digest(arena, plan.store) == digest);
    }
    og_study_result result;
    assert_int_equal(fixture_run(arena, &plan, &(og_study_options){.fresh = true}, &result),
                     OG_ERROR_STORE);
    assert_non_null(strstr(og_error_text(), "has a study 'test' already"));
    fixture_remove(arena, plan.store);
}

static void run_test_progress_count(void* context, const og_progress* progress) {
    int64_t* seen = context;
    seen[0]++;
    assert_true(progress->trials >= seen[1]);
    seen[1] = progress->trials;
    assert_string_equal(progress->study, "test");
    assert_string_equal(progress->objective, "time_ns");
    assert_true(!progress->best || progress->objective_value == progress->best->y[0]);
}

static void run_test_progress(void** state) {
    (void)state;
    int64_t seen[2] = {0};
    og_plan plan = fixture_plan(arena, 300, NULL);
    run_test_set(&plan, "environment.options.delay_us=2000");
    const og_study_result result = run_test_run(
        &plan, &(og_study_options){
                   .jobs = 2, .progress = run_test_progress_count, .progress_context = seen});
    assert_true(seen[0] >= 2 && (double)seen[0] <= 3 + 10 * result.seconds);
    assert_int_equal(seen[1], 300);
}

static void run_test_evaluate(void** state) {
    (void)state;
    og_settings settings = og_settings_make(arena, fixture_options, 3);
    og_model model;
    assert_int_equal(og_environment_open(arena, &fixture_environment, &settings, &model), OG_OK);
    enum { COUNT = 20000 };
    double* x = OG_NEW(arena, double, COUNT* FIXTURE_COLUMNS);
    const og_space* space;
    assert_int_equal(og_space_create(arena, &model.space, &space), OG_OK);
    og_random random = og_random_make(3, 1);
    for (int i = 0; i < COUNT; i++) {
        og_space_sample(space, &random, x + i * FIXTURE_COLUMNS);
    }
    x[5 * FIXTURE_COLUMNS + FIXTURE_WIDTH] = 99;
    for (int jobs = 1; jobs <= 3; jobs += 2) {
        og_trial* trials;
        assert_int_equal(og_study_evaluate(arena, &model, COUNT, x, jobs, &trials), OG_OK);
        assert_int_equal(trials[5].outcome, OG_INFEASIBLE);
        assert_non_null(strstr(trials[5].reason, "width"));
        for (int i = 0; i < COUNT; i++) {
            double y[FIXTURE_METRICS];
            const char* reason;
            assert_int_equal(trials[i].number, i);
            const double* design = x + i * FIXTURE_COLUMNS;
            if (i == 5) {
                continue;
            }
            const og_outcome outcome = fixture_evaluate(model.data, design, y, arena, &reason);
            assert_int_equal(trials[i].outcome, outcome);
            assert_true(outcome != OG_FEASIBLE || memcmp(y, trials[i].y, sizeof y) == 0);
        }
    }
}

int main(void) {
#define RUN_TEST(name) cmocka_unit_test_setup_teardown(name, run_test_setup, run_test_teardown)
    const struct CMUnitTest tests[] = {
        RUN_TEST(run_test_record),
        RUN_TEST(run_test_golden),
        RUN_TEST(run_test_jobs),
        RUN_TEST(run_test_repeats),
        RUN_TEST(run_test_repeats_judge_the_design),
        RUN_TEST(run_test_losses),
        RUN_TEST(run_test_faults),
        RUN_TEST(run_test_restrictions),
        RUN_TEST(run_test_messages),
        RUN_TEST(run_test_extended),
        RUN_TEST(run_test_interrupted),
        RUN_TEST(run_test_interrupted_threads),
        RUN_TEST(run_test_seconds),
        RUN_TEST(run_test_exhausted),
        RUN_TEST(run_test_moody_agent),
        RUN_TEST(run_test_other_traits),
        RUN_TEST(run_test_progress),
        RUN_TEST(run_test_evaluate),
    };
    return cmocka_run_group_tests_name("study.run", tests, NULL, NULL);
}
