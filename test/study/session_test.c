// Sessions: the same record as of a study that runs by itself, in any order of telling.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "ogive/session.h"
#include "study/fixture.h"
#include "study/plan.h"

enum { MOST = 64, WIDTH = 3 };

static og_arena* arena;

static int session_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int session_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

#define DESCRIPTION                                                                          \
    "{parameters: {x: {integer: [0, 40]}, y: {real: [0, 1]}, mode: {choices: [Fast, Slow], " \
    "active: 'x > 3'}}, constraints: ['x + y <= 39'], metrics: {cost: {unit: ns}}}"

static og_plan session_test_plan(const char* text) {
    og_plan plan;
    if (og_plan_parse(arena, text, strlen(text), "plan", &plan) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return plan;
}

// A plan over designs that the test evaluates.
static og_plan session_test_caller(int64_t evaluations, const char* store) {
    og_plan plan = session_test_plan(
        "name: test\n"
        "environment: {name: caller, options: {description: \"" DESCRIPTION
        "\"}}\n"
        "objectives: [{minimize: cost}]\n"
        "agent: {name: genetic, options: {population: 8}}\n"
        "seed: 3\n");
    plan.evaluations = evaluations;
    plan.store = store;
    return plan;
}

static double session_test_cost(const double* x) {
    return fabs(x[0] - 17) + x[1] + 3 * x[2];
}

static void session_test_ok(og_status status) {
    if (status != OG_OK) {
        fail_msg("%s", og_error_text());
    }
}

static og_session* session_test_open(const og_plan* plan, const og_session_options* options) {
    og_session* session = NULL;
    session_test_ok(og_session_open(plan, options, &session));
    return session;
}

// Ask for up to `most` designs and tell them, backwards when `backwards`. Returns how many.
static int session_test_turn(og_session* session, int most, int64_t before, bool backwards) {
    const og_session_request request = {.most = most, .before = before, .seconds = 60};
    int64_t numbers[MOST];
    double x[MOST * WIDTH];
    int count;
    og_session_state state;
    session_test_ok(og_session_ask(session, &request, numbers, x, &count, &state));
    assert_int_equal(state == OG_SESSION_GIVEN, count > 0);
    for (int i = 0; i < count; i++) {
        const int k = backwards ? count - 1 - i : i;
        const double cost = session_test_cost(x + k * WIDTH);
        const bool failed = x[k * WIDTH] == 13;
        session_test_ok(og_session_tell(session, numbers[k], failed ? OG_FAILED : OG_FEASIBLE,
                                        &cost, failed ? "thirteen" : NULL));
    }
    return count;
}

// Run a plan to its end with `most` designs at once. Returns the number of its trials.
static int64_t session_test_drive(const og_plan* plan, int most, bool backwards) {
    og_session* session = session_test_open(plan, NULL);
    while (session_test_turn(session, most, 0, backwards) > 0) {
    }
    og_study_record record;
    session_test_ok(og_session_record(session, &record));
    og_session_close(session);
    return record.trial_count;
}

static void session_test_orders(void** state) {
    (void)state;
    uint64_t digests[4];
    for (int i = 0; i < 4; i++) {
        const char* path = fixture_path(arena, "session.db");
        const og_plan plan = session_test_caller(100, path);
        assert_int_equal(session_test_drive(&plan, (int[]){1, 8, 3, 64}[i], i % 2 == 1), 100);
        digests[i] = fixture_digest(arena, path);
        assert_int_not_equal(digests[i], 0);
        assert_int_equal(digests[i], digests[0]);
        fixture_remove(arena, path);
    }
}

// Another cost gives another digest, so that the equality above says something.
static void session_test_digest_differs(void** state) {
    (void)state;
    uint64_t digests[2];
    for (int i = 0; i < 2; i++) {
        const char* path = fixture_path(arena, "session.db");
        const og_plan plan = session_test_caller(1, path);
        og_session* session = session_test_open(&plan, NULL);
        int64_t number;
        double x[WIDTH];
        int count;
        og_session_state given;
        session_test_ok(og_session_ask(session, &(og_session_request){.seconds = 60}, &number, x,
                                       &count, &given));
        const double cost = 1 + 1e-15 * i;
        session_test_ok(og_session_tell(session, number, OG_FEASIBLE, &cost, NULL));
        og_session_close(session);
        digests[i] = fixture_digest(arena, path);
        fixture_remove(arena, path);
    }
    assert_int_not_equal(digests[0], digests[1]);
}

static void session_test_resume(void** state) {
    (void)state;
    const char* whole = fixture_path(arena, "whole.db");
    const char* parts = fixture_path(arena, "parts.db");
    og_plan plan = session_test_caller(90, whole);
    session_test_drive(&plan, 1, false);
    plan.store = parts;
    for (int64_t before = 7; before <= 84; before += 7) {
        og_session* session = session_test_open(&plan, NULL);
        while (session_test_turn(session, 1 + (int)before % 5, before, false) > 0) {
        }
        og_study_record record;
        session_test_ok(og_session_record(session, &record));
        assert_int_equal(record.trial_count, before);
        og_session_close(session);
    }
    assert_int_equal(session_test_drive(&plan, 4, true), 90);
    assert_int_equal(fixture_digest(arena, whole), fixture_digest(arena, parts));
    // a study that is complete ends at once, and can be looked at
    og_session* session = session_test_open(&plan, NULL);
    og_trial trials[100];
    double objectives[100];
    int64_t count;
    session_test_ok(og_session_trials(session, 0, 100, trials, objectives, &count));
    assert_int_equal(count, 90);
    for (int i = 0; i < 90; i++) {
        assert_true(trials[i].outcome == OG_FEASIBLE
                        ? objectives[i] == session_test_cost(trials[i].x)
                        : isnan(objectives[i]));
    }
    assert_int_equal(session_test_turn(session, 1, 0, false), 0);
    og_session_close(session);
    fixture_remove(arena, whole);
    fixture_remove(arena, parts);
}

// A session over a registered environment and its simulator makes the record of a plain run.
static void session_test_same_as_run(void** state) {
    (void)state;
    const char* paths[3];
    og_plan plan = session_test_plan(
        "name: test\n"
        "environment: {name: function, options: {function: ackley}}\n"
        "objectives: [{minimize: regret}]\n"
        "agent: genetic\nbudget: 120\n");
    for (int i = 0; i < 3; i++) {
        plan.store = paths[i] = fixture_path(arena, "study.db");
        if (i == 0) {
            og_study_result result;
            session_test_ok(og_study_run(arena, &plan, NULL, &result));
            continue;
        }
        og_session* session =
            session_test_open(&plan, &(og_session_options){.simulates = true, .jobs = i});
        og_session_state wait = OG_SESSION_BUSY;
        for (int64_t before = 50; wait != OG_SESSION_OVER; before += 50) {
            session_test_ok(og_session_wait(session, before, 60, &wait));
            og_study_record record;
            session_test_ok(og_session_record(session, &record));
            assert_int_equal(record.trial_count, before > 120 ? 120 : before);
        }
        og_session_close(session);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_not_equal(fixture_digest(arena, paths[i]), 0);
        assert_int_equal(fixture_digest(arena, paths[i]), fixture_digest(arena, paths[0]));
    }
    for (int i = 0; i < 3; i++) {
        fixture_remove(arena, paths[i]);
    }
}

// Asking for more than a batch has is answered, not waited for.
static void session_test_held(void** state) {
    (void)state;
    const og_plan plan = session_test_caller(50, NULL);
    og_session* session = session_test_open(&plan, NULL);
    const og_session_request request = {.most = MOST, .seconds = 60};
    int64_t numbers[MOST];
    double x[MOST * WIDTH];
    int count;
    og_session_state given;
    session_test_ok(og_session_ask(session, &request, numbers, x, &count, &given));
    assert_int_equal(given, OG_SESSION_GIVEN);
    assert_in_range(count, 1, 8);
    const int first = count;
    int none;
    session_test_ok(og_session_ask(session, &request, numbers + first, x, &none, &given));
    assert_int_equal(given, OG_SESSION_HELD);
    assert_int_equal(none, 0);
    const double cost = 5;
    assert_int_equal(og_session_tell(session, 4000, OG_FEASIBLE, &cost, NULL), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "trial 4000 was not asked for"));
    assert_int_equal(og_session_tell(session, -1, OG_FEASIBLE, &cost, NULL), OG_ERROR_VALUE);
    assert_int_equal(og_session_tell(session, numbers[0], (og_outcome)9, &cost, NULL),
                     OG_ERROR_VALUE);
    session_test_ok(og_session_tell(session, numbers[first - 1], OG_FEASIBLE, &cost, NULL));
    assert_int_equal(og_session_tell(session, numbers[first - 1], OG_FEASIBLE, &cost, NULL),
                     OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "was told before"));
    const double nothing = NAN;
    session_test_ok(og_session_tell(session, numbers[0], OG_FEASIBLE, &nothing, NULL));
    og_trial trial;
    int64_t found;
    session_test_ok(og_session_trials(session, 0, 1, &trial, NULL, &found));
    assert_int_equal(trial.outcome, OG_FAILED);
    assert_string_equal(trial.reason, "metric cost is not a number");
    session_test_ok(og_session_stop(session));
    assert_int_equal(og_session_tell(session, numbers[1], OG_FEASIBLE, &cost, NULL),
                     OG_ERROR_VALUE);
    og_study_record record;
    session_test_ok(og_session_record(session, &record));
    assert_int_equal(record.stop, OG_STOP_USER);
    og_session_close(session);
}

