#include "env/process/evaluator.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "env/process/message.h"
#include "ogive/clock.h"
#include "ogive/text.h"

enum {
    EVALUATOR_PLACES = 256,     // evaluators of this program at once
    EVALUATOR_PATIENCE = 1000,  // milliseconds to end after bye
    EVALUATOR_STEP = 1 << 16,   // bytes
};

struct og_evaluator {
    int64_t owner;  // 0 = the place is empty
    bool busy;
    bool running;
    bool babbles;   // wrote more than it was asked for
    uint64_t used;  // of the clock of uses, when it was given back
    int64_t asked;
    og_child child;
    og_child_tail errors;
    og_arena* arena;  // of the line
    og_buffer line;
};

static pthread_mutex_t evaluator_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t evaluator_given = PTHREAD_COND_INITIALIZER;
static og_evaluator evaluator_places[EVALUATOR_PLACES];
static int64_t evaluator_owners;
static uint64_t evaluator_uses;

int64_t og_evaluator_owner(void) {
    pthread_mutex_lock(&evaluator_mutex);
    const int64_t owner = ++evaluator_owners;
    pthread_mutex_unlock(&evaluator_mutex);
    return owner;
}

// The best place that is not busy: the owner's that was used last, an empty one, the one that
// nobody has used for longest. NULL when there is none, or the owner has `most` already.
static og_evaluator* evaluator_choose(int64_t owner, int most) {
    og_evaluator* own = NULL;
    og_evaluator* other = NULL;
    int busy = 0;
    for (int i = 0; i < EVALUATOR_PLACES; i++) {
        og_evaluator* place = &evaluator_places[i];
        busy += place->busy && place->owner == owner;
        if (place->busy) {
            continue;
        }
        if (place->owner == owner && place->running) {
            own = own && own->used > place->used ? own : place;
        } else if (!other || place->used < other->used) {
            other = place;
        }
    }
    return busy >= most ? NULL : own ? own : other;
}

// Silent, and not at its end.
static bool evaluator_idle(const og_evaluator* evaluator) {
    if (evaluator->babbles) {
        return false;
    }
    struct pollfd ready[] = {{.fd = evaluator->child.output, .events = POLLIN},
                             {.fd = evaluator->child.report, .events = POLLIN}};
    return poll(ready, 2, 0) == 0;
}

static void evaluator_end(og_evaluator* evaluator, bool hasty, og_child_end* end) {
    if (!evaluator->running) {
        return;
    }
    if (!hasty) {
        og_child_write(&evaluator->child, og_message_bye, strlen(og_message_bye), 0);
    }
    og_child_stop(&evaluator->child, hasty, end);
    og_child_listen(&evaluator->child, &evaluator->errors);
    og_child_close(&evaluator->child);
    og_arena_destroy(evaluator->arena);
    evaluator->arena = NULL;
    evaluator->running = false;
}

og_evaluator* og_evaluator_take(int64_t owner, int most) {
    assert(most >= 1);
    og_evaluator* place;
    pthread_mutex_lock(&evaluator_mutex);
    while (!(place = evaluator_choose(owner, most))) {
        pthread_cond_wait(&evaluator_given, &evaluator_mutex);
    }
    const bool own = place->owner == owner;
    place->busy = true;
    place->owner = owner;
    pthread_mutex_unlock(&evaluator_mutex);
    // one that ended while it was idle is no design's fault
    if (place->running && (!own || !evaluator_idle(place))) {
        evaluator_end(place, own, NULL);
    }
    return place;
}

bool og_evaluator_running(const og_evaluator* evaluator) {
    return evaluator->running;
}

og_status og_evaluator_start(og_evaluator* evaluator, const og_launch* launch) {
    assert(evaluator->busy && !evaluator->running);
    evaluator->arena = og_arena_create();
    evaluator->line = (og_buffer){.arena = evaluator->arena};
    evaluator->errors.length = 0;
    evaluator->asked = 0;
    evaluator->babbles = false;
    og_child_plan plan = og_launch_plan(evaluator->arena, launch, NULL, NULL);
    plan.directory = launch->here;
    plan.speaks = true;
    plan.patience = EVALUATOR_PATIENCE;
    const og_status status = og_child_start(&plan, &evaluator->child);
    evaluator->running = status == OG_OK;
    if (status != OG_OK) {
        og_arena_destroy(evaluator->arena);
        evaluator->arena = NULL;
    }
    return status;
}

