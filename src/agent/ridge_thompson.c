// Thompson sampling with a linear model: weights of levels, and of pairs of levels, are drawn from
// what is believed about them, and the design that they make best is proposed.

#include "agent/history.h"
#include "agent/predictor.h"
#include "agent/surrogate.h"
#include "ogive/ridge.h"

enum { RIDGE_THOMPSON_PAIRS = OG_SURROGATE_OPTIONS, RIDGE_THOMPSON_KNOTS };

enum { RIDGE_THOMPSON_EVERY = 400 };  // designs up to which every fit is done
#define RIDGE_THOMPSON_GROWTH 0.05

static const og_parameter ridge_thompson_options[] = {
    OG_SURROGATE_ROWS(5, 64, 1),
    {OG_REAL_ROW("pairs", "", 0, 10, 0.5,
                 "Deviation of the weights of pairs over that of single levels, before anything is "
                 "known; 0 for no pairs. None where that would be more than 600 weights.")},
    {OG_INTEGER_ROW("knots", "", 2, 64, 16,
                    "Levels of an ordered parameter that have weights of their own; more are "
                    "interpolated between as many.")},
};

typedef struct ridge_thompson_state {
    og_surrogate surrogate;
    og_ridge* ridge;
    double* weights;
    og_history history;
    int learnt;  // of the history, by the ridge
} ridge_thompson_state;

static og_status ridge_thompson_start(og_agent* agent) {
    ridge_thompson_state* state = agent->state;
    state->surrogate = og_surrogate_make(agent);
    const og_column* columns = state->surrogate.columns;
    const int knots = (int)agent->options[RIDGE_THOMPSON_KNOTS];
    const og_ridge_options options = {
        .targets = OG_TARGETS_RANK_GAUSSIAN,
        .pairs = og_predictor_pairs(columns, agent->space->count, knots,
                                    agent->options[RIDGE_THOMPSON_PAIRS]),
        .knots = knots,
    };
    state->ridge =
        og_ridge_create(agent->arena, state->surrogate.columns, agent->space->count, &options);
    state->history = og_history_make(agent->arena, agent->space, state->surrogate.columns);
    state->weights = OG_NEW(agent->arena, double, og_ridge_feature_count(state->ridge));
    return OG_OK;
}

static void ridge_thompson_score(void* model, og_pool* pool, int begin, int end) {
    const ridge_thompson_state* state = model;
    for (int i = begin; i < end; i++) {
        pool->scores[i] =
            og_ridge_value(state->ridge, state->weights, pool->rows + i * pool->space->count);
    }
}

// Learn what was told: every time until some hundred designs are known, then whenever they have
// grown by a twentieth, so that the cost of a proposal stays flat.
static void ridge_thompson_fit(ridge_thompson_state* state) {
    const og_history* history = &state->history;
    const int waiting = history->count - state->learnt;
    if (waiting == 0 ||
        (state->learnt > RIDGE_THOMPSON_EVERY && waiting < RIDGE_THOMPSON_GROWTH * state->learnt)) {
        return;
    }
    for (; state->learnt < history->count; state->learnt++) {
        og_ridge_add(state->ridge,
                     history->rows + (size_t)state->learnt * (size_t)history->space->count,
                     history->scores[state->learnt]);
    }
    og_ridge_fit(state->ridge);
}

static int ridge_thompson_propose(og_agent* agent, int count, double* x) {
    ridge_thompson_state* state = agent->state;
    ridge_thompson_fit(state);
    int made = 0;
    for (int found = 1; found > 0 && made < count; made += found) {
        og_ridge_sample(state->ridge, &agent->random, state->weights);
        og_surrogate_search(agent, &state->surrogate, ridge_thompson_score, state);
        found = og_surrogate_take(&state->surrogate, 1, x + made * agent->space->count);
    }
    return made;
}

static int ridge_thompson_ask(og_agent* agent, int count, double* x) {
    ridge_thompson_state* state = agent->state;
    return og_surrogate_ask(agent, &state->surrogate, ridge_thompson_propose, count, x);
}

static void ridge_thompson_tell(og_agent* agent, int count, const og_told* told) {
    ridge_thompson_state* state = agent->state;
    og_surrogate_tell(&state->surrogate, count, told);
    for (int i = 0; i < count; i++) {
        og_history_add(&state->history, &told[i]);
    }
}

const og_agent_type og_agent_ridge_thompson = {
    .name = "ridge_thompson",
    .doc =
        "Learns by Bayesian ridge regression what every level adds to the ranks of designs, draws "
        "weights from what it believes, and proposes the design that they make best. Few "
        "evaluations and microseconds each, where parameters mostly act on their own or in pairs.",
    .source =
        "Thompson, Biometrika 25, 1933; Baptista and Poloczek, Bayesian Optimization of "
        "Combinatorial Structures, ICML 2018 (pairs)",
    .options = ridge_thompson_options,
    .option_count = sizeof ridge_thompson_options / sizeof *ridge_thompson_options,
    .state_size = sizeof(ridge_thompson_state),
    .start = ridge_thompson_start,
    .batch = og_surrogate_batch,
    .ask = ridge_thompson_ask,
    .tell = ridge_thompson_tell,
    .learns_from_given = true,
};
