/// Compiled expressions: a flat program for a stack machine.
#pragma once

#include "ogive/expression.h"

enum {
    OG_PROGRAM_LENGTH = 1024,  ///< instructions of one expression, and places of its stack
};

/// What an instruction does. Operands are taken from the stack, the result is put on it.
typedef enum og_operation {
    OG_DO_CONSTANT,
    OG_DO_VARIABLE,
    OG_DO_OR,
    OG_DO_AND,
    OG_DO_NOT,
    OG_DO_EQUAL,
    OG_DO_UNEQUAL,
    OG_DO_LESS,
    OG_DO_LESS_EQUAL,
    OG_DO_GREATER,
    OG_DO_GREATER_EQUAL,
    OG_DO_ADD,
    OG_DO_SUBTRACT,
    OG_DO_MULTIPLY,
    OG_DO_DIVIDE,
    OG_DO_REMAINDER,
    OG_DO_NEGATE,
    OG_DO_POWER,
    OG_DO_MINIMUM,
    OG_DO_MAXIMUM,
    OG_DO_ABSOLUTE,
    OG_DO_FLOOR,
    OG_DO_CEILING,
    OG_DO_ROUND,
    OG_DO_SQUARE_ROOT,
    OG_DO_EXPONENTIAL,
    OG_DO_LOGARITHM,
    OG_DO_LOGARITHM_2,
    OG_DO_LOGARITHM_10,
    OG_DO_IF,
} og_operation;

typedef struct og_instruction {
    og_operation operation;
    int variable;     ///< OG_DO_VARIABLE
    double constant;  ///< OG_DO_CONSTANT
} og_instruction;

struct og_expression {
    const og_instruction* code;  ///< list: [length]
    int length;
    const char* text;
};
