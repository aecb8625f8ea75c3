#include "cli/table.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

enum { TABLE_GAP = 2 };

int og_text_width(const char* text) {
    int width = 0;
    for (const char* c = text; *c; c++) {
        width += ((unsigned char)*c & 0xC0) != 0x80;
    }
    return width;
}

static void table_pad(int count, og_buffer* out) {
    for (int i = 0; i < count; i++) {
        og_buffer_add(out, " ", 1);
    }
}

void og_text_wrap(const char* text, int indent, int columns, og_buffer* out) {
    int at = indent;
    const char* word = text;
    while (*word) {
        if (*word == '\n') {
            og_buffer_add(out, "\n", 1);
            table_pad(word[1] && word[1] != '\n' ? indent : 0, out);
            at = indent;
            word++;
            continue;
        }
        const size_t length = strcspn(word, " \n");
        if (length == 0) {
            word++;
            continue;
        }
        if (at > indent && at + 1 + (int)length > columns) {
            og_buffer_add(out, "\n", 1);
            table_pad(indent, out);
            at = indent;
        }
        if (at > indent) {
            og_buffer_add(out, " ", 1);
            at++;
        }
        og_buffer_add(out, word, length);
        at += (int)length;
        word += length;
    }
}

static void table_add_row(og_table* table, const char* const* cells) {
    if (table->rows == table->capacity) {
        const int capacity = table->capacity ? 2 * table->capacity : 16;
        const char** grown = OG_NEW(table->arena, const char*, capacity * table->columns);
        if (table->rows > 0) {
            memcpy(grown, table->cells, sizeof *grown * (size_t)(table->rows * table->columns));
        }
        table->cells = grown;
        table->capacity = capacity;
    }
    for (int i = 0; i < table->columns; i++) {
        table->cells[table->rows * table->columns + i] =
            cells[i] ? og_text_printable(table->arena, cells[i]) : "";
    }
    table->rows++;
}

og_table og_table_make(og_arena* arena, int columns, const char* const* header) {
    assert(columns >= 1);
    og_table table = {.arena = arena, .columns = columns};
    table_add_row(&table, header);
    return table;
}

void og_table_add(og_table* table, const char* const* cells) {
    table_add_row(table, cells);
}

static const char* table_cell(const og_table* table, int row, int column) {
    return table->cells[row * table->columns + column];
}

static int table_width(const og_table* table, int column) {
    int width = 0;
    for (int row = 0; row < table->rows; row++) {
        const int cell = og_text_width(table_cell(table, row, column));
        width = cell > width ? cell : width;
    }
    return width;
}

static bool table_is_numeric(const og_table* table, int column) {
    bool any = false;
    for (int row = 1; row < table->rows; row++) {
        const char* cell = table_cell(table, row, column);
        const char* digits = cell + strspn(cell, "+-<>~= ");
        const bool number = isdigit((unsigned char)*digits) || strcmp(cell, "inf") == 0;
        const bool neutral = *cell == '\0' || strcmp(cell, "-") == 0 || strcmp(cell, "same") == 0;
        if (!neutral && !number) {
            return false;
        }
        any = any || number;
    }
    return any;
}

static void table_print_row(const og_table* table, int row, const int* widths, const bool* right,
                            int indent, int columns, og_buffer* out) {
    int at = indent;
    table_pad(indent, out);
    for (int column = 0; column < table->columns; column++) {
        const char* cell = table_cell(table, row, column);
        const int slack = widths[column] - og_text_width(cell);
        if (column == table->columns - 1 && !right[column]) {
            const int room = columns - at >= 20 ? columns : at + 20;
            og_text_wrap(cell, at, room, out);
            break;
        }
        table_pad(right[column] ? slack : 0, out);
        og_buffer_add(out, cell, strlen(cell));
        if (column < table->columns - 1) {
            table_pad((right[column] ? 0 : slack) + TABLE_GAP, out);
        }
        at += widths[column] + TABLE_GAP;
    }
    // trailing blanks of empty last cells
    while (out->length > 0 && out->data[out->length - 1] == ' ') {
        out->data[--out->length] = '\0';
    }
}

void og_table_print(const og_table* table, int indent, int columns, bool color, og_buffer* out) {
    int* widths = OG_NEW(table->arena, int, table->columns);
    bool* right = OG_NEW(table->arena, bool, table->columns);
    for (int column = 0; column < table->columns; column++) {
        widths[column] = table_width(table, column);
        right[column] = table_is_numeric(table, column);
    }
    for (int row = 0; row < table->rows; row++) {
        const bool heading = color && row == 0;
        og_buffer_print(out, "%s", heading ? "\033[1m" : "");
        table_print_row(table, row, widths, right, indent, columns, out);
        og_buffer_print(out, "%s\n", heading ? "\033[0m" : "");
    }
}
