/// Environments: what a design costs. A thin descriptor binds a simulator to a space and to named
/// metrics.
#pragma once

#include "ogive/arena.h"
#include "ogive/parameter.h"
#include "ogive/space.h"
#include "ogive/status.h"

/// What became of one design. Not an error of the program: stored with the trial and its reason.
typedef enum og_outcome {
    OG_FEASIBLE,
    OG_INFEASIBLE,  ///< the system cannot be built or violates a rule of the environment
    OG_FAILED,      ///< the simulator crashed, timed out or gave no answer
} og_outcome;

/// A number that evaluation gives.
typedef struct og_metric {
    const char* name;  ///< as a parameter's name
    const char* unit;
    const char* doc;
    int better;  ///< -1 smaller is better, +1 larger is better, 0 just information
} og_metric;

/// A number that describes the opened workload, for agents that learn across workloads.
typedef struct og_feature {
    const char* name;
    const char* unit;
    double value;
} og_feature;

typedef struct og_environment og_environment;

/// An environment with its options bound: read-only, shared by threads; lives in the arena of the
/// opener.
typedef struct og_model {
    const og_environment* type;
    const void* data;  ///< the environment's own
    og_space_table space;
    const og_metric* metrics;  ///< list: [metric_count]
    int metric_count;
    const og_feature* features;  ///< list: [feature_count]
    int feature_count;
    const char*
        identity;  ///< text that is equal for models that give equal metrics: options, a hash of
                   ///< the files read, the version of the simulator. Kept in the record
} og_model;

/// The group of options that change how designs are written and not what they cost: what agents of
/// a comparison may have otherwise.
#define OG_ENCODING_GROUP "encoding"

/// An environment type. One `const` instance in one file, and one line in environments.def.
struct og_environment {
    const char* name;             ///< the stem of its file
    const char* doc;              ///< one paragraph; the first sentence is its summary
    const char* source;           ///< papers, standards, data sheets behind its numbers
    const og_parameter* options;  ///< list: [option_count]
    int option_count;
    bool foreign;  ///< runs code that its options name: a program, a library

    /// Read options and files and build the read-only model. `model->type` is already set.
    og_status (*open)(og_arena* arena, const og_settings* options, og_model* model);

    /// Cost of design x (shape: [space.count], feasible in the space) into y (shape:
    /// [metric_count]). Pure: a function of (data, x) alone; no globals, no input or output; called
    /// from any thread. For OG_INFEASIBLE and OG_FAILED, `*reason` is a short text in `scratch` or
    /// static, and y is not read.
    og_outcome (*evaluate)(const void* data, const double* x, double* y, og_arena* scratch,
                           const char** reason);

    /// Optional. Replace x by the representative of the designs that this model cannot tell apart,
    /// so that they are simulated once. The result must be feasible in the space and give the same
    /// y.
    void (*canonical)(const void* data, double* x);

    /// Optional. End what the model holds beside memory: programs that it started. Called when the
    /// opener's arena ends; nobody evaluates then or later. The memory of the arena is still there.
    void (*close)(const void* data);
};

/// Registered environment number `index`, NULL past the end.
const og_environment* og_environment_at(int index);

/// The environment `name`; unknown: OG_ERROR_NAME with the nearest one.
og_status og_environment_find(const char* name, const og_environment** environment);

/// Open `environment` with `options` (made from its table; NULL = defaults). The model is closed
/// when `arena` is destroyed, or rewound to before this call. Fails with the environment's name
/// before the reason.
og_status og_environment_open(og_arena* arena, const og_environment* environment,
                              const og_settings* options, og_model* model);
