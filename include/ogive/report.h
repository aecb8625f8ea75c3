/// Reports: CSV, JSON and SVG pictures of studies.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/analysis.h"
#include "ogive/arena.h"
#include "ogive/compare.h"
#include "ogive/store.h"
#include "ogive/text.h"

/// A study with all its trials, as read from a store or given by a run.
typedef struct og_report_study {
    og_study_record record;
    const og_trial* trials;  ///< list: [record.trial_count]

    /// Optional, for the page: what surrounds trial record.best, evaluated as far as it could be,
    /// and why not all of it was.
    const og_neighbourhood* neighbourhood;
    const char* neighbourhood_note;

    /// Optional, for the page: what the agent told of its search, as og_store_diagnostics() gives
    /// it (list: [diagnostic_count]).
    const og_recorded_diagnostic* diagnostics;
    int64_t diagnostic_count;
} og_report_study;

/// All trials as CSV (RFC 4180): number, parameters, metrics, outcome, reason, loss, violation,
/// repeat_of. Metrics and loss of designs without metrics are empty cells, as is repeat_of of a
/// design that was evaluated. `timing` adds started and seconds, which differ from run to run;
/// without it equal studies give equal bytes.
void og_report_csv(const og_report_study* study, bool timing, og_buffer* out);

/// The same as one JSON document, with the study's description; null stands for empty cells.
void og_report_json(const og_report_study* study, bool timing, og_buffer* out);

/// What the agent told of its search as CSV: trials, name, part, value.
void og_report_diagnostics_csv(const og_recorded_diagnostic* list, int64_t count, og_buffer* out);

/// How a series is drawn.
typedef enum og_series_form {
    OG_SERIES_LINE,
    OG_SERIES_STEP,    ///< the value holds until the next point
    OG_SERIES_POINTS,  ///< small dots
    OG_SERIES_MARKS,   ///< few large diamonds, on top of all else
    OG_SERIES_LEVEL,   ///< one dashed horizontal line at y[0]
    OG_SERIES_BAND,    ///< a lightly filled area, its outline from point to point; no legend entry
} og_series_form;

/// Colours of a palette that colour-blind people can tell apart (Okabe and Ito 2008).
enum { OG_SERIES_COLORS = 8, OG_SERIES_GREY = -1 };

/// Colours, then the same with dashed, then with dotted lines: for pictures of many lines.
enum { OG_SERIES_STYLES = 3 * OG_SERIES_COLORS };

/// One series of a picture.
typedef struct og_series {
    const char* name;  ///< for the legend; series of one name share one entry there
    const double* x;   ///< list: [count]
    const double* y;   ///< list: [count]
    int64_t count;
    og_series_form form;
    int color;  ///< 0 .. OG_SERIES_STYLES - 1, or OG_SERIES_GREY
    const double*
        shade;  ///< of points: a third value that colours each, list: [count]; NULL = none
} og_series;

/// A picture with two axes. Points that are not finite, or not positive on a logarithmic axis, are
/// left out.
typedef struct og_plot {
    const char* title;
    const char* x_label;  ///< with unit
    const char* y_label;
    bool x_logarithmic, y_logarithmic;
    const og_series* series;  ///< list: [series_count]
    int series_count;
    const char* subtitle;     ///< NULL = none
    double y_low, y_high;     ///< values shown; lines beyond are cut off. Equal = all
    const char* shade_label;  ///< what the shades of points are, with unit; NULL = none has any
} og_plot;

/// Write `plot` as a self-contained SVG: white ground, round ticks, legend beside the data, no more
/// than 4,000 points a series. Lines keep the extremes of every pixel column, dots are merged only
/// where they overlap.
void og_plot_svg(const og_plot* plot, og_buffer* out);

/// What a picture is made of.
typedef struct og_picture {
    og_arena* arena;
    const og_report_study* studies;  ///< list: [count]
    int count;
    const char* x;              ///< metric or objective of the horizontal axis, NULL = chosen
    const char* y;              ///< likewise of the vertical one
    const char* color;          ///< likewise of the colour
    const char* metric;         ///< metric or objective that is explained; NULL = the only
                                ///< objective, or the loss that stands for several
    const char* parameters[2];  ///< that are looked at, NULL = the most important ones
    /// Optional: evaluate the open designs of `neighbourhood`, which is of study `record`: as
    /// og_study_evaluate(). Left out: what is not in the record stays open.
    og_status (*evaluate)(void* context, const og_study_record* record,
                          const og_neighbourhood* neighbourhood, og_trial** trials);
    void* context;  ///< of evaluate
} og_picture;

