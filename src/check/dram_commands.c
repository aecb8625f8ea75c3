// Command traces as CSV.
#include <assert.h>
#include <string.h>

#include "ogive/dram_check.h"
#include "ogive/file.h"
#include "ogive/text.h"

enum {
    DRAM_COMMANDS_COLUMNS_MAX = 16,
    DRAM_COMMANDS_FIELD_MAX = 40,  // longest field, with its end
};

static const size_t dram_commands_bytes_max = (size_t)4 << 30;

typedef struct dram_commands_name {
    const char* name;
    og_dram_check_kind kind;
} dram_commands_name;

// our own names first, then those of other simulators
static const dram_commands_name dram_commands_names[] = {
    {"ACT", OG_DRAM_CHECK_ACT},    {"PRE", OG_DRAM_CHECK_PRE},     {"PREA", OG_DRAM_CHECK_PREA},
    {"RD", OG_DRAM_CHECK_RD},      {"RDA", OG_DRAM_CHECK_RDA},     {"WR", OG_DRAM_CHECK_WR},
    {"WRA", OG_DRAM_CHECK_WRA},    {"REFA", OG_DRAM_CHECK_REFA},   {"REFB", OG_DRAM_CHECK_REFB},
    {"REFS", OG_DRAM_CHECK_REFS},  {"PDEA", OG_DRAM_CHECK_PDEA},   {"PDEP", OG_DRAM_CHECK_PDEP},
    {"PDXA", OG_DRAM_CHECK_PDXA},  {"PDXP", OG_DRAM_CHECK_PDXP},   {"SREF", OG_DRAM_CHECK_SREF},
    {"SREX", OG_DRAM_CHECK_SREX},  {"PREPB", OG_DRAM_CHECK_PRE},   {"PREAB", OG_DRAM_CHECK_PREA},
    {"REF", OG_DRAM_CHECK_REFA},   {"REFAB", OG_DRAM_CHECK_REFA},  {"REFPB", OG_DRAM_CHECK_REFB},
    {"REFSB", OG_DRAM_CHECK_REFS}, {"SREFEN", OG_DRAM_CHECK_SREF}, {"SREFEX", OG_DRAM_CHECK_SREX},
};
enum { DRAM_COMMANDS_NAMES = sizeof dram_commands_names / sizeof dram_commands_names[0] };

typedef enum dram_commands_column {
    DRAM_COMMANDS_CYCLE,
    DRAM_COMMANDS_COMMAND,
    DRAM_COMMANDS_RANK,
    DRAM_COMMANDS_GROUP,
    DRAM_COMMANDS_BANK,
    DRAM_COMMANDS_ROW,
    DRAM_COMMANDS_COLUMN,
    DRAM_COMMANDS_CHANNEL,
    DRAM_COMMANDS_REQUEST,
    DRAM_COMMANDS_COLUMNS,
} dram_commands_column;

static const char* const dram_commands_columns[DRAM_COMMANDS_COLUMNS] = {
    "cycle", "cmd", "rank", "bankgroup", "bank", "row", "column", "channel", "request",
};

// what the columns of a file mean
typedef struct dram_commands_layout {
    dram_commands_column columns[DRAM_COMMANDS_COLUMNS_MAX];
    int count;
} dram_commands_layout;

// where a file is being read
typedef struct dram_commands_place {
    const char* path;
    int64_t line;
} dram_commands_place;

// the next field of a line up to its comma, trimmed, into `out`; NULL when too long
static const char* dram_commands_field(const char** cursor, const char* end,
                                       char out[static DRAM_COMMANDS_FIELD_MAX]) {
    const char* begin = *cursor;
    const char* comma = memchr(begin, ',', (size_t)(end - begin));
    const char* stop = comma ? comma : end;
    *cursor = comma ? comma + 1 : NULL;
    while (begin < stop && (*begin == ' ' || *begin == '\t')) {
        ++begin;
    }
    while (stop > begin && (stop[-1] == ' ' || stop[-1] == '\t')) {
        --stop;
    }
    const size_t length = (size_t)(stop - begin);
    if (length >= DRAM_COMMANDS_FIELD_MAX || memchr(begin, 0, length)) {
        return NULL;
    }
    memcpy(out, begin, length);
    out[length] = 0;
    return out;
}

static og_status dram_commands_header(const dram_commands_place* place, const char* line,
                                      const char* end, dram_commands_layout* layout) {
    layout->count = 0;
    bool present[DRAM_COMMANDS_COLUMNS] = {false};
    while (line) {
        char text[DRAM_COMMANDS_FIELD_MAX];
        const char* name = dram_commands_field(&line, end, text);
        int column = 0;
        while (name && column < DRAM_COMMANDS_COLUMNS &&
               strcmp(name, dram_commands_columns[column]) != 0) {
            ++column;
        }
        if (!name || column == DRAM_COMMANDS_COLUMNS ||
            layout->count == DRAM_COMMANDS_COLUMNS_MAX || present[column]) {
            return og_fail(OG_ERROR_FILE,
                           "%s:%lld: column '%s' of the header is not one of cycle, cmd, rank, "
                           "bankgroup, bank, row, column, channel, request, each once",
                           place->path, (long long)place->line, name ? name : "...");
        }
        present[column] = true;
        layout->columns[layout->count++] = (dram_commands_column)column;
    }
    if (!present[DRAM_COMMANDS_CYCLE] || !present[DRAM_COMMANDS_COMMAND]) {
        return og_fail(OG_ERROR_FILE, "%s:%lld: the header needs the columns cycle and cmd",
                       place->path, (long long)place->line);
    }
    return OG_OK;
}

