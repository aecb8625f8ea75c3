// Expressions: values and violations by hand, messages, and random expressions against a tree that
// is evaluated directly.

#include "ogive/expression.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// cmocka needs the four above
#include <cmocka.h>
#include <string.h>

#include "ogive/random.h"
#include "ogive/text.h"

static const char* const expression_policies[] = {"Open", "OpenAdaptive", "two words", "8x"};
static const og_parameter expression_parameters[] = {
    {OG_CHOICE_ROW("policy", expression_policies, 0, "d")},
    {OG_CHOICE_ROW("other", expression_policies, 0, "d")},
    {OG_BOOLEAN_ROW("unsafe", 0, "d")},
};
static const og_variable expression_variables[] = {
    {"a", NULL},
    {"b", NULL},
    {"power_mw", NULL},
    {"policy", &expression_parameters[0]},
    {"other", &expression_parameters[1]},
    {"unsafe", &expression_parameters[2]},
};

enum { EXPRESSION_VARIABLES = sizeof expression_variables / sizeof *expression_variables };

static const double expression_values[EXPRESSION_VARIABLES] = {3, -2, 1500, 2, 2, 1};

static og_status expression_open(og_arena* arena, const char* text, const og_expression** made) {
    return og_expression_compile(arena, text, expression_variables, EXPRESSION_VARIABLES, made);
}

typedef struct expression_example {
    const char* text;
    double value;
    double violation;  // of the text as a constraint
} expression_example;

static const expression_example expression_examples[] = {
    {"1 + 2 * 3", 7, 0},
    {"(1 + 2) * 3", 9, 0},
    {"2 ^ 3 ^ 2", 512, 0},
    {"-2 ^ 2", -4, 0},
    {"2 ^ -1", 0.5, 0},
    {"10 - 3 - 2", 5, 0},
    {"12 / 3 / 2", 2, 0},
    {"7 % 3", 1, 0},
    {"-7 % 3", 2, 0},
    {"7 % -3", -2, 0},
    {"a * b", -6, 0},
    {"-a", -3, 0},
    {"--a", 3, 0},
    {"1e3 + .5", 1000.5, 0},
    {"min(a, b, 1)", -2, 0},
    {"max(a, b, 1)", 3, 0},
    {"abs(b) + floor(2.7) + ceil(2.1) + round(2.5)", 10, 0},
    {"sqrt(16) + exp(0) + log(1) + log2(8) + log10(100)", 10, 0},
    {"if(a > b, 10, 20)", 10, 0},
    {"if(a < b, 10, 20)", 20, 0},
    {"a > b", 1, 0},
    {"a <= b", 0, 5.0 / 3},
    {"power_mw <= 1200", 0, 0.2},
    {"power_mw < 1500", 0, 1e-9},
    {"power_mw >= 2000", 0, 0.25},
    {"0 < 0 * a", 0, 1e-9},
    {"a == 4", 0, 1},
    {"a != 3", 0, 1},
    {"power_mw / 0 <= 3", 0, 1},
    {"log(-1) > 0", 0, 1},
    {"log(-1)", NAN, 1},
    {"0", 0, 1},
    {"not a", 0, 1},
    {"not 0", 1, 0},
    {"!0", 1, 0},
    {"not a == 3", 0, 1},
    {"power_mw <= 1200 and power_mw >= 2000", 0, 0.45},
    {"power_mw <= 1200 or power_mw >= 2000", 0, 0.2},
    {"power_mw <= 1200 or 1", 1, 0},
    {"power_mw <= 1200 && 1", 0, 0.2},
    {"0 || 1 && 0", 0, 1},
    {"1 or 0 and 0", 1, 0},
    {"if(a > 0, power_mw <= 1200, 0)", 0, 0.2},
    {"policy == 'two words'", 1, 0},
    {"\"two words\" == policy", 1, 0},
    {"policy != Open", 1, 0},
    {"policy == openadaptive", 0, 1},
    {"policy == '8x'", 0, 1},
    {"policy == other", 1, 0},
    {"(policy) == (Open)", 0, 1},
    {"unsafe == true", 1, 0},
    {"unsafe == no", 0, 1},
    {"unsafe", 1, 0},
    {"not unsafe or a > 2", 1, 0},
};

