/// Texts with places for the values of a design.
///
/// `{name}` stands for the value of the parameter, `{here}` for a folder, `{{name}}` for `{name}`
/// itself. Every other brace stands for itself, so that JSON and C can be written as they are.
#pragma once

#include "ogive/parameter.h"

typedef struct og_template_piece {
    const char* text;  ///< what stands before the value
    size_t length;
    int parameter;  ///< -1 = none
} og_template_piece;

typedef struct og_template {
    og_template_piece* pieces;  ///< list: [count]
    int count;
} og_template;

/// Compile `text`, which has to outlive the template. Fails when a name is no parameter, naming the
/// nearest one.
og_status og_template_compile(og_arena* arena, const char* text, const char* here,
                              const og_parameter* parameters, int count, og_template* template);

/// The first name in braces that is a parameter or `here`; NULL = none.
const char* og_template_name(og_arena* arena, const char* text, const og_parameter* parameters,
                             int count);

/// True when the template reads a parameter.
bool og_template_varies(const og_template* template);

/// True when the template reads parameter number `parameter`.
bool og_template_reads(const og_template* template, int parameter);

/// The text for design x (shape: [count of parameters]), in `arena`.
char* og_template_fill(og_arena* arena, const og_template* template, const og_parameter* parameters,
                       const double* x);
