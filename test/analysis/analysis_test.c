// Effects, interactions, neighbourhoods and courses of small studies against sums done by hand or
// by brute force.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analysis/fixture.h"
#include "ogive/random.h"

static const char* const policies[] = {"Open", "Closed", "Smart"};
enum { POLICY, TIMER, SIZE, SCALE, WIDTH };
static const og_parameter parameters[WIDTH] = {
    {OG_CHOICE_ROW("policy", policies, 0, "When rows close.")},
    {OG_INTEGER_ROW("timer", "ns", 1, 4, 2, "After which time."), .active = "policy == Closed"},
    {OG_POWER_ROW("size", "KiB", 1, 8, 2, "Size.")},
    {OG_INTEGER_ROW("scale", "", 1, 40, 3, "Many values.")},
};
static const char* const rules[] = {"size * timer <= 16"};
static const og_metric metrics[] = {
    {"time", "ns", "Time.", -1}, {"rate", "", "Rate.", 1}, {"double_time", "", "= 2 * time", 0}};
static const char* const objectives[] = {"minimize time", "maximize rate"};

static og_outcome cost(const double* x, double* y) {
    y[0] = 10 + 3 * x[POLICY] + (x[POLICY] == 1 ? x[TIMER] : 0) + fabs(x[SCALE] - 11) / x[SIZE];
    y[1] = x[SIZE] - 0.01 * x[SCALE];
    y[2] = 2 * y[0];
    if (x[SCALE] == 13) {
        y[0] = y[1] = y[2] = NAN;
        return OG_INFEASIBLE;
    }
    return OG_FEASIBLE;
}

static fixture_task task_of(int objective_count) {
    return (fixture_task){.parameters = parameters,
                          .width = WIDTH,
                          .metrics = metrics,
                          .metric_count = 3,
                          .objectives = objectives,
                          .objective_count = objective_count,
                          .constraints = rules,
                          .constraint_count = 1,
                          .function = cost};
}

typedef struct opened {
    og_arena* arena;
    fixture_task task;
    og_study_record record;
    og_trial* trials;
    const og_analysis* analysis;
} opened;

// A study of every `stride`-th design in the order of their numbers.
static opened open_study(int objective_count, int64_t stride) {
    opened made = {.arena = og_arena_create(), .task = task_of(objective_count)};
    int64_t count = 0;
    double* designs = fixture_grid(made.arena, &made.task, &count);
    assert_true(count > 0);
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i += stride) {
        memmove(designs + kept++ * WIDTH, designs + i * WIDTH, sizeof *designs * WIDTH);
    }
    fixture_study(made.arena, &made.task, designs, kept, &made.record, &made.trials);
    return made;
}

static void analyse(opened* made) {
    assert_int_equal(og_analysis_create(made->arena, &made->record, made->trials, &made->analysis),
                     OG_OK);
}

static void objectives_have_two_forms(void** state) {
    (void)state;
    opened made = open_study(2, 7);
    static const char* const three[] = {"minimize 2 * time", "maximize rate", "target time = 12.5"};
    made.record.objectives = three;
    made.record.objective_count = 3;
    analyse(&made);
    const og_quantity doubled = og_analysis_objective(made.analysis, made.arena, 0);
    const og_quantity rate = og_analysis_objective(made.analysis, made.arena, 1);
    const og_quantity target = og_analysis_objective(made.analysis, made.arena, 2);
    for (int64_t i = 0; i < made.record.trial_count; i++) {
        const double* y = made.trials[i].y;
        const double* row = made.analysis->objectives + 3 * i;
        if (made.trials[i].outcome != OG_FEASIBLE) {
            assert_true(isnan(row[0]) && isnan(rate.values[i]));
            continue;
        }
        assert_true(row[0] == 2 * y[0] && row[1] == -y[1] && row[2] == fabs(y[0] - 12.5));
        assert_true(doubled.values[i] == 2 * y[0] && rate.values[i] == y[1]);
        assert_true(target.values[i] == y[0]);
    }
    assert_true(rate.reference == made.record.reference_y[1]);
    assert_string_equal(rate.name, "rate");
    assert_string_equal(target.name, "time");
    assert_string_equal(target.unit, "ns");
    assert_true(og_quantity_better(&target, 12, 14) && og_quantity_better(&rate, 2, 1));
    assert_true(og_quantity_better(&rate, 2, NAN) && !og_quantity_better(&rate, NAN, 2));
    og_quantity found;
    assert_int_equal(og_analysis_quantity(made.analysis, made.arena, "2 * time", &found), OG_OK);
    assert_int_equal(og_analysis_quantity(made.analysis, made.arena, "rate", &found), OG_OK);
    assert_int_equal(found.sense, OG_MAXIMIZE);
    assert_int_equal(og_analysis_quantity(made.analysis, made.arena, "ratte", &found),
                     OG_ERROR_NAME);
    assert_non_null(strstr(og_error_text(), "did you mean rate?"));
    og_arena_destroy(made.arena);
}

