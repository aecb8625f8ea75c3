#include "study/problem.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "ogive/text.h"

static og_problem* problem_start(og_arena* arena, const og_model* model, int derived_count) {
    og_problem* problem = OG_NEW(arena, og_problem, 1);
    problem->model = model;
    problem->table = model->space;
    problem->metric_count = model->metric_count + derived_count;
    og_metric* metrics = OG_NEW(arena, og_metric, problem->metric_count);
    memcpy(metrics, model->metrics, (size_t)model->metric_count * sizeof *metrics);
    problem->metrics = metrics;
    problem->reference_x = OG_NEW(arena, double, model->space.count);
    problem->reference_y = OG_NEW(arena, double, problem->metric_count);
    for (int i = 0; i < problem->metric_count; i++) {
        problem->reference_y[i] = NAN;
    }
    return problem;
}

// Names that expressions may use: parameters, then metrics.
static og_variable* problem_variables(og_arena* arena, const og_problem* problem) {
    const og_space_table* table = &problem->model->space;
    og_variable* variables = OG_NEW(arena, og_variable, table->count + problem->metric_count);
    for (int i = 0; i < table->count; i++) {
        variables[i] = (og_variable){table->parameters[i].name, &table->parameters[i]};
    }
    for (int i = 0; i < problem->model->metric_count; i++) {
        variables[table->count + i].name = problem->metrics[i].name;
    }
    return variables;
}

static bool problem_is_name(const char* text) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    static const char others[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    return text[0] != '\0' && strchr(letters, text[0]) && text[strspn(text, others)] == '\0';
}

static og_status problem_derive(og_arena* arena, og_problem* problem, og_variable* variables,
                                const og_plan* plan) {
    const int first = problem->model->space.count + problem->model->metric_count;
    og_metric* metrics = OG_NEW(arena, og_metric, problem->metric_count);
    memcpy(metrics, problem->metrics, (size_t)problem->metric_count * sizeof *metrics);
    problem->derived = OG_NEW(arena, const og_expression*, plan->metric_count);
    for (int i = 0; i < plan->metric_count; i++) {
        const og_derived* derived = &plan->metrics[i];
        const char* where = derived->where ? derived->where : "metrics";
        if (!problem_is_name(derived->name)) {
            return og_fail(OG_ERROR_NAME, "%s: '%s' is no name, allowed: a-z, 0-9 and _", where,
                           derived->name);
        }
        for (int k = 0; k < first + i; k++) {
            if (strcmp(variables[k].name, derived->name) == 0) {
                return og_fail(OG_ERROR_NAME, "%s: there is a %s '%s' already", where,
                               variables[k].parameter ? "parameter" : "metric", derived->name);
            }
        }
        const og_status status = og_expression_compile(arena, derived->expression, variables,
                                                       first + i, &problem->derived[i]);
        if (status != OG_OK) {
            return og_fail_context(status, "%s: metric '%s'", where, derived->name);
        }
        variables[first + i].name = derived->name;
        metrics[problem->model->metric_count + i] =
            (og_metric){.name = derived->name,
                        .unit = derived->unit ? derived->unit : "",
                        .doc = og_text_format(arena, "= %s", derived->expression)};
    }
    problem->metrics = metrics;
    return OG_OK;
}

static const char* problem_objective_text(og_arena* arena, const og_objective* objective) {
    char target[32];
    switch (objective->sense) {
    case OG_MINIMIZE: return og_text_format(arena, "minimize %s", objective->expression);
    case OG_MAXIMIZE: return og_text_format(arena, "maximize %s", objective->expression);
    case OG_TARGET:
        return og_text_format(arena, "target %s = %s", objective->expression,
                              og_text_real(objective->target, target));
    }
    assert(false && "a sense of og_sense");
    return "";
}

