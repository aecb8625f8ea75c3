#include "agent/policy.h"

#include <math.h>

og_policy og_policy_make(og_arena* arena, const og_actions* actions, double floor) {
    const int count = actions->space->count;
    const int total = actions->first[count];
    og_policy policy = {
        .actions = actions,
        .logits = OG_NEW(arena, double, total),
        .weights = OG_NEW(arena, double, total),
        .sums = OG_NEW(arena, double, count),
        .gradient = OG_NEW(arena, double, total),
        .common = OG_NEW(arena, double, count),
        .adams = OG_NEW(arena, og_adam, count),
        .floor = floor,
    };
    for (int i = 0; i < count; i++) {
        policy.adams[i] = og_adam_make(arena, actions->choices[i]);
        og_policy_renew(&policy, i);
    }
    return policy;
}

double og_policy_sum(const og_policy* policy, int parameter, uint64_t allowed) {
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

int og_policy_pick(void* picker, og_random* random, int parameter, uint64_t allowed,
                   const og_action* chosen) {
    (void)chosen;
    const og_policy* policy = picker;
    const double* weights = policy->weights + policy->actions->first[parameter];
    double part = og_random_uniform(random) * og_policy_sum(policy, parameter, allowed);
    int choice = 0;
    for (uint64_t left = allowed; left != 0; left &= left - 1) {
        choice = __builtin_ctzll(left);
        part -= weights[choice];
        if (part < 0) {
            break;
        }
    }
    return choice;
}

double og_policy_probability(const og_policy* policy, int parameter, const og_action* action) {
    return policy->weights[policy->actions->first[parameter] + action->choice] /
           og_policy_sum(policy, parameter, action->allowed);
}

void og_policy_push(og_policy* policy, int parameter, const og_action* action, double factor) {
    const int first = policy->actions->first[parameter];
    policy->gradient[first + action->choice] += factor;
    // the rest of the slope is the same for all of these, and is added once by og_policy_step()
    if (action->allowed == og_action_all(policy->actions, parameter)) {
        policy->common[parameter] += factor;
        return;
    }
    const double part = factor / og_policy_sum(policy, parameter, action->allowed);
    for (uint64_t left = action->allowed; left != 0; left &= left - 1) {
        const int place = first + __builtin_ctzll(left);
        policy->gradient[place] -= part * policy->weights[place];
    }
}

void og_policy_push_entropy(og_policy* policy, int parameter, double factor) {
    const int first = policy->actions->first[parameter];
    const int end = policy->actions->first[parameter + 1];
    double entropy = 0;
    for (int i = first; i < end; i++) {
        const double probability = policy->weights[i] / policy->sums[parameter];
        entropy -= probability * policy->logits[i];
    }
    // the logarithm of a probability is its logit up to a constant, which cancels
    for (int i = first; i < end; i++) {
        const double probability = policy->weights[i] / policy->sums[parameter];
        policy->gradient[i] -= factor * probability * (policy->logits[i] + entropy);
    }
}

// Neighbours in an order are alike: share each slope with them.
static void policy_smooth(og_policy* policy, int parameter) {
    double* slope = policy->gradient + policy->actions->first[parameter];
    const int count = policy->actions->choices[parameter];
    for (int pass = 0; pass < policy->smoothing; pass++) {
        double before = slope[0];
        for (int i = 0; i < count; i++) {
            const double here = slope[i];
            const double after = i + 1 < count ? slope[i + 1] : here;
            slope[i] = 0.25 * before + 0.5 * here + 0.25 * after;
            before = here;
        }
    }
}

void og_policy_step(og_policy* policy, int parameter, double rate) {
    const int first = policy->actions->first[parameter];
    const int end = policy->actions->first[parameter + 1];
    const double common = policy->common[parameter] / policy->sums[parameter];
    for (int i = first; i < end; i++) {
        policy->gradient[i] -= common * policy->weights[i];
    }
    policy->common[parameter] = 0;
    if (policy->smoothing > 0 && og_action_ordered(policy->actions, parameter)) {
        policy_smooth(policy, parameter);
    }
    og_adam_step(&policy->adams[parameter], policy->logits + first, policy->gradient + first, rate);
    og_policy_renew(policy, parameter);
}

void og_policy_renew(og_policy* policy, int parameter) {
    double* logits = policy->logits + policy->actions->first[parameter];
    double* weights = policy->weights + policy->actions->first[parameter];
    const int count = policy->actions->choices[parameter];
    double top = logits[0];
    for (int i = 1; i < count; i++) {
        top = fmax(top, logits[i]);
    }
    const double least = policy->floor > 0 ? log(policy->floor) : -700;
    double sum = 0;
    for (int i = 0; i < count; i++) {
        // only differences count: the highest is kept at 0
        logits[i] = fmax(logits[i] - top, least);
        weights[i] = exp(logits[i]);
        sum += weights[i];
    }
    policy->sums[parameter] = sum;
}
