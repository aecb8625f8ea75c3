#include "report/svg_sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SVG_SHEET_STOPS = 9 };

static const double svg_sheet_letter = 6.4;  // mean width of a letter at 12 px, pixels

// series: Okabe and Ito, "Color Universal Design", 2008; the strongest on white first
static const char svg_sheet_style[] =
    "text{font:12px Arial,'Liberation Sans',Helvetica,'DejaVu Sans',sans-serif;fill:#222}\n"
    ".title{font-size:15px;font-weight:bold}.small{font-size:10.5px}.faint{fill:#666}\n"
    ".strong{font-weight:bold}.white{fill:#fff}\n"
    ".ground{fill:#fff}.grid{stroke:#e3e3e3}.frame{stroke:#555;fill:none}.rule{stroke:#555}\n"
    ".line{fill:none;stroke-width:1.8;stroke-linejoin:round}.thin{stroke-width:1}.heavy{stroke-"
    "width:4}\n"
    ".dashed{stroke-dasharray:7 3}.dotted{stroke-dasharray:2 2.5}\n"
    ".level{fill:none;stroke-width:1.4;stroke-dasharray:6 4}\n"
    ".points{stroke:none;fill-opacity:.55}.band{stroke:none;fill-opacity:.13}.marks{stroke:#fff;"
    "stroke-width:1.2}\n"
    ".s0{stroke:#0072b2}.s1{stroke:#d55e00}.s2{stroke:#009e73}.s3{stroke:#cc79a7}\n"
    ".s4{stroke:#e69f00}.s5{stroke:#56b4e9}.s6{stroke:#b5a800}.s7{stroke:#000}.sg{stroke:#999}\n"
    ".f0{fill:#0072b2}.f1{fill:#d55e00}.f2{fill:#009e73}.f3{fill:#cc79a7}\n"
    ".f4{fill:#e69f00}.f5{fill:#56b4e9}.f6{fill:#b5a800}.f7{fill:#000}.fg{fill:#999}\n";

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

void og_svg_begin(double width, double height, double title_x, const char* title, og_buffer* out) {
    og_buffer_print(out,
                    "<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' height='%.0f' "
                    "viewBox='0 0 %.0f %.0f' role='img'>\n<style>\n%s</style>\n<title>",
                    width, height, width, height, svg_sheet_style);
    og_svg_text(title, out);
    og_buffer_print(out, "</title>\n<rect class='ground' width='%.0f' height='%.0f'/>\n", width,
                    height);
    og_svg_write_within("title", title_x, 26, OG_SVG_START, (width - title_x - 8) * 0.8, title,
                        out);
}

void og_svg_subtitle(double x, const char* text, og_buffer* out) {
    og_svg_write("faint", x, 44, OG_SVG_START, text, out);
}

void og_svg_end(og_buffer* out) {
    og_buffer_print(out, "</svg>\n");
}

static bool svg_sheet_begins_letter(char c) {
    return ((unsigned char)c & 0xC0) != 0x80;
}

double og_svg_width(const char* text) {
    int letters = 0;
    for (const char* c = text; *c; c++) {
        letters += svg_sheet_begins_letter(*c);
    }
    return letters * svg_sheet_letter;
}

static const char* const svg_sheet_anchors[] = {"", " text-anchor='middle'", " text-anchor='end'"};

// `tip`: the full text, NULL = what is shown
static void svg_sheet_write(const char* style, double x, double y, og_svg_anchor anchor,
                            const char* text, const char* tip, og_buffer* out) {
    og_buffer_print(out, "<text%s%s%s x='%.1f' y='%.1f'%s>", style[0] ? " class='" : "", style,
                    style[0] ? "'" : "", x, y, svg_sheet_anchors[anchor]);
    og_svg_text(text, out);
    if (tip) {
        og_buffer_print(out, "<title>");
        og_svg_text(tip, out);
        og_buffer_print(out, "</title>");
    }
    og_buffer_print(out, "</text>\n");
}

void og_svg_write(const char* style, double x, double y, og_svg_anchor anchor, const char* text,
                  og_buffer* out) {
    svg_sheet_write(style, x, y, anchor, text, NULL, out);
}