static og_status problem_aim(og_arena* arena, og_problem* problem, const og_variable* variables,
                             const og_plan* plan) {
    const int count = problem->model->space.count + problem->metric_count;
    problem->objective_count = plan->objective_count;
    problem->objectives = OG_NEW(arena, og_problem_objective, plan->objective_count);
    problem->objective_texts = OG_NEW(arena, const char*, plan->objective_count);
    for (int i = 0; i < plan->objective_count; i++) {
        const og_objective* objective = &plan->objectives[i];
        og_problem_objective* compiled = &problem->objectives[i];
        *compiled = (og_problem_objective){
            .sense = objective->sense, .target = objective->target, .scale = 1.0};
        const og_status status = og_expression_compile(arena, objective->expression, variables,
                                                       count, &compiled->expression);
        if (status != OG_OK) {
            return og_fail_context(status, "%s: objective '%s'",
                                   objective->where ? objective->where : "objectives",
                                   objective->expression);
        }
        problem->objective_texts[i] = problem_objective_text(arena, objective);
    }
    return OG_OK;
}

static bool problem_reads_metrics(const og_problem* problem, const og_expression* expression) {
    for (int i = 0; i < problem->metric_count; i++) {
        if (og_expression_uses(expression, problem->model->space.count + i)) {
            return true;
        }
    }
    return false;
}

static void problem_table_constrain(og_arena* arena, og_problem* problem, const char* text) {
    og_space_table* table = &problem->table;
    const char** larger = OG_NEW(arena, const char*, table->constraint_count + 1);
    if (table->constraint_count > 0) {
        memcpy(larger, table->constraints, (size_t)table->constraint_count * sizeof *larger);
    }
    larger[table->constraint_count++] = text;
    table->constraints = larger;
}

// Constraints over parameters alone join the space, the others are judged from metrics.
static og_status problem_constrain(og_arena* arena, og_problem* problem,
                                   const og_variable* variables, const og_plan* plan) {
    const int count = problem->model->space.count + problem->metric_count;
    problem->constraints = OG_NEW(arena, const og_expression*, plan->constraint_count);
    problem->constraint_texts = OG_NEW(arena, const char*, plan->constraint_count);
    for (int i = 0; i < plan->constraint_count; i++) {
        const char* text = plan->constraints[i];
        const og_expression* expression;
        const og_status status =
            og_expression_compile_constraint(arena, text, variables, count, &expression);
        if (status != OG_OK) {
            const char* where = plan->constraint_where ? plan->constraint_where[i] : "constraints";
            return og_fail_context(status, "%s: constraint '%s'", where, text);
        }
        if (problem_reads_metrics(problem, expression)) {
            problem->constraint_texts[problem->constraint_count] = text;
            problem->constraints[problem->constraint_count++] = expression;
        } else {
            problem_table_constrain(arena, problem, text);
        }
    }
    return OG_OK;
}

static og_status problem_parameter_find(og_arena* arena, const og_space_table* table,
                                        const char* name, int* index) {
    const char** names = OG_NEW(arena, const char*, table->count);
    for (int i = 0; i < table->count; i++) {
        names[i] = table->parameters[i].name;
        if (strcmp(names[i], name) == 0) {
            *index = i;
            return OG_OK;
        }
    }
    const char* nearest = og_text_nearest(name, names, table->count);
    return og_fail(OG_ERROR_NAME, "no parameter '%s'%s%s%s", name, nearest ? ", did you mean " : "",
                   nearest ? nearest : "", nearest ? "?" : "");
}

// Add `value` to an increasing list without repetition.
static void problem_values_add(double* values, int* count, double value) {
    int at = *count;
    while (at > 0 && values[at - 1] >= value) {
        at--;
    }
    if (at < *count && values[at] == value) {
        return;
    }
    memmove(values + at + 1, values + at, (size_t)(*count - at) * sizeof *values);
    values[at] = value;
    (*count)++;
}

