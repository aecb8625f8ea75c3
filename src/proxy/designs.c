#include "proxy/designs.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ogive/random.h"

#define DESIGNS_LARGEST 1e100  // of a metric: squares must not overflow
#define DESIGNS_SMALL 1000     // integers below are equal by chance too often

og_proxy_index og_proxy_index_make(og_arena* arena, const og_space* space, const double* x,
                                   int64_t count) {
    uint64_t mask = 15;
    while (mask < 2 * (uint64_t)count) {
        mask = 2 * mask + 1;
    }
    return (og_proxy_index){space, x, OG_NEW(arena, int, mask + 1), mask};
}

static bool designs_equal(const double* a, const double* b, int count) {
    for (int i = 0; i < count; i++) {
        if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}

int* og_proxy_index_slot(const og_proxy_index* index, const double* x) {
    const int width = index->space->count;
    uint64_t place = og_space_hash(index->space, x) & index->mask;
    while (index->slots[place] != 0 &&
           !designs_equal(index->x + (size_t)(index->slots[place] - 1) * (size_t)width, x, width)) {
        place = (place + 1) & index->mask;
    }
    return &index->slots[place];
}

// The first member of a group; `parent` is a forest in which roots are their own parents.
static int designs_root(int* parent, int i) {
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

static void designs_join(int* parent, int a, int b) {
    const int i = designs_root(parent, a);
    const int k = designs_root(parent, b);
    parent[i > k ? i : k] = i > k ? k : i;
}

static og_status designs_check(const og_space* space, const og_proxy_data* data, int64_t trial) {
    const og_status status = og_space_check(space, data->x[trial]);
    if (status != OG_OK) {
        return og_fail_context(status, "trial %" PRId64, trial);
    }
    for (int m = 0; m < data->metric_count && data->feasible[trial]; m++) {
        if (!(fabs(data->y[trial][m]) <= DESIGNS_LARGEST)) {
            return og_fail(OG_ERROR_VALUE, "trial %" PRId64 ": metric %s is %g, allowed: %g .. %g",
                           trial, data->metrics[m].name, data->y[trial][m], -DESIGNS_LARGEST,
                           DESIGNS_LARGEST);
        }
    }
    return OG_OK;
}

// Tell the trials apart by design; `of` (shape: [data->count]) receives the design of each.
static og_status designs_distinguish(og_arena* arena, og_arena* scratch, const og_space* space,
                                     const og_proxy_data* data, og_proxy_designs* designs,
                                     int* of) {
    const size_t width = (size_t)space->count;
    const size_t metrics = (size_t)data->metric_count;
    const size_t most = (size_t)data->count;
    designs->x = OG_NEW(arena, double, most* width);
    designs->y = OG_NEW(arena, double, most* metrics);
    designs->feasible = OG_NEW(arena, bool, most);
    double* seen = OG_NEW(scratch, double, most);  // trials with metrics of each design
    const og_proxy_index index = og_proxy_index_make(scratch, space, designs->x, data->count);
    for (int64_t i = 0; i < data->count; i++) {
        OG_TRY(designs_check(space, data, i));
        int* slot = og_proxy_index_slot(&index, data->x[i]);
        if (*slot == 0) {
            memcpy(designs->x + (size_t)designs->count * width, data->x[i], sizeof(double) * width);
            *slot = ++designs->count;
        }
        of[i] = *slot - 1;
        double* y = designs->y + (size_t)of[i] * metrics;
        seen[of[i]] += data->feasible[i];
        for (size_t m = 0; m < metrics && data->feasible[i]; m++) {
            y[m] += (data->y[i][m] - y[m]) / seen[of[i]];
        }
        designs->feasible[of[i]] = seen[of[i]] > 0;
    }
    return OG_OK;
}

// True when equal metrics are no accident: one of them is no small integer.
static bool designs_telling(const double* y, int count) {
    for (int m = 0; m < count; m++) {
        if (y[m] != floor(y[m]) || fabs(y[m]) >= DESIGNS_SMALL) {
            return true;
        }
    }
    return false;
}

static uint64_t designs_hash(const double* y, int count) {
    uint64_t hash = UINT64_C(0x9E3779B97F4A7C15);
    for (int m = 0; m < count; m++) {
        uint64_t bits;
        const double value = y[m] + 0.0;
        memcpy(&bits, &value, sizeof bits);
        hash = (hash ^ bits) * UINT64_C(0xBF58476D1CE4E5B9);
        hash ^= hash >> 29;
    }
    return hash;
}

// Join designs with the same metrics.
static void designs_join_metrics(og_arena* scratch, const og_proxy_designs* designs, int* parent) {
    uint64_t mask = 15;
    while (mask < 2 * (uint64_t)designs->count) {
        mask = 2 * mask + 1;
    }
    int* slots = OG_NEW(scratch, int, mask + 1);
    const int metrics = designs->metric_count;
    for (int i = 0; i < designs->count; i++) {
        const double* y = designs->y + (long)i * metrics;
        if (!designs->feasible[i] || !designs_telling(y, metrics)) {
            continue;
        }
        uint64_t place = designs_hash(y, metrics) & mask;
        while (slots[place] != 0 &&
               !designs_equal(designs->y + (long)(slots[place] - 1) * metrics, y, metrics)) {
            place = (place + 1) & mask;
        }
        if (slots[place] != 0) {
            designs_join(parent, slots[place] - 1, i);
        } else {
            slots[place] = i + 1;
        }
    }
}

static void designs_group(og_arena* arena, og_arena* scratch, const og_proxy_data* data,
                          const int* of, og_proxy_designs* designs) {
    int* parent = OG_NEW(scratch, int, designs->count);
    for (int i = 0; i < designs->count; i++) {
        parent[i] = i;
    }
    for (int64_t i = 0; i < data->count && data->same_as != NULL; i++) {
        if (data->same_as[i] >= 0) {
            designs_join(parent, of[i], of[data->same_as[i]]);
        }
    }
    designs_join_metrics(scratch, designs, parent);
    designs->group = OG_NEW(arena, int, designs->count);
    for (int i = 0; i < designs->count; i++) {
        designs->group[i] = designs_root(parent, i);
    }
}

// Keep `most` designs, drawn by `seed`, and number their groups.
static void designs_thin(og_arena* scratch, int most, uint64_t seed, int width,
                         og_proxy_designs* designs) {
    const int count = designs->count;
    const int metrics = designs->metric_count;
    bool* kept = OG_NEW(scratch, bool, count);
    int* number = OG_NEW(scratch, int, count);  // of a group, from 1
    og_random random = og_random_make(seed, 0x7468696e);
    const og_permutation order = og_permutation_make(&random, (uint64_t)count);
    for (int i = 0; i < count && i < most; i++) {
        kept[og_permutation_at(&order, (uint64_t)i)] = true;
    }
    designs->distinct = count;
    designs->count = 0;
    for (int i = 0; i < count; i++) {
        if (!kept[i]) {
            continue;
        }
        const int to = designs->count++;
        memmove(designs->x + (long)to * width, designs->x + (long)i * width,
                sizeof(double) * (size_t)width);
        memmove(designs->y + (long)to * metrics, designs->y + (long)i * metrics,
                sizeof(double) * (size_t)metrics);
        designs->feasible[to] = designs->feasible[i];
        int* group = &number[designs->group[i]];
        *group = *group > 0 ? *group : ++designs->group_count;
        designs->group[to] = *group - 1;
        for (int m = 0; m < metrics && !designs->feasible[to]; m++) {
            designs->y[(long)to * metrics + m] = NAN;
        }
    }
}

og_status og_proxy_designs_make(og_arena* arena, const og_space* space, const og_proxy_data* data,
                                int most, uint64_t seed, og_proxy_designs* designs) {
    *designs = (og_proxy_designs){.metric_count = data->metric_count};
    og_arena* scratch = og_arena_create();
    int* of = OG_NEW(scratch, int, data->count);
    const og_status status = designs_distinguish(arena, scratch, space, data, designs, of);
    if (status == OG_OK && designs->count > 0) {
        designs_group(arena, scratch, data, of, designs);
        designs_thin(scratch, most, seed, space->count, designs);
    }
    og_arena_destroy(scratch);
    return status;
}

void og_proxy_fold(og_arena* scratch, const int* group, int count, int group_count, int folds,
                   uint64_t seed, int* fold) {
    const og_arena_mark mark = og_arena_here(scratch);
    int* sizes = OG_NEW(scratch, int, group_count);
    int* of = OG_NEW(scratch, int, group_count);
    int* filled = OG_NEW(scratch, int, folds);
    for (int i = 0; i < count; i++) {
        sizes[group[i]]++;
    }
    og_random random = og_random_make(seed, 0x666f6c64);
    const og_permutation order = og_permutation_make(&random, (uint64_t)group_count);
    for (int i = 0; i < group_count; i++) {
        const int g = (int)og_permutation_at(&order, (uint64_t)i);
        int least = 0;
        for (int f = 1; f < folds; f++) {
            least = filled[f] < filled[least] ? f : least;
        }
        of[g] = least;
        filled[least] += sizes[g];
    }
    for (int i = 0; i < count; i++) {
        fold[i] = of[group[i]];
    }
    og_arena_rewind(scratch, mark);
}
