// Picture of best-so-far curves: of several runs of one search the median, with the quartiles as a
// band; an exhaustive search gives the level of the optimum.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/csv.h"
#include "report/label.h"
#include "report/objective.h"
#include "report/picture.h"

enum { PROGRESS_LONG = 100 };  // evaluations from which the horizontal axis is logarithmic

static const double progress_wide = 10;  // ratio of values from which the vertical one is

// what is shown; losses are minimised, the objective's own sign comes with the last step
typedef struct progress_view {
    og_arena* arena;
    const og_report_study* studies;
    int count;
    og_objective_view objective;
    const char** labels;  // list: [count]
    double optimum;       // INFINITY = not known
    double low, high;     // losses shown; worse ones are cut off
    bool logarithmic;
} progress_view;

static bool progress_is_exhaustive(const og_study_record* record) {
    return strcmp(record->agent, "exhaustive") == 0 && record->stop == OG_STOP_EXHAUSTED;
}

static double progress_best(const og_report_study* study) {
    double best = INFINITY;
    for (int64_t i = 0; i < study->record.trial_count; i++) {
        const og_trial* trial = &study->trials[i];
        best = og_trial_accepted(trial) && trial->loss < best ? trial->loss : best;
    }
    return best;
}

static og_status progress_open(progress_view* view) {
    const og_study_record** records = OG_NEW(view->arena, const og_study_record*, view->count);
    bool searches = false;
    for (int i = 0; i < view->count; i++) {
        records[i] = &view->studies[i].record;
        searches = searches || !progress_is_exhaustive(records[i]);
    }
    view->objective = og_objective_view_make(view->arena, records[0]);
    view->labels = og_study_labels(view->arena, records, view->count);
    view->optimum = INFINITY;
    for (int i = 0; i < view->count; i++) {
        const og_objective_view own = og_objective_view_make(view->arena, records[i]);
        if (strcmp(own.name, view->objective.name) != 0 ||
            own.maximize != view->objective.maximize) {
            return og_fail(OG_ERROR_VALUE, "studies %s and %s have different objectives (%s, %s)",
                           records[0]->name, records[i]->name, view->objective.name, own.name);
        }
        if (searches && progress_is_exhaustive(records[i])) {
            view->optimum = fmin(view->optimum, progress_best(&view->studies[i]));
            view->labels[i] = NULL;
        }
    }
    return OG_OK;
}

static int progress_compare(const void* a, const void* b) {
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return x < y ? -1 : x > y;
}

