// The store as one SQLite file in write-ahead mode, so that readers never wait and a killed writer
// loses at most the group of trials that it had not committed.

#include "study/store_sqlite.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ogive/clock.h"
#include "ogive/text.h"

enum {
    STORE_SQLITE_MAGIC = 0x4f474956,  // "OGIV", the application_id of the file
    STORE_SQLITE_WAIT_MS = 60000,     // for other processes that write
    STORE_SQLITE_LEAST_BYTES = 512,   // smallest page of SQLite
};

#define STORE_SQLITE_TYPES "INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER", "REAL", "TEXT", "BLOB"
// one more step, so that the types are parted before the tables take them
#define STORE_SQLITE_TABLES(make, ...) make(__VA_ARGS__)

static const char store_sqlite_queue_schema[] =
    STORE_SQLITE_TABLES(OG_STORE_QUEUE_TABLES, STORE_SQLITE_TYPES, " WITHOUT ROWID");
static const char store_sqlite_schema[] =
    STORE_SQLITE_TABLES(OG_STORE_TABLES, STORE_SQLITE_TYPES, " WITHOUT ROWID");

og_status og_store_sqlite_fail(const og_store* store, int code, const char* doing) {
    const char* path = store->path;
    switch (code & 0xff) {
    case SQLITE_NOTADB: return og_fail(OG_ERROR_STORE, "%s is not an Ogive store", path);
    case SQLITE_CORRUPT:
        return og_fail(OG_ERROR_STORE, "%s is damaged (%s); it was left as it is", path, doing);
    case SQLITE_FULL: return og_fail(OG_ERROR_STORE, "%s: the disk is full (%s)", path, doing);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return og_fail(OG_ERROR_STORE, "%s: the file or its folder cannot be written (%s)", path,
                       doing);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return og_fail(OG_ERROR_STORE,
                       "%s: another process has been writing for more than %d seconds (%s)", path,
                       STORE_SQLITE_WAIT_MS / 1000, doing);
    default: break;
    }
    return og_fail(OG_ERROR_STORE, "%s: %s (%s)", path, sqlite3_errstr(code), doing);
}

// Run `sql`, trying again for as long as other processes are in the way: SQLite's own waiting does
// not cover changes of the journal mode and recovery.
static int store_sqlite_execute(og_store* store, const char* sql) {
    const double start = og_clock_seconds();
    for (;;) {
        const int code = sqlite3_exec(og_sqlite_of(store)->database, sql, NULL, NULL, NULL);
        const int kind = code & 0xff;
        const bool busy = kind == SQLITE_BUSY || kind == SQLITE_LOCKED || kind == SQLITE_PROTOCOL;
        if (!busy || og_clock_seconds() - start > STORE_SQLITE_WAIT_MS / 1000.0) {
            return code;
        }
        sqlite3_sleep(5);
    }
}

static og_status store_sqlite_begin(og_store* store) {
    const int code = store_sqlite_execute(store, "BEGIN IMMEDIATE");
    return code == SQLITE_OK ? OG_OK : og_store_sqlite_fail(store, code, "beginning to write");
}

static void store_sqlite_rollback(og_store* store) {
    if (!sqlite3_get_autocommit(og_sqlite_of(store)->database)) {
        sqlite3_exec(og_sqlite_of(store)->database, "ROLLBACK", NULL, NULL, NULL);
    }
}

static og_status store_sqlite_commit(og_store* store) {
    const int code = store_sqlite_execute(store, "COMMIT");
    if (code == SQLITE_OK) {
        return OG_OK;
    }
    store_sqlite_rollback(store);
    return og_store_sqlite_fail(store, code, "writing");
}

static og_status store_sqlite_integer(og_store* store, const char* sql, int64_t* value) {
    return og_store_integer(store, sql, NULL, 0, 0, value);
}

