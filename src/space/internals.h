/// Insides of a compiled space.
///
/// A `tie` is a constraint or a condition. Ties over discrete parameters whose tables are small are
/// compiled into plans; the others are `loose`: designs are drawn without them and then checked.
/// The parameters that plans tie together fall into components; a component has one `plan`, a tree
/// of `buckets` from variable elimination. Every other parameter is free, or a leaf: conditional,
/// and read by no table, so that its condition decides about its number of values and nothing else.
#pragma once

#include "ogive/space.h"

enum {
    OG_SPACE_PARAMETERS = 4096,        ///< most parameters of a space
    OG_SPACE_ENTRIES = 1 << 24,        ///< most table entries of the plans that count
    OG_SPACE_ROOTED_ENTRIES = 1 << 21  ///< most table entries of the plans that serve mutation
};

/// The values of one parameter, precomputed.
typedef struct og_domain {
    int64_t levels;        ///< 0 = real
    int64_t initial;       ///< level of the initial value
    const double* values;  ///< list: [levels], NULL when there are too many or it is real
    uint64_t name_hash;
    const uint64_t* choice_hashes;  ///< list: [levels], choices only
    int encoding;                   ///< first column of its encoding
} og_domain;

/// A constraint or a condition.
typedef struct og_tie {
    const og_expression* expression;
    int conditional;   ///< the parameter whose condition it is, -1 for a constraint
    const int* scope;  ///< parameters that the expression reads, increasing, list: [scope_count]
    int scope_count;
    bool loose;
} og_tie;

/// One eliminated parameter: for each choice of the parameters in `context`, which levels it can
/// take and how many completions each has.
typedef struct og_bucket {
    int parameter;
    int levels;
    const int* context;      ///< parameters chosen before, list: [context_count]
    const int64_t* strides;  ///< of their levels in rows, list: [context_count]
    int context_count;
    int64_t rows;
    double* sums;         ///< completions of the levels up to each one, shape: [rows][levels]
    const int* children;  ///< buckets of the plan whose rows this one completes
    int child_count;
    const int* leaves;  ///< discrete parameters whose condition is decided here
    int leaf_count;
} og_bucket;

/// A component of tied parameters, parents before children.
typedef struct og_plan {
    og_bucket* buckets;  ///< list: [count]; bucket 0 is the root
    int count;
    const int* leaves;  ///< all leaves of the component, reals too; list: [leaf_count]
    int leaf_count;
    int exponent;        ///< counts are to be multiplied by 2^exponent
    const int* support;  ///< feasible levels of the root, increasing; list: [support_count]
    int support_count;
} og_plan;

typedef struct og_space_internals {
    const og_space* space;
    const og_domain* domains;  ///< list: [space.count]
    og_tie* ties;              ///< conditions, parents first, then constraints
    int condition_count, tie_count;
    const og_expression** condition;  ///< of each parameter, NULL = none
    bool has_loose;
    const og_plan* const* plans;  ///< one per component, list: [plan_count]
    int plan_count;
    const int* free;  ///< parameters outside the plans, list: [free_count]
    int free_count;
    const int* plan_of;    ///< the plan of each parameter, -1 = free
    const int* bucket_of;  ///< its bucket there, -1 = free or leaf
    const og_plan* const*
        rooted;             ///< a plan with that parameter as root; NULL = free, leaf or too large
    const double* initial;  ///< the default design
    int encoding_width;
} og_space_internals;

/// Levels chosen so far; only those of parameters in plans are used.
typedef struct og_levels {
    int32_t at[OG_SPACE_PARAMETERS];
} og_levels;

/// Row of the chosen context.
static inline const double* og_bucket_row(const og_bucket* bucket, const og_levels* levels) {
    int64_t row = 0;
    for (int i = 0; i < bucket->context_count; i++) {
        row += bucket->strides[i] * levels->at[bucket->context[i]];
    }
    return bucket->sums + row * bucket->levels;
}

