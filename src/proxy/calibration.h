/// How wide an interval has to be: a model's own deviations, brought to what held-out residuals
/// show (split conformal prediction with normalized residuals: Lei, G'Sell, Rinaldo, Tibshirani and
/// Wasserman, JASA 2018).
#pragma once

#include "ogive/arena.h"

/// Widths that are calibrated: of intervals that hold 50, 80, 95 and 68.27 % of designs.
enum { OG_CALIBRATION_LEVELS = 4, OG_CALIBRATION_DEVIATION = 3 };

/// Those shares.
extern const double og_calibration_shares[OG_CALIBRATION_LEVELS];

/// And how many standard deviations of a normal distribution are as wide.
extern const double og_calibration_normal[OG_CALIBRATION_LEVELS];

/// A width is quantile * sqrt(blend * deviation^2 + (1 - blend) * typical^2), with the deviation
/// that the model states.
typedef struct og_calibration {
    double blend;                             ///< how far the model's deviations tell designs
                                              ///< apart, in [0, 1]
    double typical;                           ///< root of their mean square, or 1
    double quantiles[OG_CALIBRATION_LEVELS];  ///< of normalized residuals
} og_calibration;

/// Calibrate on `residuals` of held-out designs and the `deviations` stated for them (shapes:
/// [count], count >= 1). The blend is the one of the highest likelihood of normal residuals.
og_calibration og_calibration_make(og_arena* scratch, const double* residuals,
                                   const double* deviations, int count);

/// Half the width of the interval of level `level` where the model states `deviation`.
double og_calibration_width(const og_calibration* calibration, double deviation, int level);
