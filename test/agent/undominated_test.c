// The expected gain in hypervolume: against the gain at drawn objectives, against the expected
// improvement of one objective, and the region's boxes against the hypervolume.

#include "agent/undominated.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/acquisition.h"
#include "ogive/hypervolume.h"
#include "ogive/random.h"

enum { UNDOMINATED_POINTS = 12, UNDOMINATED_OBJECTIVES = 4, UNDOMINATED_STEPS = 400 };

typedef struct undominated_case {
    double points[(UNDOMINATED_POINTS + 1) * UNDOMINATED_OBJECTIVES];
    double reference[UNDOMINATED_OBJECTIVES];
    double means[UNDOMINATED_OBJECTIVES];
    double deviations[UNDOMINATED_OBJECTIVES];
    int objectives;
    int count;
} undominated_case;

static undominated_case undominated_draw(og_random* random, int objectives, int count) {
    undominated_case drawn = {.objectives = objectives, .count = count};
    for (int k = 0; k < objectives; k++) {
        for (int i = 0; i < count; i++) {
            // some share a coordinate, some lie beyond the reference
            drawn.points[i * objectives + k] = floor(13 * og_random_uniform(random)) / 10;
        }
        drawn.reference[k] = 1.1;
        drawn.means[k] = 1.2 * og_random_uniform(random);
        drawn.deviations[k] = 0.3 * og_random_uniform(random);
    }
    return drawn;
}

// What the hypervolume grows by with the point `y`.
static double undominated_gain(og_arena* arena, undominated_case* tried, const double* y) {
    const int objectives = tried->objectives;
    memcpy(tried->points + tried->count * objectives, y, sizeof *y * (size_t)objectives);
    return og_hypervolume(arena, tried->points, tried->count + 1, objectives, tried->reference) -
           og_hypervolume(arena, tried->points, tried->count, objectives, tried->reference);
}

// By the midpoint rule over quantiles: two objectives.
static double undominated_integrate(og_arena* arena, undominated_case* tried) {
    double sum = 0;
    for (int i = 0; i < UNDOMINATED_STEPS; i++) {
        for (int j = 0; j < UNDOMINATED_STEPS; j++) {
            const double y[] = {
                tried->means[0] +
                    tried->deviations[0] * og_normal_quantile((i + 0.5) / UNDOMINATED_STEPS),
                tried->means[1] +
                    tried->deviations[1] * og_normal_quantile((j + 0.5) / UNDOMINATED_STEPS),
            };
            sum += undominated_gain(arena, tried, y);
        }
    }
    return sum / (UNDOMINATED_STEPS * UNDOMINATED_STEPS);
}

static double undominated_expect(og_arena* arena, const undominated_case* tried) {
    const og_undominated region = og_undominated_make(arena, tried->points, tried->count,
                                                      tried->objectives, tried->reference);
    return og_undominated_expected(&region, tried->means, tried->deviations);
}

static void test_two_objectives_integrated(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(5, 1);
    int faults_seen = 0;
    for (int round = 0; round < 6; round++) {
        undominated_case tried = undominated_draw(&random, 2, 2 * round);
        const double expected = undominated_expect(arena, &tried);
        const double integral = undominated_integrate(arena, &tried);
        assert_true(fabs(expected - integral) < 2e-4);
        // a wrong deviation is seen
        tried.deviations[0] += 0.05;
        faults_seen += fabs(undominated_expect(arena, &tried) - integral) > 2e-4;
    }
    assert_true(faults_seen >= 4);
    og_arena_destroy(arena);
}

static void test_more_objectives_drawn(void** state) {
    (void)state;
    enum { DRAWS = 20000 };
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(6, 1);
    for (int round = 0; round < 6; round++) {
        undominated_case tried = undominated_draw(&random, 3 + round % 2, 2 * round);
        const double expected = undominated_expect(arena, &tried);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            double y[UNDOMINATED_OBJECTIVES];
            for (int k = 0; k < tried.objectives; k++) {
                y[k] = tried.means[k] + tried.deviations[k] * og_random_normal(&random);
            }
            const double gain = undominated_gain(arena, &tried, y);
            sum += gain;
            squares += gain * gain;
        }
        const double mean = sum / DRAWS;
        const double error = sqrt(fmax(squares / DRAWS - mean * mean, 0) / DRAWS);
        assert_true(fabs(expected - mean) < 4 * error + 1e-9);
    }
    og_arena_destroy(arena);
}

static void test_certain_points_gain_what_they_dominate(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(7, 1);
    for (int round = 0; round < 400; round++) {
        undominated_case tried =
            undominated_draw(&random, 1 + round % 4, round % (UNDOMINATED_POINTS + 1));
        memset(tried.deviations, 0, sizeof tried.deviations);
        const double gain = undominated_gain(arena, &tried, tried.means);
        assert_true(fabs(undominated_expect(arena, &tried) - gain) < 1e-12);
    }
    og_arena_destroy(arena);
}

static void test_one_objective_is_expected_improvement(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const double points[] = {0.7, 0.4, 0.9};
    const double reference = 2;
    const og_undominated region = og_undominated_make(arena, points, 3, 1, &reference);
    for (int i = 0; i < 20; i++) {
        const double mean = 0.1 * i;
        const double deviation = 0.05 * (1 + i % 5);
        assert_true(fabs(og_undominated_expected(&region, &mean, &deviation) -
                         og_expected_improvement(mean, deviation, 0.4)) < 1e-12);
    }
    og_arena_destroy(arena);
}

static void test_lengths_have_worth(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const double points[] = {1, 3, 3, 1};
    const double reference[] = {4, 4};
    og_undominated region = og_undominated_make(arena, points, 2, 2, reference);
    // lengths between 1 and 3 along the first objective count twice
    region.widths[0][1] = 2;
    const double means[] = {2, 2};
    const double deviations[] = {0, 0};
    assert_true(fabs(og_undominated_expected(&region, means, deviations) - 2 * 1) < 1e-12);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_objectives_integrated),
        cmocka_unit_test(test_more_objectives_drawn),
        cmocka_unit_test(test_certain_points_gain_what_they_dominate),
        cmocka_unit_test(test_one_objective_is_expected_improvement),
        cmocka_unit_test(test_lengths_have_worth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
