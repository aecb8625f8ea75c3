// Is the error that is reported the error on unseen designs? Leaks, calibration and bootstrap are
// held against what is known, and planted faults must be caught.

#include "proxy/validation.h"
#include "proxy/designs.h"
#include "proxy/fixture.h"
#include "proxy/rows.h"

enum { VALIDATION_GROUPS = 60, VALIDATION_COPIES = 4 };

// Noise that no parameter explains; every design has copies that differ in `f` alone, which the
// simulator does not see.
static fixture_record validation_test_noise(og_arena* arena, bool linked) {
    const int count = VALIDATION_GROUPS * VALIDATION_COPIES;
    fixture_record record = fixture_make(arena, count, 1, 4);
    og_random random = og_random_make(8, 1);
    for (int i = 0; i < count; i++) {
        const int first = i % VALIDATION_GROUPS;
        if (i != first) {
            memcpy((double*)record.x[i], record.x[first], sizeof(double) * (FIXTURE_WIDTH - 1));
            record.same_as[i] = linked ? first : -1;
        }
        fixture_set(&record, i, 0, i == first ? og_random_normal(&random) : record.y[first][0]);
    }
    return record;
}

// What a forest is found to explain of the record, with its groups or as if there were none.
static double validation_test_explained(og_arena* arena, const fixture_record* record, bool leaky) {
    og_proxy_designs designs;
    assert_int_equal(og_proxy_designs_make(arena, record->space, &record->data, 2000, 1, &designs),
                     OG_OK);
    const og_rows rows = og_rows_make(arena, record->space);
    double* made = OG_NEW(arena, double, designs.count* FIXTURE_WIDTH);
    double encoding[16];
    int* alone = OG_NEW(arena, int, designs.count);
    int* fold = OG_NEW(arena, int, designs.count);
    for (int i = 0; i < designs.count; i++) {
        og_rows_read(&rows, designs.x + i * FIXTURE_WIDTH, encoding, made + i * FIXTURE_WIDTH);
        alone[i] = i;
    }
    const int* group = leaky ? alone : designs.group;
    const int groups = leaky ? designs.count : designs.group_count;
    og_proxy_fold(arena, group, designs.count, groups, 5, 1, fold);
    const og_exam exam = {
        .lesson = {rows.columns, FIXTURE_WIDTH, made, designs.y, designs.count},
        .group = group,
        .fold = fold,
        .group_count = groups,
        .folds = 5,
        .seed = 1,
    };
    int count = 0;
    og_proxy_candidate* candidates = og_exam_candidates(arena, &exam, OG_PROXY_FOREST, &count);
    assert_int_equal(count, 1);
    og_answers answers[1];
    og_workers* workers = NULL;
    assert_int_equal(og_workers_create(arena, 1, &workers), OG_OK);
    og_exam_run(arena, workers, &exam, candidates, 1, answers);
    og_workers_destroy(workers);
    return candidates[0].explained;
}

static void test_copies_do_not_leak(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    for (int linked = 0; linked < 2; linked++) {
        const fixture_record record = validation_test_noise(arena, linked);
        assert_true(validation_test_explained(arena, &record, false) < 0.1);
        // folds that part copies make noise look predictable
        assert_true(validation_test_explained(arena, &record, true) > 0.6);
    }
    og_arena_destroy(arena);
}

static void test_groups(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    fixture_record record = validation_test_noise(arena, true);
    og_proxy_designs designs;
    assert_int_equal(og_proxy_designs_make(arena, record.space, &record.data, 2000, 1, &designs),
                     OG_OK);
    assert_int_equal(designs.count, VALIDATION_GROUPS * VALIDATION_COPIES);
    assert_int_equal(designs.group_count, VALIDATION_GROUPS);
    for (int i = 0; i < designs.count; i++) {
        assert_int_equal(designs.group[i], i % VALIDATION_GROUPS);
    }
    // small integers are equal by chance; links count all the same
    for (int64_t i = 0; i < record.data.count; i++) {
        fixture_set(&record, i, 0, (double)(i % 7));
        record.same_as[i] = i == 5 ? 3 : -1;
    }
    assert_int_equal(og_proxy_designs_make(arena, record.space, &record.data, 2000, 1, &designs),
                     OG_OK);
    assert_int_equal(designs.group_count, designs.count - 1);
    assert_int_equal(designs.group[5], designs.group[3]);
    // few of many
    assert_int_equal(og_proxy_designs_make(arena, record.space, &record.data, 50, 1, &designs),
                     OG_OK);
    assert_int_equal(designs.count, 50);
    assert_int_equal(designs.distinct, VALIDATION_GROUPS * VALIDATION_COPIES);
    og_arena_destroy(arena);
}

