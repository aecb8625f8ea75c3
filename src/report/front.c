// Picture of two metrics of all trials against each other, with the front.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/report.h"
#include "ogive/study.h"
#include "report/objective.h"

// the two metrics shown, and all accepted trials of all studies
typedef struct front_view {
    og_arena* arena;
    const og_report_study* studies;
    int count;
    const char* names[2];
    int better[2];
    const char* units[2];
    double* points;  // shape: [total][2], to be minimised
    int64_t total;
} front_view;

static int front_metric(const og_study_record* record, const char* name) {
    int index = 0;
    return og_record_metric(record, name, &index) == OG_OK ? index : -1;
}

static og_status front_start(front_view* view) {
    int64_t total = 0;
    for (int s = 0; s < view->count; s++) {
        for (int axis = 0; axis < 2; axis++) {
            int index = 0;
            const og_study_record* record = &view->studies[s].record;
            OG_TRY(og_record_metric(record, view->names[axis], &index));
            view->better[axis] = record->metrics[index].better;
            view->units[axis] = record->metrics[index].unit;
        }
        total += view->studies[s].record.trial_count;
    }
    view->points = OG_NEW(view->arena, double, 2 * total);
    return OG_OK;
}

// trials of one study, those that keep the constraints or those that do not
static og_series front_trials(front_view* view, int s, bool accepted, const char* name, int color) {
    const og_study_record* record = &view->studies[s].record;
    const int columns[2] = {front_metric(record, view->names[0]),
                            front_metric(record, view->names[1])};
    double* x = OG_NEW(view->arena, double, record->trial_count);
    double* y = OG_NEW(view->arena, double, record->trial_count);
    int64_t count = 0;
    for (int64_t i = 0; i < record->trial_count; i++) {
        const og_trial* trial = &view->studies[s].trials[i];
        if (trial->outcome != OG_FEASIBLE || og_trial_accepted(trial) != accepted) {
            continue;
        }
        x[count] = trial->y[columns[0]];
        y[count] = trial->y[columns[1]];
        if (accepted) {
            view->points[2 * view->total] = view->better[0] > 0 ? -x[count] : x[count];
            view->points[2 * view->total + 1] = view->better[1] > 0 ? -y[count] : y[count];
            view->total++;
        }
        count++;
    }
    return (og_series){
        .name = name, .x = x, .y = y, .count = count, .form = OG_SERIES_POINTS, .color = color};
}

static int front_compare(const void* a, const void* b) {
    const double* p = a;
    const double* q = b;
    return p[0] < q[0] ? -1 : p[0] > q[0];
}

static og_series front_line(front_view* view) {
    bool* eligible = OG_NEW(view->arena, bool, view->total);
    int64_t* front = OG_NEW(view->arena, int64_t, view->total);
    memset(eligible, 1, (size_t)view->total);
    const int64_t count = og_front(view->points, view->total, 2, eligible, front);
    double* sorted = OG_NEW(view->arena, double, 2 * count);
    double* x = OG_NEW(view->arena, double, count);
    double* y = OG_NEW(view->arena, double, count);
    for (int64_t i = 0; i < count; i++) {
        memcpy(sorted + 2 * i, view->points + 2 * front[i], 2 * sizeof *sorted);
    }
    qsort(sorted, (size_t)count, 2 * sizeof *sorted, front_compare);
    for (int64_t i = 0; i < count; i++) {
        x[i] = view->better[0] > 0 ? -sorted[2 * i] : sorted[2 * i];
        y[i] = view->better[1] > 0 ? -sorted[2 * i + 1] : sorted[2 * i + 1];
    }
    return (og_series){.name = "non-dominated front",
                       .x = x,
                       .y = y,
                       .count = count,
                       .form = OG_SERIES_STEP,
                       .color = 7};
}

static og_series front_default(front_view* view) {
    const og_study_record* record = &view->studies[0].record;
    double* point = OG_NEW(view->arena, double, 2);
    point[0] = point[1] = NAN;
    if (record->reference_y) {
        point[0] = record->reference_y[front_metric(record, view->names[0])];
        point[1] = record->reference_y[front_metric(record, view->names[1])];
    }
    return (og_series){.name = "default design",
                       .x = point,
                       .y = point + 1,
                       .count = 1,
                       .form = OG_SERIES_MARKS,
                       .color = 1};
}

static const char* front_label(og_arena* arena, const char* name, const char* unit) {
    return unit[0] ? og_text_format(arena, "%s (%s)", name, unit) : name;
}

static bool front_is_wide(const og_series* series, int count, bool of_x) {
    double low = INFINITY;
    double high = 0;
    for (int s = 0; s < count; s++) {
        for (int64_t i = 0; i < series[s].count; i++) {
            const double value = of_x ? series[s].x[i] : series[s].y[i];
            if (!(value > 0)) {
                return false;
            }
            low = fmin(low, value);
            high = fmax(high, value);
        }
    }
    return high > 30 * low;
}

og_status og_report_front_svg(og_arena* arena, const og_report_study* studies, int count,
                              const char* x_metric, const char* y_metric, og_buffer* out) {
    front_view view = {
        .arena = arena, .studies = studies, .count = count, .names = {x_metric, y_metric}};
    if (count < 1) {
        return og_fail(OG_ERROR_VALUE, "no study to show");
    }
    OG_TRY(front_start(&view));
    og_series* series = OG_NEW(arena, og_series, 2 * count + 2);
    int shown = 0;
    bool constrained = false;
    for (int s = 0; s < count; s++) {
        const og_series outside =
            front_trials(&view, s, false, "breaks a constraint", OG_SERIES_GREY);
        if (outside.count > 0) {
            series[shown++] = outside;
            constrained = true;
        }
    }
    const char* inside = constrained ? "keeps the constraints" : "designs tried";
    for (int s = 0; s < count; s++) {
        series[shown++] = front_trials(&view, s, true, inside, 5);
    }
    if (view.total == 0) {
        return og_fail(OG_ERROR_VALUE, "no trial meets the constraints: nothing to show");
    }
    series[shown++] = front_line(&view);
    series[shown++] = front_default(&view);
    og_plot_svg(&(og_plot){.title = og_text_format(arena, "Designs tried: %s",
                                                   studies[0].record.environment),
                           .x_label = front_label(arena, x_metric, view.units[0]),
                           .y_label = front_label(arena, y_metric, view.units[1]),
                           .x_logarithmic = front_is_wide(series, shown, true),
                           .y_logarithmic = front_is_wide(series, shown, false),
                           .series = series,
                           .series_count = shown},
                out);
    return OG_OK;
}
