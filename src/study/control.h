/// What a running study is asked for by others, through its store.
#pragma once

#include "study/run.h"

/// What was asked of the study before it began to run is no longer meant.
og_status og_control_forget(og_run* run);

/// Read what was asked since the last look, and do it: stop, extend, keep a design for the next
/// time between two batches.
og_status og_control_obey(og_run* run);

/// The next design that was asked for between the batches: a recorded one in a replay, then those
/// that wait. NULL = none. The second function takes it off the list.
const double* og_control_design(const og_run* run);
void og_control_designed(og_run* run);
