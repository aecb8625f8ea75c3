#include "cli/result.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/number.h"
#include "cli/table.h"
#include "ogive/expression.h"
#include "report/objective.h"

enum { RESULT_METRICS = 10 };

const char* og_stop_text(og_stop stop) {
    static const char* const texts[] = {"not finished", "budget used up", "all designs seen",
                                        "interrupted"};
    return texts[stop];
}

const char* og_change_text(og_arena* arena, double from, double to) {
    if (!isfinite(from) || !isfinite(to) || from == 0) {
        return from == to ? "0 %" : "-";
    }
    const double percent = 100 * (to - from) / fabs(from);
    if (fabs(percent) >= 1000) {
        return og_text_format(arena, "%+.0f %%", percent);
    }
    return fabs(percent) < 0.05 ? "0 %" : og_text_format(arena, "%+.1f %%", percent);
}

// true when `text` contains `name` as a whole word
static bool result_mentions(const char* text, const char* name) {
    const size_t length = strlen(name);
    for (const char* at = strstr(text, name); at; at = strstr(at + 1, name)) {
        const bool before = at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '_');
        const char after = at[length];
        if (before && !isalnum((unsigned char)after) && after != '_') {
            return true;
        }
    }
    return false;
}

// "minimize power_mw" in the row of power_mw is just "minimize"
static const char* result_short(og_arena* arena, const char* objective, const char* metric) {
    const char* space = strchr(objective, ' ');
    return space && strcmp(space + 1, metric) == 0
               ? og_text_copy(arena, objective, (size_t)(space - objective))
               : objective;
}

// the objectives and constraints that read a metric
static const char* result_role(og_arena* arena, const og_study_record* record, const char* metric) {
    og_buffer role = {.arena = arena};
    for (int i = 0; i < record->objective_count; i++) {
        if (result_mentions(record->objectives[i], metric)) {
            og_buffer_print(&role, "%s%s", role.length ? "; " : "",
                            result_short(arena, record->objectives[i], metric));
        }
    }
    for (int i = 0; i < record->constraint_count; i++) {
        if (result_mentions(record->constraints[i], metric)) {
            og_buffer_print(&role, "%s%s", role.length ? "; " : "", record->constraints[i]);
        }
    }
    return role.data ? role.data : "";
}

static void result_metric_row(og_table* table, const og_study_record* record, const og_trial* best,
                              int index, const char* role) {
    og_arena* arena = table->arena;
    const double from = record->reference_y ? record->reference_y[index] : NAN;
    const double to = best->outcome == OG_FEASIBLE ? best->y[index] : NAN;
    og_table_add(table,
                 (const char*[]){record->metrics[index].name, og_number_text(arena, from, ""),
                                 og_number_text(arena, to, ""), record->metrics[index].unit,
                                 og_change_text(arena, from, to), role});
}

// metrics that objectives and constraints read come first, then others in order
static void result_metrics(const og_study_record* record, const og_trial* best, int columns,
                           bool color, og_buffer* out) {
    og_arena* arena = out->arena;
    og_table table = og_table_make(
        arena, 6, (const char*[]){"metric", "default", "best", "unit", "change", "wanted"});
    int rows = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < record->metric_count; i++) {
            const char* role = result_role(arena, record, record->metrics[i].name);
            const bool wanted = role[0] != '\0';
            if (wanted == (pass == 0) && (wanted || rows < RESULT_METRICS)) {
                result_metric_row(&table, record, best, i, role);
                rows++;
            }
        }
    }
    og_table_print(&table, 2, columns, color, out);
    if (rows < record->metric_count) {
        og_buffer_print(out, "  (%d more metrics: ogive export)\n", record->metric_count - rows);
    }
}

static void result_parameters(const og_study_record* record, const og_trial* best, int columns,
                              bool color, og_buffer* out) {
    og_arena* arena = out->arena;
    og_table table =
        og_table_make(arena, 4, (const char*[]){"parameter", "default", "best", "unit"});
    for (int i = 0; i < record->space.count; i++) {
        const og_parameter* row = &record->space.parameters[i];
        og_buffer from = {.arena = arena};
        og_buffer to = {.arena = arena};
        if (record->reference_x) {
            og_parameter_print(row, record->reference_x[i], &from);
        }
        og_parameter_print(row, best->x[i], &to);
        const bool same = from.data && strcmp(from.data, to.data) == 0;
        og_table_add(&table,
                     (const char*[]){row->name, from.data, same ? "same" : to.data, row->unit});
    }
    og_table_print(&table, 2, columns, color, out);
}

