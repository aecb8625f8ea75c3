// CSV tables, and the trajectories of ArchGym: rows of a Python dictionary (the design) and a list
// (the observations).

#include <string.h>

#include "ogive/file.h"
#include "study/import.h"

enum { IMPORT_TABLE_COLUMNS = 1 << 16 };

int og_import_find_column(const og_import_table* table, const char* name) {
    for (int i = 0; i < table->column_count; i++) {
        if (strcmp(table->columns[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

int og_import_column(og_arena* arena, og_import_table* table, const char* name) {
    const int found = og_import_find_column(table, name);
    if (found >= 0) {
        return found;
    }
    if (table->column_count == table->column_room) {
        table->column_room = table->column_room ? 2 * table->column_room : 16;
        const char** larger = OG_NEW(arena, const char*, table->column_room);
        if (table->column_count > 0) {
            memcpy(larger, table->columns, (size_t)table->column_count * sizeof *larger);
        }
        table->columns = larger;
    }
    table->columns[table->column_count] = og_text_copy(arena, name, strlen(name));
    return table->column_count++;
}

og_import_row* og_import_add(og_arena* arena, og_import_table* table, const char* place) {
    if (table->row_count == table->row_room) {
        table->row_room = table->row_room ? 2 * table->row_room : 256;
        og_import_row* larger = OG_NEW(arena, og_import_row, table->row_room);
        if (table->row_count > 0) {
            memcpy(larger, table->rows, (size_t)table->row_count * sizeof *larger);
        }
        table->rows = larger;
    }
    og_import_row* row = &table->rows[table->row_count++];
    *row = (og_import_row){
        .place = place, .cells = OG_NEW(arena, const char*, table->column_count), .reason = ""};
    return row;
}

// where reading stands
typedef struct import_table_reader {
    og_arena* arena;
    const char* name;
    const char* cursor;
    const char* end;
    int64_t line;
    char** cells;  // of the line
    int cell_count;
} import_table_reader;

static og_status import_table_fail(const import_table_reader* reader, const char* what) {
    return og_fail(OG_ERROR_FILE, "%s:%lld: %s", reader->name, (long long)reader->line, what);
}

// Read the next line that is not blank; `*more` is false at the end.
static og_status import_table_next(import_table_reader* reader, bool* more) {
    size_t length = 0;
    const char* line;
    *more = false;
    while (!*more && (line = og_file_line(&reader->cursor, reader->end, &length)) != NULL) {
        if (reader->line++ == 0 && length >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
            line += 3;
            length -= 3;
        }
        if (memchr(line, '\0', length)) {
            return import_table_fail(reader, "binary data; a CSV file is needed");
        }
        if (strspn(og_text_copy(reader->arena, line, length), " \t\r") == length) {
            continue;
        }
        if (!og_designs_split(reader->arena, line, length, &reader->cells, &reader->cell_count)) {
            return import_table_fail(reader, "a quote is not closed");
        }
        if (reader->cell_count > IMPORT_TABLE_COLUMNS) {
            return import_table_fail(reader, "more than 65,536 cells");
        }
        *more = true;
    }
    return OG_OK;
}

// One word of Python: a text in quotes, a number, True; also np.int64(8). NULL when it is none.
static const char* import_table_word(og_arena* arena, const char** cursor) {
    const char* c = *cursor + strspn(*cursor, " \t");
    bool wrapped = false;
    if (strncmp(c, "np.", 3) == 0 && strchr(c, '(')) {
        c = strchr(c, '(') + 1;
        wrapped = true;
    }
    og_buffer word = {.arena = arena};
    og_buffer_add(&word, "", 0);
    if (*c == '\'' || *c == '"') {
        const char quote = *c++;
        while (*c != '\0' && *c != quote) {
            c += *c == '\\' && c[1] != '\0';
            og_buffer_add(&word, c++, 1);
        }
        if (*c++ != quote) {
            return NULL;
        }
    } else {
        const size_t length = strcspn(c, " \t,:(){}[]'\"");
        og_buffer_add(&word, c, length);
        c += length;
        if (length == 0) {
            return NULL;
        }
    }
    if (wrapped && *c++ != ')') {
        return NULL;
    }
    *cursor = c + strspn(c, " \t");
    return word.data;
}

// {'name': value, ...} into the row. The first row says which columns there are.
static bool import_table_dictionary(import_table_reader* reader, const char* text, bool first,
                                    og_import_table* table, const char** cells) {
    const char* c = text + 1;
    c += strspn(c, " \t");
    while (*c != '}') {
        const char* key = import_table_word(reader->arena, &c);
        if (!key || *c++ != ':') {
            return false;
        }
        const char* value = import_table_word(reader->arena, &c);
        if (!value || (*c != ',' && *c != '}')) {
            return false;
        }
        if (first) {
            og_import_column(reader->arena, table, key);
        } else {
            const int column = og_import_find_column(table, key);
            if (column < 0 || cells[column]) {
                return false;
            }
            cells[column] = value;
        }
        c += *c == ',';
        c += strspn(c, " \t");
    }
    return c[1 + strspn(c + 1, " \t")] == '\0';
}

// [a b c] or [a, b, c] into the row, under the names of values.
static bool import_table_list(import_table_reader* reader, const char* text, bool first,
                              const char* const* values, int value_count, og_import_table* table,
                              const char** cells) {
    const char* c = strchr(text, '[');
    if (!c) {
        return false;
    }
    c++;
    c += strspn(c, "[ \t,");
    for (int i = 0; *c != ']'; i++) {
        const char* value = import_table_word(reader->arena, &c);
        if (!value) {
            return false;
        }
        const char* name =
            i < value_count ? values[i] : og_text_format(reader->arena, "observation_%d", i);
        if (first) {
            og_import_column(reader->arena, table, name);
        } else {
            const int column = og_import_find_column(table, name);
            if (column < 0 || cells[column]) {
                return false;
            }
            cells[column] = value;
        }
        c += strspn(c, " \t,");
    }
    return true;
}

static og_status import_table_trajectory(import_table_reader* reader, const char* const* values,
                                         int value_count, og_import_table* table) {
    bool more = true;
    while (more) {
        const char** cells = NULL;
        // once for the columns, and once for the values
        for (int pass = table->column_count > 0 ? 1 : 0; pass < 2; pass++) {
            if (pass == 1) {
                const char* place =
                    og_text_format(reader->arena, "%s:%lld", reader->name, (long long)reader->line);
                cells = og_import_add(reader->arena, table, place)->cells;
            }
            const bool good =
                reader->cell_count == 2 && reader->cells[0][0] == '{' &&
                import_table_dictionary(reader, reader->cells[0], pass == 0, table, cells) &&
                import_table_list(reader, reader->cells[1], pass == 0, values, value_count, table,
                                  cells);
            if (!good) {
                return import_table_fail(
                    reader,
                    "this is no row \"{'parameter': value, ...}\",\"[numbers]\" "
                    "like those before");
            }
        }
        OG_TRY(import_table_next(reader, &more));
    }
    return OG_OK;
}

static og_status import_table_rows(import_table_reader* reader, og_import_table* table) {
    for (bool more = true;;) {
        OG_TRY(import_table_next(reader, &more));
        if (!more) {
            return OG_OK;
        }
        if (reader->cell_count != table->column_count) {
            return import_table_fail(reader,
                                     og_text_format(reader->arena, "%d cells, the header has %d",
                                                    reader->cell_count, table->column_count));
        }
        og_import_row* row = og_import_add(
            reader->arena, table,
            og_text_format(reader->arena, "%s:%lld", reader->name, (long long)reader->line));
        for (int i = 0; i < table->column_count; i++) {
            row->cells[i] = reader->cells[i][0] == '\0' ? NULL : reader->cells[i];
        }
    }
}

og_status og_import_read_text(og_arena* arena, const char* text, size_t size, const char* name,
                              const char* const* values, int value_count, og_import_table* table) {
    import_table_reader reader = {
        .arena = arena, .name = og_text_printable(arena, name), .cursor = text, .end = text + size};
    *table = (og_import_table){0};
    bool more;
    OG_TRY(import_table_next(&reader, &more));
    if (!more) {
        return og_fail(OG_ERROR_FILE, "%s: is empty; a header line with names is needed",
                       reader.name);
    }
    if (reader.cells[0][0] == '{') {
        return import_table_trajectory(&reader, values, value_count, table);
    }
    for (int i = 0; i < reader.cell_count; i++) {
        // the index of a data frame has no name
        const char* column = reader.cells[i][0] == '\0' ? "index" : reader.cells[i];
        if (og_import_column(arena, table, column) != i) {
            return import_table_fail(&reader, og_text_format(arena, "column %s is there twice",
                                                             og_text_printable(arena, column)));
        }
    }
    return import_table_rows(&reader, table);
}
