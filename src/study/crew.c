#include "study/crew.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "ogive/clock.h"
#include "ogive/text.h"
#include "ogive/workers.h"
#include "study/crew_study.h"

enum {
    CREW_GROUP = 256,      // most tasks that one thread holds
    CREW_LOOK_AGAIN = 16,  // groups of one study before the others are looked at
};

static const double crew_group_seconds = 0.1;  // what a group of short tasks is worth
static const double crew_shortest_wait = 0.001;
static const double crew_longest_wait = 0.25;
static const double crew_wait_share = 0.1;  // of the time without tasks
static const struct timespec crew_watch = {.tv_nsec = 20 * 1000 * 1000};  // for interrupts
static const double crew_lost_after = 30;
static const double crew_patience = 300;

typedef struct crew_hand {
    og_crew* crew;
    pthread_t thread;
    int number;
    og_arena* arena;    // of the tasks that it holds
    og_arena* scratch;  // of one evaluation
    og_crew_study* study;
    og_queue_worker worker;  // that claimed the tasks
    og_queue_task* tasks;
    og_queue_answer* answers;
    int count;        // tasks
    bool suspect;     // the one task lost a worker before
    double pace;      // seconds of one evaluation, as seen lately; 0 = not known
    int connections;  // of the store when it last claimed
} crew_hand;

struct og_crew {
    og_arena* arena;
    og_crew_setup setup;
    const char* name;
    og_store* pulse_store;  // of the heartbeat, which waits for nobody
    crew_hand* hands;
    int hand_count;
    int started;  // threads
    pthread_t pulse;
    bool pulsing;
    atomic_bool ending;

    // of `store` and of what is claimed; held for long where a study is opened
    pthread_mutex_t desk;
    og_store* store;
    og_crew_studies studies;
    og_arena* look_arena;
    og_queue_study* seen;  // studies with open tasks, as last looked
    int seen_count;
    int next_seen;
    int64_t share;  // of the open tasks that one hand should take at most
    int groups;     // claimed since the last look
    int holding;    // hands with tasks
    bool alone;     // one of them holds a suspect
    og_worker_result result;

    // of the rest, held for moments; taken after `desk`
    pthread_mutex_t mutex;
    pthread_cond_t bell;  // new tasks, or the end
    int running;          // hands that have not ended
    bool scouting;        // one of the waiting hands looks for tasks, the others sleep
    double last;          // clock when there was a task
    og_queue_worker worker;
    bool registered;
    bool left;  // tasks were given back for good
    og_status trouble;
    char trouble_text[1024];
};

static bool crew_ends(const og_crew* crew) {
    return atomic_load(&crew->ending);
}

static og_patience crew_patience_of(const og_crew* crew) {
    return (og_patience){.seconds = crew->setup.options.patience, .ending = &crew->ending};
}

// The worker's number now; 0 = it has none.
static int64_t crew_number(og_crew* crew) {
    pthread_mutex_lock(&crew->mutex);
    const int64_t number = crew->registered ? crew->worker.id : 0;
    pthread_mutex_unlock(&crew->mutex);
    return number;
}

static og_status crew_register(og_store* store, void* context, int trial) {
    (void)trial;
    og_crew* crew = context;
    og_queue_worker worker = {.name = crew->name, .lost_after = crew->setup.options.lost_after};
    OG_TRY(og_queue_register(store, &worker));
    pthread_mutex_lock(&crew->mutex);
    crew->worker = worker;
    crew->registered = true;
    pthread_mutex_unlock(&crew->mutex);
    return OG_OK;
}

static og_status crew_look(og_crew* crew) {
    int64_t workers;
    og_arena_destroy(crew->look_arena);
    crew->look_arena = og_arena_create();
    crew->groups = 0;
    crew->seen_count = 0;
    OG_TRY(og_queue_look(crew->store, crew->look_arena, &crew->seen, &crew->seen_count, &workers));
    int64_t open = 0;
    for (int i = 0; i < crew->seen_count; i++) {
        open += crew->seen[i].open;
    }
    crew->share = open / (2 * workers * crew->hand_count) + 1;
    return OG_OK;
}

