// Importances against analyses of variance in closed form: additive functions, products, parity,
// parameters without influence, on full grids and on samples.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/fixture.h"
#include "ogive/random.h"

static const char* const shapes[] = {"Round", "Flat", "Deep"};
enum { SIZE, SHAPE, SPEED, INERT, WIDTH };
static const og_parameter parameters[WIDTH] = {
    {OG_INTEGER_ROW("size", "KiB", 0, 3, 1, "Size.")},
    {OG_CHOICE_ROW("shape", shapes, 0, "Shape.")},
    {OG_INTEGER_ROW("speed", "", 0, 4, 2, "Speed.")},
    {OG_BOOLEAN_ROW("inert", 0, "Nothing.")},
};
static const og_metric metrics[] = {{"a", "ns", "A.", -1}, {"b", "mW", "B.", -1}};
static const char* const minimize_a[] = {"minimize a"};
static const char* const minimize_both[] = {"minimize a", "minimize b"};

static og_outcome product(const double* x, double* y) {
    static const double offsets[] = {0, 3, 6};
    y[0] = 3 * x[SIZE] + offsets[(int)x[SHAPE]] + 2 * (x[SIZE] - 1.5) * (x[SPEED] - 2);
    y[1] = 1;
    return OG_FEASIBLE;
}

static fixture_task task_of(fixture_function* function, const char* const* objectives, int count) {
    return (fixture_task){.parameters = parameters,
                          .width = WIDTH,
                          .metrics = metrics,
                          .metric_count = 2,
                          .objectives = objectives,
                          .objective_count = count,
                          .function = function};
}

static const og_analysis* open_task(og_arena* arena, const fixture_task* task,
                                    const double* designs, int64_t count) {
    og_study_record* record = OG_NEW(arena, og_study_record, 1);
    og_trial* trials = NULL;
    const og_analysis* analysis = NULL;
    fixture_study(arena, task, designs, count, record, &trials);
    assert_int_equal(og_analysis_create(arena, record, trials, &analysis), OG_OK);
    return analysis;
}

static const og_analysis* open_grid(og_arena* arena, const fixture_task* task) {
    int64_t count = 0;
    const double* designs = fixture_grid(arena, task, &count);
    assert_true(count > 0);
    return open_task(arena, task, designs, count);
}

static og_importance importance_of(og_arena* arena, const og_analysis* analysis,
                                   const og_surrogate** surrogate) {
    const og_quantity quantity = og_analysis_objective(analysis, arena, 0);
    *surrogate = og_surrogate_fit(arena, analysis, &quantity, NULL);
    assert_non_null(*surrogate);
    og_importance importance;
    og_surrogate_importance(*surrogate, arena, &importance);
    return importance;
}

// variances of 3 * size, of the offsets, and of the product: each is the product of its factors'
static const double product_parts[] = {9 * 1.25, 6, 4 * 1.25 * 2};

static void complete_grid_is_exact(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const fixture_task task = task_of(product, minimize_a, 1);
    const og_surrogate* surrogate = NULL;
    const og_importance importance = importance_of(arena, open_grid(arena, &task), &surrogate);
    const double all = product_parts[0] + product_parts[1] + product_parts[2];
    assert_int_equal(surrogate->rows, 120);
    fixture_near(surrogate->explained, 1, 0);
    fixture_near(importance.alone[SIZE], product_parts[0] / all, 1e-12);
    fixture_near(importance.alone[SHAPE], product_parts[1] / all, 1e-12);
    fixture_near(importance.alone[SPEED], 0, 1e-12);
    fixture_near(importance.total[INERT], 0, 1e-12);
    for (int a = 0; a < WIDTH; a++) {
        for (int b = 0; b < WIDTH; b++) {
            const bool tied = (a == SIZE && b == SPEED) || (a == SPEED && b == SIZE);
            fixture_near(importance.pairs[a * WIDTH + b], tied ? product_parts[2] / all : 0, 1e-12);
        }
    }
    fixture_near(importance.total[SIZE], (product_parts[0] + product_parts[2]) / all, 1e-12);
    fixture_near(importance.rest, 0, 1e-12);
    const int order[] = {SIZE, SPEED, SHAPE, INERT};
    assert_memory_equal(importance.order, order, sizeof order);
    for (int64_t i = 0; i < surrogate->rows; i++) {
        const double* x = surrogate->analysis->trials[i].x;
        fixture_near(og_surrogate_predict(surrogate, arena, x), surrogate->quantity.values[i],
                     1e-12);
    }
    og_arena_destroy(arena);
}

