// Which quantities the pictures of a task are drawn by: its objectives, then the metrics that its
// constraints read, then the others.

#include <assert.h>
#include <math.h>
#include <string.h>

#include "ogive/hypervolume.h"
#include "report/page_study.h"

og_page_fate og_page_fate_of(og_outcome outcome, double violation) {
    switch (outcome) {
    case OG_INFEASIBLE: return OG_PAGE_INFEASIBLE;
    case OG_FAILED: return OG_PAGE_FAILED;
    case OG_FEASIBLE: break;
    }
    return violation == 0 ? OG_PAGE_ACCEPTED : OG_PAGE_BROKEN;
}

static og_variable* page_task_variables(const og_page_task* task) {
    const og_study_record* record = &task->studies[0]->record;
    og_variable* variables =
        OG_NEW(task->arena, og_variable, record->metric_count + record->space.count);
    for (int i = 0; i < record->metric_count; i++) {
        variables[i].name = record->metrics[i].name;
    }
    for (int i = 0; i < record->space.count; i++) {
        const og_parameter* row = &record->space.parameters[i];
        variables[record->metric_count + i] = (og_variable){row->name, row};
    }
    return variables;
}

// "target name = 5" into its parts
static bool page_task_target(og_arena* arena, const char* text, const char** name, double* target) {
    const char* equals = strrchr(text, '=');
    if (strncmp(text, "target ", 7) != 0 || !equals) {
        return false;
    }
    *name = og_text_trim(arena, og_text_copy(arena, text + 7, (size_t)(equals - text - 7)));
    return og_text_number(og_text_trim(arena, equals + 1), target);
}

static void page_task_add_objective(og_page_task* task, const char* text) {
    og_page_axis axis = {.unit = "", .doc = "", .objective = true, .better = -1, .metric = -1};
    const char* name = text;
    if (strncmp(text, "minimize ", 9) == 0) {
        name = text + 9;
    } else if (strncmp(text, "maximize ", 9) == 0) {
        name = text + 9;
        axis.better = 1;
    } else {
        axis.distance = page_task_target(task->arena, text, &name, &axis.target);
    }
    const og_study_record* record = &task->studies[0]->record;
    for (int i = 0; i < record->metric_count; i++) {
        if (strcmp(record->metrics[i].name, name) == 0) {
            axis.unit = record->metrics[i].unit;
            axis.doc = record->metrics[i].doc;
            axis.metric = axis.distance ? -1 : i;
        }
    }
    axis.name = axis.distance ? og_text_format(task->arena, "distance from %s", text + 7) : name;
    const int count = record->metric_count + record->space.count;
    if (og_expression_compile(task->arena, name, page_task_variables(task), count,
                              &axis.expression) == OG_OK) {
        task->axes[task->axis_count++] = axis;
    }
}

static bool page_task_has_metric(const og_page_task* task, int metric) {
    for (int i = 0; i < task->axis_count; i++) {
        if (task->axes[i].metric == metric) {
            return true;
        }
    }
    return false;
}

static void page_task_add_metric(og_page_task* task, int metric) {
    const og_metric* row = &task->studies[0]->record.metrics[metric];
    if (task->axis_count < OG_PAGE_AXES && !page_task_has_metric(task, metric)) {
        task->axes[task->axis_count++] = (og_page_axis){.name = row->name,
                                                        .unit = row->unit,
                                                        .doc = row->doc,
                                                        .better = row->better,
                                                        .metric = metric};
    }
}

static void page_task_add_constrained(og_page_task* task) {
    const og_study_record* record = &task->studies[0]->record;
    const int count = record->metric_count + record->space.count;
    for (int c = 0; c < record->constraint_count; c++) {
        const og_expression* expression = NULL;
        if (og_expression_compile(task->arena, record->constraints[c], page_task_variables(task),
                                  count, &expression) != OG_OK) {
            continue;
        }
        for (int i = 0; i < record->metric_count; i++) {
            if (og_expression_uses(expression, i)) {
                page_task_add_metric(task, i);
            }
        }
    }
}

static void page_task_add_reference(og_page_task* task) {
    const og_study_record* record = &task->studies[0]->record;
    double* values = OG_NEW(task->arena, double, record->metric_count + record->space.count);
    const bool known = record->reference_x && record->reference_y;
    if (known) {
        memcpy(values, record->reference_y, sizeof *values * (size_t)record->metric_count);
        memcpy(values + record->metric_count, record->reference_x,
               sizeof *values * (size_t)record->space.count);
    }
    for (int i = 0; i < task->axis_count; i++) {
        og_page_axis* axis = &task->axes[i];
        axis->reference = !known              ? NAN
                          : axis->metric >= 0 ? record->reference_y[axis->metric]
                                              : og_expression_evaluate(axis->expression, values);
        axis->reference = axis->distance ? fabs(axis->reference - axis->target) : axis->reference;
    }
}

// the loss of several objectives is their mean, each in parts of its size at the default design
static void page_task_find_loss(og_page_task* task) {
    if (task->objective_count < 2 ||
        task->objective_count != task->studies[0]->record.objective_count) {
        return;
    }
    double sum = 0;
    for (int i = 0; i < task->objective_count; i++) {
        const og_page_axis* axis = &task->axes[i];
        const double value = axis->better > 0 ? -axis->reference : axis->reference;
        sum += value == 0 ? 0 : value / fabs(value);
    }
    task->view.reference = sum / task->objective_count;
}

void og_page_task_open(og_page_task* task) {
    assert(task->count > 0);
    const og_study_record* record = &task->studies[0]->record;
    task->view = og_objective_view_make(task->arena, record);
    for (int i = 0; i < record->objective_count && task->axis_count < OG_HYPERVOLUME_DIMENSIONS;
         i++) {
        page_task_add_objective(task, record->objectives[i]);
    }
    task->objective_count = task->axis_count;
    page_task_add_constrained(task);
    // metrics that have a better side say more than the others
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < record->metric_count; i++) {
            if ((record->metrics[i].better != 0) == (pass == 0)) {
                page_task_add_metric(task, i);
            }
        }
    }
    page_task_add_reference(task);
    page_task_find_loss(task);
}

void og_page_task_values(const og_page_task* task, const double* x, const double* y, double* inputs,
                         double* values) {
    const og_study_record* record = &task->studies[0]->record;
    memcpy(inputs, y, sizeof *inputs * (size_t)record->metric_count);
    memcpy(inputs + record->metric_count, x, sizeof *inputs * (size_t)record->space.count);
    for (int a = 0; a < task->axis_count; a++) {
        const og_page_axis* axis = &task->axes[a];
        values[a] =
            axis->metric >= 0 ? y[axis->metric] : og_expression_evaluate(axis->expression, inputs);
        values[a] = axis->distance ? fabs(values[a] - axis->target) : values[a];
    }
}
