#include "space/scale.h"

#include <math.h>

static double scale_clamp(double value, double least, double most) {
    return value > most ? most : value > least ? value : least;
}

// Reals and integers whose ratios matter move along the logarithm; all others by level or value.
static bool scale_is_logarithmic(const og_parameter* parameter) {
    return parameter->scale == OG_LOGARITHMIC &&
           (parameter->kind == OG_REAL || parameter->kind == OG_INTEGER);
}

double og_scale_position(const og_parameter* parameter, double value) {
    if (scale_is_logarithmic(parameter)) {
        const double range = log(parameter->maximum / parameter->minimum);
        return range > 0 ? scale_clamp(log(value / parameter->minimum) / range, 0, 1) : 0;
    }
    if (parameter->kind == OG_REAL) {
        const double range = parameter->maximum - parameter->minimum;
        return range > 0 ? scale_clamp((value - parameter->minimum) / range, 0, 1) : 0;
    }
    const int64_t last = og_parameter_levels(parameter) - 1;
    return last > 0 ? (double)og_parameter_level(parameter, value) / (double)last : 0;
}

double og_scale_value(const og_parameter* parameter, double position) {
    const double inside = scale_clamp(position, 0, 1);
    const bool real = parameter->kind == OG_REAL;
    if (scale_is_logarithmic(parameter)) {
        const double value =
            parameter->minimum * exp(inside * log(parameter->maximum / parameter->minimum));
        return real ? scale_clamp(value, parameter->minimum, parameter->maximum)
                    : og_parameter_value(parameter, og_parameter_level(parameter, value));
    }
    if (real) {
        const double value =
            parameter->minimum + inside * (parameter->maximum - parameter->minimum);
        return scale_clamp(value, parameter->minimum, parameter->maximum);
    }
    const int64_t last = og_parameter_levels(parameter) - 1;
    return og_parameter_value(parameter, (int64_t)(inside * (double)last + 0.5));
}
