#include "report/svg_bars.h"

#include <math.h>
#include <string.h>

#include "ogive/report.h"

enum {
    SVG_BARS_WIDTH = 880,
    SVG_BARS_TOP = 58,
    SVG_BARS_ROW = 20,
    SVG_BARS_GAP = 8,  // before a group
    SVG_BARS_BOTTOM = 58,
    SVG_BARS_NAMES = 260,  // most pixels of names
    SVG_BARS_NOTES = 250,
    SVG_BARS_LEGEND = 26,      // height of the last line of the legend
    SVG_BARS_LEGEND_ROW = 20,  // of the others
    SVG_BARS_INDENT = 14,
};

typedef struct svg_bars_view {
    const og_svg_bars* bars;
    og_buffer* out;
    og_svg_axis axis;
    double names, groups;  // pixels
    double left, right, top, bottom;
} svg_bars_view;

static double svg_bars_widest(const svg_bars_view* view, char column) {
    double widest = 0;
    for (int i = 0; i < view->bars->bar_count; i++) {
        const og_svg_bar* bar = &view->bars->bars[i];
        const char* text = column == 'g' ? bar->group : column == 'n' ? bar->name : bar->note;
        widest = text ? fmax(widest, og_svg_width(text)) : widest;
    }
    return widest;
}

static bool svg_bars_begins_group(const og_svg_bars* bars, int index) {
    return bars->bars[index].group &&
           (index == 0 || strcmp(bars->bars[index].group, bars->bars[index - 1].group) != 0);
}

static double svg_bars_height(const og_svg_bars* bars) {
    double height = 0;
    for (int i = 0; i < bars->bar_count; i++) {
        height += SVG_BARS_ROW + (i > 0 && svg_bars_begins_group(bars, i) ? SVG_BARS_GAP : 0);
    }
    return height;
}

static char svg_bars_color(int color) {
    return color == OG_SERIES_GREY ? 'g' : (char)('0' + color % OG_SERIES_COLORS);
}

static void svg_bars_mark(double x, double y, og_buffer* out) {
    og_buffer_print(out, "<path class='marks f7' d='M%.1f %.1fl5 5l-5 5l-5 -5z'/>\n", x, y - 5);
}

// One entry at (*x, *y), on the next line where it does not fit; nothing is drawn without `out`.
static void svg_bars_entry(const char* name, double* x, double* y, const char* style,
                           og_buffer* out) {
    const double width = 34 + og_svg_width(name);
    if (*x + width > SVG_BARS_WIDTH && *x > SVG_BARS_INDENT) {
        *x = SVG_BARS_INDENT;
        *y += SVG_BARS_LEGEND_ROW;
    }
    if (out && style) {
        og_svg_rectangle(style, NULL, *x, *y, 12, 12, NULL, out);
    }
    if (out) {
        og_svg_write("", *x + 17, *y + 10, OG_SVG_START, name, out);
    }
    *x += width;
}

// returns where it ends
static double svg_bars_legend(const og_svg_bars* bars, og_buffer* out) {
    double x = SVG_BARS_INDENT;
    double y = SVG_BARS_TOP;
    for (int p = 0; p < bars->part_count; p++) {
        const char style[] = {'f', svg_bars_color(bars->part_colors[p]), '\0'};
        if (bars->part_names[p][0]) {
            svg_bars_entry(bars->part_names[p], &x, &y, style, out);
        }
    }
    if (bars->mark_name) {
        svg_bars_entry(bars->mark_name, &x, &y, NULL, out);
        if (out) {
            svg_bars_mark(x - 28 - og_svg_width(bars->mark_name), y + 6, out);
        }
    }
    return y + (x > SVG_BARS_INDENT ? SVG_BARS_LEGEND : 0);
}

static void svg_bars_layout(svg_bars_view* view) {
    const og_svg_bars* bars = view->bars;
    double low = 0;
    double high = 0;
    for (int i = 0; i < bars->bar_count; i++) {
        double end = 0;
        for (int p = 0; p < bars->part_count; p++) {
            end += isfinite(bars->bars[i].parts[p]) ? bars->bars[i].parts[p] : 0;
        }
        const double mark = isfinite(bars->bars[i].mark) ? bars->bars[i].mark : 0;
        low = fmin(low, fmin(end, mark));
        high = fmax(high, fmax(end, mark));
    }
    if (bars->limit > 0) {
        low = fmax(low, -bars->limit);
        high = fmin(high, bars->limit);
    }
    view->axis = og_svg_axis_make(low, high > low ? high : low + 1, false, 6);
    view->groups = svg_bars_widest(view, 'g');
    view->names = fmin(svg_bars_widest(view, 'n'), SVG_BARS_NAMES);
    const double notes = svg_bars_widest(view, 't');
    view->left = 24 + view->names + (view->groups > 0 ? view->groups + 20 : 0);
    view->right = SVG_BARS_WIDTH - 20 - (notes > 0 ? fmin(notes, SVG_BARS_NOTES) + 10 : 0);
    view->top = svg_bars_legend(bars, NULL);
    view->bottom = view->top + 6 + svg_bars_height(bars) + 4;
    view->axis.from = view->left;
    view->axis.to = view->right;
}

