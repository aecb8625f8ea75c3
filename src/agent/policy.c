#include "agent/policy.h"

#include <math.h>

#include "learn/exponential.h"

#define POLICY_LEAST (-700.0)  // logit of the unlikeliest choice without a floor

og_policy og_policy_make(og_arena* arena, const og_actions* actions, double floor) {
    const int count = actions->space->count;
    const int total = actions->first[count];
    og_policy policy = {
        .actions = actions,
        .logits = OG_NEW(arena, double, total),
        .weights = OG_NEW(arena, double, total),
        .sums = OG_NEW(arena, double, count),
        .scales = OG_NEW(arena, double, count),
        .gradient = OG_NEW(arena, double, total),
        .common = OG_NEW(arena, double, count),
        .adam = og_adam_make(arena, total),
        .adams = OG_NEW(arena, og_adam, count),
        .least = floor > 0 ? log(floor) : POLICY_LEAST,
    };
    for (int i = 0; i < count; i++) {
        policy.adams[i] = (og_adam){.count = actions->choices[i],
                                    .first = policy.adam.first + actions->first[i],
                                    .second = policy.adam.second + actions->first[i]};
    }
    og_policy_renew(&policy, -1);
    return policy;
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

void og_policy_push_entropy(og_policy* policy, int parameter, double factor) {
    const int first = policy->actions->first[parameter];
    const int count = policy->actions->choices[parameter];
    const double* logits = policy->logits + first;
    const double* weights = policy->weights + first;
    double* gradient = policy->gradient + first;
    const double scale = policy->scales[parameter];
    double entropy = 0;
    for (int i = 0; i < count; i++) {
        entropy -= weights[i] * logits[i];
    }
    entropy *= scale;
    // the logarithm of a probability is its logit up to a constant, which cancels
    for (int i = 0; i < count; i++) {
        gradient[i] -= factor * scale * weights[i] * (logits[i] + entropy);
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

// Complete the gradient of a parameter.
static void policy_complete(og_policy* policy, int parameter) {
    const int first = policy->actions->first[parameter];
    const int count = policy->actions->choices[parameter];
    const double* weights = policy->weights + first;
    double* gradient = policy->gradient + first;
    const double common = policy->common[parameter] * policy->scales[parameter];
    for (int i = 0; i < count; i++) {
        gradient[i] -= common * weights[i];
    }
    policy->common[parameter] = 0;
    if (policy->smoothing > 0 && og_action_ordered(policy->actions, parameter)) {
        policy_smooth(policy, parameter);
    }
}

// Parameters from the first to the one before the last that `parameter` stands for.
static void policy_range(const og_policy* policy, int parameter, int* begin, int* end) {
    *begin = parameter < 0 ? 0 : parameter;
    *end = parameter < 0 ? policy->actions->space->count : parameter + 1;
}

void og_policy_step(og_policy* policy, int parameter, double rate) {
    int begin;
    int end;
    policy_range(policy, parameter, &begin, &end);
    for (int p = begin; p < end; p++) {
        policy_complete(policy, p);
    }
    const int first = policy->actions->first[begin];
    og_adam_step(parameter < 0 ? &policy->adam : &policy->adams[parameter], policy->logits + first,
                 policy->gradient + first, rate);
    og_policy_renew(policy, parameter);
}

// Only differences of logits count: the highest is kept at 0.
static void policy_level(og_policy* policy, int parameter) {
    double* logits = policy->logits + policy->actions->first[parameter];
    const int count = policy->actions->choices[parameter];
    double top = logits[0];
    for (int i = 1; i < count; i++) {
        top = logits[i] > top ? logits[i] : top;
    }
    for (int i = 0; i < count; i++) {
        const double logit = logits[i] - top;
        logits[i] = logit > policy->least ? logit : policy->least;
    }
}

void og_policy_renew(og_policy* policy, int parameter) {
    int begin;
    int end;
    policy_range(policy, parameter, &begin, &end);
    for (int p = begin; p < end; p++) {
        policy_level(policy, p);
    }
    const int* first = policy->actions->first;
    og_exponentials(policy->logits + first[begin], first[end] - first[begin],
                    policy->weights + first[begin]);
    for (int p = begin; p < end; p++) {
        double sum = 0;
        for (int i = first[p]; i < first[p + 1]; i++) {
            sum += policy->weights[i];
        }
        policy->sums[p] = sum;
        policy->scales[p] = 1 / sum;
    }
}
