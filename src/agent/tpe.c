// Tree-structured Parzen estimator. Deviations from the papers: better designs weigh more; of the
// others the density is a product of one estimate for each parameter; designs are never proposed
// twice.

#include <math.h>

#include "agent/archive.h"
#include "agent/parzen.h"

static const og_parameter tpe_options[] = {OG_PARZEN_ROWS(0.1, 25)};

typedef struct tpe_state {
    og_parzen parzen;
    og_archive archive;
} tpe_state;

// The good designs: those of least loss, the better the heavier.
static int tpe_choose(og_agent* agent, int most, const double** designs, double* weights) {
    const og_archive* archive = &((tpe_state*)agent->state)->archive;
    const int good = most < archive->population.count ? most : archive->population.count;
    for (int i = 0; i < good; i++) {
        designs[i] = archive->designs[i];
        weights[i] = log(good + 1.0) - log(i + 1.0);
    }
    return good;
}

static og_status tpe_start(og_agent* agent) {
    tpe_state* state = agent->state;
    og_parzen_start(agent, tpe_choose);
    state->archive = og_archive_make(agent, (int)agent->options[OG_PARZEN_MOST_GOOD]);
    return OG_OK;
}

static void tpe_tell(og_agent* agent, int count, const og_told* told) {
    tpe_state* state = agent->state;
    for (int i = 0; i < count; i++) {
        og_archive_add(&state->archive, &told[i]);
    }
    og_parzen_tell(agent, count, told);
}

const og_agent_type og_agent_tpe = {
    .name = "tpe",
    .doc =
        "Draws candidates around the good designs so far and proposes the one that is most typical "
        "of them and least of the others. A strong first choice for budgets of up to some hundred "
        "evaluations on any kind of space, and as quick after 100,000 of them.",
    .source =
        "Bergstra, Bardenet, Bengio and Kegl, Algorithms for Hyper-Parameter Optimization, NIPS "
        "2011; Watanabe, Tree-Structured Parzen Estimator: Understanding Its Algorithm Components, "
        "arXiv 2304.11127, 2023 (joint kernels, their uniform share, constraints)",
    .options = tpe_options,
    .option_count = sizeof tpe_options / sizeof *tpe_options,
    .state_size = sizeof(tpe_state),
    .start = tpe_start,
    .batch = og_parzen_batch,
    .ask = og_parzen_ask,
    .tell = tpe_tell,
    .learns_from_given = true,
};
