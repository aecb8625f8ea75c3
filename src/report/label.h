/// Names of the searches behind studies, for tables and pictures that show several.
#pragma once

#include "ogive/store.h"

/// What each study (list: [count]) was searched by, list: [count]. Studies that differ in nothing
/// but seed and name share a label: the agent, followed by those of options, batch and budget in
/// which it differs from other studies of the same agent.
const char** og_study_labels(og_arena* arena, const og_study_record* const* records, int count);
