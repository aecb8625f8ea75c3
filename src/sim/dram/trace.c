// Trace files: one request a line, in the text forms that memory simulators exchange. A form is a
// row of a table; one small interpreter reads all of them.

#include "ogive/dram_trace.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ogive/file.h"
#include "ogive/text.h"

enum {
    TRACE_FILE_LIMIT = 1 << 30,     // bytes, unpacked
    TRACE_REQUEST_LIMIT = 1 << 26,  // 1.5 GiB of requests
    TRACE_CLOCK_LIMIT = 1000000000  // ps: 1 ms, slower than any bus
};

/// What a line holds, field by field: c cycle, ':' the colon behind it, l optional length in
/// parentheses, o operation, x hexadecimal address, a address, decimal unless it starts with 0x,
/// d optional data of a write.
typedef struct trace_form {
    const char* fields;
    const char* example;
} trace_form;

enum { TRACE_STL, TRACE_CYCLE_FIRST, TRACE_CYCLE_LAST, TRACE_ADDRESS_FIRST, TRACE_OPERATION_FIRST };

static const trace_form trace_forms[] = {
    [TRACE_STL] = {"c:loxd", "31: read 0x400140"},
    [TRACE_CYCLE_FIRST] = {"coa", "31 R 0x400140"},
    [TRACE_CYCLE_LAST] = {"aoc", "0x400140 READ 31"},
    [TRACE_ADDRESS_FIRST] = {"ao", "0x400140 R"},
    [TRACE_OPERATION_FIRST] = {"oa", "R 0x400140"},
};

static const struct {
    const char* name;
    bool write;
} trace_operations[] = {{"read", false}, {"write", true}, {"r", false},
                        {"w", true},     {"ld", false},   {"st", true}};

/// A parser at work: where it reads and what it has read so far.
typedef struct trace_parser {
    const char* name;
    int64_t line;
    const char* start;  // of the line
    const char* at;
    const char* end;  // of the line, or of what stands before its comment
    const trace_form* form;
    og_dram_request* requests;
    int64_t count;
    int initiators;
    double clock_ps;
    int64_t last_arrival[OG_DRAM_INITIATORS];
} trace_parser;

/// A word of the line, made fit for a message: cut, without control characters.
typedef struct trace_word {
    char text[44];
} trace_word;

static bool trace_is_space(char c) {
    return c == ' ' || c == '\t';
}

static void trace_skip_space(trace_parser* parser) {
    while (parser->at < parser->end && trace_is_space(*parser->at)) {
        parser->at++;
    }
}

static trace_word trace_word_at(const trace_parser* parser, const char* at) {
    trace_word word = {"the end of the line"};
    size_t length = 0;
    for (; at < parser->end && !trace_is_space(*at) && length < 40; at++) {
        const char c = *at;
        word.text[length++] = c >= ' ' && c <= '~' ? c : '?';
    }
    if (length > 0) {
        const char* mark = at < parser->end && !trace_is_space(*at) ? "..." : "";
        memcpy(word.text + length, mark, strlen(mark) + 1);
    }
    return word;
}

/// Fail at the current line; binary data explains all other reasons, so it goes first.
static og_status trace_fail(const trace_parser* parser, const char* reason) {
    for (const char* c = parser->start; c < parser->end; c++) {
        const unsigned char byte = (unsigned char)*c;
        if (byte < ' ' && byte != '\t') {
            return og_fail(OG_ERROR_FILE,
                           "%s:%" PRId64 ": byte 0x%02x at column %td: binary data, not a trace",
                           parser->name, parser->line, byte, c - parser->start + 1);
        }
    }
    return og_fail(OG_ERROR_FILE, "%s:%" PRId64 ": %s", parser->name, parser->line, reason);
}

static og_status trace_fail_word(const trace_parser* parser, const char* at, const char* problem) {
    char reason[256];
    snprintf(reason, sizeof reason, "'%s' %s", trace_word_at(parser, at).text, problem);
    return trace_fail(parser, reason);
}

static int trace_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

/// Whether a word may end at `at`.
static bool trace_at_boundary(const trace_parser* parser) {
    return parser->at == parser->end || trace_is_space(*parser->at);
}

/// Digits in `base` up to the first other character. False when there are none or 64 bits overflow;
/// `*wide` tells which.
static bool trace_digits(trace_parser* parser, unsigned base, uint64_t* value, bool* wide) {
    const char* start = parser->at;
    const uint64_t limit = UINT64_MAX / base;
    uint64_t sum = 0;
    *wide = false;
    for (; parser->at < parser->end; parser->at++) {
        const unsigned digit = (unsigned)trace_digit(*parser->at);
        if (digit >= base) {
            break;
        }
        if (sum > limit || sum * base > UINT64_MAX - digit) {
            *wide = true;
            return false;
        }
        sum = sum * base + digit;
    }
    *value = sum;
    return parser->at > start;
}

