#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/command.h"
#include "cli/number.h"
#include "cli/study_store.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "ogive/analysis.h"

enum { IMPORTANCE_TABLE, IMPORTANCE_CSV, IMPORTANCE_JSON };
static const char* const importance_formats[] = {"table", "csv", "json"};

enum { IMPORTANCE_PAIRS = 5 };               // most pairs shown
static const double importance_pair = 0.01;  // least share of a pair that is shown

// one quantity of one study
typedef struct importance_view {
    const og_call* call;
    const og_analysis* analysis;
    og_quantity quantity;
    const og_surrogate* surrogate;
    og_importance importance;
    og_best_importance best;
    double* spans;  // of the marginals of each parameter
} importance_view;

static og_status importance_open(importance_view* view) {
    og_arena* arena = view->call->arena;
    const og_study_record* record = view->analysis->record;
    view->surrogate = og_surrogate_fit(arena, view->analysis, &view->quantity, NULL);
    if (!view->surrogate) {
        return og_fail(OG_ERROR_VALUE,
                       "study %s: no design has metrics, so nothing is known of its "
                       "parameters",
                       record->name);
    }
    og_surrogate_importance(view->surrogate, arena, &view->importance);
    og_analysis_best_importance(view->analysis, arena, og_call_number(view->call, "best") / 100,
                                &view->best);
    view->spans = OG_NEW(arena, double, record->space.count);
    for (int c = 0; c < record->space.count; c++) {
        og_effect effect;
        og_analysis_effect(view->analysis, arena, &view->quantity, view->surrogate, c, &effect);
        view->spans[c] = effect.span;
    }
    return OG_OK;
}

static const char* importance_percent(og_arena* arena, double share) {
    return og_text_format(arena, "%.1f", 100 * share);
}

static void importance_print_rows(const importance_view* view, og_buffer* out) {
    og_arena* arena = view->call->arena;
    const og_importance* importance = &view->importance;
    const char* unit = view->quantity.unit;
    og_table table = og_table_make(
        arena, 5,
        (const char*[]){"parameter", "alone, %", "with others, %", "among the best, %",
                        unit[0] ? og_text_format(arena, "span, %s", unit) : "span"});
    for (int i = 0; i < importance->width; i++) {
        const int c = importance->order[i];
        og_table_add(&table, (const char*[]){view->analysis->record->space.parameters[c].name,
                                             importance_percent(arena, importance->alone[c]),
                                             importance_percent(arena, importance->total[c]),
                                             importance_percent(arena, view->best.share[c]),
                                             og_number_text(arena, view->spans[c], "")});
    }
    og_table_print(&table, 2, og_terminal_columns(stdout), og_terminal_color(stdout), out);
}

// The strongest pairs: indices a < b of the largest share below `limit`, in order of share.
static bool importance_next_pair(const og_importance* importance, const bool* shown, int* pair) {
    double most = importance_pair;
    *pair = -1;
    for (int a = 0; a < importance->width; a++) {
        for (int b = a + 1; b < importance->width; b++) {
            const int at = a * importance->width + b;
            if (!shown[at] && importance->pairs[at] > most) {
                most = importance->pairs[at];
                *pair = at;
            }
        }
    }
    return *pair >= 0;
}

static void importance_print_pairs(const importance_view* view, og_buffer* out) {
    const og_importance* importance = &view->importance;
    const og_parameter* rows = view->analysis->record->space.parameters;
    bool* shown = OG_NEW(view->call->arena, bool, importance->width * importance->width);
    int pair = -1;
    for (int i = 0; i < IMPORTANCE_PAIRS; i++) {
        if (!importance_next_pair(importance, shown, &pair)) {
            return;
        }
        shown[pair] = true;
        og_buffer_print(out, "%s  %s and %s together: %.1f %%\n", i == 0 ? "\n" : "",
                        rows[pair / importance->width].name, rows[pair % importance->width].name,
                        100 * importance->pairs[pair]);
    }
}

