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
};

#define STORE_STUDY_COLUMNS                                                             \
    "id, name, plan, environment, identity, agent, agent_options, batch, seed, space, " \
    "metrics, objectives, constraints, reference_x, reference_y, trials, best, stop, "  \
    "elapsed, created"

// One row while it is read; `good` turns false at the first column that cannot be.
typedef struct store_study_row {
    sqlite3_stmt* statement;
    og_arena* arena;
    bool good;
} store_study_row;

static const char* store_study_text(store_study_row* row, int column) {
    const unsigned char* text = sqlite3_column_text(row->statement, column);
    row->good = row->good && text;
    return text ? og_text_copy(row->arena, (const char*)text, strlen((const char*)text)) : "";
}

static int64_t store_study_integer(store_study_row* row, int column, int64_t least, int64_t most) {
    const int64_t value = sqlite3_column_int64(row->statement, column);
    row->good = row->good && sqlite3_column_type(row->statement, column) == SQLITE_INTEGER &&
                value >= least && value <= most;
    return value;
}

static const double* store_study_reals(store_study_row* row, int column, int count) {
    double* values = OG_NEW(row->arena, double, count);
    const void* blob = sqlite3_column_blob(row->statement, column);
    const size_t size = (size_t)count * sizeof *values;
    row->good = row->good && blob && (size_t)sqlite3_column_bytes(row->statement, column) == size;
    if (row->good) {
        memcpy(values, blob, size);
    }
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

static bool store_study_read(sqlite3_stmt* statement, og_arena* arena, og_store_entry* entry) {
    store_study_row row = {.statement = statement, .arena = arena, .good = true};
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
    entry->elapsed = sqlite3_column_double(statement, STORE_STUDY_ELAPSED);
    row.good = row.good && isfinite(entry->elapsed) && entry->elapsed >= 0;
    record->created = store_study_text(&row, STORE_STUDY_CREATED);
    return row.good;
}

og_status og_store_find(og_store* store, og_arena* arena, const char* name, bool* found,
                        og_store_entry* entry) {
    sqlite3_stmt* statement;
    OG_TRY(og_store_prepare(store, "SELECT " STORE_STUDY_COLUMNS " FROM study WHERE name = ?",
                            &statement));
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    const int code = sqlite3_step(statement);
    *found = code == SQLITE_ROW;
    const bool good = !*found || store_study_read(statement, arena, entry);
    sqlite3_finalize(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return og_store_fail(store, code, "reading studies");
    }
    return good ? OG_OK : og_store_damaged(store, "a row of table study");
}

// Names of all studies, for messages and for og_store_studies().
static og_status store_study_names(og_store* store, og_arena* arena, const char*** names,
                                   int* count) {
    sqlite3_stmt* statement;
    OG_TRY(og_store_prepare(store, "SELECT name, COUNT(*) OVER () FROM study ORDER BY id",
                            &statement));
    *names = NULL;
    *count = 0;
    int capacity = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const int64_t total = sqlite3_column_int64(statement, 1);
        if (!*names) {
            capacity = total < 1000000 ? (int)total : 1000000;
            *names = OG_NEW(arena, const char*, capacity);
        }
        const char* name = (const char*)sqlite3_column_text(statement, 0);
        if (!name || *count == capacity) {
            code = SQLITE_CORRUPT;
            break;
        }
        (*names)[(*count)++] = og_text_copy(arena, name, strlen(name));
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? OG_OK : og_store_fail(store, code, "reading studies");
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
    sqlite3_stmt* statement;
    const char** names;
    OG_TRY(store_study_names(store, arena, &names, count));
    OG_TRY(og_store_prepare(store, "SELECT " STORE_STUDY_COLUMNS " FROM study ORDER BY id",
                            &statement));
    *studies = OG_NEW(arena, og_study_record, *count);
    int read = 0;
    bool good = true;
    int code = SQLITE_DONE;
    // studies that other processes add meanwhile are left for the next call
    while (good && read < *count && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        og_store_entry entry;
        good = store_study_read(statement, arena, &entry);
        (*studies)[read++] = entry.record;
    }
    sqlite3_finalize(statement);
    *count = read;
    if (!good) {
        return og_store_damaged(store, "a row of table study");
    }
    return code == SQLITE_DONE || code == SQLITE_ROW ? OG_OK
                                                     : og_store_fail(store, code, "reading");
}

static void store_study_bind_text(sqlite3_stmt* statement, int column, const char* text) {
    sqlite3_bind_text(statement, column + 1, text, -1, SQLITE_TRANSIENT);
}

static void store_study_bind(sqlite3_stmt* statement, const og_store_entry* entry,
                             og_arena* arena) {
    const og_study_record* record = &entry->record;
    const struct {
        int column;
        const char* text;
    } texts[] = {
        {STORE_STUDY_NAME, record->name},
        {STORE_STUDY_PLAN, record->plan},
        {STORE_STUDY_ENVIRONMENT, record->environment},
        {STORE_STUDY_IDENTITY, record->identity},
        {STORE_STUDY_AGENT, record->agent},
        {STORE_STUDY_AGENT_OPTIONS, record->agent_options},
        {STORE_STUDY_SPACE, og_store_table_print(arena, &record->space, true)},
        {STORE_STUDY_METRICS,
         og_store_metrics_print(arena, record->metrics, record->metric_count, true)},
        {STORE_STUDY_OBJECTIVES,
         og_store_list_print(arena, record->objectives, record->objective_count)},
        {STORE_STUDY_CONSTRAINTS,
         og_store_list_print(arena, record->constraints, record->constraint_count)},
        {STORE_STUDY_CREATED, record->created},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        store_study_bind_text(statement, texts[i].column, texts[i].text);
    }
    sqlite3_bind_int(statement, STORE_STUDY_BATCH + 1, record->batch);
    sqlite3_bind_int64(statement, STORE_STUDY_SEED + 1, (int64_t)record->seed);
    sqlite3_bind_blob(statement, STORE_STUDY_REFERENCE_X + 1, record->reference_x,
                      record->space.count * (int)sizeof(double), SQLITE_TRANSIENT);
    sqlite3_bind_blob(statement, STORE_STUDY_REFERENCE_Y + 1, record->reference_y,
                      record->metric_count * (int)sizeof(double), SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, STORE_STUDY_TRIALS + 1, record->trial_count);
    sqlite3_bind_int64(statement, STORE_STUDY_BEST + 1, record->best);
    sqlite3_bind_int(statement, STORE_STUDY_STOP + 1, (int)record->stop);
    sqlite3_bind_double(statement, STORE_STUDY_ELAPSED + 1, entry->elapsed);
}

// Run a statement without rows and finalise it.
static og_status store_study_finish(og_store* store, sqlite3_stmt* statement, const char* doing) {
    const int code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? OG_OK : og_store_fail(store, code, doing);
}

static og_status store_study_insert(og_store* store, og_store_entry* entry, bool* added) {
    sqlite3_stmt* statement;
    OG_TRY(og_store_prepare(store,
                            "INSERT INTO study(" STORE_STUDY_COLUMNS
                            ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
                            " ON CONFLICT(name) DO NOTHING",
                            &statement));
    og_arena* arena = og_arena_create();
    store_study_bind(statement, entry, arena);
    og_arena_destroy(arena);
    OG_TRY(store_study_finish(store, statement, "adding a study"));
    *added = sqlite3_changes(store->database) > 0;
    if (*added) {
        entry->record.id = sqlite3_last_insert_rowid(store->database);
    }
    return OG_OK;
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
    sqlite3_stmt* statement;
    OG_TRY(og_store_prepare(
        store,
        "UPDATE study SET plan = ?, trials = ?, best = ?, stop = ?, elapsed = ?, agent = ?,"
        " agent_options = ?, batch = ?, seed = ? WHERE id = ?",
        &statement));
    const og_study_record* record = &entry->record;
    sqlite3_bind_text(statement, 1, record->plan, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 2, record->trial_count);
    sqlite3_bind_int64(statement, 3, record->best);
    sqlite3_bind_int(statement, 4, (int)record->stop);
    sqlite3_bind_double(statement, 5, entry->elapsed);
    sqlite3_bind_text(statement, 6, record->agent, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(statement, 7, record->agent_options, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(statement, 8, record->batch);
    sqlite3_bind_int64(statement, 9, (int64_t)record->seed);
    sqlite3_bind_int64(statement, 10, record->id);
    return store_study_finish(store, statement, "updating a study");
}

static og_status store_study_delete(og_store* store, int64_t id) {
    OG_TRY(og_store_begin(store));
    sqlite3_stmt* statement;
    og_status status = og_store_prepare(store, "DELETE FROM study WHERE id = ?", &statement);
    if (status == OG_OK) {
        sqlite3_bind_int64(statement, 1, id);
        status = store_study_finish(store, statement, "removing a study");
    }
    if (status != OG_OK) {
        og_store_rollback(store);
        return status;
    }
    return og_store_commit(store);
}

og_status og_store_remove(og_store* store, const char* name) {
    og_arena* arena = og_arena_create();
    og_study_record study;
    og_status status = og_store_study(store, arena, name, &study);
    if (status == OG_OK) {
        assert(store->lock < 0 && store->writes);
        status = og_store_lock(store, study.id, name);
    }
    if (status == OG_OK) {
        status = store_study_delete(store, study.id);
        og_store_unlock(store);
    }
    og_arena_destroy(arena);
    return status;
}