static og_status store_sqlite_make(og_store* store) {
    int code = store_sqlite_execute(store, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL");
    if (code == SQLITE_OK) {
        code = store_sqlite_execute(store, "BEGIN IMMEDIATE");
    }
    if (code == SQLITE_OK) {
        code = sqlite3_exec(og_sqlite_of(store)->database, store_sqlite_schema, NULL, NULL, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_exec(og_sqlite_of(store)->database, store_sqlite_queue_schema, NULL, NULL,
                            NULL);
    }
    if (code == SQLITE_OK) {
        char marks[96];
        sqlite3_snprintf(sizeof marks, marks,
                         "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
                         (int)STORE_SQLITE_MAGIC, (int)OG_STORE_VERSION);
        code = store_sqlite_execute(store, marks);
    }
    if (code != SQLITE_OK) {
        store_sqlite_rollback(store);
        return og_store_sqlite_fail(store, code, "making it");
    }
    return OG_OK;
}

// True for a file that has nothing in it yet, or that its maker has not finished.
static og_status store_sqlite_is_blank(og_store* store, bool* blank) {
    int64_t magic = 0;
    int64_t tables = 0;
    OG_TRY(store_sqlite_integer(store, "PRAGMA application_id", &magic));
    OG_TRY(store_sqlite_integer(store, "SELECT COUNT(*) FROM sqlite_schema", &tables));
    *blank = magic == 0 && tables == 0;
    return OG_OK;
}

// Make the store where there is none yet; several processes may try at once.
static og_status store_sqlite_make_once(og_store* store) {
    const int lock = og_store_sqlite_lock_whole(store->path);
    if (lock < 0) {
        return og_store_sqlite_fail(store, SQLITE_CANTOPEN, "making it");
    }
    bool blank;
    og_status status = store_sqlite_is_blank(store, &blank);
    if (status == OG_OK && blank) {
        status = store_sqlite_make(store);
    }
    og_store_sqlite_lock_release(store->path, lock);
    return status;
}

// Version 1 did not say where designs came from; version 2 had no workers.
static og_status store_sqlite_renew(og_store* store) {
    int64_t version;
    OG_TRY(store_sqlite_integer(store, "PRAGMA user_version", &version));
    int code = SQLITE_OK;
    if (version == 1) {
        code = sqlite3_exec(og_sqlite_of(store)->database,
                            "ALTER TABLE trial ADD COLUMN source INTEGER NOT NULL DEFAULT 0", NULL,
                            NULL, NULL);
    }
    // another process may have been faster
    if (code == SQLITE_OK && version < OG_STORE_VERSION) {
        const char* sql = og_text_format(store->arena, "%sPRAGMA user_version = %d",
                                         store_sqlite_queue_schema, OG_STORE_VERSION);
        code = sqlite3_exec(og_sqlite_of(store)->database, sql, NULL, NULL, NULL);
    }
    return code == SQLITE_OK ? OG_OK : og_store_sqlite_fail(store, code, "renewing its form");
}

static og_status store_sqlite_upgrade(og_store* store) {
    OG_TRY(store_sqlite_begin(store));
    const og_status status = store_sqlite_renew(store);
    if (status != OG_OK) {
        store_sqlite_rollback(store);
        return status;
    }
    store->version = OG_STORE_VERSION;
    return store_sqlite_commit(store);
}

static og_status store_sqlite_check(og_store* store, bool create) {
    bool blank;
    OG_TRY(store_sqlite_is_blank(store, &blank));
    if (blank && !create) {
        return og_fail(OG_ERROR_STORE, "%s is empty, not an Ogive store", store->path);
    }
    if (blank) {
        OG_TRY(store_sqlite_make_once(store));
    }
    int64_t magic;
    int64_t version;
    OG_TRY(store_sqlite_integer(store, "PRAGMA application_id", &magic));
    OG_TRY(store_sqlite_integer(store, "PRAGMA user_version", &version));
    if (magic != STORE_SQLITE_MAGIC) {
        return og_fail(OG_ERROR_STORE, "%s is an SQLite database, but not an Ogive store",
                       store->path);
    }
    if (version > OG_STORE_VERSION) {
        return og_fail(OG_ERROR_STORE,
                       "%s has store version %d, but this program knows versions up to %d: use a "
                       "newer ogive",
                       store->path, (int)version, (int)OG_STORE_VERSION);
    }
    store->version = (int)version;
    return version < 1 ? og_store_damaged(store, "its version") : OG_OK;
}

// What SQLite would take for its own and change, or explain badly.
static og_status store_sqlite_check_path(const char* path, og_store_mode mode) {
    struct stat info;
    if (stat(path, &info) != 0) {
        return mode == OG_STORE_CREATE ? OG_OK
                                       : og_fail(OG_ERROR_STORE, "there is no store %s", path);
    }
    if (S_ISDIR(info.st_mode)) {
        return og_fail(OG_ERROR_STORE, "%s is a folder, not an Ogive store", path);
    }
    if (!S_ISREG(info.st_mode)) {
        return og_fail(OG_ERROR_STORE, "%s is not a regular file", path);
    }
    if (access(path, R_OK) != 0) {
        return og_fail(OG_ERROR_STORE, "%s cannot be read: %s", path, strerror(errno));
    }
    // SQLite takes a file of one byte for an empty one, and no database is smaller than a page
    if (info.st_size > 0 && info.st_size < STORE_SQLITE_LEAST_BYTES) {
        return og_fail(OG_ERROR_STORE, "%s is not an Ogive store", path);
    }
    return OG_OK;
}

static bool store_sqlite_has_log(const og_store* store) {
    struct stat info;
    return stat(og_text_format(store->arena, "%s-wal", store->path), &info) == 0;
}

// Size of a file that nobody has open, 0 where somebody may: then its end may be under way.
static int64_t store_sqlite_size_at_rest(const og_store* store) {
    struct stat info;
    return !store_sqlite_has_log(store) && stat(store->path, &info) == 0 ? (int64_t)info.st_size
                                                                         : 0;
}

// SQLite finds a file that lost whole pages when it is opened, but not the loss of half a page.
static og_status store_sqlite_check_size(og_store* store, int64_t size) {
    int64_t page = 0;
    OG_TRY(store_sqlite_integer(store, "PRAGMA page_size", &page));
    return page > 0 && size % page == 0 ? OG_OK : og_store_damaged(store, "its end is missing");
}

// Readers share memory with writers through files beside the store: both it and its folder are
// written.
static bool store_sqlite_is_writable(const og_store* store) {
    const char* slash = strrchr(store->path, '/');
    const char* folder = !slash                 ? "."
                         : slash == store->path ? "/"
                                                : og_text_copy(store->arena, store->path,
                                                               (size_t)(slash - store->path));
    return access(store->path, W_OK) == 0 && access(folder, W_OK) == 0;
}

// The address of a file that nothing changes while it is read.
static const char* store_sqlite_fixed_address(const og_store* store) {
    og_buffer address = {.arena = store->arena};
    og_buffer_print(&address, "%s", store->path[0] == '/' ? "file://" : "file:");
    for (const char* c = store->path; *c; c++) {
        const bool plain = isalnum((unsigned char)*c) || strchr("/._-", *c);
        og_buffer_print(&address, plain ? "%c" : "%%%02X", (unsigned char)*c);
    }
    og_buffer_print(&address, "?immutable=1");
    return address.data;
}

// Read where nothing can be written: nobody writes a store without a log, and one with a log can be
// read for as long as its writer lives.
static og_status store_sqlite_open_fixed(og_store* store) {
    const bool log = store_sqlite_has_log(store);
    const char* address = log ? store->path : store_sqlite_fixed_address(store);
    const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | (log ? 0 : SQLITE_OPEN_URI);
    int code = sqlite3_open_v2(address, &og_sqlite_of(store)->database, flags, NULL);
    if (code == SQLITE_OK) {
        code =
            sqlite3_exec(og_sqlite_of(store)->database, "PRAGMA application_id", NULL, NULL, NULL);
    }
    if (log && code != SQLITE_OK && code != SQLITE_NOTADB && code != SQLITE_CORRUPT) {
        return og_fail(OG_ERROR_STORE,
                       "%s cannot be read: its newest trials are in %s-wal, and putting them in "
                       "order needs the right to write the file and its folder; let its owner read "
                       "it once, or copy both files",
                       store->path, store->path);
    }
    return code == SQLITE_OK ? OG_OK : og_store_sqlite_fail(store, code, "opening");
}

static og_status store_sqlite_open_file(og_store* store, og_store_mode mode) {
    if (mode == OG_STORE_READ && !store_sqlite_is_writable(store)) {
        return store_sqlite_open_fixed(store);
    }
    const int create = mode == OG_STORE_CREATE ? SQLITE_OPEN_CREATE : 0;
    const int code = sqlite3_open_v2(store->path, &og_sqlite_of(store)->database,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | create, NULL);
    return code == SQLITE_OK ? OG_OK : og_store_sqlite_fail(store, code, "opening");
}

static og_status store_sqlite_start(og_store* store, og_store_mode mode) {
    const int64_t size = store_sqlite_size_at_rest(store);
    OG_TRY(store_sqlite_open_file(store, mode));
    sqlite3_extended_result_codes(og_sqlite_of(store)->database, 1);
    sqlite3_busy_timeout(og_sqlite_of(store)->database, STORE_SQLITE_WAIT_MS);
    sqlite3_db_config(og_sqlite_of(store)->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(og_sqlite_of(store)->database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    OG_TRY(store_sqlite_check(store, mode == OG_STORE_CREATE));
    OG_TRY(store_sqlite_check_size(store, size));
    if (mode != OG_STORE_READ && sqlite3_db_readonly(og_sqlite_of(store)->database, "main") == 1) {
        return og_store_sqlite_fail(store, SQLITE_READONLY, "opening");
    }
    // a checkpoint costs two waits for the disk, so it is made every 64 MiB
    const int set =
        store_sqlite_execute(store,
                             "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
                             "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8192;"
                             "PRAGMA cell_size_check = ON");
    if (set != SQLITE_OK) {
        return og_store_sqlite_fail(store, set, "opening");
    }
    return mode != OG_STORE_READ && store->version < OG_STORE_VERSION ? store_sqlite_upgrade(store)
                                                                      : OG_OK;
}

static og_status store_sqlite_open(og_store* store, og_store_mode mode) {
    OG_TRY(store_sqlite_check_path(store->path, mode));
    og_sqlite* sqlite = OG_NEW(store->arena, og_sqlite, 1);
    sqlite->lock = -1;
    store->state = sqlite;
    return store_sqlite_start(store, mode);
}

static void store_sqlite_close(og_store* store) {
    og_sqlite* sqlite = og_sqlite_of(store);
    if (!sqlite) {
        return;
    }
    for (int i = 0; i < sqlite->statement_count; i++) {
        sqlite3_finalize(sqlite->statements[i]);
    }
    if (store->mode != OG_STORE_READ) {
        // the last to close does this as well, but readers may have the store open for long
        sqlite3_wal_checkpoint_v2(sqlite->database, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    }
    sqlite3_close(sqlite->database);
    og_store_sqlite_unlock(store);
}

const og_store_backend og_store_sqlite = {
    .now = "(julianday('now') - 2440587.5) * 86400",
    .skip_locked = "",
    .open = store_sqlite_open,
    .close = store_sqlite_close,
    .begin = store_sqlite_begin,
    .commit = store_sqlite_commit,
    .rollback = store_sqlite_rollback,
    .query = og_store_sqlite_query,
    .next = og_store_sqlite_next,
    .value = og_store_sqlite_value,
    .finish = og_store_sqlite_finish,
    .execute = og_store_sqlite_execute,
    .lock = og_store_sqlite_lock,
    .unlock = og_store_sqlite_unlock,
    .held = og_store_sqlite_held,
};
