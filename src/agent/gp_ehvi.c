// Bayesian optimisation of several objectives: a Gaussian process for each; the candidate is
// proposed that is expected to add most to the hypervolume which the front so far dominates. The
// processes learn normal scores of ranks; the hypervolume is one of objectives' values, by a
// piecewise linear map between the two with knots at the front. Further designs of a batch believe
// that those before them turn out as predicted.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "agent/elites.h"
#include "agent/surrogate.h"
#include "agent/undominated.h"
#include "ogive/acquisition.h"
#include "ogive/gaussian_process.h"

enum {
    GP_EHVI_KERNEL = OG_SURROGATE_OPTIONS,
    GP_EHVI_TARGETS,
    GP_EHVI_VOLUME,
    GP_EHVI_REFERENCE,
    GP_EHVI_INFEASIBLE,
    GP_EHVI_ROWS,
};

enum {
    GP_EHVI_ELITES = 128,  // designs among which the front is
    GP_EHVI_LEADERS = 16,  // least designs whose changes are candidates
    GP_EHVI_RANDOM = 128,  // designs that the reference comes from
    GP_EHVI_SCALES = 2,    // of og_target_scale
    GP_EHVI_EITHER = 2,    // targets, behind those of og_target_scale
};
#define GP_EHVI_LEAST 1e-290  // expected hypervolume that counts as none
#define GP_EHVI_MEMORY 0.95   // of errors of prediction, when one more is known

static const char* const gp_ehvi_kernels[] = {"product", "mixed", "additive"};
static const char* const gp_ehvi_targets[] = {"values", "ranks", "automatic"};
static const char* const gp_ehvi_volumes[] = {"values", "scores"};
static const char* const gp_ehvi_infeasible[] = {"worst", "modelled"};

static const og_parameter gp_ehvi_options[] = {
    OG_SURROGATE_ROWS(10, 500, 1),
    {OG_CHOICE_ROW("kernel", gp_ehvi_kernels, OG_COVARIANCE_ADDITIVE,
                   "Covariance: product over all columns; that and sums over ordered ones and over "
                   "choices; or that and a sum over columns.")},
    {OG_CHOICE_ROW("targets", gp_ehvi_targets, GP_EHVI_EITHER,
                   "Learn objectives, or normal scores of their ranks. Automatic: both, and trust "
                   "for each objective the one that foretold designs better.")},
    {OG_CHOICE_ROW("volume", gp_ehvi_volumes, 0,
                   "Hypervolume of objectives' values, or of what the processes learn.")},
    {OG_REAL_ROW("reference", "", 0.05, 1, 0.9,
                 "Where the hypervolume ends: what this share of random designs is predicted to be "
                 "better than, in each objective.")},
    {OG_CHOICE_ROW("infeasible", gp_ehvi_infeasible, 0,
                   "Learn designs that failed or violate constraints as the worst ones, or by a "
                   "process of their own, whose probability multiplies the improvement.")},
    {OG_INTEGER_ROW("rows", "", 16, 4096, 400,
                    "Designs that the processes remember: the best quarter, and the latest.")},
};

// What is learnt of one objective.
typedef struct gp_ehvi_objective {
    og_gaussian_process* scales[GP_EHVI_SCALES];  // by og_target_scale; NULL where not learnt
    double errors[GP_EHVI_SCALES];                // of their predictions lately
    og_gaussian_process* process;                 // the one that is trusted
    double worst;                                 // value so far, that stands for what has none
} gp_ehvi_objective;

typedef struct gp_ehvi_state {
    og_surrogate surrogate;
    og_elites elites;
    gp_ehvi_objective* objectives;     // list: [objective_count]
    og_gaussian_process* feasibility;  // 0 feasible, 1 not; NULL unless modelled
    int infeasible;                    // designs told
    double* means;                     // of the designs of the pool, shape: [capacity][objectives]
    double* deviations;                // same
    double* feasible;                  // logarithm of the probability, shape: [capacity]
    double* column;                    // scratch of predictions, shape: [2][capacity]
    double* front;                     // in the scale of the models, shape: [room][objectives]
    int front_count;
    int front_room;
    double* reference;      // in the scale of the models, shape: [objectives]
    og_undominated region;  // valid during a proposal
    int* picks;             // of a batch, shape: [picks_room]
    int picks_room;
    bool fitted;
} gp_ehvi_state;

