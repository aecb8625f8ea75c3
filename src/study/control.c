// Requests are rows of a table: another process writes them, the run reads them whenever it brings
// the store up to date. A request is gone once it was read, and all are gone when a run begins.

#include "study/control.h"

#include <math.h>
#include <string.h>

#include "ogive/study.h"
#include "ogive/text.h"

enum { CONTROL_WAITING = 1000 };  // requests of a study that may wait

static const char control_stop[] = "stop";
static const char control_evaluations[] = "evaluations";
static const char control_seconds[] = "seconds";
static const char control_design[] = "design";

// Trials of the plan or fewer, or no such budget at all: nothing to extend.
static og_status control_check_budget(og_arena* arena, const og_study_record* record,
                                      const og_store* store, int64_t evaluations, double seconds) {
    og_plan plan = {0};
    OG_TRY(og_plan_parse(arena, record->plan, strlen(record->plan), "plan", &plan));
    const bool count = evaluations != 0;
    const double budget = count ? (double)plan.evaluations : plan.seconds;
    const char* unit = count ? "evaluations" : "seconds";
    if (!(budget > 0)) {
        return og_fail(OG_ERROR_VALUE, "%s: study '%s' has no budget in %s", og_store_path(store),
                       record->name, unit);
    }
    const double wanted = count ? (double)evaluations : seconds;
    if (!(wanted > budget) || !(wanted <= 1e15)) {
        return og_fail(OG_ERROR_VALUE,
                       "%s: the budget of study '%s' is %g %s: more of them, please",
                       og_store_path(store), record->name, budget, unit);
    }
    return OG_OK;
}

static og_status control_check_running(og_store* store, og_arena* arena, const char* name,
                                       og_study_record* record) {
    bool running = false;
    OG_TRY(og_store_study(store, arena, name, record));
    OG_TRY(og_store_running(store, record->id, &running));
    return running
               ? OG_OK
               : og_fail(OG_ERROR_VALUE,
                         "%s: study '%s' is not running, so nobody would hear; `ogive run` goes "
                         "on with it",
                         og_store_path(store), name);
}

static og_status control_ask(og_store* store, const og_study_record* record, const char* request,
                             const char* value) {
    const og_value values[] = {og_value_integer(record->id), og_value_text(request),
                               og_value_text(value)};
    int64_t waiting = 0;
    OG_TRY(og_store_integer(store, "SELECT COUNT(*) FROM control WHERE study = $1", values, 1, 0,
                            &waiting));
    if (waiting >= CONTROL_WAITING) {
        return og_fail(OG_ERROR_VALUE, "%s: study '%s' has not answered %d requests yet",
                       og_store_path(store), record->name, (int)CONTROL_WAITING);
    }
    return og_store_execute(store, "INSERT INTO control(study, request, value) VALUES($1, $2, $3)",
                            values, 3, NULL);
}

og_status og_store_ask_stop(og_store* store, const char* name) {
    og_arena* arena = og_arena_create();
    og_study_record record;
    og_status status = control_check_running(store, arena, name, &record);
    if (status == OG_OK) {
        status = control_ask(store, &record, control_stop, "");
    }
    og_arena_destroy(arena);
    return status;
}

og_status og_store_ask_extend(og_store* store, const char* name, int64_t evaluations,
                              double seconds) {
    og_arena* arena = og_arena_create();
    og_study_record record;
    char text[32];
    og_text_real(evaluations != 0 ? (double)evaluations : seconds, text);
    og_status status = control_check_running(store, arena, name, &record);
    if (status == OG_OK) {
        status = control_check_budget(arena, &record, store, evaluations, seconds);
    }
    if (status == OG_OK) {
        status = control_ask(store, &record,
                             evaluations != 0 ? control_evaluations : control_seconds, text);
    }
    og_arena_destroy(arena);
    return status;
}

static const char* control_print_design(og_arena* arena, const double* x, int count) {
    og_buffer text = {.arena = arena};
    for (int i = 0; i < count; i++) {
        char value[32];
        og_text_real(x[i], value);
        og_buffer_print(&text, "%s%s", i > 0 ? " " : "", value);
    }
    return text.data;
}

og_status og_store_ask_design(og_store* store, const char* name, const double* x) {
    og_arena* arena = og_arena_create();
    og_study_record record;
    const og_space* space = NULL;
    og_status status = control_check_running(store, arena, name, &record);
    if (status == OG_OK) {
        status = og_space_create(arena, &record.space, &space);
    }
    if (status == OG_OK) {
        status = og_space_check(space, x);
    }
    if (status == OG_OK) {
        status = control_ask(store, &record, control_design,
                             control_print_design(arena, x, record.space.count));
    }
    og_arena_destroy(arena);
    return status;
}

