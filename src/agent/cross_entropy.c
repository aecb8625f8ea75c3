// The cross-entropy method: every generation's elite moves each parameter's distribution towards
// its own. Deviation from the tutorial: designs are never drawn twice.

#include <math.h>

#include "agent/archive.h"
#include "agent/marginals.h"
#include "agent/seen.h"

enum {
    CROSS_ENTROPY_SAMPLES,
    CROSS_ENTROPY_ELITE,
    CROSS_ENTROPY_STEP,
    CROSS_ENTROPY_FLOOR,
    CROSS_ENTROPY_DEFAULT_FIRST,
};

static const og_parameter cross_entropy_options[] = {
    {OG_INTEGER_ROW("samples", "", 1, 4096, 20, "Designs of a generation.")},
    {OG_REAL_ROW("elite", "", 0, 1, 0.2, "Share of a generation that the distributions move to.")},
    {OG_REAL_ROW("step", "", 0.001, 1, 0.7,
                 "How far the distributions move towards those of the elite.")},
    {OG_REAL_ROW("floor", "", 0, 1, 0.05,
                 "Share of the uniform distribution in what they move to: keeps levels from dying "
                 "out.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
};

typedef struct cross_entropy_state {
    og_seen seen;
    og_population generation;
    og_marginals marginals;
    const double** designs;  // of the elite, list: [samples]
    double* shares;          // the same
    bool default_first;      // still to be proposed
} cross_entropy_state;

static og_status cross_entropy_start(og_agent* agent) {
    cross_entropy_state* state = agent->state;
    const int samples = (int)agent->options[CROSS_ENTROPY_SAMPLES];
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    state->generation = og_population_make(agent, samples);
    state->marginals = og_marginals_make(agent->arena, agent->space);
    state->designs = OG_NEW(agent->arena, const double*, samples);
    state->shares = OG_NEW(agent->arena, double, samples);
    state->default_first = agent->options[CROSS_ENTROPY_DEFAULT_FIRST] > 0;
    return OG_OK;
}

static int cross_entropy_batch(const og_agent* agent) {
    return (int)agent->options[CROSS_ENTROPY_SAMPLES];
}

static int cross_entropy_ask(og_agent* agent, int count, double* x) {
    cross_entropy_state* state = agent->state;
    return og_marginals_ask(&state->marginals, &state->seen, &agent->random, &state->default_first,
                            count, x);
}

// Move the distributions towards those of a full generation's elite.
static void cross_entropy_move(og_agent* agent) {
    cross_entropy_state* state = agent->state;
    og_population* generation = &state->generation;
    const double wanted = ceil(agent->options[CROSS_ENTROPY_ELITE] * generation->count);
    const int elite = (int)fmax(wanted, 1);
    og_population_sort(generation, 0, generation->count);
    for (int i = 0; i < elite; i++) {
        state->designs[i] = generation->members[i].x;
        state->shares[i] = 1.0 / elite;
    }
    const og_marginals_rule rule = {.memory = 1 - agent->options[CROSS_ENTROPY_STEP],
                                    .smoothing = agent->options[CROSS_ENTROPY_FLOOR]};
    og_marginals_fit(&state->marginals, &rule, state->designs, state->shares, elite);
    generation->count = 0;
}

static void cross_entropy_tell(og_agent* agent, int count, const og_told* told) {
    cross_entropy_state* state = agent->state;
    for (int i = 0; i < count; i++) {
        og_seen_add(&state->seen, told[i].x);
        og_population_put(&state->generation, state->generation.count, &told[i]);
        if (state->generation.count == state->generation.capacity) {
            cross_entropy_move(agent);
        }
    }
}

static int cross_entropy_diagnose(og_agent* agent, og_diagnostic* list) {
    const cross_entropy_state* state = agent->state;
    return og_marginals_diagnose(&state->marginals, list);
}

const og_agent_type og_agent_cross_entropy = {
    .name = "cross_entropy",
    .doc =
        "Draws generations from a distribution over each parameter, and moves these towards the "
        "best part of each generation. A steady climber for noisy or large spaces and budgets of a "
        "thousand and more.",
    .source =
        "Rubinstein, Methodology and Computing in Applied Probability 1, 1999; De Boer, Kroese, "
        "Mannor and Rubinstein, A Tutorial on the Cross-Entropy Method, Annals of Operations "
        "Research 134, 2005",
    .options = cross_entropy_options,
    .option_count = sizeof cross_entropy_options / sizeof *cross_entropy_options,
    .state_size = sizeof(cross_entropy_state),
    .start = cross_entropy_start,
    .batch = cross_entropy_batch,
    .ask = cross_entropy_ask,
    .tell = cross_entropy_tell,
    .diagnose = cross_entropy_diagnose,
    .learns_from_given = true,
};
