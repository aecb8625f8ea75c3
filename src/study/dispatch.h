/// The side of a running study that has its designs evaluated by workers.
#pragma once

#include "study/crew.h"
#include "study/run.h"

/// Let workers evaluate the designs of `run`, where its plan or its store asks for it: from now on
/// they are published as tasks, and threads of this process are workers among others.
og_status og_dispatch_start(og_run* run);

/// Withdraw what nobody answered, and end the threads.
og_status og_dispatch_stop(og_run* run);
