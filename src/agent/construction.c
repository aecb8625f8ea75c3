#include "agent/construction.h"

#include <assert.h>
#include <math.h>

#include "agent/position.h"

// A parameter with more levels than a table of a space may have entries is tied to no other.
#define CONSTRUCTION_TIED_LEVELS ((int64_t)1 << 24)

static bool construction_is_continuum(const og_parameter* parameter) {
    return parameter->kind == OG_REAL || (parameter->kind != OG_CHOICE &&
                                          og_parameter_levels(parameter) > OG_CONSTRUCTION_LEVELS);
}

// Which parameters may have all their levels, whatever the others are.
static const bool* construction_open(og_arena* arena, const og_space* space, bool* allowed) {
    bool* open = OG_NEW(arena, bool, space->count);
    int* deciders = OG_NEW(arena, int, space->count);
    double* x = OG_NEW(arena, double, space->count);
    og_space_initial(space, x);
    for (int i = 0; i < space->count; i++) {
        const int64_t levels = og_parameter_levels(&space->parameters[i]);
        open[i] = og_space_deciders(space, i, deciders) == 0 &&
                  (levels == 0 || levels > CONSTRUCTION_TIED_LEVELS ||
                   og_space_allowed(space, x, i, allowed) == levels);
    }
    return open;
}

og_construction og_construction_make(og_arena* arena, const og_space* space) {
    og_construction construction = {.space = space, .most_levels = 1};
    int* order = OG_NEW(arena, int, space->count);
    int* levels = OG_NEW(arena, int, space->count);
    og_space_order(space, order);
    double product = 1;
    int64_t longest = 1;
    for (int i = 0; i < space->count; i++) {
        const int64_t count = og_parameter_levels(&space->parameters[i]);
        product *= count > 0 ? (double)count : INFINITY;
        longest = count > longest && count <= CONSTRUCTION_TIED_LEVELS ? count : longest;
        levels[i] = construction_is_continuum(&space->parameters[i]) ? 0 : (int)count;
        construction.most_levels =
            levels[i] > construction.most_levels ? levels[i] : construction.most_levels;
    }
    construction.order = order;
    construction.levels = levels;
    // a product without limit says nothing about constraints
    construction.tied = !isfinite(product) || space->size < product;
    construction.allowed = OG_NEW(arena, bool, longest);
    construction.open = construction_open(arena, space, construction.allowed);
    bool* every = OG_NEW(arena, bool, construction.most_levels);
    for (int i = 0; i < construction.most_levels; i++) {
        every[i] = true;
    }
    construction.every = every;
    return construction;
}

const bool* og_construction_allowed(og_construction* construction, const double* x, int index) {
    assert(construction->levels[index] > 0);
    if (!construction->tied || construction->open[index]) {
        return construction->every;
    }
    og_space_allowed(construction->space, x, index, construction->allowed);
    return construction->allowed;
}

int og_construction_draw(og_construction* construction, og_random* random, const double* weights,
                         double* x, int index) {
    const bool* allowed = og_construction_allowed(construction, x, index);
    const int levels = construction->levels[index];
    double sum = 0;
    for (int i = 0; i < levels; i++) {
        sum += allowed[i] ? weights[i] : 0;
    }
    double part = sum * og_random_uniform(random);
    int level = -1;
    for (int i = 0; i < levels; i++) {
        if (allowed[i] && (weights[i] > 0 || (level < 0 && sum <= 0))) {
            level = i;
            part -= weights[i];
            if (part < 0) {
                break;
            }
        }
    }
    assert(level >= 0);
    x[index] = og_parameter_value(&construction->space->parameters[index], level);
    return level;
}

// The allowed level nearest to `level`.
static int64_t construction_nearest(const bool* allowed, int64_t levels, int64_t level) {
    for (int64_t distance = 0; distance < levels; distance++) {
        if (level >= distance && allowed[level - distance]) {
            return level - distance;
        }
        if (level + distance < levels && allowed[level + distance]) {
            return level + distance;
        }
    }
    assert(false && "a parameter has an allowed level");
    return level;
}

void og_construction_place(og_construction* construction, double position, double* x, int index) {
    const og_space* space = construction->space;
    const og_parameter* parameter = &space->parameters[index];
    x[index] = og_position_value(parameter, position);
    const int64_t levels = og_parameter_levels(parameter);
    if (!construction->tied || construction->open[index] || levels == 0 ||
        levels > CONSTRUCTION_TIED_LEVELS) {
        return;
    }
    og_space_allowed(space, x, index, construction->allowed);
    const int64_t level = og_parameter_level(parameter, x[index]);
    x[index] =
        og_parameter_value(parameter, construction_nearest(construction->allowed, levels, level));
}

void og_construction_finish(const og_construction* construction, og_random* random, double* x) {
    if (construction->tied && !og_space_contains(construction->space, x)) {
        og_space_repair(construction->space, random, x);
    }
}
