// From rows of texts to the trials of a new study: each column becomes a parameter, a metric, or
// what became of the trial.

#include "study/import.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "ogive/clock.h"
#include "ogive/file.h"

// What is made of a column.
typedef struct import_binding {
    int parameter;  // -1 = none
    int metric;     // -1 = none
} import_binding;

typedef struct import_map {
    import_binding* columns;  // list: [column_count]
    double* factors;          // of the model's metrics, list: [metric_count]
    int outcome, reason;      // columns, -1 = none
} import_map;

// Names are the same when they differ in letter case, '_', '-' and blanks alone: PagePolicy is
// page_policy. Data frames of Optuna put params_ or user_attrs_ before them.
static bool import_same_name(const char* column, const char* name) {
    static const char* const heads[] = {"params_", "user_attrs_"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        if (strncmp(column, heads[i], strlen(heads[i])) == 0) {
            column += strlen(heads[i]);
            break;
        }
    }
    for (;;) {
        column += strspn(column, "_- ");
        name += strspn(name, "_- ");
        if (*column == '\0' || *name == '\0') {
            return *column == *name;
        }
        if (tolower((unsigned char)*column++) != tolower((unsigned char)*name++)) {
            return false;
        }
    }
}

static int import_find_parameter(const og_problem* problem, const char* name, bool exact) {
    for (int i = 0; i < problem->table.count; i++) {
        const char* known = problem->table.parameters[i].name;
        if (exact ? strcmp(known, name) == 0 : import_same_name(name, known)) {
            return i;
        }
    }
    return -1;
}

static int import_find_metric(const og_problem* problem, const char* name, bool exact) {
    for (int i = 0; i < problem->model->metric_count; i++) {
        const char* known = problem->model->metrics[i].name;
        if (exact ? strcmp(known, name) == 0 : import_same_name(name, known)) {
            return i;
        }
    }
    return -1;
}

static og_status import_unknown(og_run* run, const char* option, const char* key, const char* name,
                                bool metrics_only) {
    const og_problem* problem = run->problem;
    const int metrics = problem->model->metric_count;
    const char** names = OG_NEW(run->work, const char*, problem->table.count + metrics);
    int count = 0;
    for (int i = 0; i < metrics; i++) {
        names[count++] = problem->model->metrics[i].name;
    }
    for (int i = 0; i < problem->table.count && !metrics_only; i++) {
        names[count++] = problem->table.parameters[i].name;
    }
    const char* nearest = og_text_nearest(name, names, count);
    return og_fail(OG_ERROR_NAME, "%s %s: no %s '%s'%s%s%s", option, key,
                   metrics_only ? "metric" : "parameter or metric", name,
                   nearest ? ", did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

// The names that the user gave to columns.
static og_status import_bind_renamed(og_run* run, const og_import* import,
                                     const og_import_table* table, import_map* map) {
    for (int i = 0; i < import->rename_count; i++) {
        const og_assignment* rename = &import->renames[i];
        const int column = og_import_find_column(table, rename->key);
        if (column < 0) {
            const char* nearest = og_text_nearest(rename->key, table->columns, table->column_count);
            return og_fail(OG_ERROR_NAME, "--rename %s: %s has no such column%s%s%s", rename->key,
                           import->path, nearest ? ", did you mean " : "", nearest ? nearest : "",
                           nearest ? "?" : "");
        }
        import_binding* binding = &map->columns[column];
        binding->parameter = import_find_parameter(run->problem, rename->value, true);
        binding->metric = import_find_metric(run->problem, rename->value, true);
        if (binding->parameter < 0 && binding->metric < 0) {
            return import_unknown(run, "--rename", rename->key, rename->value, false);
        }
    }
    for (int i = 0; i < import->scale_count; i++) {
        const og_assignment* scale = &import->scales[i];
        const int metric = import_find_metric(run->problem, scale->key, true);
        if (metric < 0) {
            return import_unknown(run, "--scale", scale->key, scale->key, true);
        }
        if (!og_text_number(scale->value, &map->factors[metric])) {
            return og_fail(OG_ERROR_VALUE, "--scale %s: %s is no number", scale->key, scale->value);
        }
    }
    return OG_OK;
}

// True when a column has the parameter or the metric already.
static bool import_is_bound(const import_map* map, int columns, int parameter, int metric) {
    for (int i = 0; i < columns; i++) {
        if ((parameter >= 0 && map->columns[i].parameter == parameter) ||
            (metric >= 0 && map->columns[i].metric == metric)) {
            return true;
        }
    }
    return false;
}

// Columns that have the names of parameters and metrics: exact names first.
static void import_bind_named(const og_run* run, const og_import_table* table, import_map* map) {
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < table->column_count; i++) {
            import_binding* binding = &map->columns[i];
            if (binding->parameter >= 0 || binding->metric >= 0) {
                continue;
            }
            const int parameter = import_find_parameter(run->problem, table->columns[i], pass == 0);
            const int metric = import_find_metric(run->problem, table->columns[i], pass == 0);
            const bool bound = import_is_bound(map, table->column_count, parameter, metric);
            if (!bound && (parameter >= 0) != (metric >= 0)) {
                *binding = (import_binding){parameter, metric};
            }
        }
    }
}

