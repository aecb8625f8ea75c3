/// Making one plan.
#pragma once

#include "space/internals.h"

/// A component: parameters that ties connect.
typedef struct og_plan_source {
    int nodes;
    const int* parameters;      ///< list: [nodes]
    const double* levels;       ///< of each node
    const bool* adjacent;       ///< nodes that a tie connects, shape: [nodes][nodes]
    const og_tie* const* ties;  ///< ties of the component but those of leaves, list: [tie_count]
    int tie_count;
    const og_tie* const* leaves;  ///< conditions of leaves, list: [leaf_count]
    int leaf_count;
} og_plan_source;

/// Make the plan that eliminates nodes in `order` (list: [nodes]), in `arena`.
const og_plan* og_plan_make(og_arena* arena, const og_space_internals* inside,
                            const og_plan_source* source, const int* order);
