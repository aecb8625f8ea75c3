// Random forests: bootstrap, predictions, out-of-bag errors and importances.

#include "ogive/forest.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "learn/forest.h"

enum { FOREST_BLOCK = 256 };  // rows predicted at once

static og_forest_options forest_defaults(const og_forest_options* options) {
    og_forest_options filled = *options;
    filled.trees = filled.trees > 0 ? filled.trees : 30;
    filled.columns = filled.columns > 0 ? filled.columns : 5.0 / 6;
    filled.least_rows = filled.least_rows > 0 ? filled.least_rows : 1;
    filled.depth = filled.depth > 0 ? filled.depth : 64;
    assert(filled.columns <= 1);
    return filled;
}

static void forest_grow(og_forest* forest, og_arena* arena, int tree, int* weights,
                        og_tree_row* rows) {
    const int count = forest->table.count;
    og_random random = og_random_make(forest->options.seed, (uint64_t)tree);
    for (int i = 0; i < count; i++) {
        weights[i] = forest->options.whole;
    }
    for (int i = 0; i < count && !forest->options.whole; i++) {
        weights[og_random_below(&random, (uint64_t)count)]++;
    }
    int different = 0;
    for (int i = 0; i < count; i++) {
        if (weights[i] > 0) {
            forest->seen[(long)tree * count + i] = true;
            rows[different++] = (og_tree_row){i, weights[i], forest->targets[i]};
        }
    }
    const og_tree_options grow = {.columns = forest->options.columns,
                                  .least_rows = forest->options.least_rows,
                                  .depth = forest->options.depth,
                                  .random_cuts = forest->options.random_cuts};
    forest->trees[tree] = og_tree_grow(arena, &forest->table, &grow, &random, rows, different);
}

const og_forest* og_forest_fit(og_arena* arena, const og_column* columns, int width,
                               const double* rows, const double* targets, int count,
                               const og_forest_options* options) {
    og_forest* forest = OG_NEW(arena, og_forest, 1);
    forest->options = forest_defaults(options);
    forest->table = og_binned_make(arena, columns, width, rows, count);
    double* copy = OG_NEW(arena, double, count);
    for (int i = 0; i < count; i++) {
        assert(isfinite(targets[i]));
        copy[i] = targets[i];
    }
    forest->targets = copy;
    forest->trees = OG_NEW(arena, og_tree, forest->options.trees);
    forest->seen = OG_NEW(arena, bool, (size_t)forest->options.trees*(size_t)count);
    int* weights = OG_NEW(arena, int, count);
    og_tree_row* drawn = OG_NEW(arena, og_tree_row, count);
    for (int t = 0; t < forest->options.trees; t++) {
        forest_grow(forest, arena, t, weights, drawn);
    }
    return forest;
}

// Sums over trees of what they answer to a row: deviations from the first tree's answer, so that
// equal answers have no variance.
typedef struct forest_answer {
    double first;
    double sum;
    double squares;
    double within;  // variances of leaves
} forest_answer;

static void forest_add(const og_forest* forest, int tree, const double* rows, int count,
                       forest_answer* answers) {
    for (int i = 0; i < count; i++) {
        const og_tree_node* leaf = og_tree_find(&forest->trees[tree], forest->table.columns,
                                                rows + (long)i * forest->table.width);
        forest_answer* answer = &answers[i];
        answer->first = tree == 0 ? leaf->mean : answer->first;
        const double shifted = leaf->mean - answer->first;
        answer->sum += shifted;
        answer->squares += shifted * shifted;
        answer->within += leaf->variance;
    }
}

void og_forest_predict(const og_forest* forest, const double* rows, int count, double* mean,
                       double* variance) {
    const int trees = forest->options.trees;
    // tree after tree over a block of rows: a tree stays in the cache
    for (int begin = 0; begin < count; begin += FOREST_BLOCK) {
        const int size = count - begin < FOREST_BLOCK ? count - begin : FOREST_BLOCK;
        forest_answer answers[FOREST_BLOCK] = {{0}};
        for (int t = 0; t < trees; t++) {
            forest_add(forest, t, rows + (long)begin * forest->table.width, size, answers);
        }
        for (int i = 0; i < size; i++) {
            const double shift = answers[i].sum / trees;
            mean[begin + i] = answers[i].first + shift;
            if (variance != NULL) {
                variance[begin + i] =
                    fmax(answers[i].squares / trees - shift * shift, 0) + answers[i].within / trees;
            }
        }
    }
}

// Mean squared out-of-bag error, with the bins of `column` (or -1) taken from rows[`order`].
static double forest_error(const og_forest* forest, int column, const int* order) {
    const og_binned* table = &forest->table;
    double sum = 0;
    int judged = 0;
    for (int i = 0; i < table->count; i++) {
        const int code = column >= 0 ? table->codes[(long)column * table->count + order[i]] : 0;
        double answer = 0;
        int trees = 0;
        for (int t = 0; t < forest->options.trees; t++) {
            if (!forest->seen[(long)t * table->count + i]) {
                answer += og_tree_find_binned(&forest->trees[t], table, i, column, code)->mean;
                trees++;
            }
        }
        if (trees > 0) {
            const double error = answer / trees - forest->targets[i];
            sum += error * error;
            judged++;
        }
    }
    return judged > 0 ? sum / judged : NAN;
}

double og_forest_out_of_bag_error(const og_forest* forest) {
    return forest_error(forest, -1, NULL);
}

void og_forest_impurity_importance(const og_forest* forest, double* importance) {
    memset(importance, 0, sizeof *importance * (size_t)forest->table.width);
    for (int t = 0; t < forest->options.trees; t++) {
        og_tree_add_gains(&forest->trees[t], importance);
    }
    og_parts_normalize(importance, forest->table.width);
}

void og_forest_permutation_importance(const og_forest* forest, og_arena* arena, og_random* random,
                                      double* importance) {
    const og_arena_mark mark = og_arena_here(arena);
    const int count = forest->table.count;
    int* order = OG_NEW(arena, int, count);
    const double error = og_forest_out_of_bag_error(forest);
    for (int c = 0; c < forest->table.width; c++) {
        for (int i = 0; i < count; i++) {
            const int from = (int)og_random_below(random, (uint64_t)i + 1);
            order[i] = order[from];
            order[from] = i;
        }
        importance[c] = forest_error(forest, c, order) - error;
    }
    og_arena_rewind(arena, mark);
}
