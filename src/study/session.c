// A study in a thread of its own. Its thread and the callers' take turns: while the study is at the
// desk or at the gate it waits, and all of it may be looked at under the mutex.

#include "study/session.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "ogive/clock.h"
#include "ogive/text.h"
#include "study/plan.h"

static const double session_longest = 1e6;

static void session_progress(void* context, const og_progress* progress) {
    og_session* session = context;
    pthread_mutex_lock(&session->mutex);
    session->shown_trials = progress->trials;
    session->shown_value = progress->best ? progress->objective_value : NAN;
    pthread_mutex_unlock(&session->mutex);
}

static void* session_main(void* argument) {
    og_session* session = argument;
    og_run_company company = {.proposer = session->options.proposer,
                              .begin = og_session_start,
                              .admit = og_session_admit,
                              .context = session};
    if (!session->options.simulates) {
        company.evaluator = (og_evaluator){session, og_session_evaluate};
    }
    og_study_result result = {0};
    const og_status status =
        og_study_run_among(session->arena, &session->plan, session->environment, session->type,
                           &company, &session->study_options, &result);
    const char* message =
        status == OG_OK ? "" : og_text_format(session->arena, "%s", og_error_text());
    pthread_mutex_lock(&session->mutex);
    session->result = result;
    session->status = status;
    session->message = message;
    session->run = NULL;
    session->phase = OG_SESSION_ENDED;
    pthread_cond_broadcast(&session->change);
    pthread_mutex_unlock(&session->mutex);
    return NULL;
}

// Signals are for the caller's threads.
static og_status session_begin(og_session* session) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int code = pthread_create(&session->thread, NULL, session_main, session);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0) {
        session->joined = true;
        return og_fail(OG_ERROR_SYSTEM, "cannot start a thread: %s", strerror(code));
    }
    pthread_mutex_lock(&session->mutex);
    while (session->phase == OG_SESSION_AT_WORK) {
        pthread_cond_wait(&session->change, &session->mutex);
    }
    const og_status status = og_session_failure(session);
    pthread_mutex_unlock(&session->mutex);
    return status;
}

static og_session* session_create(const og_plan* plan, const og_session_options* options) {
    og_arena* desk = og_arena_create();
    og_session* session = OG_NEW(desk, og_session, 1);
    *session = (og_session){.arena = og_arena_create(),
                            .desk = desk,
                            .plan = *plan,
                            .options = *options,
                            .owner = getpid(),
                            .shown_value = NAN,
                            .message = ""};
    session->study_options = (og_study_options){.jobs = options->simulates ? options->jobs : 1,
                                                .interrupt = &session->interrupt,
                                                .progress = session_progress,
                                                .progress_context = session,
                                                .fresh = options->fresh};
    if (plan->evaluations <= 0 && !(plan->seconds > 0)) {
        session->plan.evaluations = OG_PLAN_EVALUATIONS_MAX;
    }
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&session->change, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&session->mutex, NULL);
    return session;
}

og_status og_session_open(const og_plan* plan, const og_session_options* options,
                          og_session** opened) {
    static const og_session_options defaults = {0};
    *opened = NULL;
    const og_environment* environment;
    const og_agent_type* type;
    OG_TRY(og_session_find_environment(plan, &environment));
    OG_TRY(og_run_find_agent(plan, &type));
    if (options && options->simulates && strcmp(plan->environment, OG_RUN_CALLER) == 0) {
        return og_fail(OG_ERROR_VALUE,
                       "only the caller knows what these designs cost: give a function, or ask and "
                       "tell");
    }
    if (options && options->proposer.ask && plan->proposer_word_count == 0) {
        return og_fail(OG_ERROR_VALUE, "proposer: the plan has to name the functions that propose");
    }
    og_session* session = session_create(plan, options ? options : &defaults);
    session->environment = environment;
    session->type = type;
    const og_status status = session_begin(session);
    if (status != OG_OK) {
        og_session_close(session);
        return status;
    }
    *opened = session;
    return OG_OK;
}

