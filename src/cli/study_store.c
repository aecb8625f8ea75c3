#include "cli/study_store.h"

#include "ogive/file.h"

static og_status study_store_named(const og_call* call, og_store* store, og_study_record** studies,
                                   int* count) {
    int given = 0;
    const char* const* names = og_call_texts(call, "study", &given);
    *studies = OG_NEW(call->arena, og_study_record, given);
    *count = 0;
    for (int i = 0; i < given; i++) {
        og_study_record* study = &(*studies)[*count];
        OG_TRY(og_store_study(store, call->arena, names[i], study));
        // a study that is named twice counts once
        bool fresh = true;
        for (int j = 0; j < *count; j++) {
            fresh = fresh && (*studies)[j].id != study->id;
        }
        *count += fresh;
    }
    return OG_OK;
}

og_status og_stored_studies(const og_call* call, og_store** store, og_study_record** studies,
                            int* count) {
    const char* path = og_call_argument(call, 0);
    OG_TRY(og_store_open(path, OG_STORE_READ, store));
    og_status status = og_call_given(call, "study")
                           ? study_store_named(call, *store, studies, count)
                           : og_store_studies(*store, call->arena, studies, count);
    if (status == OG_OK && *count == 0) {
        status = og_fail(OG_ERROR_STORE, "%s: holds no study yet", og_store_path(*store));
    }
    if (status != OG_OK) {
        og_store_close(*store);
        *store = NULL;
    }
    return status;
}

og_status og_stored_trials(const og_call* call, og_store* store, const og_study_record* record,
                           og_report_study* study) {
    og_trial* trials = NULL;
    int64_t count = 0;
    OG_TRY(
        og_store_trials(store, call->arena, record->id, 0, record->trial_count, &trials, &count));
    study->record = *record;
    study->record.trial_count = count;
    study->trials = trials;
    return OG_OK;
}

og_status og_stored_diagnostics(const og_call* call, og_store* store, const og_study_record* record,
                                og_report_study* study) {
    og_recorded_diagnostic* list = NULL;
    OG_TRY(og_store_diagnostics(store, call->arena, record->id, &list, &study->diagnostic_count));
    study->diagnostics = list;
    return OG_OK;
}

og_status og_stored_write(const og_call* call, const og_buffer* text) {
    const char* path = og_call_text(call, "output");
    if (og_file_same(path, og_call_argument(call, 0))) {
        return og_fail(OG_ERROR_VALUE, "--output: %s is the store itself, which would be lost",
                       path);
    }
    return og_file_write(path, text->data, text->length);
}

og_status og_stored_trial(const og_call* call, og_store* store, const og_study_record* record,
                          int64_t number, const og_trial** trial) {
    og_trial* found = NULL;
    int64_t count = 0;
    *trial = NULL;
    if (number >= 0) {
        OG_TRY(og_store_trials(store, call->arena, record->id, number, 1, &found, &count));
        *trial = count == 1 ? found : NULL;
    }
    return OG_OK;
}