static void expression_gives_values_and_violations(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    for (int i = 0; i < (int)(sizeof expression_examples / sizeof *expression_examples); i++) {
        const expression_example* example = &expression_examples[i];
        const og_expression* made = NULL;
        if (expression_open(arena, example->text, &made) != OG_OK) {
            fail_msg("%s: %s", example->text, og_error_text());
        }
        const double value = og_expression_evaluate(made, expression_values);
        const double violation = og_expression_violation(made, expression_values);
        const bool same = value == example->value || (isnan(value) && isnan(example->value));
        if (!same || fabs(violation - example->violation) > 1e-12) {
            fail_msg("%s: value %g, violation %g", example->text, value, violation);
        }
        assert_string_equal(og_expression_text(made), example->text);
    }
    og_arena_destroy(arena);
}

typedef struct expression_mistake {
    const char* text;
    const char* message;
} expression_mistake;

static const expression_mistake expression_mistakes[] = {
    {"", "column 1: the expression is empty"},
    {"a <= ", "column 6: the expression ends too early"},
    {"a <= b +* 2", "column 9: unexpected '*'"},
    {"a b", "column 3: unexpected 'b'"},
    {"(a + b", "column 7: ')' expected, not the end"},
    {"(a + b]", "column 7: unexpected character"},
    {"a = 3", "column 3: '=' compares nothing, write =="},
    {"a < b < 3", "column 7: comparisons do not chain, write a < b and b < c"},
    {"1.2.3", "column 1: malformed number"},
    {"a and", "column 6: the expression ends too early"},
    {"and a", "column 1: unexpected 'and'"},
    {"3 + powr_mw", "column 5: unknown name 'powr_mw', did you mean power_mw?"},
    {"zzz > 1", "column 1: unknown name 'zzz'"},
    {"a == Open", "column 6: unknown name 'Open'"},
    {"policy == opn",
     "column 11: policy: unknown 'opn', did you mean Open? (Open | OpenAdaptive | two words | 8x)"},
    {"policy + 1",
     "column 1: policy is a choice, compare it by == or != (Open | OpenAdaptive | two words | 8x)"},
    {"policy == 1",
     "column 1: policy is a choice, compare it by == or != (Open | OpenAdaptive | two words | 8x)"},
    {"policy",
     "column 1: policy is a choice, compare it by == or != (Open | OpenAdaptive | two words | 8x)"},
    {"unsafe == maybe", "column 11: unsafe: 'maybe' is neither true nor false"},
    {"policy == 'Open", "column 11: the quote is not closed"},
    {"sqr(a)", "column 1: unknown function 'sqr', did you mean sqrt?"},
    {"min(a)", "column 1: min takes 2 arguments or more, not 1"},
    {"abs(a, b)", "column 1: abs takes 1 argument, not 2"},
    {"if(a, b)", "column 1: if takes 3 arguments, not 2"},
    {"abs()", "column 5: unexpected ')'"},
};

static void expression_marks_the_column(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    for (int i = 0; i < (int)(sizeof expression_mistakes / sizeof *expression_mistakes); i++) {
        const og_expression* made = NULL;
        assert_int_not_equal(expression_open(arena, expression_mistakes[i].text, &made), OG_OK);
        assert_string_equal(og_error_text(), expression_mistakes[i].message);
    }
    og_arena_destroy(arena);
}

// `count` times `open`, then "1", then `count` times `close`.
static char* expression_nested(og_arena* arena, int count, const char* open, const char* close) {
    og_buffer text = {.arena = arena};
    for (int i = 0; i < count; i++) {
        og_buffer_print(&text, "%s", open);
    }
    og_buffer_print(&text, "1");
    for (int i = 0; i < count; i++) {
        og_buffer_print(&text, "%s", close);
    }
    return text.data;
}

