// Two locks: that of the table says who may use which evaluator; that of an evaluator orders its
// users. Of the users who wait for answers one reads, for all of them.

#include "env/process/evaluator.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
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
    // of the table
    int64_t owner;  // 0 = the place is empty
    int users;
    bool alone;     // one user, no others
    bool running;   // changes while there is one user
    bool useless;   // is not given to anybody any more
    pid_t starter;  // the process whose child it is
    uint64_t used;  // of the clock of uses, when it was given back

    // of the evaluator
    bool ready;  // the locks are made
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    pthread_mutex_t writing;
    bool reading;                      // somebody reads
    bool broken;                       // its process has been ended
    og_evaluator_question* questions;  // under way, the oldest first
    int64_t asked;
    og_child child;
    og_child_tail errors;
    og_arena* arena;   // of the buffer
    og_buffer buffer;  // what came and is not yet a line
};

static pthread_mutex_t evaluator_table = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t evaluator_given = PTHREAD_COND_INITIALIZER;
static og_evaluator evaluator_places[EVALUATOR_PLACES];
static int64_t evaluator_owners;
static uint64_t evaluator_uses;

int64_t og_evaluator_owner(void) {
    pthread_mutex_lock(&evaluator_table);
    const int64_t owner = ++evaluator_owners;
    pthread_mutex_unlock(&evaluator_table);
    return owner;
}

// The best place: the client's that has most questions under way and can take one more, or was used
// last; an empty one; the idle one that nobody has used for longest. NULL when there is none, or
// the client has all its evaluators at work.
static og_evaluator* evaluator_choose(const og_evaluator_client* client, bool alone) {
    og_evaluator* shared = NULL;
    og_evaluator* other = NULL;
    int busy = 0;
    for (int i = 0; i < EVALUATOR_PLACES; i++) {
        og_evaluator* place = &evaluator_places[i];
        const bool own = place->owner == client->owner;
        busy += own && place->users > 0;
        // of a place that is somebody's alone, nothing else may be looked at
        if (own && !alone && !place->alone && place->running && !place->useless &&
            place->users < client->batch) {
            const bool better = !shared || place->users > shared->users ||
                                (place->users == shared->users && place->used > shared->used);
            shared = better ? place : shared;
        } else if (place->users == 0 && (!other || place->used < other->used)) {
            other = place;
        }
    }
    if (shared && (shared->users > 0 || busy < client->processes)) {
        return shared;
    }
    return busy < client->processes ? other : NULL;
}

// Silent, and not at its end.
static bool evaluator_idle(const og_evaluator* evaluator) {
    struct pollfd ready[] = {{.fd = evaluator->child.output, .events = POLLIN},
                             {.fd = evaluator->child.report, .events = POLLIN}};
    return !evaluator->broken && evaluator->buffer.length == 0 && poll(ready, 2, 0) == 0;
}

static void evaluator_say_bye(og_evaluator* evaluator) {
    if (!evaluator->broken) {
        og_child_write(&evaluator->child, og_message_bye, strlen(og_message_bye), 0);
    }
}

// End the process, and free what it needed; there is one user.
static void evaluator_end(og_evaluator* evaluator, bool hasty) {
    if (!evaluator->broken) {
        og_child_stop(&evaluator->child, hasty, NULL);
        og_child_close(&evaluator->child);
    }
    og_arena_destroy(evaluator->arena);
    evaluator->arena = NULL;
    evaluator->running = false;
}

og_evaluator* og_evaluator_take(const og_evaluator_client* client, bool alone) {
    assert(client->processes >= 1 && client->batch >= 1);
    og_evaluator* place;
    pthread_mutex_lock(&evaluator_table);
    while (!(place = evaluator_choose(client, alone))) {
        pthread_cond_wait(&evaluator_given, &evaluator_table);
    }
    const bool idle = place->users++ == 0;
    const bool own = place->owner == client->owner && !alone;
    place->owner = client->owner;
    // nobody joins before it is known to live
    place->alone = idle;
    pthread_mutex_unlock(&evaluator_table);
    if (!idle) {
        return place;
    }
    // one that ended while it was idle is no design's fault
    if (place->running && (!own || !evaluator_idle(place))) {
        if (!own) {
            evaluator_say_bye(place);
        }
        evaluator_end(place, own);
    }
    if (place->running && client->batch > 1) {
        og_evaluator_share(place);
    }
    return place;
}

bool og_evaluator_running(const og_evaluator* evaluator) {
    return evaluator->running;
}

void og_evaluator_share(og_evaluator* evaluator) {
    pthread_mutex_lock(&evaluator_table);
    evaluator->alone = false;
    pthread_cond_broadcast(&evaluator_given);
    pthread_mutex_unlock(&evaluator_table);
}

