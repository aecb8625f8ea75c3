// Taking up a study: a new row in the store, or the recorded one when it asks for the same.

#include <inttypes.h>
#include <string.h>

#include "ogive/text.h"
#include "study/run.h"

// One thing that must be the same in the plan and in the record.
typedef struct resume_trait {
    const char* name;
    const char* recorded;
    const char* wanted;
    bool short_enough;  // to be shown
} resume_trait;

static og_status resume_compare(og_run* run, const og_store_entry* recorded) {
    const og_study_record* a = &recorded->record;
    const og_study_record* b = &run->entry.record;
    og_arena* work = run->work;
    const resume_trait traits[] = {
        {"environment", a->environment, b->environment, true},
        {"agent", a->agent, b->agent, true},
        {"agent options", recorded->agent_options, run->entry.agent_options, true},
        {"seed", og_text_format(work, "%" PRIu64, a->seed),
         og_text_format(work, "%" PRIu64, b->seed), true},
        {"batch", og_text_format(work, "%d", recorded->batch),
         og_text_format(work, "%d", run->entry.batch), true},
        {"objectives", og_store_list_print(work, a->objectives, a->objective_count),
         og_store_list_print(work, b->objectives, b->objective_count), true},
        {"constraints", og_store_list_print(work, a->constraints, a->constraint_count),
         og_store_list_print(work, b->constraints, b->constraint_count), true},
        {"metrics", og_store_metrics_print(work, a->metrics, a->metric_count, false),
         og_store_metrics_print(work, b->metrics, b->metric_count, false), false},
        {"space", og_store_table_print(work, &a->space, false),
         og_store_table_print(work, &b->space, false), false},
        {"environment options, files or version", a->identity, b->identity, true},
    };
    for (size_t i = 0; i < sizeof traits / sizeof *traits; i++) {
        const resume_trait* trait = &traits[i];
        if (strcmp(trait->recorded, trait->wanted) == 0) {
            continue;
        }
        const char* detail = trait->short_enough
                                 ? og_text_format(work, " (recorded: %s; asked for: %s)",
                                                  trait->recorded, trait->wanted)
                                 : "";
        return og_fail(OG_ERROR_STORE,
                       "%s: study '%s' was made with other %s%s; give this run another name",
                       run->store->path, a->name, trait->name, detail);
    }
    const size_t width = (size_t)b->space.count * sizeof(double);
    const size_t height = (size_t)b->metric_count * sizeof(double);
    if (memcmp(a->reference_x, b->reference_x, width) != 0 ||
        memcmp(a->reference_y, b->reference_y, height) != 0) {
        return og_fail(OG_ERROR_STORE,
                       "%s: study '%s' has other metrics for the default design: the simulator "
                       "has changed since, or it is not deterministic",
                       run->store->path, a->name);
    }
    return OG_OK;
}

static void resume_take(og_run* run, const og_trial* source) {
    og_record* record = run->record;
    og_trial* trial = og_record_reserve(record, record->count, source->x);
    memcpy(og_record_metrics(record, trial->number), source->y,
           (size_t)run->problem->metric_count * sizeof *source->y);
    trial->outcome = source->outcome;
    trial->reason = og_record_reason(record, source->reason);
    trial->loss = source->loss;
    trial->violation = source->violation;
    trial->repeat_of = source->repeat_of;
    trial->started = source->started;
    trial->seconds = source->seconds;
    og_record_complete(record);
}

// Bring the recorded trials into memory, a page at a time.
static og_status resume_load(og_run* run, const og_study_record* recorded) {
    enum { PAGE = 16384 };
    og_arena* page = og_arena_create();
    og_status status = OG_OK;
    while (status == OG_OK && run->record->count < recorded->trial_count) {
        const og_arena_mark mark = og_arena_here(page);
        og_trial* trials;
        int64_t count;
        status = og_store_trials(run->store, page, recorded->id, run->record->count, PAGE, &trials,
                                 &count);
        for (int64_t i = 0; status == OG_OK && i < count; i++) {
            resume_take(run, &trials[i]);
        }
        og_arena_rewind(page, mark);
    }
    og_arena_destroy(page);
    run->recorded = run->written = run->record->count;
    run->simulated_before = run->record->evaluated;
    return status;
}

og_status og_run_resume(og_run* run) {
    if (!run->plan->store) {
        return OG_OK;
    }
    OG_TRY(og_store_open(run->plan->store, true, &run->store));
    const char* name = run->entry.record.name;
    bool added;
    OG_TRY(og_store_add(run->store, &run->entry, &added));
    if (!added && run->options->fresh) {
        return og_fail(OG_ERROR_STORE, "%s has a study '%s' already", run->store->path, name);
    }
    // only the holder of the lock may read where the record ends
    bool found;
    og_store_entry recorded;
    OG_TRY(og_store_find(run->store, run->work, name, &found, &recorded));
    if (found) {
        OG_TRY(og_store_lock(run->store, recorded.record.id, name));
        OG_TRY(og_store_find(run->store, run->work, name, &found, &recorded));
    }
    if (!found) {
        return og_fail(OG_ERROR_STORE, "%s: study '%s' was removed meanwhile", run->store->path,
                       name);
    }
    OG_TRY(resume_compare(run, &recorded));
    run->entry.record.id = recorded.record.id;
    run->entry.record.stop = recorded.record.stop;
    run->entry.record.created =
        og_text_copy(run->arena, recorded.record.created, strlen(recorded.record.created));
    run->entry.elapsed = recorded.elapsed;
    return resume_load(run, &recorded.record);
}
