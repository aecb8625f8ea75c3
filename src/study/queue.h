/// Tasks in a store: designs of running studies that wait for their metrics, and the workers that
/// find them. A task is open, then held by a worker, then answered, then collected by the study,
/// and it is removed in the transaction that writes its trial.
#pragma once

#include "study/store.h"

/// Who registers, and for how long it is believed to live without a sign.
typedef struct og_queue_worker {
    const char* name;   ///< for people: host and process
    double lost_after;  ///< seconds
    int64_t id;         ///< set by og_queue_register()
} og_queue_worker;

/// The study's side. Put back what an earlier run had collected and not written, and remove tasks
/// of trials below `recorded`.
og_status og_queue_resume(og_store* store, int64_t study, int64_t recorded);

/// Publish designs x (shape: [count][width]) of trials `numbers` (list: [count], ascending). What
/// is there already with the same design stays as it is, answers too.
og_status og_queue_publish(og_store* store, int64_t study, int64_t count, const int64_t* numbers,
                           const double* x, int width);

/// What a worker found.
typedef struct og_queue_answer {
    int64_t number;  ///< of the trial
    og_outcome outcome;
    const double* y;     ///< metrics of the model, shape: [height]; NULL unless feasible
    const char* reason;  ///< "" when feasible
    double seconds;
} og_queue_answer;

/// Collect the answers of a study to trials `first` .. `last` (list: [*count], in `arena`). Those
/// to later trials, which an earlier run published, wait until this run is there.
og_status og_queue_collect(og_store* store, og_arena* arena, int64_t study, int64_t first,
                           int64_t last, int height, og_queue_answer** answers, int64_t* count);

/// Open again what lost workers held; what lost its worker `attempts` times is answered as failed.
og_status og_queue_recover(og_store* store, int64_t study, int attempts);

/// Remove the tasks of a study that have no answer.
og_status og_queue_withdraw(og_store* store, int64_t study);

/// Remove the tasks of trials below `recorded`. Within a transaction.
og_status og_queue_forget(og_store* store, int64_t study, int64_t recorded);

/// The worker's side.
og_status og_queue_register(og_store* store, og_queue_worker* worker);

/// Say that the worker lives; `*known` is false when it was given up as lost.
og_status og_queue_beat(og_store* store, const og_queue_worker* worker, bool* known);

/// Give back all that the worker holds, and forget it.
og_status og_queue_leave(og_store* store, const og_queue_worker* worker);

/// Studies with open tasks.
typedef struct og_queue_study {
    int64_t id;
    int64_t open;      ///< tasks that never lost a worker
    int64_t suspects;  ///< those that did
} og_queue_study;

/// All of them (list: [*count], in `arena`), and how many workers there are.
og_status og_queue_look(og_store* store, og_arena* arena, og_queue_study** studies, int* count,
                        int64_t* workers);

/// A task that is held.
typedef struct og_queue_task {
    int64_t number;
    int64_t claim;    ///< an answer counts only while this is the task's
    const double* x;  ///< shape: [width]
} og_queue_task;

/// Claim up to `most` open tasks of a study for one hand of a worker (list: [*count], in `arena`):
/// those that never lost a worker, or `suspect` ones.
og_status og_queue_claim(og_store* store, og_arena* arena, const og_queue_worker* worker, int hand,
                         int64_t study, bool suspect, int most, int width, og_queue_task** tasks,
                         int* count);

/// Answer tasks (list: [count]); those that the worker does not hold any more stay as they are.
og_status og_queue_answer_tasks(og_store* store, const og_queue_worker* worker, int64_t study,
                                int count, const og_queue_task* tasks,
                                const og_queue_answer* answers, int height);

/// Give back what one hand holds.
og_status og_queue_return(og_store* store, const og_queue_worker* worker, int hand);