// A budget in seconds ends the study; what is out may still be told.
static void session_test_late(void** state) {
    (void)state;
    og_plan plan = session_test_caller(0, NULL);
    plan.seconds = 0.05;
    og_session* session = session_test_open(&plan, NULL);
    while (session_test_turn(session, 1, 0, false) > 0) {
    }
    og_study_record record;
    session_test_ok(og_session_record(session, &record));
    assert_int_equal(record.stop, OG_STOP_BUDGET);
    og_session_close(session);
}

static void session_test_errors(void** state) {
    (void)state;
    static const char* const cases[][2] = {
        {"agent: random\nobjectives: [{minimize: cost}]\n", "environment: a name needed"},
        {"environment: dramm\nagent: random\nobjectives: [{minimize: cost}]\n",
         "did you mean dram?"},
        {"environment: {name: caller}\nagent: random\nobjectives: [{minimize: cost}]\n",
         "description"},
        {"environment: {name: caller, options: {description: \"{parameters: {x: {integer: [2, "
         "1]}}, metrics: {cost: {}}}\"}}\nagent: random\nobjectives: [{minimize: cost}]\n",
         "description:1:15"},
        {"environment: {name: caller, options: {description: \"{parameters: {x: {integer: [1, "
         "2]}}, metrics: {cost: {}}}\"}}\nagent: random\nobjectives: [{minimize: price}]\n",
         "price"},
        {"environment: {name: caller, options: {description: \"{parameters: {x: {integer: [1, "
         "2]}}, metrics: {cost: {}}}\"}}\nobjectives: [{minimize: cost}]\n",
         "agent: a name needed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const og_plan plan = session_test_plan(cases[i][0]);
        og_session* session = NULL;
        assert_int_not_equal(og_session_open(&plan, NULL, &session), OG_OK);
        assert_null(session);
        if (!strstr(og_error_text(), cases[i][1])) {
            fail_msg("'%s' lacks '%s'", og_error_text(), cases[i][1]);
        }
    }
}

static void session_test_cannot_simulate(void** state) {
    (void)state;
    const og_plan plan = session_test_caller(50, NULL);
    og_session* session = NULL;
    assert_int_not_equal(og_session_open(&plan, &(og_session_options){.simulates = true}, &session),
                         OG_OK);
    assert_null(session);
    assert_non_null(strstr(og_error_text(), "only the caller knows"));
}

// A budget that stands for none is not shown as one.
static void session_test_endless(void** state) {
    (void)state;
    const og_plan plan = session_test_caller(0, NULL);
    og_session* session = session_test_open(&plan, NULL);
    og_study_record record;
    session_test_ok(og_session_record(session, &record));
    og_plan kept = {0};
    session_test_ok(og_plan_parse(arena, record.plan, strlen(record.plan), "plan", &kept));
    assert_true(kept.evaluations > 0);
    assert_int_equal(og_plan_budget(&kept), 0);
    kept.evaluations = 50;
    assert_int_equal(og_plan_budget(&kept), 50);
    og_session_close(session);
}

// Another process stops the study while it waits for its caller, who may still tell.
static void session_test_stopped(void** state) {
    (void)state;
    const char* path = fixture_path(arena, "session.db");
    const og_plan plan = session_test_caller(50, path);
    og_session* session = session_test_open(&plan, NULL);
    assert_int_equal(session_test_turn(session, 1, 0, false), 1);
    const og_session_request request = {.seconds = 0.05};
    int64_t number;
    double x[WIDTH];
    int count;
    og_session_state given;
    session_test_ok(
        og_session_ask(session, &(og_session_request){.seconds = 60}, &number, x, &count, &given));
    og_store* store;
    session_test_ok(og_store_open(path, OG_STORE_WRITE, &store));
    session_test_ok(og_store_ask_stop(store, "test"));
    og_store_close(store);
    // a design that was asked for is waited for, and no other is given
    for (int i = 0; i < 1000; i++) {
        int64_t other;
        session_test_ok(og_session_ask(session, &request, &other, x, &count, &given));
        if (given == OG_SESSION_HELD) {
            break;
        }
        if (given == OG_SESSION_GIVEN) {
            session_test_ok(og_session_return(session, other));
        }
        usleep(20000);
    }
    assert_int_equal(given, OG_SESSION_HELD);
    session_test_ok(og_session_tell(session, number, OG_FEASIBLE, x, NULL));
    session_test_ok(
        og_session_ask(session, &(og_session_request){.seconds = 60}, &number, x, &count, &given));
    assert_int_equal(given, OG_SESSION_OVER);
    og_study_record record;
    session_test_ok(og_session_record(session, &record));
    assert_int_equal(record.trial_count, 2);
    assert_int_equal(record.stop, OG_STOP_USER);
    og_session_close(session);
    fixture_remove(arena, path);
}

static void session_test_not_by_itself(void** state) {
    (void)state;
    const og_plan plan = session_test_caller(5, NULL);
    og_study_result result;
    assert_int_equal(og_study_run(arena, &plan, NULL, &result), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "only the program that evaluates its designs"));
}