static og_status trace_read_cycle(trace_parser* parser, og_dram_request* request) {
    const char* start = parser->at;
    if (start < parser->end && *start == '-') {
        return trace_fail_word(parser, start, "is a negative cycle, at least 0 is needed");
    }
    uint64_t value;
    bool wide;
    const bool good = trace_digits(parser, 10, &value, &wide);
    if (wide || (good && value > (uint64_t)OG_DRAM_ARRIVAL_MAX)) {
        return trace_fail_word(parser, start, "is too late a cycle, the largest is 1e15");
    }
    const bool colon = parser->at < parser->end && *parser->at == ':';
    if (!good || (!colon && !trace_at_boundary(parser))) {
        return trace_fail_word(parser, start, "is not a cycle (a decimal number)");
    }
    request->arrival = (int64_t)value;
    return OG_OK;
}

static og_status trace_read_address(trace_parser* parser, bool hexadecimal,
                                    og_dram_request* request) {
    const char* start = parser->at;
    if (start < parser->end && *start == '-') {
        return trace_fail_word(parser, start, "is a negative address");
    }
    if (parser->end - start > 2 && start[0] == '0' && (start[1] | 0x20) == 'x') {
        parser->at += 2;
        hexadecimal = true;
    }
    bool wide;
    const bool good = trace_digits(parser, hexadecimal ? 16 : 10, &request->address, &wide);
    if (wide) {
        return trace_fail_word(parser, start, "is an address wider than 64 bits");
    }
    if (!good || !trace_at_boundary(parser)) {
        return trace_fail_word(parser, start,
                               hexadecimal ? "is not an address (hexadecimal, such as 0x400140)"
                                           : "is not an address (decimal, or hexadecimal with 0x)");
    }
    return OG_OK;
}

/// Index in trace_operations of the word at `at`, or -1; `*length` receives the word's length.
static int trace_operation_at(const char* at, const char* end, size_t* length) {
    *length = 0;
    while (at + *length < end && !trace_is_space(at[*length])) {
        ++*length;
    }
    for (int i = 0; i < (int)(sizeof trace_operations / sizeof *trace_operations); i++) {
        const char* name = trace_operations[i].name;
        size_t same = 0;
        while (same < *length && name[same] && (at[same] | 0x20) == name[same]) {
            same++;
        }
        if (same == *length && same > 0 && !name[same]) {
            return i;
        }
    }
    return -1;
}

static og_status trace_read_operation(trace_parser* parser, og_dram_request* request) {
    size_t length;
    const int operation = trace_operation_at(parser->at, parser->end, &length);
    if (operation < 0) {
        return trace_fail_word(parser, parser->at,
                               "is not an operation (read, write, R, W, LD or ST)");
    }
    request->write = trace_operations[operation].write;
    parser->at += length;
    return OG_OK;
}

static og_status trace_read_colon(trace_parser* parser) {
    if (parser->at == parser->end || *parser->at != ':') {
        return trace_fail_word(parser, parser->at,
                               "stands where the colon behind the cycle belongs");
    }
    parser->at++;
    return OG_OK;
}

static og_status trace_read_length(trace_parser* parser) {
    if (parser->at == parser->end || *parser->at != '(') {
        return OG_OK;
    }
    const char* start = parser->at++;
    uint64_t value;
    bool wide;
    const bool good = trace_digits(parser, 10, &value, &wide);
    if (!good || parser->at == parser->end || *parser->at != ')') {
        return trace_fail_word(parser, start, "is not a length in bytes, such as (64)");
    }
    if (value < 1 || value > OG_DRAM_LINE_BYTES) {
        return trace_fail_word(parser, start,
                               "is a length outside 1..64 bytes; split it into lines of 64");
    }
    parser->at++;
    return OG_OK;
}

static og_status trace_read_data(trace_parser* parser, const og_dram_request* request) {
    if (parser->at == parser->end || !request->write) {
        return OG_OK;
    }
    const char* start = parser->at;
    if (parser->end - start > 2 && start[0] == '0' && (start[1] | 0x20) == 'x') {
        parser->at += 2;
    }
    while (parser->at < parser->end && trace_digit(*parser->at) < 16) {
        parser->at++;
    }
    if (!trace_at_boundary(parser)) {
        return trace_fail_word(parser, start, "is not write data (hexadecimal)");
    }
    return OG_OK;
}

