// Precedence climbing (Pratt, POPL 1973) from text to the stack program of space/program.h.

#include "ogive/expression.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "space/names.h"
#include "space/program.h"

enum {
    EXPRESSION_NESTING = 64,
    EXPRESSION_NOT = 3,      // precedence of the operand of `not`
    EXPRESSION_COMPARE = 4,  // of comparisons
    EXPRESSION_NEGATE = 7,   // of the operand of unary minus
    EXPRESSION_POWER = 8,
};

typedef struct expression_binary {
    const char* text;
    og_operation operation;
    int precedence;
} expression_binary;

static const expression_binary expression_binaries[] = {
    {"or", OG_DO_OR, 1},
    {"||", OG_DO_OR, 1},
    {"and", OG_DO_AND, 2},
    {"&&", OG_DO_AND, 2},
    {"==", OG_DO_EQUAL, EXPRESSION_COMPARE},
    {"!=", OG_DO_UNEQUAL, EXPRESSION_COMPARE},
    {"<", OG_DO_LESS, EXPRESSION_COMPARE},
    {"<=", OG_DO_LESS_EQUAL, EXPRESSION_COMPARE},
    {">", OG_DO_GREATER, EXPRESSION_COMPARE},
    {">=", OG_DO_GREATER_EQUAL, EXPRESSION_COMPARE},
    {"+", OG_DO_ADD, 5},
    {"-", OG_DO_SUBTRACT, 5},
    {"*", OG_DO_MULTIPLY, 6},
    {"/", OG_DO_DIVIDE, 6},
    {"%", OG_DO_REMAINDER, 6},
    {"^", OG_DO_POWER, EXPRESSION_POWER},
};

typedef struct expression_function {
    const char* name;
    og_operation operation;
    int least, most;  // arguments
} expression_function;

static const expression_function expression_functions[] = {
    {"min", OG_DO_MINIMUM, 2, 64},       {"max", OG_DO_MAXIMUM, 2, 64},
    {"abs", OG_DO_ABSOLUTE, 1, 1},       {"floor", OG_DO_FLOOR, 1, 1},
    {"ceil", OG_DO_CEILING, 1, 1},       {"round", OG_DO_ROUND, 1, 1},
    {"sqrt", OG_DO_SQUARE_ROOT, 1, 1},   {"exp", OG_DO_EXPONENTIAL, 1, 1},
    {"log", OG_DO_LOGARITHM, 1, 1},      {"log2", OG_DO_LOGARITHM_2, 1, 1},
    {"log10", OG_DO_LOGARITHM_10, 1, 1}, {"if", OG_DO_IF, 3, 3},
};

enum { EXPRESSION_FUNCTIONS = sizeof expression_functions / sizeof *expression_functions };

typedef enum expression_token_kind {
    EXPRESSION_END,
    EXPRESSION_NUMBER,
    EXPRESSION_NAME,
    EXPRESSION_QUOTED,
    EXPRESSION_SYMBOL,
} expression_token_kind;

typedef struct expression_token {
    expression_token_kind kind;
    const char* start;  // of a quoted name: behind the quote
    int length;
    int column;  // from 1
    double number;
} expression_token;

// What a parsed part is, for comparisons with choices.
typedef enum expression_operand_kind {
    EXPRESSION_VALUE,     // a computed number
    EXPRESSION_VARIABLE,  // a variable alone
    EXPRESSION_UNKNOWN,   // a name that is no variable: a choice, or an error
} expression_operand_kind;

typedef struct expression_operand {
    expression_operand_kind kind;
    int variable;            // EXPRESSION_VARIABLE
    int at;                  // EXPRESSION_UNKNOWN: its instruction
    expression_token token;  // where it stands
} expression_operand;

typedef struct expression_parser {
    og_arena* arena;
    const char* text;
    const char* cursor;
    expression_token token;  // the next one, not yet taken
    const og_variable* variables;
    int count;
    int nesting;
    int length;
    og_instruction code[OG_PROGRAM_LENGTH];
} expression_parser;

static og_status expression_fail(int column, og_status status, const char* problem) {
    return og_fail(status, "column %d: %s", column, problem);
}

static bool expression_token_is(const expression_token* token, const char* text) {
    return token->kind != EXPRESSION_QUOTED && token->kind != EXPRESSION_END &&
           strlen(text) == (size_t)token->length &&
           strncmp(token->start, text, (size_t)token->length) == 0;
}