// Functions that propose: x counts up; told of all.
typedef struct session_test_counter {
    int told, next, started;
    bool bad;
} session_test_counter;

static og_status session_test_start(void* context, const og_study_record* searched) {
    session_test_counter* counter = context;
    counter->started += searched->space.count;
    return OG_OK;
}

static int session_test_propose(void* context, int count, double* x) {
    session_test_counter* counter = context;
    for (int i = 0; i < count; i++) {
        memcpy(x + i * WIDTH, (double[]){counter->next++ % 30, counter->bad ? 2 : 0.5, 0},
               WIDTH * sizeof *x);
    }
    return count;
}

static og_status session_test_learn(void* context, int64_t first, int count,
                                    const og_trial* trials) {
    session_test_counter* counter = context;
    counter->told += count;
    counter->next = (int)first + count;
    (void)trials;
    return OG_OK;
}

static og_plan session_test_proposed(const char* store) {
    og_plan plan = session_test_caller(20, store);
    static const char* const words[] = {"counter"};
    plan.agent = NULL;
    plan.agent_option_count = 0;
    plan.proposer = words;
    plan.proposer_word_count = 1;
    plan.batch = 2;
    return plan;
}

static void session_test_proposer(void** state) {
    (void)state;
    const char* path = fixture_path(arena, "session.db");
    session_test_counter counter = {0};
    og_plan plan = session_test_proposed(path);
    og_session_options options = {
        .proposer = {&counter, session_test_start, session_test_propose, session_test_learn}};
    og_session* session = session_test_open(&plan, &options);
    while (session_test_turn(session, 1, 10, false) > 0) {
    }
    og_session_close(session);
    assert_int_equal(counter.started, WIDTH);
    assert_int_equal(counter.told, 10);
    counter = (session_test_counter){0};
    session = session_test_open(&plan, &options);
    assert_int_equal(counter.told, 10);
    while (session_test_turn(session, 2, 0, true) > 0) {
    }
    og_trial trials[20];
    int64_t count;
    session_test_ok(og_session_trials(session, 0, 20, trials, NULL, &count));
    assert_int_equal(count, 20);
    for (int i = 0; i < 20; i++) {
        assert_true(trials[i].x[0] == i);
    }
    og_session_close(session);
    fixture_remove(arena, path);
    plan.store = NULL;
    counter = (session_test_counter){.bad = true};
    assert_int_not_equal(og_session_open(&plan, &options, &session), OG_OK);
    assert_non_null(strstr(og_error_text(), "proposer counter: design 0: y: 2 is "));
}

