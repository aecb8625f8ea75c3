#include "study/import.h"

#include <stdio.h>

#include "cli/command.h"
#include "cli/number.h"
#include "cli/run_plan.h"
#include "ogive/file.h"
#include "report/csv.h"
#include "report/objective.h"

static og_status import_read_options(const og_call* call, og_import* import) {
    import->path = og_call_argument(call, 0);
    import->study = og_call_text(call, "from");
    import->designs_only = og_call_given(call, "designs");
    import->skip = og_call_number(call, "skip") != 0;
    OG_TRY(og_run_plan_pairs(call, "rename", &import->renames, &import->rename_count));
    OG_TRY(og_run_plan_pairs(call, "scale", &import->scales, &import->scale_count));
    if (og_call_given(call, "values")) {
        char** names;
        import->value_count = og_text_split(call->arena, og_call_text(call, "values"), ',', &names);
        import->values = (const char* const*)names;
    }
    return OG_OK;
}

static void import_show_problems(const og_import_result* result) {
    for (int64_t i = 0; i < result->bad && i < OG_IMPORT_PROBLEMS; i++) {
        fprintf(stderr, "%s\n", result->problems[i]);
    }
    if (result->bad > OG_IMPORT_PROBLEMS) {
        fprintf(stderr, "(the first %d are shown)\n", (int)OG_IMPORT_PROBLEMS);
    }
}

// The designs alone, as `ogive run --enqueue` and `ogive evaluate` read them.
static og_status import_write_designs(const og_import_result* result, const char* path,
                                      og_arena* arena) {
    const og_space_table* space = &result->record.space;
    og_buffer out = {.arena = arena};
    for (int i = 0; i < space->count; i++) {
        og_buffer_print(&out, "%s%s", i > 0 ? "," : "", space->parameters[i].name);
    }
    og_buffer_print(&out, "\n");
    for (int64_t t = 0; t < result->record.trial_count; t++) {
        og_csv_design(space->parameters, space->count, result->trials[t].x, &out);
        // without the comma behind the last
        out.data[out.length - 1] = '\n';
    }
    return og_file_write(path, out.data, out.length);
}

static void import_summary(const og_import_result* result, const char* store, og_buffer* out) {
    const og_study_record* record = &result->record;
    og_arena* arena = out->arena;
    og_buffer_print(out, "%s: %s imported into %s", record->name,
                    og_count_text(arena, record->trial_count, "trial"), store);
    if (result->bad > 0) {
        og_buffer_print(out, ", %s left out that do not fit",
                        og_count_text(arena, result->bad, "row"));
    }
    if (result->unfinished > 0) {
        og_buffer_print(out, ", %s left out that did not end",
                        og_count_text(arena, result->unfinished, "trial"));
    }
    og_buffer_print(out, ".\n");
    for (int i = 0; i < result->unused_count; i++) {
        og_buffer_print(out, "%s%s", i == 0 ? "Columns that were not used: " : ", ",
                        result->unused[i]);
    }
    og_buffer_print(out, "%s", result->unused_count > 0 ? ".\n" : "");
    if (record->best >= 0) {
        const og_objective_view view = og_objective_view_make(arena, record);
        const double loss = result->trials[record->best].loss;
        og_buffer_print(out, "Best %s: %s, trial %lld.\n", view.name,
                        og_number_text(arena, og_objective_value(&view, loss), view.unit),
                        (long long)record->best);
    }
    og_buffer_print(out,
                    "`ogive run` with the same environment and objectives, --name %s and an agent "
                    "goes on from here.\n",
                    record->name);
}

static og_status import_run(og_call* call) {
    og_plan plan = {0};
    og_import import = {0};
    og_import_result result;
    OG_TRY(og_run_plan_import(call, &plan));
    OG_TRY(import_read_options(call, &import));
    OG_TRY(og_study_import(call->arena, &plan, &import, &result));
    import_show_problems(&result);
    if (result.bad > 0 && !import.skip) {
        return og_fail(OG_ERROR_VALUE,
                       "%s: %s that do%s not fit, nothing was imported (--skip leaves them out)",
                       import.path, og_count_text(call->arena, result.bad, "row"),
                       result.bad == 1 ? "es" : "");
    }
    if (import.designs_only && og_file_same(og_call_text(call, "designs"), import.path)) {
        return og_fail(OG_ERROR_VALUE, "--designs: %s is the file that is imported", import.path);
    }
    if (import.designs_only) {
        OG_TRY(import_write_designs(&result, og_call_text(call, "designs"), call->arena));
        return OG_OK;
    }
    og_buffer out = {.arena = call->arena};
    import_summary(&result, og_store_name(call->arena, plan.store), &out);
    fwrite(out.data, 1, out.length, stdout);
    return OG_OK;
}

static const og_argument import_arguments[] = {
    {"FILE", "Optuna study (SQLite), CSV table or ArchGym trajectory.", false},
    {"STUDY.yaml", "Study file whose environment, space and objectives are meant.", true},
};

static const og_option import_options[] = {
    OG_TEXT_OPTION("store", "FILE", "Store that gets the study."),
    OG_TEXT_OPTION("name", "NAME", "Name of the study in its store; must be new."),
    OG_TEXT_OPTION("from", "STUDY", "Study of an Optuna file that has several."),
    OG_TEXTS_OPTION("rename", "COLUMN=NAME", "The parameter or metric that a column holds."),
    OG_TEXTS_OPTION("scale", "METRIC=FACTOR", "Multiply a metric's column, for another unit."),
    OG_TEXT_OPTION("values", "NAMES",
                   "Metrics, separated by commas, of values without names: objectives of Optuna, "
                   "observations of ArchGym. Without: the objectives of the study."),
    OG_TEXT_OPTION("designs", "FILE.csv",
                   "Write the designs alone, for `ogive run --enqueue`; no study is made."),
    {.row = {OG_BOOLEAN_ROW("skip", 0, "Leave out rows that do not fit.")}},
    OG_RUN_PLAN_OPTIONS,
    OG_RUN_PLAN_SET_OPTION,
};

const og_command og_command_import = {
    .name = "import",
    .summary = "Begin a study with trials that another tool made.",
    .doc =
        "Columns are matched with parameters and metrics by name (PagePolicy is page_policy). "
        "Each parameter and each metric needs one, nothing is guessed; a row that does not fit is "
        "refused by its line. The study can be shown, exported and gone on with by any agent, "
        "and its imported trials do not count in the budget.\n\nExit code: 0, 2 wrong input.",
    .example =
        "ogive import trials.csv --store s.ogive --name warm --environment function --minimize "
        "value",
    .arguments = import_arguments,
    .argument_count = 2,
    .options = import_options,
    .option_count = sizeof import_options / sizeof *import_options,
    .run = import_run,
};
