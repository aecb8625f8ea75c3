// The designs that differ from one in a single parameter: those that were recorded, and those that
// are left to evaluate.

#include <math.h>
#include <string.h>

#include "analysis/analysis.h"
#include "ogive/space.h"

static const double neighbourhood_step = 0.05;  // nearest values of reals, as part of the range

// What is being made.
typedef struct neighbourhood_work {
    og_arena* arena;
    const og_analysis* analysis;
    const og_space* space;
    const og_parameter* parameters;
    int width;
    og_neighbour* list;
    int count;
} neighbourhood_work;

// Parameters that do not exist have their initial values; conditions may chain.
static void neighbourhood_settle(const neighbourhood_work* work, double* x) {
    bool changed = true;
    for (int pass = 0; changed && pass < work->width; pass++) {
        changed = false;
        for (int c = 0; c < work->width; c++) {
            const double initial = work->parameters[c].initial;
            if (x[c] != initial && !og_space_active(work->space, x, c)) {
                x[c] = initial;
                changed = true;
            }
        }
    }
}

static void neighbourhood_from_trial(const og_analysis* analysis, int64_t number,
                                     og_neighbour* neighbour) {
    const og_trial* trial = &analysis->trials[number];
    neighbour->state = OG_NEIGHBOUR_KNOWN;
    neighbour->trial = number;
    neighbour->outcome = trial->outcome;
    neighbour->reason = trial->reason ? trial->reason : "";
    neighbour->y = trial->y;
    neighbour->objectives = analysis->objectives + number * analysis->record->objective_count;
    neighbour->loss = trial->loss;
    neighbour->violation = trial->violation;
}

// One number of several objectives, as studies weigh them: each by its size at the default design.
static double neighbourhood_loss(const og_analysis* analysis, const double* objectives) {
    const int count = analysis->record->objective_count;
    if (count == 1) {
        return objectives[0];
    }
    double sum = 0;
    for (int k = 0; k < count; k++) {
        const double size = fabs(analysis->internals->reference_minimal[k]);
        sum += objectives[k] / (isfinite(size) && size > 0 ? size : 1);
    }
    return count > 0 ? sum / count : 0;
}

// Objectives and violation of a neighbour whose metrics (derived ones too) are known.
static void neighbourhood_judge(const og_analysis* analysis, og_arena* arena,
                                og_neighbour* neighbour) {
    const og_study_record* record = analysis->record;
    double* values = OG_NEW(arena, double, record->space.count + record->metric_count);
    memcpy(values, neighbour->x, sizeof *values * (size_t)record->space.count);
    memcpy(values + record->space.count, neighbour->y,
           sizeof *values * (size_t)record->metric_count);
    double* objectives = OG_NEW(arena, double, record->objective_count);
    for (int k = 0; k < record->objective_count; k++) {
        const og_analysis_goal* goal = &analysis->internals->goals[k];
        objectives[k] =
            og_analysis_goal_minimal(goal, og_expression_evaluate(goal->expression, values));
    }
    neighbour->objectives = objectives;
    neighbour->loss = neighbourhood_loss(analysis, objectives);
    neighbour->violation = 0;
    for (int i = 0; i < record->constraint_count; i++) {
        neighbour->violation +=
            og_expression_violation(analysis->internals->constraints[i], values);
    }
    neighbour->state = OG_NEIGHBOUR_KNOWN;
    neighbour->outcome = OG_FEASIBLE;
    neighbour->reason = "";
}

static bool neighbourhood_is_reference(const og_study_record* record, const double* x) {
    if (!record->reference_x || !record->reference_y) {
        return false;
    }
    for (int c = 0; c < record->space.count; c++) {
        if (x[c] != record->reference_x[c]) {
            return false;
        }
    }
    for (int m = 0; m < record->metric_count; m++) {
        if (!isfinite(record->reference_y[m])) {
            return false;
        }
    }
    return true;
}

