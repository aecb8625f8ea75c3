// Who may run a study. The lock lies in a file of its own beside the store: closing any other
// handle of the store's file would drop the locks that SQLite holds on it in this process
// (sqlite.org/howtocorrupt.html, 2.2). Byte number `id` stands for study `id`; the kernel frees it
// when the process ends, however it ends.

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ogive/text.h"
#include "study/store_sqlite.h"

static const char* store_sqlite_lock_path(og_arena* arena, const char* path) {
    return og_text_format(arena, "%s-lock", path);
}

static bool store_sqlite_lock_try(int file, int command, struct flock* range) {
    int result;
    do {
        result = fcntl(file, command, range);
    } while (result != 0 && errno == EINTR);
    return result == 0;
}

// Lock a part of the file. Who takes all of it is about to remove it, which takes no time.
static bool store_sqlite_lock_range(int file, int64_t first, int64_t length, bool wait) {
    for (;;) {
        struct flock range = {
            .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = first, .l_len = length};
        if (store_sqlite_lock_try(file, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range)) {
            return true;
        }
        const int problem = errno;
        const bool asked = store_sqlite_lock_try(file, F_OFD_GETLK, &range);
        const bool whole = asked && range.l_type != F_UNLCK && range.l_len == 0;
        const bool gone = asked && range.l_type == F_UNLCK;
        const bool taken = problem == EAGAIN || problem == EACCES;
        if (wait || length == 0 || !taken || (!whole && !gone)) {
            errno = problem;
            return false;
        }
        sched_yield();
    }
}

// True when `path` still names the file that is open: its last user removes it.
static bool store_sqlite_lock_is_current(int file, const char* path) {
    struct stat opened;
    struct stat named;
    return fstat(file, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino &&
           opened.st_dev == named.st_dev;
}

// Open the lock file and lock a range of it. -1: the range is taken (errno EAGAIN or EACCES), or
// the file cannot be made.
static int store_sqlite_lock_open(const char* path, int64_t first, int64_t length, bool wait) {
    for (;;) {
        const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (file < 0) {
            return -1;
        }
        const bool locked = store_sqlite_lock_range(file, first, length, wait);
        const int problem = errno;
        if (locked && store_sqlite_lock_is_current(file, path)) {
            return file;
        }
        close(file);
        if (!locked) {
            errno = problem;
            return -1;
        }
    }
}

// Remove the file when nobody else holds a part of it.
static void store_sqlite_lock_close(const char* path, int file) {
    if (store_sqlite_lock_range(file, 0, 0, false)) {
        unlink(path);
    }
    close(file);
}

int og_store_sqlite_lock_whole(const char* path) {
    og_arena* arena = og_arena_create();
    const int file = store_sqlite_lock_open(store_sqlite_lock_path(arena, path), 0, 1, true);
    og_arena_destroy(arena);
    return file;
}

void og_store_sqlite_lock_release(const char* path, int file) {
    og_arena* arena = og_arena_create();
    store_sqlite_lock_close(store_sqlite_lock_path(arena, path), file);
    og_arena_destroy(arena);
}

og_status og_store_sqlite_lock(og_store* store, int64_t id, bool* taken) {
    og_sqlite* sqlite = store->state;
    const char* path = store_sqlite_lock_path(store->arena, store->path);
    sqlite->lock = store_sqlite_lock_open(path, id, 1, false);
    *taken = sqlite->lock >= 0;
    if (*taken || errno == EAGAIN || errno == EACCES) {
        return OG_OK;
    }
    return og_fail(OG_ERROR_STORE, "%s: %s", path, strerror(errno));
}

void og_store_sqlite_unlock(og_store* store) {
    og_sqlite* sqlite = store->state;
    if (sqlite->lock >= 0) {
        store_sqlite_lock_close(store_sqlite_lock_path(store->arena, store->path), sqlite->lock);
        sqlite->lock = -1;
    }
}

og_status og_store_sqlite_held(og_store* store, int64_t id, bool* held) {
    og_arena* arena = og_arena_create();
    const int file = open(store_sqlite_lock_path(arena, store->path), O_RDONLY | O_CLOEXEC);
    og_arena_destroy(arena);
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = id, .l_len = 1};
    // who has all of the file is about to remove it
    *held = file >= 0 && store_sqlite_lock_try(file, F_OFD_GETLK, &range) &&
            range.l_type != F_UNLCK && range.l_len != 0;
    if (file >= 0) {
        close(file);
    }
    return OG_OK;
}
