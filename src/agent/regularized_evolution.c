// Regularized (ageing) evolution: the parent is the best of a sample of the living, its child
// replaces the oldest. Batches are what the paper's many workers are.

#include "agent/population.h"
#include "agent/seen.h"
#include "agent/variation.h"
#include "ogive/agent.h"

enum {
    REGULARIZED_EVOLUTION_POPULATION,
    REGULARIZED_EVOLUTION_SAMPLE,
    REGULARIZED_EVOLUTION_BATCH,
    REGULARIZED_EVOLUTION_DEFAULT_FIRST,
};

static const og_parameter regularized_evolution_options[] = {
    {OG_INTEGER_ROW("population", "", 1, 65536, 32, "Designs that are alive.")},
    {OG_INTEGER_ROW("sample", "", 1, 65536, 16,
                    "Living designs drawn for each child, of which the best is the parent.")},
    {OG_INTEGER_ROW("batch", "", 1, 4096, 8,
                    "Children proposed at once. More keep more processors busy, fewer learn "
                    "sooner.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
};

typedef struct regularized_evolution_state {
    og_seen seen;
    og_population population;
    int oldest;          // member that the next child replaces
    bool default_first;  // still to be proposed
} regularized_evolution_state;

static og_status regularized_evolution_start(og_agent* agent) {
    regularized_evolution_state* state = agent->state;
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    state->population =
        og_population_make(agent, (int)agent->options[REGULARIZED_EVOLUTION_POPULATION]);
    state->default_first = agent->options[REGULARIZED_EVOLUTION_DEFAULT_FIRST] > 0;
    return OG_OK;
}

static int regularized_evolution_batch(const og_agent* agent) {
    return (int)agent->options[REGULARIZED_EVOLUTION_BATCH];
}

// The best of a sample, with one parameter changed, in x.
static void regularized_evolution_breed(og_agent* agent, double* x) {
    const regularized_evolution_state* state = agent->state;
    const int sample = (int)agent->options[REGULARIZED_EVOLUTION_SAMPLE];
    const og_told* parent = og_population_tournament(&state->population, &agent->random, sample);
    for (int i = 0; i < agent->space->count; i++) {
        x[i] = parent->x[i];
    }
    og_variation_change_any(agent->space, &agent->random, x);
}

static int regularized_evolution_ask(og_agent* agent, int count, double* x) {
    regularized_evolution_state* state = agent->state;
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
            regularized_evolution_breed(agent, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
        }
        if (!found) {
            break;
        }
    }
    return made;
}

static void regularized_evolution_tell(og_agent* agent, int count, const og_told* told) {
    regularized_evolution_state* state = agent->state;
    og_population* population = &state->population;
    for (int i = 0; i < count; i++) {
        og_seen_add(&state->seen, told[i].x);
        if (population->count < population->capacity) {
            og_population_put(population, population->count, &told[i]);
        } else {
            og_population_put(population, state->oldest, &told[i]);
            state->oldest = (state->oldest + 1) % population->capacity;
        }
    }
}

const og_agent_type og_agent_regularized_evolution = {
    .name = "regularized_evolution",
    .doc =
        "Changes one parameter of the best of a few living designs and lets the oldest die. "
        "Simple, robust against lucky designs, and strong in architecture search.",
    .source =
        "Real, Aggarwal, Huang and Le, Regularized Evolution for Image Classifier "
        "Architecture Search, AAAI 2019",
    .options = regularized_evolution_options,
    .option_count = sizeof regularized_evolution_options / sizeof *regularized_evolution_options,
    .state_size = sizeof(regularized_evolution_state),
    .start = regularized_evolution_start,
    .batch = regularized_evolution_batch,
    .ask = regularized_evolution_ask,
    .tell = regularized_evolution_tell,
    .learns_from_given = true,
};
