/// Turning designs into trials on all cores, each distinct design once.
#pragma once

#include "ogive/workers.h"
#include "study/record.h"

enum { OG_EVALUATION_CHUNK = 4096 };

/// How designs are evaluated, and when to stop.
typedef struct og_evaluation {
    const og_problem* problem;
    og_record* record;
    og_workers* workers;            ///< all of them
    og_workers* solo;               ///< one, for what is not worth waking others
    const volatile int* interrupt;  ///< may be NULL
    double origin;                  ///< clock when the study began, runs before this one included
    double deadline;                ///< clock after which no evaluation starts, INFINITY = none
    og_source source;               ///< of the designs
    double pace;                    ///< seconds of one evaluation, as seen lately
    og_arena* scratch;              ///< of the caller's thread
    struct og_evaluation_slot* slots;
} og_evaluation;

/// Start `jobs` threads (0 = all processors) that end with og_evaluation_stop().
og_status og_evaluation_start(og_arena* work, const og_problem* problem, og_record* record,
                              int jobs, og_evaluation* evaluation);
void og_evaluation_stop(og_evaluation* evaluation);

/// Designs that are worth evaluating at once so that about 0.1 s passes, of `left`; 1 ..
/// OG_EVALUATION_CHUNK.
int og_evaluation_chunk(const og_evaluation* evaluation, int64_t left);

/// Make the next trials from `count` <= OG_EVALUATION_CHUNK designs x (shape: [count][width]), all
/// of them or, when interrupted or late, the first ones. Returns how many; `objectives` (shape:
/// [count][objective_count]) receives theirs.
int og_evaluation_run(og_evaluation* evaluation, int count, const double* x, double* objectives);

/// Judge a recorded trial again from its metrics. False when that gives another loss or violation
/// than the recorded.
bool og_evaluation_replay(const og_evaluation* evaluation, const og_trial* trial,
                          double* objectives);
