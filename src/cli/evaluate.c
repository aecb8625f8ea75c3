#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "cli/assign.h"
#include "cli/command.h"
#include "cli/number.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "ogive/clock.h"
#include "ogive/study.h"
#include "ogive/workers.h"
#include "report/csv.h"
#include "study/designs.h"

static const double evaluate_seconds = 0.25;  // wanted time of one portion, for progress and Ctrl-C

// one bulk evaluation
typedef struct evaluate_job {
    og_call* call;
    const og_model* model;
    const og_space* space;
    og_designs designs;
    int jobs;
    int64_t done;
    int64_t infeasible;
} evaluate_job;

static og_status evaluate_open(og_call* call, og_model* model) {
    const og_environment* environment = NULL;
    OG_TRY(og_environment_find(og_call_argument(call, 0), &environment));
    int count = 0;
    const char* const* texts = og_call_texts(call, "option", &count);
    og_settings settings =
        og_settings_make(call->arena, environment->options, environment->option_count);
    OG_TRY(og_assign_settings(call->arena, &settings, texts, count));
    return og_environment_open(call->arena, environment, &settings, model);
}

static og_status evaluate_load(evaluate_job* job) {
    const char* path = og_call_text(job->call, "designs");
    if (!path) {
        return og_fail(OG_ERROR_VALUE, "evaluate: --designs FILE is missing");
    }
    OG_TRY(og_designs_load(job->call->arena, job->model, job->space, path, &job->designs));
    if (job->designs.bad == 0) {
        return OG_OK;
    }
    for (int64_t i = 0; i < job->designs.bad && i < OG_DESIGN_PROBLEMS; i++) {
        fprintf(stderr, "%s\n", job->designs.problems[i]);
    }
    const int64_t more = job->designs.bad - OG_DESIGN_PROBLEMS;
    return og_fail(OG_ERROR_VALUE, "%s: %lld bad row%s%s, nothing was evaluated", path,
                   (long long)job->designs.bad, job->designs.bad == 1 ? "" : "s",
                   more > 0 ? " (the first 20 are shown)" : "");
}

static og_status evaluate_write(const og_buffer* text) {
    if (fwrite(text->data, 1, text->length, stdout) != text->length || fflush(stdout) != 0) {
        return og_fail(OG_ERROR_FILE, "standard output cannot be written");
    }
    return OG_OK;
}

static og_status evaluate_header(const evaluate_job* job, og_arena* arena) {
    og_buffer out = {.arena = arena};
    for (int i = 0; i < job->space->count; i++) {
        og_buffer_print(&out, "%s,", job->space->parameters[i].name);
    }
    for (int i = 0; i < job->model->metric_count; i++) {
        og_csv_cell(job->model->metrics[i].name, &out);
        og_buffer_add(&out, ",", 1);
    }
    og_buffer_print(&out, "outcome,reason\n");
    return evaluate_write(&out);
}

// evaluate and write the next `count` designs
static og_status evaluate_portion(evaluate_job* job, int64_t count) {
    og_arena* arena = og_arena_create();
    const int width = job->space->count;
    og_trial* trials = NULL;
    og_status status = og_study_evaluate(arena, job->model, count,
                                         job->designs.x + job->done * width, job->jobs, &trials);
    og_buffer out = {.arena = arena};
    for (int64_t i = 0; i < count && status == OG_OK; i++) {
        const bool feasible = trials[i].outcome == OG_FEASIBLE;
        og_csv_design(job->space->parameters, width, trials[i].x, &out);
        og_csv_metrics(trials[i].y, job->model->metric_count, feasible, &out);
        og_buffer_print(&out, "%s,", og_outcome_name(trials[i].outcome));
        og_csv_cell(trials[i].reason ? trials[i].reason : "", &out);
        og_buffer_add(&out, "\n", 1);
        job->infeasible += !feasible;
    }
    status = status == OG_OK ? evaluate_write(&out) : status;
    job->done += count;
    og_arena_destroy(arena);
    return status;
}

