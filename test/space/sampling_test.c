// Drawing, repairing, moving and choosing in turn, against brute force.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// cmocka needs the four above
#include <cmocka.h>

#include "ogive/space.h"
#include "space/space_cases.h"

typedef void sampling_draw(const og_space* space, og_random* random, double* x);

// 10^8 combinations, 100 of them feasible: one in a million.
static const og_parameter sampling_needle[] = {
    {OG_INTEGER_ROW("a", "", 0, 99, 0, "d")},
    {OG_INTEGER_ROW("b", "", 0, 99, 0, "d")},
    {OG_INTEGER_ROW("c", "", 0, 99, 0, "d")},
    {OG_INTEGER_ROW("d", "", 0, 99, 0, "d")},
};
static const char* const sampling_needle_constraints[] = {"a + b == 99", "c == a",
                                                          "(b + d) % 100 == 7"};
static const space_case sampling_needle_case = {.parameters = sampling_needle,
                                                .count = 4,
                                                .constraints = sampling_needle_constraints,
                                                .constraint_count = 3};

// NULL when `draw` is uniform over all designs of the space, else what is wrong.
static const char* sampling_uniform(const og_space* space, sampling_draw* draw) {
    enum { PER_DESIGN = 60 };
    og_arena* arena = og_arena_create();
    const long designs = (long)space->size;
    long* seen = OG_NEW(arena, long, designs);
    og_random random = og_random_make(11, 3);
    const char* problem = NULL;
    for (long i = 0; i < PER_DESIGN * designs && !problem; i++) {
        double x[16];
        draw(space, &random, x);
        if (og_space_contains(space, x)) {
            seen[og_space_index(space, x)]++;
        } else {
            problem = "an infeasible design was drawn";
        }
    }
    double square = 0;
    for (long i = 0; i < designs; i++) {
        const double off = (double)(seen[i] - PER_DESIGN);
        square += off * off / PER_DESIGN;
    }
    // the statistic has mean designs - 1 and variance 2 (designs - 1); too even is wrong as well
    const double freedom = (double)(designs - 1);
    if (!problem && fabs(square - freedom) > 4 * sqrt(2 * freedom)) {
        problem = square > freedom ? "not uniform" : "too even to be random";
    }
    og_arena_destroy(arena);
    return problem;
}

static void sampling_is_uniform(void** state) {
    (void)state;
    for (int i = 0; i < SPACE_COUNT(space_cases); i++) {
        og_arena* arena = og_arena_create();
        const og_space* space = space_case_open(arena, &space_cases[i]);
        const char* problem = sampling_uniform(space, og_space_sample);
        if (problem) {
            fail_msg("%s: %s", space_cases[i].name, problem);
        }
        og_arena_destroy(arena);
    }
}

static void sampling_is_uniform_where_one_in_a_million_is_feasible(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_space* space = space_case_open(arena, &sampling_needle_case);
    assert_true(space->size == 100);
    assert_null(sampling_uniform(space, og_space_sample));
    og_arena_destroy(arena);
}

// The usual mistake: every parameter uniform among the values that are still possible.
static void sampling_draw_in_turn(const og_space* space, og_random* random, double* x) {
    int order[16];
    og_space_order(space, order);
    for (int i = 0; i < space->count; i++) {
        bool allowed[64];
        const int count = og_space_allowed(space, x, order[i], allowed);
        int skip = (int)og_random_below(random, (uint64_t)count);
        int level = 0;
        while (!allowed[level] || skip-- > 0) {
            level++;
        }
        x[order[i]] = og_parameter_value(&space->parameters[order[i]], level);
    }
}

static void sampling_draw_unchecked(const og_space* space, og_random* random, double* x) {
    og_space_sample(space, random, x);
    x[0] = og_random_below(random, 100) == 0 ? 1 : x[0];
}

static void sampling_draw_evenly(const og_space* space, og_random* random, double* x) {
    static uint64_t next;
    (void)random;
    og_space_design(space, next++ % (uint64_t)space->size, x);
}

static void sampling_draw_favouring(const og_space* space, og_random* random, double* x) {
    og_space_sample(space, random, x);
    if (og_random_below(random, 5) == 0) {
        og_space_design(space, og_random_below(random, (uint64_t)space->size / 2), x);
    }
}

