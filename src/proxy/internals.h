/// What a proxy is made of.
#pragma once

#include "ogive/forest.h"
#include "ogive/proxy.h"
#include "proxy/calibration.h"
#include "proxy/designs.h"
#include "proxy/learner.h"
#include "proxy/rows.h"

/// Bounds of what is read from a file.
enum {
    OG_PROXY_MOST_PARAMETERS = 1000,
    OG_PROXY_MOST_METRICS = 256,
    OG_PROXY_MOST_DESIGNS = 20000,
};
#define OG_PROXY_LARGEST 1e100  ///< of a metric: squares must not overflow

/// The model of one metric.
typedef struct og_proxy_part {
    og_proxy_model model;
    bool logarithm;
    og_calibration calibration;
    const double* numbers;  ///< of the learner, shape: [og_learner_number_count()]
    const og_learner* learner;
    double least, most;  ///< what predictions are held to, in the scale learnt
} og_proxy_part;

struct og_proxy_internals {
    og_rows rows;
    int encoding_width;
    int count;                    ///< designs
    const double* x;              ///< shape: [count][space->count]
    const double* y;              ///< shape: [count][metric_count]
    const bool* feasible;         ///< shape: [count]
    uint64_t seed;                ///< of the learners
    og_proxy_part* parts;         ///< list: [metric_count]
    const og_forest* classifier;  ///< NULL = nothing is known of feasibility
    og_proxy_index index;         ///< of the designs
};

/// The rows of the designs that are `feasible`, or of all with NULL, and how many there are.
double* og_proxy_rows(og_arena* arena, const og_rows* rows, const double* x, const bool* feasible,
                      int count, int* row_count);

/// Make the learners of `proxy`, of which all else is set, from its designs and numbers.
void og_proxy_build(og_arena* arena, og_proxy* proxy);
