// Tables of parameters and metrics as JSON, for the columns of a study.

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "ogive/text.h"
#include "study/store.h"

// In the order of og_kind and og_scale.
static const char* const store_table_kinds[] = {"integer", "real",    "ordinal",
                                                "choice",  "boolean", "text"};
static const char* const store_table_scales[] = {"linear", "logarithmic", "powers"};

enum { STORE_TABLE_LIMIT = 100000 };  // rows, levels: more is damage

static const char* store_table_dump(og_arena* arena, json_t* json) {
    const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(17);
    const size_t size = json_dumpb(json, NULL, 0, flags);
    char* text = og_arena_allocate(arena, size + 1);
    json_dumpb(json, text, size, flags);
    json_decref(json);
    return text;
}

// Text that is not valid UTF-8 cannot be JSON; it is kept byte by byte as Latin-1.
static json_t* store_table_string(const char* text) {
    json_t* string = json_string(text);
    if (string) {
        return string;
    }
    og_arena* arena = og_arena_create();
    og_buffer wide = {.arena = arena};
    for (const unsigned char* c = (const unsigned char*)text; *c; c++) {
        const char bytes[2] = {(char)(*c < 0x80 ? *c : 0xc0 | *c >> 6), (char)(0x80 | (*c & 0x3f))};
        og_buffer_add(&wide, bytes, *c < 0x80 ? 1 : 2);
    }
    string = json_string(wide.data);
    og_arena_destroy(arena);
    return string;
}

static json_t* store_table_row(const og_parameter* row, bool docs) {
    json_t* json = json_object();
    json_object_set_new(json, "name", store_table_string(row->name));
    json_object_set_new(json, "kind", json_string(store_table_kinds[row->kind]));
    json_object_set_new(json, "unit", store_table_string(row->unit));
    json_object_set_new(json, "doc", store_table_string(docs ? row->doc : ""));
    if (row->group) {
        json_object_set_new(json, "group", store_table_string(row->group));
    }
    if (row->active) {
        json_object_set_new(json, "active", store_table_string(row->active));
    }
    json_object_set_new(json, "initial", json_real(row->initial));
    if (row->kind == OG_INTEGER || row->kind == OG_REAL) {
        json_object_set_new(json, "scale", json_string(store_table_scales[row->scale]));
        json_object_set_new(json, "minimum", json_real(row->minimum));
        json_object_set_new(json, "maximum", json_real(row->maximum));
        json_object_set_new(json, "step", json_real(row->step));
    }
    if (row->kind == OG_ORDINAL || row->kind == OG_CHOICE) {
        json_t* levels = json_array();
        for (int i = 0; i < row->level_count; i++) {
            json_array_append_new(levels, row->kind == OG_ORDINAL
                                              ? json_real(row->values[i])
                                              : store_table_string(row->choices[i]));
        }
        json_object_set_new(json, "levels", levels);
    }
    return json;
}

static json_t* store_table_texts(const char* const* texts, int count) {
    json_t* list = json_array();
    for (int i = 0; i < count; i++) {
        json_array_append_new(list, store_table_string(texts[i]));
    }
    return list;
}

const char* og_store_table_print(og_arena* arena, const og_space_table* table, bool docs) {
    json_t* rows = json_array();
    for (int i = 0; i < table->count; i++) {
        json_array_append_new(rows, store_table_row(&table->parameters[i], docs));
    }
    json_t* json = json_object();
    json_object_set_new(json, "parameters", rows);
    json_object_set_new(json, "constraints",
                        store_table_texts(table->constraints, table->constraint_count));
    return store_table_dump(arena, json);
}

const char* og_store_metrics_print(og_arena* arena, const og_metric* metrics, int count,
                                   bool docs) {
    json_t* list = json_array();
    for (int i = 0; i < count; i++) {
        json_t* row = json_object();
        json_object_set_new(row, "name", store_table_string(metrics[i].name));
        json_object_set_new(row, "unit", store_table_string(metrics[i].unit));
        // the doc of a derived metric is what it is made of
        const bool derived = strncmp(metrics[i].doc, "= ", 2) == 0;
        json_object_set_new(row, "doc", store_table_string(docs || derived ? metrics[i].doc : ""));
        json_object_set_new(row, "better", json_integer(metrics[i].better));
        json_array_append_new(list, row);
    }
    return store_table_dump(arena, list);
}

const char* og_store_list_print(og_arena* arena, const char* const* texts, int count) {
    return store_table_dump(arena, store_table_texts(texts, count));
}

// A member that must be text, or may be missing when `optional`.
static bool store_table_text(og_arena* arena, const json_t* json, const char* key, bool optional,
                             const char** text) {
    const json_t* member = json_object_get(json, key);
    *text = NULL;
    if (!member) {
        return optional;
    }
    if (!json_is_string(member)) {
        return false;
    }
    *text = og_text_copy(arena, json_string_value(member), json_string_length(member));
    return true;
}

