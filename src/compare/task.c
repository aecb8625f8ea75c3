#include "compare/task.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "ogive/clock.h"
#include "ogive/text.h"

// Simulations faster than this are neither timed one by one nor worth remembering.
static const double task_slow_seconds = 4e-6;
enum { TASK_PROBES = 5 };

double og_thread_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static og_status task_set(og_settings* settings, const og_assignment* given, int count,
                          const char* owner) {
    for (int i = 0; i < count; i++) {
        const og_status status = og_settings_set(settings, given[i].key, given[i].value);
        if (status != OG_OK) {
            return og_fail_context(status, "%s: %s", given[i].where ? given[i].where : "options",
                                   owner);
        }
    }
    return OG_OK;
}

static og_status task_open_model(og_arena* arena, og_task* task) {
    const og_plan* plan = &task->environment->plan;
    const og_environment* type;
    og_status status = og_environment_find(plan->environment, &type);
    if (status != OG_OK) {
        return og_fail_context(status, "%s", plan->environment_where);
    }
    og_settings settings = og_settings_make(arena, type->options, type->option_count);
    OG_TRY(task_set(&settings, plan->environment_options, plan->environment_option_count,
                    og_text_format(arena, "environment %s", type->name)));
    status = og_environment_open(arena, type, &settings, &task->model);
    return status == OG_OK ? OG_OK : og_fail_context(status, "%s", task->environment->where);
}

bool og_task_reads(const og_task* task, int metric) {
    const og_problem* problem = task->problem;
    const int variable = problem->model->space.count + metric;
    const int derived = problem->metric_count - problem->model->metric_count;
    bool reads = false;
    for (int i = 0; i < derived; i++) {
        reads = reads || og_expression_uses(problem->derived[i], variable);
    }
    for (int i = 0; i < problem->objective_count; i++) {
        reads = reads || og_expression_uses(problem->objectives[i].expression, variable);
    }
    for (int i = 0; i < problem->constraint_count; i++) {
        reads = reads || og_expression_uses(problem->constraints[i], variable);
    }
    return reads;
}

// Judge by the problem. The default design sets the scale of the loss, as in a study.
static void task_reference(og_arena* arena, og_problem* problem) {
    const og_arena_mark mark = og_arena_here(arena);
    double* y = OG_NEW(arena, double, problem->metric_count);
    og_judgement judgement = {.objectives = OG_NEW(arena, double, problem->objective_count)};
    og_problem_evaluate(problem, problem->reference_x, y, &judgement, arena);
    og_problem_set_reference(problem, y, arena);
    og_arena_rewind(arena, mark);
}

// Seconds of a simulation, the least of a few.
static double task_pace(const og_task* task, og_arena* arena) {
    const og_arena_mark mark = og_arena_here(arena);
    const og_problem* problem = task->problem;
    double* y = OG_NEW(arena, double, problem->metric_count);
    og_judgement judgement = {.objectives = OG_NEW(arena, double, problem->objective_count)};
    double least = INFINITY;
    for (int i = 0; i < TASK_PROBES; i++) {
        const double start = og_clock_seconds();
        og_problem_evaluate(problem, problem->reference_x, y, &judgement, arena);
        least = fmin(least, og_clock_seconds() - start);
    }
    og_arena_rewind(arena, mark);
    return least;
}

og_status og_task_open(og_arena* arena, const og_compare_environment* environment, og_task* task) {
    *task = (og_task){.environment = environment};
    OG_TRY(task_open_model(arena, task));
    const og_status status =
        og_problem_create(arena, &task->model, &environment->plan, &task->problem);
    if (status != OG_OK) {
        return og_fail_context(status, "environment %s", environment->label);
    }
    if (task->problem->objective_count > 3) {
        return og_fail(OG_ERROR_VALUE, "%s: objectives: %d, at most 3 can be compared",
                       environment->where, task->problem->objective_count);
    }
    task->features = OG_NEW(arena, double, task->model.feature_count);
    for (int i = 0; i < task->model.feature_count; i++) {
        task->features[i] = task->model.features[i].value;
    }
    task_reference(arena, task->problem);
    task->timed = task_pace(task, arena) >= task_slow_seconds;
    return OG_OK;
}

