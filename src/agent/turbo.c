// Bayesian optimisation in a trust region: candidates are changes of the best design within a box
// around it, which grows after successes, shrinks after failures, and is given up for a new start
// when it is small. Deviations from the paper: one region at a time; the process keeps what it
// learnt before a new start; a choice is changed with the box's length as its probability, so that
// the region is one of Hamming distance too (Wan and others 2021).

#include <math.h>
#include <string.h>

#include "agent/position.h"
#include "agent/surrogate.h"
#include "ogive/gaussian_process.h"

enum { TURBO_SUCCESSES = OG_SURROGATE_OPTIONS, TURBO_FAILURES, TURBO_LENGTH, TURBO_ROWS };

#define TURBO_LONGEST 1.6  // as in the paper
#define TURBO_SHORTEST 0x1p-7
#define TURBO_CHANGED 20.0  // parameters that a candidate changes, at most, on average

static const og_parameter turbo_options[] = {
    {OG_INTEGER_ROW("starts", "", 1, 65536, 10, "Designs that a search begins with.")},
    {OG_BOOLEAN_ROW("spread", 1, "Have these far from each other, in place of random ones.")},
    {OG_INTEGER_ROW("candidates", "", 16, 4096, 200,
                    "Designs within the trust region that the process is asked about at a time.")},
    {OG_INTEGER_ROW("batch", "", 1, 4096, 4,
                    "Designs proposed at once. More keep more processors busy, fewer learn "
                    "sooner.")},
    {OG_BOOLEAN_ROW("default_first", 1, "Begin with the default design.")},
    {OG_INTEGER_ROW("successes", "", 1, 1000, 3,
                    "Batches in a row with a better design after which the region doubles.")},
    {OG_INTEGER_ROW("failures", "", 0, 100000, 0,
                    "Designs in a row that are no better after which it halves; 0 stands for the "
                    "number of parameters, at least 8.")},
    {OG_REAL_ROW("length", "", 0.01, 1.6, 0.8, "First length of the region, of each range.")},
    {OG_INTEGER_ROW("rows", "", 16, 4096, 400,
                    "Designs that the process remembers: the best quarter, and the latest.")},
};

typedef struct turbo_state {
    og_surrogate surrogate;
    og_gaussian_process* process;
    og_population center;  // the best design since the last start
    double length;
    int successes;   // batches in a row
    int failures;    // designs in a row
    double* values;  // scratch of sampling, grown
    size_t values_room;
    bool fitted;
} turbo_state;

static og_status turbo_start(og_agent* agent) {
    turbo_state* state = agent->state;
    state->surrogate = og_surrogate_make(agent);
    const og_gaussian_process_options options = {
        .targets = OG_TARGETS_RANK_GAUSSIAN,
        .capacity = (int)agent->options[TURBO_ROWS],
        .seed = og_random_bits(&agent->random),
    };
    state->process = og_gaussian_process_create(agent->arena, state->surrogate.columns,
                                                agent->space->count, &options);
    state->center = og_population_make(agent, 1);
    state->length = agent->options[TURBO_LENGTH];
    return OG_OK;
}

// Another value of one parameter, within the region.
static double turbo_value(og_agent* agent, int index, double value) {
    const turbo_state* state = agent->state;
    const og_parameter* parameter = &agent->space->parameters[index];
    og_random* random = &agent->random;
    if (state->surrogate.columns[index].kind == OG_COLUMN_CHOICE) {
        const bool change = og_random_uniform(random) < state->length;
        const uint64_t levels = (uint64_t)og_parameter_levels(parameter);
        return change ? og_parameter_value(parameter, (int64_t)og_random_below(random, levels))
                      : value;
    }
    const double position = og_position_of(parameter, value);
    const double step = state->length * (og_random_uniform(random) - 0.5);
    const double moved = og_position_value(parameter, position + step);
    if (parameter->kind == OG_REAL || moved < value || moved > value) {
        return moved;
    }
    // the region is narrower than the way to the next level, which is always within reach
    const int64_t levels = og_parameter_levels(parameter);
    const int64_t next = og_parameter_level(parameter, value) + (step < 0 ? -1 : 1);
    return next >= 0 && next < levels ? og_parameter_value(parameter, next) : value;
}

// A change of the center, into the pool's draft.
static void turbo_vary(og_agent* agent) {
    const turbo_state* state = agent->state;
    const og_space* space = agent->space;
    double* x = state->surrogate.pool.draft;
    memcpy(x, state->center.members[0].x, sizeof(double) * (size_t)space->count);
    const double rate = fmin(1, TURBO_CHANGED / space->count);
    const int always = (int)og_random_below(&agent->random, (uint64_t)space->count);
    // few or many parameters change, so that both steps along axes and oblique ones are candidates
    const double share = rate * og_random_uniform(&agent->random);
    for (int i = 0; i < space->count; i++) {
        if (i == always || og_random_uniform(&agent->random) < share) {
            x[i] = turbo_value(agent, i, x[i]);
        }
    }
    if (!og_space_contains(space, x)) {
        og_space_repair(space, &agent->random, x);
    }
}

