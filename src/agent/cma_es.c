// CMA-ES with negative weights and restarts with doubled populations, in the encoding of the space:
// reals as they are, levels by rounding, choices by the largest of their columns, all repaired. It
// learns from the designs that were evaluated, encoded again; so rounding and repair are seen by
// the covariance, and steps that they make too long are shortened as injected ones.

#include <assert.h>
#include <math.h>
#include <string.h>

#include "agent/eigen.h"
#include "agent/population.h"
#include "agent/seen.h"

enum {
    CMA_ES_POPULATION,
    CMA_ES_SIGMA,
    CMA_ES_RESTARTS,
    CMA_ES_DEFAULT_FIRST,
};

static const og_parameter cma_es_options[] = {
    {OG_INTEGER_ROW("population", "", 0, 4096, 0,
                    "Designs of a generation; 0 for 4 + 3 ln n, n being the columns of the "
                    "encoding.")},
    {OG_REAL_ROW("sigma", "", 1e-6, 1, 0.25, "First step, of a parameter's range.")},
    {OG_BOOLEAN_ROW("restarts", 1,
                    "When a search has converged, start another with twice the population.")},
    {OG_BOOLEAN_ROW("default_first", 1,
                    "Begin around the default design, which is proposed first; otherwise around a "
                    "random one.")},
};

enum { CMA_ES_MOST_COLUMNS = 1000, CMA_ES_MOST_POPULATION = 4096 };
#define CMA_ES_REAL_GRAIN 1e-12    // of the range: reals that vary less have converged
#define CMA_ES_LEVEL_GRAIN 0.15    // of a level: nearly all samples round to the same one
#define CMA_ES_CONDITION 1e14      // of the covariance
#define CMA_ES_MOST_SIGMA 10.0     // of the range
#define CMA_ES_LEAST_EIGEN 1e-200  // keeps square roots and quotients finite

// Strategy parameters, with the symbols of the tutorial (tables 1 and 2).
typedef struct cma_es_constants {
    int lambda, mu;
    double* weights;  // list: [lambda], the first mu positive
    double mu_eff, c_sigma, d_sigma, c_c, c_1, c_mu, sum;
    double chi;  // expected length of a standard normal vector
    int lazy;    // generations from one decomposition to the next
} cma_es_constants;

typedef struct cma_es_state {
    og_seen seen;
    og_population generation;
    int n;  // columns of the encoding
    cma_es_constants c;
    double sigma;
    double* mean;        // list: [n]
    double* covariance;  // shape: [n][n]
    double* vectors;     // B: shape: [n][n]
    double* deviations;  // D: list: [n]
    double* path_sigma;  // list: [n]
    double* path_c;      // list: [n]
    double* steps;       // y of each member, best first; shape: [lambda][n]
    double* grain;       // deviation at which a column has converged; list: [n]
    double* begin;       // design that a search begins around, list: [space->count]
    double* draft;       // list: [n]
    double* other;       // list: [n]
    double* scratch;     // shape: [n][n]
    int64_t generations;
    bool default_first;  // still to be proposed
} cma_es_state;

// Weights of all ranks, before normalisation (eq. 49).
static void cma_es_raw_weights(cma_es_constants* c) {
    for (int i = 0; i < c->lambda; i++) {
        c->weights[i] = log((c->lambda + 1) / 2.0) - log(i + 1.0);
    }
}

// Normalise the weights (eqs. 50 to 53); `mu_eff_minus` is that of the negative ones.
static void cma_es_weights(cma_es_constants* c, int n, double mu_eff_minus) {
    const double limits[] = {1 + c->c_1 / c->c_mu, 1 + 2 * mu_eff_minus / (c->mu_eff + 2),
                             (1 - c->c_1 - c->c_mu) / (n * c->c_mu)};
    const double least = fmin(limits[0], fmin(limits[1], limits[2]));
    double positive = 0;
    double negative = 0;
    for (int i = 0; i < c->lambda; i++) {
        positive += fmax(c->weights[i], 0);
        negative -= fmin(c->weights[i], 0);
    }
    c->sum = 0;
    for (int i = 0; i < c->lambda; i++) {
        c->weights[i] *= c->weights[i] > 0 ? 1 / positive : negative > 0 ? least / negative : 0;
        c->sum += c->weights[i];
    }
}

