#include <ctype.h>
#include <string.h>

#include "cli/command.h"
#include "cli/study_store.h"
#include "report/objective.h"

// the first metric that a text mentions, or NULL
static const char* plot_metric_in(const og_study_record* record, const char* text) {
    for (int i = 0; i < record->metric_count; i++) {
        const char* name = record->metrics[i].name;
        const char* at = strstr(text, name);
        const char after = at ? at[strlen(name)] : '_';
        if (at && !isalnum((unsigned char)after) && after != '_') {
            return name;
        }
    }
    return NULL;
}

// metrics of the objectives and then of the constraints: the first two different ones
static void plot_choose_metrics(const og_study_record* record, const char* chosen[2]) {
    const int total = record->objective_count + record->constraint_count;
    int count = 0;
    for (int i = 0; i < total && count < 2; i++) {
        const char* text = i < record->objective_count
                               ? record->objectives[i]
                               : record->constraints[i - record->objective_count];
        const char* name = plot_metric_in(record, text);
        if (name && (count == 0 || strcmp(chosen[0], name) != 0)) {
            chosen[count++] = name;
        }
    }
}

static og_status plot_front(const og_call* call, const og_report_study* studies, int count,
                            og_buffer* out) {
    const char* chosen[2] = {NULL, NULL};
    plot_choose_metrics(&studies[0].record, chosen);
    // the objective belongs on the vertical axis, as in a curve of progress
    const char* x = og_call_text(call, "x") ? og_call_text(call, "x") : chosen[1];
    const char* y = og_call_text(call, "y") ? og_call_text(call, "y") : chosen[0];
    if (!x || !y) {
        return og_fail(OG_ERROR_VALUE,
                       "study %s has no second objective or constraint: choose "
                       "metrics with --x and --y",
                       studies[0].record.name);
    }
    return og_report_front_svg(call->arena, studies, count, x, y, out);
}

static og_status plot_all(const og_call* call, og_store* store, const og_study_record* records,
                          int count) {
    og_report_study* studies = OG_NEW(call->arena, og_report_study, count);
    for (int i = 0; i < count; i++) {
        OG_TRY(og_stored_trials(call, store, &records[i], &studies[i]));
    }
    og_buffer out = {.arena = call->arena};
    if (strcmp(og_call_argument(call, 1), "front") == 0) {
        OG_TRY(plot_front(call, studies, count, &out));
    } else {
        OG_TRY(og_report_progress_svg(call->arena, studies, count, &out));
    }
    return og_stored_write(call, &out);
}

static og_status plot_run(og_call* call) {
    static const char* const kinds[] = {"progress", "front"};
    const char* kind = og_call_argument(call, 1);
    if (strcmp(kind, kinds[0]) != 0 && strcmp(kind, kinds[1]) != 0) {
        const char* nearest = og_text_nearest(kind, kinds, 2);
        return og_fail(OG_ERROR_NAME, "plot: no picture '%s'%s%s%s (progress, front)", kind,
                       nearest ? ", did you mean " : "", nearest ? nearest : "",
                       nearest ? "?" : "");
    }
    if (strcmp(kind, kinds[0]) == 0 && (og_call_given(call, "x") || og_call_given(call, "y"))) {
        return og_fail(OG_ERROR_VALUE,
                       "plot progress: --x and --y choose the metrics of a front; progress shows "
                       "the objective over evaluations");
    }
    og_store* store = NULL;
    og_study_record* records = NULL;
    int count = 0;
    OG_TRY(og_stored_studies(call, &store, &records, &count));
    const og_status status = plot_all(call, store, records, count);
    og_store_close(store);
    return status;
}

static const og_argument plot_arguments[] = {
    {"STORE", "Store of studies.", false},
    {"KIND", "progress: best so far over evaluations; front: two metrics of all designs.", false},
};

static const og_option plot_options[] = {
    {.row = {OG_TEXT_ROW("study", NULL, "Only this study; all of the store when left out.")},
     .placeholder = "NAME",
     .repeated = true},
    {.row = {OG_TEXT_ROW("x", NULL,
                         "Metric of the horizontal axis of a front; left out: the "
                         "second objective or the first constraint.")},
     .placeholder = "METRIC"},
    {.row = {OG_TEXT_ROW("y", NULL, "Metric of the vertical axis; left out: the objective.")},
     .placeholder = "METRIC"},
    {.row = {OG_TEXT_ROW("output", "-", "Where to write; - is standard output.")},
     .placeholder = "FILE.svg",
     .letter = 'o'},
};

const og_command og_command_plot = {
    .name = "plot",
    .summary = "Draw studies as SVG: progress curves, or the front of two metrics.",
    .example =
        "ogive plot demo/demo.ogive progress -o progress.svg\n"
        "ogive plot demo/demo.ogive front --x power_mw --y read_latency_p99_ns -o front.svg",
    .arguments = plot_arguments,
    .argument_count = 2,
    .options = plot_options,
    .option_count = sizeof plot_options / sizeof *plot_options,
    .run = plot_run,
};
