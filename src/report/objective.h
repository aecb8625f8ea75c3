/// How to tell people a study's objective: its values, unit and direction, read from its record.
#pragma once

#include "ogive/arena.h"
#include "ogive/store.h"

/// The number that a study was led by. One objective to minimise or maximise is shown as its own
/// value; a target as the distance from it; several objectives as the study's loss.
typedef struct og_objective_view {
    const char* name;  ///< expression of the objective, "distance from target ..." or "loss"
    const char* unit;  ///< of the metric, "" when the expression is no single metric
    bool maximize;
    double reference;  ///< value of the default design; NaN when not known
} og_objective_view;

/// The view of `record`, in `arena`.
og_objective_view og_objective_view_make(og_arena* arena, const og_study_record* record);

/// Value to show for a trial's loss.
double og_objective_value(const og_objective_view* view, double loss);

/// True when a trial counts as a result: feasible, and all constraints on metrics hold.
bool og_trial_accepted(const og_trial* trial);

/// Index of metric `name` of the record; unknown: OG_ERROR_NAME with the nearest one.
og_status og_record_metric(const og_study_record* record, const char* name, int* index);
