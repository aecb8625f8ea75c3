// A study as text: trials, pages, pictures.

#include <string.h>

#include "binding/study.h"
#include "binding/text.h"
#include "ogive/report.h"
#include "ogive/text.h"

static og_status report_study(og_binding_study* study, og_arena* arena, og_report_study* shown) {
    OG_TRY(og_session_record(study->session, &shown->record));
    const int64_t count = shown->record.trial_count;
    og_trial* trials = OG_NEW(arena, og_trial, count);
    int64_t found;
    OG_TRY(og_session_trials(study->session, 0, count, trials, NULL, &found));
    // others may have told more meanwhile
    shown->record.trial_count = found;
    shown->trials = trials;
    return OG_OK;
}

static og_status report_set(og_picture* picture, const char* key, const char* value) {
    const struct {
        const char* key;
        const char** value;
    } fields[] = {
        {"x", &picture->x},
        {"y", &picture->y},
        {"color", &picture->color},
        {"metric", &picture->metric},
        {"parameter", &picture->parameters[0]},
        {"other", &picture->parameters[1]},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(fields[i].key, key) == 0) {
            *fields[i].value = value;
            return OG_OK;
        }
    }
    return og_fail(OG_ERROR_NAME,
                   "no setting '%s' of pictures, allowed: x, y, color, metric, parameter, other",
                   key);
}

static og_status report_picture(const og_report_study* study, const char* form, int count,
                                const char* const* keys, const char* const* values,
                                og_buffer* out) {
    const og_picture_kind* kind;
    OG_TRY(og_picture_kind_find(form, &kind));
    og_picture picture = {.arena = out->arena, .studies = study, .count = 1};
    for (int i = 0; i < count; i++) {
        OG_TRY(report_set(&picture, keys[i], values[i]));
    }
    return og_picture_svg(kind, &picture, out);
}

static og_status report_print(const og_report_study* study, const char* form, int count,
                              const char* const* keys, const char* const* values, og_buffer* out) {
    if (strcmp(form, "csv") == 0) {
        og_report_csv(study, false, out);
    } else if (strcmp(form, "json") == 0) {
        og_report_json(study, false, out);
    } else if (strcmp(form, "html") == 0) {
        og_report_page(out->arena, study, 1, out);
    } else {
        return report_picture(study, form, count, keys, values, out);
    }
    return OG_OK;
}

og_status og_binding_study_report(og_binding_study* study, const char* form, int count,
                                  const char* const* keys, const char* const* values, char* text,
                                  size_t size, size_t* length) {
    og_arena* arena = og_arena_create();
    og_buffer out = {.arena = arena};
    og_report_study shown = {0};
    og_status status = report_study(study, arena, &shown);
    if (status == OG_OK) {
        status = report_print(&shown, form, count, keys, values, &out);
    }
    if (status == OG_OK) {
        *length = out.length;
        memcpy(text, out.data, out.length < size ? out.length : size);
    }
    og_arena_destroy(arena);
    return status;
}
