// What there is: names of values, agents, environments.

#include "binding/text.h"
#include "ogive/agent.h"
#include "ogive/binding.h"
#include "ogive/session.h"
#include "ogive/text.h"

int og_binding_version(void) {
    return OG_BINDING_VERSION;
}

og_status og_binding_names(char* text, size_t size, size_t* length) {
    static const char* const outcomes[] = {
        [OG_FEASIBLE] = "feasible", [OG_INFEASIBLE] = "infeasible", [OG_FAILED] = "failed"};
    static const char* const stops[] = {[OG_STOP_NONE] = "running",
                                        [OG_STOP_BUDGET] = "budget",
                                        [OG_STOP_EXHAUSTED] = "exhausted",
                                        [OG_STOP_USER] = "interrupted"};
    static const char* const sources[] = {
        [OG_PROPOSED] = "proposed", [OG_ENQUEUED] = "enqueued", [OG_IMPORTED] = "imported"};
    static const char* const states[] = {[OG_SESSION_GIVEN] = "given",
                                         [OG_SESSION_HELD] = "held",
                                         [OG_SESSION_BUSY] = "busy",
                                         [OG_SESSION_ENOUGH] = "enough",
                                         [OG_SESSION_OVER] = "over"};
    static const char* const statuses[] = {
        [OG_OK] = "ok",           [OG_ERROR_VALUE] = "value", [OG_ERROR_NAME] = "name",
        [OG_ERROR_FILE] = "file", [OG_ERROR_STORE] = "store", [OG_ERROR_SYSTEM] = "system"};
    static const struct {
        const char* name;
        const char* const* list;
        size_t count;
    } lists[] = {
        {"outcomes", outcomes, sizeof outcomes / sizeof *outcomes},
        {"stops", stops, sizeof stops / sizeof *stops},
        {"sources", sources, sizeof sources / sizeof *sources},
        {"states", states, sizeof states / sizeof *states},
        {"statuses", statuses, sizeof statuses / sizeof *statuses},
    };
    json_t* json = json_object();
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        json_object_set_new(json, lists[i].name,
                            og_json_strings(lists[i].list, (int)lists[i].count));
    }
    return og_binding_say_json(json, text, size, length);
}

static json_t* catalogue_default(const og_parameter* row) {
    if (row->kind == OG_TEXT) {
        return row->initial_text ? og_json_string(row->initial_text) : json_null();
    }
    og_arena* arena = og_arena_create();
    og_buffer buffer = {.arena = arena};
    og_parameter_print(row, row->initial, &buffer);
    json_t* json = og_json_string(buffer.data);
    og_arena_destroy(arena);
    return json;
}

static json_t* catalogue_range(const og_parameter* row) {
    og_arena* arena = og_arena_create();
    og_buffer buffer = {.arena = arena};
    if (row->kind == OG_TEXT) {
        og_buffer_print(&buffer, "text");
    } else {
        og_parameter_print_range(row, &buffer);
    }
    json_t* json = og_json_string(buffer.data);
    og_arena_destroy(arena);
    return json;
}

static void catalogue_add(json_t* list, const char* name, const char* doc, const char* source,
                          const og_parameter* options, int option_count) {
    json_t* rows = json_array();
    for (int i = 0; i < option_count; i++) {
        json_t* row = json_object();
        json_object_set_new(row, "name", json_string(options[i].name));
        json_object_set_new(row, "unit", og_json_string(options[i].unit));
        json_object_set_new(row, "doc", og_json_string(options[i].doc));
        json_object_set_new(row, "range", catalogue_range(&options[i]));
        json_object_set_new(row, "default", catalogue_default(&options[i]));
        json_array_append_new(rows, row);
    }
    json_t* json = json_object();
    json_object_set_new(json, "name", json_string(name));
    json_object_set_new(json, "doc", og_json_string(doc));
    json_object_set_new(json, "source", og_json_string(source));
    json_object_set_new(json, "options", rows);
    json_array_append_new(list, json);
}

og_status og_binding_agents(char* text, size_t size, size_t* length) {
    json_t* list = json_array();
    for (int i = 0; og_agent_at(i); i++) {
        const og_agent_type* type = og_agent_at(i);
        catalogue_add(list, type->name, type->doc, type->source, type->options, type->option_count);
    }
    return og_binding_say_json(list, text, size, length);
}

og_status og_binding_environments(char* text, size_t size, size_t* length) {
    json_t* list = json_array();
    for (int i = 0; og_environment_at(i); i++) {
        const og_environment* type = og_environment_at(i);
        catalogue_add(list, type->name, type->doc, type->source, type->options, type->option_count);
    }
    return og_binding_say_json(list, text, size, length);
}

og_status og_binding_store_digest(const char* path, const char* study, uint64_t* digest) {
    og_store* store;
    OG_TRY(og_store_open(path, OG_STORE_READ, &store));
    og_arena* arena = og_arena_create();
    og_study_record record;
    og_status status = og_store_study(store, arena, study, &record);
    if (status == OG_OK) {
        status = og_store_digest(store, record.id, digest);
    }
    og_arena_destroy(arena);
    og_store_close(store);
    return status;
}
