#include "env/table/sheet.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "ogive/file.h"

enum { SHEET_COLUMNS = 4096 };

static bool sheet_blank(char c) {
    return c == ' ' || c == '\t';
}

// Undo the quotes of [begin, end), which starts behind the first one. Returns where the cell's
// text ends behind the closing quote, NULL when there is none.
static char* sheet_unquote(char* begin, char* end, char** behind) {
    char* out = begin;
    for (char* in = begin; in < end; in++) {
        if (*in == '"') {
            if (in + 1 == end || in[1] != '"') {
                *behind = in + 1;
                return out;
            }
            in++;
        }
        *out++ = *in;
    }
    return NULL;
}

// Cut the next cell out of [*cursor, end): trimmed, terminated. `*cursor` moves behind its comma,
// beyond `end` at the last cell. NULL when a quote is not closed or text follows it.
static char* sheet_cut(char** cursor, char* end) {
    char* begin = *cursor;
    while (begin < end && sheet_blank(*begin)) {
        begin++;
    }
    char* stop = NULL;
    char* behind = begin;
    if (begin < end && *begin == '"') {
        begin++;
        stop = sheet_unquote(begin, end, &behind);
        while (stop != NULL && behind < end && sheet_blank(*behind)) {
            behind++;
        }
        if (stop == NULL || (behind < end && *behind != ',')) {
            return NULL;
        }
    } else {
        char* comma = memchr(begin, ',', (size_t)(end - begin));
        behind = comma != NULL ? comma : end;
        stop = behind;
        while (stop > begin && sheet_blank(stop[-1])) {
            stop--;
        }
    }
    *cursor = behind + 1;
    *stop = '\0';
    return begin;
}

// Cut a line into at most `most` cells. Returns their number, most + 1 when there are more, -1 for
// bad quotes.
static int sheet_split(char* line, size_t length, int most, char** cells) {
    char* end = line + length;
    char* cursor = line;
    int count = 0;
    while (cursor <= end) {
        if (count == most) {
            return most + 1;
        }
        cells[count] = sheet_cut(&cursor, end);
        if (cells[count++] == NULL) {
            return -1;
        }
    }
    return count;
}

static bool sheet_empty_line(const char* line, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (!sheet_blank(line[i])) {
            return false;
        }
    }
    return true;
}

// The next line that is not blank; `*number` counts all lines.
static char* sheet_line(const char** cursor, const char* end, size_t* length, int* number) {
    const char* line = NULL;
    do {
        line = og_file_line(cursor, end, length);
        (*number)++;
    } while (line != NULL && sheet_empty_line(line, *length));
    // the bytes are the caller's and may be changed, see og_sheet_parse()
    return (char*)line;
}

static og_status sheet_quotes(const char* path, int line) {
    return og_fail(OG_ERROR_FILE, "%s:%d: a quote is not closed, or text follows it", path, line);
}

static og_status sheet_headers(og_sheet* sheet, char* line, size_t length, int number) {
    const int count = sheet_split(line, length, SHEET_COLUMNS, sheet->headers);
    if (count < 0) {
        return sheet_quotes(sheet->path, number);
    }
    if (count > SHEET_COLUMNS) {
        return og_fail(OG_ERROR_FILE, "%s:%d: more than %d columns", sheet->path, number,
                       SHEET_COLUMNS);
    }
    sheet->column_count = count;
    for (int i = 0; i < count; i++) {
        if (sheet->headers[i][0] == '\0') {
            return og_fail(OG_ERROR_FILE, "%s:%d: column %d has no name", sheet->path, number,
                           i + 1);
        }
        for (int k = 0; k < i; k++) {
            if (strcmp(sheet->headers[i], sheet->headers[k]) == 0) {
                return og_fail(OG_ERROR_FILE, "%s:%d: two columns are named '%s'", sheet->path,
                               number, sheet->headers[i]);
            }
        }
    }
    return OG_OK;
}

static size_t sheet_count_lines(const char* data, size_t size) {
    size_t lines = 1;
    const char* end = data + size;
    for (const char* at = data; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++) {
        lines++;
    }
    return lines;
}

static og_status sheet_rows(og_sheet* sheet, const char* cursor, const char* end, int* lines,
                            int number) {
    size_t length = 0;
    char* line = sheet_line(&cursor, end, &length, &number);
    for (; line != NULL; line = sheet_line(&cursor, end, &length, &number)) {
        char** row = sheet->cells + (size_t)sheet->row_count * (size_t)sheet->column_count;
        const int count = sheet_split(line, length, sheet->column_count, row);
        if (count < 0) {
            return sheet_quotes(sheet->path, number);
        }
        if (count > sheet->column_count) {
            return og_fail(OG_ERROR_FILE, "%s:%d: more cells than the %d columns of line 1",
                           sheet->path, number, sheet->column_count);
        }
        if (count < sheet->column_count) {
            return og_fail(OG_ERROR_FILE, "%s:%d: %d cells, the first line names %d columns",
                           sheet->path, number, count, sheet->column_count);
        }
        lines[sheet->row_count++] = number;
    }
    return OG_OK;
}

og_status og_sheet_parse(og_arena* arena, const char* path, char* data, size_t size,
                         og_sheet* sheet) {
    *sheet = (og_sheet){.path = path};
    const char* zero = memchr(data, '\0', size);
    if (zero != NULL) {
        return og_fail(OG_ERROR_FILE, "%s:%zu: a zero byte; a text file is needed", path,
                       sheet_count_lines(data, (size_t)(zero - data)));
    }
    const char* end = data + size;
    // spreadsheets mark UTF-8 by a byte order mark
    const char* cursor = data + (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
    const size_t lines = sheet_count_lines(data, size);
    if (lines > INT_MAX / 2) {
        return og_fail(OG_ERROR_FILE, "%s: more than %d lines", path, INT_MAX / 2);
    }
    int number = 0;
    size_t length = 0;
    char* line = sheet_line(&cursor, end, &length, &number);
    if (line == NULL) {
        return og_fail(OG_ERROR_FILE, "%s: empty; a line with the names of the columns is needed",
                       path);
    }
    sheet->headers = OG_NEW(arena, char*, SHEET_COLUMNS);
    OG_TRY(sheet_headers(sheet, line, length, number));
    // a full row has a byte for each of its cells; one more row may be begun
    const size_t columns = (size_t)sheet->column_count;
    const size_t rows = (lines < size / columns ? lines : size / columns) + 2;
    int* places = OG_NEW(arena, int, rows);
    sheet->lines = places;
    sheet->cells = og_arena_allocate_raw(arena, sizeof(char*) * rows * columns);
    OG_TRY(sheet_rows(sheet, cursor, end, places, number));
    return sheet->row_count > 0 ? OG_OK : og_fail(OG_ERROR_FILE, "%s: has no rows", path);
}
