// Monotone value mixing.

#include <math.h>

#include "agent/policy.h"
#include "agent/proposer.h"
#include "agent/replay.h"
#include "ogive/network.h"

enum {
    QMIX_RATE = OG_PROPOSER_DEFAULT_FIRST + 1,
    QMIX_STEPS,
    QMIX_TEMPERATURE,
};

static const og_parameter qmix_options[] = {
    OG_PROPOSER_ROWS(8),
    {OG_REAL_ROW("learning_rate", "", 1e-5, 1, 0.05,
                 "How far a value moves in one step of Adam; weights of the mixing network move a "
                 "fifth of it."),
     .scale = OG_LOGARITHMIC},
    {OG_INTEGER_ROW("steps", "", 1, 1000, 8, "Steps with 32 remembered designs after each batch.")},
    {OG_REAL_ROW("temperature", "", 0.001, 10, 0.2,
                 "Difference of the values of a member's choices at which one is likelier by a "
                 "factor of e."),
     .scale = OG_LOGARITHMIC},
};

enum { QMIX_SAMPLE = 32, QMIX_HIDDEN = 8 };
#define QMIX_MIXING_RATE 0.2  // of the learning rate

typedef struct qmix_state {
    og_proposer proposer;
    og_policy policy;  // logits: values over the temperature
    og_replay replay;
    double* values;    // of each member's choices, shape: [choices of all parameters]
    double* gradient;  // same shape
    og_adam adam;
    og_network* mixing;
    og_adam mixing_adam;
    double* inputs;  // values of the choices made, shape: [QMIX_SAMPLE][space->count]
    double* slopes;  // same shape
} qmix_state;

static bool qmix_draw(og_agent* agent, og_action* chosen, double* x) {
    qmix_state* state = agent->state;
    return og_actions_draw(&state->proposer.actions, &agent->random, og_policy_pick, &state->policy,
                           chosen, x);
}

static og_status qmix_start(og_agent* agent) {
    qmix_state* state = agent->state;
    const int width = agent->space->count;
    state->proposer = og_proposer_make(agent, qmix_draw);
    const og_actions* actions = &state->proposer.actions;
    const int total = actions->first[width];
    state->policy = og_policy_make(agent->arena, actions, 0);
    state->replay = og_replay_make(agent->arena, width);
    state->values = OG_NEW(agent->arena, double, total);
    state->gradient = OG_NEW(agent->arena, double, total);
    state->adam = og_adam_make(agent->arena, total);
    const og_layer layers[] = {
        {.kind = OG_LAYER_DENSE,
         .width = QMIX_HIDDEN,
         .activation = OG_ACTIVATION_TANH,
         .monotone = true},
        {.kind = OG_LAYER_DENSE, .width = 1, .monotone = true},
    };
    const og_network_shape shape = {
        .layers = layers, .layer_count = 2, .width = width, .tokens = 1, .rows = QMIX_SAMPLE};
    state->mixing = og_network_create(agent->arena, &shape, &agent->random);
    state->mixing_adam = og_adam_make(agent->arena, state->mixing->count);
    state->inputs = OG_NEW(agent->arena, double, QMIX_SAMPLE* width);
    state->slopes = OG_NEW(agent->arena, double, QMIX_SAMPLE* width);
    return OG_OK;
}

static int qmix_ask(og_agent* agent, int count, double* x) {
    qmix_state* state = agent->state;
    return og_proposer_ask(agent, &state->proposer, count, x);
}

// One step down the squared error of the mixed value.
static void qmix_step(og_agent* agent) {
    qmix_state* state = agent->state;
    const int width = agent->space->count;
    const int* first = state->proposer.actions.first;
    int rows[QMIX_SAMPLE];
    double errors[QMIX_SAMPLE];
    for (int i = 0; i < QMIX_SAMPLE; i++) {
        rows[i] = og_replay_draw(&state->replay, &agent->random);
        const unsigned char* choices = og_replay_choices(&state->replay, rows[i]);
        for (int p = 0; p < width; p++) {
            state->inputs[i * width + p] = state->values[first[p] + choices[p]];
        }
    }
    const og_network_input input = {.values = state->inputs};
    const double* mixed = og_network_forward(state->mixing, &input, QMIX_SAMPLE, 1);
    for (int i = 0; i < QMIX_SAMPLE; i++) {
        errors[i] = (mixed[i] - og_replay_reward(&state->replay, rows[i])) / QMIX_SAMPLE;
    }
    og_network_backward(state->mixing, errors, state->slopes);
    for (int i = 0; i < QMIX_SAMPLE; i++) {
        const unsigned char* choices = og_replay_choices(&state->replay, rows[i]);
        for (int p = 0; p < width; p++) {
            state->gradient[first[p] + choices[p]] += state->slopes[i * width + p];
        }
    }
    const double rate = agent->options[QMIX_RATE];
    og_adam_step(&state->adam, state->values, state->gradient, rate);
    og_adam_step(&state->mixing_adam, state->mixing->parameters, state->mixing->gradient,
                 QMIX_MIXING_RATE * rate);
}

static void qmix_tell(og_agent* agent, int count, const og_told* told) {
    qmix_state* state = agent->state;
    const int* first = state->proposer.actions.first;
    og_replay_add(&state->replay, &agent->random, count, state->proposer.proposed, told);
    for (int i = 0; i < (int)agent->options[QMIX_STEPS]; i++) {
        qmix_step(agent);
    }
    for (int p = 0; p < agent->space->count; p++) {
        for (int k = first[p]; k < first[p + 1]; k++) {
            state->policy.logits[k] = state->values[k] / agent->options[QMIX_TEMPERATURE];
        }
    }
    og_policy_renew(&state->policy, -1);
}

const og_agent_type og_agent_qmix = {
    .name = "qmix",
    .doc =
        "Gives each member of the team values of its choices, and mixes the values of a design's "
        "choices by a network that never falls when one of them rises: the members' best choices "
        "are then the team's. Where vdn can only add values up, qmix can bend the sum, but not "
        "make a choice good with some teammates and bad with others. Weights of the mixing do not "
        "come from a state, which does not change from design to design.",
    .source =
        "Rashid, Samvelyan, de Witt, Farquhar, Foerster and Whiteson, QMIX: Monotonic Value "
        "Function Factorisation for Deep Multi-Agent Reinforcement Learning, ICML 2018",
    .options = qmix_options,
    .option_count = sizeof qmix_options / sizeof *qmix_options,
    .state_size = sizeof(qmix_state),
    .start = qmix_start,
    .batch = og_proposer_batch,
    .ask = qmix_ask,
    .tell = qmix_tell,
};
