/// Reports: tables, CSV, JSON and SVG pictures of studies.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/store.h"
#include "ogive/text.h"

/// A study with all its trials, as read from a store or given by a run.
typedef struct og_report_study {
    og_study_record record;
    const og_trial* trials;  ///< list: [record.trial_count]
} og_report_study;

/// All trials as CSV: number, parameters, metrics, outcome, reason, loss, violation, repeat_of. `timing` adds started
/// and seconds, which differ from run to run; without it equal studies give equal bytes.
void og_report_csv(const og_report_study* study, bool timing, og_buffer* out);

/// The same as one JSON document, with the study's description.
void og_report_json(const og_report_study* study, bool timing, og_buffer* out);

/// One series of a picture: points (shape: [count] each).
typedef struct og_series {
    const char* name;
    const double* x;
    const double* y;
    int64_t count;
    enum { OG_SERIES_LINE, OG_SERIES_STEP, OG_SERIES_POINTS } form;
    int color;  ///< 0..7: index into a palette that colour-blind people can tell apart; -1 = grey
} og_series;

/// A picture with two axes.
typedef struct og_plot {
    const char* title;
    const char* x_label;  ///< with unit
    const char* y_label;
    bool x_logarithmic, y_logarithmic;
    const og_series* series;  ///< list: [series_count]
    int series_count;
} og_plot;

/// Write `plot` as a self-contained SVG (light and dark by the viewer's preference), axes with round ticks,
/// legend, no more than 4,000 points a series (down-sampled keeping extremes).
void og_plot_svg(const og_plot* plot, og_buffer* out);

/// Best-so-far curves of several studies of one objective (one panel), into `out`.
og_status og_report_progress_svg(og_arena* arena, const og_report_study* studies, int count, og_buffer* out);

/// Two metrics of all trials of several studies against each other, their non-dominated front as a line,
/// the default design marked.
og_status og_report_front_svg(og_arena* arena, const og_report_study* studies, int count, const char* x_metric,
                              const char* y_metric, og_buffer* out);
