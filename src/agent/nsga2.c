// NSGA-II: parents and children compete by nondominated fronts, and within a front by how far their
// neighbours are.

#include "agent/evolution.h"
#include "agent/fronts.h"

static const og_parameter nsga2_options[] = {OG_EVOLUTION_ROWS(0, 4, 15, 15)};

typedef struct nsga2_state {
    og_evolution evolution;
} nsga2_state;

static og_status nsga2_start(og_agent* agent) {
    nsga2_state* state = agent->state;
    state->evolution = og_evolution_make(agent);
    return OG_OK;
}

static int nsga2_ask(og_agent* agent, int count, double* x) {
    nsga2_state* state = agent->state;
    return og_evolution_ask(agent, &state->evolution, og_evolution_mate_best, count, x);
}

static void nsga2_select(og_agent* agent) {
    nsga2_state* state = agent->state;
    og_evolution* evolution = &state->evolution;
    const int holding = og_evolution_divide(evolution);
    if (agent->objective_count > 1) {
        og_fronts_sort(agent->arena, evolution->values, holding, agent->objective_count,
                       evolution->order);
        og_evolution_arrange(evolution, evolution->order, holding);
    }
}

static void nsga2_tell(og_agent* agent, int count, const og_told* told) {
    nsga2_state* state = agent->state;
    og_evolution_tell(agent, &state->evolution, nsga2_select, count, told);
}

const og_agent_type og_agent_nsga2 = {
    .name = "nsga2",
    .doc =
        "Evolves a population towards the whole front of several objectives: by nondominated "
        "fronts, and within a front away from where designs are crowded. The yardstick of search "
        "with two or three objectives.",
    .source =
        "Deb, Pratap, Agarwal and Meyarivan, IEEE Transactions on Evolutionary Computation 6, "
        "2002; Kukkonen and Deb, CEC 2006 (crowding anew after each design taken out) and PPSN "
        "2006 "
        "(three objectives and more)",
    .options = nsga2_options,
    .option_count = sizeof nsga2_options / sizeof *nsga2_options,
    .state_size = sizeof(nsga2_state),
    .start = nsga2_start,
    .batch = og_evolution_batch,
    .ask = nsga2_ask,
    .tell = nsga2_tell,
    .learns_from_given = true,
};
