/// A plan from a study file and the options of `ogive run`.
#pragma once

#include "cli/command.h"
#include "ogive/study.h"

/// Read the plan of `call`: its file, if it has an argument, then its options. What an option says
/// replaces what the file says; options of environment and agent, and restrictions of the space,
/// are replaced one by one.
og_status og_run_plan(const og_call* call, og_plan* plan);

/// The same for `ogive import`, whose second argument is the study file, and which has no options
/// of a search.
og_status og_run_plan_import(const og_call* call, og_plan* plan);

/// Likewise without environment, name and store, for commands that bring their own: a study file as
/// argument 1, and options space, minimize, maximize, target, metric, constraint and set.
og_status og_run_plan_goals(const og_call* call, og_plan* plan);

/// The KEY=VALUE texts of a repeated option, one of each key.
og_status og_run_plan_pairs(const og_call* call, const char* option, const og_assignment** list,
                            int* count);