static const char* expression_token_text(expression_parser* parser, const expression_token* token) {
    return og_text_copy(parser->arena, token->start, (size_t)token->length);
}

// Length of the number at `c`: digits, a point, an exponent with its sign.
static int expression_number_length(const char* c) {
    const char* start = c;
    while (isdigit((unsigned char)*c) || *c == '.') {
        c++;
    }
    const bool sign = (*c == 'e' || *c == 'E') && (c[1] == '+' || c[1] == '-');
    if ((*c == 'e' || *c == 'E') && isdigit((unsigned char)c[sign ? 2 : 1])) {
        c += sign ? 2 : 1;
        while (isdigit((unsigned char)*c)) {
            c++;
        }
    }
    return (int)(c - start);
}

static int expression_symbol_length(const char* c) {
    static const char* const pairs[] = {"==", "!=", "<=", ">=", "&&", "||"};
    for (int i = 0; i < (int)(sizeof pairs / sizeof *pairs); i++) {
        if (strncmp(c, pairs[i], 2) == 0) {
            return 2;
        }
    }
    return strchr("<>+-*/%^!(),", *c) ? 1 : 0;
}

static og_status expression_quoted(expression_token* token, const char* c) {
    const char* end = strchr(c + 1, *c);
    if (!end) {
        return expression_fail(token->column, OG_ERROR_VALUE, "the quote is not closed");
    }
    token->kind = EXPRESSION_QUOTED;
    token->start = c + 1;
    token->length = (int)(end - c - 1);
    return OG_OK;
}

// Read the next token.
static og_status expression_advance(expression_parser* parser) {
    const char* c = parser->cursor;
    while (isspace((unsigned char)*c)) {
        c++;
    }
    expression_token* token = &parser->token;
    *token = (expression_token){.start = c, .column = (int)(c - parser->text) + 1};
    if (isalpha((unsigned char)*c) || *c == '_') {
        token->kind = EXPRESSION_NAME;
        while (isalnum((unsigned char)c[token->length]) || c[token->length] == '_') {
            token->length++;
        }
    } else if (isdigit((unsigned char)*c) || (*c == '.' && isdigit((unsigned char)c[1]))) {
        token->kind = EXPRESSION_NUMBER;
        token->length = expression_number_length(c);
        if (!og_text_number(expression_token_text(parser, token), &token->number)) {
            return expression_fail(token->column, OG_ERROR_VALUE, "malformed number");
        }
    } else if (*c == '"' || *c == '\'') {
        OG_TRY(expression_quoted(token, c));
        c += 2;
    } else if (*c != '\0') {
        token->kind = EXPRESSION_SYMBOL;
        token->length = expression_symbol_length(c);
        if (token->length == 0) {
            return expression_fail(
                token->column, OG_ERROR_VALUE,
                *c == '=' ? "'=' compares nothing, write ==" : "unexpected character");
        }
    }
    parser->cursor = c + token->length;
    return OG_OK;
}

static og_status expression_unexpected(expression_parser* parser) {
    const expression_token* token = &parser->token;
    if (token->kind == EXPRESSION_END) {
        return expression_fail(
            token->column, OG_ERROR_VALUE,
            token->column == 1 ? "the expression is empty" : "the expression ends too early");
    }
    return og_fail(OG_ERROR_VALUE, "column %d: unexpected '%.*s'", token->column, token->length,
                   token->start);
}

static og_status expression_take(expression_parser* parser, const char* symbol) {
    if (!expression_token_is(&parser->token, symbol)) {
        const bool end = parser->token.kind == EXPRESSION_END;
        return og_fail(OG_ERROR_VALUE, "column %d: '%s' expected, not %s%.*s%s",
                       parser->token.column, symbol, end ? "the end" : "'", parser->token.length,
                       parser->token.start, end ? "" : "'");
    }
    return expression_advance(parser);
}

static og_status expression_emit(expression_parser* parser, og_instruction instruction) {
    if (parser->length == OG_PROGRAM_LENGTH) {
        return og_fail(OG_ERROR_VALUE, "the expression has more than %d operations",
                       OG_PROGRAM_LENGTH);
    }
    parser->code[parser->length++] = instruction;
    return OG_OK;
}

