/// The tasks of a comparison: one for each environment, and one more where an agent sees it
/// otherwise.
#pragma once

#include "compare/task.h"

/// Open tasks; they live in the arena of the opener.
typedef struct og_tasks {
    og_task* list;         ///< list: [environment_count]
    const og_task** runs;  ///< what an agent searches, shape: [environment_count][agent_count]
} og_tasks;

/// Open all. Tasks on models that give equal metrics share what they simulate, whatever their
/// objectives.
og_status og_tasks_open(og_arena* arena, const og_compare_plan* plan, og_tasks* tasks);
