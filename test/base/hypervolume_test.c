// Hypervolume against counted cells, and contributions against hypervolumes without each point.

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
    int all = 1;
    for (int d = 0; d < dimensions; d++) {
        all *= side;
    }
    int cells = 0;
    for (int cell = 0; cell < all; cell++) {
        bool any = false;
        for (int i = 0; i < count && !any; i++) {
            any = true;
            for (int d = 0, rest = cell; d < dimensions; d++, rest /= side) {
                any = any && points[i * dimensions + d] <= rest % side;
            }
        }
        cells += any;
    }
    return cells;
}

enum { MOST_POINTS = 20, MOST_DIMENSIONS = OG_HYPERVOLUME_DIMENSIONS };

// Cells along a side, so that there are not too many of them.
static const int sides[MOST_DIMENSIONS] = {9, 9, 9, 6, 4, 3, 3, 2};

// Points on cells, some at or behind the reference. Returns how many.
static int points_drawn(og_random* random, int dimensions, double* points, double* corner) {
    const int side = sides[dimensions - 1];
    const int count = (int)og_random_below(random, MOST_POINTS + 1);
    for (int i = 0; i < count * dimensions; i++) {
        points[i] = (double)og_random_below(random, (uint64_t)side + (dimensions < 5));
    }
    for (int d = 0; d < dimensions; d++) {
        corner[d] = side;
    }
    return count;
}

static void hypervolume_counts_cells(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(7, 8);
    for (int dimensions = 1; dimensions <= MOST_DIMENSIONS; dimensions++) {
        for (int round = 0; round < 200; round++) {
            double points[MOST_POINTS * MOST_DIMENSIONS];
            double corner[MOST_DIMENSIONS];
            const int count = points_drawn(&random, dimensions, points, corner);
            check_near(og_hypervolume(arena, points, count, dimensions, corner),
                       cells_counted(points, count, dimensions, sides[dimensions - 1]), 1e-9);
        }
    }
    // the oracle tells a point that is left out
    const double two[] = {1, 5, 3, 3};
    assert_true(cells_counted(two, 2, 2, 9) > cells_counted(two, 1, 2, 9));
    og_arena_destroy(arena);
}

// By how much the volume shrinks without point `index`.
static double volume_lost(og_arena* arena, const double* points, int count, int dimensions,
                          const double* corner, int index) {
    double others[MOST_POINTS * MOST_DIMENSIONS];
    int kept = 0;
    for (int i = 0; i < count * dimensions; i++) {
        if (i / dimensions != index) {
            others[kept++] = points[i];
        }
    }
    return og_hypervolume(arena, points, count, dimensions, corner) -
           og_hypervolume(arena, others, count - 1, dimensions, corner);
}

static void contributions_are_losses(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(7, 9);
    int positive = 0;
    for (int dimensions = 1; dimensions <= MOST_DIMENSIONS; dimensions++) {
        for (int round = 0; round < 60; round++) {
            double points[MOST_POINTS * MOST_DIMENSIONS];
            double corner[MOST_DIMENSIONS];
            double contributions[MOST_POINTS];
            const int count = points_drawn(&random, dimensions, points, corner);
            og_hypervolume_contributions(arena, points, count, dimensions, corner, contributions);
            for (int i = 0; i < count; i++) {
                check_near(contributions[i],
                           volume_lost(arena, points, count, dimensions, corner, i), 1e-9);
                positive += contributions[i] > 0;
            }
        }
    }
    assert_true(positive > 500);
    og_arena_destroy(arena);
}

// Points none of which dominates another, where two dimensions are done by their neighbours.
static void contributions_on_fronts(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(7, 10);
    const double corner[] = {1.1, 1.1, 1.1, 1.1};
    for (int round = 0; round < 100; round++) {
        const int dimensions = 2 + round % 3;
        double points[MOST_POINTS * MOST_DIMENSIONS];
        double contributions[MOST_POINTS];
        for (int i = 0; i < MOST_POINTS; i++) {
            double* at = points + i * dimensions;
            double length = 0;
            for (int d = 0; d < dimensions; d++) {
                at[d] = og_random_uniform(&random);
                length += at[d] * at[d];
            }
            for (int d = 0; d < dimensions; d++) {
                at[d] /= sqrt(length);
            }
        }
        og_hypervolume_contributions(arena, points, MOST_POINTS, dimensions, corner, contributions);
        for (int i = 0; i < MOST_POINTS; i++) {
            check_near(contributions[i],
                       volume_lost(arena, points, MOST_POINTS, dimensions, corner, i), 1e-9);
        }
    }
    og_arena_destroy(arena);
}

// One point far away counts its own box, however many dimensions there are.
static void hypervolume_of_boxes(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const double corner[] = {2, 2, 2, 2, 2, 2, 2, 2};
    const double points[] = {0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1};
    check_near(og_hypervolume(arena, points, 1, 8, corner), 2, 1e-12);
    check_near(og_hypervolume(arena, points, 2, 8, corner), 3, 1e-12);
    double contributions[2];
    og_hypervolume_contributions(arena, points, 2, 8, corner, contributions);
    check_near(contributions[0], 1, 1e-12);
    check_near(contributions[1], 1, 1e-12);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hypervolume_counts_cells),
        cmocka_unit_test(contributions_are_losses),
        cmocka_unit_test(contributions_on_fronts),
        cmocka_unit_test(hypervolume_of_boxes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