static og_outcome parity(const double* x, double* y) {
    const int bits = ((int)x[SIZE] + (x[SHAPE] > 0) + (int)x[INERT]) & 1;
    y[0] = bits;
    y[1] = 0;
    return OG_FEASIBLE;
}

// Of a parity of three, no parameter and no pair explains anything.
static void parity_is_left_to_the_rest(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const fixture_task task = task_of(parity, minimize_a, 1);
    const og_surrogate* surrogate = NULL;
    const og_importance importance = importance_of(arena, open_grid(arena, &task), &surrogate);
    // a third of the shapes is round, so the pair of the other two keeps (2/3 - 1/3)^2
    fixture_near(importance.alone[SIZE] + importance.alone[SHAPE], 0, 1e-12);
    fixture_near(importance.pairs[SIZE * WIDTH + INERT], 1.0 / 9, 1e-12);
    fixture_near(importance.pairs[SIZE * WIDTH + SHAPE], 0, 1e-12);
    fixture_near(importance.rest, 8.0 / 9, 1e-12);
    og_arena_destroy(arena);
}

static void fill_uniformly(og_random* random, double* x) {
    x[SIZE] = (double)og_random_below(random, 4);
    x[SHAPE] = (double)og_random_below(random, 3);
    x[SPEED] = (double)og_random_below(random, 5);
    x[INERT] = (double)og_random_below(random, 2);
}

static void sample_comes_near(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const fixture_task task = task_of(product, minimize_a, 1);
    int64_t count = 0;
    double* designs = fixture_grid(arena, &task, &count);
    // every third design is missing
    for (int64_t i = 0; i < count * 2 / 3; i++) {
        memcpy(designs + i * WIDTH, designs + (i + i / 2) * WIDTH, sizeof *designs * WIDTH);
    }
    const og_surrogate* surrogate = NULL;
    const og_importance importance =
        importance_of(arena, open_task(arena, &task, designs, count * 2 / 3), &surrogate);
    const double all = product_parts[0] + product_parts[1] + product_parts[2];
    assert_in_range(surrogate->rows, 80, 80);
    assert_true(surrogate->explained > 0.8 && surrogate->explained < 1);
    fixture_near(importance.alone[SIZE], product_parts[0] / all, 0.08);
    fixture_near(importance.alone[SHAPE], product_parts[1] / all, 0.08);
    fixture_near(importance.pairs[SIZE * WIDTH + SPEED], product_parts[2] / all, 0.08);
    assert_true(importance.total[INERT] < 0.05);
    assert_int_equal(importance.order[WIDTH - 1], INERT);
    og_arena_destroy(arena);
}

static og_outcome constant(const double* x, double* y) {
    (void)x;
    y[0] = y[1] = 5;
    return OG_FEASIBLE;
}

static og_outcome nothing(const double* x, double* y) {
    (void)x;
    y[0] = y[1] = NAN;
    return OG_FAILED;
}

static void what_never_changes_has_no_importance(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const fixture_task task = task_of(constant, minimize_a, 1);
    const og_analysis* analysis = open_grid(arena, &task);
    const og_surrogate* surrogate = NULL;
    const og_importance importance = importance_of(arena, analysis, &surrogate);
    assert_true(isnan(surrogate->explained));
    og_best_importance best;
    og_analysis_best_importance(analysis, arena, 0.1, &best);
    for (int c = 0; c < WIDTH; c++) {
        fixture_near(importance.total[c], 0, 0);
        fixture_near(best.share[c], 0, 0);
        fixture_near(best.parts[c], 0, 0);
    }
    fixture_near(importance.rest, 0, 0);
    const fixture_task failing = task_of(nothing, minimize_a, 1);
    const og_analysis* failed = open_grid(arena, &failing);
    const og_quantity quantity = og_analysis_objective(failed, arena, 0);
    assert_null(og_surrogate_fit(arena, failed, &quantity, NULL));
    og_analysis_best_importance(failed, arena, 0.1, &best);
    assert_int_equal(best.best, 0);
    og_arena_destroy(arena);
}

// One design in eight is good: those of the least size that are not inert.
static og_outcome corner(const double* x, double* y) {
    y[0] = x[SIZE] == 0 && x[INERT] == 0 ? 0 : 1;
    y[1] = 0;
    return OG_FEASIBLE;
}

// What the share of explained variance becomes with `levels` parts of 120 designs.
static double adjusted(double share, int levels) {
    return 1 - (1 - share) * 119 / (120 - levels);
}

