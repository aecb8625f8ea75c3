#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "ogive/report.h"
#include "report/csv.h"

static json_t* json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t* json_value(const og_parameter* row, double value, og_arena* arena) {
    switch (row->kind) {
    case OG_CHOICE: {
        const og_arena_mark mark = og_arena_here(arena);
        og_buffer text = {.arena = arena};
        og_parameter_print(row, value, &text);
        json_t* name = og_json_string(text.data);
        og_arena_rewind(arena, mark);
        return name;
    }
    case OG_BOOLEAN: return json_boolean(value != 0);
    case OG_INTEGER: return json_integer((json_int_t)value);
    case OG_REAL:
    case OG_ORDINAL:
    case OG_TEXT: break;
    }
    return value == trunc(value) && fabs(value) < 0x1p53 ? json_integer((json_int_t)value)
                                                         : json_real(value);
}

static json_t* json_design(const og_study_record* record, const double* x, og_arena* arena) {
    json_t* design = json_object();
    for (int i = 0; i < record->space.count; i++) {
        const og_parameter* row = &record->space.parameters[i];
        json_object_set_new(design, row->name, json_value(row, x[i], arena));
    }
    return design;
}

static json_t* json_metrics(const og_study_record* record, const double* y, bool feasible) {
    json_t* metrics = json_object();
    for (int i = 0; i < record->metric_count; i++) {
        json_object_set_new(metrics, record->metrics[i].name,
                            feasible ? json_number(y[i]) : json_null());
    }
    return metrics;
}

static json_t* json_space(const og_space_table* space, og_arena* arena) {
    json_t* list = json_array();
    for (int i = 0; i < space->count; i++) {
        const og_parameter* row = &space->parameters[i];
        const og_arena_mark mark = og_arena_here(arena);
        og_buffer range = {.arena = arena};
        og_parameter_print_range(row, &range);
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", row->name, "unit", row->unit,
                            "doc", row->doc, "range", range.data, "default",
                            json_value(row, row->initial, arena)));
        og_arena_rewind(arena, mark);
    }
    return list;
}

static json_t* json_metric_rows(const og_study_record* record) {
    json_t* list = json_array();
    for (int i = 0; i < record->metric_count; i++) {
        const og_metric* row = &record->metrics[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:i}", "name", row->name, "unit",
                                              row->unit, "doc", row->doc, "better", row->better));
    }
    return list;
}

static const char* json_stop(og_stop stop) {
    static const char* const names[] = {"none", "budget", "exhausted", "user"};
    return names[stop];
}

static json_t* json_study(const og_study_record* record, og_arena* arena) {
    json_t* study = json_object();
    json_object_set_new(study, "name", og_json_string(record->name));
    json_object_set_new(study, "environment", og_json_string(record->environment));
    json_object_set_new(study, "identity", og_json_string(record->identity));
    json_object_set_new(study, "agent", og_json_string(record->agent));
    json_object_set_new(study, "seed", json_integer((json_int_t)record->seed));
    json_object_set_new(study, "stop", og_json_string(json_stop(record->stop)));
    json_object_set_new(study, "objectives",
                        og_json_strings(record->objectives, record->objective_count));
    json_object_set_new(study, "constraints",
                        og_json_strings(record->constraints, record->constraint_count));
    json_object_set_new(study, "parameters", json_space(&record->space, arena));
    json_object_set_new(study, "metrics", json_metric_rows(record));
    json_object_set_new(study, "plan", og_json_string(record->plan));
    const bool reference = record->reference_x != NULL;
    json_object_set_new(study, "default_design",
                        reference ? json_design(record, record->reference_x, arena) : json_null());
    json_object_set_new(study, "default_metrics",
                        reference ? json_metrics(record, record->reference_y, true) : json_null());
    json_object_set_new(study, "best",
                        record->best >= 0 ? json_integer(record->best) : json_null());
    return study;
}

static json_t* json_trial(const og_study_record* record, const og_trial* trial, bool timing,
                          og_arena* arena) {
    json_t* row = json_object();
    json_object_set_new(row, "number", json_integer(trial->number));
    json_object_set_new(row, "design", json_design(record, trial->x, arena));
    json_object_set_new(row, "metrics",
                        json_metrics(record, trial->y, trial->outcome == OG_FEASIBLE));
    json_object_set_new(row, "outcome", og_json_string(og_outcome_name(trial->outcome)));
    json_object_set_new(row, "reason", og_json_string(trial->reason ? trial->reason : ""));
    json_object_set_new(row, "loss", json_number(trial->loss));
    json_object_set_new(row, "violation", json_number(trial->violation));
    json_object_set_new(row, "repeat_of",
                        trial->repeat_of >= 0 ? json_integer(trial->repeat_of) : json_null());
    json_object_set_new(row, "source", og_json_string(og_source_name(trial->source)));
    if (timing) {
        json_object_set_new(row, "started", json_number(trial->started));
        json_object_set_new(row, "seconds", json_number(trial->seconds));
    }
    return row;
}

static int json_collect(const char* text, size_t size, void* out) {
    og_buffer_add(out, text, size);
    return 0;
}

static void json_write(json_t* value, size_t flags, og_buffer* out) {
    json_dump_callback(value, json_collect, out, flags | JSON_REAL_PRECISION(17));
    json_decref(value);
}

void og_report_json(const og_report_study* study, bool timing, og_buffer* out) {
    const og_study_record* record = &study->record;
    og_buffer_print(out, "{\"study\": ");
    json_write(json_study(record, out->arena), JSON_INDENT(1), out);
    // trials are written one by one: a tree of all of them would need much more memory
    og_buffer_print(out, ",\n\"trials\": [");
    for (int64_t i = 0; i < record->trial_count; i++) {
        og_buffer_print(out, i > 0 ? ",\n" : "\n");
        json_write(json_trial(record, &study->trials[i], timing, out->arena), JSON_COMPACT, out);
    }
    og_buffer_print(out, "\n]}\n");
}
