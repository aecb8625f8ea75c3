#include "cli/result.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/number.h"
#include "cli/table.h"
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
