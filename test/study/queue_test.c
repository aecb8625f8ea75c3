// The store and its queue, the same on both databases: what is written is read back, and an answer
// counts once, from who holds the task.

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "study/queue.h"
#include "study/server.h"

static og_arena* arena;
static int queue_test_kind;  // of the store: a file, or a schema of a server
static int queue_test_number;

static int queue_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int queue_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

static const char* queue_test_address(void) {
    return queue_test_kind == 0
               ? fixture_path(arena, "s.db")
               : server_address(arena, og_text_format(arena, "queue%d", queue_test_number++));
}

static void queue_test_remove(const char* address) {
    if (queue_test_kind == 0) {
        fixture_remove(arena, address);
    }
}

static og_store* queue_test_open(const char* address, og_store_mode mode) {
    og_store* store;
    if (og_store_open(address, mode, &store) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return store;
}

static void queue_test_do(og_status status) {
    if (status != OG_OK) {
        fail_msg("%s", og_error_text());
    }
}

// A store with one study of 50 trials.
static const char* queue_test_make(og_study_result* result) {
    og_plan plan = fixture_plan(arena, 50, queue_test_address());
    plan.workers = OG_WORKERS_NO;
    queue_test_do(fixture_run(arena, &plan, NULL, result));
    return plan.store;
}

static void queue_test_same_trial(const og_trial* a, const og_trial* b) {
    assert_true(a->number == b->number && a->outcome == b->outcome && a->loss == b->loss &&
                a->violation == b->violation && a->repeat_of == b->repeat_of &&
                a->source == b->source && a->started == b->started && a->seconds == b->seconds);
    assert_string_equal(a->reason, b->reason);
    assert_memory_equal(a->x, b->x, FIXTURE_COLUMNS * sizeof(double));
    assert_true(a->outcome != OG_FEASIBLE || memcmp(a->y, b->y, 3 * sizeof(double)) == 0);
}

static void queue_test_reads_back(void** state) {
    (void)state;
    og_study_result made;
    const char* address = queue_test_make(&made);
    og_store* store = queue_test_open(address, OG_STORE_READ);
    og_study_record read;
    og_trial* trials;
    int64_t count;
    queue_test_do(og_store_study(store, arena, "test", &read));
    assert_string_equal(read.plan, made.record.plan);
    assert_string_equal(read.identity, made.record.identity);
    assert_string_equal(read.created, made.record.created);
    assert_true(read.seed == made.record.seed && read.stop == made.record.stop &&
                read.best == made.record.best && read.trial_count == 50);
    assert_string_equal(og_store_table_print(arena, &read.space, true),
                        og_store_table_print(arena, &made.record.space, true));
    assert_memory_equal(read.reference_y, made.record.reference_y, 3 * sizeof(double));
    queue_test_do(og_store_trials(store, arena, read.id, 0, INT64_MAX, &trials, &count));
    assert_int_equal(count, 50);
    for (int i = 0; i < 50; i++) {
        queue_test_same_trial(&trials[i], &made.trials[i]);
    }
    queue_test_do(og_store_trials(store, arena, read.id, 45, 20, &trials, &count));
    assert_int_equal(count, 5);
    assert_int_equal(og_store_trials(store, arena, 77, 0, 1, &trials, &count), OG_ERROR_NAME);
    assert_int_equal(og_store_study(store, arena, "tets", &read), OG_ERROR_NAME);
    assert_non_null(strstr(og_error_text(), "did you mean test?"));
    og_store_close(store);
    queue_test_remove(address);
}

// Text with every byte, doubles with every bit.
static void queue_test_every_bit(void** state) {
    (void)state;
    og_study_result made;
    const char* address = queue_test_make(&made);
    const double odd[] = {-0.0, 0x1p-1074, 0x1.fffffffffffffp1023, 1.0 / 3, -1e-300};
    char bytes[256];
    for (int i = 0; i < 255; i++) {
        bytes[i] = (char)(i + 1);
    }
    bytes[255] = '\0';
    og_store* store = queue_test_open(address, OG_STORE_WRITE);
    og_trial trial = made.trials[0];
    for (int i = 0; i < 5; i++) {
        trial.number = 50 + 2 * i;
        trial.outcome = OG_FEASIBLE;
        trial.repeat_of = -1;
        trial.loss = odd[i];
        trial.y = (const double[]){odd[i], odd[(i + 1) % 5], odd[(i + 2) % 5]};
        queue_test_do(og_store_begin(store));
        queue_test_do(og_store_write(store, &made.record, &trial));
        og_trial failed = trial;
        failed.number++;
        failed.outcome = OG_FAILED;
        failed.reason = bytes + 50 * i;
        queue_test_do(og_store_write(store, &made.record, &failed));
        og_store_entry entry = {.record = made.record, .elapsed = odd[3]};
        entry.record.trial_count = trial.number + 2;
        entry.record.seed = UINT64_MAX;
        queue_test_do(og_store_update(store, &entry));
        queue_test_do(og_store_commit(store));
    }
    og_trial* trials;
    int64_t count;
    og_study_record read;
    queue_test_do(og_store_study(store, arena, "test", &read));
    assert_true(read.seed == UINT64_MAX);
    queue_test_do(og_store_trials(store, arena, made.record.id, 50, 10, &trials, &count));
    assert_int_equal(count, 10);
    for (int i = 0; i < 5; i++) {
        // negative zero is zero in the one number that databases see
        const double loss = odd[i] + 0.0;
        assert_memory_equal(&trials[2 * i].loss, &loss, sizeof(double));
        assert_memory_equal(&trials[2 * i].y[1], &odd[(i + 1) % 5], sizeof(double));
        assert_string_equal(trials[2 * i + 1].reason, bytes + 50 * i);
    }
    og_store_close(store);
    queue_test_remove(address);
}

// What was begun and not committed is not there.
static void queue_test_rollback(void** state) {
    (void)state;
    og_study_result made;
    const char* address = queue_test_make(&made);
    og_store* store = queue_test_open(address, OG_STORE_WRITE);
    og_trial trial = made.trials[0];
    int64_t count;
    for (int i = 0; i < 2; i++) {
        queue_test_do(og_store_begin(store));
        trial.number = 50;
        queue_test_do(og_store_write(store, &made.record, &trial));
        og_store_rollback(store);
    }
    // a trial that is there cannot come twice
    queue_test_do(og_store_begin(store));
    trial.number = 49;
    og_status status = og_store_write(store, &made.record, &trial);
    status = status == OG_OK ? og_store_commit(store) : status;
    assert_int_equal(status, OG_ERROR_STORE);
    og_store_rollback(store);
    queue_test_do(og_store_integer(store, "SELECT count(*) FROM trial", NULL, 0, 0, &count));
    assert_int_equal(count, 50);
    og_store_close(store);
    queue_test_remove(address);
}

static void queue_test_lock(void** state) {
    (void)state;
    og_study_result made;
    const char* address = queue_test_make(&made);
    og_store* a = queue_test_open(address, OG_STORE_WRITE);
    og_store* b = queue_test_open(address, OG_STORE_WRITE);
    queue_test_do(og_store_lock(a, made.record.id, "test"));
    assert_int_equal(og_store_lock(b, made.record.id, "test"), OG_ERROR_STORE);
    assert_non_null(strstr(og_error_text(), "study 'test' is being run by another process"));
    assert_int_equal(og_store_remove(b, "test"), OG_ERROR_STORE);
    queue_test_do(og_store_lock(b, made.record.id + 1, "another"));
    og_store_unlock(b);
    og_store_close(a);
    queue_test_do(og_store_lock(b, made.record.id, "test"));
    og_store_unlock(b);
    queue_test_do(og_store_remove(b, "test"));
    int64_t count;
    queue_test_do(og_store_integer(b, "SELECT count(*) FROM trial", NULL, 0, 7, &count));
    assert_int_equal(count, 0);
    og_store_close(b);
    queue_test_remove(address);
}

static void queue_test_version(void** state) {
    (void)state;
    og_study_result made;
    const char* address = queue_test_make(&made);
    og_store* store = queue_test_open(address, OG_STORE_WRITE);
    queue_test_do(og_store_execute(
        store,
        queue_test_kind == 0 ? "PRAGMA user_version = 9" : "UPDATE ogive_store SET version = 9",
        NULL, 0, NULL));
    og_store_close(store);
    assert_int_equal(og_store_open(address, OG_STORE_CREATE, &store), OG_ERROR_STORE);
    assert_non_null(
        strstr(og_error_text(), "has store version 9, but this program knows versions"));
    queue_test_remove(address);
}

enum { QUEUE_TEST_TASKS = 6 };

// A study with six tasks, and two workers.
typedef struct queue_test_scene {
    const char* address;
    og_store* store;
    int64_t study;
    og_queue_worker workers[2];
} queue_test_scene;

static double queue_test_design[QUEUE_TEST_TASKS][2];

static queue_test_scene queue_test_begin(double lost_after) {
    og_study_result made;
    queue_test_scene scene = {.address = queue_test_make(&made), .study = made.record.id};
    scene.store = queue_test_open(scene.address, OG_STORE_WRITE);
    int64_t numbers[QUEUE_TEST_TASKS];
    for (int i = 0; i < QUEUE_TEST_TASKS; i++) {
        numbers[i] = 50 + i;
        queue_test_design[i][0] = i;
    }
    queue_test_do(og_queue_publish(scene.store, scene.study, QUEUE_TEST_TASKS, numbers,
                                   queue_test_design[0], 2));
    for (int i = 0; i < 2; i++) {
        scene.workers[i] = (og_queue_worker){.name = "w", .lost_after = i == 0 ? lost_after : 60};
        queue_test_do(og_queue_register(scene.store, &scene.workers[i]));
    }
    return scene;
}

static void queue_test_end(queue_test_scene* scene) {
    og_store_close(scene->store);
    queue_test_remove(scene->address);
}

static int queue_test_claim(const queue_test_scene* scene, int worker, bool suspect, int most,
                            og_queue_task** tasks) {
    int count;
    queue_test_do(og_queue_claim(scene->store, arena, &scene->workers[worker], 0, scene->study,
                                 suspect, most, 2, tasks, &count));
    return count;
}

// Answer each task by a number of the caller's.
static void queue_test_answer(const queue_test_scene* scene, int worker, int count,
                              const og_queue_task* tasks, double value) {
    og_queue_answer answers[QUEUE_TEST_TASKS];
    for (int i = 0; i < count; i++) {
        answers[i] = (og_queue_answer){
            .number = tasks[i].number, .outcome = OG_FEASIBLE, .y = &value, .seconds = 0.5};
    }
    queue_test_do(og_queue_answer_tasks(scene->store, &scene->workers[worker], scene->study, count,
                                        tasks, answers, 1));
}

static int queue_test_collect(const queue_test_scene* scene, og_queue_answer** answers) {
    int64_t count;
    queue_test_do(og_queue_collect(scene->store, arena, scene->study, 0, 1000, 1, answers, &count));
    return (int)count;
}

static void queue_test_hands_out_once(void** state) {
    (void)state;
    queue_test_scene scene = queue_test_begin(60);
    og_queue_task* a;
    og_queue_task* b;
    og_queue_answer* answers;
    og_queue_study* studies;
    int count;
    int64_t workers;
    queue_test_do(og_queue_look(scene.store, arena, &studies, &count, &workers));
    assert_true(count == 1 && studies[0].open == QUEUE_TEST_TASKS && studies[0].suspects == 0);
    assert_int_equal(workers, 2);
    assert_int_equal(queue_test_claim(&scene, 0, false, 4, &a), 4);
    assert_int_equal(queue_test_claim(&scene, 1, false, 4, &b), 2);
    for (int i = 0; i < 4; i++) {
        assert_memory_equal(a[i].x, queue_test_design[a[i].number - 50], 2 * sizeof(double));
        assert_true(a[i].number != b[0].number && a[i].number != b[1].number);
    }
    queue_test_answer(&scene, 0, 4, a, 1);
    assert_int_equal(queue_test_collect(&scene, &answers), 4);
    assert_int_equal(queue_test_collect(&scene, &answers), 0);
    queue_test_answer(&scene, 0, 4, a, 1);
    assert_int_equal(queue_test_collect(&scene, &answers), 0);
    // an interrupted run finds what it had collected and not written
    queue_test_do(og_queue_resume(scene.store, scene.study, 51));
    assert_int_equal(queue_test_collect(&scene, &answers), 3);
    queue_test_do(og_queue_leave(scene.store, &scene.workers[1]));
    assert_int_equal(queue_test_claim(&scene, 0, false, 9, &a), 2);
    queue_test_do(og_queue_withdraw(scene.store, scene.study));
    queue_test_do(og_queue_forget(scene.store, scene.study, 1000));
    int64_t left;
    queue_test_do(og_store_integer(scene.store, "SELECT count(*) FROM task", NULL, 0, 7, &left));
    assert_int_equal(left, 0);
    queue_test_end(&scene);
}

// Worker 0 falls silent, worker 1 gets its task and answers, then worker 0 comes back with another
// answer. `fault`: answers are taken from anybody. Returns what the study is told.
static double queue_test_zombie(bool fault) {
    queue_test_scene scene = queue_test_begin(-1);
    og_queue_task* old;
    og_queue_task* again;
    og_queue_answer* answers;
    assert_int_equal(queue_test_claim(&scene, 0, false, 1, &old), 1);
    queue_test_do(og_queue_recover(scene.store, scene.study, 3));
    assert_int_equal(queue_test_claim(&scene, 1, true, 1, &again), 1);
    assert_int_equal(again->number, old->number);
    assert_int_equal(again->claim, old->claim + 1);
    bool known = true;
    queue_test_do(og_queue_beat(scene.store, &scene.workers[0], &known));
    assert_false(known);
    if (fault) {
        scene.workers[0].id = scene.workers[1].id;
        old->claim = again->claim;
    }
    queue_test_answer(&scene, 0, 1, old, 666);
    queue_test_answer(&scene, 1, 1, again, 1);
    queue_test_answer(&scene, 0, 1, old, 667);
    assert_int_equal(queue_test_collect(&scene, &answers), 1);
    const double told = answers[0].y[0];
    queue_test_end(&scene);
    return told;
}

static void queue_test_exactly_once(void** state) {
    (void)state;
    assert_true(queue_test_zombie(false) == 1);
    // the check can fail: with the rights of another the answer would count
    assert_true(queue_test_zombie(true) == 666);
}

// Three workers are lost over one task, which is answered for them.
static void queue_test_poison(void** state) {
    (void)state;
    queue_test_scene scene = queue_test_begin(-1);
    og_queue_task* task;
    og_queue_answer* answers;
    for (int i = 0; i < 3; i++) {
        queue_test_do(og_queue_register(scene.store, &scene.workers[0]));
        assert_int_equal(queue_test_claim(&scene, 0, i > 0, 1, &task), 1);
        assert_int_equal(task->number, 50);
        assert_int_equal(queue_test_collect(&scene, &answers), 0);
        queue_test_do(og_queue_recover(scene.store, scene.study, 3));
    }
    assert_int_equal(queue_test_collect(&scene, &answers), 1);
    assert_int_equal(answers[0].outcome, OG_FAILED);
    assert_non_null(strstr(answers[0].reason, "its worker was lost 3 times"));
    assert_int_equal(queue_test_claim(&scene, 1, true, 9, &task), 0);
    queue_test_end(&scene);
}

// Tasks that an earlier run left: the same designs keep their answers, others are new.
static void queue_test_publish_again(void** state) {
    (void)state;
    queue_test_scene scene = queue_test_begin(60);
    og_queue_task* tasks;
    og_queue_answer* answers;
    assert_int_equal(queue_test_claim(&scene, 0, false, 2, &tasks), 2);
    queue_test_answer(&scene, 0, 2, tasks, 5);
    const int64_t numbers[] = {50, 51};
    const double designs[2][2] = {{0, 0}, {9, 9}};
    queue_test_do(og_queue_publish(scene.store, scene.study, 2, numbers, designs[0], 2));
    assert_int_equal(queue_test_collect(&scene, &answers), 1);
    assert_int_equal(answers[0].number, 50);
    assert_int_equal(queue_test_claim(&scene, 1, false, 1, &tasks), 1);
    assert_true(tasks[0].number == 51 && tasks[0].x[0] == 9);
    queue_test_end(&scene);
}

// Passwords stay out of messages.
static void queue_test_secrets(void** state) {
    (void)state;
    static const char* const addresses[] = {
        "postgresql://user:geheim@127.0.0.1:1/x",
        "postgresql://user:geheim@127.0.0.1:1/x?connect_timeout=1",
        "postgresql://user@127.0.0.1:1/x?password=geheim",
        "postgresql://user:geheim@127.0.0.1:port/x",
        "postgresql://user:gehe@geheim@127.0.0.1:1/x?a=b",
        "postgresql://user:geheim%@127.0.0.1/x",
        "postgresql://user:geheim@127.0.0.1:1/x?nosuchkey=geheim",
        "postgres://user:geheim/geheim?geheim@h/x",
        "PostgreSQL://user:geheim@h/x",
        "mysql://user:geheim@h/x",
    };
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        og_store* store;
        assert_int_equal(og_store_open(addresses[i], OG_STORE_READ, &store), OG_ERROR_STORE);
        if (strstr(og_error_text(), "geheim")) {
            fail_msg("%s", og_error_text());
        }
        assert_null(strstr(og_store_name(arena, addresses[i]), "geheim"));
    }
}

