// Studies of Optuna in SQLite files: tables studies, trials, trial_params, trial_values and
// trial_user_attributes, as Optuna 3 and 4 write them. The file is read and not changed.

#include <jansson.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "study/import.h"

// where reading stands
typedef struct import_optuna_reader {
    og_arena* arena;
    sqlite3* database;
    const char* name;  // of the file, for messages
    const char* const* values;
    int value_count;
    og_import_table* table;
    int64_t* ids;  // of the trials in the rows, list: [row_count]
} import_optuna_reader;

static og_status import_optuna_fail(const import_optuna_reader* reader) {
    return og_fail(OG_ERROR_FILE, "%s: cannot be read as an Optuna study: %s", reader->name,
                   sqlite3_errmsg(reader->database));
}

static og_status import_optuna_prepare(const import_optuna_reader* reader, const char* sql,
                                       int64_t study, sqlite3_stmt** statement) {
    if (sqlite3_prepare_v2(reader->database, sql, -1, statement, NULL) != SQLITE_OK) {
        return import_optuna_fail(reader);
    }
    if (study >= 0) {
        sqlite3_bind_int64(*statement, 1, study);
    }
    return OG_OK;
}

static og_status import_optuna_end(const import_optuna_reader* reader, sqlite3_stmt* statement,
                                   int code) {
    const og_status status = code == SQLITE_DONE ? OG_OK : import_optuna_fail(reader);
    sqlite3_finalize(statement);
    return status;
}

static const char* import_optuna_text(const import_optuna_reader* reader, sqlite3_stmt* statement,
                                      int column) {
    const char* text = (const char*)sqlite3_column_text(statement, column);
    return og_text_copy(reader->arena, text ? text : "", text ? strlen(text) : 0);
}

// The study `wanted`, or the only one.
static og_status import_optuna_choose(const import_optuna_reader* reader, const char* wanted,
                                      int64_t* study) {
    sqlite3_stmt* statement;
    OG_TRY(import_optuna_prepare(
        reader, "SELECT study_id, study_name FROM studies ORDER BY study_id", -1, &statement));
    og_buffer names = {.arena = reader->arena};
    int count = 0;
    int found = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const char* name = import_optuna_text(reader, statement, 1);
        og_buffer_print(&names, "%s%s", count++ > 0 ? ", " : "",
                        og_text_printable(reader->arena, name));
        if (!wanted || strcmp(wanted, name) == 0) {
            *study = sqlite3_column_int64(statement, 0);
            found++;
        }
    }
    OG_TRY(import_optuna_end(reader, statement, code));
    if (count == 0) {
        return og_fail(OG_ERROR_FILE, "%s: holds no study", reader->name);
    }
    if (found == 0) {
        return og_fail(OG_ERROR_NAME, "%s: has no study '%s', it has: %s", reader->name, wanted,
                       names.data);
    }
    return found == 1 ? OG_OK
                      : og_fail(OG_ERROR_NAME, "%s: has %d studies, choose one with --from: %s",
                                reader->name, count, names.data);
}

// All columns first, so that rows have one width.
static og_status import_optuna_columns(import_optuna_reader* reader, const char* sql,
                                       int64_t study) {
    sqlite3_stmt* statement;
    OG_TRY(import_optuna_prepare(reader, sql, study, &statement));
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        og_import_column(reader->arena, reader->table, import_optuna_text(reader, statement, 0));
    }
    return import_optuna_end(reader, statement, code);
}

static const char* import_optuna_value_name(const import_optuna_reader* reader, int64_t objective) {
    return objective >= 0 && objective < reader->value_count
               ? reader->values[objective]
               : og_text_format(reader->arena, "values_%lld", (long long)objective);
}

static og_status import_optuna_trials(import_optuna_reader* reader, int64_t study) {
    sqlite3_stmt* statement;
    OG_TRY(import_optuna_prepare(
        reader, "SELECT trial_id, number, state FROM trials WHERE study_id = ? ORDER BY trial_id",
        study, &statement));
    int64_t room = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const char* state = import_optuna_text(reader, statement, 2);
        const bool failed = strcmp(state, "FAIL") == 0;
        if (!failed && strcmp(state, "COMPLETE") != 0) {
            reader->table->unfinished++;
            continue;
        }
        const int64_t at = reader->table->row_count;
        og_import_row* row =
            og_import_add(reader->arena, reader->table,
                          og_text_format(reader->arena, "%s: trial %lld", reader->name,
                                         (long long)sqlite3_column_int64(statement, 1)));
        row->outcome = failed ? OG_FAILED : OG_FEASIBLE;
        row->reason = failed ? "failed in Optuna" : "";
        if (at == room) {
            room = room ? 2 * room : 256;
            int64_t* larger = OG_NEW(reader->arena, int64_t, room);
            if (at > 0) {
                memcpy(larger, reader->ids, (size_t)at * sizeof *larger);
            }
            reader->ids = larger;
        }
        reader->ids[at] = sqlite3_column_int64(statement, 0);
    }
    return import_optuna_end(reader, statement, code);
}

