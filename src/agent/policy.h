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
    double* gradient;  ///< of what is minimised, by logits; same shape as they
    double* common;    ///< factors of actions whose parameter had all choices, shape:
                       ///< [space->count]
    og_adam* adams;    ///< of each parameter, list: [space->count]
    double floor;      ///< least weight of a choice over that of the likeliest one
    int smoothing;     ///< passes over gradients of ordered parameters
} og_policy;

/// The uniform policy. `actions` must outlive it.
og_policy og_policy_make(og_arena* arena, const og_actions* actions, double floor);

/// og_action_pick of a policy: draws in proportion to the weights of what is allowed.
int og_policy_pick(void* policy, og_random* random, int parameter, uint64_t allowed,
                   const og_action* chosen);

/// Sum of the weights of what is allowed.
double og_policy_sum(const og_policy* policy, int parameter, uint64_t allowed);

/// Probability of an action.
double og_policy_probability(const og_policy* policy, int parameter, const og_action* action);

/// Add `factor` times the gradient of the logarithm of an action's probability.
void og_policy_push(og_policy* policy, int parameter, const og_action* action, double factor);

/// Add `factor` times the gradient of the entropy of a parameter's distribution.
void og_policy_push_entropy(og_policy* policy, int parameter, double factor);

/// Move the logits of a parameter down its gradient, clear the gradient, and renew the weights.
void og_policy_step(og_policy* policy, int parameter, double rate);

/// Renew the weights of a parameter whose logits were changed.
void og_policy_renew(og_policy* policy, int parameter);