static bool import_is_free(const import_map* map, int column) {
    return column >= 0 && map->columns[column].parameter < 0 && map->columns[column].metric < 0;
}

// Columns that name what became of a trial.
static void import_bind_roles(const og_import_table* table, import_map* map) {
    int outcome = og_import_find_column(table, "outcome");
    outcome = import_is_free(map, outcome) ? outcome : og_import_find_column(table, "state");
    const int reason = og_import_find_column(table, "reason");
    map->outcome = import_is_free(map, outcome) ? outcome : -1;
    map->reason = import_is_free(map, reason) ? reason : -1;
}

static og_status import_missing(og_run* run, const og_import* import, const og_import_table* table,
                                const char* what, const char* name, const char* hint) {
    og_buffer names = {.arena = run->work};
    for (int i = 0; i < table->column_count; i++) {
        og_buffer_print(&names, "%s%s", i > 0 ? ", " : "",
                        og_text_printable(run->work, table->columns[i]));
    }
    return og_fail(OG_ERROR_VALUE, "%s: no column has %s %s: %s (columns: %s)", import->path, what,
                   name, hint, names.data ? names.data : "none");
}

// Nothing is guessed: each parameter that can vary and each metric needs a column.
static og_status import_check_complete(og_run* run, const og_import* import,
                                       const og_import_table* table, const import_map* map) {
    const og_problem* problem = run->problem;
    for (int i = 0; i < problem->table.count; i++) {
        const og_parameter* parameter = &problem->table.parameters[i];
        if (og_parameter_levels(parameter) != 1 &&
            !import_is_bound(map, table->column_count, i, -1)) {
            return import_missing(
                run, import, table, "parameter", parameter->name,
                og_text_format(run->work,
                               "name one by --rename COLUMN=%s, or hold it by --space "
                               "%s=VALUE",
                               parameter->name, parameter->name));
        }
    }
    for (int i = 0; i < problem->model->metric_count && !import->designs_only; i++) {
        const char* name = problem->model->metrics[i].name;
        if (!import_is_bound(map, table->column_count, -1, i)) {
            return import_missing(
                run, import, table, "metric", name,
                og_text_format(run->work,
                               "name one by --rename COLUMN=%s, or take the designs alone by "
                               "--designs FILE.csv and evaluate them here by `ogive run --enqueue`",
                               name));
        }
    }
    return OG_OK;
}