static void damaged_records_are_refused(void** state) {
    (void)state;
    static const char* const wrong[] = {"minimise time", "target time", "maximize tim",
                                        "target time = x"};
    for (int i = 0; i < 4; i++) {
        opened made = open_study(1, 50);
        made.record.objectives = &wrong[i];
        assert_int_not_equal(
            og_analysis_create(made.arena, &made.record, made.trials, &made.analysis), OG_OK);
        assert_non_null(strstr(og_error_text(), "study made"));
        og_arena_destroy(made.arena);
    }
}

// Sums over the trials with one value, done again.
static void effect_is_a_table_of_means(void** state) {
    (void)state;
    opened made = open_study(1, 3);
    made.trials[5].violation = 1;
    made.trials[8].violation = 0.5;
    analyse(&made);
    const og_quantity time = og_analysis_objective(made.analysis, made.arena, 0);
    og_effect effect;
    og_analysis_effect(made.analysis, made.arena, &time, NULL, SIZE, &effect);
    assert_int_equal(effect.count, 4);
    for (int l = 0; l < effect.count; l++) {
        const og_level* level = &effect.levels[l];
        assert_true(level->low == 1 << l && level->high == level->low && isnan(level->marginal));
        double sum = 0;
        double squares = 0;
        double least = INFINITY;
        int64_t tried = 0;
        int64_t count = 0;
        for (int64_t i = 0; i < made.record.trial_count; i++) {
            const og_trial* trial = &made.trials[i];
            tried += trial->x[SIZE] == level->low;
            if (trial->x[SIZE] == level->low && og_analysis_accepted(trial)) {
                sum += trial->y[0];
                squares += trial->y[0] * trial->y[0];
                least = fmin(least, trial->y[0]);
                count++;
            }
        }
        assert_int_equal(level->tried, tried);
        assert_int_equal(level->count, count);
        const double mean = sum / (double)count;
        fixture_near(level->mean, mean, 1e-9);
        fixture_near(level->deviation, sqrt((squares - mean * sum) / (double)(count - 1)), 1e-6);
        fixture_near(level->least, least, 0);
        fixture_near(made.trials[level->best].y[0], least, 0);
    }
    og_arena_destroy(made.arena);
}

static void many_values_become_ranges(void** state) {
    (void)state;
    opened made = open_study(1, 1);
    analyse(&made);
    const og_quantity time = og_analysis_objective(made.analysis, made.arena, 0);
    og_effect effect;
    og_analysis_effect(made.analysis, made.arena, &time, NULL, SCALE, &effect);
    assert_in_range(effect.count, 20, OG_EFFECT_LEVELS);
    int64_t tried = 0;
    for (int l = 0; l < effect.count; l++) {
        assert_true(effect.levels[l].low <= effect.levels[l].high);
        assert_true(l == 0 || effect.levels[l].low > effect.levels[l - 1].high);
        tried += effect.levels[l].tried;
        if (effect.levels[l].low == 13 && effect.levels[l].high == 13) {
            assert_true(effect.levels[l].count == 0 && isnan(effect.levels[l].mean));
        }
    }
    assert_int_equal(tried, made.record.trial_count);
    og_arena_destroy(made.arena);
}