static og_status expression_fail_name(expression_parser* parser, const expression_token* token) {
    const char* name = expression_token_text(parser, token);
    const char** names = OG_NEW(parser->arena, const char*, parser->count);
    for (int i = 0; i < parser->count; i++) {
        names[i] = parser->variables[i].name;
    }
    return og_fail(OG_ERROR_NAME, "column %d: unknown name '%s'%s", token->column, name,
                   og_names_hint(parser->arena, name, names, parser->count));
}

static const og_parameter* expression_parameter(const expression_parser* parser,
                                                const expression_operand* operand) {
    return operand->kind == EXPRESSION_VARIABLE ? parser->variables[operand->variable].parameter
                                                : NULL;
}

static bool expression_is_choice(const expression_parser* parser,
                                 const expression_operand* operand) {
    const og_parameter* parameter = expression_parameter(parser, operand);
    return parameter && parameter->kind == OG_CHOICE;
}

// Require a number: no unknown name, and no choice, whose index means nothing to people.
static og_status expression_number(expression_parser* parser, const expression_operand* operand) {
    if (operand->kind == EXPRESSION_UNKNOWN) {
        return expression_fail_name(parser, &operand->token);
    }
    if (expression_is_choice(parser, operand)) {
        og_buffer range = {.arena = parser->arena};
        og_parameter_print_range(expression_parameter(parser, operand), &range);
        return og_fail(OG_ERROR_VALUE, "column %d: %s is a choice, compare it by == or != (%s)",
                       operand->token.column, parser->variables[operand->variable].name,
                       range.data);
    }
    return OG_OK;
}

// Turn the unknown name on one side into the choice of the variable on the other.
static og_status expression_resolve(expression_parser* parser, const expression_operand* variable,
                                    const expression_operand* name) {
    const og_parameter* parameter = expression_parameter(parser, variable);
    if (!parameter || (parameter->kind != OG_CHOICE && parameter->kind != OG_BOOLEAN)) {
        return expression_fail_name(parser, &name->token);
    }
    double value;
    const og_status status =
        og_parameter_parse(parameter, expression_token_text(parser, &name->token), &value);
    if (status != OG_OK) {
        return og_fail_context(status, "column %d", name->token.column);
    }
    parser->code[name->at].constant = value;
    return OG_OK;
}

static bool expression_same_choices(const og_parameter* a, const og_parameter* b) {
    if (a->level_count != b->level_count) {
        return false;
    }
    for (int i = 0; i < a->level_count; i++) {
        if (strcmp(a->choices[i], b->choices[i]) != 0) {
            return false;
        }
    }
    return true;
}

static og_status expression_equality(expression_parser* parser, const expression_operand* left,
                                     const expression_operand* right) {
    if (right->kind == EXPRESSION_UNKNOWN) {
        return expression_resolve(parser, left, right);
    }
    if (left->kind == EXPRESSION_UNKNOWN) {
        return expression_resolve(parser, right, left);
    }
    const bool both = expression_is_choice(parser, left) && expression_is_choice(parser, right) &&
                      expression_same_choices(expression_parameter(parser, left),
                                              expression_parameter(parser, right));
    if (both) {
        return OG_OK;
    }
    OG_TRY(expression_number(parser, left));
    return expression_number(parser, right);
}

static og_status expression_parse(expression_parser* parser, int precedence,
                                  expression_operand* result);

// Parse with one more level of nesting, which user text controls and the limit bounds.
static og_status expression_nest(expression_parser* parser, int precedence,
                                 expression_operand* result) {
    if (parser->nesting == EXPRESSION_NESTING) {
        return og_fail(OG_ERROR_VALUE, "column %d: nested deeper than %d", parser->token.column,
                       EXPRESSION_NESTING);
    }
    parser->nesting++;
    OG_TRY(expression_parse(parser, precedence, result));
    parser->nesting--;
    return OG_OK;
}

