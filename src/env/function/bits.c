// Problems over bits. A bit counts as 1 where it equals the target's.

#include <assert.h>
#include <math.h>

#include "env/function/problem.h"
#include "ogive/random.h"

enum {
    BITS_TRAP_SIZE = 5,       // Deb and Goldberg 1993
    BITS_WEIGHT_MOST = 100,   // Pisinger 2005 has coefficients in [1, R]
    BITS_PROFIT_SPREAD = 10,  // R / 10: "weakly correlated" instances
};

static int bits_matches(const og_function* function, const double* x, int begin, int end) {
    int count = 0;
    for (int i = begin; i < end; i++) {
        count += (x[i] > 0.5) == (function->target[i] > 0.5);
    }
    return count;
}

static og_outcome bits_finish(const og_function* function, double value, double* y) {
    y[0] = value;
    y[1] = value - function->optimum;
    return OG_FEASIBLE;
}

og_outcome og_function_onemax(const og_function* function, const double* x, double* y,
                              const char** reason) {
    (void)reason;
    const int count = function->dimensions;
    return bits_finish(function, count - bits_matches(function, x, 0, count), y);
}

og_outcome og_function_trap(const og_function* function, const double* x, double* y,
                            const char** reason) {
    (void)reason;
    int value = function->dimensions;
    for (int begin = 0; begin < function->dimensions; begin += BITS_TRAP_SIZE) {
        int end = begin + BITS_TRAP_SIZE;
        end = end < function->dimensions ? end : function->dimensions;
        // the slope leads away from the block's optimum
        const int ones = bits_matches(function, x, begin, end);
        value -= ones == end - begin ? ones : end - begin - 1 - ones;
    }
    return bits_finish(function, value, y);
}

// Contribution of bit `index` when it and the bits that follow it cyclically read `window`.
static double bits_contribution(const og_function* function, int index, unsigned window) {
    return function->contributions[((size_t)index << (function->interactions + 1)) + window];
}

og_outcome og_function_nk(const og_function* function, const double* x, double* y,
                          const char** reason) {
    (void)reason;
    const int count = function->dimensions;
    double sum = 0;
    for (int i = 0; i < count; i++) {
        unsigned window = 0;
        for (int k = 0; k <= function->interactions; k++) {
            window |= (unsigned)(x[(i + k) % count] > 0.5) << k;
        }
        sum += bits_contribution(function, i, window);
    }
    return bits_finish(function, 1 - sum / count, y);
}

// Largest sum of contributions over designs that begin with the bits `prefix`: dynamic programming
// over windows, exact because each sum is formed in the order in which evaluation forms it.
static double bits_nk_best(const og_function* function, unsigned prefix, double* best,
                           double* next) {
    const int count = function->dimensions;
    const int width = function->interactions;
    const unsigned states = 1u << width;
    for (unsigned s = 0; s < states; s++) {
        best[s] = s == prefix ? 0 : -INFINITY;
    }
    for (int i = 0; i < count; i++) {
        for (unsigned s = 0; s < states; s++) {
            next[s] = -INFINITY;
        }
        for (unsigned choice = 0; choice < 2 * states; choice++) {
            const unsigned state = choice & (states - 1);
            const unsigned bit = choice >> width;
            const int place = i + width;
            if (place >= count && bit != (prefix >> (place - count) & 1u)) {
                continue;
            }
            const double sum = best[state] + bits_contribution(function, i, choice);
            next[choice >> 1] = fmax(next[choice >> 1], sum);
        }
        double* swap = best;
        best = next;
        next = swap;
    }
    return best[prefix];
}

void og_function_nk_prepare(og_arena* arena, og_function* function) {
    const unsigned states = 1u << function->interactions;
    const size_t entries = (size_t)function->dimensions * 2 * states;
    og_random random = og_random_make(function->seed, 2);
    function->contributions = OG_NEW(arena, double, entries);
    for (size_t i = 0; i < entries; i++) {
        function->contributions[i] = og_random_uniform(&random);
    }
    double* best = OG_NEW(arena, double, states);
    double* next = OG_NEW(arena, double, states);
    double largest = 0;
    for (unsigned prefix = 0; prefix < states; prefix++) {
        largest = fmax(largest, bits_nk_best(function, prefix, best, next));
    }
    function->optimum = 1 - largest / function->dimensions;
}

og_outcome og_function_knapsack(const og_function* function, const double* x, double* y,
                                const char** reason) {
    double weight = 0;
    double left_out = 0;
    for (int i = 0; i < function->dimensions; i++) {
        const bool taken = x[i] > 0.5;
        weight += taken ? function->weights[i] : 0;
        left_out += taken ? 0 : function->profits[i];
    }
    y[2] = weight;
    y[3] = weight - function->capacity;
    if (y[3] > 0 && function->limit == OG_FUNCTION_LIMIT_OUTCOME) {
        *reason = "heavier than the knapsack's capacity";
        return OG_INFEASIBLE;
    }
    return bits_finish(function, left_out, y);
}

void og_function_knapsack_prepare(og_arena* arena, og_function* function) {
    const int count = function->dimensions;
    og_random random = og_random_make(function->seed, 3);
    function->weights = OG_NEW(arena, double, count);
    function->profits = OG_NEW(arena, double, count);
    double weight = 0;
    double profit = 0;
    for (int i = 0; i < count; i++) {
        function->weights[i] = 1 + (double)og_random_below(&random, BITS_WEIGHT_MOST);
        const double spread = (double)og_random_below(&random, 2 * BITS_PROFIT_SPREAD + 1);
        function->profits[i] = fmax(1, function->weights[i] + spread - BITS_PROFIT_SPREAD);
        weight += function->weights[i];
        profit += function->profits[i];
    }
    function->capacity = floor(weight / 2);
    // best[c]: largest profit within capacity c
    const int capacity = (int)function->capacity;
    double* best = OG_NEW(arena, double, capacity + 1);
    for (int i = 0; i < count; i++) {
        const int item = (int)function->weights[i];
        for (int c = capacity; c >= item; c--) {
            best[c] = fmax(best[c], best[c - item] + function->profits[i]);
        }
    }
    function->optimum = profit - best[capacity];
}