// A grid without conditions, where the surrogate is exact.
static og_outcome plain(const double* x, double* y) {
    y[0] = 4 * x[0] + x[1] + 2 * (x[0] - 1.5) * (x[2] - 1);
    y[1] = y[2] = 0;
    return OG_FEASIBLE;
}

static const og_parameter plain_parameters[] = {
    {OG_INTEGER_ROW("a", "", 0, 3, 1, "A.")},
    {OG_CHOICE_ROW("b", policies, 0, "B.")},
    {OG_INTEGER_ROW("c", "", 0, 2, 0, "C.")},
};

static void marginals_and_interactions_are_exact_on_grids(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    fixture_task task = task_of(1);
    task.parameters = plain_parameters;
    task.width = 3;
    task.constraint_count = 0;
    task.function = plain;
    int64_t count = 0;
    const double* designs = fixture_grid(arena, &task, &count);
    og_study_record record;
    og_trial* trials = NULL;
    const og_analysis* analysis = NULL;
    fixture_study(arena, &task, designs, count, &record, &trials);
    assert_int_equal(og_analysis_create(arena, &record, trials, &analysis), OG_OK);
    const og_quantity time = og_analysis_objective(analysis, arena, 0);
    const og_surrogate* surrogate = og_surrogate_fit(arena, analysis, &time, NULL);
    og_effect effect;
    og_analysis_effect(analysis, arena, &time, surrogate, 0, &effect);
    for (int l = 0; l < 4; l++) {
        fixture_near(effect.levels[l].mean, 4 * l + 1, 1e-12);
        fixture_near(effect.levels[l].marginal, 4 * l + 1, 1e-12);
    }
    fixture_near(effect.span, 12, 1e-12);
    og_interaction tied;
    og_interaction apart;
    og_analysis_interaction(analysis, arena, &time, surrogate, 0, 2, &tied);
    og_analysis_interaction(analysis, arena, &time, surrogate, 0, 1, &apart);
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 3; j++) {
            const og_cell* cell = &tied.cells[i * 3 + j];
            assert_int_equal(cell->count, 3);
            fixture_near(cell->joint, 2 * (i - 1.5) * (j - 1), 1e-12);
            fixture_near(cell->mean, 4 * i + 1 + 2 * (i - 1.5) * (j - 1), 1e-12);
            fixture_near(trials[cell->best].y[0], cell->mean - 1, 1e-12);
            fixture_near(apart.cells[i * 3 + j].joint, 0, 1e-12);
        }
    }
    og_arena_destroy(arena);
}

// True when a and b differ in `parameter`, and else at most in a timer that one does not have.
static bool is_neighbour(const double* a, const double* b, int parameter) {
    for (int c = 0; c < WIDTH; c++) {
        const bool tied = c == TIMER && parameter == POLICY && (a[POLICY] == 1) != (b[POLICY] == 1);
        if ((a[c] != b[c]) != (c == parameter) && !tied) {
            return false;
        }
    }
    return true;
}

static int64_t trial_of(const opened* made, const double* x) {
    for (int64_t i = 0; i < made->record.trial_count; i++) {
        if (memcmp(made->trials[i].x, x, sizeof *x * WIDTH) == 0) {
            return i;
        }
    }
    return -1;
}

