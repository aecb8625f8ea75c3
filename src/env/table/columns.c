#include "env/table/columns.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "ogive/text.h"

// What the program calls a column: lower-case letters, digits and single underscores.
static const char* columns_name(og_arena* arena, const char* header) {
    og_buffer name = {.arena = arena};
    bool gap = false;
    for (const char* c = header; *c != '\0'; c++) {
        const bool kept = isalnum((unsigned char)*c) && (unsigned char)*c < 128;
        if (!kept) {
            gap = name.length > 0;
            continue;
        }
        const bool digit = *c >= '0' && *c <= '9';
        const char letter = (char)tolower((unsigned char)*c);
        const char* before = gap ? "_" : name.length == 0 && digit ? "x" : "";
        og_buffer_print(&name, "%s%c", before, letter);
        gap = false;
    }
    if (name.length == 0) {
        og_buffer_print(&name, "column");
    }
    static const char* const reserved[] = {"and", "or", "not", "if", "true", "false"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (strcmp(name.data, reserved[i]) == 0) {
            og_buffer_print(&name, "_");
            break;
        }
    }
    return name.data;
}

// The sign behind a header or a stated metric: +1, -1, or 0.
static int columns_sign(const char* text) {
    const size_t length = strlen(text);
    const char last = length > 0 ? text[length - 1] : '\0';
    return last == '+' ? 1 : last == '-' ? -1 : 0;
}

static og_table_column columns_make(og_arena* arena, const og_sheet* sheet, int index) {
    const char* header = sheet->headers[index];
    return (og_table_column){
        .index = index,
        .header = header,
        .name = columns_name(arena, header),
        .better = columns_sign(header) > 0 ? 1 : -1,
    };
}

static int columns_exact(const og_sheet* sheet, const char* text) {
    for (int i = 0; i < sheet->column_count; i++) {
        if (strcmp(sheet->headers[i], text) == 0) {
            return i;
        }
    }
    return -1;
}

// The column that `text` names: by its header, else by its name. -1 when there is none, or when
// several have that name.
static int columns_index(og_arena* arena, const og_sheet* sheet, const char* text) {
    const int exact = columns_exact(sheet, text);
    const char* name = columns_name(arena, text);
    int found = exact;
    for (int i = 0; exact < 0 && i < sheet->column_count; i++) {
        if (strcmp(columns_name(arena, sheet->headers[i]), name) == 0) {
            if (found >= 0) {
                return -1;
            }
            found = i;
        }
    }
    return found;
}

static og_status columns_unknown(const og_sheet* sheet, const char* option, const char* text) {
    const char* nearest =
        og_text_nearest(text, (const char* const*)sheet->headers, sheet->column_count);
    if (nearest != NULL) {
        return og_fail(OG_ERROR_NAME, "%s: %s has no column '%s', did you mean %s?", option,
                       sheet->path, text, nearest);
    }
    return og_fail(OG_ERROR_NAME, "%s: %s has no column '%s' in its first line", option,
                   sheet->path, text);
}

// A metric stated as NAME, NAME+ or NAME-.
static og_status columns_metric(og_arena* arena, const og_sheet* sheet, const char* text,
                                og_table_column* column) {
    // a sign may belong to the header or to the statement
    const int sign = columns_exact(sheet, text) < 0 ? columns_sign(text) : 0;
    const size_t length = strlen(text) - (sign != 0);
    const int index = columns_index(arena, sheet, og_text_copy(arena, text, length));
    if (index < 0) {
        return columns_unknown(sheet, "metrics", text);
    }
    *column = columns_make(arena, sheet, index);
    column->better = sign != 0 ? sign : column->better;
    return OG_OK;
}

// A parameter stated as NAME, NAME:choice or NAME:ordinal.
static og_status columns_parameter(og_arena* arena, const og_sheet* sheet, const char* text,
                                   og_table_column* column) {
    int index = columns_index(arena, sheet, text);
    const char* colon = strrchr(text, ':');
    og_table_kind kind = OG_TABLE_INFERRED;
    if (index < 0 && colon != NULL) {
        const char* stated = og_text_trim(arena, colon + 1);
        kind = strcmp(stated, "choice") == 0    ? OG_TABLE_CHOICE
               : strcmp(stated, "ordinal") == 0 ? OG_TABLE_ORDINAL
                                                : OG_TABLE_INFERRED;
        if (kind == OG_TABLE_INFERRED) {
            return og_fail(OG_ERROR_VALUE, "parameters: '%s' is no kind, allowed: choice | ordinal",
                           stated);
        }
        text = og_text_trim(arena, og_text_copy(arena, text, (size_t)(colon - text)));
        index = columns_index(arena, sheet, text);
    }
    if (index < 0) {
        return columns_unknown(sheet, "parameters", text);
    }
    *column = columns_make(arena, sheet, index);
    column->kind = kind;
    return OG_OK;
}

