// Children of two parents: within bounds, around their parents as the papers say, feasible.

#include "agent/recombination.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char* const recombination_colours[] = {"red", "green", "blue"};
static const og_parameter recombination_rows[] = {
    {OG_REAL_ROW("wide", "", -1e6, 1e6, 0, "Real, its bounds far from the parents.")},
    {OG_REAL_ROW("near", "", 0, 1, 0.5, "Real.")},
    {OG_REAL_ROW("log", "", 1e-6, 1, 1e-3, "Logarithmic."), .scale = OG_LOGARITHMIC},
    {OG_INTEGER_ROW("many", "", 0, 99, 50, "Long order.")},
    {OG_INTEGER_ROW("few", "", 0, 5, 3, "Short order.")},
    {OG_CHOICE_ROW("colour", recombination_colours, 0, "Choice.")},
};
enum { RECOMBINATION_WIDTH = 6, RECOMBINATION_ROUNDS = 20000 };

static const og_space* recombination_space(og_arena* arena, const char* const* constraints,
                                           int count) {
    const og_space_table table = {recombination_rows, RECOMBINATION_WIDTH, constraints, count};
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
    return space;
}

static const double recombination_a[] = {-100, 0.1, 1e-5, 10, 1, 0};
static const double recombination_b[] = {100, 0.9, 1e-1, 90, 4, 2};

static void test_children_are_feasible(void** state) {
    (void)state;
    static const char* const constraints[] = {"few * 20 >= many - 40", "near <= 0.95"};
    og_arena* arena = og_arena_create();
    const og_space* space = recombination_space(arena, constraints, 2);
    og_random random = og_random_make(1, 1);
    const og_recombination how = {1, 2, 0.3, 5};
    double child[RECOMBINATION_WIDTH];
    for (int i = 0; i < RECOMBINATION_ROUNDS; i++) {
        og_recombine(space, &random, &how, recombination_a, recombination_b, child);
        assert_true(og_space_contains(space, child));
    }
    og_arena_destroy(arena);
}

// The mean of children is that of their parents, and half of the crossed numbers lie farther out
// than their parents: the spread has its median at 1.
static void test_crossover_as_published(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_space* space = recombination_space(arena, NULL, 0);
    og_random random = og_random_make(2, 1);
    const og_recombination how = {1, 15, 0, 20};
    double sum[RECOMBINATION_WIDTH] = {0};
    int crossed = 0;
    int outside = 0;
    int far = 0;
    for (int i = 0; i < RECOMBINATION_ROUNDS; i++) {
        double child[RECOMBINATION_WIDTH];
        og_recombine(space, &random, &how, i % 2 ? recombination_a : recombination_b,
                     i % 2 ? recombination_b : recombination_a, child);
        for (int k = 0; k < RECOMBINATION_WIDTH; k++) {
            sum[k] += k == 2 ? log(child[k]) : child[k];
        }
        crossed += fabs(child[0]) < 100 || fabs(child[0]) > 100;
        outside += fabs(child[0]) > 100;
        far += fabs(child[0]) > 110;
        assert_true(child[4] == 1 || child[4] == 4);
        assert_true(child[5] == 0 || child[5] == 2);
    }
    const double means[] = {0, 0.5, log(1e-3), 50, 2.5, 1};
    const double errors[] = {3, 0.01, 0.1, 1, 0.05, 0.05};
    for (int k = 0; k < RECOMBINATION_WIDTH; k++) {
        assert_true(fabs(sum[k] / RECOMBINATION_ROUNDS - means[k]) < errors[k]);
    }
    assert_true(fabs(crossed / (double)RECOMBINATION_ROUNDS - 0.5) < 0.02);
    assert_true(fabs(outside / (double)crossed - 0.5) < 0.03);
    // spread above 1.1: probability 1.1^-16 / 2
    assert_true(fabs(far / (double)crossed - 0.5 * pow(1.1, -16)) < 0.02);
    og_arena_destroy(arena);
}

// Polynomial mutation from the middle of the range: |step| / range exceeds d with probability
// (1 - 2 d)^(index + 1), nearly, as bounds are far.
static void test_mutation_as_published(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_space* space = recombination_space(arena, NULL, 0);
    og_random random = og_random_make(3, 1);
    const og_recombination how = {0, 15, 1, 20};
    double a[RECOMBINATION_WIDTH] = {0, 0.5, 1e-3, 10, 1, 0};
    int up = 0;
    int far = 0;
    for (int i = 0; i < RECOMBINATION_ROUNDS; i++) {
        double child[RECOMBINATION_WIDTH];
        og_recombine(space, &random, &how, a, recombination_b, child);
        up += child[0] > 0;
        far += fabs(child[0]) > 0.05 * 2e6;
        assert_true(child[3] < 10 || child[3] > 10);
        assert_true(child[5] > 0);
    }
    assert_true(fabs(up / (double)RECOMBINATION_ROUNDS - 0.5) < 0.02);
    assert_true(fabs(far / (double)RECOMBINATION_ROUNDS - pow(0.95, 21)) < 0.02);
    og_arena_destroy(arena);
}

// Without crossover and mutation a child is its first parent.
static void test_nothing_changes(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_space* space = recombination_space(arena, NULL, 0);
    og_random random = og_random_make(4, 1);
    const og_recombination how = {0, 15, 0, 20};
    double child[RECOMBINATION_WIDTH];
    for (int i = 0; i < 100; i++) {
        og_recombine(space, &random, &how, recombination_a, recombination_b, child);
        assert_memory_equal(child, recombination_a, sizeof child);
    }
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_children_are_feasible),
        cmocka_unit_test(test_crossover_as_published),
        cmocka_unit_test(test_mutation_as_published),
        cmocka_unit_test(test_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