static og_status import_bind(og_run* run, const og_import* import, const og_import_table* table,
                             import_map* map) {
    const int metrics = run->problem->model->metric_count;
    map->columns = OG_NEW(run->work, import_binding, table->column_count);
    map->factors = OG_NEW(run->work, double, metrics);
    for (int i = 0; i < table->column_count; i++) {
        map->columns[i] = (import_binding){-1, -1};
    }
    for (int i = 0; i < metrics; i++) {
        map->factors[i] = 1;
    }
    OG_TRY(import_bind_renamed(run, import, table, map));
    import_bind_named(run, table, map);
    import_bind_roles(table, map);
    return import_check_complete(run, import, table, map);
}

// Outcomes as Ogive writes them, and states as Optuna's data frames have them.
static og_status import_outcome(const char* text, og_outcome* outcome, bool* unfinished) {
    static const struct {
        const char* name;
        og_outcome outcome;
    } rows[] = {
        {"feasible", OG_FEASIBLE}, {"infeasible", OG_INFEASIBLE}, {"failed", OG_FAILED},
        {"COMPLETE", OG_FEASIBLE}, {"FAIL", OG_FAILED},
    };
    for (size_t i = 0; text && i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, text) == 0) {
            *outcome = rows[i].outcome;
            return OG_OK;
        }
    }
    *unfinished = text && (strcmp(text, "PRUNED") == 0 || strcmp(text, "RUNNING") == 0 ||
                           strcmp(text, "WAITING") == 0);
    return *unfinished ? OG_OK
                       : og_fail(OG_ERROR_VALUE,
                                 "'%s' is no outcome, allowed: feasible, infeasible, failed",
                                 text ? text : "");
}

static og_status import_parameter(og_arena* arena, const og_parameter* parameter, const char* text,
                                  double* value) {
    if (parameter->kind == OG_BOOLEAN) {
        // Python and Optuna write True and 1
        const bool yes = import_same_name(text, "true") || strcmp(text, "1") == 0;
        const bool no = import_same_name(text, "false") || strcmp(text, "0") == 0;
        text = yes ? "true" : no ? "false" : text;
    }
    return og_parameter_parse(parameter, og_text_printable(arena, text), value);
}

static og_status import_design(og_run* run, const og_import_table* table, const import_map* map,
                               const og_import_row* row, double* x) {
    const og_space* space = run->problem->space;
    const int width = run->problem->table.count;
    bool* given = OG_NEW(run->evaluation.scratch, bool, width);
    og_space_initial(space, x);
    for (int i = 0; i < table->column_count; i++) {
        const int index = map->columns[i].parameter;
        if (index >= 0 && row->cells[i]) {
            given[index] = true;
            OG_TRY(import_parameter(run->evaluation.scratch, &run->problem->table.parameters[index],
                                    row->cells[i], &x[index]));
        }
    }
    for (int i = 0; i < width; i++) {
        const og_parameter* parameter = &run->problem->table.parameters[i];
        if (!given[i] && og_parameter_levels(parameter) != 1 && og_space_active(space, x, i)) {
            return og_fail(OG_ERROR_VALUE, "parameter %s has no value", parameter->name);
        }
    }
    return og_space_check(space, x);
}

static og_status import_metrics(const og_run* run, const og_import_table* table,
                                const import_map* map, const og_import_row* row, double* y) {
    const og_metric* metrics = run->problem->model->metrics;
    for (int i = 0; i < table->column_count; i++) {
        const int index = map->columns[i].metric;
        if (index < 0) {
            continue;
        }
        if (!row->cells[i] || !og_text_number(row->cells[i], &y[index])) {
            return og_fail(
                OG_ERROR_VALUE, "metric %s: '%s' is no finite number", metrics[index].name,
                row->cells[i] ? og_text_printable(run->evaluation.scratch, row->cells[i]) : "");
        }
        y[index] *= map->factors[index];
    }
    return OG_OK;
}

// The next trial, without metrics.
static og_trial* import_trial(og_run* run, const double* x) {
    og_trial* trial = og_record_reserve(run->record, run->record->count, x);
    trial->source = OG_IMPORTED;
    trial->outcome = OG_FAILED;
    return trial;
}

