/// Actions: a design as one choice for each parameter, for agents that learn a preference or a
/// value for every choice. A choice is a level of the parameter or, where there are too many of
/// them and for reals, a range of values of which one is drawn.
#pragma once

#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/random.h"
#include "ogive/space.h"

enum { OG_ACTION_CHOICES = 64 };  ///< most choices of a parameter

/// What was chosen for one parameter, and what could have been.
typedef struct og_action {
    uint64_t allowed;  ///< bit k: choice k has a feasible completion, given what was chosen before
    int choice;
} og_action;

/// What decides about the choices of one parameter.
typedef struct og_action_rule {
    bool open;               ///< every level is always allowed
    const int* parameters;   ///< that decide, list: [count]
    const int64_t* strides;  ///< of their levels in masks, list: [count]
    int count;
    uint64_t* masks;  ///< what their levels allow, filled as it is asked for: 0 is not yet known;
                      ///< NULL when there would be too many
} og_action_rule;

/// The choices of a space.
typedef struct og_actions {
    const og_space* space;
    const int* order;    ///< parameters in the order in which they are chosen, list: [space->count]
    const int* choices;  ///< number of choices, shape: [space->count]
    const int* first;    ///< place of a parameter's choices in a table of all, shape:
                         ///< [space->count + 1]
    const double* values;         ///< of choices that are one level; shape: [first[space->count]]
    const int64_t* counts;        ///< levels of each parameter, list: [space->count]
    const og_action_rule* rules;  ///< list: [space->count]
    const double* initial;        ///< values of parameters not yet chosen, list: [space->count]
    bool tabled;                  ///< see og_space_tabled()
    int* wanted;                  ///< scratch, shape: [space->count]
    bool* levels;                 ///< scratch, shape: [most levels]
} og_actions;

/// Bit set of all choices of a parameter.
static inline uint64_t og_action_all(const og_actions* actions, int parameter) {
    return UINT64_MAX >> (OG_ACTION_CHOICES - actions->choices[parameter]);
}

/// The choices of `space`: every level where a parameter has at most OG_ACTION_CHOICES, else
/// `ranges` of equal width (2 .. OG_ACTION_CHOICES).
og_actions og_actions_make(og_arena* arena, const og_space* space, int ranges);

/// Choose for `parameter` among `allowed`, never empty; `actions` (shape: [space->count]) holds
/// what was chosen for those before it in order.
typedef int og_action_pick(void* picker, og_random* random, int parameter, uint64_t allowed,
                           const og_action* chosen);

/// Draw a feasible design x: `pick` chooses for one parameter after the other, into `chosen`
/// (shape: [space->count]). False when x had to be repaired, as constraints on reals may ask for:
/// then other choices than these make x.
bool og_actions_draw(const og_actions* actions, og_random* random, og_action_pick* pick,
                     void* picker, og_action* chosen, double* x);

/// Make the design x of given choices (shape: [space->count]), which need not be allowed together:
/// a choice that those before it forbid becomes the nearest allowed one.
void og_actions_follow(const og_actions* actions, og_random* random, og_action* chosen, double* x);

/// The actions (shape: [space->count]) that make design x.
void og_actions_read(const og_actions* actions, const double* x, og_action* chosen);

/// Position of a choice of an ordered parameter in its range, in [0, 1].
double og_action_position(const og_actions* actions, int parameter, int choice);

/// True when the choices of a parameter are in an order.
bool og_action_ordered(const og_actions* actions, int parameter);
