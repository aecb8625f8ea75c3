// Designs that the user gave: they come first, count, are told, and are the same in every run.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "study/fixture.h"

static og_arena* arena;

static int given_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int given_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

// An agent that learns from what was given, and one that does not.
static og_agent_type given_test_learner(bool learns) {
    og_agent_type type = fixture_agent;
    type.learns_from_given = learns;
    return type;
}

static void given_test_write(const char* path, const char* text) {
    FILE* file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static og_study_result given_test_run(const og_plan* plan, bool learns) {
    const og_agent_type type = given_test_learner(learns);
    og_study_result result = {0};
    if (og_study_run_with(arena, plan, &fixture_environment, &type, NULL, &result) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return result;
}

static void given_test_fails(const og_plan* plan, const char* message) {
    const og_agent_type type = given_test_learner(true);
    og_study_result result;
    assert_int_not_equal(og_study_run_with(arena, plan, &fixture_environment, &type, NULL, &result),
                         OG_OK);
    if (!strstr(og_error_text(), message)) {
        fail_msg("'%s' lacks '%s'", og_error_text(), message);
    }
}

static const char given_test_designs[] =
    "width,mode,ratio\n"
    "9,Fast,0.25\n"
    "10,Off,4\n"
    "9,Fast,0.25\n"
    "4,Slow,2\n";

static og_plan given_test_plan(int64_t evaluations, const char* name) {
    og_plan plan = fixture_plan(arena, evaluations, fixture_path(arena, name));
    plan.enqueue = og_text_format(arena, "%s.csv", plan.store);
    given_test_write(plan.enqueue, given_test_designs);
    return plan;
}

static void given_test_remove(const og_plan* plan) {
    unlink(plan->enqueue);
    fixture_remove(arena, plan->store);
}

static void given_test_first(void** state) {
    (void)state;
    const og_plan plan = given_test_plan(40, "first.db");
    const og_study_result result = given_test_run(&plan, true);
    assert_int_equal(result.record.trial_count, 40);
    assert_true(result.trials[0].x[FIXTURE_WIDTH] == 9);
    assert_true(result.trials[1].x[FIXTURE_MODE] == FIXTURE_OFF);
    assert_true(result.trials[1].x[FIXTURE_DEPTH] == 4);  // columns that are not there: defaults
    assert_int_equal(result.trials[2].repeat_of, 0);
    assert_true(result.trials[3].x[FIXTURE_RATIO] == 2);
    for (int i = 0; i < 40; i++) {
        assert_int_equal(result.trials[i].source, i < 4 ? OG_ENQUEUED : OG_PROPOSED);
    }
    // the agent walks from the best of what it was told; one that was told nothing begins elsewhere
    og_plan other = plan;
    other.store = NULL;
    const og_study_result deaf = given_test_run(&other, false);
    assert_memory_equal(deaf.trials[0].x, result.trials[0].x, FIXTURE_COLUMNS * sizeof(double));
    int different = 0;
    for (int i = 4; i < 11; i++) {
        different +=
            memcmp(deaf.trials[i].x, result.trials[i].x, FIXTURE_COLUMNS * sizeof(double)) != 0;
    }
    assert_true(different > 0);
    other.enqueue = NULL;
    const og_study_result plain = given_test_run(&other, false);
    assert_memory_equal(deaf.trials[4].x, plain.trials[0].x, FIXTURE_COLUMNS * sizeof(double));
    given_test_remove(&plan);
}

// Cut anywhere, also among the given designs, the record is that of one run.
static void given_test_resume(void** state) {
    (void)state;
    const og_plan whole = given_test_plan(60, "whole.db");
    given_test_run(&whole, true);
    const uint64_t digest = fixture_digest(arena, whole.store);
    assert_true(digest != 0);
    static const int cuts[] = {1, 2, 4, 5, 11, 30};
    og_plan parts = given_test_plan(60, "parts.db");
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        parts.evaluations = cuts[i];
        assert_int_equal(given_test_run(&parts, true).record.trial_count, cuts[i]);
    }
    parts.evaluations = 60;
    given_test_run(&parts, true);
    assert_true(fixture_digest(arena, parts.store) == digest);
    given_test_remove(&whole);
    given_test_remove(&parts);
}

static void given_test_changed(void** state) {
    (void)state;
    og_plan plan = given_test_plan(20, "changed.db");
    given_test_run(&plan, true);
    plan.evaluations = 30;
    given_test_write(plan.enqueue, "width\n9\n");
    given_test_fails(&plan, "trial 0 is not what ");
    given_test_write(plan.enqueue, "width,mode,ratio\n9,Fast,0.25\n10,Off,4\n9,Fast,0.25\n");
    given_test_fails(&plan, "trial 3 is not what ");
    given_test_write(plan.enqueue, og_text_format(arena, "%s5,Fast,2\n", given_test_designs));
    given_test_fails(&plan, "trial 4 is not what ");
    const char* path = plan.enqueue;
    plan.enqueue = NULL;
    given_test_fails(&plan, "trial 0 is not what a plan without enqueue gives");
    plan.enqueue = path;
    given_test_write(plan.enqueue, given_test_designs);
    given_test_run(&plan, true);
    given_test_remove(&plan);
}

static void given_test_refused(void** state) {
    (void)state;
    const og_plan plan = given_test_plan(20, "refused.db");
    given_test_write(plan.enqueue, "width\n9\n99\n17\n");
    given_test_fails(&plan, ".csv:3: width: 99");
    given_test_fails(&plan, "(and 1 more bad rows)");
    given_test_write(plan.enqueue, "widht\n9\n");
    given_test_fails(&plan, ".csv:1: no parameter 'widht', did you mean width?");
    // the search space, not the model's: width + depth <= 70
    given_test_write(plan.enqueue, "width,depth\n8,64\n");
    given_test_fails(&plan, ".csv:2: ");
    og_plan missing = plan;
    missing.enqueue = "/nonexistent/designs.csv";
    given_test_fails(&missing, "enqueue: ");
    missing.enqueue = "-";
    given_test_fails(&missing, "standard input cannot be read again");
    given_test_remove(&plan);
}

int main(void) {
#define GIVEN_TEST(test) \
    cmocka_unit_test_setup_teardown(test, given_test_setup, given_test_teardown)
    const struct CMUnitTest tests[] = {
        GIVEN_TEST(given_test_first),
        GIVEN_TEST(given_test_resume),
        GIVEN_TEST(given_test_changed),
        GIVEN_TEST(given_test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