static void importance_print_legend(const importance_view* view, og_buffer* out) {
    og_arena* arena = view->call->arena;
    const og_surrogate* surrogate = view->surrogate;
    og_buffer text = {.arena = arena};
    og_buffer_print(&text,
                    "Alone, with others: share of the variance over the whole space, by a forest "
                    "fitted to %s",
                    og_count_text(arena, surrogate->rows, "design"));
    if (surrogate->rows < surrogate->available) {
        og_buffer_print(&text, " drawn from %s",
                        og_number_text(arena, (double)surrogate->available, ""));
    }
    if (!isnan(surrogate->explained)) {
        og_buffer_print(&text, ", which predicts %.1f %% of the variance of unseen designs",
                        100 * fmax(surrogate->explained, 0));
    }
    og_buffer_print(&text,
                    ". Among the best: share of what decides whether a design is one of the best "
                    "%s of %s. Span: from the worst to the best value on average.",
                    og_number_text(arena, (double)view->best.best, ""),
                    og_number_text(arena, (double)view->best.rows, ""));
    og_buffer_print(out, "\n  ");
    og_text_wrap(text.data, 2, og_terminal_columns(stdout), out);
    og_buffer_print(out, "\n");
}

static void importance_print(const importance_view* view, og_buffer* out) {
    og_buffer_print(out, "%s%s: %s\n\n", out->length > 0 ? "\n" : "",
                    og_text_printable(view->call->arena, view->analysis->record->name),
                    og_text_printable(view->call->arena, view->quantity.name));
    importance_print_rows(view, out);
    importance_print_pairs(view, out);
    importance_print_legend(view, out);
}

static void importance_csv_number(double value, const char* end, og_buffer* out) {
    char text[32];
    og_buffer_print(out, "%s%s", isnan(value) ? "" : og_text_real(value, text), end);
}

static void importance_csv_text(const char* text, og_buffer* out) {
    og_buffer_print(out, "\"");
    for (; *text; text++) {
        og_buffer_print(out, "%s%c", *text == '"' ? "\"" : "", *text);
    }
    og_buffer_print(out, "\",");
}

// one line a parameter, then one a pair
static void importance_csv(const importance_view* view, og_buffer* out) {
    const og_importance* importance = &view->importance;
    const og_parameter* rows = view->analysis->record->space.parameters;
    if (out->length == 0) {
        og_buffer_print(out, "study,quantity,parameter,with,share,total,best,span\n");
    }
    for (int a = 0; a < importance->width; a++) {
        for (int b = a; b < importance->width; b++) {
            importance_csv_text(view->analysis->record->name, out);
            importance_csv_text(view->quantity.name, out);
            og_buffer_print(out, "%s,%s,", rows[a].name, b > a ? rows[b].name : "");
            if (b > a) {
                importance_csv_number(importance->pairs[a * importance->width + b], ",,,\n", out);
                continue;
            }
            importance_csv_number(importance->alone[a], ",", out);
            importance_csv_number(importance->total[a], ",", out);
            importance_csv_number(view->best.share[a], ",", out);
            importance_csv_number(view->spans[a], "\n", out);
        }
    }
}

