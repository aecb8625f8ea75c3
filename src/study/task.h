/// The task of a study: what makes its results comparable with those of another.
#pragma once

#include "ogive/store.h"

/// One thing that is told from another by its text.
typedef struct og_trait {
    const char* name;
    const char* text;
    bool is_short;  ///< the text may be shown in a message
} og_trait;

enum { OG_TASK_TRAITS = 6 };

/// The task of `record`: its environment, objectives, constraints, metrics, space and identity.
void og_task_traits(og_arena* arena, const og_study_record* record,
                    og_trait traits[OG_TASK_TRAITS]);
