// Picture of what each choice of the best design is worth: how an objective changes when one
// parameter gets another value.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/csv.h"
#include "report/picture.h"
#include "report/svg_bars.h"

enum { PLOT_NEIGHBOURHOOD_ROWS = 80 };

// how a neighbour compares with the design, as parts of bars
enum {
    PLOT_NEIGHBOURHOOD_WORSE,
    PLOT_NEIGHBOURHOOD_BETTER,
    PLOT_NEIGHBOURHOOD_BROKEN,
    PLOT_NEIGHBOURHOOD_PARTS,
};

typedef struct plot_neighbourhood_view {
    og_arena* arena;
    const og_analysis* analysis;
    og_neighbourhood neighbourhood;
    const char* name;
    const char* unit;
    og_sense sense;
    int metric;     // index, -1 = an objective
    int objective;  // index
    double center;
    int evaluated;  // for this picture
    int* order;     // neighbours as they are shown, list: [neighbourhood.count]
} plot_neighbourhood_view;

// as people read it; NaN when it is not known
static double plot_neighbourhood_value(const plot_neighbourhood_view* view,
                                       const og_neighbour* neighbour) {
    if (neighbour->state != OG_NEIGHBOUR_KNOWN || neighbour->outcome != OG_FEASIBLE) {
        return NAN;
    }
    if (view->metric >= 0) {
        return neighbour->y[view->metric];
    }
    const double minimal = neighbour->objectives[view->objective];
    return view->sense == OG_MAXIMIZE ? -minimal : minimal;
}

static og_status plot_neighbourhood_quantity(const og_picture* picture,
                                             plot_neighbourhood_view* view) {
    const og_study_record* record = view->analysis->record;
    og_quantity quantity = og_analysis_objective(view->analysis, view->arena, 0);
    view->metric = -1;
    if (picture->metric) {
        OG_TRY(og_analysis_quantity(view->analysis, view->arena, picture->metric, &quantity));
        for (int m = 0; m < record->metric_count; m++) {
            view->metric = strcmp(record->metrics[m].name, quantity.name) == 0 ? m : view->metric;
        }
        for (int k = 0; k < record->objective_count && view->metric < 0; k++) {
            const og_quantity own = og_analysis_objective(view->analysis, view->arena, k);
            view->objective = strcmp(own.name, quantity.name) == 0 ? k : view->objective;
        }
    }
    view->name =
        view->metric < 0 && quantity.sense == OG_TARGET
            ? og_text_format(view->arena, "distance of %s from %g", quantity.name, quantity.target)
            : quantity.name;
    view->unit = quantity.unit;
    view->sense = quantity.sense;
    return OG_OK;
}

// how much worse a neighbour is than the center, NaN when it is not known
static double plot_neighbourhood_loss(const plot_neighbourhood_view* view,
                                      const og_neighbour* neighbour) {
    const double change = plot_neighbourhood_value(view, neighbour) - view->center;
    return view->sense == OG_MAXIMIZE ? -change : change;
}

// the parameters whose other values change most first
static void plot_neighbourhood_sort(plot_neighbourhood_view* view) {
    const og_neighbourhood* all = &view->neighbourhood;
    const int width = view->analysis->record->space.count;
    double* largest = OG_NEW(view->arena, double, width);
    bool* done = OG_NEW(view->arena, bool, width);
    for (int i = 0; i < all->count; i++) {
        const double size = fabs(plot_neighbourhood_loss(view, &all->neighbours[i]));
        double* own = &largest[all->neighbours[i].parameter];
        *own = size > *own ? size : *own;
    }
    view->order = OG_NEW(view->arena, int, all->count);
    int count = 0;
    for (int pass = 0; pass < width; pass++) {
        int next = -1;
        for (int c = 0; c < width; c++) {
            next = !done[c] && (next < 0 || largest[c] > largest[next]) ? c : next;
        }
        done[next] = true;
        for (int i = 0; i < all->count; i++) {
            if (all->neighbours[i].parameter == next) {
                view->order[count++] = i;
            }
        }
    }
}

static int plot_neighbourhood_open_count(const plot_neighbourhood_view* view) {
    int count = 0;
    for (int i = 0; i < view->neighbourhood.count; i++) {
        count += view->neighbourhood.neighbours[i].state == OG_NEIGHBOUR_OPEN;
    }
    return count;
}

