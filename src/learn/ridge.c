// Bayesian ridge regression: sparse features, Gram matrix and its Cholesky factor, evidence.

#include "ogive/ridge.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "learn/linear_algebra.h"
#include "learn/target.h"

// prior of the variance of the noise: inverse gamma, worth two rows, around a twentieth of the
// variance of scaled targets
#define RIDGE_SHAPE 1.0
#define RIDGE_RATE 0.05

#define RIDGE_GROWTH 1.25
#define RIDGE_LOG_TWO_PI 1.83787706640934548356
#define RIDGE_STEP 0.5  // of the search for the precision, in its logarithm to base 10

enum { RIDGE_KNOTS = 8, RIDGE_LEAST = -3, RIDGE_MOST = 4, RIDGE_FIRST_ROOM = 64 };
enum { RIDGE_UPDATES = 16 };  // features for each new row from which on the factor is made anew

// One feature of a row that is not 0.
typedef struct ridge_entry {
    int index;
    double value;
} ridge_entry;

struct og_ridge {
    og_arena* arena;
    const og_column* columns;
    int width;
    og_target_scale scale;
    double pairs;
    int* first;        // first feature of each column and then of pairs, shape: [width + 1]
    int count;         // features
    int stride;        // of matrices
    int entry_count;   // most entries of a row
    double* gram;      // features' features, upper triangle, shape: [count][stride]
    double* factor;    // of gram + precision, upper, shape: [count][stride]
    double* products;  // features' targets less the first target, shape: [count]
    double* sums;      // features' ones, shape: [count]
    double* right;     // features' scaled targets, shape: [count]
    double* weights;   // shape: [count]
    int rows;          // added
    int fitted;        // rows in the weights
    int factored;      // rows in the factor
    int search_rows;   // rows from which on the precision is sought again, -1: never
    double exponent;   // logarithm of the precision to base 10
    double first_target;
    double target_sum;      // of targets less the first
    double target_squares;  // of the same
    double scaled_squares;  // of scaled targets
    double noise;
    int room;           // rows that the next ones hold
    ridge_entry* kept;  // shape: [room][entry_count]; entries of index -1 are none. With
                        // standardized targets only the rows that are not in the factor
    double* targets;    // shape: [room]; rank-Gaussian targets only, as is the next
    int* order;         // of the fitted rows, from the lowest target on, shape: [room]
};

static int ridge_knots(const og_column* column, int most) {
    if (column->kind == OG_COLUMN_REAL) {
        return most;
    }
    return column->kind == OG_COLUMN_CHOICE || column->levels < most ? column->levels : most;
}

// Places of features; returns their number.
static int ridge_layout(og_ridge* ridge, int knots) {
    int count = 1;
    for (int c = 0; c < ridge->width; c++) {
        ridge->first[c] = count;
        count += ridge_knots(&ridge->columns[c], knots);
    }
    ridge->first[ridge->width] = count;
    ridge->entry_count = 1 + 2 * ridge->width;
    if (ridge->pairs > 0) {
        for (int b = 1; b < ridge->width; b++) {
            const int levels = ridge->first[b + 1] - ridge->first[b];
            count += levels * (ridge->first[b] - 1);
        }
        ridge->entry_count += 2 * ridge->width * (ridge->width - 1);
    }
    return count;
}

// The factor of the Gram matrix at `precision` into `factor`.
static void ridge_factor(const og_ridge* ridge, double precision, double* factor) {
    for (int i = 0; i < ridge->count; i++) {
        const long from = (long)i * ridge->stride + i;
        memcpy(factor + from, ridge->gram + from, sizeof(double) * (size_t)(ridge->count - i));
        factor[from] += precision;
    }
    const bool definite = og_upper_factor(factor, ridge->count, ridge->stride);
    assert(definite);
    (void)definite;
}

