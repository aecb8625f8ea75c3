// Evolution with several objectives on problems whose fronts are known: hypervolume of the last
// population, mean over seeds, against what pymoo reaches with the same populations and
// evaluations (its defaults; its final populations measured by this hypervolume).

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent/evolution.h"
#include "ogive/environment.h"
#include "ogive/hypervolume.h"

enum { SEVERAL_SEEDS = 7, SEVERAL_OBJECTIVES = 3 };

typedef struct several_problem {
    const char* name;
    const char* dimensions;
    int objectives;
    int evaluations;
    double reference[SEVERAL_OBJECTIVES];
} several_problem;

enum { SEVERAL_ZDT1, SEVERAL_ZDT2, SEVERAL_ZDT3, SEVERAL_ZDT4, SEVERAL_ZDT6 };
enum { SEVERAL_DTLZ1 = SEVERAL_ZDT6 + 1, SEVERAL_DTLZ2, SEVERAL_DTLZ7 };

static const several_problem several_problems[] = {
    [SEVERAL_ZDT1] = {"zdt1", "30", 2, 25000, {1.1, 1.1}},
    [SEVERAL_ZDT2] = {"zdt2", "30", 2, 25000, {1.1, 1.1}},
    [SEVERAL_ZDT3] = {"zdt3", "30", 2, 25000, {1.1, 1.1}},
    [SEVERAL_ZDT4] = {"zdt4", "10", 2, 25000, {1.1, 1.1}},
    [SEVERAL_ZDT6] = {"zdt6", "10", 2, 25000, {1.1, 1.1}},
    [SEVERAL_DTLZ1] = {"dtlz1", "7", 3, 36800, {0.55, 0.55, 0.55}},
    [SEVERAL_DTLZ2] = {"dtlz2", "12", 3, 23000, {1.1, 1.1, 1.1}},
    [SEVERAL_DTLZ7] = {"dtlz7", "22", 3, 23000, {1.1, 1.1, 6.6}},
};

// Populations of 100 with two objectives, and of 92 with three. The default design of some problems
// lies on their front, so it is not proposed.
#define SEVERAL_STEADY_HUNDRED "population", "100", "default_first", "false"
#define SEVERAL_HUNDRED SEVERAL_STEADY_HUNDRED, "children", "100"
#define SEVERAL_STEADY "population", "92", "default_first", "false"
#define SEVERAL_NINETY_TWO SEVERAL_STEADY, "children", "92"

typedef struct several_run {
    const char* agent;
    int problem;
    double peer;              // mean hypervolume of pymoo's NSGA-II or NSGA-III
    const char* options[10];  // pairs
} several_run;

static const several_run several_runs[] = {
    {"nsga2", SEVERAL_ZDT1, 0.86976, {SEVERAL_HUNDRED}},
    {"nsga2", SEVERAL_ZDT2, 0.53633, {SEVERAL_HUNDRED}},
    {"nsga2", SEVERAL_ZDT3, 1.32768, {SEVERAL_HUNDRED}},
    {"nsga2", SEVERAL_ZDT4, 0.86470, {SEVERAL_HUNDRED}},
    {"nsga2", SEVERAL_ZDT6, 0.49468, {SEVERAL_HUNDRED}},
    {"nsga2", SEVERAL_DTLZ1, 0.13519, {SEVERAL_NINETY_TWO}},
    {"nsga2", SEVERAL_DTLZ2, 0.69468, {SEVERAL_NINETY_TWO}},
    {"nsga2", SEVERAL_DTLZ7, 2.48950, {SEVERAL_NINETY_TWO}},
    {"nsga3", SEVERAL_DTLZ1, 0.13986, {SEVERAL_NINETY_TWO, "mutation_rate", "0.05"}},
    {"nsga3", SEVERAL_DTLZ2, 0.74415, {SEVERAL_NINETY_TWO}},
    {"nsga3", SEVERAL_DTLZ7, 2.49780, {SEVERAL_NINETY_TWO}},
    {"moea_d", SEVERAL_ZDT1, 0.86976, {SEVERAL_STEADY_HUNDRED}},
    {"moea_d", SEVERAL_DTLZ2, 0.74415, {SEVERAL_STEADY}},
    {"sms_emoa", SEVERAL_ZDT1, 0.86976, {SEVERAL_STEADY_HUNDRED}},
    {"sms_emoa", SEVERAL_ZDT6, 0.49468, {SEVERAL_STEADY_HUNDRED}},
};
enum { SEVERAL_RUNS = sizeof several_runs / sizeof *several_runs };

