#include "agent/fronts.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct fronts_row {
    const double* values;
    int index;
    int front;
    double crowding;
    double key;  // objective that rows are ordered by for crowding
} fronts_row;

typedef enum fronts_relation {
    FRONTS_INCOMPARABLE,
    FRONTS_DOMINATES,
    FRONTS_EQUAL,
    FRONTS_DOMINATED,
} fronts_relation;

static fronts_relation fronts_compare(const double* a, const double* b, int objectives) {
    bool less = false;
    bool more = false;
    for (int k = 0; k < objectives; k++) {
        less = less || a[k] < b[k];
        more = more || a[k] > b[k];
    }
    if (less != more) {
        return less ? FRONTS_DOMINATES : FRONTS_DOMINATED;
    }
    return less ? FRONTS_INCOMPARABLE : FRONTS_EQUAL;
}

// Ordered by their values, rows are dominated by earlier ones alone.
static int fronts_by_values(const void* left, const void* right, int objectives) {
    const fronts_row* a = left;
    const fronts_row* b = right;
    for (int k = 0; k < objectives; k++) {
        if (a->values[k] < b->values[k] || a->values[k] > b->values[k]) {
            return a->values[k] < b->values[k] ? -1 : 1;
        }
    }
    return (a->index > b->index) - (a->index < b->index);
}

// Merge sort by a comparison that needs the number of objectives.
static void fronts_merge(fronts_row* rows, fronts_row* scratch, int count, int objectives) {
    for (int step = 1; step < count; step *= 2) {
        for (int begin = 0; begin < count; begin += 2 * step) {
            const int middle = begin + step < count ? begin + step : count;
            const int end = middle + step < count ? middle + step : count;
            int a = begin;
            int b = middle;
            for (int i = begin; i < end; i++) {
                const bool first = b == end || (a < middle && fronts_by_values(&rows[a], &rows[b],
                                                                               objectives) <= 0);
                scratch[i] = first ? rows[a++] : rows[b++];
            }
        }
        for (int i = 0; i < count; i++) {
            rows[i] = scratch[i];
        }
    }
}

// The front of each row is the one behind the last front that dominates it; repeats come last.
static void fronts_assign(fronts_row* rows, int count, int objectives) {
    for (int i = 0; i < count; i++) {
        rows[i].front = 0;
        for (int k = 0; k < i; k++) {
            const fronts_relation relation =
                fronts_compare(rows[k].values, rows[i].values, objectives);
            if (relation == FRONTS_EQUAL) {
                rows[i].front = count;
            } else if (relation == FRONTS_DOMINATES && rows[k].front < count &&
                       rows[i].front <= rows[k].front) {
                rows[i].front = rows[k].front + 1;
            }
        }
    }
}

// By front, then along one objective.
static int fronts_by_key(const void* left, const void* right) {
    const fronts_row* a = left;
    const fronts_row* b = right;
    if (a->front != b->front) {
        return a->front < b->front ? -1 : 1;
    }
    if (a->key < b->key || a->key > b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return (a->index > b->index) - (a->index < b->index);
}

// Add to the crowding of rows [begin, end) of one front, ordered along an objective.
static void fronts_crowd(fronts_row* rows, int begin, int end) {
    const double range = rows[end - 1].key - rows[begin].key;
    rows[begin].crowding = INFINITY;
    rows[end - 1].crowding = INFINITY;
    for (int i = begin + 1; i < end - 1 && range > 0; i++) {
        rows[i].crowding += (rows[i + 1].key - rows[i - 1].key) / range;
    }
}

static void fronts_spread(fronts_row* rows, int count, int objectives) {
    for (int k = 0; k < objectives; k++) {
        for (int i = 0; i < count; i++) {
            rows[i].key = rows[i].values[k];
        }
        qsort(rows, (size_t)count, sizeof *rows, fronts_by_key);
        for (int begin = 0, end = 0; begin < count; begin = end) {
            for (end = begin; end < count && rows[end].front == rows[begin].front; end++) {
            }
            fronts_crowd(rows, begin, end);
        }
    }
}

void og_fronts_sort(og_arena* arena, const double* values, int count, int objectives, int* order) {
    assert(count >= 0 && objectives >= 1);
    const og_arena_mark mark = og_arena_here(arena);
    fronts_row* rows = OG_NEW(arena, fronts_row, count);
    fronts_row* scratch = OG_NEW(arena, fronts_row, count);
    for (int i = 0; i < count; i++) {
        rows[i] = (fronts_row){.values = values + (size_t)i * (size_t)objectives, .index = i};
    }
    fronts_merge(rows, scratch, count, objectives);
    fronts_assign(rows, count, objectives);
    if (objectives > 1) {
        fronts_spread(rows, count, objectives);
    }
    for (int i = 0; i < count; i++) {
        rows[i].key = -rows[i].crowding;
    }
    qsort(rows, (size_t)count, sizeof *rows, fronts_by_key);
    for (int i = 0; i < count; i++) {
        order[i] = rows[i].index;
    }
    og_arena_rewind(arena, mark);
}
