/// Turning designs into trials on all cores, each distinct design once.
#pragma once

#include "ogive/workers.h"
#include "study/record.h"

enum { OG_EVALUATION_CHUNK = 4096, OG_EVALUATION_REASON_BYTES = 256 };

typedef struct og_evaluation og_evaluation;

/// A design that waits for its metrics, and its trial.
typedef struct og_evaluation_slot {
    og_trial* trial;     ///< design and number are set; `started` and `seconds` are the evaluator's
    double* objectives;  ///< shape: [objective_count]
    bool done;           ///< was answered
    char reason[OG_EVALUATION_REASON_BYTES];
} og_evaluation_slot;

/// Who finds the metrics of designs. Without one the threads of this process do.
typedef struct og_evaluator {
    void* context;

    /// Call og_evaluation_answer() for each slot (list: [count]), in any order, and return when all
    /// are answered, or when interrupted or late: then slots may stay as they are, and become no
    /// trials. Fails when nobody can answer; what this chunk had is dropped then.
    og_status (*evaluate)(void* context, og_evaluation* evaluation,
                          og_evaluation_slot* const* slots, int count);
} og_evaluator;

/// How designs are evaluated, and when to stop.
struct og_evaluation {
    const og_problem* problem;
    og_record* record;
    og_evaluator evaluator;         ///< `evaluate` NULL = the threads of this process
    og_workers* workers;            ///< all of them
    og_workers* solo;               ///< one, for what is not worth waking others
    const volatile int* interrupt;  ///< may be NULL
    double origin;                  ///< clock when the study began, runs before this one included
    double deadline;                ///< clock after which no evaluation starts, INFINITY = none
    og_source source;               ///< of the designs
    double pace;                    ///< seconds of one evaluation, as seen lately
    og_arena* scratch;              ///< of the caller's thread
    og_evaluation_slot* slots;
};

/// Start `jobs` threads (0 = all processors) that end with og_evaluation_stop().
og_status og_evaluation_start(og_arena* work, const og_problem* problem, og_record* record,
                              int jobs, og_evaluation* evaluation);
void og_evaluation_stop(og_evaluation* evaluation);

/// Designs that are worth evaluating at once so that about 0.1 s passes, of `left`; 1 ..
/// OG_EVALUATION_CHUNK. With an evaluator of its own, as many as there are.
int og_evaluation_chunk(const og_evaluation* evaluation, int64_t left);

/// Make the next trials from `count` <= OG_EVALUATION_CHUNK designs x (shape: [count][width]), all
/// of them or, when interrupted or late, the first ones. `*made` receives how many, `objectives`
/// (shape: [count][objective_count]) theirs. Fails as its evaluator does.
og_status og_evaluation_run(og_evaluation* evaluation, int count, const double* x,
                            double* objectives, int* made);

/// The evaluator of this process: its threads answer the slots (list: [count]).
void og_evaluation_simulate(og_evaluation* evaluation, og_evaluation_slot* const* slots, int count);

/// Answer a slot: judge its design by y (shape: [model->metric_count], read when `outcome` is
/// OG_FEASIBLE). Not for two slots at once with one `scratch`.
void og_evaluation_answer(const og_evaluation* evaluation, og_evaluation_slot* slot,
                          og_outcome outcome, const double* y, const char* reason,
                          og_arena* scratch);

/// Judge a recorded trial again from its metrics. False when that gives another loss or violation
/// than the recorded.
bool og_evaluation_replay(const og_evaluation* evaluation, const og_trial* trial,
                          double* objectives);