// Judge the design by the metrics of its row, and make it the next trial.
static og_status import_judged(og_run* run, const og_import_table* table, const import_map* map,
                               const og_import_row* row, const double* x, og_judgement* judgement) {
    const og_problem* problem = run->problem;
    og_arena* scratch = run->evaluation.scratch;
    double* y = OG_NEW(scratch, double, problem->metric_count);
    const bool feasible = judgement->outcome == OG_FEASIBLE;
    if (feasible) {
        OG_TRY(import_metrics(run, table, map, row, y));
    }
    judgement->objectives = OG_NEW(scratch, double, problem->objective_count);
    og_problem_judge(problem, x, y, judgement, scratch);
    if (feasible && judgement->outcome != OG_FEASIBLE) {
        return og_fail(OG_ERROR_VALUE, "%s", judgement->reason);
    }
    og_trial* trial = import_trial(run, x);
    memcpy(og_record_metrics(run->record, trial->number), y,
           (size_t)problem->metric_count * sizeof *y);
    trial->outcome = judgement->outcome;
    trial->reason = feasible ? "" : og_record_reason(run->record, judgement->reason);
    trial->loss = judgement->loss;
    trial->violation = judgement->violation;
    return OG_OK;
}

// One row as the next trial. `*taken` is false when it has no end and is left out.
static og_status import_row(og_run* run, const og_import* import, const og_import_table* table,
                            const import_map* map, const og_import_row* row, bool* taken) {
    og_arena* scratch = run->evaluation.scratch;
    og_judgement judgement = {.outcome = row->outcome, .reason = row->reason};
    bool unfinished = false;
    if (map->outcome >= 0) {
        OG_TRY(import_outcome(row->cells[map->outcome], &judgement.outcome, &unfinished));
    }
    *taken = !unfinished;
    if (unfinished) {
        return OG_OK;
    }
    if (map->reason >= 0 && row->cells[map->reason]) {
        judgement.reason = og_text_printable(scratch, row->cells[map->reason]);
    }
    if (judgement.reason[0] == '\0') {
        judgement.reason = "no reason was recorded";
    }
    double* x = OG_NEW(scratch, double, run->problem->table.count);
    OG_TRY(import_design(run, table, map, row, x));
    if (import->designs_only) {
        import_trial(run, x);
    } else {
        OG_TRY(import_judged(run, table, map, row, x, &judgement));
    }
    og_record_complete(run->record);
    return OG_OK;
}

static void import_complain(og_run* run, const og_import_row* row, og_import_result* result) {
    if (!result->problems) {
        result->problems = OG_NEW(run->arena, const char*, OG_IMPORT_PROBLEMS);
    }
    if (result->bad < OG_IMPORT_PROBLEMS) {
        result->problems[result->bad] =
            og_text_format(run->arena, "%s: %s", row->place, og_error_text());
    }
    result->bad++;
}

// Columns that nothing is made of, but for those that Ogive writes itself.
static void import_list_unused(og_run* run, const og_import_table* table, const import_map* map,
                               og_import_result* result) {
    result->unused = OG_NEW(run->arena, const char*, table->column_count);
    for (int i = 0; i < table->column_count; i++) {
        if (import_is_free(map, i) && i != map->outcome && i != map->reason &&
            !og_designs_is_of_trials(table->columns[i])) {
            result->unused[result->unused_count++] =
                og_text_printable(run->arena, table->columns[i]);
        }
    }
}

og_status og_import_rows(og_run* run, const og_import* import, const og_import_table* table,
                         og_import_result* result) {
    import_map map;
    OG_TRY(import_bind(run, import, table, &map));
    import_list_unused(run, table, &map, result);
    result->unfinished = table->unfinished;
    for (int64_t i = 0; i < table->row_count; i++) {
        const og_arena_mark mark = og_arena_here(run->evaluation.scratch);
        bool taken = true;
        if (import_row(run, import, table, &map, &table->rows[i], &taken) != OG_OK) {
            import_complain(run, &table->rows[i], result);
        }
        result->unfinished += !taken;
        og_arena_rewind(run->evaluation.scratch, mark);
    }
    if (run->record->count == 0 && (result->bad == 0 || import->skip)) {
        return og_fail(OG_ERROR_FILE, "%s: holds no trial that can be imported", import->path);
    }
    return OG_OK;
}

