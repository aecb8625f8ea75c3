#include "ogive/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// cmocka needs the four above
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/random.h"

static void text_masks_what_is_not_printable(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    static const struct {
        const char* text;
        const char* masked;
        int characters;
    } cases[] = {
        {"", "", 0},
        {"plain ~", "plain ~", 7},
        {"a\033[31mb\nc\td\x7f", "a?[31mb?c?d?", -1},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 3},
        {"\xc2\x9b"
         "1m",
         "??1m", -1},
        {"\xff\xc3", "??", -1},
        {"\xc0\xaf", "??", -1},
        {"\xed\xa0\x80", "???", -1},
        {"\xf4\x90\x80\x80", "????", -1},
        {"x\xe2\x80\xaey", "x???y", -1},
        {"\xe2\x82", "??", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(og_text_printable(arena, cases[i].text), cases[i].masked);
        assert_int_equal(og_text_characters(cases[i].text), cases[i].characters);
    }
    og_arena_destroy(arena);
}

static void text_formats_and_copies(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    assert_string_equal(og_text_format(arena, "%d of %s", 3, "four"), "3 of four");
    assert_string_equal(og_text_format(arena, "%s", ""), "");
    char* wide = og_text_format(arena, "%5000d", 7);
    assert_int_equal(strlen(wide), 5000);
    assert_string_equal(og_text_copy(arena, "abcdef", 3), "abc");
    assert_string_equal(og_text_trim(arena, " \t a b \r\n"), "a b");
    assert_string_equal(og_text_trim(arena, "  "), "");
    og_arena_destroy(arena);
}

static void text_splits(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    char** parts;
    assert_int_equal(og_text_split(arena, "", ',', &parts), 0);
    assert_int_equal(og_text_split(arena, "  ", ',', &parts), 0);
    assert_int_equal(og_text_split(arena, "one", ',', &parts), 1);
    assert_string_equal(parts[0], "one");
    assert_int_equal(og_text_split(arena, " a ,, b c ,", ',', &parts), 4);
    assert_string_equal(parts[0], "a");
    assert_string_equal(parts[1], "");
    assert_string_equal(parts[2], "b c");
    assert_string_equal(parts[3], "");
    og_arena_destroy(arena);
}

static void text_buffers_grow(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_buffer buffer = {.arena = arena};
    char expected[4096] = "";
    for (int i = 0; i < 500; i++) {
        og_buffer_print(&buffer, "%d,", i);
        sprintf(expected + strlen(expected), "%d,", i);
        assert_int_equal(buffer.length, strlen(expected));
        assert_string_equal(buffer.data, expected);
    }
    og_arena_destroy(arena);
}

static void text_reads_numbers_strictly(void** state) {
    (void)state;
    static const char* const good[] = {"0", "-1", "+2.5", ".5", "5.", "1e3", "1E-3", "1e308"};
    static const double values[] = {0, -1, 2.5, 0.5, 5, 1000, 0.001, 1e308};
    static const char* const bad[] = {"",      " 1",  "1 ", "1x",  "x",   "nan", "inf", "0x10",
                                      "1e999", "1,5", "1e", "--1", "1-2", ".",   "e5",  "1e5.5"};
    double value;
    for (int i = 0; i < 8; i++) {
        assert_true(og_text_number(good[i], &value) && value == values[i]);
    }
    for (int i = 0; i < 16; i++) {
        value = 7;
        assert_false(og_text_number(bad[i], &value));
        assert_true(value == 7);
    }
    int64_t integer;
    assert_true(og_text_integer("-9223372036854775808", &integer) && integer == INT64_MIN);
    assert_true(og_text_integer("+12", &integer) && integer == 12);
    static const char* const no[] = {"", "-", "1.0", " 1", "9223372036854775808", "1e3", "0x1"};
    for (int i = 0; i < 7; i++) {
        assert_false(og_text_integer(no[i], &integer));
    }
}

static void text_prints_the_shortest_real(void** state) {
    (void)state;
    char out[32];
    assert_string_equal(og_text_real(0.1, out), "0.1");
    assert_string_equal(og_text_real(1e-6, out), "1e-06");
    assert_string_equal(og_text_real(123456789012, out), "123456789012");
    assert_string_equal(og_text_real(0x1p53, out), "9007199254740992");
    assert_string_equal(og_text_real(-0.5, out), "-0.5");
    assert_string_equal(og_text_real(NAN, out), "nan");
    assert_string_equal(og_text_real(-INFINITY, out), "-inf");
    og_random random = og_random_make(1, 1);
    for (int i = 0; i < 100000; i++) {
        const uint64_t bits = og_random_bits(&random);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) {
            og_text_real(value, out);
            assert_true(strtod(out, NULL) == value);
            assert_true(strlen(out) < 32);
        }
    }
}

// Distance by the recursive definition, for short names.
static int text_distance_by_definition(const char* a, int n, const char* b, int m) {
    if (n == 0 || m == 0) {
        return n + m;
    }
    const int same = a[n - 1] == b[m - 1];
    int best = text_distance_by_definition(a, n - 1, b, m - 1) + !same;
    const int removed = text_distance_by_definition(a, n - 1, b, m) + 1;
    const int added = text_distance_by_definition(a, n, b, m - 1) + 1;
    best = removed < best ? removed : best;
    best = added < best ? added : best;
    if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1]) {
        const int swapped = text_distance_by_definition(a, n - 2, b, m - 2) + 1;
        best = swapped < best ? swapped : best;
    }
    return best;
}

static void text_measures_distances(void** state) {
    (void)state;
    assert_int_equal(og_text_distance("", ""), 0);
    assert_int_equal(og_text_distance("Open", "open"), 0);
    assert_int_equal(og_text_distance("opne", "open"), 1);
    assert_int_equal(og_text_distance("kitten", "sitting"), 3);
    og_random random = og_random_make(2, 2);
    for (int i = 0; i < 300; i++) {
        char names[2][6] = {"", ""};
        for (int k = 0; k < 2; k++) {
            const int length = (int)og_random_below(&random, 6);
            for (int c = 0; c < length; c++) {
                names[k][c] = (char)('a' + og_random_below(&random, 3));
            }
            names[k][length] = '\0';
        }
        assert_int_equal(og_text_distance(names[0], names[1]),
                         text_distance_by_definition(names[0], (int)strlen(names[0]), names[1],
                                                     (int)strlen(names[1])));
    }
}

static void text_finds_the_nearest_name(void** state) {
    (void)state;
    static const char* const names[] = {"random", "exhaustive", "hill_climb", "anneal", "genetic"};
    assert_string_equal(og_text_nearest("genetc", names, 5), "genetic");
    assert_string_equal(og_text_nearest("hill", names, 5), "hill_climb");
    assert_string_equal(og_text_nearest("Anneal", names, 5), "anneal");
    assert_null(og_text_nearest("zzzzzz", names, 5));
    assert_null(og_text_nearest("random", names, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_formats_and_copies),
        cmocka_unit_test(text_masks_what_is_not_printable),
        cmocka_unit_test(text_splits),
        cmocka_unit_test(text_buffers_grow),
        cmocka_unit_test(text_reads_numbers_strictly),
        cmocka_unit_test(text_prints_the_shortest_real),
        cmocka_unit_test(text_measures_distances),
        cmocka_unit_test(text_finds_the_nearest_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
