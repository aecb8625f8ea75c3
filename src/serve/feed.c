#include "serve/feed.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

// A study as it was last seen.
typedef struct feed_study {
    const char* name;
    const char* text;     // its summary
    uint64_t generation;  // when it became that
} feed_study;

// What one look found. The next one is made in an arena of its own.
typedef struct feed_view {
    og_arena* arena;
    feed_study* studies;  // list: [count]
    int count;
    const char* trouble;  // NULL = the store was read
} feed_view;

struct og_feed {
    og_arena* arena;
    const og_site* site;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    feed_view view;
    uint64_t generation;  // counts changes
    uint64_t whole;       // generation since which a listener needs the whole list
    bool closed;
};

og_status og_feed_create(const og_site* site, og_feed** created) {
    og_arena* arena = og_arena_create();
    og_feed* feed = OG_NEW(arena, og_feed, 1);
    *feed = (og_feed){.arena = arena, .site = site};
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    const int locked = pthread_mutex_init(&feed->lock, NULL);
    const int waited = pthread_cond_init(&feed->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (locked != 0 || waited != 0) {
        og_arena_destroy(arena);
        return og_fail(OG_ERROR_SYSTEM, "a lock cannot be made: %s",
                       strerror(locked ? locked : waited));
    }
    *created = feed;
    return OG_OK;
}

void og_feed_destroy(og_feed* feed) {
    if (!feed) {
        return;
    }
    if (feed->view.arena) {
        og_arena_destroy(feed->view.arena);
    }
    pthread_cond_destroy(&feed->changed);
    pthread_mutex_destroy(&feed->lock);
    og_arena_destroy(feed->arena);
}

static og_status feed_read_studies(og_store* store, feed_view* view) {
    og_study_record* records = NULL;
    OG_TRY(og_store_studies(store, view->arena, &records, &view->count));
    view->studies = OG_NEW(view->arena, feed_study, view->count);
    for (int i = 0; i < view->count; i++) {
        og_buffer text = {.arena = view->arena};
        og_page_json json = {.out = &text};
        OG_TRY(og_site_summary(store, view->arena, &records[i], &json));
        view->studies[i] = (feed_study){.name = records[i].name, .text = text.data};
    }
    return OG_OK;
}

static void feed_read(const og_feed* feed, feed_view* view) {
    og_store* store = NULL;
    og_status status = og_store_open(feed->site->store, OG_STORE_READ, &store);
    if (status == OG_OK) {
        status = feed_read_studies(store, view);
        og_store_close(store);
    }
    if (status != OG_OK) {
        view->count = 0;
        view->trouble = og_text_format(view->arena, "%s", og_error_text());
    }
}

// The study of `view` that is called `name`: most often the one at the same place.
static const feed_study* feed_find(const feed_view* view, const char* name, int place) {
    if (place < view->count && strcmp(view->studies[place].name, name) == 0) {
        return &view->studies[place];
    }
    for (int i = 0; i < view->count; i++) {
        if (strcmp(view->studies[i].name, name) == 0) {
            return &view->studies[i];
        }
    }
    return NULL;
}

// Put `next` in the place of what was known, counting what changed. True when anything did.
static bool feed_take(og_feed* feed, feed_view* next) {
    const feed_view* last = &feed->view;
    const uint64_t before = feed->generation;
    const bool other = !last->arena || !next->trouble != !last->trouble ||
                       (next->trouble && strcmp(next->trouble, last->trouble) != 0);
    int kept = 0;
    for (int i = 0; i < next->count; i++) {
        feed_study* study = &next->studies[i];
        const feed_study* old = feed_find(last, study->name, i);
        kept += old != NULL;
        const bool same = old && strcmp(old->text, study->text) == 0;
        study->generation = same ? old->generation : ++feed->generation;
    }
    if (other || kept < last->count) {
        feed->whole = ++feed->generation;
    }
    return feed->generation > before;
}

void og_feed_look(og_feed* feed) {
    feed_view next = {.arena = og_arena_create()};
    feed_read(feed, &next);
    pthread_mutex_lock(&feed->lock);
    og_arena* old = next.arena;
    if (feed_take(feed, &next)) {
        old = feed->view.arena;
        feed->view = next;
        pthread_cond_broadcast(&feed->changed);
    }
    pthread_mutex_unlock(&feed->lock);
    if (old) {
        og_arena_destroy(old);
    }
}

static void feed_write_all(const og_feed* feed, og_buffer* out) {
    if (feed->view.trouble) {
        og_buffer error = {.arena = out->arena};
        og_page_json json = {.out = &error};
        og_page_json_text(&json, NULL, feed->view.trouble);
        og_buffer_print(out, "event: trouble\ndata: {\"error\":%s}\n\n", error.data);
        return;
    }
    og_buffer_print(out, "event: studies\ndata: {\"control\":%d,\"studies\":[",
                    feed->site->token != NULL);
    for (int i = 0; i < feed->view.count; i++) {
        og_buffer_print(out, "%s", i > 0 ? "," : "");
        og_buffer_add(out, feed->view.studies[i].text, strlen(feed->view.studies[i].text));
    }
    og_buffer_print(out, "]}\n\n");
}

static void feed_write(const og_feed* feed, uint64_t seen, og_buffer* out) {
    if (seen < feed->whole) {
        feed_write_all(feed, out);
        return;
    }
    for (int i = 0; i < feed->view.count; i++) {
        const feed_study* study = &feed->view.studies[i];
        if (study->generation > seen) {
            og_buffer_print(out, "event: study\ndata: ");
            og_buffer_add(out, study->text, strlen(study->text));
            og_buffer_print(out, "\n\n");
        }
    }
}

static struct timespec feed_end(double seconds) {
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    const long nanoseconds = end.tv_nsec + (long)((seconds - (double)(long)seconds) * 1e9);
    end.tv_sec += (time_t)seconds + nanoseconds / 1000000000L;
    end.tv_nsec = nanoseconds % 1000000000L;
    return end;
}

bool og_feed_wait(og_feed* feed, uint64_t* seen, double seconds, og_buffer* out) {
    const struct timespec end = feed_end(seconds);
    pthread_mutex_lock(&feed->lock);
    int problem = 0;
    while (!feed->closed && feed->generation == *seen && problem != ETIMEDOUT) {
        problem = pthread_cond_timedwait(&feed->changed, &feed->lock, &end);
    }
    const bool open = !feed->closed;
    if (open && feed->generation > *seen) {
        feed_write(feed, *seen, out);
        *seen = feed->generation;
    } else if (open) {
        og_buffer_print(out, ": nothing new\n\n");
    }
    pthread_mutex_unlock(&feed->lock);
    return open;
}

void og_feed_close(og_feed* feed) {
    pthread_mutex_lock(&feed->lock);
    feed->closed = true;
    pthread_cond_broadcast(&feed->changed);
    pthread_mutex_unlock(&feed->lock);
}
