// Particle swarm: particles fly through the encoding of the space, drawn to the best design of
// their own and of their neighbours; a position is decoded and repaired into the design that is
// evaluated.

#include <math.h>
#include <string.h>

#include "agent/population.h"
#include "agent/seen.h"

enum {
    PARTICLE_SWARM_PARTICLES,
    PARTICLE_SWARM_TOPOLOGY,
    PARTICLE_SWARM_INERTIA,
    PARTICLE_SWARM_PULL,
    PARTICLE_SWARM_SPEED,
    PARTICLE_SWARM_DEFAULT_FIRST,
};

typedef enum particle_swarm_topology {
    PARTICLE_SWARM_RING,
    PARTICLE_SWARM_GLOBAL,
} particle_swarm_topology;
static const char* const particle_swarm_topologies[] = {"ring", "global"};

static const og_parameter particle_swarm_options[] = {
    {OG_INTEGER_ROW("particles", "", 1, 4096, 16, "Particles of the swarm.")},
    {OG_CHOICE_ROW("topology", particle_swarm_topologies, PARTICLE_SWARM_GLOBAL,
                   "Who a particle learns from: its two neighbours, or all.")},
    {OG_REAL_ROW("inertia", "", 0, 1, 0.7298, "Share of the velocity that a particle keeps.")},
    {OG_REAL_ROW("pull", "", 0, 4, 1.49618, "Strength of the pull towards either best design.")},
    {OG_REAL_ROW("speed", "", 1e-6, 1, 0.5, "Highest speed, of a parameter's range a step.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
};

typedef struct particle_swarm_state {
    og_seen seen;
    og_population bests;  // the best design of each particle
    double* positions;    // shape: [particles][width]
    double* velocities;   // the same
    double* targets;      // encodings of `bests`, the same
    double* encoding;     // shape: [width]
    int width;            // of the encoding
    int64_t asked;        // moves proposed; move i is that of particle i modulo the swarm
    int64_t told;
    bool default_first;  // still to be proposed
} particle_swarm_state;

static og_status particle_swarm_start(og_agent* agent) {
    particle_swarm_state* state = agent->state;
    const int particles = (int)agent->options[PARTICLE_SWARM_PARTICLES];
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    state->bests = og_population_make(agent, particles);
    state->width = og_space_encoding_width(agent->space);
    const size_t size = (size_t)particles * (size_t)state->width;
    state->positions = OG_NEW(agent->arena, double, size);
    state->velocities = OG_NEW(agent->arena, double, size);
    state->targets = OG_NEW(agent->arena, double, size);
    state->encoding = OG_NEW(agent->arena, double, state->width);
    state->default_first = agent->options[PARTICLE_SWARM_DEFAULT_FIRST] > 0;
    return OG_OK;
}

static int particle_swarm_batch(const og_agent* agent) {
    return (int)agent->options[PARTICLE_SWARM_PARTICLES];
}

// The best particle among those that `particle` learns from.
static int particle_swarm_leader(const og_agent* agent, int particle) {
    const particle_swarm_state* state = agent->state;
    const int count = state->bests.count;
    const bool ring = (int)agent->options[PARTICLE_SWARM_TOPOLOGY] == PARTICLE_SWARM_RING;
    int leader = particle;
    for (int i = 0; i < (ring ? 2 : count); i++) {
        const int other = ring ? (particle + (i == 0 ? 1 : count - 1)) % count : i;
        if (og_told_better(&state->bests.members[other], &state->bests.members[leader])) {
            leader = other;
        }
    }
    return leader;
}

// Move the next particle; the design at its new position in x.
static void particle_swarm_move(og_agent* agent, double* x) {
    particle_swarm_state* state = agent->state;
    og_random* random = &agent->random;
    const int particle = (int)(state->asked++ % state->bests.count);
    const size_t own = (size_t)particle * (size_t)state->width;
    const size_t best = (size_t)particle_swarm_leader(agent, particle) * (size_t)state->width;
    const double speed = agent->options[PARTICLE_SWARM_SPEED];
    const double pull = agent->options[PARTICLE_SWARM_PULL];
    double* position = state->positions + own;
    for (int i = 0; i < state->width; i++) {
        double* velocity = &state->velocities[own + (size_t)i];
        const double to_own = state->targets[own + (size_t)i] - position[i];
        const double to_best = state->targets[best + (size_t)i] - position[i];
        *velocity =
            agent->options[PARTICLE_SWARM_INERTIA] * *velocity +
            pull * (og_random_uniform(random) * to_own + og_random_uniform(random) * to_best);
        *velocity = fmin(fmax(*velocity, -speed), speed);
        position[i] += *velocity;
        // walls take the speed away
        if (position[i] < 0 || position[i] > 1) {
            position[i] = fmin(fmax(position[i], 0), 1);
            *velocity = 0;
        }
    }
    og_space_decode(agent->space, position, x);
    og_space_repair(agent->space, random, x);
}

static int particle_swarm_ask(og_agent* agent, int count, double* x) {
    particle_swarm_state* state = agent->state;
    int made = 0;
    for (; made < count; made++, x += agent->space->count) {
        bool found = false;
        if (state->default_first) {
            og_space_initial(agent->space, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
            state->default_first = false;
        } else if (state->bests.count < state->bests.capacity) {
            found = og_seen_draw(&state->seen, &agent->random, x);
        } else {
            particle_swarm_move(agent, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
        }
        if (!found) {
            break;
        }
    }
    return made;
}

static void particle_swarm_tell(og_agent* agent, int count, const og_told* told) {
    particle_swarm_state* state = agent->state;
    og_population* bests = &state->bests;
    for (int i = 0; i < count; i++) {
        int particle = bests->count;
        const bool first = particle < bests->capacity;
        if (!first) {
            particle = (int)(state->told++ % bests->count);
        }
        const size_t own = (size_t)particle * (size_t)state->width;
        if (first || og_told_better(&told[i], &bests->members[particle])) {
            og_population_put(bests, particle, &told[i]);
            og_space_encode(agent->space, told[i].x, state->targets + own);
        }
        if (first) {
            memcpy(state->positions + own, state->targets + own,
                   sizeof(double) * (size_t)state->width);
        }
    }
}

const og_agent_type og_agent_particle_swarm = {
    .name = "particle_swarm",
    .doc =
        "Lets particles fly through the space, drawn to the best designs that they and their "
        "neighbours have seen. For reals and ordered parameters; on choices it has no direction to "
        "fly in, and others do better.",
    .source =
        "Kennedy and Eberhart, Particle Swarm Optimization, ICNN 1995; Clerc and Kennedy, IEEE "
        "Transactions on Evolutionary Computation 6, 2002 (constriction)",
    .options = particle_swarm_options,
    .option_count = sizeof particle_swarm_options / sizeof *particle_swarm_options,
    .state_size = sizeof(particle_swarm_state),
    .start = particle_swarm_start,
    .batch = particle_swarm_batch,
    .ask = particle_swarm_ask,
    .tell = particle_swarm_tell,
};