void og_svg_write_within(const char* style, double x, double y, og_svg_anchor anchor, double width,
                         const char* text, og_buffer* out) {
    if (og_svg_width(text) <= width) {
        og_svg_write(style, x, y, anchor, text, out);
        return;
    }
    const int fitting = (int)(width / svg_sheet_letter) - 1;
    size_t end = 0;
    int letters = 0;
    while (text[end] && (letters < fitting || !svg_sheet_begins_letter(text[end]))) {
        letters += svg_sheet_begins_letter(text[end++]);
    }
    const char* shown = og_text_format(out->arena, "%.*s\xE2\x80\xA6", (int)end, text);
    svg_sheet_write(style, x, y, anchor, shown, text, out);
}

void og_svg_write_up(double x, double y, og_svg_anchor anchor, const char* text, og_buffer* out) {
    og_buffer_print(out, "<text transform='translate(%.1f %.1f) rotate(-90)'%s>", x, y,
                    svg_sheet_anchors[anchor]);
    og_svg_text(text, out);
    og_buffer_print(out, "</text>\n");
}

void og_svg_rectangle(const char* style, const char* color, double x, double y, double width,
                      double height, const char* tip, og_buffer* out) {
    og_buffer_print(out, "<rect%s%s%s x='%.2f' y='%.2f' width='%.2f' height='%.2f'",
                    style[0] ? " class='" : "", style, style[0] ? "'" : "", x, y, width, height);
    if (color) {
        og_buffer_print(out, " fill='%s'", color);
    }
    if (!tip) {
        og_buffer_print(out, "/>\n");
        return;
    }
    og_buffer_print(out, "><title>");
    og_svg_text(tip, out);
    og_buffer_print(out, "</title></rect>\n");
}

void og_svg_line(const char* style, double x1, double y1, double x2, double y2, og_buffer* out) {
    og_buffer_print(out, "<line class='%s' x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f'/>\n", style, x1,
                    x2, y1, y2);
}

void og_svg_axis_below(const og_svg_axis* axis, double top, double bottom, const char* label,
                       og_buffer* out) {
    double free_from = -1;
    for (int i = 0; i < axis->tick_count; i++) {
        const double at = og_svg_axis_at(axis, axis->ticks[i]);
        og_svg_line("grid", at, top, at, bottom, out);
        // texts that would touch the one before are left out
        const double half = og_svg_width(axis->texts[i]) / 2;
        if (at - half > free_from) {
            og_svg_write("", at, bottom + 18, OG_SVG_MIDDLE, axis->texts[i], out);
            free_from = at + half + 6;
        }
    }
    og_svg_write("", (axis->from + axis->to) / 2, bottom + 42, OG_SVG_MIDDLE, label, out);
}

double og_svg_axis_room(const og_svg_axis* axis) {
    double widest = 0;
    for (int i = 0; i < axis->tick_count; i++) {
        widest = fmax(widest, og_svg_width(axis->texts[i]));
    }
    return widest;
}

void og_svg_axis_beside(const og_svg_axis* axis, double left, double right, const char* label,
                        og_buffer* out) {
    double free_above = INFINITY;
    for (int i = 0; i < axis->tick_count; i++) {
        const double at = og_svg_axis_at(axis, axis->ticks[i]);
        og_svg_line("grid", left, at, right, at, out);
        if (at < free_above) {
            og_svg_write("", left - 8, at + 4, OG_SVG_END, axis->texts[i], out);
            free_above = at - 15;
        }
    }
    og_svg_write_up(left - 22 - og_svg_axis_room(axis), (axis->from + axis->to) / 2, OG_SVG_MIDDLE,
                    label, out);
}

// colour between stops (shape: [count][3])
static const char* svg_sheet_between(const unsigned char stops[][3], int count, double part,
                                     char out[8]) {
    const double at = (part > 0 ? part < 1 ? part : 1 : 0) * (count - 1);
    const int below = at >= count - 1 ? count - 2 : (int)at;
    int mixed[3];
    for (int i = 0; i < 3; i++) {
        const double low = stops[below][i];
        const double high = stops[below + 1][i];
        mixed[i] = (int)lround(low + (at - below) * (high - low));
    }
    snprintf(out, 8, "#%02x%02x%02x", (unsigned)mixed[0] & 255, (unsigned)mixed[1] & 255,
             (unsigned)mixed[2] & 255);
    return out;
}