// Tasks that this hand should take: short ones in groups, but not so many that others have none.
static int crew_most(const og_crew* crew, const crew_hand* hand) {
    if (!(hand->pace > 0)) {
        return 1;
    }
    double most = crew_group_seconds / hand->pace;
    most = most > (double)crew->share ? (double)crew->share : most;
    return most < 1 ? 1 : most > CREW_GROUP ? CREW_GROUP : (int)most;
}

static og_status crew_claim_from(og_crew* crew, crew_hand* hand, og_queue_study* seen,
                                 bool suspect) {
    og_crew_study* study;
    OG_TRY(og_crew_study_open(&crew->studies, crew->store, seen->id, &study));
    if (!study->model) {
        return OG_OK;
    }
    const int most = suspect ? 1 : crew_most(crew, hand);
    OG_TRY(og_queue_claim(crew->store, hand->arena, &hand->worker, hand->number, seen->id, suspect,
                          most, study->width, &hand->tasks, &hand->count));
    hand->study = study;
    hand->suspect = suspect && hand->count > 0;
    int64_t* left = suspect ? &seen->suspects : &seen->open;
    *left = hand->count < most ? 0 : *left - hand->count;
    return OG_OK;
}

// Claim from the studies that were seen, each in its turn. What may kill a worker is evaluated by
// a process that holds nothing else, so that it is known who was it.
static og_status crew_claim_seen(og_crew* crew, crew_hand* hand) {
    for (int i = 0; i < crew->seen_count && hand->count == 0; i++) {
        og_queue_study* seen = &crew->seen[(crew->next_seen + i) % crew->seen_count];
        if (seen->open > 0) {
            OG_TRY(crew_claim_from(crew, hand, seen, false));
        }
        if (hand->count == 0 && seen->suspects > 0 && crew->holding == 0) {
            OG_TRY(crew_claim_from(crew, hand, seen, true));
        }
    }
    return OG_OK;
}

static og_status crew_claim(og_store* store, void* context, int trial) {
    crew_hand* hand = context;
    og_crew* crew = hand->crew;
    hand->count = 0;
    if (crew_number(crew) == 0) {
        OG_TRY(crew_register(store, crew, trial));
    }
    hand->worker = (og_queue_worker){.id = crew_number(crew)};
    if (hand->connections != store->connections) {
        // a server that was lost may have given tasks that nobody heard of, or forgotten answers
        OG_TRY(og_queue_return(store, &hand->worker, hand->number));
        hand->connections = store->connections;
    }
    if (++crew->groups < CREW_LOOK_AGAIN) {
        OG_TRY(crew_claim_seen(crew, hand));
    }
    if (hand->count == 0) {
        OG_TRY(crew_look(crew));
        crew->next_seen = crew->seen_count > 0 ? (crew->next_seen + 1) % crew->seen_count : 0;
        OG_TRY(crew_claim_seen(crew, hand));
    }
    return OG_OK;
}

static void crew_evaluate_one(crew_hand* hand, const og_queue_task* task, og_queue_answer* answer) {
    const og_crew_study* study = hand->study;
    const og_arena_mark mark = og_arena_here(hand->scratch);
    double* y = OG_NEW(hand->arena, double, study->height);
    const char* reason = "";
    const double start = og_clock_seconds();
    const og_outcome outcome =
        study->model->type->evaluate(study->model->data, task->x, y, hand->scratch, &reason);
    *answer = (og_queue_answer){
        .number = task->number,
        .outcome = outcome,
        .y = y,
        .reason = og_text_copy(hand->arena, reason ? reason : "",
                               strnlen(reason ? reason : "", OG_EVALUATION_REASON_BYTES - 1)),
        .seconds = og_clock_seconds() - start,
    };
    og_arena_rewind(hand->scratch, mark);
}

// Returns how many of the tasks were evaluated.
static int crew_evaluate(crew_hand* hand) {
    double seconds = 0;
    int done = 0;
    hand->answers = OG_NEW(hand->arena, og_queue_answer, hand->count);
    while (done < hand->count && !crew_ends(hand->crew)) {
        crew_evaluate_one(hand, &hand->tasks[done], &hand->answers[done]);
        seconds += hand->answers[done++].seconds;
        if (seconds > 4 * crew_group_seconds && done < hand->count) {
            // they take longer than those before: others may have the rest
            break;
        }
    }
    if (done > 0) {
        const double pace = seconds / done;
        hand->pace = pace > 1e-7 ? pace : 1e-7;
    }
    return done;
}

