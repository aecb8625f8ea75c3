// The page of a report: the bundle, and between its two parts the data of all studies as JSON.

#include <math.h>
#include <string.h>

#include "ogive/hypervolume.h"
#include "ogive/report.h"
#include "report/label.h"
#include "report/page_bundle.h"
#include "report/page_study.h"

enum {
    PAGE_ROWS = 16000,       // trials that a page draws one by one, of all studies together
    PAGE_ROWS_FIRST = 4000,  // likewise, where only the quick part of a page is wanted
    PAGE_ROWS_LEAST = 300,   // of each study
};

static void page_texts(og_page_json* json, const char* key, const char* const* texts, int count) {
    og_page_json_open(json, key, '[');
    for (int i = 0; i < count; i++) {
        og_page_json_text(json, NULL, texts[i]);
    }
    og_page_json_close(json, ']');
}

static void page_numbers(og_page_json* json, const char* key, const double* values, int count) {
    og_page_json_open(json, key, '[');
    for (int i = 0; i < count; i++) {
        og_page_json_number(json, NULL, values[i]);
    }
    og_page_json_close(json, ']');
}

static void page_parameter(const og_parameter* row, og_arena* arena, og_page_json* json) {
    static const char* const kinds[] = {"integer", "real", "ordinal", "choice", "boolean", "text"};
    og_buffer range = {.arena = arena};
    og_parameter_print_range(row, &range);
    og_page_json_open(json, NULL, '{');
    og_page_json_text(json, "name", row->name);
    og_page_json_text(json, "unit", row->unit);
    og_page_json_text(json, "doc", row->doc);
    og_page_json_text(json, "group", row->group);
    og_page_json_text(json, "kind", kinds[row->kind]);
    og_page_json_text(json, "range", range.data);
    og_page_json_integer(json, "log", row->scale != OG_LINEAR);
    og_page_json_integer(json, "powers", row->scale == OG_POWERS);
    if (row->kind == OG_INTEGER || row->kind == OG_REAL) {
        og_page_json_number(json, "low", row->minimum);
        og_page_json_number(json, "high", row->maximum);
    } else if (row->kind == OG_CHOICE) {
        page_texts(json, "choices", row->choices, row->level_count);
    } else if (row->kind == OG_ORDINAL) {
        page_numbers(json, "values", row->values, row->level_count);
    }
    og_page_json_close(json, '}');
}

static void page_axis(const og_page_axis* axis, og_page_json* json) {
    og_page_json_open(json, NULL, '{');
    og_page_json_text(json, "name", axis->name);
    og_page_json_text(json, "unit", axis->unit);
    og_page_json_text(json, "doc", axis->doc);
    og_page_json_integer(json, "better", axis->better);
    og_page_json_integer(json, "objective", axis->objective);
    og_page_json_integer(json, "metric", axis->metric);
    og_page_json_number(json, "reference", axis->reference);
    og_page_json_close(json, '}');
}

static void page_tables(const og_page_task* task, og_page_json* json) {
    const og_study_record* record = &task->studies[0]->record;
    og_page_json_open(json, "parameters", '[');
    for (int i = 0; i < record->space.count; i++) {
        page_parameter(&record->space.parameters[i], task->arena, json);
    }
    og_page_json_close(json, ']');
    og_page_json_open(json, "metrics", '[');
    for (int i = 0; i < record->metric_count; i++) {
        const og_metric* row = &record->metrics[i];
        og_page_json_open(json, NULL, '{');
        og_page_json_text(json, "name", row->name);
        og_page_json_text(json, "unit", row->unit);
        og_page_json_text(json, "doc", row->doc);
        og_page_json_integer(json, "better", row->better);
        og_page_json_close(json, '}');
    }
    og_page_json_close(json, ']');
    og_page_json_open(json, "axes", '[');
    for (int i = 0; i < task->axis_count; i++) {
        page_axis(&task->axes[i], json);
    }
    og_page_json_close(json, ']');
}