static void gp_ehvi_make_processes(og_agent* agent) {
    gp_ehvi_state* state = agent->state;
    const og_column* columns = state->surrogate.columns;
    og_gaussian_process_options options = {
        .covariance = (og_covariance_form)agent->options[GP_EHVI_KERNEL],
        .capacity = (int)agent->options[GP_EHVI_ROWS],
        .seed = og_random_bits(&agent->random),
    };
    const int targets = (int)agent->options[GP_EHVI_TARGETS];
    state->objectives = OG_NEW(agent->arena, gp_ehvi_objective, agent->objective_count);
    for (int k = 0; k < agent->objective_count; k++) {
        gp_ehvi_objective* objective = &state->objectives[k];
        objective->worst = -INFINITY;
        for (int scale = 0; scale < GP_EHVI_SCALES; scale++) {
            if (targets == scale || targets == GP_EHVI_EITHER) {
                options.targets = (og_target_scale)scale;
                objective->scales[scale] = og_gaussian_process_create(
                    agent->arena, columns, agent->space->count, &options);
                objective->process = objective->scales[scale];
            }
        }
    }
    if (agent->options[GP_EHVI_INFEASIBLE] > 0) {
        options = (og_gaussian_process_options){.capacity = options.capacity, .seed = options.seed};
        state->feasibility =
            og_gaussian_process_create(agent->arena, columns, agent->space->count, &options);
    }
}

static og_status gp_ehvi_start(og_agent* agent) {
    gp_ehvi_state* state = agent->state;
    og_arena* arena = agent->arena;
    const int objectives = agent->objective_count;
    if (objectives > OG_UNDOMINATED_MOST) {
        return og_fail(OG_ERROR_VALUE, "%d objectives, at most %d are possible", objectives,
                       OG_UNDOMINATED_MOST);
    }
    state->surrogate = og_surrogate_make(agent);
    state->elites = og_elites_make(agent, GP_EHVI_ELITES);
    gp_ehvi_make_processes(agent);
    const size_t capacity = (size_t)state->surrogate.pool.capacity;
    state->reference = OG_NEW(arena, double, objectives);
    state->means = OG_NEW(arena, double, capacity*(size_t)objectives);
    state->deviations = OG_NEW(arena, double, capacity*(size_t)objectives);
    state->feasible = OG_NEW(arena, double, capacity);
    state->column = OG_NEW(arena, double, 2 * capacity);
    return OG_OK;
}

// The worst value of an objective on the front's side of which hypervolume counts: at most the
// worst that a design had.
static double gp_ehvi_bound(const og_agent* agent, double* predicted, int count, int k) {
    const gp_ehvi_state* state = agent->state;
    const gp_ehvi_objective* objective = &state->objectives[k];
    const int place = (int)(agent->options[GP_EHVI_REFERENCE] * (count - 1));
    // the value at `place` of those in order
    for (int i = 0; i <= place; i++) {
        int least = i;
        for (int j = i + 1; j < count; j++) {
            least = predicted[j] < predicted[least] ? j : least;
        }
        const double kept = predicted[i];
        predicted[i] = predicted[least];
        predicted[least] = kept;
    }
    const bool known = !isinf(objective->worst);
    return known ? fmin(predicted[place],
                        og_gaussian_process_scaled(objective->process, objective->worst))
                 : predicted[place];
}

// Where the hypervolume ends, from what is predicted of random designs.
static void gp_ehvi_refer(og_agent* agent) {
    gp_ehvi_state* state = agent->state;
    const og_space* space = agent->space;
    const og_arena_mark mark = og_arena_here(agent->arena);
    double* rows = OG_NEW(agent->arena, double, GP_EHVI_RANDOM * space->count);
    double* predicted = OG_NEW(agent->arena, double, GP_EHVI_RANDOM);
    double* draft = state->surrogate.pool.draft;
    for (int i = 0; i < GP_EHVI_RANDOM; i++) {
        og_space_sample(space, &agent->random, draft);
        og_row_read(space, state->surrogate.columns, draft, rows + i * space->count);
    }
    for (int k = 0; k < agent->objective_count; k++) {
        og_gaussian_process_predict(state->objectives[k].process, rows, GP_EHVI_RANDOM, predicted,
                                    NULL);
        state->reference[k] = gp_ehvi_bound(agent, predicted, GP_EHVI_RANDOM, k);
    }
    og_arena_rewind(agent->arena, mark);
}

