// Marginal likelihood (Rasmussen and Williams 2006, equations 2.30 and 5.9) and its maximization by
// NLopt's L-BFGS.

#include "learn/likelihood.h"

#include <assert.h>
#include <math.h>
#include <nlopt.h>
#include <string.h>

#include "learn/linear_algebra.h"

#define LIKELIHOOD_LOG_TWO_PI 1.83787706640934548356

static void likelihood_fill(const og_covariance* covariance, og_arena* arena, og_points points,
                            int count, double* matrix, int stride) {
    const og_arena_mark mark = og_arena_here(arena);
    double* encoded = OG_NEW(arena, double, covariance->width);
    double* scratch = OG_NEW(arena, double, OG_COVARIANCE_SCRATCH(count));
    for (int i = 0; i < count; i++) {
        og_points_row(points, i, covariance->width, encoded);
        og_covariance_row(covariance, encoded, points, i, scratch, matrix + (long)i * stride);
    }
    og_arena_rewind(arena, mark);
}

double og_likelihood_factor(const og_covariance* covariance, og_arena* arena, og_points points,
                            int count, double* matrix, int stride) {
    const double variance = og_covariance_variance(covariance);
    const double noise = covariance->value[OG_HYPER_NOISE];
    for (double added = 0;; added = added > 0 ? added * 10 : 1e-10 * variance) {
        likelihood_fill(covariance, arena, points, count, matrix, stride);
        for (int i = 0; i < count; i++) {
            matrix[(long)i * stride + i] = variance + noise + added;
        }
        if (og_cholesky_factor(matrix, count, stride)) {
            return added;
        }
        // with as much noise as signal it must be positive definite
        assert(added < variance);
    }
}

// Derivatives of the likelihood, from the inverse of the matrix and `alpha`, the inverse times the
// targets: half the trace of (alpha alpha' - inverse) dK.
static void likelihood_gradient(const og_covariance* covariance, og_arena* arena,
                                const og_evidence* evidence, const double* inverse,
                                const double* alpha, double* gradient) {
    const int count = evidence->count;
    double* encoded = OG_NEW(arena, double, covariance->width);
    double* weights = OG_NEW(arena, double, count);
    double* scratch = OG_NEW(arena, double, OG_COVARIANCE_SCRATCH(count));
    double diagonal = 0;
    for (int i = 0; i < count; i++) {
        const double* row = inverse + (long)i * count;
        for (int j = 0; j < i; j++) {
            weights[j] = alpha[i] * alpha[j] - row[j];
        }
        og_points_row(evidence->points, i, covariance->width, encoded);
        og_covariance_gradient(covariance, encoded, evidence->points, i, weights, scratch,
                               gradient);
        diagonal += 0.5 * (alpha[i] * alpha[i] - row[i]);
    }
    og_covariance_variance_gradient(covariance, diagonal, gradient);
    gradient[OG_HYPER_NOISE] += diagonal * covariance->value[OG_HYPER_NOISE];
}

double og_likelihood_value(const og_covariance* covariance, og_arena* arena,
                           const og_evidence* evidence, double* gradient) {
    const int count = evidence->count;
    if (count == 0) {
        return 0;
    }
    const og_arena_mark mark = og_arena_here(arena);
    double* matrix = og_arena_allocate_raw(arena, sizeof(double) * (size_t)count * (size_t)count);
    double* alpha = OG_NEW(arena, double, count);
    og_likelihood_factor(covariance, arena, evidence->points, count, matrix, count);
    memcpy(alpha, evidence->targets, sizeof(double) * (size_t)count);
    og_cholesky_solve_lower(matrix, count, count, alpha);
    const double fit = og_vector_dot(alpha, alpha, count);
    const double value = -0.5 * (fit + og_cholesky_log_determinant(matrix, count, count) +
                                 count * LIKELIHOOD_LOG_TWO_PI);
    if (gradient != NULL) {
        og_cholesky_solve_upper(matrix, count, count, alpha);
        og_cholesky_invert(matrix, count, count);
        likelihood_gradient(covariance, arena, evidence, matrix, alpha, gradient);
    }
    og_arena_rewind(arena, mark);
    return value;
}

