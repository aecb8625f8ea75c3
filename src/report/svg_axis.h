/// Axes of pictures: range, round ticks, and the way from values to pixels.
#pragma once

#include <stdbool.h>

enum { OG_SVG_TICKS = 24, OG_SVG_TICK_TEXT = 24 };

/// One axis. Fill with og_svg_axis_make().
typedef struct og_svg_axis {
    bool logarithmic;
    double low, high;  ///< values at its ends
    double from, to;   ///< pixels at its ends
    int tick_count;
    double ticks[OG_SVG_TICKS];
    char texts[OG_SVG_TICKS][OG_SVG_TICK_TEXT];  ///< "" = a tick without text
} og_svg_axis;

/// An axis that shows values `low` to `high` (both positive when logarithmic) with about `wanted`
/// ticks; a linear axis is widened to round ends. Pixels are set by the caller.
og_svg_axis og_svg_axis_make(double low, double high, bool logarithmic, int wanted);

/// Pixel of `value`.
double og_svg_axis_at(const og_svg_axis* axis, double value);
