// Exact hypervolume. In two dimensions, strips between sorted points; in three, the area of the
// points so far, swept along the third coordinate.

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/hypervolume.h"

enum { HYPERVOLUME_DIMENSIONS = 3 };

typedef struct hypervolume_point {
    double at[HYPERVOLUME_DIMENSIONS];
} hypervolume_point;

static int hypervolume_by_last(const void* a, const void* b) {
    const hypervolume_point* p = a;
    const hypervolume_point* q = b;
    for (int d = HYPERVOLUME_DIMENSIONS - 1; d >= 0; d--) {
        if (p->at[d] != q->at[d]) {
            return p->at[d] < q->at[d] ? -1 : 1;
        }
    }
    return 0;
}

// Put `point` into a staircase that rises in the first coordinate and falls in the second, taking
// out what it dominates; nothing happens when it is dominated itself.
static void hypervolume_stair(hypervolume_point* stair, int64_t* count, hypervolume_point point) {
    int64_t low = 0;
    for (int64_t high = *count; low < high;) {
        const int64_t middle = low + (high - low) / 2;
        if (stair[middle].at[0] <= point.at[0]) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low > 0 && stair[low - 1].at[1] <= point.at[1]) {
        return;
    }
    int64_t first = low;
    while (first > 0 && stair[first - 1].at[0] == point.at[0]) {
        first--;
    }
    int64_t end = low;
    while (end < *count && stair[end].at[1] >= point.at[1]) {
        end++;
    }
    memmove(stair + first + 1, stair + end, (size_t)(*count - end) * sizeof *stair);
    stair[first] = point;
    *count += 1 - (end - first);
}

static double hypervolume_area(const hypervolume_point* stair, int64_t count,
                               const double* reference) {
    double area = 0;
    for (int64_t i = 0; i < count; i++) {
        const double next = i + 1 < count ? stair[i + 1].at[0] : reference[0];
        area += (next - stair[i].at[0]) * (reference[1] - stair[i].at[1]);
    }
    return area;
}

double og_hypervolume(og_arena* scratch, const double* points, int64_t count, int dimensions,
                      const double* reference) {
    assert(dimensions >= 1 && dimensions <= HYPERVOLUME_DIMENSIONS);
    const og_arena_mark mark = og_arena_here(scratch);
    // missing dimensions are one unit thick
    double corner[HYPERVOLUME_DIMENSIONS] = {1, 1, 1};
    memcpy(corner, reference, (size_t)dimensions * sizeof *corner);
    hypervolume_point* inside = OG_NEW(scratch, hypervolume_point, count);
    int64_t inside_count = 0;
    for (int64_t i = 0; i < count; i++) {
        hypervolume_point point = {{0}};
        bool better = true;
        for (int d = 0; d < dimensions; d++) {
            point.at[d] = points[i * dimensions + d];
            better = better && point.at[d] < corner[d];
        }
        if (better) {
            inside[inside_count++] = point;
        }
    }
    qsort(inside, (size_t)inside_count, sizeof *inside, hypervolume_by_last);
    hypervolume_point* stair = OG_NEW(scratch, hypervolume_point, inside_count);
    int64_t stair_count = 0;
    double volume = 0;
    for (int64_t i = 0; i < inside_count; i++) {
        hypervolume_stair(stair, &stair_count, inside[i]);
        const double to = i + 1 < inside_count ? inside[i + 1].at[2] : corner[2];
        if (to > inside[i].at[2]) {
            volume += hypervolume_area(stair, stair_count, corner) * (to - inside[i].at[2]);
        }
    }
    og_arena_rewind(scratch, mark);
    return volume;
}
