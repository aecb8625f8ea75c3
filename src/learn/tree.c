// Growing regression trees: for each column of a node, rows are gathered by bin, then every cut
// between bins is scored by the squared error it removes.

#include "learn/tree.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { TREE_FEW_ROWS = 16 };  // up to which sorting is faster than clearing a histogram

// The rows of a node in one bin.
typedef struct tree_group {
    int bin;
    int count;
    double sum;
} tree_group;

typedef struct tree_split {
    int column;  // -1: none yet
    int bin;     // last bin on the left, of a column that is no choice
    double score;
    og_bin_set set;  // bins on the left, of a choice
} tree_split;

typedef struct tree_grower {
    og_arena* arena;
    const og_binned* table;
    const og_tree_options* options;
    og_random* random;
    og_tree_row* rows;
    int* columns;  // in the order in which they are tried, shape: [width]
    int tries;     // columns tried for each split
    og_tree tree;
    int histogram_counts[OG_BINS];
    double histogram_sums[OG_BINS];
    tree_group groups[OG_BINS];
} tree_grower;

// Groups by sorting the rows of a small node.
static int tree_sort_groups(tree_grower* grower, const uint8_t* codes, int begin, int end) {
    tree_group* groups = grower->groups;
    int count = 0;
    for (int i = begin; i < end; i++) {
        const og_tree_row* row = &grower->rows[i];
        const int bin = codes[row->row];
        int at = count;
        while (at > 0 && groups[at - 1].bin > bin) {
            at--;
        }
        if (at > 0 && groups[at - 1].bin == bin) {
            groups[at - 1].count += row->weight;
            groups[at - 1].sum += row->weight * row->target;
            continue;
        }
        for (int k = count; k > at; k--) {
            groups[k] = groups[k - 1];
        }
        groups[at] = (tree_group){bin, row->weight, row->weight * row->target};
        count++;
    }
    return count;
}

// The bins that rows [begin, end) fill, in order, and their number.
static int tree_gather(tree_grower* grower, int column, int begin, int end) {
    const uint8_t* codes = grower->table->codes + (long)column * grower->table->count;
    const int bins = grower->table->bins[column].count;
    if (end - begin <= TREE_FEW_ROWS && bins > 2 * (end - begin)) {
        return tree_sort_groups(grower, codes, begin, end);
    }
    int* counts = grower->histogram_counts;
    double* sums = grower->histogram_sums;
    memset(counts, 0, sizeof *counts * (size_t)bins);
    memset(sums, 0, sizeof *sums * (size_t)bins);
    for (int i = begin; i < end; i++) {
        const og_tree_row* row = &grower->rows[i];
        const int bin = codes[row->row];
        counts[bin] += row->weight;
        sums[bin] += row->weight * row->target;
    }
    int count = 0;
    for (int b = 0; b < bins; b++) {
        // without a branch, which would be a coin's toss
        grower->groups[count] = (tree_group){b, counts[b], sums[b]};
        count += counts[b] > 0;
    }
    return count;
}

// Order groups by their mean target: for squared error, the best subset is then a prefix.
static void tree_order_by_mean(tree_group* groups, int count) {
    for (int i = 1; i < count; i++) {
        const tree_group moved = groups[i];
        int at = i;
        while (at > 0 && groups[at - 1].sum * moved.count > moved.sum * groups[at - 1].count) {
            groups[at] = groups[at - 1];
            at--;
        }
        groups[at] = moved;
    }
}

// A random cut: of a choice, a random subset in front; else the place of a threshold drawn
// uniformly between the outermost values. Returns the number of groups on the left.
static int tree_cut_randomly(tree_grower* grower, int column, int count) {
    tree_group* groups = grower->groups;
    const double* edges = grower->table->bins[column].edges;
    if (edges == NULL) {
        const int left = 1 + (int)og_random_below(grower->random, (uint64_t)count - 1);
        for (int i = 0; i < left; i++) {
            const int from = i + (int)og_random_below(grower->random, (uint64_t)(count - i));
            const tree_group kept = groups[i];
            groups[i] = groups[from];
            groups[from] = kept;
        }
        return left;
    }
    const double low = edges[groups[0].bin];
    const double high = edges[groups[count - 1].bin - 1];
    const double drawn = low + (high - low) * og_random_uniform(grower->random);
    int left = 1;
    while (left < count - 1 && edges[groups[left].bin] <= drawn) {
        left++;
    }
    return left;
}

