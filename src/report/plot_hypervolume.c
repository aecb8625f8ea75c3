// Picture of the share of a common box that each study's designs dominate, over evaluations.

#include <math.h>
#include <string.h>

#include "ogive/hypervolume.h"
#include "report/csv.h"
#include "report/picture.h"

enum { PLOT_HYPERVOLUME_POINTS = 200, PLOT_HYPERVOLUME_LONG = 100 };

typedef struct plot_hypervolume_view {
    const og_picture* picture;
    const char** labels;
    og_course* courses;  // list: [picture->count]
} plot_hypervolume_view;

static og_status plot_hypervolume_check(const og_picture* picture) {
    const og_study_record* first = &picture->studies[0].record;
    for (int i = 0; i < picture->count; i++) {
        const og_study_record* record = &picture->studies[i].record;
        if (!og_study_same_task(first, record)) {
            return og_fail(OG_ERROR_VALUE,
                           "studies %s and %s search for different things: a hypervolume of both "
                           "means nothing",
                           first->name, record->name);
        }
    }
    if (first->objective_count < 2 || first->objective_count > OG_HYPERVOLUME_DIMENSIONS) {
        return og_fail(OG_ERROR_VALUE, "a hypervolume needs 2 to %d objectives, study %s has %d",
                       OG_HYPERVOLUME_DIMENSIONS, first->name, first->objective_count);
    }
    return OG_OK;
}

static og_status plot_hypervolume_open(plot_hypervolume_view* view) {
    const og_picture* picture = view->picture;
    og_arena* arena = picture->arena;
    OG_TRY(plot_hypervolume_check(picture));
    const og_analysis** analyses = OG_NEW(arena, const og_analysis*, picture->count);
    og_quantity quantity;
    for (int i = 0; i < picture->count; i++) {
        OG_TRY(og_picture_open(picture, i, &analyses[i], &quantity));
    }
    double ideal[OG_HYPERVOLUME_DIMENSIONS];
    double worst[OG_HYPERVOLUME_DIMENSIONS];
    if (!og_analysis_box(analyses, picture->count, arena, ideal, worst)) {
        return og_fail(OG_ERROR_VALUE, "no trial meets the constraints: nothing to show");
    }
    view->labels = og_picture_labels(picture);
    view->courses = OG_NEW(arena, og_course, picture->count);
    for (int i = 0; i < picture->count; i++) {
        og_analysis_hypervolume(analyses[i], arena, ideal, worst, PLOT_HYPERVOLUME_POINTS,
                                &view->courses[i]);
    }
    return OG_OK;
}

// studies that differ in their seed alone share a colour
static int plot_hypervolume_color(const plot_hypervolume_view* view, int index) {
    int color = 0;
    for (int i = 0; i < index; i++) {
        bool fresh = true;
        for (int j = 0; j < i; j++) {
            fresh = fresh && strcmp(view->labels[i], view->labels[j]) != 0;
        }
        if (strcmp(view->labels[i], view->labels[index]) == 0) {
            return color;
        }
        color += fresh;
    }
    return color;
}

static og_series plot_hypervolume_series(const plot_hypervolume_view* view, int index) {
    const og_course* course = &view->courses[index];
    double* x = OG_NEW(view->picture->arena, double, course->count);
    double* y = OG_NEW(view->picture->arena, double, course->count);
    for (int64_t i = 0; i < course->count; i++) {
        x[i] = (double)(course->trials[i] + 1);
        y[i] = 100 * course->values[i];
    }
    return (og_series){.name = view->labels[index],
                       .x = x,
                       .y = y,
                       .count = course->count,
                       .form = OG_SERIES_STEP,
                       .color = plot_hypervolume_color(view, index) % OG_SERIES_STYLES};
}

static og_status plot_hypervolume_svg(const og_picture* picture, og_buffer* out) {
    og_arena* arena = picture->arena;
    plot_hypervolume_view view = {.picture = picture};
    OG_TRY(plot_hypervolume_open(&view));
    og_series* series = OG_NEW(arena, og_series, picture->count);
    int64_t longest = 0;
    for (int i = 0; i < picture->count; i++) {
        series[i] = plot_hypervolume_series(&view, i);
        const int64_t length = picture->studies[i].record.trial_count;
        longest = length > longest ? length : longest;
    }
    const og_study_record* record = &picture->studies[0].record;
    og_buffer objectives = {.arena = arena};
    for (int k = 0; k < record->objective_count; k++) {
        og_buffer_print(&objectives, "%s%s", k ? ", " : "", record->objectives[k]);
    }
    og_plot_svg(&(og_plot){.title = og_text_format(arena, "Hypervolume: %s", record->environment),
                           .subtitle = og_text_printable(arena, objectives.data),
                           .x_label = "evaluations",
                           .y_label = "share of the common box dominated (%)",
                           .x_logarithmic = longest > PLOT_HYPERVOLUME_LONG,
                           .series = series,
                           .series_count = picture->count},
                out);
    return OG_OK;
}

static og_status plot_hypervolume_csv(const og_picture* picture, og_buffer* out) {
    plot_hypervolume_view view = {.picture = picture};
    OG_TRY(plot_hypervolume_open(&view));
    og_buffer_print(out, "study,search,evaluations,share\n");
    for (int i = 0; i < picture->count; i++) {
        for (int64_t k = 0; k < view.courses[i].count; k++) {
            og_csv_cell(picture->studies[i].record.name, out);
            og_buffer_add(out, ",", 1);
            og_csv_cell(view.labels[i], out);
            og_buffer_print(out, ",%lld,", (long long)view.courses[i].trials[k] + 1);
            og_csv_number(view.courses[i].values[k], out);
            og_buffer_add(out, "\n", 1);
        }
    }
    return OG_OK;
}

const og_picture_kind og_picture_hypervolume = {
    .name = "hypervolume",
    .doc = "How much of the space of objectives the designs so far dominate, over evaluations.",
    .needs = "two objectives or more; studies of one task",
    .svg = plot_hypervolume_svg,
    .csv = plot_hypervolume_csv,
};
