// Fronts against the definition, trial by trial.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ogive/clock.h"
#include "ogive/random.h"
#include "ogive/study.h"

static bool front_test_dominated(const double* rows, int width, const double* other,
                                 const bool* eligible, int count, int index) {
    for (int i = 0; i < count; i++) {
        bool worse = !eligible[i] || i == index;
        bool better = false;
        for (int k = 0; !worse && k < width; k++) {
            worse = rows[i * width + k] > other[k];
            better = better || rows[i * width + k] < other[k];
        }
        if (!worse && better) {
            return true;
        }
    }
    return false;
}

static void front_test_definition(void** state) {
    (void)state;
    enum { COUNT = 200, MOST = 4 };
    og_random random = og_random_make(1, 1);
    double rows[COUNT * MOST];
    bool eligible[COUNT];
    int64_t front[COUNT];
    for (int round = 0; round < 200; round++) {
        const int width = 1 + round % MOST;
        const uint64_t levels = round % 3 == 0 ? 3 : round % 3 == 1 ? 30 : 1000000;
        for (int i = 0; i < COUNT * width; i++) {
            rows[i] = (double)og_random_below(&random, levels);
        }
        for (int i = 0; i < COUNT; i++) {
            eligible[i] = og_random_below(&random, 5) > 0;
        }
        const int64_t found = og_front(rows, COUNT, width, eligible, front);
        int64_t next = 0;
        for (int i = 0; i < COUNT; i++) {
            const bool in = eligible[i] && !front_test_dominated(rows, width, rows + i * width,
                                                                 eligible, COUNT, i);
            assert_true(in == (next < found && front[next] == i));
            next += in;
        }
        assert_int_equal(next, found);
    }
}

static void front_test_edges(void** state) {
    (void)state;
    int64_t front[3];
    const double rows[] = {1, NAN, 2, 2, 3, 1};
    const bool all[] = {true, true, true};
    const bool none[] = {false, false, false};
    assert_int_equal(og_front(rows, 0, 2, all, front), 0);
    assert_int_equal(og_front(rows, 3, 2, none, front), 0);
    assert_int_equal(og_front(rows, 3, 2, all, front), 2);
    assert_true(front[0] == 1 && front[1] == 2);
}

// The worst case of two objectives: every trial is on the front.
static void front_test_large(void** state) {
    (void)state;
    enum { COUNT = 500000 };
    static double rows[2 * COUNT];
    static bool eligible[COUNT];
    static int64_t front[COUNT];
    og_random random = og_random_make(2, 1);
    const og_permutation order = og_permutation_make(&random, COUNT);
    for (int i = 0; i < COUNT; i++) {
        rows[2 * i] = (double)og_permutation_at(&order, (uint64_t)i);
        rows[2 * i + 1] = -rows[2 * i];
        eligible[i] = true;
    }
    const double start = og_clock_processor_seconds();
    assert_int_equal(og_front(rows, COUNT, 2, eligible, front), COUNT);
    assert_true(og_clock_processor_seconds() - start < 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(front_test_definition),
        cmocka_unit_test(front_test_edges),
        cmocka_unit_test(front_test_large),
    };
    return cmocka_run_group_tests_name("study.front", tests, NULL, NULL);
}
