// Counting, numbering, membership and messages of spaces, against brute force.

#include "ogive/space.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// cmocka needs the four above
#include <cmocka.h>

#include "space/space_cases.h"

// A way of numbering designs: the real one, and wrong ones that the oracle must find.
typedef struct space_numbering {
    void (*design)(const og_space* space, uint64_t index, double* x);
    uint64_t (*index)(const og_space* space, const double* x);
} space_numbering;

static void space_design_twice(const og_space* space, uint64_t index, double* x) {
    og_space_design(space, index == 100 ? 99 : index, x);
}

static uint64_t space_index_shifted(const og_space* space, const double* x) {
    return og_space_index(space, x) + (x[0] == 7);
}

static const space_numbering space_real = {og_space_design, og_space_index};
static const space_numbering space_repeating = {space_design_twice, og_space_index};
static const space_numbering space_shifted = {og_space_design, space_index_shifted};

// NULL when the space counts and numbers exactly the feasible designs, else what is wrong.
static const char* space_test_numbers(const og_space* space, const space_case* item,
                                      const space_numbering* numbering) {
    og_arena* arena = og_arena_create();
    long found;
    long combinations;
    const double* designs = space_case_enumerate(arena, item, &found, &combinations);
    bool* seen = OG_NEW(arena, bool, found);
    const char* problem = space->size == (double)found ? NULL : "wrong count";
    for (uint64_t i = 0; i < (uint64_t)found && !problem; i++) {
        double x[16];
        numbering->design(space, i, x);
        const long at = space_case_find(designs, found, item->count, x);
        if (at < 0) {
            problem = "a number gives an infeasible design";
        } else if (seen[at]) {
            problem = "two numbers give one design";
        } else if (numbering->index(space, x) != i) {
            problem = "a design does not give its number back";
        } else {
            seen[at] = true;
        }
    }
    og_arena_destroy(arena);
    return problem;
}

static void space_counts_and_numbers(void** state) {
    (void)state;
    for (int i = 0; i < SPACE_COUNT(space_cases); i++) {
        og_arena* arena = og_arena_create();
        const og_space* space = space_case_open(arena, &space_cases[i]);
        assert_non_null(space);
        const char* problem = space_test_numbers(space, &space_cases[i], &space_real);
        if (problem) {
            fail_msg("%s: %s", space_cases[i].name, problem);
        }
        if (space_cases[i].size > 0) {
            assert_true(space->size == space_cases[i].size);
        }
        assert_true(space->discrete);
        og_arena_destroy(arena);
    }
}

// Every constraint left out, one turned round, and wrong numberings: the oracle notices each.
static void space_oracle_finds_planted_faults(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    int planted = 0;
    for (int i = 0; i < SPACE_COUNT(space_cases); i++) {
        for (int j = 0; j < space_cases[i].constraint_count; j++) {
            space_case fault = space_cases[i];
            const char* kept[8];
            fault.constraints = kept;
            fault.constraint_count = 0;
            for (int k = 0; k < space_cases[i].constraint_count; k++) {
                if (k != j) {
                    kept[fault.constraint_count++] = space_cases[i].constraints[k];
                }
            }
            assert_non_null(
                space_test_numbers(space_case_open(arena, &fault), &fault, &space_real));
            planted++;
        }
    }
    assert_int_equal(planted, 19);
    space_case turned = space_cases[2];
    static const char* const other_way[] = {"a >= b"};
    turned.constraints = other_way;
    const og_space* space = space_case_open(arena, &turned);
    assert_string_equal(space_test_numbers(space, &turned, &space_real),
                        "a number gives an infeasible design");
    space = space_case_open(arena, &space_cases[2]);
    assert_null(space_test_numbers(space, &space_cases[2], &space_real));
    assert_string_equal(space_test_numbers(space, &space_cases[2], &space_repeating),
                        "two numbers give one design");
    assert_string_equal(space_test_numbers(space, &space_cases[2], &space_shifted),
                        "a design does not give its number back");
    og_arena_destroy(arena);
}

