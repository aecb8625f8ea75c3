// A run that is killed at any moment, and goes on, leaves what an uninterrupted run leaves.

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "study/fixture.h"

// long enough to be killed several times between two commits, which are 0.2 s apart
enum { CRASH_TEST_TRIALS = 8000, CRASH_TEST_KILLS = 6 };

static og_plan crash_test_plan(og_arena* arena, const char* store) {
    og_plan plan = fixture_plan(arena, CRASH_TEST_TRIALS, store);
    if (og_plan_set(arena, &plan, "environment.options.delay_us=150") != OG_OK ||
        og_plan_set(arena, &plan, "agent.options.restart=0.9") != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return plan;
}

static og_status crash_test_run(const char* store, int jobs, og_study_result* result) {
    og_arena* arena = og_arena_create();
    const og_plan plan = crash_test_plan(arena, store);
    const og_status status = fixture_run(arena, &plan, &(og_study_options){.jobs = jobs}, result);
    og_arena_destroy(arena);
    return status;
}

// Run in a process that is killed after `delay` seconds. True when it ended before.
static bool crash_test_run_and_kill(const char* store, int jobs, double delay) {
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        og_study_result result;
        const og_status status = crash_test_run(store, jobs, &result);
        if (status != OG_OK) {
            fprintf(stderr, "%s\n", og_error_text());
        }
        _exit(status == OG_OK ? 0 : 1);
    }
    usleep((useconds_t)(delay * 1e6));
    kill(child, SIGKILL);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
    return WIFEXITED(status);
}

static void crash_test_kill_and_resume(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const char* whole = fixture_path(arena, "whole.db");
    og_study_result result;
    assert_int_equal(crash_test_run(whole, 2, &result), OG_OK);
    const uint64_t digest = fixture_digest(arena, whole);
    assert_true(digest != 0);
    fixture_remove(arena, whole);
    const double duration = result.seconds;
    og_random random = og_random_make(7, 1);
    int kills = 0;
    int64_t resumed = 0;
    for (int round = 0; round < 6; round++) {
        const char* store = fixture_path(arena, "killed.db");
        // short delays at first, so that the making of the store is hit as well
        double delay = 0.001 * (round + 1);
        for (int i = 0; i < CRASH_TEST_KILLS; i++) {
            if (crash_test_run_and_kill(store, 1 + round % 3, delay)) {
                break;
            }
            kills++;
            delay = 0.8 * og_random_uniform(&random) * duration;
        }
        assert_int_equal(crash_test_run(store, 2, &result), OG_OK);
        resumed += result.resumed;
        assert_true(fixture_digest(arena, store) == digest);
        fixture_remove(arena, store);
    }
    print_message("          killed %d times, %lld trials resumed\n", kills, (long long)resumed);
    assert_true(kills > 10 && resumed > 0);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(crash_test_kill_and_resume)};
    return cmocka_run_group_tests_name("study.crash", tests, NULL, NULL);
}
