// Picture of designs as lines over all parameters: which values the good ones have in common.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/csv.h"
#include "report/objective.h"
#include "report/picture.h"

enum {
    PLOT_PARALLEL_LINES = 1000,  // most designs drawn
    PLOT_PARALLEL_AXES = 40,     // most parameters drawn, the most important ones
    PLOT_PARALLEL_TOP = 180,
    PLOT_PARALLEL_BOTTOM = 520,
    PLOT_PARALLEL_HEIGHT = 560,
    PLOT_PARALLEL_PITCH = 74,
    PLOT_PARALLEL_NAMES = 9,  // most values written beside an axis
};

// a parameter or, last, the quantity
typedef struct plot_parallel_axis {
    const og_parameter* parameter;  // NULL = the quantity
    int column;
    double low, high;
    bool logarithmic;
    double x;
} plot_parallel_axis;

typedef struct plot_parallel_view {
    og_arena* arena;
    const og_analysis* analysis;
    og_quantity quantity;
    plot_parallel_axis* axes;  // list: [axis_count]
    int axis_count;
    int64_t* trials;  // drawn, the best last; list: [count]
    int64_t count;
    int64_t accepted;  // of them, at the end
    double width;
    og_buffer* out;
} plot_parallel_view;

static double plot_parallel_value(const plot_parallel_view* view, const plot_parallel_axis* axis,
                                  int64_t trial) {
    return axis->parameter ? view->analysis->trials[trial].x[axis->column]
                           : view->quantity.values[trial];
}

static double plot_parallel_y(const plot_parallel_axis* axis, double value) {
    const double span = axis->logarithmic ? log(axis->high / axis->low) : axis->high - axis->low;
    const double part = axis->logarithmic ? log(value / axis->low) : value - axis->low;
    return PLOT_PARALLEL_BOTTOM -
           (span > 0 ? part / span : 0.5) * (PLOT_PARALLEL_BOTTOM - PLOT_PARALLEL_TOP);
}

// from the least to the largest value that was tried
static void plot_parallel_range(const plot_parallel_view* view, plot_parallel_axis* axis) {
    axis->low = INFINITY;
    axis->high = -INFINITY;
    for (int64_t i = 0; i < view->count; i++) {
        const double value = plot_parallel_value(view, axis, view->trials[i]);
        axis->low = isfinite(value) ? fmin(axis->low, value) : axis->low;
        axis->high = isfinite(value) ? fmax(axis->high, value) : axis->high;
    }
    if (!axis->parameter) {
        axis->logarithmic = axis->low > 0 && axis->high > 30 * axis->low;
    } else {
        axis->logarithmic = axis->parameter->scale != OG_LINEAR && axis->low > 0;
    }
}

// a design with what it is sorted by
typedef struct plot_parallel_entry {
    int64_t trial;
    int accepted;
    double loss;
} plot_parallel_entry;

// the order they are drawn in: grey ones, then the worse before the better
static int plot_parallel_compare(const void* a, const void* b) {
    const plot_parallel_entry* x = a;
    const plot_parallel_entry* y = b;
    if (x->accepted != y->accepted) {
        return x->accepted - y->accepted;
    }
    if (x->loss != y->loss) {
        return x->loss < y->loss ? 1 : -1;
    }
    return x->trial < y->trial ? 1 : x->trial > y->trial ? -1 : 0;
}

static double plot_parallel_loss(const plot_parallel_view* view, int64_t trial) {
    const double value = view->quantity.values[trial];
    return view->quantity.sense == OG_MAXIMIZE ? -value
           : view->quantity.sense == OG_TARGET ? fabs(value - view->quantity.target)
                                               : value;
}

// an even selection of the designs with metrics, the best one among them
static void plot_parallel_choose_trials(plot_parallel_view* view) {
    const og_analysis* analysis = view->analysis;
    const int64_t all = analysis->distinct_count;
    plot_parallel_entry* entries = OG_NEW(view->arena, plot_parallel_entry, all);
    int64_t count = 0;
    for (int64_t i = 0; i < all; i++) {
        const int64_t trial = analysis->distinct[i];
        if (isfinite(view->quantity.values[trial])) {
            entries[count++] =
                (plot_parallel_entry){trial, og_analysis_accepted(&analysis->trials[trial]),
                                      plot_parallel_loss(view, trial)};
        }
    }
    if (count > 0) {
        qsort(entries, (size_t)count, sizeof *entries, plot_parallel_compare);
    }
    const int64_t kept = count < PLOT_PARALLEL_LINES ? count : PLOT_PARALLEL_LINES;
    view->trials = OG_NEW(view->arena, int64_t, kept);
    for (int64_t i = 0; i < kept; i++) {
        // they are sorted: from the worst to the best in equal strides
        const plot_parallel_entry* entry = &entries[(i + 1) * count / kept - 1];
        view->trials[i] = entry->trial;
        view->accepted += entry->accepted;
    }
    view->count = kept;
}