static og_status trace_read_field(trace_parser* parser, char field, og_dram_request* request) {
    switch (field) {
    case 'c': return trace_read_cycle(parser, request);
    case ':': return trace_read_colon(parser);
    case 'l': return trace_read_length(parser);
    case 'o': return trace_read_operation(parser, request);
    case 'x': return trace_read_address(parser, true, request);
    case 'a': return trace_read_address(parser, false, request);
    case 'd': return trace_read_data(parser, request);
    default: assert(false); return OG_ERROR_FILE;
    }
}

/// Choose the form by the first line with a request, `parser->at` at its first word.
static og_status trace_find_form(trace_parser* parser) {
    const char* first = parser->at;
    const char* end = parser->end;
    if (*first == '(') {
        return trace_fail(parser,
                          "relative cycles (.rstl) depend on the memory simulated; "
                          "write absolute ones, such as '31: read 0x400140'");
    }
    size_t length;
    if (trace_operation_at(first, end, &length) >= 0) {
        parser->form = &trace_forms[TRACE_OPERATION_FIRST];
        return OG_OK;
    }
    const bool prefixed = length > 2 && first[0] == '0' && (first[1] | 0x20) == 'x';
    const char* next = first + length;
    while (next < end && trace_is_space(*next)) {
        next++;
    }
    if (memchr(first, ':', length) || (next < end && *next == ':')) {
        parser->form = &trace_forms[TRACE_STL];
        return OG_OK;
    }
    if (trace_operation_at(next, end, &length) < 0) {
        return trace_fail_word(parser, first,
                               "starts no known form: '31: read 0x400140', '31 R 0x400140', "
                               "'0x400140 READ 31', '0x400140 R' or 'R 0x400140'");
    }
    next += length;
    while (next < end && trace_is_space(*next)) {
        next++;
    }
    const int three_words = prefixed ? TRACE_CYCLE_LAST : TRACE_CYCLE_FIRST;
    parser->form = &trace_forms[next < end ? three_words : TRACE_ADDRESS_FIRST];
    return OG_OK;
}

/// The comment [at, end) behind `#`: it may set the clock (on a line of its own) or the initiator.
static og_status trace_read_comment(trace_parser* parser, const char* at, const char* end,
                                    bool alone, og_dram_request* request) {
    static const char clock[] = "clock_ps:";
    static const char initiator[] = "initiator ";
    while (at < end && trace_is_space(*at)) {
        at++;
    }
    const char* key = alone ? clock : initiator;
    const size_t length = strlen(key);
    if ((size_t)(end - at) < length || memcmp(at, key, length) != 0) {
        return OG_OK;
    }
    at += length;
    while (at < end && trace_is_space(*at)) {
        at++;
    }
    while (end > at && trace_is_space(end[-1])) {
        end--;
    }
    char text[32] = "";
    if (end - at < (ptrdiff_t)sizeof text) {
        memcpy(text, at, (size_t)(end - at));
    }
    int64_t number;
    if (alone) {
        double period;
        if (!og_text_number(text, &period) || !(period >= 1) || period > TRACE_CLOCK_LIMIT) {
            return trace_fail(parser, "clock_ps must be a number of picoseconds from 1 to 1e9");
        }
        parser->clock_ps = period;
    } else if (!og_text_integer(text, &number) || number < 0 || number >= OG_DRAM_INITIATORS) {
        return trace_fail(parser, "the initiator must be an integer from 0 to 255");
    } else {
        request->initiator = (uint16_t)number;
    }
    return OG_OK;
}

static og_status trace_store(trace_parser* parser, og_dram_request* request) {
    int64_t* last = &parser->last_arrival[request->initiator];
    if (request->arrival < *last && parser->form == &trace_forms[TRACE_STL]) {
        // players of .stl send a request whose cycle has passed at once; concatenated traces rely
        // on it
        request->arrival = *last;
    }
    if (request->arrival < *last) {
        char reason[160];
        snprintf(reason, sizeof reason,
                 "cycle %" PRId64 " goes back behind %" PRId64
                 " of a line above; cycles must not decrease",
                 request->arrival, *last);
        return trace_fail(parser, reason);
    }
    *last = request->arrival;
    if (request->initiator >= parser->initiators) {
        parser->initiators = request->initiator + 1;
    }
    parser->requests[parser->count++] = *request;
    return OG_OK;
}

