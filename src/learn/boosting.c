// Gradient boosting: residuals, trees, and for quantiles the leaves' own quantiles.

#include "ogive/boosting.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "learn/target.h"
#include "learn/tree.h"

struct og_boosting {
    og_binned table;
    og_boosting_options options;  // with defaults filled in
    og_tree* trees;               // leaves predict what is added, list: [options.trees]
    double start;                 // prediction before the first tree
    double* losses;               // shape: [1 + options.trees]
    const double* targets;        // shape: [table.count]
    double* current;              // predictions of the rows fitted to, shape: [table.count]
};

// Scratch of one tree.
typedef struct boosting_round {
    og_tree_row* rows;  // list: [count]
    double* values;     // shape: [count]
    int* order;         // shape: [count]
} boosting_round;

// The value with `share` of `values` below it: between neighbours, the lower one, which minimizes
// the pinball loss.
static double boosting_quantile(const double* values, int count, double share, int* order) {
    og_target_order(values, count, order);
    int at = (int)ceil(share * count) - 1;
    at = at < 0 ? 0 : at;
    return values[order[at < count ? at : count - 1]];
}

static double boosting_loss(const og_boosting* boosting) {
    const double quantile = boosting->options.quantile;
    double sum = 0;
    for (int i = 0; i < boosting->table.count; i++) {
        const double rest = boosting->targets[i] - boosting->current[i];
        if (quantile > 0) {
            sum += rest * (quantile - (rest < 0));
        } else {
            sum += rest * rest;
        }
    }
    return sum / boosting->table.count;
}

// Draw the rows of a tree into round->rows, with the gradients of their losses as targets; returns
// their number.
static int boosting_draw(const og_boosting* boosting, og_random* random, boosting_round* round) {
    const int count = boosting->table.count;
    const double quantile = boosting->options.quantile;
    const int drawn = (int)fmax(ceil(boosting->options.rows * count), 1);
    for (int i = 0; i < count; i++) {
        const double rest = boosting->targets[i] - boosting->current[i];
        round->rows[i] = (og_tree_row){i, 1, quantile > 0 ? quantile - (rest < 0) : rest};
    }
    for (int i = 0; i < drawn && drawn < count; i++) {
        const int from = i + (int)og_random_below(random, (uint64_t)(count - i));
        const og_tree_row kept = round->rows[i];
        round->rows[i] = round->rows[from];
        round->rows[from] = kept;
    }
    return drawn;
}

// What a leaf adds, before the rate.
static double boosting_answer(const og_boosting* boosting, const og_tree_node* leaf,
                              boosting_round* round) {
    const int rows = leaf->end - leaf->begin;
    if (!(boosting->options.quantile > 0)) {
        return leaf->mean * rows / (rows + boosting->options.penalty);
    }
    for (int i = 0; i < rows; i++) {
        const int row = round->rows[leaf->begin + i].row;
        round->values[i] = boosting->targets[row] - boosting->current[row];
    }
    return boosting_quantile(round->values, rows, boosting->options.quantile, round->order);
}

static void boosting_add_tree(og_boosting* boosting, og_arena* arena, og_random* random,
                              boosting_round* round, og_tree* tree) {
    const og_boosting_options* options = &boosting->options;
    const int count = boosting->table.count;
    const int drawn = boosting_draw(boosting, random, round);
    const og_tree_options grow = {.columns = options->columns,
                                  .least_rows = options->least_rows,
                                  .depth = options->depth,
                                  .penalty = options->quantile > 0 ? 0 : options->penalty};
    *tree = og_tree_grow(arena, &boosting->table, &grow, random, round->rows, drawn);
    for (int k = 0; k < tree->count; k++) {
        og_tree_node* node = &tree->nodes[k];
        if (node->column < 0) {
            node->mean = options->rate * boosting_answer(boosting, node, round);
        }
    }
    for (int i = 0; i < count; i++) {
        boosting->current[i] += og_tree_find_binned(tree, &boosting->table, i, -1, 0)->mean;
    }
}

static og_boosting_options boosting_defaults(const og_boosting_options* options) {
    og_boosting_options filled = *options;
    filled.trees = filled.trees > 0 ? filled.trees : 100;
    filled.rate = filled.rate > 0 ? filled.rate : 0.1;
    filled.depth = filled.depth > 0 ? filled.depth : 4;
    filled.least_rows = filled.least_rows > 0 ? filled.least_rows : 2;
    filled.rows = filled.rows > 0 ? filled.rows : 1;
    filled.columns = filled.columns > 0 ? filled.columns : 1;
    assert(filled.rate <= 1 && filled.rows <= 1 && filled.columns <= 1 && filled.penalty >= 0);
    assert(filled.quantile >= 0 && filled.quantile < 1);
    return filled;
}

const og_boosting* og_boosting_fit(og_arena* arena, const og_column* columns, int width,
                                   const double* rows, const double* targets, int count,
                                   const og_boosting_options* options) {
    og_boosting* boosting = OG_NEW(arena, og_boosting, 1);
    boosting->options = boosting_defaults(options);
    boosting->table = og_binned_make(arena, columns, width, rows, count);
    double* copy = OG_NEW(arena, double, count);
    memcpy(copy, targets, sizeof *copy * (size_t)count);
    boosting->targets = copy;
    boosting->current = OG_NEW(arena, double, count);
    boosting->trees = OG_NEW(arena, og_tree, boosting->options.trees);
    boosting->losses = OG_NEW(arena, double, 1 + boosting->options.trees);
    boosting_round round = {OG_NEW(arena, og_tree_row, count), OG_NEW(arena, double, count),
                            OG_NEW(arena, int, count)};
    double deviation;
    og_target_moments(targets, count, &boosting->start, &deviation);
    if (boosting->options.quantile > 0) {
        boosting->start =
            boosting_quantile(targets, count, boosting->options.quantile, round.order);
    }
    for (int i = 0; i < count; i++) {
        assert(isfinite(targets[i]));
        boosting->current[i] = boosting->start;
    }
    boosting->losses[0] = boosting_loss(boosting);
    for (int t = 0; t < boosting->options.trees; t++) {
        og_random random = og_random_make(boosting->options.seed, (uint64_t)t);
        boosting_add_tree(boosting, arena, &random, &round, &boosting->trees[t]);
        boosting->losses[1 + t] = boosting_loss(boosting);
    }
    return boosting;
}

void og_boosting_predict(const og_boosting* boosting, const double* rows, int count,
                         double* values) {
    const og_binned* table = &boosting->table;
    for (int i = 0; i < count; i++) {
        const double* row = rows + (long)i * table->width;
        values[i] = boosting->start;
        for (int t = 0; t < boosting->options.trees; t++) {
            values[i] += og_tree_find(&boosting->trees[t], table->columns, row)->mean;
        }
    }
}

const double* og_boosting_losses(const og_boosting* boosting) {
    return boosting->losses + 1;
}

void og_boosting_importance(const og_boosting* boosting, double* importance) {
    memset(importance, 0, sizeof *importance * (size_t)boosting->table.width);
    for (int t = 0; t < boosting->options.trees; t++) {
        og_tree_add_gains(&boosting->trees[t], importance);
    }
    og_parts_normalize(importance, boosting->table.width);
}
