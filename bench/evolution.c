// Microseconds per evaluation of the evolutionary methods for several objectives: ask and tell, a
// population of 100, ten parameters, two objectives.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ogive/agent.h"
#include "ogive/clock.h"
#include "ogive/text.h"

enum { EVOLUTION_WIDTH = 10, EVOLUTION_POPULATION = 100, EVOLUTION_OBJECTIVES = 2 };

static const char* const evolution_names[] = {"nsga2", "nsga3", "moea_d", "sms_emoa"};
static const char* const evolution_choices[] = {"a", "b", "c", "d"};

// Ten reals, ten integers of 32 levels, or ten choices of four.
static const char* const evolution_spaces[] = {"reals", "levels", "choices"};

static const og_space* evolution_space(og_arena* arena, int kind) {
    og_parameter* rows = OG_NEW(arena, og_parameter, EVOLUTION_WIDTH);
    const og_parameter models[] = {
        {OG_REAL_ROW("x", "", 0, 31, 15.5, "Real.")},
        {OG_INTEGER_ROW("x", "", 0, 31, 15, "Integer.")},
        {OG_CHOICE_ROW("x", evolution_choices, 0, "Choice.")},
    };
    for (int i = 0; i < EVOLUTION_WIDTH; i++) {
        rows[i] = models[kind];
        rows[i].name = og_text_format(arena, "x%d", i);
    }
    const og_space_table table = {.parameters = rows, .count = EVOLUTION_WIDTH};
    const og_space* space = NULL;
    return og_space_create(arena, &table, &space) == OG_OK ? space : NULL;
}

// Squared distances to two designs.
static void evolution_cost(const double* x, double* objectives) {
    objectives[0] = objectives[1] = 0;
    for (int i = 0; i < EVOLUTION_WIDTH; i++) {
        objectives[0] += x[i] * x[i];
        objectives[1] += (x[i] - 2) * (x[i] - 2);
    }
}

// Seconds of the agent per evaluation over `count` of them.
static double evolution_measure(const og_agent_type* type, const og_space* space, int children,
                                int count) {
    og_arena* arena = og_arena_create();
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    char text[16];
    snprintf(text, sizeof text, "%d", children);
    og_agent_setup setup = {
        .space = space, .options = &options, .objective_count = EVOLUTION_OBJECTIVES, .seed = 1};
    og_agent* agent = NULL;
    if (og_settings_set(&options, "population", "100") != OG_OK ||
        og_settings_set(&options, "children", text) != OG_OK ||
        og_agent_start(arena, type, &setup, &agent) != OG_OK) {
        fprintf(stderr, "%s\n", og_error_text());
        exit(1);
    }
    double* x = OG_NEW(arena, double, EVOLUTION_WIDTH* children);
    double* costs = OG_NEW(arena, double, EVOLUTION_OBJECTIVES* children);
    og_told* told = OG_NEW(arena, og_told, children);
    int proposed = 0;
    int made = 1;
    double begin = og_clock_processor_seconds();
    for (; proposed < count && made > 0; proposed += made) {
        made = type->ask(agent, children, x);
        for (int i = 0; i < made; i++) {
            told[i].x = x + i * EVOLUTION_WIDTH;
            told[i].objectives = costs + i * EVOLUTION_OBJECTIVES;
            evolution_cost(told[i].x, costs + i * EVOLUTION_OBJECTIVES);
            told[i].loss = costs[i * EVOLUTION_OBJECTIVES];
        }
        type->tell(agent, made, told);
    }
    const double seconds = og_clock_processor_seconds() - begin;
    og_arena_destroy(arena);
    return seconds / proposed;
}

int main(int argc, char** argv) {
    const int count = argc > 1 ? atoi(argv[1]) : 100000;
    og_arena* arena = og_arena_create();
    printf("microseconds per evaluation, population 100, 10 parameters, 2 objectives\n");
    printf("%-10s %-8s %12s %12s\n", "agent", "space", "100 children", "4 children");
    for (int i = 0; i < (int)(sizeof evolution_names / sizeof *evolution_names); i++) {
        const og_agent_type* type = NULL;
        if (og_agent_find(evolution_names[i], &type) != OG_OK) {
            continue;
        }
        for (int kind = 0; kind < 3; kind++) {
            const og_space* space = evolution_space(arena, kind);
            printf("%-10s %-8s %12.3f %12.3f\n", type->name, evolution_spaces[kind],
                   1e6 * evolution_measure(type, space, EVOLUTION_POPULATION, count),
                   1e6 * evolution_measure(type, space, 4, count));
        }
    }
    og_arena_destroy(arena);
    return 0;
}
