/// Problems of the environment `function`.
#pragma once

#include "ogive/arena.h"
#include "ogive/environment.h"

enum { OG_FUNCTION_PROBLEM_COUNT = 18 };

/// What the coordinates of a problem are.
typedef enum og_function_kind {
    OG_FUNCTION_LEVELLED,  ///< reals, or levels of a grid over them
    OG_FUNCTION_BINARY,    ///< bits
    OG_FUNCTION_SINGLE,    ///< one value only
} og_function_kind;

/// Where the knapsack's capacity is enforced.
typedef enum og_function_limit {
    OG_FUNCTION_LIMIT_CONSTRAINT,
    OG_FUNCTION_LIMIT_OUTCOME,
    OG_FUNCTION_LIMIT_METRIC,
} og_function_limit;

typedef struct og_function og_function;

typedef struct og_function_problem {
    const char* name;
    og_function_kind kind;
    double low, high;  ///< range of a coordinate
    bool shifted;      ///< the optimum is moved to `target`
    int objectives;
    int least_dimensions;

    /// Optional: build tables and the optimum.
    void (*prepare)(og_arena* arena, og_function* function);

    /// Objectives, then regret or distance, then what else the problem has.
    og_outcome (*evaluate)(const og_function* function, const double* x, double* y,
                           const char** reason);
} og_function_problem;

/// A problem with its options bound.
struct og_function {
    const og_function_problem* problem;
    int dimensions;
    int interactions;  ///< K of the NK landscape
    uint64_t seed;
    og_function_limit limit;
    const double* levels;   ///< values of a coordinate, shape: [level_count]
    int level_count;        ///< 0 = reals
    double* target;         ///< place of the optimum, shape: [dimensions]
    double optimum;         ///< least value
    double* contributions;  ///< NK landscape, shape: [dimensions][2^(interactions + 1)]
    double* weights;        ///< knapsack, integers, shape: [dimensions]
    double* profits;        ///< knapsack, integers, shape: [dimensions]
    double capacity;        ///< knapsack, an integer
};

extern const og_function_problem og_function_problems[OG_FUNCTION_PROBLEM_COUNT];

/// Fill levels, target, tables and optimum of a function whose other fields are set; `levels`
/// counts for levelled problems only.
void og_function_prepare(og_arena* arena, og_function* function, int levels);

void og_function_nk_prepare(og_arena* arena, og_function* function);
void og_function_knapsack_prepare(og_arena* arena, og_function* function);

og_outcome og_function_onemax(const og_function* function, const double* x, double* y,
                              const char** reason);
og_outcome og_function_trap(const og_function* function, const double* x, double* y,
                            const char** reason);
og_outcome og_function_nk(const og_function* function, const double* x, double* y,
                          const char** reason);
og_outcome og_function_knapsack(const og_function* function, const double* x, double* y,
                                const char** reason);
