// Counter-based stream: the mix of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) over a Weyl
// sequence whose start depends on seed and stream.

#include "ogive/random.h"

#include <assert.h>
#include <math.h>

#define RANDOM_WEYL 0x9e3779b97f4a7c15u  // 2^64 / golden ratio, odd

static uint64_t random_mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

og_random og_random_make(uint64_t seed, uint64_t stream) {
    const uint64_t key = random_mix(random_mix(seed + RANDOM_WEYL) ^ (stream * RANDOM_WEYL + 1));
    return (og_random){.key = key, .counter = 0};
}

uint64_t og_random_bits(og_random* random) {
    return random_mix(random->key + ++random->counter * RANDOM_WEYL);
}

double og_random_uniform(og_random* random) {
    return (double)(og_random_bits(random) >> 11) * 0x1p-53;
}

uint64_t og_random_below(og_random* random, uint64_t bound) {
    assert(bound > 0);
    // values from `limit` on would favour small remainders
    const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t bits = og_random_bits(random);
    while (bits >= limit) {
        bits = og_random_bits(random);
    }
    return bits % bound;
}

double og_random_normal(og_random* random) {
    const double pi = 3.14159265358979323846;
    const double radius = sqrt(-2.0 * log(1.0 - og_random_uniform(random)));
    return radius * cos(2.0 * pi * og_random_uniform(random));
}

enum { PERMUTATION_ROUNDS = 6 };

og_permutation og_permutation_make(og_random* random, uint64_t count) {
    assert(count > 0 && count <= (uint64_t)1 << 62);
    og_permutation permutation = {.count = count, .half_bits = 1};
    while ((uint64_t)1 << (2 * permutation.half_bits) < count) {
        permutation.half_bits++;
    }
    for (int i = 0; i < PERMUTATION_ROUNDS; i++) {
        permutation.key[i] = og_random_bits(random);
    }
    return permutation;
}

static uint64_t random_feistel(const og_permutation* permutation, uint64_t value) {
    const uint64_t mask = ((uint64_t)1 << permutation->half_bits) - 1;
    uint64_t left = value >> permutation->half_bits;
    uint64_t right = value & mask;
    for (int i = 0; i < PERMUTATION_ROUNDS; i++) {
        const uint64_t mixed = left ^ (random_mix(right ^ permutation->key[i]) & mask);
        left = right;
        right = mixed;
    }
    return left << permutation->half_bits | right;
}

uint64_t og_permutation_at(const og_permutation* permutation, uint64_t index) {
    assert(index < permutation->count);
    // the network permutes a power of four; walk its cycle until it is back inside
    uint64_t value = random_feistel(permutation, index);
    while (value >= permutation->count) {
        value = random_feistel(permutation, value);
    }
    return value;
}
