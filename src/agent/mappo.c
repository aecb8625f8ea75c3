// Multi-agent proximal policy optimisation: a centralised value as baseline.

#include "agent/critic.h"
#include "agent/team.h"

static const og_parameter mappo_options[] = {
    OG_TEAM_ROWS(8, 0.1, 0.2),
    OG_TEAM_CLIP_ROWS(4, 0.2),
    OG_TEAM_MEMBERS_ROW,
};

enum { MAPPO_KNOTS = 8 };

typedef struct mappo_state {
    og_team team;
    og_critic critic;
    double* parts;  // cost that the critic sees in each member's choices, less what it expects of
                    // the member's policy; shape: [team.capacity][team.members]
} mappo_state;

// Cost that the critic expects of the policy of a parameter among what is allowed.
static double mappo_expect(const mappo_state* state, int parameter, uint64_t allowed) {
    const og_policy* policy = &state->team.policy;
    const int first = policy->actions->first[parameter];
    double sum = 0;
    for (uint64_t left = allowed; left != 0; left &= left - 1) {
        const int place = first + __builtin_ctzll(left);
        sum += policy->weights[place] * state->critic.costs[place];
    }
    return sum * og_policy_scale(policy, parameter, allowed);
}

static void mappo_value(mappo_state* state) {
    const og_team* team = &state->team;
    const og_actions* space = &team->proposer.actions;
    const int width = space->space->count;
    for (int i = 0; i < team->count * team->members; i++) {
        state->parts[i] = 0;
    }
    for (int p = 0; p < width; p++) {
        // most designs may choose among the same
        uint64_t allowed = 0;
        double mean = 0;
        for (int i = 0; i < team->count; i++) {
            const og_action* action = &team->actions[i * width + p];
            mean = action->allowed != allowed ? mappo_expect(state, p, action->allowed) : mean;
            allowed = action->allowed;
            state->parts[i * team->members + team->member_of[p]] +=
                state->critic.costs[space->first[p] + action->choice] - mean;
        }
    }
}

// How much of the shared advantage falls for each unit of the critic's cost: least squares on the
// batch, so that the baseline takes away as much of the variance as it can.
static double mappo_slope(const mappo_state* state) {
    const og_team* team = &state->team;
    double product = 0;
    double square = 0;
    for (int i = 0; i < team->batch; i++) {
        double cost = 0;
        for (int m = 0; m < team->members; m++) {
            cost += state->parts[i * team->members + m];
        }
        product -= team->shared[i] * cost;
        square += cost * cost;
    }
    return product > 0 ? product / square : 0;
}

// A member's advantage is the shared one less what its teammates' choices explain of it. Designs
// that are learnt from again keep the shared one: what makes them good is what is to be repeated.
static void mappo_judge(mappo_state* state) {
    og_team* team = &state->team;
    mappo_value(state);
    const double slope = mappo_slope(state);
    og_team_share(team);
    for (int i = 0; i < team->batch; i++) {
        const double* parts = state->parts + i * team->members;
        double cost = 0;
        for (int m = 0; m < team->members; m++) {
            cost += parts[m];
        }
        for (int m = 0; m < team->members; m++) {
            team->advantages[i * team->members + m] = team->shared[i] + slope * (cost - parts[m]);
        }
    }
}

static void mappo_update(og_agent* agent, og_team* team) {
    mappo_state* state = agent->state;
    // the value was learnt before this batch
    mappo_judge(state);
    for (int epoch = 0; epoch < (int)agent->options[OG_TEAM_EPOCHS]; epoch++) {
        og_team_climb(agent, team, -1, agent->options[OG_TEAM_CLIP]);
    }
    for (int i = 0; i < team->batch; i++) {
        og_critic_tell(&state->critic, team->actions + i * agent->space->count, &team->told[i]);
    }
    og_critic_fit(&state->critic);
    og_critic_mean(&state->critic);
}

static og_status mappo_start(og_agent* agent) {
    mappo_state* state = agent->state;
    og_team_start(agent, false, mappo_update);
    state->critic = og_critic_make(agent->arena, &state->team.proposer.actions, 0, MAPPO_KNOTS);
    state->parts = OG_NEW(agent->arena, double, state->team.capacity * state->team.members);
    return OG_OK;
}

const og_agent_type og_agent_mappo = {
    .name = "mappo",
    .doc =
        "Teaches a team as ippo does, with a centralised value as baseline: each member's "
        "advantage is the design's less what its teammates' choices explain of it, by a ridge "
        "regression on all choices. With the value of a state alone, which does not change from "
        "design to design, it would be ippo.",
    .source =
        "Yu, Velu, Vinitsky, Gao, Wang, Bayen and Wu, The Surprising Effectiveness of PPO in "
        "Cooperative Multi-Agent Games, NeurIPS 2022",
    .options = mappo_options,
    .option_count = sizeof mappo_options / sizeof *mappo_options,
    .state_size = sizeof(mappo_state),
    .start = mappo_start,
    .batch = og_proposer_batch,
    .ask = og_team_ask,
    .tell = og_team_tell,
    .diagnose = og_team_diagnose,
};
