// Univariate estimation of distributions: each parameter's distribution is estimated from the best
// designs so far, and new designs are drawn from it. Deviations from the paper: the parents are the
// best of all designs, not of the last generation, as a budget of hundreds wants it; better parents
// count more; neighbours on an ordered parameter share; and designs are never drawn twice.

#include <math.h>

#include "agent/archive.h"
#include "agent/marginals.h"
#include "agent/seen.h"

enum {
    UMDA_STARTS,
    UMDA_PARENTS,
    UMDA_SHARE,
    UMDA_SPREAD,
    UMDA_SMOOTHING,
    UMDA_BATCH,
    UMDA_DEFAULT_FIRST,
};

static const og_parameter umda_options[] = {
    {OG_INTEGER_ROW("starts", "", 1, 65536, 20, "Random designs drawn first.")},
    {OG_INTEGER_ROW("parents", "", 1, 4096, 5,
                    "Best designs so far that the distributions are estimated from, at least.")},
    {OG_REAL_ROW(
        "share", "", 0, 1, 0.05,
        "Share of all designs so far that are parents, where that is more; at most 32 are.")},
    {OG_REAL_ROW("spread", "", 0, 1, 0.01,
                 "Width of the kernel that spreads a parent's value over the levels around it, of "
                 "the range of an ordered parameter.")},
    {OG_REAL_ROW("smoothing", "", 0, 1, 0.1,
                 "Share of the uniform distribution in each estimate: keeps levels from dying "
                 "out.")},
    {OG_INTEGER_ROW("batch", "", 1, 4096, 4,
                    "Designs proposed at once. More keep more processors busy, fewer learn "
                    "sooner.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
};

enum { UMDA_SHARED_PARENTS = 32 };  // most parents by share, so that an estimate costs the same

typedef struct umda_state {
    og_seen seen;
    og_archive archive;
    og_marginals marginals;
    double* shares;  // of the parents, list: [capacity of the archive]
    int64_t told;
    bool stale;          // the marginals do not know what was told last
    bool default_first;  // still to be proposed
} umda_state;

static og_status umda_start(og_agent* agent) {
    umda_state* state = agent->state;
    const int parents = (int)agent->options[UMDA_PARENTS];
    const int capacity = parents > UMDA_SHARED_PARENTS ? parents : UMDA_SHARED_PARENTS;
    state->seen = og_seen_make(agent->arena, agent->space, &agent->random);
    state->archive = og_archive_make(agent, capacity);
    state->marginals = og_marginals_make(agent->arena, agent->space);
    state->shares = OG_NEW(agent->arena, double, capacity);
    state->default_first = agent->options[UMDA_DEFAULT_FIRST] > 0;
    return OG_OK;
}

static int umda_batch(const og_agent* agent) {
    return (int)agent->options[UMDA_BATCH];
}

// The best are estimated from with weights that fall with the logarithm of their rank.
static void umda_fit(og_agent* agent) {
    umda_state* state = agent->state;
    const double shared =
        fmin(agent->options[UMDA_SHARE] * (double)state->told, UMDA_SHARED_PARENTS);
    const double wanted = fmax(agent->options[UMDA_PARENTS], shared);
    const int count = (int)fmin(wanted, state->archive.population.count);
    og_archive_shares(count, state->shares);
    const og_marginals_rule rule = {.spread = agent->options[UMDA_SPREAD],
                                    .smoothing = agent->options[UMDA_SMOOTHING]};
    og_marginals_fit(&state->marginals, &rule, state->archive.designs, state->shares, count);
    state->stale = false;
}

static int umda_ask(og_agent* agent, int count, double* x) {
    umda_state* state = agent->state;
    int made = 0;
    for (; made < count; made++, x += agent->space->count) {
        bool found = false;
        if (state->default_first) {
            og_space_initial(agent->space, x);
            found = og_seen_claim(&state->seen, &agent->random, x);
            state->default_first = false;
        } else if ((double)state->told < agent->options[UMDA_STARTS]) {
            found = og_seen_draw(&state->seen, &agent->random, x);
        } else {
            if (state->stale) {
                umda_fit(agent);
            }
            found = og_marginals_claim(&state->marginals, &state->seen, &agent->random, x);
        }
        if (!found) {
            break;
        }
    }
    return made;
}

static void umda_tell(og_agent* agent, int count, const og_told* told) {
    umda_state* state = agent->state;
    for (int i = 0; i < count; i++) {
        og_seen_add(&state->seen, told[i].x);
        og_archive_add(&state->archive, &told[i]);
    }
    state->told += count;
    state->stale = true;
}

static int umda_diagnose(og_agent* agent, og_diagnostic* list) {
    const umda_state* state = agent->state;
    return og_marginals_diagnose(&state->marginals, list);
}

const og_agent_type og_agent_umda = {
    .name = "umda",
    .doc =
        "Estimates a distribution over each parameter's values from the best designs so far, and "
        "draws new designs from it. Learns which values are good within few evaluations, where "
        "parameters mostly act on their own.",
    .source =
        "Muehlenbein and Paass, From Recombination of Genes to the Estimation of Distributions, "
        "PPSN 1996",
    .options = umda_options,
    .option_count = sizeof umda_options / sizeof *umda_options,
    .state_size = sizeof(umda_state),
    .start = umda_start,
    .batch = umda_batch,
    .ask = umda_ask,
    .tell = umda_tell,
    .diagnose = umda_diagnose,
    .learns_from_given = true,
};
