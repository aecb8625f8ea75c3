#include "agent/action.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "space/scale.h"

enum { ACTION_MASKS = 4096 };  // most combinations whose choices are kept, for each parameter

// The parameters that decide, and room for what they allow where that is worth its memory.
static og_action_rule action_rule(og_arena* arena, const og_actions* actions, int parameter) {
    const og_space* space = actions->space;
    int* parameters = OG_NEW(arena, int, space->count);
    og_action_rule rule = {.parameters = parameters};
    rule.count = og_space_deciders(space, parameter, parameters);
    int64_t* strides = OG_NEW(arena, int64_t, rule.count);
    int64_t rows = 1;
    for (int i = 0; i < rule.count && rows > 0; i++) {
        const int64_t levels = actions->counts[parameters[i]];
        strides[i] = rows;
        rows = levels > 0 && levels <= ACTION_MASKS / rows ? rows * levels : 0;
    }
    rule.strides = strides;
    rule.open =
        rule.count == 0 && (actions->counts[parameter] == 0 ||
                            og_space_allowed(space, actions->initial, parameter, actions->levels) ==
                                actions->counts[parameter]);
    // a choice among several levels needs to know which of them are allowed
    const bool single = actions->choices[parameter] == actions->counts[parameter];
    rule.masks = rows > 0 && single && !rule.open ? OG_NEW(arena, uint64_t, rows) : NULL;
    return rule;
}

// The values of choices that are one level.
static const double* action_values(og_arena* arena, const og_actions* actions) {
    const int count = actions->space->count;
    double* values = OG_NEW(arena, double, actions->first[count]);
    for (int i = 0; i < count; i++) {
        for (int k = 0; actions->counts[i] == actions->choices[i] && k < actions->choices[i]; k++) {
            values[actions->first[i] + k] = og_parameter_value(&actions->space->parameters[i], k);
        }
    }
    return values;
}

og_actions og_actions_make(og_arena* arena, const og_space* space, int ranges) {
    assert(ranges >= 2 && ranges <= OG_ACTION_CHOICES);
    int* order = OG_NEW(arena, int, space->count);
    int* choices = OG_NEW(arena, int, space->count);
    int* first = OG_NEW(arena, int, space->count + 1);
    int64_t* counts = OG_NEW(arena, int64_t, space->count);
    double* initial = OG_NEW(arena, double, space->count);
    int64_t most = 1;
    og_space_order(space, order);
    for (int i = 0; i < space->count; i++) {
        const int64_t levels = og_parameter_levels(&space->parameters[i]);
        most = levels > most ? levels : most;
        choices[i] = levels == 0 || levels > OG_ACTION_CHOICES ? ranges : (int)levels;
        first[i + 1] = first[i] + choices[i];
        counts[i] = levels;
        initial[i] = space->parameters[i].initial;
    }
    og_actions actions = {.space = space,
                          .order = order,
                          .choices = choices,
                          .first = first,
                          .counts = counts,
                          .initial = initial,
                          .tabled = og_space_tabled(space),
                          .wanted = OG_NEW(arena, int, space->count),
                          .levels = OG_NEW(arena, bool, most)};
    actions.values = action_values(arena, &actions);
    og_action_rule* rules = OG_NEW(arena, og_action_rule, space->count);
    for (int i = 0; i < space->count; i++) {
        rules[i] = action_rule(arena, &actions, i);
    }
    actions.rules = rules;
    return actions;
}

// The first level of a choice; of the number of choices: the number of levels.
static int64_t action_begin(int64_t levels, int choices, int choice) {
    return (choice * levels + choices - 1) / choices;
}

static int action_of_level(int64_t levels, int choices, int64_t level) {
    return (int)(level * choices / levels);
}

// The level of an admitted value that is a choice of its own.
static int action_search(const double* values, int count, double value) {
    int low = 0;
    int high = count - 1;
    while (low < high) {
        const int middle = (low + high) / 2;
        const bool above = values[middle] < value;
        low = above ? middle + 1 : low;
        high = above ? high : middle;
    }
    return low;
}

