/// Reference directions: weights of the objectives, spread evenly over all mixtures.
#pragma once

#include "ogive/arena.h"

typedef struct og_directions {
    int count;
    int objectives;
    double* weights;  ///< >= 0, the sum of each row is 1, shape: [count][objectives]
} og_directions;

/// As many directions as there are on the finest grid with at most `most` (Das and Dennis, SIAM
/// Journal on Optimization 8, 1998), but at least one an objective. Where that grid has no point
/// within, a smaller second layer is put there (Deb and Jain 2014). `objectives` >= 1.
og_directions og_directions_make(og_arena* arena, int objectives, int most);