og_status og_evaluator_start(og_evaluator* evaluator, const og_launch* launch) {
    assert(evaluator->users == 1 && evaluator->alone && !evaluator->running);
    if (!evaluator->ready) {
        pthread_mutex_init(&evaluator->mutex, NULL);
        pthread_mutex_init(&evaluator->writing, NULL);
        pthread_cond_init(&evaluator->answered, NULL);
        evaluator->ready = true;
    }
    evaluator->arena = og_arena_create();
    evaluator->buffer = (og_buffer){.arena = evaluator->arena};
    evaluator->errors.length = 0;
    evaluator->asked = 0;
    evaluator->broken = false;
    evaluator->useless = false;
    og_child_plan plan = og_launch_plan(evaluator->arena, launch, NULL, NULL);
    plan.directory = launch->here;
    plan.speaks = true;
    plan.patience = EVALUATOR_PATIENCE;
    evaluator->starter = getpid();
    const og_status status = og_child_start(&plan, &evaluator->child);
    evaluator->running = status == OG_OK;
    if (status != OG_OK) {
        og_arena_destroy(evaluator->arena);
        evaluator->arena = NULL;
    }
    return status;
}

int64_t og_evaluator_next(og_evaluator* evaluator) {
    pthread_mutex_lock(&evaluator->mutex);
    const int64_t id = ++evaluator->asked;
    pthread_mutex_unlock(&evaluator->mutex);
    return id;
}

void og_evaluator_give(og_evaluator* evaluator, bool useless) {
    pthread_mutex_lock(&evaluator_table);
    assert(evaluator->users > 0);
    evaluator->useless = evaluator->useless || useless;
    if (evaluator->users == 1 && evaluator->running && evaluator->useless) {
        // ended outside of the lock, and still this user's
        evaluator->alone = true;
        pthread_mutex_unlock(&evaluator_table);
        evaluator_end(evaluator, true);
        pthread_mutex_lock(&evaluator_table);
    }
    evaluator->users--;
    if (evaluator->users == 0) {
        evaluator->alone = false;
        evaluator->used = evaluator->running ? ++evaluator_uses : 0;
        evaluator->owner = evaluator->running ? evaluator->owner : 0;
    }
    pthread_cond_broadcast(&evaluator_given);
    pthread_mutex_unlock(&evaluator_table);
}

// Take the owner's evaluators, which nobody uses.
static int evaluator_collect(int64_t owner, og_evaluator** own) {
    int count = 0;
    pthread_mutex_lock(&evaluator_table);
    for (int i = 0; i < EVALUATOR_PLACES; i++) {
        og_evaluator* place = &evaluator_places[i];
        if (place->owner == owner && place->users == 0 && place->running &&
            place->starter == getpid()) {
            place->users = 1;
            place->alone = true;
            own[count++] = place;
        }
    }
    pthread_mutex_unlock(&evaluator_table);
    return count;
}

void og_evaluator_close(int64_t owner) {
    og_evaluator* own[EVALUATOR_PLACES];
    const int count = evaluator_collect(owner, own);
    for (int i = 0; i < count; i++) {
        evaluator_say_bye(own[i]);
    }
    const double patience = og_clock_seconds() + EVALUATOR_PATIENCE / 1e3;
    for (int i = 0; i < count; i++) {
        evaluator_end(own[i], og_clock_seconds() > patience);
        og_evaluator_give(own[i], false);
    }
}

// Take a question out of those under way.
static void evaluator_remove(og_evaluator* evaluator, const og_evaluator_question* question) {
    og_evaluator_question** at = &evaluator->questions;
    while (*at != question) {
        at = &(*at)->next;
    }
    *at = question->next;
}

static void evaluator_answer(og_evaluator* evaluator, og_evaluator_question* question,
                             const char* line, size_t length) {
    // its asker waits, and does not use its scratch meanwhile
    question->line = og_text_copy(question->scratch, line, length);
    question->length = length;
    evaluator_remove(evaluator, question);
}

// The question that a line answers; when there is just one, it has to live with any line.
static og_evaluator_question* evaluator_match(const og_evaluator* evaluator, const char* line,
                                              size_t length) {
    og_evaluator_question* question = evaluator->questions;
    if (!question || !question->next) {
        return question;
    }
    json_t* json = json_loadb(line, length, JSON_DECODE_INT_AS_REAL, NULL);
    const double id = json_number_value(json_object_get(json, "id"));
    json_decref(json);
    while (question && fabs(id - (double)question->id) > 0.25) {
        question = question->next;
    }
    return question;
}

// Hand out the lines that are complete. False when one belongs to no question.
static bool evaluator_hand_out(og_evaluator* evaluator) {
    og_buffer* buffer = &evaluator->buffer;
    size_t start = 0;
    bool good = true;
    while (good && evaluator->questions) {
        const char* line = buffer->data + start;
        const char* end = memchr(line, '\n', buffer->length - start);
        if (!end) {
            break;
        }
        og_evaluator_question* question = evaluator_match(evaluator, line, (size_t)(end - line));
        good = question != NULL;
        if (good) {
            evaluator_answer(evaluator, question, line, (size_t)(end - line));
        }
        start = (size_t)(end - buffer->data) + 1;
    }
    memmove(buffer->data, buffer->data + start, buffer->length - start);
    buffer->length -= start;
    return good;
}

