// Taking up a study: a new row in the store, or the recorded one when it asks for the same.

#include <inttypes.h>
#include <string.h>

#include "ogive/text.h"
#include "study/control.h"
#include "study/task.h"

// What must be the same in the plan and in the record besides the task.
static void resume_traits(og_arena* work, const og_study_record* record, og_trait traits[4]) {
    traits[0] = (og_trait){"agent", record->agent, true};
    traits[1] = (og_trait){"agent options", record->agent_options, true};
    traits[2] = (og_trait){"seed", og_text_format(work, "%" PRIu64, record->seed), true};
    traits[3] = (og_trait){"batch", og_text_format(work, "%d", record->batch), true};
}

static og_status resume_compare_traits(og_run* run, const char* name, const og_trait* recorded,
                                       const og_trait* wanted, int count) {
    for (int i = 0; i < count; i++) {
        if (strcmp(recorded[i].text, wanted[i].text) == 0) {
            continue;
        }
        const char* detail = recorded[i].is_short
                                 ? og_text_format(run->work, " (recorded: %s; asked for: %s)",
                                                  recorded[i].text, wanted[i].text)
                                 : "";
        return og_fail(OG_ERROR_STORE,
                       "%s: study '%s' was made with other %s%s; give this run another name",
                       run->store->path, name, recorded[i].name, detail);
    }
    return OG_OK;
}

// A study that was imported and not run yet takes any agent.
static bool resume_is_open(const og_study_record* record) {
    return strcmp(record->agent, OG_RUN_NO_AGENT) == 0;
}

static og_status resume_compare(og_run* run, const og_store_entry* recorded) {
    const og_study_record* a = &recorded->record;
    const og_study_record* b = &run->entry.record;
    og_trait traits[2][4];
    resume_traits(run->work, a, traits[0]);
    resume_traits(run->work, b, traits[1]);
    if (!resume_is_open(a)) {
        OG_TRY(resume_compare_traits(run, a->name, traits[0], traits[1], 4));
    }
    og_trait tasks[2][OG_TASK_TRAITS];
    og_task_traits(run->work, a, tasks[0]);
    og_task_traits(run->work, b, tasks[1]);
    OG_TRY(resume_compare_traits(run, a->name, tasks[0], tasks[1], OG_TASK_TRAITS));
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
    trial->source = source->source;
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
            // they stand before all others
            run->imported += trials[i].source == OG_IMPORTED;
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
    OG_TRY(og_store_open(run->plan->store, OG_STORE_CREATE, &run->store));
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
    OG_TRY(og_control_forget(run));
    return resume_load(run, &recorded.record);
}
