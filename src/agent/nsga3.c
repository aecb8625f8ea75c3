// NSGA-III: the last front that survives in part fills reference directions that have the fewest
// designs, in objectives scaled between the best and the extremes found.

#include <math.h>
#include <string.h>

#include "agent/directions.h"
#include "agent/evolution.h"
#include "agent/fronts.h"

#define NSGA3_OTHER_WEIGHT 1e6  // of the other objectives, in the search of an extreme design
#define NSGA3_PENALTY 5.0
#define NSGA3_LEAST_RANGE 1e-12
#define NSGA3_ON_AXIS 1e-3  // of an objective's range: no farther from an axis counts as on it

static const og_parameter nsga3_options[] = {OG_EVOLUTION_ROWS(0, 4, 30, 20)};

typedef struct nsga3_state {
    og_evolution evolution;
    og_directions directions;
    int directed;      // population that the directions are for
    double* ideal;     // best of each objective, shape: [objectives]
    double* nadir;     // scale of each objective ends here, shape: [objectives]
    double* extremes;  // designs at the ends of the front, shape: [objectives][objectives]
    bool begun;        // the above are known
    int* niche;        // nearest direction of each member, shape: [capacity]
    double* distance;  // from it, squared, shape: [capacity]
} nsga3_state;

static og_status nsga3_start(og_agent* agent) {
    nsga3_state* state = agent->state;
    const int width = agent->objective_count;
    state->evolution = og_evolution_make(agent);
    const int capacity = state->evolution.population.capacity;
    state->ideal = OG_NEW(agent->arena, double, width);
    state->nadir = OG_NEW(agent->arena, double, width);
    state->extremes = OG_NEW(agent->arena, double, width* width);
    state->niche = OG_NEW(agent->arena, int, capacity);
    state->distance = OG_NEW(agent->arena, double, capacity);
    return OG_OK;
}

static int nsga3_ask(og_agent* agent, int count, double* x) {
    nsga3_state* state = agent->state;
    return og_evolution_ask(agent, &state->evolution, og_evolution_mate_any, count, x);
}

static const double* nsga3_row(const nsga3_state* state, int row) {
    return state->evolution.values + row * state->directions.objectives;
}

// How far a design is from the axis of an objective, over the ranges up to `worst`.
static double nsga3_off_axis(const nsga3_state* state, const double* values, const double* worst,
                             int axis) {
    double most = -INFINITY;
    for (int k = 0; k < state->directions.objectives; k++) {
        const double range = worst[k] - state->ideal[k];
        const double from = values[k] - state->ideal[k];
        const double off = range > NSGA3_LEAST_RANGE ? from / range : from;
        const double weight = k == axis ? 1 : NSGA3_OTHER_WEIGHT;
        most = fmax(most, k == axis || off >= NSGA3_ON_AXIS ? weight * off : 0);
    }
    return most;
}

// The best of each objective so far, and the worst of the first front.
static void nsga3_bound(nsga3_state* state, const int* front, int count, double* worst) {
    for (int k = 0; k < state->directions.objectives; k++) {
        worst[k] = -INFINITY;
        state->ideal[k] = state->begun ? state->ideal[k] : INFINITY;
        for (int i = 0; i < count; i++) {
            worst[k] = fmax(worst[k], nsga3_row(state, front[i])[k]);
            state->ideal[k] = fmin(state->ideal[k], nsga3_row(state, front[i])[k]);
        }
    }
}

// The designs so far that are nearest to the axis of each objective.
static void nsga3_extremes(nsga3_state* state, const int* front, int count, const double* worst) {
    const int width = state->directions.objectives;
    for (int k = 0; k < width; k++) {
        double* extreme = state->extremes + k * width;
        double least = state->begun ? nsga3_off_axis(state, extreme, worst, k) : INFINITY;
        for (int i = 0; i < count; i++) {
            const double off = nsga3_off_axis(state, nsga3_row(state, front[i]), worst, k);
            if (off < least) {
                least = off;
                memcpy(extreme, nsga3_row(state, front[i]), sizeof(double) * (size_t)width);
            }
        }
    }
    state->begun = true;
}

