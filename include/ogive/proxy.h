/// Proxies: cost models learnt from designs that were evaluated, so that a search can ask them in
/// place of a slow simulator.
///
///     const og_proxy* proxy;
///     OG_TRY(og_proxy_fit(arena, &data, NULL, &proxy));     // from trials
///     OG_TRY(og_proxy_save(proxy, "memory.proxy"));
///     OG_TRY(og_proxy_load(arena, "memory.proxy", &proxy)); // the same predictions
///     og_proxy_predict(proxy, scratch, x, y, uncertainty);
///
/// For every metric several models are compared by cross-validation, and the one with the least
/// error on designs it has not seen is kept. Designs that are equal, that a simulator cannot tell
/// apart, or that have the same metrics to the bit are never parted between learning and testing:
/// otherwise a model would be tested on what it has seen. Stated uncertainties are calibrated on
/// designs that were held out.
///
/// Fitting is a pure function of its arguments; a proxy is read-only and shared by threads.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/space.h"
#include "ogive/status.h"
#include "ogive/text.h"

/// Models to choose from.
typedef enum og_proxy_model {
    OG_PROXY_RIDGE,             ///< a weight for each level of each parameter
    OG_PROXY_RIDGE_PAIRS,       ///< and one for each pair of levels
    OG_PROXY_FOREST,            ///< random forest, 100 trees
    OG_PROXY_BOOSTING,          ///< mean of three boosted ensembles of 100 trees
    OG_PROXY_GAUSSIAN_PROCESS,  ///< on at most 1,000 designs
    OG_PROXY_NET,               ///< mean of three nets, two layers of 32
    OG_PROXY_MODEL_COUNT
} og_proxy_model;

/// Names of the models: "ridge", "ridge_pairs", "forest", "boosting", "gaussian_process", "net".
extern const char* const og_proxy_model_names[OG_PROXY_MODEL_COUNT];

/// A metric that is predicted.
typedef struct og_proxy_metric {
    const char* name;
    const char* unit;
    const char* doc;
    int better;  ///< -1 smaller is better, +1 larger is better, 0 just information
} og_proxy_metric;

/// What a proxy is learnt from: evaluated designs, one entry a trial.
typedef struct og_proxy_data {
    og_space_table space;
    const og_proxy_metric* metrics;  ///< list: [metric_count]
    int metric_count;
    int64_t count;
    const double* const* x;  ///< designs, feasible in the space, list: [count] of [space.count]
    const double* const* y;  ///< metrics, list: [count] of [metric_count]; not read unless feasible
    const bool* feasible;    ///< the design has metrics, list: [count]
    const int64_t* same_as;  ///< entry whose metrics were taken, as design or canonical form are
                             ///< equal; -1 = evaluated, list: [count]. NULL = all -1
    const char* environment;     ///< name, kept in the proxy
    const char* identity;        ///< of what evaluated the designs, kept in the proxy
    const char* const* studies;  ///< where the trials are from, list: [study_count]
    int study_count;
} og_proxy_data;

/// How to fit; 0 stands for the default everywhere.
typedef struct og_proxy_options {
    int designs;    ///< most distinct designs that are learnt from, drawn uniformly where there are
                    ///< more. In [20, 20,000], default 2,000
    int folds;      ///< of the cross-validation, in [2, 20]. Default 5
    int jobs;       ///< threads; the result does not depend on it. Default: all processors
    uint64_t seed;  ///< of folds, models and resampling. Default 1
    const char* model;  ///< name of the only model to try. Default: all
    bool absolute;      ///< choose by rmse. Default: by ratio where all values of a metric are
                        ///< positive and the largest is at least twice the smallest, since a search
                        ///< cares for small ones, and squares are ruled by large ones
} og_proxy_options;

/// Fewest groups of designs (see og_proxy.groups) that a proxy is learnt from.
enum { OG_PROXY_LEAST = 20 };

/// Shares whose intervals are tested: 50, 80 and 95 %.
enum { OG_PROXY_COVERAGES = 3 };

/// An error on held-out designs, with the interval that holds it with 95 % confidence (bootstrap
/// over groups of designs).
typedef struct og_proxy_error {
    double value;
    double low, high;
} og_proxy_error;

