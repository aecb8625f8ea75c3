// Pictures of series over two axes: frame, grid, series, legend.

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ogive/report.h"
#include "report/svg_sheet.h"

enum {
    SVG_WIDTH = 880,
    SVG_HEIGHT = 480,
    SVG_TOP = 56,
    SVG_BOTTOM = 60,
    SVG_RIGHT = 24,
    SVG_POINTS = 4000,
    SVG_LEGEND_ROWS = 32,
    SVG_LEGEND_WIDTH = 300,  // of a name
    SVG_KEY_WIDTH = 150,     // of the colour key with the names above it
    SVG_KEY_TOP = 110,
};
static const double svg_legend_row = 19;  // pixels, less where there are many
static const double svg_wide = 30;        // ratio from which shades are logarithmic

typedef struct svg_canvas {
    const og_plot* plot;
    og_buffer* out;
    og_svg_axis x, y;
    double legend_width;
    double shade_low, shade_high;
    bool shade_logarithmic;
} svg_canvas;

// finite, and far enough from the largest double for sums of ranges
static bool svg_is_drawable(double value) {
    return fabs(value) <= 1e300;
}

static bool svg_shown(const og_plot* plot, double x, double y) {
    return svg_is_drawable(x) && svg_is_drawable(y) && (!plot->x_logarithmic || x > 0) &&
           (!plot->y_logarithmic || y > 0);
}

static void svg_widen(double value, bool* any, double* low, double* high) {
    *low = !*any || value < *low ? value : *low;
    *high = !*any || value > *high ? value : *high;
    *any = true;
}

// axes that hold all points; an empty picture gets 1 to 10
static void svg_make_axes(svg_canvas* canvas) {
    const og_plot* plot = canvas->plot;
    double low[2] = {1, 1};
    double high[2] = {10, 10};
    bool any[2] = {false, false};
    for (int s = 0; s < plot->series_count; s++) {
        const og_series* series = &plot->series[s];
        for (int64_t i = 0; i < series->count; i++) {
            const bool level = series->form == OG_SERIES_LEVEL;
            if (!svg_shown(plot, level ? 1 : series->x[i], series->y[i])) {
                continue;
            }
            if (!level) {
                svg_widen(series->x[i], &any[0], &low[0], &high[0]);
            }
            svg_widen(series->y[i], &any[1], &low[1], &high[1]);
        }
    }
    if (plot->y_low < plot->y_high && svg_shown(plot, 1, plot->y_low) &&
        svg_shown(plot, 1, plot->y_high)) {
        low[1] = plot->y_low;
        high[1] = plot->y_high;
    }
    canvas->x = og_svg_axis_make(low[0], high[0], plot->x_logarithmic, 7);
    canvas->y = og_svg_axis_make(low[1], high[1], plot->y_logarithmic, 6);
}

// true when no earlier series has the name: then it has its own legend row
static bool svg_in_legend(const og_plot* plot, int index) {
    if (plot->series[index].form == OG_SERIES_BAND) {
        return false;
    }
    for (int s = 0; s < index; s++) {
        const bool listed = plot->series[s].form != OG_SERIES_BAND;
        if (listed && strcmp(plot->series[s].name, plot->series[index].name) == 0) {
            return false;
        }
    }
    return plot->series[index].name[0] != '\0';
}

static void svg_layout(svg_canvas* canvas) {
    double name = 0;
    for (int s = 0; s < canvas->plot->series_count; s++) {
        if (svg_in_legend(canvas->plot, s)) {
            name = fmax(name, og_svg_width(canvas->plot->series[s].name));
        }
    }
    canvas->legend_width = name > 0 ? fmin(name, SVG_LEGEND_WIDTH) + 44 : 0;
    if (canvas->plot->shade_label) {
        canvas->legend_width = fmax(canvas->legend_width, SVG_KEY_WIDTH);
    }
    canvas->x.from = 44 + og_svg_axis_room(&canvas->y);
    canvas->x.to = SVG_WIDTH - SVG_RIGHT - canvas->legend_width;
    canvas->y.from = SVG_HEIGHT - SVG_BOTTOM;
    canvas->y.to = SVG_TOP;
}

