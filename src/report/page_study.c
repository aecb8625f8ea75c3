// Everything counted here is counted over all trials; only the rows that are drawn one by one are a
// sample: the front, every improvement, and an even selection of the rest.

#include "report/page_study.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/hypervolume.h"
#include "ogive/study.h"
#include "report/page_analysis.h"
#include "report/page_diagnostics.h"
#include "report/page_slices.h"

enum {
    PAGE_STUDY_BINS = 100,     // of the timeline
    PAGE_STUDY_REASONS = 256,  // different reasons counted apart
    PAGE_STUDY_CHECKS = 60,    // points of a hypervolume curve
    PAGE_STUDY_FRONT = 2000,   // designs of a front that a hypervolume is computed of, at most
};

static og_page_fate page_study_fate_of(const og_trial* trial) {
    return og_page_fate_of(trial->outcome, trial->violation);
}

static const double* page_study_row(const og_page_study* study, int64_t trial) {
    return study->values + (size_t)trial * (size_t)study->task->axis_count;
}

double og_page_study_minimized(const og_page_study* study, int64_t trial, int axis) {
    const double value = page_study_row(study, trial)[axis];
    return study->task->axes[axis].better > 0 ? -value : value;
}

static void page_study_fill(og_page_study* study) {
    const og_page_task* task = study->task;
    const og_study_record* record = &study->study->record;
    double* inputs = OG_NEW(task->arena, double, record->metric_count + record->space.count);
    for (int64_t t = 0; t < record->trial_count; t++) {
        const og_trial* trial = &study->study->trials[t];
        double* row = study->values + (size_t)t * (size_t)task->axis_count;
        if (trial->outcome == OG_FEASIBLE) {
            og_page_task_values(task, trial->x, trial->y, inputs, row);
            continue;
        }
        for (int a = 0; a < task->axis_count; a++) {
            row[a] = NAN;
        }
    }
}

// in all objectives, or in the only one and the axis that it is drawn against
static void page_study_find_front(og_page_study* study) {
    const og_page_task* task = study->task;
    const int64_t count = study->study->record.trial_count;
    const int width = task->objective_count > 1 ? task->objective_count
                      : task->axis_count > 1    ? 2
                                                : task->axis_count;
    double* points = OG_NEW(task->arena, double, count* width);
    bool* eligible = OG_NEW(task->arena, bool, count);
    study->front = OG_NEW(task->arena, int64_t, count);
    for (int64_t t = 0; t < count; t++) {
        eligible[t] = width > 0 && og_trial_accepted(&study->study->trials[t]) &&
                      study->study->trials[t].repeat_of < 0;
        for (int a = 0; a < width; a++) {
            points[t * width + a] = og_page_study_minimized(study, t, a);
        }
    }
    study->front_count = og_front(points, count, width, eligible, study->front);
}

og_page_study og_page_study_open(const og_page_task* task, int index) {
    assert(index >= 0 && index < task->count);
    const og_report_study* source = task->studies[index];
    const int64_t count = source->record.trial_count;
    og_page_study study = {.task = task, .study = source, .label = task->labels[index]};
    study.values = OG_NEW(task->arena, double, count * task->axis_count);
    page_study_fill(&study);
    page_study_find_front(&study);
    return study;
}

// the trials that improved on all before, list: [*count]
static int64_t* page_study_improvements(const og_page_study* study, int64_t* count) {
    const int64_t total = study->study->record.trial_count;
    int64_t* list = OG_NEW(study->task->arena, int64_t, total);
    double least = INFINITY;
    *count = 0;
    for (int64_t t = 0; t < total; t++) {
        const og_trial* trial = &study->study->trials[t];
        if (og_trial_accepted(trial) && trial->loss < least) {
            least = trial->loss;
            list[(*count)++] = t;
        }
    }
    return list;
}

