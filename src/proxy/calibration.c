#include "proxy/calibration.h"

#include <math.h>
#include <stdlib.h>

const double og_calibration_shares[OG_CALIBRATION_LEVELS] = {0.5, 0.8, 0.95, 0.6826894921370859};
const double og_calibration_normal[OG_CALIBRATION_LEVELS] = {0.6744897501960817, 1.2815515655446004,
                                                             1.959963984540054, 1};

static int calibration_order(const void* a, const void* b) {
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

static double calibration_unit(const og_calibration* calibration, double deviation) {
    const double typical = calibration->typical;
    return sqrt(calibration->blend * deviation * deviation +
                (1 - calibration->blend) * typical * typical);
}

// Twice the mean negative logarithm of the likelihood of normal residuals, up to a constant, with
// the scale that suits them best.
static double calibration_misfit(const og_calibration* calibration, const double* residuals,
                                 const double* deviations, int count) {
    double squares = 0;
    double logarithms = 0;
    for (int i = 0; i < count; i++) {
        const double unit = calibration_unit(calibration, deviations[i]);
        if (!(unit > 0)) {
            return INFINITY;
        }
        squares += residuals[i] / unit * (residuals[i] / unit) / count;
        logarithms += 2 * log(unit) / count;
    }
    return squares > 0 ? log(squares) + logarithms : logarithms;
}

og_calibration og_calibration_make(og_arena* scratch, const double* residuals,
                                   const double* deviations, int count) {
    static const double blends[] = {0, 0.5, 0.8, 0.95, 1};
    double squares = 0;
    for (int i = 0; i < count; i++) {
        squares += deviations[i] * deviations[i] / count;
    }
    og_calibration best = {.typical = squares > 0 ? sqrt(squares) : 1};
    double least = INFINITY;
    for (int b = 0; b < (int)(sizeof blends / sizeof *blends) && squares > 0; b++) {
        og_calibration tried = {.blend = blends[b], .typical = best.typical};
        const double misfit = calibration_misfit(&tried, residuals, deviations, count);
        if (misfit < least) {
            least = misfit;
            best = tried;
        }
    }
    const og_arena_mark mark = og_arena_here(scratch);
    double* scores = OG_NEW(scratch, double, count);
    for (int i = 0; i < count; i++) {
        scores[i] = fabs(residuals[i]) / calibration_unit(&best, deviations[i]);
    }
    qsort(scores, (size_t)count, sizeof *scores, calibration_order);
    for (int level = 0; level < OG_CALIBRATION_LEVELS; level++) {
        // the rank that a further residual stays below with the probability asked for
        const int rank = (int)ceil(og_calibration_shares[level] * (count + 1));
        best.quantiles[level] = scores[rank < count ? rank - 1 : count - 1];
    }
    og_arena_rewind(scratch, mark);
    return best;
}

double og_calibration_width(const og_calibration* calibration, double deviation, int level) {
    return calibration->quantiles[level] * calibration_unit(calibration, deviation);
}
