// Order by nondominated fronts and crowding: against peeling by definition, and a case done by
// hand.

#include "agent/fronts.h"

#include <math.h>
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
    // a front of five: of the inner ones (1, 9) has its neighbours nearest and goes first, then
    // (2, 7) whose neighbour it was, then (6, 3); the dominated row; the repeat
    const double values[] = {0, 10, 1, 9, 2, 7, 10, 0, 6, 3, 11, 11, 2, 7};
    int order[7];
    og_fronts_sort(arena, values, 7, 2, order);
    const int expected[] = {0, 3, 4, 2, 1, 5, 6};
    assert_memory_equal(order, expected, sizeof expected);
    og_arena_destroy(arena);
}

// Two objectives: sum over them of the gap between the neighbours of row i among `count` rows left,
// over the range of the whole front; infinite at an end.
static double fronts_gap(const double* values, const double* range, const int* left, int count,
                         int i) {
    double gap = 0;
    for (int k = 0; k < 2; k++) {
        const double own = values[left[i] * 2 + k];
        double below = -INFINITY;
        double above = INFINITY;
        for (int j = 0; j < count; j++) {
            const double other = values[left[j] * 2 + k];
            below = other < own && other > below ? other : below;
            above = other > own && other < above ? other : above;
        }
        gap += (above - below) / range[k];
    }
    return gap;
}

// Three objectives: product of the distances to the three nearest rows left, over the ranges;
// infinite at an end of the whole front.
static double fronts_vicinity(const double* values, const double* range, const int* order, int all,
                              int count, int i) {
    double nearest[3] = {INFINITY, INFINITY, INFINITY};
    const double* own = values + order[i] * 3;
    for (int j = 0; j < count; j++) {
        double square = 0;
        for (int k = 0; k < 3; k++) {
            const double gap = (values[order[j] * 3 + k] - own[k]) / range[k];
            square += gap * gap;
        }
        for (int k = 0; k < 3 && j != i; k++) {
            if (square < nearest[k]) {
                const double farther = nearest[k];
                nearest[k] = square;
                square = farther;
            }
        }
    }
    for (int k = 0; k < 3; k++) {
        bool least = true;
        bool most = true;
        for (int j = 0; j < all; j++) {
            least = least && values[order[j] * 3 + k] >= own[k];
            most = most && values[order[j] * 3 + k] <= own[k];
        }
        nearest[0] = least || most ? INFINITY : nearest[0];
    }
    return sqrt(nearest[0]) * sqrt(nearest[1]) * sqrt(nearest[2]);
}

// How often a row that is taken out has a gap larger than another that is left.
static int fronts_wrong_takes(const double* values, int objectives, const int* order, int count) {
    double range[FRONTS_MOST];
    for (int k = 0; k < objectives; k++) {
        double low = INFINITY;
        double high = -INFINITY;
        for (int i = 0; i < count; i++) {
            low = fmin(low, values[order[i] * objectives + k]);
            high = fmax(high, values[order[i] * objectives + k]);
        }
        range[k] = high - low;
    }
    int wrong = 0;
    for (int left = count; left > 1; left--) {
        const double taken = objectives == 2
                                 ? fronts_gap(values, range, order, left, left - 1)
                                 : fronts_vicinity(values, range, order, count, left, left - 1);
        bool least = true;
        for (int i = 0; i + 1 < left; i++) {
            const double gap = objectives == 2
                                   ? fronts_gap(values, range, order, left, i)
                                   : fronts_vicinity(values, range, order, count, left, i);
            least = least && (isinf(taken) ? isinf(gap) : gap >= taken * (1 - 1e-9));
        }
        wrong += !least;
    }
    return wrong;
}

// Points of a sphere do not dominate each other.
static void test_thinning_by_definition(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(5, 1);
    int faults_seen = 0;
    for (int round = 0; round < 100; round++) {
        const int objectives = 2 + round % 2;
        double values[FRONTS_ROWS * FRONTS_MOST];
        int order[FRONTS_ROWS];
        for (int i = 0; i < FRONTS_ROWS; i++) {
            const double up = objectives == 2 ? 0 : 1.5 * og_random_uniform(&random);
            const double round_about = 1.5 * og_random_uniform(&random);
            values[i * objectives] = cos(up) * cos(round_about);
            values[i * objectives + 1] = cos(up) * sin(round_about);
            if (objectives == 3) {
                values[i * objectives + 2] = sin(up);
            }
            order[i] = i;
        }
        og_fronts_thin(arena, values, objectives, order, FRONTS_ROWS);
        assert_int_equal(fronts_wrong_takes(values, objectives, order, FRONTS_ROWS), 0);
        const int kept = order[FRONTS_ROWS - 1];
        order[FRONTS_ROWS - 1] = order[0];
        order[0] = kept;
        faults_seen += fronts_wrong_takes(values, objectives, order, FRONTS_ROWS) > 0;
    }
    assert_int_equal(faults_seen, 100);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fronts_as_peeled),
        cmocka_unit_test(test_crowding_by_hand),
        cmocka_unit_test(test_thinning_by_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
