#include "agent/marginals.h"

#include <assert.h>
#include <math.h>

#include "agent/position.h"

#define MARGINALS_UNIFORM_DEVIATION 0.288675134594812882  // 1 / sqrt(12)
enum { MARGINALS_TRIES = 16 };                            // draws of a normal within [0, 1]

og_marginals og_marginals_make(og_arena* arena, const og_space* space) {
    og_marginals marginals = {
        .construction = og_construction_make(arena, space),
        .weights = OG_NEW(arena, double*, space->count),
        .mean = OG_NEW(arena, double, space->count),
        .deviation = OG_NEW(arena, double, space->count),
    };
    for (int i = 0; i < space->count; i++) {
        const int levels = marginals.construction.levels[i];
        marginals.mean[i] = 0.5;
        marginals.deviation[i] = 2 * MARGINALS_UNIFORM_DEVIATION;
        if (levels > 0) {
            marginals.weights[i] = OG_NEW(arena, double, levels);
        }
        for (int k = 0; k < levels; k++) {
            marginals.weights[i][k] = 1.0 / levels;
        }
    }
    return marginals;
}

static double marginals_normal(og_random* random, double mean, double deviation) {
    double position = mean;
    for (int i = 0; i < MARGINALS_TRIES; i++) {
        position = mean + deviation * og_random_normal(random);
        if (position >= 0 && position <= 1) {
            break;
        }
    }
    return fmin(fmax(position, 0), 1);
}

void og_marginals_draw(og_marginals* marginals, og_random* random, double* x) {
    og_construction* construction = &marginals->construction;
    for (int i = 0; i < construction->space->count; i++) {
        const int index = construction->order[i];
        if (construction->levels[index] > 0) {
            og_construction_draw(construction, random, marginals->weights[index], x, index);
        } else {
            const double position =
                marginals_normal(random, marginals->mean[index], marginals->deviation[index]);
            og_construction_place(construction, position, x, index);
        }
    }
    og_construction_finish(construction, random, x);
}

// Give `share` to a level and, spread by a normal kernel, to those around it.
static void marginals_spread(double* weights, int levels, int level, double share, double width) {
    double sum = 0;
    for (int k = 0; k < levels; k++) {
        const double z = (k - level) / width;
        sum += exp(-0.5 * z * z);
    }
    for (int k = 0; k < levels; k++) {
        const double z = (k - level) / width;
        weights[k] += share * exp(-0.5 * z * z) / sum;
    }
}

static void marginals_fit_levels(og_marginals* marginals, int index, const double* const* designs,
                                 const double* shares, int count, double spread, double smoothing) {
    const og_parameter* parameter = &marginals->construction.space->parameters[index];
    const int levels = marginals->construction.levels[index];
    double* weights = marginals->weights[index];
    // kernels narrower than this give all to their level
    const double width = spread * levels;
    const bool ordered = parameter->kind != OG_CHOICE && levels > 2 && width > 0.2;
    double shares_of[OG_CONSTRUCTION_LEVELS] = {0};
    double* counted = levels <= OG_CONSTRUCTION_LEVELS ? shares_of : weights;
    for (int k = 0; k < levels; k++) {
        weights[k] = 0;
    }
    for (int i = 0; i < count; i++) {
        counted[og_parameter_level(parameter, designs[i][index])] += shares[i];
    }
    for (int k = 0; k < levels && counted != weights; k++) {
        if (ordered && counted[k] > 0) {
            marginals_spread(weights, levels, k, counted[k], width);
        } else {
            weights[k] += counted[k];
        }
    }
    for (int k = 0; k < levels; k++) {
        weights[k] = (1 - smoothing) * weights[k] + smoothing / levels;
    }
}

static void marginals_fit_continuum(og_marginals* marginals, int index,
                                    const double* const* designs, const double* shares, int count,
                                    double smoothing) {
    const og_parameter* parameter = &marginals->construction.space->parameters[index];
    double mean = 0;
    for (int i = 0; i < count; i++) {
        mean += shares[i] * og_position_of(parameter, designs[i][index]);
    }
    double variance = 0;
    for (int i = 0; i < count; i++) {
        const double z = og_position_of(parameter, designs[i][index]) - mean;
        variance += shares[i] * z * z;
    }
    marginals->mean[index] = mean;
    marginals->deviation[index] = fmax(sqrt(variance), smoothing * MARGINALS_UNIFORM_DEVIATION);
}

void og_marginals_fit(og_marginals* marginals, const double* const* designs, const double* shares,
                      int count, double spread, double smoothing) {
    assert(count >= 1 && smoothing >= 0 && smoothing <= 1);
    for (int i = 0; i < marginals->construction.space->count; i++) {
        if (marginals->construction.levels[i] > 0) {
            marginals_fit_levels(marginals, i, designs, shares, count, spread, smoothing);
        } else {
            marginals_fit_continuum(marginals, i, designs, shares, count, smoothing);
        }
    }
}
