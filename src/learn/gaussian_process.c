// Gaussian processes: rows, posterior, samples. The Cholesky factor is kept by rows with room to
// grow, so that a new row is appended in quadratic time.

#include "ogive/gaussian_process.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "learn/likelihood.h"
#include "learn/linear_algebra.h"
#include "learn/target.h"

enum {
    GAUSSIAN_PROCESS_CAPACITY = 1000,
    GAUSSIAN_PROCESS_STARTS = 2,
    GAUSSIAN_PROCESS_STEPS = 30,
    GAUSSIAN_PROCESS_FIRST_ROOM = 72,    // strides of powers of two would collide in the cache
    GAUSSIAN_PROCESS_SEARCH_ROWS = 400,  // of a search for hyper-parameters: evenly spaced ones
    GAUSSIAN_PROCESS_BLOCK = 256,  // candidates predicted at once: their matrix stays in cache
};

struct og_gaussian_process {
    og_arena* arena;
    og_gaussian_process_options options;  // with defaults filled in
    og_covariance covariance;
    og_random random;
    int count;         // rows
    int fitted;        // rows in the factor
    int search_count;  // rows from which on hyper-parameters are sought again
    int room;          // rows that the arrays hold, their stride
    double* values;    // rows by columns, encoded, shape: [width][room]
    double* targets;   // as given, shape: [room]
    double* scaled;    // shape: [room]
    int* order;        // rows by target, shape: [room]
    double* factor;    // lower Cholesky factor, shape: [room][room]
    double* alpha;     // inverse covariance times scaled targets, shape: [room]
    double added;      // variance on the diagonal beyond the noise
    double best;       // lowest scaled target
};

og_gaussian_process* og_gaussian_process_create(og_arena* arena, const og_column* columns,
                                                int width,
                                                const og_gaussian_process_options* options) {
    assert(width >= 1);
    og_gaussian_process* process = OG_NEW(arena, og_gaussian_process, 1);
    process->arena = arena;
    process->options = *options;
    og_gaussian_process_options* filled = &process->options;
    filled->capacity = filled->capacity > 0 ? filled->capacity : GAUSSIAN_PROCESS_CAPACITY;
    filled->growth = filled->growth > 0 ? filled->growth : 1.2;
    filled->starts = filled->starts > 0 ? filled->starts : GAUSSIAN_PROCESS_STARTS;
    filled->steps = filled->steps > 0 ? filled->steps : GAUSSIAN_PROCESS_STEPS;
    assert(filled->capacity >= 16 && filled->growth > 1);
    og_column* copy = OG_NEW(arena, og_column, width);
    for (int c = 0; c < width; c++) {
        assert(columns[c].kind == OG_COLUMN_REAL || columns[c].levels >= 1);
        copy[c] = columns[c];
    }
    process->covariance = og_covariance_make(arena, copy, width, filled->covariance);
    process->random = og_random_make(filled->seed, 0x6770);
    process->best = INFINITY;
    // the first search needs a few rows, else there is nothing to learn from
    process->search_count = isfinite(filled->growth) ? 4 : -1;
    return process;
}

static og_points gaussian_process_points(const og_gaussian_process* process) {
    return (og_points){process->values, process->room};
}

static void gaussian_process_grow(og_gaussian_process* process) {
    const int width = process->covariance.width;
    const int most = process->options.capacity;
    const int old = process->room;
    int room = old > 0 ? 2 * old + 8 : GAUSSIAN_PROCESS_FIRST_ROOM;
    room = room < most ? room : most;
    og_arena* arena = process->arena;
    double* values = OG_NEW(arena, double, (size_t)width*(size_t)room);
    double* targets = OG_NEW(arena, double, room);
    double* factor = og_arena_allocate_raw(arena, sizeof(double) * (size_t)room * (size_t)room);
    for (int c = 0; c < width && old > 0; c++) {
        memcpy(values + (long)c * room, process->values + (long)c * old,
               sizeof(double) * (size_t)process->count);
    }
    for (int i = 0; i < process->fitted; i++) {
        memcpy(factor + (long)i * room, process->factor + (long)i * old,
               sizeof(double) * (size_t)(i + 1));
    }
    double* scaled = OG_NEW(arena, double, room);
    double* alpha = OG_NEW(arena, double, room);
    if (old > 0) {
        memcpy(targets, process->targets, sizeof(double) * (size_t)process->count);
        memcpy(scaled, process->scaled, sizeof(double) * (size_t)process->count);
        memcpy(alpha, process->alpha, sizeof(double) * (size_t)process->count);
    }
    process->values = values;
    process->targets = targets;
    process->factor = factor;
    process->scaled = scaled;
    process->alpha = alpha;
    process->order = OG_NEW(arena, int, room);
    process->room = room;
}

