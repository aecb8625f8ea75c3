// Picture of two quantities of all trials against each other, with the front; a third one as
// colour.

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/csv.h"
#include "report/objective.h"
#include "report/picture.h"

enum { FRONT_X, FRONT_Y, FRONT_COLOR, FRONT_AXES };

// the quantities shown, of all studies
typedef struct front_view {
    og_arena* arena;
    const og_picture* picture;
    const char* names[FRONT_AXES];  // NULL = no colour
    og_quantity* quantities;        // shape: [count][FRONT_AXES]
    const char** labels;
    double* points;    // of accepted trials, to be minimised, shape: [total][2]
    int64_t* origins;  // study and trial of each point, shape: [total][2]
    int64_t total;
    bool* member;  // of the front, shape: [total]
} front_view;

// the first metric that a text mentions, or NULL
static const char* front_metric_in(const og_study_record* record, const char* text) {
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

// objectives, then metrics of the constraints: the first three different ones
static int front_candidates(og_arena* arena, const og_study_record* record,
                            const og_analysis* analysis, const char* chosen[FRONT_AXES]) {
    int count = 0;
    for (int i = 0; i < record->objective_count && count < FRONT_AXES; i++) {
        const char* name = og_analysis_objective(analysis, arena, i).name;
        bool fresh = true;
        for (int j = 0; j < count; j++) {
            fresh = fresh && strcmp(chosen[j], name) != 0;
        }
        if (fresh) {
            chosen[count++] = name;
        }
    }
    for (int i = 0; i < record->constraint_count && count < 2; i++) {
        const char* name = front_metric_in(record, record->constraints[i]);
        if (name && (count == 0 || strcmp(chosen[0], name) != 0)) {
            chosen[count++] = name;
        }
    }
    return count;
}

static og_status front_choose(front_view* view, const og_analysis* analysis) {
    const og_picture* picture = view->picture;
    const og_study_record* record = &picture->studies[0].record;
    const char* chosen[FRONT_AXES] = {NULL, NULL, NULL};
    const int count = front_candidates(view->arena, record, analysis, chosen);
    // the first objective belongs on the vertical axis, as in a curve of progress
    view->names[FRONT_Y] = picture->y ? picture->y : chosen[0];
    view->names[FRONT_X] = picture->x ? picture->x : chosen[1];
    const bool own_axes = picture->x || picture->y;
    view->names[FRONT_COLOR] = picture->color                ? picture->color
                               : own_axes || count < 3       ? NULL
                               : record->objective_count > 2 ? chosen[2]
                                                             : NULL;
    if (!view->names[FRONT_X] || !view->names[FRONT_Y]) {
        return og_fail(OG_ERROR_VALUE,
                       "study %s has no second objective or constraint: choose "
                       "metrics with --x and --y",
                       record->name);
    }
    return OG_OK;
}

// the value to be minimised
static double front_minimal(const og_quantity* quantity, int better, double value) {
    if (quantity->sense == OG_TARGET) {
        return fabs(value - quantity->target);
    }
    return quantity->sense == OG_MAXIMIZE || better > 0 ? -value : value;
}

// what is better of a metric, where its quantity does not say
static int front_better(const og_study_record* record, const char* name) {
    for (int i = 0; i < record->metric_count; i++) {
        if (strcmp(record->metrics[i].name, name) == 0) {
            return record->metrics[i].better;
        }
    }
    return 0;
}

static og_status front_open(const og_picture* picture, front_view* view) {
    *view = (front_view){.arena = picture->arena, .picture = picture};
    view->quantities = OG_NEW(view->arena, og_quantity, FRONT_AXES * picture->count);
    view->labels = og_picture_labels(picture);
    int64_t most = 0;
    for (int s = 0; s < picture->count; s++) {
        const og_analysis* analysis = NULL;
        og_quantity led;
        OG_TRY(og_picture_open(picture, s, &analysis, &led));
        if (s == 0) {
            OG_TRY(front_choose(view, analysis));
        }
        for (int axis = 0; axis < FRONT_AXES && view->names[axis]; axis++) {
            OG_TRY(og_analysis_quantity(analysis, view->arena, view->names[axis],
                                        &view->quantities[FRONT_AXES * s + axis]));
        }
        most += picture->studies[s].record.trial_count;
    }
    view->points = OG_NEW(view->arena, double, 2 * most);
    view->origins = OG_NEW(view->arena, int64_t, 2 * most);
    return OG_OK;
}

static void front_collect(front_view* view) {
    for (int s = 0; s < view->picture->count; s++) {
        const og_report_study* study = &view->picture->studies[s];
        for (int64_t i = 0; i < study->record.trial_count; i++) {
            if (!og_trial_accepted(&study->trials[i])) {
                continue;
            }
            for (int axis = 0; axis < 2; axis++) {
                const og_quantity* quantity = &view->quantities[FRONT_AXES * s + axis];
                view->points[2 * view->total + axis] = front_minimal(
                    quantity, front_better(&study->record, view->names[axis]), quantity->values[i]);
            }
            view->origins[2 * view->total] = s;
            view->origins[2 * view->total + 1] = i;
            view->total++;
        }
    }
    bool* eligible = OG_NEW(view->arena, bool, view->total);
    int64_t* front = OG_NEW(view->arena, int64_t, view->total);
    view->member = OG_NEW(view->arena, bool, view->total);
    memset(eligible, 1, (size_t)view->total);
    const int64_t count = og_front(view->points, view->total, 2, eligible, front);
    for (int64_t i = 0; i < count; i++) {
        view->member[front[i]] = true;
    }
}

// trials of studies first <= s < end, those that keep the constraints or those that do not
static og_series front_trials(const front_view* view, int first, int end, bool accepted) {
    double* values[FRONT_AXES];
    int64_t most = 0;
    for (int s = first; s < end; s++) {
        most += view->picture->studies[s].record.trial_count;
    }
    for (int axis = 0; axis < FRONT_AXES; axis++) {
        values[axis] = OG_NEW(view->arena, double, most);
    }
    int64_t count = 0;
    for (int s = first; s < end; s++) {
        const og_report_study* study = &view->picture->studies[s];
        for (int64_t i = 0; i < study->record.trial_count; i++) {
            const og_trial* trial = &study->trials[i];
            if (trial->outcome != OG_FEASIBLE || og_trial_accepted(trial) != accepted) {
                continue;
            }
            for (int axis = 0; axis < FRONT_AXES && view->names[axis]; axis++) {
                values[axis][count] = view->quantities[FRONT_AXES * s + axis].values[i];
            }
            count++;
        }
    }
    return (og_series){.x = values[FRONT_X],
                       .y = values[FRONT_Y],
                       .count = count,
                       .form = OG_SERIES_POINTS,
                       .name = "breaks a constraint",
                       .color = OG_SERIES_GREY,
                       .shade = accepted && view->names[FRONT_COLOR] ? values[FRONT_COLOR] : NULL};
}

static int front_compare(const void* a, const void* b) {
    const double* p = a;
    const double* q = b;
    return p[0] < q[0] ? -1 : p[0] > q[0];
}

static og_series front_line(const front_view* view) {
    double* rows = OG_NEW(view->arena, double, 3 * view->total);
    int64_t count = 0;
    for (int64_t i = 0; i < view->total; i++) {
        if (!view->member[i]) {
            continue;
        }
        const og_quantity* own = &view->quantities[FRONT_AXES * view->origins[2 * i]];
        rows[3 * count] = view->points[2 * i];
        rows[3 * count + 1] = own[FRONT_X].values[view->origins[2 * i + 1]];
        rows[3 * count + 2] = own[FRONT_Y].values[view->origins[2 * i + 1]];
        count++;
    }
    qsort(rows, (size_t)count, 3 * sizeof *rows, front_compare);
    double* x = OG_NEW(view->arena, double, count);
    double* y = OG_NEW(view->arena, double, count);
    for (int64_t i = 0; i < count; i++) {
        x[i] = rows[3 * i + 1];
        y[i] = rows[3 * i + 2];
    }
    return (og_series){.name = "non-dominated front",
                       .x = x,
                       .y = y,
                       .count = count,
                       .form = OG_SERIES_STEP,
                       .color = 7};
}

static og_series front_default(const front_view* view) {
    double* point = OG_NEW(view->arena, double, 2);
    point[0] = view->quantities[FRONT_X].reference;
    point[1] = view->quantities[FRONT_Y].reference;
    return (og_series){.name = "default design",
                       .x = point,
                       .y = point + 1,
                       .count = 1,
                       .form = OG_SERIES_MARKS,
                       .color = 1};
}

// studies that differ in their seed alone share a colour; the last one is the front's
static int front_color(const front_view* view, int index) {
    int color = 0;
    for (int i = 0; i <= index; i++) {
        bool fresh = true;
        for (int j = 0; j < i; j++) {
            fresh = fresh && strcmp(view->labels[i], view->labels[j]) != 0;
        }
        if (strcmp(view->labels[i], view->labels[index]) == 0) {
            break;
        }
        color += fresh;
    }
    static const int colors[] = {5, 2, 4, 3, 0, 6};
    return colors[color % (int)(sizeof colors / sizeof *colors)];
}

// True when colours tell who searched. A study that tried all designs would hide the others.
static bool front_has_labels(const front_view* view) {
    bool several = false;
    for (int s = 0; s < view->picture->count; s++) {
        if (view->picture->studies[s].record.stop == OG_STOP_EXHAUSTED) {
            return false;
        }
        several = several || strcmp(view->labels[s], view->labels[0]) != 0;
    }
    return several;
}

static int front_make_series(const front_view* view, og_series* series) {
    const int count = view->picture->count;
    const bool labels = front_has_labels(view) && !view->names[FRONT_COLOR];
    series[0] = front_trials(view, 0, count, false);
    int shown = series[0].count > 0;
    const char* inside = shown > 0 ? "keeps the constraints" : "designs tried";
    const int stride = labels ? 1 : count;
    for (int s = 0; s < count; s += stride) {
        series[shown] = front_trials(view, s, s + stride, true);
        series[shown].name = labels ? view->labels[s] : inside;
        series[shown].color = labels ? front_color(view, s) : 5;
        shown += series[shown].count > 0;
    }
    series[shown++] = front_line(view);
    series[shown++] = front_default(view);
    return shown;
}

static og_status front_svg(const og_picture* picture, og_buffer* out) {
    front_view view;
    OG_TRY(front_open(picture, &view));
    front_collect(&view);
    if (view.total == 0) {
        return og_fail(OG_ERROR_VALUE, "no trial meets the constraints: nothing to show");
    }
    og_arena* arena = view.arena;
    og_series* series = OG_NEW(arena, og_series, picture->count + 3);
    const int shown = front_make_series(&view, series);
    og_plot_svg(&(og_plot){.title = og_text_format(arena, "Designs tried: %s",
                                                   picture->studies[0].record.environment),
                           .x_label = og_picture_quantity_label(arena, &view.quantities[FRONT_X]),
                           .y_label = og_picture_quantity_label(arena, &view.quantities[FRONT_Y]),
                           .x_logarithmic = og_picture_series_wide(series, shown, true),
                           .y_logarithmic = og_picture_series_wide(series, shown, false),
                           .shade_label =
                               view.names[FRONT_COLOR]
                                   ? og_picture_quantity_label(arena, &view.quantities[FRONT_COLOR])
                                   : NULL,
                           .series = series,
                           .series_count = shown},
                out);
    return OG_OK;
}

static void front_csv_row(const front_view* view, int s, const og_trial* trial, bool member,
                          og_buffer* out) {
    const og_report_study* study = &view->picture->studies[s];
    og_csv_cell(study->record.name, out);
    og_buffer_print(out, ",%lld,", (long long)trial->number);
    for (int axis = 0; axis < FRONT_AXES && view->names[axis]; axis++) {
        og_csv_number(view->quantities[FRONT_AXES * s + axis].values[trial->number], out);
        og_buffer_add(out, ",", 1);
    }
    og_buffer_print(out, "%d,%d\n", og_trial_accepted(trial), member);
}

static og_status front_csv(const og_picture* picture, og_buffer* out) {
    front_view view;
    OG_TRY(front_open(picture, &view));
    front_collect(&view);
    og_buffer_print(out, "study,number,");
    for (int axis = 0; axis < FRONT_AXES && view.names[axis]; axis++) {
        og_csv_cell(view.names[axis], out);
        og_buffer_add(out, ",", 1);
    }
    og_buffer_print(out, "accepted,front\n");
    int64_t point = 0;
    for (int s = 0; s < picture->count; s++) {
        const og_report_study* study = &picture->studies[s];
        for (int64_t i = 0; i < study->record.trial_count; i++) {
            const og_trial* trial = &study->trials[i];
            // accepted trials come in the order in which they were collected
            const bool member = og_trial_accepted(trial) && view.member[point++];
            if (trial->outcome == OG_FEASIBLE) {
                front_csv_row(&view, s, trial, member, out);
            }
        }
    }
    return OG_OK;
}

const og_picture_kind og_picture_front = {
    .name = "front",
    .doc = "Two metrics or objectives of all designs and the front, a third one as colour.",
    .needs = "two objectives, a constraint, or --x and --y",
    .fields = OG_PICTURE_AXES | OG_PICTURE_COLOR,
    .svg = front_svg,
    .csv = front_csv,
};