og_ridge* og_ridge_create(og_arena* arena, const og_column* columns, int width,
                          const og_ridge_options* options) {
    const int knots = options->knots > 0 ? options->knots : RIDGE_KNOTS;
    assert(width >= 1 && knots >= 2 && options->pairs >= 0 && options->precision >= 0);
    og_ridge* ridge = OG_NEW(arena, og_ridge, 1);
    og_column* copy = OG_NEW(arena, og_column, width);
    memcpy(copy, columns, sizeof *copy * (size_t)width);
    ridge->arena = arena;
    ridge->columns = copy;
    ridge->width = width;
    ridge->scale = options->targets;
    ridge->pairs = options->pairs;
    ridge->first = OG_NEW(arena, int, width + 1);
    ridge->count = ridge_layout(ridge, knots);
    // not a multiple of the pages of a cache
    ridge->stride = (ridge->count + 7) / 8 * 8 + 8;
    const size_t size = (size_t)ridge->count * (size_t)ridge->stride;
    ridge->gram = OG_NEW(arena, double, size);
    ridge->factor = OG_NEW(arena, double, size);
    ridge->products = OG_NEW(arena, double, ridge->count);
    ridge->sums = OG_NEW(arena, double, ridge->count);
    ridge->right = OG_NEW(arena, double, ridge->count);
    ridge->weights = OG_NEW(arena, double, ridge->count);
    ridge->search_rows = options->precision > 0 ? -1 : 4;
    ridge->exponent = options->precision > 0 ? log10(options->precision) : 0;
    ridge->noise = 1;
    ridge_factor(ridge, og_ridge_precision(ridge), ridge->factor);
    return ridge;
}

// The one or two features of `column` at `value`, and their number.
static int ridge_place(const og_ridge* ridge, int column, double value, ridge_entry* entries) {
    const og_column* is = &ridge->columns[column];
    const int first = ridge->first[column];
    const int knots = ridge->first[column + 1] - first;
    double at = value;
    if (is->kind == OG_COLUMN_REAL) {
        at = value * (knots - 1);
    } else if (knots < is->levels) {
        at = value * (knots - 1) / (is->levels - 1);
    }
    assert(at >= 0 && at <= knots - 1);
    const int low = (int)at;
    const double part = at - low;
    entries[0] = (ridge_entry){first + low, 1 - part};
    if (part == 0) {
        return 1;
    }
    entries[1] = (ridge_entry){first + low + 1, part};
    return 2;
}

// Features of `row` that are not 0 into `entries` (shape: [entry_count]); returns their number.
static int ridge_entries(const og_ridge* ridge, const double* row, ridge_entry* entries) {
    entries[0] = (ridge_entry){0, 1};
    int count = 1;
    for (int c = 0; c < ridge->width; c++) {
        count += ridge_place(ridge, c, row[c], entries + count);
    }
    if (!(ridge->pairs > 0)) {
        return count;
    }
    // features of the pair (a, b), a < b: levels of b, times all levels of the columns before b
    const int singles = count;
    int begin = ridge->first[ridge->width];
    int column = 0;
    for (int b = 1; b < singles; b++) {
        while (entries[b].index >= ridge->first[column + 1]) {
            const int before = ridge->first[column] - 1;
            begin += before * (ridge->first[column + 1] - ridge->first[column]);
            column++;
        }
        const int before = ridge->first[column] - 1;
        const int level = entries[b].index - ridge->first[column];
        for (int a = 1; a < b && entries[a].index < ridge->first[column]; a++) {
            entries[count++] = (ridge_entry){begin + level * before + entries[a].index - 1,
                                             ridge->pairs * entries[a].value * entries[b].value};
        }
    }
    return count;
}

// Rows that are kept.
static int ridge_kept(const og_ridge* ridge) {
    return ridge->scale == OG_TARGETS_RANK_GAUSSIAN ? ridge->rows : ridge->rows - ridge->factored;
}

// Rank-Gaussian targets change with every row, so all rows are kept.
static void ridge_grow(og_ridge* ridge) {
    const int room = ridge->room > 0 ? 2 * ridge->room : RIDGE_FIRST_ROOM;
    const size_t used = (size_t)ridge->room;
    ridge_entry* kept = og_arena_allocate_raw(
        ridge->arena, sizeof(ridge_entry) * (size_t)room * (size_t)ridge->entry_count);
    double* targets = OG_NEW(ridge->arena, double, room);
    int* order = OG_NEW(ridge->arena, int, room);
    if (used > 0) {
        memcpy(kept, ridge->kept, sizeof *kept * used * (size_t)ridge->entry_count);
        memcpy(targets, ridge->targets, sizeof *targets * used);
        memcpy(order, ridge->order, sizeof *order * used);
    }
    ridge->kept = kept;
    ridge->targets = targets;
    ridge->order = order;
    ridge->room = room;
}

