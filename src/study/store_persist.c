// Going on after a server was lost.

#include <time.h>

#include "base/interrupt.h"
#include "ogive/clock.h"
#include "ogive/text.h"
#include "study/store.h"

enum { STORE_PERSIST_CONFLICTS = 100 };  // that one step may have with other transactions

static const double store_persist_shortest = 0.05;
static const double store_persist_longest = 5;

static bool store_persist_ends(const og_patience* patience) {
    return og_interrupted(patience->interrupt) ||
           (patience->ending && atomic_load(patience->ending));
}

// Wait in small steps, so that an end is noticed.
static void store_persist_wait(const og_patience* patience, double seconds) {
    const double end = og_clock_seconds() + seconds;
    while (og_clock_seconds() < end && !store_persist_ends(patience)) {
        const struct timespec step = {.tv_nsec = 20 * 1000 * 1000};
        nanosleep(&step, NULL);
    }
}

// Connect again, waiting twice as long after each failure.
static og_status store_persist_reconnect(og_store* store, const og_patience* patience) {
    const double start = og_clock_seconds();
    double pause = store_persist_shortest;
    og_arena* arena = og_arena_create();
    const char* first = og_text_format(arena, "%s", og_error_text());
    og_status status;
    for (;;) {
        store_persist_wait(patience, pause);
        pause = pause < store_persist_longest / 2 ? 2 * pause : store_persist_longest;
        if (store_persist_ends(patience)) {
            status = og_fail(OG_ERROR_STORE, "%s", first);
            break;
        }
        status = store->backend->reconnect(store);
        if (status == OG_OK || !store->lost) {
            break;
        }
        if (og_clock_seconds() - start > patience->seconds) {
            status = og_fail(OG_ERROR_STORE,
                             "%s: the server was lost for more than %g seconds; what it was told "
                             "is kept, and the same command goes on with it",
                             store->path, patience->seconds);
            break;
        }
    }
    og_arena_destroy(arena);
    return status;
}

og_status og_store_persist(og_store* store, const og_patience* patience, og_store_step* step,
                           void* context) {
    int conflicts = 0;
    for (int trial = 1;; trial++) {
        store->lost = store->again = false;
        const og_status status = step(store, context, trial);
        if (status == OG_OK) {
            return OG_OK;
        }
        if (store->again && ++conflicts < STORE_PERSIST_CONFLICTS) {
            continue;
        }
        if (!store->lost || !store->backend->reconnect) {
            return status;
        }
        OG_TRY(store_persist_reconnect(store, patience));
    }
}
