// A study behind plain calls.

#include "binding/study.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "binding/text.h"
#include "ogive/text.h"

og_status og_binding_plan(const char* plan, const char* name, int count, const char* const* changes,
                          char* text, size_t size, size_t* length) {
    og_arena* arena = og_arena_create();
    og_plan read;
    og_status status = og_plan_parse(arena, plan, strlen(plan), name, &read);
    for (int i = 0; i < count && status == OG_OK; i++) {
        status = og_plan_set(arena, &read, changes[i]);
    }
    if (status == OG_OK) {
        og_binding_say(og_plan_print(arena, &read), text, size, length);
    }
    og_arena_destroy(arena);
    return status;
}

static json_t* study_json(const og_study_record* record) {
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, record->seed);
    json_t* json = json_object();
    json_object_set_new(json, "name", og_json_string(record->name));
    json_object_set_new(json, "plan", og_json_string(record->plan));
    json_object_set_new(json, "environment", og_json_string(record->environment));
    json_object_set_new(json, "identity", og_json_string(record->identity));
    json_object_set_new(json, "agent", og_json_string(record->agent));
    json_object_set_new(json, "agent_options", og_json_string(record->agent_options));
    json_object_set_new(json, "batch", json_integer(record->batch));
    json_object_set_new(json, "seed", json_string(seed));
    json_object_set_new(json, "space", og_binding_space(&record->space));
    json_object_set_new(json, "metrics", og_binding_metrics(record->metrics, record->metric_count));
    json_object_set_new(json, "objectives",
                        og_json_strings(record->objectives, record->objective_count));
    json_object_set_new(json, "constraints",
                        og_json_strings(record->constraints, record->constraint_count));
    json_object_set_new(json, "reference_x",
                        og_binding_numbers(record->reference_x, record->space.count));
    json_object_set_new(json, "reference_y",
                        og_binding_numbers(record->reference_y, record->metric_count));
    json_object_set_new(json, "trial_count", json_integer(record->trial_count));
    json_object_set_new(json, "best", json_integer(record->best));
    json_object_set_new(json, "stop", json_integer(record->stop));
    json_object_set_new(json, "created", og_json_string(record->created));
    return json;
}

static og_status study_failed(const og_binding_study* study) {
    const char* message = study->failure ? *study->failure : NULL;
    return og_fail(OG_ERROR_SYSTEM, "%s", message ? message : "the proposer failed");
}

static og_status study_start(void* context, const og_study_record* searched) {
    og_binding_study* study = context;
    study->width = searched->space.count;
    study->metric_count = searched->metric_count;
    if (!study->start) {
        return OG_OK;
    }
    og_arena* scratch = og_arena_create();
    const char* text = og_json_print(scratch, study_json(searched));
    const int answer = study->start(study->context, text);
    og_arena_destroy(scratch);
    return answer < 0 ? study_failed(study) : OG_OK;
}

static int study_ask(void* context, int count, double* x) {
    og_binding_study* study = context;
    const int found = study->ask(study->context, count, x);
    if (found < 0) {
        study_failed(study);
    }
    return found;
}

static og_status study_tell(void* context, int64_t first, int count, const og_trial* trials) {
    og_binding_study* study = context;
    const size_t width = (size_t)study->width;
    const size_t height = (size_t)study->metric_count;
    og_arena* scratch = og_arena_create();
    double* x = OG_NEW(scratch, double, (size_t)count* width);
    double* y = OG_NEW(scratch, double, (size_t)count* height);
    double* losses = OG_NEW(scratch, double, count);
    double* violations = OG_NEW(scratch, double, count);
    int32_t* outcomes = OG_NEW(scratch, int32_t, count);
    for (int i = 0; i < count; i++) {
        memcpy(x + (size_t)i * width, trials[i].x, width * sizeof *x);
        memcpy(y + (size_t)i * height, trials[i].y, height * sizeof *y);
        losses[i] = trials[i].loss;
        violations[i] = trials[i].violation;
        outcomes[i] = (int32_t)trials[i].outcome;
    }
    const int answer =
        study->tell(study->context, first, count, x, y, losses, violations, outcomes);
    og_arena_destroy(scratch);
    return answer < 0 ? study_failed(study) : OG_OK;
}

static og_status study_open(og_binding_study* study, const char* plan, const char* name,
                            const og_session_options* options) {
    OG_TRY(og_plan_parse(study->arena, plan, strlen(plan), name, &study->plan));
    OG_TRY(og_session_open(&study->plan, options, &study->session));
    og_study_record record;
    const og_status status = og_session_record(study->session, &record);
    if (status != OG_OK) {
        og_session_close(study->session);
        return status;
    }
    study->width = record.space.count;
    study->metric_count = record.metric_count;
    study->objective_count = record.objective_count;
    study->own_count = og_session_metrics(study->session);
    return OG_OK;
}

