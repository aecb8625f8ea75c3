// A proxy as a file: JSON, one line a member and a design.

#include "ogive/file.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "proxy/internals.h"
#include "space/space_json.h"

enum { FILE_VERSION = 1 };
#define FILE_LIMIT ((size_t)1 << 28)  // bytes of a file

static void file_real(double value, og_buffer* out) {
    char text[32];
    og_buffer_print(out, "%s", isfinite(value) ? og_text_real(value, text) : "null");
}

static void file_reals(const double* values, int count, og_buffer* out) {
    og_buffer_add(out, "[", 1);
    for (int i = 0; i < count; i++) {
        og_buffer_print(out, "%s", i > 0 ? "," : "");
        file_real(values[i], out);
    }
    og_buffer_add(out, "]", 1);
}

static void file_text(const char* text, og_buffer* out) {
    json_t* json = og_json_string(text);
    const size_t size = json_dumpb(json, NULL, 0, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    char* quoted = og_arena_allocate(out->arena, size + 1);
    json_dumpb(json, quoted, size, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    json_decref(json);
    og_buffer_add(out, quoted, size);
}

static void file_error(const og_proxy_error* error, og_buffer* out) {
    file_reals((const double[]){error->value, error->low, error->high}, 3, out);
}

static void file_candidate(const og_proxy_candidate* candidate, og_buffer* out) {
    og_buffer_print(
        out, "{\"model\":\"%s\",\"logarithm\":%s,\"rmse\":", og_proxy_model_names[candidate->model],
        candidate->logarithm ? "true" : "false");
    file_error(&candidate->rmse, out);
    og_buffer_print(out, ",\"ratio\":");
    file_error(&candidate->ratio, out);
    og_buffer_print(out, ",\"relative\":");
    file_real(candidate->relative, out);
    og_buffer_print(out, ",\"explained\":");
    file_real(candidate->explained, out);
    og_buffer_print(out, ",\"spearman\":");
    file_real(candidate->spearman, out);
    og_buffer_print(out, ",\"raw\":");
    file_reals(candidate->raw, OG_PROXY_COVERAGES, out);
    og_buffer_print(out, ",\"calibrated\":");
    file_reals(candidate->calibrated, OG_PROXY_COVERAGES, out);
    og_buffer_add(out, "}", 1);
}

static void file_metric(const og_proxy* proxy, int index, og_buffer* out) {
    const og_proxy_learnt* learnt = &proxy->metrics[index];
    const og_proxy_part* part = &proxy->internals->parts[index];
    og_buffer_print(out, "{\"name\":");
    file_text(learnt->metric.name, out);
    og_buffer_print(out, ",\"unit\":");
    file_text(learnt->metric.unit, out);
    og_buffer_print(out, ",\"doc\":");
    file_text(learnt->metric.doc, out);
    og_buffer_print(out, ",\"better\":%d,\n\"candidates\":[\n", learnt->metric.better);
    for (int c = 0; c < learnt->candidate_count; c++) {
        file_candidate(&learnt->candidates[c], out);
        og_buffer_print(out, "%s\n", c + 1 < learnt->candidate_count ? "," : "],");
    }
    og_buffer_print(out, "\"chosen\":%d,\"by_ratio\":%s,\"error\":", learnt->chosen,
                    learnt->by_ratio ? "true" : "false");
    file_error(&learnt->error, out);
    og_buffer_print(out, ",\n\"blend\":");
    file_real(part->calibration.blend, out);
    og_buffer_print(out, ",\"typical\":");
    file_real(part->calibration.typical, out);
    og_buffer_print(out, ",\"quantiles\":");
    file_reals(part->calibration.quantiles, OG_CALIBRATION_LEVELS, out);
    og_buffer_print(out, ",\n\"numbers\":");
    file_reals(
        part->numbers,
        og_learner_number_count(part->model, proxy->internals->rows.columns, proxy->space->count),
        out);
    og_buffer_add(out, "}", 1);
}

static void file_header(const og_proxy* proxy, og_buffer* out) {
    og_buffer_print(out, "{\"ogive_proxy\":%d,\n\"environment\":", FILE_VERSION);
    file_text(proxy->environment, out);
    og_buffer_print(out, ",\n\"identity\":");
    file_text(proxy->identity, out);
    og_buffer_print(out, ",\n\"studies\":[");
    for (int i = 0; i < proxy->study_count; i++) {
        og_buffer_print(out, "%s", i > 0 ? "," : "");
        file_text(proxy->studies[i], out);
    }
    og_buffer_print(out,
                    "],\n\"trials\":%lld,\"distinct\":%lld,\"groups\":%lld,\"seed\":\"%llu\",\n",
                    (long long)proxy->trials, (long long)proxy->distinct, (long long)proxy->groups,
                    (unsigned long long)proxy->internals->seed);
    og_buffer_print(out, "\"space\":");
    const char* space = og_json_print(out->arena, og_space_json(&proxy->table, true));
    og_buffer_add(out, space, strlen(space));
    og_buffer_print(out, ",\n\"feasibility\":{\"known\":%s,\"skill\":",
                    proxy->feasibility.known ? "true" : "false");
    file_real(proxy->feasibility.skill, out);
    og_buffer_print(out, ",\"ranking\":");
    file_real(proxy->feasibility.ranking, out);
    og_buffer_print(out, "},\n");
}

void og_proxy_print(const og_proxy* proxy, og_buffer* out) {
    const struct og_proxy_internals* own = proxy->internals;
    file_header(proxy, out);
    og_buffer_print(out, "\"metrics\":[\n");
    for (int m = 0; m < proxy->metric_count; m++) {
        file_metric(proxy, m, out);
        og_buffer_print(out, "%s\n", m + 1 < proxy->metric_count ? "," : "],");
    }
    // a design: its parameters, then its metrics unless it has none
    og_buffer_print(out, "\"designs\":[\n");
    for (int i = 0; i < own->count; i++) {
        file_reals(own->x + (long)i * proxy->space->count, proxy->space->count, out);
        og_buffer_add(out, ",", 1);
        if (own->feasible[i]) {
            file_reals(own->y + (long)i * proxy->metric_count, proxy->metric_count, out);
        } else {
            og_buffer_print(out, "null");
        }
        og_buffer_print(out, "%s\n", i + 1 < own->count ? "," : "]}");
    }
}

og_status og_proxy_save(const og_proxy* proxy, const char* path) {
    og_arena* arena = og_arena_create();
    og_buffer out = {.arena = arena};
    og_proxy_print(proxy, &out);
    const og_status status = og_file_write(path, out.data, out.length);
    og_arena_destroy(arena);
    return status;
}

og_status og_proxy_load(og_arena* arena, const char* path, const og_proxy** proxy, uint64_t* hash) {
    og_arena* content = og_arena_create();
    char* data = NULL;
    size_t size = 0;
    og_status status = og_file_read(content, path, FILE_LIMIT, &data, &size);
    if (status == OG_OK) {
        status = og_proxy_parse(arena, data, size, path, proxy);
    }
    if (status == OG_OK && hash != NULL) {
        *hash = og_hash(OG_HASH_START, data, size);
    }
    og_arena_destroy(content);
    return status;
}
