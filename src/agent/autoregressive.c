// Teammates that act in turn: each sees what those before it chose.

#include <math.h>

#include "agent/conditional.h"
#include "agent/team.h"

enum { AUTOREGRESSIVE_MODEL = OG_TEAM_MEMBERS + 1, AUTOREGRESSIVE_SIGHT };

static const og_parameter autoregressive_options[] = {
    OG_TEAM_ROWS(8, 0.1, 0.1),
    OG_TEAM_CLIP_ROWS(4, 0.2),
    OG_TEAM_MEMBERS_ROW,
    {OG_CHOICE_ROW("model", og_conditional_names, OG_CONDITIONAL_TABLE,
                   "How a member's preferences depend on the choices before its own: tables of "
                   "pairs, added up, or a network with attention, which also reads the workload's "
                   "features; a hundred times slower.")},
    {OG_INTEGER_ROW("sight", "", 1, 64, 16,
                    "Members that a member sees: the last ones before it; tables only.")},
};

typedef struct autoregressive_state {
    og_team team;
    og_conditional conditional;
    const int* position_of;  // place of each parameter in the order, shape: [space->count]
    double* logits;          // scratch, shape: [choices of all parameters]
    double* slopes;          // scratch, same shape
} autoregressive_state;

// Probabilities of the allowed choices in place of their logits.
static void autoregressive_soften(double* logits, uint64_t allowed) {
    double top = -INFINITY;
    for (uint64_t left = allowed; left != 0; left &= left - 1) {
        top = fmax(top, logits[__builtin_ctzll(left)]);
    }
    double sum = 0;
    for (uint64_t left = allowed; left != 0; left &= left - 1) {
        double* logit = &logits[__builtin_ctzll(left)];
        *logit = exp(*logit - top);
        sum += *logit;
    }
    for (uint64_t left = allowed; left != 0; left &= left - 1) {
        logits[__builtin_ctzll(left)] /= sum;
    }
}

static int autoregressive_pick(void* picker, og_random* random, int parameter, uint64_t allowed,
                               const og_action* chosen) {
    autoregressive_state* state = picker;
    og_conditional_logits(&state->conditional, chosen, state->position_of[parameter],
                          state->logits);
    autoregressive_soften(state->logits, allowed);
    double part = og_random_uniform(random);
    int choice = 0;
    for (uint64_t left = allowed; left != 0; left &= left - 1) {
        choice = __builtin_ctzll(left);
        part -= state->logits[choice];
        if (part < 0) {
            break;
        }
    }
    return choice;
}

static bool autoregressive_draw(og_agent* agent, og_action* chosen, double* x) {
    autoregressive_state* state = agent->state;
    return og_actions_draw(&state->team.proposer.actions, &agent->random, autoregressive_pick,
                           state, chosen, x);
}

// Probabilities of all choices of a design's parameters, into state->logits.
static void autoregressive_predict(autoregressive_state* state, const og_action* actions) {
    const og_actions* space = state->conditional.actions;
    og_conditional_all(&state->conditional, actions, state->logits);
    for (int p = 0; p < space->space->count; p++) {
        autoregressive_soften(state->logits + space->first[p], actions[p].allowed);
    }
}

static void autoregressive_likelihood(og_agent* agent, const og_action* actions,
                                      double* probabilities) {
    autoregressive_state* state = agent->state;
    autoregressive_predict(state, actions);
    for (int p = 0; p < agent->space->count; p++) {
        probabilities[p] = state->logits[state->conditional.actions->first[p] + actions[p].choice];
    }
}

// Slopes of one parameter's logits: the policy gradient and the entropy's.
static void autoregressive_slope(const double* probabilities, const og_action* action, double pull,
                                 double entropy_weight, double* slopes) {
    double entropy = 0;
    for (uint64_t left = action->allowed; left != 0; left &= left - 1) {
        const double probability = probabilities[__builtin_ctzll(left)];
        entropy -= probability > 0 ? probability * log(probability) : 0;
    }
    for (uint64_t left = action->allowed; left != 0; left &= left - 1) {
        const int c = __builtin_ctzll(left);
        const double probability = probabilities[c];
        const double surprise = probability > 0 ? log(probability) + entropy : 0;
        slopes[c] = pull * probability + entropy_weight * probability * surprise;
    }
    slopes[action->choice] -= pull;
}

