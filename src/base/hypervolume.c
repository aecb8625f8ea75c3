// Exact hypervolume. In two dimensions, strips between sorted points; in three, the area of the
// points so far, swept along the third coordinate; in more, what each point adds to those that are
// better in the last coordinate, which is a volume of one dimension less.

#include "ogive/hypervolume.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { HYPERVOLUME_SWEPT = 3 };  // dimensions up to which a sweep does

typedef struct hypervolume_point {
    double at[OG_HYPERVOLUME_DIMENSIONS];
    int64_t index;  // among the points given
} hypervolume_point;

// Points within the box of the reference.
typedef struct hypervolume_set {
    hypervolume_point* points;
    int64_t count;
    int dimensions;
    const double* corner;  // the reference, shape: [dimensions]
} hypervolume_set;

static int hypervolume_compare(const hypervolume_point* p, const hypervolume_point* q,
                               int dimensions) {
    for (int d = dimensions - 1; d >= 0; d--) {
        if (p->at[d] < q->at[d] || p->at[d] > q->at[d]) {
            return p->at[d] < q->at[d] ? -1 : 1;
        }
    }
    return (p->index > q->index) - (p->index < q->index);
}

// By the third coordinate, then the second, then the first.
static int hypervolume_by_third(const void* a, const void* b) {
    return hypervolume_compare(a, b, HYPERVOLUME_SWEPT);
}

// By the last coordinate; the coordinates that a point does not have are 0.
static int hypervolume_by_last(const void* a, const void* b) {
    return hypervolume_compare(a, b, OG_HYPERVOLUME_DIMENSIONS);
}

// A staircase of points: the first coordinate rises, the second falls.
typedef struct hypervolume_stair {
    double (*steps)[2];
    int64_t count;
} hypervolume_stair;

// Put (x, y) into the staircase, taking out what it dominates. False when it is dominated itself.
static bool hypervolume_step(hypervolume_stair* stair, double x, double y) {
    int64_t low = 0;
    for (int64_t high = stair->count; low < high;) {
        const int64_t middle = low + (high - low) / 2;
        if (stair->steps[middle][0] <= x) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low > 0 && stair->steps[low - 1][1] <= y) {
        return false;
    }
    const int64_t first = low > 0 && stair->steps[low - 1][0] >= x ? low - 1 : low;
    int64_t end = low;
    while (end < stair->count && stair->steps[end][1] >= y) {
        end++;
    }
    memmove(stair->steps + first + 1, stair->steps + end,
            (size_t)(stair->count - end) * sizeof *stair->steps);
    stair->steps[first][0] = x;
    stair->steps[first][1] = y;
    stair->count += 1 - (end - first);
    return true;
}

// Area that a staircase dominates up to the corner.
static double hypervolume_area(const hypervolume_stair* stair, const double* corner) {
    double area = 0;
    for (int64_t i = 0; i < stair->count; i++) {
        const double next = i + 1 < stair->count ? stair->steps[i + 1][0] : corner[0];
        area += (next - stair->steps[i][0]) * (corner[1] - stair->steps[i][1]);
    }
    return area;
}

static hypervolume_stair hypervolume_empty(og_arena* scratch, int64_t room) {
    return (hypervolume_stair){
        .steps = og_arena_allocate_raw(scratch, (size_t)(room + 1) * sizeof(double[2]))};
}

// Volume in the first three coordinates; orders the points.
static double hypervolume_sweep(og_arena* scratch, hypervolume_set* set) {
    const og_arena_mark mark = og_arena_here(scratch);
    qsort(set->points, (size_t)set->count, sizeof *set->points, hypervolume_by_third);
    hypervolume_stair stair = hypervolume_empty(scratch, set->count);
    double volume = 0;
    double area = 0;
    for (int64_t i = 0; i < set->count; i++) {
        const double* at = set->points[i].at;
        if (hypervolume_step(&stair, at[0], at[1])) {
            area = hypervolume_area(&stair, set->corner);
        }
        const double to = i + 1 < set->count ? set->points[i + 1].at[2] : set->corner[2];
        volume += area * (to - at[2]);
    }
    og_arena_rewind(scratch, mark);
    return volume;
}

