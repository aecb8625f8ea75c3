/// Marginal likelihood of targets under a covariance, and the hyper-parameters that maximize it.
#pragma once

#include "learn/covariance.h"

/// Points with scaled targets.
typedef struct og_evidence {
    og_points points;
    const double* targets;  ///< shape: [count]
    int count;
} og_evidence;

/// Fill the lower triangle of `matrix` (shape: [count][stride]) with covariances of the points plus
/// noise, and factor it; noise is raised tenfold until that succeeds. Returns the variance that
/// had to be added to the diagonal beyond the noise (commonly 0).
double og_likelihood_factor(const og_covariance* covariance, og_arena* arena, og_points points,
                            int count, double* matrix, int stride);

/// Logarithm of the marginal likelihood; unless NULL, adds its derivatives by the hyper-parameters
/// to `gradient` (shape: [covariance->count]).
double og_likelihood_value(const og_covariance* covariance, og_arena* arena,
                           const og_evidence* evidence, double* gradient);

/// Move the hyper-parameters to the best of `starts` local maxima of likelihood times prior, of at
/// most `steps` evaluations each: one from where they are, the others from draws of the prior.
void og_likelihood_maximize(og_covariance* covariance, og_arena* arena, const og_evidence* evidence,
                            og_random* random, int starts, int steps);