// Look a neighbour up: allowed, recorded as a trial or as the default design, or open.
static void neighbourhood_look_up(const neighbourhood_work* work, og_neighbour* neighbour) {
    neighbour->trial = -1;
    neighbour->reason = "";
    neighbour->loss = INFINITY;
    if (!og_space_contains(work->space, neighbour->x)) {
        neighbour->state = OG_NEIGHBOUR_FORBIDDEN;
        return;
    }
    const int64_t trial = og_analysis_find(work->analysis, neighbour->x);
    if (trial >= 0) {
        neighbourhood_from_trial(work->analysis, trial, neighbour);
    } else if (neighbourhood_is_reference(work->analysis->record, neighbour->x)) {
        neighbour->y = work->analysis->record->reference_y;
        neighbourhood_judge(work->analysis, work->arena, neighbour);
    } else {
        neighbour->state = OG_NEIGHBOUR_OPEN;
    }
}

static void neighbourhood_add(neighbourhood_work* work, const double* center, int parameter,
                              double value) {
    double* x = OG_NEW(work->arena, double, work->width);
    memcpy(x, center, sizeof *x * (size_t)work->width);
    x[parameter] = value;
    neighbourhood_settle(work, x);
    if (x[parameter] != value) {
        return;
    }
    og_neighbour* neighbour = &work->list[work->count++];
    *neighbour = (og_neighbour){.parameter = parameter, .value = value, .x = x};
    neighbourhood_look_up(work, neighbour);
}

// Values to look at beside `value`, ascending; at most OG_NEIGHBOURHOOD_LEVELS. Returns their
// number.
static int neighbourhood_values(og_arena* scratch, const og_parameter* parameter, double value,
                                og_ranked* list) {
    const int64_t levels = og_parameter_levels(parameter);
    int count = 0;
    if (levels > 0 && levels <= OG_NEIGHBOURHOOD_LEVELS) {
        for (int64_t l = 0; l < levels; l++) {
            list[count++] = (og_ranked){og_parameter_value(parameter, l), 0};
        }
        return count;
    }
    const int spread = OG_NEIGHBOURHOOD_LEVELS - 2;
    for (int i = 0; i < spread; i++) {
        list[count++] = (og_ranked){og_analysis_at(parameter, (double)i / (spread - 1)), 0};
    }
    for (int side = -1; side <= 1; side += 2) {
        const int64_t level = levels > 0 ? og_parameter_level(parameter, value) + side : 0;
        const double at = og_analysis_position(parameter, value) + side * neighbourhood_step;
        if (levels > 0 && level >= 0 && level < levels) {
            list[count++] = (og_ranked){og_parameter_value(parameter, level), 0};
        } else if (levels == 0 && at >= 0 && at <= 1) {
            list[count++] = (og_ranked){og_analysis_at(parameter, at), 0};
        }
    }
    og_ranked_sort(scratch, list, count);
    return count;
}

static void neighbourhood_collect(neighbourhood_work* work, const double* center) {
    for (int c = 0; c < work->width; c++) {
        if (!og_space_active(work->space, center, c)) {
            continue;
        }
        og_ranked values[OG_NEIGHBOURHOOD_LEVELS];
        const int count =
            neighbourhood_values(work->arena, &work->parameters[c], center[c], values);
        for (int i = 0; i < count; i++) {
            const bool repeated = i > 0 && values[i].key == values[i - 1].key;
            if (values[i].key != center[c] && !repeated) {
                neighbourhood_add(work, center, c, values[i].key);
            }
        }
    }
}

// The designs to evaluate, side by side.
static void neighbourhood_list_open(og_arena* arena, int width, og_neighbourhood* made) {
    made->open_indices = OG_NEW(arena, int, made->count);
    double* x = OG_NEW(arena, double, (size_t)made->count*(size_t)width);
    for (int i = 0; i < made->count; i++) {
        if (made->neighbours[i].state == OG_NEIGHBOUR_OPEN) {
            memcpy(x + made->open * width, made->neighbours[i].x, sizeof *x * (size_t)width);
            made->open_indices[made->open++] = i;
        }
    }
    made->x = x;
}

