// Picture of the evaluations over time: each trial's value at the moment it began, the best so far,
// and below them those without a value.

#include <math.h>
#include <string.h>

#include "report/csv.h"
#include "report/objective.h"
#include "report/picture.h"

// what became of a trial, in the order of the legend
typedef enum plot_timeline_fate {
    PLOT_TIMELINE_ACCEPTED,
    PLOT_TIMELINE_BROKEN,
    PLOT_TIMELINE_REPEATED,
    PLOT_TIMELINE_INFEASIBLE,
    PLOT_TIMELINE_FAILED,
    PLOT_TIMELINE_FATES,
} plot_timeline_fate;

static const char* const plot_timeline_names[PLOT_TIMELINE_FATES] = {
    "keeps the constraints", "breaks a constraint", "taken from the record",
    "infeasible (at the edge)", "failed (at the edge)"};
static const int plot_timeline_colors[PLOT_TIMELINE_FATES] = {0, OG_SERIES_GREY, 5, 4, 1};

static plot_timeline_fate plot_timeline_fate_of(const og_trial* trial) {
    if (trial->outcome == OG_FAILED) {
        return PLOT_TIMELINE_FAILED;
    }
    if (trial->outcome == OG_INFEASIBLE) {
        return PLOT_TIMELINE_INFEASIBLE;
    }
    if (!og_trial_accepted(trial)) {
        return PLOT_TIMELINE_BROKEN;
    }
    return trial->repeat_of >= 0 ? PLOT_TIMELINE_REPEATED : PLOT_TIMELINE_ACCEPTED;
}

typedef struct plot_timeline_view {
    og_arena* arena;
    const og_report_study* study;
    og_quantity quantity;
    const og_analysis* analysis;
    double edge;  // value that trials without one are drawn at
} plot_timeline_view;

static og_status plot_timeline_open(const og_picture* picture, plot_timeline_view* view) {
    view->arena = picture->arena;
    view->study = &picture->studies[0];
    OG_TRY(og_picture_open(picture, 0, &view->analysis, &view->quantity));
    double low = INFINITY;
    double high = -INFINITY;
    for (int64_t i = 0; i < view->study->record.trial_count; i++) {
        const double value = view->quantity.values[i];
        low = isfinite(value) ? fmin(low, value) : low;
        high = isfinite(value) ? fmax(high, value) : high;
    }
    const bool below = view->quantity.sense == OG_MAXIMIZE;
    const bool wide = low > 0 && high > 30 * low;
    const double room = wide ? 0 : 0.06 * (high - low);
    view->edge = !isfinite(low) ? 1
                 : below        ? (wide ? low / 1.3 : low - room)
                                : (wide ? high * 1.3 : high + room);
    return OG_OK;
}

static og_series plot_timeline_series(const plot_timeline_view* view, plot_timeline_fate fate) {
    const int64_t count = view->study->record.trial_count;
    double* x = OG_NEW(view->arena, double, count);
    double* y = OG_NEW(view->arena, double, count);
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i++) {
        const og_trial* trial = &view->study->trials[i];
        if (plot_timeline_fate_of(trial) == fate) {
            x[kept] = trial->started;
            y[kept++] = fate >= PLOT_TIMELINE_INFEASIBLE ? view->edge : view->quantity.values[i];
        }
    }
    return (og_series){.name = plot_timeline_names[fate],
                       .x = x,
                       .y = y,
                       .count = kept,
                       .form = OG_SERIES_POINTS,
                       .color = plot_timeline_colors[fate]};
}

