// Hill climbing with restarts. Neighbours are evaluated in batches; designs seen in earlier climbs
// are not proposed again, so later climbs leave known basins soon. Along reals it is a compass
// search: the step is halved at each local optimum.

#include "agent/neighbourhood.h"
#include "agent/population.h"
#include "agent/seen.h"
#include "ogive/agent.h"

#define HILL_CLIMB_FIRST_STEP 0.25  // of the range of a real
#define HILL_CLIMB_LEAST_STEP 1e-6  // below it the climb has ended

enum {
    HILL_CLIMB_ASCENT,
    HILL_CLIMB_REACH,
    HILL_CLIMB_STARTS,
    HILL_CLIMB_BATCH,
    HILL_CLIMB_DEFAULT_FIRST,
};

static const char* const hill_climb_ascents[] = {"first", "steepest"};

static const og_parameter hill_climb_options[] = {
    {OG_CHOICE_ROW("ascent", hill_climb_ascents, 0,
                   "Move to the best of the first batch that holds a better design, or to the best "
                   "of all neighbours.")},
    {OG_CHOICE_ROW("reach", og_reach_names, OG_REACH_DOUBLING,
                   "Neighbours along an ordered parameter: adjacent levels, levels 1, 2, 4, 8 ... "
                   "away, or all.")},
    {OG_INTEGER_ROW("starts", "", 1, 4096, 16,
                    "Random designs drawn for each climb, which begins at the best of them.")},
    {OG_INTEGER_ROW("batch", "", 1, 4096, 8,
                    "Neighbours proposed at once. More keep more processors busy, fewer learn "
                    "sooner.")},
    {OG_BOOLEAN_ROW("default_first", 1,
                    "Have the default design among the starts of the first climb.")},
};

// Of the told designs: where the climb is, and the best that it could move to.
enum { HILL_CLIMB_HERE, HILL_CLIMB_NEXT, HILL_CLIMB_MEMBERS };

typedef struct hill_climb_state {
    og_seen seen;
    og_neighbourhood neighbourhood;
    og_population climb;
    int starts_open;     // starts to propose
    int starts_unknown;  // starts to be told; 0 while climbing
    int next_move;
    double real_step;
    bool default_first;  // still to be proposed
} hill_climb_state;

static void hill_climb_restart(og_agent* agent) {
    hill_climb_state* state = agent->state;
    const int starts = (int)agent->options[HILL_CLIMB_STARTS];
    state->starts_open = starts;
    state->starts_unknown = starts;
    state->climb.count = 0;
}

static og_status hill_climb_start(og_agent* agent) {
    hill_climb_state* state = agent->state;
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    state->neighbourhood = og_neighbourhood_make(agent->arena, agent->space,
                                                 (og_reach)agent->options[HILL_CLIMB_REACH]);
    state->climb = og_population_make(agent, HILL_CLIMB_MEMBERS);
    state->default_first = agent->options[HILL_CLIMB_DEFAULT_FIRST] > 0;
    hill_climb_restart(agent);
    return OG_OK;
}

static int hill_climb_batch(const og_agent* agent) {
    return (int)agent->options[HILL_CLIMB_BATCH];
}

