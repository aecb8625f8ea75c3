/// Running evaluators. All of the program's are in one table, so that those of models that rest end
/// when others need their place.
#pragma once

#include <stdint.h>

#include "env/description/launch.h"

typedef struct og_evaluator og_evaluator;

/// Who asks.
typedef struct og_evaluator_client {
    int64_t owner;  ///< see og_evaluator_owner()
    int processes;  ///< evaluators of the owner at once, >= 1
    int batch;      ///< questions under way to each of them, >= 1
} og_evaluator_client;

/// A number that no other model has.
int64_t og_evaluator_owner(void);

/// Wait until an evaluator of the client can take a question, and take it: one that runs, lives and
/// is silent, or has questions under way, and otherwise a place for a new one, which nobody shares
/// until og_evaluator_share(). `alone`: a place for a new one in any case.
og_evaluator* og_evaluator_take(const og_evaluator_client* client, bool alone);

/// False: it has to be started.
bool og_evaluator_running(const og_evaluator* evaluator);

/// Start the program in the place. The system's refusal is a failure; the evaluator is not running
/// then.
og_status og_evaluator_start(og_evaluator* evaluator, const og_launch* launch);

/// Let others take the evaluator that was started.
void og_evaluator_share(og_evaluator* evaluator);

/// A question and its answer.
typedef struct og_evaluator_question {
    int64_t id;  ///< 0 = any line is the answer
    const char* text;
    size_t size;
    const char* line;  ///< the answer without its line end, in the asker's scratch; NULL = none
    size_t length;
    const char* reason;  ///< why there is none
    bool doubtful;       ///< the evaluator had other questions, which may be the ones to blame
    double deadline;
    og_arena* scratch;
    struct og_evaluator_question* next;
} og_evaluator_question;

/// A number for the next question, from 1.
int64_t og_evaluator_next(og_evaluator* evaluator);

/// Write the question and wait for its answer. When there is none, the evaluator has been ended.
/// Several threads may do so at the same time, as far as og_evaluator_take() let them.
void og_evaluator_ask(og_evaluator* evaluator, const og_launch* launch,
                      og_evaluator_question* question, og_arena* scratch);

/// End all evaluators of `owner`, which nobody uses any more: they are asked to, and killed when
/// they do not within a second, all together. A process that was forked leaves them to its parent.
void og_evaluator_close(int64_t owner);

/// Give it back for others to take. `useless`: it is ended once nobody uses it.
void og_evaluator_give(og_evaluator* evaluator, bool useless);