static void several_open(og_arena* arena, const several_problem* problem, og_model* model,
                         const og_space** space) {
    const og_environment* type = NULL;
    assert_int_equal(og_environment_find("function", &type), OG_OK);
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    assert_int_equal(og_settings_set(&options, "function", problem->name), OG_OK);
    assert_int_equal(og_settings_set(&options, "dimensions", problem->dimensions), OG_OK);
    assert_int_equal(og_settings_set(&options, "levels", "0"), OG_OK);
    assert_int_equal(og_environment_open(arena, type, &options, model), OG_OK);
    assert_int_equal(og_space_create(arena, &model->space, space), OG_OK);
}

static og_agent* several_start(og_arena* arena, const several_run* run, const og_space* space,
                               int objectives, uint64_t seed) {
    const og_agent_type* type = NULL;
    assert_int_equal(og_agent_find(run->agent, &type), OG_OK);
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    for (int i = 0; i < 10 && run->options[i] != NULL; i += 2) {
        assert_int_equal(og_settings_set(&options, run->options[i], run->options[i + 1]), OG_OK);
    }
    const og_agent_setup setup = {
        .space = space, .options = &options, .objective_count = objectives, .seed = seed};
    og_agent* agent = NULL;
    assert_int_equal(og_agent_start(arena, type, &setup, &agent), OG_OK);
    return agent;
}

// One batch: ask, evaluate, tell. Returns how many designs it had.
static int several_step(og_agent* agent, const og_model* model, double* x, double* y,
                        og_told* told) {
    const int made = agent->type->ask(agent, agent->type->batch(agent), x);
    for (int i = 0; i < made; i++) {
        const char* reason = NULL;
        told[i] = (og_told){.x = x + i * agent->space->count, .objectives = y};
        assert_int_equal(model->type->evaluate(model->data, told[i].x, y, NULL, &reason),
                         OG_FEASIBLE);
        told[i].loss = y[0];
        y += model->metric_count;
    }
    agent->type->tell(agent, made, told);
    return made;
}

// Hypervolume of the population after `evaluations`.
static double several_volume(const several_run* run, int evaluations, uint64_t seed) {
    const several_problem* problem = &several_problems[run->problem];
    og_arena* arena = og_arena_create();
    og_model model;
    const og_space* space = NULL;
    several_open(arena, problem, &model, &space);
    og_agent* agent = several_start(arena, run, space, problem->objectives, seed);
    const int batch = agent->type->batch(agent);
    double* x = OG_NEW(arena, double, batch * space->count);
    double* y = OG_NEW(arena, double, batch* model.metric_count);
    og_told* told = OG_NEW(arena, og_told, batch);
    for (int spent = 0; spent < evaluations;) {
        const int made = several_step(agent, &model, x, y, told);
        assert_true(made > 0);
        spent += made;
    }
    const og_evolution* evolution = agent->state;
    double* front = OG_NEW(arena, double, evolution->parents * problem->objectives);
    for (int i = 0; i < evolution->parents; i++) {
        memcpy(front + i * problem->objectives, evolution->population.members[i].objectives,
               sizeof(double) * (size_t)problem->objectives);
    }
    const double volume =
        og_hypervolume(arena, front, evolution->parents, problem->objectives, problem->reference);
    og_arena_destroy(arena);
    return volume;
}

static double several_mean(const several_run* run, int evaluations, double* deviation) {
    double sum = 0;
    double squares = 0;
    for (int seed = 1; seed <= SEVERAL_SEEDS; seed++) {
        const double volume = several_volume(run, evaluations, (uint64_t)seed);
        sum += volume;
        squares += volume * volume;
    }
    const double mean = sum / SEVERAL_SEEDS;
    *deviation = sqrt(fmax(squares / SEVERAL_SEEDS - mean * mean, 0));
    return mean;
}

static void test_reaches_peers(void** state) {
    (void)state;
    int failures = 0;
    for (int i = 0; i < SEVERAL_RUNS; i++) {
        const several_run* run = &several_runs[i];
        const several_problem* problem = &several_problems[run->problem];
        double deviation = 0;
        const double mean = several_mean(run, problem->evaluations, &deviation);
        const bool fails = mean < run->peer;
        failures += fails;
        print_message("%-9s %-6s %.5f (%.5f), pymoo %.5f%s\n", run->agent, problem->name, mean,
                      deviation, run->peer, fails ? " FAILS" : "");
    }
    assert_int_equal(failures, 0);
}

// The comparison can be lost: a tenth of the evaluations is not enough.
static void test_needs_its_evaluations(void** state) {
    (void)state;
    int reached = 0;
    for (int i = 0; i < SEVERAL_RUNS; i++) {
        const several_run* run = &several_runs[i];
        double deviation = 0;
        const int evaluations = several_problems[run->problem].evaluations / 10;
        reached += several_mean(run, evaluations, &deviation) >= run->peer;
    }
    assert_int_equal(reached, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reaches_peers),
        cmocka_unit_test(test_needs_its_evaluations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
