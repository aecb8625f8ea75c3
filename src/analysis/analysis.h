/// What the parts of an analysis share.
#pragma once

#include "ogive/analysis.h"
#include "ogive/column.h"
#include "ogive/expression.h"

/// An objective as recorded, compiled.
typedef struct og_analysis_goal {
    const char* name;  ///< its expression
    og_sense sense;
    double target;
    const og_expression* expression;
} og_analysis_goal;

struct og_analysis_internals {
    og_variable* variables;             ///< parameters, then metrics
    og_analysis_goal* goals;            ///< list: [objective_count]
    const og_expression** constraints;  ///< on metrics, list: [constraint_count]
    double* raw;  ///< objectives as people read them, shape: [trial_count][objective_count]
    double* reference_raw;  ///< of the default design, NaN when not known, shape: [objective_count]
    double* reference_minimal;  ///< the same in the form that is minimised
    int64_t* table;             ///< distinct trials by the hash of their design, -1 = free
    uint64_t mask;              ///< length of `table` less 1
};

/// The first trial with design x (shape: [space.count]), -1 = none.
int64_t og_analysis_find(const og_analysis* analysis, const double* x);

/// Value of an objective in the form that is minimised, of its value as people read it.
double og_analysis_goal_minimal(const og_analysis_goal* goal, double raw);

/// At most `most` of the numbers 0 .. count - 1, drawn uniformly by `seed`, ascending (list:
/// [min]).
int64_t* og_analysis_draw(og_arena* arena, int64_t count, int64_t most, uint64_t seed);

/// A number that things are sorted by.
typedef struct og_ranked {
    double key;
    int64_t index;
} og_ranked;

/// Sort by key, ascending; equal keys keep their order.
void og_ranked_sort(og_arena* scratch, og_ranked* list, int64_t count);

/// The indices of `keys` (list: [count]) from the largest to the smallest: order (list: [count]).
void og_ranked_order(og_arena* arena, const double* keys, int count, int* order);

/// Distinct values of one parameter, or ranges of them.
typedef struct og_partition {
    int parameter;
    int count;
    double* low;      ///< shape: [count]
    double* high;     ///< shape: [count]
    double* middle;   ///< the value in the middle of the designs, shape: [count]
    const int* part;  ///< of each design given, list: [designs]
} og_partition;

/// Split the values that `designs` (list: [count], numbers of trials) have of `parameter`: one part
/// a value; beyond `most` values (other than choices) ranges of about equally many designs each.
og_partition og_partition_make(og_arena* arena, const og_analysis* analysis, int parameter,
                               const int64_t* designs, int64_t count, int most);

/// Position of a value in [0, 1]: of a logarithmic parameter in its ratio, else in its range.
double og_analysis_position(const og_parameter* parameter, double value);

/// The admitted value nearest to a position.
double og_analysis_at(const og_parameter* parameter, double position);

/// Mean and its deviation across trees of the surrogate over the whole space, with `parameter` at
/// `value`; NaN for a choice that it has not seen.
void og_surrogate_marginal(const og_surrogate* surrogate, int parameter, double value, double* mean,
                           double* deviation);

/// The same for two parameters together: mean (shape: [row_count][column_count]).
void og_surrogate_joint(const og_surrogate* surrogate, og_arena* arena, int row, int column,
                        const double* row_values, int row_count, const double* column_values,
                        int column_count, double* mean);
