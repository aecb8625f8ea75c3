// An environment and the threads that evaluate its designs.

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "binding/text.h"
#include "ogive/binding.h"
#include "ogive/clock.h"
#include "ogive/random.h"
#include "ogive/text.h"
#include "ogive/workers.h"
#include "study/session.h"

struct og_binding_model {
    og_arena* arena;
    og_model model;
    const og_space* space;
    pthread_mutex_t mutex;  // one call at a time
    pid_t owner;            // of the threads
    og_arena* pool;         // keeps them
    og_workers* workers;
    int jobs;
    double pace;  // seconds of one evaluation, as seen lately
    og_arena* batch;
    const char** reasons;  // of the last batch, list: [count]
    int64_t count;
};

// One parallel loop.
typedef struct model_round {
    og_binding_model* model;
    const double* x;
    double* y;
    int32_t* outcomes;
    int64_t first;  // of the designs of this loop
    pthread_mutex_t mutex;
} model_round;

// designs of one call of a worker: enough to make the exchange between threads cheap
enum { MODEL_STRIDE = 8, MODEL_LOOP = 1 << 24 };

// below this, waking other threads costs more than it gives
static const double model_solo_seconds = 100e-6;

static og_status model_settings(og_arena* arena, const og_environment* type, int count,
                                const char* const* keys, const char* const* values,
                                og_settings* settings) {
    *settings = og_settings_make(arena, type->options, type->option_count);
    for (int i = 0; i < count; i++) {
        const og_status status = og_settings_set(settings, keys[i], values[i]);
        if (status != OG_OK) {
            return og_fail_context(status, "environment %s", type->name);
        }
    }
    return OG_OK;
}

static og_status model_open(og_binding_model* model, const char* environment, int count,
                            const char* const* keys, const char* const* values) {
    const og_plan plan = {.environment = environment};
    const og_environment* type;
    og_settings settings;
    OG_TRY(og_session_find_environment(&plan, &type));
    OG_TRY(model_settings(model->arena, type, count, keys, values, &settings));
    OG_TRY(og_environment_open(model->arena, type, &settings, &model->model));
    return og_space_create(model->arena, &model->model.space, &model->space);
}

og_status og_binding_model_open(const char* environment, int count, const char* const* keys,
                                const char* const* values, og_binding_model** opened) {
    *opened = NULL;
    og_arena* arena = og_arena_create();
    og_binding_model* model = OG_NEW(arena, og_binding_model, 1);
    *model = (og_binding_model){.arena = arena, .pace = 1e-6};
    const og_status status = model_open(model, environment, count, keys, values);
    if (status != OG_OK) {
        og_arena_destroy(arena);
        return status;
    }
    pthread_mutex_init(&model->mutex, NULL);
    model->batch = og_arena_create();
    *opened = model;
    return OG_OK;
}

// Threads of a process do not come along when it is forked.
static void model_rest(og_binding_model* model) {
    if (model->workers && model->owner == getpid()) {
        og_workers_destroy(model->workers);
        og_arena_destroy(model->pool);
    }
    model->workers = NULL;
}

static og_status model_wake(og_binding_model* model, int jobs) {
    const int wanted = jobs > 0 ? jobs : og_workers_available();
    if (model->workers && model->owner == getpid() && model->jobs == wanted) {
        return OG_OK;
    }
    model_rest(model);
    og_arena* pool = og_arena_create();
    const og_status status = og_workers_create(pool, wanted, &model->workers);
    if (status != OG_OK) {
        og_arena_destroy(pool);
        model->workers = NULL;
        return status;
    }
    model->pool = pool;
    model->jobs = wanted;
    model->owner = getpid();
    return OG_OK;
}

void og_binding_model_close(og_binding_model* model) {
    if (!model) {
        return;
    }
    model_rest(model);
    pthread_mutex_destroy(&model->mutex);
    og_arena_destroy(model->batch);
    og_arena_destroy(model->arena);
}

static void model_refuse(model_round* round, int64_t index, const char* reason) {
    pthread_mutex_lock(&round->mutex);
    round->model->reasons[index] = og_text_printable(round->model->batch, reason ? reason : "");
    pthread_mutex_unlock(&round->mutex);
}

static void model_evaluate(model_round* round, int64_t index, og_arena* scratch) {
    const og_binding_model* model = round->model;
    const og_model* opened = &model->model;
    const double* x = round->x + index * model->space->count;
    double* y = round->y + index * opened->metric_count;
    og_outcome outcome = OG_INFEASIBLE;
    const char* reason = "";
    if (!og_space_contains(model->space, x)) {
        og_space_check(model->space, x);
        reason = og_error_text();
    } else {
        outcome = opened->type->evaluate(opened->data, x, y, scratch, &reason);
    }
    round->outcomes[index] = (int32_t)outcome;
    if (outcome != OG_FEASIBLE) {
        for (int i = 0; i < opened->metric_count; i++) {
            y[i] = NAN;
        }
        model_refuse(round, index, reason);
    }
}

static void model_work(void* context, int index, int worker, og_arena* scratch) {
    (void)worker;
    model_round* round = context;
    const int64_t first = round->first + (int64_t)index * MODEL_STRIDE;
    for (int64_t i = first; i < first + MODEL_STRIDE && i < round->model->count; i++) {
        const og_arena_mark mark = og_arena_here(scratch);
        model_evaluate(round, i, scratch);
        og_arena_rewind(scratch, mark);
    }
}

