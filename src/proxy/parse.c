// Reading a proxy: nothing of the file is believed.

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "ogive/text.h"
#include "proxy/internals.h"
#include "space/space_json.h"

enum {
    PARSE_VERSION = 1,
    PARSE_STUDIES = 1000000,
    PARSE_CONSTRAINTS = 1000,
    PARSE_NUMBERS = 1 << 20
};
#define PARSE_UNCERTAINTY 1e100  // largest calibration

// What is being read.
typedef struct parse_source {
    og_arena* arena;
    const char* name;  // of the file
    const json_t* root;
    og_proxy* proxy;
} parse_source;

// A number, or NaN for null.
static bool parse_maybe(const json_t* json, double* value) {
    *value = json_is_number(json) ? json_number_value(json) : NAN;
    return json_is_null(json) || (json_is_number(json) && isfinite(*value));
}

// A list of `count` finite numbers, of size `most` at most.
static bool parse_reals(const json_t* list, double most, double* values, size_t count) {
    if (!json_is_array(list) || json_array_size(list) != count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t* item = json_array_get(list, i);
        values[i] = json_number_value(item);
        if (!json_is_number(item) || !(fabs(values[i]) <= most)) {
            return false;
        }
    }
    return true;
}

static bool parse_count(const json_t* json, const char* key, int64_t* value) {
    const json_t* member = json_object_get(json, key);
    *value = json_integer_value(member);
    return json_is_integer(member) && *value >= 0;
}

static bool parse_error(const json_t* list, og_proxy_error* error) {
    return json_is_array(list) && json_array_size(list) == 3 &&
           parse_maybe(json_array_get(list, 0), &error->value) &&
           parse_maybe(json_array_get(list, 1), &error->low) &&
           parse_maybe(json_array_get(list, 2), &error->high);
}

static bool parse_model(const json_t* json, og_proxy_model* model) {
    const char* text = json_string_value(json_object_get(json, "model"));
    for (int m = 0; m < OG_PROXY_MODEL_COUNT && text != NULL; m++) {
        if (strcmp(text, og_proxy_model_names[m]) == 0) {
            *model = (og_proxy_model)m;
            return true;
        }
    }
    return false;
}

static bool parse_candidate(const json_t* json, og_proxy_candidate* candidate) {
    const json_t* logarithm = json_object_get(json, "logarithm");
    candidate->logarithm = json_is_true(logarithm);
    return json_is_boolean(logarithm) && parse_model(json, &candidate->model) &&
           parse_error(json_object_get(json, "rmse"), &candidate->rmse) &&
           parse_error(json_object_get(json, "ratio"), &candidate->ratio) &&
           parse_maybe(json_object_get(json, "relative"), &candidate->relative) &&
           parse_maybe(json_object_get(json, "explained"), &candidate->explained) &&
           parse_maybe(json_object_get(json, "spearman"), &candidate->spearman) &&
           parse_reals(json_object_get(json, "raw"), 2, candidate->raw, OG_PROXY_COVERAGES) &&
           parse_reals(json_object_get(json, "calibrated"), 2, candidate->calibrated,
                       OG_PROXY_COVERAGES);
}

static bool parse_candidates(const parse_source* source, const json_t* json,
                             og_proxy_learnt* learnt) {
    const json_t* list = json_object_get(json, "candidates");
    const size_t count = json_array_size(list);
    const json_t* by_ratio = json_object_get(json, "by_ratio");
    int64_t chosen = 0;
    if (count == 0 || count > 2 * OG_PROXY_MODEL_COUNT || !json_is_boolean(by_ratio) ||
        !parse_count(json, "chosen", &chosen) || chosen >= (int64_t)count) {
        return false;
    }
    og_proxy_candidate* candidates = OG_NEW(source->arena, og_proxy_candidate, count);
    for (size_t i = 0; i < count; i++) {
        if (!parse_candidate(json_array_get(list, i), &candidates[i])) {
            return false;
        }
    }
    learnt->candidates = candidates;
    learnt->candidate_count = (int)count;
    learnt->chosen = (int)chosen;
    learnt->by_ratio = json_is_true(by_ratio);
    return parse_error(json_object_get(json, "error"), &learnt->error);
}

