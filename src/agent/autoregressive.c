// Teammates that act in turn: each sees what those before it chose.

#include "agent/conditional.h"
#include "agent/team.h"
#include "learn/exponential.h"
#include "learn/wide.h"

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
    double* logits;          // scratch, shape: [cells of all parameters]
    double* weights;         // scratch, same shape
    double* scales;          // scratch, shape: [space->count]
    double* slopes;          // scratch, shape: [cells of all parameters]
} autoregressive_state;

enum { AUTOREGRESSIVE_PATIENCE = 500 };  // see og_team.patience

#define AUTOREGRESSIVE_LARGEST 1e250  // sums of weights from which on exponentials lose bits

// Cells of a parameter.
static int autoregressive_cells(const autoregressive_state* state, int parameter) {
    return state->conditional.first[parameter + 1] - state->conditional.first[parameter];
}

// Hide the logits of what is not allowed.
static void autoregressive_mask(const autoregressive_state* state, int parameter, uint64_t allowed,
                                double* logits) {
    const uint64_t forbidden = og_action_all(state->conditional.actions, parameter) & ~allowed;
    for (uint64_t left = forbidden; left != 0; left &= left - 1) {
        logits[__builtin_ctzll(left)] = OG_CONDITIONAL_NEVER;
    }
}

static double autoregressive_add_up(const double* weights, int cells) {
    double sums[OG_CONDITIONAL_LANES] = {0};
    for (int c = 0; c < cells; c += OG_CONDITIONAL_LANES) {
        for (int lane = 0; lane < OG_CONDITIONAL_LANES; lane++) {
            sums[lane] += weights[c + lane];
        }
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Shift logits so that the highest is 0, and make their exponentials anew.
static double autoregressive_level(double* logits, int cells, double* weights) {
    double top = logits[0];
    for (int c = 1; c < cells; c++) {
        top = logits[c] > top ? logits[c] : top;
    }
    for (int c = 0; c < cells; c++) {
        logits[c] -= top;
    }
    og_exponentials(logits, cells, weights);
    return autoregressive_add_up(weights, cells);
}

// The sum of a parameter's weights, which are made anew when they are too small or too large.
static double autoregressive_sum(double* logits, int cells, double* weights) {
    const double sum = autoregressive_add_up(weights, cells);
    return sum > 1 / AUTOREGRESSIVE_LARGEST && sum < AUTOREGRESSIVE_LARGEST
               ? sum
               : autoregressive_level(logits, cells, weights);
}

static int autoregressive_pick(void* picker, og_random* random, int parameter, uint64_t allowed,
                               const og_action* chosen) {
    autoregressive_state* state = picker;
    const int cells = autoregressive_cells(state, parameter);
    og_conditional_logits(&state->conditional, chosen, state->position_of[parameter],
                          state->logits);
    autoregressive_mask(state, parameter, allowed, state->logits);
    og_exponentials(state->logits, cells, state->weights);
    double part =
        og_random_uniform(random) * autoregressive_sum(state->logits, cells, state->weights);
    int choice = 0;
    for (uint64_t left = allowed; left != 0; left &= left - 1) {
        choice = __builtin_ctzll(left);
        part -= state->weights[choice];
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

// Weights of all choices of a design's parameters and their scales, into the state.
static void autoregressive_predict(autoregressive_state* state, const og_action* actions) {
    const int* first = state->conditional.first;
    const int width = state->conditional.actions->space->count;
    og_conditional_all(&state->conditional, actions, state->logits);
    for (int p = 0; p < width; p++) {
        autoregressive_mask(state, p, actions[p].allowed, state->logits + first[p]);
    }
    og_exponentials(state->logits, first[width], state->weights);
    for (int p = 0; p < width; p++) {
        state->scales[p] = 1 / autoregressive_sum(state->logits + first[p], first[p + 1] - first[p],
                                                  state->weights + first[p]);
    }
}

static double autoregressive_probability(const autoregressive_state* state, int parameter,
                                         const og_action* action) {
    return state->weights[state->conditional.first[parameter] + action->choice] *
           state->scales[parameter];
}

static void autoregressive_likelihood(og_agent* agent, const og_action* actions,
                                      double* probabilities) {
    autoregressive_state* state = agent->state;
    autoregressive_predict(state, actions);
    for (int p = 0; p < agent->space->count; p++) {
        probabilities[p] = autoregressive_probability(state, p, &actions[p]);
    }
}

// Slopes of one parameter's logits: the policy gradient and the entropy's. What is common to all
// logits of a parameter cancels in both.
OG_WIDE static void autoregressive_slope(autoregressive_state* state, int parameter, int choice,
                                         double pull, double entropy_weight) {
    const int first = state->conditional.first[parameter];
    const int cells = autoregressive_cells(state, parameter);
    const double* logits = state->logits + first;
    const double* weights = state->weights + first;
    const double scale = state->scales[parameter];
    double* slopes = state->slopes + first;
    double sums[OG_CONDITIONAL_LANES] = {0};
    for (int c = 0; c < cells; c += OG_CONDITIONAL_LANES) {
        for (int lane = 0; lane < OG_CONDITIONAL_LANES; lane++) {
            sums[lane] += weights[c + lane] * logits[c + lane];
        }
    }
    const double mean = scale * ((sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (int c = 0; c < cells; c++) {
        slopes[c] = scale * weights[c] * (pull + entropy_weight * (logits[c] - mean));
    }
    slopes[choice] -= pull;
}

// What one design says to every member.
static void autoregressive_push(og_agent* agent, int row) {
    autoregressive_state* state = agent->state;
    og_team* team = &state->team;
    const int width = agent->space->count;
    const og_action* actions = team->actions + row * width;
    autoregressive_predict(state, actions);
    for (int m = 0; m < team->members; m++) {
        team->ratios[m] = 1;
    }
    for (int p = 0; p < width; p++) {
        team->ratios[team->member_of[p]] *=
            autoregressive_probability(state, p, &actions[p]) * team->odds[row * width + p];
    }
    for (int p = 0; p < width; p++) {
        const double pull = og_team_pull(team->shared[row], team->ratios[team->member_of[p]],
                                         agent->options[OG_TEAM_CLIP]);
        autoregressive_slope(state, p, actions[p].choice, pull / team->count,
                             agent->options[OG_TEAM_ENTROPY] / team->count);
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
    state->team.patience = AUTOREGRESSIVE_PATIENCE;
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
    const int cells = state->conditional.first[agent->space->count];
    state->logits = OG_NEW(agent->arena, double, cells);
    state->weights = OG_NEW(agent->arena, double, cells);
    state->slopes = OG_NEW(agent->arena, double, cells);
    state->scales = OG_NEW(agent->arena, double, agent->space->count);
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
