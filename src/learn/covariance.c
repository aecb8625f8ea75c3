// Matern-5/2 over reals and ordinals (Rasmussen and Williams 2006, equation 4.17), exponential of
// the Hamming distance over choices, and their combinations.
//
// With s = sqrt(5 q) and q the weighted squared distance, M = (1 + s + s s / 3) exp(-s) and
// dM/dq = -(5/6) (1 + s) exp(-s). All loops run over points, so that compilers vectorize them.

#include "learn/covariance.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// The same loops for wider registers where the processor has them; element by element, so that
// results do not depend on it. Sanitizers are not ready when the loader makes the choice; clang 14
// does not know such choices.
#if defined(__GLIBC__) && defined(__x86_64__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COVARIANCE_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define COVARIANCE_WIDE
#endif

static bool covariance_numeric(const og_covariance* covariance, int column) {
    return covariance->columns[column].kind != OG_COLUMN_CHOICE;
}

static double covariance_column(const og_covariance* covariance, int column) {
    return covariance->value[OG_HYPER_COLUMNS + column];
}

// The place of the hyper-parameters that only some forms have.
static int covariance_extra(const og_covariance* covariance) {
    return OG_HYPER_COLUMNS + covariance->width;
}

og_covariance og_covariance_make(og_arena* arena, const og_column* columns, int width,
                                 og_covariance_form form) {
    og_covariance made = {.columns = columns, .width = width, .form = form};
    made.count = OG_HYPER_COLUMNS + width;
    if (form == OG_COVARIANCE_MIXED) {
        made.count += 2;
    } else if (form == OG_COVARIANCE_ADDITIVE) {
        made.count += width;
    }
    for (int c = 0; c < width; c++) {
        made.numeric_count += columns[c].kind != OG_COLUMN_CHOICE;
    }
    made.theta = OG_NEW(arena, double, made.count);
    made.value = OG_NEW(arena, double, made.count);
    for (int i = 0; i < made.count; i++) {
        made.theta[i] = og_covariance_prior(&made, i).mean;
        made.value[i] = exp(made.theta[i]);
    }
    return made;
}

void og_covariance_set(og_covariance* covariance, const double* theta) {
    for (int i = 0; i < covariance->count; i++) {
        assert(isfinite(theta[i]));
        covariance->theta[i] = theta[i];
        covariance->value[i] = exp(theta[i]);
    }
}

void og_points_row(og_points points, int index, int width, double* encoded) {
    for (int c = 0; c < width; c++) {
        encoded[c] = points.values[(long)c * points.stride + index];
    }
}

void og_covariance_encode(const og_covariance* covariance, const double* row, double* encoded) {
    for (int c = 0; c < covariance->width; c++) {
        const og_column* column = &covariance->columns[c];
        if (column->kind == OG_COLUMN_ORDINAL) {
            encoded[c] = column->levels > 1 ? row[c] / (column->levels - 1) : 0;
        } else {
            encoded[c] = row[c];
        }
    }
}