static void sampling_oracle_finds_planted_faults(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_space* space = space_case_open(arena, &space_cases[2]);
    assert_string_equal(sampling_uniform(space, sampling_draw_in_turn), "not uniform");
    assert_string_equal(sampling_uniform(space, sampling_draw_evenly), "too even to be random");
    space = space_case_open(arena, &space_cases[4]);
    assert_string_equal(sampling_uniform(space, sampling_draw_unchecked),
                        "an infeasible design was drawn");
    space = space_case_open(arena, &space_cases[0]);
    assert_string_equal(sampling_uniform(space, sampling_draw_favouring), "not uniform");
    og_arena_destroy(arena);
}

// True when some design agrees with x on the first `count` parameters of `order` and has `value`
// for parameter `index`.
static bool sampling_completes(const double* designs, long found, int width, const double* x,
                               const int* order, int count, int index, double value) {
    for (long i = 0; i < found; i++) {
        const double* y = designs + i * width;
        bool agrees = y[index] == value;
        for (int k = 0; k < count && agrees; k++) {
            agrees = y[order[k]] == x[order[k]];
        }
        if (agrees) {
            return true;
        }
    }
    return false;
}

// A row of arbitrary numbers around the ranges.
static void sampling_disturb(const og_space* space, og_random* random, double* x) {
    for (int i = 0; i < space->count; i++) {
        const og_parameter* parameter = &space->parameters[i];
        const double last = (double)(og_parameter_levels(parameter) - 1);
        const double low = og_parameter_value(parameter, 0);
        const double high = og_parameter_value(parameter, (int64_t)last);
        x[i] = low - 1 + (high - low + 2) * og_random_uniform(random);
        x[i] = og_random_below(random, 20) == 0 ? NAN : x[i];
    }
}

static void sampling_repair_changes_little(void** state) {
    (void)state;
    for (int c = 0; c < SPACE_COUNT(space_cases); c++) {
        og_arena* arena = og_arena_create();
        const int width = space_cases[c].count;
        const og_space* space = space_case_open(arena, &space_cases[c]);
        long found;
        long combinations;
        const double* designs = space_case_enumerate(arena, &space_cases[c], &found, &combinations);
        int order[16];
        og_space_order(space, order);
        og_random random = og_random_make(5, (uint64_t)c);
        for (int i = 0; i < 300; i++) {
            double x[16];
            double y[16];
            sampling_disturb(space, &random, x);
            memcpy(y, x, sizeof y);
            og_space_repair(space, &random, y);
            assert_true(og_space_contains(space, y));
            for (int k = 0; k < width; k++) {
                const og_parameter* parameter = &space->parameters[order[k]];
                const double nearest =
                    og_parameter_value(parameter, og_parameter_level(parameter, x[order[k]]));
                assert_true(
                    y[order[k]] == nearest ||
                    !sampling_completes(designs, found, width, y, order, k, order[k], nearest));
            }
            // what is feasible stays
            memcpy(x, y, sizeof x);
            og_space_repair(space, &random, x);
            assert_memory_equal(x, y, sizeof *x * (size_t)width);
        }
        og_arena_destroy(arena);
    }
}

static void sampling_allows_what_completes(void** state) {
    (void)state;
    for (int c = 0; c < SPACE_COUNT(space_cases); c++) {
        og_arena* arena = og_arena_create();
        const int width = space_cases[c].count;
        const og_space* space = space_case_open(arena, &space_cases[c]);
        long found;
        long combinations;
        const double* designs = space_case_enumerate(arena, &space_cases[c], &found, &combinations);
        int order[16];
        og_space_order(space, order);
        og_random random = og_random_make(6, (uint64_t)c);
        for (int i = 0; i < 50; i++) {
            double x[16];
            og_space_sample(space, &random, x);
            for (int k = 0; k < width; k++) {
                const og_parameter* parameter = &space->parameters[order[k]];
                const int levels = (int)og_parameter_levels(parameter);
                bool allowed[64];
                int count = 0;
                const int claimed = og_space_allowed(space, x, order[k], allowed);
                for (int level = 0; level < levels; level++) {
                    const double value = og_parameter_value(parameter, level);
                    assert_int_equal(allowed[level], sampling_completes(designs, found, width, x,
                                                                        order, k, order[k], value));
                    count += allowed[level];
                }
                assert_int_equal(claimed, count);
            }
        }
        og_arena_destroy(arena);
    }
}

