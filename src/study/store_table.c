// Tables of parameters and metrics as JSON, for the columns of a study.

#include <string.h>

#include "ogive/text.h"
#include "space/space_json.h"
#include "study/store.h"

enum { STORE_TABLE_LIMIT = 100000 };  // rows: more is damage

const char* og_store_table_print(og_arena* arena, const og_space_table* table, bool docs) {
    return og_json_print(arena, og_space_json(table, docs));
}

const char* og_store_metrics_print(og_arena* arena, const og_metric* metrics, int count,
                                   bool docs) {
    json_t* list = json_array();
    for (int i = 0; i < count; i++) {
        json_t* row = json_object();
        json_object_set_new(row, "name", og_json_string(metrics[i].name));
        json_object_set_new(row, "unit", og_json_string(metrics[i].unit));
        // the doc of a derived metric is what it is made of
        const bool derived = strncmp(metrics[i].doc, "= ", 2) == 0;
        json_object_set_new(row, "doc", og_json_string(docs || derived ? metrics[i].doc : ""));
        json_object_set_new(row, "better", json_integer(metrics[i].better));
        json_array_append_new(list, row);
    }
    return og_json_print(arena, list);
}

const char* og_store_list_print(og_arena* arena, const char* const* texts, int count) {
    return og_json_print(arena, og_json_strings(texts, count));
}

bool og_store_table_parse(og_arena* arena, const char* text, og_space_table* table) {
    json_t* json = json_loads(text, 0, NULL);
    const bool good = json && og_space_json_read(arena, json, table) == OG_OK;
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
        if (!og_json_text(arena, row, "name", false, &rows[i].name) ||
            !og_json_text(arena, row, "unit", false, &rows[i].unit) ||
            !og_json_text(arena, row, "doc", false, &rows[i].doc) || !json_is_integer(better)) {
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
    const bool good = json && og_space_json_texts(arena, json, texts, count);
    json_decref(json);
    return good;
}
