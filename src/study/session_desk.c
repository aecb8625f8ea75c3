// The desk, where designs are asked for and told, and the gate before it.

#include <math.h>
#include <string.h>

#include "ogive/clock.h"
#include "ogive/text.h"
#include "study/session.h"

static const double session_desk_patience = 0.2;  // seconds before what waits in memory is written
static const double session_desk_pause = 1;       // seconds between two looks at the store

static og_session_task* session_desk_task(const og_session* session, int64_t number) {
    return &session->tasks[number % OG_EVALUATION_CHUNK];
}

static double* session_desk_metrics(const og_session* session, int64_t number) {
    return session->metrics + number % OG_EVALUATION_CHUNK * session->problem->model->metric_count;
}

static void session_desk_make(og_session* session) {
    const size_t metrics = (size_t)session->problem->model->metric_count;
    session->tasks = OG_NEW(session->desk, og_session_task, OG_EVALUATION_CHUNK);
    for (int i = 0; i < OG_EVALUATION_CHUNK; i++) {
        session->tasks[i].number = -1;
    }
    session->metrics = og_arena_allocate_raw(
        session->desk, OG_EVALUATION_CHUNK * metrics * sizeof *session->metrics);
}

// Designs of a chunk come again until they are told: their trials are made one after the other.
static void session_desk_lay(og_session* session, og_evaluation_slot* const* slots, int count) {
    if (!session->tasks) {
        session_desk_make(session);
    }
    session->slots = slots;
    session->slot_count = count;
    session->next = 0;
    for (int i = 0; i < count; i++) {
        const int64_t number = slots[i]->trial->number;
        og_session_task* task = session_desk_task(session, number);
        if (task->number != number) {
            *task = (og_session_task){.number = number, .reason = ""};
        }
    }
    session->phase = OG_SESSION_AT_DESK;
    pthread_cond_broadcast(&session->change);
}

static void session_desk_answer(og_session* session, og_evaluation* evaluation) {
    for (int i = 0; i < session->slot_count; i++) {
        og_evaluation_slot* slot = session->slots[i];
        const og_session_task* task = session_desk_task(session, slot->trial->number);
        if (task->told) {
            const og_arena_mark mark = og_arena_here(evaluation->scratch);
            og_evaluation_answer(evaluation, slot, task->outcome,
                                 session_desk_metrics(session, task->number), task->reason,
                                 evaluation->scratch);
            og_arena_rewind(evaluation->scratch, mark);
            slot->trial->started = task->started - evaluation->origin;
            slot->trial->seconds = task->seconds;
        }
    }
}

// True while the first design of the chunk may still be told.
static bool session_desk_hopes(og_session* session, double deadline) {
    session->late = session->late || session->run->stopped || og_clock_seconds() > deadline;
    const bool told = session_desk_task(session, session->slots[0]->trial->number)->told;
    return !told && !session->stopping && (!session->late || session->out > 0);
}

// Write what waits in memory, and hear what other processes ask of the study. Others need not wait
// for that, unless they want to look at the study.
static og_status session_desk_save(og_session* session) {
    og_run* run = session->run;
    const og_session_phase phase = session->phase;
    session->phase = OG_SESSION_AT_WORK;
    session->saving = true;
    pthread_mutex_unlock(&session->mutex);
    const og_status status =
        run->written < run->record->count ? og_run_flush(run, OG_STOP_NONE) : og_run_obey(run);
    pthread_mutex_lock(&session->mutex);
    session->saving = false;
    session->phase = phase;
    pthread_cond_broadcast(&session->change);
    return status;
}

// Wait for a change. When none comes soon, the store is brought up to date.
static og_status session_desk_wait(og_session* session, double* save, double deadline) {
    const og_run* run = session->run;
    const double end = session->late ? INFINITY : deadline;
    if (run->store && og_clock_seconds() >= *save) {
        *save = og_clock_seconds() + session_desk_pause;
        return session_desk_save(session);
    }
    og_session_await(session, run->store && *save < end ? *save : end);
    return OG_OK;
}

og_status og_session_evaluate(void* context, og_evaluation* evaluation,
                              og_evaluation_slot* const* slots, int count) {
    og_session* session = context;
    pthread_mutex_lock(&session->mutex);
    session_desk_lay(session, slots, count);
    double save = og_clock_seconds() + session_desk_patience;
    og_status status = OG_OK;
    while (status == OG_OK && session_desk_hopes(session, evaluation->deadline)) {
        status = session_desk_wait(session, &save, evaluation->deadline);
    }
    session->phase = OG_SESSION_AT_WORK;
    session_desk_answer(session, evaluation);
    pthread_mutex_unlock(&session->mutex);
    return status;
}

void og_session_start(void* context, og_run* run) {
    og_session* session = context;
    pthread_mutex_lock(&session->mutex);
    session->run = run;
    session->problem = run->problem;
    pthread_mutex_unlock(&session->mutex);
}

og_status og_session_admit(void* context, og_run* run, int64_t* most) {
    og_session* session = context;
    const double deadline = run->evaluation.deadline;
    pthread_mutex_lock(&session->mutex);
    og_status status = OG_OK;
    double save = og_clock_seconds() + session_desk_patience;
    while (status == OG_OK && !session->stopping && !run->stopped &&
           run->position >= session->allowed && og_clock_seconds() <= deadline) {
        session->phase = OG_SESSION_AT_GATE;
        pthread_cond_broadcast(&session->change);
        status = session_desk_wait(session, &save, deadline);
    }
    session->phase = OG_SESSION_AT_WORK;
    if (run->position<session->allowed&& * most> session->allowed - run->position) {
        *most = session->allowed - run->position;
    }
    pthread_mutex_unlock(&session->mutex);
    return status;
}

