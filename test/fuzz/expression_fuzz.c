// Any text compiles or fails with a message, and what compiles evaluates; also as the constraint of
// a space.

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ogive/expression.h"
#include "ogive/space.h"
#include "ogive/text.h"

static const char* const expression_fuzz_choices[] = {"Open", "Closed", "two words"};

static const og_parameter expression_fuzz_table[] = {
    {OG_INTEGER_ROW("a", "", 1, 8, 2, "An integer.")},
    {OG_POWER_ROW("b", "", 1, 64, 4, "A power of two.")},
    {OG_CHOICE_ROW("c", expression_fuzz_choices, 0, "A choice.")},
    {OG_BOOLEAN_ROW("d", 1, "A boolean.")},
    {OG_REAL_ROW("e", "", -1, 1, 0, "A real.")},
};

enum { EXPRESSION_FUZZ_COUNT = sizeof expression_fuzz_table / sizeof *expression_fuzz_table };

static void expression_fuzz_evaluate(const og_expression* expression) {
    const double rows[][EXPRESSION_FUZZ_COUNT] = {{2, 4, 0, 1, 0},
                                                  {8, 64, 2, 0, -1},
                                                  {1, 1, 1, 1, 0.5},
                                                  {NAN, INFINITY, -INFINITY, -0.0, NAN}};
    for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++) {
        const double value = og_expression_evaluate(expression, rows[i]);
        const double violation = og_expression_violation(expression, rows[i]);
        assert(violation >= 0);
        assert((violation > 0) == !(value < 0 || value > 0));
    }
}

static void expression_fuzz_space(og_arena* arena, const char* text) {
    const char* constraints[] = {text};
    const og_space_table table = {expression_fuzz_table, EXPRESSION_FUZZ_COUNT, constraints, 1};
    const og_space* space = NULL;
    if (og_space_create(arena, &table, &space) != OG_OK) {
        return;
    }
    double x[EXPRESSION_FUZZ_COUNT];
    og_random random = og_random_make(1, 2);
    og_space_initial(space, x);
    assert(og_space_contains(space, x));
    og_space_sample(space, &random, x);
    assert(og_space_contains(space, x));
    og_space_mutate(space, &random, x, 0);
    assert(og_space_contains(space, x));
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    og_arena* arena = og_arena_create();
    char* text = og_text_copy(arena, (const char*)data, size);
    og_variable variables[EXPRESSION_FUZZ_COUNT];
    for (int i = 0; i < EXPRESSION_FUZZ_COUNT; i++) {
        variables[i] = (og_variable){expression_fuzz_table[i].name, &expression_fuzz_table[i]};
    }
    const og_expression* expression = NULL;
    if (og_expression_compile(arena, text, variables, EXPRESSION_FUZZ_COUNT, &expression) ==
        OG_OK) {
        expression_fuzz_evaluate(expression);
        expression_fuzz_space(arena, text);
    } else {
        assert(strncmp(og_error_text(), "column ", 7) == 0 ||
               strstr(og_error_text(), "operations"));
    }
    og_arena_destroy(arena);
    return 0;
}
