// Bayesian optimisation with a Gaussian process: the candidate with the largest expected
// improvement is proposed; further designs of a batch, and some others, are the best of functions
// drawn from the process over the leading candidates.

#include <math.h>
#include <string.h>

#include "agent/predictor.h"
#include "agent/surrogate.h"
#include "ogive/acquisition.h"
#include "ogive/gaussian_process.h"

enum {
    GP_EI_ACQUISITION = OG_SURROGATE_OPTIONS,
    GP_EI_FACTOR,
    GP_EI_THOMPSON,
    GP_EI_KERNEL,
    GP_EI_TARGETS,
    GP_EI_INFEASIBLE,
    GP_EI_ROWS,
};

enum { GP_EI_IMPROVEMENT, GP_EI_BOUND };
enum { GP_EI_WORST, GP_EI_MODELLED };
enum { GP_EI_LEADING = 64 };  // candidates that a batch is drawn from, at least
enum { GP_EI_WINDOW = 16 };   // designs whose errors are averaged

static const char* const gp_ei_acquisitions[] = {"expected_improvement", "confidence_bound"};
enum { GP_EI_AUTOMATIC = 3 };  // kernel, behind those of og_covariance_form

static const char* const gp_ei_kernels[] = {"product", "mixed", "additive", "automatic"};
static const char* const gp_ei_targets[] = {"values", "ranks"};
static const char* const gp_ei_infeasible[] = {"worst", "modelled"};

static const og_parameter gp_ei_options[] = {
    OG_SURROGATE_ROWS(10, 500, 1),
    {OG_CHOICE_ROW("acquisition", gp_ei_acquisitions, GP_EI_IMPROVEMENT,
                   "What candidates are ranked by.")},
    {OG_REAL_ROW("factor", "", 0, 100, 2,
                 "Deviations below the mean at which the confidence bound is.")},
    {OG_REAL_ROW("thompson", "", 0, 1, 0.33,
                 "Share of proposals that are the best of a function drawn from the process over "
                 "the leading candidates: leaves what the process wrongly believes to be best.")},
    {OG_CHOICE_ROW("kernel", gp_ei_kernels, GP_EI_AUTOMATIC,
                   "Covariance: product over all columns; that and sums over ordered ones and over "
                   "choices; or that and a sum over columns. Automatic: additive where there are "
                   "only choices, else mixed.")},
    {OG_CHOICE_ROW("targets", gp_ei_targets, OG_TARGETS_RANK_GAUSSIAN,
                   "Learn losses, or normal scores of their ranks.")},
    {OG_CHOICE_ROW("infeasible", gp_ei_infeasible, GP_EI_WORST,
                   "Learn designs that failed or violate constraints as the worst ones, or by a "
                   "process of their own, whose probability multiplies the improvement.")},
    {OG_INTEGER_ROW("rows", "", 16, 4096, 400,
                    "Designs that the process remembers: the best quarter, and the latest.")},
};

typedef struct gp_ei_state {
    og_surrogate surrogate;
    og_gaussian_process* losses;
    og_gaussian_process* feasibility;  // 0 feasible, 1 not; NULL unless modelled
    double worst;                      // loss so far, that stands for what has none
    int infeasible;                    // designs told
    double* mean;                      // scratch of scoring, shape: [capacity of the pool]
    double* variance;
    int* picks;  // of a batch, shape: [picks_room]
    int picks_room;
    double* targets;  // scratch of a tell, shape: [targets_room]
    int targets_room;
    bool fitted;
    double square;  // of the errors of the process lately, about designs before it knew them
    int foretold;   // designs that it was wrong about, or right
} gp_ei_state;

static og_covariance_form gp_ei_kernel(const og_agent* agent, const og_column* columns) {
    if ((int)agent->options[GP_EI_KERNEL] != GP_EI_AUTOMATIC) {
        return (og_covariance_form)agent->options[GP_EI_KERNEL];
    }
    return og_predictor_covariance(columns, agent->space->count);
}

static og_status gp_ei_start(og_agent* agent) {
    gp_ei_state* state = agent->state;
    state->surrogate = og_surrogate_make(agent);
    const og_gaussian_process_options options = {
        .covariance = gp_ei_kernel(agent, state->surrogate.columns),
        .targets = (og_target_scale)agent->options[GP_EI_TARGETS],
        .capacity = (int)agent->options[GP_EI_ROWS],
        .seed = og_random_bits(&agent->random),
    };
    const og_column* columns = state->surrogate.columns;
    state->losses =
        og_gaussian_process_create(agent->arena, columns, agent->space->count, &options);
    if (agent->options[GP_EI_INFEASIBLE] > 0) {
        const og_gaussian_process_options answers = {.capacity = options.capacity,
                                                     .seed = options.seed};
        state->feasibility =
            og_gaussian_process_create(agent->arena, columns, agent->space->count, &answers);
    }
    state->mean = OG_NEW(agent->arena, double, state->surrogate.pool.capacity);
    state->variance = OG_NEW(agent->arena, double, state->surrogate.pool.capacity);
    state->worst = -INFINITY;
    return OG_OK;
}