// Give what lies on the desk to the one who asks.
static og_session_state session_desk_give(og_session* session, const og_session_request* request,
                                          int64_t* numbers, double* x, int* count) {
    const int most = request->most > 0 ? request->most : 1;
    const int64_t before = request->before > 0 ? request->before : INT64_MAX;
    const size_t width = (size_t)session->problem->table.count;
    for (; session->next < session->slot_count && *count < most; session->next++) {
        const og_trial* trial = session->slots[session->next]->trial;
        og_session_task* task = session_desk_task(session, trial->number);
        if (task->out) {
            continue;
        }
        if (trial->number >= before || session->late) {
            break;
        }
        task->out = true;
        task->started = og_clock_seconds();
        session->out++;
        numbers[*count] = trial->number;
        memcpy(x + (size_t)*count * width, trial->x, width * sizeof *x);
        (*count)++;
    }
    if (*count > 0) {
        return OG_SESSION_GIVEN;
    }
    return session->next < session->slot_count && !session->late ? OG_SESSION_ENOUGH
                                                                 : OG_SESSION_HELD;
}

static og_session_state session_desk_try(og_session* session, const og_session_request* request,
                                         int64_t* numbers, double* x, int* count) {
    switch (session->phase) {
    case OG_SESSION_ENDED: return OG_SESSION_OVER;
    case OG_SESSION_AT_WORK: return OG_SESSION_BUSY;
    case OG_SESSION_AT_DESK: return session_desk_give(session, request, numbers, x, count);
    case OG_SESSION_AT_GATE:
        return session->run->position < session->allowed ? OG_SESSION_BUSY : OG_SESSION_ENOUGH;
    }
    return OG_SESSION_BUSY;
}

og_status og_session_ask(og_session* session, const og_session_request* request, int64_t* numbers,
                         double* x, int* count, og_session_state* state) {
    *count = 0;
    *state = OG_SESSION_BUSY;
    if (session->options.simulates) {
        return og_fail(OG_ERROR_VALUE, "the study evaluates its designs itself: none can be had");
    }
    OG_TRY(og_session_enter(session));
    og_session_allow(session, request->before);
    const double until = og_clock_seconds() + request->seconds;
    do {
        *state = session_desk_try(session, request, numbers, x, count);
    } while (*state == OG_SESSION_BUSY && og_session_await(session, until));
    const og_status status = og_session_failure(session);
    pthread_mutex_unlock(&session->mutex);
    return status;
}

// The task of a design that was asked for and not told.
static og_status session_desk_find(const og_session* session, int64_t number,
                                   og_session_task** found) {
    og_session_task* task =
        session->tasks && number >= 0 ? session_desk_task(session, number) : NULL;
    OG_TRY(og_session_failure(session));
    if (session->phase == OG_SESSION_ENDED) {
        return og_fail(OG_ERROR_VALUE, "trial %lld: the study has ended", (long long)number);
    }
    if (!task || task->number != number || !task->out) {
        return og_fail(OG_ERROR_VALUE, "trial %lld was not asked for", (long long)number);
    }
    if (task->told) {
        return og_fail(OG_ERROR_VALUE, "trial %lld was told before", (long long)number);
    }
    *found = task;
    return OG_OK;
}

static og_status session_desk_tell(og_session* session, int64_t number, og_outcome outcome,
                                   const double* y, const char* reason) {
    og_session_task* task;
    OG_TRY(session_desk_find(session, number, &task));
    if (outcome == OG_FEASIBLE) {
        memcpy(session_desk_metrics(session, number), y,
               (size_t)session->problem->model->metric_count * sizeof *y);
    }
    task->outcome = outcome;
    task->reason = reason && reason[0] ? og_text_printable(session->desk, reason) : "";
    task->seconds = og_clock_seconds() - task->started;
    task->told = true;
    session->out--;
    // nobody but the study's thread goes on from here
    if (session->phase == OG_SESSION_AT_DESK && number == session->slots[0]->trial->number) {
        session->phase = OG_SESSION_AT_WORK;
    }
    pthread_cond_broadcast(&session->change);
    return OG_OK;
}

og_status og_session_tell(og_session* session, int64_t number, og_outcome outcome, const double* y,
                          const char* reason) {
    if (outcome < OG_FEASIBLE || outcome > OG_FAILED) {
        return og_fail(OG_ERROR_VALUE, "outcome: %d is none of feasible, infeasible and failed",
                       (int)outcome);
    }
    OG_TRY(og_session_enter(session));
    const og_status status = session_desk_tell(session, number, outcome, y, reason);
    pthread_mutex_unlock(&session->mutex);
    return status;
}

og_status og_session_return(og_session* session, int64_t number) {
    OG_TRY(og_session_enter(session));
    og_session_task* task;
    const og_status status = session_desk_find(session, number, &task);
    if (status == OG_OK) {
        task->out = false;
        session->out--;
        session->next = 0;
        pthread_cond_broadcast(&session->change);
    }
    pthread_mutex_unlock(&session->mutex);
    return status;
}