// the parameters in order of their table; the most important ones where there are too many
static og_status plot_parallel_choose_axes(plot_parallel_view* view) {
    const og_study_record* record = view->analysis->record;
    const int width = record->space.count;
    bool* shown = OG_NEW(view->arena, bool, width);
    og_importance importance = {0};
    if (width > PLOT_PARALLEL_AXES) {
        const og_surrogate* surrogate =
            og_surrogate_fit(view->arena, view->analysis, &view->quantity, NULL);
        og_surrogate_importance(surrogate, view->arena, &importance);
    }
    for (int i = 0; i < width && i < PLOT_PARALLEL_AXES; i++) {
        shown[importance.order ? importance.order[i] : i] = true;
    }
    view->axes = OG_NEW(view->arena, plot_parallel_axis, width + 1);
    for (int c = 0; c < width; c++) {
        if (shown[c]) {
            view->axes[view->axis_count++] =
                (plot_parallel_axis){.parameter = &record->space.parameters[c], .column = c};
        }
    }
    view->axes[view->axis_count++] = (plot_parallel_axis){.parameter = NULL};
    return OG_OK;
}

static const char* plot_parallel_label(const plot_parallel_view* view,
                                       const plot_parallel_axis* axis) {
    return axis->parameter ? og_picture_parameter_label(view->arena, axis->parameter)
                           : og_picture_quantity_label(view->arena, &view->quantity);
}

// labels lean to the right: the last ones need room there, the longest above
static void plot_parallel_layout(plot_parallel_view* view) {
    const double right =
        fmax(0.86 * og_svg_width(plot_parallel_label(view, &view->axes[view->axis_count - 1])), 90);
    view->width = fmax(880, 60 + right + PLOT_PARALLEL_PITCH * view->axis_count);
    const double pitch = (view->width - 60 - right) / (view->axis_count - 1);
    for (int i = 0; i < view->axis_count; i++) {
        view->axes[i].x = 50 + i * pitch;
    }
}

static og_status plot_parallel_open(const og_picture* picture, plot_parallel_view* view) {
    view->arena = picture->arena;
    OG_TRY(og_picture_open(picture, 0, &view->analysis, &view->quantity));
    plot_parallel_choose_trials(view);
    if (view->count == 0) {
        return og_fail(OG_ERROR_VALUE, "study %s: no design has metrics",
                       view->analysis->record->name);
    }
    OG_TRY(plot_parallel_choose_axes(view));
    for (int i = 0; i < view->axis_count; i++) {
        plot_parallel_range(view, &view->axes[i]);
    }
    plot_parallel_layout(view);
    return OG_OK;
}

static void plot_parallel_draw_line(const plot_parallel_view* view, int64_t trial,
                                    const char* attributes) {
    og_buffer_print(view->out, "<path fill='none' %s d='", attributes);
    for (int i = 0; i < view->axis_count; i++) {
        const plot_parallel_axis* axis = &view->axes[i];
        og_buffer_print(view->out, "%c%.1f %.1f", i ? 'L' : 'M', axis->x,
                        plot_parallel_y(axis, plot_parallel_value(view, axis, trial)));
    }
    og_buffer_print(view->out, "'/>\n");
}

// the better, the brighter and the higher up
static void plot_parallel_draw_lines(const plot_parallel_view* view) {
    const int64_t grey = view->count - view->accepted;
    for (int64_t i = 0; i < view->count; i++) {
        if (i < grey) {
            plot_parallel_draw_line(view, view->trials[i], "stroke='#ccc' stroke-opacity='.35'");
            continue;
        }
        const double rank =
            view->accepted > 1 ? (double)(i - grey) / (double)(view->accepted - 1) : 1;
        char color[8];
        og_svg_shade(0.95 * (1 - rank), color);
        plot_parallel_draw_line(view, view->trials[i],
                                og_text_format(view->arena, "stroke='%s' stroke-opacity='%.2f'",
                                               color, 0.15 + 0.5 * rank * rank));
    }
    if (view->accepted > 0) {
        plot_parallel_draw_line(view, view->trials[view->count - 1],
                                "class='s1' stroke-width='2.6'");
    }
}