static bool parse_calibration(const json_t* json, og_calibration* calibration) {
    if (!og_json_real(json, "blend", &calibration->blend) ||
        !og_json_real(json, "typical", &calibration->typical) ||
        !parse_reals(json_object_get(json, "quantiles"), PARSE_UNCERTAINTY, calibration->quantiles,
                     OG_CALIBRATION_LEVELS)) {
        return false;
    }
    for (int i = 0; i < OG_CALIBRATION_LEVELS; i++) {
        if (calibration->quantiles[i] < 0) {
            return false;
        }
    }
    return calibration->blend >= 0 && calibration->blend <= 1 && calibration->typical >= 0 &&
           calibration->typical <= PARSE_UNCERTAINTY;
}

static og_status parse_numbers(const parse_source* source, const json_t* json,
                               const og_column* columns, og_proxy_part* part) {
    const int width = source->proxy->space->count;
    if (!og_learner_takes(part->model, columns, width)) {
        return og_fail(OG_ERROR_FILE, "its space is too large for model %s",
                       og_proxy_model_names[part->model]);
    }
    const int count = og_learner_number_count(part->model, columns, width);
    assert(count <= PARSE_NUMBERS);
    double* numbers = OG_NEW(source->arena, double, count);
    if (!parse_reals(json_object_get(json, "numbers"), INFINITY, numbers, (size_t)count) ||
        !og_learner_numbers_good(part->model, numbers, count)) {
        return og_fail(OG_ERROR_FILE, "its model %s needs %d numbers within bounds",
                       og_proxy_model_names[part->model], count);
    }
    part->numbers = count > 0 ? numbers : NULL;
    return OG_OK;
}

static og_status parse_metric(const parse_source* source, const json_t* json,
                              const og_column* columns, og_proxy_learnt* learnt,
                              og_proxy_part* part) {
    const json_t* better = json_object_get(json, "better");
    const json_int_t sign = json_integer_value(better);
    og_proxy_metric* metric = &learnt->metric;
    if (!og_json_text(source->arena, json, "name", false, &metric->name) ||
        !og_json_text(source->arena, json, "unit", false, &metric->unit) ||
        !og_json_text(source->arena, json, "doc", false, &metric->doc) ||
        !json_is_integer(better) || sign < -1 || sign > 1) {
        return og_fail(OG_ERROR_FILE, "it is not described");
    }
    metric->better = (int)sign;
    if (!parse_candidates(source, json, learnt) || !parse_calibration(json, &part->calibration)) {
        return og_fail(OG_ERROR_FILE, "%.100s: its candidates or its calibration are damaged",
                       metric->name);
    }
    part->model = learnt->candidates[learnt->chosen].model;
    part->logarithm = learnt->candidates[learnt->chosen].logarithm;
    const og_status status = parse_numbers(source, json, columns, part);
    return status == OG_OK ? OG_OK : og_fail_context(status, "%.100s", metric->name);
}

// Names of metrics are those of parameters: valid, and none twice.
static og_status parse_names(const parse_source* source) {
    const og_proxy* proxy = source->proxy;
    const int count = proxy->table.count + proxy->metric_count;
    og_parameter* rows = OG_NEW(source->arena, og_parameter, count);
    for (int i = 0; i < count; i++) {
        const char* name = i < proxy->table.count
                               ? proxy->table.parameters[i].name
                               : proxy->metrics[i - proxy->table.count].metric.name;
        rows[i] = (og_parameter){OG_BOOLEAN_ROW(name, 0, "")};
    }
    return og_parameters_check(rows, count);
}

