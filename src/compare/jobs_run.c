// Doing jobs on all cores. What a job gives goes to the journal as one list of numbers: those of
// jobs_run_head, of a sample its own, then each improvement.

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "base/interrupt.h"
#include "compare/jobs.h"
#include "ogive/clock.h"
#include "ogive/text.h"

static const double jobs_run_progress_seconds = 0.1;
// How much of a recorded run is made again, and how slow a simulator may be for that.
static const int64_t jobs_run_check_evaluations = 1000;
static const double jobs_run_check_seconds = 0.2;
static const double jobs_run_check_pace = 5e-3;

enum {
    JOBS_RUN_EVALUATIONS,
    JOBS_RUN_SIMULATED,
    JOBS_RUN_AGENT_SECONDS,
    JOBS_RUN_SIMULATOR_SECONDS,
    JOBS_RUN_COUNT,
    JOBS_RUN_HEAD,
};
enum { JOBS_RUN_ACCEPTED, JOBS_RUN_MEDIAN, JOBS_RUN_MEAN, JOBS_RUN_SAMPLE };

// All that the threads share.
typedef struct jobs_run_shared {
    og_arena* arena;
    og_jobs* jobs;
    const og_compare_options* options;
    og_journal* journal;
    og_run_watch watch;
    atomic_llong evaluations;
    pthread_mutex_t mutex;  // of all below, the arena and the journal
    int64_t runs, runs_done, evaluations_read;
    const char* doing;
    double shown;
    og_status status;  // of the journal
    char* message;
} jobs_run_shared;

static void jobs_run_show(jobs_run_shared* shared, bool always) {
    const double now = og_clock_seconds();
    if (!shared->options->progress ||
        (!always && now - shared->shown < jobs_run_progress_seconds)) {
        return;
    }
    shared->shown = now;
    const og_compare_progress progress = {
        .doing = shared->doing,
        .runs_done = shared->runs_done,
        .runs = shared->runs,
        .evaluations = atomic_load(&shared->evaluations),
        .evaluations_all = shared->jobs->evaluations,
        .evaluations_read = shared->evaluations_read,
    };
    shared->options->progress(shared->options->progress_context, &progress);
}

static void jobs_run_tick(void* context) {
    jobs_run_shared* shared = context;
    if (shared->options->progress && pthread_mutex_trylock(&shared->mutex) == 0) {
        jobs_run_show(shared, false);
        pthread_mutex_unlock(&shared->mutex);
    }
}

static og_journal_entry jobs_run_encode(og_arena* arena, const og_job* job, int width) {
    const og_compare_curve* curve = &job->curve;
    const bool sample = job->kind == OG_JOB_SAMPLE;
    const int64_t count =
        JOBS_RUN_HEAD + (sample ? JOBS_RUN_SAMPLE + width : 0) + curve->count * (1 + width);
    double* values = OG_NEW(arena, double, count);
    values[JOBS_RUN_EVALUATIONS] = (double)curve->evaluations;
    values[JOBS_RUN_SIMULATED] = (double)curve->simulated;
    values[JOBS_RUN_AGENT_SECONDS] = curve->agent_seconds;
    values[JOBS_RUN_SIMULATOR_SECONDS] = curve->simulator_seconds;
    values[JOBS_RUN_COUNT] = (double)curve->count;
    double* next = values + JOBS_RUN_HEAD;
    if (sample) {
        next[JOBS_RUN_ACCEPTED] = (double)job->sample.accepted;
        // a journal holds finite numbers only
        next[JOBS_RUN_MEDIAN] = job->sample.accepted ? job->sample.median : 0;
        next[JOBS_RUN_MEAN] = job->sample.accepted ? job->sample.mean : 0;
        memcpy(next + JOBS_RUN_SAMPLE, job->sample.worst, (size_t)width * sizeof *next);
        next += JOBS_RUN_SAMPLE + width;
    }
    for (int64_t i = 0; i < curve->count; i++) {
        *next++ = (double)curve->at[i];
        memcpy(next, curve->values + i * width, (size_t)width * sizeof *next);
        next += width;
    }
    return (og_journal_entry){.key = job->key, .count = count, .values = values};
}