static og_status trace_read_line(trace_parser* parser) {
    trace_skip_space(parser);
    const char* line_end = parser->end;
    const char* comment = memchr(parser->at, '#', (size_t)(line_end - parser->at));
    const bool alone = comment == parser->at;
    og_dram_request request = {.arrival = parser->count};
    if (comment) {
        parser->end = comment;
        OG_TRY(trace_read_comment(parser, comment + 1, line_end, alone, &request));
    }
    if (parser->at == parser->end) {
        return OG_OK;
    }
    if (!parser->form) {
        OG_TRY(trace_find_form(parser));
    }
    for (const char* field = parser->form->fields; *field; field++) {
        OG_TRY(trace_read_field(parser, *field, &request));
        trace_skip_space(parser);
    }
    if (parser->at != parser->end) {
        return trace_fail_word(parser, parser->at, "is left over behind the request");
    }
    return trace_store(parser, &request);
}

/// Most requests that the text can hold: its lines.
static int64_t trace_count_lines(const char* text, const char* end) {
    int64_t lines = 0;
    for (const char* at = text; at && at < end; lines++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : end;
    }
    return lines;
}

og_status og_dram_trace_parse(og_arena* arena, const char* name, const char* text, size_t size,
                              og_dram_trace* trace) {
    assert(arena && name && trace && (text || size == 0));
    const char* end = text + size;
    const int64_t lines = trace_count_lines(text, end);
    if (lines > TRACE_REQUEST_LIMIT) {
        return og_fail(OG_ERROR_FILE, "%s: %" PRId64 " lines, at most %d are read", name, lines,
                       TRACE_REQUEST_LIMIT);
    }
    trace_parser parser = {.name = name, .initiators = 1};
    parser.requests = og_arena_allocate_raw(arena, (size_t)lines * sizeof *parser.requests);
    size_t length;
    const char* cursor = text;
    const char* line;
    while ((line = og_file_line(&cursor, end, &length))) {
        parser.line++;
        parser.start = parser.at = line;
        parser.end = line + length;
        OG_TRY(trace_read_line(&parser));
    }
    if (parser.count == 0) {
        return og_fail(OG_ERROR_FILE, "%s: no request in it; one a line is needed, such as '%s'",
                       name, trace_forms[TRACE_STL].example);
    }
    *trace = (og_dram_trace){.name = og_text_copy(arena, name, strlen(name)),
                             .requests = parser.requests,
                             .count = parser.count,
                             .initiators = parser.initiators,
                             .clock_ps = parser.clock_ps};
    return OG_OK;
}

static bool trace_ends_with(const char* path, const char* ending) {
    const size_t length = strlen(path);
    const size_t tail = strlen(ending);
    return length >= tail && strcmp(path + length - tail, ending) == 0;
}

og_status og_dram_trace_load(og_arena* arena, const char* path, og_dram_trace* trace) {
    assert(arena && path && trace);
    if (trace_ends_with(path, ".rstl") || trace_ends_with(path, ".rstl.gz")) {
        return og_fail(OG_ERROR_FILE,
                       "%s: relative cycles (.rstl) depend on the memory simulated; write absolute "
                       "ones (.stl)",
                       path);
    }
    // the text is scratch; it comes from an arena of its own so that only the requests stay
    og_arena* scratch = og_arena_create();
    char* text;
    size_t size;
    og_status status = og_file_read(scratch, path, TRACE_FILE_LIMIT, &text, &size);
    if (status == OG_OK) {
        status = og_dram_trace_parse(arena, path, text, size, trace);
    }
    og_arena_destroy(scratch);
    return status;
}

og_status og_dram_trace_save(const char* path, const og_dram_trace* trace) {
    assert(path && trace && trace->count >= 1);
    og_arena* scratch = og_arena_create();
    og_buffer buffer = {.arena = scratch};
    if (trace->clock_ps > 0) {
        char number[32];
        og_buffer_print(&buffer, "# clock_ps: %s\n", og_text_real(trace->clock_ps, number));
    }
    for (int64_t i = 0; i < trace->count; i++) {
        const og_dram_request* request = &trace->requests[i];
        char line[96];
        int length = snprintf(line, sizeof line, "%" PRId64 ":\t%s\t0x%" PRIx64, request->arrival,
                              request->write ? "write" : "read", request->address);
        if (request->initiator > 0) {
            length += snprintf(line + length, sizeof line - (size_t)length, "\t# initiator %d",
                               request->initiator);
        }
        line[length++] = '\n';
        og_buffer_add(&buffer, line, (size_t)length);
    }
    const og_status status = og_file_write(path, buffer.data, buffer.length);
    og_arena_destroy(scratch);
    return status;
}