static char svg_color(const og_series* series) {
    assert(series->color >= OG_SERIES_GREY && series->color < OG_SERIES_STYLES);
    return series->color == OG_SERIES_GREY ? 'g' : (char)('0' + series->color % OG_SERIES_COLORS);
}

// class of the dashes of a line; none when it is drawn through
static const char* svg_dashes(const og_series* series) {
    static const char* const classes[] = {"", " dashed", " dotted"};
    return series->color == OG_SERIES_GREY ? "" : classes[series->color / OG_SERIES_COLORS];
}

// a line through all points; within one pixel column only first, lowest, highest and last remain
static void svg_draw_line(const svg_canvas* canvas, const og_series* series) {
    og_buffer* out = canvas->out;
    const bool step = series->form == OG_SERIES_STEP;
    og_buffer_print(out, "<path class='line s%c%s' clip-path='url(#field)' d='", svg_color(series),
                    svg_dashes(series));
    char command = 'M';
    double last_y = 0;
    const double per_column = (double)SVG_POINTS / 4;
    double column = -1;
    double low = 0;
    double high = 0;
    for (int64_t i = 0; i < series->count; i++) {
        if (!svg_shown(canvas->plot, series->x[i], series->y[i])) {
            continue;
        }
        const double x = og_svg_axis_at(&canvas->x, series->x[i]);
        const double y = og_svg_axis_at(&canvas->y, series->y[i]);
        const double here = floor(x / SVG_WIDTH * per_column);
        const bool last = i == series->count - 1;
        if (here == column && y >= low && y <= high && !last) {
            continue;
        }
        low = here != column || y < low ? y : low;
        high = here != column || y > high ? y : high;
        column = here;
        if (step && command == 'L') {
            og_buffer_print(out, "L%.1f %.1f", x, last_y);
        }
        og_buffer_print(out, "%c%.1f %.1f", command, x, y);
        command = 'L';
        last_y = y;
    }
    og_buffer_print(out, "'/>\n");
}

// the least and the largest shade; logarithmic when they are far apart
static void svg_range_shades(svg_canvas* canvas) {
    bool any = false;
    for (int s = 0; s < canvas->plot->series_count; s++) {
        const og_series* series = &canvas->plot->series[s];
        for (int64_t i = 0; series->shade && i < series->count; i++) {
            if (svg_is_drawable(series->shade[i])) {
                svg_widen(series->shade[i], &any, &canvas->shade_low, &canvas->shade_high);
            }
        }
    }
    canvas->shade_logarithmic =
        canvas->shade_low > 0 && canvas->shade_high > svg_wide * canvas->shade_low;
}

// attributes of a dot that has a colour of its own
static const char* svg_shade(const svg_canvas* canvas, const og_series* series, int64_t index,
                             size_t size, char* text) {
    text[0] = '\0';
    if (series->shade && svg_is_drawable(series->shade[index])) {
        const double low = canvas->shade_low;
        const double high = canvas->shade_high;
        const double value = series->shade[index];
        const double part = high <= low                 ? 0.5
                            : canvas->shade_logarithmic ? log(value / low) / log(high / low)
                                                        : (value - low) / (high - low);
        char color[8];
        snprintf(text, size, " fill='%s' fill-opacity='.85'", og_svg_shade(part, color));
    }
    return text;
}

