// Simulated annealing with parallel chains. Differences of losses are measured in units of the
// median worsening seen lately, so the temperature has no unit and the schedule suits every scale
// of losses. The budget is unknown, so cooling comes in cycles, each longer than the one before.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "agent/population.h"
#include "agent/seen.h"
#include "agent/variation.h"
#include "ogive/agent.h"

enum {
    ANNEAL_CHAINS,
    ANNEAL_STARTS,
    ANNEAL_CYCLE,
    ANNEAL_GROWTH,
    ANNEAL_HOT,
    ANNEAL_COLD,
    ANNEAL_BATCH,
    ANNEAL_DEFAULT_FIRST,
};

static const og_parameter anneal_options[] = {
    {OG_INTEGER_ROW("chains", "", 1, 4096, 1, "Designs that walk side by side.")},
    {OG_INTEGER_ROW("starts", "", 1, 4096, 16,
                    "Random designs drawn first; the chains begin at the best of them.")},
    {OG_INTEGER_ROW("cycle", "", 1, 1000000000, 200,
                    "Evaluations of the first cooling, over all chains.")},
    {OG_REAL_ROW("growth", "", 1, 16, 2, "Length of a cooling over the one before.")},
    {OG_REAL_ROW("hot", "", 1e-6, 1e6, 0.2,
                 "Temperature at the start of a cycle, in units of the median worsening of a "
                 "move."),
     .scale = OG_LOGARITHMIC},
    {OG_REAL_ROW("cold", "", 1e-9, 1e6, 0.02, "Temperature at the end of a cycle."),
     .scale = OG_LOGARITHMIC},
    {OG_INTEGER_ROW("batch", "", 1, 4096, 4,
                    "Moves proposed at once, each chain in turn. More keep more processors busy, "
                    "fewer learn sooner.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Have the default design among the starts.")},
};

enum { ANNEAL_WINDOW = 64 };  // worsenings that the unit of temperature is the median of

// The latest worsenings of one kind, and their median when the cycle began.
typedef struct anneal_scale {
    double window[ANNEAL_WINDOW];
    int64_t count;
    double unit;  // 0 = not known yet
} anneal_scale;

typedef struct anneal_state {
    og_seen seen;
    og_population chains;  // while there are starts to tell: the starts
    og_population best;    // one member
    int chain_count;       // 0 while there are starts to tell
    int turn;              // chain that the next proposal belongs to
    int64_t step;          // evaluations of this cycle
    double length;         // of this cycle
    anneal_scale loss;
    anneal_scale violation;
} anneal_state;

static og_status anneal_start(og_agent* agent) {
    anneal_state* state = agent->state;
    if (agent->options[ANNEAL_COLD] > agent->options[ANNEAL_HOT]) {
        return og_fail(OG_ERROR_VALUE, "cold: %g is above hot: %g", agent->options[ANNEAL_COLD],
                       agent->options[ANNEAL_HOT]);
    }
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    const double starts = fmax(agent->options[ANNEAL_STARTS], agent->options[ANNEAL_CHAINS]);
    state->chains = og_population_make(agent, (int)starts);
    state->best = og_population_make(agent, 1);
    state->length = agent->options[ANNEAL_CYCLE];
    return OG_OK;
}

static int anneal_batch(const og_agent* agent) {
    return (int)agent->options[ANNEAL_BATCH];
}

static int anneal_compare(const void* left, const void* right) {
    const double a = *(const double*)left;
    const double b = *(const double*)right;
    return (a > b) - (a < b);
}

static void anneal_measure(anneal_scale* scale) {
    double sorted[ANNEAL_WINDOW];
    const size_t count = scale->count < ANNEAL_WINDOW ? (size_t)scale->count : ANNEAL_WINDOW;
    if (count > 0) {
        memcpy(sorted, scale->window, sizeof sorted);
        qsort(sorted, count, sizeof *sorted, anneal_compare);
        scale->unit = sorted[count / 2];
    }
}

// A worsening in units of the scale. The first ones are the scale.
static double anneal_worsening(anneal_scale* scale, double difference) {
    scale->window[scale->count++ % ANNEAL_WINDOW] = difference;
    if (scale->count <= ANNEAL_WINDOW / 4) {
        anneal_measure(scale);
    }
    return scale->unit > 0 ? difference / scale->unit : INFINITY;
}

static double anneal_temperature(const og_agent* agent) {
    const anneal_state* state = agent->state;
    const double hot = agent->options[ANNEAL_HOT];
    const double cold = agent->options[ANNEAL_COLD];
    return hot * pow(cold / hot, (double)state->step / state->length);
}

