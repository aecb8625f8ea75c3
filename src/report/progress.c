// Picture of best-so-far curves.

#include <math.h>
#include <string.h>

#include "ogive/report.h"
#include "report/objective.h"

// one curve: a point where the best improves, and one at the end
static og_series progress_series(og_arena* arena, const og_report_study* study,
                                 const og_objective_view* view, const char* name, int color) {
    const int64_t total = study->record.trial_count;
    double* x = OG_NEW(arena, double, total + 1);
    double* y = OG_NEW(arena, double, total + 1);
    int64_t count = 0;
    double best = INFINITY;
    for (int64_t i = 0; i < total; i++) {
        const og_trial* trial = &study->trials[i];
        if (og_trial_accepted(trial) && trial->loss < best) {
            best = trial->loss;
            x[count] = (double)(i + 1);
            y[count++] = og_objective_value(view, best);
        }
    }
    if (count > 0 && x[count - 1] < (double)total) {
        x[count] = (double)total;
        y[count] = y[count - 1];
        count++;
    }
    return (og_series){name, x, y, count, OG_SERIES_STEP, color};
}

// studies of one agent share colour and legend entry, unless all are of one agent
static const char* progress_name(const og_report_study* studies, int count, int index) {
    const char* agent = studies[0].record.agent;
    for (int i = 1; i < count; i++) {
        if (strcmp(studies[i].record.agent, agent) != 0) {
            return studies[index].record.agent;
        }
    }
    return count > 1 ? studies[index].record.name : agent;
}

static int progress_color(const og_series* series, int count, const char* name) {
    int distinct = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(series[i].name, name) == 0) {
            return series[i].color;
        }
        bool first = true;
        for (int j = 0; j < i; j++) {
            first = first && strcmp(series[j].name, series[i].name) != 0;
        }
        distinct += first;
    }
    return distinct % OG_SERIES_COLORS;
}

static const char* progress_label(og_arena* arena, const og_objective_view* view) {
    return view->unit[0] ? og_text_format(arena, "best %s so far (%s)", view->name, view->unit)
                         : og_text_format(arena, "best %s so far", view->name);
}

// logarithmic where values span more than a decade and a half
static bool progress_is_wide(const og_series* series, int count, bool of_x, double decades) {
    double low = INFINITY;
    double high = 0;
    for (int s = 0; s < count; s++) {
        for (int64_t i = 0; i < series[s].count; i++) {
            const double value = of_x ? series[s].x[i] : series[s].y[i];
            if (!(value > 0)) {
                return false;
            }
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
    }
    return high > low * pow(10, decades);
}

og_status og_report_progress_svg(og_arena* arena, const og_report_study* studies, int count,
                                 og_buffer* out) {
    if (count < 1) {
        return og_fail(OG_ERROR_VALUE, "no study to show");
    }
    const og_objective_view view = og_objective_view_make(arena, &studies[0].record);
    og_series* series = OG_NEW(arena, og_series, count + 1);
    int64_t points = 0;
    for (int i = 0; i < count; i++) {
        const og_objective_view own = og_objective_view_make(arena, &studies[i].record);
        if (strcmp(own.name, view.name) != 0 || own.maximize != view.maximize) {
            return og_fail(OG_ERROR_VALUE, "studies %s and %s have different objectives (%s, %s)",
                           studies[0].record.name, studies[i].record.name, view.name, own.name);
        }
        const char* name = progress_name(studies, count, i);
        const int color = progress_color(series, i, name);
        series[i] = progress_series(arena, &studies[i], &view, name, color);
        points += series[i].count;
    }
    if (points == 0) {
        return og_fail(OG_ERROR_VALUE, "no trial meets the constraints: nothing to show");
    }
    const bool wide_x = progress_is_wide(series, count, true, 1.5);
    const bool wide_y = progress_is_wide(series, count, false, 0.4);
    int shown = count;
    if (isfinite(view.reference)) {
        double* level = OG_NEW(arena, double, 1);
        *level = view.reference;
        series[shown++] =
            (og_series){"default design", level, level, 1, OG_SERIES_LEVEL, OG_SERIES_GREY};
    }
    og_plot_svg(
        &(og_plot){og_text_format(arena, "Search progress: %s", studies[0].record.environment),
                   "evaluations", progress_label(arena, &view), wide_x, wide_y, series, shown},
        out);
    return OG_OK;
}
