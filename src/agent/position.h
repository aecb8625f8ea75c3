/// Positions: values of ordered parameters as numbers in [0, 1], for methods that compute with
/// distances.
#pragma once

#include "ogive/parameter.h"

/// Position of `value` between the ends of an ordered parameter: by its level, reals by value, both
/// along the logarithm where the scale is logarithmic. 0 when there is only one value.
double og_position_of(const og_parameter* parameter, double value);

/// The admitted value nearest to a position, which is moved into [0, 1] first.
double og_position_value(const og_parameter* parameter, double position);
