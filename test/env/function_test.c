// The test problems against published values, closed forms and brute force.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/environment.h"
#include "ogive/file.h"
#include "ogive/text.h"

static const og_environment* function_type(void) {
    const og_environment* type = NULL;
    assert_int_equal(og_environment_find("function", &type), OG_OK);
    return type;
}

// Open with `count` pairs of option and value.
static og_status function_try(og_arena* arena, const char* const* pairs, int count,
                              og_model* model) {
    const og_environment* type = function_type();
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    for (int i = 0; i < count; i += 2) {
        assert_int_equal(og_settings_set(&options, pairs[i], pairs[i + 1]), OG_OK);
    }
    return og_environment_open(arena, type, &options, model);
}

static og_model function_open(og_arena* arena, const char* const* pairs, int count) {
    og_model model;
    if (function_try(arena, pairs, count, &model) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return model;
}

#define FUNCTION_OPEN(arena, ...)                              \
    function_open((arena), (const char* const[]){__VA_ARGS__}, \
                  (int)(sizeof((const char* const[]){__VA_ARGS__}) / sizeof(char*)))

static og_outcome function_cost(const og_model* model, const double* x, double* y) {
    const char* reason = NULL;
    return model->type->evaluate(model->data, x, y, NULL, &reason);
}

static void function_expect(const og_model* model, const double* x, int metric, double expected) {
    double y[8];
    assert_int_equal(function_cost(model, x, y), OG_FEASIBLE);
    if (fabs(y[metric] - expected) > 1e-12 * fmax(1, fabs(expected))) {
        fail_msg("%s: %.17g, expected %.17g", model->metrics[metric].name, y[metric], expected);
    }
}

static void test_textbook_values(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const double zero[] = {0, 0, 0};
    const double point[] = {1, -2, 3};
    og_model model =
        FUNCTION_OPEN(arena, "function", "sphere", "dimensions", "3", "levels", "0", "seed", "0");
    function_expect(&model, zero, 0, 0);
    function_expect(&model, point, 0, 14);
    model = FUNCTION_OPEN(arena, "function", "rastrigin", "dimensions", "3", "levels", "0", "seed",
                          "0");
    function_expect(&model, zero, 0, 0);
    function_expect(&model, point, 0, 14);
    function_expect(&model, (double[]){0.5, 0, 0}, 0, 20.25);
    // coordinates are relative to (1, 1, 1)
    model = FUNCTION_OPEN(arena, "function", "rosenbrock", "dimensions", "3", "levels", "0", "seed",
                          "0");
    function_expect(&model, zero, 0, 0);
    function_expect(&model, (double[]){-1, -1, -1}, 0, 2);
    model =
        FUNCTION_OPEN(arena, "function", "ackley", "dimensions", "3", "levels", "0", "seed", "0");
    function_expect(&model, zero, 0, 0);
    const double textbook = -20 * exp(-0.2 * sqrt(14.0 / 3)) - exp(1) + 20 + exp(1);
    function_expect(&model, point, 0, textbook);
    og_arena_destroy(arena);
}

static void test_three_objectives(og_arena* arena) {
    // the front of DTLZ1 is the plane whose sum is a half
    og_model model = FUNCTION_OPEN(arena, "function", "dtlz1", "dimensions", "4");
    double y[4];
    function_cost(&model, (double[]){0.3, 0.8, 0.5, 0.5}, y);
    assert_true(fabs(y[0] + y[1] + y[2] - 0.5) < 1e-12 && fabs(y[0] - 0.12) < 1e-12);
    // 100 (0.05^2 + 1 - cos pi) = 200.25
    function_expect(&model, (double[]){0.3, 0.8, 0.55, 0.5}, 3, 200.25);
    function_expect(&model, (double[]){0.3, 0.8, 0.55, 0.5}, 2, 0.5 * 201.25 * 0.7);
    model = FUNCTION_OPEN(arena, "function", "dtlz7", "dimensions", "4");
    function_expect(&model, (double[]){0, 0, 0, 0}, 2, 6);
    function_expect(&model, (double[]){0.5, 0, 0, 0}, 2,
                    2 * (3 - 0.25 * (1 + sin(1.5 * 3.14159265358979323846))));
    function_expect(&model, (double[]){0.25, 0, 1, 0}, 3, 4.5);
    function_expect(&model, (double[]){0, 1, 1, 0}, 2, 6.5 * 3 - 1);
}

static void test_multiple_objectives(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const double front[] = {0.25, 0, 0};
    const double inner[] = {0.25, 0.5, 0.5};
    og_model model = FUNCTION_OPEN(arena, "function", "zdt1", "dimensions", "3");
    assert_int_equal(model.metric_count, 3);
    function_expect(&model, front, 1, 0.5);
    function_expect(&model, front, 2, 0);
    function_expect(&model, inner, 1, 5.5 * (1 - sqrt(0.25 / 5.5)));
    model = FUNCTION_OPEN(arena, "function", "zdt2", "dimensions", "3");
    function_expect(&model, front, 1, 1 - 0.0625);
    model = FUNCTION_OPEN(arena, "function", "zdt3", "dimensions", "3");
    function_expect(&model, front, 1, 0.5 - 0.25 * sin(2.5 * 3.14159265358979323846));
    // (10 x - 5)^2 is 6.25 and its cosine 1 at x = 0.25 and 0.75
    model = FUNCTION_OPEN(arena, "function", "zdt4", "dimensions", "3");
    function_expect(&model, (double[]){0.25, 0.5, 0.5}, 1, 0.5);
    function_expect(&model, (double[]){0.25, 0.25, 0.75}, 2, 12.5);
    function_expect(&model, (double[]){0.25, 0.25, 0.75}, 1, 13.5 * (1 - sqrt(0.25 / 13.5)));
    function_expect(&model, (double[]){0.25, 0.525, 0.5}, 2, 20.0625);
    model = FUNCTION_OPEN(arena, "function", "zdt6", "dimensions", "3");
    function_expect(&model, (double[]){0.25, 0, 0}, 0, 1 - exp(-1));
    function_expect(&model, (double[]){0, 0, 0}, 0, 1);
    function_expect(&model, (double[]){0, 0, 0}, 1, 0);
    function_expect(&model, (double[]){0, 0.0625, 0.0625}, 2, 4.5);
    function_expect(&model, (double[]){0, 0.0625, 0.0625}, 1, 5.5 * (1 - 1 / (5.5 * 5.5)));
    test_three_objectives(arena);
    // the front of DTLZ2 is the unit sphere
    model = FUNCTION_OPEN(arena, "function", "dtlz2", "dimensions", "4");
    double y[4];
    function_cost(&model, (double[]){0.3, 0.8, 0.5, 0.5}, y);
    assert_true(fabs(y[0] * y[0] + y[1] * y[1] + y[2] * y[2] - 1) < 1e-12);
    function_cost(&model, (double[]){0.3, 0.8, 0, 1}, y);
    assert_true(fabs(y[0] * y[0] + y[1] * y[1] + y[2] * y[2] - 2.25) < 1e-12);
    og_arena_destroy(arena);
}

// Least regret over all designs, which must be 0; regrets must not be negative.
static double function_least_regret(const og_model* model, og_arena* arena) {
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &model->space, &space), OG_OK);
    double x[16];
    double y[8];
    double least = INFINITY;
    for (uint64_t i = 0; i < (uint64_t)space->size; i++) {
        og_space_design(space, i, x);
        if (function_cost(model, x, y) == OG_FEASIBLE) {
            least = fmin(least, y[1]);
        }
    }
    return least;
}