// What one design says to every member.
static void autoregressive_push(og_agent* agent, int row) {
    autoregressive_state* state = agent->state;
    og_team* team = &state->team;
    const int width = agent->space->count;
    const int* first = team->proposer.actions.first;
    const og_action* actions = team->actions + row * width;
    autoregressive_predict(state, actions);
    for (int m = 0; m < team->members; m++) {
        team->ratios[m] = 1;
    }
    for (int p = 0; p < width; p++) {
        team->ratios[team->member_of[p]] *=
            state->logits[first[p] + actions[p].choice] / team->probabilities[row * width + p];
    }
    for (int k = 0; k < first[width]; k++) {
        state->slopes[k] = 0;
    }
    for (int p = 0; p < width; p++) {
        const double pull = og_team_pull(team->shared[row], team->ratios[team->member_of[p]],
                                         agent->options[OG_TEAM_CLIP]);
        autoregressive_slope(state->logits + first[p], &actions[p], pull / team->count,
                             agent->options[OG_TEAM_ENTROPY] / team->count,
                             state->slopes + first[p]);
    }
    og_conditional_push(&state->conditional, actions, state->slopes);
}

static void autoregressive_update(og_agent* agent, og_team* team) {
    autoregressive_state* state = agent->state;
    for (int epoch = 0; epoch < (int)agent->options[OG_TEAM_EPOCHS]; epoch++) {
        for (int i = 0; i < team->count; i++) {
            autoregressive_push(agent, i);
        }
        og_conditional_step(&state->conditional, agent->options[OG_TEAM_RATE]);
    }
}

static og_status autoregressive_start(og_agent* agent) {
    autoregressive_state* state = agent->state;
    og_team_start(agent, false, autoregressive_update);
    state->team.likelihood = autoregressive_likelihood;
    state->team.proposer.draw = autoregressive_draw;
    const og_actions* actions = &state->team.proposer.actions;
    const og_conditional_setup setup = {
        .actions = actions,
        .model = (og_conditional_model)agent->options[AUTOREGRESSIVE_MODEL],
        .sight = (int)agent->options[AUTOREGRESSIVE_SIGHT],
        .features = agent->features,
        .feature_count = agent->feature_count,
    };
    state->conditional = og_conditional_make(agent->arena, &setup, &agent->random);
    int* position_of = OG_NEW(agent->arena, int, agent->space->count);
    for (int i = 0; i < agent->space->count; i++) {
        position_of[actions->order[i]] = i;
    }
    state->position_of = position_of;
    state->logits = OG_NEW(agent->arena, double, state->conditional.total);
    state->slopes = OG_NEW(agent->arena, double, state->conditional.total);
    return OG_OK;
}

const og_agent_type og_agent_autoregressive = {
    .name = "autoregressive",
    .doc =
        "Lets teammates act in turn, each seeing what those before it chose, so that the team can "
        "hold to combinations that are only good together; constraints mask what would lead "
        "nowhere. Learns by proximal policy optimisation with a clip for each member; ippo whose "
        "policies are conditional.",
    .source =
        "Fu, Yu, Xu, Yang and Wu, Revisiting Some Common Practices in Cooperative Multi-Agent "
        "Reinforcement Learning, ICML 2022; Wen et al., Multi-Agent Reinforcement Learning "
        "Is a Sequence Modeling Problem, NeurIPS 2022 (attention)",
    .options = autoregressive_options,
    .option_count = sizeof autoregressive_options / sizeof *autoregressive_options,
    .state_size = sizeof(autoregressive_state),
    .start = autoregressive_start,
    .batch = og_proposer_batch,
    .ask = og_team_ask,
    .tell = og_team_tell,
};
