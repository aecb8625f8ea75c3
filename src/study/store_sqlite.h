/// Between the files of the SQLite store.
#pragma once

#include <sqlite3.h>

#include "study/store.h"

enum { OG_SQLITE_STATEMENTS = 64 };

typedef struct og_sqlite {
    sqlite3* database;
    sqlite3_stmt* statements[OG_SQLITE_STATEMENTS];  // prepared once, by their text
    int statement_count;
    int lock;  // file that holds the lock of a running study, -1 = none
} og_sqlite;

static inline og_sqlite* og_sqlite_of(const og_store* store) {
    return store->state;
}

/// Failure of the database as a message: full disk, damage, lock, no permission. `doing` says what
/// was tried.
og_status og_store_sqlite_fail(const og_store* store, int code, const char* doing);

/// What og_store_backend says of these.
og_status og_store_sqlite_query(og_store* store, const char* sql, const og_value* values, int count,
                                og_rows* rows);
og_status og_store_sqlite_next(og_rows* rows, bool* found);
og_value og_store_sqlite_value(const og_rows* rows, int column);
void og_store_sqlite_finish(og_rows* rows);
og_status og_store_sqlite_execute(og_store* store, const char* sql, const og_value* values,
                                  int count, int64_t* changed);
og_status og_store_sqlite_lock(og_store* store, int64_t id, bool* taken);
void og_store_sqlite_unlock(og_store* store);
og_status og_store_sqlite_held(og_store* store, int64_t id, bool* held);

/// Serialise the making of a store: an open file that is locked, or -1.
int og_store_sqlite_lock_whole(const char* path);
void og_store_sqlite_lock_release(const char* path, int file);