// the value below which `share` of the sorted values (list: [count]) lie
static double progress_quantile(const double* sorted, int count, double share) {
    const double at = share * (count - 1);
    const int below = (int)at;
    if (below + 1 >= count || sorted[below] == sorted[below + 1]) {
        return sorted[below];
    }
    return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

// quartiles of the best so far of the runs of one search, at every evaluation that changes one
typedef struct progress_curve {
    const char* label;
    int runs;
    double* x;            // shape: [count]
    double* quartile[3];  // losses, shape: [count]
    int64_t count;
} progress_curve;

static int64_t progress_longest(const progress_view* view, const char* label) {
    int64_t longest = 0;
    for (int i = 0; i < view->count; i++) {
        const int64_t length = view->studies[i].record.trial_count;
        const bool member = view->labels[i] && (!label || strcmp(view->labels[i], label) == 0);
        longest = member && length > longest ? length : longest;
    }
    return longest;
}

static void progress_add_point(const progress_view* view, progress_curve* curve, double x,
                               const double* best) {
    double* sorted = OG_NEW(view->arena, double, curve->runs);
    memcpy(sorted, best, sizeof *sorted * (size_t)curve->runs);
    qsort(sorted, (size_t)curve->runs, sizeof *sorted, progress_compare);
    curve->x[curve->count] = x;
    for (int q = 0; q < 3; q++) {
        curve->quartile[q][curve->count] = progress_quantile(sorted, curve->runs, 0.25 * (q + 1));
    }
    curve->count++;
}

static progress_curve progress_make_curve(const progress_view* view, const char* label) {
    progress_curve curve = {.label = label};
    const og_report_study** runs = OG_NEW(view->arena, const og_report_study*, view->count);
    for (int i = 0; i < view->count; i++) {
        if (view->labels[i] && strcmp(view->labels[i], label) == 0) {
            runs[curve.runs++] = &view->studies[i];
        }
    }
    const int64_t longest = progress_longest(view, label);
    curve.x = OG_NEW(view->arena, double, longest + 1);
    for (int q = 0; q < 3; q++) {
        curve.quartile[q] = OG_NEW(view->arena, double, longest + 1);
    }
    double* best = OG_NEW(view->arena, double, curve.runs);
    for (int r = 0; r < curve.runs; r++) {
        best[r] = INFINITY;
    }
    for (int64_t t = 0; t < longest; t++) {
        bool better = t == longest - 1;
        for (int r = 0; r < curve.runs; r++) {
            const bool there = t < runs[r]->record.trial_count;
            const og_trial* trial = there ? &runs[r]->trials[t] : NULL;
            if (trial && og_trial_accepted(trial) && trial->loss < best[r]) {
                best[r] = trial->loss;
                better = true;
            }
        }
        if (better) {
            progress_add_point(view, &curve, (double)(t + 1), best);
        }
    }
    return curve;
}

// from slightly below the best to slightly above the default design and the worst end of a search
static bool progress_set_range(progress_view* view, const progress_curve* curves, int count) {
    const double reference =
        view->objective.maximize ? -view->objective.reference : view->objective.reference;
    double low = view->optimum;
    double high = isfinite(reference) ? reference : -INFINITY;
    for (int c = 0; c < count; c++) {
        for (int q = 0; q < 3 && curves[c].count > 0; q++) {
            const double end = curves[c].quartile[q][curves[c].count - 1];
            low = fmin(low, end);
            high = isfinite(end) ? fmax(high, end) : high;
        }
    }
    if (!isfinite(low)) {
        return false;
    }
    low = isfinite(reference) ? fmin(low, reference) : low;
    view->logarithmic = !view->objective.maximize && low > 0 && high > progress_wide * low;
    if (view->logarithmic) {
        view->low = low * pow(low / high, 0.06);
        view->high = high * pow(high / low, 0.12);
    } else {
        const double span = high > low ? high - low : fmax(fabs(low), 1) * 0.1;
        view->low = low - 0.06 * span;
        view->high = high + 0.12 * span;
    }
    return true;
}

// what is worse than all that is shown lies beyond the frame
static double progress_value(const progress_view* view, double loss) {
    const double far = view->logarithmic ? view->high * (view->high / view->low)
                                         : view->high + (view->high - view->low);
    return og_objective_value(&view->objective, fmin(fmax(loss, view->low), far));
}

// the median from where it comes into the picture
static og_series progress_median(const progress_view* view, const progress_curve* curve,
                                 int color) {
    double* x = OG_NEW(view->arena, double, curve->count + 1);
    double* y = OG_NEW(view->arena, double, curve->count + 1);
    int64_t count = 0;
    for (int64_t i = 0; i < curve->count; i++) {
        const double loss = curve->quartile[1][i];
        if (loss > view->high) {
            continue;
        }
        if (count == 0 && i > 0) {
            x[count] = curve->x[i];
            y[count++] = progress_value(view, INFINITY);
        }
        x[count] = curve->x[i];
        y[count++] = progress_value(view, loss);
    }
    return (og_series){.name = curve->label,
                       .x = x,
                       .y = y,
                       .count = count,
                       .form = OG_SERIES_STEP,
                       .color = color};
}

// there along the third quartile, back along the first, both in steps
static og_series progress_band(const progress_view* view, const progress_curve* curve, int color) {
    double* x = OG_NEW(view->arena, double, 4 * curve->count);
    double* y = OG_NEW(view->arena, double, 4 * curve->count);
    int64_t count = 0;
    for (int side = 0; side < 2; side++) {
        const double* losses = curve->quartile[side == 0 ? 2 : 0];
        for (int64_t k = 0; k < curve->count; k++) {
            const int64_t i = side == 0 ? k : curve->count - 1 - k;
            // a step is vertical at its point: forward the value before it comes first
            const int64_t before = i > 0 ? i - 1 : i;
            x[count] = x[count + 1] = curve->x[i];
            y[count++] = progress_value(view, losses[side == 0 ? before : i]);
            y[count++] = progress_value(view, losses[side == 0 ? i : before]);
        }
    }
    return (og_series){.name = curve->label,
                       .x = x,
                       .y = y,
                       .count = count,
                       .form = OG_SERIES_BAND,
                       .color = color};
}

static og_series progress_level(const progress_view* view, const char* name, double value,
                                int color) {
    double* level = OG_NEW(view->arena, double, 1);
    *level = value;
    return (og_series){
        .name = name, .x = level, .y = level, .count = 1, .form = OG_SERIES_LEVEL, .color = color};
}

static bool progress_first_of_label(const progress_view* view, int index) {
    for (int i = 0; i < index; i++) {
        if (view->labels[i] && strcmp(view->labels[i], view->labels[index]) == 0) {
            return false;
        }
    }
    return true;
}

static const char* progress_title(const progress_view* view, bool several) {
    return og_text_format(view->arena, "Search progress: %s%s", view->studies[0].record.environment,
                          several ? " (median and quartiles of runs)" : "");
}

static void progress_draw(const progress_view* view, const progress_curve* curves, int count,
                          og_buffer* out) {
    const og_objective_view* objective = &view->objective;
    og_series* series = OG_NEW(view->arena, og_series, 2 * count + 2);
    int shown = 0;
    bool several = false;
    for (int c = 0; c < count; c++) {
        const int color = c % (OG_SERIES_COLORS - 1);  // the last one is the optimum's
        if (curves[c].runs > 1) {
            series[shown++] = progress_band(view, &curves[c], color);
            several = true;
        }
        series[shown++] = progress_median(view, &curves[c], color);
    }
    if (isfinite(view->optimum)) {
        series[shown++] =
            progress_level(view, "exact optimum", og_objective_value(objective, view->optimum),
                           OG_SERIES_COLORS - 1);
    }
    if (isfinite(objective->reference)) {
        series[shown++] =
            progress_level(view, "default design", objective->reference, OG_SERIES_GREY);
    }
    const char* label =
        objective->unit[0]
            ? og_text_format(view->arena, "best %s so far (%s)", objective->name, objective->unit)
            : og_text_format(view->arena, "best %s so far", objective->name);
    const double ends[] = {og_objective_value(objective, view->low),
                           og_objective_value(objective, view->high)};
    og_plot_svg(&(og_plot){.title = progress_title(view, several),
                           .x_label = "evaluations",
                           .y_label = label,
                           .x_logarithmic = progress_longest(view, NULL) > PROGRESS_LONG,
                           .y_logarithmic = view->logarithmic,
                           .series = series,
                           .series_count = shown,
                           .y_low = fmin(ends[0], ends[1]),
                           .y_high = fmax(ends[0], ends[1])},
                out);
}

static og_status progress_start(const og_picture* picture, progress_view* view,
                                progress_curve** curves, int* count) {
    *view = (progress_view){
        .arena = picture->arena, .studies = picture->studies, .count = picture->count};
    OG_TRY(progress_open(view));
    *curves = OG_NEW(view->arena, progress_curve, view->count);
    *count = 0;
    for (int i = 0; i < view->count; i++) {
        if (view->labels[i] && progress_first_of_label(view, i)) {
            (*curves)[(*count)++] = progress_make_curve(view, view->labels[i]);
        }
    }
    return OG_OK;
}

static og_status progress_svg(const og_picture* picture, og_buffer* out) {
    progress_view view;
    progress_curve* curves = NULL;
    int count = 0;
    OG_TRY(progress_start(picture, &view, &curves, &count));
    if (!progress_set_range(&view, curves, count)) {
        return og_fail(OG_ERROR_VALUE, "no trial meets the constraints: nothing to show");
    }
    progress_draw(&view, curves, count, out);
    return OG_OK;
}

// one row a change; the better quartile is the first one of losses
static og_status progress_csv(const og_picture* picture, og_buffer* out) {
    progress_view view;
    progress_curve* curves = NULL;
    int count = 0;
    OG_TRY(progress_start(picture, &view, &curves, &count));
    og_buffer_print(out, "search,runs,evaluations,better_quartile,median,worse_quartile\n");
    for (int c = 0; c < count; c++) {
        for (int64_t i = 0; i < curves[c].count; i++) {
            og_csv_cell(curves[c].label, out);
            og_buffer_print(out, ",%d,%.0f", curves[c].runs, curves[c].x[i]);
            for (int q = 0; q < 3; q++) {
                og_buffer_add(out, ",", 1);
                og_csv_number(og_objective_value(&view.objective, curves[c].quartile[q][i]), out);
            }
            og_buffer_add(out, "\n", 1);
        }
    }
    return OG_OK;
}

const og_picture_kind og_picture_progress = {
    .name = "progress",
    .doc =
        "Best so far over evaluations: of runs that differ in their seed the median and the "
        "quartiles.",
    .needs = "studies of one objective",
    .svg = progress_svg,
    .csv = progress_csv,
};