// exp(-x) for x >= 0, to 2 units in the last place; from 700 on, exp(-700). Without branches, so
// that loops over it become vector code, and without the C library, so that it is the same
// everywhere.
static inline double covariance_decay(double x) {
    const double magic = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to an integer
    const double bounded = x < 700 ? -x : -700.0;
    const double shifted = bounded * 1.4426950408889634074 + magic;
    const double n = shifted - magic;
    // log 2 in two parts, the first with zeros at its end (Cody and Waite 1980)
    const double r = (bounded - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
    double sum = 1.0 / 6227020800;
    sum = sum * r + 1.0 / 479001600;
    sum = sum * r + 1.0 / 39916800;
    sum = sum * r + 1.0 / 3628800;
    sum = sum * r + 1.0 / 362880;
    sum = sum * r + 1.0 / 40320;
    sum = sum * r + 1.0 / 5040;
    sum = sum * r + 1.0 / 720;
    sum = sum * r + 1.0 / 120;
    sum = sum * r + 1.0 / 24;
    sum = sum * r + 1.0 / 6;
    sum = sum * r + 0.5;
    sum = sum * r + 1;
    sum = sum * r + 1;
    // n is in the low bits of `shifted`: its neighbour in the exponent field is 2^n
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return sum * power;
}

// Weighted squared distances over numeric columns and weighted mismatches over choices.
static COVARIANCE_WIDE void covariance_distances(const og_covariance* covariance,
                                                 const double* encoded, og_points points, int count,
                                                 double* squares, double* mismatches) {
    memset(squares, 0, sizeof(double) * (size_t)count);
    memset(mismatches, 0, sizeof(double) * (size_t)count);
    for (int c = 0; c < covariance->width; c++) {
        const double* values = points.values + (long)c * points.stride;
        const double weight = covariance_column(covariance, c);
        const double own = encoded[c];
        if (covariance_numeric(covariance, c)) {
            for (int i = 0; i < count; i++) {
                const double difference = values[i] - own;
                squares[i] += weight * (difference * difference);
            }
        } else {
            for (int i = 0; i < count; i++) {
                mismatches[i] += values[i] != own ? weight : 0.0;
            }
        }
    }
}

// M into `matern` from squared distances; unless NULL, -dM/dq into `slope`. In place is allowed.
static COVARIANCE_WIDE void covariance_matern(const double* squares, int count, double* matern,
                                              double* slope) {
    if (slope == NULL) {
        for (int i = 0; i < count; i++) {
            const double s = sqrt(5 * squares[i]);
            matern[i] = (1 + s + s * s * (1.0 / 3)) * covariance_decay(s);
        }
        return;
    }
    for (int i = 0; i < count; i++) {
        const double s = sqrt(5 * squares[i]);
        const double decay = covariance_decay(s);
        slope[i] = (5.0 / 6) * (1 + s) * decay;
        matern[i] = (1 + s + s * s * (1.0 / 3)) * decay;
    }
}

static COVARIANCE_WIDE void covariance_hamming(const og_covariance* covariance, int count,
                                               double* mismatches) {
    if (covariance->numeric_count == covariance->width) {
        for (int i = 0; i < count; i++) {
            mismatches[i] = 1;
        }
        return;
    }
    for (int i = 0; i < count; i++) {
        mismatches[i] = covariance_decay(mismatches[i]);
    }
}

// Main effects of the additive form.
static COVARIANCE_WIDE void covariance_add_main(const og_covariance* covariance,
                                                const double* encoded, og_points points, int count,
                                                double* result) {
    for (int c = 0; c < covariance->width; c++) {
        const double* values = points.values + (long)c * points.stride;
        const double weight = covariance->value[covariance_extra(covariance) + c];
        const double own = encoded[c];
        if (covariance_numeric(covariance, c)) {
            for (int i = 0; i < count; i++) {
                result[i] += weight * (1 - fabs(values[i] - own));
            }
        } else {
            for (int i = 0; i < count; i++) {
                result[i] += values[i] == own ? weight : 0.0;
            }
        }
    }
}

double og_covariance_variance(const og_covariance* covariance) {
    double sum = covariance->value[OG_HYPER_PRODUCT];
    for (int i = covariance_extra(covariance); i < covariance->count; i++) {
        sum += covariance->value[i];
    }
    return sum;
}

COVARIANCE_WIDE void og_covariance_row(const og_covariance* covariance, const double* encoded,
                                       og_points points, int count, double* scratch,
                                       double* result) {
    double* matern = scratch;
    double* hamming = scratch + count;
    covariance_distances(covariance, encoded, points, count, matern, hamming);
    if (covariance->numeric_count > 0) {
        covariance_matern(matern, count, matern, NULL);
    } else {
        for (int i = 0; i < count; i++) {
            matern[i] = 1;
        }
    }
    covariance_hamming(covariance, count, hamming);
    const double both = covariance->value[OG_HYPER_PRODUCT];
    if (covariance->form == OG_COVARIANCE_MIXED) {
        const double numeric = covariance->value[covariance_extra(covariance)];
        const double choice = covariance->value[covariance_extra(covariance) + 1];
        for (int i = 0; i < count; i++) {
            result[i] = both * matern[i] * hamming[i] + numeric * matern[i] + choice * hamming[i];
        }
        return;
    }
    for (int i = 0; i < count; i++) {
        result[i] = both * matern[i] * hamming[i];
    }
    if (covariance->form == OG_COVARIANCE_ADDITIVE) {
        covariance_add_main(covariance, encoded, points, count, result);
    }
}

// Sum of weights[i] times the squared difference, or times one where choices differ. Four partial
// sums: one alone would wait for each addition.
static COVARIANCE_WIDE double covariance_moment(const og_covariance* covariance, int column,
                                                double own, og_points points, int count,
                                                const double* weights) {
    const double* values = points.values + (long)column * points.stride;
    const bool numeric = covariance_numeric(covariance, column);
    double sums[4] = {0};
    int i = 0;
    for (; i + 4 <= count; i += 4) {
        for (int k = 0; k < 4; k++) {
            const double difference = values[i + k] - own;
            const double square = numeric ? difference * difference : (double)(difference != 0);
            sums[k] += weights[i + k] * square;
        }
    }
    for (; i < count; i++) {
        const double difference = values[i] - own;
        sums[0] += weights[i] * (numeric ? difference * difference : (double)(difference != 0));
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Derivatives by the weights of main effects.
static void covariance_main_gradient(const og_covariance* covariance, const double* encoded,
                                     og_points points, int count, const double* weights,
                                     double* gradient) {
    const int extra = covariance_extra(covariance);
    for (int c = 0; c < covariance->width; c++) {
        const double* values = points.values + (long)c * points.stride;
        const bool numeric = covariance_numeric(covariance, c);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            const double distance = fabs(values[i] - encoded[c]);
            sum += weights[i] * (numeric ? 1 - distance : (double)(distance == 0));
        }
        gradient[extra + c] += covariance->value[extra + c] * sum;
    }
}

COVARIANCE_WIDE void og_covariance_gradient(const og_covariance* covariance, const double* encoded,
                                            og_points points, int count, const double* weights,
                                            double* scratch, double* gradient) {
    double* matern = scratch;
    double* hamming = scratch + count;
    double* by_square = scratch + 2 * (long)count;    // derivatives by the squared distance...
    double* by_mismatch = scratch + 3 * (long)count;  // ...and by the mismatch, both negated
    covariance_distances(covariance, encoded, points, count, matern, hamming);
    covariance_matern(matern, count, matern, by_square);
    covariance_hamming(covariance, count, hamming);
    const int extra = covariance_extra(covariance);
    const double both = covariance->value[OG_HYPER_PRODUCT];
    const bool mixed = covariance->form == OG_COVARIANCE_MIXED;
    const double numeric = mixed ? covariance->value[extra] : 0;
    const double choice = mixed ? covariance->value[extra + 1] : 0;
    double sums[3] = {0};
    for (int i = 0; i < count; i++) {
        const double product = matern[i] * hamming[i];
        sums[0] += weights[i] * product;
        sums[1] += weights[i] * matern[i];
        sums[2] += weights[i] * hamming[i];
        by_square[i] *= weights[i] * (both * hamming[i] + numeric);
        by_mismatch[i] = weights[i] * (both * product + choice * hamming[i]);
    }
    gradient[OG_HYPER_PRODUCT] += both * sums[0];
    if (mixed) {
        gradient[extra] += numeric * sums[1];
        gradient[extra + 1] += choice * sums[2];
    }
    for (int c = 0; c < covariance->width; c++) {
        const double* slopes = covariance_numeric(covariance, c) ? by_square : by_mismatch;
        gradient[OG_HYPER_COLUMNS + c] -=
            covariance_column(covariance, c) *
            covariance_moment(covariance, c, encoded[c], points, count, slopes);
    }
    if (covariance->form == OG_COVARIANCE_ADDITIVE) {
        covariance_main_gradient(covariance, encoded, points, count, weights, gradient);
    }
}

void og_covariance_variance_gradient(const og_covariance* covariance, double weight,
                                     double* gradient) {
    gradient[OG_HYPER_PRODUCT] += weight * covariance->value[OG_HYPER_PRODUCT];
    for (int i = covariance_extra(covariance); i < covariance->count; i++) {
        gradient[i] += weight * covariance->value[i];
    }
}

og_hyper_prior og_covariance_prior(const og_covariance* covariance, int index) {
    if (index == OG_HYPER_NOISE) {
        // simulators are exact: little noise, and never so little that equal rows are singular
        return (og_hyper_prior){.mean = -7, .deviation = 2, .least = -13.8, .most = 0};
    }
    if (index == OG_HYPER_PRODUCT) {
        return (og_hyper_prior){.mean = 0, .deviation = 1, .least = -7, .most = 5};
    }
    if (index < covariance_extra(covariance)) {
        // length scales grow with the square root of the width, so that rows drawn at random are as
        // alike in ten columns as in two (Hvarfner, Hellsten and Nardi, ICML 2024)
        const bool numeric = covariance_numeric(covariance, index - OG_HYPER_COLUMNS);
        return (og_hyper_prior){.mean = log((numeric ? 12.0 : 4.5) / covariance->width),
                                .deviation = 2,
                                .least = -10,
                                .most = 7};
    }
    if (covariance->form == OG_COVARIANCE_MIXED) {
        return (og_hyper_prior){.mean = -1, .deviation = 1.5, .least = -10, .most = 5};
    }
    return (og_hyper_prior){
        .mean = -log(covariance->width), .deviation = 2, .least = -12, .most = 3};
}