// Add the outer product of a row's features, whose indices increase, to the Gram matrix.
static void ridge_accumulate(og_ridge* ridge, const ridge_entry* entries, int count) {
    for (int i = 0; i < count; i++) {
        double* row = ridge->gram + (long)entries[i].index * ridge->stride;
        for (int j = i; j < count; j++) {
            row[entries[j].index] += entries[i].value * entries[j].value;
        }
    }
}

void og_ridge_add(og_ridge* ridge, const double* row, double target) {
    assert(isfinite(target));
    const int place = ridge_kept(ridge);
    if (place == ridge->room) {
        ridge_grow(ridge);
    }
    ridge_entry* entries = ridge->kept + (long)place * ridge->entry_count;
    const int count = ridge_entries(ridge, row, entries);
    if (count < ridge->entry_count) {
        entries[count].index = -1;
    }
    ridge->targets[place] = target;
    if (ridge->rows == 0) {
        ridge->first_target = target;
    }
    const double shifted = target - ridge->first_target;
    for (int i = 0; i < count; i++) {
        ridge->products[entries[i].index] += entries[i].value * shifted;
        ridge->sums[entries[i].index] += entries[i].value;
    }
    ridge_accumulate(ridge, entries, count);
    ridge->target_sum += shifted;
    ridge->target_squares += shifted * shifted;
    ridge->rows++;
}

// Bring the factor up to date: row by row, or from the Gram matrix when there are many.
static void ridge_update(og_ridge* ridge) {
    const int pending = ridge->rows - ridge->factored;
    if (RIDGE_UPDATES * pending > ridge->count) {
        ridge_factor(ridge, og_ridge_precision(ridge), ridge->factor);
        ridge->factored = ridge->rows;
        return;
    }
    const og_arena_mark mark = og_arena_here(ridge->arena);
    double* dense = OG_NEW(ridge->arena, double, ridge->count);
    const int first = ridge_kept(ridge) - pending;
    for (int i = first; i < first + pending; i++) {
        const ridge_entry* row = ridge->kept + (long)i * ridge->entry_count;
        memset(dense, 0, sizeof *dense * (size_t)ridge->count);
        for (int k = 0; k < ridge->entry_count && row[k].index >= 0; k++) {
            dense[row[k].index] = row[k].value;
        }
        og_upper_update(ridge->factor, ridge->count, ridge->stride, dense);
    }
    og_arena_rewind(ridge->arena, mark);
    ridge->factored = ridge->rows;
}

// Products of features with standardized targets, from running sums.
static void ridge_standardize(og_ridge* ridge) {
    const double mean = ridge->target_sum / ridge->rows;
    const double variance = ridge->target_squares / ridge->rows - mean * mean;
    // less is rounding: the targets are equal
    const bool equal = !(variance > 1e-24 * ridge->target_squares / ridge->rows);
    const double unit = equal ? 1 : sqrt(variance);
    for (int i = 0; i < ridge->count; i++) {
        ridge->right[i] = equal ? 0 : (ridge->products[i] - mean * ridge->sums[i]) / unit;
    }
    ridge->scaled_squares = equal ? 0 : ridge->rows;
}

// Bring the rows that were added into order with the others.
static void ridge_sort(og_ridge* ridge) {
    const og_arena_mark mark = og_arena_here(ridge->arena);
    const int added = ridge->rows - ridge->fitted;
    int* order = OG_NEW(ridge->arena, int, added);
    og_target_order(ridge->targets + ridge->fitted, added, order);
    // from the end on, so that no entry is overwritten before it is moved
    int old = ridge->fitted - 1;
    for (int place = ridge->rows - 1, i = added - 1; i >= 0; place--) {
        const int row = ridge->fitted + order[i];
        const bool behind = old < 0 || !(ridge->targets[ridge->order[old]] > ridge->targets[row]);
        ridge->order[place] = behind ? row : ridge->order[old];
        i -= behind;
        old -= !behind;
    }
    og_arena_rewind(ridge->arena, mark);
}