// Forget an eighth of the rows: the oldest that are not among the best quarter.
static void gaussian_process_forget(og_gaussian_process* process) {
    const og_arena_mark mark = og_arena_here(process->arena);
    const int count = process->count;
    bool* keep = OG_NEW(process->arena, bool, count);
    og_target_order(process->targets, count, process->order);
    for (int i = 0; i < count / 4; i++) {
        keep[process->order[i]] = true;
    }
    int kept = 0;
    int drop = count / 8;
    for (int i = 0; i < count; i++) {
        if (!keep[i] && drop > 0) {
            drop--;
            continue;
        }
        for (int c = 0; c < process->covariance.width; c++) {
            double* column = process->values + (long)c * process->room;
            column[kept] = column[i];
        }
        process->targets[kept++] = process->targets[i];
    }
    process->count = kept;
    process->fitted = 0;
    og_arena_rewind(process->arena, mark);
}

void og_gaussian_process_add(og_gaussian_process* process, const double* row, double target) {
    assert(isfinite(target));
    if (process->count == process->options.capacity) {
        gaussian_process_forget(process);
    }
    if (process->count == process->room) {
        gaussian_process_grow(process);
    }
    const og_arena_mark mark = og_arena_here(process->arena);
    const int width = process->covariance.width;
    double* encoded = OG_NEW(process->arena, double, width);
    og_covariance_encode(&process->covariance, row, encoded);
    for (int c = 0; c < width; c++) {
        assert(isfinite(row[c]));
        process->values[(long)c * process->room + process->count] = encoded[c];
    }
    og_arena_rewind(process->arena, mark);
    process->targets[process->count++] = target;
}

static void gaussian_process_factor(og_gaussian_process* process) {
    process->added =
        og_likelihood_factor(&process->covariance, process->arena, gaussian_process_points(process),
                             process->count, process->factor, process->room);
    process->fitted = process->count;
}

// Append row `fitted` to the factor; false when rounding leaves no positive diagonal.
static bool gaussian_process_append(og_gaussian_process* process, double* encoded,
                                    double* scratch) {
    const og_covariance* covariance = &process->covariance;
    const int index = process->fitted;
    double* row = process->factor + (long)index * process->room;
    og_points_row(gaussian_process_points(process), index, covariance->width, encoded);
    og_covariance_row(covariance, encoded, gaussian_process_points(process), index, scratch, row);
    og_cholesky_solve_lower(process->factor, index, process->room, row);
    const double noise = covariance->value[OG_HYPER_NOISE] + process->added;
    const double rest = og_covariance_variance(covariance) + noise - og_vector_dot(row, row, index);
    // less than a part of the noise can only be an error of rounding
    if (!(rest > 0.5 * noise)) {
        return false;
    }
    row[index] = sqrt(rest);
    process->fitted++;
    return true;
}

static void gaussian_process_extend(og_gaussian_process* process) {
    // from a fourth on, one blocked factorization is faster than many appended rows
    if (process->fitted < process->count - process->count / 4) {
        gaussian_process_factor(process);
        return;
    }
    const og_arena_mark mark = og_arena_here(process->arena);
    double* encoded = OG_NEW(process->arena, double, process->covariance.width);
    double* scratch = OG_NEW(process->arena, double, OG_COVARIANCE_SCRATCH(process->count));
    while (process->fitted < process->count) {
        if (!gaussian_process_append(process, encoded, scratch)) {
            gaussian_process_factor(process);
        }
    }
    og_arena_rewind(process->arena, mark);
}

