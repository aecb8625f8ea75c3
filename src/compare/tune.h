/// The environment that a tuning searches: settings of an agent, and how well they do.
#pragma once

#include "ogive/compare.h"

/// Not registered: only tunings open it. Options: `file`, `set` (assignments, one a line), `runs`
/// (the journal) and `jobs`.
extern const og_environment og_environment_tuning;

/// The tuned agent with settings `x` (shape: [option_count]) under `label`.
og_compare_agent og_tune_agent(og_arena* arena, const og_compare_agent* agent, const char* label,
                               const double* x);