typedef struct crew_reply {
    crew_hand* hand;
    int done;
} crew_reply;

static og_status crew_answer(og_store* store, void* context, int trial) {
    (void)trial;
    const crew_reply* reply = context;
    const crew_hand* hand = reply->hand;
    OG_TRY(og_queue_answer_tasks(store, &hand->worker, hand->study->id, reply->done, hand->tasks,
                                 hand->answers, hand->study->height));
    return reply->done < hand->count ? og_queue_return(store, &hand->worker, hand->number) : OG_OK;
}

static void crew_fail(og_crew* crew, og_status status) {
    pthread_mutex_lock(&crew->mutex);
    if (crew->trouble == OG_OK && !crew_ends(crew)) {
        crew->trouble = status;
        snprintf(crew->trouble_text, sizeof crew->trouble_text, "%s", og_error_text());
    }
    atomic_store(&crew->ending, true);
    pthread_cond_broadcast(&crew->bell);
    pthread_mutex_unlock(&crew->mutex);
}

static bool crew_left(og_crew* crew) {
    pthread_mutex_lock(&crew->mutex);
    const bool left = crew->left;
    pthread_mutex_unlock(&crew->mutex);
    return left;
}

// Sleep until the bell rings, at most `seconds`. With the mutex.
static void crew_sleep(og_crew* crew, double seconds) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    const int64_t nanoseconds = until.tv_nsec + (int64_t)(seconds * 1e9);
    until.tv_sec += nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    pthread_cond_timedwait(&crew->bell, &crew->mutex, &until);
}

// Wait for tasks: the longer there were none, the longer. False when it was too long.
static bool crew_wait(og_crew* crew, bool busy) {
    const double most = crew->setup.options.idle;
    pthread_mutex_lock(&crew->mutex);
    const double idle = og_clock_seconds() - crew->last;
    const bool over = most >= 0 && !busy && idle >= most;
    if (!over && crew->scouting) {
        crew_sleep(crew, crew_longest_wait);
    } else if (!over) {
        crew->scouting = true;
        const double wait = crew_wait_share * idle;
        crew_sleep(crew, wait < crew_shortest_wait  ? crew_shortest_wait
                         : wait > crew_longest_wait ? crew_longest_wait
                                                    : wait);
        crew->scouting = false;
    }
    pthread_mutex_unlock(&crew->mutex);
    return !over;
}

static void crew_ring(og_crew* crew, bool all) {
    pthread_mutex_lock(&crew->mutex);
    crew->last = og_clock_seconds();
    if (all) {
        pthread_cond_broadcast(&crew->bell);
    } else {
        pthread_cond_signal(&crew->bell);
    }
    pthread_mutex_unlock(&crew->mutex);
}

// Claim tasks for a hand, if there are any. With the desk.
static og_status crew_try(og_crew* crew, crew_hand* hand) {
    const og_patience patience = crew_patience_of(crew);
    hand->count = 0;
    if (crew->alone) {
        return OG_OK;
    }
    OG_TRY(og_store_persist(crew->store, &patience, crew_claim, hand));
    if (hand->count > 0) {
        crew->holding++;
        crew->alone = hand->suspect;
        crew->result.claims++;
        // where there was one there may be more
        crew_ring(crew, false);
    }
    return OG_OK;
}

// Take tasks, or wait for some. False at the end.
static bool crew_take(og_crew* crew, crew_hand* hand) {
    while (!crew_ends(crew) && !crew_left(crew)) {
        pthread_mutex_lock(&crew->desk);
        const og_status status = crew_try(crew, hand);
        const bool busy = crew->holding > 0;
        pthread_mutex_unlock(&crew->desk);
        if (status != OG_OK) {
            crew_fail(crew, status);
            return false;
        }
        if (hand->count > 0) {
            return true;
        }
        if (!crew_wait(crew, busy)) {
            return false;
        }
    }
    return false;
}

