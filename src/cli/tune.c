#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/compare_files.h"
#include "cli/number.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "ogive/compare.h"

enum { TUNE_DEFAULT = 0, TUNE_TUNED = 1, TUNE_LOTTERY = 2 };

static const char* tune_value(og_arena* arena, const og_parameter* row, double value) {
    og_buffer text = {.arena = arena};
    og_parameter_print(row, value, &text);
    return text.data;
}

static void tune_settings(const og_tune_result* result, int columns, bool color, og_buffer* out) {
    static const char* const header[] = {"option", "default", "tuned", "allowed"};
    og_table table = og_table_make(out->arena, 4, header);
    for (int i = 0; i < result->row_count; i++) {
        og_buffer range = {.arena = out->arena};
        og_parameter_print_range(&result->rows[i], &range);
        const char* const cells[] = {
            result->rows[i].name, tune_value(out->arena, &result->rows[i], result->initial[i]),
            tune_value(out->arena, &result->rows[i], result->tuned[i]), range.data};
        og_table_add(&table, cells);
    }
    og_table_print(&table, 2, columns, color, out);
}

static const og_compare_cell* tune_cell(const og_tune_result* result, int environment, int agent) {
    const int budgets = result->plan.budget_count;
    return &result->compare.tables[environment].cells[(agent + 1) * budgets - 1];
}

// Default against tuned alone: the random settings are no hypotheses.
static double tune_p(const og_tune_result* result, int environment, og_arena* arena) {
    const og_compare_plan* plan = &result->plan;
    double* pairs = OG_NEW(arena, double, 2 * plan->seed_count);
    for (int i = 0; i < 2 * plan->seed_count; i++) {
        pairs[i] = result->compare.tables[environment].values[(i + 1) * plan->budget_count - 1];
    }
    return og_wilcoxon(arena, pairs, pairs + plan->seed_count, plan->seed_count).p;
}

static const char* tune_quartiles(og_arena* arena, const og_quartiles* q) {
    return og_text_format(arena, "%.3g [%.3g, %.3g]", q->median, q->low, q->high);
}

// Median regrets of the random settings: best, median and worst of them.
static const char* tune_lottery(const og_tune_result* result, int environment, og_arena* arena) {
    const int count = result->plan.agent_count - TUNE_LOTTERY;
    if (count == 0) {
        return "-";
    }
    double* medians = OG_NEW(arena, double, count);
    for (int i = 0; i < count; i++) {
        medians[i] = tune_cell(result, environment, TUNE_LOTTERY + i)->regret.median;
    }
    og_sort(medians, count);
    return og_text_format(arena, "%.3g (%.3g .. %.3g)", og_quantile(medians, count, 0.5),
                          medians[0], medians[count - 1]);
}

static void tune_held_out(const og_tune_result* result, int columns, bool color, og_buffer* out) {
    const og_compare_plan* plan = &result->plan;
    const char* const header[] = {
        "environment",
        "default",
        "tuned",
        "A12",
        "p",
        og_text_format(out->arena, "%d random settings", plan->agent_count - TUNE_LOTTERY)};
    og_table table = og_table_make(out->arena, 6, header);
    for (int e = 0; e < plan->environment_count; e++) {
        const og_compare_cell* before = tune_cell(result, e, TUNE_DEFAULT);
        const og_compare_cell* after = tune_cell(result, e, TUNE_TUNED);
        const double p = tune_p(result, e, out->arena);
        const char* const cells[] = {plan->environments[e].label,
                                     tune_quartiles(out->arena, &before->regret),
                                     tune_quartiles(out->arena, &after->regret),
                                     og_text_format(out->arena, "%.2f", after->effect),
                                     og_text_format(out->arena, "%.4f", p),
                                     tune_lottery(result, e, out->arena)};
        og_table_add(&table, cells);
    }
    og_buffer_print(out,
                    "\nRegret at %lld evaluations on %d other seeds, median and quartiles; of the "
                    "random settings the median one (best .. worst)\n",
                    (long long)plan->budgets[plan->budget_count - 1], plan->seed_count);
    og_table_print(&table, 2, columns, color, out);
}

