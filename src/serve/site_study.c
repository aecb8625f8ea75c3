// Studies as JSON, in the form that the page of a report is drawn from.

#include <math.h>
#include <string.h>

#include "ogive/report.h"
#include "ogive/study.h"
#include "ogive/text.h"
#include "report/label.h"
#include "report/page_study.h"
#include "serve/site.h"
#include "study/plan.h"

enum { SITE_STUDY_PART = 4096 };  // trials of one answer to "what is new"

static void site_study_budget(og_arena* arena, const og_study_record* record, og_page_json* json) {
    og_plan plan = {0};
    const char* text = record->plan ? record->plan : "";
    if (og_plan_parse(arena, text, strlen(text), "plan", &plan) == OG_OK) {
        og_page_json_integer(json, "budget", og_plan_budget(&plan));
        og_page_json_number(json, "seconds", plan.seconds);
    }
}

static og_status site_study_best(og_store* store, og_arena* arena, const og_study_record* record,
                                 og_page_json* json) {
    const og_objective_view view = og_objective_view_make(arena, record);
    og_page_json_text(json, "value", view.name);
    og_page_json_text(json, "unit", view.unit);
    og_page_json_integer(json, "better", view.maximize ? 1 : -1);
    og_page_json_number(json, "reference", view.reference);
    og_trial* best = NULL;
    int64_t count = 0;
    if (record->best >= 0) {
        OG_TRY(og_store_trials(store, arena, record->id, record->best, 1, &best, &count));
    }
    if (count == 1 && og_trial_accepted(best)) {
        og_page_json_integer(json, "foundAt", best->number);
        og_page_json_number(json, "best", og_objective_value(&view, best->loss));
    }
    return OG_OK;
}

og_status og_site_summary(og_store* store, og_arena* arena, const og_study_record* record,
                          og_page_json* json) {
    static const char* const stops[] = {"", "budget used up", "all designs seen", "interrupted"};
    og_page_json_open(json, NULL, '{');
    og_page_json_text(json, "name", record->name);
    og_page_json_text(json, "path",
                      og_text_format(arena, "/api/study/%s", og_http_encode(arena, record->name)));
    og_page_json_text(json, "environment", record->environment);
    og_page_json_text(json, "agent", record->agent);
    og_page_json_text(json, "seed",
                      og_text_format(arena, "%llu", (unsigned long long)record->seed));
    og_page_json_text(json, "created", record->created);
    bool running = false;
    OG_TRY(og_store_running(store, record->id, &running));
    og_page_json_text(json, "stop", stops[record->stop]);
    og_page_json_integer(json, "running", running);
    og_page_json_integer(json, "trials", record->trial_count);
    site_study_budget(arena, record, json);
    OG_TRY(site_study_best(store, arena, record, json));
    og_page_json_close(json, '}');
    return OG_OK;
}

static og_status site_study_list(const og_site_call* call, og_store* store, og_page_json* json) {
    og_study_record* records = NULL;
    int count = 0;
    OG_TRY(og_store_studies(store, call->arena, &records, &count));
    og_page_json_open(json, NULL, '{');
    og_page_json_integer(json, "control", call->site->token != NULL);
    og_page_json_open(json, "studies", '[');
    for (int i = 0; i < count; i++) {
        OG_TRY(og_site_summary(store, call->arena, &records[i], json));
    }
    og_page_json_close(json, ']');
    og_page_json_close(json, '}');
    return OG_OK;
}

// With a query: what takes long is left out.
static og_status site_study_page(const og_site_call* call, og_store* store, og_page_json* json) {
    if (call->value && strcmp(call->value, "0") != 0) {
        return og_fail(OG_ERROR_VALUE, "analysis: 0 leaves it out");
    }
    og_report_study study = {0};
    og_trial* trials = NULL;
    OG_TRY(og_store_study(store, call->arena, call->name, &study.record));
    OG_TRY(og_store_trials(store, call->arena, study.record.id, 0, study.record.trial_count,
                           &trials, &study.record.trial_count));
    study.trials = trials;
    og_report_page_data(call->arena, &study, 1, !call->value, json->out);
    return OG_OK;
}

// The first trial that is asked for; all of them without a query.
static og_status site_study_from(const og_site_call* call, int64_t* from) {
    *from = 0;
    if (call->value && (!og_text_integer(call->value, from) || *from < 0)) {
        return og_fail(OG_ERROR_VALUE, "from: a number of a trial is 0 or more");
    }
    return OG_OK;
}

static og_status site_study_part(const og_site_call* call, og_store* store, og_page_json* json) {
    og_report_study study = {0};
    og_trial* trials = NULL;
    int64_t from = 0;
    OG_TRY(site_study_from(call, &from));
    OG_TRY(og_store_study(store, call->arena, call->name, &study.record));
    const int64_t all = study.record.trial_count;
    OG_TRY(og_store_trials(store, call->arena, study.record.id, from, SITE_STUDY_PART, &trials,
                           &study.record.trial_count));
    study.trials = trials;
    study.record.best -= from;
    const og_report_study* studies[] = {&study};
    const char* label = study.record.agent;
    og_page_task task = {.arena = call->arena,
                         .studies = studies,
                         .labels = &label,
                         .count = 1,
                         .sample = INT64_MAX};
    og_page_task_open(&task);
    const og_page_study part = og_page_study_open(&task, 0);
    og_page_json_open(json, NULL, '{');
    og_page_json_integer(json, "from", from);
    og_page_json_integer(json, "next", from + study.record.trial_count);
    og_page_json_integer(json, "trials", all);
    og_page_json_text(json, "created", study.record.created);
    og_page_study_write_part(&part, "part", json);
    og_page_json_close(json, '}');
    return OG_OK;
}

// Open the store, let `write` fill the body, close it again.
static og_status site_study_answer(const og_site_call* call,
                                   og_status write(const og_site_call*, og_store*, og_page_json*)) {
    og_store* store = NULL;
    og_buffer body = {.arena = call->arena};
    og_page_json json = {.out = &body};
    OG_TRY(og_store_open(call->site->store, OG_STORE_READ, &store));
    const og_status status = write(call, store, &json);
    og_store_close(store);
    OG_TRY(status);
    call->response->type = "application/json";
    call->response->body = body.data;
    call->response->size = body.length;
    return OG_OK;
}

og_status og_site_studies(const og_site_call* call) {
    return site_study_answer(call, site_study_list);
}

og_status og_site_study(const og_site_call* call) {
    return site_study_answer(call, site_study_page);
}

og_status og_site_trials(const og_site_call* call) {
    return site_study_answer(call, site_study_part);
}
