/// Comparisons: search methods against each other, over environments and seeds, at an equal number
/// of evaluations; and tuning, one method searching the options of another.
///
///     og_compare_plan plan;
///     OG_TRY(og_compare_load(arena, "compare.yaml", NULL, 0, &plan));
///     OG_TRY(og_compare_run(arena, &plan, &(og_compare_options){.journal = "runs"}, &result));
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/statistics.h"
#include "ogive/study.h"

/// One search method with its options.
typedef struct og_compare_agent {
    const char* label;  ///< unique in the comparison
    const char* where;  ///< place for messages
    const char* agent;
    const og_assignment* options;
    int option_count;
    int batch;  ///< designs asked for at once, 0 = the agent's own size
    const og_assignment* environment_options;  ///< what environments are opened with for this
                                               ///< agent, over their own options: another encoding
                                               ///< of the same designs
    int environment_option_count;
} og_compare_agent;

/// What the best possible value is taken to be.
typedef enum og_optimum {
    OG_OPTIMUM_BEST_KNOWN,  ///< the best of all runs
    OG_OPTIMUM_EXHAUSTIVE,  ///< found by evaluating every design
    OG_OPTIMUM_GIVEN,
} og_optimum;

/// One task that all agents get.
typedef struct og_compare_environment {
    const char* label;  ///< unique in the comparison
    const char* where;  ///< place for messages
    og_plan plan;       ///< environment, options, space, metrics, objectives, constraints
    og_optimum optimum;
    double optimum_value;     ///< OG_OPTIMUM_GIVEN: value of the objective; several objectives: the
                              ///< hypervolume
    const double* reference;  ///< several objectives: the point that hypervolumes are measured
                              ///< from, in the objectives' own senses, shape: [objective_count];
                              ///< NULL = the worst of the random sample
} og_compare_environment;

/// A comparison as the user describes it; docs/compare.md.
typedef struct og_compare_plan {
    const og_compare_environment* environments;  ///< list: [environment_count]
    int environment_count;
    const og_compare_agent* agents;  ///< list: [agent_count]
    int agent_count;
    const uint64_t* seeds;  ///< list: [seed_count]
    int seed_count;
    const int64_t* budgets;  ///< evaluations at which results are told, increasing, list:
                             ///< [budget_count]; the last one is the length of a run
    int budget_count;
    const char* versus;     ///< label of the agent that the others are tested against; NULL = in
                            ///< each environment the one with the best mean rank
    int sample;             ///< random designs that regret is normalised by
    double tolerance;       ///< normalised regret up to which a run has reached the optimum
    bool rank_by_run;       ///< blocks of the ranks: each run (environment and seed), else each
                            ///< environment by its medians
    const char* directory;  ///< where results are written; NULL = not given
} og_compare_plan;

/// Read a compare file, changed by `assignments` ("budget=100", list: [count]). Unknown keys, names
/// and wrong values fail with file:line:column and the nearest valid name.
og_status og_compare_load(og_arena* arena, const char* path, const char* const* assignments,
                          int count, og_compare_plan* plan);

/// Read a comparison from text; `name` stands for the file in messages.
og_status og_compare_parse(og_arena* arena, const char* text, size_t size, const char* name,
                           const char* const* assignments, int count, og_compare_plan* plan);

/// A look at a running comparison.
typedef struct og_compare_progress {
    const char* doing;  ///< "trying all designs of dram", "runs"
    int64_t runs_done, runs;
    int64_t evaluations, evaluations_all;  ///< of the runs, those read from the journal included
    int64_t evaluations_read;              ///< of them from the journal
} og_compare_progress;

/// How to run, as opposed to what: nothing of this changes the results.
typedef struct og_compare_options {
    int jobs;             ///< runs at the same time, each on one thread; 0 = all processors
    const char* journal;  ///< file that finished runs are kept in and taken from, made when it is
                          ///< missing; NULL = none
    const volatile int* interrupt;  ///< ends the comparison when it becomes non-zero; may be NULL
    /// About ten times a second, from any thread, never from two at once; may be NULL.
    void (*progress)(void* context, const og_compare_progress* progress);
    void* progress_context;
} og_compare_options;

/// One run: what was best after how many evaluations.
typedef struct og_compare_curve {
    int64_t
        evaluations;    ///< made; fewer than the budget when the agent had nothing left to propose
    int64_t count;      ///< improvements
    const int64_t* at;  ///< after so many evaluations, increasing, list: [count]
    const double* values;  ///< the objectives, to be minimised, shape: [count][objective_count]; of
                           ///< several objectives each design that was not dominated when it came
    int64_t simulated;     ///< evaluations that were simulated, the others were in memory
    double agent_seconds;  ///< processor time of ask and tell
    double simulator_seconds;  ///< and of the simulations
} og_compare_curve;

/// What is known of one agent at one budget, over the seeds.
typedef struct og_compare_cell {
    og_quartiles value;   ///< of the objective in its own sense; of several, the hypervolume
    og_quartiles regret;  ///< (value - optimum) / (median of random designs - optimum); of several
                          ///< objectives, the missing part of the optimum's hypervolume
    og_quartiles raw;     ///< value - optimum, negative when a given optimum is beaten
    double regret_low, regret_high;  ///< 95 % interval of the median regret (bootstrap)
    double hits;                     ///< share of runs that reached the optimum
    double improvement;  ///< RI of Yang, Esperanca and Carlucci, "NAS evaluation is frustratingly
                         ///< hard" (ICLR 2020): mean value against the mean random design, percent
    double effect;       ///< A12 against the agent of og_compare_table.versus, > 0.5 is better
    double p;            ///< Wilcoxon, paired by seed, adjusted by Holm; NaN for that agent itself
    double rank;         ///< mean over the seeds, 1 = best
} og_compare_cell;

