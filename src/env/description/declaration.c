#include "env/description/declaration.h"

#include <assert.h>
#include <string.h>

#include "ogive/text.h"

enum {
    DECLARATION_PARAMETERS = 1024,
    DECLARATION_METRICS = 256,
    DECLARATION_CONSTRAINTS = 1024,
    DECLARATION_LEVELS = 4096,
};

#define DECLARATION_WIDEST 0x1p52

static og_status declaration_range(og_yaml* yaml, const og_document_node* node, og_parameter* row) {
    if (!og_yaml_is_list(node) || og_yaml_count(node) != 2) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "[minimum, maximum] expected");
    }
    double* ends[] = {&row->minimum, &row->maximum};
    for (int i = 0; i < 2; i++) {
        const og_document_node* item = og_yaml_item(node, i);
        const char* text = og_yaml_scalar(item);
        if (!text || !og_text_number(text, ends[i])) {
            return og_yaml_fail(yaml, item, OG_ERROR_VALUE, "'%s' is no number", text ? text : "");
        }
    }
    row->initial = row->minimum;
    return OG_OK;
}

static og_status declaration_values(og_yaml* yaml, const og_document_node* node,
                                    og_parameter* row) {
    const int count = og_yaml_count(node);
    if (!og_yaml_is_list(node) || count < 1 || count > DECLARATION_LEVELS) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "a list of 1 .. %d values expected",
                            DECLARATION_LEVELS);
    }
    double* values = OG_NEW(yaml->arena, double, count);
    const char** choices = OG_NEW(yaml->arena, const char*, count);
    for (int i = 0; i < count; i++) {
        const og_document_node* item = og_yaml_item(node, i);
        const char* text = og_yaml_scalar(item);
        if (!text || (row->kind == OG_ORDINAL && !og_text_number(text, &values[i]))) {
            return og_yaml_fail(yaml, item, OG_ERROR_VALUE,
                                row->kind == OG_ORDINAL
                                    ? "a number expected (texts are stated as choices)"
                                    : "a name expected");
        }
        choices[i] = og_text_copy(yaml->arena, text, strlen(text));
    }
    row->values = row->kind == OG_ORDINAL ? values : NULL;
    row->choices = row->kind == OG_CHOICE ? choices : NULL;
    row->level_count = count;
    row->initial = row->kind == OG_ORDINAL ? values[0] : 0;
    return OG_OK;
}

// The kind is the one key that says which values there are.
static og_status declaration_kind(og_yaml* yaml, const og_document_node* map, og_parameter* row) {
    static const struct {
        const char* key;
        og_kind kind;
    } kinds[] = {
        {"integer", OG_INTEGER}, {"real", OG_REAL},       {"values", OG_ORDINAL},
        {"choices", OG_CHOICE},  {"boolean", OG_BOOLEAN},
    };
    const og_document_node* found = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const og_document_node* node = og_yaml_find(map, kinds[i].key);
        if (node && found) {
            return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "%s: a parameter has one kind",
                                row->name);
        }
        if (node) {
            found = node;
            row->kind = kinds[i].kind;
        }
    }
    if (!found) {
        return og_yaml_fail(yaml, map, OG_ERROR_VALUE,
                            "%s: its values are missing: integer: [least, most], real: [least, "
                            "most], values: [...], choices: [...] or boolean: true",
                            row->name);
    }
    if (row->kind == OG_BOOLEAN) {
        bool initial = false;
        OG_TRY(og_yaml_boolean(yaml, map, "boolean", &initial));
        row->initial = initial;
        return OG_OK;
    }
    const bool range = row->kind == OG_INTEGER || row->kind == OG_REAL;
    return range ? declaration_range(yaml, found, row) : declaration_values(yaml, found, row);
}

static og_status declaration_scale(og_yaml* yaml, const og_document_node* map, og_parameter* row) {
    static const char* const scales[] = {"linear", "logarithmic", "powers"};
    const og_document_node* node = og_yaml_find(map, "scale");
    int scale = OG_LINEAR;
    OG_TRY(og_yaml_choice(yaml, map, "scale", scales, 3, &scale));
    row->scale = (og_scale)scale;
    const bool range = row->kind == OG_INTEGER || row->kind == OG_REAL;
    if (node && !range) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE, "only integer and real have a scale");
    }
    node = og_yaml_find(map, "step");
    if (node && (row->kind != OG_INTEGER || row->scale != OG_LINEAR)) {
        return og_yaml_fail(yaml, node, OG_ERROR_VALUE,
                            "only integers on a linear scale have a step");
    }
    return og_yaml_number(yaml, map, "step", 1, DECLARATION_WIDEST, true, &row->step);
}