int64_t og_evaluator_next(og_evaluator* evaluator) {
    return ++evaluator->asked;
}

void og_evaluator_give(og_evaluator* evaluator) {
    pthread_mutex_lock(&evaluator_mutex);
    assert(evaluator->busy);
    evaluator->busy = false;
    evaluator->used = evaluator->running ? ++evaluator_uses : 0;
    evaluator->owner = evaluator->running ? evaluator->owner : 0;
    pthread_cond_broadcast(&evaluator_given);
    pthread_mutex_unlock(&evaluator_mutex);
}

void og_evaluator_kill(og_evaluator* evaluator) {
    evaluator_end(evaluator, true, NULL);
}

// Read until a line is complete. False when it is not by then: `how` says why.
static bool evaluator_read(og_evaluator* evaluator, const og_launch* launch, double deadline,
                           og_child_ending* how) {
    og_buffer* line = &evaluator->line;
    line->length = 0;
    for (;;) {
        struct pollfd ready[] = {{.fd = evaluator->child.output, .events = POLLIN},
                                 {.fd = evaluator->child.errors, .events = POLLIN},
                                 {.fd = evaluator->child.report, .events = POLLIN}};
        const double rest = ceil((deadline - og_clock_seconds()) * 1e3);
        *how = OG_CHILD_LATE;
        if (rest <= 0 || poll(ready, 3, (int)fmin(rest, 1e9)) == 0) {
            return false;
        }
        if (ready[1].revents != 0 && !og_child_listen(&evaluator->child, &evaluator->errors)) {
            // it has closed them, which says nothing
            close(evaluator->child.errors);
            evaluator->child.errors = -1;
        }
        char step[EVALUATOR_STEP];
        const ssize_t got =
            ready[0].revents != 0 ? read(evaluator->child.output, step, sizeof step) : -1;
        if (got > 0) {
            og_buffer_add(line, step, (size_t)got);
            if (memchr(step, '\n', (size_t)got)) {
                return true;
            }
            *how = OG_CHILD_FLOODING;
            if (line->length > launch->output) {
                return false;
            }
        } else if (got == 0 || ready[2].revents != 0) {
            *how = OG_CHILD_LOST;
            return false;
        }
    }
}

// End the evaluator and say what it did instead of answering.
static const char* evaluator_complain(og_evaluator* evaluator, const og_launch* launch,
                                      og_child_ending how, og_arena* scratch) {
    og_child_end end = {.ending = OG_CHILD_LOST};
    // one that has closed its output may be about to end: its status tells more
    struct pollfd ended = {.fd = evaluator->child.report, .events = POLLIN};
    poll(&ended, 1, how == OG_CHILD_LOST ? EVALUATOR_PATIENCE : 0);
    evaluator_end(evaluator, true, &end);
    end.ending = how == OG_CHILD_LOST ? end.ending : how;
    return og_child_describe(scratch, end, &evaluator->errors, launch->seconds, launch->output);
}

bool og_evaluator_ask(og_evaluator* evaluator, const og_launch* launch, const char* text,
                      size_t size, og_arena* scratch, const char** line, size_t* length,
                      const char** reason, bool* alone) {
    assert(evaluator->busy && evaluator->running);
    const double deadline = og_clock_seconds() + launch->seconds;
    og_child_ending how = OG_CHILD_LOST;
    const bool written = og_child_write(&evaluator->child, text, size, deadline);
    if (!written) {
        how = og_clock_seconds() < deadline ? OG_CHILD_LOST : OG_CHILD_LATE;
    }
    if (!written || !evaluator_read(evaluator, launch, deadline, &how)) {
        *alone = how == OG_CHILD_LOST;
        *reason = evaluator_complain(evaluator, launch, how, scratch);
        return false;
    }
    const char* end = memchr(evaluator->line.data, '\n', evaluator->line.length);
    *line = evaluator->line.data;
    *length = (size_t)(end - *line);
    // its answer counts, whether what follows is here already or not; its next one would be
    // doubtful
    evaluator->babbles = *length + 1 != evaluator->line.length;
    return true;
}
