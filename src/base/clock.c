#include "ogive/clock.h"

#include <time.h>

static double clock_read(clockid_t id) {
    struct timespec now;
    clock_gettime(id, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double og_clock_seconds(void) {
    return clock_read(CLOCK_MONOTONIC);
}

double og_clock_processor_seconds(void) {
    return clock_read(CLOCK_PROCESS_CPUTIME_ID);
}