static og_status expression_call(expression_parser* parser, const expression_token* name) {
    const expression_function* function = NULL;
    const char* names[EXPRESSION_FUNCTIONS];
    for (int i = 0; i < EXPRESSION_FUNCTIONS; i++) {
        names[i] = expression_functions[i].name;
        if (expression_token_is(name, names[i])) {
            function = &expression_functions[i];
        }
    }
    if (!function) {
        const char* text = expression_token_text(parser, name);
        return og_fail(OG_ERROR_NAME, "column %d: unknown function '%s'%s", name->column, text,
                       og_names_hint(parser->arena, text, names, EXPRESSION_FUNCTIONS));
    }
    OG_TRY(expression_take(parser, "("));
    const bool chained = function->least == 2;
    int arguments = 0;
    do {
        if (arguments > 0) {
            OG_TRY(expression_advance(parser));
        }
        expression_operand argument;
        OG_TRY(expression_nest(parser, 1, &argument));
        OG_TRY(expression_number(parser, &argument));
        arguments++;
        if (chained && arguments > 1) {
            OG_TRY(expression_emit(parser, (og_instruction){.operation = function->operation}));
        }
    } while (expression_token_is(&parser->token, ","));
    if (arguments < function->least || arguments > function->most) {
        return og_fail(OG_ERROR_VALUE, "column %d: %s takes %d argument%s%s, not %d", name->column,
                       function->name, function->least, function->least == 1 ? "" : "s",
                       chained ? " or more" : "", arguments);
    }
    OG_TRY(expression_take(parser, ")"));
    return chained ? OG_OK
                   : expression_emit(parser, (og_instruction){.operation = function->operation});
}

static og_status expression_name(expression_parser* parser, expression_operand* result) {
    const expression_token token = parser->token;
    OG_TRY(expression_advance(parser));
    if (token.kind == EXPRESSION_NAME && expression_token_is(&parser->token, "(")) {
        return expression_call(parser, &token);
    }
    for (int i = 0; i < parser->count && token.kind == EXPRESSION_NAME; i++) {
        if (expression_token_is(&token, parser->variables[i].name)) {
            result->kind = EXPRESSION_VARIABLE;
            result->variable = i;
            return expression_emit(parser,
                                   (og_instruction){.operation = OG_DO_VARIABLE, .variable = i});
        }
    }
    result->kind = EXPRESSION_UNKNOWN;
    result->at = parser->length;
    return expression_emit(parser, (og_instruction){.operation = OG_DO_CONSTANT});
}

static og_status expression_unary(expression_parser* parser, og_operation operation,
                                  int precedence) {
    OG_TRY(expression_advance(parser));
    expression_operand operand;
    OG_TRY(expression_nest(parser, precedence, &operand));
    OG_TRY(expression_number(parser, &operand));
    return expression_emit(parser, (og_instruction){.operation = operation});
}

// A part that begins here: number, name, function, parenthesis, unary operator.
static og_status expression_prefix(expression_parser* parser, expression_operand* result) {
    const expression_token* token = &parser->token;
    *result = (expression_operand){.kind = EXPRESSION_VALUE, .token = *token};
    if (token->kind == EXPRESSION_NUMBER) {
        const double number = token->number;
        OG_TRY(expression_advance(parser));
        return expression_emit(parser,
                               (og_instruction){.operation = OG_DO_CONSTANT, .constant = number});
    }
    if (expression_token_is(token, "not") || expression_token_is(token, "!")) {
        return expression_unary(parser, OG_DO_NOT, EXPRESSION_NOT);
    }
    if (expression_token_is(token, "-")) {
        return expression_unary(parser, OG_DO_NEGATE, EXPRESSION_NEGATE);
    }
    if (expression_token_is(token, "(")) {
        OG_TRY(expression_advance(parser));
        OG_TRY(expression_nest(parser, 1, result));
        return expression_take(parser, ")");
    }
    const bool word = expression_token_is(token, "and") || expression_token_is(token, "or");
    if ((token->kind == EXPRESSION_NAME && !word) || token->kind == EXPRESSION_QUOTED) {
        return expression_name(parser, result);
    }
    return expression_unexpected(parser);
}

static const expression_binary* expression_find_binary(const expression_token* token) {
    const int count = (int)(sizeof expression_binaries / sizeof *expression_binaries);
    for (int i = 0; i < count; i++) {
        if (expression_token_is(token, expression_binaries[i].text)) {
            return &expression_binaries[i];
        }
    }
    return NULL;
}

// The right operand of `binary`, whose token is next, and the operation itself.
static og_status expression_right(expression_parser* parser, const expression_binary* binary,
                                  const expression_operand* left) {
    OG_TRY(expression_advance(parser));
    expression_operand right;
    if (binary->precedence == EXPRESSION_POWER) {
        OG_TRY(expression_nest(parser, EXPRESSION_POWER, &right));
    } else {
        OG_TRY(expression_parse(parser, binary->precedence + 1, &right));
    }
    if (binary->operation == OG_DO_EQUAL || binary->operation == OG_DO_UNEQUAL) {
        OG_TRY(expression_equality(parser, left, &right));
    } else {
        OG_TRY(expression_number(parser, left));
        OG_TRY(expression_number(parser, &right));
    }
    return expression_emit(parser, (og_instruction){.operation = binary->operation});
}