const char* og_svg_shade(double part, char out[8]) {
    // viridis (van der Walt and Smith, matplotlib 2015, CC0) at eighths
    static const unsigned char stops[SVG_SHEET_STOPS][3] = {
        {68, 1, 84},    {71, 44, 122}, {59, 81, 139},  {44, 113, 142}, {33, 144, 141},
        {39, 173, 129}, {92, 200, 99}, {170, 220, 50}, {253, 231, 37}};
    return svg_sheet_between(stops, SVG_SHEET_STOPS, part, out);
}

const char* og_svg_balance(double part, char out[8]) {
    static const unsigned char stops[5][3] = {
        {0, 114, 178}, {140, 195, 226}, {250, 250, 250}, {244, 176, 122}, {213, 94, 0}};
    return svg_sheet_between(stops, 5, (part + 1) / 2, out);
}

bool og_svg_is_light(const char* color) {
    unsigned red = 0;
    unsigned green = 0;
    unsigned blue = 0;
    sscanf(color, "#%2x%2x%2x", &red, &green, &blue);
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
}

void og_svg_color_key(double x, double top, double bottom, double low, double high,
                      bool logarithmic, const char* label, bool balanced, og_buffer* out) {
    enum { STEPS = 64, WIDTH = 14 };
    const double height = (bottom - top) / STEPS;
    for (int i = 0; i < STEPS; i++) {
        char color[8];
        const double part = (i + 0.5) / STEPS;
        og_svg_rectangle("",
                         balanced ? og_svg_balance(2 * part - 1, color) : og_svg_shade(part, color),
                         x, bottom - (i + 1) * height, WIDTH, height + 0.6, NULL, out);
    }
    og_svg_axis axis = og_svg_axis_make(low, high, logarithmic, 7);
    axis.low = low;
    axis.high = high;
    axis.from = bottom;
    axis.to = top;
    for (int i = 0; i < axis.tick_count && high > low; i++) {
        const double at = og_svg_axis_at(&axis, axis.ticks[i]);
        if (at >= top - 1 && at <= bottom + 1) {
            og_svg_line("rule", x + WIDTH, at, x + WIDTH + 4, at, out);
            og_svg_write("", x + WIDTH + 8, at + 4, OG_SVG_START, axis.texts[i], out);
        }
    }
    if (!(high > low)) {
        char text[32];
        og_svg_write("", x + WIDTH + 8, (top + bottom) / 2, OG_SVG_START, og_text_real(low, text),
                     out);
    }
    og_svg_write_up(x - 8, (top + bottom) / 2, OG_SVG_MIDDLE, label, out);
}

const char* og_svg_label(og_arena* arena, const char* name, const char* unit) {
    return unit[0] ? og_text_format(arena, "%s (%s)", og_text_printable(arena, name),
                                    og_text_printable(arena, unit))
                   : og_text_printable(arena, name);
}

const char* og_svg_number(og_arena* arena, double value) {
    const double size = fabs(value);
    if (!isfinite(value)) {
        return "-";
    }
    if (size >= 1e7 || (size < 1e-4 && size > 0)) {
        char* text = og_text_format(arena, "%.3g", value);
        char* exponent = strchr(text, 'e');
        int power = 0;
        if (exponent && sscanf(exponent + 1, "%d", &power) == 1) {
            return og_text_format(arena, "%.*se%d", (int)(exponent - text), text, power);
        }
        return text;
    }
    if (size < 999.95) {
        return og_text_format(arena, "%.4g", value);
    }
    const long whole = lround(size);
    const char* sign = value < 0 ? "-" : "";
    return whole < 1000000 ? og_text_format(arena, "%s%ld,%03ld", sign, whole / 1000, whole % 1000)
                           : og_text_format(arena, "%s%ld,%03ld,%03ld", sign, whole / 1000000,
                                            whole / 1000 % 1000, whole % 1000);
}

const char* og_svg_seconds(og_arena* arena, double seconds) {
    static const struct {
        double from;
        double scale;
        const char* unit;
    } units[] = {{86400, 86400, "d"}, {3600, 3600, "h"},  {60, 60, "min"},
                 {1, 1, "s"},         {1e-3, 1e-3, "ms"}, {0, 1e-6, "\xC2\xB5s"}};
    int i = 0;
    while (seconds < units[i].from) {
        i++;
    }
    return og_text_format(arena, "%.3g %s", seconds / units[i].scale, units[i].unit);
}
