/// The trials of a running study in memory, found again by their design.
#pragma once

#include "study/problem.h"

typedef struct og_record_block og_record_block;

/// A growing list of trials. Trials never move.
typedef struct og_record {
    og_arena* arena;  ///< keeps the trials
    og_arena* work;   ///< keeps the rest
    const og_problem* problem;
    og_record_block** blocks;
    int64_t block_capacity;
    int64_t count;      ///< trials
    int64_t evaluated;  ///< of them not served from the record
    int64_t best;       ///< number of the best trial, -1 = none feasible that holds all constraints
    uint64_t* hashes;   ///< open addressing, shape: [index_capacity]
    int64_t* numbers;   ///< -1 = free
    int64_t index_capacity, index_used;
    double* canonical[2];     ///< two designs to compare, shape: [table.count]
    const char* reasons[16];  ///< lately used, so that equal ones share memory
} og_record;

/// An empty record of `problem`.
og_record* og_record_create(og_arena* arena, og_arena* work, const og_problem* problem);

/// Trial `number` below count, or one that was reserved.
og_trial* og_record_at(const og_record* record, int64_t number);

/// Make room for trial `number` >= count: its design is a copy of x, its metrics (writable, shape:
/// [metric_count]) are NaN.
og_trial* og_record_reserve(og_record* record, int64_t number, const double* x);

/// Metrics of a trial in the record, to be written.
double* og_record_metrics(const og_record* record, int64_t number);

/// A copy of `reason` that lives as long as the trials.
const char* og_record_reason(og_record* record, const char* reason);

/// The first other trial, reserved ones included, whose design the model cannot tell from that of
/// `number`; -1 = none before it, and `number` is from now on found as the first.
int64_t og_record_twin(og_record* record, int64_t number);

/// Count the next trial, which was reserved, as complete.
void og_record_complete(og_record* record);

/// All trials in one list, in the arena of the trials.
og_trial* og_record_list(const og_record* record);