// What NLopt is asked to maximize, and the best it has come by: its own answer is lost when a line
// search ends in rounding errors.
typedef struct likelihood_search {
    og_covariance* covariance;
    og_arena* arena;
    const og_evidence* evidence;
    double* best;
    double best_value;
    int left;  // evaluations
    nlopt_opt optimizer;
} likelihood_search;

// Logarithm of the prior, with its derivatives added to `gradient`.
static double likelihood_prior(const og_covariance* covariance, double* gradient) {
    double value = 0;
    for (int i = 0; i < covariance->count; i++) {
        const og_hyper_prior prior = og_covariance_prior(covariance, i);
        const double z = (covariance->theta[i] - prior.mean) / prior.deviation;
        value -= 0.5 * z * z;
        gradient[i] -= z / prior.deviation;
    }
    return value;
}

static double likelihood_objective(unsigned count, const double* theta, double* gradient,
                                   void* data) {
    likelihood_search* search = data;
    const og_arena_mark mark = og_arena_here(search->arena);
    double* slopes = OG_NEW(search->arena, double, count);
    og_covariance_set(search->covariance, theta);
    const double value =
        og_likelihood_value(search->covariance, search->arena, search->evidence, slopes) +
        likelihood_prior(search->covariance, slopes);
    if (gradient != NULL) {
        memcpy(gradient, slopes, sizeof(double) * count);
    }
    if (value > search->best_value) {
        search->best_value = value;
        memcpy(search->best, theta, sizeof(double) * count);
    }
    og_arena_rewind(search->arena, mark);
    // NLopt's own count of evaluations is looked at only between line searches
    if (--search->left <= 0) {
        nlopt_force_stop(search->optimizer);
    }
    return value;
}

static void likelihood_draw(const og_covariance* covariance, og_random* random, double* theta) {
    for (int i = 0; i < covariance->count; i++) {
        const og_hyper_prior prior = og_covariance_prior(covariance, i);
        // half the width of the prior: starts that explain nothing lead nowhere
        const double draw = prior.mean + 0.5 * prior.deviation * og_random_normal(random);
        theta[i] = fmin(fmax(draw, prior.least), prior.most);
    }
}

void og_likelihood_maximize(og_covariance* covariance, og_arena* arena, const og_evidence* evidence,
                            og_random* random, int starts, int steps) {
    assert(evidence->count > 0 && starts >= 1 && steps >= 1);
    const og_arena_mark mark = og_arena_here(arena);
    const int count = covariance->count;
    double* theta = OG_NEW(arena, double, count);
    double* least = OG_NEW(arena, double, count);
    double* most = OG_NEW(arena, double, count);
    likelihood_search search = {.covariance = covariance,
                                .arena = arena,
                                .evidence = evidence,
                                .best = OG_NEW(arena, double, count),
                                .best_value = -INFINITY};
    memcpy(theta, covariance->theta, sizeof(double) * (size_t)count);
    for (int i = 0; i < count; i++) {
        const og_hyper_prior prior = og_covariance_prior(covariance, i);
        least[i] = prior.least;
        most[i] = prior.most;
        theta[i] = fmin(fmax(theta[i], prior.least), prior.most);
    }
    search.optimizer = nlopt_create(NLOPT_LD_LBFGS, (unsigned)count);
    assert(search.optimizer != NULL);
    nlopt_set_max_objective(search.optimizer, likelihood_objective, &search);
    nlopt_set_lower_bounds(search.optimizer, least);
    nlopt_set_upper_bounds(search.optimizer, most);
    nlopt_set_ftol_abs(search.optimizer, 1e-3);
    for (int start = 0; start < starts; start++) {
        double value = 0;
        search.left = steps;
        nlopt_set_force_stop(search.optimizer, 0);
        nlopt_optimize(search.optimizer, theta, &value);
        likelihood_draw(covariance, random, theta);
    }
    nlopt_destroy(search.optimizer);
    assert(search.best_value > -INFINITY);
    og_covariance_set(covariance, search.best);
    og_arena_rewind(arena, mark);
}