static void plot_parallel_draw_value(const plot_parallel_view* view, const plot_parallel_axis* axis,
                                     double value, const char* text) {
    const double y = plot_parallel_y(axis, value) + 4;
    og_buffer_print(view->out, "<g stroke='#fff' stroke-width='3' paint-order='stroke'>");
    og_svg_write_within("small", axis->x + 4, y, OG_SVG_START, PLOT_PARALLEL_PITCH - 4, text,
                        view->out);
    og_buffer_print(view->out, "</g>\n");
}

static void plot_parallel_draw_axis(const plot_parallel_view* view,
                                    const plot_parallel_axis* axis) {
    og_arena* arena = view->arena;
    og_svg_line("rule", axis->x, PLOT_PARALLEL_TOP, axis->x, PLOT_PARALLEL_BOTTOM, view->out);
    og_buffer_print(view->out, "<text%s transform='translate(%.1f %d) rotate(-35)'>",
                    axis->parameter ? "" : " class='strong'", axis->x, PLOT_PARALLEL_TOP - 10);
    og_svg_text(plot_parallel_label(view, axis), view->out);
    og_buffer_print(view->out, "</text>\n");
    const int64_t levels = axis->parameter ? og_parameter_levels(axis->parameter) : 0;
    if (levels == 0 || levels > PLOT_PARALLEL_NAMES) {
        plot_parallel_draw_value(view, axis, axis->low, og_svg_number(arena, axis->low));
        if (axis->high > axis->low) {
            plot_parallel_draw_value(view, axis, axis->high, og_svg_number(arena, axis->high));
        }
        return;
    }
    for (int64_t level = 0; level < levels; level++) {
        const double value = og_parameter_value(axis->parameter, level);
        if (value >= axis->low && value <= axis->high) {
            plot_parallel_draw_value(view, axis, value,
                                     og_picture_value(arena, axis->parameter, value));
        }
    }
}

static const char* plot_parallel_subtitle(const plot_parallel_view* view) {
    const og_study_record* record = view->analysis->record;
    og_buffer text = {.arena = view->arena};
    og_buffer_print(&text, "%s of %s designs; dark: better, orange: the best",
                    og_svg_number(view->arena, (double)view->count),
                    og_svg_number(view->arena, (double)view->analysis->distinct_count));
    if (view->accepted < view->count) {
        og_buffer_print(&text, ", grey: breaks a constraint");
    }
    if (view->axis_count - 1 < record->space.count) {
        og_buffer_print(&text, "; the %d most important of %d parameters", view->axis_count - 1,
                        record->space.count);
    }
    return text.data;
}

static og_status plot_parallel_svg(const og_picture* picture, og_buffer* out) {
    plot_parallel_view view = {.out = out};
    OG_TRY(plot_parallel_open(picture, &view));
    og_svg_begin(view.width, PLOT_PARALLEL_HEIGHT, 12,
                 og_text_format(view.arena, "Designs by their parameters: %s",
                                og_text_printable(view.arena, view.analysis->record->name)),
                 out);
    og_svg_subtitle(12, plot_parallel_subtitle(&view), out);
    plot_parallel_draw_lines(&view);
    for (int i = 0; i < view.axis_count; i++) {
        plot_parallel_draw_axis(&view, &view.axes[i]);
    }
    og_svg_end(out);
    return OG_OK;
}

static og_status plot_parallel_csv(const og_picture* picture, og_buffer* out) {
    plot_parallel_view view = {.out = out};
    OG_TRY(plot_parallel_open(picture, &view));
    const og_study_record* record = view.analysis->record;
    og_buffer_print(out, "number,accepted,");
    for (int c = 0; c < record->space.count; c++) {
        og_csv_cell(record->space.parameters[c].name, out);
        og_buffer_add(out, ",", 1);
    }
    og_csv_cell(view.quantity.name, out);
    og_buffer_add(out, "\n", 1);
    for (int64_t i = 0; i < view.analysis->distinct_count; i++) {
        const og_trial* trial = &view.analysis->trials[view.analysis->distinct[i]];
        og_buffer_print(out, "%lld,%d,", (long long)trial->number, og_trial_accepted(trial));
        for (int c = 0; c < record->space.count; c++) {
            og_picture_cell(&record->space.parameters[c], trial->x[c], out);
            og_buffer_add(out, ",", 1);
        }
        og_csv_number(view.quantity.values[trial->number], out);
        og_buffer_add(out, "\n", 1);
    }
    return OG_OK;
}

const og_picture_kind og_picture_parallel = {
    .name = "parallel",
    .doc = "Designs as lines over all parameters, the better the darker.",
    .needs = "one study",
    .single = true,
    .fields = OG_PICTURE_METRIC,
    .svg = plot_parallel_svg,
    .csv = plot_parallel_csv,
};