static void model_alone(model_round* round) {
    og_arena* scratch = og_arena_create();
    for (int64_t i = 0; i < round->model->count; i++) {
        const og_arena_mark mark = og_arena_here(scratch);
        model_evaluate(round, i, scratch);
        og_arena_rewind(scratch, mark);
    }
    og_arena_destroy(scratch);
}

static bool model_is_small(const og_binding_model* model) {
    return model->pace * (double)model->count < model_solo_seconds;
}

static void model_all(og_binding_model* model, model_round* round) {
    const double began = og_clock_seconds();
    double shares = 1;
    if (model_is_small(model)) {
        model_alone(round);
    } else {
        const int64_t strides = (model->count + MODEL_STRIDE - 1) / MODEL_STRIDE;
        for (int64_t i = 0; i < strides; i += MODEL_LOOP) {
            round->first = i * MODEL_STRIDE;
            og_workers_run(model->workers,
                           strides - i < MODEL_LOOP ? (int)(strides - i) : MODEL_LOOP, model_work,
                           round);
        }
        shares = og_workers_count(model->workers);
    }
    if (model->count > 0) {
        model->pace = (og_clock_seconds() - began) * shares / (double)model->count;
    }
}

og_status og_binding_model_evaluate(og_binding_model* model, int64_t count, const double* x,
                                    double* y, int32_t* outcomes, int jobs) {
    pthread_mutex_lock(&model->mutex);
    og_arena_destroy(model->batch);
    model->batch = og_arena_create();
    model->reasons = OG_NEW(model->batch, const char*, count);
    model->count = count;
    const og_status status = model_is_small(model) ? OG_OK : model_wake(model, jobs);
    if (status == OG_OK) {
        model_round round = {.model = model, .x = x, .y = y, .outcomes = outcomes};
        pthread_mutex_init(&round.mutex, NULL);
        model_all(model, &round);
        pthread_mutex_destroy(&round.mutex);
    }
    pthread_mutex_unlock(&model->mutex);
    return status;
}

og_status og_binding_model_reason(og_binding_model* model, int64_t index, char* text, size_t size,
                                  size_t* length) {
    pthread_mutex_lock(&model->mutex);
    const bool known = index >= 0 && index < model->count && model->reasons[index];
    og_binding_say(known ? model->reasons[index] : "", text, size, length);
    pthread_mutex_unlock(&model->mutex);
    return OG_OK;
}

og_status og_binding_model_check(og_binding_model* model, const double* x) {
    return og_space_check(model->space, x);
}

og_status og_binding_model_active(og_binding_model* model, const double* x, int32_t* active) {
    for (int i = 0; i < model->space->count; i++) {
        active[i] = og_space_active(model->space, x, i);
    }
    return OG_OK;
}

og_status og_binding_model_sample(og_binding_model* model, uint64_t seed, int64_t count,
                                  double* x) {
    og_random random = og_random_make(seed, 0);
    for (int64_t i = 0; i < count; i++) {
        og_space_sample(model->space, &random, x + i * model->space->count);
    }
    return OG_OK;
}

og_status og_binding_model_repair(og_binding_model* model, uint64_t seed, int64_t count,
                                  double* x) {
    og_random random = og_random_make(seed, 0);
    for (int64_t i = 0; i < count * model->space->count; i++) {
        if (isnan(x[i])) {
            return og_fail(OG_ERROR_VALUE, "a value is not a number");
        }
    }
    for (int64_t i = 0; i < count; i++) {
        og_space_repair(model->space, &random, x + i * model->space->count);
    }
    return OG_OK;
}

static json_t* model_features(const og_model* model) {
    json_t* list = json_array();
    for (int i = 0; i < model->feature_count; i++) {
        json_t* row = json_object();
        json_object_set_new(row, "name", og_json_string(model->features[i].name));
        json_object_set_new(row, "unit", og_json_string(model->features[i].unit));
        json_object_set_new(row, "value", og_binding_number(model->features[i].value));
        json_array_append_new(list, row);
    }
    return list;
}

og_status og_binding_model_describe(og_binding_model* model, char* text, size_t size,
                                    size_t* length) {
    const og_model* opened = &model->model;
    const og_space* space = model->space;
    og_arena* arena = og_arena_create();
    double* initial = OG_NEW(arena, double, space->count);
    og_space_initial(space, initial);
    json_t* group_of = json_array();
    for (int i = 0; i < space->count; i++) {
        json_array_append_new(group_of, json_integer(space->group_of[i]));
    }
    json_t* json = json_object();
    json_object_set_new(json, "name", json_string(opened->type->name));
    json_object_set_new(json, "doc", og_json_string(opened->type->doc));
    json_object_set_new(json, "source", og_json_string(opened->type->source));
    json_object_set_new(json, "identity", og_json_string(opened->identity));
    json_object_set_new(json, "space", og_binding_space(&opened->space));
    json_object_set_new(json, "groups", og_json_strings(space->groups, space->group_count));
    json_object_set_new(json, "group_of", group_of);
    json_object_set_new(json, "size", og_binding_number(space->size));
    json_object_set_new(json, "initial", og_binding_numbers(initial, space->count));
    json_object_set_new(json, "metrics", og_binding_metrics(opened->metrics, opened->metric_count));
    json_object_set_new(json, "features", model_features(opened));
    og_arena_destroy(arena);
    return og_binding_say_json(json, text, size, length);
}