static int hill_climb_propose_starts(og_agent* agent, int count, double* x) {
    hill_climb_state* state = agent->state;
    int made = 0;
    for (; made < count && state->starts_open > 0; made++, x += agent->space->count) {
        bool found = false;
        if (state->default_first) {
            og_space_initial(agent->space, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
            state->default_first = false;
        } else {
            found = og_seen_draw(&state->seen, &agent->random, x);
        }
        if (!found) {
            break;
        }
        state->starts_open--;
    }
    return made;
}

static int hill_climb_propose_neighbours(og_agent* agent, int count, double* x) {
    hill_climb_state* state = agent->state;
    const double* here = state->climb.members[HILL_CLIMB_HERE].x;
    int made = 0;
    while (made < count && state->next_move < state->neighbourhood.count) {
        const og_move* move = &state->neighbourhood.moves[state->next_move++];
        if (og_neighbourhood_move(&state->neighbourhood, &agent->random, move, state->real_step,
                                  here, x) &&
            og_seen_add(&state->seen, x)) {
            made++;
            x += agent->space->count;
        }
    }
    return made;
}

// Look around member HILL_CLIMB_HERE.
static void hill_climb_look(og_agent* agent) {
    hill_climb_state* state = agent->state;
    state->climb.count = 1;
    state->next_move = 0;
    og_neighbourhood_shuffle(&state->neighbourhood, &agent->random);
}

// True when a neighbour is better than where the climb is; moves there.
static bool hill_climb_move(og_agent* agent) {
    hill_climb_state* state = agent->state;
    const og_told* members = state->climb.members;
    if (state->climb.count < HILL_CLIMB_MEMBERS ||
        !og_told_better(&members[HILL_CLIMB_NEXT], &members[HILL_CLIMB_HERE])) {
        return false;
    }
    og_population_swap(&state->climb, HILL_CLIMB_HERE, HILL_CLIMB_NEXT);
    hill_climb_look(agent);
    return true;
}

// All neighbours are known: move, look closer, or begin a new climb.
static void hill_climb_conclude(og_agent* agent) {
    hill_climb_state* state = agent->state;
    if (hill_climb_move(agent)) {
        return;
    }
    state->real_step /= 2;
    if (state->neighbourhood.has_reals && state->real_step > HILL_CLIMB_LEAST_STEP) {
        hill_climb_look(agent);
    } else {
        hill_climb_restart(agent);
    }
}

static int hill_climb_ask(og_agent* agent, int count, double* x) {
    const hill_climb_state* state = agent->state;
    while (state->starts_unknown == 0) {
        const int made = hill_climb_propose_neighbours(agent, count, x);
        if (made > 0) {
            return made;
        }
        hill_climb_conclude(agent);
    }
    return hill_climb_propose_starts(agent, count, x);
}

static void hill_climb_tell_start(og_agent* agent, const og_told* told) {
    hill_climb_state* state = agent->state;
    if (state->climb.count == 0 || og_told_better(told, &state->climb.members[HILL_CLIMB_HERE])) {
        og_population_put(&state->climb, HILL_CLIMB_HERE, told);
    }
    if (--state->starts_unknown > 0) {
        return;
    }
    // a failed design gives no direction
    if (state->climb.members[HILL_CLIMB_HERE].failed) {
        hill_climb_restart(agent);
    } else {
        state->real_step = HILL_CLIMB_FIRST_STEP;
        hill_climb_look(agent);
    }
}

static void hill_climb_tell(og_agent* agent, int count, const og_told* told) {
    hill_climb_state* state = agent->state;
    if (state->starts_unknown > 0) {
        for (int i = 0; i < count; i++) {
            hill_climb_tell_start(agent, &told[i]);
        }
        return;
    }
    for (int i = 0; i < count; i++) {
        if (state->climb.count < HILL_CLIMB_MEMBERS ||
            og_told_better(&told[i], &state->climb.members[HILL_CLIMB_NEXT])) {
            og_population_put(&state->climb, HILL_CLIMB_NEXT, &told[i]);
        }
    }
    if (agent->options[HILL_CLIMB_ASCENT] < 1) {
        hill_climb_move(agent);
    }
}

const og_agent_type og_agent_hill_climb = {
    .name = "hill_climb",
    .doc =
        "Climbs from the best of a few random designs to better neighbours, one parameter at a "
        "time, and starts again at each local optimum. Cheap, greedy, and hard to beat where "
        "parameters act on their own.",
    .source =
        "Selman, Levesque and Mitchell, AAAI 1992 (restarts); Kolda, Lewis and Torczon, SIAM "
        "Review 45, 2003 (compass search along reals)",
    .options = hill_climb_options,
    .option_count = sizeof hill_climb_options / sizeof *hill_climb_options,
    .state_size = sizeof(hill_climb_state),
    .start = hill_climb_start,
    .batch = hill_climb_batch,
    .ask = hill_climb_ask,
    .tell = hill_climb_tell,
};
