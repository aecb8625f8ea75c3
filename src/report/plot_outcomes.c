// Picture of what became of the trials: accepted ones, broken constraints, reasons of the others.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/expression.h"
#include "report/csv.h"
#include "report/objective.h"
#include "report/picture.h"
#include "report/svg_bars.h"

enum { PLOT_OUTCOMES_ROWS = 30 };

typedef struct plot_outcomes_row {
    const char* outcome;
    const char* reason;
    int64_t evaluated, repeated;  // trials
} plot_outcomes_row;

typedef struct plot_outcomes_view {
    og_arena* arena;
    const og_report_study* study;
    plot_outcomes_row* rows;  // list: [count]
    int count;
    int capacity;
} plot_outcomes_view;

static plot_outcomes_row* plot_outcomes_find(plot_outcomes_view* view, const char* outcome,
                                             const char* reason) {
    for (int i = 0; i < view->count; i++) {
        plot_outcomes_row* row = &view->rows[i];
        if (strcmp(row->outcome, outcome) == 0 && strcmp(row->reason, reason) == 0) {
            return row;
        }
    }
    if (view->count == view->capacity) {
        const int capacity = view->capacity ? 2 * view->capacity : 32;
        plot_outcomes_row* grown = OG_NEW(view->arena, plot_outcomes_row, capacity);
        if (view->count > 0) {
            memcpy(grown, view->rows, sizeof *grown * (size_t)view->count);
        }
        view->rows = grown;
        view->capacity = capacity;
    }
    view->rows[view->count] = (plot_outcomes_row){outcome, reason, 0, 0};
    return &view->rows[view->count++];
}

static void plot_outcomes_count(plot_outcomes_row* row, const og_trial* trial) {
    row->evaluated += trial->repeat_of < 0;
    row->repeated += trial->repeat_of >= 0;
}

// the constraints on metrics, compiled, over parameters and then metrics
static og_status plot_outcomes_constraints(const plot_outcomes_view* view,
                                           const og_expression*** compiled) {
    const og_study_record* record = &view->study->record;
    const int width = record->space.count;
    og_variable* variables = OG_NEW(view->arena, og_variable, width + record->metric_count);
    for (int i = 0; i < width; i++) {
        variables[i].name = record->space.parameters[i].name;
        variables[i].parameter = &record->space.parameters[i];
    }
    for (int i = 0; i < record->metric_count; i++) {
        variables[width + i].name = record->metrics[i].name;
    }
    *compiled = OG_NEW(view->arena, const og_expression*, record->constraint_count);
    for (int i = 0; i < record->constraint_count; i++) {
        OG_TRY(og_expression_compile(view->arena, record->constraints[i], variables,
                                     width + record->metric_count, &(*compiled)[i]));
    }
    return OG_OK;
}

// a trial that breaks several constraints counts for each
static void plot_outcomes_broken(plot_outcomes_view* view, const og_trial* trial,
                                 const og_expression* const* constraints, double* values) {
    const og_study_record* record = &view->study->record;
    memcpy(values, trial->x, sizeof *values * (size_t)record->space.count);
    memcpy(values + record->space.count, trial->y, sizeof *values * (size_t)record->metric_count);
    for (int i = 0; i < record->constraint_count; i++) {
        if (og_expression_violation(constraints[i], values) > 0) {
            plot_outcomes_count(
                plot_outcomes_find(view, "breaks a constraint", record->constraints[i]), trial);
        }
    }
}

static int plot_outcomes_rank(const plot_outcomes_row* row) {
    static const char* const order[] = {"accepted", "breaks a constraint", "infeasible", "failed"};
    int rank = 0;
    while (rank < 4 && strcmp(order[rank], row->outcome) != 0) {
        rank++;
    }
    return rank;
}

static int plot_outcomes_compare(const void* a, const void* b) {
    const plot_outcomes_row* x = a;
    const plot_outcomes_row* y = b;
    const int rank = plot_outcomes_rank(x) - plot_outcomes_rank(y);
    const int64_t more = (y->evaluated + y->repeated) - (x->evaluated + x->repeated);
    return rank ? rank : more ? (more > 0 ? 1 : -1) : strcmp(x->reason, y->reason);
}

