#include "env/process/message.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "env/description/declaration.h"
#include "ogive/text.h"

const char og_message_hello[] = "{\"type\":\"hello\",\"protocol\":1}\n";
const char og_message_bye[] = "{\"type\":\"bye\"}\n";

static og_status message_hello(og_yaml* yaml, og_model* model, og_message_model* evaluator) {
    static const char* const keys[] = {"type",       "protocol",    "version",
                                       "parameters", "constraints", "metrics"};
    static const char* const types[] = {"hello"};
    const og_document_node* map = og_yaml_root(yaml);
    int type = -1;
    double protocol = 0;
    OG_TRY(og_yaml_check(yaml, map, "the evaluator's hello", keys, sizeof keys / sizeof *keys));
    OG_TRY(og_yaml_choice(yaml, map, "type", types, 1, &type));
    OG_TRY(og_yaml_number(yaml, map, "protocol", 1, 1e9, true, &protocol));
    if (type != 0) {
        return og_yaml_fail(yaml, map, OG_ERROR_VALUE, "type: hello expected");
    }
    if ((int)protocol != OG_MESSAGE_PROTOCOL) {
        return og_yaml_fail(yaml, map, OG_ERROR_VALUE, "protocol: it has %.0f, and %d is known",
                            protocol, OG_MESSAGE_PROTOCOL);
    }
    evaluator->version = "";
    OG_TRY(og_yaml_text(yaml, map, "version", &evaluator->version));
    return og_declaration_read(yaml, map, NULL, 0, model);
}

og_status og_message_read_hello(og_arena* arena, const char* line, size_t size, const char* name,
                                og_model* model, og_message_model* evaluator) {
    og_yaml yaml;
    OG_TRY(og_yaml_begin(arena, line, size, name, &yaml));
    const og_status status = message_hello(&yaml, model, evaluator);
    return status;
}

// A text as a JSON string.
static const char* message_quote(og_arena* arena, const char* text) {
    json_t* json = json_string(text);
    const size_t size = json_dumpb(json, NULL, 0, JSON_ENCODE_ANY);
    char* quoted = og_arena_allocate(arena, size + 1);
    json_dumpb(json, quoted, size, JSON_ENCODE_ANY);
    json_decref(json);
    return quoted;
}

og_message_values og_message_prepare(og_arena* arena, const og_parameter* parameters, int count) {
    og_message_values values = {
        .parameters = parameters, .count = count, .choices = OG_NEW(arena, const char**, count)};
    for (int i = 0; i < count; i++) {
        if (parameters[i].kind != OG_CHOICE) {
            continue;
        }
        values.choices[i] = OG_NEW(arena, const char*, parameters[i].level_count);
        for (int k = 0; k < parameters[i].level_count; k++) {
            values.choices[i][k] = message_quote(arena, parameters[i].choices[k]);
        }
    }
    return values;
}

void og_message_evaluate(og_buffer* buffer, const og_message_values* values, int64_t id,
                         const double* x) {
    og_buffer_print(buffer, "{\"type\":\"evaluate\",\"id\":%lld,\"design\":{", (long long)id);
    for (int i = 0; i < values->count; i++) {
        char number[32];
        const char* text = og_text_real(x[i], number);
        if (values->choices[i]) {
            text = values->choices[i][(int)x[i]];
        } else if (values->parameters[i].kind == OG_BOOLEAN) {
            text = x[i] > 0.5 ? "true" : "false";
        }
        og_buffer_print(buffer, "%s\"%s\":%s", i > 0 ? "," : "", values->parameters[i].name, text);
    }
    og_buffer_add(buffer, "}}\n", 3);
}

static int message_metric(const og_model* model, const char* name) {
    for (int i = 0; i < model->metric_count; i++) {
        if (strcmp(model->metrics[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

// All metrics of the model, and no others.
static bool message_metrics(json_t* metrics, const og_model* model, double* y, og_arena* scratch,
                            const char** reason) {
    const char* name;
    json_t* value;
    if (!json_is_object(metrics)) {
        *reason = "metrics: an object expected";
        return false;
    }
    json_object_foreach(metrics, name, value) {
        const int index = message_metric(model, name);
        if (index < 0) {
            *reason = og_text_format(scratch, "there is no metric '%.100s'", name);
            return false;
        }
        y[index] = json_number_value(value);
        if (!json_is_number(value) || !isfinite(y[index])) {
            *reason = og_text_format(scratch, "metric %s is no finite number", name);
            return false;
        }
    }
    for (int i = 0; i < model->metric_count; i++) {
        if (!json_object_get(metrics, model->metrics[i].name)) {
            *reason = og_text_format(scratch, "metric %s is missing", model->metrics[i].name);
            return false;
        }
    }
    return true;
}

// What an answer with the right number says.
static og_outcome message_result(json_t* json, const og_model* model, double* y, og_arena* scratch,
                                 const char** reason) {
    static const char* const keys[] = {"metrics", "infeasible", "failed"};
    json_t* found[3];
    int count = 0;
    for (int i = 0; i < 3; i++) {
        found[i] = json_object_get(json, keys[i]);
        count += found[i] != NULL;
    }
    if (count != 1 || json_object_size(json) != 3) {
        *reason = "a result has type, id, and one of metrics, infeasible, failed";
        return OG_FAILED;
    }
    if (found[0]) {
        return message_metrics(found[0], model, y, scratch, reason) ? OG_FEASIBLE : OG_FAILED;
    }
    const char* text = json_string_value(found[1] ? found[1] : found[2]);
    *reason = text && text[0] != '\0' ? og_text_format(scratch, "%.1000s", text) : "no reason";
    return found[1] && text ? OG_INFEASIBLE : OG_FAILED;
}

og_outcome og_message_read_result(const char* line, size_t size, const og_model* model, int64_t id,
                                  double* y, og_arena* scratch, const char** reason,
                                  bool* understood) {
    json_error_t problem;
    json_t* json =
        json_loadb(line, size, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &problem);
    const char* type = json_string_value(json_object_get(json, "type"));
    const double number = json_number_value(json_object_get(json, "id"));
    og_outcome outcome = OG_FAILED;
    *understood = type && strcmp(type, "result") == 0 && fabs(number - (double)id) < 0.5;
    if (*understood) {
        outcome = message_result(json, model, y, scratch, reason);
    } else if (!json) {
        *reason = og_text_format(scratch, "the answer is no JSON: %s", problem.text);
    } else {
        *reason = og_text_format(scratch, "the answer is no result with id %lld", (long long)id);
    }
    json_decref(json);
    if (outcome != OG_FEASIBLE) {
        *reason = og_text_printable(scratch, *reason);
    }
    return outcome;
}