// The front in the scale of the models, with room for `more` points.
static void gp_ehvi_read_front(og_agent* agent, int more) {
    gp_ehvi_state* state = agent->state;
    const int objectives = agent->objective_count;
    const og_elites* elites = &state->elites;
    if (elites->front + more > state->front_room) {
        state->front_room = 2 * (elites->front + more);
        state->front = OG_NEW(agent->arena, double, state->front_room* objectives);
    }
    state->front_count = 0;
    for (int i = 0; i < elites->front; i++) {
        const og_told* member = &elites->population.members[i];
        for (int k = 0; k < objectives; k++) {
            const double value = og_elites_target(member, objectives, k);
            state->front[state->front_count * objectives + k] =
                og_gaussian_process_scaled(state->objectives[k].process, value);
        }
        state->front_count += !member->failed && member->violation <= 0;
    }
}

// Give lengths along objective `k` of the region their worth in values; below the front, that of
// the whole length above.
static void gp_ehvi_stretch(const og_gaussian_process* process, og_undominated* region, int k) {
    const double* knots = region->knots[k];
    const int count = region->knot_count[k];
    for (int i = 0; i < count; i++) {
        const double from = i > 0 ? knots[i - 1] : knots[0];
        const double to = i > 0 ? knots[i] : knots[count - 1];
        const double worth =
            og_gaussian_process_unscaled(process, to) - og_gaussian_process_unscaled(process, from);
        region->widths[k][i] = to > from && worth > 0 ? worth / (to - from) : 1;
    }
}

static void gp_ehvi_cut(og_agent* agent) {
    gp_ehvi_state* state = agent->state;
    state->region = og_undominated_make(agent->arena, state->front, state->front_count,
                                        agent->objective_count, state->reference);
    for (int k = 0; k < agent->objective_count && agent->options[GP_EHVI_VOLUME] < 1; k++) {
        gp_ehvi_stretch(state->objectives[k].process, &state->region, k);
    }
}

// Score predicted designs [begin, end) of the pool that are not taken.
static void gp_ehvi_judge(const og_agent* agent, og_pool* pool, int begin, int end) {
    gp_ehvi_state* state = agent->state;
    const int objectives = agent->objective_count;
    for (int i = begin; i < end; i++) {
        if (isnan(pool->scores[i])) {
            continue;
        }
        const double* means = state->means + i * objectives;
        const double expected =
            og_undominated_expected(&state->region, means, state->deviations + i * objectives);
        pool->scores[i] = -log(fmax(expected, GP_EHVI_LEAST)) - state->feasible[i];
        // where nothing is expected, what is predicted to be better is
        for (int k = 0; k < objectives && expected < GP_EHVI_LEAST; k++) {
            pool->scores[i] += 1 + atan(means[k]);
        }
    }
}

static void gp_ehvi_score(void* model, og_pool* pool, int begin, int end) {
    const og_agent* agent = model;
    gp_ehvi_state* state = agent->state;
    const int objectives = agent->objective_count;
    const int count = end - begin;
    const double* rows = pool->rows + begin * pool->space->count;
    double* mean = state->column;
    double* variance = state->column + pool->capacity;
    for (int k = 0; k < objectives; k++) {
        og_gaussian_process_predict(state->objectives[k].process, rows, count, mean, variance);
        for (int i = 0; i < count; i++) {
            state->means[(begin + i) * objectives + k] = mean[i];
            state->deviations[(begin + i) * objectives + k] = sqrt(variance[i]);
        }
    }
    memset(state->feasible + begin, 0, sizeof(double) * (size_t)count);
    if (state->feasibility != NULL && state->infeasible > 0) {
        const double half = og_gaussian_process_scaled(state->feasibility, 0.5);
        og_gaussian_process_predict(state->feasibility, rows, count, mean, variance);
        for (int i = 0; i < count; i++) {
            state->feasible[begin + i] = og_log_probability_below(mean[i], sqrt(variance[i]), half);
        }
    }
    gp_ehvi_judge(agent, pool, begin, end);
}

