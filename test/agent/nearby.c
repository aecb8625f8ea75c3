// src/agent/nearby.c: changes one parameter of the best design so far.
#include <string.h>

#include "agent/population.h"
#include "agent/seen.h"
#include "agent/variation.h"

typedef struct nearby_state {
    og_seen seen;        // proposed so far
    og_population best;  // one member
} nearby_state;

static og_status nearby_start(og_agent* agent) {
    nearby_state* state = agent->state;
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    state->best = og_population_make(agent, 1);
    return OG_OK;
}

static int nearby_batch(const og_agent* agent) {
    (void)agent;
    return 4;
}

static int nearby_ask(og_agent* agent, int count, double* x) {
    nearby_state* state = agent->state;
    int made = 0;
    for (; made < count; made++, x += agent->space->count) {
        if (state->best.count == 0) {
            og_space_initial(agent->space, x);
        } else {
            memcpy(x, state->best.members[0].x, sizeof(double) * (size_t)agent->space->count);
            og_variation_change_any(agent->space, &agent->random, x);
        }
        if (!og_seen_claim(&state->seen, &agent->random, x)) {
            break;  // all designs are seen
        }
    }
    return made;
}

static void nearby_tell(og_agent* agent, int count, const og_told* told) {
    nearby_state* state = agent->state;
    for (int i = 0; i < count; i++) {
        if (state->best.count == 0 || og_told_better(&told[i], &state->best.members[0])) {
            og_population_put(&state->best, 0, &told[i]);
        }
    }
}

const og_agent_type og_agent_nearby = {
    .name = "nearby",
    .doc = "Changes one parameter of the best design so far.",
    .source = "",
    .state_size = sizeof(nearby_state),
    .start = nearby_start,
    .batch = nearby_batch,
    .ask = nearby_ask,
    .tell = nearby_tell,
};
