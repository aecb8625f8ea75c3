// Hypervolume against counted cells.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#include "ogive/hypervolume.h"
#include "ogive/random.h"

static void check_near(double got, double wanted, double tolerance) {
    if (!(fabs(got - wanted) <= tolerance)) {
        print_error("%.17g, expected %.17g within %g\n", got, wanted, tolerance);
    }
    assert_true(fabs(got - wanted) <= tolerance);
}

// Unit cells below the reference that some point dominates.
static double cells_counted(const double* points, int count, int dimensions, int side) {
    int cells = 0;
    for (int x = 0; x < side; x++) {
        for (int y = 0; y < (dimensions > 1 ? side : 1); y++) {
            for (int z = 0; z < (dimensions > 2 ? side : 1); z++) {
                const int cell[3] = {x, y, z};
                bool any = false;
                for (int i = 0; i < count; i++) {
                    bool all = true;
                    for (int d = 0; d < dimensions; d++) {
                        all = all && points[i * dimensions + d] <= cell[d];
                    }
                    any = any || all;
                }
                cells += any;
            }
        }
    }
    return cells;
}

static void hypervolume_counts_cells(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(7, 8);
    enum { SIDE = 9, MOST = 20 };
    const double corner[] = {SIDE, SIDE, SIDE};
    for (int dimensions = 1; dimensions <= 3; dimensions++) {
        for (int round = 0; round < 200; round++) {
            double points[MOST * 3];
            const int count = (int)og_random_below(&random, MOST + 1);
            for (int i = 0; i < count * dimensions; i++) {
                points[i] = (double)og_random_below(&random, SIDE + 2);
            }
            check_near(og_hypervolume(arena, points, count, dimensions, corner),
                       cells_counted(points, count, dimensions, SIDE), 1e-9);
        }
    }
    // the oracle tells a point that is left out
    const double two[] = {1, 5, 3, 3};
    assert_true(cells_counted(two, 2, 2, SIDE) > cells_counted(two, 1, 2, SIDE));
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hypervolume_counts_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
