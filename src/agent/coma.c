// Counterfactual multi-agent policy gradients.

#include <math.h>

#include "agent/critic.h"
#include "agent/team.h"

enum { COMA_PAIRWISE = OG_TEAM_MEMBERS + 1, COMA_TRUST };

typedef enum coma_trusts { COMA_TRUST_EARNED, COMA_TRUST_FULL } coma_trusts;
static const char* const coma_trust_names[] = {"earned", "full"};

static const og_parameter coma_options[] = {
    OG_TEAM_ROWS(8, 0.1, 0.2),
    OG_TEAM_CLIP_ROWS(4, 0.2),
    OG_TEAM_MEMBERS_ROW,
    {OG_BOOLEAN_ROW("pairwise", 0,
                    "Have the critic learn pairs of choices, so that what a choice is worth "
                    "depends on the teammates; slower.")},
    {OG_CHOICE_ROW("trust", coma_trust_names, COMA_TRUST_EARNED,
                   "Weight of the critic's word beside the advantage that all share: as well as it "
                   "foretold the latest batches, or all.")},
};

#define COMA_PAIR_SCALE 0.5  // deviation of pairs over that of single values, a priori
#define COMA_HASTE 0.2       // share of the latest batch in the trust
enum { COMA_KNOTS = 8 };

typedef struct coma_state {
    og_team team;
    og_critic critic;
    double trust;  // in the critic, 0 .. 1
} coma_state;

// Cost that a parameter's policy has on average with all other choices of the design held.
static double coma_expect(coma_state* state, og_action* actions, int parameter) {
    const og_policy* policy = &state->team.policy;
    const int first = policy->actions->first[parameter];
    og_action* mine = &actions[parameter];
    const int kept = mine->choice;
    double sum = 0;
    for (uint64_t left = mine->allowed; left != 0; left &= left - 1) {
        mine->choice = __builtin_ctzll(left);
        const double cost = state->critic.pairwise ? og_critic_value(&state->critic, actions)
                                                   : state->critic.costs[first + mine->choice];
        sum += cost * policy->weights[first + mine->choice];
    }
    mine->choice = kept;
    return sum * og_policy_scale(policy, parameter, mine->allowed);
}

// Take from the advantage of a parameter's learner what its choices cost above that.
static void coma_subtract(coma_state* state, int parameter) {
    og_team* team = &state->team;
    const int width = team->proposer.actions.space->count;
    const int first = team->proposer.actions.first[parameter];
    const bool pairwise = state->critic.pairwise;
    // without pairs, designs that may choose among the same have the same mean
    uint64_t allowed = 0;
    double mean = 0;
    for (int i = 0; i < team->count; i++) {
        og_action* actions = team->actions + i * width;
        const og_action mine = actions[parameter];
        if (pairwise || mine.allowed != allowed) {
            mean = coma_expect(state, actions, parameter);
            allowed = mine.allowed;
        }
        const double own = pairwise ? og_critic_value(&state->critic, actions)
                                    : state->critic.costs[first + mine.choice];
        team->advantages[i * team->members + team->member_of[parameter]] -= own - mean;
    }
}

// A member's advantage: by how much its choices beat its own policy, teammates held.
static void coma_judge(coma_state* state) {
    og_team* team = &state->team;
    const int cells = team->count * team->members;
    for (int i = 0; i < cells; i++) {
        team->advantages[i] = 0;
    }
    for (int p = 0; p < team->proposer.actions.space->count; p++) {
        coma_subtract(state, p);
    }
    double squares = 0;
    for (int i = 0; i < cells; i++) {
        squares += team->advantages[i] * team->advantages[i] / cells;
    }
    for (int i = 0; i < cells && squares > 0; i++) {
        team->advantages[i] /= sqrt(squares);
    }
}

// How well the critic foretold the order of the batch: the correlation of what it said with the
// shared advantages, at least 0.
static double coma_foresight(coma_state* state) {
    const og_team* team = &state->team;
    const og_actions* space = &team->proposer.actions;
    const int width = space->space->count;
    double means[2] = {0};
    double products[3] = {0};
    for (int i = 0; i < team->batch; i++) {
        const og_action* actions = team->actions + i * width;
        double told = 0;
        for (int p = 0; p < width && !state->critic.pairwise; p++) {
            told -= state->critic.costs[space->first[p] + actions[p].choice];
        }
        told = state->critic.pairwise ? -og_critic_value(&state->critic, actions) : told;
        const double was = team->shared[i];
        means[0] += told / team->batch;
        means[1] += was / team->batch;
        products[0] += told * told / team->batch;
        products[1] += was * was / team->batch;
        products[2] += told * was / team->batch;
    }
    const double spread = (products[0] - means[0] * means[0]) * (products[1] - means[1] * means[1]);
    const double common = products[2] - means[0] * means[1];
    return common > 0 && spread > 0 ? common / sqrt(spread) : 0;
}

// Let the shared advantage speak as far as the critic is not trusted.
static void coma_blend(coma_state* state) {
    og_team* team = &state->team;
    for (int i = 0; i < team->count; i++) {
        for (int m = 0; m < team->members; m++) {
            double* advantage = &team->advantages[i * team->members + m];
            *advantage = state->trust * *advantage + (1 - state->trust) * team->shared[i];
        }
    }
}

static void coma_update(og_agent* agent, og_team* team) {
    coma_state* state = agent->state;
    if ((int)agent->options[COMA_TRUST] == COMA_TRUST_FULL) {
        state->trust = 1;
    } else {
        state->trust += COMA_HASTE * (coma_foresight(state) - state->trust);
    }
    for (int i = 0; i < team->batch; i++) {
        og_critic_tell(&state->critic, team->actions + i * agent->space->count, &team->told[i]);
    }
    og_critic_fit(&state->critic);
    og_critic_mean(&state->critic);
    coma_judge(state);
    coma_blend(state);
    for (int epoch = 0; epoch < (int)agent->options[OG_TEAM_EPOCHS]; epoch++) {
        og_team_climb(agent, team, -1, agent->options[OG_TEAM_CLIP]);
    }
}

static og_status coma_start(og_agent* agent) {
    coma_state* state = agent->state;
    og_team_start(agent, false, coma_update);
    state->critic =
        og_critic_make(agent->arena, &state->team.proposer.actions,
                       agent->options[COMA_PAIRWISE] > 0 ? COMA_PAIR_SCALE : 0, COMA_KNOTS);
    return OG_OK;
}

const og_agent_type og_agent_coma = {
    .name = "coma",
    .doc =
        "Gives every member of the team credit for its own choice alone: what a critic of whole "
        "designs expects of it, less what it expects of the member's policy while the teammates "
        "keep their choices. The critic is a ridge regression on choices, learnt from all "
        "designs so far, where the paper has a network; it is trusted as far as it foretold the "
        "latest batches.",
    .source =
        "Foerster, Farquhar, Afouras, Nardelli and Whiteson, Counterfactual Multi-Agent "
        "Policy Gradients, AAAI 2018",
    .options = coma_options,
    .option_count = sizeof coma_options / sizeof *coma_options,
    .state_size = sizeof(coma_state),
    .start = coma_start,
    .batch = og_proposer_batch,
    .ask = og_team_ask,
    .tell = og_team_tell,
    .diagnose = og_team_diagnose,
};