// A process that was forked from the session's own cannot use it, and closing it there is harmless.
static void session_test_fork(void** state) {
    (void)state;
    const og_plan plan = session_test_caller(20, NULL);
    og_session* session = session_test_open(&plan, NULL);
    const pid_t child = fork();
    if (child == 0) {
        og_study_record record;
        const og_status status = og_session_record(session, &record);
        og_session_close(session);
        _exit(status == OG_ERROR_SYSTEM ? 0 : 1);
    }
    int end;
    waitpid(child, &end, 0);
    assert_int_equal(end, 0);
    assert_int_equal(session_test_turn(session, 1, 0, false), 1);
    og_session_close(session);
}

static void session_test_many(void** state) {
    (void)state;
    const og_plan plan = session_test_caller(20, NULL);
    for (int i = 0; i < 200; i++) {
        og_session* session = session_test_open(&plan, NULL);
        assert_int_equal(session_test_turn(session, 1, 0, false), 1);
        og_session_close(session);
    }
}

static og_status session_test_evaluate(void* context, int count, const int64_t* numbers,
                                       const double* x, double* y, og_outcome* outcomes,
                                       const char** reasons) {
    for (int i = 0; i < count; i++) {
        y[i] = session_test_cost(x + i * WIDTH);
        if (x[i * WIDTH] == 13) {
            outcomes[i] = OG_FAILED;
            reasons[i] = "thirteen";
        }
        assert_in_range(numbers[i], 0, 99);
    }
    int* calls = context;
    return ++*calls > 1000 ? og_fail(OG_ERROR_SYSTEM, "enough") : OG_OK;
}