void og_result_print(const og_study_record* record, const og_trial* best, int columns, bool color,
                     og_buffer* out) {
    if (!best || best->outcome != OG_FEASIBLE) {
        og_buffer_print(out, "No feasible design was found.\n");
        return;
    }
    if (best->violation > 0) {
        og_buffer_print(out, "No design met all constraints; this one comes nearest.\n");
    }
    og_buffer_print(out, "Best design: trial %lld\n\n", (long long)best->number);
    result_metrics(record, best, columns, color, out);
    og_buffer_print(out, "\n");
    result_parameters(record, best, columns, color, out);
}

// the commonest reason of trials without metrics, and how many have it
static const char* result_reason(const og_study_record* record, const og_trial* trials,
                                 int64_t* count) {
    enum { DIFFERENT = 64 };  // later reasons are rarer, or as many as trials
    const char* reasons[DIFFERENT];
    int64_t counts[DIFFERENT] = {0};
    int known = 0;
    int most = 0;
    for (int64_t t = 0; t < record->trial_count; t++) {
        if (trials[t].outcome == OG_FEASIBLE) {
            continue;
        }
        int at = 0;
        while (at < known && strcmp(reasons[at], trials[t].reason) != 0) {
            at++;
        }
        if (at == DIFFERENT) {
            continue;
        }
        known += at == known;
        reasons[at] = trials[t].reason;
        counts[at]++;
        most = counts[at] > counts[most] ? at : most;
    }
    *count = counts[most];
    return known > 0 ? reasons[most] : "";
}

// how trials did with one constraint
typedef struct result_constraint {
    const og_expression* expression;
    int64_t broken;
    int64_t nearest;  // trial that violates it least, -1 = none has metrics
} result_constraint;

// metrics come first in the variables, then parameters
static og_status result_judge(og_arena* arena, const og_study_record* record,
                              const og_trial* trials, const char* text,
                              result_constraint* constraint) {
    const int count = record->metric_count + record->space.count;
    og_variable* variables = OG_NEW(arena, og_variable, count);
    double* values = OG_NEW(arena, double, count);
    for (int i = 0; i < record->metric_count; i++) {
        variables[i].name = record->metrics[i].name;
    }
    for (int i = 0; i < record->space.count; i++) {
        const og_parameter* row = &record->space.parameters[i];
        variables[record->metric_count + i] = (og_variable){row->name, row};
    }
    *constraint = (result_constraint){.nearest = -1};
    OG_TRY(og_expression_compile(arena, text, variables, count, &constraint->expression));
    double least = INFINITY;
    for (int64_t t = 0; t < record->trial_count; t++) {
        if (trials[t].outcome != OG_FEASIBLE) {
            continue;
        }
        memcpy(values, trials[t].y, sizeof *values * (size_t)record->metric_count);
        memcpy(values + record->metric_count, trials[t].x,
               sizeof *values * (size_t)record->space.count);
        const double violation = og_expression_violation(constraint->expression, values);
        constraint->broken += violation > 0;
        if (violation < least) {
            least = violation;
            constraint->nearest = t;
        }
    }
    return OG_OK;
}

static void result_constraint_print(const og_study_record* record, const og_trial* trials,
                                    const result_constraint* constraint, int64_t feasible,
                                    og_buffer* out) {
    const char* text = og_expression_text(constraint->expression);
    og_buffer_print(out, "Constraint %s is broken by %lld of the %s with metrics",
                    og_text_printable(out->arena, text), (long long)constraint->broken,
                    og_count_text(out->arena, feasible, "design"));
    const og_trial* nearest = &trials[constraint->nearest];
    for (int i = 0; i < record->metric_count; i++) {
        if (og_expression_uses(constraint->expression, i)) {
            const og_metric* metric = &record->metrics[i];
            og_buffer_print(out, "; the nearest has %s = %s", metric->name,
                            og_number_text(out->arena, nearest->y[i], metric->unit));
        }
    }
    og_buffer_print(out, " (trial %lld).\n", (long long)nearest->number);
}

void og_result_print_failure(const og_study_record* record, const og_trial* trials,
                             og_buffer* out) {
    int64_t feasible = 0;
    for (int64_t t = 0; t < record->trial_count; t++) {
        feasible += trials[t].outcome == OG_FEASIBLE;
    }
    if (feasible < record->trial_count) {
        int64_t count = 0;
        const char* reason = result_reason(record, trials, &count);
        og_buffer_print(
            out, "%lld of %lld trials have no metrics, %lld of them for this reason: %s\n",
            (long long)(record->trial_count - feasible), (long long)record->trial_count,
            (long long)count, reason[0] ? og_text_printable(out->arena, reason) : "none given");
    }
    result_constraint worst = {0};
    for (int i = 0; i < record->constraint_count && feasible > 0; i++) {
        result_constraint constraint;
        if (result_judge(out->arena, record, trials, record->constraints[i], &constraint) ==
                OG_OK &&
            constraint.broken > worst.broken) {
            worst = constraint;
        }
    }
    if (worst.broken > 0) {
        result_constraint_print(record, trials, &worst, feasible, out);
    }
}
