/// What learners learn from: rows of numbers whose columns have kinds. Learners know nothing of
/// spaces; whoever has a space says of what kind each of its parameters is.
#pragma once

/// How the values of a column relate to each other.
typedef enum og_column_kind {
    OG_COLUMN_REAL,     ///< a real in [0, 1]
    OG_COLUMN_ORDINAL,  ///< an index in [0, levels), neighbours are alike
    OG_COLUMN_CHOICE,   ///< an index in [0, levels), no order
} og_column_kind;

/// One column of the rows that a learner is given.
typedef struct og_column {
    og_column_kind kind;
    int levels;  ///< number of values of an ordinal or a choice, >= 1; not used for a real
} og_column;

/// How targets are brought to a common scale before a model is fitted to them. Both keep their
/// order, so the lowest stays the lowest.
typedef enum og_target_scale {
    OG_TARGETS_STANDARDIZED,   ///< zero mean and unit variance
    OG_TARGETS_RANK_GAUSSIAN,  ///< normal scores of the ranks (Blom 1958): deaf to outliers and to
                               ///< monotone transformations
} og_target_scale;

/// Scale `targets` (shape: [count], finite) into `scaled` (shape: [count]). Equal targets stay
/// equal; when all are equal, all become 0. `order` (shape: [count]) is scratch.
void og_targets_scale(og_target_scale scale, const double* targets, int count, int* order,
                      double* scaled);
