#include "agent/neighbourhood.h"

#include <math.h>
#include <string.h>

enum { NEIGHBOURHOOD_MOST_LEVELS = 64 };  // of which all are neighbours

const char* const og_reach_names[3] = {"adjacent", "doubling", "all"};

// Moves of one parameter, into `moves` unless it is NULL. Returns how many.
static int neighbourhood_list(const og_parameter* parameter, int index, og_reach reach,
                              og_move* moves) {
    const int64_t levels = parameter->kind == OG_REAL ? 2 : og_parameter_levels(parameter);
    const bool all = parameter->kind == OG_CHOICE ||
                     (reach == OG_REACH_ALL && levels <= NEIGHBOURHOOD_MOST_LEVELS);
    const int64_t farthest = reach == OG_REACH_ADJACENT && !all ? 1 : levels - 1;
    int count = 0;
    for (int64_t offset = 1; offset <= farthest && offset < levels;
         offset = all ? offset + 1 : 2 * offset) {
        // a choice goes round its end, so up reaches every other one
        for (int down = 0; down <= (parameter->kind != OG_CHOICE); down++, count++) {
            if (moves != NULL) {
                moves[count] = (og_move){.parameter = index, .offset = down ? -offset : offset};
            }
        }
    }
    return count;
}

og_neighbourhood og_neighbourhood_make(og_arena* arena, const og_space* space, og_reach reach) {
    og_neighbourhood neighbourhood = {.space = space, .has_reals = !space->discrete};
    int count = 0;
    for (int i = 0; i < space->count; i++) {
        count += neighbourhood_list(&space->parameters[i], i, reach, NULL);
    }
    neighbourhood.moves = OG_NEW(arena, og_move, count);
    for (int i = 0; i < space->count; i++) {
        neighbourhood.count += neighbourhood_list(&space->parameters[i], i, reach,
                                                  neighbourhood.moves + neighbourhood.count);
    }
    return neighbourhood;
}

void og_neighbourhood_shuffle(og_neighbourhood* neighbourhood, og_random* random) {
    for (int i = neighbourhood->count - 1; i > 0; i--) {
        const int other = (int)og_random_below(random, (uint64_t)i + 1);
        const og_move kept = neighbourhood->moves[i];
        neighbourhood->moves[i] = neighbourhood->moves[other];
        neighbourhood->moves[other] = kept;
    }
}

// Value of a real `share` of its range away, at most at its end.
static double neighbourhood_real(const og_parameter* parameter, double value, double share) {
    double moved = value + share * (parameter->maximum - parameter->minimum);
    if (parameter->scale == OG_LOGARITHMIC) {
        moved = value * pow(parameter->maximum / parameter->minimum, share);
    }
    return fmin(fmax(moved, parameter->minimum), parameter->maximum);
}

static double neighbourhood_value(const og_parameter* parameter, const og_move* move,
                                  double real_step, double value) {
    if (parameter->kind == OG_REAL) {
        return neighbourhood_real(parameter, value, (double)move->offset * real_step);
    }
    const int64_t levels = og_parameter_levels(parameter);
    int64_t level = og_parameter_level(parameter, value) + move->offset;
    if (parameter->kind == OG_CHOICE) {
        level %= levels;
    }
    return level >= 0 && level < levels ? og_parameter_value(parameter, level) : value;
}

bool og_neighbourhood_move(const og_neighbourhood* neighbourhood, og_random* random,
                           const og_move* move, double real_step, const double* x, double* y) {
    const og_space* space = neighbourhood->space;
    const int index = move->parameter;
    const double value = neighbourhood_value(&space->parameters[index], move, real_step, x[index]);
    const bool moved = value < x[index] || value > x[index];
    if (!moved || !og_space_active(space, x, index)) {
        return false;
    }
    memcpy(y, x, sizeof(double) * (size_t)space->count);
    y[index] = value;
    if (og_space_contains(space, y)) {
        return true;
    }
    // repairing may put the value itself back
    og_space_repair(space, random, y);
    return y[index] >= value && y[index] <= value;
}
