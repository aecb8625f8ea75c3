// Picture of what two parameters do together: the surrogate's mean for each pair of values.

#include <math.h>

#include "report/csv.h"
#include "report/picture.h"

enum {
    PLOT_INTERACTION_WIDTH = 880,
    PLOT_INTERACTION_TOP = 64,
    PLOT_INTERACTION_BOTTOM = 66,
    PLOT_INTERACTION_KEY = 130,
    PLOT_INTERACTION_NAMES = 140,  // most pixels of names of rows
};

static const double plot_interaction_wide = 30;  // ratio from which shades are logarithmic

typedef struct plot_interaction_view {
    og_arena* arena;
    const og_analysis* analysis;
    og_quantity quantity;
    double share;  // of the variance that the pair explains beyond both alone
    og_interaction interaction;
    const og_parameter* row;
    const og_parameter* column;
    double low, high;  // of the marginals
    bool logarithmic;
    double left, top, cell_width, cell_height, names;
    og_buffer* out;
} plot_interaction_view;

// the pair with the largest share, of which one may be given (-1 = free)
static void plot_interaction_strongest(const og_importance* importance, int* row, int* column) {
    double most = -1;
    const int given = *row;
    // shares are unknown where the variance is beyond all numbers
    *row = given < 0 ? 0 : given;
    *column = *row == 0;
    for (int a = 0; a < importance->width; a++) {
        for (int b = 0; b < importance->width; b++) {
            const double share = importance->pairs[a * importance->width + b];
            if (a != b && (given < 0 || a == given) && share > most) {
                most = share;
                *row = a;
                *column = b;
            }
        }
    }
}

static og_status plot_interaction_choose(const og_picture* picture, const og_study_record* record,
                                         const og_importance* importance, int* row, int* column) {
    if (record->space.count < 2) {
        return og_fail(OG_ERROR_VALUE, "study %s has one parameter: nothing interacts",
                       record->name);
    }
    *row = *column = -1;
    if (picture->parameters[0]) {
        OG_TRY(og_picture_parameter(record, picture->parameters[0], row));
    }
    if (picture->parameters[1]) {
        OG_TRY(og_picture_parameter(record, picture->parameters[1], column));
        if (*row == *column) {
            return og_fail(OG_ERROR_VALUE,
                           "an interaction is of two different parameters, not "
                           "twice of %s",
                           picture->parameters[1]);
        }
        return OG_OK;
    }
    plot_interaction_strongest(importance, row, column);
    return OG_OK;
}

static og_status plot_interaction_open(const og_picture* picture, plot_interaction_view* view) {
    view->arena = picture->arena;
    OG_TRY(og_picture_open(picture, 0, &view->analysis, &view->quantity));
    const og_study_record* record = view->analysis->record;
    const og_surrogate* surrogate =
        og_surrogate_fit(view->arena, view->analysis, &view->quantity, NULL);
    if (!surrogate) {
        return og_fail(OG_ERROR_VALUE, "study %s: no design has metrics", record->name);
    }
    og_importance importance;
    og_surrogate_importance(surrogate, view->arena, &importance);
    int row = 0;
    int column = 0;
    OG_TRY(plot_interaction_choose(picture, record, &importance, &row, &column));
    view->share = importance.pairs[row * importance.width + column];
    view->row = &record->space.parameters[row];
    view->column = &record->space.parameters[column];
    og_analysis_interaction(view->analysis, view->arena, &view->quantity, surrogate, row, column,
                            &view->interaction);
    return OG_OK;
}

static void plot_interaction_layout(plot_interaction_view* view) {
    const og_effect* rows = &view->interaction.rows;
    const int cells = rows->count * view->interaction.columns.count;
    view->low = INFINITY;
    view->high = -INFINITY;
    for (int i = 0; i < cells; i++) {
        const double value = view->interaction.cells[i].marginal;
        view->low = isfinite(value) ? fmin(view->low, value) : view->low;
        view->high = isfinite(value) ? fmax(view->high, value) : view->high;
    }
    view->logarithmic = view->low > 0 && view->high > plot_interaction_wide * view->low;
    double widest = 0;
    for (int i = 0; i < rows->count; i++) {
        widest =
            fmax(widest, og_svg_width(og_picture_level(view->arena, view->row, &rows->levels[i])));
    }
    view->names = fmin(widest, PLOT_INTERACTION_NAMES);
    view->left = 46 + view->names;
    view->top = PLOT_INTERACTION_TOP;
    view->cell_width = fmin((PLOT_INTERACTION_WIDTH - PLOT_INTERACTION_KEY - view->left) /
                                view->interaction.columns.count,
                            120);
    view->cell_height = fmin(fmax(340.0 / rows->count, 28), 60);
}

static void plot_interaction_draw_cell(const plot_interaction_view* view, int row, int column) {
    const og_cell* cell = &view->interaction.cells[row * view->interaction.columns.count + column];
    const double x = view->left + column * view->cell_width;
    const double y = view->top + row * view->cell_height;
    if (!isfinite(cell->marginal)) {
        og_svg_rectangle("", "#eeeeee", x, y, view->cell_width - 1, view->cell_height - 1, NULL,
                         view->out);
        return;
    }
    char color[8];
    const double span = view->logarithmic ? log(view->high / view->low) : view->high - view->low;
    const double above =
        view->logarithmic ? log(cell->marginal / view->low) : cell->marginal - view->low;
    og_svg_shade(span > 0 ? above / span : 0.5, color);
    const char* tip =
        og_text_format(view->arena, "mean %s, beyond both alone %s, %lld designs tried",
                       og_svg_number(view->arena, cell->marginal),
                       og_svg_number(view->arena, cell->joint), (long long)cell->count);
    og_svg_rectangle("", color, x, y, view->cell_width - 1, view->cell_height - 1, tip, view->out);
    const char* text = og_svg_number(view->arena, cell->marginal);
    if (og_svg_width(text) + 4 < view->cell_width) {
        og_svg_write(og_svg_is_light(color) ? "" : "white", x + view->cell_width / 2,
                     y + view->cell_height / 2 + (view->cell_height > 40 ? -1 : 4), OG_SVG_MIDDLE,
                     text, view->out);
        if (view->cell_height > 40) {
            og_svg_write(og_svg_is_light(color) ? "small" : "small white", x + view->cell_width / 2,
                         y + view->cell_height / 2 + 14, OG_SVG_MIDDLE,
                         og_text_format(view->arena, "%lld", (long long)cell->count), view->out);
        }
    }
}

