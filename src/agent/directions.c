#include "agent/directions.h"

#include <assert.h>

// Points of a grid with so many parts a side: parts + objectives - 1 over objectives - 1; above
// `most` it stops counting.
static int directions_count(int objectives, int parts, int most) {
    double count = 1;
    for (int i = 1; i < objectives; i++) {
        count = count * (parts + i) / i;
    }
    return count <= most ? (int)(count + 0.5) : most + 1;
}

// The finest grid with at most `most` points; 0 when there is none.
static int directions_parts(int objectives, int most) {
    int parts = 0;
    while (directions_count(objectives, parts + 1, most) <= most) {
        parts++;
    }
    return parts;
}

// Add the points of a grid, drawn towards the middle by `inner`.
static void directions_add(og_directions* directions, int parts, double inner) {
    enum { DIRECTIONS_MOST = 64 };
    const int last = directions->objectives - 1;
    int at[DIRECTIONS_MOST] = {0};
    assert(directions->objectives <= DIRECTIONS_MOST);
    int left = parts;  // for the last objective
    for (;;) {
        at[last] = left;
        double* row = directions->weights + directions->count++ * directions->objectives;
        for (int k = 0; k <= last; k++) {
            row[k] = (1 - inner) * at[k] / parts + inner / directions->objectives;
        }
        // the next point: one more where there is something left, from the back
        int k = last - 1;
        while (k >= 0 && left == 0) {
            left += at[k];
            at[k--] = 0;
        }
        if (k < 0) {
            return;
        }
        at[k]++;
        left--;
    }
}

og_directions og_directions_make(og_arena* arena, int objectives, int most) {
    assert(objectives >= 1);
    og_directions directions = {.objectives = objectives};
    if (objectives == 1) {
        directions.weights = OG_NEW(arena, double, 1);
        directions.weights[directions.count++] = 1;
        return directions;
    }
    most = most > objectives ? most : objectives;
    const int outer = directions_parts(objectives, most);
    const int border = directions_count(objectives, outer, most);
    const int inner = outer < objectives ? directions_parts(objectives, most - border) : 0;
    directions.weights = OG_NEW(arena, double, (size_t)most*(size_t)objectives);
    directions_add(&directions, outer, 0);
    if (inner > 0) {
        directions_add(&directions, inner, 0.5);
    }
    return directions;
}