// Weights of the posterior mean, from the factor and the scaled targets.
static void gaussian_process_solve(og_gaussian_process* process) {
    const int count = process->count;
    memcpy(process->alpha, process->scaled, sizeof(double) * (size_t)count);
    og_cholesky_solve_lower(process->factor, count, process->room, process->alpha);
    og_cholesky_solve_upper(process->factor, count, process->room, process->alpha);
}

// Seek hyper-parameters on all rows, or on as many as a search can afford.
static void gaussian_process_search(og_gaussian_process* process) {
    og_arena* arena = process->arena;
    const og_arena_mark mark = og_arena_here(arena);
    const int count = process->count;
    const int width = process->covariance.width;
    og_evidence evidence = {gaussian_process_points(process), process->scaled, count};
    if (count > GAUSSIAN_PROCESS_SEARCH_ROWS) {
        const int some = GAUSSIAN_PROCESS_SEARCH_ROWS;
        double* values = OG_NEW(arena, double, (size_t)width*(size_t)some);
        double* targets = OG_NEW(arena, double, some);
        for (int i = 0; i < some; i++) {
            const int from = (int)((long)i * count / some);
            for (int c = 0; c < width; c++) {
                values[(long)c * some + i] = process->values[(long)c * process->room + from];
            }
            targets[i] = process->scaled[from];
        }
        evidence = (og_evidence){{values, some}, targets, some};
    }
    og_likelihood_maximize(&process->covariance, arena, &evidence, &process->random,
                           process->options.starts, process->options.steps);
    og_arena_rewind(arena, mark);
}

void og_gaussian_process_fit(og_gaussian_process* process) {
    const int count = process->count;
    if (process->fitted == count) {
        return;
    }
    og_targets_scale(process->options.targets, process->targets, count, process->order,
                     process->scaled);
    process->best = INFINITY;
    for (int i = 0; i < count; i++) {
        process->best = fmin(process->best, process->scaled[i]);
    }
    if (process->search_count >= 0 && count >= process->search_count) {
        gaussian_process_search(process);
        const double next = ceil(count * process->options.growth);
        process->search_count = (int)fmin(next, process->options.capacity);
        gaussian_process_factor(process);
    } else {
        gaussian_process_extend(process);
    }
    gaussian_process_solve(process);
}

int og_gaussian_process_count(const og_gaussian_process* process) {
    return process->count;
}

// `rows` (shape: [count][width]) by columns and encoded, in `arena`.
static og_points gaussian_process_encode(const og_gaussian_process* process, og_arena* arena,
                                         const double* rows, int count) {
    const int width = process->covariance.width;
    double* values = OG_NEW(arena, double, (size_t)width*(size_t)count);
    double* encoded = OG_NEW(arena, double, width);
    for (int i = 0; i < count; i++) {
        og_covariance_encode(&process->covariance, rows + (long)i * width, encoded);
        for (int c = 0; c < width; c++) {
            values[(long)c * count + i] = encoded[c];
        }
    }
    return (og_points){values, count};
}

// Covariances of all rows of the process with candidates [0, count) into `matrix` (shape:
// [fitted][stride]); `arena` is scratch.
static void gaussian_process_cross(const og_gaussian_process* process, og_arena* arena,
                                   og_points candidates, int count, double* matrix, int stride) {
    const og_covariance* covariance = &process->covariance;
    const og_arena_mark mark = og_arena_here(arena);
    double* encoded = OG_NEW(arena, double, covariance->width);
    double* scratch = OG_NEW(arena, double, OG_COVARIANCE_SCRATCH(count));
    for (int i = 0; i < process->fitted; i++) {
        og_points_row(gaussian_process_points(process), i, covariance->width, encoded);
        og_covariance_row(covariance, encoded, candidates, count, scratch,
                          matrix + (long)i * stride);
    }
    og_arena_rewind(arena, mark);
}

