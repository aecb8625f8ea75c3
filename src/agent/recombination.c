#include "agent/recombination.h"

#include <math.h>

#include "agent/position.h"

enum { RECOMBINATION_LONG = 12 };  // levels from which an order is taken for numbers

#define RECOMBINATION_SAME 1e-14  // parents that are no farther apart are one
// room over the parents' distance from which bounds do not matter
#define RECOMBINATION_FAR 1000.0

static bool recombination_is_number(const og_parameter* parameter) {
    return parameter->kind == OG_REAL ||
           ((parameter->kind == OG_INTEGER || parameter->kind == OG_ORDINAL) &&
            og_parameter_levels(parameter) >= RECOMBINATION_LONG);
}

// A position near p or q, within [0, 1].
static double recombination_cross(og_random* random, double index, double p, double q) {
    const double distance = fabs(p - q);
    if (distance <= RECOMBINATION_SAME) {
        return p;
    }
    const double low = p < q ? p : q;
    const bool down = og_random_bits(random) >> 63;
    const double room = 1 + 2 * (down ? low : 1 - low - distance) / distance;
    const double alpha = room > RECOMBINATION_FAR ? 2 : 2 - pow(room, -(index + 1));
    const double chance = alpha * og_random_uniform(random);
    const double spread = pow(chance <= 1 ? chance : 1 / (2 - chance), 1 / (index + 1));
    const double middle = low + 0.5 * distance;
    return down ? middle - 0.5 * spread * distance : middle + 0.5 * spread * distance;
}

// A position near p, within [0, 1].
static double recombination_mutate(og_random* random, double index, double p) {
    const double chance = og_random_uniform(random);
    const bool down = chance < 0.5;
    const double share = down ? 2 * chance : 2 - 2 * chance;
    const double room = pow(down ? 1 - p : p, index + 1);
    const double step = 1 - pow(share + (1 - share) * room, 1 / (index + 1));
    return down ? p - step : p + step;
}

// Value of a number between the parents' values.
static double recombination_value(const og_parameter* parameter, og_random* random, double index,
                                  double a, double b) {
    const double position = recombination_cross(random, index, og_position_of(parameter, a),
                                                og_position_of(parameter, b));
    const int64_t levels = og_parameter_levels(parameter);
    if (levels < 2) {
        return og_position_value(parameter, position);
    }
    // up or down by chance, so that children are not drawn to one side
    const double wide = 1.0 / (double)(levels - 1);
    return og_position_value(parameter, position + wide * (og_random_uniform(random) - 0.5));
}

static void recombination_take(const og_space* space, og_random* random,
                               const og_recombination* how, const double* a, const double* b,
                               double* child) {
    uint64_t coins = 0;
    for (int i = 0; i < space->count; i++, coins >>= 1) {
        coins = i % 64 == 0 ? og_random_bits(random) : coins;
        const og_parameter* parameter = &space->parameters[i];
        const bool same = a[i] >= b[i] && a[i] <= b[i];
        if (same || !(coins & 1)) {
            child[i] = a[i];
        } else if (recombination_is_number(parameter)) {
            child[i] = recombination_value(parameter, random, how->crossover_index, a[i], b[i]);
        } else {
            child[i] = b[i];
        }
    }
}

// Reals move by polynomial mutation, before repair.
static void recombination_move(const og_space* space, og_random* random,
                               const og_recombination* how, double* child) {
    for (int i = 0; i < space->count; i++) {
        const og_parameter* parameter = &space->parameters[i];
        if (parameter->kind == OG_REAL && og_random_uniform(random) < how->mutation_rate) {
            const double position = og_position_of(parameter, child[i]);
            child[i] = og_position_value(
                parameter, recombination_mutate(random, how->mutation_index, position));
        }
    }
}

void og_recombine(const og_space* space, og_random* random, const og_recombination* how,
                  const double* a, const double* b, double* child) {
    const bool crossed = og_random_uniform(random) < how->crossover_rate;
    recombination_take(space, random, how, a, crossed ? b : a, child);
    recombination_move(space, random, how, child);
    if (!og_space_contains(space, child)) {
        og_space_repair(space, random, child);
    }
    for (int i = 0; i < space->count; i++) {
        if (space->parameters[i].kind != OG_REAL &&
            og_random_uniform(random) < how->mutation_rate) {
            og_variation_change(space, random, child, i);
        }
    }
}
