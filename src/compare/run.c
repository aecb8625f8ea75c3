// Searches without a record: the batches of a study (src/study/run.c), of which only what improved
// is kept. Batches have one size and are told only when complete, as there.

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "compare/task.h"

enum { RUN_CHUNK = 256, RUN_SAMPLE_STREAM = 20 };

// A curve while it grows. Of several objectives, `front` holds the rows that are not dominated.
typedef struct run_curve {
    og_arena* arena;
    int width;
    int64_t count, capacity;
    int64_t* at;
    double* values;
    int64_t* front;
    int64_t front_count;
    og_effort effort;
} run_curve;

static void run_curve_grow(run_curve* curve) {
    const size_t width = (size_t)curve->width;
    const int64_t capacity = curve->capacity ? 2 * curve->capacity : 64;
    int64_t* at = OG_NEW(curve->arena, int64_t, capacity);
    int64_t* front = OG_NEW(curve->arena, int64_t, capacity);
    double* values = OG_NEW(curve->arena, double, (size_t)capacity* width);
    if (curve->count > 0) {
        memcpy(at, curve->at, (size_t)curve->count * sizeof *at);
        memcpy(front, curve->front, (size_t)curve->front_count * sizeof *front);
        memcpy(values, curve->values, (size_t)curve->count * width * sizeof *values);
    }
    curve->at = at;
    curve->front = front;
    curve->values = values;
    curve->capacity = capacity;
}

static bool run_weakly_dominates(const double* a, const double* b, int width) {
    for (int i = 0; i < width; i++) {
        if (a[i] > b[i]) {
            return false;
        }
    }
    return true;
}

// Keep the verdict of evaluation `at` when it is better than all before, or not dominated.
static void run_curve_add(run_curve* curve, int64_t at, const og_verdict* verdict) {
    const size_t width = (size_t)curve->width;
    if (verdict->failed || verdict->violation > 0) {
        return;
    }
    for (int64_t i = 0; i < curve->front_count; i++) {
        const double* row = curve->values + (size_t)curve->front[i] * width;
        if (run_weakly_dominates(row, verdict->objectives, curve->width)) {
            return;
        }
    }
    int64_t kept = 0;
    for (int64_t i = 0; i < curve->front_count; i++) {
        const double* row = curve->values + (size_t)curve->front[i] * width;
        if (!run_weakly_dominates(verdict->objectives, row, curve->width)) {
            curve->front[kept++] = curve->front[i];
        }
    }
    curve->front_count = kept;
    if (curve->count == curve->capacity) {
        run_curve_grow(curve);
    }
    curve->front[curve->front_count++] = curve->count;
    curve->at[curve->count] = at;
    memcpy(curve->values + (size_t)curve->count * width, verdict->objectives,
           width * sizeof *curve->values);
    curve->count++;
}

// The curve as a list; only what is on the last front when `front_only`.
static og_compare_curve run_curve_end(const run_curve* curve, og_arena* arena, int64_t evaluations,
                                      bool front_only) {
    const int64_t count = front_only ? curve->front_count : curve->count;
    const size_t width = (size_t)curve->width;
    int64_t* at = OG_NEW(arena, int64_t, count);
    double* values = OG_NEW(arena, double, (size_t)count* width);
    for (int64_t i = 0; i < count; i++) {
        const int64_t row = front_only ? curve->front[i] : i;
        at[i] = curve->at[row];
        memcpy(values + (size_t)i * width, curve->values + (size_t)row * width,
               width * sizeof *values);
    }
    return (og_compare_curve){.evaluations = evaluations,
                              .count = count,
                              .at = at,
                              .values = values,
                              .simulated = curve->effort.simulated,
                              .simulator_seconds = curve->effort.seconds};
}

static bool run_interrupted(const og_run_watch* watch, int64_t made) {
    if (watch->evaluations) {
        atomic_fetch_add_explicit(watch->evaluations, made, memory_order_relaxed);
    }
    if (watch->tick) {
        watch->tick(watch->context);
    }
    return og_interrupted(watch->interrupt);
}

// A search under way, in an arena of its own.
typedef struct run_search {
    const og_task* task;
    og_agent* agent;
    og_arena* arena;
    og_arena* scratch;
    int batch;
    double* x;           // shape: [batch][width of the space]
    double* objectives;  // shape: [batch][objective_count]
    og_told* told;       // list: [batch]
    run_curve curve;
    double agent_seconds;
} run_search;

static void run_prepare(run_search* search, int batch) {
    const og_problem* problem = search->task->problem;
    search->batch = batch > 0 ? batch : search->agent->type->batch(search->agent);
    const size_t rows = (size_t)search->batch;
    search->x = OG_NEW(search->arena, double, rows*(size_t)problem->space->count);
    search->objectives = OG_NEW(search->arena, double, rows*(size_t)problem->objective_count);
    search->told = OG_NEW(search->arena, og_told, rows);
    search->curve = (run_curve){.arena = search->arena, .width = problem->objective_count};
}

// Evaluate the first `count` designs of the batch; `before` were evaluated before it.
static void run_evaluate(run_search* search, int count, int64_t before) {
    const og_problem* problem = search->task->problem;
    const double start = search->task->timed ? 0 : og_thread_seconds();
    for (int i = 0; i < count; i++) {
        const double* x = search->x + (size_t)i * (size_t)problem->space->count;
        og_verdict verdict = {.objectives = search->objectives +
                                            (size_t)i * (size_t)problem->objective_count};
        og_task_judge(search->task, x, &verdict, search->scratch, &search->curve.effort);
        run_curve_add(&search->curve, before + i + 1, &verdict);
        search->told[i] = (og_told){.x = x,
                                    .objectives = verdict.objectives,
                                    .loss = verdict.loss,
                                    .violation = verdict.violation,
                                    .failed = verdict.failed};
    }
    if (!search->task->timed) {
        search->curve.effort.seconds += og_thread_seconds() - start;
    }
}