static og_status plot_outcomes_open(const og_picture* picture, plot_outcomes_view* view) {
    view->arena = picture->arena;
    view->study = &picture->studies[0];
    const og_study_record* record = &view->study->record;
    const og_expression** constraints = NULL;
    OG_TRY(plot_outcomes_constraints(view, &constraints));
    double* values = OG_NEW(view->arena, double, record->space.count + record->metric_count);
    for (int64_t i = 0; i < record->trial_count; i++) {
        const og_trial* trial = &view->study->trials[i];
        if (og_trial_accepted(trial)) {
            plot_outcomes_count(plot_outcomes_find(view, "accepted", ""), trial);
        } else if (trial->outcome == OG_FEASIBLE) {
            plot_outcomes_broken(view, trial, constraints, values);
        } else {
            const char* reason = trial->reason && trial->reason[0] ? trial->reason : "no reason";
            plot_outcomes_count(plot_outcomes_find(view, og_outcome_name(trial->outcome), reason),
                                trial);
        }
    }
    if (view->count > 0) {
        qsort(view->rows, (size_t)view->count, sizeof *view->rows, plot_outcomes_compare);
    }
    return OG_OK;
}

static og_svg_bar plot_outcomes_bar(const plot_outcomes_view* view, const plot_outcomes_row* row) {
    og_arena* arena = view->arena;
    const double total = (double)view->study->record.trial_count;
    double* parts = OG_NEW(arena, double, 2);
    parts[0] = (double)row->evaluated;
    parts[1] = (double)row->repeated;
    return (og_svg_bar){
        .group = row->outcome,
        .name = row->reason[0] ? og_text_printable(arena, row->reason) : "all constraints hold",
        .parts = parts,
        .mark = NAN,
        .note = og_text_format(arena, "%s (%.1f %%)", og_svg_number(arena, parts[0] + parts[1]),
                               100 * (parts[0] + parts[1]) / total)};
}

static og_status plot_outcomes_svg(const og_picture* picture, og_buffer* out) {
    static const char* const names[] = {"evaluated", "taken from the record"};
    static const int colors[] = {0, 5};
    plot_outcomes_view view = {0};
    OG_TRY(plot_outcomes_open(picture, &view));
    og_arena* arena = view.arena;
    const int shown = view.count < PLOT_OUTCOMES_ROWS ? view.count : PLOT_OUTCOMES_ROWS;
    og_svg_bar* bars = OG_NEW(arena, og_svg_bar, shown);
    for (int i = 0; i < shown; i++) {
        bars[i] = plot_outcomes_bar(&view, &view.rows[i]);
    }
    const og_study_record* record = &view.study->record;
    og_buffer about = {.arena = arena};
    og_buffer_print(&about, "%s trials%s", og_svg_number(arena, (double)record->trial_count),
                    record->constraint_count > 1
                        ? "; one that breaks several constraints counts for each"
                        : "");
    if (shown < view.count) {
        og_buffer_print(&about, "; the %d commonest of %d reasons", shown, view.count);
    }
    og_svg_bars_draw(&(og_svg_bars){.title = og_text_format(arena, "What became of the trials: %s",
                                                            og_text_printable(arena, record->name)),
                                    .subtitle = about.data,
                                    .label = "trials",
                                    .part_names = names,
                                    .part_colors = colors,
                                    .part_count = 2,
                                    .bars = bars,
                                    .bar_count = shown},
                     out);
    return OG_OK;
}

static og_status plot_outcomes_csv(const og_picture* picture, og_buffer* out) {
    plot_outcomes_view view = {0};
    OG_TRY(plot_outcomes_open(picture, &view));
    og_buffer_print(out, "outcome,reason,evaluated,repeated\n");
    for (int i = 0; i < view.count; i++) {
        og_csv_cell(view.rows[i].outcome, out);
        og_buffer_add(out, ",", 1);
        og_csv_cell(view.rows[i].reason, out);
        og_buffer_print(out, ",%lld,%lld\n", (long long)view.rows[i].evaluated,
                        (long long)view.rows[i].repeated);
    }
    return OG_OK;
}

const og_picture_kind og_picture_outcomes = {
    .name = "outcomes",
    .doc =
        "What became of the trials: accepted, constraints broken, infeasible and failed by "
        "reason.",
    .needs = "one study",
    .single = true,
    .svg = plot_outcomes_svg,
    .csv = plot_outcomes_csv,
};
