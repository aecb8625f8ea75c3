// Parameters and tables of options: levels, reading, printing, messages.

#include "ogive/parameter.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// cmocka needs the four above
#include <cmocka.h>
#include <string.h>

static const char* const parameter_policies[] = {"Open", "OpenAdaptive", "Closed", "open_late"};
static const double parameter_sizes[] = {0.5, 1, 3, 10, 40};

static const og_parameter parameter_table[] = {
    {OG_INTEGER_ROW("request_buffer_size", "requests", 1, 128, 8, "d")},
    {OG_INTEGER_ROW("offset", "", -4, 21, 1, "d"), .step = 5},
    {OG_POWER_ROW("lanes", "", 3, 100, 12, "d")},
    {OG_INTEGER_ROW("cells", "", 1, 1000000, 10, "d"), .scale = OG_LOGARITHMIC},
    {OG_INTEGER_ROW("wide", "", -1e15, 1e15, 0, "d")},
    {OG_REAL_ROW("share", "", -1, 1, 0.1, "d")},
    {OG_REAL_ROW("rate", "", 1e-6, 1, 1e-3, "d"), .scale = OG_LOGARITHMIC},
    {OG_ORDINAL_ROW("size", "KiB", parameter_sizes, 3, "d")},
    {OG_CHOICE_ROW("page_policy", parameter_policies, 0, "d")},
    {OG_BOOLEAN_ROW("unsafe", 0, "d")},
    {OG_TEXT_ROW("trace", NULL, "Trace file.")},
    {OG_TEXT_ROW("preset", "small", "d")},
};

enum { PARAMETER_COUNT = sizeof parameter_table / sizeof *parameter_table };

static const og_parameter* parameter_named(const char* name) {
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        if (strcmp(parameter_table[i].name, name) == 0) {
            return &parameter_table[i];
        }
    }
    fail_msg("no parameter %s", name);
    return NULL;
}

static void parameter_table_is_sound(void** state) {
    (void)state;
    assert_int_equal(og_parameters_check(parameter_table, PARAMETER_COUNT), OG_OK);
}

static void parameter_counts_levels(void** state) {
    (void)state;
    static const int64_t expected[PARAMETER_COUNT] = {128, 6, 6, 1000000, 2000000000000001, 0, 0, 5,
                                                      4,   2, 0, 0};
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        assert_true(og_parameter_levels(&parameter_table[i]) == expected[i]);
    }
}

// Every level goes to text and back, is admitted, and is the nearest level of its surroundings.
static void parameter_goes_round(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        const og_parameter* parameter = &parameter_table[i];
        const int64_t levels = og_parameter_levels(parameter);
        const int64_t stride = levels > 1000 ? levels / 997 : 1;
        for (int64_t level = 0; level < levels; level += stride) {
            const double value = og_parameter_value(parameter, level);
            double back = NAN;
            og_buffer text = {.arena = arena};
            og_parameter_print(parameter, value, &text);
            assert_int_equal(og_parameter_parse(parameter, text.data, &back), OG_OK);
            assert_true(back == value);
            assert_true(og_parameter_admits(parameter, value));
            assert_false(og_parameter_admits(parameter, value + 0.125));
            assert_true(og_parameter_level(parameter, value) == level);
            assert_true(og_parameter_level(parameter, value + 0.124) == level);
            assert_true(og_parameter_level(parameter, value - 0.124) == level);
        }
        if (levels > 0) {
            assert_true(og_parameter_level(parameter, -INFINITY) == 0);
            assert_true(og_parameter_level(parameter, INFINITY) == levels - 1);
            assert_true(og_parameter_value(parameter, og_parameter_level(parameter, NAN)) ==
                        parameter->initial);
            assert_false(og_parameter_admits(parameter, og_parameter_value(parameter, 0) - 1));
        }
    }
    og_arena_destroy(arena);
}

static void parameter_finds_the_nearest_level(void** state) {
    (void)state;
    const og_parameter* lanes = parameter_named("lanes");  // 3 6 12 24 48 96
    assert_int_equal(og_parameter_level(lanes, 9), 1);
    assert_int_equal(og_parameter_level(lanes, 9.01), 2);
    assert_int_equal(og_parameter_level(lanes, 71), 4);
    assert_int_equal(og_parameter_level(lanes, 73), 5);
    const og_parameter* size = parameter_named("size");
    assert_int_equal(og_parameter_level(size, 24), 3);
    assert_int_equal(og_parameter_level(size, 26), 4);
    const og_parameter* offset = parameter_named("offset");  // -4 1 6 11 16 21
    assert_int_equal(og_parameter_level(offset, 8), 2);
    assert_int_equal(og_parameter_level(offset, 9), 3);
}

