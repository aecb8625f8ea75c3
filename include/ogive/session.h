/// Sessions: a study whose designs the caller evaluates (ask and tell), or that runs beside the
/// caller.
///
///     OG_TRY(og_session_open(&plan, NULL, &session));
///     while (og_session_ask(session, &request, &number, x, &count, &state) == OG_OK && count == 1)
///     {
///         y[0] = cost(x);
///         OG_TRY(og_session_tell(session, number, OG_FEASIBLE, y, NULL));
///     }
///     og_session_close(session);
///
/// The study is the one of og_study_run(), in a thread of its own: agents, budgets, repeats,
/// enqueued designs, the store and resuming are the same, and so is the record when the same
/// designs get the same metrics. A trial is complete, and in the store within 0.2 s, once it and
/// all before it were told. All functions may be called from several threads; a session belongs to
/// the process that opened it, others that were forked from it are refused.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/study.h"

typedef struct og_session og_session;

/// Functions that propose designs in place of an agent, called from the study's thread. The plan
/// names them: its `proposer` is a list of words that the record keeps, and a resumed study must
/// have the same. What earlier runs recorded is told and not asked for again.
typedef struct og_proposer {
    void* context;

    /// Optional, called first: what is searched, valid as long as the study.
    og_status (*start)(void* context, const og_study_record* searched);

    /// Up to `count` designs into x (shape: [count][width]). Returns how many; 0 ends the study, -1
    /// fails it with og_error_text(), as does a design that is not feasible in the space.
    int (*ask)(void* context, int count, double* x);

    /// Optional: trials `first` to `first + count`, in order. `trials` (list: [count]).
    og_status (*tell)(void* context, int64_t first, int count, const og_trial* trials);
} og_proposer;

/// Evaluates `count` designs x (shape: [count][width]) for og_study_run_by(): metrics into y
/// (shape: [count][metric_count]), outcomes (list: [count], OG_FEASIBLE unless set) and reasons
/// (list: [count], "" unless set; they live until the next call). Another status than OG_OK ends
/// the study.
typedef og_status og_evaluate_designs(void* context, int count, const int64_t* numbers,
                                      const double* x, double* y, og_outcome* outcomes,
                                      const char** reasons);

/// Run a plan as og_study_run() does, in the calling thread, with `evaluate` in place of the
/// environment's simulator. The default design is still evaluated by the environment.
og_status og_study_run_by(og_arena* arena, const og_plan* plan, og_evaluate_designs* evaluate,
                          void* context, const og_study_options* options, og_study_result* result);

/// How a session works. None of it changes the record.
typedef struct og_session_options {
    bool simulates;        ///< the environment evaluates, and the caller only lets the study go on
    int jobs;              ///< threads that evaluate then, 0 = all processors
    bool fresh;            ///< refuse to resume: a study of this name must not exist
    og_proposer proposer;  ///< `ask` NULL = the plan's agent or program
} og_session_options;

/// Open a session of `plan`, which must live as long as the session, and wait until the study has
/// begun: what is wrong with the plan or its store is said here. Besides the registered
/// environments, `caller` may be named: parameters, constraints and metrics of its option
/// `description`, a text as of the environment `process`'s hello, and costs that only the caller
/// knows; its default design is not evaluated. A plan without budget has no end.
og_status og_session_open(const og_plan* plan, const og_session_options* options,
                          og_session** session);

/// What is wanted of og_session_ask().
typedef struct og_session_request {
    int most;        ///< designs at once, 0 = one
    int64_t before;  ///< the study may go on up to this trial, itself excluded; 0 = any number
    double seconds;  ///< to wait at most while the agent is at work
} og_session_request;

/// What og_session_ask() answers.
typedef enum og_session_state {
    OG_SESSION_GIVEN,   ///< designs
    OG_SESSION_HELD,    ///< none before others that were asked for are told
    OG_SESSION_BUSY,    ///< the agent or the simulator is at work, and `seconds` are over
    OG_SESSION_ENOUGH,  ///< all trials before `before` are made or asked for
    OG_SESSION_OVER,    ///< the study has ended
} og_session_state;

/// Ask for designs to evaluate: trial numbers into `numbers` (list: [request->most]) and designs
/// into x (shape: [most][width]). Designs of one batch may be had at once and told in any order;
/// those of the next come when all of it are told. Designs that the record knows already become
/// trials without being asked for. Fails as the study does.
og_status og_session_ask(og_session* session, const og_session_request* request, int64_t* numbers,
                         double* x, int* count, og_session_state* state);

/// Tell what a design costs: y (shape: [metrics of the environment]; read when `outcome` is
/// OG_FEASIBLE) and `reason` (NULL = none, cut after 255 bytes). A number that was not asked for,
/// or was told before, fails with OG_ERROR_VALUE.
og_status og_session_tell(og_session* session, int64_t number, og_outcome outcome, const double* y,
                          const char* reason);

/// Take back that design `number` was asked for: it may be asked for again.
og_status og_session_return(og_session* session, int64_t number);

/// Let a study that simulates go on up to trial `before` (0 = any number) and wait at most
/// `seconds` for that: OG_SESSION_ENOUGH, _BUSY or _OVER.
og_status og_session_wait(og_session* session, int64_t before, double seconds,
                          og_session_state* state);

/// Make no more trials than are under way, until more are asked or waited for.
og_status og_session_pause(og_session* session);

/// The study so far, with the number of its complete trials and the best of them; lives until the
/// session is closed. Waits while the agent is at work; fails while a simulator is.
og_status og_session_record(og_session* session, og_study_record* record);

/// Complete trials first <= number < first + most into `trials` (list: [most]), as
/// og_session_record() does. Their objectives, to be minimised, into `objectives` (shape:
/// [most][objective_count]; NaN without metrics) unless it is NULL.
og_status og_session_trials(og_session* session, int64_t first, int64_t most, og_trial* trials,
                            double* objectives, int64_t* count);

/// Metrics of the environment, which are told; the record has derived ones behind them.
int og_session_metrics(const og_session* session);

/// Progress of the study, at any time: trials and the value of the first objective at the best
/// (NaN = none).
void og_session_progress(og_session* session, int64_t* trials, double* value);

/// End the study as an interruption does: what was told is in the store and can be resumed, except
/// trials behind one that was not told. Its trials can be looked at until the session is closed.
og_status og_session_stop(og_session* session);

/// Stop and free; NULL does nothing. In a forked process, and from the study's own thread, nothing
/// is freed.
void og_session_close(og_session* session);
