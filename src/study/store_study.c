// Rows of table study.

#include <assert.h>
#include <math.h>
#include <string.h>

#include "ogive/text.h"
#include "study/store.h"

// The columns of a study in the order of every statement here.
enum {
    STORE_STUDY_ID,
    STORE_STUDY_NAME,
    STORE_STUDY_PLAN,
    STORE_STUDY_ENVIRONMENT,
    STORE_STUDY_IDENTITY,
    STORE_STUDY_AGENT,
    STORE_STUDY_AGENT_OPTIONS,
    STORE_STUDY_BATCH,
    STORE_STUDY_SEED,
    STORE_STUDY_SPACE,
    STORE_STUDY_METRICS,
    STORE_STUDY_OBJECTIVES,
    STORE_STUDY_CONSTRAINTS,
    STORE_STUDY_REFERENCE_X,
    STORE_STUDY_REFERENCE_Y,
    STORE_STUDY_TRIALS,
    STORE_STUDY_BEST,
    STORE_STUDY_STOP,
    STORE_STUDY_ELAPSED,
    STORE_STUDY_CREATED,
    STORE_STUDY_COLUMN_COUNT,
};

#define STORE_STUDY_COLUMNS_BUT_ID                                                     \
    "name, plan, environment, identity, agent, agent_options, batch, seed, space, "    \
    "metrics, objectives, constraints, reference_x, reference_y, trials, best, stop, " \
    "elapsed, created"
#define STORE_STUDY_COLUMNS "id, " STORE_STUDY_COLUMNS_BUT_ID

// One row while it is read; `good` turns false at the first column that cannot be.
typedef struct store_study_row {
    const og_rows* rows;
    og_arena* arena;
    bool good;
} store_study_row;

static const char* store_study_text(store_study_row* row, int column) {
    const char* text;
    row->good = og_rows_text(row->rows, column, row->arena, &text) && row->good;
    return text;
}

static int64_t store_study_integer(store_study_row* row, int column, int64_t least, int64_t most) {
    int64_t value;
    const bool good = og_rows_integer(row->rows, column, &value);
    row->good = row->good && good && value >= least && value <= most;
    return value;
}

static const double* store_study_reals(store_study_row* row, int column, int count) {
    const double* values = NULL;
    row->good = row->good && og_rows_reals(row->rows, column, count, row->arena, &values);
    return values;
}

static void store_study_read_tables(store_study_row* row, og_study_record* record) {
    const char* space = store_study_text(row, STORE_STUDY_SPACE);
    const char* metrics = store_study_text(row, STORE_STUDY_METRICS);
    const char* objectives = store_study_text(row, STORE_STUDY_OBJECTIVES);
    const char* constraints = store_study_text(row, STORE_STUDY_CONSTRAINTS);
    row->good =
        row->good && og_store_table_parse(row->arena, space, &record->space) &&
        og_store_metrics_parse(row->arena, metrics, &record->metrics, &record->metric_count) &&
        og_store_list_parse(row->arena, objectives, &record->objectives,
                            &record->objective_count) &&
        og_store_list_parse(row->arena, constraints, &record->constraints,
                            &record->constraint_count);
    if (!row->good) {
        return;
    }
    record->reference_x = store_study_reals(row, STORE_STUDY_REFERENCE_X, record->space.count);
    record->reference_y = store_study_reals(row, STORE_STUDY_REFERENCE_Y, record->metric_count);
    // the default design need not lie in a restricted space, but its choices must have names
    for (int i = 0; row->good && i < record->space.count; i++) {
        const og_parameter* parameter = &record->space.parameters[i];
        const bool named = parameter->kind == OG_CHOICE || parameter->kind == OG_BOOLEAN;
        row->good = isfinite(record->reference_x[i]) &&
                    (!named || og_parameter_admits(parameter, record->reference_x[i]));
    }
}

static bool store_study_read(const og_rows* rows, og_arena* arena, og_store_entry* entry) {
    store_study_row row = {.rows = rows, .arena = arena, .good = true};
    *entry = (og_store_entry){0};
    og_study_record* record = &entry->record;
    record->id = store_study_integer(&row, STORE_STUDY_ID, 1, INT64_MAX - 1);
    record->name = store_study_text(&row, STORE_STUDY_NAME);
    record->plan = store_study_text(&row, STORE_STUDY_PLAN);
    record->environment = store_study_text(&row, STORE_STUDY_ENVIRONMENT);
    record->identity = store_study_text(&row, STORE_STUDY_IDENTITY);
    record->agent = store_study_text(&row, STORE_STUDY_AGENT);
    record->agent_options = store_study_text(&row, STORE_STUDY_AGENT_OPTIONS);
    record->batch = (int)store_study_integer(&row, STORE_STUDY_BATCH, 1, INT32_MAX);
    record->seed = (uint64_t)store_study_integer(&row, STORE_STUDY_SEED, INT64_MIN, INT64_MAX);
    store_study_read_tables(&row, record);
    record->trial_count = store_study_integer(&row, STORE_STUDY_TRIALS, 0, INT64_C(1) << 53);
    record->best = store_study_integer(&row, STORE_STUDY_BEST, -1, record->trial_count - 1);
    record->stop = (og_stop)store_study_integer(&row, STORE_STUDY_STOP, OG_STOP_NONE, OG_STOP_USER);
    row.good = og_rows_real(rows, STORE_STUDY_ELAPSED, &entry->elapsed) && row.good &&
               isfinite(entry->elapsed) && entry->elapsed >= 0;
    record->created = store_study_text(&row, STORE_STUDY_CREATED);
    return row.good;
}

