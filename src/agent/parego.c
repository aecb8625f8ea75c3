// Several objectives for agents that minimise one number: the objectives are weighed into one by a
// Tchebycheff function whose weights change every few proposals. With each change the agent within
// starts anew and is told all designs so far, at their losses under the new weights.

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "agent/population.h"
#include "agent/seen.h"

enum { PAREGO_AGENT, PAREGO_EVERY, PAREGO_AUGMENT, PAREGO_BATCH, PAREGO_DEFAULT_FIRST };

enum { PAREGO_ROOM = 256 };  // designs of the first history
#define PAREGO_MOST 0.75     // share of designs within the range of an objective

// Agents that learn from designs which they did not propose.
enum { PAREGO_GP_EI = 7 };
static const char* const parego_agents[] = {
    "tpe",           "umda",       "genetic",        "regularized_evolution",
    "cross_entropy", "ant_colony", "ridge_thompson", "gp_ei",
    "forest",        "linas",
};

static const og_parameter parego_options[] = {
    {OG_CHOICE_ROW("agent", parego_agents, PAREGO_GP_EI,
                   "The agent that minimises what is weighed.")},
    {OG_INTEGER_ROW("every", "", 1, 65536, 4,
                    "Proposals that weights last for. Fewer keep the front even, more save time.")},
    {OG_REAL_ROW("augment", "", 0, 10, 0.05,
                 "Weight of the sum of the objectives beside the largest of them.")},
    {OG_INTEGER_ROW("batch", "", 1, 4096, 4,
                    "Designs proposed at once. More keep more processors busy, fewer learn "
                    "sooner.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
};

typedef struct parego_state {
    og_population history;
    double* weights;  // of the objectives, shape: [objective_count]
    double* least;    // of the objectives, shape: [objective_count]
    double* range;    // same
    og_seen seen;
    og_arena* arena;  // of the agent within
    og_agent* inner;
    int left;            // proposals until weights change
    bool default_first;  // still to be proposed
} parego_state;

static og_status parego_start_inner(og_agent* agent) {
    parego_state* state = agent->state;
    const og_agent_type* type = NULL;
    OG_TRY(og_agent_find(parego_agents[(int)agent->options[PAREGO_AGENT]], &type));
    og_settings* settings = OG_NEW(state->arena, og_settings, 1);
    *settings = og_settings_make(state->arena, type->options, type->option_count);
    for (int i = 0; i < type->option_count; i++) {
        if (strcmp(type->options[i].name, "default_first") == 0) {
            settings->values[i] = 0;
        }
    }
    const og_agent_setup setup = {
        .space = agent->space,
        .options = settings,
        .objective_count = 1,
        .features = agent->features,
        .feature_count = agent->feature_count,
        .seed = og_random_bits(&agent->random),
    };
    return og_agent_start(state->arena, type, &setup, &state->inner);
}

static int parego_batch(const og_agent* agent) {
    return (int)agent->options[PAREGO_BATCH];
}

// Draw weights uniformly among those that sum to 1.
static void parego_weigh(og_agent* agent) {
    parego_state* state = agent->state;
    double sum = 0;
    for (int k = 0; k < agent->objective_count; k++) {
        state->weights[k] = -log1p(-og_random_uniform(&agent->random));
        sum += state->weights[k];
    }
    for (int k = 0; k < agent->objective_count; k++) {
        state->weights[k] = sum > 0 ? state->weights[k] / sum : 1.0 / agent->objective_count;
    }
}

static int parego_compare(const void* left, const void* right) {
    const double a = *(const double*)left;
    const double b = *(const double*)right;
    return (a > b) - (a < b);
}

// The range of objective `k`: from the best design to what most designs are better than.
static void parego_measure(og_agent* agent, int k) {
    parego_state* state = agent->state;
    const og_arena_mark mark = og_arena_here(agent->arena);
    double* values = OG_NEW(agent->arena, double, state->history.count);
    int count = 0;
    for (int i = 0; i < state->history.count; i++) {
        const og_told* member = &state->history.members[i];
        if (!member->failed && member->violation <= 0) {
            values[count++] = member->objectives[k];
        }
    }
    qsort(values, (size_t)count, sizeof *values, parego_compare);
    state->least[k] = count > 0 ? values[0] : 0;
    state->range[k] = count > 0 ? values[(int)(PAREGO_MOST * (count - 1))] - values[0] : 1;
    if (!(state->range[k] > 0)) {
        state->range[k] = 1;
    }
    og_arena_rewind(agent->arena, mark);
}

static og_status parego_start(og_agent* agent) {
    parego_state* state = agent->state;
    og_arena* arena = agent->arena;
    state->history = og_population_make(agent, PAREGO_ROOM);
    state->weights = OG_NEW(arena, double, agent->objective_count);
    state->least = OG_NEW(arena, double, agent->objective_count);
    state->range = OG_NEW(arena, double, agent->objective_count);
    state->default_first = agent->options[PAREGO_DEFAULT_FIRST] > 0;
    state->seen = og_seen_make(arena, agent->space, &agent->random);
    state->arena = og_arena_create_within(arena);
    parego_weigh(agent);
    for (int k = 0; k < agent->objective_count; k++) {
        parego_measure(agent, k);
    }
    return parego_start_inner(agent);
}

// The loss of a design under the present weights.
static double parego_loss(const og_agent* agent, const og_told* told) {
    const parego_state* state = agent->state;
    double largest = -INFINITY;
    double sum = 0;
    for (int k = 0; k < agent->objective_count; k++) {
        const double part =
            state->weights[k] * (told->objectives[k] - state->least[k]) / state->range[k];
        largest = fmax(largest, part);
        sum += part;
    }
    return largest + agent->options[PAREGO_AUGMENT] * sum;
}

static void parego_tell_inner(og_agent* agent, const og_told* told) {
    const parego_state* state = agent->state;
    const bool one = agent->objective_count == 1;
    const double loss = told->failed ? INFINITY : one ? told->loss : parego_loss(agent, told);
    const og_told weighed = {
        .x = told->x,
        .objectives = &loss,
        .loss = loss,
        .violation = told->violation,
        .failed = told->failed,
    };
    if (state->inner->type->tell != NULL) {
        state->inner->type->tell(state->inner, 1, &weighed);
    }
}

// Other weights, and an agent that knows all designs under them.
static void parego_renew(og_agent* agent) {
    parego_state* state = agent->state;
    og_arena_rewind(state->arena, (og_arena_mark){0});
    const og_status status = parego_start_inner(agent);
    // it suited the space and the options before
    assert(status == OG_OK);
    (void)status;
    parego_weigh(agent);
    for (int k = 0; k < agent->objective_count; k++) {
        parego_measure(agent, k);
    }
    for (int i = 0; i < state->history.count; i++) {
        parego_tell_inner(agent, &state->history.members[i]);
    }
    state->left = (int)agent->options[PAREGO_EVERY];
}

// Up to `count` designs of the agent within; of those seen already, changes.
static int parego_ask_inner(og_agent* agent, int count, double* x) {
    parego_state* state = agent->state;
    const int width = agent->space->count;
    const int found = state->inner->type->ask(state->inner, count, x);
    int made = 0;
    for (int i = 0; i < found; i++) {
        double* design = x + made * width;
        memmove(design, x + i * width, sizeof(double) * (size_t)width);
        made += og_seen_claim(&state->seen, &agent->random, design);
    }
    return made;
}

static int parego_ask(og_agent* agent, int count, double* x) {
    parego_state* state = agent->state;
    const int width = agent->space->count;
    int made = 0;
    if (state->default_first && count > 0) {
        state->default_first = false;
        og_space_initial(agent->space, x);
        made += og_seen_claim(&state->seen, &agent->random, x);
    }
    while (made < count) {
        if (state->left <= 0) {
            parego_renew(agent);
        }
        const int wanted = count - made < state->left ? count - made : state->left;
        const int more = parego_ask_inner(agent, wanted, x + made * width);
        made += more;
        state->left -= more;
        if (more == 0 && !og_seen_draw(&state->seen, &agent->random, x + made * width)) {
            break;
        }
        made += more == 0;
    }
    return made;
}

static void parego_keep(og_agent* agent, const og_told* told) {
    og_population* history = &((parego_state*)agent->state)->history;
    if (history->count == history->capacity) {
        const og_population old = *history;
        *history = og_population_make(agent, 2 * old.count);
        for (int i = 0; i < old.count; i++) {
            og_population_put(history, i, &old.members[i]);
        }
    }
    og_population_put(history, history->count, told);
}

static void parego_tell(og_agent* agent, int count, const og_told* told) {
    for (int i = 0; i < count; i++) {
        og_seen_add(&((parego_state*)agent->state)->seen, told[i].x);
        parego_keep(agent, &told[i]);
        parego_tell_inner(agent, &told[i]);
    }
}

const og_agent_type og_agent_parego = {
    .name = "parego",
    .doc =
        "Lifts an agent for one objective to several: it minimises the objectives weighed into one "
        "number, with other weights every few proposals, and learns from all designs under each. "
        "For whatever search works best with one objective.",
    .source =
        "Knowles, ParEGO: A Hybrid Algorithm with On-Line Landscape Approximation for Expensive "
        "Multiobjective Optimization Problems, IEEE Transactions on Evolutionary Computation 10, "
        "2006",
    .options = parego_options,
    .option_count = sizeof parego_options / sizeof *parego_options,
    .state_size = sizeof(parego_state),
    .start = parego_start,
    .batch = parego_batch,
    .ask = parego_ask,
    .tell = parego_tell,
    .learns_from_given = true,
};