static void queue_test_missing(void** state) {
    (void)state;
    og_store* store;
    const char* address =
        queue_test_kind == 0 ? "/nonexistent/s.db" : server_address(arena, "missing");
    assert_int_equal(og_store_open(address, OG_STORE_READ, &store), OG_ERROR_STORE);
    assert_non_null(strstr(og_error_text(), "there is no store"));
    assert_int_equal(og_store_open(address, OG_STORE_WRITE, &store), OG_ERROR_STORE);
}

static int queue_test_all(const char* name) {
#define QUEUE_TEST(name) \
    cmocka_unit_test_setup_teardown(name, queue_test_setup, queue_test_teardown)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(queue_test_reads_back),    QUEUE_TEST(queue_test_every_bit),
        QUEUE_TEST(queue_test_rollback),      QUEUE_TEST(queue_test_lock),
        QUEUE_TEST(queue_test_version),       QUEUE_TEST(queue_test_hands_out_once),
        QUEUE_TEST(queue_test_exactly_once),  QUEUE_TEST(queue_test_poison),
        QUEUE_TEST(queue_test_publish_again), QUEUE_TEST(queue_test_secrets),
        QUEUE_TEST(queue_test_missing),
    };
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void) {
    server_start(NULL);
    int failed = queue_test_all("study.queue, a file");
    if (server_folder) {
        queue_test_kind = 1;
        failed += queue_test_all("study.queue, a server");
    }
    server_stop();
    return failed;
}