/// Which fields of a picture its kind reads beside the studies.
typedef enum og_picture_field {
    OG_PICTURE_AXES = 1,   ///< x, y
    OG_PICTURE_COLOR = 2,  ///< color
    OG_PICTURE_METRIC = 4,
    OG_PICTURE_PARAMETER = 8,    ///< parameters[0]
    OG_PICTURE_PARAMETERS = 16,  ///< parameters[0] and [1]
    OG_PICTURE_EVALUATE = 32,
} og_picture_field;

/// A kind of picture of studies: how it is drawn, and the numbers behind it.
typedef struct og_picture_kind {
    const char* name;
    const char* doc;    ///< one sentence: what it shows
    const char* needs;  ///< what there has to be for it, "one study"; "" = any study
    bool single;        ///< it shows one study
    int fields;         ///< og_picture_field, added up
    og_status (*svg)(const og_picture* picture, og_buffer* out);
    og_status (*csv)(const og_picture* picture, og_buffer* out);
} og_picture_kind;

/// Kind number `index`, NULL past the end: progress, front, hypervolume, parallel, importance,
/// effect, interaction, neighbourhood, timeline, outcomes.
const og_picture_kind* og_picture_kind_at(int index);

/// The kind `name`; unknown: OG_ERROR_NAME with the nearest one and all there are.
og_status og_picture_kind_find(const char* name, const og_picture_kind** kind);

/// Draw `picture` as a self-contained SVG. Fails when the studies do not have what the kind needs.
og_status og_picture_svg(const og_picture_kind* kind, const og_picture* picture, og_buffer* out);

/// The numbers behind it as CSV (RFC 4180), all of them: nothing is thinned or cut off as in the
/// picture.
og_status og_picture_csv(const og_picture_kind* kind, const og_picture* picture, og_buffer* out);

/// Studies (list: [count]) as one HTML page that needs no other file and no network: what was
/// searched, the best designs against the default, and pictures to look around in. Studies of one
/// task share their pictures. Everything is counted over all trials; designs are drawn one by one
/// for a sample of at most 16,000, or 300 a study, and the page says so.
void og_report_page(og_arena* arena, const og_report_study* studies, int count, og_buffer* out);

/// What that page is drawn from, alone: one JSON object, which is safe inside HTML. Without
/// `analysis` it is made sooner: importances and the neighbours of best designs are left out, and
/// at most 4,000 designs are drawn.
void og_report_page_data(og_arena* arena, const og_report_study* studies, int count, bool analysis,
                         og_buffer* out);

/// Every run of a comparison at every budget as CSV: environment, agent, seed, evaluations, value,
/// regret, hit. A run without a result has empty cells.
void og_report_compare_csv(const og_compare_result* result, og_buffer* out);

/// Statistics of every agent at every budget as CSV.
void og_report_compare_summary_csv(const og_compare_result* result, og_buffer* out);

/// Processor time of agents and simulators as CSV; other than the rest, it differs from run to run.
void og_report_compare_timing_csv(const og_compare_result* result, og_buffer* out);

/// Median regret of all agents over evaluations, with quartiles as bands, of one environment.
void og_report_compare_progress_svg(og_arena* arena, const og_compare_result* result,
                                    int environment, og_buffer* out);

/// What holds over all environments, of every agent at every budget, as CSV.
void og_report_compare_overall_csv(const og_compare_result* result, og_buffer* out);

/// Median over environments of the median regret over evaluations, one line an agent.
void og_report_compare_overall_svg(og_arena* arena, const og_compare_result* result,
                                   og_buffer* out);

/// Critical-difference diagram (Demsar, JMLR 2006): agents at their mean ranks, those joined by a
/// bar do not differ. Needs at least two agents.
void og_report_compare_ranks_svg(og_arena* arena, const og_compare_result* result, og_buffer* out);