// False when the entry is not of the form of the job.
static bool jobs_run_decode(og_arena* arena, const og_journal_entry* entry, int sample_count,
                            int width, og_job* job) {
    const bool sample = job->kind == OG_JOB_SAMPLE;
    const int64_t head = JOBS_RUN_HEAD + (sample ? JOBS_RUN_SAMPLE + width : 0);
    const double* values = entry->values;
    const int64_t count = entry->count >= head ? (int64_t)values[JOBS_RUN_COUNT] : -1;
    if (count < 0 || entry->count != head + count * (1 + width)) {
        return false;
    }
    int64_t* at = OG_NEW(arena, int64_t, count);
    double* points = OG_NEW(arena, double, count* width);
    const double* next = values + head;
    for (int64_t i = 0; i < count; i++) {
        at[i] = (int64_t)*next++;
        memcpy(points + i * width, next, (size_t)width * sizeof *points);
        next += width;
    }
    job->curve = (og_compare_curve){.evaluations = (int64_t)values[JOBS_RUN_EVALUATIONS],
                                    .count = count,
                                    .at = at,
                                    .values = points,
                                    .simulated = (int64_t)values[JOBS_RUN_SIMULATED],
                                    .agent_seconds = values[JOBS_RUN_AGENT_SECONDS],
                                    .simulator_seconds = values[JOBS_RUN_SIMULATOR_SECONDS]};
    if (sample) {
        const double* own = values + JOBS_RUN_HEAD;
        const bool any = own[JOBS_RUN_ACCEPTED] > 0;
        double* worst = OG_NEW(arena, double, width);
        memcpy(worst, own + JOBS_RUN_SAMPLE, (size_t)width * sizeof *worst);
        job->sample = (og_sample){.count = sample_count,
                                  .accepted = (int64_t)own[JOBS_RUN_ACCEPTED],
                                  .median = any ? own[JOBS_RUN_MEDIAN] : NAN,
                                  .mean = any ? own[JOBS_RUN_MEAN] : NAN,
                                  .worst = worst,
                                  .curve = job->curve};
    }
    return true;
}

// A run is taken from the journal when it is long enough, or ended because nothing was left to
// propose. Only curves shorter than their budget were ended so.
static void jobs_run_read(jobs_run_shared* shared, og_job* job) {
    const og_compare_plan* plan = shared->jobs->plan;
    const int64_t budget = plan->budgets[plan->budget_count - 1];
    const int width = shared->jobs->tasks[job->environment].problem->objective_count;
    const og_journal_entry* entry = og_journal_find(shared->journal, job->key);
    if (!entry || !jobs_run_decode(shared->arena, entry, plan->sample, width, job)) {
        return;
    }
    const bool exhausted = job->curve.evaluations < 0;  // kept negative, see jobs_run_finish()
    job->curve.evaluations = exhausted ? -job->curve.evaluations : job->curve.evaluations;
    job->done = job->kind != OG_JOB_RUN || exhausted || job->curve.evaluations >= budget;
    job->read = job->done;
    if (job->kind == OG_JOB_RUN && job->done) {
        shared->runs_done++;
        atomic_fetch_add(&shared->evaluations, budget);
        shared->evaluations_read += budget;
    }
}

