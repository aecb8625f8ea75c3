#include "space/space_json.h"

#include <string.h>

#include "ogive/text.h"

// In the order of og_kind and og_scale.
static const char* const space_json_kinds[] = {"integer", "real",    "ordinal",
                                               "choice",  "boolean", "text"};
static const char* const space_json_scales[] = {"linear", "logarithmic", "powers"};

enum { SPACE_JSON_LIMIT = 100000 };  // rows, levels: more is damage

static json_t* space_json_row(const og_parameter* row, bool docs) {
    json_t* json = json_object();
    json_object_set_new(json, "name", og_json_string(row->name));
    json_object_set_new(json, "kind", json_string(space_json_kinds[row->kind]));
    json_object_set_new(json, "unit", og_json_string(row->unit));
    json_object_set_new(json, "doc", og_json_string(docs ? row->doc : ""));
    if (row->group) {
        json_object_set_new(json, "group", og_json_string(row->group));
    }
    if (row->active) {
        json_object_set_new(json, "active", og_json_string(row->active));
    }
    json_object_set_new(json, "initial", json_real(row->initial));
    if (row->kind == OG_INTEGER || row->kind == OG_REAL) {
        json_object_set_new(json, "scale", json_string(space_json_scales[row->scale]));
        json_object_set_new(json, "minimum", json_real(row->minimum));
        json_object_set_new(json, "maximum", json_real(row->maximum));
        json_object_set_new(json, "step", json_real(row->step));
    }
    if (row->kind == OG_ORDINAL || row->kind == OG_CHOICE) {
        json_t* levels = json_array();
        for (int i = 0; i < row->level_count; i++) {
            json_array_append_new(levels, row->kind == OG_ORDINAL
                                              ? json_real(row->values[i])
                                              : og_json_string(row->choices[i]));
        }
        json_object_set_new(json, "levels", levels);
    }
    return json;
}

json_t* og_space_json(const og_space_table* table, bool docs) {
    json_t* rows = json_array();
    for (int i = 0; i < table->count; i++) {
        json_array_append_new(rows, space_json_row(&table->parameters[i], docs));
    }
    json_t* json = json_object();
    json_object_set_new(json, "parameters", rows);
    json_object_set_new(json, "constraints",
                        og_json_strings(table->constraints, table->constraint_count));
    return json;
}

static bool space_json_levels(og_arena* arena, const json_t* json, og_parameter* row) {
    const json_t* levels = json_object_get(json, "levels");
    const size_t count = json_array_size(levels);
    if (count == 0 || count > SPACE_JSON_LIMIT) {
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

static bool space_json_row_read(og_arena* arena, const json_t* json, og_parameter* row) {
    int kind = 0;
    int scale = 0;
    if (!og_json_word(json, "kind", space_json_kinds, OG_TEXT, &kind) ||
        !og_json_text(arena, json, "name", false, &row->name) ||
        !og_json_text(arena, json, "unit", false, &row->unit) ||
        !og_json_text(arena, json, "doc", false, &row->doc) ||
        !og_json_text(arena, json, "group", true, &row->group) ||
        !og_json_text(arena, json, "active", true, &row->active) ||
        !og_json_real(json, "initial", &row->initial)) {
        return false;
    }
    row->kind = (og_kind)kind;
    if (row->kind == OG_ORDINAL || row->kind == OG_CHOICE) {
        return space_json_levels(arena, json, row);
    }
    if (row->kind == OG_BOOLEAN) {
        return true;
    }
    const bool ranged = og_json_word(json, "scale", space_json_scales, 3, &scale) &&
                        og_json_real(json, "minimum", &row->minimum) &&
                        og_json_real(json, "maximum", &row->maximum) &&
                        og_json_real(json, "step", &row->step);
    row->scale = (og_scale)scale;
    return ranged;
}

bool og_space_json_texts(og_arena* arena, const json_t* list, const char* const** texts,
                         int* count) {
    const size_t size = json_array_size(list);
    if (!json_is_array(list) || size > SPACE_JSON_LIMIT) {
        return false;
    }
    const char** copies = OG_NEW(arena, const char*, size);
    for (size_t i = 0; i < size; i++) {
        const json_t* item = json_array_get(list, i);
        if (!json_is_string(item)) {
            return false;
        }
        copies[i] = og_text_copy(arena, json_string_value(item), json_string_length(item));
    }
    *texts = copies;
    *count = (int)size;
    return true;
}

og_status og_space_json_read(og_arena* arena, const json_t* json, og_space_table* table) {
    const json_t* list = json_object_get(json, "parameters");
    const size_t count = json_array_size(list);
    if (count == 0 || count > SPACE_JSON_LIMIT) {
        return og_fail(OG_ERROR_FILE, "space: 1 .. %d parameters needed", (int)SPACE_JSON_LIMIT);
    }
    og_parameter* rows = OG_NEW(arena, og_parameter, count);
    for (size_t i = 0; i < count; i++) {
        if (!space_json_row_read(arena, json_array_get(list, i), &rows[i])) {
            return og_fail(OG_ERROR_FILE, "space: parameter %zu is damaged", i);
        }
    }
    table->parameters = rows;
    table->count = (int)count;
    if (!og_space_json_texts(arena, json_object_get(json, "constraints"), &table->constraints,
                             &table->constraint_count)) {
        return og_fail(OG_ERROR_FILE, "space: its constraints are damaged");
    }
    const og_status status = og_parameters_check(rows, table->count);
    return status == OG_OK ? OG_OK : og_fail_context(status, "space");
}
