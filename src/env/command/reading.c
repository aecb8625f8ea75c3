#include "env/command/reading.h"

#include <math.h>
#include <regex.h>
#include <string.h>

#include "env/command/quantity.h"
#include "env/table/sheet.h"
#include "ogive/file.h"
#include "ogive/text.h"

enum { READING_EXPRESSION = 4096, READING_STEPS = 32 };

static og_status reading_expression(og_yaml* yaml, const og_document_node* node,
                                    og_reading* reading) {
    if (strlen(reading->text) > READING_EXPRESSION) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "longer than %d bytes", READING_EXPRESSION);
    }
    regex_t compiled;
    const int problem = regcomp(&compiled, reading->text, REG_EXTENDED);
    if (problem != 0) {
        char text[200];
        regerror(problem, &compiled, text, sizeof text);
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "regex: %s", text);
    }
    reading->groups = (int)compiled.re_nsub;
    regfree(&compiled);
    if (reading->groups != 1 && reading->groups != 2) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE,
                            "regex: one group in parentheses for the number, or two for the "
                            "number and its unit, expected");
    }
    return OG_OK;
}

// A file of the working directory: no way out of it.
static og_status reading_file(og_yaml* yaml, const og_document_node* map, og_reading* reading) {
    OG_TRY(og_yaml_text(yaml, map, "file", &reading->file));
    const char* file = reading->file;
    if (file && (file[0] == '\0' || file[0] == '/' || strcmp(file, "..") == 0 ||
                 strncmp(file, "../", 3) == 0 || strstr(file, "/../"))) {
        return og_yaml_fail(yaml, og_yaml_find(map, "file"), OG_ERROR_VALUE,
                            "'%s': a file in the design's own folder expected", file);
    }
    return OG_OK;
}

og_status og_reading_compile(og_yaml* yaml, const og_document_node* map, const og_metric* metric,
                             og_reading* reading) {
    static const char* const kinds[] = {"json", "csv", "regex"};
    static const char* const takes[] = {"last", "first"};
    *reading = (og_reading){.metric = metric, .plain = metric->unit};
    const og_document_node* node = NULL;
    for (int i = 0; i < 3; i++) {
        const og_document_node* found = og_yaml_find(map, kinds[i]);
        if (found && node) {
            return og_yaml_fail(yaml, found, OG_ERROR_VALUE,
                                "a metric is read in one way: json, csv or regex");
        }
        if (found) {
            node = found;
            reading->kind = (og_reading_kind)i;
            OG_TRY(og_yaml_text(yaml, map, kinds[i], &reading->text));
        }
    }
    if (!node) {
        return og_yaml_fail(yaml, map, OG_ERROR_VALUE,
                            "%s: where it is read is missing: json: PATH, csv: COLUMN or regex: "
                            "EXPRESSION",
                            metric->name);
    }
    OG_TRY(reading_file(yaml, map, reading));
    int first = 0;
    OG_TRY(og_yaml_choice(yaml, map, "take", takes, 2, &first));
    reading->first = first == 1;
    if (reading->kind == OG_READING_REGEX) {
        OG_TRY(reading_expression(yaml, node, reading));
    }
    OG_TRY(og_yaml_text(yaml, map, "in", &reading->plain));
    double factor = 1;
    if (!og_quantity_factor(reading->plain, metric->unit, &factor)) {
        return og_yaml_fail(yaml, og_yaml_find(map, "in"), OG_ERROR_VALUE,
                            "in: '%s' cannot be converted to the unit '%s'", reading->plain,
                            metric->unit);
    }
    if (reading->groups == 2) {
        reading->plain = NULL;
    }
    return OG_OK;
}

// The whole text, or else its last line that is not blank: a program may talk before it answers.
static json_t* reading_parse(const og_reading_source* source) {
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL;
    json_t* json = json_loadb(source->text, source->length, flags, NULL);
    if (json) {
        return json;
    }
    const char* cursor = source->text;
    const char* end = source->text + source->length;
    const char* last = NULL;
    size_t last_length = 0;
    size_t length = 0;
    const char* line;
    while ((line = og_file_line(&cursor, end, &length)) != NULL) {
        if (length > 0 && strspn(line, " \t\r") < length) {
            last = line;
            last_length = length;
        }
    }
    return last ? json_loadb(last, last_length, flags, NULL) : NULL;
}

// The value at a path as "results.0.time"; NULL when there is none.
static json_t* reading_walk(json_t* json, const char* path, og_arena* scratch) {
    char** steps;
    const int count = og_text_split(scratch, path, '.', &steps);
    for (int i = 0; i < count && i < READING_STEPS && json; i++) {
        int64_t index = 0;
        if (json_is_array(json)) {
            json = og_text_integer(steps[i], &index) && index >= 0
                       ? json_array_get(json, (size_t)index)
                       : NULL;
        } else {
            json = json_object_get(json, steps[i]);
        }
    }
    return json;
}