// Metrics of x into y (shape: [metric_count]), which the judgement's outcome says whether there
// are.
static void task_simulate(const og_task* task, const double* x, double* y, og_judgement* judgement,
                          og_arena* scratch, og_effort* effort) {
    const double start = task->timed ? og_thread_seconds() : 0;
    judgement->outcome =
        task->model.type->evaluate(task->model.data, x, y, scratch, &judgement->reason);
    effort->seconds += task->timed ? og_thread_seconds() - start : 0;
    effort->simulated++;
}

static bool task_is_finite(const og_task* task, const double* y) {
    for (int i = 0; i < task->model.metric_count; i++) {
        if (!isfinite(y[i])) {
            return false;
        }
    }
    return true;
}

// The same from memory, or kept there: the outcome, then the metrics that tasks read. The others
// are left zero.
static void task_recall(const og_task* task, const double* x, double* y, og_judgement* judgement,
                        og_arena* scratch, og_effort* effort) {
    const double* key = x;
    if (task->model.type->canonical) {
        const size_t bytes = (size_t)task->problem->full->count * sizeof *x;
        double* canonical = og_arena_allocate_raw(scratch, bytes);
        memcpy(canonical, x, bytes);
        task->model.type->canonical(task->model.data, canonical);
        key = canonical;
    }
    double* row = OG_NEW(scratch, double, 1 + task->kept_count);
    if (og_memo_get(task->memo, key, row)) {
        judgement->outcome = (og_outcome)row[0];
        memset(y, 0, (size_t)task->model.metric_count * sizeof *y);
        for (int i = 0; i < task->kept_count; i++) {
            y[task->kept[i]] = row[1 + i];
        }
        return;
    }
    task_simulate(task, key, y, judgement, scratch, effort);
    if (judgement->outcome == OG_FEASIBLE && !task_is_finite(task, y)) {
        judgement->outcome = OG_FAILED;
    }
    row[0] = judgement->outcome;
    for (int i = 0; i < task->kept_count && judgement->outcome == OG_FEASIBLE; i++) {
        row[1 + i] = y[task->kept[i]];
    }
    og_memo_put(task->memo, key, row);
}

void og_task_judge(const og_task* task, const double* x, og_verdict* verdict, og_arena* scratch,
                   og_effort* effort) {
    const og_arena_mark mark = og_arena_here(scratch);
    const og_problem* problem = task->problem;
    memset(verdict->objectives, 0, (size_t)problem->objective_count * sizeof(double));
    double* y = og_arena_allocate_raw(scratch, (size_t)problem->metric_count * sizeof *y);
    og_judgement judgement = {.objectives = verdict->objectives, .reason = ""};
    if (task->memo) {
        task_recall(task, x, y, &judgement, scratch, effort);
    } else {
        task_simulate(task, x, y, &judgement, scratch, effort);
    }
    og_problem_judge(problem, x, y, &judgement, scratch);
    verdict->loss = judgement.loss;
    verdict->violation = judgement.violation;
    verdict->failed = judgement.outcome != OG_FEASIBLE;
    og_arena_rewind(scratch, mark);
}

og_status og_task_settings(og_arena* arena, const og_compare_agent* agent,
                           const og_agent_type** type, og_settings* settings) {
    OG_TRY(og_agent_find(agent->agent, type));
    *settings = og_settings_make(arena, (*type)->options, (*type)->option_count);
    return task_set(settings, agent->options, agent->option_count,
                    og_text_format(arena, "agent %s", agent->agent));
}

og_status og_task_agent(og_arena* arena, const og_task* task, const og_compare_agent* agent,
                        uint64_t seed, og_agent** started) {
    const og_agent_type* type;
    og_settings settings;
    OG_TRY(og_task_settings(arena, agent, &type, &settings));
    const og_agent_setup setup = {.space = task->problem->space,
                                  .options = &settings,
                                  .objective_count = task->problem->objective_count,
                                  .features = task->features,
                                  .feature_count = task->model.feature_count,
                                  .seed = seed};
    const og_status status = og_agent_start(arena, type, &setup, started);
    if (status != OG_OK) {
        return og_fail_context(status, "%s: %s on environment %s", agent->where, agent->label,
                               task->environment->label);
    }
    return OG_OK;
}
