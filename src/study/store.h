/// Between the files of the store, and for the run loop, which writes.
#pragma once

#include <stdatomic.h>

#include "ogive/store.h"
#include "study/store_backend.h"

/// A study's row: what the public record leaves out as well.
typedef struct og_store_entry {
    og_study_record record;
    double elapsed;  ///< wall seconds of all runs so far
} og_store_entry;

/// Statements of the queue in the words of this database, made once.
typedef struct og_store_queue {
    const char *expire, *lost, *enter, *beat, *claim, *claim_suspect;
} og_store_queue;

struct og_store {
    const og_store_backend* backend;
    void* state;  // the backend's own
    og_arena* arena;
    const char* address;  // as it was given: may hold a password
    const char* path;     // for messages: without it
    og_store_mode mode;
    int version;  // of the tables
    og_store_queue queue;
    bool relaxed;     // commits need not survive a crash of the server
    int connections;  // that were made again
    bool lost;        // the last failure was that of a server, which may come back
    bool again;       // the last failure was that of two transactions in each other's way
};

/// Report that what `what` names cannot be what this program wrote.
og_status og_store_damaged(const og_store* store, const char* what);

/// Whether commits wait until they survive a crash of the server, as they do at first.
og_status og_store_set_durable(og_store* store, bool durable);

/// Begin a durable transaction that writes, waiting for other processes; commit or abandon it.
og_status og_store_begin(og_store* store);
og_status og_store_commit(og_store* store);
void og_store_rollback(og_store* store);

/// Statements and rows, see og_store_backend.
og_status og_store_query(og_store* store, const char* sql, const og_value* values, int count,
                         og_rows* rows);
og_status og_rows_next(og_rows* rows, bool* found);
og_value og_rows_value(const og_rows* rows, int column);
void og_rows_finish(og_rows* rows);
og_status og_store_execute(og_store* store, const char* sql, const og_value* values, int count,
                           int64_t* changed);

/// The number that a statement gives in its first column, `missing` when it gives no row.
og_status og_store_integer(og_store* store, const char* sql, const og_value* values, int count,
                           int64_t missing, int64_t* number);

/// Columns as what they have to be; false when they are not. Text goes into `arena`.
bool og_rows_integer(const og_rows* rows, int column, int64_t* integer);
bool og_rows_real(const og_rows* rows, int column, double* real);
bool og_rows_text(const og_rows* rows, int column, og_arena* arena, const char** text);

/// `count` doubles from a column of bytes.
bool og_rows_reals(const og_rows* rows, int column, int count, og_arena* arena,
                   const double** reals);

/// The row of study `name`.
og_status og_store_find(og_store* store, og_arena* arena, const char* name, bool* found,
                        og_store_entry* entry);

/// The row of study `id`; OG_ERROR_NAME where there is none.
og_status og_store_find_number(og_store* store, og_arena* arena, int64_t id, og_store_entry* entry);

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

/// How long to try to reach a server that was lost, and what ends it at once (may be NULL).
typedef struct og_patience {
    double seconds;
    const volatile int* interrupt;
    const atomic_bool* ending;
} og_patience;

/// Run `step` until it succeeds or fails for another reason than a lost server; `trial` counts
/// from 1. A step that the server may have done without saying so is run again.
typedef og_status og_store_step(og_store* store, void* context, int trial);
og_status og_store_persist(og_store* store, const og_patience* patience, og_store_step* step,
                           void* context);

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