static og_status parse_metrics(parse_source* source) {
    const json_t* list = json_object_get(source->root, "metrics");
    const size_t count = json_array_size(list);
    if (count == 0 || count > OG_PROXY_MOST_METRICS) {
        return og_fail(OG_ERROR_FILE, "1 .. %d needed", OG_PROXY_MOST_METRICS);
    }
    og_proxy_learnt* metrics = OG_NEW(source->arena, og_proxy_learnt, count);
    og_proxy_part* parts = OG_NEW(source->arena, og_proxy_part, count);
    const og_rows rows = og_rows_make(source->arena, source->proxy->space);
    for (size_t i = 0; i < count; i++) {
        const og_status status =
            parse_metric(source, json_array_get(list, i), rows.columns, &metrics[i], &parts[i]);
        if (status != OG_OK) {
            return og_fail_context(status, "number %zu", i);
        }
    }
    source->proxy->metrics = metrics;
    source->proxy->metric_count = (int)count;
    source->proxy->internals->parts = parts;
    return parse_names(source);
}

// One design: its parameters, and its metrics or null.
static og_status parse_design(const parse_source* source, const json_t* x, const json_t* y,
                              double* design, double* metrics, bool* feasible) {
    const og_proxy* proxy = source->proxy;
    if (!parse_reals(x, INFINITY, design, (size_t)proxy->space->count)) {
        return og_fail(OG_ERROR_FILE, "%d finite numbers needed", proxy->space->count);
    }
    OG_TRY(og_space_check(proxy->space, design));
    *feasible = !json_is_null(y);
    if (!*feasible) {
        return OG_OK;
    }
    if (!parse_reals(y, OG_PROXY_LARGEST, metrics, (size_t)proxy->metric_count)) {
        return og_fail(OG_ERROR_FILE, "%d metrics of at most %g needed", proxy->metric_count,
                       OG_PROXY_LARGEST);
    }
    for (int m = 0; m < proxy->metric_count; m++) {
        if (proxy->internals->parts[m].logarithm && !(metrics[m] > 0)) {
            return og_fail(OG_ERROR_FILE, "metric %.100s has a logarithm, but is %g",
                           proxy->metrics[m].metric.name, metrics[m]);
        }
    }
    return OG_OK;
}

static og_status parse_designs(parse_source* source) {
    og_proxy* proxy = source->proxy;
    struct og_proxy_internals* own = proxy->internals;
    const json_t* list = json_object_get(source->root, "designs");
    const size_t count = json_array_size(list) / 2;
    if (count < 1 || count > OG_PROXY_MOST_DESIGNS || json_array_size(list) % 2 != 0) {
        return og_fail(OG_ERROR_FILE, "1 .. %d needed, each with its metrics or null",
                       OG_PROXY_MOST_DESIGNS);
    }
    const size_t width = (size_t)proxy->space->count;
    const size_t metrics = (size_t)proxy->metric_count;
    double* x = OG_NEW(source->arena, double, count* width);
    double* y = OG_NEW(source->arena, double, count* metrics);
    bool* feasible = OG_NEW(source->arena, bool, count);
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        const og_status status =
            parse_design(source, json_array_get(list, 2 * i), json_array_get(list, 2 * i + 1),
                         x + i * width, y + i * metrics, &feasible[i]);
        if (status != OG_OK) {
            return og_fail_context(status, "number %zu", i);
        }
        known += feasible[i];
    }
    own->count = (int)count;
    own->x = x;
    own->y = y;
    own->feasible = feasible;
    proxy->designs = (int64_t)count;
    proxy->feasibility.infeasible = (int64_t)(count - known);
    return known > 0 ? OG_OK : og_fail(OG_ERROR_FILE, "none has metrics");
}

static bool parse_studies(parse_source* source) {
    const json_t* list = json_object_get(source->root, "studies");
    const size_t count = json_array_size(list);
    if (!json_is_array(list) || count > PARSE_STUDIES) {
        return false;
    }
    const char** studies = OG_NEW(source->arena, const char*, count);
    for (size_t i = 0; i < count; i++) {
        const json_t* item = json_array_get(list, i);
        if (!json_is_string(item)) {
            return false;
        }
        studies[i] = og_text_copy(source->arena, json_string_value(item), json_string_length(item));
    }
    source->proxy->studies = studies;
    source->proxy->study_count = (int)count;
    return true;
}

