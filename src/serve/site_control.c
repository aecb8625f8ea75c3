// Requests that change something: a study that runs is stopped, extended, given a design. The
// server only writes what is wanted into the store; the run reads it there.

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "ogive/space.h"
#include "ogive/text.h"
#include "serve/site.h"

// The body as an object that has no other keys than `keys` (list: [count]).
static og_status site_control_read(const og_site_call* call, const char* const* keys, int count,
                                   json_t** body) {
    json_error_t error;
    const og_http_request* request = call->request;
    *body = json_loadb(request->body ? request->body : "", request->body_size,
                       JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(*body)) {
        return og_fail(OG_ERROR_VALUE, "the body has to be a JSON object%s%s", *body ? "" : ": ",
                       *body ? "" : error.text);
    }
    const char* key;
    json_t* value;
    json_object_foreach(*body, key, value) {
        bool known = false;
        for (int i = 0; i < count; i++) {
            known = known || strcmp(key, keys[i]) == 0;
        }
        if (!known) {
            return og_fail(OG_ERROR_VALUE, "the body knows no key '%.40s'", key);
        }
    }
    return OG_OK;
}

static og_status site_control_stop(const og_site_call* call, og_store* store, const json_t* body) {
    (void)body;
    return og_store_ask_stop(store, call->name);
}

static og_status site_control_extend(const og_site_call* call, og_store* store,
                                     const json_t* body) {
    const json_t* evaluations = json_object_get(body, "evaluations");
    const json_t* seconds = json_object_get(body, "seconds");
    const bool counts = json_is_integer(evaluations) && json_integer_value(evaluations) > 0;
    const bool times = json_is_number(seconds) && json_number_value(seconds) > 0;
    if (counts == times || (evaluations && seconds)) {
        return og_fail(OG_ERROR_VALUE,
                       "say how large the budget is to be in all: {\"evaluations\": N} or "
                       "{\"seconds\": N}");
    }
    return og_store_ask_extend(store, call->name, counts ? json_integer_value(evaluations) : 0,
                               times ? json_number_value(seconds) : 0);
}

static const char* site_control_text(og_arena* arena, const json_t* value) {
    char number[32];
    if (json_is_string(value)) {
        return json_string_value(value);
    }
    if (json_is_boolean(value)) {
        return json_is_true(value) ? "true" : "false";
    }
    og_text_real(json_is_number(value) ? json_number_value(value) : NAN, number);
    return og_text_format(arena, "%s", number);
}

static og_status site_control_set(og_arena* arena, const og_space_table* space, const char* name,
                                  const json_t* value, double* x) {
    const char** names = OG_NEW(arena, const char*, space->count);
    for (int i = 0; i < space->count; i++) {
        names[i] = space->parameters[i].name;
        if (strcmp(names[i], name) == 0) {
            return og_parameter_parse(&space->parameters[i], site_control_text(arena, value),
                                      &x[i]);
        }
    }
    const char* nearest = og_text_nearest(name, names, space->count);
    return og_fail(OG_ERROR_VALUE, "there is no parameter '%.40s'%s%s", name,
                   nearest ? ", did you mean " : "", nearest ? nearest : "");
}

static og_status site_control_design(const og_site_call* call, og_store* store,
                                     const json_t* body) {
    og_study_record record;
    OG_TRY(og_store_study(store, call->arena, call->name, &record));
    const json_t* design = json_object_get(body, "design");
    if (!json_is_object(design)) {
        return og_fail(OG_ERROR_VALUE, "say which design: {\"design\": {\"PARAMETER\": VALUE}}");
    }
    const og_space* space = NULL;
    OG_TRY(og_space_create(call->arena, &record.space, &space));
    double* x = OG_NEW(call->arena, double, record.space.count);
    for (int i = 0; i < record.space.count; i++) {
        x[i] = record.reference_x ? record.reference_x[i] : record.space.parameters[i].initial;
    }
    void* place = json_object_iter((json_t*)design);
    for (; place; place = json_object_iter_next((json_t*)design, place)) {
        OG_TRY(site_control_set(call->arena, &record.space, json_object_iter_key(place),
                                json_object_iter_value(place), x));
    }
    // what the others leave without effect has one value
    for (int i = 0; i < space->count; i++) {
        if (!og_space_active(space, x, i)) {
            x[i] = space->parameters[i].initial;
        }
    }
    return og_store_ask_design(store, call->name, x);
}

typedef og_status site_control_work(const og_site_call* call, og_store* store, const json_t* body);

static og_status site_control_do(const og_site_call* call, const json_t* body,
                                 site_control_work* work) {
    og_store* store = NULL;
    OG_TRY(og_store_open(call->site->store, OG_STORE_WRITE, &store));
    const og_status status = work(call, store, body);
    og_store_close(store);
    return status;
}

// Nothing but a promise is answered: what becomes of it shows in the study.
static og_status site_control_answer(const og_site_call* call, const char* const* keys, int count,
                                     site_control_work* work) {
    json_t* body = NULL;
    og_status status = site_control_read(call, keys, count, &body);
    if (status == OG_OK) {
        status = site_control_do(call, body, work);
    }
    json_decref(body);
    OG_TRY(status);
    static const char promise[] = "{\"accepted\":1}";
    call->response->status = 202;
    call->response->type = "application/json";
    call->response->body = promise;
    call->response->size = strlen(promise);
    return OG_OK;
}

og_status og_site_stop(const og_site_call* call) {
    return site_control_answer(call, NULL, 0, site_control_stop);
}

og_status og_site_extend(const og_site_call* call) {
    static const char* const keys[] = {"evaluations", "seconds"};
    return site_control_answer(call, keys, 2, site_control_extend);
}

og_status og_site_enqueue(const og_site_call* call) {
    static const char* const keys[] = {"design"};
    return site_control_answer(call, keys, 1, site_control_design);
}