// Solve a x = 1 in place by elimination with pivots; a (shape: [width][width + 1]) has the ones
// behind it. False when it cannot be solved.
static bool nsga3_solve(double* a, int width) {
    const int row = width + 1;
    for (int k = 0; k < width; k++) {
        int pivot = k;
        for (int i = k + 1; i < width; i++) {
            pivot = fabs(a[i * row + k]) > fabs(a[pivot * row + k]) ? i : pivot;
        }
        if (!(fabs(a[pivot * row + k]) > 0)) {
            return false;
        }
        for (int j = 0; j < row; j++) {
            const double kept = a[k * row + j];
            a[k * row + j] = a[pivot * row + j];
            a[pivot * row + j] = kept;
        }
        for (int i = 0; i < width; i++) {
            const double factor = i == k ? 0 : a[i * row + k] / a[k * row + k];
            for (int j = k; j < row; j++) {
                a[i * row + j] -= factor * a[k * row + j];
            }
        }
    }
    return true;
}

// Where the plane through the extremes meets the axes. False when it meets them nowhere useful.
static bool nsga3_intercepts(og_arena* arena, const nsga3_state* state, double* intercepts) {
    const int width = state->directions.objectives;
    double* a = OG_NEW(arena, double, width*(width + 1));
    for (int i = 0; i < width; i++) {
        for (int k = 0; k < width; k++) {
            a[i * (width + 1) + k] = state->extremes[i * width + k] - state->ideal[k];
        }
        a[i * (width + 1) + width] = 1;
    }
    if (!nsga3_solve(a, width)) {
        return false;
    }
    for (int k = 0; k < width; k++) {
        intercepts[k] = a[k * (width + 1) + k] / a[k * (width + 1) + width];
        if (!(intercepts[k] > NSGA3_LEAST_RANGE) || !isfinite(intercepts[k])) {
            return false;
        }
    }
    return true;
}

// The scale ends at the intercepts, but not behind the worst of the first front.
static void nsga3_scale(og_arena* arena, nsga3_state* state, const int* front, int count) {
    const int width = state->directions.objectives;
    double* worst = OG_NEW(arena, double, width);
    double* intercepts = OG_NEW(arena, double, width);
    nsga3_bound(state, front, count, worst);
    nsga3_extremes(state, front, count, worst);
    const bool met = nsga3_intercepts(arena, state, intercepts);
    for (int k = 0; k < width; k++) {
        state->nadir[k] = met ? fmin(state->ideal[k] + intercepts[k], worst[k]) : worst[k];
    }
}

// The direction that a member is nearest to.
static void nsga3_associate(nsga3_state* state, int row, double* scaled) {
    const og_directions* directions = &state->directions;
    const int width = directions->objectives;
    double length = 0;
    for (int k = 0; k < width; k++) {
        const double range = state->nadir[k] - state->ideal[k];
        const double from = nsga3_row(state, row)[k] - state->ideal[k];
        scaled[k] = range > NSGA3_LEAST_RANGE ? from / range : from;
        length += scaled[k] * scaled[k];
    }
    double best = -1;
    for (int i = 0; i < directions->count; i++) {
        const double* weights = directions->weights + i * width;
        double along = 0;
        double square = 0;
        for (int k = 0; k < width; k++) {
            along += scaled[k] * weights[k];
            square += weights[k] * weights[k];
        }
        // the farther along a direction, the nearer to it
        along = along * along / square;
        if (along > best) {
            best = along;
            state->niche[row] = i;
        }
    }
    state->distance[row] = sqrt(best) + NSGA3_PENALTY * sqrt(fmax(length - best, 0));
}

// A direction that has the fewest members among those with a candidate, by chance among equals.
static int nsga3_fewest(og_random* random, const int* members, const int* candidates, int count) {
    int fewest = -1;
    uint64_t equals = 0;
    for (int i = 0; i < count; i++) {
        if (candidates[i] == 0 || (fewest >= 0 && members[i] > members[fewest])) {
            continue;
        }
        equals = fewest >= 0 && members[i] == members[fewest] ? equals + 1 : 1;
        if (og_random_below(random, equals) == 0) {
            fewest = i;
        }
    }
    return fewest;
}

