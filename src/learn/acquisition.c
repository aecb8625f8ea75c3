// Acquisition functions of normal predictions, accurate in the tails.

#include <assert.h>
#include <math.h>

#include "ogive/acquisition.h"

#define ACQUISITION_SQRT_HALF 0.70710678118654752440
#define ACQUISITION_LOG_SQRT_TWO_PI 0.91893853320467274178

// below it, differences of near-equal terms lose digits and the continued fraction takes over
#define ACQUISITION_TAIL (-4.0)

static double acquisition_log_density(double z) {
    return -0.5 * z * z - ACQUISITION_LOG_SQRT_TWO_PI;
}

static double acquisition_cumulative(double z) {
    return 0.5 * erfc(-z * ACQUISITION_SQRT_HALF);
}

// What follows t in the continued fraction of Mills' ratio, (1 - cumulative(t)) / density(t) =
// 1 / (t + 1 / (t + 2 / (t + ...))) (Laplace 1805). 60 terms are exact to rounding for t >= 4.
static double acquisition_fraction(double t) {
    double rest = 0;
    for (int k = 60; k >= 1; k--) {
        rest = k / (t + rest);
    }
    return rest;
}

// Logarithm of density(z) + z cumulative(z), the expected improvement in units of the deviation.
static double acquisition_log_gain(double z) {
    if (z > ACQUISITION_TAIL) {
        return log(exp(acquisition_log_density(z)) + z * acquisition_cumulative(z));
    }
    // 1 - t / (t + c) without a difference: c / (t + c)
    const double c = acquisition_fraction(-z);
    return acquisition_log_density(z) + log(c / (c - z));
}

double og_expected_improvement(double mean, double deviation, double best) {
    assert(deviation >= 0);
    if (deviation == 0) {
        return fmax(best - mean, 0);
    }
    return deviation * exp(acquisition_log_gain((best - mean) / deviation));
}

double og_log_expected_improvement(double mean, double deviation, double best) {
    assert(deviation >= 0);
    if (deviation == 0) {
        return best > mean ? log(best - mean) : -INFINITY;
    }
    return log(deviation) + acquisition_log_gain((best - mean) / deviation);
}

double og_lower_confidence_bound(double mean, double deviation, double factor) {
    assert(deviation >= 0 && factor >= 0);
    return mean - factor * deviation;
}

double og_probability_below(double mean, double deviation, double bound) {
    assert(deviation >= 0);
    if (deviation == 0) {
        return mean <= bound;
    }
    return acquisition_cumulative((bound - mean) / deviation);
}

double og_log_probability_below(double mean, double deviation, double bound) {
    assert(deviation >= 0);
    const double z = deviation > 0 ? (bound - mean) / deviation : 0;
    if (deviation == 0 || z > ACQUISITION_TAIL) {
        return log(og_probability_below(mean, deviation, bound));
    }
    return acquisition_log_density(z) - log(acquisition_fraction(-z) - z);
}

double og_normal_quantile(double probability) {
    assert(probability > 0 && probability < 1);
    const double tail = fmin(probability, 1 - probability);
    if (tail == 0.5) {
        return 0;
    }
    // Abramowitz and Stegun 26.2.23 (error below 4.5e-4), then Halley's steps
    const double t = sqrt(-2 * log(tail));
    double z = (2.515517 + t * (0.802853 + t * 0.010328)) /
                   (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
               t;
    for (int step = 0; step < 2; step++) {
        const double error = (acquisition_cumulative(z) - tail) / exp(acquisition_log_density(z));
        z -= error / (1 + 0.5 * error * z);
    }
    return probability < 0.5 ? z : -z;
}