// dots drawn once for each cell of a grid, which is coarsened until few enough remain
static void svg_draw_points(const svg_canvas* canvas, const og_series* series) {
    og_buffer* out = canvas->out;
    og_arena* arena = out->arena;
    double cell = 0.5;
    int64_t kept = 0;
    int64_t* list = OG_NEW(arena, int64_t, series->count);
    do {
        cell *= 2;
        const int columns = (int)(SVG_WIDTH / cell) + 2;
        const int rows = (int)(SVG_HEIGHT / cell) + 2;
        bool* taken = OG_NEW(arena, bool, columns* rows);
        kept = 0;
        for (int64_t i = 0; i < series->count; i++) {
            if (!svg_shown(canvas->plot, series->x[i], series->y[i])) {
                continue;
            }
            const int column = (int)(og_svg_axis_at(&canvas->x, series->x[i]) / cell);
            const int row = (int)(og_svg_axis_at(&canvas->y, series->y[i]) / cell);
            bool* place = &taken[row * columns + column];
            if (!*place) {
                *place = true;
                list[kept++] = i;
            }
        }
    } while (kept > SVG_POINTS);
    og_buffer_print(out, "<g class='points f%c'>\n", svg_color(series));
    for (int64_t i = 0; i < kept; i++) {
        char fill[48];
        og_buffer_print(out, "<circle cx='%.1f' cy='%.1f' r='%s'%s/>\n",
                        og_svg_axis_at(&canvas->x, series->x[list[i]]),
                        og_svg_axis_at(&canvas->y, series->y[list[i]]), series->shade ? "3" : "2.2",
                        svg_shade(canvas, series, list[i], sizeof fill, fill));
    }
    og_buffer_print(out, "</g>\n");
}

static void svg_draw_band(const svg_canvas* canvas, const og_series* series) {
    og_buffer_print(canvas->out, "<path class='band f%c' clip-path='url(#field)' d='",
                    svg_color(series));
    char command = 'M';
    for (int64_t i = 0; i < series->count; i++) {
        if (svg_shown(canvas->plot, series->x[i], series->y[i])) {
            og_buffer_print(canvas->out, "%c%.1f %.1f", command,
                            og_svg_axis_at(&canvas->x, series->x[i]),
                            og_svg_axis_at(&canvas->y, series->y[i]));
            command = 'L';
        }
    }
    og_buffer_print(canvas->out, "%s'/>\n", command == 'L' ? "z" : "M0 0");
}

static void svg_draw_mark(og_buffer* out, double x, double y, char color) {
    og_buffer_print(out, "<path class='marks f%c' d='M%.1f %.1fl7 7l-7 7l-7 -7z'/>\n", color, x,
                    y - 7);
}

static void svg_draw_series(const svg_canvas* canvas, const og_series* series) {
    switch (series->form) {
    case OG_SERIES_LINE:
    case OG_SERIES_STEP: svg_draw_line(canvas, series); break;
    case OG_SERIES_POINTS: svg_draw_points(canvas, series); break;
    case OG_SERIES_BAND: svg_draw_band(canvas, series); break;
    case OG_SERIES_MARKS:
        for (int64_t i = 0; i < series->count; i++) {
            if (svg_shown(canvas->plot, series->x[i], series->y[i])) {
                svg_draw_mark(canvas->out, og_svg_axis_at(&canvas->x, series->x[i]),
                              og_svg_axis_at(&canvas->y, series->y[i]), svg_color(series));
            }
        }
        break;
    case OG_SERIES_LEVEL:
        if (series->count > 0 && svg_shown(canvas->plot, 1, series->y[0])) {
            const double y = og_svg_axis_at(&canvas->y, series->y[0]);
            og_buffer_print(canvas->out, "<path class='level s%c' d='M%.1f %.1fH%.1f'/>\n",
                            svg_color(series), canvas->x.from, y, canvas->x.to);
        }
        break;
    }
}