static og_series plot_timeline_best(const plot_timeline_view* view) {
    og_course course;
    og_analysis_best_so_far(view->analysis, view->arena, &view->quantity, &course);
    double* x = OG_NEW(view->arena, double, course.count + 1);
    double* y = OG_NEW(view->arena, double, course.count + 1);
    int64_t count = 0;
    double latest = 0;
    for (int64_t i = 0; i < course.count; i++) {
        const og_trial* trial = &view->study->trials[course.trials[i]];
        // a trial counts from its end on; those of one batch may end in another order
        latest = fmax(latest, trial->started + trial->seconds);
        x[count] = latest;
        y[count++] = course.values[i];
    }
    const int64_t last = view->study->record.trial_count - 1;
    if (count > 0) {
        x[count] = fmax(latest, view->study->trials[last].started);
        y[count] = y[count - 1];
        count++;
    }
    return (og_series){
        .name = "best so far", .x = x, .y = y, .count = count, .form = OG_SERIES_STEP, .color = 7};
}

static const char* plot_timeline_subtitle(const plot_timeline_view* view) {
    const og_study_record* record = &view->study->record;
    double busy = 0;
    double end = 0;
    int64_t evaluated = 0;
    for (int64_t i = 0; i < record->trial_count; i++) {
        const og_trial* trial = &view->study->trials[i];
        busy += trial->seconds;
        evaluated += trial->repeat_of < 0;
        end = fmax(end, trial->started + trial->seconds);
    }
    return og_text_format(
        view->arena, "%s trials, %s evaluated in %s: %s each, %s at once on average",
        og_svg_number(view->arena, (double)record->trial_count),
        og_svg_number(view->arena, (double)evaluated), og_svg_seconds(view->arena, end),
        og_svg_seconds(view->arena, evaluated ? busy / (double)evaluated : 0),
        og_svg_number(view->arena, end > 0 ? busy / end : 0));
}

static og_status plot_timeline_svg(const og_picture* picture, og_buffer* out) {
    plot_timeline_view view = {0};
    OG_TRY(plot_timeline_open(picture, &view));
    og_series series[PLOT_TIMELINE_FATES + 1];
    int shown = 0;
    for (int fate = 0; fate < PLOT_TIMELINE_FATES; fate++) {
        series[shown] = plot_timeline_series(&view, (plot_timeline_fate)fate);
        shown += series[shown].count > 0;
    }
    series[shown] = plot_timeline_best(&view);
    shown += series[shown].count > 0;
    og_plot_svg(
        &(og_plot){.title = og_text_format(view.arena, "Evaluations over time: %s",
                                           og_text_printable(view.arena, view.study->record.name)),
                   .subtitle = plot_timeline_subtitle(&view),
                   .x_label = "time since the study began (s)",
                   .y_label = og_picture_quantity_label(view.arena, &view.quantity),
                   .y_logarithmic = og_picture_series_wide(series, shown, false),
                   .series = series,
                   .series_count = shown},
        out);
    return OG_OK;
}

static og_status plot_timeline_csv(const og_picture* picture, og_buffer* out) {
    plot_timeline_view view = {0};
    OG_TRY(plot_timeline_open(picture, &view));
    og_buffer_print(out, "number,started_s,seconds,outcome,violation,repeat_of,");
    og_csv_cell(view.quantity.name, out);
    og_buffer_add(out, "\n", 1);
    for (int64_t i = 0; i < view.study->record.trial_count; i++) {
        const og_trial* trial = &view.study->trials[i];
        og_buffer_print(out, "%lld,%.6f,%.9f,%s,", (long long)trial->number, trial->started,
                        trial->seconds, og_outcome_name(trial->outcome));
        og_csv_number(trial->violation, out);
        og_buffer_add(out, ",", 1);
        if (trial->repeat_of >= 0) {
            og_buffer_print(out, "%lld", (long long)trial->repeat_of);
        }
        og_buffer_add(out, ",", 1);
        og_csv_number(view.quantity.values[i], out);
        og_buffer_add(out, "\n", 1);
    }
    return OG_OK;
}

const og_picture_kind og_picture_timeline = {
    .name = "timeline",
    .doc = "The evaluations over time: value and outcome of each, and the best so far.",
    .needs = "one study",
    .single = true,
    .fields = OG_PICTURE_METRIC,
    .svg = plot_timeline_svg,
    .csv = plot_timeline_csv,
};
