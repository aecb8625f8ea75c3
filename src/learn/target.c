// Common scales for targets.

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "learn/target.h"
#include "ogive/acquisition.h"

static void target_standardize(const double* targets, int count, double* scaled) {
    double offset;
    double unit;
    og_target_moments(targets, count, &offset, &unit);
    for (int i = 0; i < count; i++) {
        scaled[i] = (targets[i] - offset) / unit;
    }
}

void og_target_moments(const double* targets, int count, double* mean, double* deviation) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += targets[i] / count;
    }
    double squares = 0;
    for (int i = 0; i < count; i++) {
        squares += (targets[i] - sum) * (targets[i] - sum) / count;
    }
    // targets that are equal up to rounding have no scale of their own
    const double spread = sqrt(squares);
    const bool equal = !(spread > 1e-14 * fabs(sum));
    *mean = equal && count > 0 ? targets[0] : sum;
    *deviation = equal ? 1 : spread;
}

// Move the entry at `at` down a heap of `count` indices whose largest target is on top.
static void target_sink(const double* targets, int* order, int count, int at) {
    for (int child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && targets[order[child + 1]] > targets[order[child]]) {
            child++;
        }
        if (!(targets[order[child]] > targets[order[at]])) {
            return;
        }
        const int kept = order[at];
        order[at] = order[child];
        order[child] = kept;
        at = child;
    }
}

void og_target_order(const double* targets, int count, int* order) {
    for (int i = 0; i < count; i++) {
        order[i] = i;
    }
    for (int i = count / 2 - 1; i >= 0; i--) {
        target_sink(targets, order, count, i);
    }
    for (int end = count - 1; end > 0; end--) {
        const int largest = order[0];
        order[0] = order[end];
        order[end] = largest;
        target_sink(targets, order, end, 0);
    }
}

// Normal scores of ranks that are asked for in increasing order.
typedef struct target_ranks {
    int count;
    double begin;      // of the stretch of ranks that the next two bound, 0: none yet
    double low, high;  // scores at its begin and end
} target_ranks;

enum { TARGET_STRETCH = 16, TARGET_ENDS = 256, TARGET_MANY = 4096 };

static double target_exact_score(const target_ranks* ranks, double rank) {
    return og_normal_quantile((rank - 0.375) / (ranks->count + 0.25));
}

// Among many ranks, those away from both ends are interpolated: off by 0.0003 at most.
static double target_score(target_ranks* ranks, double rank) {
    const double last = ranks->count + 1 - rank;
    if (ranks->count < TARGET_MANY || rank < TARGET_ENDS || last < TARGET_ENDS) {
        return target_exact_score(ranks, rank);
    }
    const double begin = TARGET_STRETCH * floor(rank / TARGET_STRETCH);
    if (begin > ranks->begin) {
        const bool next = begin - ranks->begin <= TARGET_STRETCH && ranks->begin > 0;
        ranks->low = next ? ranks->high : target_exact_score(ranks, begin);
        ranks->high = target_exact_score(ranks, begin + TARGET_STRETCH);
        ranks->begin = begin;
    }
    const double part = (rank - begin) / TARGET_STRETCH;
    return ranks->low + part * (ranks->high - ranks->low);
}

void og_target_scores(const double* targets, int count, const int* order, double* scaled) {
    target_ranks ranks = {.count = count};
    for (int begin = 0; begin < count;) {
        int end = begin + 1;
        while (end < count && targets[order[end]] == targets[order[begin]]) {
            end++;
        }
        // the middle of all is 0 without rounding
        const double rank = 0.5 * (begin + end + 1);
        const double score = begin + end == count ? 0 : target_score(&ranks, rank);
        for (int i = begin; i < end; i++) {
            scaled[order[i]] = score;
        }
        begin = end;
    }
}

void og_targets_scale(og_target_scale scale, const double* targets, int count, int* order,
                      double* scaled) {
    assert(count >= 0);
    if (scale == OG_TARGETS_STANDARDIZED) {
        target_standardize(targets, count, scaled);
        return;
    }
    og_target_order(targets, count, order);
    og_target_scores(targets, count, order, scaled);
}
