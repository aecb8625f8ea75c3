// Search with predictors and an inner evolution: what designs cost is predicted, by one predictor
// for each objective; a genetic algorithm searches the predictions, thousands of them for each
// batch that is evaluated; the best predicted new designs are the next batch. With several
// objectives the order is that of nondominated fronts. Deviations from the paper: predictors learn
// values or ranks, whichever foretells better, by ridge regression with pairs or, of reals and long
// orders, a Gaussian process; parents of the inner evolution are evaluated designs as well as
// predicted ones; some proposals are changes of the front.

#include <string.h>

#include "agent/elites.h"
#include "agent/fronts.h"
#include "agent/predictor.h"
#include "agent/surrogate.h"
#include "agent/variation.h"

enum { LINAS_POPULATION = OG_SURROGATE_OPTIONS, LINAS_PREDICTOR, LINAS_NEARBY, LINAS_ROWS };

static const og_parameter linas_options[] = {
    {OG_INTEGER_ROW("starts", "", 1, 65536, 20, "Designs that are evaluated first.")},
    {OG_BOOLEAN_ROW("spread", 1, "Have these far from each other, in place of random ones.")},
    {OG_INTEGER_ROW("predictions", "", 16, 100000, 2000,
                    "Designs that predictors are asked about for each batch.")},
    {OG_INTEGER_ROW("batch", "", 1, 4096, 10,
                    "Designs proposed at once. More keep more processors busy, fewer learn "
                    "sooner.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
    {OG_INTEGER_ROW("population", "", 4, 1024, 50, "Members of the inner evolution, at least.")},
    {OG_CHOICE_ROW("predictor", og_predictor_names, OG_PREDICTOR_AUTOMATIC,
                   "Ridge regression on levels and pairs, or the mean of a Gaussian process; "
                   "automatic: that where there are reals or more than 16 ordered levels.")},
    {OG_REAL_ROW("nearby", "", 0, 1, 0.2,
                 "Share of proposals that are changes of designs on the front, for what predictors "
                 "are wrong about.")},
    {OG_INTEGER_ROW("rows", "", 16, 4096, 400,
                    "Designs that a Gaussian process remembers: the best quarter, and the "
                    "latest.")},
};

enum { LINAS_TRIES = 20 };   // at a design beside the front's
#define LINAS_ELITE 0.3      // share of parents that were evaluated
#define LINAS_CROSSOVER 0.8  // share of children with two parents

typedef struct linas_state {
    og_surrogate surrogate;
    og_predictor* predictors;  // one for each objective, list: [objective_count]
    og_elites elites;
    double* guesses;  // of the designs of the pool, shape: [capacity][objective_count]
    double* column;   // of one objective, shape: [capacity]
    int* members;     // of the inner evolution, places in the pool, best first, shape: [capacity]
    int member_count;
    bool fitted;
} linas_state;

static og_status linas_start(og_agent* agent) {
    linas_state* state = agent->state;
    og_arena* arena = agent->arena;
    const int objectives = agent->objective_count;
    state->surrogate = og_surrogate_make(agent);
    state->predictors = OG_NEW(arena, og_predictor, objectives);
    for (int k = 0; k < objectives; k++) {
        state->predictors[k] =
            og_predictor_make(arena, state->surrogate.columns, agent->space->count,
                              (og_predictor_kind)agent->options[LINAS_PREDICTOR],
                              (int)agent->options[LINAS_ROWS], og_random_bits(&agent->random));
    }
    const int capacity = state->surrogate.pool.capacity;
    state->elites = og_elites_make(agent, (int)agent->options[LINAS_POPULATION]);
    state->guesses = OG_NEW(arena, double, (size_t)capacity*(size_t)objectives);
    state->column = OG_NEW(arena, double, capacity);
    state->members = OG_NEW(arena, int, capacity);
    return OG_OK;
}

// Guess what designs [begin, end) of the pool cost, and make them members.
static void linas_admit(og_agent* agent, int begin, int end) {
    linas_state* state = agent->state;
    const int objectives = agent->objective_count;
    const double* rows = state->surrogate.pool.rows + begin * agent->space->count;
    for (int k = 0; k < objectives; k++) {
        og_predictor_guess(&state->predictors[k], rows, end - begin, state->column);
        for (int i = begin; i < end; i++) {
            state->guesses[i * objectives + k] = state->column[i - begin];
        }
    }
    for (int i = begin; i < end; i++) {
        state->members[state->member_count++] = i;
    }
}

// Bring the members into order and keep at most `most`.
static void linas_survive(og_agent* agent, int most) {
    linas_state* state = agent->state;
    const int count = state->member_count;
    const size_t objectives = (size_t)agent->objective_count;
    const og_arena_mark mark = og_arena_here(agent->arena);
    double* values = OG_NEW(agent->arena, double, (size_t)count* objectives);
    int* order = OG_NEW(agent->arena, int, count);
    for (int i = 0; i < count; i++) {
        memcpy(values + (size_t)i * objectives,
               state->guesses + (size_t)state->members[i] * objectives,
               sizeof(double) * objectives);
    }
    og_fronts_sort(agent->arena, values, count, (int)objectives, order);
    for (int i = 0; i < count; i++) {
        order[i] = state->members[order[i]];
    }
    memcpy(state->members, order, sizeof *order * (size_t)count);
    state->member_count = count < most ? count : most;
    og_arena_rewind(agent->arena, mark);
}

// A parent: an elite, or the better of two members.
static const double* linas_parent(og_agent* agent) {
    const linas_state* state = agent->state;
    og_random* random = &agent->random;
    if (og_random_uniform(random) < LINAS_ELITE) {
        return state->elites.designs[og_random_below(random, (uint64_t)state->elites.ordered)];
    }
    const int a = (int)og_random_below(random, (uint64_t)state->member_count);
    const int b = (int)og_random_below(random, (uint64_t)state->member_count);
    return state->surrogate.pool.designs + state->members[a < b ? a : b] * agent->space->count;
}

// A child into the pool, unless it is known.
static void linas_breed(og_agent* agent) {
    linas_state* state = agent->state;
    const og_space* space = agent->space;
    og_pool* pool = &state->surrogate.pool;
    const double* first = linas_parent(agent);
    if (og_random_uniform(&agent->random) < LINAS_CROSSOVER) {
        og_variation_cross(space, &agent->random, OG_CROSSOVER_MIXED, first, linas_parent(agent),
                           pool->draft);
    } else {
        memcpy(pool->draft, first, sizeof(double) * (size_t)space->count);
    }
    og_variation_mutate(space, &agent->random, pool->draft, 1.0 / space->count);
    og_pool_add(pool, &state->surrogate.seen, pool->draft);
}

// Search the predictions; leaves the members in order.
static void linas_evolve(og_agent* agent, int wanted) {
    linas_state* state = agent->state;
    og_surrogate* surrogate = &state->surrogate;
    og_pool* pool = &surrogate->pool;
    const int predictions = (int)agent->options[OG_SURROGATE_CANDIDATES];
    int population = (int)agent->options[LINAS_POPULATION];
    population = population > wanted ? population : wanted;
    population = population < predictions ? population : predictions;
    pool->count = 0;
    state->member_count = 0;
    og_pool_fill(pool, &surrogate->seen, &agent->random, state->elites.designs,
                 state->elites.ordered, population);
    linas_admit(agent, 0, pool->count);
    linas_survive(agent, population);
    for (int left = predictions - population; left > 0 && pool->count > 0; left -= population) {
        const int begin = pool->count;
        for (int i = 0; i < population && i < left; i++) {
            linas_breed(agent);
        }
        linas_admit(agent, begin, pool->count);
        linas_survive(agent, population);
    }
}

// Order members by the fronts that they form with the elites: what would widen the front comes
// before what lies beside a known design.
static void linas_join(og_agent* agent) {
    linas_state* state = agent->state;
    const int objectives = agent->objective_count;
    const int elites = state->elites.ordered;
    const int count = state->member_count + elites;
    const og_arena_mark mark = og_arena_here(agent->arena);
    double* values = OG_NEW(agent->arena, double, count* objectives);
    double* rows = OG_NEW(agent->arena, double, elites * agent->space->count);
    int* order = OG_NEW(agent->arena, int, count);
    int* joined = OG_NEW(agent->arena, int, state->member_count);
    for (int i = 0; i < elites; i++) {
        og_row_read(agent->space, state->surrogate.columns, state->elites.designs[i],
                    rows + i * agent->space->count);
    }
    for (int k = 0; k < objectives; k++) {
        og_predictor_guess(&state->predictors[k], rows, elites, state->column);
        for (int i = 0; i < elites; i++) {
            values[i * objectives + k] = state->column[i];
        }
        for (int i = 0; i < state->member_count; i++) {
            values[(elites + i) * objectives + k] =
                state->guesses[state->members[i] * objectives + k];
        }
    }
    og_fronts_sort(agent->arena, values, count, objectives, order);
    int next = 0;
    for (int i = 0; i < count; i++) {
        if (order[i] >= elites) {
            joined[next++] = state->members[order[i] - elites];
        }
    }
    memcpy(state->members, joined, sizeof *joined * (size_t)next);
    og_arena_rewind(agent->arena, mark);
}

// A new design beside one of the front's.
static bool linas_step(og_agent* agent, double* x) {
    linas_state* state = agent->state;
    const og_space* space = agent->space;
    for (int tries = 0; tries < LINAS_TRIES; tries++) {
        const uint64_t from = og_random_below(&agent->random, (uint64_t)state->elites.front);
        memcpy(x, state->elites.designs[from], sizeof(double) * (size_t)space->count);
        og_variation_change_any(space, &agent->random, x);
        if (og_seen_add(&state->surrogate.seen, x)) {
            return true;
        }
    }
    return og_seen_draw(&state->surrogate.seen, &agent->random, x);
}

static int linas_propose(og_agent* agent, int count, double* x) {
    linas_state* state = agent->state;
    og_seen* seen = &state->surrogate.seen;
    for (int k = 0; k < agent->objective_count && !state->fitted; k++) {
        og_predictor_fit(&state->predictors[k]);
    }
    state->fitted = true;
    og_elites_order(agent->arena, &state->elites);
    linas_evolve(agent, count);
    linas_join(agent);
    int made = 0;
    for (int next = 0; made < count && next < state->member_count;) {
        double* design = x + made * agent->space->count;
        const bool nearby = og_random_uniform(&agent->random) < agent->options[LINAS_NEARBY];
        if (nearby && linas_step(agent, design)) {
            made++;
        } else {
            made += og_pool_take(&state->surrogate.pool, seen, state->members[next++], design);
        }
    }
    return made;
}

static int linas_ask(og_agent* agent, int count, double* x) {
    linas_state* state = agent->state;
    return og_surrogate_ask(agent, &state->surrogate, linas_propose, count, x);
}

static void linas_tell(og_agent* agent, int count, const og_told* told) {
    linas_state* state = agent->state;
    og_surrogate_tell(&state->surrogate, count, told);
    const int objectives = agent->objective_count;
    double* row = state->surrogate.row;
    // models are tested on all designs before they learn any
    for (int i = 0; i < 2 * count; i++) {
        const og_told* design = &told[i % count];
        const bool fails = design->failed || design->violation > 0;
        og_row_read(agent->space, state->surrogate.columns, design->x, row);
        for (int k = 0; k < objectives; k++) {
            const double target = og_elites_target(design, objectives, k);
            if (i >= count) {
                og_predictor_add(&state->predictors[k], row, target, fails);
            } else if (state->fitted && !fails) {
                og_predictor_test(&state->predictors[k], row, target);
            }
        }
    }
    for (int i = 0; i < count; i++) {
        og_elites_add(agent->arena, &state->elites, &told[i]);
    }
    state->fitted = false;
}

const og_agent_type og_agent_linas = {
    .name = "linas",
    .doc =
        "Learns predictors of what designs cost, lets an evolution search their predictions, and "
        "proposes the best predicted designs in batches. Keeps many processors busy; with several "
        "objectives it predicts each of them and proposes the front.",
    .source =
        "Cummings, Sarah, Nittur Sridhar, Szankin, Munoz and Sundaresan, A Hardware-Aware "
        "Framework for Accelerating Neural Architecture Search Across Modalities, 2022; Deb, "
        "Pratap, Agarwal and Meyarivan, IEEE Transactions on Evolutionary Computation 6, 2002",
    .options = linas_options,
    .option_count = sizeof linas_options / sizeof *linas_options,
    .state_size = sizeof(linas_state),
    .start = linas_start,
    .batch = og_surrogate_batch,
    .ask = linas_ask,
    .tell = linas_tell,
    .learns_from_given = true,
};
