#include "agent/mixing.h"

#include <math.h>
#include <string.h>

#include "learn/exponential.h"
#include "learn/wide.h"

enum { MIXING_LANES = 4, MIXING_BLOCKS = OG_MIXING_ROWS / MIXING_LANES };

// Some designs side by side, wherever they lie; compilers make one or two registers of it.
typedef double mixing_lanes
    __attribute__((vector_size(MIXING_LANES * sizeof(double)), aligned(sizeof(double)), may_alias));

og_mixing og_mixing_make(og_arena* arena, int members, og_random* random) {
    const int count = OG_MIXING_HIDDEN * (members + 2) + 1;
    og_mixing mixing = {
        .members = members,
        .count = count,
        .parameters = OG_NEW(arena, double, count),
        .gradient = OG_NEW(arena, double, count),
        .sizes = OG_NEW(arena, double, count),
        .hidden = OG_NEW(arena, double, OG_MIXING_HIDDEN* OG_MIXING_ROWS),
        .adam = og_adam_make(arena, count),
    };
    // Glorot and Bengio, AISTATS 2010
    for (int i = 0; i < OG_MIXING_HIDDEN * members; i++) {
        mixing.parameters[i] =
            sqrt(6.0 / (members + OG_MIXING_HIDDEN)) * (2 * og_random_uniform(random) - 1);
    }
    for (int i = 0; i < OG_MIXING_HIDDEN; i++) {
        mixing.parameters[OG_MIXING_HIDDEN * (members + 1) + i] =
            sqrt(6.0 / (1 + OG_MIXING_HIDDEN)) * (2 * og_random_uniform(random) - 1);
    }
    return mixing;
}

// Sums that go into the hidden units.
OG_WIDE static void mixing_gather(const og_mixing* mixing, const double* values) {
    const int members = mixing->members;
    const double* offsets = mixing->parameters + OG_MIXING_HIDDEN * members;
    const mixing_lanes* from = (const mixing_lanes*)values;
    mixing_lanes* to = (mixing_lanes*)mixing->hidden;
    for (int block = 0; block < MIXING_BLOCKS; block++) {
        mixing_lanes sums[OG_MIXING_HIDDEN];
        for (int h = 0; h < OG_MIXING_HIDDEN; h++) {
            sums[h] = offsets[h] + (mixing_lanes){0};
        }
        for (int m = 0; m < members; m++) {
            const mixing_lanes value = from[m * MIXING_BLOCKS + block];
            for (int h = 0; h < OG_MIXING_HIDDEN; h++) {
                sums[h] += mixing->sizes[h * members + m] * value;
            }
        }
        for (int h = 0; h < OG_MIXING_HIDDEN; h++) {
            to[h * MIXING_BLOCKS + block] = sums[h];
        }
    }
}

void og_mixing_forward(og_mixing* mixing, const double* values, double* mixed) {
    const int members = mixing->members;
    for (int i = 0; i < mixing->count; i++) {
        mixing->sizes[i] = fabs(mixing->parameters[i]);
    }
    mixing_gather(mixing, values);
    og_hyperbolic_tangents(mixing->hidden, OG_MIXING_HIDDEN * OG_MIXING_ROWS, mixing->hidden);
    const double* weights = mixing->sizes + OG_MIXING_HIDDEN * (members + 1);
    for (int i = 0; i < OG_MIXING_ROWS; i++) {
        mixed[i] = mixing->parameters[mixing->count - 1];
    }
    for (int h = 0; h < OG_MIXING_HIDDEN; h++) {
        for (int i = 0; i < OG_MIXING_ROWS; i++) {
            mixed[i] += weights[h] * mixing->hidden[h * OG_MIXING_ROWS + i];
        }
    }
}

// Add to a parameter's gradient the sum over designs of the slope of its size.
static inline void mixing_add(og_mixing* mixing, int place, const double* lanes) {
    const double sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    mixing->gradient[place] += mixing->parameters[place] < 0 ? -sum : sum;
}

// Slopes of the sums that go into the hidden units, in place of the units' values.
OG_WIDE static void mixing_descend(og_mixing* mixing, const double* errors) {
    const int offsets = OG_MIXING_HIDDEN * mixing->members;
    const int weights = offsets + OG_MIXING_HIDDEN;
    const mixing_lanes* from = (const mixing_lanes*)errors;
    mixing_lanes* hidden = (mixing_lanes*)mixing->hidden;
    for (int h = 0; h < OG_MIXING_HIDDEN; h++) {
        mixing_lanes weight_slope = {0};
        mixing_lanes offset_slope = {0};
        for (int block = 0; block < MIXING_BLOCKS; block++) {
            mixing_lanes* unit = &hidden[h * MIXING_BLOCKS + block];
            weight_slope += from[block] * *unit;
            *unit = from[block] * mixing->sizes[weights + h] * (1 - *unit * *unit);
            offset_slope += *unit;
        }
        mixing_add(mixing, weights + h, (const double*)&weight_slope);
        mixing->gradient[offsets + h] +=
            (offset_slope[0] + offset_slope[1]) + (offset_slope[2] + offset_slope[3]);
    }
}

// What the slopes of the sums say about weights and values of members.
OG_WIDE static void mixing_scatter(og_mixing* mixing, const double* values, double* slopes) {
    const int members = mixing->members;
    const mixing_lanes* from = (const mixing_lanes*)values;
    const mixing_lanes* below = (const mixing_lanes*)mixing->hidden;
    mixing_lanes* to = (mixing_lanes*)slopes;
    for (int m = 0; m < members; m++) {
        mixing_lanes sums[OG_MIXING_HIDDEN] = {{0}};
        for (int block = 0; block < MIXING_BLOCKS; block++) {
            const mixing_lanes value = from[m * MIXING_BLOCKS + block];
            mixing_lanes slope = {0};
            for (int h = 0; h < OG_MIXING_HIDDEN; h++) {
                const mixing_lanes here = below[h * MIXING_BLOCKS + block];
                sums[h] += here * value;
                slope += mixing->sizes[h * members + m] * here;
            }
            to[m * MIXING_BLOCKS + block] = slope;
        }
        for (int h = 0; h < OG_MIXING_HIDDEN; h++) {
            mixing_add(mixing, h * members + m, (const double*)&sums[h]);
        }
    }
}

void og_mixing_backward(og_mixing* mixing, const double* values, const double* errors,
                        double* slopes) {
    mixing_descend(mixing, errors);
    mixing_scatter(mixing, values, slopes);
    for (int i = 0; i < OG_MIXING_ROWS; i++) {
        mixing->gradient[mixing->count - 1] += errors[i];
    }
}

void og_mixing_step(og_mixing* mixing, double rate) {
    og_adam_step(&mixing->adam, mixing->parameters, mixing->gradient, rate);
}
