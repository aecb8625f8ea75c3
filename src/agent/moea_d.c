// MOEA/D: each reference direction makes one number of the objectives and keeps the best design by
// it; neighbouring directions exchange parts. A child replaces designs of the direction that it is
// best for, and of that one's neighbours.

#include <math.h>
#include <string.h>

#include "agent/directions.h"
#include "agent/evolution.h"

enum { MOEA_D_GROWTH = 2 };  // least growth of the population, since directions change with it

enum {
    MOEA_D_SCALAR = OG_EVOLUTION_OPTIONS,
    MOEA_D_NEIGHBOURS,
    MOEA_D_NEIGHBOUR_RATE,
    MOEA_D_REPLACED,
};

typedef enum moea_d_scalar { MOEA_D_TCHEBYCHEFF, MOEA_D_PENALTY } moea_d_scalar;
static const char* const moea_d_scalars[] = {"tchebycheff", "penalty"};

#define MOEA_D_BOUNDARY_PENALTY 5.0  // theta of Zhang and Li 2007
#define MOEA_D_LEAST_WEIGHT 1e-4     // so that no objective is without influence
#define MOEA_D_LEAST_RANGE 1e-12

static const og_parameter moea_d_options[] = {
    OG_EVOLUTION_ROWS(0, 4, 20, 15),
    {OG_CHOICE_ROW(
        "scalar", moea_d_scalars, MOEA_D_TCHEBYCHEFF,
        "How a direction makes one number of the objectives: the largest distance from "
        "the best, or the distance along the direction with a penalty for that from it.")},
    {OG_INTEGER_ROW("neighbours", "", 2, 4096, 20, "Directions that exchange parts.")},
    {OG_REAL_ROW("neighbour_rate", "", 0, 1, 0.9,
                 "Share of children whose parents are neighbours; the others have any two.")},
    {OG_INTEGER_ROW("replaced", "", 1, 4096, 3, "Designs that a child replaces at most.")},
};

typedef struct moea_d_state {
    og_evolution evolution;  // member i is the design of direction i
    og_directions directions;
    int near;         // neighbours of a direction, with itself
    int* neighbours;  // nearest first, shape: [directions][near]
    int64_t mated;    // children; each direction in turn has one
    double* ideal;    // best of each objective so far, shape: [objectives]
    double* nadir;    // worst of each objective among the members, shape: [objectives]
} moea_d_state;

static og_status moea_d_start(og_agent* agent) {
    moea_d_state* state = agent->state;
    state->evolution = og_evolution_make(agent);
    state->ideal = OG_NEW(agent->arena, double, agent->objective_count);
    state->nadir = OG_NEW(agent->arena, double, agent->objective_count);
    for (int k = 0; k < agent->objective_count; k++) {
        state->ideal[k] = INFINITY;
    }
    return OG_OK;
}

static void moea_d_mate(og_agent* agent, const double** a, const double** b) {
    moea_d_state* state = agent->state;
    og_random* random = &agent->random;
    if (agent->objective_count == 1) {
        og_evolution_mate_best(agent, a, b);
        return;
    }
    const int count = state->directions.count;
    const int own = (int)(state->mated++ % count);
    const bool near = og_random_uniform(random) < agent->options[MOEA_D_NEIGHBOUR_RATE];
    const uint64_t choices = (uint64_t)(near ? state->near : count);
    int parents[2];
    for (int i = 0; i < 2; i++) {
        const int drawn = (int)og_random_below(random, choices);
        parents[i] = near ? state->neighbours[own * state->near + drawn] : drawn;
    }
    *a = state->evolution.population.members[parents[0]].x;
    *b = state->evolution.population.members[parents[1]].x;
}

static int moea_d_ask(og_agent* agent, int count, double* x) {
    moea_d_state* state = agent->state;
    return og_evolution_ask(agent, &state->evolution, moea_d_mate, count, x);
}

