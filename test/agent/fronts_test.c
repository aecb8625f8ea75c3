// Order by nondominated fronts and crowding: against peeling by definition, and a case done by
// hand.

#include "agent/fronts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ogive/random.h"

enum { FRONTS_ROWS = 40, FRONTS_MOST = 3 };

static bool fronts_dominates(const double* a, const double* b, int objectives) {
    bool less = false;
    for (int k = 0; k < objectives; k++) {
        if (a[k] > b[k]) {
            return false;
        }
        less = less || a[k] < b[k];
    }
    return less;
}

static bool fronts_equal(const double* a, const double* b, int objectives) {
    for (int k = 0; k < objectives; k++) {
        if (a[k] < b[k] || a[k] > b[k]) {
            return false;
        }
    }
    return true;
}

// Front of every row by definition: peel off what nothing left dominates. Repeats come last.
static void fronts_peel(const double* values, int count, int objectives, int* front) {
    for (int i = 0; i < count; i++) {
        front[i] = -1;
        for (int k = 0; k < i; k++) {
            if (fronts_equal(values + i * objectives, values + k * objectives, objectives)) {
                front[i] = count;
            }
        }
    }
    for (int level = 0; level < count; level++) {
        bool next[FRONTS_ROWS] = {false};
        for (int i = 0; i < count; i++) {
            next[i] = front[i] < 0;
            for (int k = 0; k < count && next[i]; k++) {
                next[i] = front[k] >= 0 || !fronts_dominates(values + k * objectives,
                                                             values + i * objectives, objectives);
            }
        }
        for (int i = 0; i < count; i++) {
            front[i] = next[i] ? level : front[i];
        }
    }
}

// True when an order never puts a later front before an earlier one, and holds every row once.
static bool fronts_agree(const int* order, const int* front, int count) {
    bool met[FRONTS_ROWS] = {false};
    for (int i = 0; i < count; i++) {
        if (met[order[i]] || (i > 0 && front[order[i]] < front[order[i - 1]])) {
            return false;
        }
        met[order[i]] = true;
    }
    return true;
}

static void test_fronts_as_peeled(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(3, 1);
    int faults_seen = 0;
    for (int round = 0; round < 300; round++) {
        const int objectives = 1 + round % FRONTS_MOST;
        double values[FRONTS_ROWS * FRONTS_MOST];
        // few different values, so that there are ties and repeats
        for (int i = 0; i < FRONTS_ROWS * objectives; i++) {
            values[i] = (double)og_random_below(&random, round % 2 ? 5 : 50);
        }
        int front[FRONTS_ROWS];
        int order[FRONTS_ROWS];
        fronts_peel(values, FRONTS_ROWS, objectives, front);
        og_fronts_sort(arena, values, FRONTS_ROWS, objectives, order);
        assert_true(fronts_agree(order, front, FRONTS_ROWS));
        // the check sees two rows that have changed places
        const int kept = order[0];
        order[0] = order[FRONTS_ROWS - 1];
        order[FRONTS_ROWS - 1] = kept;
        faults_seen += !fronts_agree(order, front, FRONTS_ROWS);
    }
    assert_true(faults_seen > 280);
    og_arena_destroy(arena);
}

static void test_crowding_by_hand(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    // a front of five, its ends first, then the others by the gap between their neighbours; the
    // dominated row; the repeat
    const double values[] = {0, 10, 1, 9, 2, 7, 10, 0, 6, 3, 11, 11, 2, 7};
    int order[7];
    og_fronts_sort(arena, values, 7, 2, order);
    const int expected[] = {0, 3, 4, 2, 1, 5, 6};
    assert_memory_equal(order, expected, sizeof expected);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fronts_as_peeled),
        cmocka_unit_test(test_crowding_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