static const char* const function_seeds[] = {"0", "1", "2", "3"};

static void test_optimum_by_brute_force(void** state) {
    (void)state;
    static const char* const names[] = {"sphere", "rosenbrock", "rastrigin", "ackley", "one_value"};
    static const char* const bit_names[] = {"onemax", "deceptive_trap", "nk_landscape", "knapsack"};
    og_arena* arena = og_arena_create();
    for (int seed = 0; seed < 4; seed++) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            const bool single = strcmp(names[i], "one_value") == 0;
            const og_model model =
                single ? FUNCTION_OPEN(arena, "function", names[i])
                       : FUNCTION_OPEN(arena, "function", names[i], "dimensions", "3", "levels",
                                       "8", "seed", function_seeds[seed]);
            assert_true(function_least_regret(&model, arena) == 0);
        }
        for (size_t i = 0; i < sizeof bit_names / sizeof *bit_names; i++) {
            const og_model model =
                FUNCTION_OPEN(arena, "function", bit_names[i], "dimensions", "12", "seed",
                              function_seeds[seed], "interactions", "3");
            assert_true(function_least_regret(&model, arena) == 0);
        }
    }
    og_arena_destroy(arena);
}

static void test_nk_optimum_for_every_k(void** state) {
    (void)state;
    static const char* const ks[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};
    og_arena* arena = og_arena_create();
    for (int k = 0; k < 9; k++) {
        const og_model model = FUNCTION_OPEN(arena, "function", "nk_landscape", "dimensions", "9",
                                             "interactions", ks[k]);
        assert_true(function_least_regret(&model, arena) == 0);
    }
    og_arena_destroy(arena);
}

