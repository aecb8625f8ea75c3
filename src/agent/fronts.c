#include "agent/fronts.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

// Rows to be ordered: by all objectives, or by one first.
typedef struct fronts_rows {
    const double* values;
    int objectives;
    int first;  // objective that is compared first
} fronts_rows;

static const double* fronts_row(const fronts_rows* rows, int index) {
    return rows->values + (size_t)index * (size_t)rows->objectives;
}

// True when row a does not come behind row b; equal ones keep their order.
static bool fronts_ordered(const fronts_rows* rows, int a, int b) {
    const double* left = fronts_row(rows, a);
    const double* right = fronts_row(rows, b);
    for (int i = 0, k = rows->first; i < rows->objectives; i++) {
        if (left[k] < right[k] || left[k] > right[k]) {
            return left[k] < right[k];
        }
        k = k + 1 < rows->objectives ? k + 1 : 0;
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

// Rows of a front that are left, as chains along each objective.
typedef struct fronts_crowd {
    int count, objectives;
    const double* at;  // values over their range, shape: [count][objectives]
    int* previous;     // along each objective, -1 at its end, shape: [objectives][count]
    int* next;
    double* distance;  // of the rows left, shape: [left]
    int* left;         // their places, shape: [left]
    int* where;        // of each place in `left`, shape: [count]
} fronts_crowd;

static double fronts_distance(const fronts_crowd* crowd, int place) {
    double distance = 0;
    for (int k = 0; k < crowd->objectives; k++) {
        const int before = crowd->previous[k * crowd->count + place];
        const int after = crowd->next[k * crowd->count + place];
        if (before < 0 || after < 0) {
            return INFINITY;
        }
        distance +=
            crowd->at[after * crowd->objectives + k] - crowd->at[before * crowd->objectives + k];
    }
    return distance;
}

// Chain the places along one objective.
static void fronts_chain(og_arena* arena, fronts_crowd* crowd, int objective, int* sorted) {
    const fronts_rows rows = {crowd->at, crowd->objectives, objective};
    // rows come ordered by their first objective, and so against the second of two
    if (objective > 0 && crowd->objectives > 2) {
        fronts_order(&rows, sorted, OG_NEW(arena, int, crowd->count), crowd->count);
    }
    int* previous = crowd->previous + objective * crowd->count;
    int* next = crowd->next + objective * crowd->count;
    if (objective > 0 && crowd->objectives == 2) {
        previous = crowd->next + crowd->count;
        next = crowd->previous + crowd->count;
    }
    for (int i = 0; i < crowd->count; i++) {
        previous[sorted[i]] = i > 0 ? sorted[i - 1] : -1;
        next[sorted[i]] = i + 1 < crowd->count ? sorted[i + 1] : -1;
    }
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

static fronts_crowd fronts_gather(og_arena* arena, const fronts_rows* rows, const int* order,
                                  int count) {
    const size_t size = (size_t)count * (size_t)rows->objectives;
    fronts_crowd crowd = {
        .count = count,
        .objectives = rows->objectives,
        .at = fronts_scale(arena, rows, order, count),
        .previous = OG_NEW(arena, int, size),
        .next = OG_NEW(arena, int, size),
        .distance = OG_NEW(arena, double, count),
        .left = OG_NEW(arena, int, count),
        .where = OG_NEW(arena, int, count),
    };
    int* sorted = OG_NEW(arena, int, count);
    for (int i = 0; i < count; i++) {
        sorted[i] = crowd.left[i] = crowd.where[i] = i;
    }
    for (int k = 0; k < rows->objectives; k++) {
        fronts_chain(arena, &crowd, k, sorted);
    }
    for (int i = 0; i < count; i++) {
        crowd.distance[i] = fronts_distance(&crowd, i);
    }
    return crowd;
}

// Where the least of `count` distances is, the last one of equals.
static int fronts_least(const double* distance, int count) {
    int least = 0;
    for (int i = 1; i < count; i++) {
        least = distance[i] <= distance[least] ? i : least;
    }
    return least;
}

// Take the row out that is at `at` in the list of those left.
static int fronts_take(fronts_crowd* crowd, int left, int at) {
    const int place = crowd->left[at];
    crowd->left[at] = crowd->left[left - 1];
    crowd->distance[at] = crowd->distance[left - 1];
    crowd->where[crowd->left[at]] = at;
    for (int k = 0; k < crowd->objectives; k++) {
        int* previous = crowd->previous + k * crowd->count;
        int* next = crowd->next + k * crowd->count;
        if (previous[place] >= 0) {
            next[previous[place]] = next[place];
        }
        if (next[place] >= 0) {
            previous[next[place]] = previous[place];
        }
    }
    for (int k = 0; k < crowd->objectives; k++) {
        const int neighbours[] = {crowd->previous[k * crowd->count + place],
                                  crowd->next[k * crowd->count + place]};
        for (int i = 0; i < 2; i++) {
            if (neighbours[i] >= 0) {
                crowd->distance[crowd->where[neighbours[i]]] =
                    fronts_distance(crowd, neighbours[i]);
            }
        }
    }
    return place;
}

void og_fronts_thin(og_arena* arena, const double* values, int objectives, int* order, int count) {
    const og_arena_mark mark = og_arena_here(arena);
    const fronts_rows rows = {.values = values, .objectives = objectives};
    fronts_order(&rows, order, OG_NEW(arena, int, count), count);
    if (objectives > 1 && count > 2) {
        int* before = OG_NEW(arena, int, count);
        memcpy(before, order, sizeof *order * (size_t)count);
        fronts_crowd crowd = fronts_gather(arena, &rows, before, count);
        for (int left = count; left > 0; left--) {
            order[left - 1] = before[fronts_take(&crowd, left, fronts_least(crowd.distance, left))];
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
