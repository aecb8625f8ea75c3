#include "study/outsider_message.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "ogive/text.h"
#include "study/store.h"

enum { OUTSIDER_MESSAGE_FLAGS = JSON_COMPACT | JSON_REAL_PRECISION(17) };

// The value as one line, which is consumed.
static const char* outsider_message_line(og_arena* arena, json_t* json) {
    const size_t size = json_dumpb(json, NULL, 0, OUTSIDER_MESSAGE_FLAGS);
    char* text = og_arena_allocate(arena, size + 2);
    json_dumpb(json, text, size, OUTSIDER_MESSAGE_FLAGS);
    text[size] = '\n';
    json_decref(json);
    return text;
}

// Text that may hold anything.
static json_t* outsider_message_text(const char* text) {
    og_arena* arena = og_arena_create();
    json_t* json = json_string(og_text_printable(arena, text));
    og_arena_destroy(arena);
    return json;
}

static json_t* outsider_message_number(double value) {
    const bool whole = value == rint(value) && fabs(value) < 0x1p53;
    return !isfinite(value) ? json_null()
           : whole          ? json_integer((json_int_t)value)
                            : json_real(value);
}

static json_t* outsider_message_design(const og_problem* problem, const double* x) {
    json_t* design = json_object();
    for (int i = 0; i < problem->table.count; i++) {
        const og_parameter* parameter = &problem->table.parameters[i];
        json_t* value = NULL;
        if (parameter->kind == OG_CHOICE) {
            value = json_string(parameter->choices[(int)x[i]]);
        } else if (parameter->kind == OG_BOOLEAN) {
            value = json_boolean(x[i] > 0.5);
        } else {
            value = outsider_message_number(x[i]);
        }
        json_object_set_new(design, parameter->name, value ? value : json_null());
    }
    return design;
}

static json_t* outsider_message_loads(const char* text) {
    return json_loads(text, JSON_DECODE_ANY, NULL);
}

static json_t* outsider_message_list(og_arena* arena, const char* const* texts, int count) {
    return outsider_message_loads(og_store_list_print(arena, texts, count));
}

const char* og_outsider_hello(og_arena* arena, const og_problem* problem, const char* study,
                              uint64_t seed, int batch) {
    json_t* json = json_object();
    json_object_set_new(json, "type", json_string("hello"));
    json_object_set_new(json, "protocol", json_integer(OG_OUTSIDER_PROTOCOL));
    json_object_set_new(json, "study", outsider_message_text(study));
    // beyond 2^53 numbers are not exact in every language
    json_object_set_new(json, "seed", json_integer((json_int_t)(seed & ((UINT64_C(1) << 53) - 1))));
    json_object_set_new(json, "batch", json_integer(batch));
    json_object_set_new(json, "space",
                        outsider_message_loads(og_store_table_print(arena, &problem->table, true)));
    double* initial = OG_NEW(arena, double, problem->table.count);
    og_space_initial(problem->space, initial);
    json_object_set_new(json, "default", outsider_message_design(problem, initial));
    json_object_set_new(json, "metrics",
                        outsider_message_loads(og_store_metrics_print(
                            arena, problem->metrics, problem->metric_count, true)));
    json_object_set_new(
        json, "objectives",
        outsider_message_list(arena, problem->objective_texts, problem->objective_count));
    json_object_set_new(
        json, "constraints",
        outsider_message_list(arena, problem->constraint_texts, problem->constraint_count));
    return outsider_message_line(arena, json);
}

const char* og_outsider_question(og_arena* arena, int count) {
    return og_text_format(arena, "{\"type\":\"ask\",\"count\":%d}\n", count);
}

const char* og_outsider_refusal(og_arena* arena, int index, const char* message) {
    json_t* json = json_object();
    json_object_set_new(json, "type", json_string("error"));
    json_object_set_new(json, "design", index >= 0 ? json_integer(index) : json_null());
    json_object_set_new(json, "message", outsider_message_text(message));
    return outsider_message_line(arena, json);
}

void og_outsider_tell_begin(og_buffer* line) {
    og_buffer_print(line, "{\"type\":\"tell\",\"trials\":[");
}

void og_outsider_tell_end(og_buffer* line) {
    og_buffer_print(line, "]}\n");
}

static int outsider_message_collect(const char* text, size_t size, void* out) {
    og_buffer_add(out, text, size);
    return 0;
}

void og_outsider_tell_trial(og_buffer* line, const og_problem* problem, const og_trial* trial,
                            bool first) {
    static const char* const outcomes[] = {"feasible", "infeasible", "failed"};
    json_t* json = json_object();
    json_object_set_new(json, "number", json_integer(trial->number));
    json_object_set_new(json, "design", outsider_message_design(problem, trial->x));
    json_object_set_new(json, "outcome", json_string(outcomes[trial->outcome]));
    if (trial->outcome == OG_FEASIBLE) {
        json_t* metrics = json_object();
        for (int i = 0; i < problem->metric_count; i++) {
            json_object_set_new(metrics, problem->metrics[i].name,
                                outsider_message_number(trial->y[i]));
        }
        json_object_set_new(json, "metrics", metrics);
        json_object_set_new(json, "loss", outsider_message_number(trial->loss));
        json_object_set_new(json, "violation", outsider_message_number(trial->violation));
    } else {
        json_object_set_new(json, "reason", outsider_message_text(trial->reason));
    }
    og_buffer_print(line, "%s", first ? "" : ",");
    json_dump_callback(json, outsider_message_collect, line, OUTSIDER_MESSAGE_FLAGS);
    json_decref(json);
}

