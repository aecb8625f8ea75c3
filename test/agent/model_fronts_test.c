// Searches by models with several objectives: within a hundred evaluations they dominate more than
// evolution does.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/agent.h"
#include "ogive/environment.h"
#include "ogive/hypervolume.h"

enum { MODEL_FRONTS_SEEDS = 5, MODEL_FRONTS_BUDGET = 80, MODEL_FRONTS_MOST_BATCH = 16 };

typedef struct model_fronts_problem {
    const char* function;
    const char* dimensions;
    const char* levels;
    int objectives;
    double reference[3];
} model_fronts_problem;

static const model_fronts_problem model_fronts_problems[] = {
    {"zdt1", "8", "21", 2, {1.1, 6}},
    {"zdt2", "6", "0", 2, {1.1, 6}},
    {"dtlz2", "6", "11", 3, {1.5, 1.5, 1.5}},
};
enum {
    MODEL_FRONTS_PROBLEMS = sizeof model_fronts_problems / sizeof *model_fronts_problems,
    MODEL_FRONTS_TWO = 2,  // the first ones, with two objectives
};

static og_agent* model_fronts_start(og_arena* arena, const char* name, const og_space* space,
                                    int objectives, uint64_t seed) {
    const og_agent_type* type = NULL;
    assert_int_equal(og_agent_find(name, &type), OG_OK);
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    // some default designs lie on the front
    assert_int_equal(og_settings_set(&options, "default_first", "false"), OG_OK);
    const og_agent_setup setup = {
        .space = space, .options = &options, .objective_count = objectives, .seed = seed};
    og_agent* agent = NULL;
    assert_int_equal(og_agent_start(arena, type, &setup, &agent), OG_OK);
    return agent;
}

static const og_space* model_fronts_open(og_arena* arena, const model_fronts_problem* problem,
                                         og_model* model) {
    const og_environment* type = NULL;
    assert_int_equal(og_environment_find("function", &type), OG_OK);
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    assert_int_equal(og_settings_set(&options, "function", problem->function), OG_OK);
    assert_int_equal(og_settings_set(&options, "dimensions", problem->dimensions), OG_OK);
    assert_int_equal(og_settings_set(&options, "levels", problem->levels), OG_OK);
    const og_space* space = NULL;
    assert_int_equal(og_environment_open(arena, type, &options, model), OG_OK);
    assert_int_equal(og_space_create(arena, &model->space, &space), OG_OK);
    return space;
}

// Hypervolume of all designs that an agent tries within the budget. Every fifth one fails where
// `failures` are wanted.
static double model_fronts_volume(const char* name, const model_fronts_problem* problem,
                                  uint64_t seed, bool failures) {
    og_arena* arena = og_arena_create();
    og_model model;
    const og_space* space = model_fronts_open(arena, problem, &model);
    const int objectives = problem->objectives;
    og_agent* agent = model_fronts_start(arena, name, space, objectives, seed);
    double* points = OG_NEW(arena, double, MODEL_FRONTS_BUDGET* objectives);
    double* y = OG_NEW(arena, double, MODEL_FRONTS_MOST_BATCH* model.metric_count);
    double* x = OG_NEW(arena, double, MODEL_FRONTS_MOST_BATCH * space->count);
    og_told told[MODEL_FRONTS_MOST_BATCH];
    const int batch = agent->type->batch(agent);
    assert_true(batch <= MODEL_FRONTS_MOST_BATCH);
    int count = 0;
    for (int spent = 0; spent < MODEL_FRONTS_BUDGET;) {
        const int left = MODEL_FRONTS_BUDGET - spent;
        const int made = agent->type->ask(agent, batch < left ? batch : left, x);
        assert_true(made > 0);
        for (int i = 0; i < made; i++) {
            const char* reason = NULL;
            double* metrics = y + i * model.metric_count;
            told[i] = (og_told){.x = x + i * space->count, .objectives = metrics};
            assert_int_equal(model.type->evaluate(model.data, told[i].x, metrics, NULL, &reason),
                             OG_FEASIBLE);
            told[i].failed = failures && og_space_hash(space, told[i].x) % 5 == 0;
            told[i].loss = told[i].failed ? (double)INFINITY : metrics[0];
            if (!told[i].failed) {
                memcpy(points + count++ * objectives, metrics, sizeof(double) * (size_t)objectives);
            }
        }
        agent->type->tell(agent, made, told);
        spent += made;
    }
    const double volume = og_hypervolume(arena, points, count, objectives, problem->reference);
    og_arena_destroy(arena);
    return volume;
}

static void model_fronts_expect(const char* name, int problems) {
    for (int p = 0; p < problems; p++) {
        double ours = 0;
        double theirs = 0;
        for (int seed = 1; seed <= MODEL_FRONTS_SEEDS; seed++) {
            const bool failures = seed == MODEL_FRONTS_SEEDS;
            ours += model_fronts_volume(name, &model_fronts_problems[p], (uint64_t)seed, failures);
            theirs +=
                model_fronts_volume("nsga2", &model_fronts_problems[p], (uint64_t)seed, failures);
        }
        print_message("%s, %s: %.4f, evolution %.4f\n", name, model_fronts_problems[p].function,
                      ours / MODEL_FRONTS_SEEDS, theirs / MODEL_FRONTS_SEEDS);
        assert_true(ours > theirs);
    }
}

static void test_gp_ehvi(void** state) {
    (void)state;
    model_fronts_expect("gp_ehvi", MODEL_FRONTS_PROBLEMS);
}

static void test_parego(void** state) {
    (void)state;
    // with three objectives it is no better than evolution
    model_fronts_expect("parego", MODEL_FRONTS_TWO);
}

static void test_linas(void** state) {
    (void)state;
    model_fronts_expect("linas", MODEL_FRONTS_PROBLEMS);
}

static void test_mo_tpe(void** state) {
    (void)state;
    model_fronts_expect("mo_tpe", MODEL_FRONTS_PROBLEMS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gp_ehvi),
        cmocka_unit_test(test_parego),
        cmocka_unit_test(test_linas),
        cmocka_unit_test(test_mo_tpe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
