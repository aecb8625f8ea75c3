// Monotone value mixing.

#include <math.h>

#include "agent/mixing.h"
#include "agent/policy.h"
#include "agent/proposer.h"
#include "agent/replay.h"

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
    {OG_INTEGER_ROW(
        "steps", "", 1, 1000, 8,
        "Steps with 32 remembered designs after each batch; fewer beyond 10,000 designs.")},
    {OG_REAL_ROW("temperature", "", 0.001, 10, 0.2,
                 "Difference of the values of a member's choices at which one is likelier by a "
                 "factor of e."),
     .scale = OG_LOGARITHMIC},
};

#define QMIX_MIXING_RATE 0.2  // of the learning rate

typedef struct qmix_state {
    og_proposer proposer;
    og_policy policy;  // logits: values over the temperature
    og_replay replay;
    double* values;    // of each member's choices, shape: [choices of all parameters]
    double* gradient;  // same shape
    og_adam adam;
    og_mixing mixing;
    double* inputs;  // values of the choices made, shape: [space->count][OG_MIXING_ROWS]
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
    state->mixing = og_mixing_make(agent->arena, width, &agent->random);
    state->inputs = OG_NEW(agent->arena, double, OG_MIXING_ROWS* width);
    state->slopes = OG_NEW(agent->arena, double, OG_MIXING_ROWS* width);
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
    const unsigned char* rows[OG_MIXING_ROWS];
    double rewards[OG_MIXING_ROWS];
    double errors[OG_MIXING_ROWS];
    for (int i = 0; i < OG_MIXING_ROWS; i++) {
        const int row = og_replay_draw(&state->replay, &agent->random);
        rows[i] = og_replay_choices(&state->replay, row);
        rewards[i] = og_replay_reward(&state->replay, row);
    }
    for (int p = 0; p < width; p++) {
        const double* values = state->values + first[p];
        for (int i = 0; i < OG_MIXING_ROWS; i++) {
            state->inputs[p * OG_MIXING_ROWS + i] = values[rows[i][p]];
        }
    }
    og_mixing_forward(&state->mixing, state->inputs, errors);
    for (int i = 0; i < OG_MIXING_ROWS; i++) {
        errors[i] = (errors[i] - rewards[i]) / OG_MIXING_ROWS;
    }
    og_mixing_backward(&state->mixing, state->inputs, errors, state->slopes);
    for (int i = 0; i < OG_MIXING_ROWS; i++) {
        for (int p = 0; p < width; p++) {
            state->gradient[first[p] + rows[i][p]] += state->slopes[p * OG_MIXING_ROWS + i];
        }
    }
    const double rate = agent->options[QMIX_RATE];
    og_adam_step(&state->adam, state->values, state->gradient, rate);
    og_mixing_step(&state->mixing, QMIX_MIXING_RATE * rate);
}

static void qmix_tell(og_agent* agent, int count, const og_told* told) {
    qmix_state* state = agent->state;
    const int* first = state->proposer.actions.first;
    og_replay_add(&state->replay, &agent->random, count, state->proposer.proposed, told);
    const int steps = og_replay_steps(&state->replay, (int)agent->options[QMIX_STEPS]);
    for (int i = 0; i < steps; i++) {
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
