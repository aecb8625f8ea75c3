/// Expressions over named values: constraints, conditions and derived metrics, compiled once.
///
/// Grammar, loosest first: `a or b`, `a and b`, `not a`, comparisons (== != < <= > >=), `a + b`, `a
/// - b`, `a * b`, `a / b`, `a % b` (remainder with the sign of b), `-a`, `a ^ b` (power,
/// right-associative), numbers, names, parentheses, functions min max abs floor ceil round sqrt exp
/// log log2 log10 and if(condition, a, b). `&&`, `||`, `!` are accepted as well. A name that is no
/// variable, compared by == or
/// != with a choice or boolean variable, is one of its choices ("arbiter == Simple", "unsafe ==
/// true"); choice names that are no plain identifiers are written in single or double quotes. Truth
/// is 1 and 0; any non-zero number is true, NaN is false. A choice is compared with its names or
/// with another choice of the same names, and is no number. Comparisons do not chain.
#pragma once

#include <stdbool.h>

#include "ogive/arena.h"
#include "ogive/parameter.h"
#include "ogive/status.h"

typedef struct og_expression og_expression;

/// A name that expressions may use; its value is passed by position.
typedef struct og_variable {
    const char* name;
    const og_parameter* parameter;  ///< for the names of choices; NULL = a plain number
} og_variable;

/// Compile `text` over `variables` (list: [count]). The error text marks the column, and names the
/// nearest variable or choice when a name is unknown. Nesting deeper than 64 and more than 1,024
/// operations fail.
og_status og_expression_compile(og_arena* arena, const char* text, const og_variable* variables,
                                int count, const og_expression** expression);

/// Compile a constraint: fails as well when it reads no variable, or compares nothing, so that its
/// truth would be that of a number ("power_mw"). A boolean parameter stands for a comparison.
og_status og_expression_compile_constraint(og_arena* arena, const char* text,
                                           const og_variable* variables, int count,
                                           const og_expression** expression);

/// Value with variable i = values[i]. Division by zero gives an infinity or NaN as in IEEE 754.
double og_expression_evaluate(const og_expression* expression, const double* values);

/// By how much a constraint is violated: 0 when it holds. A comparison a <= b that fails gives
/// (a - b) / max(|a|, |b|), at least 1e-9 (1 for == and !=, and when a side is not finite); `and`
/// adds, `or` takes the least, `if` that of the value it chooses; other falsehoods count 1.
double og_expression_violation(const og_expression* expression, const double* values);

/// True when the expression reads variable `index`.
bool og_expression_uses(const og_expression* expression, int index);

/// The text it was compiled from.
const char* og_expression_text(const og_expression* expression);
