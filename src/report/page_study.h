/// What the page of a report shows of a study: numbers computed from all its trials, and a sample
/// of them to draw.
#pragma once

#include "ogive/expression.h"
#include "ogive/report.h"
#include "report/objective.h"
#include "report/page_json.h"

/// What became of a design; the order is that of the page's code.
typedef enum og_page_fate {
    OG_PAGE_ACCEPTED,
    OG_PAGE_BROKEN,  ///< metrics are there, a constraint on them does not hold
    OG_PAGE_INFEASIBLE,
    OG_PAGE_FAILED,
    OG_PAGE_FATES,  ///< how many there are
} og_page_fate;

og_page_fate og_page_fate_of(og_outcome outcome, double violation);

/// A quantity that trials are drawn by: an objective, or a metric.
typedef struct og_page_axis {
    const char* name;
    const char* unit;
    const char* doc;
    int better;                       ///< -1 smaller, +1 larger, 0 neither
    bool objective;                   ///< the study is led by it
    const og_expression* expression;  ///< of an objective; NULL = a metric
    bool distance;                    ///< an objective's distance from `target`
    double target;
    int metric;        ///< index of a metric, -1 = none
    double reference;  ///< at the default design, NaN when not known
} og_page_axis;

/// Most axes of a page; metrics beyond are only in the tables of designs.
enum { OG_PAGE_AXES = 16 };

/// Studies that searched for the same, which share pictures.
typedef struct og_page_task {
    og_arena* arena;
    const og_report_study** studies;  ///< list: [count]
    const char** labels;              ///< who searched, list: [count]
    int count;
    og_objective_view view;  ///< of the number that the studies were led by
    og_page_axis axes[OG_PAGE_AXES];
    int axis_count;
    int objective_count;  ///< the first so many axes
    bool analysis;        ///< importances and neighbours are written
    int64_t sample;       ///< most trials of a study that are written to the page
} og_page_task;

/// A study with what its pictures need.
typedef struct og_page_study {
    const og_page_task* task;
    const og_report_study* study;
    const char* label;
    double* values;  ///< shape: [trial_count][task->axis_count], as people read them
    int64_t* front;  ///< accepted trials that no other one dominates; of a single objective, in it
                     ///< and the second axis. list: [front_count]
    int64_t front_count;
} og_page_study;

/// Find the axes of `task`, whose studies and labels are set.
void og_page_task_open(og_page_task* task);

/// Values of all axes (shape: [axis_count]), as people read them, for design x (shape:
/// [space.count]) with metrics y (shape: [metric_count]); `inputs` (shape: [metric_count +
/// space.count]) is scratch.
void og_page_task_values(const og_page_task* task, const double* x, const double* y, double* inputs,
                         double* values);

/// Value to be minimised of axis `axis` for trial `trial`.
double og_page_study_minimized(const og_page_study* study, int64_t trial, int axis);

/// Compute values and front of study number `index` of `task`.
og_page_study og_page_study_open(const og_page_task* task, int index);

/// Write it. `box` (shape: [2][objective_count], NULL = none): the least and the largest values,
/// minimised, between which hypervolumes are measured.
void og_page_study_write(const og_page_study* study, const double* box, og_page_json* json);

/// Write what a page needs to go on from an earlier state: outcomes, best design, improvements and
/// rows of a study that holds only the trials since then.
void og_page_study_write_part(const og_page_study* study, const char* key, og_page_json* json);
