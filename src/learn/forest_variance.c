// Functional analysis of variance of a forest. The leaves of a tree are boxes; the mean of the tree
// over a box, with some columns held, is a sum over leaves of their answer times the share of the
// other columns' values that they cover (Hutter, Hoos and Leyton-Brown, ICML 2014, theorem 3).

#include <assert.h>
#include <math.h>
#include <string.h>

#include "learn/forest.h"

// The leaves of one tree as boxes of segments: bins that no split of this tree tells apart are one.
typedef struct forest_variance_tree {
    int width;
    int leaf_count;
    double* answers;         // shape: [leaf_count]
    double* volumes;         // shape: [leaf_count]
    double* shares;          // covered part of each column, shape: [leaf_count][width]
    og_bin_set* sides;       // covered segments of each column, shape: [leaf_count][width]
    int* segment_count;      // shape: [width]
    double* segment_shares;  // shape: [width][OG_BINS]
    uint8_t* segments;       // segment of each bin, shape: [width][OG_BINS]
    double mean;
    double variance;
} forest_variance_tree;

// Number the segments of each column and sum the shares of their bins.
static void forest_variance_segment(const og_forest* forest, const og_tree* tree,
                                    forest_variance_tree* made) {
    for (int c = 0; c < made->width; c++) {
        const og_bins* bins = &forest->table.bins[c];
        bool cuts[OG_BINS] = {false};
        for (int k = 0; k < tree->count; k++) {
            if (tree->nodes[k].column == c && bins->edges != NULL) {
                cuts[tree->nodes[k].bin] = true;
            }
        }
        int segment = 0;
        for (int b = 0; b < bins->count; b++) {
            made->segments[c * OG_BINS + b] = (uint8_t)segment;
            made->segment_shares[c * OG_BINS + segment] += bins->shares[b];
            segment += b < bins->count - 1 && (bins->edges == NULL || cuts[b]);
        }
        made->segment_count[c] = segment + 1;
    }
}

static double forest_variance_covered(const forest_variance_tree* made, int column,
                                      const og_bin_set* side) {
    double sum = 0;
    for (int s = 0; s < made->segment_count[column]; s++) {
        if (og_bin_set_has(side, s)) {
            sum += made->segment_shares[column * OG_BINS + s];
        }
    }
    return sum;
}

// The box of a node's child: that of the node without the segments of the other side.
static void forest_variance_child(const og_forest* forest, const forest_variance_tree* made,
                                  const og_tree_node* node, bool left, og_bin_set* box) {
    og_bin_set side = {{0}};
    const int bins = forest->table.bins[node->column].count;
    for (int b = 0; b < bins; b++) {
        const bool goes_left = node->set != NULL ? og_bin_set_has(node->set, b) : b <= node->bin;
        if (goes_left == left) {
            og_bin_set_add(&side, made->segments[node->column * OG_BINS + b]);
        }
    }
    for (int w = 0; w < OG_BINS / 64; w++) {
        box[node->column].bits[w] &= side.bits[w];
    }
}

// Write down leaf number made->leaf_count.
static void forest_variance_leaf(forest_variance_tree* made, const og_tree_node* node,
                                 const og_bin_set* box) {
    const int leaf = made->leaf_count++;
    double volume = 1;
    for (int c = 0; c < made->width; c++) {
        const double share = forest_variance_covered(made, c, &box[c]);
        made->shares[leaf * made->width + c] = share;
        made->sides[leaf * made->width + c] = box[c];
        volume *= share;
    }
    made->answers[leaf] = node->mean;
    made->volumes[leaf] = volume;
    made->mean += volume * node->mean;
}

static forest_variance_tree forest_variance_open(const og_forest* forest, og_arena* arena,
                                                 const og_tree* tree) {
    const int width = forest->table.width;
    const size_t leaves = (size_t)tree->count / 2 + 1;
    forest_variance_tree made = {
        .width = width,
        .answers = OG_NEW(arena, double, leaves),
        .volumes = OG_NEW(arena, double, leaves),
        .shares = OG_NEW(arena, double, leaves*(size_t)width),
        .sides = OG_NEW(arena, og_bin_set, leaves * (size_t)width),
        .segment_count = OG_NEW(arena, int, width),
        .segment_shares = OG_NEW(arena, double, (size_t)width* OG_BINS),
        .segments = OG_NEW(arena, uint8_t, (size_t)width * OG_BINS),
    };
    forest_variance_segment(forest, tree, &made);
    // the boxes of all nodes; parents come before their children
    og_bin_set* boxes = OG_NEW(arena, og_bin_set, (size_t)tree->count * (size_t)width);
    memset(boxes, 0xff, sizeof *boxes * (size_t)width);
    for (int k = 0; k < tree->count; k++) {
        const og_tree_node* node = &tree->nodes[k];
        const og_bin_set* box = boxes + (long)k * width;
        if (node->column < 0) {
            forest_variance_leaf(&made, node, box);
            continue;
        }
        for (int side = 0; side < 2; side++) {
            og_bin_set* child = boxes + (long)(node->left + side) * width;
            memcpy(child, box, sizeof *box * (size_t)width);
            forest_variance_child(forest, &made, node, side == 0, child);
        }
    }
    for (int l = 0; l < made.leaf_count; l++) {
        const double off = made.answers[l] - made.mean;
        made.variance += made.volumes[l] * off * off;
    }
    return made;
}

// Part of the space that a leaf covers in all columns but `column`, and `other` unless -1.
static double forest_variance_rest(const forest_variance_tree* tree, int leaf, int column,
                                   int other) {
    double volume = 1;
    for (int c = 0; c < tree->width; c++) {
        if (c != column && c != other) {
            volume *= tree->shares[leaf * tree->width + c];
        }
    }
    return volume;
}

