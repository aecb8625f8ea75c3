// Reference directions: how many, where, and evenly.

#include "agent/directions.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// Rows that are mixtures and differ from all others.
static int directions_sound(const og_directions* directions) {
    int sound = 0;
    const int width = directions->objectives;
    for (int i = 0; i < directions->count; i++) {
        const double* row = directions->weights + i * width;
        double sum = 0;
        bool good = true;
        for (int k = 0; k < width; k++) {
            sum += row[k];
            good = good && row[k] >= 0;
        }
        for (int j = 0; j < i; j++) {
            double gap = 0;
            for (int k = 0; k < width; k++) {
                gap = fmax(gap, fabs(row[k] - directions->weights[j * width + k]));
            }
            good = good && gap > 1e-9;
        }
        sound += good && fabs(sum - 1) < 1e-12;
    }
    return sound;
}

static void test_counts(void** state) {
    (void)state;
    static const struct {
        int objectives, most, count;
    } cases[] = {
        {1, 10, 1}, {2, 2, 2},    {2, 100, 100}, {3, 92, 91},   {3, 90, 78},  {3, 3, 3},
        {3, 1, 3},  {4, 100, 84}, {5, 212, 210}, {8, 156, 156}, {10, 10, 10},
    };
    og_arena* arena = og_arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_directions directions = og_directions_make(arena, cases[i].objectives, cases[i].most);
        assert_int_equal(directions.count, cases[i].count);
        assert_int_equal(directions_sound(&directions), directions.count);
        // a repeated row is noticed
        if (directions.count > 1) {
            directions.weights[directions.objectives] = directions.weights[0];
            for (int k = 0; k < directions.objectives; k++) {
                directions.weights[directions.objectives + k] = directions.weights[k];
            }
            assert_int_equal(directions_sound(&directions), directions.count - 1);
        }
    }
    og_arena_destroy(arena);
}

// With eight objectives 120 points lie on the border, and 36 of a second layer within.
static void test_second_layer(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_directions directions = og_directions_make(arena, 8, 156);
    int inside = 0;
    for (int i = 0; i < directions.count; i++) {
        double least = 1;
        for (int k = 0; k < 8; k++) {
            least = fmin(least, directions.weights[i * 8 + k]);
        }
        inside += least > 0;
    }
    assert_int_equal(inside, 36);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_second_layer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