// Products of features with normal scores, from all rows.
static void ridge_rank(og_ridge* ridge) {
    ridge_sort(ridge);
    const og_arena_mark mark = og_arena_here(ridge->arena);
    double* scaled = og_arena_allocate_raw(ridge->arena, sizeof(double) * (size_t)ridge->rows);
    og_target_scores(ridge->targets, ridge->rows, ridge->order, scaled);
    memset(ridge->right, 0, sizeof(double) * (size_t)ridge->count);
    for (int i = 0; i < ridge->rows; i++) {
        const ridge_entry* row = ridge->kept + (long)i * ridge->entry_count;
        for (int k = 0; k < ridge->entry_count && row[k].index >= 0; k++) {
            ridge->right[row[k].index] += row[k].value * scaled[i];
        }
    }
    ridge->scaled_squares = og_vector_dot(scaled, scaled, ridge->rows);
    og_arena_rewind(ridge->arena, mark);
}

// Evidence of normal weights and noise of inverse gamma variance: the shape grows by half a row
// each, the rate by half of what the weights leave unexplained.
static double ridge_rate(const og_ridge* ridge, const double* factor, double* solved) {
    memcpy(solved, ridge->right, sizeof(double) * (size_t)ridge->count);
    og_upper_solve_transposed(factor, ridge->count, ridge->stride, solved);
    const double explained = og_vector_dot(solved, solved, ridge->count);
    return RIDGE_RATE + 0.5 * fmax(ridge->scaled_squares - explained, 0);
}

double og_ridge_log_evidence(const og_ridge* ridge, double precision) {
    assert(precision > 0 && ridge->fitted == ridge->rows);
    const og_arena_mark mark = og_arena_here(ridge->arena);
    double* solved = OG_NEW(ridge->arena, double, ridge->count);
    double* factor = og_arena_allocate_raw(
        ridge->arena, sizeof(double) * (size_t)ridge->count * (size_t)ridge->stride);
    ridge_factor(ridge, precision, factor);
    const double rate = ridge_rate(ridge, factor, solved);
    const double shape = RIDGE_SHAPE + 0.5 * ridge->rows;
    const double determinant = og_cholesky_log_determinant(factor, ridge->count, ridge->stride);
    og_arena_rewind(ridge->arena, mark);
    int sign;
    return 0.5 * (ridge->count * log(precision) - determinant - ridge->rows * RIDGE_LOG_TWO_PI) +
           RIDGE_SHAPE * log(RIDGE_RATE) - shape * log(rate) + lgamma_r(shape, &sign) -
           lgamma_r(RIDGE_SHAPE, &sign);
}

// Climb the evidence along the exponent in steps of one direction; returns whether it rose.
static bool ridge_climb(og_ridge* ridge, double step, double* best) {
    bool rose = false;
    for (double next = ridge->exponent + step; next >= RIDGE_LEAST && next <= RIDGE_MOST;
         next += step) {
        const double value = og_ridge_log_evidence(ridge, pow(10, next));
        if (!(value > *best)) {
            break;
        }
        *best = value;
        ridge->exponent = next;
        rose = true;
    }
    return rose;
}

static void ridge_search(og_ridge* ridge) {
    double best = og_ridge_log_evidence(ridge, og_ridge_precision(ridge));
    if (!ridge_climb(ridge, RIDGE_STEP, &best)) {
        ridge_climb(ridge, -RIDGE_STEP, &best);
    }
    ridge_factor(ridge, og_ridge_precision(ridge), ridge->factor);
    ridge->factored = ridge->rows;
}