static og_status store_study_find(og_store* store, og_arena* arena, const char* sql, og_value key,
                                  bool* found, og_store_entry* entry) {
    og_rows rows;
    OG_TRY(og_store_query(store, sql, &key, 1, &rows));
    const og_status status = og_rows_next(&rows, found);
    const bool good = status != OG_OK || !*found || store_study_read(&rows, arena, entry);
    og_rows_finish(&rows);
    return good ? status : og_store_damaged(store, "a row of table study");
}

og_status og_store_find(og_store* store, og_arena* arena, const char* name, bool* found,
                        og_store_entry* entry) {
    return store_study_find(store, arena,
                            "SELECT " STORE_STUDY_COLUMNS " FROM study WHERE name = $1",
                            og_value_text(name), found, entry);
}

og_status og_store_find_number(og_store* store, og_arena* arena, int64_t id,
                               og_store_entry* entry) {
    bool found;
    OG_TRY(store_study_find(store, arena, "SELECT " STORE_STUDY_COLUMNS " FROM study WHERE id = $1",
                            og_value_integer(id), &found, entry));
    return found
               ? OG_OK
               : og_fail(OG_ERROR_NAME, "%s has no study number %lld", store->path, (long long)id);
}

// Names of all studies in order of creation, for messages.
static og_status store_study_names(og_store* store, og_arena* arena, const char*** names,
                                   int* count) {
    og_rows rows;
    OG_TRY(og_store_query(store, "SELECT name FROM study ORDER BY id", NULL, 0, &rows));
    *names = NULL;
    *count = 0;
    int capacity = 0;
    bool good = true;
    bool found;
    og_status status;
    while (good && (status = og_rows_next(&rows, &found)) == OG_OK && found) {
        if (*count == capacity) {
            capacity = 2 * capacity + 16;
            const char** larger = OG_NEW(arena, const char*, capacity);
            if (*count > 0) {
                memcpy(larger, *names, (size_t)*count * sizeof *larger);
            }
            *names = larger;
        }
        good = og_rows_text(&rows, 0, arena, &(*names)[*count]);
        *count += good;
    }
    og_rows_finish(&rows);
    return good ? status : og_store_damaged(store, "a row of table study");
}

og_status og_store_study(og_store* store, og_arena* arena, const char* name,
                         og_study_record* study) {
    bool found;
    og_store_entry entry;
    OG_TRY(og_store_find(store, arena, name, &found, &entry));
    if (found) {
        *study = entry.record;
        return OG_OK;
    }
    const char** names;
    int count;
    OG_TRY(store_study_names(store, arena, &names, &count));
    const char* nearest = og_text_nearest(name, names, count);
    if (nearest) {
        return og_fail(OG_ERROR_NAME, "%s has no study '%s', did you mean %s?", store->path, name,
                       nearest);
    }
    return og_fail(OG_ERROR_NAME, "%s has no study '%s' (%d others)", store->path, name, count);
}

og_status og_store_studies(og_store* store, og_arena* arena, og_study_record** studies,
                           int* count) {
    const char** names;
    int most;
    OG_TRY(store_study_names(store, arena, &names, &most));
    og_rows rows;
    OG_TRY(og_store_query(store, "SELECT " STORE_STUDY_COLUMNS " FROM study ORDER BY id", NULL, 0,
                          &rows));
    *studies = OG_NEW(arena, og_study_record, most);
    *count = 0;
    bool good = true;
    bool found = true;
    og_status status = OG_OK;
    // studies that other processes add meanwhile are left for the next call
    while (good && *count < most && (status = og_rows_next(&rows, &found)) == OG_OK && found) {
        og_store_entry entry;
        good = store_study_read(&rows, arena, &entry);
        (*studies)[(*count)++] = entry.record;
    }
    og_rows_finish(&rows);
    return good ? status : og_store_damaged(store, "a row of table study");
}