static void space_contains_exactly_the_feasible(void** state) {
    (void)state;
    for (int c = 0; c < SPACE_COUNT(space_cases); c++) {
        const space_case* item = &space_cases[c];
        og_arena* arena = og_arena_create();
        const og_space* space = space_case_open(arena, item);
        long found;
        long combinations;
        space_case_enumerate(arena, item, &found, &combinations);
        long contained = 0;
        for (long number = 0; number < combinations; number++) {
            double x[16];
            long rest = number;
            for (int i = 0; i < item->count; i++) {
                const long levels = (long)og_parameter_levels(&item->parameters[i]);
                x[i] = og_parameter_value(&item->parameters[i], rest % levels);
                rest /= levels;
            }
            assert_int_equal(og_space_contains(space, x), item->feasible(x));
            assert_int_equal(og_space_check(space, x) == OG_OK, item->feasible(x));
            contained += item->feasible(x);
            x[0] += 0.25;
            assert_false(og_space_contains(space, x));
            x[0] = NAN;
            assert_false(og_space_contains(space, x));
        }
        assert_int_equal(contained, found);
        og_arena_destroy(arena);
    }
}

static void space_initial_is_feasible_and_near(void** state) {
    (void)state;
    for (int c = 0; c < SPACE_COUNT(space_cases); c++) {
        og_arena* arena = og_arena_create();
        const og_space* space = space_case_open(arena, &space_cases[c]);
        double x[16];
        og_space_initial(space, x);
        assert_true(og_space_contains(space, x));
        og_arena_destroy(arena);
    }
    // a = 20, b = 10 violates a <= b: one of them moves, to the nearest value
    og_arena* arena = og_arena_create();
    const og_space* space = space_case_open(arena, &space_cases[2]);
    double x[3];
    og_space_initial(space, x);
    assert_true((x[0] == 20 && x[1] == 20) || (x[0] == 10 && x[1] == 10));
    og_arena_destroy(arena);
}

// 60 parameters of 128 levels in a chain, neighbours differ by at most one: counted by a recursion
// of our own.
static void space_counts_beyond_integers(void** state) {
    (void)state;
    enum { LENGTH = 60, LEVELS = 128 };
    og_arena* arena = og_arena_create();
    og_parameter* parameters = OG_NEW(arena, og_parameter, LENGTH);
    const char** constraints = OG_NEW(arena, const char*, LENGTH - 1);
    double count[LEVELS];
    for (int i = 0; i < LEVELS; i++) {
        count[i] = 1;
    }
    for (int i = 0; i < LENGTH; i++) {
        parameters[i] = (og_parameter){
            OG_INTEGER_ROW(og_text_format(arena, "x%d", i), "", 0, LEVELS - 1, 5, "d")};
        double next[LEVELS];
        for (int v = 0; i > 0 && v < LEVELS; v++) {
            next[v] = count[v] + (v > 0 ? count[v - 1] : 0) + (v + 1 < LEVELS ? count[v + 1] : 0);
        }
        if (i > 0) {
            constraints[i - 1] = og_text_format(arena, "abs(x%d - x%d) <= 1", i - 1, i);
            memcpy(count, next, sizeof count);
        }
    }
    double expected = 0;
    for (int v = 0; v < LEVELS; v++) {
        expected += count[v];
    }
    const og_space_table table = {parameters, LENGTH, constraints, LENGTH - 1};
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
    assert_true(expected > 1e30);
    assert_true(fabs(space->size / expected - 1) < 1e-12);
    og_random random = og_random_make(1, 1);
    double x[LENGTH];
    for (int i = 0; i < 1000; i++) {
        og_space_sample(space, &random, x);
        assert_true(og_space_contains(space, x));
    }
    og_arena_destroy(arena);
}

// 200 parameters with 128 levels: 1e400 designs, above what a double holds before scaling.
static void space_survives_astronomic_counts(void** state) {
    (void)state;
    enum { LENGTH = 200 };
    og_arena* arena = og_arena_create();
    og_parameter* parameters = OG_NEW(arena, og_parameter, LENGTH);
    const char** constraints = OG_NEW(arena, const char*, LENGTH - 1);
    for (int i = 0; i < LENGTH; i++) {
        parameters[i] =
            (og_parameter){OG_INTEGER_ROW(og_text_format(arena, "x%d", i), "", 0, 127, 5, "d")};
        if (i > 0) {
            constraints[i - 1] = og_text_format(arena, "x%d != x%d", i - 1, i);
        }
    }
    const og_space_table table = {parameters, LENGTH, constraints, LENGTH - 1};
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
    assert_true(space->size > 1e300);
    og_random random = og_random_make(1, 1);
    double x[LENGTH];
    for (int i = 0; i < 100; i++) {
        og_space_sample(space, &random, x);
        assert_true(og_space_contains(space, x));
        assert_true(og_space_mutate(space, &random, x, i));
        assert_true(og_space_contains(space, x));
    }
    og_arena_destroy(arena);
}