static void page_about(const og_page_task* task, og_page_json* json) {
    const og_study_record* record = &task->studies[0]->record;
    og_page_json_text(json, "environment", record->environment);
    og_page_json_text(json, "identity", record->identity);
    page_texts(json, "objectives", record->objectives, record->objective_count);
    page_texts(json, "constraints", record->constraints, record->constraint_count);
    page_texts(json, "spaceConstraints", record->space.constraints, record->space.constraint_count);
    og_page_json_open(json, "value", '{');
    og_page_json_text(json, "name", task->view.name);
    og_page_json_text(json, "unit", task->view.unit);
    og_page_json_integer(json, "better", task->view.maximize ? 1 : -1);
    og_page_json_number(json, "reference", task->view.reference);
    og_page_json_close(json, '}');
    if (record->reference_x && record->reference_y) {
        page_numbers(json, "referenceX", record->reference_x, record->space.count);
        page_numbers(json, "referenceY", record->reference_y, record->metric_count);
    }
}

// the least values of all objectives, then the largest on any front, a tenth farther
static double* page_box(const og_page_task* task, const og_page_study* studies) {
    const int width = task->objective_count;
    double* box = OG_NEW(task->arena, double, 2 * width);
    bool any = false;
    for (int a = 0; a < width; a++) {
        box[a] = INFINITY;
        box[width + a] = -INFINITY;
    }
    for (int s = 0; s < task->count; s++) {
        for (int64_t i = 0; i < studies[s].front_count; i++) {
            any = true;
            for (int a = 0; a < width; a++) {
                const double value = og_page_study_minimized(&studies[s], studies[s].front[i], a);
                box[a] = fmin(box[a], value);
                box[width + a] = fmax(box[width + a], value);
            }
        }
    }
    for (int a = 0; a < width && any; a++) {
        const double span = box[width + a] - box[a];
        box[width + a] += 0.1 * (span > 0 ? span : fmax(fabs(box[a]), 1));
    }
    return any && width > 1 ? box : NULL;
}

static void page_task(og_page_task* task, og_page_json* json) {
    og_page_task_open(task);
    og_page_study* studies = OG_NEW(task->arena, og_page_study, task->count);
    for (int i = 0; i < task->count; i++) {
        studies[i] = og_page_study_open(task, i);
    }
    const double* box = page_box(task, studies);
    og_page_json_open(json, NULL, '{');
    page_about(task, json);
    page_tables(task, json);
    og_page_json_open(json, "studies", '[');
    for (int i = 0; i < task->count; i++) {
        og_page_study_write(&studies[i], box, json);
    }
    og_page_json_close(json, ']');
    og_page_json_close(json, '}');
}

// the studies that search for the same as `studies[first]`, if none before does
static bool page_gather(og_arena* arena, const og_report_study* studies, int count, int first,
                        og_page_task* task) {
    for (int i = 0; i < first; i++) {
        if (og_study_same_task(&studies[i].record, &studies[first].record)) {
            return false;
        }
    }
    const og_study_record** records = OG_NEW(arena, const og_study_record*, count);
    task->studies = OG_NEW(arena, const og_report_study*, count);
    for (int i = first; i < count; i++) {
        if (i == first || og_study_same_task(&studies[i].record, &studies[first].record)) {
            records[task->count] = &studies[i].record;
            task->studies[task->count++] = &studies[i];
        }
    }
    task->labels = og_study_labels(arena, records, task->count);
    return true;
}

void og_report_page_data(og_arena* arena, const og_report_study* studies, int count, bool analysis,
                         og_buffer* out) {
    og_page_json json = {.out = out};
    og_page_json_open(&json, NULL, '{');
    og_page_json_open(&json, "tasks", '[');
    const int64_t share = count > 0 ? (analysis ? PAGE_ROWS : PAGE_ROWS_FIRST) / count : 0;
    for (int i = 0; i < count; i++) {
        og_page_task task = {.arena = arena,
                             .analysis = analysis,
                             .sample = share > PAGE_ROWS_LEAST ? share : PAGE_ROWS_LEAST};
        if (page_gather(arena, studies, count, i, &task)) {
            page_task(&task, &json);
        }
    }
    og_page_json_close(&json, ']');
    og_page_json_close(&json, '}');
}

void og_report_page(og_arena* arena, const og_report_study* studies, int count, og_buffer* out) {
    og_buffer_add(out, og_page_head, og_page_head_size);
    og_report_page_data(arena, studies, count, true, out);
    og_buffer_add(out, og_page_tail, og_page_tail_size);
}