// Wait for more of the output, without the lock, until `deadline`. `*how` says why there is none.
static bool evaluator_receive(og_evaluator* evaluator, double deadline, og_child_ending* how) {
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
        *how = OG_CHILD_LOST;
        const ssize_t got =
            ready[0].revents != 0 ? read(evaluator->child.output, step, sizeof step) : -1;
        if (got > 0) {
            og_buffer_add(&evaluator->buffer, step, (size_t)got);
            return true;
        }
        if (got == 0 || ready[2].revents != 0) {
            return false;
        }
    }
}

// End the process, and tell all who wait. The lock is held; nobody reads.
static void evaluator_break(og_evaluator* evaluator, const og_launch* launch, og_child_ending how,
                            const char* what) {
    og_child_end end = {.ending = OG_CHILD_LOST};
    // one that has closed its output may be about to end: its status tells more
    struct pollfd ended = {.fd = evaluator->child.report, .events = POLLIN};
    poll(&ended, 1, how == OG_CHILD_LOST && !what ? EVALUATOR_PATIENCE : 0);
    og_child_kill(&evaluator->child);
    pthread_mutex_lock(&evaluator->writing);
    og_child_stop(&evaluator->child, true, &end);
    og_child_listen(&evaluator->child, &evaluator->errors);
    og_child_close(&evaluator->child);
    evaluator->broken = true;
    pthread_mutex_unlock(&evaluator->writing);
    end.ending = how == OG_CHILD_LOST ? end.ending : how;
    // the only one whose time is over is to blame; otherwise it may be a question before or beside
    const bool clear = evaluator->asked <= 1 || (how == OG_CHILD_LATE && evaluator->questions &&
                                                 !evaluator->questions->next);
    for (og_evaluator_question* each = evaluator->questions; each; each = each->next) {
        each->doubtful = !clear;
        each->reason = what ? what
                            : og_child_describe(each->scratch, end, &evaluator->errors,
                                                launch->seconds, launch->output);
    }
    evaluator->questions = NULL;
}

// Read for all until the question has its answer, or there is no hope. The lock is held on both
// ends.
static void evaluator_read(og_evaluator* evaluator, const og_launch* launch,
                           const og_evaluator_question* question) {
    evaluator->reading = true;
    while (!question->line && !question->reason) {
        // later questions have later deadlines
        const double deadline = evaluator->questions->deadline;
        og_child_ending how;
        pthread_mutex_unlock(&evaluator->mutex);
        const bool more = evaluator_receive(evaluator, deadline, &how);
        pthread_mutex_lock(&evaluator->mutex);
        if (!more) {
            evaluator_break(evaluator, launch, how, NULL);
        } else if (!evaluator_hand_out(evaluator)) {
            evaluator_break(evaluator, launch, how, "an answer belongs to no question");
        } else if (evaluator->buffer.length > launch->output) {
            evaluator_break(evaluator, launch, OG_CHILD_FLOODING, NULL);
        }
        pthread_cond_broadcast(&evaluator->answered);
    }
    evaluator->reading = false;
    pthread_cond_broadcast(&evaluator->answered);
}

void og_evaluator_ask(og_evaluator* evaluator, const og_launch* launch,
                      og_evaluator_question* question, og_arena* scratch) {
    assert(evaluator->running);
    question->scratch = scratch;
    question->line = question->reason = NULL;
    question->doubtful = false;
    question->next = NULL;
    pthread_mutex_lock(&evaluator->mutex);
    question->deadline = og_clock_seconds() + launch->seconds;
    if (evaluator->broken) {
        question->reason = "the evaluator ended";
        question->doubtful = true;
        pthread_mutex_unlock(&evaluator->mutex);
        return;
    }
    og_evaluator_question** last = &evaluator->questions;
    while (*last) {
        last = &(*last)->next;
    }
    *last = question;
    pthread_mutex_unlock(&evaluator->mutex);
    // one that does not take it does not answer either: whoever reads finds out
    pthread_mutex_lock(&evaluator->writing);
    if (!evaluator->broken) {
        og_child_write(&evaluator->child, question->text, question->size, question->deadline);
    }
    pthread_mutex_unlock(&evaluator->writing);
    pthread_mutex_lock(&evaluator->mutex);
    while (!question->line && !question->reason) {
        if (evaluator->reading) {
            pthread_cond_wait(&evaluator->answered, &evaluator->mutex);
        } else {
            evaluator_read(evaluator, launch, question);
        }
    }
    pthread_mutex_unlock(&evaluator->mutex);
}
