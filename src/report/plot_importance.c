// Picture of the importance of parameters: alone, with others, and for being among the best.

#include <math.h>

#include "report/csv.h"
#include "report/picture.h"
#include "report/svg_bars.h"

enum { PLOT_IMPORTANCE_ROWS = 40 };

static const double plot_importance_best = 0.1;  // share of designs that are called the best

typedef struct plot_importance_view {
    const og_analysis* analysis;
    og_quantity quantity;
    const og_surrogate* surrogate;
    og_importance importance;
    og_best_importance best;
} plot_importance_view;

static og_status plot_importance_open(const og_picture* picture, plot_importance_view* view) {
    OG_TRY(og_picture_open(picture, 0, &view->analysis, &view->quantity));
    view->surrogate = og_surrogate_fit(picture->arena, view->analysis, &view->quantity, NULL);
    if (!view->surrogate) {
        return og_fail(OG_ERROR_VALUE, "study %s: no design has metrics",
                       view->analysis->record->name);
    }
    og_surrogate_importance(view->surrogate, picture->arena, &view->importance);
    og_analysis_best_importance(view->analysis, picture->arena, plot_importance_best, &view->best);
    return OG_OK;
}

static const char* plot_importance_subtitle(og_arena* arena, const plot_importance_view* view,
                                            int shown) {
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "forest of %s designs",
                    og_svg_number(arena, (double)view->surrogate->rows));
    if (!isnan(view->surrogate->explained)) {
        og_buffer_print(&text, ", explains %.0f %% of the variance of unseen ones",
                        100 * fmax(view->surrogate->explained, 0));
    }
    if (shown < view->importance.width) {
        og_buffer_print(&text, "; %d of %d parameters", shown, view->importance.width);
    }
    return text.data;
}

static og_status plot_importance_svg(const og_picture* picture, og_buffer* out) {
    static const char* const names[] = {"alone", "with others"};
    static const int colors[] = {0, 5};
    og_arena* arena = picture->arena;
    plot_importance_view view;
    OG_TRY(plot_importance_open(picture, &view));
    const og_importance* importance = &view.importance;
    const int shown =
        importance->width < PLOT_IMPORTANCE_ROWS ? importance->width : PLOT_IMPORTANCE_ROWS;
    og_svg_bar* rows = OG_NEW(arena, og_svg_bar, shown);
    for (int i = 0; i < shown; i++) {
        const int c = importance->order[i];
        double* parts = OG_NEW(arena, double, 2);
        parts[0] = 100 * importance->alone[c];
        parts[1] = 100 * fmax(importance->total[c] - importance->alone[c], 0);
        rows[i] = (og_svg_bar){.name = view.analysis->record->space.parameters[c].name,
                               .parts = parts,
                               .mark = 100 * view.best.share[c]};
    }
    og_svg_bars_draw(
        &(og_svg_bars){.title = og_text_format(arena, "Importance of parameters for %s",
                                               og_text_printable(arena, view.quantity.name)),
                       .subtitle = plot_importance_subtitle(arena, &view, shown),
                       .label = "share of the variance (%)",
                       .part_names = names,
                       .part_colors = colors,
                       .part_count = 2,
                       .mark_name = "for being among the best tenth",
                       .bars = rows,
                       .bar_count = shown},
        out);
    return OG_OK;
}

static og_status plot_importance_csv(const og_picture* picture, og_buffer* out) {
    plot_importance_view view;
    OG_TRY(plot_importance_open(picture, &view));
    og_buffer_print(out, "parameter,alone,total,best\n");
    for (int i = 0; i < view.importance.width; i++) {
        const int c = view.importance.order[i];
        og_csv_cell(view.analysis->record->space.parameters[c].name, out);
        const double values[] = {view.importance.alone[c], view.importance.total[c],
                                 view.best.share[c]};
        for (int k = 0; k < 3; k++) {
            og_buffer_add(out, ",", 1);
            og_csv_number(values[k], out);
        }
        og_buffer_add(out, "\n", 1);
    }
    return OG_OK;
}

const og_picture_kind og_picture_importance = {
    .name = "importance",
    .doc = "Which parameters matter: shares of the variance, alone and with others.",
    .needs = "one study",
    .single = true,
    .fields = OG_PICTURE_METRIC,
    .svg = plot_importance_svg,
    .csv = plot_importance_csv,
};