static void page_study_curve(const og_page_study* study, og_page_json* json) {
    int64_t count = 0;
    const int64_t* list = page_study_improvements(study, &count);
    og_page_json_open(json, "curve", '{');
    og_page_json_open(json, "n", '[');
    for (int64_t i = 0; i < count; i++) {
        og_page_json_integer(json, NULL, study->study->trials[list[i]].number);
    }
    og_page_json_close(json, ']');
    og_page_json_open(json, "v", '[');
    for (int64_t i = 0; i < count; i++) {
        const double loss = study->study->trials[list[i]].loss;
        og_page_json_number(json, NULL, og_objective_value(&study->task->view, loss));
    }
    og_page_json_close(json, ']');
    og_page_json_close(json, '}');
}

// mark `wanted` of the items of a list of `count`, evenly
static bool page_study_even(int64_t index, int64_t count, int64_t wanted) {
    return wanted >= count || (index + 1) * wanted / count > index * wanted / count;
}

static bool* page_study_sample(const og_page_study* study, int64_t* kept) {
    const int64_t total = study->study->record.trial_count;
    const int64_t limit = study->task->sample;
    bool* keep = OG_NEW(study->task->arena, bool, total);
    *kept = 0;
    int64_t improvements = 0;
    const int64_t* better = page_study_improvements(study, &improvements);
    for (int64_t i = 0; i < improvements; i++) {
        // the last ones, when there are very many
        keep[better[i]] = improvements - i <= limit / 4;
        *kept += keep[better[i]];
    }
    for (int64_t i = 0; i < study->front_count; i++) {
        if (!keep[study->front[i]] && page_study_even(i, study->front_count, limit / 2)) {
            keep[study->front[i]] = true;
            ++*kept;
        }
    }
    const int64_t rest = total - *kept;
    const int64_t wanted = limit > *kept ? limit - *kept : 0;
    int64_t seen = 0;
    for (int64_t t = 0; t < total; t++) {
        if (!keep[t]) {
            keep[t] = page_study_even(seen++, rest, wanted);
            *kept += keep[t];
        }
    }
    return keep;
}

static void page_study_rows(const og_page_study* study, og_page_json* json) {
    const og_study_record* record = &study->study->record;
    const og_trial* trials = study->study->trials;
    int64_t kept = 0;
    const bool* keep = page_study_sample(study, &kept);
    int64_t* list = OG_NEW(study->task->arena, int64_t, kept);
    kept = 0;
    for (int64_t t = 0; t < record->trial_count; t++) {
        if (keep[t]) {
            list[kept++] = t;
        }
    }
    og_page_json_open(json, "rows", '{');
    og_page_json_open(json, "n", '[');
    for (int64_t i = 0; i < kept; i++) {
        og_page_json_integer(json, NULL, trials[list[i]].number);
    }
    og_page_json_close(json, ']');
    og_page_json_open(json, "fate", '[');
    for (int64_t i = 0; i < kept; i++) {
        og_page_json_integer(json, NULL, page_study_fate_of(&trials[list[i]]));
    }
    og_page_json_close(json, ']');
    og_page_json_open(json, "loss", '[');
    for (int64_t i = 0; i < kept; i++) {
        og_page_json_short(json, og_objective_value(&study->task->view, trials[list[i]].loss));
    }
    og_page_json_close(json, ']');
    og_page_json_open(json, "x", '[');
    for (int p = 0; p < record->space.count; p++) {
        og_page_json_open(json, NULL, '[');
        for (int64_t i = 0; i < kept; i++) {
            og_page_json_short(json, trials[list[i]].x[p]);
        }
        og_page_json_close(json, ']');
    }
    og_page_json_close(json, ']');
    og_page_json_open(json, "y", '[');
    for (int a = 0; a < study->task->axis_count; a++) {
        og_page_json_open(json, NULL, '[');
        for (int64_t i = 0; i < kept; i++) {
            og_page_json_short(json, page_study_row(study, list[i])[a]);
        }
        og_page_json_close(json, ']');
    }
    og_page_json_close(json, ']');
    og_page_json_close(json, '}');
}

