#include "cli/watch_study.h"

#include <math.h>
#include <string.h>

#include "ogive/clock.h"
#include "study/plan.h"

enum {
    WATCH_STUDY_PORTION = 10000,  // trials read at once
    WATCH_STUDY_POINTS = 2000,
};

og_watch_study* og_watch_study_make(void) {
    og_arena* arena = og_arena_create();
    og_watch_study* study = OG_NEW(arena, og_watch_study, 1);
    study->arena = arena;
    study->loss = INFINITY;
    study->best = -1;
    study->changed = og_clock_seconds();
    study->points = OG_NEW(arena, double, 2 * WATCH_STUDY_POINTS);
    return study;
}

void og_watch_study_end(og_watch_study* study) {
    og_arena_destroy(study->arena);
}

bool og_watch_study_is(const og_watch_study* study, const og_study_record* record) {
    return study->record.name && study->record.id == record->id &&
           strcmp(study->record.name, record->name) == 0 &&
           strcmp(study->record.created, record->created) == 0 &&
           record->trial_count >= study->seen;
}

// copies of what outlives the arena of a look
static void watch_study_remember(og_watch_study* study, const og_study_record* record) {
    og_arena* arena = study->arena;
    const bool fresh = !study->record.name;
    const og_study_record before = study->record;
    study->record = (og_study_record){
        .id = record->id,
        .name = fresh ? og_text_format(arena, "%s", record->name) : before.name,
        .environment =
            fresh ? og_text_format(arena, "%s", record->environment) : before.environment,
        .agent = fresh ? og_text_format(arena, "%s", record->agent) : before.agent,
        .created = fresh ? og_text_format(arena, "%s", record->created) : before.created,
        .seed = record->seed,
        .objective_count = record->objective_count,
        .trial_count = record->trial_count,
        .best = record->best,
        .stop = record->stop};
    // the budget of a study may be extended
    og_plan plan = {0};
    og_arena* scratch = og_arena_create();
    if (og_plan_parse(scratch, record->plan, strlen(record->plan), "plan", &plan) == OG_OK) {
        study->budget = og_plan_budget(&plan);
        study->budget_seconds = plan.seconds;
    }
    og_arena_destroy(scratch);
}

static void watch_study_grow(og_watch_study* study) {
    const int capacity = study->step_capacity ? 2 * study->step_capacity : 64;
    int64_t* steps = OG_NEW(study->arena, int64_t, capacity);
    double* values = OG_NEW(study->arena, double, capacity);
    if (study->step_count > 0) {
        memcpy(steps, study->steps, sizeof *steps * (size_t)study->step_count);
        memcpy(values, study->values, sizeof *values * (size_t)study->step_count);
    }
    study->steps = steps;
    study->values = values;
    study->step_capacity = capacity;
}

static void watch_study_improve(og_watch_study* study, int64_t number, double loss,
                                const og_quantity* quantities, int64_t index) {
    study->loss = loss;
    study->best = number;
    for (int k = 0; k < study->objective_count; k++) {
        study->objectives[k].best = quantities[k].values[index];
    }
    if (study->step_count == study->step_capacity) {
        watch_study_grow(study);
    }
    const bool single = study->record.objective_count == 1;
    study->steps[study->step_count] = number;
    study->values[study->step_count++] = single ? quantities[0].values[index] : loss;
}

static double watch_study_minimal(const og_quantity* quantity, double value) {
    return quantity->sense == OG_MAXIMIZE ? -value
           : quantity->sense == OG_TARGET ? fabs(value - quantity->target)
                                          : value;
}

// keep the front free of dominated points
static void watch_study_front(og_watch_study* study, const double* point) {
    int kept = 0;
    for (int i = 0; i < study->front_count; i++) {
        const double* other = study->front + 2 * i;
        if (other[0] <= point[0] && other[1] <= point[1]) {
            return;
        }
    }
    for (int i = 0; i < study->front_count; i++) {
        const double* other = study->front + 2 * i;
        if (!(point[0] <= other[0] && point[1] <= other[1])) {
            memmove(study->front + 2 * kept++, other, 2 * sizeof *other);
        }
    }
    study->front_count = kept;
    if (study->front_count == study->front_capacity) {
        const int capacity = study->front_capacity ? 2 * study->front_capacity : 64;
        double* grown = OG_NEW(study->arena, double, 2 * capacity);
        if (study->front_count > 0) {
            memcpy(grown, study->front, 2 * sizeof *grown * (size_t)study->front_count);
        }
        study->front = grown;
        study->front_capacity = capacity;
    }
    memcpy(study->front + 2 * study->front_count++, point, 2 * sizeof *point);
}

// every so many accepted designs one is kept, spread evenly once there are too many
static void watch_study_point(og_watch_study* study, const double* shown) {
    int at = study->point_count;
    if (at == WATCH_STUDY_POINTS) {
        at = (int)((study->accepted * 7919) % WATCH_STUDY_POINTS);
    } else {
        study->point_count++;
    }
    memcpy(study->points + 2 * (size_t)at, shown, 2 * sizeof *shown);
}