static void evaluate_show(const evaluate_job* job, og_progress_line* line) {
    if (!og_progress_line_due(line)) {
        return;
    }
    og_arena* arena = og_arena_create();
    const double seconds = og_clock_seconds() - line->started;
    const double rate = seconds > 0 ? (double)job->done / seconds : 0;
    const double left = rate > 0 ? (double)(job->designs.count - job->done) / rate : 0;
    og_progress_line_show(
        line, og_text_format(arena, "%s of %s designs, %s/s, %s left",
                             og_number_text(arena, (double)job->done, ""),
                             og_number_text(arena, (double)job->designs.count, ""),
                             og_number_text(arena, rate, ""), og_duration_text(arena, left)));
    og_arena_destroy(arena);
}

static og_status evaluate_all(evaluate_job* job) {
    const volatile int* interrupt = og_terminal_interrupt();
    og_progress_line line = og_progress_line_start(og_call_number(job->call, "quiet") != 0);
    OG_TRY(evaluate_header(job, job->call->arena));
    int64_t portion = 4 * job->jobs;
    while (job->done < job->designs.count && !og_interrupted(interrupt)) {
        const int64_t left = job->designs.count - job->done;
        const double start = og_clock_seconds();
        OG_TRY(evaluate_portion(job, portion < left ? portion : left));
        const double seconds = og_clock_seconds() - start;
        const double factor = seconds > 0 ? evaluate_seconds / seconds : 4;
        const double next = (double)portion * (factor > 4 ? 4 : factor);
        portion = next < job->jobs ? job->jobs : next > 1 << 18 ? 1 << 18 : (int64_t)next;
        evaluate_show(job, &line);
    }
    og_progress_line_end(&line);
    if (!line.quiet) {
        const double seconds = og_clock_seconds() - line.started;
        fprintf(stderr, "%s in %s, %lld of them not feasible\n",
                og_count_text(job->call->arena, job->done, "design"),
                og_duration_text(job->call->arena, seconds), (long long)job->infeasible);
    }
    if (job->done < job->designs.count) {
        job->call->code = OG_EXIT_INTERRUPT;
    } else if (job->infeasible == job->done) {
        job->call->code = OG_EXIT_NOTHING;
    }
    return OG_OK;
}

static og_status evaluate_run(og_call* call) {
    const int jobs = (int)og_call_number(call, "jobs");
    og_model model = {0};
    evaluate_job job = {
        .call = call, .model = &model, .jobs = jobs > 0 ? jobs : og_workers_available()};
    OG_TRY(evaluate_open(call, &model));
    OG_TRY(og_space_create(call->arena, &model.space, &job.space));
    OG_TRY(evaluate_load(&job));
    return evaluate_all(&job);
}

static const og_argument evaluate_arguments[] = {
    {"ENVIRONMENT", "What evaluates the designs (`ogive list environments`).", false},
};

static const og_option evaluate_options[] = {
    {.row = {OG_TEXT_ROW("designs", NULL,
                         "CSV file of designs, - for standard input; its header "
                         "names parameters, others have their defaults.")},
     .placeholder = "FILE"},
    {.row = {OG_TEXT_ROW("option", NULL, "An option of the environment.")},
     .placeholder = "KEY=VALUE",
     .repeated = true},
    {.row = {OG_INTEGER_ROW("jobs", "", 0, 1024, 0, "Threads that evaluate; 0 = all processors.")},
     .letter = 'j'},
    {.row = {OG_BOOLEAN_ROW("quiet", 0, "No progress.")}, .letter = 'q'},
};

const og_command og_command_evaluate = {
    .name = "evaluate",
    .summary = "Evaluate given designs on all processors.",
    .doc =
        "Writes CSV to standard output: all parameters, all metrics, outcome and reason, one row "
        "a design in the order of the file. What it wrote, and what export writes, can be read "
        "again. When a row is wrong, all wrong rows are reported by "
        "line and nothing is evaluated.\n\nExit code: 0, 1 when no design was feasible, 2 wrong "
        "input, 130 interrupted (the rows written are complete).",
    .example = "ogive evaluate dram --option workload=gemm --designs designs.csv > results.csv",
    .arguments = evaluate_arguments,
    .argument_count = 1,
    .options = evaluate_options,
    .option_count = sizeof evaluate_options / sizeof *evaluate_options,
    .run = evaluate_run,
};