static bool moea_d_holds(const og_told* told) {
    return !told->failed && !(told->violation > 0);
}

// The objectives as one number for a direction.
static double moea_d_value(const og_agent* agent, const double* objectives, int direction) {
    const moea_d_state* state = agent->state;
    const int width = agent->objective_count;
    const double* weights = state->directions.weights + direction * width;
    const bool penalty = (int)agent->options[MOEA_D_SCALAR] == MOEA_D_PENALTY;
    double most = -INFINITY;
    double along = 0;
    double length = 0;
    double square = 0;
    for (int k = 0; k < width; k++) {
        const double range = state->nadir[k] - state->ideal[k];
        const double from = objectives[k] - state->ideal[k];
        const double scaled = range > MOEA_D_LEAST_RANGE ? from / range : from;
        const double weight = fmax(weights[k], MOEA_D_LEAST_WEIGHT);
        most = fmax(most, scaled / weight);
        along += scaled * weight;
        length += scaled * scaled;
        square += weight * weight;
    }
    if (!penalty) {
        return most;
    }
    along /= sqrt(square);
    return along + MOEA_D_BOUNDARY_PENALTY * sqrt(fmax(length - along * along, 0));
}

// True when a is the better design for a direction.
static bool moea_d_better(const og_agent* agent, const og_told* a, const og_told* b,
                          int direction) {
    if (!moea_d_holds(a) || !moea_d_holds(b)) {
        return og_told_better(a, b);
    }
    return moea_d_value(agent, a->objectives, direction) <
           moea_d_value(agent, b->objectives, direction);
}

// Put `direction` into the nearest so far (count of them, at most `most`), which are ordered by
// distance. Returns how many there are.
static int moea_d_insert(int* nearest, double* distances, int count, int most, int direction,
                         double distance) {
    int at = count;
    while (at > 0 && distances[at - 1] > distance) {
        at--;
    }
    if (at == most) {
        return count;
    }
    for (int i = count < most ? count : most - 1; i > at; i--) {
        nearest[i] = nearest[i - 1];
        distances[i] = distances[i - 1];
    }
    nearest[at] = direction;
    distances[at] = distance;
    return count < most ? count + 1 : most;
}

// New directions, and the nearest ones of each, itself first.
static void moea_d_direct(og_agent* agent) {
    moea_d_state* state = agent->state;
    const int width = agent->objective_count;
    state->directions = og_directions_make(agent->arena, width, state->evolution.size);
    const int count = state->directions.count;
    const int wanted = (int)agent->options[MOEA_D_NEIGHBOURS];
    state->near = wanted < count ? wanted : count;
    state->neighbours = OG_NEW(agent->arena, int, (size_t)count*(size_t)state->near);
    double* distances = OG_NEW(agent->arena, double, state->near);
    for (int i = 0; i < count; i++) {
        const double* own = state->directions.weights + i * width;
        for (int k = 0, met = 0; k < count; k++) {
            const double* other = state->directions.weights + k * width;
            double distance = 0;
            for (int j = 0; j < width; j++) {
                distance += (own[j] - other[j]) * (own[j] - other[j]);
            }
            met = moea_d_insert(state->neighbours + i * state->near, distances, met, state->near, k,
                                distance);
        }
    }
}

static void moea_d_improve_ideal(og_agent* agent, const og_told* told) {
    moea_d_state* state = agent->state;
    for (int k = 0; k < agent->objective_count && moea_d_holds(told); k++) {
        state->ideal[k] = fmin(state->ideal[k], told->objectives[k]);
    }
}

static void moea_d_update_nadir(og_agent* agent) {
    moea_d_state* state = agent->state;
    const og_population* population = &state->evolution.population;
    for (int k = 0; k < agent->objective_count; k++) {
        state->nadir[k] = -INFINITY;
        for (int i = 0; i < population->count; i++) {
            if (moea_d_holds(&population->members[i])) {
                state->nadir[k] = fmax(state->nadir[k], population->members[i].objectives[k]);
            }
        }
    }
}

