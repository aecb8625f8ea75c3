// Pictures: frame, grid, series, legend. Colours are classes, so that a dark viewer gets its own.

#include <assert.h>
#include <math.h>
#include <string.h>

#include "ogive/report.h"
#include "report/svg_axis.h"
#include "report/svg_text.h"

enum {
    SVG_WIDTH = 880,
    SVG_HEIGHT = 480,
    SVG_TOP = 52,
    SVG_BOTTOM = 60,
    SVG_RIGHT = 24,
    SVG_POINTS = 4000,
    SVG_LEGEND_ROWS = 32,
};
static const double svg_legend_row = 19;  // pixels, less where there are many
static const double svg_letter = 6.7;     // mean width of a letter at 12 px, pixels

// Okabe and Ito, "Color Universal Design", 2008; the strongest on white first
static const char svg_style[] =
    "text{font:12px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;fill:#222}\n"
    ".title{font-size:15px;font-weight:600}\n"
    ".ground{fill:#fff}.grid{stroke:#e3e3e3}.frame{stroke:#555;fill:none}\n"
    ".line{fill:none;stroke-width:1.8;stroke-linejoin:round}\n"
    ".dashed{stroke-dasharray:7 3}.dotted{stroke-dasharray:2 2.5}\n"
    ".level{fill:none;stroke-width:1.4;stroke-dasharray:6 4}\n"
    ".points{stroke:none;fill-opacity:.55}.band{stroke:none;fill-opacity:.13}.marks{stroke:#fff;"
    "stroke-width:1.2}\n"
    ".s0{stroke:#0072b2}.s1{stroke:#d55e00}.s2{stroke:#009e73}.s3{stroke:#cc79a7}\n"
    ".s4{stroke:#e69f00}.s5{stroke:#56b4e9}.s6{stroke:#b5a800}.s7{stroke:#000}.sg{stroke:#999}\n"
    ".f0{fill:#0072b2}.f1{fill:#d55e00}.f2{fill:#009e73}.f3{fill:#cc79a7}\n"
    ".f4{fill:#e69f00}.f5{fill:#56b4e9}.f6{fill:#b5a800}.f7{fill:#000}.fg{fill:#999}\n"
    "@media (prefers-color-scheme:dark){\n"
    "text{fill:#ddd}.ground{fill:#16181c}.grid{stroke:#2e3138}.frame{stroke:#999}\n"
    ".marks{stroke:#16181c}.s0{stroke:#4aa3df}.s6{stroke:#f0e442}.s7{stroke:#fff}\n"
    ".f0{fill:#4aa3df}.f6{fill:#f0e442}.f7{fill:#fff}}\n";

typedef struct svg_canvas {
    const og_plot* plot;
    og_buffer* out;
    og_svg_axis x, y;
    double legend_width;
} svg_canvas;

void og_svg_text(const char* text, og_buffer* out) {
    for (const char* c = og_text_printable(out->arena, text); *c; c++) {
        switch (*c) {
        case '<': og_buffer_add(out, "&lt;", 4); break;
        case '>': og_buffer_add(out, "&gt;", 4); break;
        case '&': og_buffer_add(out, "&amp;", 5); break;
        case '"': og_buffer_add(out, "&quot;", 6); break;
        default: og_buffer_add(out, c, 1); break;
        }
    }
}

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
    canvas->x = og_svg_axis_make(low[0], high[0], plot->x_logarithmic, 7);
    canvas->y = og_svg_axis_make(low[1], high[1], plot->y_logarithmic, 6);
}

static int svg_width_letters(const char* text) {
    int letters = 0;
    for (const char* c = text; *c; c++) {
        letters += ((unsigned char)*c & 0xC0) != 0x80;
    }
    return letters;
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
    int widest = 0;
    for (int i = 0; i < canvas->y.tick_count; i++) {
        const int letters = svg_width_letters(canvas->y.texts[i]);
        widest = letters > widest ? letters : widest;
    }
    int name = 0;
    for (int s = 0; s < canvas->plot->series_count; s++) {
        const int letters = svg_width_letters(canvas->plot->series[s].name);
        name = letters > name ? letters : name;
    }
    canvas->legend_width = name > 0 ? name * svg_letter + 44 : 0;
    canvas->x.from = 44 + widest * svg_letter;
    canvas->x.to = SVG_WIDTH - SVG_RIGHT - canvas->legend_width;
    canvas->y.from = SVG_HEIGHT - SVG_BOTTOM;
    canvas->y.to = SVG_TOP;
}