static void gp_ehvi_fit(og_agent* agent) {
    gp_ehvi_state* state = agent->state;
    if (state->fitted) {
        return;
    }
    for (int k = 0; k < agent->objective_count; k++) {
        gp_ehvi_objective* objective = &state->objectives[k];
        for (int scale = 0; scale < GP_EHVI_SCALES; scale++) {
            if (objective->scales[scale] != NULL) {
                og_gaussian_process_fit(objective->scales[scale]);
            }
        }
        if ((int)agent->options[GP_EHVI_TARGETS] == GP_EHVI_EITHER) {
            const bool values = objective->errors[0] < objective->errors[1];
            objective->process = objective->scales[values ? 0 : 1];
        }
    }
    if (state->feasibility != NULL) {
        og_gaussian_process_fit(state->feasibility);
    }
    og_elites_order(agent->arena, &state->elites);
    state->fitted = true;
}

// Pick designs of the scored pool, each believed to turn out as predicted when the next is picked.
// Returns how many.
static int gp_ehvi_pick(og_agent* agent, int count) {
    gp_ehvi_state* state = agent->state;
    og_pool* pool = &state->surrogate.pool;
    const int objectives = agent->objective_count;
    int picked = 0;
    for (int best = 0; picked < count && (best = og_pool_best(pool)) >= 0;) {
        pool->scores[best] = NAN;
        state->picks[picked++] = best;
        if (picked < count) {
            const og_arena_mark mark = og_arena_here(agent->arena);
            memcpy(state->front + state->front_count++ * objectives,
                   state->means + best * objectives, sizeof(double) * (size_t)objectives);
            gp_ehvi_cut(agent);
            gp_ehvi_judge(agent, pool, 0, pool->count);
            og_arena_rewind(agent->arena, mark);
        }
    }
    return picked;
}

static int gp_ehvi_propose(og_agent* agent, int count, double* x) {
    gp_ehvi_state* state = agent->state;
    og_surrogate* surrogate = &state->surrogate;
    if (count > state->picks_room) {
        state->picks_room = 2 * count;
        state->picks = OG_NEW(agent->arena, int, state->picks_room);
    }
    gp_ehvi_fit(agent);
    gp_ehvi_refer(agent);
    gp_ehvi_read_front(agent, count);
    const og_elites* elites = &state->elites;
    const int leaders = elites->front > GP_EHVI_LEADERS ? elites->front : GP_EHVI_LEADERS;
    surrogate->leaders = elites->designs;
    surrogate->leader_count = leaders < elites->ordered ? leaders : elites->ordered;
    const og_arena_mark mark = og_arena_here(agent->arena);
    gp_ehvi_cut(agent);
    og_surrogate_search(agent, surrogate, gp_ehvi_score, agent);
    const int picked = gp_ehvi_pick(agent, count);
    og_arena_rewind(agent->arena, mark);
    int made = 0;
    for (int i = 0; i < picked; i++) {
        made += og_pool_take(&surrogate->pool, &surrogate->seen, state->picks[i],
                             x + made * agent->space->count);
    }
    return made;
}

static int gp_ehvi_ask(og_agent* agent, int count, double* x) {
    gp_ehvi_state* state = agent->state;
    return og_surrogate_ask(agent, &state->surrogate, gp_ehvi_propose, count, x);
}

