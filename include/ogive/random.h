/// Counter-based random streams: number k of stream (seed, stream) is a pure function of the three,
/// so results do not depend on the order in which threads draw, and any stream can be re-made
/// anywhere.
#pragma once

#include <stdint.h>

/// A random stream. Plain data: copying it copies the position.
typedef struct og_random {
    uint64_t key;      ///< identity of the stream, from seed and stream number
    uint64_t counter;  ///< numbers drawn so far
} og_random;

/// Stream number `stream` of `seed`, at its beginning.
og_random og_random_make(uint64_t seed, uint64_t stream);

/// Next 64 uniform bits.
uint64_t og_random_bits(og_random* random);

/// Next uniform real in [0, 1), 53 bits.
double og_random_uniform(og_random* random);

/// Next uniform integer in [0, bound), unbiased. `bound` > 0.
uint64_t og_random_below(og_random* random, uint64_t bound);

/// Next standard normal real (Box and Muller 1958, one value per two draws).
double og_random_normal(og_random* random);

/// A permutation of [0, count) that needs no memory: a cycle-walking Feistel network (Black and
/// Rogaway, CT-RSA 2002). Used to visit a large space in random order without repetition.
typedef struct og_permutation {
    uint64_t key[6];
    uint64_t count;
    int half_bits;
} og_permutation;

/// The permutation of [0, count) chosen by `random`. `count` in [1, 2^62].
og_permutation og_permutation_make(og_random* random, uint64_t count);

/// Image of `index` in [0, count): a bijection of [0, count) onto itself.
uint64_t og_permutation_at(const og_permutation* permutation, uint64_t index);