// Parse operators of at least `precedence`.
static og_status expression_parse(expression_parser* parser, int precedence,
                                  expression_operand* result) {
    OG_TRY(expression_prefix(parser, result));
    bool compared = false;
    for (;;) {
        const expression_binary* binary = expression_find_binary(&parser->token);
        if (!binary || binary->precedence < precedence) {
            return OG_OK;
        }
        const bool compares = binary->precedence == EXPRESSION_COMPARE;
        if (compares && compared) {
            return expression_fail(parser->token.column, OG_ERROR_VALUE,
                                   "comparisons do not chain, write a < b and b < c");
        }
        compared = compares;
        OG_TRY(expression_right(parser, binary, result));
        *result = (expression_operand){.kind = EXPRESSION_VALUE, .token = result->token};
    }
}

og_status og_expression_compile(og_arena* arena, const char* text, const og_variable* variables,
                                int count, const og_expression** expression) {
    assert(text && (count == 0 || variables));
    expression_parser parser = {
        .arena = arena, .text = text, .cursor = text, .variables = variables, .count = count};
    expression_operand result;
    OG_TRY(expression_advance(&parser));
    OG_TRY(expression_parse(&parser, 1, &result));
    OG_TRY(expression_number(&parser, &result));
    if (parser.token.kind != EXPRESSION_END) {
        return expression_unexpected(&parser);
    }
    og_instruction* code = OG_NEW(arena, og_instruction, parser.length);
    memcpy(code, parser.code, sizeof *code * (size_t)parser.length);
    og_expression* compiled = OG_NEW(arena, og_expression, 1);
    *compiled = (og_expression){
        .code = code, .length = parser.length, .text = og_text_copy(arena, text, strlen(text))};
    *expression = compiled;
    return OG_OK;
}

static bool expression_is_boolean(const og_variable* variable) {
    return variable->parameter && variable->parameter->kind == OG_BOOLEAN;
}

// Does the truth of the expression come from comparisons? Both sides of `and` and `or` must compare
// something, of the operands of other operations one.
static bool expression_compares(const og_expression* expression, const og_variable* variables) {
    bool stack[OG_PROGRAM_LENGTH];
    int top = 0;
    for (int i = 0; i < expression->length; i++) {
        const og_instruction* instruction = &expression->code[i];
        const og_operation operation = instruction->operation;
        if (operation <= OG_DO_VARIABLE) {
            stack[top++] = operation == OG_DO_VARIABLE &&
                           expression_is_boolean(&variables[instruction->variable]);
        } else if (operation == OG_DO_IF) {
            top -= 2;
            stack[top - 1] = stack[top] || stack[top + 1];
        } else if (operation == OG_DO_NOT || operation == OG_DO_NEGATE ||
                   operation >= OG_DO_ABSOLUTE) {
            continue;
        } else {
            top--;
            const bool both = stack[top - 1] && stack[top];
            const bool either = stack[top - 1] || stack[top];
            const bool compares = operation >= OG_DO_EQUAL && operation <= OG_DO_GREATER_EQUAL;
            stack[top - 1] = compares || (operation <= OG_DO_AND ? both : either);
        }
    }
    return stack[0];
}

og_status og_expression_compile_constraint(og_arena* arena, const char* text,
                                           const og_variable* variables, int count,
                                           const og_expression** expression) {
    const og_expression* compiled;
    OG_TRY(og_expression_compile(arena, text, variables, count, &compiled));
    bool reads = false;
    for (int i = 0; i < compiled->length; i++) {
        reads = reads || compiled->code[i].operation == OG_DO_VARIABLE;
    }
    if (!reads) {
        return og_fail(OG_ERROR_VALUE,
                       "a constraint must read a parameter or metric; this one is the same for all "
                       "designs");
    }
    if (!expression_compares(compiled, variables)) {
        return og_fail(OG_ERROR_VALUE,
                       "a constraint must compare something, for example power_mw <= 1500");
    }
    *expression = compiled;
    return OG_OK;
}
