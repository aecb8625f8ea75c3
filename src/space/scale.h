/// Positions of real and integer values in their scale.
#pragma once

#include "ogive/parameter.h"

/// Position of `value` in the range of a real, integer or ordinal parameter: 0 at the least, 1 at
/// the greatest value; 0 when there is only one.
double og_scale_position(const og_parameter* parameter, double value);

/// The value at `position` in [0, 1]; integers and ordinals: the nearest level.
double og_scale_value(const og_parameter* parameter, double position);
