// Microseconds per proposal: ask and tell, on ten parameters.
//
//     bench_agents [COUNT [AGENT...]]

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/agent.h"
#include "ogive/clock.h"

static const char* const agents_choices[] = {"a", "b", "c", "d"};

// four integers, two powers, two choices, a boolean and an ordinal: 1.9 million designs a group
static const double agents_sizes[] = {1, 2, 4, 8, 16, 32};
static const og_parameter agents_rows[] = {
    {OG_INTEGER_ROW("i1", "", 0, 31, 0, "Integer.")},
    {OG_INTEGER_ROW("i2", "", 0, 31, 0, "Integer.")},
    {OG_INTEGER_ROW("i3", "", 1, 128, 1, "Integer.")},
    {OG_INTEGER_ROW("i4", "", 0, 7, 0, "Integer.")},
    {OG_POWER_ROW("p1", "", 1, 128, 1, "Power.")},
    {OG_POWER_ROW("p2", "", 1, 64, 1, "Power.")},
    {OG_CHOICE_ROW("c1", agents_choices, 0, "Choice.")},
    {OG_CHOICE_ROW("c2", agents_choices, 0, "Choice.")},
    {OG_BOOLEAN_ROW("b1", 0, "Boolean.")},
    {OG_ORDINAL_ROW("o1", "", agents_sizes, 1, "Ordinal.")},
};
static const char* const agents_constraints[] = {"i1 <= i3"};

enum { AGENTS_WIDTH = 10, AGENTS_MOST_BATCH = 4096 };

static double agents_loss(const double* x) {
    double sum = 0;
    for (int i = 0; i < AGENTS_WIDTH; i++) {
        sum += (x[i] - 2) * (x[i] - 2) * (1 + 0.1 * i);
    }
    return sum;
}

// Seconds per proposal over `count` of them, with some 10 ns for its loss.
static double agents_measure(const og_agent_type* type, const og_space* space, int batch,
                             int count) {
    og_arena* arena = og_arena_create();
    const og_agent_setup setup = {.space = space, .objective_count = 1, .seed = 1};
    og_agent* agent = NULL;
    if (og_agent_start(arena, type, &setup, &agent) != OG_OK) {
        og_arena_destroy(arena);
        return NAN;
    }
    batch = batch > 0 ? batch : type->batch(agent);
    double* x = OG_NEW(arena, double, AGENTS_WIDTH* batch);
    double* losses = OG_NEW(arena, double, batch);
    og_told* told = OG_NEW(arena, og_told, batch);
    int proposed = 0;
    int made = 1;
    const double begin = og_clock_processor_seconds();
    for (; proposed < count && made > 0; proposed += made) {
        made = type->ask(agent, batch, x);
        for (int i = 0; i < made; i++) {
            losses[i] = agents_loss(x + i * AGENTS_WIDTH);
            told[i] =
                (og_told){.x = x + i * AGENTS_WIDTH, .objectives = &losses[i], .loss = losses[i]};
        }
        if (type->tell != NULL) {
            type->tell(agent, made, told);
        }
    }
    const double seconds = og_clock_processor_seconds() - begin;
    og_arena_destroy(arena);
    return seconds / proposed;
}

static bool agents_wanted(const char* name, int argc, char** argv) {
    bool wanted = argc <= 2;
    for (int i = 2; i < argc; i++) {
        wanted = wanted || strcmp(argv[i], name) == 0;
    }
    return wanted;
}

int main(int argc, char** argv) {
    const int count = argc > 1 ? atoi(argv[1]) : 200000;
    og_arena* arena = og_arena_create();
    const og_space_table table = {agents_rows, AGENTS_WIDTH, agents_constraints, 1};
    const og_space* space = NULL;
    if (og_space_create(arena, &table, &space) != OG_OK) {
        fprintf(stderr, "%s\n", og_error_text());
        return 1;
    }
    printf("microseconds per proposal, %d proposals, 10 parameters, %.3g designs\n", count,
           space->size);
    printf("%-24s %10s %10s %10s\n", "agent", "own batch", "batch 1", "batch 64");
    for (int i = 0; og_agent_at(i) != NULL; i++) {
        const og_agent_type* type = og_agent_at(i);
        if (!agents_wanted(type->name, argc, argv)) {
            continue;
        }
        printf("%-24s %10.3f %10.3f %10.3f\n", type->name,
               1e6 * agents_measure(type, space, 0, count),
               1e6 * agents_measure(type, space, 1, count),
               1e6 * agents_measure(type, space, 64, count));
    }
    og_arena_destroy(arena);
    return 0;
}
