/// A plan from a study file and the options of `ogive run`.
#pragma once

#include "cli/command.h"
#include "ogive/study.h"

/// Read the plan of `call`: its file, if it has an argument, then its options. What an option says
/// replaces what the file says; options of environment and agent, and restrictions of the space,
/// are replaced one by one.
og_status og_run_plan(const og_call* call, og_plan* plan);
