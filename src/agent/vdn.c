// Value decomposition: the team's value is the sum of its members' values.

#include <math.h>

#include "agent/critic.h"
#include "agent/proposer.h"

enum { VDN_PAIRWISE = OG_PROPOSER_DEFAULT_FIRST + 1, VDN_KNOTS, VDN_EXPLORE, VDN_STARTS };

enum { VDN_THOMPSON, VDN_GREEDY };

static const char* const vdn_explore_names[] = {"thompson", "greedy"};

static const og_parameter vdn_options[] = {
    OG_PROPOSER_ROWS(4),
    {OG_BOOLEAN_ROW("pairwise", 0,
                    "Add values for pairs of members, as in a coordination graph; slower.")},
    {OG_INTEGER_ROW("knots", "", 2, 64, 8,
                    "Values of an ordered parameter that are learnt; those between are "
                    "interpolated.")},
    {OG_CHOICE_ROW("explore", vdn_explore_names, VDN_THOMPSON,
                   "Follow values drawn from what is believed about them, or the mean values.")},
    {OG_INTEGER_ROW("starts", "", 0, 4096, 0, "Random designs that are proposed first.")},
};

enum { VDN_SWEEPS = 4 };    // over the members of a team with pairwise values
#define VDN_PAIR_SCALE 0.5  // deviation of pairs over that of single values, a priori

typedef struct vdn_state {
    og_proposer proposer;
    og_critic critic;
    int drawn;  // designs, up to the option `starts`
} vdn_state;

// The allowed choice of least cost; where nothing is known, any.
static int vdn_pick(void* picker, og_random* random, int parameter, uint64_t allowed,
                    const og_action* chosen) {
    (void)chosen;
    const vdn_state* state = picker;
    const double* costs = state->critic.costs + state->critic.actions->first[parameter];
    int best = -1;
    uint64_t equals = 0;
    for (uint64_t left = allowed; left != 0; left &= left - 1) {
        const int choice = __builtin_ctzll(left);
        if (best < 0 || costs[choice] < costs[best]) {
            best = choice;
            equals = 1;
        } else if (costs[choice] <= costs[best] && og_random_below(random, ++equals) == 0) {
            best = choice;
        }
    }
    return best;
}

// Let the members change their minds in turn, each given the others, until nobody does. What
// constraints allow depends on the members before, so these stay within what was allowed to them
// and a change that forbids others is repaired.
static void vdn_sweep(og_agent* agent, og_action* chosen, double* x) {
    vdn_state* state = agent->state;
    const og_actions* actions = &state->proposer.actions;
    bool changed = true;
    for (int sweep = 0; sweep < VDN_SWEEPS && changed; sweep++) {
        changed = false;
        for (int i = 0; i < agent->space->count; i++) {
            og_action* mine = &chosen[i];
            const int before = mine->choice;
            int best = before;
            double least = og_critic_value(&state->critic, chosen);
            for (uint64_t left = mine->allowed; left != 0; left &= left - 1) {
                mine->choice = __builtin_ctzll(left);
                const double cost = og_critic_value(&state->critic, chosen);
                if (cost < least) {
                    least = cost;
                    best = mine->choice;
                }
            }
            mine->choice = best;
            changed = changed || best != before;
        }
    }
    og_actions_follow(actions, &agent->random, chosen, x);
}

static bool vdn_draw(og_agent* agent, og_action* chosen, double* x) {
    vdn_state* state = agent->state;
    if (state->drawn < (int)agent->options[VDN_STARTS]) {
        state->drawn++;
        og_space_sample(agent->space, &agent->random, x);
        return false;
    }
    if ((int)agent->options[VDN_EXPLORE] == VDN_THOMPSON) {
        og_critic_sample(&state->critic, &agent->random);
    }
    const bool known =
        og_actions_draw(&state->proposer.actions, &agent->random, vdn_pick, state, chosen, x);
    if (known && state->critic.pairwise) {
        vdn_sweep(agent, chosen, x);
    }
    return known;
}

static og_status vdn_start(og_agent* agent) {
    vdn_state* state = agent->state;
    state->proposer = og_proposer_make(agent, vdn_draw);
    state->critic = og_critic_make(agent->arena, &state->proposer.actions,
                                   agent->options[VDN_PAIRWISE] > 0 ? VDN_PAIR_SCALE : 0,
                                   (int)agent->options[VDN_KNOTS]);
    return OG_OK;
}

static int vdn_ask(og_agent* agent, int count, double* x) {
    vdn_state* state = agent->state;
    return og_proposer_ask(agent, &state->proposer, count, x);
}

static void vdn_tell(og_agent* agent, int count, const og_told* told) {
    vdn_state* state = agent->state;
    for (int i = 0; i < count; i++) {
        og_critic_tell(&state->critic, state->proposer.proposed + i * agent->space->count,
                       &told[i]);
    }
    og_critic_fit(&state->critic);
    if ((int)agent->options[VDN_EXPLORE] == VDN_GREEDY) {
        og_critic_mean(&state->critic);
    }
}

const og_agent_type og_agent_vdn = {
    .name = "vdn",
    .doc =
        "Learns a value for every choice such that their sum explains what designs cost, and lets "
        "each member of the team choose by its own values: a Bayesian ridge regression on ranks, "
        "explored by Thompson sampling, in place of the paper's networks. Sums cannot tell which "
        "choices only work together; the pairwise form can.",
    .source =
        "Sunehag et al., Value-Decomposition Networks for Cooperative Multi-Agent Learning, "
        "AAMAS 2018; Boehmer, Kurin and Whiteson, Deep Coordination Graphs, ICML 2020 "
        "(pairs); Thompson, Biometrika 25, 1933",
    .options = vdn_options,
    .option_count = sizeof vdn_options / sizeof *vdn_options,
    .state_size = sizeof(vdn_state),
    .start = vdn_start,
    .batch = og_proposer_batch,
    .ask = vdn_ask,
    .tell = vdn_tell,
};