static void watch_study_count(og_watch_study* study, const og_trial* trial) {
    study->repeats += trial->repeat_of >= 0;
    study->infeasible += trial->outcome == OG_INFEASIBLE;
    study->failed += trial->outcome == OG_FAILED;
    study->broken += trial->outcome == OG_FEASIBLE && trial->violation != 0;
    study->elapsed = fmax(study->elapsed, trial->started + trial->seconds);
}

static void watch_study_take(og_watch_study* study, int64_t number, const og_trial* trial,
                             int64_t index, const og_quantity* quantities) {
    watch_study_count(study, trial);
    if (!og_analysis_accepted(trial)) {
        return;
    }
    study->accepted++;
    if (trial->loss < study->loss) {
        watch_study_improve(study, number, trial->loss, quantities, index);
    }
    if (study->record.objective_count != 2) {
        return;
    }
    const double shown[2] = {quantities[0].values[index], quantities[1].values[index]};
    const double minimal[2] = {watch_study_minimal(&quantities[0], shown[0]),
                               watch_study_minimal(&quantities[1], shown[1])};
    watch_study_point(study, shown);
    watch_study_front(study, minimal);
}

// `trials` (list: [count]) as a record of its own, so that it can be analysed
static og_status watch_study_portion(og_watch_study* study, og_arena* arena,
                                     const og_study_record* record, og_trial* trials,
                                     int64_t count) {
    og_study_record part = *record;
    part.trial_count = count;
    part.best = -1;
    const int64_t first = study->seen;
    for (int64_t i = 0; i < count; i++) {
        trials[i].number = i;
    }
    const og_analysis* analysis = NULL;
    OG_TRY(og_analysis_create(arena, &part, trials, &analysis));
    og_quantity quantities[OG_WATCH_OBJECTIVES];
    const bool fresh = study->objective_count == 0;
    study->objective_count = record->objective_count < OG_WATCH_OBJECTIVES ? record->objective_count
                                                                           : OG_WATCH_OBJECTIVES;
    for (int k = 0; k < study->objective_count; k++) {
        quantities[k] = og_analysis_objective(analysis, arena, k);
        if (fresh) {
            study->objectives[k] =
                (og_watch_objective){.name = og_text_printable(study->arena, quantities[k].name),
                                     .unit = og_text_printable(study->arena, quantities[k].unit),
                                     .sense = quantities[k].sense,
                                     .best = NAN,
                                     .reference = quantities[k].reference};
        }
    }
    for (int64_t i = 0; i < count; i++) {
        watch_study_take(study, first + i, &trials[i], i, quantities);
    }
    study->seen += count;
    return OG_OK;
}

static void watch_study_sample(og_watch_study* study, int64_t before) {
    const double now = og_clock_seconds();
    if (study->seen > before || study->sample_count == 0) {
        study->changed = now;
    }
    if (study->sample_count == OG_WATCH_SAMPLES) {
        memmove(study->samples, study->samples + 1,
                sizeof *study->samples * (OG_WATCH_SAMPLES - 1));
        study->sample_count--;
    }
    study->samples[study->sample_count++] = (og_watch_sample){now, study->seen};
}

og_status og_watch_study_read(og_watch_study* study, og_store* store,
                              const og_study_record* record) {
    const int64_t before = study->seen;
    watch_study_remember(study, record);
    og_status status = OG_OK;
    while (study->seen < record->trial_count && status == OG_OK) {
        og_arena* arena = og_arena_create();
        og_trial* trials = NULL;
        int64_t count = 0;
        status = og_store_trials(store, arena, record->id, study->seen, WATCH_STUDY_PORTION,
                                 &trials, &count);
        if (status == OG_OK && count == 0) {
            og_arena_destroy(arena);
            break;  // the trials went after the record was read
        }
        status =
            status == OG_OK ? watch_study_portion(study, arena, record, trials, count) : status;
        og_arena_destroy(arena);
    }
    watch_study_sample(study, before);
    return status;
}

double og_watch_study_rate(const og_watch_study* study) {
    if (study->record.stop == OG_STOP_NONE && study->sample_count > 1) {
        const og_watch_sample* first = &study->samples[0];
        const og_watch_sample* last = &study->samples[study->sample_count - 1];
        const double seconds = last->clock - first->clock;
        if (last->trials > first->trials && seconds > 0) {
            return (double)(last->trials - first->trials) / seconds;
        }
    }
    return study->elapsed > 0 ? (double)study->seen / study->elapsed : NAN;
}

double og_watch_study_left(const og_watch_study* study) {
    const double rate = og_watch_study_rate(study);
    double left = NAN;
    if (study->budget > 0 && rate > 0) {
        left = (double)(study->budget - study->seen) / rate;
    }
    if (study->budget_seconds > 0) {
        left = fmin(left, study->budget_seconds - study->elapsed);
    }
    return isnan(left) ? NAN : fmax(left, 0);
}

double og_watch_study_share(const og_watch_study* study) {
    double share = NAN;
    if (study->budget > 0) {
        share = (double)study->seen / (double)study->budget;
    }
    if (study->budget_seconds > 0) {
        const double by_time = study->elapsed / study->budget_seconds;
        share = isnan(share) ? by_time : fmax(share, by_time);
    }
    return isnan(share) ? NAN : fmin(share, 1);
}
