#include "study/designs.h"

#include <string.h>

#include "ogive/file.h"

enum { DESIGNS_LINES = 100 };  // that a row may take

static const size_t designs_limit = (size_t)1 << 31;  // bytes of a file, unpacked

// where reading stands
typedef struct designs_reader {
    og_arena* arena;
    const og_model* model;
    const og_space* space;
    const char* name;  // of the file, for messages
    const char* cursor;
    const char* end;
    int64_t line;
    int* columns;  // parameter of each column, -1 = read over
    int column_count;
    int64_t capacity;
} designs_reader;

bool og_designs_split(og_arena* arena, const char* line, size_t length, char*** cells, int* count) {
    int most = 1;
    for (size_t i = 0; i < length; i++) {
        most += line[i] == ',';
    }
    *cells = OG_NEW(arena, char*, most);
    *count = 0;
    char* room = og_arena_allocate_raw(arena, length + (size_t)most);
    size_t at = 0;
    while (at <= length) {
        char* cell = room;
        size_t used = 0;
        const bool quoted = at < length && line[at] == '"';
        if (quoted) {
            for (at++; at < length && (line[at] != '"' || (at + 1 < length && line[at + 1] == '"'));
                 at++) {
                at += line[at] == '"';
                cell[used++] = line[at];
            }
            if (at >= length || (++at < length && line[at] != ',')) {
                return false;
            }
        } else {
            while (at < length && line[at] != ',') {
                cell[used++] = line[at++];
            }
        }
        cell[used] = '\0';
        room += used + 1;
        (*cells)[(*count)++] = quoted ? cell : og_text_trim(arena, cell);
        at++;
    }
    return true;
}

// True when the line ends within a quoted cell.
static bool designs_is_open(const char* line, size_t length) {
    bool quoted = false;
    bool start = true;
    for (size_t i = 0; i < length; i++) {
        if (quoted && line[i] == '"' && i + 1 < length && line[i + 1] == '"') {
            i++;
        } else if (line[i] == '"' && (quoted || start)) {
            quoted = !quoted;
        }
        start = !quoted && line[i] == ',';
    }
    return quoted;
}

// A quoted cell may go on in the next lines; one that is never closed is left to its line.
static void designs_go_on(designs_reader* reader, const char* line, size_t* length) {
    const char* cursor = reader->cursor;
    size_t more = 0;
    for (int lines = 1; lines < DESIGNS_LINES; lines++) {
        const char* next = og_file_line(&cursor, reader->end, &more);
        if (!next) {
            return;
        }
        const size_t whole = (size_t)(next - line) + more;
        if (!designs_is_open(line, whole)) {
            *length = whole;
            reader->cursor = cursor;
            reader->line += lines;
            return;
        }
    }
}

// the next line that is not blank
static const char* designs_line(designs_reader* reader, size_t* length) {
    const char* line = NULL;
    while ((line = og_file_line(&reader->cursor, reader->end, length)) != NULL) {
        reader->line++;
        for (size_t i = 0; i < *length; i++) {
            if (line[i] != ' ' && line[i] != '\t') {
                if (designs_is_open(line, *length)) {
                    designs_go_on(reader, line, length);
                }
                return line;
            }
        }
    }
    return NULL;
}

static og_status designs_unknown_column(const designs_reader* reader, const char* cell) {
    const og_space* space = reader->space;
    const char** names = OG_NEW(reader->arena, const char*, space->count);
    for (int i = 0; i < space->count; i++) {
        names[i] = space->parameters[i].name;
    }
    const char* nearest = og_text_nearest(cell, names, space->count);
    return og_fail(OG_ERROR_NAME, "%s:%lld: no parameter '%s'%s%s%s", reader->name,
                   (long long)reader->line, cell, nearest ? ", did you mean " : "",
                   nearest ? nearest : "", nearest ? "?" : "");
}

