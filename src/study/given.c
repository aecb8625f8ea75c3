// Designs that the user gave: their file is read anew by every run, and must say the same each
// time.

#include <string.h>

#include "ogive/text.h"
#include "study/run.h"

og_status og_run_load_given(og_run* run) {
    const og_plan* plan = run->plan;
    if (!plan->enqueue) {
        return OG_OK;
    }
    const char* where = plan->enqueue_where ? plan->enqueue_where : "enqueue";
    if (strcmp(plan->enqueue, "-") == 0) {
        return og_fail(OG_ERROR_VALUE,
                       "%s: a file is needed: standard input cannot be read again when the study "
                       "is resumed",
                       where);
    }
    og_designs* designs = &run->enqueued;
    const og_status status =
        og_designs_load(run->work, &run->model, run->problem->space, plan->enqueue, designs);
    if (status != OG_OK) {
        return og_fail_context(status, "%s", where);
    }
    if (designs->bad > 0) {
        const char* more = designs->bad == 1
                               ? ""
                               : og_text_format(run->work, " (and %lld more bad rows)",
                                                (long long)designs->bad - 1);
        return og_fail(OG_ERROR_VALUE, "%s%s", designs->problems[0], more);
    }
    return OG_OK;
}

void og_run_fill_given(const og_run* run, double* x, int64_t count) {
    const size_t width = (size_t)run->problem->table.count;
    for (int64_t i = 0; i < count; i++) {
        const int64_t enqueued = i - run->imported;
        if (enqueued >= 0 && enqueued < run->enqueued.count) {
            memcpy(x + (size_t)i * width, run->enqueued.x + (size_t)enqueued * width,
                   width * sizeof *x);
            continue;
        }
        memcpy(x + (size_t)i * width, og_record_at(run->record, i)->x, width * sizeof *x);
    }
}
