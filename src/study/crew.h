/// Threads of one process that take tasks from a store, evaluate them and answer.
#pragma once

#include "ogive/worker.h"
#include "study/queue.h"

typedef struct og_crew og_crew;

typedef struct og_crew_setup {
    const char* address;
    og_worker_options options;          ///< `interrupt` is the caller's to look at
    int64_t study;                      ///< the only one to work for, 0 = those of the options
    const og_model* model;              ///< of that study, opened by the caller
    const og_environment* environment;  ///< in place of the registered ones; NULL = none
} og_crew_setup;

/// Start the threads; the store is opened here, so that trouble with it is told here.
og_status og_crew_start(const og_crew_setup* setup, og_crew** crew);

/// Say that there are new tasks.
void og_crew_wake(og_crew* crew);

/// True when all threads have ended by themselves: idle, or in trouble.
bool og_crew_ended(og_crew* crew);

/// Give back what is held, end the threads, free all. Fails with the trouble that ended a thread;
/// `result` may be NULL.
og_status og_crew_stop(og_crew* crew, og_worker_result* result);