og_status og_control_forget(og_run* run) {
    const og_value id = og_value_integer(run->entry.record.id);
    return og_store_execute(run->store, "DELETE FROM control WHERE study = $1", &id, 1, NULL);
}

// The plan with another budget, also in the record.
static void control_extend(og_run* run, int64_t evaluations, double seconds) {
    run->extended = *run->plan;
    run->extended.evaluations = evaluations > 0 ? evaluations : run->plan->evaluations;
    run->extended.seconds = seconds > 0 ? seconds : run->plan->seconds;
    run->plan = &run->extended;
    og_plan kept = run->extended;
    kept.name = run->entry.record.name;
    kept.store = NULL;
    kept.workers = OG_WORKERS_DEFAULT;
    run->entry.record.plan = og_plan_print(run->arena, &kept);
    if (seconds > 0 && run->timing) {
        run->evaluation.deadline = run->evaluation.origin + seconds;
    }
}

// Keep a design until the batch is complete; one that is none of this space is left out.
static void control_keep(og_run* run, const char* text) {
    const int width = run->problem->table.count;
    char** parts = NULL;
    if (og_text_split(run->work, text, ' ', &parts) != width) {
        return;
    }
    double* x = OG_NEW(run->work, double, width);
    for (int i = 0; i < width; i++) {
        if (!og_text_number(parts[i], &x[i])) {
            return;
        }
    }
    if (!og_space_contains(run->problem->space, x)) {
        return;
    }
    og_run_wish* wish = OG_NEW(run->work, og_run_wish, 1);
    wish->x = x;
    og_run_wish** end = &run->wishes;
    while (*end) {
        end = &(*end)->next;
    }
    *end = wish;
}

static void control_do(og_run* run, const char* request, const char* value) {
    double number = 0;
    const bool more = og_text_number(value, &number) && number > 0 && number <= 1e15;
    if (strcmp(request, control_stop) == 0) {
        run->stopped = true;
    } else if (strcmp(request, control_evaluations) == 0 && more &&
               (int64_t)number > run->plan->evaluations && run->plan->evaluations > 0) {
        control_extend(run, (int64_t)number, 0);
    } else if (strcmp(request, control_seconds) == 0 && more && number > run->plan->seconds &&
               run->plan->seconds > 0) {
        control_extend(run, 0, number);
    } else if (strcmp(request, control_design) == 0) {
        control_keep(run, value);
    }
}

typedef struct control_request {
    struct control_request* next;
    int64_t id;
    const char* request;
    const char* value;
} control_request;

// The requests that wait, in order.
static og_status control_read(og_run* run, control_request** first) {
    og_rows rows;
    bool found = true;
    const og_value id = og_value_integer(run->entry.record.id);
    *first = NULL;
    OG_TRY(og_store_query(run->store,
                          "SELECT id, request, value FROM control WHERE study = $1 ORDER BY id",
                          &id, 1, &rows));
    og_status status = OG_OK;
    while (status == OG_OK && (status = og_rows_next(&rows, &found)) == OG_OK && found) {
        control_request* one = OG_NEW(run->work, control_request, 1);
        *first = one;
        first = &one->next;
        if (!og_rows_integer(&rows, 0, &one->id) ||
            !og_rows_text(&rows, 1, run->work, &one->request) ||
            !og_rows_text(&rows, 2, run->work, &one->value)) {
            status = og_store_damaged(run->store, "a row of table control");
        }
    }
    og_rows_finish(&rows);
    return status;
}

og_status og_control_obey(og_run* run) {
    control_request* first;
    OG_TRY(control_read(run, &first));
    for (const control_request* one = first; one; one = one->next) {
        // the one before a server was lost may still be there
        if (one->id != run->heard) {
            control_do(run, one->request, one->value);
            run->heard = one->id;
        }
        // by its own number: requests of others with smaller ones may not be visible yet
        const og_value value = og_value_integer(one->id);
        OG_TRY(og_store_execute(run->store, "DELETE FROM control WHERE id = $1", &value, 1, NULL));
    }
    return OG_OK;
}

const double* og_control_design(const og_run* run) {
    // before the first batch stand only the designs of the plan
    if (run->position <= run->imported + run->enqueued.count) {
        return NULL;
    }
    if (run->position < run->recorded) {
        const og_trial* trial = og_record_at(run->record, run->position);
        return trial->source == OG_ENQUEUED ? trial->x : NULL;
    }
    return run->wishes ? run->wishes->x : NULL;
}

void og_control_designed(og_run* run) {
    if (run->position > run->recorded && run->wishes) {
        run->wishes = run->wishes->next;
    }
}
