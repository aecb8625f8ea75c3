/// Running evaluators. All of the program's are in one table, so that those of models that are not
/// used any more end when others need their place, and no model has to be closed.
#pragma once

#include <stdint.h>

#include "env/description/launch.h"

typedef struct og_evaluator og_evaluator;

/// A number that no other model has.
int64_t og_evaluator_owner(void);

/// Wait until fewer than `most` evaluators of `owner` are busy, then take one of its idle ones that
/// lives and is silent, or a place for a new one (og_evaluator_running() is false).
og_evaluator* og_evaluator_take(int64_t owner, int most);

bool og_evaluator_running(const og_evaluator* evaluator);

/// Start the program of `launch` in the place. The system's refusal is a failure; the evaluator is
/// not running then.
og_status og_evaluator_start(og_evaluator* evaluator, const og_launch* launch);

/// Write `text` and read one line, without its end, that is valid until the next call. When there
/// is none, the evaluator is ended and `*reason`, in `scratch`, says why. False then; `*alone` says
/// that it ended by itself, in its time.
bool og_evaluator_ask(og_evaluator* evaluator, const og_launch* launch, const char* text,
                      size_t size, og_arena* scratch, const char** line, size_t* length,
                      const char** reason, bool* alone);

/// A number for the next question, from 1.
int64_t og_evaluator_next(og_evaluator* evaluator);

/// Give it back for others to take.
void og_evaluator_give(og_evaluator* evaluator);

/// End it at once; its place stays taken until it is given back.
void og_evaluator_kill(og_evaluator* evaluator);
