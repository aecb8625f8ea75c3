#include "proxy/table.h"

#include <math.h>
#include <string.h>

#include "proxy/internals.h"

// In the order of og_kind and og_scale.
static const char* const table_kinds[] = {"integer", "real", "ordinal", "choice", "boolean"};
static const char* const table_scales[] = {"linear", "logarithmic", "powers"};

enum { TABLE_LEVELS = 100000, TABLE_CONSTRAINTS = 1000 };

static json_t* table_string(const char* text) {
    json_t* string = json_string(text);
    if (string == NULL) {
        og_arena* arena = og_arena_create();
        string = json_string(og_text_printable(arena, text));
        og_arena_destroy(arena);
    }
    return string;
}

static json_t* table_row(const og_parameter* row) {
    json_t* json = json_object();
    json_object_set_new(json, "name", table_string(row->name));
    json_object_set_new(json, "kind", json_string(table_kinds[row->kind]));
    json_object_set_new(json, "unit", table_string(row->unit));
    json_object_set_new(json, "doc", table_string(row->doc));
    if (row->group != NULL) {
        json_object_set_new(json, "group", table_string(row->group));
    }
    if (row->active != NULL) {
        json_object_set_new(json, "active", table_string(row->active));
    }
    json_object_set_new(json, "initial", json_real(row->initial));
    if (row->kind == OG_INTEGER || row->kind == OG_REAL) {
        json_object_set_new(json, "scale", json_string(table_scales[row->scale]));
        json_object_set_new(json, "minimum", json_real(row->minimum));
        json_object_set_new(json, "maximum", json_real(row->maximum));
        json_object_set_new(json, "step", json_real(row->step));
    }
    if (row->kind == OG_ORDINAL || row->kind == OG_CHOICE) {
        json_t* levels = json_array();
        for (int i = 0; i < row->level_count; i++) {
            json_array_append_new(levels, row->kind == OG_ORDINAL ? json_real(row->values[i])
                                                                  : table_string(row->choices[i]));
        }
        json_object_set_new(json, "levels", levels);
    }
    return json;
}

void og_proxy_table_print(const og_space_table* table, og_buffer* out) {
    json_t* rows = json_array();
    json_t* constraints = json_array();
    for (int i = 0; i < table->count; i++) {
        json_array_append_new(rows, table_row(&table->parameters[i]));
    }
    for (int i = 0; i < table->constraint_count; i++) {
        json_array_append_new(constraints, table_string(table->constraints[i]));
    }
    json_t* json = json_object();
    json_object_set_new(json, "parameters", rows);
    json_object_set_new(json, "constraints", constraints);
    const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(17);
    const size_t size = json_dumpb(json, NULL, 0, flags);
    char* text = og_arena_allocate(out->arena, size + 1);
    json_dumpb(json, text, size, flags);
    json_decref(json);
    og_buffer_add(out, text, size);
}

bool og_proxy_text_read(og_arena* arena, const json_t* json, const char* key, const char** text) {
    const json_t* member = json_object_get(json, key);
    if (!json_is_string(member)) {
        return false;
    }
    *text = og_text_copy(arena, json_string_value(member), json_string_length(member));
    return strlen(*text) == json_string_length(member);
}

bool og_proxy_real_read(const json_t* json, const char* key, double* value) {
    const json_t* member = json_object_get(json, key);
    *value = json_number_value(member);
    return json_is_number(member) && isfinite(*value);
}

// A text member that may be missing.
static bool table_optional(og_arena* arena, const json_t* json, const char* key,
                           const char** text) {
    return json_object_get(json, key) == NULL || og_proxy_text_read(arena, json, key, text);
}

static bool table_word(const json_t* json, const char* key, const char* const* words, int count,
                       int* index) {
    const char* text = json_string_value(json_object_get(json, key));
    for (int i = 0; text != NULL && i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool table_levels(og_arena* arena, const json_t* json, og_parameter* row) {
    const json_t* levels = json_object_get(json, "levels");
    const size_t count = json_array_size(levels);
    if (count == 0 || count > TABLE_LEVELS) {
        return false;
    }
    double* values = OG_NEW(arena, double, count);
    const char** choices = OG_NEW(arena, const char*, count);
    for (size_t i = 0; i < count; i++) {
        const json_t* level = json_array_get(levels, i);
        if (row->kind == OG_ORDINAL ? !json_is_number(level) : !json_is_string(level)) {
            return false;
        }
        values[i] = json_number_value(level);
        if (row->kind == OG_CHOICE) {
            choices[i] = og_text_copy(arena, json_string_value(level), json_string_length(level));
        }
    }
    row->level_count = (int)count;
    row->values = row->kind == OG_ORDINAL ? values : NULL;
    row->choices = row->kind == OG_CHOICE ? choices : NULL;
    return true;
}

static bool table_row_read(og_arena* arena, const json_t* json, og_parameter* row) {
    int kind = 0;
    int scale = 0;
    if (!table_word(json, "kind", table_kinds, OG_TEXT, &kind) ||
        !og_proxy_text_read(arena, json, "name", &row->name) ||
        !og_proxy_text_read(arena, json, "unit", &row->unit) ||
        !og_proxy_text_read(arena, json, "doc", &row->doc) ||
        !table_optional(arena, json, "group", &row->group) ||
        !table_optional(arena, json, "active", &row->active) ||
        !og_proxy_real_read(json, "initial", &row->initial)) {
        return false;
    }
    row->kind = (og_kind)kind;
    if (row->kind == OG_ORDINAL || row->kind == OG_CHOICE) {
        return table_levels(arena, json, row);
    }
    if (row->kind == OG_BOOLEAN) {
        return true;
    }
    const bool ranged = table_word(json, "scale", table_scales, 3, &scale) &&
                        og_proxy_real_read(json, "minimum", &row->minimum) &&
                        og_proxy_real_read(json, "maximum", &row->maximum) &&
                        og_proxy_real_read(json, "step", &row->step);
    row->scale = (og_scale)scale;
    return ranged;
}

og_status og_proxy_table_read(og_arena* arena, const json_t* json, og_space_table* table) {
    const json_t* list = json_object_get(json, "parameters");
    const json_t* rules = json_object_get(json, "constraints");
    const size_t count = json_array_size(list);
    const size_t rule_count = json_array_size(rules);
    if (count == 0 || count > OG_PROXY_MOST_PARAMETERS || !json_is_array(rules) ||
        rule_count > TABLE_CONSTRAINTS) {
        return og_fail(OG_ERROR_FILE, "space: 1 .. %d parameters and 0 .. %d constraints needed",
                       OG_PROXY_MOST_PARAMETERS, TABLE_CONSTRAINTS);
    }
    og_parameter* rows = OG_NEW(arena, og_parameter, count);
    const char** constraints = OG_NEW(arena, const char*, rule_count);
    for (size_t i = 0; i < count; i++) {
        if (!table_row_read(arena, json_array_get(list, i), &rows[i])) {
            return og_fail(OG_ERROR_FILE, "space: parameter %zu is damaged", i);
        }
    }
    for (size_t i = 0; i < rule_count; i++) {
        const json_t* rule = json_array_get(rules, i);
        if (!json_is_string(rule)) {
            return og_fail(OG_ERROR_FILE, "space: constraint %zu is no text", i);
        }
        constraints[i] = og_text_copy(arena, json_string_value(rule), json_string_length(rule));
    }
    *table = (og_space_table){rows, (int)count, constraints, (int)rule_count};
    const og_status status = og_parameters_check(rows, table->count);
    return status == OG_OK ? OG_OK : og_fail_context(status, "space");
}