// Answer what was evaluated of the tasks of a hand, and give back the rest. With the desk.
static og_status crew_finish(og_crew* crew, crew_hand* hand, int done) {
    const og_patience patience = crew_patience_of(crew);
    crew_reply reply = {hand, done};
    const og_status status =
        crew_left(crew) ? OG_OK : og_store_persist(crew->store, &patience, crew_answer, &reply);
    crew->holding--;
    crew->alone = crew->alone && !hand->suspect;
    crew->result.evaluated += done;
    crew->result.given_back += hand->count - done;
    og_arena_destroy(hand->arena);
    hand->arena = og_arena_create();
    crew_ring(crew, false);
    return status;
}

static void* crew_main(void* argument) {
    crew_hand* hand = argument;
    og_crew* crew = hand->crew;
    while (crew_take(crew, hand)) {
        const int done = crew_evaluate(hand);
        pthread_mutex_lock(&crew->desk);
        const og_status status = crew_finish(crew, hand, done);
        pthread_mutex_unlock(&crew->desk);
        if (status != OG_OK) {
            crew_fail(crew, status);
        }
    }
    pthread_mutex_lock(&crew->mutex);
    crew->running--;
    pthread_cond_broadcast(&crew->bell);
    pthread_mutex_unlock(&crew->mutex);
    return NULL;
}

typedef struct crew_pulse {
    og_queue_worker worker;
    bool known;
} crew_pulse;

static og_status crew_beat(og_store* store, void* context, int trial) {
    (void)trial;
    crew_pulse* pulse = context;
    return og_queue_beat(store, &pulse->worker, &pulse->known);
}

static og_status crew_leave(og_store* store, void* context, int trial) {
    (void)trial;
    return og_queue_leave(store, context);
}

// Who was given up as lost comes back as another worker; what it held is not its any more.
static void crew_pulse_once(og_crew* crew) {
    const og_patience patience = crew_patience_of(crew);
    pthread_mutex_lock(&crew->mutex);
    crew_pulse pulse = {.worker = crew->worker, .known = true};
    const bool registered = crew->registered;
    pthread_mutex_unlock(&crew->mutex);
    const og_status status =
        registered ? og_store_persist(crew->pulse_store, &patience, crew_beat, &pulse) : OG_OK;
    if (status != OG_OK) {
        crew_fail(crew, status);
    }
    pthread_mutex_lock(&crew->mutex);
    if (!pulse.known && crew->worker.id == pulse.worker.id) {
        crew->registered = false;
    }
    pthread_mutex_unlock(&crew->mutex);
}

// Give everything back, for good.
static void crew_pulse_end(og_crew* crew) {
    pthread_mutex_lock(&crew->mutex);
    crew->left = true;
    pthread_cond_broadcast(&crew->bell);
    og_queue_worker worker = crew->worker;
    const bool registered = crew->registered;
    pthread_mutex_unlock(&crew->mutex);
    atomic_store(&crew->ending, true);
    if (registered) {
        // without success, others find out when it is lost
        const og_patience patience = {.ending = &crew->ending};
        (void)og_store_persist(crew->pulse_store, &patience, crew_leave, &worker);
    }
}

// Beats, and gives back all at once when it ends, for an evaluation may take long.
static void* crew_pulse_main(void* argument) {
    og_crew* crew = argument;
    double beaten = og_clock_seconds();
    for (;;) {
        pthread_mutex_lock(&crew->mutex);
        const bool running = crew->running > 0;
        pthread_mutex_unlock(&crew->mutex);
        if (!running || crew_ends(crew)) {
            break;
        }
        if (og_clock_seconds() - beaten > crew->setup.options.lost_after / 4) {
            beaten = og_clock_seconds();
            crew_pulse_once(crew);
        }
        nanosleep(&crew_watch, NULL);
    }
    crew_pulse_end(crew);
    return NULL;
}

static og_status crew_open(og_crew* crew) {
    const og_crew_setup* setup = &crew->setup;
    const bool server = og_store_is_server(setup->address);
    // workers may come before the first study; a file is not made by mistake
    const og_store_mode mode = server ? OG_STORE_CREATE : OG_STORE_WRITE;
    OG_TRY(og_store_open(setup->address, mode, &crew->store));
    OG_TRY(og_store_open(setup->address, mode, &crew->pulse_store));
    crew->studies =
        (og_crew_studies){.arena = crew->arena, .setup = setup, .result = &crew->result};
    const og_patience patience = crew_patience_of(crew);
    return og_store_persist(crew->store, &patience, crew_register, crew);
}

