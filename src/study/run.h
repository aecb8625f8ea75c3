/// The parts of a running study, for the files that start, resume and drive it.
#pragma once

#include "study/designs.h"
#include "study/evaluation.h"
#include "study/outsider.h"
#include "study/store.h"

/// The agent of a study that has imported trials alone.
#define OG_RUN_NO_AGENT "none"

/// The agent of a study whose designs a program proposes.
#define OG_RUN_OUTSIDER "proposer"

/// The environment of a study whose designs the caller evaluates, see session.h.
#define OG_RUN_CALLER "caller"

/// A study while it runs. The result, the model and the trials live in the caller's arena, all else
/// in `work`.
typedef struct og_run og_run;

/// Who takes part in a study besides its simulator and its agent; any may be missing.
typedef struct og_run_company {
    og_evaluator evaluator;  ///< finds metrics in place of the simulator
    og_proposer proposer;    ///< proposes in place of the plan's program
    void* context;           ///< of the following

    /// The study is about to go through its trials; `run` lives until it has.
    void (*begin)(void* context, og_run* run);

    /// Wait until trials from `run->position` on may be made; `*most`, how many are wanted, may be
    /// lessened. Anything when the study is interrupted meanwhile.
    og_status (*admit)(void* context, og_run* run, int64_t* most);
} og_run_company;

/// A design that somebody asked for while the study runs.
typedef struct og_run_wish {
    struct og_run_wish* next;
    const double* x;
} og_run_wish;

typedef struct og_dispatch og_dispatch;

/// What the agent told of itself and the store does not have yet.
typedef struct og_run_diagnosis {
    og_recorded_diagnostic* list;  ///< list: [count]
    int64_t count, room;
    int64_t next;  ///< trials before which it is not asked again
} og_run_diagnosis;

struct og_run {
    og_arena* arena;
    og_arena* work;
    const og_plan* plan;
    const og_study_options* options;
    og_run_company company;
    og_model model;
    og_problem* problem;
    og_agent* agent;        ///< NULL with a proposer
    og_outsider* outsider;  ///< NULL before it is started
    og_store* store;        ///< NULL = in memory only
    og_store_entry entry;
    og_record* record;
    og_evaluation evaluation;
    bool evaluating;           ///< `evaluation` is started
    og_dispatch* dispatch;     ///< workers evaluate; NULL = they do not
    og_designs enqueued;       ///< designs that the user gave
    int64_t imported;          ///< trials at the beginning that were evaluated elsewhere
    int64_t recorded;          ///< trials of earlier runs
    int64_t position;          ///< trials gone through in this run, those of earlier runs first
    int64_t written;           ///< trials in the store
    int64_t simulated_before;  ///< of earlier runs, evaluated
    bool stopped;              ///< somebody asked for the end
    og_plan extended;          ///< the plan with a budget that somebody extended, see `plan`
    og_run_diagnosis diagnosis;
    og_run_wish* wishes;    ///< designs to be evaluated between batches, in order
    int64_t heard;          ///< number of the request that was done last
    bool timing;            ///< the study's clock runs: replay is over
    double began;           ///< clock at the start of this run
    double flushed, shown;  ///< clock when the store was last written, progress last shown
    double agent_seconds, store_seconds;
    double* x;           ///< the batch, or what was given; shape: [room][table.count]
    double* objectives;  ///< shape: [room][objective_count]
    og_told* told;       ///< list: [room]
};

/// Run `plan` on the given types instead of the registered ones that it names.
og_status og_study_run_with(og_arena* arena, const og_plan* plan, const og_environment* environment,
                            const og_agent_type* type, const og_study_options* options,
                            og_study_result* result);

/// Likewise, with others who take part.
og_status og_study_run_among(og_arena* arena, const og_plan* plan,
                             const og_environment* environment, const og_agent_type* type,
                             const og_run_company* company, const og_study_options* options,
                             og_study_result* result);

/// The agent that the plan names, NULL with a proposer. Fails when it names none or both.
og_status og_run_find_agent(const og_plan* plan, const og_agent_type** type);

/// Open environment and agent (`type` NULL: none, and no budget), compile the problem, judge the
/// default design, describe all in `run->entry`.
og_status og_run_start(og_run* run, const og_environment* environment, const og_agent_type* type);

/// Open the store and take the study in it: a new one, or the recorded one with its trials.
og_status og_run_resume(og_run* run);

/// Bring the store up to date: all trials, and why the study stopped.
og_status og_run_flush(og_run* run, og_stop stop);

/// Do what others ask of the study through its store.
og_status og_run_obey(og_run* run);

/// True when the study has to stop now: interrupted, late, or asked to.
bool og_run_stops(const og_run* run);

/// How long this run tries to reach its server again.
og_patience og_run_patience(const og_run* run);

/// Read the designs that the plan enqueues.
og_status og_run_load_given(og_run* run);

/// The first `count` designs into x: imported ones, then enqueued ones, then recorded ones.
void og_run_fill_given(const og_run* run, double* x, int64_t count);
