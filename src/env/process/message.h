/// The lines of the protocol between Ogive and evaluators: docs/environments/process.md.
#pragma once

#include <stdint.h>

#include "ogive/environment.h"

/// Version of the protocol.
enum { OG_MESSAGE_PROTOCOL = 1 };

/// What Ogive says first and last, with their line ends.
extern const char og_message_hello[];
extern const char og_message_bye[];

/// What an evaluator said of itself.
typedef struct og_message_model {
    const char* version;  ///< of the simulator, "" = none
} og_message_model;

/// Read the evaluator's hello (one line, `size` bytes) into the space and the metrics of `model`.
/// `name` stands for it in messages.
og_status og_message_read_hello(og_arena* arena, const char* line, size_t size, const char* name,
                                og_model* model, og_message_model* evaluator);

/// Texts of a design's values that are made once: choices as JSON strings.
typedef struct og_message_values {
    const og_parameter* parameters;  ///< list: [count]
    int count;
    const char*** choices;  ///< list: [count] of lists; NULL for other kinds
} og_message_values;

og_message_values og_message_prepare(og_arena* arena, const og_parameter* parameters, int count);

/// Add the line that asks for the cost of x.
void og_message_evaluate(og_buffer* buffer, const og_message_values* values, int64_t id,
                         const double* x);

/// Read the answer to question `id` into y (shape: [metric_count]). `*understood` is false when it
/// was no answer to it, so that nothing that follows can be relied on. The reason of what is not
/// feasible lives in `scratch`.
og_outcome og_message_read_result(const char* line, size_t size, const og_model* model, int64_t id,
                                  double* y, og_arena* scratch, const char** reason,
                                  bool* understood);