static bool reading_json(const og_reading* reading, og_reading_source* source, og_arena* scratch,
                         double* value, const char** reason) {
    source->json = source->json ? source->json : reading_parse(source);
    if (!source->json) {
        *reason = "no JSON";
        return false;
    }
    // a key may have points itself
    json_t* json = json_object_get(source->json, reading->text);
    json = json ? json : reading_walk(source->json, reading->text, scratch);
    if (!json) {
        *reason = og_text_format(scratch, "no '%s' in the JSON", reading->text);
        return false;
    }
    if (json_is_string(json)) {
        // in text a number is meant to have a unit
        const char* plain = reading->metric->unit[0] == '\0' ? "" : NULL;
        return og_quantity_read(scratch, json_string_value(json), plain, reading->metric->unit,
                                value, reason);
    }
    if (!json_is_number(json)) {
        *reason = og_text_format(scratch, "'%s' is no number", reading->text);
        return false;
    }
    char number[32];
    return og_quantity_read(scratch, og_text_real(json_number_value(json), number), reading->plain,
                            reading->metric->unit, value, reason);
}

static bool reading_csv(const og_reading* reading, const og_reading_source* source,
                        og_arena* scratch, double* value, const char** reason) {
    og_sheet sheet;
    char* copy = og_text_copy(scratch, source->text, source->length);
    const char* name = source->file ? source->file : "output";
    if (og_sheet_parse(scratch, name, copy, source->length, &sheet) != OG_OK) {
        *reason = og_text_format(scratch, "%s", og_error_text());
        return false;
    }
    for (int i = 0; i < sheet.column_count; i++) {
        if (strcmp(sheet.headers[i], reading->text) == 0) {
            const char* cell = og_sheet_cell(&sheet, reading->first ? 0 : sheet.row_count - 1, i);
            return og_quantity_read(scratch, cell, reading->plain, reading->metric->unit, value,
                                    reason);
        }
    }
    *reason = og_text_format(scratch, "no column '%s'", reading->text);
    return false;
}

// Expressions are matched within lines.
static void reading_split(og_reading_source* source, og_arena* scratch) {
    int count = 1;
    for (size_t i = 0; i < source->length; i++) {
        count += source->text[i] == '\n';
    }
    source->lines = OG_NEW(scratch, char*, count);
    char* copy = og_text_copy(scratch, source->text, source->length);
    const char* cursor = copy;
    size_t length = 0;
    const char* line;
    while ((line = og_file_line(&cursor, copy + source->length, &length)) != NULL) {
        source->lines[source->line_count] = copy + (line - copy);
        source->lines[source->line_count++][length] = '\0';
    }
}

// The first or last match in a line.
static bool reading_match(const og_reading* reading, const char* line, const regex_t* compiled,
                          regmatch_t groups[3], const char** base) {
    bool found = false;
    regmatch_t match[3];
    for (const char* at = line; regexec(compiled, at, 3, match, at == line ? 0 : REG_NOTBOL) == 0;
         at += match[0].rm_eo + (match[0].rm_eo == match[0].rm_so)) {
        memcpy(groups, match, sizeof match);
        *base = at;
        found = true;
        if (reading->first || at[match[0].rm_eo] == '\0') {
            break;
        }
    }
    return found;
}

// What the groups of the match say, in `scratch`; NULL when there is none.
static const char* reading_find(const og_reading* reading, const og_reading_source* source,
                                const regex_t* compiled, og_arena* scratch) {
    regmatch_t groups[3];
    const char* base = NULL;
    bool found = false;
    for (int i = 0; i < source->line_count && !found; i++) {
        const int line = reading->first ? i : source->line_count - 1 - i;
        found = reading_match(reading, source->lines[line], compiled, groups, &base);
    }
    og_buffer text = {.arena = scratch};
    for (int i = 1; found && i <= reading->groups; i++) {
        og_buffer_add(&text, " ", 1);
        if (groups[i].rm_so >= 0) {
            og_buffer_add(&text, base + groups[i].rm_so,
                          (size_t)(groups[i].rm_eo - groups[i].rm_so));
        }
    }
    return text.data;
}

static bool reading_regex(const og_reading* reading, og_reading_source* source, og_arena* scratch,
                          double* value, const char** reason) {
    regex_t compiled;
    if (regcomp(&compiled, reading->text, REG_EXTENDED) != 0) {
        *reason = "no memory for the regular expression";
        return false;
    }
    if (!source->lines) {
        reading_split(source, scratch);
    }
    const char* text = reading_find(reading, source, &compiled, scratch);
    regfree(&compiled);
    if (!text) {
        *reason = og_text_format(scratch, "nothing matches '%s'", reading->text);
        return false;
    }
    return og_quantity_read(scratch, text, reading->plain, reading->metric->unit, value, reason);
}

bool og_reading_take(const og_reading* reading, og_reading_source* source, og_arena* scratch,
                     double* value, const char** reason) {
    const char* why = "";
    bool good = false;
    switch (reading->kind) {
    case OG_READING_JSON: good = reading_json(reading, source, scratch, value, &why); break;
    case OG_READING_CSV: good = reading_csv(reading, source, scratch, value, &why); break;
    case OG_READING_REGEX: good = reading_regex(reading, source, scratch, value, &why); break;
    }
    if (!good) {
        *reason = og_text_printable(
            scratch, og_text_format(scratch, "metric %s: %s", reading->metric->name, why));
    }
    return good;
}