// Keep the cut behind the first `left` of `count` groups of `column` as the best so far.
static void tree_keep(const tree_grower* grower, int column, int left, int count, bool most_left,
                      tree_split* best) {
    const tree_group* groups = grower->groups;
    best->column = column;
    if (grower->table->bins[column].edges != NULL) {
        best->bin = (groups[left - 1].bin + groups[left].bin - 1) / 2;
        return;
    }
    // empty levels go where most rows go: start with none or with all of them on the left
    memset(&best->set, most_left ? 0xff : 0, sizeof best->set);
    const int from = most_left ? left : 0;
    const int to = most_left ? count : left;
    for (int i = from; i < to; i++) {
        best->set.bits[groups[i].bin / 64] ^= (uint64_t)1 << (groups[i].bin % 64);
    }
}

// Score the cuts of `column`; false when all rows are in one bin.
static bool tree_try(tree_grower* grower, int column, const og_tree_node* node, double sum,
                     tree_split* best) {
    const int count = tree_gather(grower, column, node->begin, node->end);
    if (count < 2) {
        return false;
    }
    const og_tree_options* options = grower->options;
    int from = 1;
    int to = count - 1;
    if (options->random_cuts) {
        from = to = tree_cut_randomly(grower, column, count);
    } else if (grower->table->bins[column].edges == NULL) {
        tree_order_by_mean(grower->groups, count);
    }
    int left_rows = 0;
    double left_sum = 0;
    for (int left = 1; left <= to; left++) {
        left_rows += grower->groups[left - 1].count;
        left_sum += grower->groups[left - 1].sum;
        const int right_rows = node->weight - left_rows;
        if (left < from || left_rows < options->least_rows || right_rows < options->least_rows) {
            continue;
        }
        const double right_sum = sum - left_sum;
        const double score = left_sum * left_sum / (left_rows + options->penalty) +
                             right_sum * right_sum / (right_rows + options->penalty);
        if (score > best->score) {
            best->score = score;
            tree_keep(grower, column, left, count, left_rows > right_rows, best);
        }
    }
    return true;
}

// The best split of a node over randomly tried columns.
static tree_split tree_search(tree_grower* grower, const og_tree_node* node, double sum) {
    tree_split best = {.column = -1, .score = -INFINITY};
    const int width = grower->table->width;
    int tried = 0;
    for (int c = 0; c < width && (tried < grower->tries || best.column < 0); c++) {
        if (grower->tries < width) {
            const int from = c + (int)og_random_below(grower->random, (uint64_t)(width - c));
            const int kept = grower->columns[c];
            grower->columns[c] = grower->columns[from];
            grower->columns[from] = kept;
        }
        // columns with one value left do not count as tried
        tried += tree_try(grower, grower->columns[c], node, sum, &best);
    }
    return best;
}

static bool tree_binned_left(const og_tree_node* node, int bin) {
    return node->set != NULL ? og_bin_set_has(node->set, bin) : bin <= node->bin;
}

// Put the rows that go left in front; returns where the others begin.
static int tree_partition(tree_grower* grower, const og_tree_node* node) {
    const uint8_t* codes = grower->table->codes + (long)node->column * grower->table->count;
    int begin = node->begin;
    int end = node->end;
    while (begin < end) {
        const og_tree_row row = grower->rows[begin];
        if (tree_binned_left(node, codes[row.row])) {
            begin++;
            continue;
        }
        end--;
        grower->rows[begin] = grower->rows[end];
        grower->rows[end] = row;
    }
    return begin;
}

// Fill in weight, mean and variance of a node's targets; false when they are all equal.
static bool tree_measure(const tree_grower* grower, og_tree_node* node, double* sum) {
    const og_tree_row* rows = grower->rows;
    const double first = rows[node->begin].target;
    bool differ = false;
    *sum = 0;
    for (int i = node->begin; i < node->end; i++) {
        node->weight += rows[i].weight;
        *sum += rows[i].weight * rows[i].target;
        differ = differ || rows[i].target != first;
    }
    node->mean = differ ? *sum / node->weight : first;
    for (int i = node->begin; i < node->end && differ; i++) {
        const double off = rows[i].target - node->mean;
        node->variance += rows[i].weight * off * off / node->weight;
    }
    return differ;
}