/// Completions of all levels of a row.
static inline double og_bucket_total(const og_bucket* bucket, const double* row) {
    return row[bucket->levels - 1];
}

static inline bool og_row_possible(const double* row, int64_t level) {
    return row[level] > (level > 0 ? row[level - 1] : 0);
}

static inline double og_domain_value(const og_space_internals* inside, int index, int64_t level) {
    const double* values = inside->domains[index].values;
    return values ? values[level] : og_parameter_value(&inside->space->parameters[index], level);
}

/// True when parameter `index` exists in x.
static inline bool og_inside_active(const og_space_internals* inside, const double* x, int index) {
    const og_expression* condition = inside->condition[index];
    if (!condition) {
        return true;
    }
    const double truth = og_expression_evaluate(condition, x);
    return truth < 0 || truth > 0;
}

/// Precompute the values of all parameters.
void og_domains_make(og_arena* arena, og_space_internals* inside);

/// Build the plans of all ties that are not `skipped` (list: [tie_count], NULL = none) into
/// `arena`; ties that do not fit are made loose. Returns false when the tables show that no design
/// is feasible. With `rooted`, plans for mutation are made as well.
bool og_plans_build(og_arena* arena, og_space_internals* inside, const bool* skipped, bool rooted);

/// An order of elimination.
typedef struct og_elimination {
    int* order;      ///< nodes, first eliminated first; list: [nodes]
    double entries;  ///< entries of all tables, INFINITY when above the limit given
} og_elimination;

/// Find an order of elimination for a graph of `nodes` nodes with `levels` (list) and `adjacent`
/// (shape: [nodes][nodes], symmetric): the better of the greedy min-weight and min-fill orders.
/// `root` >= 0 is kept for last.
og_elimination og_elimination_find(og_arena* arena, int nodes, const double* levels,
                                   const bool* adjacent, int root, double limit);

/// Fail with the message that names the constraint that empties the space, found by adding
/// constraints in order, and those it contradicts, found by leaving out each that is not needed.
og_status og_conflict_explain(const og_space_internals* inside);

/// Give inactive parameters their initial value, parents first.
void og_inside_settle(const og_space_internals* inside, double* x);

/// True when conditions and constraints hold for admitted values x.
bool og_inside_holds(const og_space_internals* inside, const double* x);

/// The level of `row` that `part` in [0, total) falls to: the first whose sum is above it.
int og_row_find(const og_bucket* bucket, const double* row, double part);

/// Draw a level of `row`, each with probability in proportion to its completions.
int og_row_draw(const og_bucket* bucket, const double* row, og_random* random);

/// Draw the parameters of one plan.
void og_plan_draw(const og_space_internals* inside, const og_plan* plan, og_random* random,
                  double* x);

/// Draw a design that the tables admit; loose ties may fail.
void og_inside_draw(const og_space_internals* inside, og_random* random, double* x);

/// Make x one that the tables admit, changing values only where needed; `random` NULL takes the
/// nearest feasible levels instead of drawing.
void og_inside_repair(const og_space_internals* inside, og_random* random, double* x);

/// Go down `plan` from bucket `first`, keep each level of x that is feasible, draw the others.
void og_plan_keep(const og_space_internals* inside, const og_plan* plan, int first,
                  og_levels* levels, og_random* random, double* x);

/// How a value moves.
typedef enum og_move {
    OG_MOVE_ANY,   ///< to any other feasible value
    OG_MOVE_NEXT,  ///< to the next feasible value up or down
} og_move;

/// Move parameter `index` within what the tables admit. False, x unchanged, when it cannot.
bool og_inside_move(const og_space_internals* inside, og_random* random, double* x, int index,
                    og_move move);

/// Find a design that loose constraints admit as well, from x on: fewer and smaller violations step
/// by step. False when the tries are spent.
bool og_loose_settle(const og_space_internals* inside, og_random* random, double* x, int tries);

/// Find the first feasible design at random and put it into x; fails, naming the constraints that
/// were never met, when none is found.
og_status og_loose_find(const og_space_internals* inside, double* x);