// Add the logarithm of the probability of feasibility to scores.
static void gp_ei_score_feasibility(gp_ei_state* state, og_pool* pool, int begin, int end) {
    const double half = og_gaussian_process_scaled(state->feasibility, 0.5);
    og_gaussian_process_predict(state->feasibility, pool->rows + begin * pool->space->count,
                                end - begin, state->mean, state->variance);
    for (int i = begin; i < end; i++) {
        pool->scores[i] -= og_log_probability_below(state->mean[i - begin],
                                                    sqrt(state->variance[i - begin]), half);
    }
}

static void gp_ei_score(void* model, og_pool* pool, int begin, int end) {
    og_agent* agent = model;
    gp_ei_state* state = agent->state;
    const double best = og_gaussian_process_best(state->losses);
    const bool bound = agent->options[GP_EI_ACQUISITION] > 0;
    og_gaussian_process_predict(state->losses, pool->rows + begin * pool->space->count, end - begin,
                                state->mean, state->variance);
    for (int i = begin; i < end; i++) {
        const double mean = state->mean[i - begin];
        const double deviation = sqrt(state->variance[i - begin]);
        if (isinf(best)) {
            pool->scores[i] = 0;
        } else if (bound) {
            pool->scores[i] =
                og_lower_confidence_bound(mean, deviation, agent->options[GP_EI_FACTOR]);
        } else {
            pool->scores[i] = -og_log_expected_improvement(mean, deviation, best);
        }
    }
    if (state->feasibility != NULL && state->infeasible > 0) {
        gp_ei_score_feasibility(state, pool, begin, end);
    }
}

// Take up to `most` leading candidates out of the pool: their places in it, and their rows. Returns
// how many there are.
static int gp_ei_lead(og_pool* pool, int most, int* leading, double* rows) {
    const size_t width = (size_t)pool->space->count;
    int found = 0;
    for (int best = 0; found < most && (best = og_pool_best(pool)) >= 0; found++) {
        pool->scores[best] = NAN;
        leading[found] = best;
        memcpy(rows + (size_t)found * width, pool->rows + (size_t)best * width,
               sizeof(double) * width);
    }
    return found;
}

// Draw a function over the leading candidates for each design, and pick the best of it that is left
// into `picks` (shape: [count], places in the pool). Returns how many.
static int gp_ei_pick(og_agent* agent, int count, int* picks) {
    gp_ei_state* state = agent->state;
    const og_arena_mark mark = og_arena_here(agent->arena);
    const int most = count > GP_EI_LEADING / 2 ? 2 * count : GP_EI_LEADING;
    int* leading = OG_NEW(agent->arena, int, most);
    double* rows = OG_NEW(agent->arena, double, (size_t)most*(size_t)agent->space->count);
    const int found = gp_ei_lead(&state->surrogate.pool, most, leading, rows);
    const int made = found < count ? found : count;
    double* values = OG_NEW(agent->arena, double, (size_t)made*(size_t)found);
    if (found > 0) {
        og_gaussian_process_sample(state->losses, &agent->random, rows, found, made, values);
    }
    for (int k = 0; k < made; k++) {
        const double* sample = values + (size_t)k * (size_t)found;
        int lowest = -1;
        for (int i = 0; i < found; i++) {
            if (leading[i] >= 0 && (lowest < 0 || sample[i] < sample[lowest])) {
                lowest = i;
            }
        }
        picks[k] = leading[lowest];
        leading[lowest] = -1;
    }
    og_arena_rewind(agent->arena, mark);
    return made;
}

// Designs of a batch behind the first, and others that are not picked by their improvement.
static int gp_ei_draw(og_agent* agent, int count, double* x) {
    gp_ei_state* state = agent->state;
    if (count > state->picks_room) {
        state->picks_room = 2 * count;
        state->picks = OG_NEW(agent->arena, int, state->picks_room);
    }
    const int picked = gp_ei_pick(agent, count, state->picks);
    int made = 0;
    for (int i = 0; i < picked; i++) {
        made += og_pool_take(&state->surrogate.pool, &state->surrogate.seen, state->picks[i],
                             x + made * agent->space->count);
    }
    return made;
}

