// Environment of tunings: a design is a setting of an agent, its cost how far the agent stays from
// the optimum with it.

#include <assert.h>
#include <math.h>
#include <string.h>

#include "compare/table.h"
#include "compare/tune.h"
#include "ogive/text.h"

// Regret of a run that found nothing: ten times the gap of a median random design.
static const double tuning_nothing = 10;

enum { TUNING_FILE, TUNING_SET, TUNING_RUNS, TUNING_JOBS, TUNING_OPTIONS };
enum { TUNING_REGRET, TUNING_RANK, TUNING_OWN };

static const og_parameter tuning_options[TUNING_OPTIONS] = {
    [TUNING_FILE] = {OG_TEXT_ROW("file", NULL, "The tune file.")},
    [TUNING_SET] = {OG_TEXT_ROW("set", "", "Changes of it, one a line.")},
    [TUNING_RUNS] = {OG_TEXT_ROW("runs", "", "Record of the runs of the default setting.")},
    [TUNING_JOBS] = {OG_INTEGER_ROW("jobs", "", 0, 1024, 0, "Threads that prepare.")},
};

typedef struct tuning_model {
    const og_tune_plan* plan;
    const og_task* tasks;            // list: [environment_count]
    const og_compare_table* tables;  // of the default setting
} tuning_model;

og_compare_agent og_tune_agent(og_arena* arena, const og_compare_agent* agent, const char* label,
                               const double* x) {
    const og_agent_type* type = NULL;
    const og_status status = og_agent_find(agent->agent, &type);
    assert(status == OG_OK);
    (void)status;
    og_assignment* options = OG_NEW(arena, og_assignment, type->option_count);
    for (int i = 0; i < type->option_count; i++) {
        og_buffer value = {.arena = arena};
        og_parameter_print(&type->options[i], x[i], &value);
        options[i] = (og_assignment){type->options[i].name, value.data, agent->where};
    }
    og_compare_agent set = *agent;
    set.label = label;
    set.options = options;
    set.option_count = type->option_count;
    return set;
}

static og_status tuning_plan(og_arena* arena, const og_settings* options, og_tune_plan* plan) {
    char** lines;
    const int count = og_text_split(arena, options->texts[TUNING_SET], '\n', &lines);
    return og_tune_load(arena, options->texts[TUNING_FILE], (const char* const*)lines, count, plan);
}

// Runs of the default setting: they give optima, scales, and what ranks are against.
static og_status tuning_prepare(og_arena* arena, const og_settings* options, og_jobs* jobs) {
    const char* path = options->texts[TUNING_RUNS];
    const int count = (int)options->values[TUNING_JOBS];
    og_journal* journal = NULL;
    og_workers* workers = NULL;
    if (path[0] != '\0') {
        OG_TRY(og_journal_open(arena, path, &journal));
    }
    og_status status =
        og_workers_create(arena, count > 0 ? count : og_workers_available(), &workers);
    if (status == OG_OK) {
        bool interrupted;
        status = og_jobs_run(arena, jobs, &(og_compare_options){0}, journal, workers, &interrupted);
    }
    og_workers_destroy(workers);
    og_journal_close(journal);
    return status;
}

static og_status tuning_tables(og_arena* arena, const og_settings* options, tuning_model* tuning) {
    const og_compare_plan* plan = &tuning->plan->compare;
    og_tasks tasks;
    OG_TRY(og_tasks_open(arena, plan, &tasks));
    og_jobs jobs;
    OG_TRY(og_jobs_make(arena, plan, &tasks, &jobs));
    OG_TRY(tuning_prepare(arena, options, &jobs));
    og_compare_table* tables = OG_NEW(arena, og_compare_table, plan->environment_count);
    for (int i = 0; i < plan->environment_count; i++) {
        og_table_of_jobs(arena, &jobs, i, &tables[i]);
    }
    tuning->tasks = tasks.list;
    tuning->tables = tables;
    return OG_OK;
}

// The agent's options with the values of the file as initial ones.
static og_status tuning_space(og_arena* arena, const og_tune_plan* plan, og_model* model) {
    const og_agent_type* type;
    og_settings settings;
    OG_TRY(og_task_settings(arena, &plan->compare.agents[0], &type, &settings));
    og_parameter* rows = OG_NEW(arena, og_parameter, type->option_count);
    for (int i = 0; i < type->option_count; i++) {
        rows[i] = type->options[i];
        rows[i].initial = settings.values[i];
    }
    model->space = (og_space_table){.parameters = rows, .count = type->option_count};
    return OG_OK;
}