static og_status declaration_parameter(og_yaml* yaml, const og_document_node* key,
                                       const og_document_node* map, og_parameter* row) {
    static const char* const keys[] = {"integer", "real",  "values", "choices",
                                       "boolean", "scale", "step",   "unit",
                                       "doc",     "group", "active", "initial"};
    const char* name = og_yaml_scalar(key);
    *row = (og_parameter){
        .name = og_text_copy(yaml->arena, name, strlen(name)), .unit = "", .doc = ""};
    OG_TRY(og_yaml_check(yaml, map, "a map with the parameter's values", keys,
                         sizeof keys / sizeof *keys));
    OG_TRY(declaration_kind(yaml, map, row));
    OG_TRY(declaration_scale(yaml, map, row));
    OG_TRY(og_yaml_text(yaml, map, "unit", &row->unit));
    OG_TRY(og_yaml_text(yaml, map, "doc", &row->doc));
    OG_TRY(og_yaml_text(yaml, map, "group", &row->group));
    OG_TRY(og_yaml_text(yaml, map, "active", &row->active));
    const char* initial = NULL;
    OG_TRY(og_yaml_text(yaml, map, "initial", &initial));
    if (initial && row->kind == OG_BOOLEAN) {
        return og_yaml_fail(yaml, map, OG_ERROR_VALUE, "%s: boolean: %s is its initial value",
                            row->name, row->initial > 0 ? "true" : "false");
    }
    // the range has to be right before a value is compared with it
    og_status status = og_parameters_check(row, 1);
    if (status == OG_OK && initial) {
        status = og_parameter_parse(row, initial, &row->initial);
    }
    return status == OG_OK ? OG_OK : og_yaml_fail_at(yaml, key, status);
}

static og_status declaration_parameters(og_yaml* yaml, const og_document_node* map,
                                        og_model* model) {
    const og_document_node* all = og_yaml_find(map, "parameters");
    const int count = all ? og_yaml_count(all) : 0;
    if (!all || !og_yaml_is_map(all) || count < 1 || count > DECLARATION_PARAMETERS) {
        return og_yaml_fail(yaml, all ? all : map, OG_ERROR_VALUE,
                            "parameters: a map with 1 .. %d parameters expected",
                            DECLARATION_PARAMETERS);
    }
    og_parameter* rows = OG_NEW(yaml->arena, og_parameter, count);
    for (int i = 0; i < count; i++) {
        const og_document_node* key = og_yaml_key(all, i);
        OG_TRY(declaration_parameter(yaml, key, og_yaml_item(all, i), &rows[i]));
    }
    model->space.parameters = rows;
    model->space.count = count;
    const og_status status = og_parameters_check(rows, count);
    return status == OG_OK ? OG_OK : og_yaml_fail_at(yaml, all, status);
}

// Compiled once to find its mistakes; the space compiles it again.
static og_status declaration_expression(og_yaml* yaml, const og_document_node* node,
                                        const char* text, bool constraint, const og_model* model) {
    const int count = model->space.count;
    og_variable* variables = OG_NEW(yaml->arena, og_variable, count);
    for (int i = 0; i < count; i++) {
        const og_parameter* row = &model->space.parameters[i];
        variables[i] = (og_variable){row->name, row};
    }
    const og_expression* compiled = NULL;
    const og_status status =
        constraint
            ? og_expression_compile_constraint(yaml->arena, text, variables, count, &compiled)
            : og_expression_compile(yaml->arena, text, variables, count, &compiled);
    return status == OG_OK ? OG_OK : og_yaml_fail_at(yaml, node, status);
}