// The row of a trial; ids increase.
static og_import_row* import_optuna_row(const import_optuna_reader* reader, int64_t id) {
    int64_t low = 0;
    int64_t high = reader->table->row_count;
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (reader->ids[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < reader->table->row_count && reader->ids[low] == id ? &reader->table->rows[low]
                                                                    : NULL;
}

// A JSON value as text; NULL when it is a list, an object or nothing.
static const char* import_optuna_json(og_arena* arena, const json_t* json) {
    char number[32];
    if (json_is_string(json)) {
        return og_text_copy(arena, json_string_value(json), strlen(json_string_value(json)));
    }
    if (json_is_number(json)) {
        return og_text_format(arena, "%s", og_text_real(json_number_value(json), number));
    }
    return json_is_boolean(json) ? (json_is_true(json) ? "true" : "false") : NULL;
}

// The value of a parameter: a number, or the number of a choice in its distribution.
static const char* import_optuna_parameter(og_arena* arena, double value,
                                           const char* distribution) {
    char number[32];
    json_t* json = json_loads(distribution, 0, NULL);
    const json_t* choices = json_object_get(json_object_get(json, "attributes"), "choices");
    const char* text = NULL;
    if (!choices) {
        text = isfinite(value) ? og_text_format(arena, "%s", og_text_real(value, number)) : NULL;
    } else if (value >= 0 && value < (double)json_array_size(choices)) {
        text = import_optuna_json(arena, json_array_get(choices, (size_t)value));
    }
    json_decref(json);
    return text;
}

static og_status import_optuna_parameters(import_optuna_reader* reader, int64_t study) {
    sqlite3_stmt* statement;
    OG_TRY(import_optuna_prepare(
        reader,
        "SELECT trial_id, param_name, param_value, distribution_json FROM trial_params"
        " WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)",
        study, &statement));
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        og_import_row* row = import_optuna_row(reader, sqlite3_column_int64(statement, 0));
        const int column =
            og_import_find_column(reader->table, import_optuna_text(reader, statement, 1));
        if (row && column >= 0) {
            row->cells[column] =
                import_optuna_parameter(reader->arena, sqlite3_column_double(statement, 2),
                                        import_optuna_text(reader, statement, 3));
        }
    }
    return import_optuna_end(reader, statement, code);
}

static og_status import_optuna_values(import_optuna_reader* reader, int64_t study) {
    sqlite3_stmt* statement;
    OG_TRY(
        import_optuna_prepare(reader,
                              "SELECT trial_id, objective, value FROM trial_values"
                              " WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)",
                              study, &statement));
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        og_import_row* row = import_optuna_row(reader, sqlite3_column_int64(statement, 0));
        const char* name = import_optuna_value_name(reader, sqlite3_column_int64(statement, 1));
        const int column = og_import_find_column(reader->table, name);
        // an infinite value is kept as nothing, and refused where it is needed
        if (row && column >= 0 && sqlite3_column_type(statement, 2) != SQLITE_NULL) {
            char number[32];
            og_text_real(sqlite3_column_double(statement, 2), number);
            row->cells[column] = og_text_format(reader->arena, "%s", number);
        }
    }
    return import_optuna_end(reader, statement, code);
}

static og_status import_optuna_attributes(import_optuna_reader* reader, int64_t study) {
    sqlite3_stmt* statement;
    OG_TRY(
        import_optuna_prepare(reader,
                              "SELECT trial_id, key, value_json FROM trial_user_attributes"
                              " WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)",
                              study, &statement));
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        og_import_row* row = import_optuna_row(reader, sqlite3_column_int64(statement, 0));
        const int column =
            og_import_find_column(reader->table, import_optuna_text(reader, statement, 1));
        if (row && column >= 0 && !row->cells[column]) {
            json_t* json =
                json_loads(import_optuna_text(reader, statement, 2), JSON_DECODE_ANY, NULL);
            row->cells[column] = import_optuna_json(reader->arena, json);
            json_decref(json);
        }
    }
    return import_optuna_end(reader, statement, code);
}

static og_status import_optuna_read(import_optuna_reader* reader, const char* wanted) {
    static const char* const columns[] = {
        "SELECT DISTINCT param_name FROM trial_params WHERE trial_id IN (SELECT trial_id FROM "
        "trials WHERE study_id = ?) ORDER BY param_id",
        "SELECT DISTINCT key FROM trial_user_attributes WHERE trial_id IN (SELECT trial_id FROM "
        "trials WHERE study_id = ?) ORDER BY key",
    };
    int64_t study = -1;
    OG_TRY(import_optuna_choose(reader, wanted, &study));
    OG_TRY(import_optuna_columns(reader, columns[0], study));
    sqlite3_stmt* statement;
    OG_TRY(import_optuna_prepare(reader, "SELECT COUNT(*) FROM study_directions WHERE study_id = ?",
                                 study, &statement));
    int64_t objectives = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        objectives = sqlite3_column_int64(statement, 0);
    }
    OG_TRY(import_optuna_end(reader, statement, code));
    for (int64_t i = 0; i < objectives && i < 1024; i++) {
        og_import_column(reader->arena, reader->table, import_optuna_value_name(reader, i));
    }
    OG_TRY(import_optuna_columns(reader, columns[1], study));
    OG_TRY(import_optuna_trials(reader, study));
    OG_TRY(import_optuna_parameters(reader, study));
    OG_TRY(import_optuna_values(reader, study));
    return import_optuna_attributes(reader, study);
}

og_status og_import_read_optuna(og_arena* arena, const char* path, const char* study,
                                const char* const* values, int value_count,
                                og_import_table* table) {
    import_optuna_reader reader = {.arena = arena,
                                   .name = og_text_printable(arena, path),
                                   .values = values,
                                   .value_count = value_count,
                                   .table = table};
    *table = (og_import_table){0};
    const int code =
        sqlite3_open_v2(path, &reader.database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    og_status status = OG_OK;
    if (code == SQLITE_OK) {
        sqlite3_db_config(reader.database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        sqlite3_exec(reader.database, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
        sqlite3_busy_timeout(reader.database, 10000);
        status = import_optuna_read(&reader, study);
    } else {
        status = import_optuna_fail(&reader);
    }
    sqlite3_close(reader.database);
    return status;
}