static int gp_ei_propose(og_agent* agent, int count, double* x) {
    gp_ei_state* state = agent->state;
    if (!state->fitted) {
        og_gaussian_process_fit(state->losses);
        if (state->feasibility != NULL) {
            og_gaussian_process_fit(state->feasibility);
        }
        state->fitted = true;
    }
    og_surrogate_search(agent, &state->surrogate, gp_ei_score, agent);
    const bool drawn = og_random_uniform(&agent->random) < agent->options[GP_EI_THOMPSON];
    const int first = drawn ? 0 : og_surrogate_take(&state->surrogate, 1, x);
    return count > first ? first + gp_ei_draw(agent, count - first, x + first * agent->space->count)
                         : first;
}

static int gp_ei_ask(og_agent* agent, int count, double* x) {
    gp_ei_state* state = agent->state;
    return og_surrogate_ask(agent, &state->surrogate, gp_ei_propose, count, x);
}

// What the process is told as the loss of a design.
static double gp_ei_target(const og_agent* agent, gp_ei_state* state, const og_told* told) {
    if (agent->options[GP_EI_TARGETS] > 0) {
        return og_told_score(told);
    }
    // values far from all others would be all that there is to see
    if (told->failed || told->violation > 0) {
        return isinf(state->worst) ? 0 : state->worst;
    }
    state->worst = fmax(state->worst, told->loss);
    return told->loss;
}

// Take in how far the process was off about designs whose targets are now known (list: [count]).
static void gp_ei_test(og_agent* agent, const og_told* told, int count) {
    gp_ei_state* state = agent->state;
    double* row = state->surrogate.row;
    if (!state->fitted || og_gaussian_process_count(state->losses) < 2) {
        return;
    }
    for (int i = 0; i < count; i++) {
        if (state->feasibility != NULL && (told[i].failed || told[i].violation > 0)) {
            continue;
        }
        double mean;
        og_row_read(agent->space, state->surrogate.columns, told[i].x, row);
        og_gaussian_process_predict(state->losses, row, 1, &mean, NULL);
        const double off = mean - og_gaussian_process_scaled(state->losses, state->targets[i]);
        state->foretold++;
        const int window = state->foretold < GP_EI_WINDOW ? state->foretold : GP_EI_WINDOW;
        state->square += (off * off - state->square) / window;
    }
}

static int gp_ei_diagnose(og_agent* agent, og_diagnostic* list) {
    const gp_ei_state* state = agent->state;
    if (state->foretold == 0) {
        return 0;
    }
    list[0] = (og_diagnostic){OG_DIAGNOSTIC_ERROR, "", sqrt(state->square)};
    return 1;
}

static void gp_ei_tell(og_agent* agent, int count, const og_told* told) {
    gp_ei_state* state = agent->state;
    og_surrogate_tell(&state->surrogate, count, told);
    if (count > state->targets_room) {
        state->targets_room = 2 * count;
        state->targets = OG_NEW(agent->arena, double, state->targets_room);
    }
    for (int i = 0; i < count; i++) {
        const bool infeasible = told[i].failed || told[i].violation > 0;
        if (state->feasibility == NULL || !infeasible) {
            state->targets[i] = gp_ei_target(agent, state, &told[i]);
        }
    }
    gp_ei_test(agent, told, count);
    double* row = state->surrogate.row;
    for (int i = 0; i < count; i++) {
        const bool infeasible = told[i].failed || told[i].violation > 0;
        og_row_read(agent->space, state->surrogate.columns, told[i].x, row);
        if (state->feasibility == NULL || !infeasible) {
            og_gaussian_process_add(state->losses, row, state->targets[i]);
        }
        if (state->feasibility != NULL) {
            og_gaussian_process_add(state->feasibility, row, infeasible);
        }
        state->infeasible += infeasible;
    }
    state->fitted = false;
}

const og_agent_type og_agent_gp_ei = {
    .name = "gp_ei",
    .doc =
        "Bayesian optimisation: a Gaussian process over mixed parameters says what each candidate "
        "may cost and how sure that is, and the one with the largest expected improvement is "
        "proposed. The fewest evaluations of all methods up to some hundreds of designs, at "
        "milliseconds each: for simulators that are slow.",
    .source =
        "Jones, Schonlau and Welch, Journal of Global Optimization 13, 1998; Ament, Daulton, "
        "Eriksson, Balandat and Bakshy, NeurIPS 2023 (its logarithm); Gardner, Kusner, Xu, "
        "Weinberger and Cunningham, ICML 2014 (constraints)",
    .options = gp_ei_options,
    .option_count = sizeof gp_ei_options / sizeof *gp_ei_options,
    .state_size = sizeof(gp_ei_state),
    .start = gp_ei_start,
    .batch = og_surrogate_batch,
    .ask = gp_ei_ask,
    .tell = gp_ei_tell,
    .diagnose = gp_ei_diagnose,
    .learns_from_given = true,
};
