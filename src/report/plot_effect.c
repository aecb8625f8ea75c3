// Picture of what each value of one parameter is worth: the surrogate's mean over the whole space,
// and the designs that were tried.

#include <math.h>

#include "report/csv.h"
#include "report/picture.h"

enum {
    PLOT_EFFECT_WIDTH = 880,
    PLOT_EFFECT_HEIGHT = 480,
    PLOT_EFFECT_TOP = 58,
    PLOT_EFFECT_BOTTOM = 74,
    PLOT_EFFECT_LEGEND = 190,
};

typedef struct plot_effect_view {
    og_arena* arena;
    const og_analysis* analysis;
    og_quantity quantity;
    const og_parameter* parameter;
    og_effect effect;
    og_svg_axis y;
    double left, right, top, bottom;
    og_buffer* out;
} plot_effect_view;

static og_status plot_effect_open(const og_picture* picture, plot_effect_view* view) {
    view->arena = picture->arena;
    OG_TRY(og_picture_open(picture, 0, &view->analysis, &view->quantity));
    const og_study_record* record = view->analysis->record;
    const og_surrogate* surrogate =
        og_surrogate_fit(view->arena, view->analysis, &view->quantity, NULL);
    if (!surrogate) {
        return og_fail(OG_ERROR_VALUE, "study %s: no design has metrics", record->name);
    }
    int index = 0;
    if (picture->parameters[0]) {
        OG_TRY(og_picture_parameter(record, picture->parameters[0], &index));
    } else {
        og_importance importance;
        og_surrogate_importance(surrogate, view->arena, &importance);
        index = importance.order[0];
    }
    view->parameter = &record->space.parameters[index];
    og_analysis_effect(view->analysis, view->arena, &view->quantity, surrogate, index,
                       &view->effect);
    return OG_OK;
}

static void plot_effect_layout(plot_effect_view* view) {
    const og_effect* effect = &view->effect;
    double* values = OG_NEW(view->arena, double, 3 * effect->count + 1);
    int count = 0;
    for (int i = 0; i < effect->count; i++) {
        values[count++] = effect->levels[i].marginal;
        values[count++] = effect->levels[i].least;
        values[count++] = effect->levels[i].most;
    }
    values[count++] = view->quantity.reference;
    double low = INFINITY;
    double high = -INFINITY;
    for (int i = 0; i < count; i++) {
        low = isfinite(values[i]) ? fmin(low, values[i]) : low;
        high = isfinite(values[i]) ? fmax(high, values[i]) : high;
    }
    view->y = isfinite(low) ? og_svg_axis_make(low, high, og_picture_is_wide(values, count), 6)
                            : og_svg_axis_make(0, 1, false, 6);
    view->left = 44 + og_svg_axis_room(&view->y);
    view->right = PLOT_EFFECT_WIDTH - PLOT_EFFECT_LEGEND;
    view->top = PLOT_EFFECT_TOP;
    view->bottom = PLOT_EFFECT_HEIGHT - PLOT_EFFECT_BOTTOM;
    view->y.from = view->bottom;
    view->y.to = view->top;
}

static double plot_effect_x(const plot_effect_view* view, int level) {
    return view->left + (level + 0.5) * (view->right - view->left) / view->effect.count;
}

static void plot_effect_draw_level(const plot_effect_view* view, int index) {
    const og_level* level = &view->effect.levels[index];
    og_buffer* out = view->out;
    const double pitch = (view->right - view->left) / view->effect.count;
    const double x = plot_effect_x(view, index);
    const double half = fmin(pitch * 0.3, 14);
    if (isfinite(level->least)) {
        const double top = og_svg_axis_at(&view->y, level->most);
        const double bottom = og_svg_axis_at(&view->y, level->least);
        const char* tip = og_text_format(
            view->arena, "%lld designs, %s to %s", (long long)level->count,
            og_svg_number(view->arena, level->least), og_svg_number(view->arena, level->most));
        const double from = fmin(top, bottom);
        og_svg_rectangle("", "#d4e6f3", x - half, from, 2 * half, fmax(fabs(bottom - top), 1), tip,
                         out);
        og_svg_line("line s0", x - half, bottom, x + half, bottom, out);
        if (view->quantity.sense == OG_MAXIMIZE) {
            og_svg_line("line s0", x - half, top, x + half, top, out);
        }
    }
    if (isfinite(level->marginal)) {
        const double y = og_svg_axis_at(&view->y, level->marginal);
        const double spread = isfinite(level->marginal_spread) ? level->marginal_spread : 0;
        if (!view->y.logarithmic || level->marginal > spread) {
            og_svg_line("rule", x, og_svg_axis_at(&view->y, level->marginal - spread), x,
                        og_svg_axis_at(&view->y, level->marginal + spread), out);
        }
        og_buffer_print(out, "<circle class='f1' cx='%.1f' cy='%.1f' r='4.5'/>\n", x, y);
    }
}

