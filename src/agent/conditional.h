/// Conditional policies: preferences for the choices of a parameter that depend on what was chosen
/// for those before it, so that the product over parameters can be any joint distribution the model
/// can express (chain rule).
#pragma once

#include "agent/action.h"
#include "ogive/adam.h"
#include "ogive/network.h"

typedef enum og_conditional_model {
    OG_CONDITIONAL_TABLE,      ///< a preference for each pair of choices, added up
    OG_CONDITIONAL_ATTENTION,  ///< a network whose tokens are the choices made so far
} og_conditional_model;

extern const char* const og_conditional_names[2];

/// Choices of a parameter are followed by unused cells up to a multiple of this.
enum { OG_CONDITIONAL_LANES = 4 };
#define OG_CONDITIONAL_NEVER (-700.0)  ///< preference of unused cells: a weight of 1e-304

typedef struct og_conditional {
    const og_actions* actions;
    og_conditional_model model;
    int sight;             ///< parameters that one sees: the last ones before it
    const int* first;      ///< cell of a parameter's first choice, shape: [space->count + 1]
    const double* voices;  ///< weight of each pair of the parameter at a position, so that many
                           ///< teammates do not shout a choice down; shape: [space->count]
    const int* pairs;      ///< table: first preference of a parameter and one it sees, shape:
                           ///< [space->count][sight]
    double* parameters;    ///< shape: [count]
    double* gradient;      ///< of what is minimised, shape: [count]
    int count;
    og_adam adam;
    og_network* network;
    const double* features;  ///< of the workload, shape: [features]
    int* tokens;             ///< scratch, shape: [space->count]
    int* rows;               ///< scratch: preferences of pairs that a design has, shape: [sight]
    double* slopes;          ///< scratch, shape: [space->count][choices of all parameters]
} og_conditional;

/// What a conditional policy is made from.
typedef struct og_conditional_setup {
    const og_actions* actions;  ///< must outlive it
    og_conditional_model model;
    int sight;               ///< >= 1
    const double* features;  ///< attention only, shape: [feature_count]
    int feature_count;
} og_conditional_setup;

og_conditional og_conditional_make(og_arena* arena, const og_conditional_setup* setup,
                                   og_random* random);

/// Preferences (logits) of parameter number `position` in order, given the choices of those before
/// it: logits (shape: [cells of the parameter]); those of unused cells are
/// OG_CONDITIONAL_NEVER.
void og_conditional_logits(og_conditional* conditional, const og_action* actions, int position,
                           double* logits);

/// Preferences of all parameters given a whole design, by parameter: logits (shape: [cells]).
void og_conditional_all(og_conditional* conditional, const og_action* actions, double* logits);

/// Add to the gradient, given that of the logits (shape: [cells], 0 in unused cells) of the design
/// that og_conditional_all() was last called with.
void og_conditional_push(og_conditional* conditional, const og_action* actions,
                         const double* slopes);

/// Move down the gradient, and clear it.
void og_conditional_step(og_conditional* conditional, double rate);