// Names of values that have none: the objectives that are plain metrics.
static int import_value_names(og_run* run, const og_import* import, const char* const** names) {
    *names = import->values;
    if (import->value_count > 0) {
        return import->value_count;
    }
    const og_plan* plan = run->plan;
    const char** own = OG_NEW(run->work, const char*, plan->objective_count);
    for (int i = 0; i < plan->objective_count; i++) {
        if (import_find_metric(run->problem, plan->objectives[i].expression, true) < 0) {
            return 0;
        }
        own[i] = plan->objectives[i].expression;
    }
    *names = own;
    return plan->objective_count;
}

static og_status import_read(og_run* run, const og_import* import, og_import_table* table) {
    static const char magic[] = "SQLite format 3";
    static const size_t limit = (size_t)1 << 31;
    char* text;
    size_t size;
    const char* const* values;
    const int value_count = import_value_names(run, import, &values);
    OG_TRY(og_file_read(run->work, import->path, limit, &text, &size));
    if (size >= sizeof magic && memcmp(text, magic, sizeof magic) == 0) {
        return og_import_read_optuna(run->work, import->path, import->study, values, value_count,
                                     table);
    }
    if (import->study) {
        return og_fail(OG_ERROR_VALUE,
                       "--from %s: %s is no Optuna file: it has no studies to choose from",
                       import->study, import->path);
    }
    return og_import_read_text(run->work, text, size, import->path, values, value_count, table);
}

static og_status import_all(og_run* run, const og_environment* environment, const og_import* import,
                            og_import_result* result) {
    og_import_table table;
    run->began = og_clock_seconds();
    OG_TRY(og_run_start(run, environment, NULL));
    run->record = og_record_create(run->arena, run->work, run->problem);
    run->evaluation.scratch = og_arena_create_within(run->work);
    OG_TRY(import_read(run, import, &table));
    OG_TRY(og_import_rows(run, import, &table, result));
    if (result->bad > 0 && !import->skip) {
        return OG_OK;
    }
    if (!import->designs_only) {
        OG_TRY(og_run_resume(run));
        run->written = 0;
        OG_TRY(og_run_flush(run, OG_STOP_NONE));
    }
    run->entry.record.trial_count = run->record->count;
    result->record = run->entry.record;
    result->trials = og_record_list(run->record);
    return OG_OK;
}

og_status og_study_import_with(og_arena* arena, const og_plan* plan,
                               const og_environment* environment, const og_import* import,
                               og_import_result* result) {
    static const og_study_options options = {.fresh = true};
    *result = (og_import_result){0};
    if (!plan->store && !import->designs_only) {
        return og_fail(OG_ERROR_VALUE, "store: a file needed, such as --store FILE");
    }
    // who goes on is not said yet
    og_plan task = *plan;
    task.agent = NULL;
    task.proposer_word_count = 0;
    og_run run = {.arena = arena, .work = og_arena_create(), .plan = &task, .options = &options};
    const og_status status = import_all(&run, environment, import, result);
    og_store_close(run.store);
    og_arena_destroy(run.work);
    return status;
}

og_status og_study_import(og_arena* arena, const og_plan* plan, const og_import* import,
                          og_import_result* result) {
    const og_environment* environment;
    if (!plan->environment) {
        return og_fail(OG_ERROR_VALUE, "environment: a name needed, such as environment: dram");
    }
    const og_status status = og_environment_find(plan->environment, &environment);
    if (status != OG_OK) {
        return og_fail_context(status, "%s",
                               plan->environment_where ? plan->environment_where : "environment");
    }
    return og_study_import_with(arena, plan, environment, import, result);
}
