/// Centralised critics: what a design costs as the sum of what its choices cost, and, when asked
/// for, its pairs of choices; a Bayesian ridge regression on normal scores of the losses' ranks.
/// Low is good; failed designs and those that violate constraints are the worst.
#pragma once

#include "agent/action.h"
#include "learn/ziggurat.h"
#include "ogive/agent.h"
#include "ogive/ridge.h"

enum { OG_CRITIC_DRAWS = 16 };  ///< most weights that are drawn at once

typedef struct og_critic {
    const og_actions* actions;
    og_arena* arena;
    og_ridge* ridge;
    double* waiting;  ///< rows told since the last fit, shape: [waiting_room][space->count]
    double* waiting_scores;
    int waiting_count, waiting_room;
    int rows;         ///< in the fit
    double* row;      ///< scratch, shape: [space->count]
    double* draws;    ///< weights drawn ahead, shape: [OG_CRITIC_DRAWS][og_ridge_feature_count()]
    int draws_made;   ///< of them
    int draws_taken;  ///< of those, each as it is and then mirrored at the mean
    double* sampled;  ///< weights, shape: [og_ridge_feature_count() + 1]
    double* costs;    ///< of each choice under some weights, shape: [choices of all parameters]
    const int* features;  ///< below each choice, shape: [choices of all parameters]
    const double* parts;  ///< of the way from there to the next one, same shape
    og_ziggurat ziggurat;
    bool pairwise;
} og_critic;

/// A critic that knows nothing. `pairs` 0: no pairs, else see og_ridge_options; so for `knots`.
og_critic og_critic_make(og_arena* arena, const og_actions* actions, double pairs, int knots);

/// Tell what a design cost, by its actions (shape: [space->count]).
void og_critic_tell(og_critic* critic, const og_action* actions, const og_told* told);

/// Learn from what was told: every time until a few hundred designs are known, then whenever they
/// have grown by a twentieth, and from 10,000 on by a half, so that the cost per
/// design stays flat.
void og_critic_fit(og_critic* critic);

/// Put what each choice adds to the cost (pairs left out) into critic->costs: by the mean of the
/// weights, or by weights drawn from their posterior (Thompson sampling).
void og_critic_mean(og_critic* critic);
void og_critic_sample(og_critic* critic, og_random* random);

/// Cost of a design by the weights that critic->costs came from, pairs included.
double og_critic_value(og_critic* critic, const og_action* actions);
