/// Moments and order of targets.
#pragma once

#include "ogive/column.h"

/// Mean and standard deviation (of the population) of `targets`; the deviation of equal targets
/// counts as 1.
void og_target_moments(const double* targets, int count, double* mean, double* deviation);

/// Indices of `targets` from the lowest to the highest into `order` (shape: [count]).
void og_target_order(const double* targets, int count, int* order);
