/// A pool of threads that share the calls of a loop.
#pragma once

#include "ogive/arena.h"
#include "ogive/status.h"

typedef struct og_workers og_workers;

/// One call of a parallel loop: item `index` done by worker `worker` in [0, workers), with the
/// worker's own `scratch` arena, rewound after the call.
typedef void og_work(void* context, int index, int worker, og_arena* scratch);

/// Number of processors this process may use, at least 1.
int og_workers_available(void);

/// Start `count` >= 1 workers (the caller's thread is one of them) in `arena`.
og_status og_workers_create(og_arena* arena, int count, og_workers** workers);

/// End the threads; their scratch is freed. NULL is allowed.
void og_workers_destroy(og_workers* workers);

int og_workers_count(const og_workers* workers);

/// Call `work(context, i, ...)` for every i in [0, count), in any order on any worker; returns when
/// all are done. Not reentrant.
void og_workers_run(og_workers* workers, int count, og_work* work, void* context);
