// A genetic algorithm over feasible designs: tournaments, crossover, mutation, elitism. Children
// are repaired and new, so no evaluation is spent on an infeasible or known design.

#include "agent/population.h"
#include "agent/seen.h"
#include "agent/variation.h"
#include "ogive/agent.h"

enum {
    GENETIC_POPULATION,
    GENETIC_ELITES,
    GENETIC_TOURNAMENT,
    GENETIC_CROSSOVER,
    GENETIC_CROSSOVER_RATE,
    GENETIC_MUTATION_RATE,
    GENETIC_DEFAULT_FIRST,
};

static const og_parameter genetic_options[] = {
    {OG_INTEGER_ROW("population", "", 2, 4096, 20, "Parents, and children of each generation.")},
    {OG_REAL_ROW("elites", "", 0, 1, 1,
                 "Share of the parents, the best ones, that compete with the children for "
                 "survival.")},
    {OG_INTEGER_ROW("tournament", "", 1, 64, 3,
                    "Members drawn for each parent, of which the best is taken.")},
    {OG_CHOICE_ROW("crossover", og_crossover_names, OG_CROSSOVER_MIXED,
                   "What a child takes from its second parent: each parameter by chance, a stretch "
                   "of them, whole groups, or one of these by chance.")},
    {OG_REAL_ROW("crossover_rate", "", 0, 1, 0.9, "Share of children with two parents.")},
    {OG_REAL_ROW(
        "mutation_rate", "", 0, 1, 0,
        "Probability that a parameter of a child changes; 0 stands for one over the number "
        "of parameters.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
};

typedef struct genetic_state {
    og_seen seen;
    og_population population;  // parents, best first, then the children that were told
    int parents;               // 0 until the first population is complete
    double mutation_rate;
    bool default_first;  // still to be proposed
} genetic_state;

static og_status genetic_start(og_agent* agent) {
    genetic_state* state = agent->state;
    const int size = (int)agent->options[GENETIC_POPULATION];
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    state->population = og_population_make(agent, 2 * size);
    const double rate = agent->options[GENETIC_MUTATION_RATE];
    state->mutation_rate = rate > 0 ? rate : 1.0 / agent->space->count;
    state->default_first = agent->options[GENETIC_DEFAULT_FIRST] > 0;
    return OG_OK;
}

static int genetic_batch(const og_agent* agent) {
    return (int)agent->options[GENETIC_POPULATION];
}

// A child of the current parents in x.
static void genetic_breed(og_agent* agent, double* x) {
    genetic_state* state = agent->state;
    og_random* random = &agent->random;
    const int size = (int)agent->options[GENETIC_TOURNAMENT];
    // the parents alone, not the children told so far
    og_population parents = state->population;
    parents.count = state->parents;
    const og_told* first = og_population_tournament(&parents, random, size);
    const og_told* second = first;
    if (og_random_uniform(random) < agent->options[GENETIC_CROSSOVER_RATE]) {
        second = og_population_tournament(&parents, random, size);
    }
    og_variation_cross(agent->space, random, (og_crossover)agent->options[GENETIC_CROSSOVER],
                       first->x, second->x, x);
    og_variation_mutate(agent->space, random, x, state->mutation_rate);
}

static int genetic_ask(og_agent* agent, int count, double* x) {
    genetic_state* state = agent->state;
    int made = 0;
    for (; made < count; made++, x += agent->space->count) {
        bool found = false;
        if (state->default_first) {
            og_space_initial(agent->space, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
            state->default_first = false;
        } else if (state->parents == 0) {
            found = og_seen_draw(&state->seen, &agent->random, x);
        } else {
            genetic_breed(agent, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
        }
        if (!found) {
            break;
        }
    }
    return made;
}

// Make the survivors of parents and children the next parents.
static void genetic_select(og_agent* agent) {
    genetic_state* state = agent->state;
    og_population* population = &state->population;
    const int size = (int)agent->options[GENETIC_POPULATION];
    const double elites = size * agent->options[GENETIC_ELITES];
    // parents that do not compete go behind all who do
    int competing = population->count;
    for (int i = state->parents - 1; i >= 0 && i >= elites; i--) {
        og_population_swap(population, i, --competing);
    }
    og_population_sort(population, 0, competing);
    population->count = size;
    state->parents = size;
}

static void genetic_tell(og_agent* agent, int count, const og_told* told) {
    genetic_state* state = agent->state;
    og_population* population = &state->population;
    const int size = (int)agent->options[GENETIC_POPULATION];
    for (int i = 0; i < count; i++) {
        og_seen_add(&state->seen, told[i].x);
        og_population_put(population, population->count, &told[i]);
        if (population->count == state->parents + size) {
            genetic_select(agent);
        }
    }
}

const og_agent_type og_agent_genetic = {
    .name = "genetic",
    .doc =
        "Evolves a population by tournaments, crossover of parameters, stretches and groups, "
        "mutation and elitism. Works on every kind of space and with constraints on metrics; "
        "strong when parts of good designs combine.",
    .source =
        "Holland, Adaptation in Natural and Artificial Systems, 1975; Deb, Computer Methods "
        "in Applied Mechanics and Engineering 186, 2000 (constraints); Muehlenbein and "
        "Schlierkamp-Voosen, Evolutionary Computation 1, 1993 (steps of ordered parameters)",
    .options = genetic_options,
    .option_count = sizeof genetic_options / sizeof *genetic_options,
    .state_size = sizeof(genetic_state),
    .start = genetic_start,
    .batch = genetic_batch,
    .ask = genetic_ask,
    .tell = genetic_tell,
    .learns_from_given = true,
};
