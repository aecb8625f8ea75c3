// Studies whose designs are evaluated by other processes: whatever is killed, the record is that of
// one process alone.

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/interrupt.h"
#include "study/crew.h"
#include "study/server.h"

enum { WORKER_TEST_TRIALS = 96 };

static og_arena* arena;

static int worker_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

enum { WORKER_TEST_CHILDREN = 1024 };

// Processes that nobody has waited for yet, list: [worker_test_child_count].
static pid_t worker_test_children[WORKER_TEST_CHILDREN];
static int worker_test_child_count;

static pid_t worker_test_fork(void) {
    assert_true(worker_test_child_count < WORKER_TEST_CHILDREN);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0) {
        worker_test_children[worker_test_child_count++] = child;
    }
    return child;
}

static void worker_test_forget(pid_t child) {
    for (int i = 0; i < worker_test_child_count; i++) {
        if (worker_test_children[i] == child) {
            worker_test_children[i] = worker_test_children[--worker_test_child_count];
        }
    }
}

// A test that failed leaves no process behind: some of them would wait for ever.
static int worker_test_teardown(void** state) {
    (void)state;
    while (worker_test_child_count > 0) {
        const pid_t child = worker_test_children[--worker_test_child_count];
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    og_arena_destroy(arena);
    return 0;
}

// The stores that a test runs on, one after the other.
enum { WORKER_TEST_FILE, WORKER_TEST_SERVER, WORKER_TEST_STORES };

static const char* worker_test_store(int kind, const char* name) {
    return kind == WORKER_TEST_FILE ? fixture_path(arena, "s.db") : server_address(arena, name);
}

static int worker_test_stores(void) {
    return server_folder ? WORKER_TEST_STORES : WORKER_TEST_SERVER;
}

static void worker_test_remove(int kind, const char* store) {
    if (kind == WORKER_TEST_FILE) {
        fixture_remove(arena, store);
    }
}

static og_plan worker_test_plan(const char* store, const char* delay) {
    og_plan plan = fixture_plan(arena, WORKER_TEST_TRIALS, store);
    const char* set = og_text_format(arena, "environment.options.delay_us=%s", delay);
    if (og_plan_set(arena, &plan, set) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    plan.workers = OG_WORKERS_YES;
    plan.batch = 16;
    return plan;
}

// The fixture by its own agent, or by the one that the plan names.
static og_status worker_test_study(og_arena* own, const og_plan* plan,
                                   const og_study_options* options, og_study_result* result) {
    const og_agent_type* type = &fixture_agent;
    if (plan->agent) {
        OG_TRY(og_agent_find(plan->agent, &type));
    }
    return og_study_run_with(own, plan, &fixture_environment, type, options, result);
}

// Digest of the plan when one process runs it alone.
static uint64_t worker_test_alone(const og_plan* plan) {
    og_plan alone = *plan;
    alone.store = fixture_path(arena, "alone.db");
    alone.workers = OG_WORKERS_NO;
    og_study_result result;
    if (worker_test_study(arena, &alone, &(og_study_options){.jobs = 1}, &result) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    const uint64_t digest = fixture_digest(arena, alone.store);
    assert_true(digest != 0);
    fixture_remove(arena, alone.store);
    return digest;
}

static volatile int worker_test_interrupt;

static void worker_test_handle(int number) {
    (void)number;
    og_interrupt(&worker_test_interrupt);
}

// A process that runs the study; it ends with 0, or with a message and 2, or 4 for a lost server.
static pid_t worker_test_run(const og_plan* plan, const og_study_options* options) {
    const pid_t child = worker_test_fork();
    if (child > 0) {
        return child;
    }
    og_arena* own = og_arena_create();
    og_study_result result;
    const og_status status = worker_test_study(own, plan, options, &result);
    // a server that stays away is told once, in these words
    const bool away =
        status != OG_OK && strstr(og_error_text(), "the server was lost for more than");
    if (status != OG_OK) {
        fprintf(stderr, "run: %s\n", og_error_text());
    }
    og_arena_destroy(own);
    _exit(status == OG_OK ? 0 : away ? 4 : 2);
}

static void worker_test_say(void* context, const char* line) {
    (void)context;
    fprintf(stderr, "worker: %s\n", line);
}

// A worker for a study of the fixture, until it is idle for so long.
static pid_t worker_test_work_as(const og_environment* environment, const char* store,
                                 og_worker_options options) {
    // the handler is there before the process is, which may be told to end at once
    struct sigaction action = {.sa_handler = worker_test_handle};
    struct sigaction before;
    sigaction(SIGTERM, &action, &before);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0) {
        sigaction(SIGTERM, &before, NULL);
        return child;
    }
    options.say = worker_test_say;
    options.jobs = options.jobs > 0 ? options.jobs : 1;
    const og_crew_setup setup = {.address = store, .options = options, .environment = environment};
    og_crew* crew;
    og_worker_result result = {0};
    og_status status = og_crew_start(&setup, &crew);
    if (status == OG_OK) {
        while (!og_crew_ended(crew) && !worker_test_interrupt) {
            usleep(2000);
        }
        status = og_crew_stop(crew, &result);
    }
    if (status != OG_OK) {
        fprintf(stderr, "worker: %s\n", og_error_text());
    }
    _exit(status != OG_OK ? 2 : result.refused > 0 ? 3 : 0);
}

static pid_t worker_test_work(const char* store, og_worker_options options) {
    return worker_test_work_as(&fixture_environment, store, options);
}

// How a process ended: its exit code, or minus the signal.
static int worker_test_wait(pid_t child) {
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    worker_test_forget(child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// True when the process has ended, with its code.
static bool worker_test_ended(pid_t child, int* code) {
    int status;
    const pid_t ended = waitpid(child, &status, WNOHANG);
    assert_true(ended >= 0);
    if (ended == child) {
        worker_test_forget(child);
    }
    *code = ended == child ? (WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status)) : 0;
    return ended == child;
}

// A number that a statement gives on the store, -1 when it cannot be had.
static int64_t worker_test_number(const char* address, const char* sql) {
    og_store* store;
    int64_t number = -1;
    if (og_store_open(address, OG_STORE_READ, &store) == OG_OK) {
        if (og_store_integer(store, sql, NULL, 0, -1, &number) != OG_OK) {
            number = -1;
        }
        og_store_close(store);
    }
    return number;
}

// The record is the one of a process alone, and nothing of the queue is left.
static void worker_test_check(const char* store, uint64_t digest) {
    assert_true(fixture_digest(arena, store) == digest);
    assert_int_equal(worker_test_number(store, "SELECT count(*) FROM task"), 0);
    assert_int_equal(worker_test_number(store, "SELECT count(*) FROM trial"), WORKER_TEST_TRIALS);
}

static void worker_test_wait_for_trials(const char* store, int64_t count) {
    for (int i = 0; i < 6000; i++) {
        if (worker_test_number(store, "SELECT max(trials) FROM study") >= count) {
            return;
        }
        usleep(10000);
    }
    fail_msg("the study does not move");
}

static void worker_test_wait_for_tasks(const char* store) {
    for (int i = 0; i < 6000; i++) {
        if (worker_test_number(store, "SELECT count(*) FROM task") > 0) {
            return;
        }
        usleep(5000);
    }
    fail_msg("no tasks are published");
}

static void worker_test_wait_for_workers(const char* store, int64_t count) {
    for (int i = 0; i < 6000; i++) {
        if (worker_test_number(store, "SELECT count(*) FROM worker") >= count) {
            return;
        }
        usleep(5000);
    }
    fail_msg("the workers do not come");
}

// Each number of workers and threads, with and without those of the process that runs the study,
// for several agents, one of them with two objectives.
static void worker_test_same_record(void** state) {
    (void)state;
    for (int kind = 0; kind < worker_test_stores(); kind++) {
        static const char* const agents[] = {NULL, "genetic", "nsga2"};
        og_plan plan = worker_test_plan(NULL, "3000");
        for (int variant = 0; variant < 3; variant++) {
            plan.agent = agents[variant];
            assert_true(variant < 2 ||
                        og_plan_set(arena, &plan,
                                    "objectives=[{minimize: time_ns}, {minimize: power_mw}]") ==
                            OG_OK);
            const uint64_t digest = worker_test_alone(&plan);
            plan.store = worker_test_store(kind, og_text_format(arena, "same%d", variant));
            const og_study_options options = {.coordinate = variant < 2, .jobs = 2};
            const pid_t run = worker_test_run(&plan, &options);
            worker_test_wait_for_trials(plan.store, 0);
            pid_t workers[2];
            // who leaves while nobody else evaluates would stop the study for good
            const double idle = options.coordinate ? 60 : 0.3;
            for (int i = 0; i < 2; i++) {
                workers[i] = worker_test_work(
                    plan.store, (og_worker_options){.idle = idle, .jobs = 1 + variant});
            }
            assert_int_equal(worker_test_wait(run), 0);
            for (int i = 0; i < 2 && options.coordinate; i++) {
                kill(workers[i], SIGTERM);
            }
            assert_int_equal(worker_test_wait(workers[0]), 0);
            assert_int_equal(worker_test_wait(workers[1]), 0);
            worker_test_check(plan.store, digest);
            assert_int_equal(worker_test_number(plan.store, "SELECT count(*) FROM worker"), 0);
            worker_test_remove(kind, plan.store);
        }
    }
}

// A worker is killed every 60 ms, and another one comes.
static void worker_test_kill_workers(void** state) {
    (void)state;
    enum { WORKERS = 3 };
    for (int kind = 0; kind < worker_test_stores(); kind++) {
        const og_plan plan = worker_test_plan(worker_test_store(kind, "killed"), "5000");
        const uint64_t digest = worker_test_alone(&plan);
        const og_study_options options = {.coordinate = true, .attempts = 1000};
        const og_worker_options life = {.idle = 60, .lost_after = 0.3};
        const pid_t run = worker_test_run(&plan, &options);
        worker_test_wait_for_trials(plan.store, 0);
        pid_t workers[WORKERS];
        for (int i = 0; i < WORKERS; i++) {
            workers[i] = worker_test_work(plan.store, life);
        }
        int kills = 0;
        int code;
        while (!worker_test_ended(run, &code)) {
            usleep(60000);
            // one of them is left in peace, so that the study ends
            const int victim = kills++ % (WORKERS - 1);
            kill(workers[victim], SIGKILL);
            worker_test_wait(workers[victim]);
            workers[victim] = worker_test_work(plan.store, life);
        }
        assert_int_equal(code, 0);
        for (int i = 0; i < WORKERS; i++) {
            kill(workers[i], SIGKILL);
            worker_test_wait(workers[i]);
        }
        print_message("          %d workers killed\n", kills);
        assert_true(kills >= 2);
        worker_test_check(plan.store, digest);
        worker_test_remove(kind, plan.store);
    }
}

// The process that runs the study is killed again and again; the workers go on.
static void worker_test_kill_coordinator(void** state) {
    (void)state;
    for (int kind = 0; kind < worker_test_stores(); kind++) {
        const og_plan plan = worker_test_plan(worker_test_store(kind, "resumed"), "4000");
        const uint64_t digest = worker_test_alone(&plan);
        const og_study_options options = {.coordinate = true};
        const og_study_options shared = {.jobs = 1, .lost_after = 0.3, .attempts = 1000};
        pid_t run = worker_test_run(&plan, &options);
        worker_test_wait_for_trials(plan.store, 0);
        const pid_t worker = worker_test_work(plan.store, (og_worker_options){.idle = 60});
        for (int i = 0; i < 5; i++) {
            usleep(60000);
            kill(run, SIGKILL);
            worker_test_wait(run);
            run = worker_test_run(&plan, i % 2 ? &options : &shared);
        }
        assert_int_equal(worker_test_wait(run), 0);
        worker_test_check(plan.store, digest);
        kill(worker, SIGTERM);
        assert_int_equal(worker_test_wait(worker), 0);
        worker_test_remove(kind, plan.store);
    }
}

// The server is killed in mid-study and comes back.
static void worker_test_kill_server(void** state) {
    (void)state;
    if (!server_folder) {
        skip();
    }
    const og_plan plan = worker_test_plan(worker_test_store(WORKER_TEST_SERVER, "crashed"), "6000");
    const uint64_t digest = worker_test_alone(&plan);
    const og_study_options options = {.jobs = 1, .attempts = 1000};
    const pid_t run = worker_test_run(&plan, &options);
    worker_test_wait_for_trials(plan.store, 1);
    const pid_t worker = worker_test_work(plan.store, (og_worker_options){.idle = 60});
    worker_test_wait_for_workers(plan.store, 2);
    for (int i = 0; i < 3; i++) {
        usleep(50000);
        server_kill();
        usleep(50000);
        assert_true(server_run());
    }
    assert_int_equal(worker_test_wait(run), 0);
    worker_test_check(plan.store, digest);
    kill(worker, SIGTERM);
    assert_int_equal(worker_test_wait(worker), 0);
}

// The server stays away: one message, and later the study goes on.
static void worker_test_lose_server(void** state) {
    (void)state;
    if (!server_folder) {
        skip();
    }
    const og_plan plan = worker_test_plan(worker_test_store(WORKER_TEST_SERVER, "lost"), "6000");
    const uint64_t digest = worker_test_alone(&plan);
    const pid_t run =
        worker_test_run(&plan, &(og_study_options){.jobs = 1, .patience = 0.3, .lost_after = 0.5});
    worker_test_wait_for_trials(plan.store, 1);
    const pid_t worker = worker_test_work(
        plan.store, (og_worker_options){.idle = 60, .patience = 0.3, .lost_after = 0.5});
    worker_test_wait_for_workers(plan.store, 2);
    server_kill();
    assert_int_equal(worker_test_wait(run), 4);
    assert_int_equal(worker_test_wait(worker), 2);
    assert_true(server_run());
    const og_study_options again = {.jobs = 2, .attempts = 1000, .lost_after = 0.3};
    assert_int_equal(worker_test_wait(worker_test_run(&plan, &again)), 0);
    worker_test_check(plan.store, digest);
}

// A study is run by one process at a time, whoever evaluates.
static void worker_test_two_coordinators(void** state) {
    (void)state;
    for (int kind = 0; kind < worker_test_stores(); kind++) {
        const og_plan plan = worker_test_plan(worker_test_store(kind, "two"), "3000");
        const uint64_t digest = worker_test_alone(&plan);
        const og_study_options options = {.coordinate = true};
        const pid_t run = worker_test_run(&plan, &options);
        worker_test_wait_for_tasks(plan.store);
        og_study_result result;
        assert_int_equal(fixture_run(arena, &plan, &options, &result), OG_ERROR_STORE);
        assert_non_null(strstr(og_error_text(), "is being run by another process"));
        const pid_t worker = worker_test_work(plan.store, (og_worker_options){.idle = 60});
        assert_int_equal(worker_test_wait(run), 0);
        kill(worker, SIGTERM);
        assert_int_equal(worker_test_wait(worker), 0);
        worker_test_check(plan.store, digest);
        worker_test_remove(kind, plan.store);
    }
}

// Another version of the environment, and one that gives other results, are left out.
static og_status worker_test_open_other(og_arena* other, const og_settings* options,
                                        og_model* model) {
    OG_TRY(fixture_open(other, options, model));
    model->identity = "fixture 2";
    return OG_OK;
}

static og_outcome worker_test_evaluate_other(const void* model, const double* x, double* y,
                                             og_arena* scratch, const char** reason) {
    const og_outcome outcome = fixture_evaluate(model, x, y, scratch, reason);
    y[0] = nextafter(y[0], 0);
    return outcome;
}

static void worker_test_wrong_environment(void** state) {
    (void)state;
    og_environment version = fixture_environment;
    og_environment results = fixture_environment;
    version.open = worker_test_open_other;
    results.evaluate = worker_test_evaluate_other;
    for (int kind = 0; kind < worker_test_stores(); kind++) {
        const og_plan plan = worker_test_plan(worker_test_store(kind, "wrong"), "1000");
        const uint64_t digest = worker_test_alone(&plan);
        const pid_t run = worker_test_run(&plan, &(og_study_options){.coordinate = true});
        worker_test_wait_for_tasks(plan.store);
        const og_worker_options idle = {.idle = 0.2};
        assert_int_equal(worker_test_wait(worker_test_work_as(&version, plan.store, idle)), 3);
        assert_int_equal(worker_test_wait(worker_test_work_as(&results, plan.store, idle)), 3);
        const pid_t worker = worker_test_work(plan.store, (og_worker_options){.idle = 60});
        assert_int_equal(worker_test_wait(run), 0);
        kill(worker, SIGTERM);
        worker_test_wait(worker);
        worker_test_check(plan.store, digest);
        worker_test_remove(kind, plan.store);
    }
}

// Designs that kill the process that evaluates them.
static bool worker_test_is_poison(const double* x) {
    return x[FIXTURE_MODE] == FIXTURE_OFF && x[FIXTURE_WIDTH] == 5;
}

static og_outcome worker_test_evaluate_poison(const void* model, const double* x, double* y,
                                              og_arena* scratch, const char** reason) {
    if (worker_test_is_poison(x)) {
        kill(getpid(), SIGKILL);
    }
    return fixture_evaluate(model, x, y, scratch, reason);
}

static void worker_test_poison(void** state) {
    (void)state;
    og_environment poison = fixture_environment;
    poison.evaluate = worker_test_evaluate_poison;
    for (int kind = 0; kind < worker_test_stores(); kind++) {
        og_plan plan = worker_test_plan(worker_test_store(kind, "poison"), "200");
        const pid_t run = worker_test_run(&plan, &(og_study_options){.coordinate = true});
        worker_test_wait_for_trials(plan.store, 0);
        const og_worker_options life = {.idle = 60, .lost_after = 0.2, .jobs = 2};
        pid_t worker = worker_test_work_as(&poison, plan.store, life);
        int deaths = 0;
        int code;
        while (!worker_test_ended(run, &code)) {
            int end;
            usleep(5000);
            if (worker_test_ended(worker, &end)) {
                assert_int_equal(end, -SIGKILL);
                deaths++;
                worker = worker_test_work_as(&poison, plan.store, life);
            }
        }
        assert_int_equal(code, 0);
        kill(worker, SIGKILL);
        worker_test_wait(worker);
        og_store* store;
        og_trial* trials;
        int64_t count;
        int poisoned = 0;
        assert_int_equal(og_store_open(plan.store, OG_STORE_READ, &store), OG_OK);
        assert_int_equal(og_store_trials(store, arena, 1, 0, INT64_MAX, &trials, &count), OG_OK);
        assert_int_equal(count, WORKER_TEST_TRIALS);
        for (int64_t i = 0; i < count; i++) {
            const bool wrong = worker_test_is_poison(trials[i].x) || trials[i].outcome == OG_FAILED;
            assert_true(!wrong || (worker_test_is_poison(trials[i].x) &&
                                   strstr(trials[i].reason, "its worker was lost 3 times")));
            poisoned += wrong && trials[i].repeat_of < 0;
        }
        og_store_close(store);
        print_message("          %d designs killed %d workers\n", poisoned, deaths);
        assert_true(poisoned > 0 && deaths >= 3 * poisoned);
        worker_test_remove(kind, plan.store);
    }
}

// A worker that is told to end gives back what it holds at once, though an evaluation goes on.
static void worker_test_give_back(void** state) {
    (void)state;
    for (int kind = 0; kind < worker_test_stores(); kind++) {
        og_plan plan = worker_test_plan(worker_test_store(kind, "back"), "1000000");
        plan.evaluations = 2;
        const pid_t run = worker_test_run(&plan, &(og_study_options){.coordinate = true});
        worker_test_wait_for_trials(plan.store, 0);
        const char* held = "SELECT count(*) FROM task WHERE state = 1";
        const pid_t worker = worker_test_work(plan.store, (og_worker_options){.idle = 60});
        for (int i = 0; i < 6000 && worker_test_number(plan.store, held) <= 0; i++) {
            usleep(5000);
        }
        assert_true(worker_test_number(plan.store, held) > 0);
        kill(worker, SIGTERM);
        for (int i = 0; i < 6000 && worker_test_number(plan.store, held) != 0; i++) {
            usleep(5000);
        }
        assert_int_equal(worker_test_number(plan.store, held), 0);
        assert_int_equal(worker_test_number(plan.store, "SELECT count(*) FROM task"), 2);
        assert_int_equal(worker_test_number(plan.store, "SELECT count(*) FROM worker"), 0);
        assert_int_equal(worker_test_wait(worker), 0);
        kill(run, SIGKILL);
        worker_test_wait(run);
        worker_test_remove(kind, plan.store);
    }
}

// A Slurm job array: its workers come together, and before there is a store.
static void worker_test_make_store_together(void** state) {
    (void)state;
    enum { PROCESSES = 8 };
    for (int kind = 0; kind < worker_test_stores(); kind++) {
        const char* address = worker_test_store(kind, "together");
        pid_t processes[PROCESSES];
        for (int i = 0; i < PROCESSES; i++) {
            processes[i] = worker_test_fork();
            if (processes[i] == 0) {
                og_store* store;
                _exit(og_store_open(address, OG_STORE_CREATE, &store) == OG_OK ? 0 : 2);
            }
        }
        for (int i = 0; i < PROCESSES; i++) {
            assert_int_equal(worker_test_wait(processes[i]), 0);
        }
        worker_test_remove(kind, address);
    }
}

// Many processes on one file.
static void worker_test_32_workers(void** state) {
    (void)state;
    enum { WORKERS = 32 };
    const og_plan plan = worker_test_plan(worker_test_store(WORKER_TEST_FILE, ""), "500");
    const uint64_t digest = worker_test_alone(&plan);
    const pid_t run = worker_test_run(&plan, &(og_study_options){.coordinate = true});
    worker_test_wait_for_trials(plan.store, 0);
    pid_t workers[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = worker_test_work(plan.store, (og_worker_options){.idle = 60});
    }
    assert_int_equal(worker_test_wait(run), 0);
    for (int i = 0; i < WORKERS; i++) {
        kill(workers[i], SIGTERM);
    }
    for (int i = 0; i < WORKERS; i++) {
        assert_int_equal(worker_test_wait(workers[i]), 0);
    }
    worker_test_check(plan.store, digest);
    worker_test_remove(WORKER_TEST_FILE, plan.store);
}

int main(void) {
#define WORKER_TEST(name) \
    cmocka_unit_test_setup_teardown(name, worker_test_setup, worker_test_teardown)
    const struct CMUnitTest tests[] = {
        WORKER_TEST(worker_test_same_record),         WORKER_TEST(worker_test_kill_workers),
        WORKER_TEST(worker_test_kill_coordinator),    WORKER_TEST(worker_test_kill_server),
        WORKER_TEST(worker_test_lose_server),         WORKER_TEST(worker_test_two_coordinators),
        WORKER_TEST(worker_test_wrong_environment),   WORKER_TEST(worker_test_poison),
        WORKER_TEST(worker_test_give_back),           WORKER_TEST(worker_test_32_workers),
        WORKER_TEST(worker_test_make_store_together),
    };
    return cmocka_run_group_tests_name("study.worker", tests, server_start, server_end);
}