static void parameter_prints_ranges(void** state) {
    (void)state;
    static const char* const expected[PARAMETER_COUNT] = {
        "1 .. 128",
        "-4, 1, 6, 11, 16, 21",
        "3, 6, 12, 24, 48, 96",
        "1 .. 1000000 (log)",
        "-1000000000000000 .. 1000000000000000",
        "-1 .. 1",
        "1e-06 .. 1 (log)",
        "0.5, 1, 3, 10, 40",
        "Open | OpenAdaptive | Closed | open_late",
        "false | true",
        "text",
        "text",
    };
    og_arena* arena = og_arena_create();
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        og_buffer text = {.arena = arena};
        og_parameter_print_range(&parameter_table[i], &text);
        assert_string_equal(text.data, expected[i]);
    }
    og_buffer text = {.arena = arena};
    const og_parameter many = {OG_POWER_ROW("many", "", 1, 1 << 20, 1, "d")};
    og_parameter_print_range(&many, &text);
    assert_string_equal(text.data, "1, 2, 4 .. 1048576");
    og_arena_destroy(arena);
}

typedef struct parameter_reading {
    const char* name;
    const char* text;
    double value;         // when it is read
    const char* message;  // when it is not
} parameter_reading;

static const parameter_reading parameter_readings[] = {
    {"request_buffer_size", "128", 128, NULL},
    {"request_buffer_size", "1e1", 10, NULL},
    {"request_buffer_size", "200", 0,
     "request_buffer_size: 200 is out of range, allowed: 1 .. 128"},
    {"request_buffer_size", "0", 0, "request_buffer_size: 0 is out of range, allowed: 1 .. 128"},
    {"request_buffer_size", "2.5", 0, "request_buffer_size: 2.5 is not allowed, allowed: 1 .. 128"},
    {"request_buffer_size", "many", 0,
     "request_buffer_size: many is not a number, allowed: 1 .. 128"},
    {"request_buffer_size", "", 0, "request_buffer_size: '' is not a number, allowed: 1 .. 128"},
    {"request_buffer_size", "nan", 0,
     "request_buffer_size: nan is not a number, allowed: 1 .. 128"},
    {"lanes", "12", 12, NULL},
    {"lanes", "13", 0, "lanes: 13 is not allowed, allowed: 3, 6, 12, 24, 48, 96"},
    {"share", "-0.25", -0.25, NULL},
    {"share", "1.0001", 0, "share: 1.0001 is out of range, allowed: -1 .. 1"},
    {"size", "40", 40, NULL},
    {"size", "2", 0, "size: 2 is not allowed, allowed: 0.5, 1, 3, 10, 40"},
    {"page_policy", "OpenAdaptive", 1, NULL},
    {"page_policy", "openadaptive", 1, NULL},
    {"page_policy", "OPEN", 0, NULL},
    {"page_policy", "opn", 0,
     "page_policy: unknown 'opn', did you mean Open? (Open | OpenAdaptive | Closed | open_late)"},
    {"page_policy", "1", 0, "page_policy: unknown '1' (Open | OpenAdaptive | Closed | open_late)"},
    {"unsafe", "true", 1, NULL},
    {"unsafe", "False", 0, NULL},
    {"unsafe", "yes", 1, NULL},
    {"unsafe", "no", 0, NULL},
    {"unsafe", "on", 1, NULL},
    {"unsafe", "off", 0, NULL},
    {"unsafe", "1", 1, NULL},
    {"unsafe", "0", 0, NULL},
    {"unsafe", "maybe", 0, "unsafe: 'maybe' is neither true nor false"},
};

static void parameter_reads_or_explains(void** state) {
    (void)state;
    for (int i = 0; i < (int)(sizeof parameter_readings / sizeof *parameter_readings); i++) {
        const parameter_reading* reading = &parameter_readings[i];
        double value = NAN;
        const og_status status =
            og_parameter_parse(parameter_named(reading->name), reading->text, &value);
        if (reading->message) {
            assert_int_equal(status, OG_ERROR_VALUE);
            assert_string_equal(og_error_text(), reading->message);
        } else {
            assert_int_equal(status, OG_OK);
            assert_true(value == reading->value);
        }
    }
}

typedef struct parameter_mistake {
    og_parameter row;
    const char* message;
} parameter_mistake;

static const double parameter_disorder[] = {1, 3, 2};
static const char* const parameter_double[] = {"a", "b", "a"};