// Mean of the tree at each segment of `column`, less its mean, into `effect` (shape: [OG_BINS]).
static void forest_variance_effect(const forest_variance_tree* tree, int column, double* effect) {
    for (int s = 0; s < tree->segment_count[column]; s++) {
        effect[s] = 0;
    }
    for (int l = 0; l < tree->leaf_count; l++) {
        const double part =
            (tree->answers[l] - tree->mean) * forest_variance_rest(tree, l, column, -1);
        const og_bin_set* side = &tree->sides[l * tree->width + column];
        for (int s = 0; s < tree->segment_count[column]; s++) {
            effect[s] += og_bin_set_has(side, s) ? part : 0;
        }
    }
}

// Variance of the main effect of `column`.
static double forest_variance_main(const forest_variance_tree* tree, int column,
                                   const double* effect) {
    double sum = 0;
    for (int s = 0; s < tree->segment_count[column]; s++) {
        sum += tree->segment_shares[column * OG_BINS + s] * effect[s] * effect[s];
    }
    return sum;
}

// Variance of the joint effect of columns a and b beyond their main effects; `grid` (shape:
// [OG_BINS * OG_BINS]) is scratch.
static double forest_variance_pair(const forest_variance_tree* tree, int a, int b,
                                   const double* effect_a, const double* effect_b, double* grid) {
    const int rows = tree->segment_count[a];
    const int columns = tree->segment_count[b];
    memset(grid, 0, sizeof *grid * (size_t)rows * (size_t)columns);
    for (int l = 0; l < tree->leaf_count; l++) {
        const double part = (tree->answers[l] - tree->mean) * forest_variance_rest(tree, l, a, b);
        const og_bin_set* side_a = &tree->sides[l * tree->width + a];
        const og_bin_set* side_b = &tree->sides[l * tree->width + b];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns && og_bin_set_has(side_a, i); j++) {
                grid[i * columns + j] += og_bin_set_has(side_b, j) ? part : 0;
            }
        }
    }
    double sum = 0;
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
            const double rest = grid[i * columns + j] - effect_a[i] - effect_b[j];
            sum += tree->segment_shares[a * OG_BINS + i] * tree->segment_shares[b * OG_BINS + j] *
                   rest * rest;
        }
    }
    return sum;
}

void og_forest_main_effects(const og_forest* forest, og_arena* arena, double* shares) {
    const int width = forest->table.width;
    memset(shares, 0, sizeof *shares * (size_t)width);
    for (int t = 0; t < forest->options.trees; t++) {
        const og_arena_mark mark = og_arena_here(arena);
        const forest_variance_tree tree = forest_variance_open(forest, arena, &forest->trees[t]);
        for (int c = 0; c < width && tree.variance > 0; c++) {
            double effect[OG_BINS];
            forest_variance_effect(&tree, c, effect);
            shares[c] +=
                forest_variance_main(&tree, c, effect) / tree.variance / forest->options.trees;
        }
        og_arena_rewind(arena, mark);
    }
}

void og_forest_pair_effects(const og_forest* forest, og_arena* arena, double* shares) {
    const int width = forest->table.width;
    memset(shares, 0, sizeof *shares * (size_t)width * (size_t)width);
    for (int t = 0; t < forest->options.trees; t++) {
        const og_arena_mark mark = og_arena_here(arena);
        const forest_variance_tree tree = forest_variance_open(forest, arena, &forest->trees[t]);
        double* grid = OG_NEW(arena, double, OG_BINS* OG_BINS);
        double* effects = OG_NEW(arena, double, (size_t)width* OG_BINS);
        for (int c = 0; c < width; c++) {
            forest_variance_effect(&tree, c, effects + c * OG_BINS);
        }
        for (int a = 0; a < width && tree.variance > 0; a++) {
            for (int b = 0; b < a; b++) {
                const double share = forest_variance_pair(&tree, a, b, effects + a * OG_BINS,
                                                          effects + b * OG_BINS, grid) /
                                     tree.variance / forest->options.trees;
                shares[a * width + b] += share;
                shares[b * width + a] += share;
            }
        }
        og_arena_rewind(arena, mark);
    }
}

void og_forest_marginal(const og_forest* forest, og_arena* arena, int column, const double* values,
                        int count, double* mean, double* deviation) {
    assert(column >= 0 && column < forest->table.width);
    const og_bins* bins = &forest->table.bins[column];
    const int trees = forest->options.trees;
    const og_arena_mark outer = og_arena_here(arena);
    double* answers = OG_NEW(arena, double, (size_t)trees*(size_t)count);
    for (int t = 0; t < trees; t++) {
        const og_arena_mark mark = og_arena_here(arena);
        const forest_variance_tree tree = forest_variance_open(forest, arena, &forest->trees[t]);
        double effect[OG_BINS];
        forest_variance_effect(&tree, column, effect);
        for (int i = 0; i < count; i++) {
            int bin = bins->edges == NULL ? (int)values[i] : 0;
            while (bins->edges != NULL && bin < bins->count - 1 && values[i] > bins->edges[bin]) {
                bin++;
            }
            assert(bin >= 0 && bin < bins->count);
            answers[(long)t * count + i] =
                tree.mean + effect[tree.segments[column * OG_BINS + bin]];
        }
        og_arena_rewind(arena, mark);
    }
    for (int i = 0; i < count; i++) {
        double sum = 0;
        double squares = 0;
        for (int t = 0; t < trees; t++) {
            sum += answers[(long)t * count + i] / trees;
        }
        for (int t = 0; t < trees; t++) {
            const double off = answers[(long)t * count + i] - sum;
            squares += off * off / trees;
        }
        mean[i] = sum;
        deviation[i] = sqrt(squares);
    }
    og_arena_rewind(arena, outer);
}
