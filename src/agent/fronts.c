#include "agent/fronts.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

typedef struct fronts_rows {
    const double* values;
    int objectives;
} fronts_rows;

static const double* fronts_row(const fronts_rows* rows, int index) {
    return rows->values + (size_t)index * (size_t)rows->objectives;
}

// True when row a does not come behind row b; equal ones keep their order.
static bool fronts_ordered(const fronts_rows* rows, int a, int b) {
    const double* left = fronts_row(rows, a);
    const double* right = fronts_row(rows, b);
    for (int k = 0; k < rows->objectives; k++) {
        if (left[k] < right[k] || left[k] > right[k]) {
            return left[k] < right[k];
        }
    }
    return a < b;
}

enum { FRONTS_SHORT = 8 };  // runs that are sorted by insertion

static void fronts_insert(const fronts_rows* rows, int* order, int count) {
    for (int i = 1; i < count; i++) {
        const int row = order[i];
        int k = i;
        for (; k > 0 && !fronts_ordered(rows, order[k - 1], row); k--) {
            order[k] = order[k - 1];
        }
        order[k] = row;
    }
}

// Merge sort: qsort() has no place for the rows.
static void fronts_order(const fronts_rows* rows, int* order, int* scratch, int count) {
    for (int begin = 0; begin < count; begin += FRONTS_SHORT) {
        const int left = count - begin;
        fronts_insert(rows, order + begin, left < FRONTS_SHORT ? left : FRONTS_SHORT);
    }
    for (int step = FRONTS_SHORT; step < count; step *= 2) {
        for (int begin = 0; begin < count; begin += 2 * step) {
            const int middle = begin + step < count ? begin + step : count;
            const int end = middle + step < count ? middle + step : count;
            int a = begin;
            int b = middle;
            for (int i = begin; i < end; i++) {
                const bool first =
                    b == end || (a < middle && fronts_ordered(rows, order[a], order[b]));
                scratch[i] = first ? order[a++] : order[b++];
            }
        }
        memcpy(order, scratch, sizeof *order * (size_t)count);
    }
}

// Fronts while rows join them, each front a chain from its last row to its first.
typedef struct fronts_chains {
    int* last;    // row of each front that joined last
    int* before;  // row of the same front that joined before, -1 for none
    int count;
} fronts_chains;

// Rows come ordered by their values and are not equal, so an earlier row that is nowhere larger
// dominates.
static bool fronts_dominated(const fronts_rows* rows, const fronts_chains* chains, int front,
                             const double* row) {
    // with two objectives the last row of a front has its least second value
    const int depth = rows->objectives == 2 ? 1 : rows->objectives;
    for (int i = chains->last[front]; i >= 0; i = depth == 1 ? -1 : chains->before[i]) {
        const double* other = fronts_row(rows, i);
        bool larger = false;
        for (int k = 1; k < rows->objectives && !larger; k++) {
            larger = other[k] > row[k];
        }
        if (!larger) {
            return true;
        }
    }
    return false;
}