static og_status dram_commands_kind(const dram_commands_place* place, const char* name,
                                    og_dram_check_kind* kind) {
    const char* names[DRAM_COMMANDS_NAMES];
    for (int i = 0; i < DRAM_COMMANDS_NAMES; ++i) {
        names[i] = dram_commands_names[i].name;
        if (strcmp(names[i], name) == 0) {
            *kind = dram_commands_names[i].kind;
            return OG_OK;
        }
    }
    const char* nearest = og_text_nearest(name, names, DRAM_COMMANDS_NAMES);
    return og_fail(OG_ERROR_FILE, "%s:%lld: no command '%s'%s%s%s", place->path,
                   (long long)place->line, name, nearest ? " (did you mean " : "",
                   nearest ? nearest : "", nearest ? "?)" : "");
}

static int* dram_commands_member(og_dram_check_event* event, dram_commands_column column) {
    switch (column) {
    case DRAM_COMMANDS_RANK: return &event->rank;
    case DRAM_COMMANDS_GROUP: return &event->bank_group;
    case DRAM_COMMANDS_BANK: return &event->bank;
    case DRAM_COMMANDS_ROW: return &event->row;
    case DRAM_COMMANDS_COLUMN: return &event->column;
    default: return &event->channel;
    }
}

static og_status dram_commands_value(const dram_commands_place* place, dram_commands_column column,
                                     const char* text, og_dram_check_event* event) {
    if (column == DRAM_COMMANDS_COMMAND) {
        return dram_commands_kind(place, text, &event->kind);
    }
    int64_t value = -1;
    const bool optional = column != DRAM_COMMANDS_CYCLE;
    const int64_t most = column == DRAM_COMMANDS_CYCLE || column == DRAM_COMMANDS_REQUEST
                             ? INT64_MAX / 8
                             : INT32_MAX;
    const bool empty = text[0] == 0 && optional;
    if (!empty && (!og_text_integer(text, &value) || value < (optional ? -1 : 0) || value > most)) {
        return og_fail(OG_ERROR_FILE, "%s:%lld: %s '%s' is not an integer from %d to %lld",
                       place->path, (long long)place->line, dram_commands_columns[column], text,
                       optional ? -1 : 0, (long long)most);
    }
    if (column == DRAM_COMMANDS_CYCLE) {
        event->cycle = value;
    } else if (column == DRAM_COMMANDS_REQUEST) {
        event->request = value;
    } else {
        *dram_commands_member(event, column) = (int)value;
    }
    return OG_OK;
}

static og_status dram_commands_line(const dram_commands_place* place, const char* line,
                                    const char* end, const dram_commands_layout* layout,
                                    og_dram_check_event* event) {
    *event = (og_dram_check_event){.channel = 0,
                                   .rank = 0,
                                   .bank_group = -1,
                                   .bank = -1,
                                   .row = -1,
                                   .column = -1,
                                   .request = -1};
    int column = 0;
    bool fits = true;
    for (; line && fits; ++column) {
        char text[DRAM_COMMANDS_FIELD_MAX];
        const char* field = dram_commands_field(&line, end, text);
        fits = field && column < layout->count;
        if (fits) {
            OG_TRY(dram_commands_value(place, layout->columns[column], field, event));
        }
    }
    if (!fits || column != layout->count) {
        return og_fail(OG_ERROR_FILE, "%s:%lld: expected %d short fields separated by commas",
                       place->path, (long long)place->line, layout->count);
    }
    return OG_OK;
}

static int64_t dram_commands_count_lines(const char* text, size_t size) {
    int64_t lines = 1;
    for (const char* at = text; (at = memchr(at, '\n', size - (size_t)(at - text))) != NULL; ++at) {
        ++lines;
    }
    return lines;
}

og_status og_dram_commands_parse(og_arena* arena, const char* name, const char* text, size_t size,
                                 og_dram_commands* commands) {
    assert(arena && name && text && commands);
    dram_commands_layout layout = {.count = 7};
    for (int i = 0; i < layout.count; ++i) {
        layout.columns[i] = (dram_commands_column)i;
    }
    og_dram_check_event* events = og_arena_allocate_raw(
        arena, sizeof *events * (size_t)dram_commands_count_lines(text, size));
    dram_commands_place place = {.path = name};
    const char* cursor = text;
    const char* end = text + size;
    int64_t count = 0;
    const char* line;
    size_t length;
    while ((line = og_file_line(&cursor, end, &length)) != NULL) {
        ++place.line;
        if (length == 0 || line[0] == '#') {
            continue;
        }
        if (count == 0 && memchr("0123456789", line[0], 10) == NULL) {
            OG_TRY(dram_commands_header(&place, line, line + length, &layout));
            continue;
        }
        OG_TRY(dram_commands_line(&place, line, line + length, &layout, &events[count]));
        ++count;
    }
    if (count == 0) {
        return og_fail(OG_ERROR_FILE, "%s: no commands in the file", name);
    }
    *commands = (og_dram_commands){.events = events, .count = count};
    return OG_OK;
}

og_status og_dram_commands_load(og_arena* arena, const char* path, og_dram_commands* commands) {
    assert(arena && path && commands);
    char* text;
    size_t size;
    OG_TRY(og_file_read(arena, path, dram_commands_bytes_max, &text, &size));
    return og_dram_commands_parse(arena, path, text, size, commands);
}