static void best_designs_in_closed_form(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const fixture_task task = task_of(corner, minimize_a, 1);
    og_best_importance best;
    og_analysis_best_importance(open_grid(arena, &task), arena, 0.1, &best);
    assert_int_equal(best.rows, 120);
    assert_int_equal(best.best, 15);
    // the chance to be good is 1/2 or 0 by size, 1/4 or 0 by inert: variances 3/64 and 1/64 of 7/64
    fixture_near(best.share[SIZE], adjusted(3.0 / 7, 4), 1e-12);
    fixture_near(best.share[INERT], adjusted(1.0 / 7, 2), 1e-12);
    fixture_near(best.share[SHAPE], 0, 0);
    fixture_near(best.share[SPEED], 0, 0);
    fixture_near(best.parts[SIZE] + best.parts[INERT], 1, 1e-12);
    assert_int_equal(best.order[0], SIZE);
    assert_int_equal(best.order[1], INERT);
    og_arena_destroy(arena);
}

static og_outcome trade(const double* x, double* y) {
    y[0] = x[SIZE] + (x[SHAPE] == 0 ? 0 : 10);
    y[1] = -x[SIZE] + (x[SHAPE] == 0 ? 0 : 10);
    return OG_FEASIBLE;
}

// A parameter that trades one objective for the other makes no design better than others.
static void best_designs_of_several_objectives(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const fixture_task both = task_of(trade, minimize_both, 2);
    og_best_importance best;
    og_analysis_best_importance(open_grid(arena, &both), arena, 0.1, &best);
    assert_int_equal(best.best, 40);
    fixture_near(best.share[SHAPE], 1, 1e-12);
    fixture_near(best.share[SIZE], 0, 0);
    const fixture_task one = task_of(trade, minimize_a, 1);
    og_analysis_best_importance(open_grid(arena, &one), arena, 0.1, &best);
    // the best tenth of one objective is what is least in size of the best shape: 10 of 120
    assert_int_equal(best.best, 20);
    assert_true(best.share[SIZE] > 0.02 && best.share[SHAPE] > best.share[SIZE]);
    og_arena_destroy(arena);
}

static const og_parameter many_values[] = {
    {OG_REAL_ROW("works", "", 0, 1, 0.5, "Works.")},
    {OG_INTEGER_ROW("idle", "", 0, 1000, 1, "Nothing.")},
};

static og_outcome works(const double* x, double* y) {
    y[0] = fabs(x[0] - 0.3);
    y[1] = 0;
    return OG_FEASIBLE;
}

// The mean over many samples of what a parameter without influence gets stays near nothing, though
// its 16 parts alone would explain 15 / 199 of the variance of 200 designs by chance.
static void chance_is_subtracted(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    fixture_task task = task_of(works, minimize_a, 1);
    task.parameters = many_values;
    task.width = 2;
    double idle = 0;
    double least = 1;
    enum { REPEATS = 50, ROWS = 200 };
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        og_random random = og_random_make(7, (uint64_t)repeat);
        double designs[ROWS][2];
        for (int i = 0; i < ROWS; i++) {
            designs[i][0] = og_random_uniform(&random);
            designs[i][1] = (double)og_random_below(&random, 1001);
        }
        og_best_importance best;
        og_analysis_best_importance(open_task(arena, &task, designs[0], ROWS), arena, 0.1, &best);
        idle += best.share[1] / REPEATS;
        least = fmin(least, best.share[0]);
    }
    assert_true(idle < 0.03);
    assert_true(least > 0.4);
    og_arena_destroy(arena);
}

static void repeats_count_once(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const fixture_task task = task_of(product, minimize_a, 1);
    int64_t count = 0;
    const double* grid = fixture_grid(arena, &task, &count);
    double* designs = OG_NEW(arena, double, 3 * count * WIDTH);
    memcpy(designs, grid, sizeof *designs * (size_t)count * WIDTH);
    og_random random = og_random_make(3, 0);
    for (int64_t i = count; i < 3 * count; i++) {
        fill_uniformly(&random, designs + i * WIDTH);
    }
    const og_analysis* analysis = open_task(arena, &task, designs, 3 * count);
    assert_int_equal(analysis->distinct_count, count);
    const og_surrogate* surrogate = NULL;
    const og_importance importance = importance_of(arena, analysis, &surrogate);
    assert_int_equal(surrogate->rows, count);
    fixture_near(importance.alone[SHAPE], 6 / (11.25 + 6 + 10), 1e-12);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complete_grid_is_exact),
        cmocka_unit_test(parity_is_left_to_the_rest),
        cmocka_unit_test(sample_comes_near),
        cmocka_unit_test(what_never_changes_has_no_importance),
        cmocka_unit_test(best_designs_in_closed_form),
        cmocka_unit_test(best_designs_of_several_objectives),
        cmocka_unit_test(chance_is_subtracted),
        cmocka_unit_test(repeats_count_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
