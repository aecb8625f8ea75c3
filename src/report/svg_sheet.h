/// Sheets that pictures are drawn on: the style, texts that fit, axes and colours that all of them
/// share. White ground, Arial's proportions, and colours that colour-blind people can tell apart.
#pragma once

#include "ogive/text.h"
#include "report/svg_axis.h"

/// Where a text is held.
typedef enum og_svg_anchor { OG_SVG_START, OG_SVG_MIDDLE, OG_SVG_END } og_svg_anchor;

/// Begin a picture of `width` x `height` pixels with its title, which stands at `title_x`.
void og_svg_begin(double width, double height, double title_x, const char* title, og_buffer* out);

/// A line of small grey text below the title: what the picture is of, and what it leaves out.
void og_svg_subtitle(double x, const char* text, og_buffer* out);

/// End it.
void og_svg_end(og_buffer* out);

/// Add `text` with the characters escaped that mark-up uses.
void og_svg_text(const char* text, og_buffer* out);

/// Pixels that `text` takes at 12 pixels, rather too many than too few.
double og_svg_width(const char* text);

/// Write `text` with its base line at (x, y). `style`: classes, "" = none.
void og_svg_write(const char* style, double x, double y, og_svg_anchor anchor, const char* text,
                  og_buffer* out);

/// The same, shortened to `width` pixels with "..." where it is longer; its full text is shown when
/// it is pointed at.
void og_svg_write_within(const char* style, double x, double y, og_svg_anchor anchor, double width,
                         const char* text, og_buffer* out);

/// The same upwards: turned by a quarter to the left around (x, y).
void og_svg_write_up(double x, double y, og_svg_anchor anchor, const char* text, og_buffer* out);

/// A rectangle. `color`: of the filling, "#rrggbb", NULL = as `style` says. `tip` (may be NULL) is
/// shown when it is pointed at.
void og_svg_rectangle(const char* style, const char* color, double x, double y, double width,
                      double height, const char* tip, og_buffer* out);

/// A straight line.
void og_svg_line(const char* style, double x1, double y1, double x2, double y2, og_buffer* out);

/// Ticks, grid and label of a horizontal axis below a field from `top` to `bottom`.
void og_svg_axis_below(const og_svg_axis* axis, double top, double bottom, const char* label,
                       og_buffer* out);

/// Ticks, grid and label of a vertical axis left of a field from `left` to `right`.
void og_svg_axis_beside(const og_svg_axis* axis, double left, double right, const char* label,
                        og_buffer* out);

/// Pixels that the texts of a vertical axis take.
double og_svg_axis_room(const og_svg_axis* axis);

/// Colour of `part` in [0, 1] in order of brightness, dark to light (viridis: van der Walt and
/// Smith, 2015).
const char* og_svg_shade(double part, char out[8]);

/// Colour of `part` in [-1, 1]: blue below 0, white at 0, orange above.
const char* og_svg_balance(double part, char out[8]);

/// True when black text reads better on `color` ("#rrggbb") than white.
bool og_svg_is_light(const char* color);

/// A bar of colours with its axis, upright, from (x, top) to `bottom`: what colours stand for.
/// `color` is og_svg_shade or og_svg_balance.
void og_svg_color_key(double x, double top, double bottom, double low, double high,
                      bool logarithmic, const char* label, bool balanced, og_buffer* out);

/// A label with its unit: "power_mw (mW)".
const char* og_svg_label(og_arena* arena, const char* name, const char* unit);

/// A number of four digits for people: "1,235", "0.0501", "3.14e12"; "-" when it is not finite.
const char* og_svg_number(og_arena* arena, double value);

/// A time, at least 0, of three digits in a fitting unit: "3.61 ms".
const char* og_svg_seconds(og_arena* arena, double seconds);
