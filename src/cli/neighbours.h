/// Evaluating the neighbours of recorded designs, for the commands that show them: with the
/// environment of the recorded plan, where it is still the same, and within a time limit.
#pragma once

#include "ogive/analysis.h"

/// Who evaluates. Start with {.arena, .deadline}; the rest is its own.
typedef struct og_neighbours {
    og_arena* arena;   ///< of the models that it opens
    double deadline;   ///< og_clock_seconds() after which nothing is evaluated
    bool foreign;      ///< also where that runs programs or libraries which the record names
    const char* note;  ///< after a call: why designs stay open, "" when none does
    struct og_neighbours_model* models;  ///< opened before
} og_neighbours;

/// Evaluate the open designs of `around`, a neighbourhood in study `record`: trials (list:
/// [around->open]), those without `x` were not evaluated, and `note` says why. `context` is an
/// og_neighbours. It never fails. A design of which the record lets expect that it takes longer
/// than there is time is not begun.
og_status og_neighbours_evaluate(void* context, const og_study_record* record,
                                 const og_neighbourhood* around, og_trial** trials);
