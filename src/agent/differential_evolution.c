// Differential evolution over mixed kinds: ordered parameters move by scaled differences of
// positions, choices take over the value of a difference's end with the probability that the scale
// is.

#include <math.h>
#include <string.h>

#include "agent/population.h"
#include "agent/position.h"
#include "agent/seen.h"

enum {
    DIFFERENTIAL_EVOLUTION_POPULATION,
    DIFFERENTIAL_EVOLUTION_STRATEGY,
    DIFFERENTIAL_EVOLUTION_SCALE,
    DIFFERENTIAL_EVOLUTION_CROSSOVER_RATE,
    DIFFERENTIAL_EVOLUTION_DEFAULT_FIRST,
};

typedef enum differential_evolution_strategy {
    DIFFERENTIAL_EVOLUTION_RAND,
    DIFFERENTIAL_EVOLUTION_CURRENT_TO_BEST,
} differential_evolution_strategy;
static const char* const differential_evolution_strategies[] = {"rand_1_bin",
                                                                "current_to_best_1_bin"};

static const og_parameter differential_evolution_options[] = {
    {OG_INTEGER_ROW("population", "", 4, 4096, 16, "Designs that evolve.")},
    {OG_CHOICE_ROW("strategy", differential_evolution_strategies,
                   DIFFERENTIAL_EVOLUTION_CURRENT_TO_BEST,
                   "Where differences are added: to a random member, or on the way from the member "
                   "to the best.")},
    {OG_REAL_ROW("scale", "", 0, 2, 0.6,
                 "Mean factor of differences; each child draws its own within half of it.")},
    {OG_REAL_ROW("crossover_rate", "", 0, 1, 0.5,
                 "Probability that a child takes a parameter from the moved design and not from "
                 "the member that it competes with.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
};

typedef struct differential_evolution_state {
    og_seen seen;
    og_population population;
    int64_t asked;       // children proposed; child i competes with member i modulo the population
    int64_t told;        // children told
    int best;            // member
    bool default_first;  // still to be proposed
} differential_evolution_state;

static og_status differential_evolution_start(og_agent* agent) {
    differential_evolution_state* state = agent->state;
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    state->population =
        og_population_make(agent, (int)agent->options[DIFFERENTIAL_EVOLUTION_POPULATION]);
    state->default_first = agent->options[DIFFERENTIAL_EVOLUTION_DEFAULT_FIRST] > 0;
    return OG_OK;
}

static int differential_evolution_batch(const og_agent* agent) {
    return (int)agent->options[DIFFERENTIAL_EVOLUTION_POPULATION];
}

// Put a position that left [0, 1] at random between where it came from and the end that it crossed.
static double differential_evolution_inside(og_random* random, double from, double to) {
    if (to >= 0 && to <= 1) {
        return to;
    }
    const double end = to < 0 ? 0 : 1;
    return from + (end - from) * og_random_uniform(random);
}

// Value of one parameter: `from` moved by `scale` times the way from `start` to `end`.
static double differential_evolution_move(const og_parameter* parameter, og_random* random,
                                          double scale, double from, double start, double end) {
    if (parameter->kind == OG_CHOICE) {
        const bool differ = start < end || start > end;
        return differ && og_random_uniform(random) < scale ? end : from;
    }
    const double position = og_position_of(parameter, from);
    const double step = scale * (og_position_of(parameter, end) - og_position_of(parameter, start));
    const double moved = differential_evolution_inside(random, position, position + step);
    const int64_t levels = og_parameter_levels(parameter);
    if (levels == 0) {
        return og_position_value(parameter, moved);
    }
    // round up or down by chance, so that steps shorter than a level are not lost
    const double wide = levels > 1 ? 1.0 / (double)(levels - 1) : 0;
    return og_position_value(parameter, moved + wide * (og_random_uniform(random) - 0.5));
}

// Three different members that are not `target`.
static void differential_evolution_pick(og_agent* agent, int target, const double** picked) {
    const differential_evolution_state* state = agent->state;
    const int count = state->population.count;
    int indices[3];
    for (int i = 0; i < 3; i++) {
        bool fresh = false;
        while (!fresh) {
            indices[i] = (int)og_random_below(&agent->random, (uint64_t)count);
            fresh = indices[i] != target;
            for (int k = 0; k < i; k++) {
                fresh = fresh && indices[k] != indices[i];
            }
        }
        picked[i] = state->population.members[indices[i]].x;
    }
}

static void differential_evolution_breed(og_agent* agent, double* x) {
    differential_evolution_state* state = agent->state;
    og_random* random = &agent->random;
    const og_space* space = agent->space;
    const int target = (int)(state->asked++ % state->population.count);
    const double* member = state->population.members[target].x;
    const double* best = state->population.members[state->best].x;
    const double* picked[3];
    differential_evolution_pick(agent, target, picked);
    const double scale =
        agent->options[DIFFERENTIAL_EVOLUTION_SCALE] * (0.5 + og_random_uniform(random));
    const bool to_best = (int)agent->options[DIFFERENTIAL_EVOLUTION_STRATEGY] ==
                         DIFFERENTIAL_EVOLUTION_CURRENT_TO_BEST;
    // at least one parameter comes from the moved design
    const int sure = (int)og_random_below(random, (uint64_t)space->count);
    for (int i = 0; i < space->count; i++) {
        const og_parameter* parameter = &space->parameters[i];
        x[i] = member[i];
        if (i != sure &&
            og_random_uniform(random) >= agent->options[DIFFERENTIAL_EVOLUTION_CROSSOVER_RATE]) {
            continue;
        }
        double from = picked[0][i];
        if (to_best) {
            from = differential_evolution_move(parameter, random, scale, member[i], member[i],
                                               best[i]);
        }
        x[i] =
            differential_evolution_move(parameter, random, scale, from, picked[1][i], picked[2][i]);
    }
    og_space_repair(space, random, x);
}

static int differential_evolution_ask(og_agent* agent, int count, double* x) {
    differential_evolution_state* state = agent->state;
    int made = 0;
    for (; made < count; made++, x += agent->space->count) {
        bool found = false;
        if (state->default_first) {
            og_space_initial(agent->space, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
            state->default_first = false;
        } else if (state->population.count < state->population.capacity) {
            found = og_seen_draw(&state->seen, &agent->random, x);
        } else {
            differential_evolution_breed(agent, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
        }
        if (!found) {
            break;
        }
    }
    return made;
}

static void differential_evolution_tell(og_agent* agent, int count, const og_told* told) {
    differential_evolution_state* state = agent->state;
    og_population* population = &state->population;
    for (int i = 0; i < count; i++) {
        int place = population->count;
        if (place < population->capacity) {
            og_population_put(population, place, &told[i]);
        } else {
            place = (int)(state->told++ % population->count);
            // an equal child replaces its rival, so that plateaus are crossed
            if (!og_told_better(&population->members[place], &told[i])) {
                og_population_put(population, place, &told[i]);
            }
        }
        if (og_told_better(&population->members[place], &population->members[state->best])) {
            state->best = place;
        }
    }
}

const og_agent_type og_agent_differential_evolution = {
    .name = "differential_evolution",
    .doc =
        "Moves designs by differences of others, so that steps fit the shape and the scale of what "
        "the population has found. For reals and long ordered parameters, with budgets of a "
        "thousand and more.",
    .source =
        "Storn and Price, Differential Evolution, Journal of Global Optimization 11, 1997; Das and "
        "Suganthan, IEEE Transactions on Evolutionary Computation 15, 2011 (current-to-best)",
    .options = differential_evolution_options,
    .option_count = sizeof differential_evolution_options / sizeof *differential_evolution_options,
    .state_size = sizeof(differential_evolution_state),
    .start = differential_evolution_start,
    .batch = differential_evolution_batch,
    .ask = differential_evolution_ask,
    .tell = differential_evolution_tell,
};