// Signals are for the threads of the caller.
static og_status crew_start_threads(og_crew* crew) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int problem = pthread_create(&crew->pulse, NULL, crew_pulse_main, crew);
    crew->pulsing = problem == 0;
    for (int i = 0; i < crew->hand_count && problem == 0; i++) {
        crew_hand* hand = &crew->hands[i];
        *hand = (crew_hand){
            .crew = crew, .number = i, .arena = og_arena_create(), .scratch = og_arena_create()};
        problem = pthread_create(&hand->thread, NULL, crew_main, hand);
        crew->started += problem == 0;
        if (problem != 0) {
            og_arena_destroy(hand->arena);
            og_arena_destroy(hand->scratch);
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return problem == 0 ? OG_OK
                        : og_fail(OG_ERROR_SYSTEM, "cannot start %d threads: %s", crew->hand_count,
                                  strerror(problem));
}

static const char* crew_name(og_arena* arena) {
    char host[128] = "";
    gethostname(host, sizeof host - 1);
    return og_text_format(arena, "%s:%ld", og_text_printable(arena, host), (long)getpid());
}

og_status og_crew_start(const og_crew_setup* setup, og_crew** started) {
    og_arena* arena = og_arena_create();
    og_crew* crew = OG_NEW(arena, og_crew, 1);
    crew->arena = arena;
    crew->setup = *setup;
    og_worker_options* options = &crew->setup.options;
    options->lost_after = options->lost_after > 0 ? options->lost_after : crew_lost_after;
    options->patience = options->patience > 0 ? options->patience : crew_patience;
    crew->name = crew_name(arena);
    crew->hand_count = options->jobs > 0 ? options->jobs : og_workers_available();
    crew->hands = OG_NEW(arena, crew_hand, crew->hand_count);
    crew->look_arena = og_arena_create();
    crew->last = og_clock_seconds();
    crew->running = crew->hand_count;
    pthread_mutex_init(&crew->desk, NULL);
    pthread_mutex_init(&crew->mutex, NULL);
    pthread_cond_init(&crew->bell, NULL);
    og_status status = crew_open(crew);
    if (status == OG_OK) {
        status = crew_start_threads(crew);
    }
    if (status != OG_OK) {
        const char* message = og_text_format(arena, "%s", og_error_text());
        crew->trouble = status;
        snprintf(crew->trouble_text, sizeof crew->trouble_text, "%s", message);
        return og_crew_stop(crew, NULL);
    }
    *started = crew;
    return OG_OK;
}

void og_crew_wake(og_crew* crew) {
    crew_ring(crew, true);
}

bool og_crew_ended(og_crew* crew) {
    pthread_mutex_lock(&crew->mutex);
    const bool ended = crew->running == 0;
    pthread_mutex_unlock(&crew->mutex);
    return ended;
}

og_status og_crew_stop(og_crew* crew, og_worker_result* result) {
    pthread_mutex_lock(&crew->mutex);
    atomic_store(&crew->ending, true);
    pthread_cond_broadcast(&crew->bell);
    pthread_mutex_unlock(&crew->mutex);
    for (int i = 0; i < crew->started; i++) {
        pthread_join(crew->hands[i].thread, NULL);
        og_arena_destroy(crew->hands[i].arena);
        og_arena_destroy(crew->hands[i].scratch);
    }
    if (crew->pulsing) {
        pthread_join(crew->pulse, NULL);
    }
    og_crew_studies_close(&crew->studies);
    og_store_close(crew->store);
    og_store_close(crew->pulse_store);
    pthread_mutex_destroy(&crew->desk);
    pthread_mutex_destroy(&crew->mutex);
    pthread_cond_destroy(&crew->bell);
    og_arena_destroy(crew->look_arena);
    if (result) {
        *result = crew->result;
    }
    const og_status status =
        crew->trouble == OG_OK ? OG_OK : og_fail(crew->trouble, "%s", crew->trouble_text);
    og_arena_destroy(crew->arena);
    return status;
}