static json_t* importance_json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t* importance_json_parameters(const importance_view* view) {
    const og_importance* importance = &view->importance;
    json_t* list = json_array();
    for (int i = 0; i < importance->width; i++) {
        const int c = importance->order[i];
        json_t* row = json_object();
        json_object_set_new(row, "name",
                            og_json_string(view->analysis->record->space.parameters[c].name));
        json_object_set_new(row, "alone", importance_json_number(importance->alone[c]));
        json_object_set_new(row, "total", importance_json_number(importance->total[c]));
        json_object_set_new(row, "best", importance_json_number(view->best.share[c]));
        json_object_set_new(row, "span", importance_json_number(view->spans[c]));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t* importance_json_pairs(const importance_view* view) {
    const og_importance* importance = &view->importance;
    const og_parameter* rows = view->analysis->record->space.parameters;
    json_t* list = json_array();
    for (int a = 0; a < importance->width; a++) {
        for (int b = a + 1; b < importance->width; b++) {
            json_array_append_new(
                list,
                json_pack("{s:[s,s], s:o}", "parameters", rows[a].name, rows[b].name, "share",
                          importance_json_number(importance->pairs[a * importance->width + b])));
        }
    }
    return list;
}

static json_t* importance_json(const importance_view* view) {
    json_t* document = json_object();
    json_object_set_new(document, "study", og_json_string(view->analysis->record->name));
    json_object_set_new(document, "quantity", og_json_string(view->quantity.name));
    json_object_set_new(document, "unit", og_json_string(view->quantity.unit));
    json_object_set_new(document, "designs", json_integer((json_int_t)view->surrogate->rows));
    json_object_set_new(document, "available",
                        json_integer((json_int_t)view->surrogate->available));
    json_object_set_new(document, "explained", importance_json_number(view->surrogate->explained));
    json_object_set_new(document, "rest", importance_json_number(view->importance.rest));
    json_object_set_new(document, "best_designs", json_integer((json_int_t)view->best.best));
    json_object_set_new(document, "best_of", json_integer((json_int_t)view->best.rows));
    json_object_set_new(document, "parameters", importance_json_parameters(view));
    json_object_set_new(document, "pairs", importance_json_pairs(view));
    return document;
}

static og_status importance_show(importance_view* view, json_t* documents, og_buffer* out) {
    OG_TRY(importance_open(view));
    switch ((int)og_call_number(view->call, "format")) {
    case IMPORTANCE_CSV: importance_csv(view, out); break;
    case IMPORTANCE_JSON: json_array_append_new(documents, importance_json(view)); break;
    default: importance_print(view, out); break;
    }
    return OG_OK;
}

// the quantity asked for, or every objective
static og_status importance_study(const og_call* call, og_store* store,
                                  const og_study_record* record, json_t* documents,
                                  og_buffer* out) {
    og_report_study* study = OG_NEW(call->arena, og_report_study, 1);
    OG_TRY(og_stored_trials(call, store, record, study));
    importance_view view = {.call = call};
    OG_TRY(og_analysis_create(call->arena, &study->record, study->trials, &view.analysis));
    const int objective = (int)og_call_number(call, "objective");
    if (og_call_text(call, "metric")) {
        OG_TRY(og_analysis_quantity(view.analysis, call->arena, og_call_text(call, "metric"),
                                    &view.quantity));
        return importance_show(&view, documents, out);
    }
    if (objective > record->objective_count) {
        return og_fail(OG_ERROR_VALUE, "--objective %d: study %s has %s", objective, record->name,
                       og_count_text(call->arena, record->objective_count, "objective"));
    }
    const int first = objective > 0 ? objective - 1 : 0;
    const int end = objective > 0 ? objective : record->objective_count;
    for (int k = first; k < end; k++) {
        view.quantity = og_analysis_objective(view.analysis, call->arena, k);
        OG_TRY(importance_show(&view, documents, out));
    }
    return OG_OK;
}

static og_status importance_run(og_call* call) {
    if (og_call_given(call, "metric") && og_call_given(call, "objective")) {
        return og_fail(OG_ERROR_VALUE, "importance: either --metric or --objective");
    }
    og_store* store = NULL;
    og_study_record* records = NULL;
    int count = 0;
    OG_TRY(og_stored_studies(call, &store, &records, &count));
    og_buffer out = {.arena = call->arena};
    json_t* documents = json_array();
    og_status status = OG_OK;
    for (int i = 0; i < count && status == OG_OK; i++) {
        status = importance_study(call, store, &records[i], documents, &out);
    }
    og_store_close(store);
    if (status == OG_OK && (int)og_call_number(call, "format") == IMPORTANCE_JSON) {
        json_dumpf(documents, stdout, JSON_INDENT(2));
        printf("\n");
    } else if (status == OG_OK) {
        fwrite(out.data, 1, out.length, stdout);
    }
    json_decref(documents);
    return status;
}

static const og_argument importance_arguments[] = {{"STORE", "Store of studies.", false}};

static const og_option importance_options[] = {
    {.row = {OG_TEXT_ROW("study", NULL, "Only this study; all of the store when left out.")},
     .placeholder = "NAME",
     .repeated = true},
    {.row = {OG_TEXT_ROW("metric", NULL, "What is explained; left out: every objective.")},
     .placeholder = "METRIC"},
    {.row = {OG_INTEGER_ROW("objective", "", 0, 64, 0,
                            "Only objective number N, from 1; 0 stands for all.")}},
    {.row = {OG_REAL_ROW("best", "%", 0.1, 50, 10, "Designs that are called the best.")}},
    {.row = {OG_CHOICE_ROW("format", importance_formats, IMPORTANCE_TABLE, "Form of the text.")}},
};

const og_command og_command_importance = {
    .name = "importance",
    .summary = "Show which parameters mattered, alone and in pairs.",
    .doc =
        "Functional analysis of variance on a forest fitted to the recorded designs (Hutter, Hoos "
        "and Leyton-Brown, ICML 2014), and what sets the best designs apart from the others "
        "(PED-ANOVA: Watanabe, Bansal and Hutter, IJCAI 2023). Both tell of what was tried: a "
        "search that settled early knows little of the rest of the space.",
    .example =
        "ogive importance demo/demo.ogive --study dram-genetic-1\n"
        "ogive importance demo/demo.ogive --metric power_mw --format csv",
    .arguments = importance_arguments,
    .argument_count = 1,
    .options = importance_options,
    .option_count = sizeof importance_options / sizeof *importance_options,
    .run = importance_run,
};
