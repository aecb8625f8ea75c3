#include "ogive/compare.h"

#include "compare/overall.h"
#include "compare/table.h"
#include "ogive/clock.h"

// A comparison while it runs; all but the result goes with `work`.
typedef struct compare_work {
    og_arena* work;
    og_tasks tasks;
    og_jobs jobs;
    og_journal* journal;
    og_workers* workers;
} compare_work;

static og_status compare_do(og_arena* arena, const og_compare_plan* plan,
                            const og_compare_options* options, compare_work* work,
                            og_compare_result* result) {
    OG_TRY(og_tasks_open(work->work, plan, &work->tasks));
    OG_TRY(og_jobs_make(work->work, plan, &work->tasks, &work->jobs));
    if (options->journal) {
        OG_TRY(og_journal_open(work->work, options->journal, &work->journal));
    }
    const int count = options->jobs > 0 ? options->jobs : og_workers_available();
    OG_TRY(og_workers_create(work->work, count, &work->workers));
    // curves are part of the result
    OG_TRY(og_jobs_run(arena, &work->jobs, options, work->journal, work->workers,
                       &result->interrupted));
    for (int i = 0; i < work->jobs.count; i++) {
        result->runs_read += work->jobs.list[i].kind == OG_JOB_RUN && work->jobs.list[i].read;
    }
    if (result->interrupted) {
        return OG_OK;
    }
    og_compare_table* tables = OG_NEW(arena, og_compare_table, plan->environment_count);
    for (int i = 0; i < plan->environment_count; i++) {
        og_table_of_jobs(arena, &work->jobs, i, &tables[i]);
    }
    result->tables = tables;
    og_overall_of_tables(arena, result);
    og_table_ranks(arena, result);
    return OG_OK;
}

og_status og_compare_run(og_arena* arena, const og_compare_plan* plan,
                         const og_compare_options* options, og_compare_result* result) {
    static const og_compare_options defaults = {0};
    const double start = og_clock_seconds();
    *result = (og_compare_result){.plan = plan};
    compare_work work = {.work = og_arena_create()};
    const og_status status = compare_do(arena, plan, options ? options : &defaults, &work, result);
    og_workers_destroy(work.workers);
    og_journal_close(work.journal);
    og_arena_destroy(work.work);
    result->seconds = og_clock_seconds() - start;
    return status;
}
