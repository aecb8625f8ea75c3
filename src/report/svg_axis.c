#include "report/svg_axis.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SVG_AXIS_DECIMALS = 12 };

// 1000000 as 1e6, 12000 as 12,000
static void svg_axis_text(double value, int decimals, char out[OG_SVG_TICK_TEXT]) {
    const double size = fabs(value);
    if (size != 0 && (size >= 1e7 || size < 1e-4)) {
        char text[32];
        snprintf(text, sizeof text, "%.3g", value);
        // "1e+07" has a sign and a zero that say nothing
        char* exponent = strchr(text, 'e');
        int power = 0;
        if (exponent && sscanf(exponent + 1, "%d", &power) == 1) {
            snprintf(out, OG_SVG_TICK_TEXT, "%.*se%d", (int)(exponent - text), text, power);
        } else {
            snprintf(out, OG_SVG_TICK_TEXT, "%.23s", text);
        }
        return;
    }
    if (size < 999.5 || decimals > 0) {
        snprintf(out, OG_SVG_TICK_TEXT, "%.*f", decimals, value);
        return;
    }
    const long whole = lround(size);
    const char* sign = value < 0 ? "-" : "";
    if (whole < 1000000) {
        snprintf(out, OG_SVG_TICK_TEXT, "%s%ld,%03ld", sign, whole / 1000, whole % 1000);
    } else {
        snprintf(out, OG_SVG_TICK_TEXT, "%s%ld,%03ld,%03ld", sign, whole / 1000000,
                 whole / 1000 % 1000, whole % 1000);
    }
}

// 1, 2 or 5 times a power of ten
static double svg_axis_round_step(double step) {
    const double power = pow(10, floor(log10(step)));
    const double part = step / power;
    return power * (part <= 1.0001 ? 1 : part <= 2.0001 ? 2 : part <= 5.0001 ? 5 : 10);
}

static void svg_axis_linear_ticks(og_svg_axis* axis, int wanted) {
    const double step = svg_axis_round_step((axis->high - axis->low) / wanted);
    const int needed = step < 1 ? (int)ceil(-log10(fmax(step, DBL_MIN)) - 1e-9) : 0;
    const int decimals = needed > SVG_AXIS_DECIMALS ? SVG_AXIS_DECIMALS : needed;
    const double first = ceil(axis->low / step - 1e-9);
    for (int i = 0; i < OG_SVG_TICKS; i++) {
        const double value = (first + i) * step;
        if (value > axis->high + step * 1e-9) {
            break;
        }
        axis->ticks[i] = value;
        svg_axis_text(value, decimals, axis->texts[i]);
        axis->tick_count++;
    }
}

// powers of ten; when there are few, 2 and 5 times them as well
static void svg_axis_log_ticks(og_svg_axis* axis) {
    const double decades = log10(axis->high) - log10(axis->low);
    const int stride = (int)ceil(decades / 8);
    for (int power = (int)floor(log10(axis->low)); power <= log10(axis->high) + 1e-9; power++) {
        static const double parts[] = {1, 2, 5};
        for (int i = 0; i < (decades < 3.5 ? 3 : 1); i++) {
            const double value = parts[i] * pow(10, power);
            const bool inside = value >= axis->low * (1 - 1e-9) && value <= axis->high * (1 + 1e-9);
            if (inside && axis->tick_count < OG_SVG_TICKS &&
                power % (stride < 1 ? 1 : stride) == 0) {
                const int decimals = power >= 0                   ? 0
                                     : -power > SVG_AXIS_DECIMALS ? SVG_AXIS_DECIMALS
                                                                  : -power;
                axis->ticks[axis->tick_count] = value;
                svg_axis_text(value, decimals, axis->texts[axis->tick_count++]);
            }
        }
    }
}

og_svg_axis og_svg_axis_make(double low, double high, bool logarithmic, int wanted) {
    assert(low <= high && wanted >= 1 && (!logarithmic || low > 0));
    og_svg_axis axis = {.logarithmic = logarithmic, .low = low, .high = high};
    if (logarithmic) {
        // in logarithms, as the ratio of two doubles may overflow
        const double margin = fmax(pow(10, 0.03 * (log10(high) - log10(low))), 1.02);
        axis.low = fmax(low / margin, DBL_MIN);
        axis.high = fmin(high * margin, DBL_MAX);
        if (log10(axis.high) - log10(axis.low) >= 1) {
            svg_axis_log_ticks(&axis);
            return axis;
        }
        // less than a decade: round linear ticks say more
        svg_axis_linear_ticks(&axis, wanted);
        return axis;
    }
    double span = high - low;
    if (span <= 0) {
        span = low != 0 ? fabs(low) * 0.2 : 1;
        axis.low -= span / 2;
        axis.high += span / 2;
    }
    const double step = svg_axis_round_step((axis.high - axis.low) / wanted);
    // a margin, so that no point lies on the frame
    const double room = 0.02 * span;
    const bool from_zero = low >= 0 && low < 0.15 * high;
    axis.low = from_zero ? 0 : floor((axis.low - room) / step * 2) * step / 2;
    axis.high = ceil((axis.high + room) / step * 2) * step / 2;
    svg_axis_linear_ticks(&axis, wanted);
    return axis;
}

double og_svg_axis_at(const og_svg_axis* axis, double value) {
    const double part = axis->logarithmic
                            ? (log(value) - log(axis->low)) / (log(axis->high) - log(axis->low))
                            : (value - axis->low) / (axis->high - axis->low);
    return axis->from + part * (axis->to - axis->from);
}
