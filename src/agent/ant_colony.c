// MAX-MIN ant system: ants choose one level after the other by its pheromone, which evaporates and
// is laid on the levels of the best design. Without distances between cities there is no heuristic,
// so an ant's choice follows the pheromone alone. Pheromone is kept relative to its upper limit,
// and its lower limit as a share of the uniform distribution. Continua are drawn from a normal
// distribution that moves and narrows as pheromone does. Deviation: designs are never drawn twice.

#include "agent/archive.h"
#include "agent/marginals.h"
#include "agent/seen.h"

enum {
    ANT_COLONY_ANTS,
    ANT_COLONY_EVAPORATION,
    ANT_COLONY_LEAST,
    ANT_COLONY_GLOBAL,
    ANT_COLONY_PATIENCE,
    ANT_COLONY_DEFAULT_FIRST,
};

static const og_parameter ant_colony_options[] = {
    {OG_INTEGER_ROW("ants", "", 1, 4096, 10, "Designs of an iteration.")},
    {OG_REAL_ROW("evaporation", "", 0.001, 1, 0.3,
                 "Share of the pheromone that an iteration replaces.")},
    {OG_REAL_ROW("least", "", 0, 1, 0.1,
                 "Lower limit of the pheromone: probability that is spread over all levels.")},
    {OG_REAL_ROW("global", "", 0, 1, 0.5,
                 "Share of the iterations in which the best design of all lays pheromone, instead "
                 "of the iteration's.")},
    {OG_INTEGER_ROW("patience", "", 0, 1000000, 50,
                    "Iterations without a better design after which all pheromone is made equal; 0 "
                    "for never.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
};

typedef struct ant_colony_state {
    og_seen seen;
    og_population best;       // of all: one member
    og_population iteration;  // its best: one member
    og_marginals pheromone;
    int told;            // designs of this iteration
    int idle;            // iterations without a better design
    bool default_first;  // still to be proposed
} ant_colony_state;

static og_status ant_colony_start(og_agent* agent) {
    ant_colony_state* state = agent->state;
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    state->best = og_population_make(agent, 1);
    state->iteration = og_population_make(agent, 1);
    state->pheromone = og_marginals_make(agent->arena, agent->space);
    state->default_first = agent->options[ANT_COLONY_DEFAULT_FIRST] > 0;
    return OG_OK;
}

static int ant_colony_batch(const og_agent* agent) {
    return (int)agent->options[ANT_COLONY_ANTS];
}

static int ant_colony_ask(og_agent* agent, int count, double* x) {
    ant_colony_state* state = agent->state;
    return og_marginals_ask(&state->pheromone, &state->seen, &agent->random, &state->default_first,
                            count, x);
}

// The end of an iteration: evaporate, and lay pheromone on one design.
static void ant_colony_lay(og_agent* agent) {
    ant_colony_state* state = agent->state;
    const bool global = og_random_uniform(&agent->random) < agent->options[ANT_COLONY_GLOBAL];
    const double* design = (global ? &state->best : &state->iteration)->members[0].x;
    const double share = 1;
    const og_marginals_rule rule = {.memory = 1 - agent->options[ANT_COLONY_EVAPORATION],
                                    .smoothing = agent->options[ANT_COLONY_LEAST]};
    og_marginals_fit(&state->pheromone, &rule, &design, &share, 1);
    const double patience = agent->options[ANT_COLONY_PATIENCE];
    state->idle++;
    if (patience > 0 && state->idle > patience) {
        og_marginals_reset(&state->pheromone);
        state->idle = 0;
    }
    state->iteration.count = 0;
    state->told = 0;
}

static bool ant_colony_keep(og_population* best, const og_told* told) {
    const bool better = best->count == 0 || og_told_better(told, &best->members[0]);
    if (better) {
        og_population_put(best, 0, told);
    }
    return better;
}

static void ant_colony_tell(og_agent* agent, int count, const og_told* told) {
    ant_colony_state* state = agent->state;
    for (int i = 0; i < count; i++) {
        og_seen_add(&state->seen, told[i].x);
        ant_colony_keep(&state->iteration, &told[i]);
        if (ant_colony_keep(&state->best, &told[i])) {
            state->idle = 0;
        }
        if (++state->told >= (int)agent->options[ANT_COLONY_ANTS]) {
            ant_colony_lay(agent);
        }
    }
}

const og_agent_type og_agent_ant_colony = {
    .name = "ant_colony",
    .doc =
        "Has ants choose one parameter's value after the other by pheromone, which evaporates and "
        "is laid on the best designs. Constraints are met by construction; used in architecture "
        "exploration since ArchGym.",
    .source =
        "Stuetzle and Hoos, MAX-MIN Ant System, Future Generation Computer Systems 16, 2000; Socha "
        "and Dorigo, European Journal of Operational Research 185, 2008 (continua)",
    .options = ant_colony_options,
    .option_count = sizeof ant_colony_options / sizeof *ant_colony_options,
    .state_size = sizeof(ant_colony_state),
    .start = ant_colony_start,
    .batch = ant_colony_batch,
    .ask = ant_colony_ask,
    .tell = ant_colony_tell,
    .learns_from_given = true,
};