// index of the parameter `name`, or -1
static int designs_parameter(const og_space* space, const char* name) {
    for (int i = 0; i < space->count; i++) {
        if (strcmp(space->parameters[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static bool designs_is_metric(const og_model* model, const char* name) {
    for (int i = 0; i < model->metric_count; i++) {
        if (strcmp(model->metrics[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool og_designs_is_of_trials(const char* name) {
    static const char* const names[] = {"number",    "outcome", "reason",  "loss",   "violation",
                                        "repeat_of", "source",  "started", "seconds"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static og_status designs_header(designs_reader* reader) {
    size_t length = 0;
    const char* line = designs_line(reader, &length);
    if (!line) {
        return og_fail(OG_ERROR_FILE, "%s: is empty; a header line with parameter names is needed",
                       reader->name);
    }
    if (length >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
        line += 3;  // byte-order mark of some spreadsheets
        length -= 3;
    }
    char** cells = NULL;
    if (memchr(line, '\0', length) ||
        !og_designs_split(reader->arena, line, length, &cells, &reader->column_count)) {
        return og_fail(OG_ERROR_FILE, "%s:%lld: this is no CSV header", reader->name,
                       (long long)reader->line);
    }
    reader->columns = OG_NEW(reader->arena, int, reader->column_count);
    bool metrics = false;  // behind the first metric, before the outcome
    for (int i = 0; i < reader->column_count; i++) {
        if (og_text_characters(cells[i]) < 0) {
            return og_fail(OG_ERROR_FILE, "%s:%lld: this is no CSV header", reader->name,
                           (long long)reader->line);
        }
        const bool metric = designs_is_metric(reader->model, cells[i]);
        metrics = (metrics || metric) && strcmp(cells[i], "outcome") != 0;
        reader->columns[i] = designs_parameter(reader->space, cells[i]);
        if (reader->columns[i] < 0 && !metrics && !og_designs_is_of_trials(cells[i])) {
            return designs_unknown_column(reader, cells[i]);
        }
        for (int j = 0; j < i && reader->columns[i] >= 0; j++) {
            if (reader->columns[j] == reader->columns[i]) {
                return og_fail(OG_ERROR_VALUE, "%s:%lld: column %s is there twice", reader->name,
                               (long long)reader->line, cells[i]);
            }
        }
    }
    return OG_OK;
}

static og_status designs_row(const designs_reader* reader, const char* line, size_t length,
                             const double* initial, double* x) {
    char** cells = NULL;
    int count = 0;
    if (memchr(line, '\0', length)) {
        return og_fail(OG_ERROR_VALUE, "binary data");
    }
    if (!og_designs_split(reader->arena, line, length, &cells, &count)) {
        return og_fail(OG_ERROR_VALUE, "a quote is not closed");
    }
    if (count != reader->column_count) {
        return og_fail(OG_ERROR_VALUE, "%d cells, the header has %d", count, reader->column_count);
    }
    memcpy(x, initial, sizeof *x * (size_t)reader->space->count);
    for (int i = 0; i < count; i++) {
        const int index = reader->columns[i];
        if (index >= 0) {
            OG_TRY(og_parameter_parse(&reader->space->parameters[index], cells[i], &x[index]));
        }
    }
    return og_space_check(reader->space, x);
}

static void designs_grow(designs_reader* reader, og_designs* designs) {
    const int width = reader->space->count;
    const int64_t capacity = reader->capacity ? 2 * reader->capacity : 1024;
    double* grown =
        og_arena_allocate_raw(reader->arena, sizeof(double) * (size_t)(capacity * width));
    if (designs->count > 0) {
        memcpy(grown, designs->x, sizeof(double) * (size_t)(designs->count * width));
    }
    designs->x = grown;
    reader->capacity = capacity;
}

static void designs_complain(const designs_reader* reader, og_designs* designs) {
    if (designs->bad < OG_DESIGN_PROBLEMS) {
        designs->problems[designs->bad] = og_text_format(
            reader->arena, "%s:%lld: %s", og_text_printable(reader->arena, reader->name),
            (long long)reader->line, og_error_text());
    }
    designs->bad++;
}

og_status og_designs_load(og_arena* arena, const og_model* model, const og_space* space,
                          const char* path, og_designs* designs) {
    const bool standard = strcmp(path, "-") == 0;
    char* text = NULL;
    size_t size = 0;
    OG_TRY(og_file_read(arena, standard ? "/dev/stdin" : path, designs_limit, &text, &size));
    designs_reader reader = {.arena = arena,
                             .model = model,
                             .space = space,
                             .name = standard ? "standard input" : path,
                             .cursor = text,
                             .end = text + size};
    *designs = (og_designs){.problems = OG_NEW(arena, const char*, OG_DESIGN_PROBLEMS)};
    OG_TRY(designs_header(&reader));
    double* initial = OG_NEW(arena, double, space->count);
    double* x = OG_NEW(arena, double, space->count);
    og_space_initial(space, initial);
    size_t length = 0;
    const char* line = NULL;
    while ((line = designs_line(&reader, &length)) != NULL) {
        if (designs->count == reader.capacity) {
            designs_grow(&reader, designs);
        }
        const og_arena_mark mark = og_arena_here(arena);
        const bool good = designs_row(&reader, line, length, initial, x) == OG_OK;
        og_arena_rewind(arena, mark);
        if (good) {
            memcpy(designs->x + designs->count * space->count, x, sizeof *x * (size_t)space->count);
            designs->count++;
        } else {
            designs_complain(&reader, designs);
        }
    }
    if (designs->count + designs->bad == 0) {
        return og_fail(OG_ERROR_FILE, "%s: holds no design", reader.name);
    }
    return OG_OK;
}
