/// Sessions: studies whose designs the caller proposes or evaluates.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/study.h"

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
    void (*tell)(void* context, int64_t first, int count, const og_trial* trials);
} og_proposer;
