// Sequential model-based search with a random forest: the candidate with the largest expected
// improvement under the forest's mean and variance is proposed, and random designs in between.
// Deviations from the paper: costs are learnt as normal scores of their ranks, and evaluations are
// not repeated and raced.

#include <math.h>

#include "agent/history.h"
#include "agent/surrogate.h"
#include "ogive/acquisition.h"
#include "ogive/forest.h"

enum { FOREST_TREES = OG_SURROGATE_OPTIONS, FOREST_CUTS, FOREST_RANDOM, FOREST_ROWS };

enum { FOREST_BEST_CUTS, FOREST_RANDOM_CUTS };

static const char* const forest_cuts[] = {"best", "random"};

static const og_parameter forest_options[] = {
    OG_SURROGATE_ROWS(10, 300, 1),
    {OG_INTEGER_ROW("trees", "", 1, 1000, 30, "Trees of the forest.")},
    {OG_CHOICE_ROW("cuts", forest_cuts, FOREST_BEST_CUTS,
                   "Have trees split where it explains most, or at random places, which makes "
                   "smoother predictions.")},
    {OG_REAL_ROW(
        "random", "", 0, 1, 0.1,
        "Share of proposals that are random designs, for what the forest is wrong about.")},
    {OG_INTEGER_ROW("rows", "", 16, 65536, 500,
                    "Designs that the forest is fitted to: the latest, when there are more.")},
};

typedef struct forest_state {
    og_surrogate surrogate;
    og_history history;
    uint64_t seed;
    const og_forest* forest;  // during an ask
    double best;              // least target that it was fitted to
    double* mean;             // scratch of scoring, shape: [capacity of the pool]
    double* variance;
} forest_state;

static og_status forest_start(og_agent* agent) {
    forest_state* state = agent->state;
    state->surrogate = og_surrogate_make(agent);
    state->history = og_history_make(agent->arena, agent->space, state->surrogate.columns);
    state->seed = og_random_bits(&agent->random);
    state->mean = OG_NEW(agent->arena, double, state->surrogate.pool.capacity);
    state->variance = OG_NEW(agent->arena, double, state->surrogate.pool.capacity);
    return OG_OK;
}

// Fit a forest to the latest designs; it lives in the agent's arena.
static void forest_fit(og_agent* agent) {
    forest_state* state = agent->state;
    const og_history* history = &state->history;
    const int count = (int)fmin(history->count, agent->options[FOREST_ROWS]);
    const int first = history->count - count;
    const int width = agent->space->count;
    double* targets = OG_NEW(agent->arena, double, count);
    int* order = OG_NEW(agent->arena, int, count);
    og_targets_scale(OG_TARGETS_RANK_GAUSSIAN, history->scores + first, count, order, targets);
    state->best = INFINITY;
    for (int i = 0; i < count; i++) {
        state->best = fmin(state->best, targets[i]);
    }
    const og_forest_options options = {
        .trees = (int)agent->options[FOREST_TREES],
        .random_cuts = (int)agent->options[FOREST_CUTS] == FOREST_RANDOM_CUTS,
        .whole = (int)agent->options[FOREST_CUTS] == FOREST_RANDOM_CUTS,
        .seed = state->seed + (uint64_t)history->count,
    };
    state->forest =
        og_forest_fit(agent->arena, state->surrogate.columns, width,
                      history->rows + (size_t)first * (size_t)width, targets, count, &options);
}

static void forest_score(void* model, og_pool* pool, int begin, int end) {
    const forest_state* state = model;
    og_forest_predict(state->forest, pool->rows + begin * pool->space->count, end - begin,
                      state->mean, state->variance);
    for (int i = begin; i < end; i++) {
        pool->scores[i] = -og_log_expected_improvement(
            state->mean[i - begin], sqrt(state->variance[i - begin]), state->best);
    }
}

static int forest_propose(og_agent* agent, int count, double* x) {
    forest_state* state = agent->state;
    const int width = agent->space->count;
    const og_arena_mark mark = og_arena_here(agent->arena);
    forest_fit(agent);
    og_surrogate_search(agent, &state->surrogate, forest_score, state);
    og_arena_rewind(agent->arena, mark);
    int made = 0;
    for (int found = 1; found > 0 && made < count; made += found) {
        double* design = x + made * width;
        if (og_random_uniform(&agent->random) < agent->options[FOREST_RANDOM]) {
            og_space_sample(agent->space, &agent->random, design);
            found = og_seen_claim(&state->surrogate.seen, &agent->random, design);
        } else {
            found = og_surrogate_take(&state->surrogate, 1, design);
        }
    }
    return made;
}

static int forest_ask(og_agent* agent, int count, double* x) {
    forest_state* state = agent->state;
    return og_surrogate_ask(agent, &state->surrogate, forest_propose, count, x);
}

static void forest_tell(og_agent* agent, int count, const og_told* told) {
    forest_state* state = agent->state;
    og_surrogate_tell(&state->surrogate, count, told);
    for (int i = 0; i < count; i++) {
        og_history_add(&state->history, &told[i]);
    }
}

// How wrong the forest of the next ask would be, about designs that its trees have not seen.
static int forest_diagnose(og_agent* agent, og_diagnostic* list) {
    forest_state* state = agent->state;
    if (state->history.count < 4) {
        return 0;
    }
    const og_arena_mark mark = og_arena_here(agent->arena);
    forest_fit(agent);
    const double square = og_forest_out_of_bag_error(state->forest);
    og_arena_rewind(agent->arena, mark);
    // targets are normal scores, of variance one
    list[0] = (og_diagnostic){OG_DIAGNOSTIC_ERROR, "", sqrt(square)};
    return square >= 0;
}

const og_agent_type og_agent_forest = {
    .name = "forest",
    .doc =
        "Fits a random forest to what designs cost and proposes the one with the largest expected "
        "improvement, with random designs in between. Takes rugged costs, many choices and "
        "conditions as they come.",
    .source =
        "Hutter, Hoos and Leyton-Brown, Sequential Model-Based Optimization for General Algorithm "
        "Configuration, LION 5, 2011",
    .options = forest_options,
    .option_count = sizeof forest_options / sizeof *forest_options,
    .state_size = sizeof(forest_state),
    .start = forest_start,
    .batch = og_surrogate_batch,
    .ask = forest_ask,
    .tell = forest_tell,
    .diagnose = forest_diagnose,
    .learns_from_given = true,
};