static void turbo_fill(og_agent* agent) {
    turbo_state* state = agent->state;
    og_pool* pool = &state->surrogate.pool;
    const int count = (int)agent->options[OG_SURROGATE_CANDIDATES];
    pool->count = 0;
    for (int i = 0; i < count; i++) {
        turbo_vary(agent);
        og_pool_add(pool, &state->surrogate.seen, pool->draft);
    }
}

// Leave the region: the next designs are first designs again.
static void turbo_restart(og_agent* agent) {
    turbo_state* state = agent->state;
    state->center.count = 0;
    state->length = agent->options[TURBO_LENGTH];
    state->successes = 0;
    state->failures = 0;
    state->surrogate.told = 0;
    state->surrogate.started_count = 0;
}

// Room for `count` functions over the candidates.
static void turbo_grow(og_agent* agent, int count) {
    turbo_state* state = agent->state;
    const size_t cells = (size_t)count * (size_t)state->surrogate.pool.capacity;
    if (cells > state->values_room) {
        state->values_room = cells;
        state->values = OG_NEW(agent->arena, double, cells);
    }
}

// The candidates that drawn functions like best.
static int turbo_propose(og_agent* agent, int count, double* x) {
    turbo_state* state = agent->state;
    og_pool* pool = &state->surrogate.pool;
    if (!state->fitted) {
        og_gaussian_process_fit(state->process);
        state->fitted = true;
    }
    turbo_fill(agent);
    if (pool->count == 0) {
        turbo_restart(agent);
        return 0;
    }
    const int wanted = count < pool->count ? count : pool->count;
    turbo_grow(agent, wanted);
    og_gaussian_process_sample(state->process, &agent->random, pool->rows, pool->count, wanted,
                               state->values);
    int made = 0;
    for (int k = 0; k < wanted; k++) {
        memcpy(pool->scores, state->values + (size_t)k * (size_t)pool->count,
               sizeof(double) * (size_t)pool->count);
        int best = og_pool_best(pool);
        // a candidate that is taken is in the set, and so is one that came twice
        while (best >= 0 &&
               !og_pool_take(pool, &state->surrogate.seen, best, x + made * agent->space->count)) {
            best = og_pool_best(pool);
        }
        made += best >= 0;
    }
    return made;
}

static int turbo_ask(og_agent* agent, int count, double* x) {
    turbo_state* state = agent->state;
    return og_surrogate_ask(agent, &state->surrogate, turbo_propose, count, x);
}

// Adapt the region to a batch of which `better` says whether it held a better design.
static void turbo_adapt(og_agent* agent, int count, bool better) {
    turbo_state* state = agent->state;
    const double stated = agent->options[TURBO_FAILURES];
    const double failures = stated > 0 ? stated : fmax(8, agent->space->count);
    state->successes = better ? state->successes + 1 : 0;
    state->failures = better ? 0 : state->failures + count;
    if (state->successes >= (int)agent->options[TURBO_SUCCESSES]) {
        state->length = fmin(2 * state->length, TURBO_LONGEST);
        state->successes = 0;
    } else if (state->failures >= failures) {
        state->length /= 2;
        state->failures = 0;
    }
    if (state->length < TURBO_SHORTEST) {
        turbo_restart(agent);
    }
}

static void turbo_tell(og_agent* agent, int count, const og_told* told) {
    turbo_state* state = agent->state;
    const bool first = (double)state->surrogate.told < agent->options[OG_SURROGATE_STARTS];
    og_surrogate_tell(&state->surrogate, count, told);
    bool better = false;
    for (int i = 0; i < count; i++) {
        og_row_read(agent->space, state->surrogate.columns, told[i].x, state->surrogate.row);
        og_gaussian_process_add(state->process, state->surrogate.row, og_told_score(&told[i]));
        if (state->center.count == 0 || og_told_better(&told[i], &state->center.members[0])) {
            og_population_put(&state->center, 0, &told[i]);
            better = true;
        }
    }
    state->fitted = false;
    if (!first) {
        turbo_adapt(agent, count, better);
    }
}

const og_agent_type og_agent_turbo = {
    .name = "turbo",
    .doc =
        "Bayesian optimisation in a trust region around the best design, which grows with success, "
        "shrinks without, and starts again elsewhere when it has become small. For many parameters "
        "and reals, where a model of the whole space knows too little.",
    .source =
        "Eriksson, Pearce, Gardner, Turner and Poloczek, Scalable Global Optimization via Local "
        "Bayesian Optimization, NeurIPS 2019; Wan, Nguyen, Ha, Ru, Lu and Osborne, ICML 2021 "
        "(choices)",
    .options = turbo_options,
    .option_count = sizeof turbo_options / sizeof *turbo_options,
    .state_size = sizeof(turbo_state),
    .start = turbo_start,
    .batch = og_surrogate_batch,
    .ask = turbo_ask,
    .tell = turbo_tell,
    .learns_from_given = true,
};