// Add how far the processes of an objective are off at a design that they have not learnt: in
// normal scores of ranks, which is fair to both.
static void gp_ehvi_test(gp_ehvi_objective* objective, const double* row, double value) {
    const og_gaussian_process* ranks = objective->scales[OG_TARGETS_RANK_GAUSSIAN];
    const og_gaussian_process* values = objective->scales[OG_TARGETS_STANDARDIZED];
    double guesses[GP_EHVI_SCALES];
    og_gaussian_process_predict(ranks, row, 1, &guesses[OG_TARGETS_RANK_GAUSSIAN], NULL);
    og_gaussian_process_predict(values, row, 1, &guesses[OG_TARGETS_STANDARDIZED], NULL);
    guesses[OG_TARGETS_STANDARDIZED] = og_gaussian_process_scaled(
        ranks, og_gaussian_process_unscaled(values, guesses[OG_TARGETS_STANDARDIZED]));
    const double score = og_gaussian_process_scaled(ranks, value);
    for (int i = 0; i < GP_EHVI_SCALES; i++) {
        objective->errors[i] = GP_EHVI_MEMORY * objective->errors[i] + fabs(guesses[i] - score);
    }
}

// Teach the processes of objective `k`.
static void gp_ehvi_learn(const og_agent* agent, const og_told* told, const double* row, int k) {
    gp_ehvi_state* state = agent->state;
    gp_ehvi_objective* objective = &state->objectives[k];
    const double target = og_elites_target(told, agent->objective_count, k);
    const bool infeasible = told->failed || told->violation > 0;
    if (!infeasible) {
        objective->worst = fmax(objective->worst, target);
    } else if (state->feasibility != NULL) {
        return;
    }
    // values far from all others would be all that there is to see
    const double substitute = isinf(objective->worst) ? 0 : objective->worst;
    if (objective->scales[OG_TARGETS_STANDARDIZED] != NULL) {
        og_gaussian_process_add(objective->scales[OG_TARGETS_STANDARDIZED], row,
                                infeasible ? substitute : target);
    }
    if (objective->scales[OG_TARGETS_RANK_GAUSSIAN] != NULL) {
        og_gaussian_process_add(objective->scales[OG_TARGETS_RANK_GAUSSIAN], row, target);
    }
}

static void gp_ehvi_tell(og_agent* agent, int count, const og_told* told) {
    gp_ehvi_state* state = agent->state;
    og_surrogate_tell(&state->surrogate, count, told);
    double* row = state->surrogate.row;
    const bool either = (int)agent->options[GP_EHVI_TARGETS] == GP_EHVI_EITHER;
    for (int pass = either && state->fitted ? 0 : 1; pass < 2; pass++) {
        for (int i = 0; i < count; i++) {
            const bool infeasible = told[i].failed || told[i].violation > 0;
            og_row_read(agent->space, state->surrogate.columns, told[i].x, row);
            for (int k = 0; k < agent->objective_count; k++) {
                if (pass > 0) {
                    gp_ehvi_learn(agent, &told[i], row, k);
                } else if (!infeasible) {
                    gp_ehvi_test(&state->objectives[k], row,
                                 og_elites_target(&told[i], agent->objective_count, k));
                }
            }
            if (pass > 0 && state->feasibility != NULL) {
                og_gaussian_process_add(state->feasibility, row, infeasible);
            }
            state->infeasible += pass > 0 && infeasible;
            if (pass > 0) {
                og_elites_add(agent->arena, &state->elites, &told[i]);
            }
        }
    }
    state->fitted = false;
}

const og_agent_type og_agent_gp_ehvi = {
    .name = "gp_ehvi",
    .doc =
        "Bayesian optimisation of several objectives: a Gaussian process for each says what a "
        "candidate may cost, and the one is proposed that is expected to widen the front most, in "
        "hypervolume. The fewest evaluations for a front, at milliseconds each: for simulators "
        "that are slow.",
    .source =
        "Emmerich, Deutz and Klinkenberg, Hypervolume-Based Expected Improvement, CEC 2011; "
        "Daulton, Balandat and Bakshy, Differentiable Expected Hypervolume Improvement, NeurIPS "
        "2020 (boxes, batches)",
    .options = gp_ehvi_options,
    .option_count = sizeof gp_ehvi_options / sizeof *gp_ehvi_options,
    .state_size = sizeof(gp_ehvi_state),
    .start = gp_ehvi_start,
    .batch = og_surrogate_batch,
    .ask = gp_ehvi_ask,
    .tell = gp_ehvi_tell,
    .learns_from_given = true,
};