static bool hypervolume_covers(const double* p, const double* q, int dimensions) {
    for (int d = 0; d < dimensions; d++) {
        if (p[d] > q[d]) {
            return false;
        }
    }
    return true;
}

// Put a point into a set of which none covers another, unless one covers it.
static void hypervolume_join(hypervolume_set* set, const double* at) {
    int64_t kept = 0;
    for (int64_t i = 0; i < set->count; i++) {
        if (hypervolume_covers(set->points[i].at, at, set->dimensions)) {
            return;
        }
    }
    for (int64_t i = 0; i < set->count; i++) {
        if (!hypervolume_covers(at, set->points[i].at, set->dimensions)) {
            set->points[kept++] = set->points[i];
        }
    }
    hypervolume_point* point = &set->points[kept];
    *point = (hypervolume_point){.index = kept};
    memcpy(point->at, at, sizeof(double) * (size_t)set->dimensions);
    set->count = kept + 1;
}

// What points [begin, end) of a set dominate of the box between point `index` and the corner, in
// the first `dimensions` coordinates, as a set.
static hypervolume_set hypervolume_limit(og_arena* scratch, const hypervolume_set* set,
                                         int64_t index, int64_t begin, int64_t end,
                                         int dimensions) {
    hypervolume_set limited = {.dimensions = dimensions, .corner = set->corner};
    limited.points = og_arena_allocate_raw(scratch, (size_t)(end - begin) * sizeof *limited.points);
    const double* own = set->points[index].at;
    for (int64_t i = begin; i < end; i++) {
        double at[OG_HYPERVOLUME_DIMENSIONS];
        for (int d = 0; d < dimensions; d++) {
            at[d] = fmax(own[d], set->points[i].at[d]);
        }
        if (i != index) {
            hypervolume_join(&limited, at);
        }
    }
    return limited;
}

static double hypervolume_box(const hypervolume_set* set, const double* at, int dimensions) {
    double volume = 1;
    for (int d = 0; d < dimensions; d++) {
        volume *= set->corner[d] - at[d];
    }
    return volume;
}

// Volume of a set; orders its points. Recursion ends at three dimensions.
static double hypervolume_measure(og_arena* scratch, hypervolume_set* set) {
    if (set->dimensions <= HYPERVOLUME_SWEPT) {
        return hypervolume_sweep(scratch, set);
    }
    qsort(set->points, (size_t)set->count, sizeof *set->points, hypervolume_by_last);
    const int last = set->dimensions - 1;
    double volume = 0;
    for (int64_t i = 0; i < set->count; i++) {
        const og_arena_mark mark = og_arena_here(scratch);
        const double* at = set->points[i].at;
        hypervolume_set better = hypervolume_limit(scratch, set, i, 0, i, last);
        const double slice = hypervolume_box(set, at, last) - hypervolume_measure(scratch, &better);
        volume += slice * (set->corner[last] - at[last]);
        og_arena_rewind(scratch, mark);
    }
    return volume;
}

// The points that are better than the reference. Dimensions missing to three are one unit thick.
static hypervolume_set hypervolume_gather(og_arena* scratch, const double* points, int64_t count,
                                          int dimensions, const double* reference) {
    assert(dimensions >= 1 && dimensions <= OG_HYPERVOLUME_DIMENSIONS);
    double* corner = OG_NEW(scratch, double, OG_HYPERVOLUME_DIMENSIONS);
    for (int d = 0; d < OG_HYPERVOLUME_DIMENSIONS; d++) {
        corner[d] = d < dimensions ? reference[d] : 1;
    }
    hypervolume_set set = {
        .points = OG_NEW(scratch, hypervolume_point, count),
        .dimensions = dimensions < HYPERVOLUME_SWEPT ? HYPERVOLUME_SWEPT : dimensions,
        .corner = corner,
    };
    for (int64_t i = 0; i < count; i++) {
        hypervolume_point* point = &set.points[set.count];
        bool better = true;
        for (int d = 0; d < dimensions; d++) {
            point->at[d] = points[i * dimensions + d];
            better = better && point->at[d] < corner[d];
        }
        point->index = i;
        set.count += better;
    }
    return set;
}

