/// What agents tell of themselves while a study runs, on its way into the store.
#pragma once

#include "study/run.h"

/// After a tell: take in how the search goes, ever less often the longer it gets.
void og_diagnosis_take(og_run* run);

/// Write what was taken in since the last commit. Within a transaction; a run that is gone through
/// again says the same again, which changes nothing.
og_status og_diagnosis_write(og_run* run);