static void cma_es_set_constants(og_agent* agent, int lambda) {
    cma_es_state* state = agent->state;
    cma_es_constants* c = &state->c;
    const double n = state->n;
    *c = (cma_es_constants){.lambda = lambda, .mu = lambda / 2, .weights = c->weights};
    cma_es_raw_weights(c);
    double sums[2] = {0};
    double squares[2] = {0};
    for (int i = 0; i < lambda; i++) {
        sums[i >= c->mu] += c->weights[i];
        squares[i >= c->mu] += c->weights[i] * c->weights[i];
    }
    c->mu_eff = sums[0] * sums[0] / squares[0];
    c->c_sigma = (c->mu_eff + 2) / (n + c->mu_eff + 5);
    c->d_sigma = 1 + 2 * fmax(0, sqrt((c->mu_eff - 1) / (n + 1)) - 1) + c->c_sigma;
    c->c_c = (4 + c->mu_eff / n) / (n + 4 + 2 * c->mu_eff / n);
    c->c_1 = 2 / ((n + 1.3) * (n + 1.3) + c->mu_eff);
    c->c_mu = fmin(1 - c->c_1,
                   2 * (0.25 + c->mu_eff + 1 / c->mu_eff - 2) / ((n + 2) * (n + 2) + c->mu_eff));
    c->chi = sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
    c->lazy = (int)fmax(1, 1 / (10 * n * (c->c_1 + c->c_mu)));
    cma_es_weights(c, state->n, squares[1] > 0 ? sums[1] * sums[1] / squares[1] : 0);
}

// The columns of a parameter and the deviation at which each has converged.
static void cma_es_set_grain(const og_space* space, double* grain) {
    int column = 0;
    for (int i = 0; i < space->count; i++) {
        const og_parameter* parameter = &space->parameters[i];
        const int64_t levels = og_parameter_levels(parameter);
        const int columns = parameter->kind == OG_CHOICE ? parameter->level_count : 1;
        for (int k = 0; k < columns; k++) {
            const bool ordered = parameter->kind != OG_CHOICE && levels > 1;
            grain[column++] = levels == 0 ? CMA_ES_REAL_GRAIN
                              : ordered   ? CMA_ES_LEVEL_GRAIN / (double)(levels - 1)
                                          : CMA_ES_LEVEL_GRAIN;
        }
    }
}

// Begin a search around `x`.
static void cma_es_begin(og_agent* agent, const double* x, int lambda) {
    cma_es_state* state = agent->state;
    const size_t n = (size_t)state->n;
    cma_es_set_constants(agent, lambda);
    og_space_encode(agent->space, x, state->mean);
    state->sigma = agent->options[CMA_ES_SIGMA];
    memset(state->covariance, 0, sizeof(double) * n * n);
    memset(state->vectors, 0, sizeof(double) * n * n);
    for (size_t i = 0; i < n; i++) {
        state->covariance[i * n + i] = 1;
        state->vectors[i * n + i] = 1;
        state->deviations[i] = 1;
        state->path_sigma[i] = 0;
        state->path_c[i] = 0;
    }
    state->generations = 0;
    state->generation.count = 0;
}

static og_status cma_es_start(og_agent* agent) {
    cma_es_state* state = agent->state;
    og_arena* arena = agent->arena;
    state->n = og_space_encoding_width(agent->space);
    if (state->n > CMA_ES_MOST_COLUMNS) {
        return og_fail(OG_ERROR_VALUE, "the encoding has %d columns, allowed: 1 .. %d", state->n,
                       CMA_ES_MOST_COLUMNS);
    }
    const size_t n = (size_t)state->n;
    const bool automatic = agent->options[CMA_ES_POPULATION] < 1;
    const double wanted =
        automatic ? 4 + floor(3 * log((double)n)) : agent->options[CMA_ES_POPULATION];
    // half of a generation are parents, and a variance needs two of them
    const int lambda = (int)fmax(wanted, 4);
    const int most = agent->options[CMA_ES_RESTARTS] > 0 ? CMA_ES_MOST_POPULATION : lambda;
    state->seen = og_seen_make(arena, agent->space, &agent->random);
    state->generation = og_population_make(agent, most);
    state->c.weights = OG_NEW(arena, double, most);
    state->steps = OG_NEW(arena, double, (size_t)most* n);
    double** lists[] = {&state->mean,  &state->deviations, &state->path_sigma, &state->path_c,
                        &state->grain, &state->draft,      &state->other};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        *lists[i] = OG_NEW(arena, double, n);
    }
    double** squares[] = {&state->covariance, &state->vectors, &state->scratch};
    for (size_t i = 0; i < sizeof squares / sizeof *squares; i++) {
        *squares[i] = OG_NEW(arena, double, n* n);
    }
    cma_es_set_grain(agent->space, state->grain);
    state->begin = OG_NEW(arena, double, agent->space->count);
    state->default_first = agent->options[CMA_ES_DEFAULT_FIRST] > 0;
    if (state->default_first) {
        og_space_initial(agent->space, state->begin);
    } else {
        og_space_sample(agent->space, &agent->random, state->begin);
    }
    cma_es_begin(agent, state->begin, lambda);
    return OG_OK;
}