static void svg_draw_x_axis(const svg_canvas* canvas) {
    og_buffer* out = canvas->out;
    double free_from = -1;
    for (int i = 0; i < canvas->x.tick_count; i++) {
        const double at = og_svg_axis_at(&canvas->x, canvas->x.ticks[i]);
        og_buffer_print(out, "<line class='grid' x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f'/>\n", at,
                        at, canvas->y.to, canvas->y.from);
        // texts that would touch the one before are left out
        const double half = svg_width_letters(canvas->x.texts[i]) * svg_letter / 2;
        if (at - half > free_from) {
            og_buffer_print(out, "<text x='%.1f' y='%.1f' text-anchor='middle'>%s</text>\n", at,
                            canvas->y.from + 18, canvas->x.texts[i]);
            free_from = at + half + 6;
        }
    }
    og_buffer_print(out, "<text x='%.1f' y='%d' text-anchor='middle'>",
                    (canvas->x.from + canvas->x.to) / 2, SVG_HEIGHT - 16);
    og_svg_text(canvas->plot->x_label, out);
    og_buffer_print(out, "</text>\n");
}

static void svg_draw_y_axis(const svg_canvas* canvas) {
    og_buffer* out = canvas->out;
    double free_above = SVG_HEIGHT;
    for (int i = 0; i < canvas->y.tick_count; i++) {
        const double at = og_svg_axis_at(&canvas->y, canvas->y.ticks[i]);
        og_buffer_print(out, "<line class='grid' x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f'/>\n",
                        canvas->x.from, canvas->x.to, at, at);
        if (at < free_above) {
            og_buffer_print(out, "<text x='%.1f' y='%.1f' text-anchor='end'>%s</text>\n",
                            canvas->x.from - 8, at + 4, canvas->y.texts[i]);
            free_above = at - 15;
        }
    }
    const double middle = (canvas->y.from + canvas->y.to) / 2;
    og_buffer_print(out, "<text transform='translate(18 %.1f) rotate(-90)' text-anchor='middle'>",
                    middle);
    og_svg_text(canvas->plot->y_label, out);
    og_buffer_print(out, "</text>\n");
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
    og_buffer_print(out, "<path class='line s%c%s' d='", svg_color(series), svg_dashes(series));
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
        og_buffer_print(out, "<circle cx='%.1f' cy='%.1f' r='2.2'/>\n",
                        og_svg_axis_at(&canvas->x, series->x[list[i]]),
                        og_svg_axis_at(&canvas->y, series->y[list[i]]));
    }
    og_buffer_print(out, "</g>\n");
}

static void svg_draw_band(const svg_canvas* canvas, const og_series* series) {
    og_buffer_print(canvas->out, "<path class='band f%c' d='", svg_color(series));
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
        og_buffer_print(out, "<circle class='f%c' cx='%.1f' cy='%.1f' r='4'/>\n", color, x + 10, y);
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
        og_buffer_print(canvas->out, "<text x='%.1f' y='%.1f'>", x + 27, y + 4);
        og_svg_text(canvas->plot->series[s].name, canvas->out);
        og_buffer_print(canvas->out, "</text>\n");
    }
}

void og_plot_svg(const og_plot* plot, og_buffer* out) {
    svg_canvas canvas = {.plot = plot, .out = out};
    svg_make_axes(&canvas);
    svg_layout(&canvas);
    og_buffer_print(out,
                    "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
                    "viewBox='0 0 %d %d' role='img'>\n<style>\n%s</style>\n",
                    SVG_WIDTH, SVG_HEIGHT, SVG_WIDTH, SVG_HEIGHT, svg_style);
    og_buffer_print(out, "<title>");
    og_svg_text(plot->title, out);
    og_buffer_print(out, "</title>\n<rect class='ground' width='%d' height='%d'/>\n", SVG_WIDTH,
                    SVG_HEIGHT);
    og_buffer_print(out, "<text class='title' x='%.1f' y='28'>", canvas.x.from);
    og_svg_text(plot->title, out);
    og_buffer_print(out, "</text>\n");
    svg_draw_x_axis(&canvas);
    svg_draw_y_axis(&canvas);
    // bands and dots first, lines over them, marks on top
    static const og_series_form layers[] = {OG_SERIES_BAND, OG_SERIES_POINTS, OG_SERIES_LEVEL,
                                            OG_SERIES_STEP, OG_SERIES_LINE,   OG_SERIES_MARKS};
    for (size_t layer = 0; layer < sizeof layers / sizeof *layers; layer++) {
        for (int s = 0; s < plot->series_count; s++) {
            if (plot->series[s].form == layers[layer]) {
                svg_draw_series(&canvas, &plot->series[s]);
            }
        }
    }
    og_buffer_print(out, "<rect class='frame' x='%.1f' y='%.1f' width='%.1f' height='%.1f'/>\n",
                    canvas.x.from, canvas.y.to, canvas.x.to - canvas.x.from,
                    canvas.y.from - canvas.y.to);
    svg_draw_legend(&canvas);
    og_buffer_print(out, "</svg>\n");
}
