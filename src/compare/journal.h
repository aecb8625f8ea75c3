/// The file that finished work of comparisons is kept in: one line each, with a checksum, so that a
/// line cut by a crash is told from a whole one and done again.
#pragma once

#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/status.h"

typedef struct og_journal og_journal;

/// One line: numbers under a key.
typedef struct og_journal_entry {
    uint64_t key;
    int64_t count;
    const double* values;  ///< list: [count]
} og_journal_entry;

/// Open `path`, making it when it is missing, and read it. Fails when another process uses it, or
/// when it is no journal.
og_status og_journal_open(og_arena* arena, const char* path, og_journal** journal);

/// The entry under `key`; of several the last. NULL = none.
const og_journal_entry* og_journal_find(const og_journal* journal, uint64_t key);

/// Add an entry to the file. One thread at a time.
og_status og_journal_add(og_journal* journal, const char* kind, const og_journal_entry* entry);

/// Close the file. NULL is allowed.
void og_journal_close(og_journal* journal);

/// Key of a text (FNV-1a).
uint64_t og_journal_key(const char* text);