// Called by one thread at a time.
static void jobs_run_finish(jobs_run_shared* shared, og_job* job, og_arena* scratch) {
    const og_compare_plan* plan = shared->jobs->plan;
    const int64_t budget = plan->budgets[plan->budget_count - 1];
    const int width = shared->jobs->tasks[job->environment].problem->objective_count;
    static const char* const kinds[] = {"sample", "part", "run"};
    job->done = true;
    shared->runs_done += job->kind == OG_JOB_RUN;
    if (!shared->journal || shared->status != OG_OK) {
        return;
    }
    og_job kept = *job;
    if (job->kind == OG_JOB_RUN && job->curve.evaluations < budget) {
        kept.curve.evaluations = -job->curve.evaluations;
        atomic_fetch_add(&shared->evaluations, budget - job->curve.evaluations);
    }
    const og_journal_entry entry = jobs_run_encode(scratch, &kept, width);
    shared->status = og_journal_add(shared->journal, kinds[job->kind], &entry);
    if (shared->status != OG_OK) {
        shared->message = og_text_format(shared->arena, "%s", og_error_text());
    }
}

static og_compare_curve jobs_run_copy(og_arena* arena, const og_compare_curve* curve, int width) {
    og_compare_curve copy = *curve;
    int64_t* at = OG_NEW(arena, int64_t, curve->count);
    double* values = OG_NEW(arena, double, curve->count* width);
    memcpy(at, curve->at, (size_t)curve->count * sizeof *at);
    memcpy(values, curve->values, (size_t)(curve->count * width) * sizeof *values);
    copy.at = at;
    copy.values = values;
    return copy;
}

static bool jobs_run_do(jobs_run_shared* shared, og_job* job, og_arena* scratch) {
    const og_compare_plan* plan = shared->jobs->plan;
    const og_task* task = og_jobs_task(shared->jobs, job);
    og_run_watch quiet = shared->watch;
    quiet.evaluations = NULL;
    bool whole = false;
    switch (job->kind) {
    case OG_JOB_SAMPLE:
        whole = og_task_sample(scratch, task, plan->sample, &quiet, &job->sample);
        job->curve = job->sample.curve;
        break;
    case OG_JOB_ENUMERATE:
        whole = og_task_enumerate(scratch, task, job->first, job->end, &quiet, &job->curve);
        break;
    case OG_JOB_RUN:
        whole = og_task_run(scratch, task, &plan->agents[job->agent], plan->seeds[job->seed],
                            plan->budgets[plan->budget_count - 1], &shared->watch, &job->curve);
        break;
    }
    return whole;
}

static const char* jobs_run_doing(jobs_run_shared* shared, const og_job* job) {
    if (job->kind == OG_JOB_RUN) {
        return "runs";
    }
    const char* label = shared->jobs->plan->environments[job->environment].label;
    return og_text_format(shared->arena, "%s of %s",
                          job->kind == OG_JOB_SAMPLE ? "random designs" : "all designs", label);
}

// Ends a check in time.
typedef struct jobs_run_clock {
    double end;
    volatile int late;
} jobs_run_clock;

static void jobs_run_clock_tick(void* context) {
    jobs_run_clock* clock = context;
    clock->late = og_clock_seconds() > clock->end;
}

static bool jobs_run_same_start(const og_compare_curve* again, const og_compare_curve* recorded,
                                int width) {
    int64_t count = 0;
    while (count < recorded->count && recorded->at[count] <= again->evaluations) {
        count++;
    }
    return again->count == count &&
           memcmp(again->at, recorded->at, (size_t)count * sizeof *again->at) == 0 &&
           memcmp(again->values, recorded->values,
                  (size_t)(count * width) * sizeof *again->values) == 0;
}

