// Statements of the PostgreSQL store and their rows. All values travel in the binary form, so that
// numbers keep every bit.

#include <assert.h>

#include "ogive/text.h"
#include "study/store_postgresql.h"

enum {
    STORE_POSTGRESQL_ROWS_VALUES = 32,  // most parameters of a statement
    STORE_POSTGRESQL_ROWS_GROUP = 512,  // statements that are sent before one waits
};

// Types of PostgreSQL that our tables and expressions give (pg_type.dat).
enum {
    STORE_POSTGRESQL_ROWS_BYTEA = 17,
    STORE_POSTGRESQL_ROWS_INT8 = 20,
    STORE_POSTGRESQL_ROWS_INT4 = 23,
    STORE_POSTGRESQL_ROWS_FLOAT8 = 701,
};

static void store_postgresql_rows_put(unsigned char out[8], uint64_t bits) {
    for (int i = 0; i < 8; i++) {
        out[i] = (unsigned char)(bits >> (56 - 8 * i));
    }
}

static uint64_t store_postgresql_rows_get(const unsigned char* bytes, int count) {
    uint64_t bits = 0;
    for (int i = 0; i < count; i++) {
        bits = bits << 8 | bytes[i];
    }
    return bits;
}

static void store_postgresql_rows_bind(og_store* store, const og_value* values, int count) {
    og_postgresql* postgresql = og_postgresql_of(store);
    if (!postgresql->numbers) {
        enum { MOST = STORE_POSTGRESQL_ROWS_VALUES };
        postgresql->numbers = og_arena_allocate(store->arena, MOST * sizeof *postgresql->numbers);
        postgresql->parameters = OG_NEW(store->arena, const char*, MOST);
        postgresql->lengths = OG_NEW(store->arena, int, MOST);
        postgresql->formats = OG_NEW(store->arena, int, MOST);
    }
    assert(count <= STORE_POSTGRESQL_ROWS_VALUES);
    for (int i = 0; i < count; i++) {
        const og_value* value = &values[i];
        const bool number = value->kind == OG_VALUE_INTEGER || value->kind == OG_VALUE_REAL;
        uint64_t bits = (uint64_t)value->integer;
        if (value->kind == OG_VALUE_REAL) {
            memcpy(&bits, &value->real, sizeof bits);
        }
        store_postgresql_rows_put(postgresql->numbers[i], bits);
        const char* bytes = number         ? (const char*)postgresql->numbers[i]
                            : value->bytes ? value->bytes
                                           : "";
        postgresql->parameters[i] = value->kind == OG_VALUE_NULL ? NULL : bytes;
        postgresql->lengths[i] = number ? 8 : (int)value->size;
        postgresql->formats[i] = 1;
    }
}

// Statements are prepared once in a connection; their number is their name there.
static og_status store_postgresql_rows_prepare(og_store* store, const char* sql, char name[16]) {
    og_postgresql* postgresql = og_postgresql_of(store);
    int index = 0;
    while (index < postgresql->statement_count && strcmp(postgresql->statements[index], sql) != 0) {
        index++;
    }
    assert(index < OG_POSTGRESQL_STATEMENTS);
    name[0] = 's';
    name[1] = (char)('a' + index / 26);
    name[2] = (char)('a' + index % 26);
    name[3] = '\0';
    if (index < postgresql->statement_count) {
        return OG_OK;
    }
    OG_TRY(og_store_postgresql_settle(store));
    PGresult* result = PQprepare(postgresql->connection, name, sql, 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        return og_store_postgresql_fail(store, result, "preparing");
    }
    PQclear(result);
    postgresql->statements[postgresql->statement_count++] = sql;
    return OG_OK;
}

og_status og_store_postgresql_send(og_store* store, const char* sql) {
    og_postgresql* postgresql = og_postgresql_of(store);
    if (!PQenterPipelineMode(postgresql->connection) ||
        !PQsendQueryParams(postgresql->connection, sql, 0, NULL, NULL, NULL, NULL, 1)) {
        return og_store_postgresql_fail(store, NULL, "writing");
    }
    postgresql->waiting++;
    return OG_OK;
}

