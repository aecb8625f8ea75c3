#include "ogive/compare.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/compare_files.h"
#include "cli/compare_table.h"
#include "cli/number.h"
#include "cli/progress.h"

// --seeds and --budget before --set, as texts of one form
static const char* const* compare_assignments(const og_call* call, int* count) {
    int given = 0;
    const char* const* sets = og_call_texts(call, "set", &given);
    const char** all = OG_NEW(call->arena, const char*, given + 2);
    *count = 0;
    const char* seeds = og_call_text(call, "seeds");
    const char* budget = og_call_text(call, "budget");
    if (seeds) {
        all[(*count)++] =
            og_text_format(call->arena, strchr(seeds, ',') ? "seeds=[%s]" : "seeds=%s", seeds);
    }
    if (budget) {
        all[(*count)++] =
            og_text_format(call->arena, strchr(budget, ',') ? "budget=[%s]" : "budget=%s", budget);
    }
    for (int i = 0; i < given; i++) {
        all[(*count)++] = sets[i];
    }
    return all;
}

static og_status compare_journal(const og_call* call, const char* directory, const char** journal) {
    *journal = NULL;
    if (!directory) {
        return OG_OK;
    }
    OG_TRY(og_directory_make(directory));
    *journal = og_text_format(call->arena, "%s/runs", directory);
    const bool fresh = og_call_number(call, "fresh") != 0;
    if (fresh && unlink(*journal) != 0 && errno != ENOENT) {
        return og_fail(OG_ERROR_FILE, "%s: cannot be removed: %s", *journal, strerror(errno));
    }
    return OG_OK;
}

static void compare_end(const og_call* call, const og_compare_result* result, const char* directory,
                        og_buffer* out) {
    const og_compare_plan* plan = result->plan;
    og_buffer_print(out, "\n");
    og_number_print((double)plan->environment_count * plan->agent_count * plan->seed_count, out);
    og_buffer_print(out, " runs");
    if (result->runs_read > 0) {
        og_buffer_print(out, " (");
        og_number_print((double)result->runs_read, out);
        og_buffer_print(out, " made before)");
    }
    og_buffer_print(out, " in %s", og_duration_text(call->arena, result->seconds));
    og_buffer_print(out, directory ? "; tables and pictures in %s\n" : "%s\n",
                    directory ? directory : "");
}

static og_status compare_run(og_call* call) {
    int count;
    const char* const* assignments = compare_assignments(call, &count);
    og_compare_plan plan;
    OG_TRY(og_compare_load(call->arena, og_call_argument(call, 0), assignments, count, &plan));
    const char* directory =
        og_call_text(call, "output") ? og_call_text(call, "output") : plan.directory;
    const char* journal;
    OG_TRY(compare_journal(call, directory, &journal));
    og_progress_line line = og_progress_line_start(og_call_number(call, "quiet") != 0);
    og_compare_result result;
    const og_status status =
        og_compare_run(call->arena, &plan,
                       &(og_compare_options){.jobs = (int)og_call_number(call, "jobs"),
                                             .journal = journal,
                                             .interrupt = og_terminal_interrupt(),
                                             .progress = og_compare_show,
                                             .progress_context = &line},
                       &result);
    og_progress_line_end(&line);
    OG_TRY(status);
    if (result.interrupted) {
        call->code = OG_EXIT_INTERRUPT;
        fprintf(stderr, "%s\n",
                journal ? "interrupted: the same command goes on where it stopped"
                        : "interrupted: with --output DIR, a comparison can be resumed");
        return OG_OK;
    }
    if (directory) {
        OG_TRY(og_compare_write(call->arena, &result, directory));
    }
    og_buffer out = {.arena = call->arena};
    og_compare_print(&result, og_terminal_columns(stdout), og_terminal_color(stdout), &out);
    compare_end(call, &result, directory, &out);
    fwrite(out.data, 1, out.length, stdout);
    return OG_OK;
}

static const og_argument compare_arguments[] = {
    {"COMPARE.yaml", "Agents, environments, seeds and budget (docs/compare.md).", false},
};

static const og_option compare_options[] = {
    OG_TEXT_OPTION("seeds", "N|LIST", "Runs of each agent on each environment: seeds 1 .. N."),
    OG_TEXT_OPTION("budget", "N|LIST", "Evaluations of a run; of a list, results at each number."),
    {.row = {OG_TEXT_ROW("output", NULL,
                         "Folder for tables, pictures and the record that a "
                         "comparison is resumed from.")},
     .placeholder = "DIR",
     .letter = 'o'},
    {.row = {OG_TEXT_ROW("set", NULL, "Any key of the file, such as agents=[random,genetic].")},
     .placeholder = "KEY=VALUE",
     .repeated = true},
    {.row = {OG_INTEGER_ROW("jobs", "", 0, 1024, 0,
                            "Runs at the same time; 0 = as many as processors.")},
     .letter = 'j'},
    {.row = {OG_BOOLEAN_ROW("fresh", 0, "Make all runs again, also those on record.")}},
    {.row = {OG_BOOLEAN_ROW("quiet", 0, "No progress.")}, .letter = 'q'},
};

const og_command og_command_compare = {
    .name = "compare",
    .summary = "Compare agents over environments and seeds at an equal number of evaluations.",
    .doc =
        "Prints for each environment the regret at each budget (median and quartiles), the share "
        "of runs at the optimum, the improvement over random designs (RI), effect sizes (A12) and "
        "tests against one agent, then what holds over all environments, and ranks. Finished runs "
        "are kept in the output folder: after Ctrl-C or a crash, with more agents, seeds or a "
        "larger budget, the same command makes only what is missing. Results are the same for any "
        "number of jobs.",
    .example =
        "ogive compare examples/compare_functions.yaml\n"
        "ogive compare examples/compare_dram.yaml --seeds 5 -o dram-comparison",
    .arguments = compare_arguments,
    .argument_count = 1,
    .options = compare_options,
    .option_count = sizeof compare_options / sizeof *compare_options,
    .run = compare_run,
};
