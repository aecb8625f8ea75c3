// Encoding, decoding and hashes of designs.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// cmocka needs the four above
#include <cmocka.h>

#include "ogive/space.h"
#include "space/space_cases.h"

enum { ENCODING_WIDTH = 64 };

// computed from the definition in another language
#define ENCODING_GOLDEN_INITIAL 0x6c62be797a1e6d06u
#define ENCODING_GOLDEN_OTHER 0x5446bb4e238d0b29u

static void encoding_returns_the_design(void** state) {
    (void)state;
    for (int c = 0; c < SPACE_COUNT(space_cases); c++) {
        og_arena* arena = og_arena_create();
        const og_space* space = space_case_open(arena, &space_cases[c]);
        const int width = og_space_encoding_width(space);
        assert_true(width <= ENCODING_WIDTH);
        for (uint64_t i = 0; i < (uint64_t)space->size; i++) {
            double x[16];
            double y[16];
            double encoding[ENCODING_WIDTH];
            og_space_design(space, i, x);
            og_space_encode(space, x, encoding);
            for (int k = 0; k < width; k++) {
                assert_true(encoding[k] >= 0 && encoding[k] <= 1);
                encoding[k] += 0.004 * ((int)(i + (uint64_t)k) % 3 - 1);
            }
            og_space_decode(space, encoding, y);
            assert_memory_equal(x, y, sizeof *x * (size_t)space->count);
        }
        og_arena_destroy(arena);
    }
}

static void encoding_follows_the_scale(void** state) {
    (void)state;
    static const char* const colours[] = {"red", "green", "blue"};
    static const double sizes[] = {1, 10, 1000};
    const og_parameter parameters[] = {
        {OG_INTEGER_ROW("count", "", 10, 20, 10, "d")},
        {OG_INTEGER_ROW("cells", "", 1, 10000, 1, "d"), .scale = OG_LOGARITHMIC},
        {OG_POWER_ROW("lanes", "", 1, 16, 1, "d")},
        {OG_REAL_ROW("share", "", -1, 1, 0, "d")},
        {OG_REAL_ROW("rate", "", 1e-4, 1, 1, "d"), .scale = OG_LOGARITHMIC},
        {OG_ORDINAL_ROW("size", "", sizes, 1, "d")},
        {OG_BOOLEAN_ROW("on", 0, "d")},
        {OG_CHOICE_ROW("colour", colours, 0, "d")},
        {OG_INTEGER_ROW("fixed", "", 3, 3, 3, "d")},
    };
    og_arena* arena = og_arena_create();
    const og_space_table table = {parameters, SPACE_COUNT(parameters), NULL, 0};
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
    assert_int_equal(og_space_encoding_width(space), 11);
    const double x[] = {15, 100, 4, 0.5, 0.01, 10, 1, 2, 3};
    const double expected[] = {0.5, 0.5, 0.5, 0.75, 0.5, 0.5, 1, 0, 0, 1, 0};
    double encoding[11];
    og_space_encode(space, x, encoding);
    for (int i = 0; i < 11; i++) {
        assert_true(fabs(encoding[i] - expected[i]) < 1e-12);
    }
    // anything decodes to admitted values
    const double wild[] = {-3, 7, NAN, NAN, INFINITY, -INFINITY, 0.6, NAN, NAN, 0.1, 9};
    double y[9];
    og_space_decode(space, wild, y);
    assert_true(og_space_contains(space, y));
    og_arena_destroy(arena);
}

static void encoding_hash_is_golden(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_space* space = space_case_open(arena, &space_cases[0]);
    double x[16];
    og_space_initial(space, x);
    assert_true(og_space_hash(space, x) == ENCODING_GOLDEN_INITIAL);
    x[0] = -0.0;
    assert_true(og_space_hash(space, x) == ENCODING_GOLDEN_INITIAL);
    x[0] = 1;
    assert_true(og_space_hash(space, x) == ENCODING_GOLDEN_OTHER);
    og_arena_destroy(arena);
}

// The same parameters in another order, and the choices too: the same hash for the same design.
static void encoding_hash_ignores_order(void** state) {
    (void)state;
    static const char* const forward[] = {"red", "green", "blue"};
    static const char* const backward[] = {"blue", "green", "red"};
    const og_parameter one[] = {
        {OG_INTEGER_ROW("a", "", 0, 9, 1, "d")},
        {OG_INTEGER_ROW("b", "", 0, 9, 1, "d")},
        {OG_CHOICE_ROW("c", forward, 0, "d")},
    };
    const og_parameter two[] = {
        {OG_CHOICE_ROW("c", backward, 0, "d")},
        {OG_INTEGER_ROW("b", "", 0, 9, 1, "d")},
        {OG_INTEGER_ROW("a", "", 0, 9, 1, "d")},
    };
    og_arena* arena = og_arena_create();
    const og_space_table tables[] = {{one, 3, NULL, 0}, {two, 3, NULL, 0}};
    const og_space* spaces[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(og_space_create(arena, &tables[i], &spaces[i]), OG_OK);
    }
    const uint64_t hash = og_space_hash(spaces[0], (double[]){3, 5, 0});
    assert_true(hash == og_space_hash(spaces[1], (double[]){2, 5, 3}));
    // the values belong to their names
    assert_true(hash != og_space_hash(spaces[0], (double[]){5, 3, 0}));
    assert_true(hash != og_space_hash(spaces[1], (double[]){0, 5, 3}));
    og_arena_destroy(arena);
}

static int encoding_compare(const void* a, const void* b) {
    const uint64_t left = *(const uint64_t*)a;
    const uint64_t right = *(const uint64_t*)b;
    return left < right ? -1 : left > right;
}

static void encoding_hash_separates_designs(void** state) {
    (void)state;
    enum { COUNT = 1 << 20 };
    static const og_parameter parameters[] = {
        {OG_INTEGER_ROW("a", "", 0, 1023, 0, "d")},
        {OG_INTEGER_ROW("b", "", 0, 1023, 0, "d")},
    };
    og_arena* arena = og_arena_create();
    const og_space_table table = {parameters, 2, NULL, 0};
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
    uint64_t* hashes = OG_NEW(arena, uint64_t, COUNT);
    int ones = 0;
    for (uint64_t i = 0; i < COUNT; i++) {
        double x[2];
        og_space_design(space, i, x);
        hashes[i] = og_space_hash(space, x);
        ones += (int)(hashes[i] >> 17 & 1);
    }
    assert_in_range(ones, COUNT / 2 - 3000, COUNT / 2 + 3000);
    qsort(hashes, COUNT, sizeof *hashes, encoding_compare);
    for (int i = 1; i < COUNT; i++) {
        assert_true(hashes[i] != hashes[i - 1]);
    }
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoding_returns_the_design),
        cmocka_unit_test(encoding_follows_the_scale),
        cmocka_unit_test(encoding_hash_is_golden),
        cmocka_unit_test(encoding_hash_ignores_order),
        cmocka_unit_test(encoding_hash_separates_designs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