og_status og_store_postgresql_settle(og_store* store) {
    og_postgresql* postgresql = og_postgresql_of(store);
    PGconn* connection = postgresql->connection;
    if (PQpipelineStatus(connection) == PQ_PIPELINE_OFF) {
        return OG_OK;
    }
    og_status status = OG_OK;
    if (!PQpipelineSync(connection)) {
        status = og_store_postgresql_fail(store, NULL, "writing");
    }
    // each statement gives a result and an end, then the point to which they were sent
    int ends = 0;
    while (status != OG_ERROR_STORE || !store->lost) {
        PGresult* result = PQgetResult(connection);
        const ExecStatusType kind = PQresultStatus(result);
        if (!result && (++ends > 1 || PQstatus(connection) == CONNECTION_BAD)) {
            status = og_store_postgresql_fail(store, NULL, "writing");
            break;
        }
        ends = result ? 0 : ends;
        const bool wrong = kind == PGRES_FATAL_ERROR && result;
        if (wrong && status == OG_OK) {
            status = og_store_postgresql_fail(store, result, "writing");
            continue;
        }
        PQclear(result);
        if (result && kind == PGRES_PIPELINE_SYNC) {
            break;
        }
    }
    postgresql->waiting = 0;
    PQexitPipelineMode(connection);
    return status;
}

og_status og_store_postgresql_query(og_store* store, const char* sql, const og_value* values,
                                    int count, og_rows* rows) {
    og_postgresql* postgresql = og_postgresql_of(store);
    char name[16];
    if (postgresql->begins) {
        postgresql->begins = false;
        OG_TRY(og_store_postgresql_send(store, "BEGIN"));
    }
    OG_TRY(og_store_postgresql_settle(store));
    OG_TRY(store_postgresql_rows_prepare(store, sql, name));
    store_postgresql_rows_bind(store, values, count);
    PGresult* result = PQexecPrepared(postgresql->connection, name, count, postgresql->parameters,
                                      postgresql->lengths, postgresql->formats, 1);
    const ExecStatusType kind = PQresultStatus(result);
    if (kind != PGRES_TUPLES_OK && kind != PGRES_COMMAND_OK) {
        return og_store_postgresql_fail(store, result, "asking");
    }
    *rows = (og_rows){.store = store, .handle = result, .row = -1};
    return OG_OK;
}

og_status og_store_postgresql_next(og_rows* rows, bool* found) {
    *found = rows->row + 1 < PQntuples(rows->handle);
    rows->row += *found;
    return OG_OK;
}

og_value og_store_postgresql_value(const og_rows* rows, int column) {
    const PGresult* result = rows->handle;
    const int row = (int)rows->row;
    if (PQgetisnull(result, row, column)) {
        return og_value_null();
    }
    const unsigned char* bytes = (const unsigned char*)PQgetvalue(result, row, column);
    const size_t size = (size_t)PQgetlength(result, row, column);
    switch (PQftype(result, column)) {
    case STORE_POSTGRESQL_ROWS_INT8:
        return og_value_integer((int64_t)store_postgresql_rows_get(bytes, 8));
    case STORE_POSTGRESQL_ROWS_INT4:
        return og_value_integer((int32_t)store_postgresql_rows_get(bytes, 4));
    case STORE_POSTGRESQL_ROWS_FLOAT8: {
        const uint64_t bits = store_postgresql_rows_get(bytes, 8);
        og_value value = og_value_real(0);
        memcpy(&value.real, &bits, sizeof bits);
        return value;
    }
    case STORE_POSTGRESQL_ROWS_BYTEA: return og_value_bytes(bytes, size);
    default: return (og_value){.kind = OG_VALUE_TEXT, .bytes = bytes, .size = size};
    }
}

void og_store_postgresql_finish(og_rows* rows) {
    PQclear(rows->handle);
}

static og_status store_postgresql_rows_send(og_store* store, const char* sql,
                                            const og_value* values, int count) {
    og_postgresql* postgresql = og_postgresql_of(store);
    char name[16];
    if (postgresql->waiting >= STORE_POSTGRESQL_ROWS_GROUP) {
        OG_TRY(og_store_postgresql_settle(store));
    }
    OG_TRY(store_postgresql_rows_prepare(store, sql, name));
    if (postgresql->begins) {
        postgresql->begins = false;
        OG_TRY(og_store_postgresql_send(store, "BEGIN"));
    }
    store_postgresql_rows_bind(store, values, count);
    if (!PQenterPipelineMode(postgresql->connection) ||
        !PQsendQueryPrepared(postgresql->connection, name, count, postgresql->parameters,
                             postgresql->lengths, postgresql->formats, 1)) {
        return og_store_postgresql_fail(store, NULL, "writing");
    }
    postgresql->waiting++;
    return OG_OK;
}

og_status og_store_postgresql_execute(og_store* store, const char* sql, const og_value* values,
                                      int count, int64_t* changed) {
    if (!changed && og_postgresql_of(store)->in_transaction) {
        return store_postgresql_rows_send(store, sql, values, count);
    }
    og_rows rows;
    OG_TRY(og_store_postgresql_query(store, sql, values, count, &rows));
    if (changed && !og_text_integer(PQcmdTuples(rows.handle), changed)) {
        *changed = 0;
    }
    og_store_postgresql_finish(&rows);
    return OG_OK;
}