static og_status tune_folder(const og_call* call, const char* directory, og_tune_options* options) {
    if (!directory) {
        return OG_OK;
    }
    OG_TRY(og_directory_make(directory));
    options->journal = og_text_format(call->arena, "%s/runs", directory);
    options->store = og_text_format(call->arena, "%s/tune.ogive", directory);
    const char* const files[] = {options->journal, options->store};
    for (int i = 0; i < 2 && og_call_number(call, "fresh") != 0; i++) {
        if (unlink(files[i]) != 0 && errno != ENOENT) {
            return og_fail(OG_ERROR_FILE, "%s: cannot be removed: %s", files[i], strerror(errno));
        }
    }
    return OG_OK;
}

static og_status tune_end(og_call* call, const og_tune_result* result, const char* directory) {
    if (directory) {
        OG_TRY(og_compare_write(call->arena, &result->compare, directory));
    }
    og_buffer out = {.arena = call->arena};
    const og_study_record* record = &result->study.record;
    og_buffer_print(&out, "%s tuned by %s: %lld settings on %d environments\n",
                    result->plan.agents[0].agent, record->agent, (long long)record->trial_count,
                    result->plan.environment_count);
    const int columns = og_terminal_columns(stdout);
    tune_settings(result, columns, og_terminal_color(stdout), &out);
    tune_held_out(result, columns, og_terminal_color(stdout), &out);
    if (directory) {
        og_buffer_print(&out,
                        "\nAll settings: ogive best %s/tune.ogive; tables and pictures in %s\n",
                        directory, directory);
    }
    fwrite(out.data, 1, out.length, stdout);
    return OG_OK;
}

static og_status tune_run(og_call* call) {
    const char* path = og_call_argument(call, 0);
    int count;
    const char* const* sets = og_call_texts(call, "set", &count);
    og_tune_plan plan;
    OG_TRY(og_tune_load(call->arena, path, sets, count, &plan));
    const char* directory =
        og_call_text(call, "output") ? og_call_text(call, "output") : plan.output;
    og_progress_line line = og_progress_line_start(og_call_number(call, "quiet") != 0);
    og_tune_options options = {.study = {.jobs = (int)og_call_number(call, "jobs"),
                                         .interrupt = og_terminal_interrupt(),
                                         .progress = og_progress_line_study,
                                         .progress_context = &line},
                               .progress = og_compare_show,
                               .progress_context = &line};
    OG_TRY(tune_folder(call, directory, &options));
    og_tune_result result;
    const og_status status = og_tune_run(call->arena, path, sets, count, &options, &result);
    og_progress_line_end(&line);
    OG_TRY(status);
    if (result.interrupted) {
        call->code = OG_EXIT_INTERRUPT;
        fprintf(stderr, "%s\n",
                directory ? "interrupted: the same command goes on where it stopped"
                          : "interrupted: with --output DIR, a tuning can be resumed");
        return OG_OK;
    }
    return tune_end(call, &result, directory);
}

static const og_argument tune_arguments[] = {
    {"TUNE.yaml", "Agent, its options, environments, seeds and budget (docs/compare.md).", false},
};

static const og_option tune_options[] = {
    {.row = {OG_TEXT_ROW("output", NULL,
                         "Folder for the store of settings, tables, pictures and "
                         "the record that a tuning is resumed from.")},
     .placeholder = "DIR",
     .letter = 'o'},
    {.row = {OG_TEXT_ROW("set", NULL, "Any key of the file, such as search.budget=200.")},
     .placeholder = "KEY=VALUE",
     .repeated = true},
    {.row = {OG_INTEGER_ROW("jobs", "", 0, 1024, 0,
                            "Settings tried at the same time; 0 = as many as processors.")},
     .letter = 'j'},
    {.row = {OG_BOOLEAN_ROW("fresh", 0, "Begin again, also with what is on record.")}},
    {.row = {OG_BOOLEAN_ROW("quiet", 0, "No progress.")}, .letter = 'q'},
};

const og_command og_command_tune = {
    .name = "tune",
    .summary = "Tune the options of an agent with another agent, over several environments.",
    .doc =
        "An agent's options are a space: a search over them minimises the mean regret (or rank) "
        "at a budget over environments and seeds. Then the default, the best and some random "
        "settings are measured on other seeds: the spread over settings says how much of a "
        "result is luck with options. The search is a study like any other.",
    .example =
        "ogive tune examples/tune_genetic.yaml -o genetic-tuning\n"
        "ogive best genetic-tuning/tune.ogive",
    .arguments = tune_arguments,
    .argument_count = 1,
    .options = tune_options,
    .option_count = sizeof tune_options / sizeof *tune_options,
    .run = tune_run,
};
