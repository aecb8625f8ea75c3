// A worker process: a crew, and what ends it.

#include "ogive/worker.h"

#include <time.h>

#include "base/interrupt.h"
#include "ogive/clock.h"
#include "study/crew.h"

og_status og_worker_serve(const char* address, const og_worker_options* options,
                          og_worker_result* result) {
    const double start = og_clock_seconds();
    const og_crew_setup setup = {.address = address, .options = *options};
    og_crew* crew;
    *result = (og_worker_result){0};
    OG_TRY(og_crew_start(&setup, &crew));
    while (!og_crew_ended(crew) && !og_interrupted(options->interrupt)) {
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
    const og_status status = og_crew_stop(crew, result);
    result->seconds = og_clock_seconds() - start;
    return status;
}
