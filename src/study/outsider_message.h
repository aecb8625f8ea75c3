/// The lines of the protocol between Ogive and proposers: docs/your-own-agent.md.
#pragma once

#include "study/problem.h"

/// Version of the protocol.
enum { OG_OUTSIDER_PROTOCOL = 1 };

/// The line that begins: what is searched, and for what. `batch` designs are asked for at once.
const char* og_outsider_hello(og_arena* arena, const og_problem* problem, const char* study,
                              uint64_t seed, int batch);

/// The line that asks for up to `count` designs.
const char* og_outsider_question(og_arena* arena, int count);

/// The line that refuses what was proposed; design `index` is wrong, -1 = the line itself.
const char* og_outsider_refusal(og_arena* arena, int index, const char* message);

/// Add one trial to the line that tells of trials: og_outsider_tell_begin(), trials,
/// og_outsider_tell_end().
void og_outsider_tell_begin(og_buffer* line);
void og_outsider_tell_trial(og_buffer* line, const og_problem* problem, const og_trial* trial,
                            bool first);
void og_outsider_tell_end(og_buffer* line);

/// Check the answer to the hello.
og_status og_outsider_read_hello(const char* line, size_t size);

/// Read up to `most` designs into x (shape: [most][table.count]). What is wrong fails with a
/// message for the outsider; `*index` is the wrong design, -1 = the line itself.
og_status og_outsider_read_designs(og_arena* scratch, const og_problem* problem, const char* line,
                                   size_t size, int most, double* x, int* count, int* index);