og_status og_binding_study_open(const char* plan, const char* name, int simulates, int jobs,
                                int fresh, og_binding_start* start, og_binding_ask* ask,
                                og_binding_tell* tell, const char* const* failure, void* context,
                                og_binding_study** opened) {
    *opened = NULL;
    og_arena* arena = og_arena_create();
    og_binding_study* study = OG_NEW(arena, og_binding_study, 1);
    *study = (og_binding_study){.arena = arena,
                                .start = start,
                                .ask = ask,
                                .tell = tell,
                                .failure = failure,
                                .context = context};
    og_session_options options = {.simulates = simulates != 0, .jobs = jobs, .fresh = fresh != 0};
    if (ask) {
        options.proposer = (og_proposer){study, study_start, study_ask, tell ? study_tell : NULL};
    }
    const og_status status = study_open(study, plan, name, &options);
    if (status != OG_OK) {
        og_arena_destroy(arena);
        return status;
    }
    *opened = study;
    return OG_OK;
}

og_status og_binding_study_stop(og_binding_study* study) {
    return og_session_stop(study->session);
}

void og_binding_study_close(og_binding_study* study) {
    if (study) {
        og_session_close(study->session);
        og_arena_destroy(study->arena);
    }
}

og_status og_binding_study_ask(og_binding_study* study, int most, int64_t before, double seconds,
                               int64_t* numbers, double* x, int* count, int* state) {
    const og_session_request request = {.most = most, .before = before, .seconds = seconds};
    og_session_state answer;
    const og_status status = og_session_ask(study->session, &request, numbers, x, count, &answer);
    *state = (int)answer;
    return status;
}

og_status og_binding_study_tell(og_binding_study* study, int64_t number, int outcome,
                                const double* y, int count, const char* reason) {
    if (outcome == OG_FEASIBLE && count != study->own_count) {
        return og_fail(OG_ERROR_VALUE,
                       "trial %lld: %d metrics are told, and the environment has %d",
                       (long long)number, count, study->own_count);
    }
    return og_session_tell(study->session, number, (og_outcome)outcome, y, reason);
}

og_status og_binding_study_wait(og_binding_study* study, int64_t before, double seconds,
                                int* state) {
    og_session_state answer;
    const og_status status = og_session_wait(study->session, before, seconds, &answer);
    *state = (int)answer;
    return status;
}

og_status og_binding_study_return(og_binding_study* study, int64_t number) {
    return og_session_return(study->session, number);
}

og_status og_binding_study_pause(og_binding_study* study) {
    return og_session_pause(study->session);
}

void og_binding_study_progress(og_binding_study* study, int64_t* trials, double* value) {
    og_session_progress(study->session, trials, value);
}

og_status og_binding_study_describe(og_binding_study* study, char* text, size_t size,
                                    size_t* length) {
    og_study_record record;
    OG_TRY(og_session_record(study->session, &record));
    json_t* json = study_json(&record);
    json_object_set_new(json, "metric_count", json_integer(study->own_count));
    return og_binding_say_json(json, text, size, length);
}

static void study_row(const og_binding_study* study, const og_trial* trial, int64_t row, double* x,
                      double* y, double* numbers, int64_t* codes) {
    const size_t width = (size_t)study->width;
    const size_t height = (size_t)study->metric_count;
    memcpy(x + (size_t)row * width, trial->x, width * sizeof *x);
    memcpy(y + (size_t)row * height, trial->y, height * sizeof *y);
    const double own[4] = {trial->loss, trial->violation, trial->started, trial->seconds};
    memcpy(numbers + 4 * row, own, sizeof own);
    const int64_t said[3] = {trial->repeat_of, (int64_t)trial->outcome, (int64_t)trial->source};
    memcpy(codes + 3 * row, said, sizeof said);
}

og_status og_binding_study_trials(og_binding_study* study, int64_t first, int64_t most, double* x,
                                  double* y, double* objectives, double* numbers, int64_t* codes,
                                  int64_t* count) {
    enum { PAGE = 1024 };
    og_trial page[PAGE];
    *count = 0;
    while (*count < most) {
        const int64_t left = most - *count;
        int64_t got;
        OG_TRY(og_session_trials(study->session, first + *count, left < PAGE ? left : PAGE, page,
                                 objectives + *count * study->objective_count, &got));
        for (int64_t i = 0; i < got; i++) {
            study_row(study, &page[i], *count + i, x, y, numbers, codes);
        }
        *count += got;
        if (got == 0) {
            break;
        }
    }
    return OG_OK;
}

og_status og_binding_study_reason(og_binding_study* study, int64_t number, char* text, size_t size,
                                  size_t* length) {
    og_trial trial;
    int64_t count;
    OG_TRY(og_session_trials(study->session, number, 1, &trial, NULL, &count));
    return og_binding_say(count == 1 ? trial.reason : "", text, size, length);
}
