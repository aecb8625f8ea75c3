#include "report/page_slices.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE_SLICES_LEVELS = 48,  // values of a parameter shown one by one
    PAGE_SLICES_RANGES = 16,  // ranges where there are more
};

// an accepted trial
typedef struct page_slices_result {
    double loss;
    const double* x;
} page_slices_result;

static int page_slices_compare(const void* a, const void* b) {
    const double x = ((const page_slices_result*)a)->loss;
    const double y = ((const page_slices_result*)b)->loss;
    return x < y ? -1 : x > y;
}

// the accepted trials, the best first
typedef struct page_slices_sorted {
    int64_t count;
    double* losses;  // list: [count]
    double* values;  // of each parameter together, shape: [parameters][count]
} page_slices_sorted;

static page_slices_result* page_slices_sort(const og_page_study* study, og_arena* arena,
                                            int64_t* count) {
    const og_study_record* record = &study->study->record;
    page_slices_result* list = OG_NEW(arena, page_slices_result, record->trial_count);
    *count = 0;
    for (int64_t t = 0; t < record->trial_count; t++) {
        const og_trial* trial = &study->study->trials[t];
        if (og_trial_accepted(trial)) {
            list[(*count)++] = (page_slices_result){trial->loss, trial->x};
        }
    }
    qsort(list, (size_t)*count, sizeof *list, page_slices_compare);
    return list;
}

// trials lie apart in memory, so they are gone through once and not for each parameter
static page_slices_sorted page_slices_gather(const og_page_study* study, og_arena* arena) {
    page_slices_sorted sorted;
    const page_slices_result* list = page_slices_sort(study, arena, &sorted.count);
    const size_t count = (size_t)sorted.count;
    const int width = study->study->record.space.count;
    sorted.losses = OG_NEW(arena, double, count);
    sorted.values = OG_NEW(arena, double, count*(size_t)width);
    for (size_t i = 0; i < count; i++) {
        sorted.losses[i] = list[i].loss;
        for (int p = 0; p < width; p++) {
            sorted.values[(size_t)p * count + i] = list[i].x[p];
        }
    }
    return sorted;
}

// the values of a parameter, or ranges of them
typedef struct page_slices_levels {
    const og_parameter* row;
    int count;
    bool single;
    double low, high;  // of ranges, in the scale of the parameter
} page_slices_levels;

static double page_slices_scaled(const og_parameter* row, double value) {
    return row->scale == OG_LINEAR ? value : log(fmax(value, 1e-300));
}

static page_slices_levels page_slices_levels_of(const og_parameter* row) {
    const int64_t count = og_parameter_levels(row);
    page_slices_levels levels = {.row = row, .single = count > 0 && count <= PAGE_SLICES_LEVELS};
    levels.count = levels.single ? (int)count : PAGE_SLICES_RANGES;
    if (!levels.single) {
        const bool listed = row->kind == OG_ORDINAL || row->kind == OG_CHOICE;
        levels.low = listed ? og_parameter_value(row, 0) : page_slices_scaled(row, row->minimum);
        levels.high =
            listed ? og_parameter_value(row, count - 1) : page_slices_scaled(row, row->maximum);
    }
    return levels;
}

static int page_slices_level(const page_slices_levels* levels, double value) {
    if (levels->single) {
        return (int)og_parameter_level(levels->row, value);
    }
    const double span = levels->high - levels->low;
    const double part =
        span > 0 ? (page_slices_scaled(levels->row, value) - levels->low) / span : 0;
    return (int)fmin(fmax(part * levels->count, 0), levels->count - 1);
}

// the middle of a level as a value
static double page_slices_level_value(const page_slices_levels* levels, int level) {
    if (levels->single) {
        return og_parameter_value(levels->row, level);
    }
    const double at = levels->low + (levels->high - levels->low) * (level + 0.5) / levels->count;
    return levels->row->scale == OG_LINEAR ? at : exp(at);
}

// value, number of accepted trials, best and median of what the study was led by; losses ascend
static void page_slices_write_level(const og_page_study* study, const page_slices_levels* levels,
                                    int level, const double* losses, int64_t count,
                                    og_page_json* json) {
    if (count == 0) {
        return;
    }
    const double median =
        count % 2 ? losses[count / 2] : 0.5 * (losses[count / 2 - 1] + losses[count / 2]);
    og_page_json_open(json, NULL, '[');
    og_page_json_short(json, page_slices_level_value(levels, level));
    og_page_json_integer(json, NULL, count);
    og_page_json_short(json, og_objective_value(&study->task->view, losses[0]));
    og_page_json_short(json, og_objective_value(&study->task->view, median));
    og_page_json_close(json, ']');
}

// what each value of a parameter is worth
static void page_slices_parameter(const og_page_study* study, const page_slices_sorted* sorted,
                                  int parameter, og_page_json* json) {
    const int64_t count = sorted->count;
    const double* values = sorted->values + (size_t)parameter * (size_t)count;
    const page_slices_levels levels =
        page_slices_levels_of(&study->study->record.space.parameters[parameter]);
    og_arena* arena = og_arena_create();
    int64_t* starts = OG_NEW(arena, int64_t, levels.count + 1);
    int* places = OG_NEW(arena, int, count);
    for (int64_t i = 0; i < count; i++) {
        places[i] = page_slices_level(&levels, values[i]);
        starts[places[i] + 1]++;
    }
    for (int i = 0; i < levels.count; i++) {
        starts[i + 1] += starts[i];
    }
    double* losses = OG_NEW(arena, double, count);
    int64_t* ends = OG_NEW(arena, int64_t, levels.count);
    memcpy(ends, starts, sizeof *ends * (size_t)levels.count);
    for (int64_t i = 0; i < count; i++) {
        losses[ends[places[i]]++] = sorted->losses[i];
    }
    og_page_json_open(json, NULL, '[');
    for (int i = 0; i < levels.count; i++) {
        page_slices_write_level(study, &levels, i, losses + starts[i], ends[i] - starts[i], json);
    }
    og_page_json_close(json, ']');
    og_arena_destroy(arena);
}

void og_page_slices_write(const og_page_study* study, og_page_json* json) {
    og_arena* arena = og_arena_create();
    const page_slices_sorted sorted = page_slices_gather(study, arena);
    og_page_json_open(json, "slices", '[');
    for (int p = 0; p < study->study->record.space.count; p++) {
        page_slices_parameter(study, &sorted, p, json);
    }
    og_page_json_close(json, ']');
    og_arena_destroy(arena);
}
