// Numbers for people: four significant digits, and no noise.

// the program's files are in no library: this one is tested from inside
#include "cli/number.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void number_texts(void** state) {
    (void)state;
    const struct {
        double value;
        const char* text;
    } cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {5, "5"},
        {1234567, "1,234,567"},
        {-98765, "-98,765"},
        {9999999, "9,999,999"},
        {123456789, "123,500,000"},
        {3.14159265, "3.142"},
        {0.05012345, "0.05012"},
        {999.96, "1,000"},
        {9999.96, "10,000"},
        {12345.6, "12,350"},
        {0.1 + 0.2, "0.3000"},
        {1.0 / 3, "0.3333"},
        {2.5e-7, "2.5e-07"},
        {3.14159e12, "3.142e+12"},
        {NAN, "-"},
        {INFINITY, "inf"},
    };
    og_arena* arena = og_arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(og_number_text(arena, cases[i].value, ""), cases[i].text);
    }
    assert_string_equal(og_number_text(arena, 12, "ns"), "12 ns");
    assert_string_equal(og_number_text(arena, 12, "1"), "12");
    og_arena_destroy(arena);
}

static void number_durations(void** state) {
    (void)state;
    const struct {
        double seconds;
        const char* text;
    } cases[] = {
        {0.0123, "0.012 s"},  {0.42, "0.42 s"},     {1.26, "1.3 s"},
        {12.4, "12 s"},       {59.7, "1 min 00 s"}, {125, "2 min 05 s"},
        {7260, "2 h 01 min"}, {INFINITY, "-"},      {0.9999, "1.0 s"},
    };
    og_arena* arena = og_arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(og_duration_text(arena, cases[i].seconds), cases[i].text);
    }
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_texts),
        cmocka_unit_test(number_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