// Numbers held to a list become an ordinal parameter. One that exists only under a condition keeps
// its initial value for designs in which it does not exist.
static void problem_restrict_number(og_arena* arena, og_problem* problem, og_parameter* row,
                                    double* values, int count, double first) {
    bool has_initial = false;
    for (int i = 0; i < count; i++) {
        has_initial = has_initial || values[i] == row->initial;
    }
    if (!has_initial && row->active) {
        char initial[32];
        og_text_real(row->initial, initial);
        problem_table_constrain(
            arena, problem,
            og_text_format(arena, "not (%s) or %s != %s", row->active, row->name, initial));
        problem_values_add(values, &count, row->initial);
    } else if (!has_initial) {
        row->initial = first;
    }
    row->kind = OG_ORDINAL;
    row->scale = OG_LINEAR;
    row->values = values;
    row->level_count = count;
    row->minimum = values[0];
    row->maximum = values[count - 1];
    row->step = 0;
}

// Choices keep their row, so that expressions may still name all of them.
static void problem_restrict_choice(og_arena* arena, og_problem* problem, const og_parameter* row,
                                    const double* values, int count) {
    og_buffer text = {.arena = arena};
    if (row->active) {
        og_buffer_print(&text, "not (%s) or ", row->active);
    }
    for (int i = 0; i < count; i++) {
        og_buffer_print(&text, "%s%s == %s", i ? " or " : "", row->name,
                        row->kind == OG_CHOICE ? "'" : "");
        og_parameter_print(row, values[i], &text);
        og_buffer_print(&text, "%s", row->kind == OG_CHOICE ? "'" : "");
    }
    problem_table_constrain(arena, problem, text.data);
}

static og_status problem_restrict_one(og_arena* arena, og_problem* problem, og_parameter* rows,
                                      const og_assignment* restriction) {
    int index = 0;
    OG_TRY(problem_parameter_find(arena, &problem->table, restriction->key, &index));
    char** parts;
    const int part_count = og_text_split(arena, restriction->value, ',', &parts);
    if (part_count == 0) {
        return og_fail(OG_ERROR_VALUE, "%s: a value, or a list of values, expected",
                       restriction->key);
    }
    double* values = OG_NEW(arena, double, part_count + 1);
    int count = 0;
    double first = 0;
    for (int i = 0; i < part_count; i++) {
        double value;
        OG_TRY(og_parameter_parse(&rows[index], parts[i], &value));
        first = i == 0 ? value : first;
        problem_values_add(values, &count, value);
    }
    if (rows[index].kind == OG_CHOICE || rows[index].kind == OG_BOOLEAN) {
        problem_restrict_choice(arena, problem, &rows[index], values, count);
    } else {
        problem_restrict_number(arena, problem, &rows[index], values, count, first);
    }
    return OG_OK;
}

static og_status problem_restrict(og_arena* arena, og_problem* problem, const og_plan* plan) {
    og_parameter* rows = OG_NEW(arena, og_parameter, problem->table.count);
    memcpy(rows, problem->table.parameters, (size_t)problem->table.count * sizeof *rows);
    problem->table.parameters = rows;
    for (int i = 0; i < plan->space_count; i++) {
        const og_status status = problem_restrict_one(arena, problem, rows, &plan->space[i]);
        if (status != OG_OK) {
            return og_fail_context(status, "%s",
                                   plan->space[i].where ? plan->space[i].where : "space");
        }
    }
    return OG_OK;
}

og_status og_problem_create(og_arena* arena, const og_model* model, const og_plan* plan,
                            og_problem** created) {
    og_problem* problem = problem_start(arena, model, plan ? plan->metric_count : 0);
    if (plan) {
        og_variable* variables = problem_variables(arena, problem);
        OG_TRY(problem_derive(arena, problem, variables, plan));
        OG_TRY(problem_aim(arena, problem, variables, plan));
        OG_TRY(problem_restrict(arena, problem, plan));
        OG_TRY(problem_constrain(arena, problem, variables, plan));
    }
    OG_TRY(og_space_create(arena, &model->space, &problem->full));
    OG_TRY(og_space_create(arena, &problem->table, &problem->space));
    og_space_initial(problem->full, problem->reference_x);
    *created = problem;
    return OG_OK;
}

