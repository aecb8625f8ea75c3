#include "env/table/levels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/text.h"

enum { LEVELS_CHOICES = 1024 };

static int levels_compare_numbers(const void* left, const void* right) {
    const double a = *(const double*)left;
    const double b = *(const double*)right;
    return (a > b) - (a < b);
}

static int levels_compare_texts(const void* left, const void* right) {
    return strcmp(*(const char* const*)left, *(const char* const*)right);
}

// Read the column as numbers; the row of the first cell that is none, -1 when all are.
static int levels_numbers(const og_sheet* sheet, int column, double* numbers) {
    for (int i = 0; i < sheet->row_count; i++) {
        if (!og_text_number(og_sheet_cell(sheet, i, column), &numbers[i])) {
            return i;
        }
        // minus zero is zero
        numbers[i] += 0.0;
    }
    return -1;
}

// Sort and keep each number once.
static int levels_distinct_numbers(double* numbers, int count) {
    qsort(numbers, (size_t)count, sizeof *numbers, levels_compare_numbers);
    int kept = 1;
    for (int i = 1; i < count; i++) {
        if (numbers[i] > numbers[kept - 1]) {
            numbers[kept++] = numbers[i];
        }
    }
    return kept;
}

static int levels_distinct_texts(const char** texts, int count) {
    qsort(texts, (size_t)count, sizeof *texts, levels_compare_texts);
    int kept = 1;
    for (int i = 1; i < count; i++) {
        if (strcmp(texts[i], texts[kept - 1]) != 0) {
            texts[kept++] = texts[i];
        }
    }
    return kept;
}

static og_status levels_too_many(const og_sheet* sheet, const og_table_column* column, int count) {
    return og_fail(
        OG_ERROR_VALUE,
        "%s: column '%s' has %d different values, more than the %d of a choice; leave it "
        "out with the option parameters",
        sheet->path, column->header, count, LEVELS_CHOICES);
}

// Levels from a column of numbers (shape: [row_count]).
static og_status levels_from_numbers(og_arena* arena, og_arena* scratch, const og_sheet* sheet,
                                     const og_table_column* column, const double* numbers,
                                     og_parameter* parameter, double* x, int stride) {
    const size_t bytes = sizeof(double) * (size_t)sheet->row_count;
    double* sorted = og_arena_allocate_raw(scratch, bytes);
    memcpy(sorted, numbers, bytes);
    const int count = levels_distinct_numbers(sorted, sheet->row_count);
    const bool choice = column->kind == OG_TABLE_CHOICE;
    if (choice && count > LEVELS_CHOICES) {
        return levels_too_many(sheet, column, count);
    }
    for (int i = 0; i < sheet->row_count; i++) {
        const double* found =
            bsearch(&numbers[i], sorted, (size_t)count, sizeof *sorted, levels_compare_numbers);
        x[(size_t)i * (size_t)stride] = choice ? (double)(found - sorted) : *found;
    }
    parameter->level_count = count;
    if (choice) {
        const char** choices = OG_NEW(arena, const char*, count);
        for (int i = 0; i < count; i++) {
            char text[32];
            choices[i] = og_text_format(arena, "%s", og_text_real(sorted[i], text));
        }
        parameter->kind = OG_CHOICE;
        parameter->choices = choices;
        return OG_OK;
    }
    double* values = OG_NEW(arena, double, count);
    memcpy(values, sorted, sizeof(double) * (size_t)count);
    parameter->kind = OG_ORDINAL;
    parameter->values = values;
    parameter->initial = values[0];
    return OG_OK;
}

static og_status levels_from_texts(og_arena* arena, og_arena* scratch, const og_sheet* sheet,
                                   const og_table_column* column, og_parameter* parameter,
                                   double* x, int stride) {
    const char** sorted = og_arena_allocate_raw(scratch, sizeof(char*) * (size_t)sheet->row_count);
    for (int i = 0; i < sheet->row_count; i++) {
        sorted[i] = og_sheet_cell(sheet, i, column->index);
    }
    const int count = levels_distinct_texts(sorted, sheet->row_count);
    if (count > LEVELS_CHOICES) {
        return levels_too_many(sheet, column, count);
    }
    const char** choices = OG_NEW(arena, const char*, count);
    for (int i = 0; i < count; i++) {
        choices[i] = og_text_copy(arena, sorted[i], strlen(sorted[i]));
    }
    for (int i = 0; i < sheet->row_count; i++) {
        const char* cell = og_sheet_cell(sheet, i, column->index);
        const char** found =
            bsearch(&cell, sorted, (size_t)count, sizeof *sorted, levels_compare_texts);
        x[(size_t)i * (size_t)stride] = (double)(found - sorted);
    }
    parameter->kind = OG_CHOICE;
    parameter->choices = choices;
    parameter->level_count = count;
    return OG_OK;
}

static og_status levels_check_filled(const og_sheet* sheet, const og_table_column* column) {
    for (int i = 0; i < sheet->row_count; i++) {
        if (og_sheet_cell(sheet, i, column->index)[0] == '\0') {
            return og_fail(OG_ERROR_FILE,
                           "%s:%d: the cell of parameter '%s' is empty; only metrics may be",
                           sheet->path, sheet->lines[i], column->header);
        }
    }
    return OG_OK;
}

og_status og_table_levels_make(og_arena* arena, og_arena* scratch, const og_sheet* sheet,
                               const og_table_column* column, og_parameter* parameter, double* x,
                               int stride) {
    OG_TRY(levels_check_filled(sheet, column));
    *parameter = (og_parameter){
        .name = og_text_format(arena, "%s", column->name),
        .unit = "",
        .doc = og_text_format(arena, "Column '%s' of the table.", column->header),
    };
    double* numbers = og_arena_allocate_raw(scratch, sizeof(double) * (size_t)sheet->row_count);
    const int text = levels_numbers(sheet, column->index, numbers);
    if (text < 0) {
        return levels_from_numbers(arena, scratch, sheet, column, numbers, parameter, x, stride);
    }
    if (column->kind == OG_TABLE_ORDINAL) {
        return og_fail(OG_ERROR_FILE, "%s:%d: '%s' in ordinal '%s' is not a number", sheet->path,
                       sheet->lines[text], og_sheet_cell(sheet, text, column->index),
                       column->header);
    }
    return levels_from_texts(arena, scratch, sheet, column, parameter, x, stride);
}