// The first front that does not dominate a row. A row that one front dominates is dominated by all
// before it.
static int fronts_find(const fronts_rows* rows, const fronts_chains* chains, const double* row) {
    int low = 0;
    for (int high = chains->count; low < high;) {
        const int middle = low + (high - low) / 2;
        if (fronts_dominated(rows, chains, middle, row)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool fronts_equal(const fronts_rows* rows, int a, int b) {
    const double* left = fronts_row(rows, a);
    const double* right = fronts_row(rows, b);
    for (int k = 0; k < rows->objectives; k++) {
        if (left[k] < right[k] || left[k] > right[k]) {
            return false;
        }
    }
    return true;
}

// The front of each row, by place in `order`; repeats have -1. Returns the number of fronts.
static int fronts_assign(og_arena* arena, const fronts_rows* rows, const int* order, int count,
                         int* front) {
    fronts_chains chains = {.last = OG_NEW(arena, int, count), .before = OG_NEW(arena, int, count)};
    for (int i = 0; i < count; i++) {
        if (i > 0 && fronts_equal(rows, order[i - 1], order[i])) {
            front[i] = -1;
            continue;
        }
        front[i] = fronts_find(rows, &chains, fronts_row(rows, order[i]));
        const bool fresh = front[i] == chains.count;
        chains.count += fresh;
        chains.before[order[i]] = fresh ? -1 : chains.last[front[i]];
        chains.last[front[i]] = order[i];
    }
    return chains.count;
}

// Group rows by front, keeping their order; those of front -1 come last.
static void fronts_group(og_arena* arena, int* order, int* front, int count, int fronts,
                         int* begins) {
    int* next = OG_NEW(arena, int, fronts + 1);
    for (int i = 0; i < count; i++) {
        front[i] = front[i] < 0 ? fronts : front[i];
        next[front[i]]++;
    }
    for (int f = 0, begin = 0; f <= fronts; f++) {
        const int size = next[f];
        next[f] = begins[f] = begin;
        begin += size;
    }
    int* grouped = OG_NEW(arena, int, count);
    for (int i = 0; i < count; i++) {
        grouped[next[front[i]]++] = order[i];
    }
    memcpy(order, grouped, sizeof *order * (size_t)count);
}

int og_fronts_peel(og_arena* arena, const double* values, int count, int objectives, int* order,
                   int* begins) {
    assert(count >= 0 && objectives >= 1);
    const og_arena_mark mark = og_arena_here(arena);
    const fronts_rows rows = {.values = values, .objectives = objectives};
    int* front = OG_NEW(arena, int, count);
    for (int i = 0; i < count; i++) {
        order[i] = i;
    }
    fronts_order(&rows, order, front, count);
    const int fronts = fronts_assign(arena, &rows, order, count, front);
    fronts_group(arena, order, front, count, fronts, begins);
    og_arena_rewind(arena, mark);
    return fronts;
}

// Rows of a front that are left, each by its place among all of them.
typedef struct fronts_left {
    int count;
    int* places;   // shape: [count]
    double* room;  // around each of them, shape: [count]
    int* where;    // of each place in `places`
} fronts_left;

static fronts_left fronts_leave_all(og_arena* arena, int count) {
    fronts_left left = {.count = count,
                        .places = OG_NEW(arena, int, count),
                        .room = OG_NEW(arena, double, count),
                        .where = OG_NEW(arena, int, count)};
    for (int i = 0; i < count; i++) {
        left.places[i] = left.where[i] = i;
    }
    return left;
}

// Take the place out that has the least room, the last one of equals.
static int fronts_take(fronts_left* left) {
    int least = 0;
    for (int i = 1; i < left->count; i++) {
        least = left->room[i] <= left->room[least] ? i : least;
    }
    const int place = left->places[least];
    left->count--;
    left->places[least] = left->places[left->count];
    left->room[least] = left->room[left->count];
    left->where[left->places[least]] = least;
    return place;
}

// Values of the front's rows over their range.
static double* fronts_scale(og_arena* arena, const fronts_rows* rows, const int* order, int count) {
    const int objectives = rows->objectives;
    double* at = OG_NEW(arena, double, (size_t)count*(size_t)objectives);
    for (int k = 0; k < objectives; k++) {
        double low = INFINITY;
        double high = -INFINITY;
        for (int i = 0; i < count; i++) {
            const double value = fronts_row(rows, order[i])[k];
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        const double scale = high > low ? 1 / (high - low) : 0;
        for (int i = 0; i < count; i++) {
            at[i * objectives + k] = (fronts_row(rows, order[i])[k] - low) * scale;
        }
    }
    return at;
}

// Room between neighbours along a front of two objectives.
static double fronts_gap(const double* at, int previous, int next, int count) {
    if (previous < 0 || next >= count) {
        return INFINITY;
    }
    return at[2 * next] - at[2 * previous] + at[2 * previous + 1] - at[2 * next + 1];
}

// Two objectives: rows that come ordered by the first are ordered against the second, too. Fills
// `taken` from its end.
static void fronts_thin_line(og_arena* arena, const double* at, int count, int* taken) {
    fronts_left left = fronts_leave_all(arena, count);
    int* previous = OG_NEW(arena, int, count);
    int* next = OG_NEW(arena, int, count);
    for (int i = 0; i < count; i++) {
        previous[i] = i - 1;
        next[i] = i + 1;
        left.room[i] = fronts_gap(at, i - 1, i + 1, count);
    }
    while (left.count > 0) {
        const int place = fronts_take(&left);
        taken[left.count] = place;
        const int before = previous[place];
        const int after = next[place];
        if (before >= 0) {
            next[before] = after;
            left.room[left.where[before]] = fronts_gap(at, previous[before], after, count);
        }
        if (after < count) {
            previous[after] = before;
            left.room[left.where[after]] = fronts_gap(at, before, next[after], count);
        }
    }
}

// Rows of a front of three objectives and more, with the nearest others of each.
typedef struct fronts_cloud {
    int objectives;
    const double* at;  // shape: [count][objectives]
    bool* end;         // the first or last of an objective, shape: [count]
    int* nearest;      // as many as there are objectives, shape: [count][objectives]
    double* squares;   // of their distances, rising, INFINITY for none, the same shape
} fronts_cloud;

static double fronts_square(const fronts_cloud* cloud, int a, int b) {
    double square = 0;
    for (int k = 0; k < cloud->objectives; k++) {
        const double gap =
            cloud->at[a * cloud->objectives + k] - cloud->at[b * cloud->objectives + k];
        square += gap * gap;
    }
    return square;
}

// Look for the nearest of a place among those left; its room is the product of their distances.
static double fronts_look(fronts_cloud* cloud, const fronts_left* left, int place) {
    const int wanted = cloud->objectives;
    int* nearest = cloud->nearest + place * wanted;
    double* squares = cloud->squares + place * wanted;
    for (int k = 0; k < wanted; k++) {
        nearest[k] = -1;
        squares[k] = INFINITY;
    }
    for (int i = 0; i < left->count; i++) {
        const int other = left->places[i];
        const double square = fronts_square(cloud, place, other);
        if (other == place || square >= squares[wanted - 1]) {
            continue;
        }
        int k = wanted - 1;
        for (; k > 0 && squares[k - 1] > square; k--) {
            squares[k] = squares[k - 1];
            nearest[k] = nearest[k - 1];
        }
        squares[k] = square;
        nearest[k] = other;
    }
    double room = 1;
    for (int k = 0; k < wanted; k++) {
        room *= squares[k];
    }
    return cloud->end[place] ? INFINITY : room;
}

static bool fronts_is_near(const fronts_cloud* cloud, int place, int other) {
    for (int k = 0; k < cloud->objectives; k++) {
        if (cloud->nearest[place * cloud->objectives + k] == other) {
            return true;
        }
    }
    return false;
}

// Mark a row that is first and one that is last in each objective.
static void fronts_mark_ends(fronts_cloud* cloud, int count) {
    for (int k = 0; k < cloud->objectives; k++) {
        int first = 0;
        int last = 0;
        for (int i = 1; i < count; i++) {
            const double value = cloud->at[i * cloud->objectives + k];
            first = value < cloud->at[first * cloud->objectives + k] ? i : first;
            last = value > cloud->at[last * cloud->objectives + k] ? i : last;
        }
        cloud->end[first] = cloud->end[last] = true;
    }
}

// Three objectives and more. Fills `taken` from its end.
static void fronts_thin_cloud(og_arena* arena, const double* at, int count, int objectives,
                              int* taken) {
    const size_t size = (size_t)count * (size_t)objectives;
    fronts_cloud cloud = {.objectives = objectives,
                          .at = at,
                          .end = OG_NEW(arena, bool, count),
                          .nearest = OG_NEW(arena, int, size),
                          .squares = OG_NEW(arena, double, size)};
    fronts_left left = fronts_leave_all(arena, count);
    fronts_mark_ends(&cloud, count);
    for (int i = 0; i < count; i++) {
        left.room[i] = fronts_look(&cloud, &left, i);
    }
    while (left.count > 0) {
        const int place = fronts_take(&left);
        taken[left.count] = place;
        for (int i = 0; i < left.count; i++) {
            if (fronts_is_near(&cloud, left.places[i], place)) {
                left.room[i] = fronts_look(&cloud, &left, left.places[i]);
            }
        }
    }
}

void og_fronts_thin(og_arena* arena, const double* values, int objectives, int* order, int count) {
    const og_arena_mark mark = og_arena_here(arena);
    const fronts_rows rows = {.values = values, .objectives = objectives};
    fronts_order(&rows, order, OG_NEW(arena, int, count), count);
    if (objectives > 1 && count > 2) {
        int* before = OG_NEW(arena, int, count);
        int* taken = OG_NEW(arena, int, count);
        memcpy(before, order, sizeof *order * (size_t)count);
        const double* at = fronts_scale(arena, &rows, before, count);
        if (objectives == 2) {
            fronts_thin_line(arena, at, count, taken);
        } else {
            fronts_thin_cloud(arena, at, count, objectives, taken);
        }
        for (int i = 0; i < count; i++) {
            order[i] = before[taken[i]];
        }
    }
    og_arena_rewind(arena, mark);
}

void og_fronts_sort(og_arena* arena, const double* values, int count, int objectives, int* order) {
    const og_arena_mark mark = og_arena_here(arena);
    int* begins = OG_NEW(arena, int, count + 1);
    const int fronts = og_fronts_peel(arena, values, count, objectives, order, begins);
    for (int f = 0; f < fronts; f++) {
        og_fronts_thin(arena, values, objectives, order + begins[f], begins[f + 1] - begins[f]);
    }
    og_arena_rewind(arena, mark);
}