og_status og_session_enter(og_session* session) {
    if (session->owner != getpid()) {
        return og_fail(OG_ERROR_SYSTEM,
                       "the session belongs to the process that opened it: open one here");
    }
    pthread_mutex_lock(&session->mutex);
    return OG_OK;
}

bool og_session_await(og_session* session, double until) {
    const double now = og_clock_seconds();
    if (now >= until) {
        return false;
    }
    const double end = until - now > session_longest ? now + session_longest : until;
    const struct timespec time = {.tv_sec = (time_t)end,
                                  .tv_nsec = (long)((end - floor(end)) * 1e9)};
    pthread_cond_timedwait(&session->change, &session->mutex, &time);
    return true;
}

og_status og_session_failure(const og_session* session) {
    return session->phase == OG_SESSION_ENDED && session->status != OG_OK
               ? og_fail(session->status, "%s", session->message)
               : OG_OK;
}

void og_session_allow(og_session* session, int64_t before) {
    const int64_t allowed = before > 0 ? before : INT64_MAX;
    if (allowed > session->allowed) {
        session->allowed = allowed;
        pthread_cond_broadcast(&session->change);
    }
}

og_status og_session_settle(og_session* session) {
    while (session->phase == OG_SESSION_AT_WORK) {
        if (pthread_equal(pthread_self(), session->thread)) {
            return og_fail(OG_ERROR_VALUE, "a proposer cannot look at its own study");
        }
        if (session->options.simulates && !session->saving) {
            return og_fail(OG_ERROR_VALUE, "the study is running: wait for it first");
        }
        og_session_await(session, INFINITY);
    }
    return og_session_failure(session);
}

static og_session_state session_standing(const og_session* session) {
    switch (session->phase) {
    case OG_SESSION_ENDED: return OG_SESSION_OVER;
    case OG_SESSION_AT_DESK: return OG_SESSION_HELD;
    case OG_SESSION_AT_GATE:
        return session->run->position < session->allowed ? OG_SESSION_BUSY : OG_SESSION_ENOUGH;
    case OG_SESSION_AT_WORK: return OG_SESSION_BUSY;
    }
    return OG_SESSION_BUSY;
}

og_status og_session_wait(og_session* session, int64_t before, double seconds,
                          og_session_state* state) {
    *state = OG_SESSION_BUSY;
    OG_TRY(og_session_enter(session));
    og_session_allow(session, before);
    const double until = og_clock_seconds() + seconds;
    do {
        *state = session_standing(session);
    } while (*state == OG_SESSION_BUSY && og_session_await(session, until));
    const og_status status = og_session_failure(session);
    pthread_mutex_unlock(&session->mutex);
    return status;
}

og_status og_session_pause(og_session* session) {
    OG_TRY(og_session_enter(session));
    session->allowed = 0;
    pthread_mutex_unlock(&session->mutex);
    return OG_OK;
}

og_status og_session_stop(og_session* session) {
    OG_TRY(og_session_enter(session));
    if (!session->joined && pthread_equal(pthread_self(), session->thread)) {
        pthread_mutex_unlock(&session->mutex);
        return og_fail(OG_ERROR_VALUE, "a proposer cannot stop its own study");
    }
    const bool join = !session->joined;
    session->joined = session->stopping = true;
    og_interrupt(&session->interrupt);
    pthread_cond_broadcast(&session->change);
    pthread_mutex_unlock(&session->mutex);
    if (join) {
        pthread_join(session->thread, NULL);
    }
    OG_TRY(og_session_enter(session));
    const og_status status = og_session_failure(session);
    pthread_mutex_unlock(&session->mutex);
    return status;
}

void og_session_close(og_session* session) {
    if (!session || session->owner != getpid() ||
        (!session->joined && pthread_equal(pthread_self(), session->thread))) {
        return;
    }
    og_session_stop(session);
    pthread_mutex_destroy(&session->mutex);
    pthread_cond_destroy(&session->change);
    og_arena_destroy(session->arena);
    og_arena_destroy(session->desk);
}
