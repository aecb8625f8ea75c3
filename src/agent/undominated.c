#include "agent/undominated.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "agent/fronts.h"

// Points that are worth their boxes, whose number grows with their power of the objectives less 1.
static const int undominated_most[] = {0, 1, 256, 48, 12};
#define UNDOMINATED_SQRT_HALF 0.70710678118654752440
#define UNDOMINATED_SQRT_TWO_PI 2.50662827463100050242

// A front by the places of its coordinates among the knots.
typedef struct undominated_front {
    const double* points;  // shape: [count][objectives]
    int* places;           // shape: [count][objectives]
    int count;
} undominated_front;

static int undominated_compare(const void* left, const void* right) {
    const double a = *(const double*)left;
    const double b = *(const double*)right;
    return (a > b) - (a < b);
}

static bool undominated_below(const double* point, const double* bound, int objectives) {
    for (int k = 0; k < objectives; k++) {
        if (!(point[k] < bound[k])) {
            return false;
        }
    }
    return true;
}

static bool undominated_covers(const double* a, const double* b, int objectives) {
    for (int k = 0; k < objectives; k++) {
        if (a[k] > b[k]) {
            return false;
        }
    }
    return true;
}

// The points that matter, in the order of fronts: each below the reference and not covered by one
// before it.
static undominated_front undominated_select(og_arena* arena, const double* points, int count,
                                            int objectives, const double* reference) {
    const size_t width = (size_t)objectives;
    const int most = undominated_most[objectives < 4 ? objectives : 4];
    double* kept = OG_NEW(arena, double, (size_t)most* width);
    int* order = OG_NEW(arena, int, count);
    undominated_front front = {.points = kept};
    og_fronts_sort(arena, points, count, objectives, order);
    for (int i = 0; i < count && front.count < most; i++) {
        const double* point = points + (size_t)order[i] * width;
        bool matters = undominated_below(point, reference, objectives);
        for (int j = 0; j < front.count && matters; j++) {
            matters = !undominated_covers(kept + (size_t)j * width, point, objectives);
        }
        if (matters) {
            memcpy(kept + (size_t)front.count++ * width, point, sizeof *kept * width);
        }
    }
    front.places = OG_NEW(arena, int, (size_t)front.count* width);
    return front;
}

// Knots along objective k, and the places of the front's points among them.
static void undominated_knot(og_undominated* region, undominated_front* front, int k) {
    double* knots = region->knots[k];
    int count = front->count;
    for (int i = 0; i < count; i++) {
        knots[i] = front->points[i * region->objectives + k];
    }
    qsort(knots, (size_t)count, sizeof *knots, undominated_compare);
    int distinct = count > 0;
    for (int i = 1; i < count; i++) {
        if (knots[i] > knots[distinct - 1]) {
            knots[distinct++] = knots[i];
        }
    }
    region->knot_count[k] = distinct + 1;
    for (int i = 0; i < count; i++) {
        const double value = front->points[i * region->objectives + k];
        const double* found =
            bsearch(&value, knots, (size_t)distinct, sizeof *knots, undominated_compare);
        front->places[i * region->objectives + k] = (int)(found - knots) + 1;
    }
}

static void undominated_add(og_arena* arena, og_undominated* region, const int* box) {
    const size_t width = 2 * (size_t)region->objectives;
    if (region->box_count == region->box_room) {
        const int room = 2 * region->box_room + 64;
        int* boxes = OG_NEW(arena, int, (size_t)room* width);
        if (region->box_count > 0) {
            memcpy(boxes, region->boxes, sizeof *boxes * width * (size_t)region->box_count);
        }
        region->boxes = boxes;
        region->box_room = room;
    }
    memcpy(region->boxes + (size_t)region->box_count++ * width, box, sizeof *box * width);
}

// Cut the region along objective `k` at the points that are active, slice by slice; within a slice
// the points below it are active along the objectives before.
static void undominated_cut(og_arena* arena, og_undominated* region, const undominated_front* front,
                            const bool* active, int k, int* box) {
    const int last = region->knot_count[k];
    if (k == 0) {
        int end = last;
        for (int i = 0; i < front->count; i++) {
            const int place = front->places[i * region->objectives];
            end = active[i] && place < end ? place : end;
        }
        box[0] = 0;
        box[1] = end;
        undominated_add(arena, region, box);
        return;
    }
    bool* below = OG_NEW(arena, bool, front->count);
    for (int begin = 0; begin < last;) {
        int end = last;
        for (int i = 0; i < front->count; i++) {
            const int place = front->places[i * region->objectives + k];
            below[i] = active[i] && place <= begin;
            end = active[i] && place > begin && place < end ? place : end;
        }
        box[2 * k] = begin;
        box[2 * k + 1] = end;
        undominated_cut(arena, region, front, below, k - 1, box);
        begin = end;
    }
}

og_undominated og_undominated_make(og_arena* arena, const double* points, int count, int objectives,
                                   const double* reference) {
    assert(objectives >= 1 && objectives <= OG_UNDOMINATED_MOST);
    og_undominated region = {.objectives = objectives};
    undominated_front front = undominated_select(arena, points, count, objectives, reference);
    region.stride = front.count + 2;
    region.sums = OG_NEW(arena, double, (size_t)objectives*(size_t)region.stride);
    for (int k = 0; k < objectives; k++) {
        region.knots[k] = OG_NEW(arena, double, front.count + 1);
        region.widths[k] = OG_NEW(arena, double, front.count + 1);
        undominated_knot(&region, &front, k);
        region.knots[k][region.knot_count[k] - 1] = reference[k];
        for (int i = 0; i < region.knot_count[k]; i++) {
            region.widths[k][i] = 1;
        }
    }
    bool* active = OG_NEW(arena, bool, front.count);
    for (int i = 0; i < front.count; i++) {
        active[i] = true;
    }
    int box[2 * OG_UNDOMINATED_MOST];
    undominated_cut(arena, &region, &front, active, objectives - 1, box);
    return region;
}

// Expected distance of a normal number below `bound`, 0 where it is above.
static double undominated_shortfall(double mean, double deviation, double bound) {
    const double gap = bound - mean;
    if (!(deviation > 0)) {
        return fmax(gap, 0);
    }
    const double z = gap / deviation;
    return gap * 0.5 * erfc(-z * UNDOMINATED_SQRT_HALF) +
           deviation * exp(-0.5 * z * z) / UNDOMINATED_SQRT_TWO_PI;
}

double og_undominated_expected(const og_undominated* region, const double* means,
                               const double* deviations) {
    const int objectives = region->objectives;
    for (int k = 0; k < objectives; k++) {
        double* sums = region->sums + k * region->stride;
        double before = 0;
        sums[0] = 0;
        for (int i = 0; i < region->knot_count[k]; i++) {
            const double shortfall =
                undominated_shortfall(means[k], deviations[k], region->knots[k][i]);
            sums[i + 1] = sums[i] + region->widths[k][i] * (shortfall - before);
            before = shortfall;
        }
    }
    double expected = 0;
    const int* box = region->boxes;
    for (int i = 0; i < region->box_count; i++, box += 2 * objectives) {
        double part = 1;
        for (int k = 0; k < objectives; k++) {
            const double* sums = region->sums + k * region->stride;
            part *= sums[box[2 * k + 1]] - sums[box[2 * k]];
        }
        expected += part;
    }
    return expected;
}