// numbers of the trials on the front of several objectives
static void page_study_front(const og_page_study* study, og_page_json* json) {
    og_page_json_integer(json, "frontCount", study->front_count);
    og_page_json_open(json, "front", '[');
    for (int64_t i = 0; i < study->front_count; i++) {
        if (page_study_even(i, study->front_count, study->task->sample / 2)) {
            og_page_json_integer(json, NULL, study->front[i]);
        }
    }
    og_page_json_close(json, ']');
}

// the designs of a list (list: [count], trials) that no other one dominates; of them the share of
// the box, NAN when they are too many. Returns their number
static int64_t page_study_thin(const og_page_study* study, const double* box, int64_t* list,
                               int64_t count, double* share) {
    const int width = study->task->objective_count;
    og_arena* arena = study->task->arena;
    const og_arena_mark mark = og_arena_here(arena);
    double* points = OG_NEW(arena, double, count* width);
    bool* eligible = OG_NEW(arena, bool, count);
    int64_t* front = OG_NEW(arena, int64_t, count);
    for (int64_t i = 0; i < count; i++) {
        eligible[i] = true;
        for (int a = 0; a < width; a++) {
            points[i * width + a] = (og_page_study_minimized(study, list[i], a) - box[a]) /
                                    fmax(box[width + a] - box[a], 1e-300);
        }
    }
    const int64_t kept = og_front(points, count, width, eligible, front);
    for (int64_t i = 0; i < kept; i++) {
        list[i] = list[front[i]];
        memmove(points + i * width, points + front[i] * width, sizeof *points * (size_t)width);
    }
    const double corner[OG_HYPERVOLUME_DIMENSIONS] = {1, 1, 1, 1, 1, 1, 1, 1};
    *share = kept <= PAGE_STUDY_FRONT ? og_hypervolume(arena, points, kept, width, corner) : NAN;
    og_arena_rewind(arena, mark);
    return kept;
}

// places in the search to look at, evenly in the logarithm (list: [PAGE_STUDY_CHECKS])
static int page_study_checks(int64_t total, int64_t* at) {
    int count = 0;
    for (int i = 0; i < PAGE_STUDY_CHECKS && total > 0; i++) {
        const double part = (double)i / (PAGE_STUDY_CHECKS - 1);
        const int64_t trial = (int64_t)round(pow((double)total, part));
        if (count == 0 || trial > at[count - 1]) {
            at[count++] = trial;
        }
    }
    return count;
}

// the share of the box that is dominated after ever more trials
static void page_study_hypervolume(const og_page_study* study, const double* box,
                                   og_page_json* json) {
    const int64_t total = study->study->record.trial_count;
    int64_t at[PAGE_STUDY_CHECKS];
    const int count = page_study_checks(total, at);
    og_page_json_open(json, "hypervolume", '{');
    og_page_json_open(json, "n", '[');
    for (int i = 0; i < count; i++) {
        og_page_json_integer(json, NULL, at[i]);
    }
    og_page_json_close(json, ']');
    og_page_json_open(json, "v", '[');
    int64_t* front = OG_NEW(study->task->arena, int64_t, total);
    int64_t kept = 0;
    int64_t trial = 0;
    for (int i = 0; i < count; i++) {
        for (; trial < at[i]; trial++) {
            if (og_trial_accepted(&study->study->trials[trial])) {
                front[kept++] = trial;
            }
        }
        double share;
        kept = page_study_thin(study, box, front, kept, &share);
        og_page_json_short(json, share);
    }
    og_page_json_close(json, ']');
    og_page_json_close(json, '}');
}

typedef struct page_study_reason {
    const char* text;
    og_page_fate fate;
    int64_t count;
} page_study_reason;

static int page_study_more(const void* a, const void* b) {
    const int64_t x = ((const page_study_reason*)a)->count;
    const int64_t y = ((const page_study_reason*)b)->count;
    return x < y ? 1 : x > y ? -1 : 0;
}

static void page_study_count_reason(page_study_reason* reasons, int* known, const char* text,
                                    og_page_fate fate) {
    for (int i = 0; i < *known; i++) {
        if (reasons[i].fate == fate && strcmp(reasons[i].text, text) == 0) {
            reasons[i].count++;
            return;
        }
    }
    if (*known < PAGE_STUDY_REASONS) {
        reasons[(*known)++] = (page_study_reason){text, fate, 1};
    } else {
        reasons[PAGE_STUDY_REASONS].count++;
    }
}

