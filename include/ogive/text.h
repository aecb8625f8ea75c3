/// Text: formatting into arenas, growing buffers, strict numbers, nearest names.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ogive/arena.h"

/// Formatted text that lives in `arena`.
char* og_text_format(og_arena* arena, const char* format, ...)
    __attribute__((format(printf, 2, 3)));

/// Copy of the first `length` bytes of `text`, terminated.
char* og_text_copy(og_arena* arena, const char* text, size_t length);

/// Copy of `text` without white space at either end.
char* og_text_trim(og_arena* arena, const char* text);

/// Split `text` at each `separator` into trimmed parts (list: [result], in `arena`); an empty text
/// has no parts. Returns the number of parts.
int og_text_split(og_arena* arena, const char* text, char separator, char*** parts);

/// Make `text` fit for terminals and pictures, in place: every byte of control characters (also of
/// those that change the direction of writing) and of what is no UTF-8 becomes '?'.
void og_text_mask(char* text);

/// A masked copy of `text` in `arena`.
char* og_text_printable(og_arena* arena, const char* text);

/// Number of characters of `text`, or -1 when og_text_mask() would change it.
int64_t og_text_characters(const char* text);

/// Text that grows, in an arena. Start with `{.arena = arena}`; `data` is terminated (NULL while
/// empty).
typedef struct og_buffer {
    og_arena* arena;
    char* data;
    size_t length;
    size_t capacity;
} og_buffer;

void og_buffer_add(og_buffer* buffer, const char* text, size_t length);
void og_buffer_print(og_buffer* buffer, const char* format, ...)
    __attribute__((format(printf, 2, 3)));

/// Parse all of `text` as a finite decimal number ("C" locale, no white space, no hexadecimal).
bool og_text_number(const char* text, double* value);

/// Parse all of `text` as a decimal integer that fits 64 bits.
bool og_text_integer(const char* text, int64_t* value);

/// Shortest decimal text that reads back as the same double, into `out` (at least 32 bytes).
/// Integers up to 2^53 print without exponent; NaN prints as "nan", infinities as "inf" and "-inf".
const char* og_text_real(double value, char out[32]);

/// Number of single-character insertions, deletions, replacements and swaps between two names,
/// letter case ignored (Damerau-Levenshtein, restricted).
int og_text_distance(const char* a, const char* b);

/// The name nearest to `name` among `count` names, or NULL when none is plausibly meant
/// (distance above a third of the length).
const char* og_text_nearest(const char* name, const char* const* names, int count);