// What is allowed is the same in two designs that agree in the deciders.
static void sampling_deciders_decide(void** state) {
    (void)state;
    for (int c = 0; c < SPACE_COUNT(space_cases); c++) {
        og_arena* arena = og_arena_create();
        const og_space* space = space_case_open(arena, &space_cases[c]);
        const int width = space->count;
        og_random random = og_random_make(7, (uint64_t)c);
        for (int i = 0; i < 50 * width; i++) {
            const int index = i % width;
            const int levels = (int)og_parameter_levels(&space->parameters[index]);
            double x[16];
            double y[16];
            og_space_sample(space, &random, x);
            og_space_sample(space, &random, y);
            int deciders[16];
            const int count = og_space_deciders(space, index, deciders);
            for (int k = 0; k < count; k++) {
                y[deciders[k]] = x[deciders[k]];
            }
            bool first[64];
            bool second[64];
            assert_int_equal(og_space_allowed(space, x, index, first),
                             og_space_allowed(space, y, index, second));
            assert_memory_equal(first, second, sizeof(bool) * (size_t)levels);
        }
        og_arena_destroy(arena);
    }
}

// Values of parameter `index` in any feasible design: which levels, and how many.
static int sampling_support(const og_space* space, const double* designs, long found, int index,
                            bool* support) {
    const og_parameter* parameter = &space->parameters[index];
    memset(support, 0, 64 * sizeof *support);
    int count = 0;
    for (long i = 0; i < found; i++) {
        const int64_t level = og_parameter_level(parameter, designs[i * space->count + index]);
        count += !support[level];
        support[level] = true;
    }
    return count;
}

// Mutate parameter `index` of x again and again: every other value about equally often, and nothing
// else changes where nothing else must.
static void sampling_check_mutation(const og_space* space, const bool* support, int count,
                                    const double* x, int index, og_random* random) {
    enum { PER_VALUE = 80 };
    const og_parameter* parameter = &space->parameters[index];
    long seen[64] = {0};
    for (int i = 0; i < PER_VALUE * (count - 1); i++) {
        double y[16];
        memcpy(y, x, sizeof y);
        assert_true(og_space_mutate(space, random, y, index));
        assert_true(og_space_contains(space, y));
        assert_true(y[index] != x[index]);
        seen[og_parameter_level(parameter, y[index])]++;
        double alone[16];
        memcpy(alone, x, sizeof alone);
        alone[index] = y[index];
        if (og_space_contains(space, alone)) {
            assert_memory_equal(alone, y, sizeof *y * (size_t)space->count);
        }
    }
    double square = 0;
    const int64_t own = og_parameter_level(parameter, x[index]);
    for (int level = 0; level < 64; level++) {
        const long expected = support[level] && level != own ? PER_VALUE : 0;
        assert_true(expected > 0 || seen[level] == 0);
        const double off = (double)(seen[level] - expected);
        square += expected > 0 ? off * off / PER_VALUE : 0;
    }
    const double freedom = count - 2;
    assert_true(square <= freedom + 5 * sqrt(2 * freedom) + 1e-9);
}

static void sampling_check_step(const og_space* space, const bool* support, const double* x,
                                int index, og_random* random) {
    const og_parameter* parameter = &space->parameters[index];
    const int levels = (int)og_parameter_levels(parameter);
    const int own = (int)og_parameter_level(parameter, x[index]);
    int up = own + 1;
    int down = own - 1;
    while (up < levels && !support[up]) {
        up++;
    }
    while (down >= 0 && !support[down]) {
        down--;
    }
    bool went_up = false;
    bool went_down = false;
    for (int i = 0; i < 40; i++) {
        double y[16];
        memcpy(y, x, sizeof y);
        assert_true(og_space_step(space, random, y, index));
        assert_true(og_space_contains(space, y));
        const int level = (int)og_parameter_level(parameter, y[index]);
        assert_true(level == up || level == down || parameter->kind == OG_CHOICE);
        went_up = went_up || level == up;
        went_down = went_down || level == down;
    }
    assert_true(parameter->kind == OG_CHOICE ||
                (went_up == (up < levels) && went_down == (down >= 0)));
}