static bool parse_seed(const json_t* root, uint64_t* seed) {
    int64_t value = 0;
    const char* text = json_string_value(json_object_get(root, "seed"));
    const bool good = text != NULL && og_text_integer(text, &value) && value >= 0;
    *seed = (uint64_t)value;
    return good;
}

// What the proxy comes from.
static og_status parse_origin(parse_source* source) {
    og_proxy* proxy = source->proxy;
    const json_t* feasibility = json_object_get(source->root, "feasibility");
    const json_t* known = json_object_get(feasibility, "known");
    proxy->feasibility.known = json_is_true(known);
    if (!og_json_text(source->arena, source->root, "environment", false, &proxy->environment) ||
        !og_json_text(source->arena, source->root, "identity", false, &proxy->identity) ||
        !parse_studies(source) || !parse_count(source->root, "trials", &proxy->trials) ||
        !parse_count(source->root, "distinct", &proxy->distinct) ||
        !parse_count(source->root, "groups", &proxy->groups) ||
        !parse_seed(source->root, &proxy->internals->seed) || !json_is_boolean(known) ||
        !parse_maybe(json_object_get(feasibility, "skill"), &proxy->feasibility.skill) ||
        !parse_maybe(json_object_get(feasibility, "ranking"), &proxy->feasibility.ranking)) {
        return og_fail(OG_ERROR_FILE, "where it comes from is damaged");
    }
    return OG_OK;
}

static og_status parse_version(const parse_source* source) {
    const json_t* version = json_object_get(source->root, "ogive_proxy");
    if (!json_is_integer(version)) {
        return og_fail(OG_ERROR_FILE, "this is no proxy (`ogive proxy fit` makes them)");
    }
    return json_integer_value(version) == PARSE_VERSION
               ? OG_OK
               : og_fail(OG_ERROR_FILE, "version %lld, this program reads version %d",
                         (long long)json_integer_value(version), PARSE_VERSION);
}

static og_status parse_root(parse_source* source) {
    og_proxy* proxy = source->proxy;
    OG_TRY(parse_version(source));
    OG_TRY(parse_origin(source));
    OG_TRY(
        og_space_json_read(source->arena, json_object_get(source->root, "space"), &proxy->table));
    if (proxy->table.count > OG_PROXY_MOST_PARAMETERS ||
        proxy->table.constraint_count > PARSE_CONSTRAINTS) {
        return og_fail(OG_ERROR_FILE, "space: at most %d parameters and %d constraints",
                       OG_PROXY_MOST_PARAMETERS, PARSE_CONSTRAINTS);
    }
    og_status status = og_space_create(source->arena, &proxy->table, &proxy->space);
    if (status != OG_OK) {
        return og_fail_context(status, "space");
    }
    status = parse_metrics(source);
    if (status != OG_OK) {
        return og_fail_context(status, "metrics");
    }
    status = parse_designs(source);
    if (status != OG_OK) {
        return og_fail_context(status, "designs");
    }
    og_proxy_build(source->arena, proxy);
    return OG_OK;
}

og_status og_proxy_parse(og_arena* arena, const char* text, size_t size, const char* name,
                         const og_proxy** parsed) {
    json_error_t error;
    json_t* root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        return og_fail(OG_ERROR_FILE, "%s:%d: this is no JSON: %s", name, error.line, error.text);
    }
    og_proxy* proxy = OG_NEW(arena, og_proxy, 1);
    proxy->internals = OG_NEW(arena, struct og_proxy_internals, 1);
    parse_source source = {arena, name, root, proxy};
    const og_status status = parse_root(&source);
    json_decref(root);
    *parsed = proxy;
    return status == OG_OK ? OG_OK : og_fail_context(status, "%s", name);
}
