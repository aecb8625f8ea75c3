#include "agent/position.h"

#include <assert.h>
#include <math.h>

// Reals and integers whose ratios matter; powers of two have that in their levels.
static bool position_is_logarithmic(const og_parameter* parameter) {
    return parameter->scale == OG_LOGARITHMIC &&
           (parameter->kind == OG_REAL || parameter->kind == OG_INTEGER);
}

static double position_inside(double position) {
    return position > 1 ? 1 : position > 0 ? position : 0;
}

double og_position_of(const og_parameter* parameter, double value) {
    assert(parameter->kind != OG_CHOICE && parameter->kind != OG_TEXT);
    const double low = parameter->minimum;
    const double high = parameter->maximum;
    if (position_is_logarithmic(parameter)) {
        return high > low ? position_inside(log(value / low) / log(high / low)) : 0;
    }
    if (parameter->kind == OG_REAL) {
        return high > low ? position_inside((value - low) / (high - low)) : 0;
    }
    const int64_t last = og_parameter_levels(parameter) - 1;
    return last > 0 ? (double)og_parameter_level(parameter, value) / (double)last : 0;
}

double og_position_value(const og_parameter* parameter, double position) {
    assert(parameter->kind != OG_CHOICE && parameter->kind != OG_TEXT);
    const double inside = position_inside(position);
    const double low = parameter->minimum;
    const double high = parameter->maximum;
    double value = low + inside * (high - low);
    if (position_is_logarithmic(parameter)) {
        value = low * exp(inside * log(high / low));
    }
    if (parameter->kind == OG_REAL) {
        return fmin(fmax(value, low), high);
    }
    if (position_is_logarithmic(parameter)) {
        return og_parameter_value(parameter, og_parameter_level(parameter, value));
    }
    const int64_t last = og_parameter_levels(parameter) - 1;
    return og_parameter_value(parameter, (int64_t)(inside * (double)last + 0.5));
}