static int cma_es_batch(const og_agent* agent) {
    const cma_es_state* state = agent->state;
    return state->c.lambda;
}

// A design from the distribution (eqs. 38 to 40) in x.
static void cma_es_sample(og_agent* agent, double* x) {
    cma_es_state* state = agent->state;
    const int n = state->n;
    for (int i = 0; i < n; i++) {
        state->other[i] = state->deviations[i] * og_random_normal(&agent->random);
    }
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
            sum += state->vectors[i * n + k] * state->other[k];
        }
        state->draft[i] = state->mean[i] + state->sigma * sum;
    }
    og_space_decode(agent->space, state->draft, x);
    og_space_repair(agent->space, &agent->random, x);
}

static int cma_es_ask(og_agent* agent, int count, double* x) {
    cma_es_state* state = agent->state;
    int made = 0;
    for (; made < count; made++, x += agent->space->count) {
        if (state->default_first) {
            og_space_initial(agent->space, x);
            state->default_first = false;
        } else {
            cma_es_sample(agent, x);
        }
        if (!og_seen_claim(&state->seen, &agent->random, x)) {
            break;
        }
    }
    return made;
}

// out = C^(-1/2) in.
static void cma_es_whiten(const cma_es_state* state, const double* in, double* out) {
    const int n = state->n;
    for (int i = 0; i < n; i++) {
        out[i] = 0;
    }
    for (int k = 0; k < n; k++) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += state->vectors[i * n + k] * in[i];
        }
        for (int i = 0; i < n; i++) {
            out[i] += state->vectors[i * n + k] * sum / state->deviations[k];
        }
    }
}

static double cma_es_square(const double* values, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        sum += values[i] * values[i];
    }
    return sum;
}

// The step of each member, shortened where it is longer than samples are (Hansen, Injecting
// External Solutions Into CMA-ES, 2011, eq. 4). `lengths` receives the squared whitened lengths.
static void cma_es_steps(const og_agent* agent, double* lengths) {
    const cma_es_state* state = agent->state;
    const int n = state->n;
    const double longest = sqrt(n) + 2.0 * n / (n + 2.0);
    for (int i = 0; i < state->c.lambda; i++) {
        double* step = state->steps + (size_t)i * (size_t)n;
        og_space_encode(agent->space, state->generation.members[i].x, step);
        for (int k = 0; k < n; k++) {
            step[k] = (step[k] - state->mean[k]) / state->sigma;
        }
        cma_es_whiten(state, step, state->other);
        lengths[i] = cma_es_square(state->other, n);
        const double shorter = lengths[i] > longest * longest ? longest / sqrt(lengths[i]) : 1;
        for (int k = 0; k < n; k++) {
            step[k] *= shorter;
        }
        lengths[i] *= shorter * shorter;
    }
}

// Mean and evolution paths (eqs. 42, 43, 45). Returns h_sigma.
static double cma_es_move(og_agent* agent) {
    cma_es_state* state = agent->state;
    const cma_es_constants* c = &state->c;
    const int n = state->n;
    double* step = state->draft;
    for (int k = 0; k < n; k++) {
        step[k] = 0;
        for (int i = 0; i < c->mu; i++) {
            step[k] += c->weights[i] * state->steps[i * n + k];
        }
        state->mean[k] += state->sigma * step[k];
    }
    cma_es_whiten(state, step, state->other);
    const double scale_sigma = sqrt(c->c_sigma * (2 - c->c_sigma) * c->mu_eff);
    for (int k = 0; k < n; k++) {
        state->path_sigma[k] =
            (1 - c->c_sigma) * state->path_sigma[k] + scale_sigma * state->other[k];
    }
    const double length = sqrt(cma_es_square(state->path_sigma, n));
    const double begun = sqrt(1 - pow(1 - c->c_sigma, 2 * (double)(state->generations + 1)));
    const double h_sigma = length / begun < (1.4 + 2 / (n + 1.0)) * c->chi;
    const double scale_c = h_sigma * sqrt(c->c_c * (2 - c->c_c) * c->mu_eff);
    for (int k = 0; k < n; k++) {
        state->path_c[k] = (1 - c->c_c) * state->path_c[k] + scale_c * step[k];
    }
    state->sigma *= exp(c->c_sigma / c->d_sigma * (length / c->chi - 1));
    state->sigma = fmin(state->sigma, CMA_ES_MOST_SIGMA);
    return h_sigma;
}

