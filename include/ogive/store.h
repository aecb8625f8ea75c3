/// Stores: the record of studies. A store is a file (SQLite) or a schema of a PostgreSQL database,
/// and holds many studies; each trial of each study is a row.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/environment.h"
#include "ogive/parameter.h"
#include "ogive/status.h"

typedef struct og_store og_store;

/// How a study ended, or that it has not.
typedef enum og_stop {
    OG_STOP_NONE,       ///< still running, or was cut off
    OG_STOP_BUDGET,     ///< evaluations or seconds used up
    OG_STOP_EXHAUSTED,  ///< the agent has nothing more to propose (all designs seen)
    OG_STOP_USER,       ///< interrupted
} og_stop;

/// Where the design of a trial came from.
typedef enum og_source {
    OG_PROPOSED,  ///< the agent asked for it
    OG_ENQUEUED,  ///< the user gave it, to be evaluated first
    OG_IMPORTED,  ///< the user gave it with its metrics: it was evaluated elsewhere
} og_source;

/// One evaluated design.
typedef struct og_trial {
    int64_t number;   ///< 0, 1, ... within the study
    const double* x;  ///< the design as proposed, shape: [parameter_count]
    const double* y;  ///< metrics of the environment, then derived ones, shape: [metric_count]; NaN
                      ///< unless feasible
    og_outcome outcome;
    const char* reason;  ///< why infeasible or failed, else ""
    double loss;         ///< objectives as one number (lower is better); +INFINITY unless feasible
    double violation;    ///< of constraints on metrics, 0 = none
    int64_t repeat_of;   ///< trial whose metrics were taken because design or canonical form are
                         ///< equal; -1 = evaluated
    og_source source;
    double started;  ///< seconds after the study began (wall; not part of the reproducible record)
    double seconds;  ///< evaluation time (wall; not part of the reproducible record)
} og_trial;

/// A study as recorded: everything needed to read its trials without the environment.
typedef struct og_study_record {
    int64_t id;
    const char* name;
    const char* plan;           ///< the plan as canonical YAML text, runs the study again
    const char* environment;    ///< name
    const char* identity;       ///< of the model, see og_model
    const char* agent;          ///< name
    const char* agent_options;  ///< those that are not at their default, "population=64"
    int batch;                  ///< designs asked for at once; part of what makes a record
    uint64_t seed;
    og_space_table space;      ///< parameters with units, ranges and docs; choices by name
    const og_metric* metrics;  ///< environment's, then derived
    int metric_count;
    const char* const* objectives;  ///< "minimize power_mw", list: [objective_count]
    int objective_count;
    const char* const* constraints;  ///< on metrics, list: [constraint_count]
    int constraint_count;
    const double* reference_x;  ///< the default design
    const double* reference_y;  ///< its metrics, NaN when it is not feasible
    int64_t trial_count;
    int64_t best;  ///< trial number of the best design, -1 = none is feasible and
                   ///< holds all constraints
    og_stop stop;
    const char* created;  ///< UTC, ISO 8601
} og_study_record;

/// True when two studies search for the same thing, so that their results can be compared:
/// environment, its options, files and version, space with its restrictions and constraints,
/// objectives, constraints on metrics, and all metrics with the expressions of derived ones.
bool og_study_same_task(const og_study_record* a, const og_study_record* b);

/// What a store is opened for.
typedef enum og_store_mode {
    OG_STORE_READ,    ///< the file and its folder need not be writable
    OG_STORE_WRITE,   ///< a store that there is
    OG_STORE_CREATE,  ///< likewise, made where there is none
} og_store_mode;

/// Open the store at `address`: the path of a file, or a URL, "postgresql://user@host/database"
/// (the form of libpq; schema `ogive` of that database, or the first one of a search_path in the
/// URL). Fails on a file that is no store, is damaged, was written by a newer version (both
/// versions are named) or, unless only read, cannot be written; on one that can neither be written
/// nor read without, because its writer was cut off; and on a server that does not answer.
og_status og_store_open(const char* address, og_store_mode mode, og_store** store);

/// Name of an open store for people: its address without a password.
const char* og_store_path(const og_store* store);

/// `address` for people: of a URL, just the host and the database.
const char* og_store_name(og_arena* arena, const char* address);

/// True when `address` is the URL of a server, not the path of a file.
bool og_store_is_server(const char* address);

/// Close it; NULL does nothing. The last one to close a store leaves all of it in the one file.
void og_store_close(og_store* store);

/// Studies of a store in order of creation (list: [*count], in `arena`).
og_status og_store_studies(og_store* store, og_arena* arena, og_study_record** studies, int* count);

/// The study `name`; unknown: OG_ERROR_NAME with the nearest one.
og_status og_store_study(og_store* store, og_arena* arena, const char* name,
                         og_study_record* study);

/// Trials first <= number < first + limit of study `id` in order, into `arena`.
og_status og_store_trials(og_store* store, og_arena* arena, int64_t id, int64_t first,
                          int64_t limit, og_trial** trials, int64_t* count);

/// How a search went after so many trials: an og_diagnostic of its agent.
typedef struct og_recorded_diagnostic {
    int64_t trials;
    const char* name;
    const char* part;
    double value;
} og_recorded_diagnostic;

/// Diagnostics of study `id` (list: [*count], in `arena`) by trials, name and part; of few of its
/// batches when it is long. None for agents that tell nothing of themselves.
og_status og_store_diagnostics(og_store* store, og_arena* arena, int64_t id,
                               og_recorded_diagnostic** list, int64_t* count);

/// Digest of all that is reproducible in study `id` (its problem and its trials; not its name,
/// budget or times): equal for runs with any number of jobs and any number of interruptions.
og_status og_store_digest(og_store* store, int64_t id, uint64_t* digest);

/// `*running`: a process runs study `id` right now. One that has not stopped and does not run was
/// cut off.
og_status og_store_running(og_store* store, int64_t id, bool* running);

/// Ask whoever runs study `name` to stop when the designs in flight are done. The run hears of it
/// when it next writes; these calls return at once, and fail when nobody runs the study.
og_status og_store_ask_stop(og_store* store, const char* name);

/// Ask for a larger budget in all, which the study must have one of: `evaluations`, or `seconds`
/// when that is 0. The record is that of a study that had it from the beginning.
og_status og_store_ask_extend(og_store* store, const char* name, int64_t evaluations,
                              double seconds);

/// Ask for the trial of design x (shape: [space->count] of the record's space), between two batches
/// of the agent, with source OG_ENQUEUED. Fails when x is not of that space.
og_status og_store_ask_design(og_store* store, const char* name, const double* x);

/// Remove study `name` and its trials. Fails when the study is running.
og_status og_store_remove(og_store* store, const char* name);
