/// Sheets: the cells of a CSV file as text, by row and column.
#pragma once

#include <stddef.h>

#include "ogive/arena.h"
#include "ogive/status.h"

typedef struct og_sheet {
    const char* path;  ///< for messages
    char** headers;    ///< list: [column_count]
    char** cells;      ///< shape: [row_count][column_count], trimmed
    const int* lines;  ///< line of each row in the file, from 1; list: [row_count]
    int column_count;
    int row_count;
} og_sheet;

/// Split `size` bytes of comma-separated text (RFC 4180 without line ends inside quotes; blank
/// lines are skipped; the first line holds the names of the columns) into `sheet`. Cells are cut
/// out of `data` in place, so it must stay and is changed; data[size] must be writable. Fails with
/// "path:line: reason" at a row that is longer or shorter than the first line, an open quote, a
/// zero byte, a column without name, two columns of one name, and when there are no rows.
og_status og_sheet_parse(og_arena* arena, const char* path, char* data, size_t size,
                         og_sheet* sheet);

/// The text of a cell.
static inline const char* og_sheet_cell(const og_sheet* sheet, int row, int column) {
    return sheet->cells[(size_t)row * (size_t)sheet->column_count + (size_t)column];
}
