// The surrogate: a regression forest over the parameters of a study, and what it says of them.

#include <math.h>
#include <string.h>

#include "analysis/analysis.h"
#include "analysis/boxes.h"
#include "ogive/forest.h"
#include "ogive/random.h"

enum {
    SURROGATE_ROWS = 2000,  // by default
    SURROGATE_MOST_ROWS = 5000,
    SURROGATE_CHOICES = 256  // most levels of a choice that a forest takes
};
#define SURROGATE_LEVELS 0x1p20  // ordinals beyond are as good as reals

struct og_surrogate_internals {
    const og_forest* forest;
    og_column* columns;  // list: [width]
    int** levels;        // of choices: level in the forest of each choice, -1 = not seen; else NULL
    double* effects;     // of each tree, column and bin, less the mean of the tree, shape:
                         // [trees][width][OG_BINS]
    double* means;       // of each tree, shape: [trees]
    double* variances;   // of each tree, shape: [trees]
    uint64_t seed;
    bool constant;
};

static og_column surrogate_column(const og_parameter* parameter) {
    const double levels = (double)og_parameter_levels(parameter);
    const bool ratio = parameter->kind == OG_INTEGER && parameter->scale == OG_LOGARITHMIC;
    if (parameter->kind == OG_REAL || ratio || levels > SURROGATE_LEVELS) {
        return (og_column){.kind = OG_COLUMN_REAL};
    }
    const bool choice = parameter->kind == OG_CHOICE && levels <= SURROGATE_CHOICES;
    return (og_column){.kind = choice ? OG_COLUMN_CHOICE : OG_COLUMN_ORDINAL,
                       .levels = (int)levels};
}

// Number the choices that occur in `designs`, so that the space holds no others.
static void surrogate_number(og_arena* arena, const og_analysis* analysis, int parameter,
                             const int64_t* designs, int64_t count,
                             struct og_surrogate_internals* own) {
    og_column* column = &own->columns[parameter];
    int* levels = OG_NEW(arena, int, column->levels);
    for (int64_t i = 0; i < count; i++) {
        levels[(int)analysis->trials[designs[i]].x[parameter]] = 1;
    }
    int seen = 0;
    for (int l = 0; l < column->levels; l++) {
        levels[l] = levels[l] ? seen++ : -1;
    }
    column->levels = seen;
    own->levels[parameter] = levels;
}

// A value as the forest takes it; -1 for a choice that it has not seen.
static double surrogate_value(const og_surrogate* surrogate, int parameter, double value) {
    const struct og_surrogate_internals* own = surrogate->internals;
    const og_parameter* row = &surrogate->analysis->record->space.parameters[parameter];
    switch (own->columns[parameter].kind) {
    case OG_COLUMN_REAL: return og_analysis_position(row, value);
    case OG_COLUMN_CHOICE: return own->levels[parameter][(int)value];
    case OG_COLUMN_ORDINAL: break;
    }
    return (double)og_parameter_level(row, value);
}

// Designs with a value of the quantity, and how many there are of them before sampling.
static int64_t* surrogate_choose(og_arena* arena, const og_analysis* analysis,
                                 const og_quantity* quantity, int64_t most, uint64_t seed,
                                 int64_t* count, int64_t* available) {
    int64_t* known = OG_NEW(arena, int64_t, analysis->distinct_count);
    *available = 0;
    for (int64_t i = 0; i < analysis->distinct_count; i++) {
        if (isfinite(quantity->values[analysis->distinct[i]])) {
            known[(*available)++] = analysis->distinct[i];
        }
    }
    int64_t* chosen = og_analysis_draw(arena, *available, most, seed);
    *count = *available < most ? *available : most;
    for (int64_t i = 0; i < *count; i++) {
        chosen[i] = known[chosen[i]];
    }
    return chosen;
}

static double surrogate_variance(const double* values, int64_t count) {
    double mean = 0;
    for (int64_t i = 0; i < count; i++) {
        mean += (values[i] - mean) / (double)(i + 1);
    }
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += (values[i] - mean) * (values[i] - mean);
    }
    return sum / (double)count;
}

// True when the designs are all that the columns can combine to.
static bool surrogate_is_complete(const og_surrogate* surrogate) {
    const struct og_surrogate_internals* own = surrogate->internals;
    double combinations = 1;
    for (int c = 0; c < surrogate->analysis->record->space.count; c++) {
        combinations *=
            own->columns[c].kind == OG_COLUMN_REAL ? INFINITY : (double)own->columns[c].levels;
    }
    return combinations == (double)surrogate->rows;
}

