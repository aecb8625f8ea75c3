/// Between the files of the PostgreSQL store.
#pragma once

#include <libpq-fe.h>

#include "study/store.h"

enum { OG_POSTGRESQL_STATEMENTS = 64 };

typedef struct og_postgresql {
    PGconn* connection;
    const char* statements[OG_POSTGRESQL_STATEMENTS];  // prepared in this connection
    int statement_count;
    int waiting;  // statements that were sent and not answered
    bool in_transaction;
    bool begins;                  // the transaction begins with its first statement
    const char* schema;           // that holds the tables
    int64_t locked;               // study, 0 = none
    unsigned char (*numbers)[8];  // of the values of a statement, in the order of the network
    const char** parameters;
    int* lengths;
    int* formats;
} og_postgresql;

static inline og_postgresql* og_postgresql_of(const og_store* store) {
    return store->state;
}

/// Failure of the last call, or of `result` when there is one, as a message; `result` is cleared.
og_status og_store_postgresql_fail(og_store* store, PGresult* result, const char* doing);

/// Run statements without values or rows.
og_status og_store_postgresql_run(og_store* store, const char* sql, const char* doing);

/// Send a statement without values whose answer settle() awaits.
og_status og_store_postgresql_send(og_store* store, const char* sql);

/// Wait until all statements that were sent are answered.
og_status og_store_postgresql_settle(og_store* store);

/// What og_store_backend says of these.
og_status og_store_postgresql_query(og_store* store, const char* sql, const og_value* values,
                                    int count, og_rows* rows);
og_status og_store_postgresql_next(og_rows* rows, bool* found);
og_value og_store_postgresql_value(const og_rows* rows, int column);
void og_store_postgresql_finish(og_rows* rows);
og_status og_store_postgresql_execute(og_store* store, const char* sql, const og_value* values,
                                      int count, int64_t* changed);