static void test_folds_are_even_and_whole(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    int group[100];
    int fold[100];
    int sizes[5] = {0};
    for (int i = 0; i < 100; i++) {
        group[i] = i < 30 ? 0 : i - 29;
    }
    og_proxy_fold(arena, group, 100, 71, 5, 3, fold);
    for (int i = 0; i < 100; i++) {
        assert_true(fold[i] >= 0 && fold[i] < 5);
        assert_true(i >= 30 || fold[i] == fold[0]);
        sizes[fold[i]]++;
    }
    for (int f = 0; f < 5; f++) {
        assert_true(f == fold[0] ? sizes[f] >= 30 : sizes[f] >= 15);
    }
    og_arena_destroy(arena);
}

// Every trial thrice is the same knowledge: nothing may look better for it.
static void test_repeated_trials_change_nothing(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    fixture_record once = fixture_make(arena, 60, 1, 6);
    fixture_record thrice = fixture_make(arena, 180, 1, 6);
    for (int i = 0; i < 180; i++) {
        memcpy((double*)thrice.x[i], once.x[i % 60], sizeof(double) * FIXTURE_WIDTH);
        fixture_set(&thrice, i, 0, fixture_additive(once.x[i % 60]) + i % 60 % 7);
        fixture_set(&once, i % 60, 0, thrice.y[i][0]);
        thrice.same_as[i] = i % 2 && i >= 60 ? i % 60 : -1;
    }
    const og_proxy_options options = {.model = "forest", .jobs = 1};
    const og_proxy* a = NULL;
    const og_proxy* b = NULL;
    assert_int_equal(og_proxy_fit(arena, &once.data, &options, &a), OG_OK);
    assert_int_equal(og_proxy_fit(arena, &thrice.data, &options, &b), OG_OK);
    assert_int_equal(a->groups, b->groups);
    assert_memory_equal(a->metrics[0].candidates, b->metrics[0].candidates,
                        sizeof *a->metrics[0].candidates);
    assert_memory_equal(&a->metrics[0].error, &b->metrics[0].error, sizeof a->metrics[0].error);
    og_arena_destroy(arena);
}

// A sum with noise whose deviation depends on a parameter.
static double validation_test_noisy(const double* x, og_random* random) {
    return fixture_additive(x) + (x[4] > 0 ? 3 : 0.5) * og_random_normal(random);
}

// Share of fresh designs within `width` stated uncertainties.
static double validation_test_coverage(og_arena* arena, const og_proxy* proxy, double width) {
    og_random random = og_random_make(77, 7);
    double x[FIXTURE_WIDTH];
    int within = 0;
    const int count = 3000;
    for (int i = 0; i < count; i++) {
        double y;
        double unsure;
        og_space_sample(proxy->space, &random, x);
        og_proxy_predict(proxy, arena, x, &y, &unsure);
        within += fabs(validation_test_noisy(x, &random) - y) <= width * unsure;
    }
    return (double)within / count;
}