/// All about one environment.
typedef struct og_compare_table {
    const char* label;
    const char* objective;  ///< "minimize power_mw", "maximize hypervolume of ..."
    bool maximize;
    int objective_count;
    double designs;  ///< feasible ones of the space, as og_space.size
    og_optimum optimum_kind;
    double optimum;                     ///< in the objective's own sense
    double random_median, random_mean;  ///< of random designs, in the same sense
    double random_share;                ///< of them that are feasible and hold all constraints
    const double* reference;            ///< of hypervolumes, shape: [objective_count]
    int versus;                         ///< index of the agent that the others are tested against
    const og_compare_curve* curves;     ///< shape: [agent_count][seed_count]
    const double* values;               ///< value, to be minimised, +INFINITY = none yet, shape:
                                        ///< [agent_count][seed_count][budget_count]
    const double* regrets;              ///< normalised, the same shape
    const og_compare_cell* cells;       ///< shape: [agent_count][budget_count]
    const double* agent_seconds;        ///< a proposal, shape: [agent_count]
    double simulator_seconds;           ///< a simulation
    int64_t simulated;                  ///< simulations in all
    const int64_t* steps;               ///< of the convergence, list: [step_count]
    int step_count;
    const og_quartiles* convergence;  ///< of the regret, shape: [agent_count][step_count]
} og_compare_table;

/// What is known of one agent at one budget over all environments.
typedef struct og_compare_overall {
    og_quartiles regret;     ///< over the environments, of the median regret in each
    double hits;             ///< share of all runs that reached the optimum
    double rank;             ///< mean over all runs, 1 = best
    int wins, ties, losses;  ///< environments where it differs from og_compare_table.versus (p <
                             ///< 0.05, adjusted by Holm) for the better, does not, differs for the
                             ///< worse; those where it is that agent itself are left out
} og_compare_overall;

/// What a comparison gave. Lives in the caller's arena.
typedef struct og_compare_result {
    const og_compare_plan* plan;
    const og_compare_table* tables;     ///< list: [plan->environment_count]
    const og_compare_overall* overall;  ///< shape: [agent_count][budget_count]
    const double* overall_convergence;  ///< median over environments of the median regret, at the
                                        ///< steps of the tables, shape: [agent_count][step_count]
    int blocks;                         ///< that ranks are over
    const double* mean_ranks;  ///< at the last budget, list: [agent_count]; NULL = one agent
    og_friedman_result friedman;
    double critical_difference;  ///< Nemenyi, 5 %
    int64_t runs_read;           ///< runs that came from the journal
    bool interrupted;            ///< nothing but this and runs_read is set then
    double seconds;              ///< wall time
} og_compare_result;

/// Run a comparison. Results do not depend on jobs, interruptions or what came from the journal;
/// only times do.
og_status og_compare_run(og_arena* arena, const og_compare_plan* plan,
                         const og_compare_options* options, og_compare_result* result);

/// A tuning as the user describes it: one agent searches the options of another. docs/compare.md.
typedef struct og_tune_plan {
    og_compare_plan compare;  ///< the tuned agent alone, on the seeds that it is tuned on; its last
                              ///< budget counts
    const og_assignment* space;  ///< what options are held to, list: [space_count]: one value where
                                 ///< an option is not tuned
    int space_count;
    bool by_rank;        ///< tune for the mean rank against the default, else for the mean regret
    int held_out;        ///< seeds that the result is measured on, other than those tuned on
    int lottery;         ///< random settings measured beside it
    og_plan search;      ///< agent, budget, seed and batch of the search
    const char* output;  ///< folder; NULL = not given
} og_tune_plan;

/// Read a tune file, changed by `assignments` (list: [count]), as og_compare_load() does.
og_status og_tune_load(og_arena* arena, const char* path, const char* const* assignments, int count,
                       og_tune_plan* plan);

/// How to tune, as opposed to what.
typedef struct og_tune_options {
    og_study_options study;  ///< of the search
    const char* store;       ///< of the search; NULL = in memory
    const char* journal;     ///< of the runs, as in og_compare_options
    void (*progress)(void* context, const og_compare_progress* progress);  ///< of the final runs
    void* progress_context;
} og_tune_options;

/// What a tuning gave. Lives in the caller's arena.
typedef struct og_tune_result {
    og_study_result study;     ///< trials are settings of the agent
    const og_parameter* rows;  ///< the agent's options, list: [row_count]
    int row_count;
    const double* initial;      ///< options before, list: [row_count]
    const double* tuned;        ///< and after
    og_compare_plan plan;       ///< of the final comparison: agents "default" and "tuned", then the
                                ///< random settings
    og_compare_result compare;  ///< on the held-out seeds
    bool interrupted;           ///< then only `study` is set, or nothing
} og_tune_result;

/// Tune: search the settings, then measure default, tuned and random settings on held-out seeds.
/// The file is read again by the search, with the same assignments.
og_status og_tune_run(og_arena* arena, const char* path, const char* const* assignments, int count,
                      const og_tune_options* options, og_tune_result* result);
