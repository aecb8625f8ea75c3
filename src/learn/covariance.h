/// Covariance between rows as a function of hyper-parameters, with derivatives.
#pragma once

#include "ogive/arena.h"
#include "ogive/gaussian_process.h"

/// Places of hyper-parameters; those of the columns follow, then those of the form.
enum { OG_HYPER_NOISE, OG_HYPER_PRODUCT, OG_HYPER_COLUMNS };

/// A covariance function with its hyper-parameters.
typedef struct og_covariance {
    const og_column* columns;
    int width;          ///< columns
    int numeric_count;  ///< reals and ordinals among them
    og_covariance_form form;
    int count;      ///< hyper-parameters
    double* theta;  ///< logarithms, shape: [count]
    double* value;  ///< their exponentials, shape: [count]
} og_covariance;

/// Rows by columns: value of column c of row i is values[c * stride + i]; ordinals in [0, 1].
typedef struct og_points {
    const double* values;
    int stride;
} og_points;

/// Row `index` of `points` into `encoded` (shape: [width]).
void og_points_row(og_points points, int index, int width, double* encoded);

/// A covariance over `columns` (kept by reference) at the mode of the prior on hyper-parameters.
og_covariance og_covariance_make(og_arena* arena, const og_column* columns, int width,
                                 og_covariance_form form);

/// Set all hyper-parameters to `theta` (shape: [count]).
void og_covariance_set(og_covariance* covariance, const double* theta);

/// Bring `row` (shape: [width]) to the units of og_points.
void og_covariance_encode(const og_covariance* covariance, const double* row, double* encoded);

/// Noise-free variance of any row.
double og_covariance_variance(const og_covariance* covariance);

/// Length of the scratch of the next two for `count` points.
#define OG_COVARIANCE_SCRATCH(count) (4 * (size_t)(count))

/// Covariances of an encoded row with points [0, count) into `result` (shape: [count]).
void og_covariance_row(const og_covariance* covariance, const double* encoded, og_points points,
                       int count, double* scratch, double* result);

/// Add to `gradient` (shape: [covariance->count]) the derivatives by each hyper-parameter of the
/// sum over points [0, count) of weights[i] (shape: [count]) times the covariance of `encoded` with
/// point i.
void og_covariance_gradient(const og_covariance* covariance, const double* encoded,
                            og_points points, int count, const double* weights, double* scratch,
                            double* gradient);

/// The same for `weight` times the variance of a row; the noise is not part of it.
void og_covariance_variance_gradient(const og_covariance* covariance, double weight,
                                     double* gradient);

/// Prior on hyper-parameter `index`, a normal distribution of its logarithm within bounds.
typedef struct og_hyper_prior {
    double mean;
    double deviation;
    double least;
    double most;
} og_hyper_prior;

og_hyper_prior og_covariance_prior(const og_covariance* covariance, int index);
