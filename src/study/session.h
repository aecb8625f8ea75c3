/// The parts of a session, for the files that drive it.
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include "ogive/session.h"
#include "study/run.h"

/// What the study's thread does.
typedef enum og_session_phase {
    OG_SESSION_AT_WORK,  ///< agent, simulator or store
    OG_SESSION_AT_DESK,  ///< waits for designs to be told
    OG_SESSION_AT_GATE,  ///< waits until more trials are wanted
    OG_SESSION_ENDED,
} og_session_phase;

/// A design of the chunk that the study waits for.
typedef struct og_session_task {
    int64_t number;  ///< of its trial, -1 = none
    bool out;        ///< was asked for
    bool told;
    og_outcome outcome;
    const char* reason;
    double started, seconds;  ///< clock when it was asked for, and how long ago when it was told
} og_session_task;

struct og_session {
    og_arena* arena;  ///< of the study's thread
    og_arena* desk;   ///< of all others, under the mutex
    og_plan plan;
    const og_environment* environment;
    const og_agent_type* type;
    og_session_options options;
    og_study_options study_options;
    pid_t owner;
    pthread_t thread;
    volatile int interrupt;
    pthread_mutex_t mutex;
    pthread_cond_t change;

    // what follows is under the mutex
    og_session_phase phase;
    og_run* run;                       ///< NULL before the study has begun and when it has ended
    const og_problem* problem;         ///< NULL before the study has begun
    int64_t allowed;                   ///< trials up to this one may be made
    og_evaluation_slot* const* slots;  ///< at the desk, list: [slot_count]
    int slot_count;
    int next;                ///< the first slot that may not be asked for yet
    og_session_task* tasks;  ///< by number modulo OG_EVALUATION_CHUNK
    double* metrics;         ///< theirs, shape: [OG_EVALUATION_CHUNK][model metrics]
    int out;                 ///< tasks that were asked for and not told
    bool late;               ///< the time of the study is over, or another process stopped it
    bool saving;             ///< at work for a moment, while the study waits
    bool stopping, joined;
    og_status status;
    const char* message;  ///< why the study failed
    og_study_result result;
    int64_t shown_trials;  ///< progress
    double shown_value;
};

/// The environment that the plan names, `caller` among them.
og_status og_session_find_environment(const og_plan* plan, const og_environment** environment);

/// Lock a session for a call from outside of it: refused in other processes than its own.
og_status og_session_enter(og_session* session);

/// Wait for a change until the clock is past `until`; false when it is.
bool og_session_await(og_session* session, double until);

/// Fails with what the study failed with.
og_status og_session_failure(const og_session* session);

/// Wait until nobody but the caller can change the study. Fails where that may not come.
og_status og_session_settle(og_session* session);

/// Let the study go on up to trial `before`, 0 = any number.
void og_session_allow(og_session* session, int64_t before);

/// The evaluator and the gate of a study in a session.
og_status og_session_evaluate(void* context, og_evaluation* evaluation,
                              og_evaluation_slot* const* slots, int count);
void og_session_start(void* context, og_run* run);
og_status og_session_admit(void* context, og_run* run, int64_t* most);
