// Quantities: the metrics, objectives and losses of a study's trials as columns.

#include <math.h>
#include <string.h>

#include "analysis/analysis.h"
#include "ogive/text.h"

static const char* quantity_unit(const og_study_record* record, const char* name) {
    for (int m = 0; m < record->metric_count; m++) {
        if (strcmp(record->metrics[m].name, name) == 0) {
            return record->metrics[m].unit ? record->metrics[m].unit : "";
        }
    }
    return "";
}

og_quantity og_analysis_objective(const og_analysis* analysis, og_arena* arena, int index) {
    const og_study_record* record = analysis->record;
    const og_analysis_goal* goal = &analysis->internals->goals[index];
    double* values = OG_NEW(arena, double, record->trial_count);
    for (int64_t i = 0; i < record->trial_count; i++) {
        values[i] = analysis->internals->raw[i * record->objective_count + index];
    }
    return (og_quantity){.name = goal->name,
                         .unit = quantity_unit(record, goal->name),
                         .sense = goal->sense,
                         .target = goal->target,
                         .values = values,
                         .reference = analysis->internals->reference_raw[index]};
}

og_quantity og_analysis_metric(const og_analysis* analysis, og_arena* arena, int index) {
    const og_study_record* record = analysis->record;
    const og_metric* metric = &record->metrics[index];
    double* values = OG_NEW(arena, double, record->trial_count);
    for (int64_t i = 0; i < record->trial_count; i++) {
        const og_trial* trial = &analysis->trials[i];
        values[i] = trial->outcome == OG_FEASIBLE ? trial->y[index] : NAN;
    }
    og_quantity quantity = {.name = metric->name,
                            .unit = metric->unit ? metric->unit : "",
                            .sense = metric->better > 0 ? OG_MAXIMIZE : OG_MINIMIZE,
                            .values = values,
                            .reference = record->reference_y ? record->reference_y[index] : NAN};
    // the study knows better than the metric which side is better
    for (int k = 0; k < record->objective_count; k++) {
        const og_analysis_goal* goal = &analysis->internals->goals[k];
        if (strcmp(goal->name, metric->name) == 0) {
            quantity.sense = goal->sense;
            quantity.target = goal->target;
        }
    }
    return quantity;
}

// The loss of the default design: every objective by its own size, as studies weigh them.
static double quantity_reference_loss(const og_analysis* analysis) {
    const int count = analysis->record->objective_count;
    double sum = 0;
    for (int k = 0; k < count; k++) {
        const double value = analysis->internals->reference_minimal[k];
        sum += value == 0 ? 0 : value / fabs(value);
    }
    return count > 0 ? sum / count : NAN;
}

og_quantity og_analysis_loss(const og_analysis* analysis, og_arena* arena) {
    const og_study_record* record = analysis->record;
    if (record->objective_count == 1) {
        return og_analysis_objective(analysis, arena, 0);
    }
    double* values = OG_NEW(arena, double, record->trial_count);
    for (int64_t i = 0; i < record->trial_count; i++) {
        const og_trial* trial = &analysis->trials[i];
        values[i] = trial->outcome == OG_FEASIBLE ? trial->loss : NAN;
    }
    return (og_quantity){.name = "loss",
                         .unit = "",
                         .sense = OG_MINIMIZE,
                         .values = values,
                         .reference = quantity_reference_loss(analysis)};
}

og_status og_analysis_quantity(const og_analysis* analysis, og_arena* arena, const char* name,
                               og_quantity* quantity) {
    const og_study_record* record = analysis->record;
    const char** names = OG_NEW(arena, const char*, record->metric_count);
    for (int i = 0; i < record->metric_count; i++) {
        names[i] = record->metrics[i].name;
        if (strcmp(names[i], name) == 0) {
            *quantity = og_analysis_metric(analysis, arena, i);
            return OG_OK;
        }
    }
    for (int k = 0; k < record->objective_count; k++) {
        if (strcmp(analysis->internals->goals[k].name, name) == 0) {
            *quantity = og_analysis_objective(analysis, arena, k);
            return OG_OK;
        }
    }
    const char* nearest = og_text_nearest(name, names, record->metric_count);
    return og_fail(OG_ERROR_NAME, "study %s has no metric '%s'%s%s%s", record->name, name,
                   nearest ? ", did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

bool og_quantity_better(const og_quantity* quantity, double a, double b) {
    if (isnan(a) || isnan(b)) {
        return !isnan(a) && isnan(b);
    }
    switch (quantity->sense) {
    case OG_MINIMIZE: return a < b;
    case OG_MAXIMIZE: return a > b;
    case OG_TARGET: return fabs(a - quantity->target) < fabs(b - quantity->target);
    }
    return false;
}