static void test_uncertainty_is_calibrated(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    fixture_record record = fixture_make(arena, 400, 1, 11);
    og_random random = og_random_make(12, 0);
    for (int i = 0; i < 400; i++) {
        fixture_set(&record, i, 0, validation_test_noisy(record.x[i], &random));
    }
    static const char* const models[] = {"ridge", "forest", "boosting"};
    for (int m = 0; m < 3; m++) {
        const og_proxy_options options = {.model = models[m], .jobs = 1};
        const og_proxy* proxy = NULL;
        assert_int_equal(og_proxy_fit(arena, &record.data, &options, &proxy), OG_OK);
        const double coverage = validation_test_coverage(arena, proxy, 1);
        assert_true(fabs(coverage - 0.6827) < 0.06);
        // intervals half as wide are caught
        assert_true(fabs(validation_test_coverage(arena, proxy, 0.5) - 0.6827) > 0.06);
        const og_proxy_candidate* chosen = &proxy->metrics[0].candidates[proxy->metrics[0].chosen];
        static const double nominal[] = {0.5, 0.8, 0.95};
        for (int c = 0; c < OG_PROXY_COVERAGES; c++) {
            assert_true(fabs(chosen->calibrated[c] - nominal[c]) < 0.06);
        }
        // no model errs less than the noise, root of the mean of 9 and 0.25
        assert_true(chosen->rmse.high > sqrt(4.625));
        assert_true(m > 0 || chosen->rmse.low < sqrt(4.625));
    }
    og_arena_destroy(arena);
}

// Calibration tells a model whose deviations mean something from one whose do not.
static void test_calibration_blends(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    enum { COUNT = 1000 };
    double residuals[COUNT];
    double honest[COUNT];
    double noise[COUNT];
    og_random random = og_random_make(2, 2);
    for (int i = 0; i < COUNT; i++) {
        honest[i] = 0.1 + 5 * og_random_uniform(&random);
        noise[i] = 0.01 + 5 * og_random_uniform(&random);
        residuals[i] = 2 * honest[i] * og_random_normal(&random);
    }
    const og_calibration good = og_calibration_make(arena, residuals, honest, COUNT);
    assert_true(good.blend > 0.9);
    assert_true(fabs(og_calibration_width(&good, 1, OG_CALIBRATION_DEVIATION) - 2) < 0.3);
    const og_calibration bad = og_calibration_make(arena, residuals, noise, COUNT);
    assert_true(bad.blend < 0.1);
    // stated certainty that is wrong does not break it
    memset(noise, 0, sizeof noise);
    const og_calibration sure = og_calibration_make(arena, residuals, noise, COUNT);
    assert_true(og_calibration_width(&sure, 0, OG_CALIBRATION_DEVIATION) > 1);
    og_arena_destroy(arena);
}

// Choosing among models that are all as bad looks better than it is; the error of choosing does
// not.
static void test_luck_of_the_choice(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    enum { ROWS = 40, MODELS = 12 };
    double targets[ROWS];
    int group[ROWS];
    og_random random = og_random_make(31, 1);
    for (int i = 0; i < ROWS; i++) {
        targets[i] = 0;
        group[i] = i;
    }
    const og_exam exam = {.lesson = {.targets = targets, .count = ROWS},
                          .group = group,
                          .group_count = ROWS,
                          .seed = 1};
    double least = 0;
    double honest = 0;
    for (int round = 0; round < 20; round++) {
        og_proxy_candidate candidates[MODELS] = {{0}};
        og_answers answers[MODELS];
        double best = INFINITY;
        for (int c = 0; c < MODELS; c++) {
            answers[c].mean = OG_NEW(arena, double, ROWS);
            double squares = 0;
            for (int i = 0; i < ROWS; i++) {
                answers[c].mean[i] = og_random_normal(&random);
                squares += answers[c].mean[i] * answers[c].mean[i] / ROWS;
            }
            best = fmin(best, sqrt(squares));
        }
        least += best / 20;
        honest += og_exam_choice(arena, &exam, candidates, MODELS, answers).value / 20;
    }
    assert_true(least < 0.87);
    assert_true(honest > 0.92 && honest < 1.08);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_do_not_leak),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_folds_are_even_and_whole),
        cmocka_unit_test(test_repeated_trials_change_nothing),
        cmocka_unit_test(test_uncertainty_is_calibrated),
        cmocka_unit_test(test_calibration_blends),
        cmocka_unit_test(test_luck_of_the_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
