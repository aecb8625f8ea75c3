/// Between the files of the store, and for the run loop, which writes.
#pragma once

#include <sqlite3.h>

#include "ogive/store.h"

/// A study's row: what the public record leaves out as well.
typedef struct og_store_entry {
    og_study_record record;
    double elapsed;  ///< wall seconds of all runs so far
} og_store_entry;

struct og_store {
    sqlite3* database;
    og_arena* arena;
    const char* path;
    sqlite3_stmt* insert;  // of a trial, prepared once
    bool writes;           // opened for writing
    int version;           // of the tables
    int lock;              // file that holds the lock of a running study, -1 = none
};

/// Failure of the database as a message: full disk, damage, lock, no permission. `doing` says what
/// was tried.
og_status og_store_fail(const og_store* store, int code, const char* doing);

/// Report that what `what` names cannot be what this program wrote.
og_status og_store_damaged(const og_store* store, const char* what);

/// Prepare one statement; the caller finalises it.
og_status og_store_prepare(og_store* store, const char* sql, sqlite3_stmt** statement);

/// Begin a transaction that writes, waiting for other processes; commit or abandon it.
og_status og_store_begin(og_store* store);
og_status og_store_commit(og_store* store);
void og_store_rollback(og_store* store);

/// The row of study `name`.
og_status og_store_find(og_store* store, og_arena* arena, const char* name, bool* found,
                        og_store_entry* entry);

/// Insert a new study and set its id; `*added` is false, and nothing changes, when the name is
/// taken.
og_status og_store_add(og_store* store, og_store_entry* entry, bool* added);

/// Write what changes while a study runs: plan, agent (which imported studies get later), stop,
/// trial count, best, elapsed. Within a transaction.
og_status og_store_update(og_store* store, const og_store_entry* entry);

/// Append one trial. Within a transaction.
og_status og_store_write(og_store* store, const og_study_record* record, const og_trial* trial);

/// Take the right to run study `id`, which ends with the process at the latest. Fails when another
/// run has it.
og_status og_store_lock(og_store* store, int64_t id, const char* name);
void og_store_unlock(og_store* store);

/// Serialise the making of a store: an open file that is locked, or -1.
int og_store_lock_whole(const char* path);
void og_store_lock_release(const char* path, int file);

/// A table of parameters as JSON text, with or without the sentences for people, and back;
/// `og_store_table_parse` returns false on text that no table gives.
const char* og_store_table_print(og_arena* arena, const og_space_table* table, bool docs);
bool og_store_table_parse(og_arena* arena, const char* text, og_space_table* table);

/// The same for metrics and for lists of text.
const char* og_store_metrics_print(og_arena* arena, const og_metric* metrics, int count, bool docs);
bool og_store_metrics_parse(og_arena* arena, const char* text, const og_metric** metrics,
                            int* count);
const char* og_store_list_print(og_arena* arena, const char* const* texts, int count);
bool og_store_list_parse(og_arena* arena, const char* text, const char* const** texts, int* count);
