#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/number.h"
#include "cli/progress.h"
#include "cli/result.h"
#include "cli/run_plan.h"
#include "cli/terminal.h"
#include "ogive/study.h"
#include "report/objective.h"

static void run_summary(const og_study_result* result, og_buffer* out) {
    const og_study_record* record = &result->record;
    og_buffer_print(out, "%s: %s on %s, seed %llu\n", record->name, record->agent,
                    record->environment, (unsigned long long)record->seed);
    og_buffer_print(out, "%s (", og_count_text(out->arena, record->trial_count, "trial"));
    og_number_print((double)result->evaluated, out);
    og_buffer_print(out, " simulated");
    if (result->resumed > 0) {
        og_buffer_print(out, ", ");
        og_number_print((double)result->resumed, out);
        og_buffer_print(out, " resumed");
    }
    og_buffer_print(out, ") in %s: %s.\n", og_duration_text(out->arena, result->seconds),
                    og_stop_text(record->stop));
}

static void run_line(const og_study_result* result, const og_trial* best, og_buffer* out) {
    const og_study_record* record = &result->record;
    const og_objective_view view = og_objective_view_make(out->arena, record);
    og_buffer_print(out, "%s: ", record->name);
    og_buffer_print(out, "%s in %s, ", og_count_text(out->arena, record->trial_count, "trial"),
                    og_duration_text(out->arena, result->seconds));
    if (best && og_trial_accepted(best)) {
        og_buffer_print(
            out, "best %s %s\n", view.name,
            og_number_text(out->arena, og_objective_value(&view, best->loss), view.unit));
    } else {
        og_buffer_print(out, "no feasible design\n");
    }
}

static og_status run_run(og_call* call) {
    og_plan plan = {0};
    OG_TRY(og_run_plan(call, &plan));
    const bool quiet = og_call_number(call, "quiet") != 0;
    og_progress_line line = og_progress_line_start(quiet);
    const og_study_options options = {
        .jobs = (int)og_call_number(call, "jobs"),
        .interrupt = og_terminal_interrupt(),
        .progress = og_progress_line_study,
        .progress_context = &line,
        .fresh = og_call_number(call, "fresh") != 0,
        .coordinate = og_call_number(call, "coordinate") != 0,
        .patience = og_call_number(call, "patience"),
    };
    og_study_result result = {0};
    const og_status status = og_study_run(call->arena, &plan, &options, &result);
    og_progress_line_end(&line);
    OG_TRY(status);

    og_buffer out = {.arena = call->arena};
    const int64_t number = result.record.best;
    const og_trial* best = number >= 0 ? &result.trials[number] : NULL;
    if (quiet) {
        run_line(&result, best, &out);
    } else {
        run_summary(&result, &out);
        og_result_print(&result.record, best, og_terminal_columns(stdout),
                        og_terminal_color(stdout), &out);
    }
    if (!best && !quiet) {
        og_result_print_failure(&result.record, result.trials, &out);
    }
    fwrite(out.data, 1, out.length, stdout);
    call->code = best && og_trial_accepted(best) ? OG_EXIT_DONE : OG_EXIT_NOTHING;
    if (result.record.stop == OG_STOP_USER) {
        call->code = OG_EXIT_INTERRUPT;
        fprintf(stderr, "%s\n",
                plan.store ? "interrupted: the same command goes on where it stopped"
                           : "interrupted: with --store FILE, a study can be resumed");
    }
    return OG_OK;
}

static const og_argument run_arguments[] = {
    {"STUDY.yaml", "Study file (YAML or JSON); everything in it can be said by options as well.",
     true},
};

static const og_option run_options[] = {
    OG_RUN_PLAN_OPTIONS,
    OG_TEXT_OPTION("agent", "NAME", "Search method (`ogive list agents`)."),
    OG_TEXTS_OPTION("agent_option", "KEY=VALUE", "An option of the agent."),
    OG_TEXT_OPTION("budget", "N|TIME", "Evaluations, or time as 30s, 5min or 1h."),
    OG_TEXT_OPTION("enqueue", "FILE.csv",
                   "Designs that are evaluated first, in the form that `ogive evaluate` reads."),
    OG_TEXT_OPTION("seed", "N",
                   "Number that all chance follows from, 0 .. 2^64 - 1; without one, 1."),
    {.row = {OG_INTEGER_ROW("batch", "", 0, 1e6, 0,
                            "Designs asked for at once; 0 = as the agent "
                            "likes.")}},
    OG_TEXT_OPTION("name", "NAME", "Name of the study in its store."),
    OG_TEXT_OPTION("store", "FILE|URL",
                   "Record every trial there; a study that it holds is resumed. A file, or "
                   "postgresql://USER@HOST/DATABASE."),
    OG_RUN_PLAN_SET_OPTION,
    {.row = {OG_INTEGER_ROW("jobs", "", 0, 1024, 0, "Threads that evaluate; 0 = all processors.")},
     .letter = 'j'},
    {.row = {OG_BOOLEAN_ROW("workers", 0,
                            "Let `ogive worker` processes evaluate as well; always so where the "
                            "store is a server.")}},
    {.row = {OG_BOOLEAN_ROW("coordinate", 0,
                            "Evaluate nothing here but the default design: workers do.")}},
    {.row = {OG_REAL_ROW("patience", "s", 0.1, 1e9, 300,
                         "How long to try to reach a server that was lost.")}},
    {.row = {OG_BOOLEAN_ROW("fresh", 0, "Refuse to resume: the study must not exist yet.")}},
    {.row = {OG_BOOLEAN_ROW("quiet", 0, "No progress, and one line of result.")}, .letter = 'q'},
};

const og_command og_command_run = {
    .name = "run",
    .summary = "Run a study: search for the best designs.",
    .doc =
        "Options replace what the study file says. Ctrl-C ends the search cleanly; with a store, "
        "the same command resumes it, also after a crash. The record is the same for any number "
        "of jobs.\n\nExit code: 0 a feasible design was found, 1 none was, 2 wrong input, 130 "
        "interrupted.",
    .example =
        "ogive run examples/demo.yaml --agent anneal --budget 1000\n"
        "ogive run --environment dram --option workload=gemm --minimize read_latency_p99_ns "
        "--constraint \"power_mw <= 1500\" --agent genetic --budget 30s --store gemm.ogive",
    .arguments = run_arguments,
    .argument_count = 1,
    .options = run_options,
    .option_count = sizeof run_options / sizeof *run_options,
    .run = run_run,
};