static void page_study_reasons(const og_page_study* study, og_page_json* json) {
    page_study_reason reasons[PAGE_STUDY_REASONS + 1];
    reasons[PAGE_STUDY_REASONS] = (page_study_reason){"other reasons", OG_PAGE_FAILED, 0};
    int known = 0;
    for (int64_t t = 0; t < study->study->record.trial_count; t++) {
        const og_trial* trial = &study->study->trials[t];
        if (trial->outcome != OG_FEASIBLE) {
            page_study_count_reason(reasons, &known, trial->reason ? trial->reason : "",
                                    page_study_fate_of(trial));
        }
    }
    qsort(reasons, (size_t)known, sizeof *reasons, page_study_more);
    if (reasons[PAGE_STUDY_REASONS].count > 0) {
        reasons[known++] = reasons[PAGE_STUDY_REASONS];
    }
    og_page_json_open(json, "reasons", '[');
    for (int i = 0; i < known; i++) {
        og_page_json_open(json, NULL, '[');
        og_page_json_text(json, NULL, reasons[i].text);
        og_page_json_integer(json, NULL, reasons[i].fate);
        og_page_json_integer(json, NULL, reasons[i].count);
        og_page_json_close(json, ']');
    }
    og_page_json_close(json, ']');
}

// how many trials broke each constraint
static void page_study_constraints(const og_page_study* study, og_page_json* json) {
    const og_study_record* record = &study->study->record;
    og_arena* arena = study->task->arena;
    const int count = record->metric_count + record->space.count;
    og_variable* variables = OG_NEW(arena, og_variable, count);
    double* values = OG_NEW(arena, double, count);
    for (int i = 0; i < count; i++) {
        const int p = i - record->metric_count;
        variables[i] =
            p < 0 ? (og_variable){record->metrics[i].name, NULL}
                  : (og_variable){record->space.parameters[p].name, &record->space.parameters[p]};
    }
    og_page_json_open(json, "broken", '[');
    for (int c = 0; c < record->constraint_count; c++) {
        const og_expression* expression = NULL;
        int64_t broken = 0;
        const og_status status =
            og_expression_compile(arena, record->constraints[c], variables, count, &expression);
        for (int64_t t = 0; t < record->trial_count && status == OG_OK; t++) {
            const og_trial* trial = &study->study->trials[t];
            if (trial->outcome == OG_FEASIBLE && trial->violation > 0) {
                memcpy(values, trial->y, sizeof *values * (size_t)record->metric_count);
                memcpy(values + record->metric_count, trial->x,
                       sizeof *values * (size_t)record->space.count);
                broken += og_expression_violation(expression, values) > 0;
            }
        }
        og_page_json_integer(json, NULL, broken);
    }
    og_page_json_close(json, ']');
}

// one number of every bin of the timeline
static void page_study_timeline(const og_page_study* study, og_page_json* json) {
    const int64_t total = study->study->record.trial_count;
    const int64_t bins = total < PAGE_STUDY_BINS ? total : PAGE_STUDY_BINS;
    int64_t counts[PAGE_STUDY_BINS][OG_PAGE_FATES + 1] = {{0}};
    double ends[PAGE_STUDY_BINS] = {0};
    double seconds[PAGE_STUDY_BINS] = {0};
    int64_t repeats = 0;
    for (int64_t t = 0; t < total; t++) {
        const og_trial* trial = &study->study->trials[t];
        const int64_t bin = t * bins / total;
        counts[bin][page_study_fate_of(trial)]++;
        counts[bin][OG_PAGE_FATES] += trial->repeat_of >= 0;
        repeats += trial->repeat_of >= 0;
        seconds[bin] += trial->seconds;
        ends[bin] = fmax(ends[bin], trial->started + trial->seconds);
    }
    og_page_json_integer(json, "repeats", repeats);
    og_page_json_open(json, "timeline", '[');
    for (int64_t b = 0; b < bins; b++) {
        og_page_json_open(json, NULL, '[');
        for (int fate = 0; fate <= OG_PAGE_FATES; fate++) {
            og_page_json_integer(json, NULL, counts[b][fate]);
        }
        og_page_json_short(json, ends[b]);
        og_page_json_short(json, seconds[b]);
        og_page_json_close(json, ']');
    }
    og_page_json_close(json, ']');
}

