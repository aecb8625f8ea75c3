// Every design once, in the order of its number.

#include <math.h>

#include "agent/seen.h"
#include "ogive/agent.h"

enum { EXHAUSTIVE_BATCH = 1024 };

typedef struct exhaustive_state {
    uint64_t next;
    uint64_t count;
} exhaustive_state;

static og_status exhaustive_start(og_agent* agent) {
    exhaustive_state* state = agent->state;
    const og_space* space = agent->space;
    if (!space->discrete) {
        for (int i = 0; i < space->count; i++) {
            if (space->parameters[i].kind == OG_REAL) {
                return og_fail(OG_ERROR_VALUE, "the space cannot be enumerated: %s is real",
                               space->parameters[i].name);
            }
        }
    }
    if (space->size < 0) {
        return og_fail(OG_ERROR_VALUE,
                       "the space cannot be enumerated: its constraints tie too many parameters "
                       "together to number its designs");
    }
    if (!og_seen_numbered(space)) {
        return og_fail(OG_ERROR_VALUE,
                       "the space has %.3g designs, at most 2^53 (9.01e15) can be enumerated",
                       space->size);
    }
    state->count = (uint64_t)space->size;
    return OG_OK;
}

static int exhaustive_batch(const og_agent* agent) {
    (void)agent;
    return EXHAUSTIVE_BATCH;
}

static int exhaustive_ask(og_agent* agent, int count, double* x) {
    exhaustive_state* state = agent->state;
    int made = 0;
    for (; made < count && state->next < state->count; made++) {
        og_space_design(agent->space, state->next++,
                        x + (size_t)made * (size_t)agent->space->count);
    }
    return made;
}

const og_agent_type og_agent_exhaustive = {
    .name = "exhaustive",
    .doc =
        "Proposes every design once, in the order of its number. Gives the exact optimum of "
        "spaces that are small enough, and the truth that other methods are measured against.",
    .source = "",
    .state_size = sizeof(exhaustive_state),
    .start = exhaustive_start,
    .batch = exhaustive_batch,
    .ask = exhaustive_ask,
};
