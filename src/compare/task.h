/// One environment of a comparison, opened once and shared by all runs on it.
#pragma once

#include <stdatomic.h>

#include "compare/memo.h"
#include "ogive/compare.h"
#include "study/problem.h"

/// Read-only after og_task_open(), but for its memo.
typedef struct og_task {
    const og_compare_environment* environment;
    og_model model;
    og_problem* problem;
    double* features;  ///< list: [model.feature_count]
    bool timed;        ///< simulations are slow enough to be timed one by one
    og_memo* memo;     ///< NULL = simulate always; set by og_tasks_open()
    const int* kept;   ///< metrics in the memo, list: [kept_count]
    int kept_count;
} og_task;

/// What one design is worth.
typedef struct og_verdict {
    double* objectives;  ///< to minimise, given by the caller, shape: [objective_count]
    double loss, violation;
    bool failed;
} og_verdict;

/// How much was simulated, and for how long.
typedef struct og_effort {
    int64_t simulated;
    double seconds;  ///< of timed simulations
} og_effort;

/// Open the environment and compile the problem.
og_status og_task_open(og_arena* arena, const og_compare_environment* environment, og_task* task);

/// True when an objective, a constraint or a derived metric reads metric `metric` of the model.
bool og_task_reads(const og_task* task, int metric);

/// Judge design x. Any thread.
void og_task_judge(const og_task* task, const double* x, og_verdict* verdict, og_arena* scratch,
                   og_effort* effort);

/// Values of the options of `agent`. Fails with the place of the agent.
og_status og_task_settings(og_arena* arena, const og_compare_agent* agent,
                           const og_agent_type** type, og_settings* settings);

/// Start `agent` with `seed` on the task. Fails with the places of both.
og_status og_task_agent(og_arena* arena, const og_task* task, const og_compare_agent* agent,
                        uint64_t seed, og_agent** started);

/// What may end a run, and who is told how far it is.
typedef struct og_run_watch {
    const volatile int* interrupt;  ///< may be NULL
    atomic_llong* evaluations;      ///< counts up; may be NULL
    void (*tick)(void* context);    ///< called between batches; may be NULL
    void* context;
} og_run_watch;

/// Let `agent` search for `evaluations`. The curve lives in `arena`. False when interrupted.
bool og_task_run(og_arena* arena, const og_task* task, const og_compare_agent* agent, uint64_t seed,
                 int64_t evaluations, const og_run_watch* watch, og_compare_curve* curve);

/// Try the designs with numbers first <= number < end. False when interrupted.
bool og_task_enumerate(og_arena* arena, const og_task* task, int64_t first, int64_t end,
                       const og_run_watch* watch, og_compare_curve* curve);

/// Random designs of a task.
typedef struct og_sample {
    int64_t count, accepted;  ///< accepted: feasible, and all constraints hold
    double median, mean;      ///< of the accepted ones' loss, NaN when there are none
    double* worst;            ///< of each objective, shape: [objective_count]
    og_compare_curve curve;
} og_sample;

/// Draw `count` designs uniformly. False when interrupted.
bool og_task_sample(og_arena* arena, const og_task* task, int count, const og_run_watch* watch,
                    og_sample* sample);

/// Processor seconds of this thread.
double og_thread_seconds(void);