static const parameter_mistake parameter_mistakes[] = {
    {{OG_BOOLEAN_ROW("Upper", 0, "d")},
     "parameter 'Upper': a name is lower-case letters, digits and _"},
    {{OG_BOOLEAN_ROW("", 0, "d")}, "parameter '': a name is lower-case letters, digits and _"},
    {{OG_BOOLEAN_ROW("9a", 0, "d")}, "parameter '9a': a name is lower-case letters, digits and _"},
    {{OG_BOOLEAN_ROW("and", 0, "d")}, "parameter 'and': the name is reserved for expressions"},
    {{OG_BOOLEAN_ROW("a", 2, "d")}, "a: 2 is no valid initial value, allowed: false | true"},
    {{OG_INTEGER_ROW("a", "", 5, 4, 5, "d")}, "a: minimum 5 is above maximum 4"},
    {{OG_INTEGER_ROW("a", "", 0.5, 4, 1, "d")}, "a: range and step must be integers within 2^52"},
    {{OG_POWER_ROW("a", "", 0, 4, 1, "d")}, "a: minimum 0 must be positive on this scale"},
    {{OG_REAL_ROW("a", "", 0, 4, 9, "d")}, "a: 9 is no valid initial value, allowed: 0 .. 4"},
    {{OG_REAL_ROW("a", "", 0, 4, 1, "d"), .scale = OG_LOGARITHMIC},
     "a: minimum 0 must be positive on this scale"},
    {{OG_ORDINAL_ROW("a", "", parameter_disorder, 1, "d")},
     "a: value 2 is not in increasing order"},
    {{OG_CHOICE_ROW("a", parameter_double, 0, "d")}, "a: choice 'a' appears twice"},
    {{.name = "a", .unit = "", .doc = "d", .kind = OG_CHOICE}, "a: has no values"},
    {{.name = "a", .kind = OG_BOOLEAN}, "a: unit and doc are needed"},
};

static void parameter_explains_wrong_rows(void** state) {
    (void)state;
    for (int i = 0; i < (int)(sizeof parameter_mistakes / sizeof *parameter_mistakes); i++) {
        assert_int_not_equal(og_parameters_check(&parameter_mistakes[i].row, 1), OG_OK);
        assert_string_equal(og_error_text(), parameter_mistakes[i].message);
    }
}

static void settings_take_options(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_settings settings = og_settings_make(arena, parameter_table, PARAMETER_COUNT);
    assert_true(settings.values[0] == 8 && !settings.given[0]);
    assert_string_equal(settings.texts[11], "small");
    assert_int_equal(og_settings_complete(&settings), OG_ERROR_VALUE);
    assert_string_equal(og_error_text(), "option 'trace' is required: Trace file.");
    char name[] = "a.stl";
    assert_int_equal(og_settings_set(&settings, "trace", name), OG_OK);
    name[0] = 'b';
    assert_string_equal(settings.texts[10], "a.stl");
    assert_int_equal(og_settings_complete(&settings), OG_OK);
    assert_int_equal(og_settings_set(&settings, "lanes", "48"), OG_OK);
    assert_true(settings.values[2] == 48 && settings.given[2]);
    assert_int_equal(og_settings_set(&settings, "lanes", "47"), OG_ERROR_VALUE);
    assert_true(settings.values[2] == 48);
    assert_int_equal(og_settings_set(&settings, "lnes", "47"), OG_ERROR_NAME);
    assert_string_equal(og_error_text(), "unknown option 'lnes', did you mean lanes?");
    og_settings few = og_settings_make(arena, parameter_table, 2);
    assert_int_equal(og_settings_set(&few, "zzz", "1"), OG_ERROR_NAME);
    assert_string_equal(og_error_text(),
                        "unknown option 'zzz', allowed: request_buffer_size, offset");
    og_settings none = og_settings_make(arena, NULL, 0);
    assert_int_equal(og_settings_set(&none, "zzz", "1"), OG_ERROR_NAME);
    assert_string_equal(og_error_text(), "unknown option 'zzz', there are no options");
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameter_table_is_sound),
        cmocka_unit_test(parameter_counts_levels),
        cmocka_unit_test(parameter_goes_round),
        cmocka_unit_test(parameter_finds_the_nearest_level),
        cmocka_unit_test(parameter_prints_ranges),
        cmocka_unit_test(parameter_reads_or_explains),
        cmocka_unit_test(parameter_explains_wrong_rows),
        cmocka_unit_test(settings_take_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
