#include "analysis/boxes.h"

#include <string.h>

// A walk from the root to all leaves: what of each column is left on the way.
typedef struct boxes_walk {
    const og_forest* forest;
    const og_tree* tree;
    og_boxes* made;
    int* low;          // first bin, shape: [width]
    int* high;         // one past the last bin, shape: [width]
    og_bin_set* sets;  // of choices, shape: [width]
    double** covered;  // sums of the shares of a column's first bins, shape: [width][bins + 1]
    int run_capacity;
    og_arena* arena;
} boxes_walk;

int og_boxes_bins(const og_forest* forest, int column) {
    return forest->table.bins[column].count;
}

static bool boxes_is_choice(const og_forest* forest, int column) {
    return forest->table.columns[column].kind == OG_COLUMN_CHOICE;
}

int og_boxes_bin(const og_forest* forest, int column, double value) {
    const og_bins* bins = &forest->table.bins[column];
    if (bins->edges == NULL) {
        return (int)value;
    }
    int low = 0;
    for (int high = bins->count - 1; low < high;) {
        const int middle = (low + high) / 2;
        if (value <= bins->edges[middle]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static void boxes_add_run(boxes_walk* walk, int* count, int begin, int end) {
    if (*count == walk->run_capacity) {
        const int larger = 2 * walk->run_capacity;
        og_run* runs = OG_NEW(walk->arena, og_run, larger);
        memcpy(runs, walk->made->runs, sizeof *runs * (size_t)*count);
        walk->made->runs = runs;
        walk->run_capacity = larger;
    }
    walk->made->runs[(*count)++] = (og_run){(uint16_t)begin, (uint16_t)end};
}

// Write down the runs of one column at the present place, and return the share of them.
static double boxes_write_column(boxes_walk* walk, int column, int* count) {
    if (!boxes_is_choice(walk->forest, column)) {
        boxes_add_run(walk, count, walk->low[column], walk->high[column]);
        return walk->covered[column][walk->high[column]] - walk->covered[column][walk->low[column]];
    }
    const int bins = og_boxes_bins(walk->forest, column);
    double share = 0;
    for (int begin = 0; begin < bins;) {
        int end = begin;
        while (end < bins && og_bin_set_has(&walk->sets[column], end)) {
            end++;
        }
        if (end > begin) {
            boxes_add_run(walk, count, begin, end);
            share += walk->covered[column][end] - walk->covered[column][begin];
        }
        begin = end + 1;
    }
    return share;
}

static void boxes_write_leaf(boxes_walk* walk, double answer) {
    og_boxes* made = walk->made;
    const int leaf = made->leaf_count++;
    int count = made->first_run[leaf * made->width];
    double volume = 1;
    for (int c = 0; c < made->width; c++) {
        const double share = boxes_write_column(walk, c, &count);
        made->shares[leaf * made->width + c] = share;
        made->first_run[leaf * made->width + c + 1] = count;
        volume *= share;
    }
    made->answers[leaf] = answer;
    made->volumes[leaf] = volume;
    made->mean += volume * answer;
}

// The depth of trees is limited by the forest's options.
static void boxes_visit(boxes_walk* walk, int at) {
    const og_tree_node* node = &walk->tree->nodes[at];
    if (node->column < 0) {
        boxes_write_leaf(walk, node->mean);
        return;
    }
    const int c = node->column;
    if (node->set == NULL) {
        const int low = walk->low[c];
        const int high = walk->high[c];
        walk->high[c] = node->bin + 1 < high ? node->bin + 1 : high;
        boxes_visit(walk, node->left);
        walk->high[c] = high;
        walk->low[c] = node->bin + 1 > low ? node->bin + 1 : low;
        boxes_visit(walk, node->left + 1);
        walk->low[c] = low;
        return;
    }
    const og_bin_set whole = walk->sets[c];
    for (int side = 0; side < 2; side++) {
        for (int w = 0; w < OG_BINS / 64; w++) {
            const uint64_t left = node->set->bits[w];
            walk->sets[c].bits[w] = whole.bits[w] & (side == 0 ? left : ~left);
        }
        boxes_visit(walk, node->left + side);
    }
    walk->sets[c] = whole;
}

static void boxes_open_column(boxes_walk* walk, int column) {
    const og_bins* bins = &walk->forest->table.bins[column];
    walk->covered[column] = OG_NEW(walk->arena, double, bins->count + 1);
    for (int b = 0; b < bins->count; b++) {
        walk->covered[column][b + 1] = walk->covered[column][b] + bins->shares[b];
        og_bin_set_add(&walk->sets[column], b);
    }
    walk->high[column] = bins->count;
}

og_boxes og_boxes_make(og_arena* arena, const og_forest* forest, int tree) {
    const int width = forest->table.width;
    const size_t leaves = (size_t)forest->trees[tree].count / 2 + 1;
    og_boxes made = {
        .forest = forest,
        .width = width,
        .answers = OG_NEW(arena, double, leaves),
        .volumes = OG_NEW(arena, double, leaves),
        .shares = OG_NEW(arena, double, leaves*(size_t)width),
        .first_run = OG_NEW(arena, int, leaves*(size_t)width + 1),
        .runs = OG_NEW(arena, og_run, leaves * (size_t)width),
    };
    boxes_walk walk = {
        .forest = forest,
        .tree = &forest->trees[tree],
        .made = &made,
        .low = OG_NEW(arena, int, width),
        .high = OG_NEW(arena, int, width),
        .sets = OG_NEW(arena, og_bin_set, width),
        .covered = OG_NEW(arena, double*, width),
        .run_capacity = (int)(leaves * (size_t)width),
        .arena = arena,
    };
    for (int c = 0; c < width; c++) {
        boxes_open_column(&walk, c);
    }
    boxes_visit(&walk, 0);
    for (int l = 0; l < made.leaf_count; l++) {
        made.answers[l] -= made.mean;
        made.variance += made.volumes[l] * made.answers[l] * made.answers[l];
    }
    return made;
}

// The part of the space that a leaf covers in all columns but a and b; b may be a.
static double boxes_rest(const og_boxes* boxes, int leaf, int a, int b) {
    const double* shares = boxes->shares + (long)leaf * boxes->width;
    const double held = a == b ? shares[a] : shares[a] * shares[b];
    return held > 0 ? boxes->volumes[leaf] / held : 0;
}

void og_boxes_effect(const og_boxes* boxes, int column, double* effect) {
    const int bins = og_boxes_bins(boxes->forest, column);
    double steps[OG_BINS + 1] = {0};
    for (int l = 0; l < boxes->leaf_count; l++) {
        const double part = boxes->answers[l] * boxes_rest(boxes, l, column, column);
        const int* first = &boxes->first_run[(long)l * boxes->width + column];
        for (int r = first[0]; r < first[1]; r++) {
            steps[boxes->runs[r].begin] += part;
            steps[boxes->runs[r].end] -= part;
        }
    }
    double sum = 0;
    for (int b = 0; b < bins; b++) {
        sum += steps[b];
        effect[b] = sum;
    }
}

double og_boxes_effect_variance(const og_boxes* boxes, int column, const double* effect) {
    const og_bins* bins = &boxes->forest->table.bins[column];
    double sum = 0;
    for (int b = 0; b < bins->count; b++) {
        sum += bins->shares[b] * effect[b] * effect[b];
    }
    return sum;
}

// Each box is four steps at its corners, and the grid the sum of the steps before each cell.
void og_boxes_pair(const og_boxes* boxes, int a, int b, double* grid) {
    const int rows = og_boxes_bins(boxes->forest, a);
    const int columns = og_boxes_bins(boxes->forest, b);
    const int stride = columns + 1;
    memset(grid, 0, sizeof *grid * (size_t)(rows + 1) * (size_t)stride);
    for (int l = 0; l < boxes->leaf_count; l++) {
        const double part = boxes->answers[l] * boxes_rest(boxes, l, a, b);
        const int* first_a = &boxes->first_run[(long)l * boxes->width + a];
        const int* first_b = &boxes->first_run[(long)l * boxes->width + b];
        for (int i = first_a[0]; i < first_a[1]; i++) {
            double* top = grid + boxes->runs[i].begin * stride;
            double* bottom = grid + boxes->runs[i].end * stride;
            for (int j = first_b[0]; j < first_b[1]; j++) {
                top[boxes->runs[j].begin] += part;
                top[boxes->runs[j].end] -= part;
                bottom[boxes->runs[j].begin] -= part;
                bottom[boxes->runs[j].end] += part;
            }
        }
    }
    double sums[OG_BINS] = {0};
    for (int i = 0; i < rows; i++) {
        double along = 0;
        for (int j = 0; j < columns; j++) {
            along += grid[i * stride + j];
            sums[j] += along;
            grid[i * columns + j] = sums[j];
        }
    }
}

double og_boxes_pair_variance(const og_boxes* boxes, int a, int b, const double* grid,
                              const double* effect_a, const double* effect_b) {
    const og_bins* bins_a = &boxes->forest->table.bins[a];
    const og_bins* bins_b = &boxes->forest->table.bins[b];
    double sum = 0;
    for (int i = 0; i < bins_a->count; i++) {
        double row = 0;
        for (int j = 0; j < bins_b->count; j++) {
            const double rest = grid[i * bins_b->count + j] - effect_a[i] - effect_b[j];
            row += bins_b->shares[j] * rest * rest;
        }
        sum += bins_a->shares[i] * row;
    }
    return sum;
}