// An object with this type; NULL and a message when it is something else.
static json_t* outsider_message_read(const char* line, size_t size, const char* type) {
    json_error_t problem;
    json_t* json =
        json_loadb(line, size, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &problem);
    const char* said = json_string_value(json_object_get(json, "type"));
    if (!json) {
        og_fail(OG_ERROR_VALUE, "the line is no JSON: %s", problem.text);
    } else if (!said || strcmp(said, type) != 0) {
        og_fail(OG_ERROR_VALUE, "a line of type '%s' is expected here", type);
        json_decref(json);
        json = NULL;
    }
    return json;
}

og_status og_outsider_read_hello(const char* line, size_t size) {
    json_t* json = outsider_message_read(line, size, "hello");
    if (!json) {
        return OG_ERROR_VALUE;
    }
    const json_t* protocol = json_object_get(json, "protocol");
    const double version = json_is_number(protocol) ? json_number_value(protocol) : 0;
    json_decref(json);
    return version == OG_OUTSIDER_PROTOCOL
               ? OG_OK
               : og_fail(OG_ERROR_VALUE, "protocol: it has %.6g, and %d is known", version,
                         OG_OUTSIDER_PROTOCOL);
}

static og_status outsider_message_unknown(og_arena* scratch, const og_problem* problem,
                                          const char* name) {
    const char** names = OG_NEW(scratch, const char*, problem->table.count);
    for (int i = 0; i < problem->table.count; i++) {
        names[i] = problem->table.parameters[i].name;
    }
    const char* nearest = og_text_nearest(name, names, problem->table.count);
    return og_fail(OG_ERROR_NAME, "no parameter '%.100s'%s%s%s", og_text_printable(scratch, name),
                   nearest ? ", did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

static og_status outsider_message_value(og_arena* scratch, const og_parameter* parameter,
                                        const json_t* json, double* value) {
    char number[32];
    const char* text = json_string_value(json);
    if (json_is_number(json)) {
        og_text_real(json_number_value(json), number);
        text = number;
    } else if (json_is_boolean(json)) {
        text = json_is_true(json) ? "true" : "false";
    }
    if (!text) {
        return og_fail(OG_ERROR_VALUE, "%s: a number, a text, true or false expected",
                       parameter->name);
    }
    return og_parameter_parse(parameter, og_text_printable(scratch, text), value);
}

static og_status outsider_message_parse(og_arena* scratch, const og_problem* problem, json_t* json,
                                        double* x) {
    if (!json_is_object(json)) {
        return og_fail(OG_ERROR_VALUE, "a design is an object {\"parameter\": value, ...}");
    }
    const og_parameter* parameters = problem->table.parameters;
    bool* given = OG_NEW(scratch, bool, problem->table.count);
    og_space_initial(problem->space, x);
    const char* name;
    json_t* value;
    json_object_foreach(json, name, value) {
        int index = 0;
        while (index < problem->table.count && strcmp(parameters[index].name, name) != 0) {
            index++;
        }
        if (index == problem->table.count) {
            return outsider_message_unknown(scratch, problem, name);
        }
        given[index] = true;
        OG_TRY(outsider_message_value(scratch, &parameters[index], value, &x[index]));
    }
    for (int i = 0; i < problem->table.count; i++) {
        if (!given[i] && og_space_active(problem->space, x, i)) {
            return og_fail(OG_ERROR_VALUE, "parameter %s is missing", parameters[i].name);
        }
    }
    return og_space_check(problem->space, x);
}

og_status og_outsider_read_designs(og_arena* scratch, const og_problem* problem, const char* line,
                                   size_t size, int most, double* x, int* count, int* index) {
    *count = 0;
    *index = -1;
    json_t* json = outsider_message_read(line, size, "propose");
    if (!json) {
        return OG_ERROR_VALUE;
    }
    json_t* designs = json_object_get(json, "designs");
    og_status status = OG_OK;
    if (!json_is_array(designs) || json_object_size(json) != 2) {
        status = og_fail(OG_ERROR_VALUE, "a proposal has type and designs, a list");
    } else if (json_array_size(designs) > (size_t)most) {
        status = og_fail(OG_ERROR_VALUE, "%zu designs, asked for: at most %d",
                         json_array_size(designs), most);
    }
    const int found = status == OG_OK ? (int)json_array_size(designs) : 0;
    for (int i = 0; i < found && status == OG_OK; i++) {
        *index = i;
        status = outsider_message_parse(scratch, problem, json_array_get(designs, (size_t)i),
                                        x + (size_t)i * (size_t)problem->table.count);
    }
    *count = status == OG_OK ? found : 0;
    json_decref(json);
    return status;
}
