/// Policies: a categorical distribution over the choices of each parameter, from preferences
/// (logits) in one table. In a problem of one step whose observation does not change, a table says
/// all that a network could.
#pragma once

#include "agent/action.h"
#include "ogive/adam.h"

typedef struct og_policy {
    const og_actions* actions;
    double* logits;    ///< shape: [choices of all parameters]
    double* weights;   ///< their exponentials, up to a factor per parameter; same shape
    double* sums;      ///< of weights, shape: [space->count]
    double* scales;    ///< what weights are multiplied with to be probabilities: 1 over sums
    double* gradient;  ///< of what is minimised, by logits; same shape as they
    double* common;    ///< factors of actions whose parameter had all choices, shape:
                       ///< [space->count]
    og_adam adam;      ///< of all parameters
    og_adam* adams;    ///< views of it, of each parameter, list: [space->count]
    double least;      ///< least logit of a choice, that of the likeliest one being 0
    int smoothing;     ///< passes over gradients of ordered parameters
} og_policy;

/// The uniform policy. `actions` must outlive it.
og_policy og_policy_make(og_arena* arena, const og_actions* actions, double floor);

/// og_action_pick of a policy: draws in proportion to the weights of what is allowed.
int og_policy_pick(void* policy, og_random* random, int parameter, uint64_t allowed,
                   const og_action* chosen);

/// Sum of the weights of what is allowed.
static inline double og_policy_sum(const og_policy* policy, int parameter, uint64_t allowed) {
    if (allowed == og_action_all(policy->actions, parameter)) {
        return policy->sums[parameter];
    }
    const double* weights = policy->weights + policy->actions->first[parameter];
    double sum = 0;
    for (uint64_t left = allowed; left != 0; left &= left - 1) {
        sum += weights[__builtin_ctzll(left)];
    }
    return sum;
}

/// One over that sum.
static inline double og_policy_scale(const og_policy* policy, int parameter, uint64_t allowed) {
    return allowed == og_action_all(policy->actions, parameter)
               ? policy->scales[parameter]
               : 1 / og_policy_sum(policy, parameter, allowed);
}

/// Probability of an action.
static inline double og_policy_probability(const og_policy* policy, int parameter,
                                           const og_action* action) {
    return policy->weights[policy->actions->first[parameter] + action->choice] *
           og_policy_scale(policy, parameter, action->allowed);
}

/// Add `factor` times the gradient of the logarithm of an action's probability; `scale` is
/// og_policy_scale() of the action.
static inline void og_policy_push(og_policy* policy, int parameter, const og_action* action,
                                  double scale, double factor) {
    const int first = policy->actions->first[parameter];
    policy->gradient[first + action->choice] += factor;
    // the rest of the slope is the same for all of these, and is added once by og_policy_step()
    if (action->allowed == og_action_all(policy->actions, parameter)) {
        policy->common[parameter] += factor;
        return;
    }
    for (uint64_t left = action->allowed; left != 0; left &= left - 1) {
        const int place = first + __builtin_ctzll(left);
        policy->gradient[place] -= factor * scale * policy->weights[place];
    }
}

/// Add `factor` times the gradient of the entropy of a parameter's distribution.
void og_policy_push_entropy(og_policy* policy, int parameter, double factor);

/// Move the logits of a parameter, or of all (-1), down their gradient, clear the gradient, and
/// renew the weights. A policy is either always moved as a whole or never.
void og_policy_step(og_policy* policy, int parameter, double rate);

/// Renew the weights of a parameter whose logits were changed, or of all (-1).
void og_policy_renew(og_policy* policy, int parameter);