static void surrogate_grow(og_arena* arena, og_surrogate* surrogate, const int64_t* designs,
                           int trees) {
    const og_analysis* analysis = surrogate->analysis;
    struct og_surrogate_internals* own = surrogate->internals;
    const int width = analysis->record->space.count;
    double* rows = OG_NEW(arena, double, (size_t)surrogate->rows*(size_t)width);
    double* targets = OG_NEW(arena, double, surrogate->rows);
    for (int64_t i = 0; i < surrogate->rows; i++) {
        const double* x = analysis->trials[designs[i]].x;
        for (int c = 0; c < width; c++) {
            rows[i * width + c] = surrogate_value(surrogate, c, x[c]);
        }
        targets[i] = surrogate->quantity.values[designs[i]];
    }
    const double variance = surrogate_variance(targets, surrogate->rows);
    // where every combination is there, one tree tells each of them exactly
    const bool complete = surrogate_is_complete(surrogate);
    const og_forest_options options = {.trees = complete ? 1 : trees,
                                       .columns = complete ? 1 : 0,
                                       .whole = complete,
                                       .seed = own->seed};
    own->forest =
        og_forest_fit(arena, own->columns, width, rows, targets, (int)surrogate->rows, &options);
    own->constant = !(variance > 0);
    surrogate->explained = 1;
    if (own->constant) {
        surrogate->explained = NAN;
    } else if (!complete) {
        surrogate->explained = 1 - og_forest_out_of_bag_error(own->forest) / variance;
    }
}

static double* surrogate_effect(const og_surrogate* surrogate, int tree, int column) {
    const int width = surrogate->analysis->record->space.count;
    return surrogate->internals->effects + ((long)tree * width + column) * OG_BINS;
}

// The main effects of all trees.
static void surrogate_tabulate(og_arena* arena, og_surrogate* surrogate) {
    struct og_surrogate_internals* own = surrogate->internals;
    const int width = surrogate->analysis->record->space.count;
    const int trees = own->forest->options.trees;
    own->effects = OG_NEW(arena, double, (size_t)trees*(size_t)width* OG_BINS);
    own->means = OG_NEW(arena, double, trees);
    own->variances = OG_NEW(arena, double, trees);
    for (int t = 0; t < trees; t++) {
        const og_arena_mark mark = og_arena_here(arena);
        const og_boxes boxes = og_boxes_make(arena, own->forest, t);
        own->means[t] = boxes.mean;
        own->variances[t] = boxes.variance;
        for (int c = 0; c < width; c++) {
            og_boxes_effect(&boxes, c, surrogate_effect(surrogate, t, c));
        }
        og_arena_rewind(arena, mark);
    }
}

const og_surrogate* og_surrogate_fit(og_arena* arena, const og_analysis* analysis,
                                     const og_quantity* quantity,
                                     const og_surrogate_options* options) {
    const og_surrogate_options given = options ? *options : (og_surrogate_options){0};
    const int64_t wanted = given.rows > 0 ? given.rows : SURROGATE_ROWS;
    const int64_t most = wanted < SURROGATE_MOST_ROWS ? wanted : SURROGATE_MOST_ROWS;
    const uint64_t seed = given.seed ? given.seed : 1;
    og_surrogate* surrogate = OG_NEW(arena, og_surrogate, 1);
    struct og_surrogate_internals* own = OG_NEW(arena, struct og_surrogate_internals, 1);
    *surrogate = (og_surrogate){.analysis = analysis, .quantity = *quantity, .internals = own};
    const int64_t* designs = surrogate_choose(arena, analysis, quantity, most, seed,
                                              &surrogate->rows, &surrogate->available);
    if (surrogate->rows == 0) {
        return NULL;
    }
    const og_space_table* space = &analysis->record->space;
    own->seed = seed;
    own->columns = OG_NEW(arena, og_column, space->count);
    own->levels = OG_NEW(arena, int*, space->count);
    for (int c = 0; c < space->count; c++) {
        own->columns[c] = surrogate_column(&space->parameters[c]);
        if (own->columns[c].kind == OG_COLUMN_CHOICE) {
            surrogate_number(arena, analysis, c, designs, surrogate->rows, own);
        }
    }
    surrogate_grow(arena, surrogate, designs, given.trees);
    surrogate_tabulate(arena, surrogate);
    return surrogate;
}

double og_surrogate_predict(const og_surrogate* surrogate, og_arena* scratch, const double* x) {
    const int width = surrogate->analysis->record->space.count;
    const og_arena_mark mark = og_arena_here(scratch);
    double* row = OG_NEW(scratch, double, width);
    bool known = true;
    for (int c = 0; c < width; c++) {
        row[c] = surrogate_value(surrogate, c, x[c]);
        known = known && row[c] >= 0;
    }
    double mean = NAN;
    if (known) {
        og_forest_predict(surrogate->internals->forest, row, 1, &mean, NULL);
    }
    og_arena_rewind(scratch, mark);
    return mean;
}

