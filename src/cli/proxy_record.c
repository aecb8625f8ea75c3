#include "cli/proxy_record.h"

#include <string.h>

#include "cli/study_store.h"
#include "ogive/text.h"
#include "space/space_json.h"

// The studies of one record.
typedef struct proxy_record {
    const og_call* call;
    const og_study_record* studies;
    int study_count;
    const int* metrics;  // of the first study: those to be learnt, list: [metric_count]
    int metric_count;
    int64_t capacity;  // trials
    og_proxy_data* data;
} proxy_record;

static bool proxy_record_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// True when `text` has `name` as a word.
static bool proxy_record_names(const char* text, const char* name) {
    const size_t length = strlen(name);
    for (const char* at = strstr(text, name); at != NULL; at = strstr(at + 1, name)) {
        if ((at == text || !proxy_record_word(at[-1])) && !proxy_record_word(at[length])) {
            return true;
        }
    }
    return false;
}

static int proxy_record_find(const og_study_record* study, const char* name) {
    for (int m = 0; m < study->metric_count; m++) {
        if (strcmp(study->metrics[m].name, name) == 0) {
            return m;
        }
    }
    return -1;
}

static og_status proxy_record_unknown(const proxy_record* record, const char* name) {
    const og_study_record* study = &record->studies[0];
    const char** names = OG_NEW(record->call->arena, const char*, study->metric_count);
    for (int m = 0; m < study->metric_count; m++) {
        names[m] = study->metrics[m].name;
    }
    const char* nearest = og_text_nearest(name, names, study->metric_count);
    return og_fail(OG_ERROR_NAME, "--metric: study %s has no metric '%s'%s%s%s", study->name, name,
                   nearest ? ", did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

// True when an objective or a constraint of any study names the metric.
static bool proxy_record_wanted(const proxy_record* record, const char* name) {
    for (int s = 0; s < record->study_count; s++) {
        const og_study_record* study = &record->studies[s];
        for (int k = 0; k < study->objective_count; k++) {
            if (proxy_record_names(study->objectives[k], name)) {
                return true;
            }
        }
        for (int k = 0; k < study->constraint_count; k++) {
            if (proxy_record_names(study->constraints[k], name)) {
                return true;
            }
        }
    }
    return false;
}

static og_status proxy_record_choose(proxy_record* record) {
    const og_study_record* study = &record->studies[0];
    int given = 0;
    const char* const* names = og_call_texts(record->call, "metric", &given);
    bool* chosen = OG_NEW(record->call->arena, bool, study->metric_count);
    for (int i = 0; i < given; i++) {
        const int found = proxy_record_find(study, names[i]);
        if (found < 0) {
            return proxy_record_unknown(record, names[i]);
        }
        chosen[found] = true;
    }
    int* metrics = OG_NEW(record->call->arena, int, study->metric_count);
    for (int m = 0; m < study->metric_count; m++) {
        if (chosen[m] || (given == 0 && proxy_record_wanted(record, study->metrics[m].name))) {
            metrics[record->metric_count++] = m;
        }
    }
    record->metrics = metrics;
    return record->metric_count > 0
               ? OG_OK
               : og_fail(OG_ERROR_VALUE, "no objective names a metric, --metric is needed");
}

static const char* proxy_record_space(og_arena* arena, const og_study_record* study) {
    return og_json_print(arena, og_space_json(&study->space, true));
}

// All studies must be of one system.
static og_status proxy_record_agree(const proxy_record* record) {
    const og_study_record* first = &record->studies[0];
    og_arena* arena = record->call->arena;
    for (int s = 1; s < record->study_count; s++) {
        const og_study_record* study = &record->studies[s];
        const char* differs = NULL;
        if (strcmp(study->environment, first->environment) != 0) {
            differs = "environment";
        } else if (strcmp(study->identity, first->identity) != 0) {
            differs = "options, files or version of the environment";
        } else if (strcmp(proxy_record_space(arena, study), proxy_record_space(arena, first)) !=
                   0) {
            differs = "space";
        }
        if (differs != NULL) {
            return og_fail(OG_ERROR_VALUE,
                           "studies %s and %s differ in %s: a proxy is learnt of one system, "
                           "choose its studies with --study",
                           first->name, study->name, differs);
        }
    }
    return OG_OK;
}

static og_status proxy_record_add(proxy_record* record, og_store* store, int index) {
    const og_study_record* study = &record->studies[index];
    og_proxy_data* data = record->data;
    og_arena* arena = record->call->arena;
    og_report_study read = {0};
    OG_TRY(og_stored_trials(record->call, store, study, &read));
    int* places = OG_NEW(arena, int, record->metric_count);
    for (int m = 0; m < record->metric_count; m++) {
        places[m] = proxy_record_find(study, data->metrics[m].name);
        if (places[m] < 0) {
            return og_fail(OG_ERROR_NAME, "study %s has no metric '%s'", study->name,
                           data->metrics[m].name);
        }
    }
    const int64_t first = data->count;
    const double** xs = (const double**)data->x;
    const double** ys = (const double**)data->y;
    bool* feasible = (bool*)data->feasible;
    int64_t* same_as = (int64_t*)data->same_as;
    double* values = OG_NEW(arena, double, read.record.trial_count * record->metric_count);
    for (int64_t i = 0; i < read.record.trial_count && data->count < record->capacity; i++) {
        const og_trial* trial = &read.trials[i];
        const int64_t at = data->count++;
        xs[at] = trial->x;
        ys[at] = values + i * record->metric_count;
        feasible[at] = trial->outcome == OG_FEASIBLE;
        same_as[at] = trial->repeat_of >= 0 ? first + trial->repeat_of : -1;
        for (int m = 0; m < record->metric_count && feasible[at]; m++) {
            values[i * record->metric_count + m] = trial->y[places[m]];
        }
    }
    return OG_OK;
}

static void proxy_record_describe(proxy_record* record) {
    og_arena* arena = record->call->arena;
    const og_study_record* first = &record->studies[0];
    og_proxy_metric* metrics = OG_NEW(arena, og_proxy_metric, record->metric_count);
    for (int m = 0; m < record->metric_count; m++) {
        const og_metric* metric = &first->metrics[record->metrics[m]];
        metrics[m] = (og_proxy_metric){metric->name, metric->unit, metric->doc, metric->better};
    }
    const char** names = OG_NEW(arena, const char*, record->study_count);
    for (int s = 0; s < record->study_count; s++) {
        names[s] = record->studies[s].name;
        record->capacity += record->studies[s].trial_count;
    }
    *record->data = (og_proxy_data){
        .space = first->space,
        .metrics = metrics,
        .metric_count = record->metric_count,
        .x = OG_NEW(arena, const double*, record->capacity),
        .y = OG_NEW(arena, const double*, record->capacity),
        .feasible = OG_NEW(arena, bool, record->capacity),
        .same_as = OG_NEW(arena, int64_t, record->capacity),
        .environment = first->environment,
        .identity = first->identity,
        .studies = names,
        .study_count = record->study_count,
    };
}

static og_status proxy_record_gather(proxy_record* record, og_store* store) {
    OG_TRY(proxy_record_agree(record));
    OG_TRY(proxy_record_choose(record));
    proxy_record_describe(record);
    for (int s = 0; s < record->study_count; s++) {
        OG_TRY(proxy_record_add(record, store, s));
    }
    return OG_OK;
}

og_status og_proxy_record_read(const og_call* call, og_proxy_data* data) {
    og_store* store = NULL;
    og_study_record* studies = NULL;
    proxy_record record = {.call = call, .data = data};
    OG_TRY(og_stored_studies(call, &store, &studies, &record.study_count));
    record.studies = studies;
    const og_status status = proxy_record_gather(&record, store);
    og_store_close(store);
    return status;
}
