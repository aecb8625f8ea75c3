// Programs that propose designs: good ones, and every way to go wrong.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "study/fixture.h"
#include "study/outsider_message.h"

static og_arena* arena;

static int outsider_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int outsider_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

#define GOOD "{\"width\":9,\"depth\":4,\"mode\":\"Fast\",\"ratio\":0.5}"
#define HELLO "read line; echo '{\"type\":\"hello\",\"protocol\":1}'; "

// A plan whose proposer is a shell with this script.
static og_plan outsider_test_plan(const char* script, int64_t evaluations, const char* store) {
    og_plan plan = fixture_plan(arena, evaluations, store);
    const char** words = OG_NEW(arena, const char*, 3);
    words[0] = "sh";
    words[1] = "-c";
    words[2] = script;
    plan.proposer = words;
    plan.proposer_word_count = 3;
    plan.proposer_seconds = 10;
    return plan;
}

static og_study_result outsider_test_run(const og_plan* plan) {
    og_study_result result = {0};
    if (og_study_run_with(arena, plan, &fixture_environment, NULL, NULL, &result) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return result;
}

static void outsider_test_fails(const og_plan* plan, const char* message) {
    og_study_result result;
    assert_int_not_equal(og_study_run_with(arena, plan, &fixture_environment, NULL, NULL, &result),
                         OG_OK);
    if (!strstr(og_error_text(), message)) {
        fail_msg("'%s' lacks '%s'", og_error_text(), message);
    }
}

// Widths 1, 2, ...: one more than there are trials. Other lines than asks only count.
static const char outsider_test_counter[] = HELLO
    "n=0; while read -r line; do case $line in"
    " *'\"tell\"'*) n=$((n + $(echo \"$line\" | grep -o '\"number\"' | wc -l))) ;;"
    " *'\"ask\"'*) echo '{\"type\":\"propose\",\"designs\":[{\"width\":'$((n % 16 + 1))"
    "',\"depth\":4,\"mode\":\"Fast\",\"ratio\":0.5}]}' ;;"
    " *) break ;; esac; done";

static void outsider_test_good(void** state) {
    (void)state;
    const char* path = fixture_path(arena, "good.db");
    og_plan plan = outsider_test_plan(outsider_test_counter, 6, path);
    og_study_result result = outsider_test_run(&plan);
    assert_int_equal(result.record.trial_count, 6);
    assert_string_equal(result.record.agent, "proposer");
    // resumed, it is told of what was recorded and goes on
    plan.evaluations = 10;
    result = outsider_test_run(&plan);
    assert_int_equal(result.resumed, 6);
    for (int i = 0; i < 10; i++) {
        assert_true(result.trials[i].x[FIXTURE_WIDTH] == i + 1);
    }
    fixture_remove(arena, path);
}

static void outsider_test_exhausted(void** state) {
    (void)state;
    const og_plan plan = outsider_test_plan(
        HELLO "read line; echo '{\"type\":\"propose\",\"designs\":[" GOOD
              "]}';"
              "read line; read line; echo '{\"type\":\"propose\",\"designs\":[]}'; read line",
        100, NULL);
    const og_study_result result = outsider_test_run(&plan);
    assert_int_equal(result.record.trial_count, 1);
    assert_int_equal(result.record.stop, OG_STOP_EXHAUSTED);
}

// A wrong answer is refused and asked for again.
static void outsider_test_corrected(void** state) {
    (void)state;
    const og_plan plan = outsider_test_plan(
        HELLO
        "read line; echo '{\"type\":\"propose\",\"designs\":[{\"width\":99}]}';"
        "read error; read line;"
        "case $error in *'\"design\":0'*'width: 99 is out of range'*) ;; *) exit 3 ;; esac;"
        "echo '{\"type\":\"propose\",\"designs\":[" GOOD "]}'; read line",
        1, NULL);
    const og_study_result result = outsider_test_run(&plan);
    assert_int_equal(result.record.trial_count, 1);
}

static void outsider_test_wrong(void** state) {
    (void)state;
    static const struct {
        const char* script;
        const char* message;
    } cases[] = {
        {"exit 3", "proposer sh: exit status 3"},
        {"echo broken >&2; exit 1", "proposer sh: exit status 1: broken"},
        {"kill -9 $$", "proposer sh: "},
        {"read line; echo hello", "its hello: the line is no JSON"},
        {"read line; echo '{\"type\":\"hello\",\"protocol\":7}'", "protocol: it has 7, and 1 is"},
        {"read line; echo '{\"type\":\"result\"}'", "a line of type 'hello' is expected"},
        {HELLO "exit 4", "proposer sh: exit status 4"},
        {HELLO "while read line; do case $line in *ask*) echo '{}' ;; esac; done",
         "10 wrong answers in a row, the last: a line of type 'propose' is expected here"},
        {HELLO "while read line; do case $line in *ask*) echo '{\"type\":\"propose\",\"designs\":["
               "{\"width\":9}]}' ;; esac; done",
         "the last: parameter depth is missing"},
        {HELLO "while read line; do case $line in *ask*) echo '{\"type\":\"propose\",\"designs\":["
               "{\"widht\":9}]}' ;; esac; done",
         "the last: no parameter 'widht', did you mean width?"},
        {HELLO "while read line; do case $line in *ask*) echo '{\"type\":\"propose\",\"designs\":["
               "1,2]}' ;; esac; done",
         "the last: 2 designs, asked for: at most 1"},
        {HELLO "yes | tr -d '\\n'", "proposer sh: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_plan plan = outsider_test_plan(cases[i].script, 5, NULL);
        plan.proposer_seconds = 30;
        outsider_test_fails(&plan, cases[i].message);
    }
    og_plan plan = outsider_test_plan("", 5, NULL);
    static const char* const missing[] = {"no-such-program"};
    plan.proposer = missing;
    plan.proposer_word_count = 1;
    outsider_test_fails(&plan, "no program 'no-such-program' in the folders of PATH");
}

// A crash or a hang stops the study, keeps what was evaluated, and the study goes on.
static void outsider_test_crash(void** state) {
    (void)state;
    const char* path = fixture_path(arena, "crash.db");
    static const char head[] = "test -e %s.ok || { " HELLO
                               "for i in 1 2 3; do read line; echo '{\"type\":\"propose\","
                               "\"designs\":[{\"width\":'$i',\"depth\":4,\"mode\":\"Fast\","
                               "\"ratio\":0.5}]}'; read line; done; read line; %s; }; %s";
    const char* ends[] = {"exit 7", "sleep 100"};
    for (int i = 0; i < 2; i++) {
        const char* ok = og_text_format(arena, "%s.ok", path);
        og_plan plan = outsider_test_plan(
            og_text_format(arena, head, path, ends[i], outsider_test_counter), 8, path);
        plan.proposer_seconds = i == 0 ? 30 : 4;
        outsider_test_fails(&plan, i == 0 ? "proposer sh: exit status 7" : "proposer sh: ");
        FILE* mark = fopen(ok, "w");
        assert_non_null(mark);
        fclose(mark);
        const og_study_result result = outsider_test_run(&plan);
        assert_int_equal(result.resumed, 3);
        for (int k = 0; k < 8; k++) {
            assert_true(result.trials[k].x[FIXTURE_WIDTH] == k + 1);
        }
        unlink(ok);
        unlink(path);
    }
    fixture_remove(arena, path);
}

// Much on standard error, while much is told, holds up nobody.
static void outsider_test_noise(void** state) {
    (void)state;
    const og_plan plan = outsider_test_plan(
        HELLO
        "while read -r line; do yes complaint | head -c 200000 >&2; case $line in"
        " *'\"ask\"'*) echo '{\"type\":\"propose\",\"designs\":[" GOOD "]}' ;; esac; done",
        5, NULL);
    assert_int_equal(outsider_test_run(&plan).record.trial_count, 5);
}

int main(void) {
#define OUTSIDER_TEST(test) \
    cmocka_unit_test_setup_teardown(test, outsider_test_setup, outsider_test_teardown)
    const struct CMUnitTest tests[] = {
        OUTSIDER_TEST(outsider_test_good),      OUTSIDER_TEST(outsider_test_exhausted),
        OUTSIDER_TEST(outsider_test_corrected), OUTSIDER_TEST(outsider_test_wrong),
        OUTSIDER_TEST(outsider_test_crash),     OUTSIDER_TEST(outsider_test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