static void expression_has_limits(void** state) {
    (void)state;
    static const char* const pairs[][2] = {{"(", ")"},      {"-", ""},    {"not ", ""},
                                           {"abs(", ")"},   {"", " ^ 1"}, {"(1 + 2 * 3 ^ ", ")"},
                                           {"min(1, ", ")"}};
    og_arena* arena = og_arena_create();
    const og_expression* made = NULL;
    for (int i = 0; i < 7; i++) {
        const int levels = i == 5 ? 32 : 64;
        char* text = expression_nested(arena, levels, pairs[i][0], pairs[i][1]);
        assert_int_equal(expression_open(arena, text, &made), OG_OK);
        og_expression_evaluate(made, expression_values);
        text = expression_nested(arena, levels + 1, pairs[i][0], pairs[i][1]);
        assert_int_not_equal(expression_open(arena, text, &made), OG_OK);
        assert_non_null(strstr(og_error_text(), "nested deeper than 64"));
        text = expression_nested(arena, 100000, pairs[i][0], pairs[i][1]);
        assert_int_not_equal(expression_open(arena, text, &made), OG_OK);
    }
    char* text = expression_nested(arena, 511, "", " + a");
    assert_int_equal(expression_open(arena, text, &made), OG_OK);
    assert_true(og_expression_evaluate(made, expression_values) == 1 + 511 * 3);
    text = expression_nested(arena, 512, "", " + a");
    assert_int_not_equal(expression_open(arena, text, &made), OG_OK);
    assert_string_equal(og_error_text(), "the expression has more than 1024 operations");
    og_arena_destroy(arena);
}

static void expression_knows_what_it_uses(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_expression* made = NULL;
    assert_int_equal(expression_open(arena, "a + 1 < 3 or policy == Open", &made), OG_OK);
    static const bool expected[EXPRESSION_VARIABLES] = {true, false, false, true, false, false};
    for (int i = 0; i < EXPRESSION_VARIABLES; i++) {
        assert_int_equal(og_expression_uses(made, i), expected[i]);
    }
    og_arena_destroy(arena);
}

// Random trees: nodes are numbers, variables and binary operators.
typedef struct expression_tree {
    int symbol;  // index into expression_operators, -1 for a leaf
    double number;
    struct expression_tree* left;
    struct expression_tree* right;
} expression_tree;

static const struct {
    const char* text;
    int precedence;
    bool right;  // associative to the right
    bool alone;  // not associative
} expression_operators[] = {
    {"or", 1, false, false}, {"and", 2, false, false}, {"==", 4, false, true},
    {"<", 4, false, true},   {">=", 4, false, true},   {"+", 5, false, false},
    {"-", 5, false, false},  {"*", 6, false, false},   {"/", 6, false, false},
    {"%", 6, false, false},  {"^", 8, true, false},
};

static expression_tree* expression_grow(og_arena* arena, og_random* random, int depth) {
    expression_tree* tree = OG_NEW(arena, expression_tree, 1);
    tree->symbol = -1;
    tree->number = (double)og_random_below(random, 5);
    if (depth > 0 && og_random_below(random, 5) > 0) {
        tree->symbol = (int)og_random_below(random, 11);
        tree->left = expression_grow(arena, random, depth - 1);
        tree->right = expression_grow(arena, random, depth - 1);
    }
    return tree;
}

static double expression_compute(const expression_tree* tree) {
    if (tree->symbol < 0) {
        return tree->number;
    }
    const double a = expression_compute(tree->left);
    const double b = expression_compute(tree->right);
    const bool a_true = a != 0 && !isnan(a);
    const bool b_true = b != 0 && !isnan(b);
    switch (tree->symbol) {
    case 0: return a_true || b_true;
    case 1: return a_true && b_true;
    case 2: return a == b;
    case 3: return a < b;
    case 4: return a >= b;
    case 5: return a + b;
    case 6: return a - b;
    case 7: return a * b;
    case 8: return a / b;
    case 9: {
        const double r = fmod(a, b);
        return r != 0 && (r < 0) != (b < 0) ? r + b : r;
    }
    default: return pow(a, b);
    }
}

