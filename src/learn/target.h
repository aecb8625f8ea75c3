/// Moments and order of targets.
#pragma once

#include "ogive/column.h"

/// Mean and standard deviation (of the population) of `targets`; the deviation of equal targets
/// counts as 1.
void og_target_moments(const double* targets, int count, double* mean, double* deviation);

/// Indices of `targets` from the lowest to the highest into `order` (shape: [count]).
void og_target_order(const double* targets, int count, int* order);

/// Normal scores of `targets`, whose indices from the lowest to the highest are in `order`, into
/// `scaled` (shapes: [count]); equal targets share the middle of their ranks. With
/// thousands of them, scores away from the ends are off by up to 0.0003.
void og_target_scores(const double* targets, int count, const int* order, double* scaled);