static void gaussian_process_predict_block(const og_gaussian_process* process, og_arena* arena,
                                           const double* rows, int count, double* mean,
                                           double* variance) {
    const og_arena_mark mark = og_arena_here(arena);
    const int fitted = process->fitted;
    const int stride = count + 8;
    const og_points candidates = gaussian_process_encode(process, arena, rows, count);
    double* matrix = og_arena_allocate_raw(arena, sizeof(double) * (size_t)fitted * (size_t)stride);
    gaussian_process_cross(process, arena, candidates, count, matrix, stride);
    og_matrix_transposed_times(matrix, fitted, stride, count, process->alpha, mean);
    if (variance != NULL) {
        og_cholesky_solve_columns(process->factor, fitted, process->room, matrix, count, stride);
        const double prior = og_covariance_variance(&process->covariance);
        for (int i = 0; i < count; i++) {
            variance[i] = prior;
        }
        for (int k = 0; k < fitted; k++) {
            const double* row = matrix + (long)k * stride;
            for (int i = 0; i < count; i++) {
                variance[i] -= row[i] * row[i];
            }
        }
        // rounding must not take away more than all
        for (int i = 0; i < count; i++) {
            variance[i] = fmax(variance[i], 1e-12 * prior);
        }
    }
    og_arena_rewind(arena, mark);
}

void og_gaussian_process_predict(const og_gaussian_process* process, const double* rows, int count,
                                 double* mean, double* variance) {
    og_gaussian_process_predict_within(process, process->arena, rows, count, mean, variance);
}

void og_gaussian_process_predict_within(const og_gaussian_process* process, og_arena* scratch,
                                        const double* rows, int count, double* mean,
                                        double* variance) {
    assert(process->fitted == process->count);
    if (process->fitted == 0) {
        for (int i = 0; i < count; i++) {
            mean[i] = 0;
            if (variance != NULL) {
                variance[i] = og_covariance_variance(&process->covariance);
            }
        }
        return;
    }
    for (int begin = 0; begin < count; begin += GAUSSIAN_PROCESS_BLOCK) {
        const int rest = count - begin;
        gaussian_process_predict_block(
            process, scratch, rows + (long)begin * process->covariance.width,
            rest < GAUSSIAN_PROCESS_BLOCK ? rest : GAUSSIAN_PROCESS_BLOCK, mean + begin,
            variance != NULL ? variance + begin : NULL);
    }
}

// Factor of the posterior covariance of `rows` into `joint` (shape: [count][count]), their mean
// into `mean`.
static void gaussian_process_joint(const og_gaussian_process* process, const double* rows,
                                   int count, double* mean, double* joint) {
    const og_covariance* covariance = &process->covariance;
    og_arena* arena = process->arena;
    const og_arena_mark mark = og_arena_here(arena);
    const int fitted = process->fitted;
    const og_points candidates = gaussian_process_encode(process, arena, rows, count);
    double* cross = OG_NEW(arena, double, (size_t)fitted*(size_t)count);
    if (fitted > 0) {
        gaussian_process_cross(process, arena, candidates, count, cross, count);
        og_matrix_transposed_times(cross, fitted, count, count, process->alpha, mean);
        og_cholesky_solve_columns(process->factor, fitted, process->room, cross, count, count);
    }
    double* encoded = OG_NEW(arena, double, covariance->width);
    double* scratch = OG_NEW(arena, double, OG_COVARIANCE_SCRATCH(count));
    const double prior = og_covariance_variance(covariance);
    // equal candidates make the matrix singular: a little variance more, until it factors
    for (double added = 1e-10 * prior;; added *= 10) {
        for (int i = 0; i < count; i++) {
            og_points_row(candidates, i, covariance->width, encoded);
            og_covariance_row(covariance, encoded, candidates, i, scratch, joint + (long)i * count);
            joint[(long)i * count + i] = prior + added;
        }
        if (fitted > 0) {
            og_matrix_downdate(joint, count, count, cross, fitted, count);
        }
        if (og_cholesky_factor(joint, count, count)) {
            break;
        }
        assert(added < prior);
    }
    og_arena_rewind(arena, mark);
}

