#include "compare/jobs.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ogive/text.h"

static const double jobs_part_designs = 8192;
static const double jobs_parts_limit = 512;
static const double jobs_designs_limit = 1e10;

// Everything that the costs of designs depend on.
static const char* jobs_task_text(og_arena* arena, const og_task* task) {
    og_plan plan = task->environment->plan;
    plan.name = plan.agent = plan.store = NULL;
    plan.agent_option_count = 0;
    plan.batch = 0;
    return og_text_format(arena, "%s%s\n", og_plan_print(arena, &plan), task->model.identity);
}

static og_status jobs_agent_text(og_arena* arena, const og_compare_agent* agent,
                                 const char** text) {
    const og_agent_type* type;
    og_settings settings;
    OG_TRY(og_task_settings(arena, agent, &type, &settings));
    og_buffer out = {.arena = arena};
    og_buffer_print(&out, "%s batch=%d", type->name, agent->batch);
    for (int i = 0; i < settings.count; i++) {
        og_buffer_print(&out, " %s=", settings.table[i].name);
        og_parameter_print(&settings.table[i], settings.values[i], &out);
    }
    *text = out.data;
    return OG_OK;
}

static og_status jobs_parts(const og_task* task, int* parts) {
    *parts = 0;
    if (task->environment->optimum != OG_OPTIMUM_EXHAUSTIVE) {
        return OG_OK;
    }
    const og_space* space = task->problem->space;
    if (!space->discrete || !(space->size > 0)) {
        return og_fail(OG_ERROR_VALUE,
                       "%s: optimum: exhaustive: the designs of %s cannot be numbered",
                       task->environment->where, task->environment->label);
    }
    if (space->size > jobs_designs_limit) {
        return og_fail(OG_ERROR_VALUE, "%s: optimum: exhaustive: %s has %.3g designs, at most %g",
                       task->environment->where, task->environment->label, space->size,
                       jobs_designs_limit);
    }
    *parts = (int)fmin(jobs_parts_limit, ceil(space->size / jobs_part_designs));
    return OG_OK;
}

static void jobs_add(og_jobs* jobs, og_arena* scratch, const char* text, og_job job) {
    const og_arena_mark mark = og_arena_here(scratch);
    static const char* const kinds[] = {"sample", "part", "run"};
    const uint64_t seed = jobs->plan->seeds[job.seed];
    const char* whole =
        job.kind == OG_JOB_RUN
            ? og_text_format(scratch, "%s%s seed %" PRIu64, kinds[job.kind], text, seed)
            : og_text_format(scratch, "%s%s %d %" PRId64 " %" PRId64, kinds[job.kind], text,
                             job.kind == OG_JOB_SAMPLE ? jobs->plan->sample : 0, job.first,
                             job.end);
    job.key = og_journal_key(whole);
    jobs->list[jobs->count++] = job;
    og_arena_rewind(scratch, mark);
}

static void jobs_add_parts(og_jobs* jobs, og_arena* scratch, const char* text, int environment,
                           int parts) {
    const int64_t size = parts > 0 ? (int64_t)jobs->tasks[environment].problem->space->size : 0;
    for (int i = 0; i < parts; i++) {
        jobs_add(jobs, scratch, text,
                 (og_job){.kind = OG_JOB_ENUMERATE,
                          .environment = environment,
                          .first = size / parts * i,
                          .end = i == parts - 1 ? size : size / parts * (i + 1)});
    }
}

const og_task* og_jobs_task(const og_jobs* jobs, const og_job* job) {
    return job->kind == OG_JOB_RUN
               ? jobs->runs[job->environment * jobs->plan->agent_count + job->agent]
               : &jobs->tasks[job->environment];
}

static og_status jobs_add_runs(og_jobs* jobs, og_arena* scratch, int environment) {
    const og_compare_plan* plan = jobs->plan;
    for (int a = 0; a < plan->agent_count; a++) {
        const og_arena_mark mark = og_arena_here(scratch);
        const og_task* task = jobs->runs[environment * plan->agent_count + a];
        og_agent* tried;
        OG_TRY(og_task_agent(scratch, task, &plan->agents[a], plan->seeds[0], &tried));
        og_arena_rewind(scratch, mark);
        const char* agent;
        OG_TRY(jobs_agent_text(scratch, &plan->agents[a], &agent));
        const char* both = og_text_format(scratch, "%s%s", jobs_task_text(scratch, task), agent);
        for (int s = 0; s < plan->seed_count; s++) {
            jobs_add(
                jobs, scratch, both,
                (og_job){.kind = OG_JOB_RUN, .environment = environment, .agent = a, .seed = s});
        }
        og_arena_rewind(scratch, mark);
    }
    return OG_OK;
}

static og_status jobs_list(og_arena* arena, og_arena* scratch, og_jobs* jobs) {
    const og_compare_plan* plan = jobs->plan;
    const int runs = plan->agent_count * plan->seed_count;
    const int room = plan->environment_count * (runs + 1 + (int)jobs_parts_limit);
    jobs->list = OG_NEW(arena, og_job, room);
    for (int e = 0; e < plan->environment_count; e++) {
        const char* text = jobs_task_text(scratch, &jobs->tasks[e]);
        int parts;
        OG_TRY(jobs_parts(&jobs->tasks[e], &parts));
        jobs_add(jobs, scratch, text, (og_job){.kind = OG_JOB_SAMPLE, .environment = e});
        jobs_add_parts(jobs, scratch, text, e, parts);
        OG_TRY(jobs_add_runs(jobs, scratch, e));
    }
    jobs->evaluations =
        plan->environment_count * (int64_t)runs * plan->budgets[plan->budget_count - 1];
    return OG_OK;
}

og_status og_jobs_make(og_arena* arena, const og_compare_plan* plan, const og_tasks* tasks,
                       og_jobs* jobs) {
    *jobs = (og_jobs){.plan = plan, .tasks = tasks->list, .runs = tasks->runs};
    og_arena* scratch = og_arena_create();
    const og_status status = jobs_list(arena, scratch, jobs);
    og_arena_destroy(scratch);
    return status;
}