static void session_test_callback(void** state) {
    (void)state;
    const char* told = fixture_path(arena, "told.db");
    const char* called = fixture_path(arena, "called.db");
    og_plan plan = session_test_caller(100, told);
    session_test_drive(&plan, 3, false);
    plan.store = called;
    int calls = 0;
    og_study_result result;
    session_test_ok(og_study_run_by(arena, &plan, session_test_evaluate, &calls, NULL, &result));
    assert_int_equal(fixture_digest(arena, told), fixture_digest(arena, called));
    plan.store = NULL;
    calls = 1000;
    assert_int_equal(og_study_run_by(arena, &plan, session_test_evaluate, &calls, NULL, &result),
                     OG_ERROR_SYSTEM);
    assert_string_equal(og_error_text(), "enough");
    fixture_remove(arena, told);
    fixture_remove(arena, called);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_test_orders),
        cmocka_unit_test(session_test_digest_differs),
        cmocka_unit_test(session_test_resume),
        cmocka_unit_test(session_test_same_as_run),
        cmocka_unit_test(session_test_held),
        cmocka_unit_test(session_test_late),
        cmocka_unit_test(session_test_errors),
        cmocka_unit_test(session_test_cannot_simulate),
        cmocka_unit_test(session_test_endless),
        cmocka_unit_test(session_test_proposer),
        cmocka_unit_test(session_test_fork),
        cmocka_unit_test(session_test_many),
        cmocka_unit_test(session_test_callback),
        cmocka_unit_test(session_test_stopped),
        cmocka_unit_test(session_test_not_by_itself),
    };
    return cmocka_run_group_tests(tests, session_test_setup, session_test_teardown);
}
