// Uniform random search without replacement.

#include "agent/seen.h"
#include "ogive/agent.h"

enum { RANDOM_BATCH = 256 };

typedef struct random_state {
    bool numbered;
    og_permutation order;  // numbered spaces: designs in random order, without memory
    uint64_t next;
    og_seen seen;  // other spaces
} random_state;

static og_status random_start(og_agent* agent) {
    random_state* state = agent->state;
    state->numbered = og_seen_numbered(agent->space);
    if (state->numbered) {
        state->order = og_permutation_make(&agent->random, (uint64_t)agent->space->size);
    } else {
        state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    }
    return OG_OK;
}

static int random_batch(const og_agent* agent) {
    (void)agent;
    return RANDOM_BATCH;
}

static int random_ask(og_agent* agent, int count, double* x) {
    random_state* state = agent->state;
    int made = 0;
    for (; made < count; made++) {
        double* design = x + (size_t)made * (size_t)agent->space->count;
        if (state->numbered) {
            if (state->next == state->order.count) {
                break;
            }
            og_space_design(agent->space, og_permutation_at(&state->order, state->next++), design);
        } else if (!og_seen_draw(&state->seen, &agent->random, design)) {
            break;
        }
    }
    return made;
}

const og_agent_type og_agent_random = {
    .name = "random",
    .doc =
        "Draws designs uniformly and without replacement. The yardstick for every other method: "
        "it needs no assumption, and ends when all designs of a countable space are seen.",
    .source = "Bergstra and Bengio, Random Search for Hyper-Parameter Optimization, JMLR 13, 2012",
    .state_size = sizeof(random_state),
    .start = random_start,
    .batch = random_batch,
    .ask = random_ask,
};
