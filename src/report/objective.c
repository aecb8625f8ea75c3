#include "report/objective.h"

#include <math.h>
#include <string.h>

#include "ogive/expression.h"

double og_objective_value(const og_objective_view* view, double loss) {
    return view->maximize ? -loss : loss;
}

bool og_trial_accepted(const og_trial* trial) {
    return trial->outcome == OG_FEASIBLE && trial->violation == 0;
}

og_status og_record_metric(const og_study_record* record, const char* name, int* index) {
    enum { MOST = 512 };
    const char* names[MOST];
    int count = 0;
    for (int i = 0; i < record->metric_count && count < MOST; i++) {
        names[count++] = record->metrics[i].name;
        if (strcmp(record->metrics[i].name, name) == 0) {
            *index = i;
            return OG_OK;
        }
    }
    const char* nearest = og_text_nearest(name, names, count);
    if (nearest) {
        return og_fail(OG_ERROR_NAME, "study %s has no metric '%s', did you mean %s?", record->name,
                       name, nearest);
    }
    return og_fail(OG_ERROR_NAME, "study %s has no metric '%s'", record->name, name);
}

// value of an expression over metrics and parameters at the default design
static double objective_reference(og_arena* arena, const og_study_record* record,
                                  const char* expression) {
    const int count = record->metric_count + record->space.count;
    og_variable* variables = OG_NEW(arena, og_variable, count);
    double* values = OG_NEW(arena, double, count);
    for (int i = 0; i < record->metric_count; i++) {
        variables[i].name = record->metrics[i].name;
        values[i] = record->reference_y[i];
    }
    for (int i = 0; i < record->space.count; i++) {
        const int at = record->metric_count + i;
        variables[at].name = record->space.parameters[i].name;
        variables[at].parameter = &record->space.parameters[i];
        values[at] = record->reference_x[i];
    }
    const og_expression* compiled = NULL;
    if (og_expression_compile(arena, expression, variables, count, &compiled) != OG_OK) {
        return NAN;
    }
    return og_expression_evaluate(compiled, values);
}

og_objective_view og_objective_view_make(og_arena* arena, const og_study_record* record) {
    og_objective_view view = {.name = "loss", .unit = "", .reference = NAN};
    if (record->objective_count != 1) {
        return view;
    }
    static const char* const senses[] = {"minimize ", "maximize "};
    for (int i = 0; i < 2; i++) {
        const size_t length = strlen(senses[i]);
        if (strncmp(record->objectives[0], senses[i], length) != 0) {
            continue;
        }
        view.name = record->objectives[0] + length;
        view.maximize = i == 1;
        for (int m = 0; m < record->metric_count; m++) {
            view.unit = strcmp(record->metrics[m].name, view.name) == 0 ? record->metrics[m].unit
                                                                        : view.unit;
        }
        if (record->reference_x && record->reference_y) {
            view.reference = objective_reference(arena, record, view.name);
        }
        view.name = og_text_printable(arena, view.name);
        view.unit = og_text_printable(arena, view.unit);
        return view;
    }
    view.name =
        og_text_format(arena, "distance from %s", og_text_printable(arena, record->objectives[0]));
    return view;
}