static void plot_interaction_draw_names(const plot_interaction_view* view) {
    const og_effect* rows = &view->interaction.rows;
    const og_effect* columns = &view->interaction.columns;
    const double bottom = view->top + rows->count * view->cell_height;
    for (int i = 0; i < rows->count; i++) {
        og_svg_write_within("", view->left - 8, view->top + (i + 0.5) * view->cell_height + 4,
                            OG_SVG_END, view->names,
                            og_picture_level(view->arena, view->row, &rows->levels[i]), view->out);
    }
    for (int i = 0; i < columns->count; i++) {
        og_svg_write_within("", view->left + (i + 0.5) * view->cell_width, bottom + 17,
                            OG_SVG_MIDDLE, view->cell_width - 4,
                            og_picture_level(view->arena, view->column, &columns->levels[i]),
                            view->out);
    }
    og_svg_write_up(18, (view->top + bottom) / 2, OG_SVG_MIDDLE,
                    og_picture_parameter_label(view->arena, view->row), view->out);
    og_svg_write("", view->left + columns->count * view->cell_width / 2, bottom + 42, OG_SVG_MIDDLE,
                 og_picture_parameter_label(view->arena, view->column), view->out);
}

static og_status plot_interaction_svg(const og_picture* picture, og_buffer* out) {
    plot_interaction_view view = {.out = out};
    OG_TRY(plot_interaction_open(picture, &view));
    plot_interaction_layout(&view);
    const int rows = view.interaction.rows.count;
    const int columns = view.interaction.columns.count;
    const double bottom = view.top + rows * view.cell_height;
    const double right = view.left + columns * view.cell_width;
    og_svg_begin(
        fmax(right + PLOT_INTERACTION_KEY, 620), bottom + PLOT_INTERACTION_BOTTOM, view.left,
        og_text_format(view.arena, "Interaction of %s and %s", view.row->name, view.column->name),
        out);
    og_svg_subtitle(view.left,
                    og_text_format(view.arena,
                                   "together %.1f %% of the variance beyond both alone; small: "
                                   "designs tried",
                                   100 * view.share),
                    out);
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
            plot_interaction_draw_cell(&view, r, c);
        }
    }
    plot_interaction_draw_names(&view);
    if (isfinite(view.low)) {
        og_svg_color_key(right + 44, view.top, fmax(bottom, view.top + 120), view.low, view.high,
                         view.logarithmic, og_picture_quantity_label(view.arena, &view.quantity),
                         false, out);
    }
    og_svg_end(out);
    return OG_OK;
}

static void plot_interaction_csv_names(const og_parameter* parameter, og_buffer* out) {
    og_csv_cell(og_text_format(out->arena, "%s_low", parameter->name), out);
    og_buffer_add(out, ",", 1);
    og_csv_cell(og_text_format(out->arena, "%s_high", parameter->name), out);
    og_buffer_add(out, ",", 1);
}

static void plot_interaction_csv_level(const og_parameter* parameter, const og_level* level,
                                       og_buffer* out) {
    og_picture_cell(parameter, level->low, out);
    og_buffer_add(out, ",", 1);
    og_picture_cell(parameter, level->high, out);
    og_buffer_add(out, ",", 1);
}

static og_status plot_interaction_csv(const og_picture* picture, og_buffer* out) {
    plot_interaction_view view = {.out = out};
    OG_TRY(plot_interaction_open(picture, &view));
    const int columns = view.interaction.columns.count;
    plot_interaction_csv_names(view.row, out);
    plot_interaction_csv_names(view.column, out);
    og_buffer_print(out, "accepted,mean,marginal,joint,best_trial\n");
    for (int i = 0; i < view.interaction.rows.count * columns; i++) {
        const og_cell* cell = &view.interaction.cells[i];
        plot_interaction_csv_level(view.row, &view.interaction.rows.levels[i / columns], out);
        plot_interaction_csv_level(view.column, &view.interaction.columns.levels[i % columns], out);
        og_buffer_print(out, "%lld,", (long long)cell->count);
        og_csv_number(cell->mean, out);
        og_buffer_add(out, ",", 1);
        og_csv_number(cell->marginal, out);
        og_buffer_add(out, ",", 1);
        og_csv_number(cell->joint, out);
        og_buffer_add(out, ",", 1);
        if (cell->best >= 0) {
            og_buffer_print(out, "%lld", (long long)cell->best);
        }
        og_buffer_add(out, "\n", 1);
    }
    return OG_OK;
}

const og_picture_kind og_picture_interaction = {
    .name = "interaction",
    .doc = "What two parameters do together: the mean for each pair of values.",
    .needs = "one study of two parameters or more",
    .single = true,
    .fields = OG_PICTURE_METRIC | OG_PICTURE_PARAMETERS,
    .svg = plot_interaction_svg,
    .csv = plot_interaction_csv,
};