static bool store_table_real(const json_t* json, const char* key, double* value) {
    const json_t* member = json_object_get(json, key);
    *value = json_number_value(member);
    return json_is_number(member) && isfinite(*value);
}

static bool store_table_word(const json_t* json, const char* key, const char* const* words,
                             int count, int* index) {
    const char* text = json_string_value(json_object_get(json, key));
    for (int i = 0; text && i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool store_table_levels(og_arena* arena, const json_t* json, og_parameter* row) {
    const json_t* levels = json_object_get(json, "levels");
    const size_t count = json_array_size(levels);
    if (count == 0 || count > STORE_TABLE_LIMIT) {
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

static bool store_table_row_parse(og_arena* arena, const json_t* json, og_parameter* row) {
    int kind = 0;
    int scale = 0;
    if (!store_table_word(json, "kind", store_table_kinds, OG_TEXT, &kind) ||
        !store_table_text(arena, json, "name", false, &row->name) ||
        !store_table_text(arena, json, "unit", false, &row->unit) ||
        !store_table_text(arena, json, "doc", false, &row->doc) ||
        !store_table_text(arena, json, "group", true, &row->group) ||
        !store_table_text(arena, json, "active", true, &row->active) ||
        !store_table_real(json, "initial", &row->initial)) {
        return false;
    }
    row->kind = (og_kind)kind;
    if (row->kind == OG_ORDINAL || row->kind == OG_CHOICE) {
        return store_table_levels(arena, json, row);
    }
    if (row->kind == OG_BOOLEAN) {
        return true;
    }
    const bool ranged = store_table_word(json, "scale", store_table_scales, 3, &scale) &&
                        store_table_real(json, "minimum", &row->minimum) &&
                        store_table_real(json, "maximum", &row->maximum) &&
                        store_table_real(json, "step", &row->step);
    row->scale = (og_scale)scale;
    return ranged;
}

static bool store_table_list(og_arena* arena, const json_t* list, const char* const** texts,
                             int* count) {
    const size_t size = json_array_size(list);
    if (!json_is_array(list) || size > STORE_TABLE_LIMIT) {
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

static bool store_table_rows(og_arena* arena, const json_t* json, og_space_table* table) {
    const json_t* list = json_object_get(json, "parameters");
    const size_t count = json_array_size(list);
    if (count == 0 || count > STORE_TABLE_LIMIT) {
        return false;
    }
    og_parameter* rows = OG_NEW(arena, og_parameter, count);
    for (size_t i = 0; i < count; i++) {
        if (!store_table_row_parse(arena, json_array_get(list, i), &rows[i])) {
            return false;
        }
    }
    table->parameters = rows;
    table->count = (int)count;
    return store_table_list(arena, json_object_get(json, "constraints"), &table->constraints,
                            &table->constraint_count) &&
           og_parameters_check(rows, table->count) == OG_OK;
}

bool og_store_table_parse(og_arena* arena, const char* text, og_space_table* table) {
    json_t* json = json_loads(text, 0, NULL);
    const bool good = json && store_table_rows(arena, json, table);
    json_decref(json);
    return good;
}

static bool store_table_metrics(og_arena* arena, const json_t* json, const og_metric** metrics,
                                int* count) {
    const size_t size = json_array_size(json);
    if (size == 0 || size > STORE_TABLE_LIMIT) {
        return false;
    }
    og_metric* rows = OG_NEW(arena, og_metric, size);
    for (size_t i = 0; i < size; i++) {
        const json_t* row = json_array_get(json, i);
        const json_t* better = json_object_get(row, "better");
        if (!store_table_text(arena, row, "name", false, &rows[i].name) ||
            !store_table_text(arena, row, "unit", false, &rows[i].unit) ||
            !store_table_text(arena, row, "doc", false, &rows[i].doc) || !json_is_integer(better)) {
            return false;
        }
        const json_int_t sign = json_integer_value(better);
        rows[i].better = sign < 0 ? -1 : sign > 0;
    }
    *metrics = rows;
    *count = (int)size;
    return true;
}

bool og_store_metrics_parse(og_arena* arena, const char* text, const og_metric** metrics,
                            int* count) {
    json_t* json = json_loads(text, 0, NULL);
    const bool good = json && store_table_metrics(arena, json, metrics, count);
    json_decref(json);
    return good;
}

bool og_store_list_parse(og_arena* arena, const char* text, const char* const** texts, int* count) {
    json_t* json = json_loads(text, 0, NULL);
    const bool good = json && store_table_list(arena, json, texts, count);
    json_decref(json);
    return good;
}
