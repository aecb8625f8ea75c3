/// Ogive for other languages: everything by plain numbers, texts and arrays, so that a caller needs
/// to know the layout of no structure. python/ogive is made of these calls.
///
/// Handles are opaque. A call that gives a text writes at most `size` bytes of it into `text` (no
/// terminating zero) and its whole length into `*length`; when that is more than `size`, ask again
/// with more room. Texts are UTF-8. Outcomes, states and so on are numbers, and
/// og_binding_names() lists what they stand for. Where a call answers a status other than 0,
/// og_error_text() says why.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ogive/status.h"

/// Raised when one of these calls changes its arguments or its meaning.
enum { OG_BINDING_VERSION = 1 };

int og_binding_version(void);

/// JSON {"outcomes": [...], "stops": [...], "sources": [...], "states": [...], "statuses": [...]}:
/// the names of the values of og_outcome, og_stop, og_source, og_session_state and og_status.
og_status og_binding_names(char* text, size_t size, size_t* length);

/// Registered agents and environments as JSON, [{"name", "doc", "source", "options": [{"name",
/// "unit", "doc", "range", "default"}]}].
og_status og_binding_agents(char* text, size_t size, size_t* length);
og_status og_binding_environments(char* text, size_t size, size_t* length);

/// Digest of the reproducible part of a stored study, see og_store_digest().
og_status og_binding_store_digest(const char* store, const char* study, uint64_t* digest);

/// The plan in `plan` (YAML or JSON; `name` stands for it in messages) with `count` changes as of
/// og_plan_set(), as canonical YAML.
og_status og_binding_plan(const char* plan, const char* name, int count, const char* const* changes,
                          char* text, size_t size, size_t* length);

/// An opened environment with threads that evaluate. One call at a time is served; a process that
/// was forked from the opener's gets threads of its own.
typedef struct og_binding_model og_binding_model;

/// Open `environment` (or `caller`, see session.h) with `count` options.
og_status og_binding_model_open(const char* environment, int count, const char* const* keys,
                                const char* const* values, og_binding_model** model);
void og_binding_model_close(og_binding_model* model);

/// JSON {"name", "doc", "source", "identity", "space": {"parameters", "constraints"}, "groups",
/// "group_of", "size", "initial", "metrics", "features"}; `size` is null when it is not a number.
og_status og_binding_model_describe(og_binding_model* model, char* text, size_t size,
                                    size_t* length);

/// Costs of `count` designs x (shape: [count][width]) into y (shape: [count][metric_count]; NaN
/// unless feasible) and outcomes (list: [count]) on `jobs` threads, 0 = all processors. Designs
/// outside of the space are infeasible.
og_status og_binding_model_evaluate(og_binding_model* model, int64_t count, const double* x,
                                    double* y, int32_t* outcomes, int jobs);

/// Why design `index` of the last evaluation is not feasible, "" when it is.
og_status og_binding_model_reason(og_binding_model* model, int64_t index, char* text, size_t size,
                                  size_t* length);

/// OG_OK when x is feasible in the space, otherwise the message says why not.
og_status og_binding_model_check(og_binding_model* model, const double* x);

/// Which parameters exist in x: active (shape: [width], 0 or 1).
og_status og_binding_model_active(og_binding_model* model, const double* x, int32_t* active);

/// `count` designs drawn uniformly among the feasible ones into x (shape: [count][width]).
og_status og_binding_model_sample(og_binding_model* model, uint64_t seed, int64_t count, double* x);

/// Make `count` designs x feasible, changing as little as the order of parameters allows.
og_status og_binding_model_repair(og_binding_model* model, uint64_t seed, int64_t count, double* x);

/// A study in a thread of its own, see session.h.
typedef struct og_binding_study og_binding_study;

/// Functions that propose, as those of og_proposer; `description` is as of
/// og_binding_study_describe(). They are called from the study's thread.
typedef int og_binding_start(void* context, const char* description);
typedef int og_binding_ask(void* context, int count, double* x);
typedef int og_binding_tell(void* context, int64_t first, int count, const double* x,
                            const double* y, const double* losses, const double* violations,
                            const int32_t* outcomes);

/// Open the study of a plan (text as of og_binding_plan()). With `simulates` its environment
/// evaluates on `jobs` threads, otherwise the caller does; `fresh` refuses to resume. `ask` NULL:
/// the plan's agent proposes. A function that answers less than 0 ends the study with the message
/// `failure` points to then.
og_status og_binding_study_open(const char* plan, const char* name, int simulates, int jobs,
                                int fresh, og_binding_start* start, og_binding_ask* ask,
                                og_binding_tell* tell, const char* const* failure, void* context,
                                og_binding_study** study);
og_status og_binding_study_stop(og_binding_study* study);
void og_binding_study_close(og_binding_study* study);

/// As og_session_ask(), og_session_tell() (`count` metrics are given) and og_session_wait().
og_status og_binding_study_ask(og_binding_study* study, int most, int64_t before, double seconds,
                               int64_t* numbers, double* x, int* count, int* state);
og_status og_binding_study_tell(og_binding_study* study, int64_t number, int outcome,
                                const double* y, int count, const char* reason);
og_status og_binding_study_wait(og_binding_study* study, int64_t before, double seconds,
                                int* state);

/// As og_session_return() and og_session_pause().
og_status og_binding_study_return(og_binding_study* study, int64_t number);
og_status og_binding_study_pause(og_binding_study* study);

/// Trials and the first objective at the best of them (NaN = none), while the study is at work too.
void og_binding_study_progress(og_binding_study* study, int64_t* trials, double* value);

/// JSON {"name", "plan", "environment", "identity", "agent", "agent_options", "batch", "seed",
/// "space", "metrics", "metric_count" (of the environment; the others are derived), "objectives",
/// "constraints", "reference_x", "reference_y", "trial_count", "best", "stop", "created"}; what is
/// no number is null, and `seed` a text.
og_status og_binding_study_describe(og_binding_study* study, char* text, size_t size,
                                    size_t* length);

/// Complete trials first <= number < first + most, as columns with a row each: x (shape:
/// [most][width]), y (shape: [most][metric_count]), objectives to be minimised (shape:
/// [most][objective_count], NaN without metrics), numbers (shape: [most][4]: loss, violation,
/// started, seconds), codes (shape: [most][3]: repeat_of, outcome, source).
og_status og_binding_study_trials(og_binding_study* study, int64_t first, int64_t most, double* x,
                                  double* y, double* objectives, double* numbers, int64_t* codes,
                                  int64_t* count);

/// Why a trial is not feasible, "" when it is.
og_status og_binding_study_reason(og_binding_study* study, int64_t number, char* text, size_t size,
                                  size_t* length);

/// The study as a text: `form` is "csv" or "json" (all trials), "html" (one page to look around
/// in), or a picture (SVG) by its kind, see og_picture_kind_at(), to which the `count` settings
/// belong: x, y, color, metric, parameter and other.
og_status og_binding_study_report(og_binding_study* study, const char* form, int count,
                                  const char* const* keys, const char* const* values, char* text,
                                  size_t size, size_t* length);
