/// Between the files that load, change and print plans.
#pragma once

#include "base/document.h"
#include "ogive/study.h"

/// Put what the map `root` says into `plan`: keys that it lacks stay as they are, lists are
/// replaced, options and restrictions are added or replaced one by one. `name` stands for the
/// source in messages.
og_status og_plan_read(og_arena* arena, const og_document_node* root, const char* name,
                       og_plan* plan);

/// The largest budget, since doubles are exact up to here; that of a session without one.
#define OG_PLAN_EVALUATIONS_MAX (INT64_C(1) << 53)

/// The budget in trials, 0 = none.
int64_t og_plan_budget(const og_plan* plan);

/// Split an environment that is named "NAME:FILE" into its name and its option `file`.
void og_plan_split_environment(og_arena* arena, og_plan* plan);
