/// Workers: processes, on any host that reaches the store, that evaluate designs of running
/// studies. What they find is what the study would have found itself; docs/workers.md.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/status.h"

typedef struct og_worker_options {
    const char* const* studies;  ///< names of those to work for, list: [study_count]
    int study_count;             ///< 0 = all
    int jobs;                    ///< threads that evaluate, 0 = all processors
    double idle;                 ///< seconds without a task after which to end; negative = never
    double lost_after;  ///< seconds without a sign of life after which others take over what this
                        ///< worker holds; 0 = 30
    double patience;    ///< seconds to try to reach a server that was lost; 0 = 300
    bool trust;  ///< do not evaluate the default design of each study to see whether this host
                 ///< finds what was recorded
    const volatile int* interrupt;  ///< gives all tasks back and ends when non-zero; may be NULL

    /// Receives lines for people (a study that is refused and why); may be NULL. From any thread.
    void (*say)(void* context, const char* line);
    void* say_context;
} og_worker_options;

typedef struct og_worker_result {
    int64_t evaluated;   ///< designs
    int64_t claims;      ///< groups of tasks that were taken
    int64_t given_back;  ///< tasks that were taken and not evaluated
    int studies;         ///< opened
    int refused;         ///< studies
    double seconds;
} og_worker_result;

/// Work for the store at `address` until interrupted or idle. A study that cannot be opened here,
/// or that gives other results here, is refused and left to others.
og_status og_worker_serve(const char* address, const og_worker_options* options,
                          og_worker_result* result);