void og_ridge_fit(og_ridge* ridge) {
    if (ridge->fitted == ridge->rows) {
        return;
    }
    if (ridge->scale == OG_TARGETS_RANK_GAUSSIAN) {
        ridge_rank(ridge);
    } else {
        ridge_standardize(ridge);
    }
    ridge->fitted = ridge->rows;
    if (ridge->search_rows >= 0 && ridge->rows >= ridge->search_rows) {
        ridge_search(ridge);
        ridge->search_rows = (int)ceil(ridge->rows * RIDGE_GROWTH);
    } else {
        ridge_update(ridge);
    }
    const double rate = ridge_rate(ridge, ridge->factor, ridge->weights);
    og_upper_solve(ridge->factor, ridge->count, ridge->stride, ridge->weights);
    ridge->noise = rate / (RIDGE_SHAPE + 0.5 * ridge->rows);
}

int og_ridge_feature_count(const og_ridge* ridge) {
    return ridge->count;
}

int og_ridge_feature(const og_ridge* ridge, int column) {
    assert(column >= 0 && column <= ridge->width);
    return ridge->first[column];
}

const double* og_ridge_weights(const og_ridge* ridge) {
    return ridge->weights;
}

void og_ridge_sample(const og_ridge* ridge, og_random* random, double* weights) {
    assert(ridge->fitted == ridge->rows);
    for (int i = 0; i < ridge->count; i++) {
        weights[i] = og_random_normal(random);
    }
    og_ridge_perturb(ridge, 1, weights);
}

void og_ridge_perturb(const og_ridge* ridge, int count, double* weights) {
    assert(ridge->fitted == ridge->rows);
    if (count == 1) {
        og_upper_solve(ridge->factor, ridge->count, ridge->stride, weights);
    } else {
        og_upper_solve_rows(ridge->factor, ridge->count, ridge->stride, weights, count);
    }
    const double deviation = sqrt(ridge->noise);
    for (int k = 0; k < count; k++) {
        double* row = weights + (long)k * ridge->count;
        for (int i = 0; i < ridge->count; i++) {
            row[i] = ridge->weights[i] + deviation * row[i];
        }
    }
}

static double ridge_sum(const ridge_entry* entries, int count, const double* weights) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += entries[i].value * weights[entries[i].index];
    }
    return sum;
}

double og_ridge_value(const og_ridge* ridge, const double* weights, const double* row) {
    const og_arena_mark mark = og_arena_here(ridge->arena);
    ridge_entry* entries =
        og_arena_allocate_raw(ridge->arena, sizeof(ridge_entry) * (size_t)ridge->entry_count);
    const double value = ridge_sum(entries, ridge_entries(ridge, row, entries), weights);
    og_arena_rewind(ridge->arena, mark);
    return value;
}

void og_ridge_predict(const og_ridge* ridge, const double* rows, int count, double* mean,
                      double* variance) {
    og_ridge_predict_within(ridge, ridge->arena, rows, count, mean, variance);
}

void og_ridge_predict_within(const og_ridge* ridge, og_arena* scratch, const double* rows,
                             int count, double* mean, double* variance) {
    assert(ridge->fitted == ridge->rows);
    const og_arena_mark mark = og_arena_here(scratch);
    ridge_entry* entries = OG_NEW(scratch, ridge_entry, ridge->entry_count);
    double* dense = OG_NEW(scratch, double, ridge->count);
    for (int i = 0; i < count; i++) {
        const int entry_count = ridge_entries(ridge, rows + (long)i * ridge->width, entries);
        mean[i] = ridge_sum(entries, entry_count, ridge->weights);
        if (variance == NULL) {
            continue;
        }
        memset(dense, 0, sizeof(double) * (size_t)ridge->count);
        for (int k = 0; k < entry_count; k++) {
            dense[entries[k].index] = entries[k].value;
        }
        og_upper_solve_transposed(ridge->factor, ridge->count, ridge->stride, dense);
        variance[i] = ridge->noise * og_vector_dot(dense, dense, ridge->count);
    }
    og_arena_rewind(scratch, mark);
}

double og_ridge_noise(const og_ridge* ridge) {
    return ridge->noise;
}

double og_ridge_precision(const og_ridge* ridge) {
    return pow(10, ridge->exponent);
}