// Split node `index` when that is possible: adds its two children.
static bool tree_split_node(tree_grower* grower, int index, int depth) {
    og_tree_node* node = &grower->tree.nodes[index];
    const og_tree_options* options = grower->options;
    node->column = -1;
    double sum;
    const bool differ = tree_measure(grower, node, &sum);
    if (!differ || node->weight < 2 * options->least_rows || depth >= options->depth) {
        return false;
    }
    const tree_split split = tree_search(grower, node, sum);
    if (split.column < 0) {
        return false;
    }
    node->column = split.column;
    node->gain = fmax(split.score - sum * sum / (node->weight + options->penalty), 0);
    const double* edges = grower->table->bins[split.column].edges;
    if (edges != NULL) {
        node->bin = split.bin;
        node->threshold = edges[split.bin];
    } else {
        node->set = OG_NEW(grower->arena, og_bin_set, 1);
        *node->set = split.set;
    }
    node->left = grower->tree.count;
    const int middle = tree_partition(grower, node);
    assert(middle > node->begin && middle < node->end);
    og_tree_node* children = &grower->tree.nodes[grower->tree.count];
    children[0] = (og_tree_node){.begin = node->begin, .end = middle};
    children[1] = (og_tree_node){.begin = middle, .end = node->end};
    grower->tree.count += 2;
    return true;
}

// Most nodes that a tree can have.
static int tree_room(const og_tree_options* options, int leaves) {
    const int most = options->depth < 30 ? 1 << options->depth : leaves;
    return 2 * (leaves < most ? leaves : most) - 1;
}

og_tree og_tree_grow(og_arena* arena, const og_binned* table, const og_tree_options* options,
                     og_random* random, og_tree_row* rows, int count) {
    assert(count >= 1 && options->least_rows >= 1 && options->columns > 0);
    const int room = tree_room(options, count);
    og_tree_node* nodes = og_arena_allocate_raw(arena, sizeof *nodes * (size_t)room);
    int* depths = og_arena_allocate_raw(arena, sizeof *depths * (size_t)room);
    tree_grower grower = {.arena = arena,
                          .table = table,
                          .options = options,
                          .random = random,
                          .rows = rows,
                          .columns = OG_NEW(arena, int, table->width),
                          .tries = (int)ceil(options->columns * table->width - 1e-9),
                          .tree = {nodes, 1}};
    for (int c = 0; c < table->width; c++) {
        grower.columns[c] = c;
    }
    nodes[0] = (og_tree_node){.begin = 0, .end = count};
    depths[0] = 0;
    // children follow their parents, so one pass over the growing list visits all
    for (int i = 0; i < grower.tree.count; i++) {
        if (tree_split_node(&grower, i, depths[i])) {
            depths[grower.tree.count - 2] = depths[grower.tree.count - 1] = depths[i] + 1;
        }
    }
    assert(grower.tree.count <= room);
    return grower.tree;
}

const og_tree_node* og_tree_find(const og_tree* tree, const og_column* columns, const double* row) {
    const og_tree_node* node = tree->nodes;
    while (node->column >= 0) {
        const double value = row[node->column];
        bool left = value <= node->threshold;
        if (node->set != NULL) {
            assert(value >= 0 && value < columns[node->column].levels);
            left = og_bin_set_has(node->set, (int)value);
        }
        node = tree->nodes + node->left + !left;
    }
    (void)columns;
    return node;
}

const og_tree_node* og_tree_find_binned(const og_tree* tree, const og_binned* table, int row,
                                        int column, int code) {
    const og_tree_node* node = tree->nodes;
    while (node->column >= 0) {
        const int bin =
            node->column == column ? code : table->codes[(long)node->column * table->count + row];
        node = tree->nodes + node->left + !tree_binned_left(node, bin);
    }
    return node;
}

void og_tree_add_gains(const og_tree* tree, double* gains) {
    for (int i = 0; i < tree->count; i++) {
        if (tree->nodes[i].column >= 0) {
            gains[tree->nodes[i].column] += tree->nodes[i].gain;
        }
    }
}

void og_parts_normalize(double* parts, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += parts[i];
    }
    for (int i = 0; i < count && sum > 0; i++) {
        parts[i] /= sum;
    }
}
