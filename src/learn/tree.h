/// Regression trees over binned values.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/column.h"
#include "ogive/random.h"

/// Most bins of a column.
enum { OG_BINS = 256 };

/// A set of bins.
typedef struct og_bin_set {
    uint64_t bits[OG_BINS / 64];
} og_bin_set;

static inline bool og_bin_set_has(const og_bin_set* set, int bin) {
    return set->bits[bin / 64] >> (bin % 64) & 1;
}

static inline void og_bin_set_add(og_bin_set* set, int bin) {
    set->bits[bin / 64] |= (uint64_t)1 << (bin % 64);
}

/// Bins of one column: those of a choice are its levels; those of other columns follow each other,
/// value v being in the first bin with v <= edges[bin].
typedef struct og_bins {
    int count;
    double* edges;   ///< shape: [count - 1], ascending; NULL for a choice
    double* shares;  ///< part of the column's possible values in each bin, shape: [count]
} og_bins;

/// Rows in bins.
typedef struct og_binned {
    const og_column* columns;
    int width;
    int count;       ///< rows
    og_bins* bins;   ///< list: [width]
    uint8_t* codes;  ///< bin of each value, shape: [width][count]
} og_binned;

/// Put `rows` (shape: [count][width]) in bins; `columns` is copied.
og_binned og_binned_make(og_arena* arena, const og_column* columns, int width, const double* rows,
                         int count);

/// A split, or a leaf.
typedef struct og_tree_node {
    int column;  ///< -1: a leaf
    int left;    ///< node on the left; the one on the right follows it
    int bin;     ///< real or ordinal: bins up to this one go left
    int begin;   ///< rows of the node: [begin, end) of those grown from
    int end;
    int weight;        ///< of its rows
    double threshold;  ///< real or ordinal: values up to this one go left
    double mean;       ///< of the targets; of a leaf, what is predicted
    double variance;   ///< of the targets
    double gain;       ///< squared error that the split removes
    og_bin_set* set;   ///< choice: the levels that go left
} og_tree_node;

typedef struct og_tree {
    og_tree_node* nodes;  ///< the first is the root, list: [count]
    int count;
} og_tree;

typedef struct og_tree_options {
    double columns;  ///< share tried for each split
    int least_rows;
    int depth;
    bool random_cuts;
    double penalty;  ///< see og_boosting_options
} og_tree_options;

/// A row that a tree is grown from.
typedef struct og_tree_row {
    int row;     ///< its number in the table
    int weight;  ///< how many times it counts, >= 1
    double target;
} og_tree_row;

/// Grow a tree on `rows` (list: [count]) of `table`; they are put into the order of the nodes.
og_tree og_tree_grow(og_arena* arena, const og_binned* table, const og_tree_options* options,
                     og_random* random, og_tree_row* rows, int count);

/// The leaf of `row` (shape: [width]).
const og_tree_node* og_tree_find(const og_tree* tree, const og_column* columns, const double* row);

/// The leaf of row `row` of `table`, with the bin of `column` (or -1) replaced by `code`.
const og_tree_node* og_tree_find_binned(const og_tree* tree, const og_binned* table, int row,
                                        int column, int code);

/// Add what the splits of each column gained to `gains` (shape: [width]).
void og_tree_add_gains(const og_tree* tree, double* gains);

/// Make `parts` (shape: [count], >= 0) sum to 1, unless all are 0.
void og_parts_normalize(double* parts, int count);
