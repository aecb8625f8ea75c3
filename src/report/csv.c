#include "report/csv.h"

#include <math.h>
#include <string.h>

#include "ogive/report.h"

const char* og_outcome_name(og_outcome outcome) {
    static const char* const names[] = {"feasible", "infeasible", "failed"};
    return names[outcome];
}

const char* og_source_name(og_source source) {
    static const char* const names[] = {"proposed", "enqueued", "imported"};
    return names[source];
}

void og_csv_cell(const char* text, og_buffer* out) {
    const size_t length = strlen(text);
    // blanks at the ends belong to the text, and would be lost
    const bool blank = length > 0 && (strchr(" \t", text[0]) || strchr(" \t", text[length - 1]));
    if (!blank && text[strcspn(text, ",\"\r\n")] == '\0') {
        og_buffer_add(out, text, strlen(text));
        return;
    }
    og_buffer_add(out, "\"", 1);
    for (const char* c = text; *c; c++) {
        og_buffer_add(out, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    }
    og_buffer_add(out, "\"", 1);
}

static void csv_real(double value, og_buffer* out) {
    char text[32];
    og_text_real(value, text);
    og_buffer_add(out, text, strlen(text));
}

void og_csv_number(double value, og_buffer* out) {
    if (isfinite(value)) {
        csv_real(value, out);
    }
}

void og_csv_design(const og_parameter* parameters, int count, const double* x, og_buffer* out) {
    for (int i = 0; i < count; i++) {
        const og_parameter* row = &parameters[i];
        if (row->kind == OG_CHOICE) {
            og_csv_cell(row->choices[og_parameter_level(row, x[i])], out);
        } else {
            og_parameter_print(row, x[i], out);
        }
        og_buffer_add(out, ",", 1);
    }
}

void og_csv_metrics(const double* y, int count, bool feasible, og_buffer* out) {
    for (int i = 0; i < count; i++) {
        if (feasible) {
            csv_real(y[i], out);
        }
        og_buffer_add(out, ",", 1);
    }
}

static void csv_header(const og_study_record* record, bool timing, og_buffer* out) {
    og_buffer_print(out, "number,");
    for (int i = 0; i < record->space.count; i++) {
        og_csv_cell(record->space.parameters[i].name, out);
        og_buffer_add(out, ",", 1);
    }
    for (int i = 0; i < record->metric_count; i++) {
        og_csv_cell(record->metrics[i].name, out);
        og_buffer_add(out, ",", 1);
    }
    og_buffer_print(out, "outcome,reason,loss,violation,repeat_of,source%s\n",
                    timing ? ",started,seconds" : "");
}

static void csv_trial(const og_study_record* record, const og_trial* trial, bool timing,
                      og_buffer* out) {
    const bool feasible = trial->outcome == OG_FEASIBLE;
    og_buffer_print(out, "%lld,", (long long)trial->number);
    og_csv_design(record->space.parameters, record->space.count, trial->x, out);
    og_csv_metrics(trial->y, record->metric_count, feasible, out);
    og_buffer_print(out, "%s,", og_outcome_name(trial->outcome));
    og_csv_cell(trial->reason ? trial->reason : "", out);
    og_buffer_add(out, ",", 1);
    if (isfinite(trial->loss)) {
        csv_real(trial->loss, out);
    }
    og_buffer_add(out, ",", 1);
    csv_real(trial->violation, out);
    og_buffer_add(out, ",", 1);
    if (trial->repeat_of >= 0) {
        og_buffer_print(out, "%lld", (long long)trial->repeat_of);
    }
    og_buffer_print(out, ",%s", og_source_name(trial->source));
    if (timing) {
        og_buffer_print(out, ",%.6f,%.9f", trial->started, trial->seconds);
    }
    og_buffer_add(out, "\n", 1);
}

void og_report_csv(const og_report_study* study, bool timing, og_buffer* out) {
    csv_header(&study->record, timing, out);
    for (int64_t i = 0; i < study->record.trial_count; i++) {
        csv_trial(&study->record, &study->trials[i], timing, out);
    }
}