// One batch. Returns how many evaluations it made; 0 = the agent has nothing left.
static int run_batch(run_search* search, int64_t before, int64_t budget) {
    const og_agent_type* type = search->agent->type;
    double start = og_thread_seconds();
    const int count = type->ask(search->agent, search->batch, search->x);
    search->agent_seconds += og_thread_seconds() - start;
    assert(count >= 0 && count <= search->batch);
    const int made = budget - before < count ? (int)(budget - before) : count;
    run_evaluate(search, made, before);
    if (made == count && count > 0 && type->tell) {
        start = og_thread_seconds();
        type->tell(search->agent, count, search->told);
        search->agent_seconds += og_thread_seconds() - start;
    }
    return made;
}

bool og_task_run(og_arena* arena, const og_task* task, const og_compare_agent* agent, uint64_t seed,
                 int64_t evaluations, const og_run_watch* watch, og_compare_curve* curve) {
    run_search search = {.task = task, .arena = og_arena_create(), .scratch = og_arena_create()};
    const og_status status = og_task_agent(search.arena, task, agent, seed, &search.agent);
    assert(status == OG_OK && "the agent was started on this task before");
    (void)status;
    run_prepare(&search, agent->batch);
    int64_t made = 0;
    int last = 1;
    bool interrupted = false;
    while (!interrupted && last > 0 && made < evaluations) {
        last = run_batch(&search, made, evaluations);
        made += last;
        interrupted = run_interrupted(watch, last);
    }
    interrupted = interrupted && made < evaluations;
    *curve = run_curve_end(&search.curve, arena, made, false);
    curve->agent_seconds = search.agent_seconds;
    og_arena_destroy(search.scratch);
    og_arena_destroy(search.arena);
    return !interrupted;
}

bool og_task_enumerate(og_arena* arena, const og_task* task, int64_t first, int64_t end,
                       const og_run_watch* watch, og_compare_curve* curve) {
    const og_problem* problem = task->problem;
    og_arena* work = og_arena_create();
    og_arena* scratch = og_arena_create();
    run_curve best = {.arena = work, .width = problem->objective_count};
    double* x = OG_NEW(work, double, problem->space->count);
    og_verdict verdict = {.objectives = OG_NEW(work, double, problem->objective_count)};
    bool interrupted = false;
    const double start = og_thread_seconds();
    for (int64_t i = first; i < end && !interrupted; i++) {
        og_space_design(problem->space, (uint64_t)i, x);
        og_task_judge(task, x, &verdict, scratch, &best.effort);
        run_curve_add(&best, i - first + 1, &verdict);
        if ((i - first) % RUN_CHUNK == RUN_CHUNK - 1) {
            interrupted = run_interrupted(watch, RUN_CHUNK);
        }
    }
    if (!task->timed) {
        best.effort.seconds = og_thread_seconds() - start;
    }
    *curve = run_curve_end(&best, arena, end - first, true);
    og_arena_destroy(scratch);
    og_arena_destroy(work);
    return !interrupted;
}

static void run_sample_end(og_sample* sample, double* losses, og_arena* scratch) {
    const og_quartiles quartiles = og_quartiles_of(scratch, losses, (int)sample->accepted);
    sample->median = quartiles.median;
    sample->mean = quartiles.mean;
}

bool og_task_sample(og_arena* arena, const og_task* task, int count, const og_run_watch* watch,
                    og_sample* sample) {
    const og_problem* problem = task->problem;
    og_arena* work = og_arena_create();
    og_arena* scratch = og_arena_create();
    og_random random = og_random_make(0, RUN_SAMPLE_STREAM);
    run_curve best = {.arena = work, .width = problem->objective_count};
    double* x = OG_NEW(work, double, problem->space->count);
    double* losses = OG_NEW(work, double, count);
    og_verdict verdict = {.objectives = OG_NEW(work, double, problem->objective_count)};
    *sample = (og_sample){.count = count, .worst = OG_NEW(arena, double, best.width)};
    bool interrupted = false;
    for (int i = 0; i < count && !interrupted; i++) {
        og_space_sample(problem->space, &random, x);
        const double start = task->timed ? 0 : og_thread_seconds();
        og_task_judge(task, x, &verdict, scratch, &best.effort);
        best.effort.seconds += task->timed ? 0 : og_thread_seconds() - start;
        run_curve_add(&best, i + 1, &verdict);
        interrupted = run_interrupted(watch, 0);
        if (verdict.failed || verdict.violation > 0) {
            continue;
        }
        for (int k = 0; k < best.width; k++) {
            const double value = verdict.objectives[k];
            const bool worse = sample->accepted == 0 || value > sample->worst[k];
            sample->worst[k] = worse ? value : sample->worst[k];
        }
        losses[sample->accepted++] = verdict.loss;
    }
    run_sample_end(sample, losses, scratch);
    sample->curve = run_curve_end(&best, arena, count, true);
    og_arena_destroy(scratch);
    og_arena_destroy(work);
    return !interrupted;
}
