// The surrogate: a regression forest over the parameters of a study, and what it says of them.

#include <math.h>
#include <string.h>

#include "analysis/analysis.h"
#include "ogive/forest.h"
#include "ogive/random.h"

enum {
    SURROGATE_ROWS = 5000,
    SURROGATE_SPREAD = 256,  // designs that joint means are over
    SURROGATE_CHOICES = 256  // most levels of a choice that a forest takes
};
#define SURROGATE_LEVELS 0x1p20  // ordinals beyond are as good as reals

struct og_surrogate_internals {
    const og_forest* forest;
    og_column* columns;  // list: [width]
    int** levels;        // of choices: level in the forest of each choice, -1 = not seen; else NULL
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

const og_surrogate* og_surrogate_fit(og_arena* arena, const og_analysis* analysis,
                                     const og_quantity* quantity,
                                     const og_surrogate_options* options) {
    const og_surrogate_options given = options ? *options : (og_surrogate_options){0};
    const bool fewer = given.rows > 0 && given.rows < SURROGATE_ROWS;
    const uint64_t seed = given.seed ? given.seed : 1;
    og_surrogate* surrogate = OG_NEW(arena, og_surrogate, 1);
    struct og_surrogate_internals* own = OG_NEW(arena, struct og_surrogate_internals, 1);
    *surrogate = (og_surrogate){.analysis = analysis, .quantity = *quantity, .internals = own};
    const int64_t* designs =
        surrogate_choose(arena, analysis, quantity, fewer ? given.rows : SURROGATE_ROWS, seed,
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
    return surrogate;
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
        og_forest_main_effects(surrogate->internals->forest, arena, importance->alone);
        og_forest_pair_effects(surrogate->internals->forest, arena, importance->pairs);
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

void og_surrogate_marginal(const og_surrogate* surrogate, og_arena* arena, int parameter,
                           const double* values, int count, double* mean, double* deviation) {
    const og_arena_mark mark = og_arena_here(arena);
    double* known = OG_NEW(arena, double, count);
    int* places = OG_NEW(arena, int, count);
    int known_count = 0;
    for (int i = 0; i < count; i++) {
        const double value = surrogate_value(surrogate, parameter, values[i]);
        mean[i] = deviation[i] = NAN;
        if (value >= 0) {
            known[known_count] = value;
            places[known_count++] = i;
        }
    }
    double* means = OG_NEW(arena, double, known_count);
    double* deviations = OG_NEW(arena, double, known_count);
    og_forest_marginal(surrogate->internals->forest, arena, parameter, known, known_count, means,
                       deviations);
    for (int i = 0; i < known_count; i++) {
        mean[places[i]] = means[i];
        deviation[places[i]] = deviations[i];
    }
    og_arena_rewind(arena, mark);
}

// Designs of which each column runs evenly over its values, in an order of its own (a Latin
// hypercube), shape: [SURROGATE_SPREAD][width].
static double* surrogate_spread(const og_surrogate* surrogate, og_arena* arena) {
    const struct og_surrogate_internals* own = surrogate->internals;
    const int width = surrogate->analysis->record->space.count;
    double* rows = OG_NEW(arena, double, (size_t)SURROGATE_SPREAD*(size_t)width);
    for (int c = 0; c < width; c++) {
        og_random random = og_random_make(own->seed, (uint64_t)c + 1);
        const og_permutation order = og_permutation_make(&random, SURROGATE_SPREAD);
        for (int i = 0; i < SURROGATE_SPREAD; i++) {
            const double at =
                ((double)og_permutation_at(&order, (uint64_t)i) + 0.5) / SURROGATE_SPREAD;
            rows[i * width + c] =
                own->columns[c].kind == OG_COLUMN_REAL ? at : floor(at * own->columns[c].levels);
        }
    }
    return rows;
}

void og_surrogate_joint(const og_surrogate* surrogate, og_arena* arena, int row, int column,
                        const double* row_values, int row_count, const double* column_values,
                        int column_count, double* mean) {
    const og_arena_mark mark = og_arena_here(arena);
    const int width = surrogate->analysis->record->space.count;
    double* designs = surrogate_spread(surrogate, arena);
    double* answers = OG_NEW(arena, double, SURROGATE_SPREAD);
    for (int i = 0; i < row_count; i++) {
        for (int j = 0; j < column_count; j++) {
            const double a = surrogate_value(surrogate, row, row_values[i]);
            const double b = surrogate_value(surrogate, column, column_values[j]);
            mean[i * column_count + j] = NAN;
            if (a < 0 || b < 0) {
                continue;
            }
            double sum = 0;
            for (int k = 0; k < SURROGATE_SPREAD; k++) {
                designs[k * width + row] = a;
                designs[k * width + column] = b;
            }
            og_forest_predict(surrogate->internals->forest, designs, SURROGATE_SPREAD, answers,
                              NULL);
            for (int k = 0; k < SURROGATE_SPREAD; k++) {
                sum += answers[k];
            }
            mean[i * column_count + j] = sum / SURROGATE_SPREAD;
        }
    }
    og_arena_rewind(arena, mark);
}