static void check_neighbours(const opened* made, const og_neighbourhood* around) {
    const double* center = around->center.x;
    int open = 0;
    for (int i = 0; i < around->count; i++) {
        const og_neighbour* neighbour = &around->neighbours[i];
        assert_true(is_neighbour(center, neighbour->x, neighbour->parameter));
        assert_true(neighbour->x[neighbour->parameter] == neighbour->value);
        assert_true(neighbour->x[POLICY] == 1 || neighbour->x[TIMER] == 2);
        const bool allowed = neighbour->x[SIZE] * neighbour->x[TIMER] <= 16;
        const int64_t trial = trial_of(made, neighbour->x);
        assert_int_equal(neighbour->state == OG_NEIGHBOUR_FORBIDDEN, !allowed);
        assert_int_equal(neighbour->trial, trial);
        assert_int_equal(neighbour->state == OG_NEIGHBOUR_OPEN, allowed && trial < 0);
        if (neighbour->state == OG_NEIGHBOUR_OPEN) {
            assert_int_equal(around->open_indices[open], i);
            assert_memory_equal(around->x + open * WIDTH, neighbour->x,
                                sizeof *neighbour->x * WIDTH);
            open++;
        }
    }
    assert_int_equal(open, around->open);
}

// Every value of the parameters with few values is there, and nothing twice.
static int count_of(const og_neighbourhood* around, int parameter) {
    int count = 0;
    for (int i = 0; i < around->count; i++) {
        count += around->neighbours[i].parameter == parameter;
        assert_true(i == 0 ||
                    around->neighbours[i].parameter != around->neighbours[i - 1].parameter ||
                    around->neighbours[i].value > around->neighbours[i - 1].value);
    }
    return count;
}

static void neighbourhoods_are_complete(void** state) {
    (void)state;
    opened made = open_study(1, 2);
    // the default design is known without a trial
    analyse(&made);
    for (int64_t t = 0; t < made.record.trial_count; t += 37) {
        og_neighbourhood around;
        assert_int_equal(og_analysis_neighbourhood(made.analysis, made.arena, t, &around), OG_OK);
        assert_true(around.center.trial == t && around.center.y == made.trials[t].y);
        assert_int_equal(count_of(&around, POLICY), 2);
        assert_int_equal(count_of(&around, TIMER), made.trials[t].x[POLICY] == 1 ? 3 : 0);
        assert_int_equal(count_of(&around, SIZE), 3);
        assert_in_range(count_of(&around, SCALE), 13, OG_NEIGHBOURHOOD_LEVELS);
        check_neighbours(&made, &around);
    }
    og_arena_destroy(made.arena);
}

static void open_neighbours_are_filled(void** state) {
    (void)state;
    opened made = open_study(2, 3);
    static const char* const limits[] = {"double_time <= 30"};
    made.record.constraints = limits;
    made.record.constraint_count = 1;
    made.record.plan =
        "environment: toy\nagent: random\nobjectives:\n  - minimize: time\n"
        "budget: 1\nmetrics:\n  double_time: 2 * time\n";
    analyse(&made);
    og_neighbourhood around;
    assert_int_equal(
        og_analysis_neighbourhood(made.analysis, made.arena, made.record.trial_count / 2, &around),
        OG_OK);
    assert_true(around.open > 1);
    og_trial* trials = OG_NEW(made.arena, og_trial, around.open);
    double(*y)[3] = (double(*)[3])OG_NEW(made.arena, double, 3 * around.open);
    for (int i = 0; i < around.open; i++) {
        trials[i].outcome = cost(around.x + i * WIDTH, y[i]);
        y[i][2] = NAN;
        trials[i].x = i > 0 ? around.x + i * WIDTH : NULL;
        trials[i].y = y[i];
        trials[i].reason = "no such scale";
    }
    assert_int_equal(og_neighbourhood_fill(&around, made.arena, trials), OG_OK);
    // the first one was not evaluated
    assert_int_equal(around.neighbours[around.open_indices[0]].state, OG_NEIGHBOUR_OPEN);
    int violations = 0;
    for (int i = 1; i < around.open; i++) {
        const og_neighbour* neighbour = &around.neighbours[around.open_indices[i]];
        assert_int_equal(neighbour->state, OG_NEIGHBOUR_KNOWN);
        double expected[3];
        assert_int_equal(neighbour->outcome, cost(neighbour->x, expected));
        if (neighbour->outcome != OG_FEASIBLE) {
            assert_string_equal(neighbour->reason, "no such scale");
            continue;
        }
        assert_memory_equal(neighbour->y, expected, sizeof expected);
        assert_true(neighbour->objectives[0] == expected[0]);
        assert_true(neighbour->objectives[1] == -expected[1]);
        const double* reference = made.record.reference_y;
        fixture_near(neighbour->loss, (expected[0] / reference[0] - expected[1] / reference[1]) / 2,
                     1e-12);
        assert_int_equal(neighbour->violation > 0, expected[2] > 30);
        violations += neighbour->violation > 0;
    }
    assert_in_range(violations, 1, around.open - 1);
    og_arena_destroy(made.arena);
}

