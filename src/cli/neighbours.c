#include "cli/neighbours.h"

#include <math.h>
#include <string.h>

#include "ogive/clock.h"
#include "ogive/space.h"
#include "ogive/study.h"
#include "ogive/workers.h"
#include "study/run.h"

static const double neighbours_portion = 0.25;  // wanted seconds between two looks at the clock

// An environment as a record names it.
typedef struct og_neighbours_model {
    const char* environment;
    const char* identity;
    const char* note;  // why it cannot be used, NULL = it can
    og_model model;
    const og_space* space;
    struct og_neighbours_model* next;
} og_neighbours_model;

static og_status neighbours_open(og_arena* arena, const og_environment* environment,
                                 const og_plan* plan, og_neighbours_model* opened) {
    og_settings settings = og_settings_make(arena, environment->options, environment->option_count);
    for (int i = 0; i < plan->environment_option_count; i++) {
        OG_TRY(og_settings_set(&settings, plan->environment_options[i].key,
                               plan->environment_options[i].value));
    }
    OG_TRY(og_environment_open(arena, environment, &settings, &opened->model));
    return og_space_create(arena, &opened->model.space, &opened->space);
}

// Open the environment of a record; what stands in the way becomes its note.
static void neighbours_try(const og_neighbours* own, const og_study_record* record,
                           const og_plan* plan, og_neighbours_model* opened) {
    const og_environment* environment = NULL;
    if (strcmp(record->environment, OG_RUN_CALLER) == 0) {
        opened->note = "only the program that evaluated these designs can evaluate others";
        return;
    }
    if (og_environment_find(record->environment, &environment) != OG_OK) {
        opened->note = og_text_format(own->arena, "%s", og_error_text());
        return;
    }
    if (environment->foreign && !own->foreign) {
        opened->note = og_text_format(own->arena,
                                      "environment %s runs code that the record names, which has "
                                      "to be allowed (--foreign)",
                                      environment->name);
        return;
    }
    if (neighbours_open(own->arena, environment, plan, opened) != OG_OK) {
        opened->note =
            og_text_format(own->arena, "the environment cannot be opened: %s", og_error_text());
    } else if (strcmp(opened->model.identity, record->identity) != 0) {
        opened->note =
            og_text_format(own->arena, "the environment is no longer the recorded one (now: %s)",
                           opened->model.identity);
    }
}

static og_neighbours_model* neighbours_model(og_neighbours* own, const og_study_record* record,
                                             const og_plan* plan) {
    for (og_neighbours_model* known = own->models; known; known = known->next) {
        if (strcmp(known->environment, record->environment) == 0 &&
            strcmp(known->identity, record->identity) == 0) {
            return known;
        }
    }
    og_neighbours_model* opened = OG_NEW(own->arena, og_neighbours_model, 1);
    *opened = (og_neighbours_model){
        .environment = record->environment, .identity = record->identity, .next = own->models};
    own->models = opened;
    neighbours_try(own, record, plan, opened);
    return opened;
}

// True when designs and metrics of the record mean the same to the model.
static bool neighbours_fit(const og_study_record* record, const og_plan* plan,
                           const og_model* model) {
    if (model->space.count != record->space.count ||
        model->metric_count + plan->metric_count != record->metric_count) {
        return false;
    }
    for (int i = 0; i < model->space.count; i++) {
        if (strcmp(model->space.parameters[i].name, record->space.parameters[i].name) != 0) {
            return false;
        }
    }
    for (int i = 0; i < model->metric_count; i++) {
        if (strcmp(model->metrics[i].name, record->metrics[i].name) != 0) {
            return false;
        }
    }
    return true;
}

// Mean seconds of the recorded evaluations, 0 = not known.
static double neighbours_pace(const og_analysis* analysis) {
    double sum = 0;
    int64_t count = 0;
    for (int64_t i = 0; i < analysis->record->trial_count; i++) {
        const og_trial* trial = &analysis->trials[i];
        if (trial->repeat_of < 0 && isfinite(trial->seconds)) {
            sum += trial->seconds;
            count++;
        }
    }
    return count > 0 ? sum / (double)count : 0;
}

// Evaluate the designs `list` (list: [count], places among the open ones) until the time is over.
// Returns how many.
static int neighbours_run(og_neighbours* own, const og_neighbours_model* opened,
                          const og_neighbourhood* around, const int* list, int count,
                          og_trial* trials) {
    const int width = opened->model.space.count;
    const int jobs = og_workers_available();
    double* x = OG_NEW(own->arena, double, (size_t)count*(size_t)width);
    for (int i = 0; i < count; i++) {
        memcpy(x + i * width, around->x + list[i] * width, sizeof *x * (size_t)width);
    }
    double pace = neighbours_pace(around->analysis);
    int done = 0;
    while (done < count) {
        const double start = og_clock_seconds();
        if (start + pace > own->deadline) {
            break;
        }
        const double wanted = pace > 0 ? jobs * fmax(floor(neighbours_portion / pace), 1) : jobs;
        const int part = (int)fmin(wanted, count - done);
        og_trial* made = NULL;
        if (og_study_evaluate(own->arena, &opened->model, part, x + done * width, jobs, &made) !=
            OG_OK) {
            break;
        }
        for (int i = 0; i < part; i++) {
            trials[list[done + i]] = made[i];
        }
        done += part;
        pace = (og_clock_seconds() - start) / ceil((double)part / jobs);
    }
    return done;
}

og_status og_neighbours_evaluate(void* context, const og_study_record* record,
                                 const og_neighbourhood* around, og_trial** trials) {
    og_neighbours* own = context;
    own->note = "";
    *trials = OG_NEW(own->arena, og_trial, around->open);
    og_plan plan;
    if (around->open == 0) {
        return OG_OK;
    }
    if (og_plan_parse(own->arena, record->plan, strlen(record->plan), record->name, &plan) !=
        OG_OK) {
        own->note = og_text_format(own->arena, "its plan cannot be read: %s", og_error_text());
        return OG_OK;
    }
    const og_neighbours_model* opened = neighbours_model(own, record, &plan);
    if (opened->note || !neighbours_fit(record, &plan, &opened->model)) {
        own->note = opened->note ? opened->note : "the environment is no longer the recorded one";
        return OG_OK;
    }
    int* list = OG_NEW(own->arena, int, around->open);
    int count = 0;
    for (int i = 0; i < around->open; i++) {
        if (og_space_contains(opened->space, around->x + i * opened->model.space.count)) {
            list[count++] = i;
        }
    }
    if (neighbours_run(own, opened, around, list, count, *trials) < count) {
        own->note = "the time was over";
    } else if (count < around->open) {
        own->note = "the environment does not allow them";
    }
    return OG_OK;
}