// Shares of the variance of one tree, whose part in the mean over trees is `weight`.
static void surrogate_share_tree(const og_surrogate* surrogate, const og_boxes* boxes, int tree,
                                 double weight, double* grid, og_importance* importance) {
    const int width = importance->width;
    for (int a = 0; a < width; a++) {
        const double* effect_a = surrogate_effect(surrogate, tree, a);
        importance->alone[a] += weight * og_boxes_effect_variance(boxes, a, effect_a);
        for (int b = 0; b < a; b++) {
            og_boxes_pair(boxes, a, b, grid);
            const double share =
                weight * og_boxes_pair_variance(boxes, a, b, grid, effect_a,
                                                surrogate_effect(surrogate, tree, b));
            importance->pairs[a * width + b] += share;
            importance->pairs[b * width + a] += share;
        }
    }
}

static void surrogate_share(const og_surrogate* surrogate, og_arena* arena,
                            og_importance* importance) {
    const struct og_surrogate_internals* own = surrogate->internals;
    const int trees = own->forest->options.trees;
    int varying = 0;
    for (int t = 0; t < trees; t++) {
        varying += own->variances[t] > 0;
    }
    const og_arena_mark mark = og_arena_here(arena);
    double* grid = OG_NEW(arena, double, (OG_BINS + 1) * (OG_BINS + 1));
    for (int t = 0; t < trees; t++) {
        if (own->variances[t] > 0) {
            const og_arena_mark inner = og_arena_here(arena);
            const og_boxes boxes = og_boxes_make(arena, own->forest, t);
            surrogate_share_tree(surrogate, &boxes, t, 1 / own->variances[t] / varying, grid,
                                 importance);
            og_arena_rewind(arena, inner);
        }
    }
    og_arena_rewind(arena, mark);
}

void og_surrogate_importance(const og_surrogate* surrogate, og_arena* arena,
                             og_importance* importance) {
    const int width = surrogate->analysis->record->space.count;
    *importance = (og_importance){
        .width = width,
        .alone = OG_NEW(arena, double, width),
        .pairs = OG_NEW(arena, double, (size_t)width*(size_t)width),
        .total = OG_NEW(arena, double, width),
        .order = OG_NEW(arena, int, width),
    };
    if (!surrogate->internals->constant) {
        surrogate_share(surrogate, arena, importance);
    }
    double sum = 0;
    for (int i = 0; i < width; i++) {
        importance->total[i] = importance->alone[i];
        sum += importance->alone[i];
        for (int j = 0; j < width; j++) {
            importance->total[i] += importance->pairs[i * width + j];
            sum += 0.5 * importance->pairs[i * width + j];
        }
    }
    importance->rest = surrogate->internals->constant ? 0 : fmax(1 - sum, 0);
    og_ranked_order(arena, importance->total, width, importance->order);
}

// Bin of a value; -1 for a choice that the forest has not seen.
static int surrogate_bin(const og_surrogate* surrogate, int parameter, double value) {
    const double known = surrogate_value(surrogate, parameter, value);
    return known < 0 ? -1 : og_boxes_bin(surrogate->internals->forest, parameter, known);
}

void og_surrogate_marginal(const og_surrogate* surrogate, int parameter, double value, double* mean,
                           double* deviation) {
    const struct og_surrogate_internals* own = surrogate->internals;
    const int trees = own->forest->options.trees;
    const int bin = surrogate_bin(surrogate, parameter, value);
    *mean = *deviation = NAN;
    if (bin < 0) {
        return;
    }
    double sum = 0;
    for (int t = 0; t < trees; t++) {
        sum += own->means[t] + surrogate_effect(surrogate, t, parameter)[bin];
    }
    double squares = 0;
    for (int t = 0; t < trees; t++) {
        const double off =
            own->means[t] + surrogate_effect(surrogate, t, parameter)[bin] - sum / trees;
        squares += off * off;
    }
    *mean = sum / trees;
    *deviation = sqrt(squares / trees);
}

void og_surrogate_joint(const og_surrogate* surrogate, og_arena* arena, int row, int column,
                        const double* row_values, int row_count, const double* column_values,
                        int column_count, double* mean) {
    const struct og_surrogate_internals* own = surrogate->internals;
    const int trees = own->forest->options.trees;
    const int stride = og_boxes_bins(own->forest, column);
    const og_arena_mark mark = og_arena_here(arena);
    double* grid = OG_NEW(arena, double, (OG_BINS + 1) * (OG_BINS + 1));
    memset(mean, 0, sizeof *mean * (size_t)row_count * (size_t)column_count);
    for (int t = 0; t < trees; t++) {
        const og_arena_mark inner = og_arena_here(arena);
        const og_boxes boxes = og_boxes_make(arena, own->forest, t);
        og_boxes_pair(&boxes, row, column, grid);
        for (int i = 0; i < row_count; i++) {
            const int a = surrogate_bin(surrogate, row, row_values[i]);
            for (int j = 0; j < column_count; j++) {
                const int b = surrogate_bin(surrogate, column, column_values[j]);
                const bool known = a >= 0 && b >= 0;
                mean[i * column_count + j] +=
                    known ? (boxes.mean + grid[a * stride + b]) / trees : NAN;
            }
        }
        og_arena_rewind(arena, inner);
    }
    og_arena_rewind(arena, mark);
}