static void space_reports(const og_space_table* table, const char* message) {
    og_arena* arena = og_arena_create();
    const og_space* space = NULL;
    assert_int_not_equal(og_space_create(arena, table, &space), OG_OK);
    assert_string_equal(og_error_text(), message);
    og_arena_destroy(arena);
}

static void space_names_the_constraint_that_empties_it(void** state) {
    (void)state;
    const char* three[] = {"c or a > 0", "a <= b", "b < 5", "a > 7", "b == 1"};
    space_reports(&(og_space_table){space_case_pair, 3, three, 5},
                  "no design is feasible: constraint 'a > 7' contradicts 'a <= b', 'b < 5'");
    const char* between[] = {"a <= b", "c or a > 0", "b < 5", "c", "a > 7"};
    space_reports(&(og_space_table){space_case_pair, 3, between, 5},
                  "no design is feasible: constraint 'a > 7' contradicts 'a <= b', 'b < 5'");
    const char* alone[] = {"a <= b", "a > 200"};
    space_reports(
        &(og_space_table){space_case_pair, 3, alone, 2},
        "no design is feasible: constraint 'a > 200' holds for no values of its parameters");
    const char* condition[] = {"limit == 5", "policy == Open"};
    space_reports(&(og_space_table){space_case_chain, 5, condition, 2},
                  "no design is feasible: constraint 'policy == Open' contradicts 'limit == 5'");
}

static void space_explains_wrong_tables(void** state) {
    (void)state;
    const char* name[] = {"a <= bb"};
    space_reports(&(og_space_table){space_case_pair, 3, name, 1},
                  "constraint 'a <= bb': column 6: unknown name 'bb', did you mean b?");
    const char* constant[] = {"1 > 2"};
    space_reports(
        &(og_space_table){space_case_pair, 3, constant, 1},
        "constraint '1 > 2': a constraint must read a parameter or metric; this one is the "
        "same for all designs");
    const char* number[] = {"a <= b", "a"};
    space_reports(&(og_space_table){space_case_pair, 3, number, 2},
                  "constraint 'a': a constraint must compare something, for example power_mw <= "
                  "1500");
    const og_parameter circle[] = {
        {OG_BOOLEAN_ROW("a", 0, "d"), .active = "b"},
        {OG_BOOLEAN_ROW("b", 0, "d"), .active = "a"},
    };
    space_reports(&(og_space_table){circle, 2, NULL, 0}, "condition of a 'b' depends on a itself");
    const og_parameter text[] = {{OG_TEXT_ROW("file", "x", "d")}};
    space_reports(&(og_space_table){text, 1, NULL, 0}, "parameter 'file': text cannot be searched");
    const og_parameter twice[] = {{OG_BOOLEAN_ROW("a", 0, "d")}, {OG_BOOLEAN_ROW("a", 0, "d")}};
    space_reports(&(og_space_table){twice, 2, NULL, 0}, "parameter 'a' appears twice");
}

static void space_explains_bad_designs(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_space* space = space_case_open(arena, &space_cases[2]);
    assert_int_not_equal(og_space_check(space, (double[]){41, 40, 0}), OG_OK);
    assert_string_equal(og_error_text(), "a: 41 is not allowed, allowed: 1 .. 40");
    assert_int_not_equal(og_space_check(space, (double[]){9, 8, 0}), OG_OK);
    assert_string_equal(og_error_text(), "constraint 'a <= b' does not hold");
    space = space_case_open(arena, &space_cases[1]);
    assert_int_not_equal(og_space_check(space, (double[]){0, 4, 3, 0, 1}), OG_OK);
    assert_string_equal(og_error_text(),
                        "depth: 4 is not allowed while 'policy != Open' is false, allowed: 2");
    assert_false(og_space_active(space, (double[]){0, 2, 3, 0, 1}, 1));
    assert_true(og_space_active(space, (double[]){1, 2, 3, 0, 1}, 1));
    og_arena_destroy(arena);
}

