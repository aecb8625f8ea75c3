#include "agent/variation.h"

#include <assert.h>
#include <math.h>

#define VARIATION_REAL_OCTAVES 16.0  // least step of a real: 2^-16 of its range
#define VARIATION_WIDENING 0.25      // "extended intermediate recombination", d = 0.25

const char* const og_crossover_names[4] = {"uniform", "two_point", "groups", "mixed"};

static double variation_clamp(double value, double low, double high) {
    return fmin(fmax(value, low), high);
}

// Position of a real on its scale.
static double variation_position(const og_parameter* parameter, double value) {
    return parameter->scale == OG_LOGARITHMIC ? log(value) : value;
}

static double variation_real(const og_parameter* parameter, double position) {
    const double value = parameter->scale == OG_LOGARITHMIC ? exp(position) : position;
    return variation_clamp(value, parameter->minimum, parameter->maximum);
}

static double variation_move_real(const og_parameter* parameter, og_random* random, double value) {
    const double low = variation_position(parameter, parameter->minimum);
    const double high = variation_position(parameter, parameter->maximum);
    const double step = (high - low) * exp2(-VARIATION_REAL_OCTAVES * og_random_uniform(random));
    const double sign = og_random_bits(random) >> 63 ? 1 : -1;
    const double from = variation_position(parameter, value);
    const double to = from + sign * step;
    return variation_real(parameter, to < low || to > high ? from - sign * step : to);
}

// Another level: a step of log-uniform length up or down, turned round where it leaves the range.
static int64_t variation_move_level(og_random* random, int64_t level, int64_t levels) {
    const double most = (double)(levels - 1);
    int64_t step = (int64_t)exp2(log2(most + 1) * og_random_uniform(random));
    step = step < 1 ? 1 : step;
    step = step > levels - 1 ? levels - 1 : step;
    step = og_random_bits(random) >> 63 ? step : -step;
    int64_t moved = level + step;
    if (moved < 0 || moved >= levels) {
        moved = level - step;
    }
    // too far both ways: to the end that is farther away
    if (moved < 0 || moved >= levels) {
        moved = 2 * level < levels - 1 ? levels - 1 : 0;
    }
    return moved;
}

// Another value of a parameter, without regard to constraints; the same one when it has no other.
static double variation_other(const og_parameter* parameter, og_random* random, double value) {
    if (parameter->kind == OG_REAL) {
        return variation_move_real(parameter, random, value);
    }
    const int64_t levels = og_parameter_levels(parameter);
    if (levels < 2) {
        return value;
    }
    const int64_t level = og_parameter_level(parameter, value);
    if (parameter->kind == OG_CHOICE || levels == 2) {
        const uint64_t shift = 1 + og_random_below(random, (uint64_t)levels - 1);
        return og_parameter_value(parameter,
                                  (int64_t)(((uint64_t)level + shift) % (uint64_t)levels));
    }
    return og_parameter_value(parameter, variation_move_level(random, level, levels));
}

bool og_variation_change(const og_space* space, og_random* random, double* x, int index) {
    assert(index >= 0 && index < space->count);
    const double before = x[index];
    x[index] = variation_other(&space->parameters[index], random, before);
    const bool moved = x[index] < before || x[index] > before;
    if (moved && og_space_contains(space, x)) {
        return true;
    }
    // constraints tie it to others
    x[index] = before;
    return og_space_mutate(space, random, x, index);
}

void og_variation_mutate(const og_space* space, og_random* random, double* x, double rate) {
    assert(rate >= 0 && rate <= 1);
    for (int i = 0; i < space->count; i++) {
        if (og_random_uniform(random) < rate) {
            og_variation_change(space, random, x, i);
        }
    }
}

void og_variation_change_any(const og_space* space, og_random* random, double* x) {
    const int first = (int)og_random_below(random, (uint64_t)space->count);
    for (int i = 0; i < space->count; i++) {
        if (og_variation_change(space, random, x, (first + i) % space->count)) {
            return;
        }
    }
}

// Which parameters a child takes from its second parent.
typedef struct variation_mask {
    og_crossover crossover;  // not mixed
    int begin, length;       // two_point: the stretch, going round the end
    uint64_t stream;         // others: one random bit for each parameter or group
} variation_mask;

static variation_mask variation_draw_mask(const og_space* space, og_random* random,
                                          og_crossover crossover) {
    variation_mask mask = {.crossover = crossover};
    if (crossover == OG_CROSSOVER_MIXED) {
        mask.crossover = (og_crossover)og_random_below(random, OG_CROSSOVER_MIXED);
    }
    const uint64_t count = (uint64_t)space->count;
    if (mask.crossover == OG_CROSSOVER_TWO_POINT) {
        mask.begin = (int)og_random_below(random, count);
        mask.length = 1 + (int)og_random_below(random, count);
    } else {
        mask.stream = og_random_bits(random);
    }
    return mask;
}

static bool variation_takes(const variation_mask* mask, const og_space* space, int index) {
    if (mask->crossover == OG_CROSSOVER_TWO_POINT) {
        return (index - mask->begin + space->count) % space->count < mask->length;
    }
    const int place = mask->crossover == OG_CROSSOVER_GROUPS ? space->group_of[index] : index;
    og_random coins = {.key = mask->stream, .counter = (uint64_t)place / 64};
    return og_random_bits(&coins) >> place % 64 & 1;
}

// Intermediate recombination of reals.
static double variation_blend(const og_parameter* parameter, og_random* random, double a,
                              double b) {
    const double from = variation_position(parameter, a);
    const double to = variation_position(parameter, b);
    const double share =
        (1 + 2 * VARIATION_WIDENING) * og_random_uniform(random) - VARIATION_WIDENING;
    return variation_real(parameter, from + share * (to - from));
}

void og_variation_cross(const og_space* space, og_random* random, og_crossover crossover,
                        const double* a, const double* b, double* child) {
    const variation_mask mask = variation_draw_mask(space, random, crossover);
    const bool blends = mask.crossover == OG_CROSSOVER_UNIFORM;
    for (int i = 0; i < space->count; i++) {
        if (blends && space->parameters[i].kind == OG_REAL) {
            child[i] = variation_blend(&space->parameters[i], random, a[i], b[i]);
        } else {
            child[i] = variation_takes(&mask, space, i) ? b[i] : a[i];
        }
    }
    if (!og_space_contains(space, child)) {
        og_space_repair(space, random, child);
    }
}
