/// What a study asks for, compiled: the space it searches, and how metrics become objectives.
#pragma once

#include "ogive/environment.h"
#include "ogive/expression.h"
#include "ogive/study.h"

/// One objective, compiled.
typedef struct og_problem_objective {
    og_sense sense;
    double target;
    double scale;  ///< its share in the loss is divided by this
    const og_expression* expression;
} og_problem_objective;

/// Read-only once the reference is set; shared by threads.
typedef struct og_problem {
    const og_model* model;
    og_space_table
        table;  ///< what is searched: the model's table with restrictions and constraints
    const og_space* full;      ///< of the model
    const og_space* space;     ///< of `table`
    const og_metric* metrics;  ///< the model's, then derived ones (their doc is "= expression")
    int metric_count;
    const og_expression** derived;  ///< list: [metric_count - model->metric_count]
    og_problem_objective* objectives;
    const char** objective_texts;  ///< "minimize power_mw", list: [objective_count]
    int objective_count;
    const og_expression** constraints;  ///< those that read metrics
    const char** constraint_texts;      ///< list: [constraint_count]
    int constraint_count;
    double* reference_x;  ///< the default design, shape: [table.count]
    double* reference_y;  ///< shape: [metric_count], NaN when it is not feasible
} og_problem;

/// Compile `plan` over `model`. Fails with the place and the nearest name where the plan names what
/// does not exist, and where no design is left. `plan` NULL: the model's metrics without
/// objectives.
og_status og_problem_create(og_arena* arena, const og_model* model, const og_plan* plan,
                            og_problem** problem);

/// Say what the default design costs (y shape: [metric_count]): sets the scale of each objective.
void og_problem_set_reference(og_problem* problem, const double* y, og_arena* scratch);

/// What one design is worth.
typedef struct og_judgement {
    double* objectives;  ///< to minimise, shape: [objective_count]; given by the caller
    double loss;
    double violation;
    og_outcome outcome;
    const char* reason;  ///< in the scratch arena or static
} og_judgement;

/// Judge design x from its metrics: y (shape: [metric_count]) holds those of the model when
/// `judgement->outcome` is OG_FEASIBLE, and receives the derived ones. A metric or objective that
/// is not finite makes the outcome OG_FAILED; y is all NaN unless the outcome is OG_FEASIBLE.
void og_problem_judge(const og_problem* problem, const double* x, double* y,
                      og_judgement* judgement, og_arena* scratch);

/// Evaluate x by the model and judge it.
void og_problem_evaluate(const og_problem* problem, const double* x, double* y,
                         og_judgement* judgement, og_arena* scratch);
