// What a store of many workers does in a second. Usage: bench_workers [ADDRESS...], stores that are
// made, and that must not have studies yet; without one, a file in the folder of temporary files.
// bench/workers.sh starts a PostgreSQL server for it.

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ogive/clock.h"
#include "ogive/study.h"
#include "ogive/text.h"
#include "study/crew.h"

enum { WORKERS_TASKS = 2048, WORKERS_WIDTH = 10, WORKERS_TRIALS = 2000 };

static void workers_require(og_status status) {
    if (status != OG_OK) {
        fprintf(stderr, "%s\n", og_error_text());
        _exit(1);
    }
}

static og_store* workers_open(const char* address) {
    og_store* store;
    workers_require(og_store_open(address, OG_STORE_CREATE, &store));
    return store;
}

// A study of a cheap function; `workers` decide whether it shares its designs.
static og_plan workers_plan(og_arena* arena, const char* address, const char* name) {
    static const char text[] =
        "environment: {name: function, options: {function: sphere, dimensions: 10}}\n"
        "objectives: [{minimize: value}]\nagent: random\nbatch: 256\n";
    og_plan plan;
    workers_require(og_plan_parse(arena, text, sizeof text - 1, "plan", &plan));
    plan.name = name;
    plan.store = address;
    plan.evaluations = WORKERS_TRIALS;
    return plan;
}

// One worker of the first measurement: claim and answer until nothing is left.
static void workers_drain(const char* address, int64_t study, int group) {
    og_store* store = workers_open(address);
    og_arena* arena = og_arena_create();
    og_queue_worker worker = {.name = "bench", .lost_after = 600};
    workers_require(og_queue_register(store, &worker));
    const double y = 1;
    int count;
    do {
        const og_arena_mark mark = og_arena_here(arena);
        og_queue_task* tasks;
        workers_require(og_queue_claim(store, arena, &worker, 0, study, false, group, WORKERS_WIDTH,
                                       &tasks, &count));
        og_queue_answer* answers = OG_NEW(arena, og_queue_answer, count);
        for (int i = 0; i < count; i++) {
            answers[i] = (og_queue_answer){.number = tasks[i].number, .y = &y};
        }
        workers_require(og_queue_answer_tasks(store, &worker, study, count, tasks, answers, 1));
        og_arena_rewind(arena, mark);
    } while (count > 0);
    workers_require(og_queue_leave(store, &worker));
    og_store_close(store);
    og_arena_destroy(arena);
}

static void workers_wait(int count) {
    for (int i = 0; i < count; i++) {
        wait(NULL);
    }
}

// Tasks that `count` processes claim and answer in a second.
static double workers_measure_queue(const char* address, int64_t study, int count, int group) {
    static double x[WORKERS_TASKS][WORKERS_WIDTH];
    static int64_t numbers[WORKERS_TASKS];
    for (int i = 0; i < WORKERS_TASKS; i++) {
        numbers[i] = 1000000 + i;
    }
    og_store* store = workers_open(address);
    workers_require(og_queue_publish(store, study, WORKERS_TASKS, numbers, x[0], WORKERS_WIDTH));
    og_store_close(store);
    const double start = og_clock_seconds();
    for (int i = 0; i < count; i++) {
        if (fork() == 0) {
            workers_drain(address, study, group);
            _exit(0);
        }
    }
    workers_wait(count);
    const double seconds = og_clock_seconds() - start;
    store = workers_open(address);
    workers_require(og_queue_forget(store, study, INT64_MAX));
    og_store_close(store);
    return WORKERS_TASKS / seconds;
}

// Trials in a second of a study whose designs cost nothing and are evaluated by `count` processes.
static double workers_measure_study(og_arena* arena, const char* address, int count) {
    const og_plan plan = workers_plan(arena, address, og_text_format(arena, "study %d", count));
    for (int i = 0; i < count; i++) {
        if (fork() == 0) {
            const og_worker_options options = {
                .jobs = 1, .idle = 0.5, .study_count = 1, .studies = &plan.name};
            og_worker_result result;
            workers_require(og_worker_serve(address, &options, &result));
            _exit(0);
        }
    }
    og_plan shared = plan;
    shared.workers = OG_WORKERS_YES;
    og_study_result result;
    const og_study_options options = {.jobs = 1, .coordinate = true};
    workers_require(og_study_run(arena, &shared, &options, &result));
    workers_wait(count);
    return WORKERS_TRIALS / result.seconds;
}

static void workers_measure(const char* address) {
    static const int counts[] = {1, 4, 16};
    og_arena* arena = og_arena_create();
    og_plan plan = workers_plan(arena, address, "alone");
    plan.workers = OG_WORKERS_NO;
    og_study_result result;
    workers_require(og_study_run(arena, &plan, &(og_study_options){.jobs = 1}, &result));
    for (int i = 0; i < 3; i++) {
        const double single = workers_measure_queue(address, result.record.id, counts[i], 1);
        const double group = workers_measure_queue(address, result.record.id, counts[i], 16);
        const double trials = workers_measure_study(arena, address, counts[i]);
        printf("%-10s %7d %10.0f %10.0f %10.0f %10.0f\n",
               og_store_is_server(address) ? "PostgreSQL" : "SQLite", counts[i], single, group,
               trials, 1e6 / trials);
        fflush(stdout);
    }
    og_arena_destroy(arena);
}

int main(int argc, char** argv) {
    printf("%-10s %7s %10s %10s %10s %10s\n", "store", "workers", "tasks/s", "by 16", "trials/s",
           "us/trial");
    fflush(stdout);
    for (int i = 1; i < argc; i++) {
        workers_measure(argv[i]);
    }
    if (argc == 1) {
        char folder[] = "/tmp/ogive-bench-XXXXXX";
        char path[64];
        if (!mkdtemp(folder)) {
            return 1;
        }
        snprintf(path, sizeof path, "%s/store.ogive", folder);
        workers_measure(path);
        unlink(path);
        rmdir(folder);
    }
    return 0;
}