// Write with as few parentheses as the grammar allows; `fault` leaves out those of right operands.
static void expression_write(const expression_tree* tree, og_buffer* text, bool fault) {
    if (tree->symbol < 0) {
        og_buffer_print(text, "%g", tree->number);
        return;
    }
    const int own = expression_operators[tree->symbol].precedence;
    for (int side = 0; side < 2; side++) {
        const expression_tree* child = side == 0 ? tree->left : tree->right;
        const int inner = child->symbol < 0 ? 9 : expression_operators[child->symbol].precedence;
        const bool ties = expression_operators[tree->symbol].alone ||
                          expression_operators[tree->symbol].right == (side == 0);
        const bool wrap = inner < own || (inner == own && ties && !(fault && side == 1));
        og_buffer_print(text, "%s", wrap ? "(" : "");
        expression_write(child, text, fault);
        og_buffer_print(text, "%s", wrap ? ")" : "");
        if (side == 0) {
            og_buffer_print(text, " %s ", expression_operators[tree->symbol].text);
        }
    }
}

// Number of random trees that the library evaluates otherwise than the tree itself does.
static int expression_differences(bool fault) {
    int differences = 0;
    og_random random = og_random_make(1, 1);
    for (int i = 0; i < 5000; i++) {
        og_arena* arena = og_arena_create();
        const expression_tree* tree = expression_grow(arena, &random, 5);
        og_buffer text = {.arena = arena};
        expression_write(tree, &text, fault);
        const og_expression* made = NULL;
        if (expression_open(arena, text.data, &made) != OG_OK) {
            differences++;
        } else {
            const double expected = expression_compute(tree);
            const double value = og_expression_evaluate(made, expression_values);
            differences += value != expected && !(isnan(value) && isnan(expected));
        }
        og_arena_destroy(arena);
    }
    return differences;
}

static void expression_agrees_with_random_trees(void** state) {
    (void)state;
    assert_int_equal(expression_differences(false), 0);
    // the comparison notices when the text means another tree
    assert_true(expression_differences(true) > 500);
}

static void expression_constraints_compare(void** state) {
    (void)state;
    static const char* const good[] = {
        "a <= 3",
        "not (a > 3)",
        "unsafe",
        "not unsafe or a < b",
        "a == b",
        "policy == Open",
        "(a < 1) * (b < 2)",
        "min(a < 1, b < 2)",
        "1 < a",
        "if(unsafe, a < b, 1)",
        "-(a < 1) + 1",
        "policy != other and unsafe",
    };
    static const struct {
        const char* text;
        const char* message;
    } bad[] = {
        {"power_mw", "a constraint must compare something, for example power_mw <= 1500"},
        {"not power_mw", "must compare something"},
        {"a < 1 and b", "must compare something"},
        {"a or a < 1", "must compare something"},
        {"a + b", "must compare something"},
        {"if(a < b, a, b)", "must compare something"},
        {"1", "a constraint must read a parameter or metric"},
        {"1 < 2", "the same for all designs"},
        {"a <", "column 4"},
    };
    og_arena* arena = og_arena_create();
    const og_expression* made;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(og_expression_compile_constraint(arena, good[i], expression_variables,
                                                          EXPRESSION_VARIABLES, &made),
                         OG_OK);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(og_expression_compile_constraint(arena, bad[i].text, expression_variables,
                                                          EXPRESSION_VARIABLES, &made),
                         OG_ERROR_VALUE);
        assert_non_null(strstr(og_error_text(), bad[i].message));
    }
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expression_gives_values_and_violations),
        cmocka_unit_test(expression_marks_the_column),
        cmocka_unit_test(expression_has_limits),
        cmocka_unit_test(expression_knows_what_it_uses),
        cmocka_unit_test(expression_constraints_compare),
        cmocka_unit_test(expression_agrees_with_random_trees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