/// What cross-validation says of one model for one metric. Errors are in the unit of the metric.
typedef struct og_proxy_candidate {
    og_proxy_model model;
    bool logarithm;        ///< learnt the logarithm of the metric
    og_proxy_error rmse;   ///< root of the mean squared error
    og_proxy_error ratio;  ///< root of the mean squared logarithm of predicted over true value:
                           ///< 0.02 = off by a factor of 1.02; NaN unless all values are positive.
                           ///< A prediction counts as half the least of them at least
    double relative;       ///< rmse as a part of the mean size of the metric
    double explained;      ///< R2, share of the variance; NaN for a constant metric
    double spearman;       ///< rank correlation of predicted and true values; NaN where undefined
    double raw[OG_PROXY_COVERAGES];         ///< share of designs within the model's own 50, 80 and
                                            ///< 95 % intervals
    double calibrated[OG_PROXY_COVERAGES];  ///< and within calibrated ones, each fold calibrated on
                                            ///< the others
} og_proxy_candidate;

/// A metric with its model.
typedef struct og_proxy_learnt {
    og_proxy_metric metric;
    const og_proxy_candidate* candidates;  ///< list: [candidate_count]
    int candidate_count;
    bool by_ratio;         ///< chosen by ratio, else by rmse
    int chosen;            ///< the candidate of the least error
    og_proxy_error error;  ///< of choosing: candidates are chosen on resampled designs and tested
                           ///< on the others, so that the luck of the winner is not counted
                           ///< (Tsamardinos, Greasidou and Borboudakis, Machine Learning 2018)
} og_proxy_learnt;

/// What is known of designs without metrics.
typedef struct og_proxy_feasibility {
    int64_t infeasible;  ///< designs without metrics that were learnt from
    double skill;    ///< part of the Brier score of the base rate that the classifier removes on
                     ///< held-out designs; NaN with too few of either kind
    double ranking;  ///< area under the ROC curve, likewise
    bool known;      ///< the classifier is in use: skill is at least 0.1
} og_proxy_feasibility;

/// A fitted or loaded proxy; read-only, lives in the arena it was made in.
typedef struct og_proxy {
    og_space_table table;
    const og_space* space;  ///< the same, compiled
    const char* environment;
    const char* identity;
    const char* const* studies;  ///< list: [study_count]
    int study_count;
    int64_t trials;                  ///< given
    int64_t distinct;                ///< designs among them
    int64_t designs;                 ///< of them: learnt from
    int64_t groups;                  ///< of designs that are tested together
    const og_proxy_learnt* metrics;  ///< list: [metric_count]
    int metric_count;
    og_proxy_feasibility feasibility;
    struct og_proxy_internals* internals;
} og_proxy;

/// Learn a proxy from `data`, whose texts must outlive it; NULL options are all defaults. Fails
/// when there are fewer than OG_PROXY_LEAST groups of designs with metrics, when a design is not in
/// the space or a metric is not finite or beyond 1e100, and when the model is not known or does not
/// take the space.
og_status og_proxy_fit(og_arena* arena, const og_proxy_data* data, const og_proxy_options* options,
                       const og_proxy** proxy);

/// Metrics of design x (shape: [space->count], feasible in the space) into y and, unless NULL,
/// their uncertainties (shapes: [metric_count], in the metrics' units): half the width of the
/// interval that held 68.27 % of held-out designs, one standard deviation of a normal error.
/// Predictions stay within one range of the learnt values beyond their ends.
void og_proxy_predict(const og_proxy* proxy, og_arena* scratch, const double* x, double* y,
                      double* uncertainty);

/// Probability that design x has metrics; 1 when nothing is known of that.
double og_proxy_feasible(const og_proxy* proxy, og_arena* scratch, const double* x);

/// True when design x is one that the proxy has learnt from.
bool og_proxy_has(const og_proxy* proxy, const double* x);

/// The proxy as a file: equal for equal data, options and seed, whatever the jobs.
void og_proxy_print(const og_proxy* proxy, og_buffer* out);

/// Write it to `path`, all or nothing; "-" is standard output.
og_status og_proxy_save(const og_proxy* proxy, const char* path);

/// Read a proxy from text; `name` stands for the file in messages. Fails on what is no proxy, is
/// damaged or was written by a newer version.
og_status og_proxy_parse(og_arena* arena, const char* text, size_t size, const char* name,
                         const og_proxy** proxy);

/// Read the file `path`; `*hash` (or NULL) receives a hash of its content.
og_status og_proxy_load(og_arena* arena, const char* path, const og_proxy** proxy, uint64_t* hash);