// Which of `rows` a direction takes: the nearest when it has no member yet, else any.
static int nsga3_pick(og_random* random, const nsga3_state* state, const int* rows, int count,
                      int direction, bool nearest) {
    int picked = -1;
    uint64_t met = 0;
    for (int i = 0; i < count; i++) {
        if (state->niche[rows[i]] != direction) {
            continue;
        }
        met++;
        const bool takes =
            nearest ? picked < 0 || state->distance[rows[i]] < state->distance[rows[picked]]
                    : og_random_below(random, met) == 0;
        picked = takes ? i : picked;
    }
    return picked;
}

// Move those of rows [begin, end) that survive to the front, until there are `size`.
static void nsga3_fill(og_agent* agent, int* rows, int begin, int end, int size) {
    nsga3_state* state = agent->state;
    const int count = state->directions.count;
    int* members = OG_NEW(agent->arena, int, count);
    int* candidates = OG_NEW(agent->arena, int, count);
    for (int i = 0; i < end; i++) {
        (i < begin ? members : candidates)[state->niche[rows[i]]]++;
    }
    for (; begin < size; begin++) {
        const int direction = nsga3_fewest(&agent->random, members, candidates, count);
        const int picked = begin + nsga3_pick(&agent->random, state, rows + begin, end - begin,
                                              direction, members[direction] == 0);
        const int row = rows[picked];
        rows[picked] = rows[begin];
        rows[begin] = row;
        members[direction]++;
        candidates[direction]--;
    }
}

static void nsga3_survive(og_agent* agent, int holding) {
    nsga3_state* state = agent->state;
    og_evolution* evolution = &state->evolution;
    int* rows = evolution->order;
    const int fronts = og_fronts_peel(agent->arena, evolution->values, holding,
                                      agent->objective_count, rows, evolution->begins);
    nsga3_scale(agent->arena, state, rows, evolution->begins[1]);
    // repeats are one more front
    evolution->begins[fronts + (evolution->begins[fronts] < holding)] = holding;
    int f = 0;
    while (evolution->begins[f + 1] < evolution->size && evolution->begins[f + 1] < holding) {
        f++;
    }
    const int end = evolution->begins[f + 1];
    double* scaled = OG_NEW(agent->arena, double, agent->objective_count);
    for (int i = 0; i < end; i++) {
        nsga3_associate(state, rows[i], scaled);
    }
    if (end > evolution->size) {
        nsga3_fill(agent, rows, evolution->begins[f], end, evolution->size);
    }
    og_evolution_prefer(evolution, evolution->begins[1]);
    og_evolution_arrange(evolution, rows, holding);
}

static void nsga3_select(og_agent* agent) {
    nsga3_state* state = agent->state;
    og_evolution* evolution = &state->evolution;
    const int holding = og_evolution_divide(evolution);
    if (agent->objective_count == 1 || holding == 0) {
        return;
    }
    if (state->directed != evolution->size) {
        state->directions =
            og_directions_make(agent->arena, agent->objective_count, evolution->size);
        state->directed = evolution->size;
    }
    const og_arena_mark mark = og_arena_here(agent->arena);
    nsga3_survive(agent, holding);
    og_arena_rewind(agent->arena, mark);
}

static void nsga3_tell(og_agent* agent, int count, const og_told* told) {
    nsga3_state* state = agent->state;
    og_evolution_tell(agent, &state->evolution, nsga3_select, count, told);
}

const og_agent_type og_agent_nsga3 = {
    .name = "nsga3",
    .doc =
        "Evolves a population along reference directions that are spread evenly over the mixtures "
        "of the objectives. For three objectives and more, where crowding says little.",
    .source =
        "Deb and Jain, An Evolutionary Many-Objective Optimization Algorithm Using "
        "Reference-Point-Based Nondominated Sorting Approach, IEEE Transactions on Evolutionary "
        "Computation 18, 2014",
    .options = nsga3_options,
    .option_count = sizeof nsga3_options / sizeof *nsga3_options,
    .state_size = sizeof(nsga3_state),
    .start = nsga3_start,
    .batch = og_evolution_batch,
    .ask = nsga3_ask,
    .tell = nsga3_tell,
    .learns_from_given = true,
};
