#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/neighbours.h"
#include "cli/study_store.h"
#include "ogive/clock.h"

enum { PLOT_AUTOMATIC, PLOT_SVG, PLOT_CSV };
static const char* const plot_formats[] = {"auto", "svg", "csv"};

// by the end of the file's name, unless it is said
static og_status plot_format(const og_call* call, int* format) {
    *format = (int)og_call_number(call, "format");
    if (*format != PLOT_AUTOMATIC) {
        return OG_OK;
    }
    const char* path = og_call_text(call, "output");
    const char* end = strrchr(path, '.');
    const bool named = end && !strchr(end, '/');
    *format = named && strcmp(end, ".csv") == 0 ? PLOT_CSV : PLOT_SVG;
    if (named && strcmp(end, ".csv") != 0 && strcmp(end, ".svg") != 0) {
        return og_fail(OG_ERROR_VALUE,
                       "--output: %s ends neither in .svg nor in .csv; --format says which it is",
                       path);
    }
    return OG_OK;
}

static og_status plot_parameters(const og_call* call, og_picture* picture) {
    int count = 0;
    const char* const* names = og_call_texts(call, "parameter", &count);
    if (count > 2) {
        return og_fail(OG_ERROR_VALUE, "--parameter was given %d times, at most 2", count);
    }
    for (int i = 0; i < count; i++) {
        picture->parameters[i] = names[i];
    }
    return OG_OK;
}

static og_status plot_write(const og_call* call, const og_picture_kind* kind,
                            const og_picture* picture) {
    int format = PLOT_SVG;
    OG_TRY(plot_format(call, &format));
    og_buffer out = {.arena = call->arena};
    OG_TRY((format == PLOT_CSV ? og_picture_csv : og_picture_svg)(kind, picture, &out));
    return og_stored_write(call, &out);
}

static og_status plot_draw(og_call* call, const og_picture_kind* kind, og_store* store,
                           const og_study_record* records, int count) {
    og_report_study* studies = OG_NEW(call->arena, og_report_study, count);
    for (int i = 0; i < count; i++) {
        OG_TRY(og_stored_trials(call, store, &records[i], &studies[i]));
    }
    og_neighbours neighbours = {.arena = call->arena,
                                .deadline = og_clock_seconds() + og_call_number(call, "seconds"),
                                .foreign = og_call_number(call, "foreign") != 0};
    const bool evaluates =
        (kind->fields & OG_PICTURE_EVALUATE) && og_call_number(call, "no_evaluate") == 0;
    og_picture picture = {.arena = call->arena,
                          .studies = studies,
                          .count = count,
                          .x = og_call_text(call, "x"),
                          .y = og_call_text(call, "y"),
                          .color = og_call_text(call, "color"),
                          .metric = og_call_text(call, "metric"),
                          .evaluate = evaluates ? og_neighbours_evaluate : NULL,
                          .context = &neighbours};
    OG_TRY(plot_parameters(call, &picture));
    OG_TRY(plot_write(call, kind, &picture));
    if (evaluates && neighbours.note && neighbours.note[0]) {
        fprintf(stderr, "plot %s: some neighbours are not known: %s\n", kind->name,
                neighbours.note);
    }
    return OG_OK;
}

static og_status plot_run(og_call* call) {
    const og_picture_kind* kind = NULL;
    OG_TRY(og_picture_kind_find(og_call_argument(call, 1), &kind));
    og_store* store = NULL;
    og_study_record* records = NULL;
    int count = 0;
    OG_TRY(og_stored_studies(call, &store, &records, &count));
    const og_status status = plot_draw(call, kind, store, records, count);
    og_store_close(store);
    return status == OG_OK ? OG_OK : og_fail_context(status, "plot %s", kind->name);
}

static const og_argument plot_arguments[] = {
    {"STORE", "Store of studies.", false},
    {"KIND",
     "progress, front, hypervolume, parallel, importance, effect, interaction, neighbourhood, "
     "timeline or outcomes.",
     false},
};

static const og_option plot_options[] = {
    {.row = {OG_TEXT_ROW("study", NULL, "Only this study; all of the store when left out.")},
     .placeholder = "NAME",
     .repeated = true},
    {.row = {OG_TEXT_ROW("x", NULL,
                         "front: metric or objective of the horizontal axis; left out: the second "
                         "objective or the first constraint.")},
     .placeholder = "METRIC"},
    {.row = {OG_TEXT_ROW("y", NULL, "front: of the vertical axis; left out: the objective.")},
     .placeholder = "METRIC"},
    {.row = {OG_TEXT_ROW("color", NULL, "front: of the colour; left out: the third objective.")},
     .placeholder = "METRIC"},
    {.row = {OG_TEXT_ROW("metric", NULL,
                         "Metric or objective that is explained; left out: the objective, or the "
                         "loss that stands for several.")},
     .placeholder = "METRIC"},
    {.row = {OG_TEXT_ROW("parameter", NULL,
                         "effect: of this parameter; interaction: given twice, of these; left "
                         "out: the most important ones.")},
     .placeholder = "NAME",
     .repeated = true},
    {.row = {OG_BOOLEAN_ROW("no_evaluate", 0,
                            "neighbourhood: evaluate nothing, show what is on record.")}},
    {.row = {OG_REAL_ROW("seconds", "s", 0, 1e6, 10,
                         "neighbourhood: most time to spend on evaluating.")}},
    {.row = {OG_BOOLEAN_ROW("foreign", 0,
                            "neighbourhood: evaluate also with environments that run programs or "
                            "libraries (command, process, plugin), as the record names them.")}},
    {.row = {OG_CHOICE_ROW("format", plot_formats, PLOT_AUTOMATIC,
                           "svg: the picture; csv: the numbers behind it; auto: as the file's "
                           "name ends, else svg.")}},
    {.row = {OG_TEXT_ROW("output", "-", "Where to write; - is standard output.")},
     .placeholder = "FILE.svg",
     .letter = 'o'},
};

const og_command og_command_plot = {
    .name = "plot",
    .summary = "Draw one picture of studies as SVG, or write the numbers behind it as CSV.",
    .doc =
        "progress: best so far over evaluations, several studies overlaid. front: two metrics of "
        "all designs and the front. hypervolume: how much is dominated over evaluations. "
        "parallel: designs as lines over their parameters. importance: which parameters matter. "
        "effect: what each value of one is worth. interaction: what two do together. "
        "neighbourhood: what each choice of the best design is worth. timeline: the evaluations "
        "over time. outcomes: what became of the trials, with reasons.",
    .example =
        "ogive plot demo/demo.ogive progress -o progress.svg\n"
        "ogive plot demo/demo.ogive front --x power_mw --y read_latency_p99_ns -o front.svg\n"
        "ogive plot demo/demo.ogive importance --study dram-genetic-1 -o importance.csv",
    .arguments = plot_arguments,
    .argument_count = 2,
    .options = plot_options,
    .option_count = sizeof plot_options / sizeof *plot_options,
    .run = plot_run,
};
