// Hysteretic Q-learning: independent learners that forgive their teammates' mistakes.

#include "agent/policy.h"
#include "agent/proposer.h"
#include "agent/ranking.h"

enum {
    HYSTERETIC_RATE = OG_PROPOSER_DEFAULT_FIRST + 1,
    HYSTERETIC_FORGIVENESS,
    HYSTERETIC_TEMPERATURE,
};

static const og_parameter hysteretic_options[] = {
    OG_PROPOSER_ROWS(8),
    {OG_REAL_ROW("learning_rate", "", 0.001, 1, 0.5,
                 "Part of the way a value goes up to a reward that is above it.")},
    {OG_REAL_ROW("worse_rate", "", 0, 1, 0.1,
                 "Part of the way a value goes down to a reward that is below it.")},
    {OG_REAL_ROW("temperature", "", 0.001, 10, 0.1,
                 "Difference of values, of rewards from -1 to 1, at which a choice is likelier by "
                 "a factor of e."),
     .scale = OG_LOGARITHMIC},
};

typedef struct hysteretic_state {
    og_proposer proposer;
    og_policy policy;  // logits: values over the temperature
    og_ranking ranking;
    double* values;  // shape: [choices of all parameters]
} hysteretic_state;

static bool hysteretic_draw(og_agent* agent, og_action* chosen, double* x) {
    hysteretic_state* state = agent->state;
    return og_actions_draw(&state->proposer.actions, &agent->random, og_policy_pick, &state->policy,
                           chosen, x);
}

static og_status hysteretic_start(og_agent* agent) {
    hysteretic_state* state = agent->state;
    state->proposer = og_proposer_make(agent, hysteretic_draw);
    const og_actions* actions = &state->proposer.actions;
    state->policy = og_policy_make(agent->arena, actions, 0);
    state->values = OG_NEW(agent->arena, double, actions->first[agent->space->count]);
    return OG_OK;
}

static int hysteretic_ask(og_agent* agent, int count, double* x) {
    hysteretic_state* state = agent->state;
    return og_proposer_ask(agent, &state->proposer, count, x);
}

// Every member moves the value of its choice towards the team's reward.
static void hysteretic_learn(og_agent* agent, const og_action* actions, double reward) {
    hysteretic_state* state = agent->state;
    const int* first = state->proposer.actions.first;
    for (int p = 0; p < agent->space->count; p++) {
        double* value = &state->values[first[p] + actions[p].choice];
        const double surprise = reward - *value;
        *value +=
            surprise * agent->options[surprise > 0 ? HYSTERETIC_RATE : HYSTERETIC_FORGIVENESS];
    }
}

static void hysteretic_tell(og_agent* agent, int count, const og_told* told) {
    hysteretic_state* state = agent->state;
    const int width = agent->space->count;
    const int* first = state->proposer.actions.first;
    for (int i = 0; i < count; i++) {
        og_ranking_add(&state->ranking, &agent->random, &told[i]);
    }
    for (int i = 0; i < count; i++) {
        hysteretic_learn(agent, state->proposer.proposed + i * width,
                         og_ranking_reward(&state->ranking, &told[i]));
    }
    for (int p = 0; p < width; p++) {
        for (int k = first[p]; k < first[p + 1]; k++) {
            state->policy.logits[k] = state->values[k] / agent->options[HYSTERETIC_TEMPERATURE];
        }
    }
    og_policy_renew(&state->policy, -1);
}

const og_agent_type og_agent_hysteretic = {
    .name = "hysteretic",
    .doc =
        "Gives every parameter its own table of values that rise fast and fall slowly, so that a "
        "choice that is good with the right teammates is not blamed for the wrong ones. Takes no "
        "model of the team: independent Q-learning with two learning rates, rewards by rank.",
    .source = "Matignon, Laurent and Le Fort-Piat, Hysteretic Q-Learning, IROS 2007",
    .options = hysteretic_options,
    .option_count = sizeof hysteretic_options / sizeof *hysteretic_options,
    .state_size = sizeof(hysteretic_state),
    .start = hysteretic_start,
    .batch = og_proposer_batch,
    .ask = hysteretic_ask,
    .tell = hysteretic_tell,
};