static int64_t action_level_of(const og_actions* actions, int parameter, double value) {
    const int choices = actions->choices[parameter];
    return actions->counts[parameter] == choices
               ? action_search(actions->values + actions->first[parameter], choices, value)
               : og_parameter_level(&actions->space->parameters[parameter], value);
}

static int action_of_value(const og_actions* actions, int parameter, double value) {
    const og_parameter* is = &actions->space->parameters[parameter];
    const int choices = actions->choices[parameter];
    if (is->kind == OG_REAL) {
        const int choice = (int)(og_scale_position(is, value) * choices);
        return choice < choices ? choice : choices - 1;
    }
    const int64_t level = action_level_of(actions, parameter, value);
    return actions->counts[parameter] == choices
               ? (int)level
               : action_of_level(actions->counts[parameter], choices, level);
}

// Bit set of the choices that the parameters before it in x allow; levels are left in
// actions->levels.
static uint64_t action_find_allowed(const og_actions* actions, const double* x, int parameter) {
    const og_parameter* is = &actions->space->parameters[parameter];
    if (is->kind == OG_REAL) {
        return og_space_active(actions->space, x, parameter)
                   ? og_action_all(actions, parameter)
                   : (uint64_t)1 << action_of_value(actions, parameter, is->initial);
    }
    const int64_t levels = actions->counts[parameter];
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

// The same, without a look at the space where that was done before. Levels are left where choices
// are several of them and not all are allowed always.
static uint64_t action_allowed(const og_actions* actions, const double* x, int parameter) {
    const og_action_rule* rule = &actions->rules[parameter];
    if (rule->open) {
        return og_action_all(actions, parameter);
    }
    if (rule->masks == NULL) {
        return action_find_allowed(actions, x, parameter);
    }
    int64_t row = 0;
    for (int i = 0; i < rule->count; i++) {
        const int decider = rule->parameters[i];
        row +=
            rule->strides[i] * og_parameter_level(&actions->space->parameters[decider], x[decider]);
    }
    if (rule->masks[row] == 0) {
        rule->masks[row] = action_find_allowed(actions, x, parameter);
    }
    return rule->masks[row];
}

// One of the allowed levels of a choice.
static int64_t action_level(const og_actions* actions, og_random* random, int parameter,
                            int choice) {
    const int64_t levels = actions->counts[parameter];
    const int choices = actions->choices[parameter];
    const int64_t begin = action_begin(levels, choices, choice);
    const int64_t end = action_begin(levels, choices, choice + 1);
    if (actions->rules[parameter].open) {
        return begin + (int64_t)og_random_below(random, (uint64_t)(end - begin));
    }
    uint64_t count = 0;
    for (int64_t level = begin; level < end; level++) {
        count += (uint64_t)actions->levels[level];
    }
    uint64_t skip = og_random_below(random, count);
    int64_t level = begin;
    while (!actions->levels[level] || skip-- > 0) {
        level++;
    }
    return level;
}

// A value of a choice, drawn where there are several.
static double action_value(const og_actions* actions, og_random* random, const double* x,
                           int parameter, int choice) {
    const og_parameter* is = &actions->space->parameters[parameter];
    const int choices = actions->choices[parameter];
    if (actions->counts[parameter] == choices) {
        return actions->values[actions->first[parameter] + choice];
    }
    if (is->kind == OG_REAL) {
        return og_space_active(actions->space, x, parameter)
                   ? og_scale_value(is, (choice + og_random_uniform(random)) / choices)
                   : is->initial;
    }
    return og_parameter_value(is, action_level(actions, random, parameter, choice));
}

bool og_actions_draw(const og_actions* actions, og_random* random, og_action_pick* pick,
                     void* picker, og_action* chosen, double* x) {
    const og_space* space = actions->space;
    // conditions and constraints may look at values that are not chosen yet
    memcpy(x, actions->initial, sizeof *x * (size_t)space->count);
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
    if (actions->tabled || og_space_contains(space, x)) {
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