static og_status columns_choose_metrics(og_arena* arena, const og_sheet* sheet, const char* text,
                                        og_table_columns* columns) {
    char** parts = NULL;
    const int count = og_text_split(arena, text, ',', &parts);
    columns->metrics = OG_NEW(arena, og_table_column, count + sheet->column_count);
    for (int i = 0; i < count; i++) {
        OG_TRY(columns_metric(arena, sheet, parts[i], &columns->metrics[columns->metric_count++]));
    }
    for (int i = 0; count == 0 && i < sheet->column_count; i++) {
        if (columns_sign(sheet->headers[i]) != 0) {
            columns->metrics[columns->metric_count++] = columns_make(arena, sheet, i);
        }
    }
    if (columns->metric_count == 0) {
        return og_fail(OG_ERROR_VALUE,
                       "metrics: not given, and no header of %s ends in + or -; state the columns "
                       "that are metrics, for example metrics=%s",
                       sheet->path, sheet->headers[sheet->column_count - 1]);
    }
    return OG_OK;
}

static bool columns_is_metric(const og_table_columns* columns, int index) {
    for (int i = 0; i < columns->metric_count; i++) {
        if (columns->metrics[i].index == index) {
            return true;
        }
    }
    return false;
}

static og_status columns_choose_parameters(og_arena* arena, const og_sheet* sheet, const char* text,
                                           og_table_columns* columns) {
    char** parts = NULL;
    const int count = og_text_split(arena, text, ',', &parts);
    columns->parameters = OG_NEW(arena, og_table_column, count + sheet->column_count);
    for (int i = 0; i < count; i++) {
        og_table_column* column = &columns->parameters[columns->parameter_count++];
        OG_TRY(columns_parameter(arena, sheet, parts[i], column));
        if (columns_is_metric(columns, column->index)) {
            return og_fail(OG_ERROR_VALUE, "parameters: column '%s' is a metric", column->header);
        }
    }
    for (int i = 0; count == 0 && i < sheet->column_count; i++) {
        if (!columns_is_metric(columns, i)) {
            columns->parameters[columns->parameter_count++] = columns_make(arena, sheet, i);
        }
    }
    return columns->parameter_count > 0
               ? OG_OK
               : og_fail(OG_ERROR_VALUE, "parameters: every column of %s is a metric", sheet->path);
}

// One name, one column.
static og_status columns_check(const char* option, const og_table_column* columns, int count) {
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < i; k++) {
            if (columns[i].index == columns[k].index) {
                return og_fail(OG_ERROR_VALUE, "%s: column '%s' is stated twice", option,
                               columns[i].header);
            }
            if (strcmp(columns[i].name, columns[k].name) == 0) {
                return og_fail(OG_ERROR_VALUE,
                               "%s: columns '%s' and '%s' would both be named %s; rename one",
                               option, columns[k].header, columns[i].header, columns[i].name);
            }
        }
    }
    return OG_OK;
}

// A metric that has the name of a parameter takes another one.
static void columns_separate(og_arena* arena, og_table_columns* columns) {
    for (int i = 0; i < columns->metric_count; i++) {
        og_table_column* metric = &columns->metrics[i];
        for (int k = 0; k < columns->parameter_count; k++) {
            if (strcmp(metric->name, columns->parameters[k].name) == 0) {
                metric->name = og_text_format(arena, "%s_metric", metric->name);
                k = -1;
            }
        }
    }
}

og_status og_table_columns_choose(og_arena* arena, const og_sheet* sheet, const char* parameters,
                                  const char* metrics, og_table_columns* columns) {
    *columns = (og_table_columns){0};
    OG_TRY(columns_choose_metrics(arena, sheet, metrics, columns));
    OG_TRY(columns_choose_parameters(arena, sheet, parameters, columns));
    OG_TRY(columns_check("parameters", columns->parameters, columns->parameter_count));
    columns_separate(arena, columns);
    return columns_check("metrics", columns->metrics, columns->metric_count);
}