// A recorded run of an agent or environment whose program has changed since is no longer true.
static void jobs_run_check(jobs_run_shared* shared, const og_job* job, og_arena* scratch) {
    const og_compare_plan* plan = shared->jobs->plan;
    const og_task* task = og_jobs_task(shared->jobs, job);
    const og_compare_agent* agent = &plan->agents[job->agent];
    const int64_t simulated = job->curve.simulated > 0 ? job->curve.simulated : 1;
    if (job->curve.simulator_seconds / (double)simulated > jobs_run_check_pace) {
        return;
    }
    jobs_run_clock clock = {.end = og_clock_seconds() + jobs_run_check_seconds};
    const og_run_watch watch = {
        .interrupt = &clock.late, .tick = jobs_run_clock_tick, .context = &clock};
    const int64_t evaluations = job->curve.evaluations < jobs_run_check_evaluations
                                    ? job->curve.evaluations
                                    : jobs_run_check_evaluations;
    og_compare_curve again;
    og_task_run(scratch, task, agent, plan->seeds[job->seed], evaluations, &watch, &again);
    if (jobs_run_same_start(&again, &job->curve, task->problem->objective_count)) {
        return;
    }
    pthread_mutex_lock(&shared->mutex);
    shared->status = OG_ERROR_STORE;
    shared->message = og_text_format(
        shared->arena,
        "%s: %s does otherwise on %s than on record: the agent or the simulator has changed "
        "since; begin with a new record (--fresh)",
        shared->options->journal ? shared->options->journal : "the record", agent->label,
        task->environment->label);
    pthread_mutex_unlock(&shared->mutex);
}

static void jobs_run_work(void* context, int index, int worker, og_arena* scratch) {
    (void)worker;
    jobs_run_shared* shared = context;
    og_job* job = &shared->jobs->list[index];
    const volatile int* interrupt = shared->options->interrupt;
    if (og_interrupted(interrupt)) {
        return;
    }
    if (job->done) {
        if (job->checked) {
            jobs_run_check(shared, job, scratch);
        }
        return;
    }
    pthread_mutex_lock(&shared->mutex);
    shared->doing = jobs_run_doing(shared, job);
    pthread_mutex_unlock(&shared->mutex);
    const bool whole = jobs_run_do(shared, job, scratch);
    if (!whole) {
        return;
    }
    pthread_mutex_lock(&shared->mutex);
    const int width = shared->jobs->tasks[job->environment].problem->objective_count;
    job->curve = jobs_run_copy(shared->arena, &job->curve, width);
    if (job->kind == OG_JOB_SAMPLE) {
        double* worst = OG_NEW(shared->arena, double, width);
        memcpy(worst, job->sample.worst, (size_t)width * sizeof *worst);
        job->sample.worst = worst;
        job->sample.curve = job->curve;
    }
    jobs_run_finish(shared, job, scratch);
    jobs_run_show(shared, false);
    pthread_mutex_unlock(&shared->mutex);
}

// True for the first recorded run of each agent on each environment.
static bool jobs_run_is_first(const og_jobs* jobs, int index) {
    const og_job* job = &jobs->list[index];
    if (!job->read || job->kind != OG_JOB_RUN) {
        return false;
    }
    for (int i = index - job->seed; i < index; i++) {
        if (jobs->list[i].read) {
            return false;
        }
    }
    return true;
}

og_status og_jobs_run(og_arena* arena, og_jobs* jobs, const og_compare_options* options,
                      og_journal* journal, og_workers* workers, bool* interrupted) {
    jobs_run_shared shared = {
        .arena = arena, .jobs = jobs, .options = options, .journal = journal, .doing = "runs"};
    atomic_init(&shared.evaluations, 0);
    shared.watch = (og_run_watch){.interrupt = options->interrupt,
                                  .evaluations = &shared.evaluations,
                                  .tick = jobs_run_tick,
                                  .context = &shared};
    for (int i = 0; i < jobs->count; i++) {
        shared.runs += jobs->list[i].kind == OG_JOB_RUN;
        if (journal) {
            jobs_run_read(&shared, &jobs->list[i]);
            jobs->list[i].checked = jobs_run_is_first(jobs, i);
        }
    }
    if (pthread_mutex_init(&shared.mutex, NULL) != 0) {
        return og_fail(OG_ERROR_SYSTEM, "a mutex cannot be made");
    }
    og_workers_run(workers, jobs->count, jobs_run_work, &shared);
    pthread_mutex_destroy(&shared.mutex);
    if (shared.status != OG_OK) {
        return og_fail(shared.status, "%s", shared.message);
    }
    *interrupted = false;
    for (int i = 0; i < jobs->count; i++) {
        *interrupted = *interrupted || !jobs->list[i].done;
    }
    return OG_OK;
}