static void tuning_metrics(og_arena* arena, const tuning_model* tuning, og_model* model) {
    const og_compare_plan* plan = &tuning->plan->compare;
    og_metric* metrics = OG_NEW(arena, og_metric, TUNING_OWN + plan->environment_count);
    metrics[TUNING_REGRET] =
        (og_metric){"regret", "", "Mean normalised regret over environments and seeds.", -1};
    metrics[TUNING_RANK] = (og_metric){
        "rank", "", "Mean rank against the default setting: 1 always better, 2 always worse.", -1};
    for (int i = 0; i < plan->environment_count; i++) {
        metrics[TUNING_OWN + i] = (og_metric){
            og_text_format(arena, "regret_%d", i + 1), "",
            og_text_format(arena, "Mean normalised regret on %s.", plan->environments[i].label),
            -1};
    }
    model->metrics = metrics;
    model->metric_count = TUNING_OWN + plan->environment_count;
}

static const char* tuning_identity(og_arena* arena, const tuning_model* tuning) {
    const og_compare_plan* plan = &tuning->plan->compare;
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "tuning 1 of %s at %lld:", plan->agents[0].agent,
                    (long long)plan->budgets[plan->budget_count - 1]);
    for (int s = 0; s < plan->seed_count; s++) {
        og_buffer_print(&text, " %llu", (unsigned long long)plan->seeds[s]);
    }
    for (int i = 0; i < plan->environment_count; i++) {
        char optimum[32];
        og_buffer_print(&text, "; %s, optimum %s, %s", tuning->tables[i].objective,
                        og_text_real(tuning->tables[i].optimum, optimum),
                        tuning->tasks[i].model.identity);
    }
    return text.data;
}

static og_status tuning_open(og_arena* arena, const og_settings* options, og_model* model) {
    OG_TRY(og_settings_complete(options));
    tuning_model* tuning = OG_NEW(arena, tuning_model, 1);
    og_tune_plan* plan = OG_NEW(arena, og_tune_plan, 1);
    OG_TRY(tuning_plan(arena, options, plan));
    tuning->plan = plan;
    OG_TRY(tuning_tables(arena, options, tuning));
    OG_TRY(tuning_space(arena, plan, model));
    tuning_metrics(arena, tuning, model);
    model->identity = tuning_identity(arena, tuning);
    model->data = tuning;
    return OG_OK;
}

// Regret of one run, and its rank against the default setting's.
static double tuning_run(const tuning_model* tuning, int environment, const og_compare_agent* agent,
                         int seed, og_arena* scratch, double* rank) {
    const og_compare_plan* plan = &tuning->plan->compare;
    const og_arena_mark mark = og_arena_here(scratch);
    const int last = plan->budget_count - 1;
    og_compare_curve curve;
    og_task_run(scratch, &tuning->tasks[environment], agent, plan->seeds[seed], plan->budgets[last],
                &(og_run_watch){0}, &curve);
    const double regret =
        og_table_regret(scratch, &tuning->tasks[environment], &tuning->tables[environment], &curve,
                        plan->budgets[last]);
    og_arena_rewind(scratch, mark);
    const double other = tuning->tables[environment].regrets[seed * plan->budget_count + last];
    *rank = regret < other ? 1 : regret > other ? 2 : 1.5;
    return fmin(regret, tuning_nothing);
}

static og_outcome tuning_evaluate(const void* data, const double* x, double* y, og_arena* scratch,
                                  const char** reason) {
    const tuning_model* tuning = data;
    const og_compare_plan* plan = &tuning->plan->compare;
    const og_compare_agent agent = og_tune_agent(scratch, &plan->agents[0], "setting", x);
    const double runs = (double)plan->environment_count * plan->seed_count;
    y[TUNING_REGRET] = y[TUNING_RANK] = 0;
    for (int e = 0; e < plan->environment_count; e++) {
        const og_arena_mark mark = og_arena_here(scratch);
        og_agent* tried;
        if (og_task_agent(scratch, &tuning->tasks[e], &agent, plan->seeds[0], &tried) != OG_OK) {
            *reason = og_text_format(scratch, "%s", og_error_text());
            return OG_INFEASIBLE;
        }
        og_arena_rewind(scratch, mark);
        y[TUNING_OWN + e] = 0;
        for (int s = 0; s < plan->seed_count; s++) {
            double rank;
            const double regret = tuning_run(tuning, e, &agent, s, scratch, &rank);
            y[TUNING_OWN + e] += regret / plan->seed_count;
            y[TUNING_REGRET] += regret / runs;
            y[TUNING_RANK] += rank / runs;
        }
    }
    return OG_FEASIBLE;
}

const og_environment og_environment_tuning = {
    .name = "tuning",
    .doc = "Settings of an agent, and how well they do.",
    .source = "",
    .options = tuning_options,
    .option_count = TUNING_OPTIONS,
    .open = tuning_open,
    .evaluate = tuning_evaluate,
};
