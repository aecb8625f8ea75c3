// Soft actor-critic for discrete choices, factored over parameters.

#include <math.h>

#include "agent/policy.h"
#include "agent/proposer.h"
#include "agent/replay.h"

enum {
    SAC_RATE = OG_PROPOSER_DEFAULT_FIRST + 1,
    SAC_STEPS,
    SAC_STARTS,
    SAC_ENTROPY,
};

static const og_parameter sac_options[] = {
    OG_PROPOSER_ROWS(8),
    {OG_REAL_ROW("learning_rate", "", 1e-5, 1, 0.05,
                 "How far a preference or a value moves in one step of Adam."),
     .scale = OG_LOGARITHMIC},
    {OG_INTEGER_ROW(
        "steps", "", 1, 1000, 8,
        "Steps with 32 remembered designs after each batch; fewer beyond 10,000 designs.")},
    {OG_INTEGER_ROW("starts", "", 0, 4096, 8, "Random designs that are proposed first.")},
    {OG_REAL_ROW("entropy", "", 0, 1, 0.7,
                 "Entropy that the temperature is set for, over the largest possible.")},
};

enum { SAC_SAMPLE = 32, SAC_CRITICS = 2 };
#define SAC_FIRST_TEMPERATURE 0.2

// A critic: an offset, then what each choice adds.
typedef struct sac_critic {
    double* values;    // shape: [1 + choices of all parameters]
    double* gradient;  // same shape
    og_adam adam;
} sac_critic;

typedef struct sac_state {
    og_proposer proposer;
    og_policy policy;
    og_replay replay;
    sac_critic critics[SAC_CRITICS];
    int* places;         // of a design's choices in a critic, shape: [space->count]
    double temperature;  // its logarithm
    double most;         // entropy of the uniform policy
    int drawn;           // designs, up to the option `starts`
} sac_state;

static bool sac_draw(og_agent* agent, og_action* chosen, double* x) {
    sac_state* state = agent->state;
    if (state->drawn < (int)agent->options[SAC_STARTS]) {
        state->drawn++;
        og_space_sample(agent->space, &agent->random, x);
        return false;
    }
    return og_actions_draw(&state->proposer.actions, &agent->random, og_policy_pick, &state->policy,
                           chosen, x);
}

static og_status sac_start(og_agent* agent) {
    sac_state* state = agent->state;
    state->proposer = og_proposer_make(agent, sac_draw);
    const og_actions* actions = &state->proposer.actions;
    const int total = 1 + actions->first[agent->space->count];
    state->policy = og_policy_make(agent->arena, actions, 0);
    state->replay = og_replay_make(agent->arena, agent->space->count);
    state->places = OG_NEW(agent->arena, int, agent->space->count);
    for (int k = 0; k < SAC_CRITICS; k++) {
        sac_critic* critic = &state->critics[k];
        critic->values = OG_NEW(agent->arena, double, total);
        critic->gradient = OG_NEW(agent->arena, double, total);
        critic->adam = og_adam_make(agent->arena, total);
    }
    state->temperature = log(SAC_FIRST_TEMPERATURE);
    for (int p = 0; p < agent->space->count; p++) {
        state->most += log(actions->choices[p]);
    }
    return OG_OK;
}

static int sac_ask(og_agent* agent, int count, double* x) {
    sac_state* state = agent->state;
    return og_proposer_ask(agent, &state->proposer, count, x);
}

// One step of a critic down the squared error on designs of its own draw.
static void sac_criticise(og_agent* agent, sac_critic* critic) {
    sac_state* state = agent->state;
    const int width = agent->space->count;
    const int* first = state->proposer.actions.first;
    int* places = state->places;
    for (int i = 0; i < SAC_SAMPLE; i++) {
        const int row = og_replay_draw(&state->replay, &agent->random);
        const unsigned char* choices = og_replay_choices(&state->replay, row);
        double value = critic->values[0];
        for (int p = 0; p < width; p++) {
            places[p] = 1 + first[p] + choices[p];
            value += critic->values[places[p]];
        }
        const double error = (value - og_replay_reward(&state->replay, row)) / SAC_SAMPLE;
        critic->gradient[0] += error;
        for (int p = 0; p < width; p++) {
            critic->gradient[places[p]] += error;
        }
    }
    og_adam_step(&critic->adam, critic->values, critic->gradient, agent->options[SAC_RATE]);
}

// Slope of the policy of a parameter towards choices of high value and entropy, both as expected
// over all its choices; returns its entropy.
static double sac_act(og_agent* agent, int parameter, double temperature) {
    sac_state* state = agent->state;
    og_policy* policy = &state->policy;
    const int first = state->proposer.actions.first[parameter];
    const int end = state->proposer.actions.first[parameter + 1];
    const double whole = log(policy->sums[parameter]);
    double mean = 0;
    double entropy = 0;
    double goods[OG_ACTION_CHOICES];
    for (int k = first; k < end; k++) {
        const double probability = policy->weights[k] * policy->scales[parameter];
        const double surprise = policy->logits[k] - whole;
        const double one = state->critics[0].values[1 + k];
        const double other = state->critics[1].values[1 + k];
        const double value = one < other ? one : other;
        goods[k - first] = value - temperature * surprise;
        mean += probability * goods[k - first];
        entropy -= probability * surprise;
    }
    for (int k = first; k < end; k++) {
        const double probability = policy->weights[k] * policy->scales[parameter];
        policy->gradient[k] -= probability * (goods[k - first] - mean);
    }
    return entropy;
}

static void sac_step(og_agent* agent) {
    sac_state* state = agent->state;
    for (int k = 0; k < SAC_CRITICS; k++) {
        sac_criticise(agent, &state->critics[k]);
    }
    double entropy = 0;
    const double temperature = exp(state->temperature);
    for (int p = 0; p < agent->space->count; p++) {
        entropy += sac_act(agent, p, temperature);
    }
    og_policy_step(&state->policy, -1, agent->options[SAC_RATE]);
    // the temperature falls while the policy is less decided than asked for
    const double excess = state->most > 0 ? entropy / state->most - agent->options[SAC_ENTROPY] : 0;
    state->temperature = fmax(state->temperature - agent->options[SAC_RATE] * excess, -20);
}

static void sac_tell(og_agent* agent, int count, const og_told* told) {
    sac_state* state = agent->state;
    og_replay_add(&state->replay, &agent->random, count, state->proposer.proposed, told);
    const int steps = og_replay_steps(&state->replay, (int)agent->options[SAC_STEPS]);
    for (int i = 0; i < steps; i++) {
        sac_step(agent);
    }
}

const og_agent_type og_agent_sac = {
    .name = "sac",
    .doc =
        "Learns from all remembered designs which choices are good, with two critics of which the "
        "lower one counts, and follows them with a policy that is kept as undecided as asked for "
        "by a temperature. One learner; policy and critics are sums over parameters, which for "
        "problems of one step stand in for the paper's networks.",
    .source =
        "Haarnoja, Zhou, Abbeel and Levine, Soft Actor-Critic, ICML 2018; Christodoulou, "
        "Soft Actor-Critic for Discrete Action Settings, 2019",
    .options = sac_options,
    .option_count = sizeof sac_options / sizeof *sac_options,
    .state_size = sizeof(sac_state),
    .start = sac_start,
    .batch = og_proposer_batch,
    .ask = sac_ask,
    .tell = sac_tell,
};
