/// Studies: one search with its budget, its seed and its record. The only room that sees both the
/// agent and the environment.
///
///     og_plan plan;
///     OG_TRY(og_plan_load(arena, "study.yaml", &plan));
///     OG_TRY(og_study_run(arena, &plan, &(og_study_options){.jobs = 2}, &result));
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/agent.h"
#include "ogive/environment.h"
#include "ogive/store.h"

typedef enum og_sense { OG_MINIMIZE, OG_MAXIMIZE, OG_TARGET } og_sense;

/// What the user wants of one metric or expression over metrics and parameters.
typedef struct og_objective {
    og_sense sense;
    const char* expression;
    double target;      ///< OG_TARGET: the value to come near to, |metric - target| is minimised
    const char* where;  ///< place for messages ("study.yaml:3:14"), NULL = "objectives"
} og_objective;

/// A named expression over metrics (and parameters), reported like a metric.
typedef struct og_derived {
    const char* name;
    const char* unit;  ///< NULL = none
    const char* expression;
    const char* where;  ///< place for messages, NULL = "metrics"
} og_derived;

/// `key: value` as the user gave it, with the place for messages ("study.yaml:3:14" or "--set").
typedef struct og_assignment {
    const char* key;
    const char* value;
    const char* where;
} og_assignment;

/// Whether designs are shared with workers, worker.h.
typedef enum og_workers_choice {
    OG_WORKERS_DEFAULT,  ///< where the store is a server
    OG_WORKERS_YES,
    OG_WORKERS_NO,
} og_workers_choice;

/// A study as the user describes it. Every field is a key of the study file; docs/study-file.md.
typedef struct og_plan {
    const char* name;  ///< NULL = "<environment>-<agent>-<seed>"
    const char* environment;
    const char* environment_where;  ///< place for messages, NULL = "environment"
    const og_assignment* environment_options;
    int environment_option_count;
    const char* agent;
    const char* agent_where;  ///< place for messages, NULL = "agent"
    const og_assignment* agent_options;
    int agent_option_count;
    const og_assignment* space;  ///< parameter: value, or values separated by commas, that the
                                 ///< search is held to
    int space_count;
    const char* const* proposer;  ///< program and arguments that propose designs in place of an
                                  ///< agent, list: [proposer_word_count]
    int proposer_word_count;      ///< 0 = none
    double proposer_seconds;      ///< time limit of one answer, 0 = 600
    const og_derived* metrics;
    int metric_count;
    const og_objective* objectives;  ///< at least one
    int objective_count;
    const char* const* constraints;       ///< over parameters alone: no proposal breaks them; over
                                          ///< metrics: the violation is told to the agent
    const char* const* constraint_where;  ///< places for messages, list: [constraint_count]; NULL =
                                          ///< "constraints" for all
    int constraint_count;
    const char* enqueue;        ///< path of a CSV file of designs that are evaluated first, in the
                                ///< form that `ogive evaluate` reads; NULL = none
    const char* enqueue_where;  ///< place for messages, NULL = "enqueue"
    int64_t evaluations;  ///< budget in trials, 0 = no limit. Every trial counts, repeats as well
    double seconds;       ///< budget in wall seconds, 0 = no limit
    int batch;            ///< designs asked for at once, 0 = the agent's own size
    uint64_t seed;        ///< 1 in study files that give none
    const char* store;    ///< path or URL, NULL = in memory only
    og_workers_choice workers;
} og_plan;

/// Read a study file (YAML or JSON). Unknown keys, wrong types and values fail with
/// file:line:column and the nearest valid name.
og_status og_plan_load(og_arena* arena, const char* path, og_plan* plan);

/// Read a plan from text; `name` stands for the file in messages.
og_status og_plan_parse(og_arena* arena, const char* text, size_t size, const char* name,
                        og_plan* plan);

/// Set one key as on the command line: "agent.name=genetic", "agent.options.population=64",
/// "environment.options.workload=gemm", "budget.evaluations=100", "space.arbiter=[Fifo,Reorder]",
/// "constraints=[power_mw <= 1500]".
og_status og_plan_set(og_arena* arena, og_plan* plan, const char* assignment);

/// The plan as canonical YAML text; og_plan_parse() reads it back to an equal plan.
const char* og_plan_print(og_arena* arena, const og_plan* plan);

/// A look at a running study, for progress lines. Valid during the call.
typedef struct og_progress {
    const char* study;
    int64_t trials, budget;  ///< budget 0 = none in evaluations
    int64_t evaluated;       ///< trials that were simulated (not served from the record)
    double seconds, budget_seconds;
    const og_trial* best;    ///< NULL = none feasible so far
    const char* objective;   ///< of the first objective
    double objective_value;  ///< at the best trial
    bool replaying;          ///< resuming: going through recorded trials
} og_progress;

/// How to run, as opposed to what: none of this changes the record.
typedef struct og_study_options {
    int jobs;  ///< threads that evaluate, 0 = all processors
    const volatile int*
        interrupt;  ///< the study ends cleanly when this becomes non-zero; may be NULL
    void (*progress)(void* context,
                     const og_progress* progress);  ///< about ten times a second; may be NULL
    void* progress_context;
    bool fresh;       ///< refuse to resume: a study of this name must not exist
    bool coordinate;  ///< evaluate nothing here but the default design: workers do
    int attempts;  ///< workers that may be lost over one design before it counts as failed; 0 = 3
    double lost_after;  ///< as a worker's, for the threads of this process; 0 = 30
    double patience;    ///< seconds to try to reach a server that was lost; 0 = 300
} og_study_options;

/// What a run gave. Lives in the caller's arena.
typedef struct og_study_result {
    og_study_record record;
    og_trial* trials;      ///< all of them, list: [record.trial_count]
    int64_t resumed;       ///< trials that came from an earlier run
    int64_t evaluated;     ///< simulations of this run
    double seconds;        ///< wall time of this run
    double agent_seconds;  ///< of them in ask and tell
    double store_seconds;  ///< of them in the store
} og_study_result;

/// Run a plan: open the environment, start the agent, search until the budget is spent. When the
/// store already has a study of this name, it is resumed (replayed without evaluating, then
/// continued); it is refused when environment, space, agent, seed or objectives differ (the message
/// says which). The record is the same for any number of jobs and any number of interruptions.
og_status og_study_run(og_arena* arena, const og_plan* plan, const og_study_options* options,
                       og_study_result* result);

/// Evaluate given designs (shape: [count][space.count]) on all cores: trials (list: [count]) in
/// order.
og_status og_study_evaluate(og_arena* arena, const og_model* model, int64_t count, const double* x,
                            int jobs, og_trial** trials);

/// Trials of `trials` that no other one dominates in the objectives (feasible, no violation), by
/// number. `objectives` (shape: [count][objective_count], minimise). Returns how many are in
/// `front` (list).
int64_t og_front(const double* objectives, int64_t count, int objective_count, const bool* eligible,
                 int64_t* front);