static void sampling_mutates_and_steps(void** state) {
    (void)state;
    for (int c = 0; c < SPACE_COUNT(space_cases); c++) {
        og_arena* arena = og_arena_create();
        const og_space* space = space_case_open(arena, &space_cases[c]);
        long found;
        long combinations;
        const double* designs = space_case_enumerate(arena, &space_cases[c], &found, &combinations);
        og_random random = og_random_make(8, (uint64_t)c);
        for (int index = 0; index < space->count; index++) {
            bool support[64];
            const int count = sampling_support(space, designs, found, index, support);
            for (int i = 0; i < 10; i++) {
                double x[16];
                double y[16];
                og_space_sample(space, &random, x);
                memcpy(y, x, sizeof y);
                if (count > 1 && og_space_active(space, x, index)) {
                    sampling_check_mutation(space, support, count, x, index, &random);
                    sampling_check_step(space, support, x, index, &random);
                } else {
                    assert_false(og_space_mutate(space, &random, y, index));
                    assert_false(og_space_step(space, &random, y, index));
                    assert_memory_equal(x, y, sizeof *x * (size_t)space->count);
                }
            }
        }
        og_arena_destroy(arena);
    }
}

// Three parameters whose table is too large to be made for each as root; two of them decide the
// third.
static void sampling_moves_in_large_tables(void** state) {
    (void)state;
    static const og_parameter parameters[] = {
        {OG_INTEGER_ROW("a", "", 1, 150, 75, "d")},
        {OG_INTEGER_ROW("b", "", 1, 150, 75, "d")},
        {OG_INTEGER_ROW("c", "", 1, 150, 75, "d")},
    };
    static const char* const sum[] = {"a + b + c == 225"};
    static const char* const room[] = {"a + b + c <= 225"};
    for (int t = 0; t < 2; t++) {
        og_arena* arena = og_arena_create();
        const og_space_table table = {parameters, 3, t == 0 ? sum : room, 1};
        const og_space* space = NULL;
        assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
        og_random random = og_random_make(2, 2);
        double x[3];
        og_space_initial(space, x);
        int stepped = 0;
        for (int i = 0; i < 3000; i++) {
            double y[3];
            memcpy(y, x, sizeof y);
            assert_true(og_space_mutate(space, &random, x, i % 3));
            assert_true(og_space_contains(space, x) && x[i % 3] != y[i % 3]);
            memcpy(y, x, sizeof y);
            const bool moved = og_space_step(space, &random, x, i % 3);
            assert_true(og_space_contains(space, x) && moved == (x[i % 3] != y[i % 3]));
            stepped += moved;
        }
        assert_true(stepped >= 990);
        og_arena_destroy(arena);
    }
}

static void sampling_depends_on_the_stream_alone(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_space* space = space_case_open(arena, &space_cases[1]);
    og_random first = og_random_make(1, 2);
    og_random second = first;
    for (int i = 0; i < 100; i++) {
        double x[16];
        double y[16];
        og_space_sample(space, &first, x);
        og_space_sample(space, &second, y);
        assert_memory_equal(x, y, sizeof *x * (size_t)space->count);
    }
    og_arena_destroy(arena);
}

// Reals are uniform in their scale: a quarter of the draws in each quarter of it.
static void sampling_draws_reals_by_scale(void** state) {
    (void)state;
    static const og_parameter reals[] = {
        {OG_REAL_ROW("linear", "", -2, 6, 0, "d")},
        {OG_REAL_ROW("ratio", "", 1e-4, 1e4, 1, "d"), .scale = OG_LOGARITHMIC},
    };
    og_arena* arena = og_arena_create();
    const og_space_table table = {reals, 2, NULL, 0};
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
    assert_true(isinf(space->size) && !space->discrete);
    og_random random = og_random_make(3, 3);
    int seen[2][4] = {{0}};
    for (int i = 0; i < 40000; i++) {
        double x[2];
        og_space_sample(space, &random, x);
        seen[0][(int)((x[0] + 2) / 2)]++;
        seen[1][(int)((log10(x[1]) + 4) / 2)]++;
    }
    for (int i = 0; i < 8; i++) {
        assert_in_range(seen[i / 4][i % 4], 9600, 10400);
    }
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sampling_is_uniform),
        cmocka_unit_test(sampling_is_uniform_where_one_in_a_million_is_feasible),
        cmocka_unit_test(sampling_oracle_finds_planted_faults),
        cmocka_unit_test(sampling_repair_changes_little),
        cmocka_unit_test(sampling_allows_what_completes),
        cmocka_unit_test(sampling_deciders_decide),
        cmocka_unit_test(sampling_mutates_and_steps),
        cmocka_unit_test(sampling_moves_in_large_tables),
        cmocka_unit_test(sampling_depends_on_the_stream_alone),
        cmocka_unit_test(sampling_draws_reals_by_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
