// The mixing network: its gradient against differences, and that it never falls.

#include "agent/mixing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MIXING_MEMBERS = 7, MIXING_CELLS = MIXING_MEMBERS * OG_MIXING_ROWS };
#define MIXING_STEP 1e-6

typedef struct mixing_case {
    og_arena* arena;
    og_mixing mixing;
    double values[MIXING_CELLS];
    double errors[OG_MIXING_ROWS];  // of the mixed values, in the loss
    double slopes[MIXING_CELLS];
} mixing_case;

static void mixing_open(mixing_case* made) {
    og_random random = og_random_make(3, 1);
    made->arena = og_arena_create();
    made->mixing = og_mixing_make(made->arena, MIXING_MEMBERS, &random);
    for (int i = 0; i < made->mixing.count; i++) {
        made->mixing.parameters[i] += 0.1 * og_random_normal(&random);
    }
    for (int i = 0; i < MIXING_CELLS; i++) {
        made->values[i] = og_random_normal(&random);
    }
    for (int i = 0; i < OG_MIXING_ROWS; i++) {
        made->errors[i] = og_random_normal(&random);
    }
}

// Sum of the mixed values times their errors.
static double mixing_loss(mixing_case* made) {
    double mixed[OG_MIXING_ROWS];
    double sum = 0;
    og_mixing_forward(&made->mixing, made->values, mixed);
    for (int i = 0; i < OG_MIXING_ROWS; i++) {
        sum += made->errors[i] * mixed[i];
    }
    return sum;
}

// Slope of the loss along one number.
static double mixing_difference(mixing_case* made, double* number) {
    const double kept = *number;
    *number = kept + MIXING_STEP;
    const double above = mixing_loss(made);
    *number = kept - MIXING_STEP;
    const double below = mixing_loss(made);
    *number = kept;
    return (above - below) / (2 * MIXING_STEP);
}

// Largest difference between the gradient and differences.
static double mixing_worst(mixing_case* made) {
    double worst = 0;
    for (int i = 0; i < made->mixing.count; i++) {
        const double slope = mixing_difference(made, &made->mixing.parameters[i]);
        worst = fmax(worst, fabs(slope - made->mixing.gradient[i]));
    }
    for (int i = 0; i < MIXING_CELLS; i++) {
        worst = fmax(worst, fabs(mixing_difference(made, &made->values[i]) - made->slopes[i]));
    }
    return worst;
}

static void test_gradient(void** state) {
    (void)state;
    static mixing_case made;
    mixing_open(&made);
    mixing_loss(&made);
    og_mixing_backward(&made.mixing, made.values, made.errors, made.slopes);
    assert_true(mixing_worst(&made) < 1e-7);
    // the check sees a planted fault
    made.slopes[5] *= 1.001;
    assert_false(mixing_worst(&made) < 1e-7);
    og_arena_destroy(made.arena);
}

static void test_monotone(void** state) {
    (void)state;
    static mixing_case made;
    mixing_open(&made);
    double before[OG_MIXING_ROWS];
    og_mixing_forward(&made.mixing, made.values, before);
    for (int m = 0; m < MIXING_MEMBERS; m++) {
        double after[OG_MIXING_ROWS];
        for (int i = 0; i < OG_MIXING_ROWS; i++) {
            made.values[m * OG_MIXING_ROWS + i] += 0.5;
        }
        og_mixing_forward(&made.mixing, made.values, after);
        for (int i = 0; i < OG_MIXING_ROWS; i++) {
            assert_true(after[i] >= before[i]);
            before[i] = after[i];
        }
    }
    og_arena_destroy(made.arena);
}

static void test_learns(void** state) {
    (void)state;
    static mixing_case made;
    mixing_open(&made);
    double first = 0;
    double last = 0;
    for (int step = 0; step < 2000; step++) {
        double errors[OG_MIXING_ROWS];
        last = 0;
        og_mixing_forward(&made.mixing, made.values, errors);
        for (int i = 0; i < OG_MIXING_ROWS; i++) {
            double wanted = 0;
            for (int m = 0; m < MIXING_MEMBERS; m++) {
                wanted += made.values[m * OG_MIXING_ROWS + i] / MIXING_MEMBERS;
            }
            errors[i] = (errors[i] - tanh(wanted)) / OG_MIXING_ROWS;
            last += errors[i] * errors[i] * OG_MIXING_ROWS;
        }
        first = step == 0 ? last : first;
        og_mixing_backward(&made.mixing, made.values, errors, made.slopes);
        og_mixing_step(&made.mixing, 0.01);
    }
    assert_true(last < 1e-3 * first);
    og_arena_destroy(made.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_monotone),
        cmocka_unit_test(test_learns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