static void space_forms_groups(void** state) {
    (void)state;
    const og_parameter parameters[] = {
        {OG_BOOLEAN_ROW("a", 0, "d"), .group = "first"},
        {OG_BOOLEAN_ROW("b", 0, "d")},
        {OG_BOOLEAN_ROW("c", 0, "d"), .group = "first"},
    };
    og_arena* arena = og_arena_create();
    const og_space* space = NULL;
    const og_space_table table = {parameters, 3, NULL, 0};
    assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
    assert_int_equal(space->group_count, 2);
    assert_string_equal(space->groups[0], "first");
    assert_string_equal(space->groups[1], "b");
    assert_int_equal(space->group_of[2], 0);
    og_arena_destroy(arena);
}

// Reals, constraints on reals, and tables above the limit: no count, yet feasible designs.
static void space_manages_without_tables(void** state) {
    (void)state;
    static const og_parameter reals[] = {
        {OG_REAL_ROW("rate", "", 1e-4, 1, 0.01, "d"), .scale = OG_LOGARITHMIC},
        {OG_REAL_ROW("share", "", 0, 1, 0.9, "d")},
        {OG_INTEGER_ROW("n", "", 1, 8, 4, "d")},
        {OG_REAL_ROW("momentum", "", 0, 1, 0.5, "d"), .active = "n > 4"},
        {OG_INTEGER_ROW("late", "", 0, 9, 3, "d"), .active = "rate > 0.1"},
    };
    static const char* const sums[] = {"rate + share <= 0.2", "late != 5", "n * share <= 0.5"};
    static const og_parameter large[] = {
        {OG_INTEGER_ROW("a", "", 1, 1000, 500, "d")}, {OG_INTEGER_ROW("b", "", 1, 1000, 500, "d")},
        {OG_INTEGER_ROW("c", "", 1, 1000, 500, "d")}, {OG_INTEGER_ROW("d", "", 1, 1e9, 500, "d")},
        {OG_INTEGER_ROW("e", "", 1, 9, 5, "d")},
    };
    static const char* const heavy[] = {"a + b + c <= 600", "e != 5", "d < 5e8", "a <= b"};
    const og_space_table tables[] = {{reals, 5, sums, 3}, {large, 5, heavy, 4}};
    for (int t = 0; t < 2; t++) {
        og_arena* arena = og_arena_create();
        const og_space* space = NULL;
        assert_int_equal(og_space_create(arena, &tables[t], &space), OG_OK);
        assert_true(t == 0 ? isinf(space->size) : space->size == -1);
        og_random random = og_random_make(7, (uint64_t)t);
        double x[5];
        og_space_initial(space, x);
        assert_true(og_space_contains(space, x));
        int moved = 0;
        for (int i = 0; i < 500; i++) {
            og_space_sample(space, &random, x);
            assert_true(og_space_contains(space, x));
            double y[5];
            memcpy(y, x, sizeof y);
            const bool changed = i % 2 ? og_space_mutate(space, &random, x, i % 5)
                                       : og_space_step(space, &random, x, i % 5);
            assert_true(changed == (memcmp(x, y, sizeof y) != 0));
            assert_true(og_space_contains(space, x));
            moved += changed;
            for (int j = 0; j < 5; j++) {
                x[j] = 2000 * og_random_uniform(&random);
            }
            og_space_repair(space, &random, x);
            assert_true(og_space_contains(space, x));
        }
        assert_true(moved > 300);
        og_arena_destroy(arena);
    }
    const char* never[] = {"rate + share > 3", "rate < 2"};
    space_reports(&(og_space_table){reals, 5, never, 2},
                  "no feasible design was found: constraint 'rate + share > 3' held in 0 of 10000 "
                  "random designs");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(space_counts_and_numbers),
        cmocka_unit_test(space_oracle_finds_planted_faults),
        cmocka_unit_test(space_contains_exactly_the_feasible),
        cmocka_unit_test(space_initial_is_feasible_and_near),
        cmocka_unit_test(space_counts_beyond_integers),
        cmocka_unit_test(space_survives_astronomic_counts),
        cmocka_unit_test(space_names_the_constraint_that_empties_it),
        cmocka_unit_test(space_explains_wrong_tables),
        cmocka_unit_test(space_explains_bad_designs),
        cmocka_unit_test(space_forms_groups),
        cmocka_unit_test(space_manages_without_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
