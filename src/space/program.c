#include "space/program.h"

#include <math.h>

// What a strict comparison of equal sides is violated by: small, but not nothing.
#define PROGRAM_LEAST_VIOLATION 1e-9

// NaN counts as false, so that a constraint on an undefined number does not hold.
static bool program_true(double value) {
    return value < 0 || value > 0;
}

static double program_remainder(double a, double b) {
    const double remainder = fmod(a, b);
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

static double program_function(og_operation operation, double a) {
    switch (operation) {
    case OG_DO_NOT: return !program_true(a);
    case OG_DO_NEGATE: return -a;
    case OG_DO_ABSOLUTE: return fabs(a);
    case OG_DO_FLOOR: return floor(a);
    case OG_DO_CEILING: return ceil(a);
    case OG_DO_ROUND: return round(a);
    case OG_DO_SQUARE_ROOT: return sqrt(a);
    case OG_DO_EXPONENTIAL: return exp(a);
    case OG_DO_LOGARITHM: return log(a);
    case OG_DO_LOGARITHM_2: return log2(a);
    case OG_DO_LOGARITHM_10: return log10(a);
    default: return a;
    }
}

static inline double program_binary(og_operation operation, double a, double b) {
    switch (operation) {
    case OG_DO_OR: return program_true(a) || program_true(b);
    case OG_DO_AND: return program_true(a) && program_true(b);
    case OG_DO_EQUAL: return a == b;
    case OG_DO_UNEQUAL: return a != b;
    case OG_DO_LESS: return a < b;
    case OG_DO_LESS_EQUAL: return a <= b;
    case OG_DO_GREATER: return a > b;
    case OG_DO_GREATER_EQUAL: return a >= b;
    case OG_DO_ADD: return a + b;
    case OG_DO_SUBTRACT: return a - b;
    case OG_DO_MULTIPLY: return a * b;
    case OG_DO_DIVIDE: return a / b;
    case OG_DO_REMAINDER: return program_remainder(a, b);
    case OG_DO_POWER: return pow(a, b);
    case OG_DO_MINIMUM: return a < b ? a : b;
    case OG_DO_MAXIMUM: return a > b ? a : b;
    default: return a;
    }
}

static int program_operands(og_operation operation) {
    switch (operation) {
    case OG_DO_CONSTANT:
    case OG_DO_VARIABLE: return 0;
    case OG_DO_NOT:
    case OG_DO_NEGATE:
    case OG_DO_ABSOLUTE:
    case OG_DO_FLOOR:
    case OG_DO_CEILING:
    case OG_DO_ROUND:
    case OG_DO_SQUARE_ROOT:
    case OG_DO_EXPONENTIAL:
    case OG_DO_LOGARITHM:
    case OG_DO_LOGARITHM_2:
    case OG_DO_LOGARITHM_10: return 1;
    case OG_DO_IF: return 3;
    default: return 2;
    }
}

double og_expression_evaluate(const og_expression* expression, const double* values) {
    double stack[OG_PROGRAM_LENGTH + 1];
    double* top = stack;  // the lowest place stays unused
    *top = 0;
    const og_instruction* end = expression->code + expression->length;
    for (const og_instruction* at = expression->code; at < end; at++) {
        switch (at->operation) {
        case OG_DO_CONSTANT: *++top = at->constant; break;
        case OG_DO_VARIABLE: *++top = values[at->variable]; break;
        case OG_DO_IF:
            top -= 2;
            top[0] = program_true(top[0]) ? top[1] : top[2];
            break;
        default:
            if (program_operands(at->operation) == 1) {
                *top = program_function(at->operation, *top);
            } else {
                top--;
                *top = program_binary(at->operation, top[0], top[1]);
            }
        }
    }
    return *top;
}

// By how much the comparison of a and b, known to fail, fails.
static double program_gap(og_operation operation, double a, double b) {
    if (operation == OG_DO_EQUAL || operation == OG_DO_UNEQUAL || !isfinite(a) || !isfinite(b)) {
        return 1;
    }
    const double gap = fabs(a - b) / fmax(fabs(a), fabs(b));
    return gap > PROGRAM_LEAST_VIOLATION ? gap : PROGRAM_LEAST_VIOLATION;
}

typedef struct program_place {
    double value;
    double violation;
} program_place;

static program_place program_join(og_operation operation, program_place a, program_place b) {
    const double value = program_binary(operation, a.value, b.value);
    if (program_true(value)) {
        return (program_place){value, 0};
    }
    switch (operation) {
    case OG_DO_AND: return (program_place){value, a.violation + b.violation};
    case OG_DO_OR: return (program_place){value, fmin(a.violation, b.violation)};
    case OG_DO_EQUAL:
    case OG_DO_UNEQUAL:
    case OG_DO_LESS:
    case OG_DO_LESS_EQUAL:
    case OG_DO_GREATER:
    case OG_DO_GREATER_EQUAL:
        return (program_place){value, program_gap(operation, a.value, b.value)};
    default: return (program_place){value, 1};
    }
}

double og_expression_violation(const og_expression* expression, const double* values) {
    program_place stack[OG_PROGRAM_LENGTH + 1];
    program_place* top = stack;  // the lowest place stays unused
    *top = (program_place){0, 0};
    for (int i = 0; i < expression->length; i++) {
        const og_instruction* at = &expression->code[i];
        switch (program_operands(at->operation)) {
        case 0:
            top++;
            top->value = at->operation == OG_DO_CONSTANT ? at->constant : values[at->variable];
            top->violation = program_true(top->value) ? 0 : 1;
            break;
        case 1:
            top->value = program_function(at->operation, top->value);
            top->violation = program_true(top->value) ? 0 : 1;
            break;
        case 2:
            top--;
            top[0] = program_join(at->operation, top[0], top[1]);
            break;
        default: top -= 2; top[0] = program_true(top[0].value) ? top[1] : top[2];
        }
    }
    return top->violation;
}

bool og_expression_uses(const og_expression* expression, int index) {
    for (int i = 0; i < expression->length; i++) {
        if (expression->code[i].operation == OG_DO_VARIABLE &&
            expression->code[i].variable == index) {
            return true;
        }
    }
    return false;
}

const char* og_expression_text(const og_expression* expression) {
    return expression->text;
}