static og_status plot_neighbourhood_open(const og_picture* picture, plot_neighbourhood_view* view) {
    og_quantity unused;
    view->arena = picture->arena;
    const og_picture led = {.arena = picture->arena, .studies = picture->studies, .count = 1};
    OG_TRY(og_picture_open(&led, 0, &view->analysis, &unused));
    OG_TRY(plot_neighbourhood_quantity(picture, view));
    const og_study_record* record = view->analysis->record;
    if (record->best < 0 || record->best >= record->trial_count) {
        return og_fail(OG_ERROR_VALUE,
                       "study %s has no best design: no trial meets the "
                       "constraints",
                       record->name);
    }
    OG_TRY(
        og_analysis_neighbourhood(view->analysis, view->arena, record->best, &view->neighbourhood));
    if (picture->evaluate && view->neighbourhood.open > 0) {
        og_trial* trials = NULL;
        OG_TRY(picture->evaluate(picture->context, record, &view->neighbourhood, &trials));
        OG_TRY(og_neighbourhood_fill(&view->neighbourhood, view->arena, trials));
        view->evaluated = view->neighbourhood.open - plot_neighbourhood_open_count(view);
    }
    view->center = plot_neighbourhood_value(view, &view->neighbourhood.center);
    plot_neighbourhood_sort(view);
    return OG_OK;
}

// in percent of the center where it is not 0
static double plot_neighbourhood_change(const plot_neighbourhood_view* view,
                                        const og_neighbour* neighbour) {
    const double change = plot_neighbourhood_value(view, neighbour) - view->center;
    return view->center != 0 ? 100 * change / fabs(view->center) : change;
}

static const char* plot_neighbourhood_note(const plot_neighbourhood_view* view,
                                           const og_neighbour* neighbour) {
    if (neighbour->state == OG_NEIGHBOUR_OPEN) {
        return "not known";
    }
    if (neighbour->state == OG_NEIGHBOUR_FORBIDDEN) {
        return "not allowed with the others";
    }
    if (neighbour->outcome != OG_FEASIBLE) {
        return og_text_format(view->arena, "%s: %s", og_outcome_name(neighbour->outcome),
                              neighbour->reason);
    }
    const char* value = og_svg_number(view->arena, plot_neighbourhood_value(view, neighbour));
    const double change = plot_neighbourhood_change(view, neighbour);
    const char* size = fabs(change) < 1000 ? og_text_format(view->arena, "%+.1f", change)
                                           : og_svg_number(view->arena, change);
    const char* percent =
        view->center != 0 && change != 0
            ? og_text_format(view->arena, " (%s%s %%)", change >= 1000 ? "+" : "", size)
            : "";
    return og_text_format(view->arena, "%s%s%s%s%s", value, view->unit[0] ? " " : "", view->unit,
                          percent, neighbour->violation > 0 ? ", breaks a constraint" : "");
}

static int plot_neighbourhood_rows(const plot_neighbourhood_view* view, og_svg_bar* rows) {
    const og_parameter* parameters = view->analysis->record->space.parameters;
    const og_neighbourhood* all = &view->neighbourhood;
    const int shown = all->count < PLOT_NEIGHBOURHOOD_ROWS ? all->count : PLOT_NEIGHBOURHOOD_ROWS;
    for (int i = 0; i < shown; i++) {
        const og_neighbour* neighbour = &all->neighbours[view->order[i]];
        const og_parameter* parameter = &parameters[neighbour->parameter];
        const char* chosen =
            og_picture_value(view->arena, parameter, all->center.x[neighbour->parameter]);
        double* parts = OG_NEW(view->arena, double, PLOT_NEIGHBOURHOOD_PARTS);
        const double change = plot_neighbourhood_change(view, neighbour);
        const bool better = plot_neighbourhood_loss(view, neighbour) < 0;
        parts[neighbour->violation > 0 ? PLOT_NEIGHBOURHOOD_BROKEN
              : better                 ? PLOT_NEIGHBOURHOOD_BETTER
                                       : PLOT_NEIGHBOURHOOD_WORSE] = change;
        rows[i] = (og_svg_bar){
            .group = og_text_format(view->arena, "%s = %s", parameter->name, chosen),
            .name = og_text_format(view->arena, "\xE2\x86\x92 %s",
                                   og_picture_value(view->arena, parameter, neighbour->value)),
            .parts = parts,
            .mark = NAN,
            .note = plot_neighbourhood_note(view, neighbour)};
    }
    return shown;
}

static int plot_neighbourhood_compare(const void* a, const void* b) {
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return x < y ? -1 : x > y;
}

// Where bars are cut so that a few changes far larger than all others do not hide these: at three
// times the upper quartile of those that change something. 0 = nowhere.
static double plot_neighbourhood_limit(const plot_neighbourhood_view* view) {
    double* sizes = OG_NEW(view->arena, double, view->neighbourhood.count);
    int count = 0;
    for (int i = 0; i < view->neighbourhood.count; i++) {
        const double size =
            fabs(plot_neighbourhood_change(view, &view->neighbourhood.neighbours[i]));
        if (size > 0) {
            sizes[count++] = size;
        }
    }
    if (count < 4) {
        return 0;
    }
    qsort(sizes, (size_t)count, sizeof *sizes, plot_neighbourhood_compare);
    const double limit = 3 * sizes[count * 3 / 4 - 1];
    return sizes[count - 1] > 2 * limit ? limit : 0;
}