// Value of an objective in the form that is minimised.
static double problem_objective_value(const og_problem_objective* objective, const double* values) {
    const double value = og_expression_evaluate(objective->expression, values);
    switch (objective->sense) {
    case OG_MINIMIZE: return value;
    case OG_MAXIMIZE: return -value;
    case OG_TARGET: return fabs(value - objective->target);
    }
    assert(false && "a sense of og_sense");
    return value;
}

// The design and its metrics side by side, as expressions want them.
static double* problem_values(const og_problem* problem, const double* x, const double* y,
                              int y_count, og_arena* scratch) {
    const int width = problem->model->space.count;
    double* values =
        og_arena_allocate_raw(scratch, (size_t)(width + problem->metric_count) * sizeof *values);
    memcpy(values, x, (size_t)width * sizeof *values);
    memcpy(values + width, y, (size_t)y_count * sizeof *values);
    return values;
}

void og_problem_set_reference(og_problem* problem, const double* y, og_arena* scratch) {
    memcpy(problem->reference_y, y, (size_t)problem->metric_count * sizeof *y);
    const double* values =
        problem_values(problem, problem->reference_x, y, problem->metric_count, scratch);
    for (int i = 0; i < problem->objective_count; i++) {
        const double value = fabs(problem_objective_value(&problem->objectives[i], values));
        problem->objectives[i].scale = isfinite(value) && value > 0 ? value : 1.0;
    }
}

static void problem_judge_failed(const og_problem* problem, double* y, og_judgement* judgement,
                                 og_outcome outcome, const char* reason) {
    for (int i = 0; i < problem->metric_count; i++) {
        y[i] = NAN;
    }
    judgement->outcome = outcome;
    judgement->reason = reason ? reason : "";
    judgement->loss = INFINITY;
    judgement->violation = 0;
}

static double problem_loss(const og_problem* problem, const double* objectives) {
    if (problem->objective_count == 1) {
        return objectives[0];
    }
    double sum = 0;
    for (int i = 0; i < problem->objective_count; i++) {
        sum += objectives[i] / problem->objectives[i].scale;
    }
    return problem->objective_count > 0 ? sum / problem->objective_count : 0;
}

void og_problem_judge(const og_problem* problem, const double* x, double* y,
                      og_judgement* judgement, og_arena* scratch) {
    const int width = problem->model->space.count;
    const int own = problem->model->metric_count;
    if (judgement->outcome != OG_FEASIBLE) {
        problem_judge_failed(problem, y, judgement, judgement->outcome, judgement->reason);
        return;
    }
    double* values = problem_values(problem, x, y, own, scratch);
    for (int i = 0; i < problem->metric_count; i++) {
        if (i >= own) {
            y[i] = values[width + i] = og_expression_evaluate(problem->derived[i - own], values);
        }
        if (!isfinite(y[i])) {
            const char* reason =
                og_text_format(scratch, "metric %s is %s", problem->metrics[i].name,
                               isnan(y[i]) ? "not a number" : "infinite");
            problem_judge_failed(problem, y, judgement, OG_FAILED, reason);
            return;
        }
    }
    for (int i = 0; i < problem->objective_count; i++) {
        judgement->objectives[i] = problem_objective_value(&problem->objectives[i], values);
    }
    judgement->loss = problem_loss(problem, judgement->objectives);
    if (!isfinite(judgement->loss)) {
        problem_judge_failed(problem, y, judgement, OG_FAILED, "an objective is not finite");
        return;
    }
    judgement->reason = "";
    judgement->violation = 0;
    for (int i = 0; i < problem->constraint_count; i++) {
        judgement->violation += og_expression_violation(problem->constraints[i], values);
    }
}

void og_problem_evaluate(const og_problem* problem, const double* x, double* y,
                         og_judgement* judgement, og_arena* scratch) {
    const og_model* model = problem->model;
    judgement->reason = "";
    judgement->outcome = model->type->evaluate(model->data, x, y, scratch, &judgement->reason);
    og_problem_judge(problem, x, y, judgement, scratch);
}