static void default_design_is_a_known_neighbour(void** state) {
    (void)state;
    opened made = open_study(1, 1);
    const double near[] = {0, 2, 2, 4};
    made.trials[0].x = near;
    made.record.trial_count = 1;
    analyse(&made);
    og_neighbourhood around;
    assert_int_equal(og_analysis_neighbourhood(made.analysis, made.arena, 0, &around), OG_OK);
    int found = 0;
    for (int i = 0; i < around.count; i++) {
        const og_neighbour* neighbour = &around.neighbours[i];
        if (neighbour->parameter == SCALE && neighbour->value == 3) {
            assert_int_equal(neighbour->state, OG_NEIGHBOUR_KNOWN);
            assert_int_equal(neighbour->trial, -1);
            assert_true(neighbour->objectives[0] == made.record.reference_y[0]);
            found++;
        }
    }
    assert_int_equal(found, 1);
    og_arena_destroy(made.arena);
}

static void courses_only_improve(void** state) {
    (void)state;
    opened made = open_study(2, 1);
    analyse(&made);
    const og_quantity rate = og_analysis_objective(made.analysis, made.arena, 1);
    og_course course;
    og_analysis_best_so_far(made.analysis, made.arena, &rate, &course);
    double best = -INFINITY;
    int64_t at = 0;
    for (int64_t i = 0; i < made.record.trial_count; i++) {
        if (rate.values[i] > best) {
            best = rate.values[i];
            assert_int_equal(course.trials[at], i);
            fixture_near(course.values[at++], best, 0);
        }
    }
    assert_int_equal(course.count, at);
    og_arena_destroy(made.arena);
}

// Area of the union of the boxes from each trial to the corner, by strips.
static double area_until(const og_analysis* analysis, int64_t end, const double* ideal,
                         const double* worst) {
    enum { STRIPS = 2000 };
    double area = 0;
    for (int s = 0; s < STRIPS; s++) {
        const double x = ideal[0] + (s + 0.5) / STRIPS * (worst[0] - ideal[0]);
        double least = worst[1];
        for (int64_t i = 0; i < end; i++) {
            const double* row = analysis->objectives + 2 * i;
            if (og_analysis_accepted(&analysis->trials[i]) && row[0] <= x) {
                least = fmin(least, row[1]);
            }
        }
        area += (worst[1] - least) / (worst[1] - ideal[1]) / STRIPS;
    }
    return area;
}

static void hypervolume_is_the_area(void** state) {
    (void)state;
    opened made = open_study(2, 5);
    analyse(&made);
    double ideal[2];
    double worst[2];
    assert_true(og_analysis_box(&made.analysis, 1, made.arena, ideal, worst));
    og_course course;
    og_analysis_hypervolume(made.analysis, made.arena, ideal, worst, 12, &course);
    assert_in_range(course.count, 8, 12);
    assert_int_equal(course.trials[course.count - 1], made.record.trial_count - 1);
    for (int64_t i = 0; i < course.count; i++) {
        assert_true(i == 0 || course.values[i] >= course.values[i - 1]);
        fixture_near(course.values[i],
                     area_until(made.analysis, course.trials[i] + 1, ideal, worst), 2e-3);
    }
    og_arena_destroy(made.arena);
}

