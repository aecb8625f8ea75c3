#include "ogive/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// cmocka needs the four above
#include <cmocka.h>
#include <stdbool.h>

#include "ogive/arena.h"

typedef struct random_golden {
    uint64_t seed, stream;
    uint64_t bits[3];
} random_golden;

// computed from the definition in another language
static const random_golden random_goldens[] = {
    {0, 0, {0x85c61a300ec70fa1u, 0x4952c2a6e1ef0b78u, 0xf30f1e318359884bu}},
    {1, 0, {0x21a5715431dc4cc7u, 0xe1a26c101cc38752u, 0xa001a4cd852412c8u}},
    {0, 1, {0xb65fb670a97a935eu, 0xca1b1b49d917bf3cu, 0x80f71887523a395cu}},
    {42, 7, {0x2faeac8a2d428183u, 0x0dd6497a21318d69u, 0xb5e20d03eaff930fu}},
};
static const uint64_t random_golden_permutation[] = {561, 625, 878, 297, 267, 475, 774, 558};

static void random_streams_are_golden(void** state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        og_random random = og_random_make(random_goldens[i].seed, random_goldens[i].stream);
        for (int k = 0; k < 3; k++) {
            assert_true(og_random_bits(&random) == random_goldens[i].bits[k]);
        }
    }
    og_random random = og_random_make(1, 2);
    const og_permutation permutation = og_permutation_make(&random, 1000);
    for (uint64_t i = 0; i < 8; i++) {
        assert_true(og_permutation_at(&permutation, i) == random_golden_permutation[i]);
    }
}

static void random_copies_continue_alike(void** state) {
    (void)state;
    og_random random = og_random_make(3, 4);
    og_random_bits(&random);
    og_random copy = random;
    for (int i = 0; i < 100; i++) {
        assert_true(og_random_bits(&random) == og_random_bits(&copy));
    }
}

// Share of equal bits in two streams: about a half when they have nothing to do with each other.
static double random_agreement(og_random a, og_random b) {
    int equal = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t differ = og_random_bits(&a) ^ og_random_bits(&b);
        for (; differ; differ &= differ - 1) {
            equal--;
        }
        equal += 64;
    }
    return equal / 64000.0;
}

static void random_streams_are_unrelated(void** state) {
    (void)state;
    for (uint64_t i = 0; i < 20; i++) {
        const og_random base = og_random_make(i, i);
        assert_true(fabs(random_agreement(base, og_random_make(i + 1, i)) - 0.5) < 0.01);
        assert_true(fabs(random_agreement(base, og_random_make(i, i + 1)) - 0.5) < 0.01);
        assert_true(fabs(random_agreement(base, og_random_make(i + 1, i + 1)) - 0.5) < 0.01);
        assert_true(fabs(random_agreement(base, og_random_make(i << 32, i + 9)) - 0.5) < 0.01);
    }
    const og_random same = og_random_make(1, 1);
    assert_true(random_agreement(same, same) == 1);
}

// Chi-square of `draws` values below `bound`, in standard deviations from its mean.
static double random_unevenness(uint64_t bound, bool biased) {
    enum { PER_VALUE = 1000 };
    og_arena* arena = og_arena_create();
    long* seen = OG_NEW(arena, long, bound);
    og_random random = og_random_make(9, bound);
    for (uint64_t i = 0; i < PER_VALUE * bound; i++) {
        // the usual mistake: the remainder of a narrow range of bits
        seen[biased ? (og_random_bits(&random) & 1023) % bound : og_random_below(&random, bound)]++;
    }
    double square = 0;
    for (uint64_t i = 0; i < bound; i++) {
        square += pow((double)(seen[i] - PER_VALUE), 2) / PER_VALUE;
    }
    og_arena_destroy(arena);
    const double freedom = (double)bound - 1;
    return freedom > 0 ? (square - freedom) / sqrt(2 * freedom) : 0;
}

static void random_below_is_even(void** state) {
    (void)state;
    static const uint64_t bounds[] = {1, 2, 3, 7, 100, 600};
    for (int i = 0; i < 6; i++) {
        assert_true(fabs(random_unevenness(bounds[i], false)) < 4);
    }
    assert_true(random_unevenness(100, true) > 4);
    assert_true(random_unevenness(600, true) > 4);
    og_random random = og_random_make(1, 1);
    int high = 0;
    for (int i = 0; i < 3000; i++) {
        // three quarters of 2^64: plain remainders would favour the lower third
        high += og_random_below(&random, (uint64_t)3 << 62) >= (uint64_t)1 << 63;
    }
    assert_in_range(high, 900, 1100);
}

static void random_reals_have_their_moments(void** state) {
    (void)state;
    enum { COUNT = 200000 };
    og_random random = og_random_make(5, 5);
    double sums[4] = {0};
    for (int i = 0; i < COUNT; i++) {
        const double u = og_random_uniform(&random);
        const double n = og_random_normal(&random);
        assert_true(u >= 0 && u < 1 && isfinite(n));
        sums[0] += u;
        sums[1] += u * u;
        sums[2] += n;
        sums[3] += n * n;
    }
    assert_true(fabs(sums[0] / COUNT - 0.5) < 4 * sqrt(1.0 / 12 / COUNT));
    assert_true(fabs(sums[1] / COUNT - 1.0 / 3) < 4 * sqrt(4.0 / 45 / COUNT));
    assert_true(fabs(sums[2] / COUNT) < 4 / sqrt(COUNT));
    assert_true(fabs(sums[3] / COUNT - 1) < 4 * sqrt(2.0 / COUNT));
}

static void permutation_is_a_bijection(void** state) {
    (void)state;
    static const uint64_t counts[] = {1, 2, 3, 4, 5, 16, 17, 1000, 65537};
    for (int i = 0; i < 9; i++) {
        for (uint64_t seed = 0; seed < 5; seed++) {
            og_random random = og_random_make(seed, 0);
            const og_permutation permutation = og_permutation_make(&random, counts[i]);
            og_arena* arena = og_arena_create();
            bool* seen = OG_NEW(arena, bool, counts[i]);
            for (uint64_t k = 0; k < counts[i]; k++) {
                const uint64_t image = og_permutation_at(&permutation, k);
                assert_true(image < counts[i] && !seen[image]);
                seen[image] = true;
            }
            og_arena_destroy(arena);
        }
    }
}

// The first image is uniform over many keys, and large counts work.
static void permutation_depends_on_its_key(void** state) {
    (void)state;
    enum { COUNT = 10, KEYS = 10000 };
    int seen[COUNT] = {0};
    for (uint64_t seed = 0; seed < KEYS; seed++) {
        og_random random = og_random_make(seed, 1);
        const og_permutation permutation = og_permutation_make(&random, COUNT);
        seen[og_permutation_at(&permutation, 0)]++;
    }
    double square = 0;
    for (int i = 0; i < COUNT; i++) {
        square += pow(seen[i] - KEYS / COUNT, 2) / (KEYS / COUNT);
    }
    assert_true(square < 9 + 4 * sqrt(18));
    og_random random = og_random_make(1, 1);
    const og_permutation large = og_permutation_make(&random, (uint64_t)1 << 62);
    assert_true(og_permutation_at(&large, 0) != og_permutation_at(&large, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_streams_are_golden),
        cmocka_unit_test(random_copies_continue_alike),
        cmocka_unit_test(random_streams_are_unrelated),
        cmocka_unit_test(random_below_is_even),
        cmocka_unit_test(random_reals_have_their_moments),
        cmocka_unit_test(permutation_is_a_bijection),
        cmocka_unit_test(permutation_depends_on_its_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
