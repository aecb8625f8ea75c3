/// Between the store, which knows studies and trials, and the databases that keep them.
///
/// SQL is the same for all: a text that lives as long as the program, or in the arena of the store,
/// with parameters $1, $2, ... in the order in which they stand.
#pragma once

#include <string.h>

#include "ogive/store.h"

typedef enum og_value_kind {
    OG_VALUE_NULL,
    OG_VALUE_INTEGER,
    OG_VALUE_REAL,
    OG_VALUE_TEXT,
    OG_VALUE_BYTES,
} og_value_kind;

/// What a parameter or a column holds.
typedef struct og_value {
    og_value_kind kind;
    int64_t integer;
    double real;
    const void* bytes;  ///< of a text too, shape: [size]
    size_t size;
} og_value;

static inline og_value og_value_null(void) {
    return (og_value){.kind = OG_VALUE_NULL};
}

static inline og_value og_value_integer(int64_t integer) {
    return (og_value){.kind = OG_VALUE_INTEGER, .integer = integer};
}

static inline og_value og_value_real(double real) {
    return (og_value){.kind = OG_VALUE_REAL, .real = real};
}

static inline og_value og_value_text(const char* text) {
    return (og_value){.kind = OG_VALUE_TEXT, .bytes = text, .size = strlen(text)};
}

static inline og_value og_value_bytes(const void* bytes, size_t size) {
    return (og_value){.kind = OG_VALUE_BYTES, .bytes = bytes, .size = size};
}

/// Rows that a statement gives, while they are read.
typedef struct og_rows {
    og_store* store;
    void* handle;  ///< the backend's own
    int64_t row;
} og_rows;

/// What a database has to do.
typedef struct og_store_backend {
    const char* now;          ///< an expression: seconds since 1970, real
    const char* skip_locked;  ///< ends a SELECT whose rows others may be about to change

    /// Open `store`, whose address, name and arena are set: find or make its tables, set its
    /// version and `state`. close() follows in any case.
    og_status (*open)(og_store* store, og_store_mode mode);
    void (*close)(og_store* store);

    /// Begin a transaction that writes, waiting for other processes.
    og_status (*begin)(og_store* store);
    og_status (*commit)(og_store* store);
    void (*rollback)(og_store* store);

    /// Run a statement that gives rows; finish() follows when it succeeds. The values are read
    /// until then.
    og_status (*query)(og_store* store, const char* sql, const og_value* values, int count,
                       og_rows* rows);
    og_status (*next)(og_rows* rows, bool* found);

    /// Column of the row that next() found, until the next call for these rows.
    og_value (*value)(const og_rows* rows, int column);
    void (*finish)(og_rows* rows);

    /// Run a statement that gives none; `*changed` receives how many rows it changed. With NULL
    /// there, and in a transaction, it may be done later and fail then, in commit() at the latest.
    og_status (*execute)(og_store* store, const char* sql, const og_value* values, int count,
                         int64_t* changed);

    /// Take the right to run study `id`; `*taken` is false when another run has it.
    og_status (*lock)(og_store* store, int64_t id, bool* taken);
    void (*unlock)(og_store* store);

    /// `*held`: a run has that right now.
    og_status (*held)(og_store* store, int64_t id, bool* held);

    /// Whether commits from now on wait until they survive a crash of the server; NULL where they
    /// always do what they can.
    og_status (*set_durable)(og_store* store, bool durable);

    /// Connect again to a server that was lost; NULL where there is no server.
    og_status (*reconnect)(og_store* store);
} og_store_backend;

extern const og_store_backend og_store_sqlite;

#ifdef OG_POSTGRESQL
extern const og_store_backend og_store_postgresql;
#endif

enum { OG_STORE_VERSION = 3 };  // of the tables

/// The tables, in the types of a database: `key` counts up by itself, `words` is text in any bytes.
/// A study that runs with workers has a task for each design that waits for its metrics.
#define OG_STORE_TABLES(key, integer, real, words, bytes, no_rowid)                  \
    "CREATE TABLE study(id " key ", name TEXT NOT NULL UNIQUE, plan " words          \
    " NOT NULL,"                                                                     \
    " environment TEXT NOT NULL, identity " words                                    \
    " NOT NULL, agent TEXT NOT NULL,"                                                \
    " agent_options " words " NOT NULL, batch " integer " NOT NULL, seed " integer   \
    " NOT NULL,"                                                                     \
    " space TEXT NOT NULL, metrics TEXT NOT NULL, objectives TEXT NOT NULL,"         \
    " constraints TEXT NOT NULL, reference_x " bytes " NOT NULL, reference_y " bytes \
    " NOT NULL,"                                                                     \
    " trials " integer " NOT NULL, best " integer " NOT NULL, stop " integer         \
    " NOT NULL,"                                                                     \
    " elapsed " real                                                                 \
    " NOT NULL, created TEXT NOT NULL);"                                             \
    "CREATE TABLE trial(study " integer                                              \
    " NOT NULL REFERENCES study(id) ON DELETE CASCADE,"                              \
    " number " integer " NOT NULL, outcome " integer " NOT NULL, loss " real         \
    ","                                                                              \
    " violation " real " NOT NULL, repeat_of " integer ", started " real             \
    " NOT NULL,"                                                                     \
    " seconds " real " NOT NULL, reason " words ", x " bytes " NOT NULL, y " bytes   \
    ","                                                                              \
    " source " integer " NOT NULL DEFAULT 0, PRIMARY KEY(study, number))" no_rowid ";"

/// Tables of version 3. A worker that expired is lost, and what it held is open again. `hand` is
/// the thread of the worker that holds a task, `claim` counts who held it, `losses` how many were
/// lost.
#define OG_STORE_QUEUE_TABLES(key, integer, real, words, bytes, no_rowid)                     \
    "CREATE TABLE worker(id " key ", name " words " NOT NULL, expires " real                  \
    " NOT NULL);"                                                                             \
    "CREATE TABLE task(study " integer                                                        \
    " NOT NULL REFERENCES study(id) ON DELETE CASCADE,"                                       \
    " number " integer " NOT NULL, x " bytes " NOT NULL, state " integer                      \
    " NOT NULL DEFAULT 0,"                                                                    \
    " claim " integer " NOT NULL DEFAULT 0, worker " integer ", hand " integer                \
    ","                                                                                       \
    " losses " integer " NOT NULL DEFAULT 0, outcome " integer ", y " bytes ", reason " words \
    ","                                                                                       \
    " seconds " real ", PRIMARY KEY(study, number))" no_rowid                                 \
    ";"                                                                                       \
    "CREATE INDEX task_open ON task(study, number) WHERE state = 0;"                          \
    "CREATE INDEX task_held ON task(worker) WHERE state = 1;"                                 \
    "CREATE INDEX task_answered ON task(study) WHERE state = 2;"                              \
    "CREATE TABLE control(id " key ", study " integer                                         \
    " NOT NULL REFERENCES study(id) ON DELETE CASCADE, request TEXT NOT NULL,"                \
    " value " words                                                                           \
    " NOT NULL);"                                                                             \
    "CREATE INDEX control_study ON control(study, id);"                                       \
    "CREATE TABLE diagnostic(study " integer                                                  \
    " NOT NULL REFERENCES study(id) ON DELETE CASCADE, trials " integer                       \
    " NOT NULL, name TEXT NOT NULL, part " words " NOT NULL, value " real                     \
    " NOT NULL, PRIMARY KEY(study, trials, name, part))" no_rowid ";"
