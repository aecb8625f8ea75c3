#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/study_store.h"

enum { EXPORT_CSV, EXPORT_JSON };
static const char* const export_formats[] = {"csv", "json"};

static og_status export_diagnostics(const og_call* call, og_store* store,
                                    const og_study_record* record) {
    og_report_study study = {0};
    if ((int)og_call_number(call, "format") != EXPORT_CSV) {
        return og_fail(OG_ERROR_VALUE, "--format: diagnostics are written as csv only");
    }
    OG_TRY(og_stored_diagnostics(call, store, record, &study));
    og_buffer out = {.arena = call->arena};
    og_report_diagnostics_csv(study.diagnostics, study.diagnostic_count, &out);
    return og_stored_write(call, &out);
}

static og_status export_one(const og_call* call, og_store* store, const og_study_record* record) {
    og_report_study study = {0};
    OG_TRY(og_stored_trials(call, store, record, &study));
    if (og_call_number(call, "diagnostics") != 0) {
        return export_diagnostics(call, store, record);
    }
    const bool timing = og_call_number(call, "timing") != 0;
    og_buffer out = {.arena = call->arena};
    if ((int)og_call_number(call, "format") == EXPORT_JSON) {
        og_report_json(&study, timing, &out);
    } else {
        og_report_csv(&study, timing, &out);
    }
    return og_stored_write(call, &out);
}

static og_status export_refuse(const og_call* call, const og_study_record* studies, int count) {
    og_buffer names = {.arena = call->arena};
    for (int i = 0; i < count && i < 8; i++) {
        og_buffer_print(&names, "%s%s", i ? ", " : "", studies[i].name);
    }
    return og_fail(OG_ERROR_VALUE, "%s holds %d studies, choose one with --study (%s%s)",
                   og_call_argument(call, 0), count, names.data, count > 8 ? ", ..." : "");
}

static og_status export_run(og_call* call) {
    og_store* store = NULL;
    og_study_record* studies = NULL;
    int count = 0;
    OG_TRY(og_stored_studies(call, &store, &studies, &count));
    const og_status status =
        count == 1 ? export_one(call, store, &studies[0]) : export_refuse(call, studies, count);
    og_store_close(store);
    return status;
}

static const og_argument export_arguments[] = {{"STORE", "Store of studies.", false}};

static const og_option export_options[] = {
    {.row = {OG_TEXT_ROW("study", NULL, "Which one; needed when the store holds several.")},
     .placeholder = "NAME"},
    {.row = {OG_CHOICE_ROW("format", export_formats, EXPORT_CSV, "Form of the text.")}},
    {.row = {OG_TEXT_ROW("output", "-", "Where to write; - is standard output.")},
     .placeholder = "FILE",
     .letter = 'o'},
    {.row = {OG_BOOLEAN_ROW("timing", 0,
                            "Add start and duration of every trial, which differ from "
                            "run to run.")}},
    {.row = {OG_BOOLEAN_ROW(
         "diagnostics", 0,
         "In place of the trials, what the agent told of its search, if it does: "
         "entropies of policies (1 = undecided), errors of models (1 = the "
         "spread of what they learn).")}},
};

const og_command og_command_export = {
    .name = "export",
    .summary = "Write all trials of a study as CSV or JSON.",
    .doc = "Without --timing, equal studies give equal bytes.",
    .example = "ogive export demo/demo.ogive --study dram-genetic-1 --format csv -o genetic.csv",
    .arguments = export_arguments,
    .argument_count = 1,
    .options = export_options,
    .option_count = sizeof export_options / sizeof *export_options,
    .run = export_run,
};
