// Studies made by hand: a space, a function, and the designs that were tried.
#pragma once

#include <math.h>
#include <string.h>

#include "ogive/analysis.h"
#include "ogive/space.h"

// Include after cmocka.h.
static void fixture_near(double value, double expected, double margin) {
    if (!(fabs(value - expected) <= margin)) {
        fail_msg("%.17g is not within %g of %.17g", value, margin, expected);
    }
}

// Metrics of a design into y; returns what became of it.
typedef og_outcome fixture_function(const double* x, double* y);

// What a study is made from.
typedef struct fixture_task {
    const og_parameter* parameters;
    int width;
    const og_metric* metrics;
    int metric_count;
    const char* const* objectives;
    int objective_count;
    const char* const* constraints;  // on the space
    int constraint_count;
    fixture_function* function;
} fixture_task;

static void fixture_study(og_arena* arena, const fixture_task* task, const double* designs,
                          int64_t count, og_study_record* record, og_trial** trials) {
    double* reference_x = OG_NEW(arena, double, task->width);
    double* reference_y = OG_NEW(arena, double, task->metric_count);
    for (int c = 0; c < task->width; c++) {
        reference_x[c] = task->parameters[c].initial;
    }
    task->function(reference_x, reference_y);
    *record = (og_study_record){
        .name = "made",
        .plan = "environment: toy\nagent: random\nobjectives: [minimize a]\nbudget: 1\n",
        .environment = "toy",
        .agent = "random",
        .space = {task->parameters, task->width, task->constraints, task->constraint_count},
        .metrics = task->metrics,
        .metric_count = task->metric_count,
        .objectives = task->objectives,
        .objective_count = task->objective_count,
        .reference_x = reference_x,
        .reference_y = reference_y,
        .trial_count = count,
        .best = -1,
    };
    *trials = OG_NEW(arena, og_trial, count);
    double* y = OG_NEW(arena, double, count * task->metric_count);
    for (int64_t i = 0; i < count; i++) {
        og_trial* trial = &(*trials)[i];
        *trial = (og_trial){.number = i,
                            .x = designs + i * task->width,
                            .y = y + i * task->metric_count,
                            .reason = "",
                            .repeat_of = -1};
        trial->outcome = task->function(trial->x, y + i * task->metric_count);
        trial->loss = trial->outcome == OG_FEASIBLE ? trial->y[0] : INFINITY;
        if (trial->outcome == OG_FEASIBLE &&
            (record->best < 0 || trial->loss < (*trials)[record->best].loss)) {
            record->best = i;
        }
    }
}

// All designs of the task's space (list: [*count]), which must be countable.
static double* fixture_grid(og_arena* arena, const fixture_task* task, int64_t* count) {
    const og_space_table table = {task->parameters, task->width, task->constraints,
                                  task->constraint_count};
    const og_space* space = NULL;
    if (og_space_create(arena, &table, &space) != OG_OK) {
        *count = 0;
        return NULL;
    }
    *count = (int64_t)space->size;
    double* x = OG_NEW(arena, double, *count * task->width);
    for (int64_t i = 0; i < *count; i++) {
        og_space_design(space, (uint64_t)i, x + i * task->width);
    }
    return x;
}