// Values of all columns but the first.
static void store_study_values(const og_store_entry* entry, og_arena* arena, og_value* values) {
    const og_study_record* record = &entry->record;
    const size_t width = (size_t)record->space.count * sizeof(double);
    const size_t height = (size_t)record->metric_count * sizeof(double);
    const char* space = og_store_table_print(arena, &record->space, true);
    const char* metrics =
        og_store_metrics_print(arena, record->metrics, record->metric_count, true);
    const char* objectives =
        og_store_list_print(arena, record->objectives, record->objective_count);
    const char* constraints =
        og_store_list_print(arena, record->constraints, record->constraint_count);
    const og_value all[STORE_STUDY_COLUMN_COUNT] = {
        [STORE_STUDY_NAME] = og_value_text(record->name),
        [STORE_STUDY_PLAN] = og_value_text(record->plan),
        [STORE_STUDY_ENVIRONMENT] = og_value_text(record->environment),
        [STORE_STUDY_IDENTITY] = og_value_text(record->identity),
        [STORE_STUDY_AGENT] = og_value_text(record->agent),
        [STORE_STUDY_AGENT_OPTIONS] = og_value_text(record->agent_options),
        [STORE_STUDY_BATCH] = og_value_integer(record->batch),
        [STORE_STUDY_SEED] = og_value_integer((int64_t)record->seed),
        [STORE_STUDY_SPACE] = og_value_text(space),
        [STORE_STUDY_METRICS] = og_value_text(metrics),
        [STORE_STUDY_OBJECTIVES] = og_value_text(objectives),
        [STORE_STUDY_CONSTRAINTS] = og_value_text(constraints),
        [STORE_STUDY_REFERENCE_X] = og_value_bytes(record->reference_x, width),
        [STORE_STUDY_REFERENCE_Y] = og_value_bytes(record->reference_y, height),
        [STORE_STUDY_TRIALS] = og_value_integer(record->trial_count),
        [STORE_STUDY_BEST] = og_value_integer(record->best),
        [STORE_STUDY_STOP] = og_value_integer((int64_t)record->stop),
        [STORE_STUDY_ELAPSED] = og_value_real(entry->elapsed),
        [STORE_STUDY_CREATED] = og_value_text(record->created),
    };
    memcpy(values, all + 1, sizeof all - sizeof *all);
}

static og_status store_study_insert(og_store* store, og_store_entry* entry, bool* added) {
    og_arena* arena = og_arena_create();
    og_value values[STORE_STUDY_COLUMN_COUNT - 1];
    store_study_values(entry, arena, values);
    og_rows rows;
    og_status status = og_store_query(
        store,
        "INSERT INTO study(" STORE_STUDY_COLUMNS_BUT_ID
        ") VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19)"
        " ON CONFLICT(name) DO NOTHING RETURNING id",
        values, STORE_STUDY_COLUMN_COUNT - 1, &rows);
    if (status == OG_OK) {
        status = og_rows_next(&rows, added);
        if (status == OG_OK && *added && !og_rows_integer(&rows, 0, &entry->record.id)) {
            status = og_store_damaged(store, "a row of table study");
        }
        og_rows_finish(&rows);
    }
    og_arena_destroy(arena);
    return status;
}

og_status og_store_add(og_store* store, og_store_entry* entry, bool* added) {
    OG_TRY(og_store_begin(store));
    const og_status status = store_study_insert(store, entry, added);
    if (status != OG_OK) {
        og_store_rollback(store);
        return status;
    }
    return og_store_commit(store);
}

og_status og_store_update(og_store* store, const og_store_entry* entry) {
    const og_study_record* record = &entry->record;
    const og_value values[] = {
        og_value_text(record->plan),
        og_value_integer(record->trial_count),
        og_value_integer(record->best),
        og_value_integer((int64_t)record->stop),
        og_value_real(entry->elapsed),
        og_value_text(record->agent),
        og_value_text(record->agent_options),
        og_value_integer(record->batch),
        og_value_integer((int64_t)record->seed),
        og_value_integer(record->id),
    };
    return og_store_execute(
        store,
        "UPDATE study SET plan = $1, trials = $2, best = $3, stop = $4, elapsed = $5, agent = $6,"
        " agent_options = $7, batch = $8, seed = $9 WHERE id = $10",
        values, sizeof values / sizeof *values, NULL);
}

og_status og_store_remove(og_store* store, const char* name) {
    assert(store->mode != OG_STORE_READ);
    og_arena* arena = og_arena_create();
    og_study_record study;
    og_status status = og_store_study(store, arena, name, &study);
    if (status == OG_OK) {
        status = og_store_lock(store, study.id, name);
    }
    if (status == OG_OK) {
        const og_value id = og_value_integer(study.id);
        status = og_store_execute(store, "DELETE FROM study WHERE id = $1", &id, 1, NULL);
        og_store_unlock(store);
    }
    og_arena_destroy(arena);
    return status;
}