static void svg_draw_sample(og_buffer* out, const og_series* series, double x, double y) {
    const char color = svg_color(series);
    switch (series->form) {
    case OG_SERIES_LINE:
    case OG_SERIES_STEP:
        og_buffer_print(out, "<path class='line s%c%s' d='M%.1f %.1fh20'/>\n", color,
                        svg_dashes(series), x, y);
        break;
    case OG_SERIES_LEVEL:
        og_buffer_print(out, "<path class='level s%c' d='M%.1f %.1fh20'/>\n", color, x, y);
        break;
    case OG_SERIES_POINTS:
        // shaded dots have no colour of their own
        og_buffer_print(out, "<circle class='%s%c' cx='%.1f' cy='%.1f' r='4'/>\n",
                        series->shade ? "frame s" : "f", series->shade ? 'g' : color, x + 10, y);
        break;
    case OG_SERIES_MARKS: svg_draw_mark(out, x + 10, y, color); break;
    case OG_SERIES_BAND: break;
    }
}

static void svg_draw_legend(const svg_canvas* canvas) {
    const double x = canvas->x.to + 14;
    int rows = 0;
    for (int s = 0; s < canvas->plot->series_count; s++) {
        rows += svg_in_legend(canvas->plot, s) && rows < SVG_LEGEND_ROWS;
    }
    const double room = SVG_HEIGHT - 16 - canvas->y.to;
    const double pitch = fmin(svg_legend_row, room / fmax(rows, 1));
    int row = 0;
    for (int s = 0; s < canvas->plot->series_count && row < SVG_LEGEND_ROWS; s++) {
        if (!svg_in_legend(canvas->plot, s)) {
            continue;
        }
        const double y = canvas->y.to + 10 + pitch * row++;
        svg_draw_sample(canvas->out, &canvas->plot->series[s], x, y);
        og_svg_write_within("", x + 27, y + 4, OG_SVG_START, SVG_LEGEND_WIDTH,
                            canvas->plot->series[s].name, canvas->out);
    }
}

// lines that leave the field end at its frame
static void svg_draw_field(const svg_canvas* canvas) {
    og_buffer_print(canvas->out, "<clipPath id='field'>");
    og_svg_rectangle("", NULL, canvas->x.from, canvas->y.to, canvas->x.to - canvas->x.from,
                     canvas->y.from - canvas->y.to, NULL, canvas->out);
    og_buffer_print(canvas->out, "</clipPath>\n");
}

static void svg_draw_all_series(const svg_canvas* canvas) {
    // bands and dots first, lines over them, marks on top
    static const og_series_form layers[] = {OG_SERIES_BAND, OG_SERIES_POINTS, OG_SERIES_LEVEL,
                                            OG_SERIES_STEP, OG_SERIES_LINE,   OG_SERIES_MARKS};
    for (size_t layer = 0; layer < sizeof layers / sizeof *layers; layer++) {
        for (int s = 0; s < canvas->plot->series_count; s++) {
            if (canvas->plot->series[s].form == layers[layer]) {
                svg_draw_series(canvas, &canvas->plot->series[s]);
            }
        }
    }
}

void og_plot_svg(const og_plot* plot, og_buffer* out) {
    svg_canvas canvas = {.plot = plot, .out = out};
    svg_make_axes(&canvas);
    svg_layout(&canvas);
    svg_range_shades(&canvas);
    og_svg_begin(SVG_WIDTH, SVG_HEIGHT, canvas.x.from, plot->title, out);
    if (plot->subtitle) {
        og_svg_subtitle(canvas.x.from, plot->subtitle, out);
    }
    og_svg_axis_below(&canvas.x, canvas.y.to, canvas.y.from, plot->x_label, out);
    og_svg_axis_beside(&canvas.y, canvas.x.from, canvas.x.to, plot->y_label, out);
    svg_draw_field(&canvas);
    svg_draw_all_series(&canvas);
    og_svg_rectangle("frame", NULL, canvas.x.from, canvas.y.to, canvas.x.to - canvas.x.from,
                     canvas.y.from - canvas.y.to, NULL, out);
    svg_draw_legend(&canvas);
    if (plot->shade_label) {
        og_svg_color_key(canvas.x.to + 40, canvas.y.to + SVG_KEY_TOP, canvas.y.from,
                         canvas.shade_low, canvas.shade_high, canvas.shade_logarithmic,
                         plot->shade_label, false, out);
    }
    og_svg_end(out);
}
