// Fuzzing of stores: whatever becomes of the bytes of a file, reading it and running on it succeed
// or give a message. Input that begins like a database is one; other input is a list of changes to
// a good store: four bytes of place and one to write there, or a new length.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../study/fixture.h"
#include "ogive/file.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

enum { STORE_FUZZ_TRIALS = 30, STORE_FUZZ_LIMIT = 1 << 20 };

static void store_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

static void store_fuzz_unlink(const char* path) {
    static const char* const ends[] = {"", "-wal", "-shm", "-lock", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

// The bytes of a good store, made once.
static const char* store_fuzz_good(const char* path, size_t* size) {
    static char* bytes;
    static size_t length;
    if (!bytes) {
        static og_arena* arena;
        arena = og_arena_create();
        store_fuzz_unlink(path);
        const og_plan plan = fixture_plan(arena, STORE_FUZZ_TRIALS, path);
        og_study_result result;
        store_fuzz_require(fixture_run(arena, &plan, NULL, &result) == OG_OK);
        store_fuzz_require(og_file_read(arena, path, STORE_FUZZ_LIMIT, &bytes, &length) == OG_OK);
    }
    *size = length;
    return bytes;
}

static void store_fuzz_write(const char* path, const void* data, size_t size) {
    FILE* file = fopen(path, "wb");
    store_fuzz_require(file != NULL);
    store_fuzz_require(fwrite(data, 1, size, file) == size);
    fclose(file);
}

static void store_fuzz_damage(const char* path, const uint8_t* data, size_t size) {
    size_t length;
    const char* good = store_fuzz_good(path, &length);
    char* bytes = malloc(length);
    memcpy(bytes, good, length);
    size_t kept = length;
    for (size_t i = 0; i + 5 <= size; i += 5) {
        const size_t place = ((size_t)data[i] << 24 | (size_t)data[i + 1] << 16 |
                              (size_t)data[i + 2] << 8 | data[i + 3]);
        if (place >> 31) {
            kept = place % (length + 1);
        } else {
            bytes[place % length] = (char)data[i + 4];
        }
    }
    store_fuzz_write(path, bytes, kept);
    free(bytes);
}

static void store_fuzz_use(const char* path) {
    og_arena* arena = og_arena_create();
    og_store* store;
    if (og_store_open(path, OG_STORE_READ, &store) == OG_OK) {
        og_study_record* studies;
        int count = 0;
        if (og_store_studies(store, arena, &studies, &count) != OG_OK) {
            count = 0;
        }
        for (int i = 0; i < count; i++) {
            og_trial* trials;
            int64_t trial_count;
            uint64_t digest;
            (void)og_store_trials(store, arena, studies[i].id, 0, 1000, &trials, &trial_count);
            (void)og_store_digest(store, studies[i].id, &digest);
        }
        og_store_close(store);
    }
    const og_plan plan = fixture_plan(arena, STORE_FUZZ_TRIALS + 10, path);
    og_study_result result;
    if (fixture_run(arena, &plan, &(og_study_options){.jobs = 1}, &result) != OG_OK) {
        store_fuzz_require(og_error_text()[0] != '\0');
    }
    og_arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    char path[64];
    // in memory where there is such a folder: on a disk each run waits for it several times
    const char* folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(path, sizeof path, "%s/ogive-store-fuzz-%d", folder, (int)getpid());
    if (size >= 16 && memcmp(data, "SQLite format 3", 16) == 0) {
        store_fuzz_unlink(path);
        store_fuzz_write(path, data, size);
    } else {
        size_t length;
        store_fuzz_good(path, &length);
        store_fuzz_unlink(path);
        store_fuzz_damage(path, data, size);
    }
    store_fuzz_use(path);
    store_fuzz_unlink(path);
    return 0;
}
