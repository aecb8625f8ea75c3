/// The work of a comparison as a list of independent jobs.
#pragma once

#include "compare/journal.h"
#include "compare/tasks.h"
#include "ogive/workers.h"

typedef enum og_job_kind {
    OG_JOB_SAMPLE,     ///< random designs of a task
    OG_JOB_ENUMERATE,  ///< a part of all its designs
    OG_JOB_RUN,        ///< one agent with one seed
} og_job_kind;

/// One job and what it gave.
typedef struct og_job {
    og_job_kind kind;
    int environment, agent, seed;  ///< indices; those that the kind does not have are 0
    int64_t first, end;            ///< OG_JOB_ENUMERATE: numbers of designs
    uint64_t key;                  ///< in the journal
    bool done, read;               ///< read: from the journal
    bool checked;  ///< read, and its beginning is made again to see that it still holds
    og_compare_curve curve;
    og_sample sample;  ///< OG_JOB_SAMPLE
} og_job;

/// Jobs of a comparison whose tasks are open.
typedef struct og_jobs {
    const og_compare_plan* plan;
    const og_task* tasks;        ///< list: [environment_count]
    const og_task* const* runs;  ///< shape: [environment_count][agent_count]
    og_job* list;  ///< of each environment its sample, its parts, its runs by agent and seed
    int count;
    int64_t evaluations;  ///< of all runs
} og_jobs;

/// List the jobs with their keys. Fails when an agent does not suit an environment, and when a
/// space cannot be enumerated that has to be.
og_status og_jobs_make(og_arena* arena, const og_compare_plan* plan, const og_tasks* tasks,
                       og_jobs* jobs);

/// The task that the job is on: a run's is its agent's.
const og_task* og_jobs_task(const og_jobs* jobs, const og_job* job);

/// Do all jobs, on all cores; results live in `arena`. `*interrupted` tells whether some are not
/// done. `workers` must not be in use.
og_status og_jobs_run(og_arena* arena, og_jobs* jobs, const og_compare_options* options,
                      og_journal* journal, og_workers* workers, bool* interrupted);