og_status og_analysis_neighbourhood(const og_analysis* analysis, og_arena* arena, int64_t trial,
                                    og_neighbourhood* neighbourhood) {
    const og_study_record* record = analysis->record;
    neighbourhood_work work = {.arena = arena,
                               .analysis = analysis,
                               .parameters = record->space.parameters,
                               .width = record->space.count};
    const og_status status = og_space_create(arena, &record->space, &work.space);
    if (status != OG_OK) {
        return og_fail_context(status, "study %s", record->name);
    }
    work.list = OG_NEW(arena, og_neighbour, (size_t)work.width * (size_t)OG_NEIGHBOURHOOD_LEVELS);
    const double* center = analysis->trials[trial].x;
    neighbourhood_collect(&work, center);
    *neighbourhood =
        (og_neighbourhood){.analysis = analysis, .neighbours = work.list, .count = work.count};
    neighbourhood->center = (og_neighbour){.parameter = -1, .value = NAN, .x = center};
    neighbourhood_from_trial(analysis, trial, &neighbourhood->center);
    neighbourhood_list_open(arena, work.width, neighbourhood);
    return OG_OK;
}

// The expressions of the derived metrics, which come last among the record's (list: [*count]).
static og_status neighbourhood_derived(og_arena* arena, const og_analysis* analysis,
                                       const og_expression*** derived, int* count) {
    const og_study_record* record = analysis->record;
    og_plan plan;
    OG_TRY(og_plan_parse(arena, record->plan, strlen(record->plan), record->name, &plan));
    *count = plan.metric_count;
    if (plan.metric_count > record->metric_count) {
        return og_fail(OG_ERROR_STORE, "study %s: its plan names more metrics than its record",
                       record->name);
    }
    *derived = OG_NEW(arena, const og_expression*, plan.metric_count);
    for (int i = 0; i < plan.metric_count; i++) {
        const int known = record->space.count + record->metric_count - plan.metric_count + i;
        const og_status status =
            og_expression_compile(arena, plan.metrics[i].expression, analysis->internals->variables,
                                  known, &(*derived)[i]);
        if (status != OG_OK) {
            return og_fail_context(status, "study %s: metric '%s'", record->name,
                                   plan.metrics[i].name);
        }
    }
    return OG_OK;
}

// All metrics of an evaluated neighbour; a derived one that is not finite makes it a failure.
static void neighbourhood_complete(const og_analysis* analysis, og_arena* arena,
                                   const og_expression* const* derived, int derived_count,
                                   const og_trial* trial, og_neighbour* neighbour) {
    const og_study_record* record = analysis->record;
    const int own = record->metric_count - derived_count;
    double* values = OG_NEW(arena, double, record->space.count + record->metric_count);
    double* y = values + record->space.count;
    memcpy(values, neighbour->x, sizeof *values * (size_t)record->space.count);
    memcpy(y, trial->y, sizeof *y * (size_t)own);
    for (int i = 0; i < derived_count; i++) {
        y[own + i] = og_expression_evaluate(derived[i], values);
        if (!isfinite(y[own + i])) {
            neighbour->state = OG_NEIGHBOUR_KNOWN;
            neighbour->outcome = OG_FAILED;
            neighbour->reason = "a metric is not finite";
            return;
        }
    }
    neighbour->y = y;
    neighbourhood_judge(analysis, arena, neighbour);
}

og_status og_neighbourhood_fill(og_neighbourhood* neighbourhood, og_arena* arena,
                                const og_trial* trials) {
    const og_expression** derived = NULL;
    int count = 0;
    OG_TRY(neighbourhood_derived(arena, neighbourhood->analysis, &derived, &count));
    for (int i = 0; i < neighbourhood->open; i++) {
        og_neighbour* neighbour = &neighbourhood->neighbours[neighbourhood->open_indices[i]];
        if (!trials[i].x) {
            continue;
        }
        if (trials[i].outcome == OG_FEASIBLE) {
            neighbourhood_complete(neighbourhood->analysis, arena, derived, count, &trials[i],
                                   neighbour);
            continue;
        }
        neighbour->state = OG_NEIGHBOUR_KNOWN;
        neighbour->outcome = trials[i].outcome;
        neighbour->reason = trials[i].reason ? trials[i].reason : "";
    }
    return OG_OK;
}