static og_status declaration_expressions(og_yaml* yaml, const og_document_node* map,
                                         og_model* model) {
    const og_document_node* parameters = og_yaml_find(map, "parameters");
    for (int i = 0; i < model->space.count; i++) {
        const char* active = model->space.parameters[i].active;
        const og_document_node* row = og_yaml_item(parameters, i);
        if (active) {
            OG_TRY(declaration_expression(yaml, og_yaml_find(row, "active"), active, false, model));
        }
    }
    const og_document_node* list = og_yaml_find(map, "constraints");
    char** texts = NULL;
    int count = 0;
    OG_TRY(og_yaml_texts(yaml, map, "constraints", &texts, &count));
    if (count > DECLARATION_CONSTRAINTS) {
        return og_yaml_fail(yaml, list, OG_ERROR_VALUE, "more than %d constraints",
                            DECLARATION_CONSTRAINTS);
    }
    for (int i = 0; i < count; i++) {
        const og_document_node* node = og_yaml_is_list(list) ? og_yaml_item(list, i) : list;
        OG_TRY(declaration_expression(yaml, node, texts[i], true, model));
    }
    model->space.constraints = (const char* const*)texts;
    model->space.constraint_count = count;
    return OG_OK;
}

static og_status declaration_metric(og_yaml* yaml, const og_document_node* key,
                                    const og_document_node* map, const char* const* keys,
                                    int key_count, og_metric* metric) {
    static const char* const better[] = {"smaller", "neither", "larger"};
    const char* name = og_yaml_scalar(key);
    *metric = (og_metric){.name = og_text_copy(yaml->arena, name, strlen(name)), .unit = ""};
    // a metric is named as a parameter
    const og_parameter named = {OG_BOOLEAN_ROW(metric->name, 0, "")};
    if (og_parameters_check(&named, 1) != OG_OK) {
        return og_yaml_fail(yaml, key, OG_ERROR_NAME,
                            "metric '%s': a name is lower-case letters, digits and _, and no word "
                            "of expressions",
                            name);
    }
    OG_TRY(og_yaml_check(yaml, map, "a map that says what the metric is", keys, key_count));
    OG_TRY(og_yaml_text(yaml, map, "unit", &metric->unit));
    metric->doc = og_text_format(yaml->arena, "The metric %s.", metric->name);
    OG_TRY(og_yaml_text(yaml, map, "doc", &metric->doc));
    int sense = 1;
    OG_TRY(og_yaml_choice(yaml, map, "better", better, 3, &sense));
    metric->better = sense - 1;
    return OG_OK;
}

static og_status declaration_metrics(og_yaml* yaml, const og_document_node* map,
                                     const char* const* more, int more_count, og_model* model) {
    const og_document_node* all = og_yaml_find(map, "metrics");
    const int count = all ? og_yaml_count(all) : 0;
    if (!all || !og_yaml_is_map(all) || count < 1 || count > DECLARATION_METRICS) {
        return og_yaml_fail(yaml, all ? all : map, OG_ERROR_VALUE,
                            "metrics: a map with 1 .. %d metrics expected", DECLARATION_METRICS);
    }
    const char** keys = OG_NEW(yaml->arena, const char*, more_count + 3);
    memcpy(keys, (const char* const[]){"unit", "doc", "better"}, 3 * sizeof *keys);
    for (int i = 0; i < more_count; i++) {
        keys[3 + i] = more[i];
    }
    og_metric* metrics = OG_NEW(yaml->arena, og_metric, count);
    for (int i = 0; i < count; i++) {
        const og_document_node* key = og_yaml_key(all, i);
        OG_TRY(
            declaration_metric(yaml, key, og_yaml_item(all, i), keys, more_count + 3, &metrics[i]));
        for (int k = 0; k < model->space.count; k++) {
            if (strcmp(metrics[i].name, model->space.parameters[k].name) == 0) {
                return og_yaml_fail(yaml, key, OG_ERROR_NAME,
                                    "'%s' is a parameter and a metric: one needs another name",
                                    metrics[i].name);
            }
        }
    }
    model->metrics = metrics;
    model->metric_count = count;
    return OG_OK;
}

og_status og_declaration_read(og_yaml* yaml, const og_document_node* map, const char* const* more,
                              int more_count, og_model* model) {
    assert(og_yaml_is_map(map));
    OG_TRY(declaration_parameters(yaml, map, model));
    OG_TRY(declaration_expressions(yaml, map, model));
    OG_TRY(declaration_metrics(yaml, map, more, more_count, model));
    // a space without any design is found here, where the file has a name
    og_arena* scratch = og_arena_create();
    const og_space* space = NULL;
    og_status status = og_space_create(scratch, &model->space, &space);
    og_arena_destroy(scratch);
    if (status != OG_OK) {
        const og_document_node* place = og_yaml_find(map, "constraints");
        status = og_yaml_fail_at(yaml, place ? place : og_yaml_find(map, "parameters"), status);
    }
    return status;
}
