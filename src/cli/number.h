/// Numbers for people.
#pragma once

#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/text.h"

/// Add `value` with 4 significant digits, thousands separated, never with noise: 1,235, 0.05012,
/// 3.142e+12; whole numbers below 1e7 are exact; NaN is "-".
void og_number_print(double value, og_buffer* out);

/// The same as text in `arena`, with `unit` behind it when there is one.
const char* og_number_text(og_arena* arena, double value, const char* unit);

/// Seconds for people: "0.42 s", "2 min 5 s", "1 h 12 min".
const char* og_duration_text(og_arena* arena, double seconds);

/// "1 design", "2,000 designs": a count with its noun, given in the singular, whose plural ends in
/// s.
const char* og_count_text(og_arena* arena, int64_t count, const char* noun);