void og_gaussian_process_sample(const og_gaussian_process* process, og_random* random,
                                const double* rows, int count, int samples, double* values) {
    assert(process->fitted == process->count && count >= 0 && samples >= 0);
    if (count == 0) {
        return;
    }
    const og_arena_mark mark = og_arena_here(process->arena);
    double* mean = OG_NEW(process->arena, double, count);
    double* draw = OG_NEW(process->arena, double, count);
    double* joint = OG_NEW(process->arena, double, (size_t)count*(size_t)count);
    gaussian_process_joint(process, rows, count, mean, joint);
    for (int s = 0; s < samples; s++) {
        for (int i = 0; i < count; i++) {
            draw[i] = og_random_normal(random);
        }
        for (int i = 0; i < count; i++) {
            values[(long)s * count + i] =
                mean[i] + og_vector_dot(joint + (long)i * count, draw, i + 1);
        }
    }
    og_arena_rewind(process->arena, mark);
}

double og_gaussian_process_best(const og_gaussian_process* process) {
    assert(process->fitted == process->count);
    return process->best;
}

// The value at `x` of the line through the neighbouring pairs of (from, to), both ascending in
// `order`; beyond the ends, of the line through the first and last pair.
static double gaussian_process_interpolate(const double* from, const double* to, const int* order,
                                           int count, double x) {
    int low = 0;
    int high = count - 1;
    if (x >= from[order[low]] && x <= from[order[high]]) {
        while (high - low > 1) {
            const int middle = low + (high - low) / 2;
            if (from[order[middle]] <= x) {
                low = middle;
            } else {
                high = middle;
            }
        }
    }
    const double x0 = from[order[low]];
    const double x1 = from[order[high]];
    const double y0 = to[order[low]];
    const double y1 = to[order[high]];
    const double slope = x1 > x0 ? (y1 - y0) / (x1 - x0) : 1;
    return x >= x1 ? y1 + slope * (x - x1) : y0 + slope * (x - x0);
}

static double gaussian_process_convert(const og_gaussian_process* process, const double* from,
                                       const double* to, double x) {
    assert(process->fitted == process->count && process->count > 0);
    const og_arena_mark mark = og_arena_here(process->arena);
    int* order = OG_NEW(process->arena, int, process->count);
    og_target_order(process->targets, process->count, order);
    const double result = gaussian_process_interpolate(from, to, order, process->count, x);
    og_arena_rewind(process->arena, mark);
    return result;
}

double og_gaussian_process_scaled(const og_gaussian_process* process, double target) {
    return gaussian_process_convert(process, process->targets, process->scaled, target);
}

double og_gaussian_process_unscaled(const og_gaussian_process* process, double scaled) {
    return gaussian_process_convert(process, process->scaled, process->targets, scaled);
}

int og_gaussian_process_hyperparameter_count(const og_gaussian_process* process) {
    return process->covariance.count;
}

void og_gaussian_process_hyperparameters(const og_gaussian_process* process, double* values) {
    memcpy(values, process->covariance.theta, sizeof(double) * (size_t)process->covariance.count);
}

void og_gaussian_process_set_hyperparameters(og_gaussian_process* process, const double* values) {
    og_covariance_set(&process->covariance, values);
    if (process->fitted > 0) {
        gaussian_process_factor(process);
        gaussian_process_solve(process);
    }
}

double og_gaussian_process_log_likelihood(const og_gaussian_process* process, double* gradient) {
    assert(process->fitted == process->count);
    if (gradient != NULL) {
        memset(gradient, 0, sizeof(double) * (size_t)process->covariance.count);
    }
    const og_evidence evidence = {gaussian_process_points(process), process->scaled,
                                  process->count};
    return og_likelihood_value(&process->covariance, process->arena, &evidence, gradient);
}
