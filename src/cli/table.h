/// Tables and paragraphs for people.
#pragma once

#include <stdbool.h>

#include "ogive/arena.h"
#include "ogive/text.h"

/// A table of texts: columns are aligned, numbers to the right.
typedef struct og_table {
    og_arena* arena;
    const char** cells;  // shape: [rows][columns]
    int columns;
    int rows;
    int capacity;
} og_table;

/// A table with a header row (list: [columns]).
og_table og_table_make(og_arena* arena, int columns, const char* const* header);

/// Add a row (list: [columns]); NULL is an empty cell. Texts are
/// copied, and what is not printable is masked.
void og_table_add(og_table* table, const char* const* cells);

/// Print it with `indent` spaces before each line. A column is aligned right when all its cells
/// below the header begin like numbers, or are "-" or "same". The last column is wrapped to the
/// width `columns`.
void og_table_print(const og_table* table, int indent, int columns, bool color, og_buffer* out);

/// Add `text`, words wrapped to `columns`; lines after the first begin with `indent` spaces, and
/// the cursor is taken to be at column `indent` already.
void og_text_wrap(const char* text, int indent, int columns, og_buffer* out);

/// Display width of UTF-8 text, one column a code point.
int og_text_width(const char* text);