static void sample_keeps_the_front(void** state) {
    (void)state;
    opened made = open_study(2, 1);
    analyse(&made);
    int64_t front_count = 0;
    const int64_t* front = og_analysis_front(made.analysis, made.arena, &front_count);
    int64_t count = 0;
    const int64_t* sample = og_analysis_sample(made.analysis, made.arena, 200, &count);
    assert_int_equal(count, 200);
    int64_t seen = 0;
    for (int64_t i = 0; i < count; i++) {
        assert_true(i == 0 || sample[i] > sample[i - 1]);
        seen += seen < front_count && sample[i] == front[seen];
    }
    assert_in_range(front_count, 2, 99);
    assert_int_equal(seen, front_count);
    og_analysis_sample(made.analysis, made.arena, 1000000, &count);
    assert_int_equal(count, made.record.trial_count);
    og_arena_destroy(made.arena);
}

static og_outcome lattice(const double* x, double* y) {
    // few values, so that many designs are equal in one, two or all objectives
    const int number = (int)(x[POLICY] + 3 * x[TIMER] + 5 * x[SIZE] + 7 * x[SCALE]);
    y[0] = number * 37 % 11;
    y[1] = number * 53 % 7;
    y[2] = number * 29 % 13;
    return OG_FEASIBLE;
}

static void front_of_three_is_that_of_og_front(void** state) {
    (void)state;
    static const char* const three[] = {"minimize time", "maximize rate", "minimize double_time"};
    for (int64_t stride = 1; stride < 200; stride += 13) {
        opened made = open_study(2, stride);
        made.record.objectives = three;
        made.record.objective_count = 3;
        for (int64_t i = 0; i < made.record.trial_count; i++) {
            made.trials[i].outcome = lattice(made.trials[i].x, (double*)made.trials[i].y);
        }
        analyse(&made);
        bool* eligible = OG_NEW(made.arena, bool, made.record.trial_count);
        memset(eligible, 1, (size_t)made.record.trial_count);
        int64_t* expected = OG_NEW(made.arena, int64_t, made.record.trial_count);
        const int64_t expected_count =
            og_front(made.analysis->objectives, made.record.trial_count, 3, eligible, expected);
        int64_t count = 0;
        const int64_t* front = og_analysis_front(made.analysis, made.arena, &count);
        assert_int_equal(count, expected_count);
        assert_memory_equal(front, expected, sizeof *front * (size_t)count);
        og_arena_destroy(made.arena);
    }
}

static void empty_study_is_no_trouble(void** state) {
    (void)state;
    opened made = open_study(2, 1);
    made.record.trial_count = 0;
    analyse(&made);
    const og_quantity time = og_analysis_objective(made.analysis, made.arena, 0);
    assert_null(og_surrogate_fit(made.arena, made.analysis, &time, NULL));
    og_effect effect;
    og_analysis_effect(made.analysis, made.arena, &time, NULL, SIZE, &effect);
    assert_int_equal(effect.count, 0);
    og_interaction interaction;
    og_analysis_interaction(made.analysis, made.arena, &time, NULL, SIZE, SCALE, &interaction);
    og_best_importance best;
    og_analysis_best_importance(made.analysis, made.arena, 0.1, &best);
    double ideal[2];
    double worst[2];
    assert_false(og_analysis_box(&made.analysis, 1, made.arena, ideal, worst));
    og_course course;
    og_analysis_best_so_far(made.analysis, made.arena, &time, &course);
    assert_int_equal(course.count, 0);
    og_arena_destroy(made.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objectives_have_two_forms),
        cmocka_unit_test(damaged_records_are_refused),
        cmocka_unit_test(effect_is_a_table_of_means),
        cmocka_unit_test(many_values_become_ranges),
        cmocka_unit_test(marginals_and_interactions_are_exact_on_grids),
        cmocka_unit_test(neighbourhoods_are_complete),
        cmocka_unit_test(open_neighbours_are_filled),
        cmocka_unit_test(default_design_is_a_known_neighbour),
        cmocka_unit_test(courses_only_improve),
        cmocka_unit_test(hypervolume_is_the_area),
        cmocka_unit_test(sample_keeps_the_front),
        cmocka_unit_test(front_of_three_is_that_of_og_front),
        cmocka_unit_test(empty_study_is_no_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