// Directions for as many designs as are wanted now. Each in turn takes the best member that is
// left.
static void moea_d_assign(og_agent* agent) {
    moea_d_state* state = agent->state;
    og_population* population = &state->evolution.population;
    moea_d_direct(agent);
    const int known = population->count;
    const int count = state->directions.count;
    while (population->count < count) {
        og_population_put(population, population->count,
                          &population->members[population->count % known]);
    }
    for (int i = 0; i < count; i++) {
        for (int k = i + 1; k < population->count; k++) {
            if (moea_d_better(agent, &population->members[k], &population->members[i], i)) {
                og_population_swap(population, i, k);
            }
        }
    }
    population->count = state->evolution.parents = count;
}

// The direction that a design is best for; any one when it does not hold the constraints.
static int moea_d_home(og_agent* agent, const og_told* told) {
    const moea_d_state* state = agent->state;
    if (!moea_d_holds(told)) {
        return (int)og_random_below(&agent->random, (uint64_t)state->directions.count);
    }
    int home = 0;
    double least = INFINITY;
    for (int i = 0; i < state->directions.count; i++) {
        const double value = moea_d_value(agent, told->objectives, i);
        home = value < least ? i : home;
        least = value < least ? value : least;
    }
    return home;
}

// Replace designs that are worse.
static void moea_d_join(og_agent* agent, const og_told* told) {
    moea_d_state* state = agent->state;
    og_population* population = &state->evolution.population;
    const int* neighbours = state->neighbours + moea_d_home(agent, told) * state->near;
    int left = (int)agent->options[MOEA_D_REPLACED];
    for (int i = 0; i < state->near && left > 0; i++) {
        const int direction = neighbours[i];
        if (moea_d_better(agent, told, &population->members[direction], direction)) {
            og_population_put(population, direction, told);
            left--;
        }
    }
}

// With one objective: the best survive.
static void moea_d_select(og_agent* agent) {
    og_evolution_divide(agent->state);
}

static void moea_d_tell(og_agent* agent, int count, const og_told* told) {
    moea_d_state* state = agent->state;
    og_evolution* evolution = &state->evolution;
    if (agent->objective_count == 1) {
        og_evolution_tell(agent, evolution, moea_d_select, count, told);
        return;
    }
    for (int i = 0; i < count; i++) {
        evolution->told++;
        moea_d_improve_ideal(agent, &told[i]);
        if (evolution->parents > 0) {
            moea_d_join(agent, &told[i]);
            continue;
        }
        og_population_put(&evolution->population, evolution->population.count, &told[i]);
        if (evolution->population.count == evolution->size) {
            moea_d_update_nadir(agent);
            moea_d_assign(agent);
        }
    }
    if (evolution->parents > 0) {
        moea_d_update_nadir(agent);
    }
    if (evolution->parents > 0 && og_evolution_grow(evolution, MOEA_D_GROWTH)) {
        moea_d_assign(agent);
    }
}

const og_agent_type og_agent_moea_d = {
    .name = "moea_d",
    .doc =
        "Parts the search into directions, mixtures of the objectives, that each keep one design "
        "and learn from neighbouring directions. Follows fronts far with few designs.",
    .source =
        "Zhang and Li, MOEA/D: A Multiobjective Evolutionary Algorithm Based on Decomposition, "
        "IEEE Transactions on Evolutionary Computation 11, 2007; Li and Zhang, the same 13, 2009 "
        "(limited replacement); Wang, Zhang, Gong and Zhou, CEC 2014 (replacement where a child is "
        "best)",
    .options = moea_d_options,
    .option_count = sizeof moea_d_options / sizeof *moea_d_options,
    .state_size = sizeof(moea_d_state),
    .start = moea_d_start,
    .batch = og_evolution_batch,
    .ask = moea_d_ask,
    .tell = moea_d_tell,
};