static void page_study_fates(const og_page_study* study, og_page_json* json) {
    int64_t counts[OG_PAGE_FATES] = {0};
    for (int64_t t = 0; t < study->study->record.trial_count; t++) {
        counts[page_study_fate_of(&study->study->trials[t])]++;
    }
    og_page_json_open(json, "fates", '[');
    for (int i = 0; i < OG_PAGE_FATES; i++) {
        og_page_json_integer(json, NULL, counts[i]);
    }
    og_page_json_close(json, ']');
}

static void page_study_best(const og_page_study* study, og_page_json* json) {
    const og_study_record* record = &study->study->record;
    if (record->best < 0 || record->best >= record->trial_count ||
        !og_trial_accepted(&study->study->trials[record->best])) {
        return;
    }
    const og_trial* best = &study->study->trials[record->best];
    og_page_json_open(json, "best", '{');
    og_page_json_integer(json, "n", best->number);
    og_page_json_number(json, "loss", og_objective_value(&study->task->view, best->loss));
    og_page_json_open(json, "x", '[');
    for (int p = 0; p < record->space.count; p++) {
        og_page_json_number(json, NULL, best->x[p]);
    }
    og_page_json_close(json, ']');
    og_page_json_open(json, "y", '[');
    for (int m = 0; m < record->metric_count; m++) {
        og_page_json_number(json, NULL, best->y[m]);
    }
    og_page_json_close(json, ']');
    og_page_json_close(json, '}');
}

static void page_study_about(const og_page_study* study, og_page_json* json) {
    static const char* const stops[] = {"not finished", "budget used up", "all designs seen",
                                        "interrupted"};
    const og_study_record* record = &study->study->record;
    og_arena* arena = study->task->arena;
    og_page_json_text(json, "name", record->name);
    og_page_json_text(json, "label", study->label);
    og_page_json_text(json, "agent", record->agent);
    og_page_json_text(json, "options", record->agent_options);
    og_page_json_text(json, "seed",
                      og_text_format(arena, "%llu", (unsigned long long)record->seed));
    og_page_json_integer(json, "batch", record->batch);
    og_page_json_text(json, "created", record->created);
    og_page_json_text(json, "stop", stops[record->stop]);
    og_page_json_integer(json, "trials", record->trial_count);
    og_page_json_open(json, "plan", '[');
    const char* cursor = record->plan ? record->plan : "";
    while (*cursor) {
        const size_t length = strcspn(cursor, "\n");
        og_page_json_text(json, NULL, og_text_copy(arena, cursor, length));
        cursor += length + (cursor[length] == '\n');
    }
    og_page_json_close(json, ']');
}

void og_page_study_write(const og_page_study* study, const double* box, og_page_json* json) {
    og_page_json_open(json, NULL, '{');
    page_study_about(study, json);
    page_study_fates(study, json);
    page_study_best(study, json);
    page_study_curve(study, json);
    page_study_front(study, json);
    if (box) {
        page_study_hypervolume(study, box, json);
    }
    page_study_reasons(study, json);
    page_study_constraints(study, json);
    page_study_timeline(study, json);
    og_page_slices_write(study, json);
    if (study->task->analysis) {
        og_page_analysis_write(study, json);
    }
    og_page_diagnostics_write(study, json);
    page_study_rows(study, json);
    og_page_json_close(json, '}');
}

void og_page_study_write_part(const og_page_study* study, const char* key, og_page_json* json) {
    og_page_json_open(json, key, '{');
    page_study_fates(study, json);
    page_study_best(study, json);
    page_study_curve(study, json);
    page_study_rows(study, json);
    og_page_json_close(json, '}');
}