static const char* plot_neighbourhood_subtitle(const plot_neighbourhood_view* view, int shown) {
    og_buffer text = {.arena = view->arena};
    og_buffer_print(&text, "trial %lld: %s %s%s%s", (long long)view->neighbourhood.center.trial,
                    view->name, og_svg_number(view->arena, view->center), view->unit[0] ? " " : "",
                    view->unit);
    const int open = plot_neighbourhood_open_count(view);
    if (view->evaluated > 0) {
        og_buffer_print(&text, "; %d of %d neighbours were evaluated for this picture",
                        view->evaluated, view->neighbourhood.count);
    }
    if (open > 0) {
        og_buffer_print(&text, "; %d of %d neighbours are not known", open,
                        view->neighbourhood.count);
    }
    if (shown < view->neighbourhood.count) {
        og_buffer_print(&text, "; the %d of most effect of %d shown", shown,
                        view->neighbourhood.count);
    }
    return text.data;
}

static og_status plot_neighbourhood_svg(const og_picture* picture, og_buffer* out) {
    static const char* const names[] = {"worse", "better", "breaks a constraint"};
    static const int colors[] = {0, 2, OG_SERIES_GREY};
    plot_neighbourhood_view view = {0};
    OG_TRY(plot_neighbourhood_open(picture, &view));
    og_svg_bar* rows = OG_NEW(view.arena, og_svg_bar, view.neighbourhood.count);
    const int shown = plot_neighbourhood_rows(&view, rows);
    const char* unit = view.center != 0 ? "%" : view.unit;
    og_svg_bars_draw(
        &(og_svg_bars){
            .title = og_text_format(view.arena, "What the choices of the best design are worth: %s",
                                    view.analysis->record->environment),
            .subtitle = plot_neighbourhood_subtitle(&view, shown),
            .label = og_svg_label(
                view.arena,
                og_text_format(view.arena, "change of %s, %s", view.name,
                               view.sense == OG_MAXIMIZE ? "more is better" : "less is better"),
                unit),
            .part_names = names,
            .part_colors = colors,
            .part_count = PLOT_NEIGHBOURHOOD_PARTS,
            .limit = plot_neighbourhood_limit(&view),
            .bars = rows,
            .bar_count = shown},
        out);
    return OG_OK;
}

static const char* plot_neighbourhood_state(const og_neighbour* neighbour) {
    static const char* const names[] = {"known", "open", "forbidden"};
    return neighbour->state == OG_NEIGHBOUR_KNOWN ? og_outcome_name(neighbour->outcome)
                                                  : names[neighbour->state];
}

static og_status plot_neighbourhood_csv(const og_picture* picture, og_buffer* out) {
    plot_neighbourhood_view view = {0};
    OG_TRY(plot_neighbourhood_open(picture, &view));
    const og_study_record* record = view.analysis->record;
    og_buffer_print(out, "parameter,best,value,outcome,reason,violation,trial,");
    og_csv_cell(view.name, out);
    og_buffer_print(out, ",change\n");
    for (int i = 0; i < view.neighbourhood.count; i++) {
        const og_neighbour* neighbour = &view.neighbourhood.neighbours[view.order[i]];
        const og_parameter* parameter = &record->space.parameters[neighbour->parameter];
        og_csv_cell(parameter->name, out);
        og_buffer_add(out, ",", 1);
        og_picture_cell(parameter, view.neighbourhood.center.x[neighbour->parameter], out);
        og_buffer_add(out, ",", 1);
        og_picture_cell(parameter, neighbour->value, out);
        og_buffer_print(out, ",%s,", plot_neighbourhood_state(neighbour));
        og_csv_cell(neighbour->reason ? neighbour->reason : "", out);
        og_buffer_add(out, ",", 1);
        const double value = plot_neighbourhood_value(&view, neighbour);
        og_csv_number(isnan(value) ? NAN : neighbour->violation, out);
        og_buffer_add(out, ",", 1);
        if (neighbour->trial >= 0) {
            og_buffer_print(out, "%lld", (long long)neighbour->trial);
        }
        og_buffer_add(out, ",", 1);
        og_csv_number(value, out);
        og_buffer_add(out, ",", 1);
        og_csv_number(value - view.center, out);
        og_buffer_add(out, "\n", 1);
    }
    return OG_OK;
}

const og_picture_kind og_picture_neighbourhood = {
    .name = "neighbourhood",
    .doc = "What each choice of the best design is worth: the change when one value is another.",
    .needs = "one study with a best design",
    .single = true,
    .fields = OG_PICTURE_METRIC | OG_PICTURE_EVALUATE,
    .svg = plot_neighbourhood_svg,
    .csv = plot_neighbourhood_csv,
};