// value as far as the picture goes
static double svg_bars_cut(const og_svg_bars* bars, double value) {
    return bars->limit > 0 ? fmin(fmax(value, -bars->limit), bars->limit) : value;
}

static void svg_bars_arrow(const svg_bars_view* view, double value, double y) {
    const double x = og_svg_axis_at(&view->axis, svg_bars_cut(view->bars, value));
    const double width = value > 0 ? 5 : -5;
    og_buffer_print(view->out, "<path class='fg' d='M%.1f %.1fl%.1f %.1fl%.1f %.1fz'/>\n",
                    x + (value > 0 ? 3 : -3), y + 4, width, (SVG_BARS_ROW - 8) / 2.0, -width,
                    (SVG_BARS_ROW - 8) / 2.0);
}

static void svg_bars_draw_part(const svg_bars_view* view, int part, double from, double to,
                               double y) {
    const og_svg_bars* bars = view->bars;
    const double value = to - from;
    const double left = og_svg_axis_at(&view->axis, svg_bars_cut(bars, value < 0 ? to : from));
    const double right = og_svg_axis_at(&view->axis, svg_bars_cut(bars, value < 0 ? from : to));
    const char style[] = {'f', svg_bars_color(bars->part_colors[part]), '\0'};
    const char* name = bars->part_names[part];
    og_svg_rectangle(style, NULL, left, y + 3, right - left, SVG_BARS_ROW - 6,
                     og_text_format(view->out->arena, "%s%s%s", name, name[0] ? ": " : "",
                                    og_svg_number(view->out->arena, value)),
                     view->out);
    if (svg_bars_cut(bars, to) != to) {
        svg_bars_arrow(view, to, y);
    }
}

static void svg_bars_draw_bar(const svg_bars_view* view, const og_svg_bar* bar, double y) {
    double sum = 0;
    for (int p = 0; p < view->bars->part_count; p++) {
        const double part = bar->parts[p];
        if (isfinite(part) && part != 0) {
            svg_bars_draw_part(view, p, sum, sum + part, y);
            sum += part;
        }
    }
    if (isfinite(bar->mark)) {
        svg_bars_mark(og_svg_axis_at(&view->axis, svg_bars_cut(view->bars, bar->mark)),
                      y + SVG_BARS_ROW / 2.0, view->out);
    }
}

static void svg_bars_draw_rows(const svg_bars_view* view) {
    double y = view->top + 6;
    for (int i = 0; i < view->bars->bar_count; i++) {
        const og_svg_bar* bar = &view->bars->bars[i];
        if (svg_bars_begins_group(view->bars, i)) {
            y += i > 0 ? SVG_BARS_GAP : 0;
            if (i > 0) {
                og_svg_line("grid", 12, y - SVG_BARS_GAP / 2.0, view->right, y - SVG_BARS_GAP / 2.0,
                            view->out);
            }
            og_svg_write("strong", 12, y + 14, OG_SVG_START, bar->group, view->out);
        }
        og_svg_write_within(bar->strong ? "strong" : "", view->left - 8, y + 14, OG_SVG_END,
                            view->names, bar->name, view->out);
        svg_bars_draw_bar(view, bar, y);
        if (bar->note) {
            og_svg_write_within("", view->right + 10, y + 14, OG_SVG_START, SVG_BARS_NOTES,
                                bar->note, view->out);
        }
        y += SVG_BARS_ROW;
    }
}

void og_svg_bars_draw(const og_svg_bars* bars, og_buffer* out) {
    svg_bars_view view = {.bars = bars, .out = out};
    svg_bars_layout(&view);
    og_svg_begin(SVG_BARS_WIDTH, view.bottom + SVG_BARS_BOTTOM, 12, bars->title, out);
    if (bars->subtitle) {
        og_svg_subtitle(12, bars->subtitle, out);
    }
    og_svg_axis_below(&view.axis, view.top, view.bottom, bars->label, out);
    svg_bars_legend(bars, out);
    svg_bars_draw_rows(&view);
    const double zero = og_svg_axis_at(&view.axis, 0);
    og_svg_line("rule", zero, view.top, zero, view.bottom, out);
    og_svg_end(out);
}