// Whether a chain at `from` goes to `to` (Metropolis et al. 1953). Where a batch holds several
// moves of a chain, the later ones meet the place that the earlier ones have reached.
static bool anneal_accepts(og_agent* agent, const og_told* from, const og_told* to) {
    anneal_state* state = agent->state;
    if (!og_told_better(from, to)) {
        return true;
    }
    if (to->failed) {
        return false;
    }
    const double violated = to->violation - from->violation;
    const double worsening = violated > 0 ? anneal_worsening(&state->violation, violated)
                                          : anneal_worsening(&state->loss, to->loss - from->loss);
    return og_random_uniform(&agent->random) < exp(-worsening / anneal_temperature(agent));
}

// A cycle has ended: heat up again, every second chain at the best design.
static void anneal_reheat(og_agent* agent) {
    anneal_state* state = agent->state;
    state->step = 0;
    state->length *= agent->options[ANNEAL_GROWTH];
    anneal_measure(&state->loss);
    anneal_measure(&state->violation);
    for (int i = 0; i < state->chain_count; i += 2) {
        og_population_put(&state->chains, i, &state->best.members[0]);
    }
}

// A design to begin with in x.
static bool anneal_draw(og_agent* agent, double* x) {
    anneal_state* state = agent->state;
    if (state->seen.count == 0 && agent->options[ANNEAL_DEFAULT_FIRST] > 0) {
        og_space_initial(agent->space, x);
        return og_seen_claim(&state->seen, &agent->random, x);
    }
    return og_seen_draw(&state->seen, &agent->random, x);
}

// The next design of chain `chain` in x. A failed design gives no direction.
static bool anneal_move(og_agent* agent, int chain, double* x) {
    anneal_state* state = agent->state;
    const og_told* here = &state->chains.members[chain];
    if (here->failed) {
        return anneal_draw(agent, x);
    }
    memcpy(x, here->x, sizeof(double) * (size_t)agent->space->count);
    og_variation_change_any(agent->space, &agent->random, x);
    return og_seen_claim(&state->seen, &agent->random, x);
}

static int anneal_ask(og_agent* agent, int count, double* x) {
    const anneal_state* state = agent->state;
    const int chains = state->chain_count;
    const int most = chains > 0 ? count : state->chains.capacity - state->chains.count;
    int made = 0;
    for (; made < count && made < most; made++, x += agent->space->count) {
        const bool found = chains > 0 ? anneal_move(agent, (state->turn + made) % chains, x)
                                      : anneal_draw(agent, x);
        if (!found) {
            break;
        }
    }
    return made;
}

static void anneal_tell_start(og_agent* agent, const og_told* told) {
    anneal_state* state = agent->state;
    og_population_put(&state->chains, state->chains.count, told);
    if (state->chains.count == state->chains.capacity) {
        og_population_sort(&state->chains, 0, state->chains.count);
        og_population_put(&state->best, 0, &state->chains.members[0]);
        state->chain_count = (int)agent->options[ANNEAL_CHAINS];
    }
}

static void anneal_tell_move(og_agent* agent, const og_told* told) {
    anneal_state* state = agent->state;
    const int chain = state->turn;
    state->turn = (chain + 1) % state->chain_count;
    if (anneal_accepts(agent, &state->chains.members[chain], told)) {
        og_population_put(&state->chains, chain, told);
    }
    if (og_told_better(told, &state->best.members[0])) {
        og_population_put(&state->best, 0, told);
    }
    if ((double)++state->step >= state->length) {
        anneal_reheat(agent);
    }
}

static void anneal_tell(og_agent* agent, int count, const og_told* told) {
    const anneal_state* state = agent->state;
    for (int i = 0; i < count; i++) {
        if (state->chain_count > 0) {
            anneal_tell_move(agent, &told[i]);
        } else {
            anneal_tell_start(agent, &told[i]);
        }
    }
}

const og_agent_type og_agent_anneal = {
    .name = "anneal",
    .doc =
        "Walks chains through the space that accept worsenings ever more rarely as they cool, and "
        "heats up again in longer and longer cycles. Leaves local optima that trap a hill "
        "climber.",
    .source =
        "Kirkpatrick, Gelatt and Vecchi, Science 220, 1983; Johnson, Aragon, McGeoch and "
        "Schevon, Operations Research 37, 1989 (schedule)",
    .options = anneal_options,
    .option_count = sizeof anneal_options / sizeof *anneal_options,
    .state_size = sizeof(anneal_state),
    .start = anneal_start,
    .batch = anneal_batch,
    .ask = anneal_ask,
    .tell = anneal_tell,
};
