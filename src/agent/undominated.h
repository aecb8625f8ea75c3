/// Undominated regions: what a front of designs leaves to be won below a reference, as boxes, and
/// how much of it a design of uncertain objectives is expected to win (Emmerich 2005; by boxes, as
/// Yang, Emmerich, Deutz and Back, Journal of Global Optimization 75, 2019).
#pragma once

#include "ogive/arena.h"

enum { OG_UNDOMINATED_MOST = 8 };  ///< objectives

/// The region, cut at the coordinates of the front: its knots. All objectives are minimised.
typedef struct og_undominated {
    int objectives;
    int knot_count[OG_UNDOMINATED_MOST];
    double* knots[OG_UNDOMINATED_MOST];   ///< ascending; the last one is the reference
    double* widths[OG_UNDOMINATED_MOST];  ///< worth of a unit of length up to each knot, list:
                                          ///< [knot_count]; 1 unless a caller sets them
    double* sums;                         ///< scratch, shape: [objectives][most knots + 1]
    int stride;                           ///< most knots + 1
    int* boxes;  ///< places of the lower and upper end among `sums`, shape:
                 ///< [box_count][objectives][2]
    int box_count;
    int box_room;
} og_undominated;

/// The region that `points` (shape: [count][objectives], finite) leave below `reference` (shape:
/// [objectives]). Of more points than boxes can be afforded for (256 with two objectives, 48 with
/// three, 12 with more), those of least crowding are left out. Lives in `arena`.
og_undominated og_undominated_make(og_arena* arena, const double* points, int count, int objectives,
                                   const double* reference);

/// The hypervolume that a design wins in expectation, whose objectives are independent and normal
/// with `means` and `deviations` (shapes: [objectives]). With one objective, the expected
/// improvement.
double og_undominated_expected(const og_undominated* region, const double* means,
                               const double* deviations);
