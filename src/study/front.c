// Non-dominated designs.

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "ogive/study.h"

// The objectives that trials are compared by.
typedef struct front_table {
    const double* objectives;  // shape: [count][width]
    int width;
} front_table;

static const double* front_row(const front_table* table, int64_t trial) {
    return table->objectives + (size_t)trial * (size_t)table->width;
}

// Order by the first objective, then the next ones, then the number of the trial.
static bool front_before(const front_table* table, int64_t a, int64_t b) {
    const double* row_a = front_row(table, a);
    const double* row_b = front_row(table, b);
    for (int i = 0; i < table->width; i++) {
        if (row_a[i] != row_b[i]) {
            return row_a[i] < row_b[i];
        }
    }
    return a < b;
}

static bool front_by_number(const front_table* table, int64_t a, int64_t b) {
    (void)table;
    return a < b;
}

typedef bool front_order(const front_table* table, int64_t a, int64_t b);

static void front_sift(const front_table* table, front_order* before, int64_t* list, int64_t root,
                       int64_t count) {
    for (;;) {
        int64_t child = 2 * root + 1;
        if (child >= count) {
            return;
        }
        child += child + 1 < count && before(table, list[child], list[child + 1]);
        if (!before(table, list[root], list[child])) {
            return;
        }
        const int64_t swapped = list[root];
        list[root] = list[child];
        list[child] = swapped;
        root = child;
    }
}

// Heap sort: in place, and O(n log n) for every input.
static void front_sort(const front_table* table, front_order* before, int64_t* list,
                       int64_t count) {
    for (int64_t root = count / 2; root-- > 0;) {
        front_sift(table, before, list, root, count);
    }
    for (int64_t end = count; end-- > 1;) {
        const int64_t swapped = list[0];
        list[0] = list[end];
        list[end] = swapped;
        front_sift(table, before, list, 0, end);
    }
}

static bool front_dominates(const front_table* table, int64_t a, int64_t b) {
    const double* row_a = front_row(table, a);
    const double* row_b = front_row(table, b);
    bool better = false;
    for (int i = 0; i < table->width; i++) {
        if (row_a[i] > row_b[i]) {
            return false;
        }
        better = better || row_a[i] < row_b[i];
    }
    return better;
}

static int64_t front_collect(const front_table* table, int64_t count, const bool* eligible,
                             int64_t* list) {
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++) {
        bool known = eligible[i];
        for (int k = 0; known && k < table->width; k++) {
            known = !isnan(front_row(table, i)[k]);
        }
        if (known) {
            list[found++] = i;
        }
    }
    return found;
}

int64_t og_front(const double* objectives, int64_t count, int objective_count, const bool* eligible,
                 int64_t* front) {
    const front_table table = {objectives, objective_count};
    const int64_t eligible_count = front_collect(&table, count, eligible, front);
    front_sort(&table, front_before, front, eligible_count);
    // in this order a trial is dominated by an earlier one or by none; with two objectives it is
    // enough to look at the last one kept, which has the least second objective so far
    int64_t kept = 0;
    for (int64_t i = 0; i < eligible_count; i++) {
        bool dominated = false;
        int64_t k = objective_count <= 2 && kept > 0 ? kept - 1 : 0;
        for (; !dominated && k < kept; k++) {
            dominated = front_dominates(&table, front[k], front[i]);
        }
        if (!dominated) {
            front[kept++] = front[i];
        }
    }
    front_sort(&table, front_by_number, front, kept);
    return kept;
}