// Covariance (eqs. 46, 47).
static void cma_es_learn(og_agent* agent, const double* lengths, double h_sigma) {
    cma_es_state* state = agent->state;
    const cma_es_constants* c = &state->c;
    const int n = state->n;
    const double lost = (1 - h_sigma) * c->c_c * (2 - c->c_c);
    const double kept = 1 + c->c_1 * lost - c->c_1 - c->c_mu * c->sum;
    for (int a = 0; a < n; a++) {
        for (int b = 0; b <= a; b++) {
            double value =
                kept * state->covariance[a * n + b] + c->c_1 * state->path_c[a] * state->path_c[b];
            for (int i = 0; i < c->lambda; i++) {
                const double* step = state->steps + (size_t)i * (size_t)n;
                const double weight =
                    c->weights[i] * (c->weights[i] >= 0 ? 1 : n / fmax(lengths[i], 1e-12));
                value += c->c_mu * weight * step[a] * step[b];
            }
            state->covariance[a * n + b] = value;
            state->covariance[b * n + a] = value;
        }
    }
}

static void cma_es_decompose(cma_es_state* state) {
    const size_t n = (size_t)state->n;
    memcpy(state->scratch, state->covariance, sizeof(double) * n * n);
    og_eigen_decompose(state->n, state->scratch, state->deviations, state->vectors);
    for (size_t i = 0; i < n; i++) {
        state->deviations[i] = sqrt(fmax(state->deviations[i], CMA_ES_LEAST_EIGEN));
    }
}

// True when all samples would be one design, or the covariance is degenerate.
static bool cma_es_converged(const cma_es_state* state) {
    bool converged = true;
    double least = INFINITY;
    double most = 0;
    for (int i = 0; i < state->n; i++) {
        const double deviation = state->sigma * sqrt(state->covariance[i * state->n + i]);
        converged = converged && deviation < state->grain[i];
        least = fmin(least, state->deviations[i]);
        most = fmax(most, state->deviations[i]);
    }
    return converged || most * most > CMA_ES_CONDITION * least * least || !isfinite(state->sigma) ||
           !(state->sigma > 1e-100);
}

// Learn from a full generation.
static void cma_es_update(og_agent* agent) {
    cma_es_state* state = agent->state;
    double lengths[CMA_ES_MOST_POPULATION];
    og_population_sort(&state->generation, 0, state->generation.count);
    cma_es_steps(agent, lengths);
    const double h_sigma = cma_es_move(agent);
    cma_es_learn(agent, lengths, h_sigma);
    state->generation.count = 0;
    state->generations++;
    if (state->generations % state->c.lazy == 0) {
        cma_es_decompose(state);
    }
    if (agent->options[CMA_ES_RESTARTS] > 0 && cma_es_converged(state)) {
        og_space_sample(agent->space, &agent->random, state->begin);
        const int lambda = 2 * state->c.lambda;
        cma_es_begin(agent, state->begin,
                     lambda <= CMA_ES_MOST_POPULATION ? lambda : state->c.lambda);
    }
}

static void cma_es_tell(og_agent* agent, int count, const og_told* told) {
    cma_es_state* state = agent->state;
    for (int i = 0; i < count; i++) {
        og_population_put(&state->generation, state->generation.count, &told[i]);
        if (state->generation.count == state->c.lambda) {
            cma_es_update(agent);
        }
    }
}

const og_agent_type og_agent_cma_es = {
    .name = "cma_es",
    .doc =
        "Adapts the covariance of a normal distribution to the shape of the landscape, and starts "
        "again with twice the population when it has converged. The reference for real parameters "
        "that interact; other kinds are rounded.",
    .source =
        "Hansen, The CMA Evolution Strategy: A Tutorial, arXiv 1604.00772, 2016; Auger and Hansen, "
        "CEC 2005 (restarts); Hansen, INRIA RR-7748, 2011 (injected designs)",
    .options = cma_es_options,
    .option_count = sizeof cma_es_options / sizeof *cma_es_options,
    .state_size = sizeof(cma_es_state),
    .start = cma_es_start,
    .batch = cma_es_batch,
    .ask = cma_es_ask,
    .tell = cma_es_tell,
};
