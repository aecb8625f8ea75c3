#include "compare/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/hash.h"
#include "ogive/file.h"
#include "ogive/text.h"

// first line of each journal
static const char journal_title[] = "ogive runs 1\n";
static const size_t journal_limit = (size_t)4 << 30;  // bytes

struct og_journal {
    const char* path;
    int file;
    og_journal_entry* slots;  // open addressing by key; values NULL = free
    uint64_t mask;
    uint64_t used;
    og_arena* arena;
};

uint64_t og_journal_key(const char* text) {
    return og_hash(OG_HASH_START, text, strlen(text));
}

static og_journal_entry* journal_slot(const og_journal* journal, uint64_t key) {
    uint64_t at = key & journal->mask;
    while (journal->slots[at].values && journal->slots[at].key != key) {
        at = (at + 1) & journal->mask;
    }
    return &journal->slots[at];
}

static void journal_grow(og_journal* journal) {
    const og_journal_entry* old = journal->slots;
    const uint64_t old_size = old ? journal->mask + 1 : 0;
    const uint64_t size = old_size ? 2 * old_size : 256;
    journal->slots = OG_NEW(journal->arena, og_journal_entry, size);
    journal->mask = size - 1;
    for (uint64_t i = 0; i < old_size; i++) {
        if (old[i].values) {
            *journal_slot(journal, old[i].key) = old[i];
        }
    }
}

static void journal_keep(og_journal* journal, og_journal_entry entry) {
    if (!journal->slots || 2 * journal->used > journal->mask) {
        journal_grow(journal);
    }
    og_journal_entry* slot = journal_slot(journal, entry.key);
    journal->used += !slot->values;
    *slot = entry;
}

// "kind key value ... #checksum", as a whole line without its end
static void journal_read_line(og_journal* journal, const char* line, size_t length) {
    const char* mark = memchr(line, '#', length);
    char sum[24];
    if (!mark || (size_t)(mark - line) + 17 != length) {
        return;
    }
    snprintf(sum, sizeof sum, "#%016" PRIx64, og_hash(OG_HASH_START, line, (size_t)(mark - line)));
    if (memcmp(sum, mark, 17) != 0) {
        return;
    }
    char* text = og_text_copy(journal->arena, line, (size_t)(mark - line));
    char** words;
    const int count = og_text_split(journal->arena, text, ' ', &words);
    og_journal_entry entry = {0};
    if (count < 3 || sscanf(words[1], "%" SCNx64, &entry.key) != 1) {
        return;
    }
    double* values = OG_NEW(journal->arena, double, count);
    for (int i = 2; i < count; i++) {
        // the last word is empty: the text ends with a space
        if (words[i][0] != '\0' && !og_text_number(words[i], &values[entry.count++])) {
            return;
        }
    }
    entry.values = values;
    journal_keep(journal, entry);
}

static og_status journal_read(og_journal* journal) {
    char* data;
    size_t size;
    OG_TRY(og_file_read(journal->arena, journal->path, journal_limit, &data, &size));
    const size_t title = sizeof journal_title - 1;
    if (size > 0 && (size < title ? memcmp(data, journal_title, size) != 0
                                  : memcmp(data, journal_title, title) != 0)) {
        return og_fail(OG_ERROR_FILE, "%s: no record of comparisons (its first line is not '%.*s')",
                       journal->path, (int)title - 1, journal_title);
    }
    const char* cursor = data;
    size_t length;
    for (const char* line; (line = og_file_line(&cursor, data + size, &length));) {
        journal_read_line(journal, line, length);
    }
    // a title or a line that a crash cut is written anew
    if (size < title && ftruncate(journal->file, 0) != 0) {
        return og_fail(OG_ERROR_FILE, "%s: cannot write: %s", journal->path, strerror(errno));
    }
    const char* end = size < title ? journal_title : data[size - 1] == '\n' ? "" : "\n";
    const size_t missing = strlen(end);
    if (missing > 0 && write(journal->file, end, missing) != (ssize_t)missing) {
        return og_fail(OG_ERROR_FILE, "%s: cannot write: %s", journal->path, strerror(errno));
    }
    return OG_OK;
}

og_status og_journal_open(og_arena* arena, const char* path, og_journal** journal) {
    og_journal* opened = OG_NEW(arena, og_journal, 1);
    opened->path = path;
    opened->arena = arena;
    opened->file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (opened->file < 0) {
        return og_fail(OG_ERROR_FILE, "%s: cannot open: %s", path, strerror(errno));
    }
    journal_grow(opened);
    og_status status = OG_OK;
    if (flock(opened->file, LOCK_EX | LOCK_NB) != 0) {
        status = og_fail(OG_ERROR_FILE, "%s: in use by another process", path);
    } else {
        status = journal_read(opened);
    }
    if (status != OG_OK) {
        close(opened->file);
        return status;
    }
    *journal = opened;
    return OG_OK;
}

const og_journal_entry* og_journal_find(const og_journal* journal, uint64_t key) {
    const og_journal_entry* slot = journal_slot(journal, key);
    return slot->values ? slot : NULL;
}

og_status og_journal_add(og_journal* journal, const char* kind, const og_journal_entry* entry) {
    og_arena* arena = og_arena_create();
    og_buffer line = {.arena = arena};
    char number[32];
    og_buffer_print(&line, "%s %016" PRIx64 " ", kind, entry->key);
    for (int64_t i = 0; i < entry->count; i++) {
        og_buffer_print(&line, "%s ", og_text_real(entry->values[i], number));
    }
    og_buffer_print(&line, "#%016" PRIx64 "\n", og_hash(OG_HASH_START, line.data, line.length));
    const ssize_t written = write(journal->file, line.data, line.length);
    const bool whole = written == (ssize_t)line.length;
    og_arena_destroy(arena);
    return whole ? OG_OK
                 : og_fail(OG_ERROR_FILE, "%s: cannot write: %s", journal->path,
                           written < 0 ? strerror(errno) : "the disk is full");
}

void og_journal_close(og_journal* journal) {
    if (journal) {
        close(journal->file);
    }
}