double og_hypervolume(og_arena* scratch, const double* points, int64_t count, int dimensions,
                      const double* reference) {
    const og_arena_mark mark = og_arena_here(scratch);
    hypervolume_set set = hypervolume_gather(scratch, points, count, dimensions, reference);
    const double volume = hypervolume_measure(scratch, &set);
    og_arena_rewind(scratch, mark);
    return volume;
}

// True when points that are ordered by their second coordinate rise along it and fall along the
// first: then the neighbours of a point bound what it dominates alone.
static bool hypervolume_is_stair(const hypervolume_set* set) {
    for (int64_t i = 1; i < set->count; i++) {
        const double* before = set->points[i - 1].at;
        const double* at = set->points[i].at;
        if (!(at[1] > before[1] && at[0] < before[0])) {
            return false;
        }
    }
    return true;
}

static void hypervolume_strips(const hypervolume_set* set, double* contributions) {
    for (int64_t i = 0; i < set->count; i++) {
        const double* at = set->points[i].at;
        const double x = i > 0 ? set->points[i - 1].at[0] : set->corner[0];
        const double y = i + 1 < set->count ? set->points[i + 1].at[1] : set->corner[1];
        contributions[set->points[i].index] = (x - at[0]) * (y - at[1]);
    }
}

// What point `index` dominates alone, in three dimensions: the part of its rectangle that the
// others leave free, swept along the third coordinate. The points come ordered along it.
static double hypervolume_alone(const hypervolume_set* set, int64_t index,
                                hypervolume_stair* stair) {
    const double* own = set->points[index].at;
    const double all = hypervolume_box(set, own, 2);
    double free_area = all;
    double from = own[2];
    double volume = 0;
    stair->count = 0;
    for (int64_t i = 0; i < set->count; i++) {
        const double* at = set->points[i].at;
        const double x = at[0] > own[0] ? at[0] : own[0];
        const double y = at[1] > own[1] ? at[1] : own[1];
        if (i == index || !hypervolume_step(stair, x, y)) {
            continue;
        }
        if (at[2] > from) {
            volume += free_area * (at[2] - from);
            from = at[2];
        }
        if (x <= own[0] && y <= own[1]) {
            return volume;
        }
        free_area = all - hypervolume_area(stair, set->corner);
    }
    return volume + free_area * (set->corner[2] - from);
}

void og_hypervolume_contributions(og_arena* scratch, const double* points, int64_t count,
                                  int dimensions, const double* reference, double* contributions) {
    const og_arena_mark mark = og_arena_here(scratch);
    hypervolume_set set = hypervolume_gather(scratch, points, count, dimensions, reference);
    memset(contributions, 0, sizeof *contributions * (size_t)count);
    qsort(set.points, (size_t)set.count, sizeof *set.points, hypervolume_by_third);
    hypervolume_stair stair = hypervolume_empty(scratch, set.count);
    if (dimensions == 2 && hypervolume_is_stair(&set)) {
        hypervolume_strips(&set, contributions);
        set.count = 0;
    }
    for (int64_t i = 0; i < set.count; i++) {
        const og_arena_mark inner = og_arena_here(scratch);
        double* contribution = &contributions[set.points[i].index];
        if (set.dimensions == HYPERVOLUME_SWEPT) {
            *contribution = hypervolume_alone(&set, i, &stair);
        } else {
            hypervolume_set others =
                hypervolume_limit(scratch, &set, i, 0, set.count, set.dimensions);
            *contribution = hypervolume_box(&set, set.points[i].at, set.dimensions) -
                            hypervolume_measure(scratch, &others);
        }
        og_arena_rewind(scratch, inner);
    }
    og_arena_rewind(scratch, mark);
}
