// Statements of the SQLite store and their rows.

#include <assert.h>

#include "study/store_sqlite.h"

// Statements are prepared once. Their texts are few, and of this program.
static og_status store_sqlite_rows_prepare(og_store* store, const char* sql,
                                           sqlite3_stmt** statement) {
    og_sqlite* sqlite = og_sqlite_of(store);
    for (int i = 0; i < sqlite->statement_count; i++) {
        if (strcmp(sqlite3_sql(sqlite->statements[i]), sql) == 0) {
            *statement = sqlite->statements[i];
            assert(!sqlite3_stmt_busy(*statement));
            return OG_OK;
        }
    }
    assert(sqlite->statement_count < OG_SQLITE_STATEMENTS);
    const int code =
        sqlite3_prepare_v3(sqlite->database, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    if (code == SQLITE_ERROR) {
        // our own statements are valid, so a table is missing or is another one
        return og_store_damaged(store, sqlite3_errmsg(sqlite->database));
    }
    if (code != SQLITE_OK) {
        return og_store_sqlite_fail(store, code, "reading");
    }
    sqlite->statements[sqlite->statement_count++] = *statement;
    return OG_OK;
}

static void store_sqlite_rows_bind(sqlite3_stmt* statement, int index, const og_value* value) {
    // a pointer to nothing would be NULL
    const void* bytes = value->bytes ? value->bytes : "";
    switch (value->kind) {
    case OG_VALUE_NULL: sqlite3_bind_null(statement, index); break;
    case OG_VALUE_INTEGER: sqlite3_bind_int64(statement, index, value->integer); break;
    case OG_VALUE_REAL: sqlite3_bind_double(statement, index, value->real); break;
    case OG_VALUE_TEXT:
        sqlite3_bind_text64(statement, index, bytes, value->size, SQLITE_STATIC, SQLITE_UTF8);
        break;
    case OG_VALUE_BYTES:
        sqlite3_bind_blob64(statement, index, bytes, value->size, SQLITE_STATIC);
        break;
    }
}

og_status og_store_sqlite_query(og_store* store, const char* sql, const og_value* values, int count,
                                og_rows* rows) {
    sqlite3_stmt* statement;
    OG_TRY(store_sqlite_rows_prepare(store, sql, &statement));
    assert(sqlite3_bind_parameter_count(statement) == count);
    for (int i = 0; i < count; i++) {
        store_sqlite_rows_bind(statement, i + 1, &values[i]);
    }
    *rows = (og_rows){.store = store, .handle = statement, .row = -1};
    return OG_OK;
}

og_status og_store_sqlite_next(og_rows* rows, bool* found) {
    const int code = sqlite3_step(rows->handle);
    *found = code == SQLITE_ROW;
    rows->row += *found;
    return code == SQLITE_ROW || code == SQLITE_DONE
               ? OG_OK
               : og_store_sqlite_fail(rows->store, code, "reading");
}

og_value og_store_sqlite_value(const og_rows* rows, int column) {
    sqlite3_stmt* statement = rows->handle;
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return og_value_integer(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT: return og_value_real(sqlite3_column_double(statement, column));
    case SQLITE_TEXT: {
        const char* text = (const char*)sqlite3_column_text(statement, column);
        og_value value = og_value_text(text ? text : "");
        value.size = (size_t)sqlite3_column_bytes(statement, column);
        return value;
    }
    case SQLITE_BLOB: {
        const void* bytes = sqlite3_column_blob(statement, column);
        return og_value_bytes(bytes, (size_t)sqlite3_column_bytes(statement, column));
    }
    default: return og_value_null();
    }
}

void og_store_sqlite_finish(og_rows* rows) {
    sqlite3_reset(rows->handle);
    sqlite3_clear_bindings(rows->handle);
}

og_status og_store_sqlite_execute(og_store* store, const char* sql, const og_value* values,
                                  int count, int64_t* changed) {
    og_rows rows;
    OG_TRY(og_store_sqlite_query(store, sql, values, count, &rows));
    const int code = sqlite3_step(rows.handle);
    if (changed) {
        *changed = sqlite3_changes64(og_sqlite_of(store)->database);
    }
    og_store_sqlite_finish(&rows);
    return code == SQLITE_DONE ? OG_OK : og_store_sqlite_fail(store, code, "writing");
}