static void test_trap_deceives(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_model model =
        FUNCTION_OPEN(arena, "function", "deceptive_trap", "dimensions", "10", "seed", "0");
    const double ones[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const double zeros[10] = {0};
    const double four[] = {1, 1, 1, 1, 0, 0, 0, 0, 0, 0};
    function_expect(&model, ones, 0, 0);
    function_expect(&model, zeros, 0, 2);
    function_expect(&model, four, 0, 6);
    og_arena_destroy(arena);
}

static void test_knapsack_limits(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const double all[] = {1, 1, 1, 1, 1, 1};
    double y[4];
    const char* reason = NULL;
    og_model model = FUNCTION_OPEN(arena, "function", "knapsack", "dimensions", "6");
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &model.space, &space), OG_OK);
    assert_false(og_space_contains(space, all));
    model = FUNCTION_OPEN(arena, "function", "knapsack", "dimensions", "6", "capacity", "outcome");
    assert_int_equal(model.type->evaluate(model.data, all, y, NULL, &reason), OG_INFEASIBLE);
    assert_non_null(reason);
    model = FUNCTION_OPEN(arena, "function", "knapsack", "dimensions", "6", "capacity", "metric");
    assert_int_equal(function_cost(&model, all, y), OG_FEASIBLE);
    assert_true(y[3] > 0);
    og_arena_destroy(arena);
}

static void test_groups(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_model model = FUNCTION_OPEN(arena, "dimensions", "10", "groups", "2");
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &model.space, &space), OG_OK);
    assert_int_equal(space->group_count, 2);
    assert_int_equal(space->group_of[4], 0);
    assert_int_equal(space->group_of[5], 1);
    og_arena_destroy(arena);
}

// The seed moves the optimum.
static void test_seed_moves_optimum(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const double middle[10] = {0};
    double first[2];
    double second[2];
    og_model model = FUNCTION_OPEN(arena, "seed", "1");
    function_cost(&model, middle, first);
    model = FUNCTION_OPEN(arena, "seed", "2");
    function_cost(&model, middle, second);
    assert_true(first[0] > 0 && second[0] > 0 && fabs(first[0] - second[0]) > 1e-9);
    og_arena_destroy(arena);
}

static void test_refusals(void** state) {
    (void)state;
    static const struct {
        const char* pairs[6];
        const char* says;
    } refused[] = {
        {{"function", "zdt1", "dimensions", "1"}, "zdt1 needs at least 2"},
        {{"function", "zdt6", "dimensions", "1"}, "zdt6 needs at least 2"},
        {{"function", "dtlz2", "dimensions", "2"}, "dtlz2 needs at least 3"},
        {{"function", "dtlz7", "dimensions", "2"}, "dtlz7 needs at least 3"},
        {{"function", "onemax", "levels", "4"}, "levels"},
        {{"function", "nk_landscape", "dimensions", "3", "interactions", "3"}, "0 .. 2"},
        {{"dimensions", "3", "groups", "4"}, "0 .. 3"},
    };
    og_arena* arena = og_arena_create();
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        og_model model;
        const int count = refused[i].pairs[4] != NULL ? 6 : 4;
        assert_int_equal(function_try(arena, refused[i].pairs, count, &model), OG_ERROR_VALUE);
        if (strstr(og_error_text(), refused[i].says) == NULL) {
            fail_msg("'%s' does not say '%s'", og_error_text(), refused[i].says);
        }
    }
    og_arena_destroy(arena);
}

// The page of the environment names every option, problem and metric.
static void test_page(void** state) {
    (void)state;
    static const char* const metrics[] = {"value",    "value2", "value3", "regret",
                                          "distance", "weight", "excess"};
    og_arena* arena = og_arena_create();
    const og_environment* type = function_type();
    char* page = NULL;
    size_t size = 0;
    assert_int_equal(og_file_read(arena, OG_SOURCE_DIR "/docs/environments/function.md",
                                  (size_t)1 << 20, &page, &size),
                     OG_OK);
    for (int i = 0; i < type->option_count; i++) {
        const char* name = og_text_format(arena, "| `%s` |", type->options[i].name);
        assert_non_null(strstr(page, name));
    }
    for (int i = 0; i < type->options[0].level_count; i++) {
        const char* name = og_text_format(arena, "`%s`", type->options[0].choices[i]);
        assert_non_null(strstr(page, name));
    }
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        assert_non_null(strstr(page, og_text_format(arena, "`%s`", metrics[i])));
    }
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_textbook_values),
        cmocka_unit_test(test_multiple_objectives),
        cmocka_unit_test(test_optimum_by_brute_force),
        cmocka_unit_test(test_nk_optimum_for_every_k),
        cmocka_unit_test(test_trap_deceives),
        cmocka_unit_test(test_knapsack_limits),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_seed_moves_optimum),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
