#include "agent/marginals.h"

#include <assert.h>
#include <math.h>

#include "agent/diagnosis.h"
#include "agent/position.h"

#define MARGINALS_UNIFORM_DEVIATION 0.288675134594812882  // 1 / sqrt(12)
#define MARGINALS_REACH 4.0                               // widths at which a kernel ends
#define MARGINALS_LEAST_WIDTH 0.2  // levels; narrower kernels give all to their level
enum { MARGINALS_TRIES = 16 };     // draws of a normal within [0, 1], and of a new design

void og_marginals_reset(og_marginals* marginals) {
    for (int i = 0; i < marginals->construction.space->count; i++) {
        const int levels = marginals->construction.levels[i];
        marginals->mean[i] = 0.5;
        marginals->deviation[i] = 2 * MARGINALS_UNIFORM_DEVIATION;
        for (int k = 0; k < levels; k++) {
            marginals->weights[i][k] = 1.0 / levels;
        }
    }
}

og_marginals og_marginals_make(og_arena* arena, const og_space* space) {
    og_marginals marginals = {
        .construction = og_construction_make(arena, space),
        .weights = OG_NEW(arena, double*, space->count),
        .mean = OG_NEW(arena, double, space->count),
        .deviation = OG_NEW(arena, double, space->count),
    };
    marginals.counted = OG_NEW(arena, double, marginals.construction.most_levels);
    for (int i = 0; i < space->count; i++) {
        if (marginals.construction.levels[i] > 0) {
            marginals.weights[i] = OG_NEW(arena, double, marginals.construction.levels[i]);
        }
    }
    og_marginals_reset(&marginals);
    return marginals;
}

double og_marginals_position(const og_marginals* marginals, og_random* random, int index,
                             double begin, double length) {
    for (int i = 0; i < MARGINALS_TRIES; i++) {
        const double position =
            marginals->mean[index] + marginals->deviation[index] * og_random_normal(random);
        if (position >= begin && position <= begin + length) {
            return position;
        }
    }
    return begin + length * og_random_uniform(random);
}

void og_marginals_draw(og_marginals* marginals, og_random* random, double* x) {
    og_construction* construction = &marginals->construction;
    for (int i = 0; i < construction->space->count; i++) {
        const int index = construction->order[i];
        if (construction->levels[index] > 0) {
            og_construction_draw(construction, random, marginals->weights[index], x, index);
        } else {
            const double position = og_marginals_position(marginals, random, index, 0, 1);
            og_construction_place(construction, position, x, index);
        }
    }
    og_construction_finish(construction, random, x);
}

bool og_marginals_claim(og_marginals* marginals, og_seen* seen, og_random* random, double* x) {
    for (int i = 0; i < MARGINALS_TRIES; i++) {
        og_marginals_draw(marginals, random, x);
        if (og_seen_add(seen, x)) {
            return true;
        }
    }
    return og_seen_claim(seen, random, x);
}

int og_marginals_ask(og_marginals* marginals, og_seen* seen, og_random* random, bool* default_first,
                     int count, double* x) {
    const og_space* space = marginals->construction.space;
    int made = 0;
    for (bool found = true; made < count; made++, x += space->count) {
        if (*default_first) {
            og_space_initial(space, x);
            found = og_seen_claim(seen, random, x);
            *default_first = false;
        } else {
            found = og_marginals_claim(marginals, seen, random, x);
        }
        if (!found) {
            break;
        }
    }
    return made;
}

// Give `share` to a level and, spread by a normal kernel, to those around it.
static void marginals_spread(double* weights, int levels, int level, double share, double width) {
    const int reach = (int)ceil(MARGINALS_REACH * width);
    const int first = level - reach > 0 ? level - reach : 0;
    const int last = level + reach < levels - 1 ? level + reach : levels - 1;
    double sum = 0;
    for (int k = first; k <= last; k++) {
        const double z = (k - level) / width;
        sum += exp(-0.5 * z * z);
    }
    for (int k = first; k <= last; k++) {
        const double z = (k - level) / width;
        weights[k] += share * exp(-0.5 * z * z) / sum;
    }
}

static void marginals_fit_levels(og_marginals* marginals, const og_marginals_rule* rule, int index,
                                 const double* const* designs, const double* shares, int count) {
    const og_parameter* parameter = &marginals->construction.space->parameters[index];
    const int levels = marginals->construction.levels[index];
    double* weights = marginals->weights[index];
    const double width = rule->spread * levels;
    const bool spreads = parameter->kind != OG_CHOICE && width > MARGINALS_LEAST_WIDTH;
    const double fresh = (1 - rule->memory) * (1 - rule->smoothing);
    double* counted = marginals->counted;
    for (int k = 0; k < levels; k++) {
        weights[k] = rule->memory * weights[k] + (1 - rule->memory) * rule->smoothing / levels;
        counted[k] = 0;
    }
    for (int i = 0; i < count; i++) {
        counted[og_parameter_level(parameter, designs[i][index])] += fresh * shares[i];
    }
    for (int k = 0; k < levels; k++) {
        if (spreads && counted[k] > 0) {
            marginals_spread(weights, levels, k, counted[k], width);
        } else {
            weights[k] += counted[k];
        }
    }
}

static void marginals_fit_continuum(og_marginals* marginals, const og_marginals_rule* rule,
                                    int index, const double* const* designs, const double* shares,
                                    int count) {
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
    const double least = rule->smoothing * MARGINALS_UNIFORM_DEVIATION;
    const double deviation =
        rule->memory * marginals->deviation[index] + (1 - rule->memory) * sqrt(variance);
    marginals->mean[index] = rule->memory * marginals->mean[index] + (1 - rule->memory) * mean;
    marginals->deviation[index] = fmax(deviation, least);
}

void og_marginals_fit(og_marginals* marginals, const og_marginals_rule* rule,
                      const double* const* designs, const double* shares, int count) {
    assert(count >= 1 && rule->smoothing >= 0 && rule->smoothing <= 1);
    assert(rule->memory >= 0 && rule->memory < 1);
    for (int i = 0; i < marginals->construction.space->count; i++) {
        if (marginals->construction.levels[i] > 0) {
            marginals_fit_levels(marginals, rule, i, designs, shares, count);
        } else {
            marginals_fit_continuum(marginals, rule, i, designs, shares, count);
        }
    }
}

int og_marginals_diagnose(const og_marginals* marginals, og_diagnostic* list) {
    const og_construction* construction = &marginals->construction;
    int count = 0;
    for (int i = 0; i < construction->space->count && count < OG_DIAGNOSTICS; i++) {
        if (construction->levels[i] > 1) {
            og_indecision indecision = {0};
            og_indecision_add(&indecision, marginals->weights[i], construction->levels[i]);
            list[count++] =
                (og_diagnostic){OG_DIAGNOSTIC_ENTROPY, construction->space->parameters[i].name,
                                og_indecision_share(&indecision)};
        }
    }
    return count;
}