// names of levels; upright ones are left out where they do not fit
static void plot_effect_draw_names(const plot_effect_view* view) {
    const double pitch = (view->right - view->left) / view->effect.count;
    double widest = 0;
    for (int i = 0; i < view->effect.count; i++) {
        widest = fmax(widest, og_svg_width(og_picture_level(view->arena, view->parameter,
                                                            &view->effect.levels[i])));
    }
    const int stride = (int)ceil((fmin(widest, 110) + 6) / pitch);
    for (int i = 0; i < view->effect.count; i++) {
        const char* name = og_picture_level(view->arena, view->parameter, &view->effect.levels[i]);
        if (i % stride == 0) {
            og_svg_write_within("", plot_effect_x(view, i), view->bottom + 18, OG_SVG_MIDDLE,
                                fmax(pitch * stride - 4, 20), name, view->out);
        }
        if (pitch >= 26) {
            og_svg_write("small faint", plot_effect_x(view, i), view->bottom + 33, OG_SVG_MIDDLE,
                         og_svg_number(view->arena, (double)view->effect.levels[i].count),
                         view->out);
        }
    }
    if (pitch >= 26) {
        og_svg_write("small faint", view->left - 8, view->bottom + 33, OG_SVG_END, "designs",
                     view->out);
    }
}

static void plot_effect_draw_legend(const plot_effect_view* view) {
    og_buffer* out = view->out;
    const double x = view->right + 16;
    double y = view->top + 10;
    og_buffer_print(out, "<circle class='f1' cx='%.1f' cy='%.1f' r='4.5'/>\n", x + 8, y);
    og_svg_write("", x + 24, y + 4, OG_SVG_START, "mean, whole space", out);
    og_svg_line("rule", x + 8, y + 13, x + 8, y + 27, out);
    og_svg_write("", x + 24, y + 24, OG_SVG_START, "spread over trees", out);
    og_svg_rectangle("", "#d4e6f3", x, y + 34, 16, 12, NULL, out);
    og_svg_write("", x + 24, y + 44, OG_SVG_START, "designs tried", out);
    if (view->quantity.sense != OG_TARGET) {
        og_svg_line("line s0", x, y + 60, x + 16, y + 60, out);
        og_svg_write("", x + 24, y + 64, OG_SVG_START, "best of them", out);
    }
    if (isfinite(view->quantity.reference)) {
        og_buffer_print(out, "<path class='level sg' d='M%.1f %.1fh18'/>\n", x, y + 80);
        og_svg_write("", x + 24, y + 84, OG_SVG_START, "default design", out);
    }
}

static og_status plot_effect_svg(const og_picture* picture, og_buffer* out) {
    plot_effect_view view = {.out = out};
    OG_TRY(plot_effect_open(picture, &view));
    og_arena* arena = view.arena;
    plot_effect_layout(&view);
    og_svg_begin(PLOT_EFFECT_WIDTH, PLOT_EFFECT_HEIGHT, view.left,
                 og_text_format(arena, "Effect of %s: %s", view.parameter->name,
                                view.analysis->record->environment),
                 out);
    og_svg_subtitle(view.left, og_text_printable(arena, view.parameter->doc), out);
    og_svg_axis_beside(&view.y, view.left, view.right,
                       og_picture_quantity_label(arena, &view.quantity), out);
    if (isfinite(view.quantity.reference)) {
        og_buffer_print(out, "<path class='level sg' d='M%.1f %.1fH%.1f'/>\n", view.left,
                        og_svg_axis_at(&view.y, view.quantity.reference), view.right);
    }
    for (int i = 0; i < view.effect.count; i++) {
        plot_effect_draw_level(&view, i);
    }
    og_svg_rectangle("frame", NULL, view.left, view.top, view.right - view.left,
                     view.bottom - view.top, NULL, out);
    plot_effect_draw_names(&view);
    og_svg_write("", (view.left + view.right) / 2, PLOT_EFFECT_HEIGHT - 16, OG_SVG_MIDDLE,
                 og_picture_parameter_label(arena, view.parameter), out);
    plot_effect_draw_legend(&view);
    og_svg_end(out);
    return OG_OK;
}

static og_status plot_effect_csv(const og_picture* picture, og_buffer* out) {
    plot_effect_view view = {.out = out};
    OG_TRY(plot_effect_open(picture, &view));
    og_buffer_print(out,
                    "parameter,low,high,tried,accepted,least,mean,most,deviation,marginal,"
                    "marginal_spread,best_trial\n");
    for (int i = 0; i < view.effect.count; i++) {
        const og_level* level = &view.effect.levels[i];
        og_csv_cell(view.parameter->name, out);
        og_buffer_add(out, ",", 1);
        og_picture_cell(view.parameter, level->low, out);
        og_buffer_add(out, ",", 1);
        og_picture_cell(view.parameter, level->high, out);
        og_buffer_print(out, ",%lld,%lld", (long long)level->tried, (long long)level->count);
        const double values[] = {level->least,     level->mean,     level->most,
                                 level->deviation, level->marginal, level->marginal_spread};
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            og_buffer_add(out, ",", 1);
            og_csv_number(values[k], out);
        }
        og_buffer_add(out, ",", 1);
        if (level->best >= 0) {
            og_buffer_print(out, "%lld", (long long)level->best);
        }
        og_buffer_add(out, "\n", 1);
    }
    return OG_OK;
}

const og_picture_kind og_picture_effect = {
    .name = "effect",
    .doc =
        "What each value of one parameter is worth, over the whole space and in the designs "
        "tried.",
    .needs = "one study",
    .single = true,
    .fields = OG_PICTURE_METRIC | OG_PICTURE_PARAMETER,
    .svg = plot_effect_svg,
    .csv = plot_effect_csv,
};
