#include "agent/action.h"

#include <assert.h>
#include <stdlib.h>

#include "space/scale.h"

uint64_t og_action_all(const og_actions* actions, int parameter) {
    return UINT64_MAX >> (OG_ACTION_CHOICES - actions->choices[parameter]);
}

og_actions og_actions_make(og_arena* arena, const og_space* space, int ranges) {
    assert(ranges >= 2 && ranges <= OG_ACTION_CHOICES);
    int* order = OG_NEW(arena, int, space->count);
    int* choices = OG_NEW(arena, int, space->count);
    int* first = OG_NEW(arena, int, space->count + 1);
    int64_t most = 1;
    og_space_order(space, order);
    for (int i = 0; i < space->count; i++) {
        const int64_t levels = og_parameter_levels(&space->parameters[i]);
        most = levels > most ? levels : most;
        choices[i] = levels == 0 || levels > OG_ACTION_CHOICES ? ranges : (int)levels;
        first[i + 1] = first[i] + choices[i];
    }
    double* values = OG_NEW(arena, double, first[space->count]);
    for (int i = 0; i < space->count; i++) {
        for (int k = 0; og_parameter_levels(&space->parameters[i]) == choices[i] && k < choices[i];
             k++) {
            values[first[i] + k] = og_parameter_value(&space->parameters[i], k);
        }
    }
    return (og_actions){.space = space,
                        .order = order,
                        .choices = choices,
                        .first = first,
                        .values = values,
                        .wanted = OG_NEW(arena, int, space->count),
                        .levels = OG_NEW(arena, bool, most)};
}

// The first level of a choice; of the number of choices: the number of levels.
static int64_t action_begin(int64_t levels, int choices, int choice) {
    return (choice * levels + choices - 1) / choices;
}

static int action_of_level(int64_t levels, int choices, int64_t level) {
    return (int)(level * choices / levels);
}

static int action_of_value(const og_actions* actions, int parameter, double value) {
    const og_parameter* is = &actions->space->parameters[parameter];
    const int choices = actions->choices[parameter];
    if (is->kind == OG_REAL) {
        const int choice = (int)(og_scale_position(is, value) * choices);
        return choice < choices ? choice : choices - 1;
    }
    return action_of_level(og_parameter_levels(is), choices, og_parameter_level(is, value));
}

// Bit set of the choices that the parameters before it in x allow; levels are left in
// actions->levels.
static uint64_t action_allowed(const og_actions* actions, const double* x, int parameter) {
    const og_parameter* is = &actions->space->parameters[parameter];
    if (is->kind == OG_REAL) {
        return og_space_active(actions->space, x, parameter)
                   ? og_action_all(actions, parameter)
                   : (uint64_t)1 << action_of_value(actions, parameter, is->initial);
    }
    const int64_t levels = og_parameter_levels(is);
    const int choices = actions->choices[parameter];
    if (og_space_allowed(actions->space, x, parameter, actions->levels) == levels) {
        return og_action_all(actions, parameter);
    }
    uint64_t allowed = 0;
    for (int64_t level = 0; level < levels; level++) {
        const uint64_t bit = (uint64_t)actions->levels[level];
        allowed |= bit << action_of_level(levels, choices, level);
    }
    return allowed;
}

// A value of a choice, drawn where there are several.
static double action_value(const og_actions* actions, og_random* random, const double* x,
                           int parameter, int choice) {
    const og_parameter* is = &actions->space->parameters[parameter];
    const int choices = actions->choices[parameter];
    if (is->kind == OG_REAL) {
        return og_space_active(actions->space, x, parameter)
                   ? og_scale_value(is, (choice + og_random_uniform(random)) / choices)
                   : is->initial;
    }
    const int64_t levels = og_parameter_levels(is);
    if (levels == choices) {
        return actions->values[actions->first[parameter] + choice];
    }
    const int64_t begin = action_begin(levels, choices, choice);
    const int64_t end = action_begin(levels, choices, choice + 1);
    uint64_t count = 0;
    for (int64_t level = begin; level < end; level++) {
        count += (uint64_t)actions->levels[level];
    }
    uint64_t skip = og_random_below(random, count);
    int64_t level = begin;
    while (!actions->levels[level] || skip-- > 0) {
        level++;
    }
    return og_parameter_value(is, level);
}

bool og_actions_draw(const og_actions* actions, og_random* random, og_action_pick* pick,
                     void* picker, og_action* chosen, double* x) {
    const og_space* space = actions->space;
    // conditions and constraints may look at values that are not chosen yet
    for (int i = 0; i < space->count; i++) {
        x[i] = space->parameters[i].initial;
    }
    for (int i = 0; i < space->count; i++) {
        const int parameter = actions->order[i];
        const uint64_t allowed = action_allowed(actions, x, parameter);
        const bool forced = (allowed & (allowed - 1)) == 0;
        const int choice =
            forced ? __builtin_ctzll(allowed) : pick(picker, random, parameter, allowed, chosen);
        assert(allowed >> choice & 1);
        chosen[parameter] = (og_action){allowed, choice};
        x[parameter] = action_value(actions, random, x, parameter, choice);
    }
    if (og_space_contains(space, x)) {
        return true;
    }
    og_space_repair(space, random, x);
    return false;
}

// The allowed choice nearest to the one wanted.
static int action_nearest(void* picker, og_random* random, int parameter, uint64_t allowed,
                          const og_action* chosen) {
    (void)random;
    (void)chosen;
    const int wanted = ((const int*)picker)[parameter];
    int best = __builtin_ctzll(allowed);
    for (uint64_t left = allowed; left != 0; left &= left - 1) {
        const int choice = __builtin_ctzll(left);
        best = abs(choice - wanted) < abs(best - wanted) ? choice : best;
    }
    return best;
}

void og_actions_follow(const og_actions* actions, og_random* random, og_action* chosen, double* x) {
    for (int i = 0; i < actions->space->count; i++) {
        actions->wanted[i] = chosen[i].choice;
    }
    if (!og_actions_draw(actions, random, action_nearest, actions->wanted, chosen, x)) {
        og_actions_read(actions, x, chosen);
    }
}

void og_actions_read(const og_actions* actions, const double* x, og_action* chosen) {
    for (int i = 0; i < actions->space->count; i++) {
        const int parameter = actions->order[i];
        chosen[parameter] = (og_action){action_allowed(actions, x, parameter),
                                        action_of_value(actions, parameter, x[parameter])};
        assert(chosen[parameter].allowed >> chosen[parameter].choice & 1);
    }
}

double og_action_position(const og_actions* actions, int parameter, int choice) {
    const int choices = actions->choices[parameter];
    return choices > 1 ? (double)choice / (choices - 1) : 0;
}

bool og_action_ordered(const og_actions* actions, int parameter) {
    const og_kind kind = actions->space->parameters[parameter].kind;
    return kind != OG_CHOICE && kind != OG_BOOLEAN;
}
