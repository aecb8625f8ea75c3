// Measurement of one simulation: counters, latencies, energy.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "sim/dram/system.h"

// Latencies are counted in bins: one by one below two times DRAM_LATENCY_STEPS cycles, above in
// that many steps per doubling, so that a percentile is exact to 0.1 %.
enum {
    DRAM_LATENCY_BITS = 10,
    DRAM_LATENCY_STEPS = 1 << DRAM_LATENCY_BITS,
    DRAM_LATENCY_SHIFT_MAX = 31,
    DRAM_LATENCY_BINS = DRAM_LATENCY_STEPS * (DRAM_LATENCY_SHIFT_MAX + 2)
};

// How the row that a column command finds was opened.
typedef enum dram_row_origin { DRAM_ROW_HIT, DRAM_ROW_MISS, DRAM_ROW_CONFLICT } dram_row_origin;

// Time that a rank has rows open: the union of its banks' open intervals.
typedef struct dram_activity {
    int64_t since;       // start of the current interval, -1 = none yet
    int64_t end;         // latest known end in the interval
    int open;            // banks whose end is not known
    int64_t active;      // cycles of finished intervals
    int64_t down_since;  // start of power-down or self-refresh
    int64_t active_down, precharged_down, self_refresh;  // cycles
    int64_t refreshed;                                   // end of the last refresh's active part
} dram_activity;

typedef struct dram_measure {
    int64_t commands[OG_DRAM_COMMANDS];
    int64_t precharges;  // banks closed, by whatever command
    int64_t origins[3];  // column commands by dram_row_origin
    int64_t end;         // last response
    int64_t last;        // time of the last command or auto-precharge
    int64_t window_end;  // and its completion: the window of energy and power
    int64_t occupancy;   // requests x cycles in the scheduler
    int64_t buffered, buffered_max;
    int64_t data_latency;  // acceptance to end of data, summed
    int64_t reads, read_latency, read_latency_max;
    int64_t read_port_latency;   // from the cycle in which the port was free to send it, summed
    uint32_t* latencies;         // list: [DRAM_LATENCY_BINS]
    int64_t* initiator_latency;  // lists: [initiators]
    int64_t* initiator_requests;
    dram_activity* activity;  // list: [channels * ranks]
    int ranks;
} dram_measure;

dram_measure og_dram_measure_make(og_arena* arena, const og_dram_system* system);

// The last event of the command stream: when all is done after it.
static inline void og_dram_measure_last(dram_measure* measure, int64_t time, int64_t end,
                                        bool precharge) {
    if (time > measure->last || (time == measure->last && !precharge)) {
        measure->last = time;
        measure->window_end = end;
    }
}

// A bank of the rank opens at `time`.
static inline void og_dram_activity_open(dram_activity* activity, int64_t time) {
    if (activity->open == 0 && activity->end <= time) {
        if (activity->since >= 0) {
            activity->active += activity->end - activity->since;
        }
        activity->since = time;
    }
    activity->open++;
}

// A bank of the rank closes at `end`, which may lie ahead.
static inline void og_dram_activity_close(dram_activity* activity, int64_t end) {
    activity->open--;
    activity->end = end > activity->end ? end : activity->end;
}

static inline int og_dram_latency_bin(int64_t latency) {
    if (latency < 2 * DRAM_LATENCY_STEPS) {
        return (int)latency;
    }
    const int shift = 63 - __builtin_clzll((unsigned long long)latency) - DRAM_LATENCY_BITS;
    if (shift > DRAM_LATENCY_SHIFT_MAX) {
        return DRAM_LATENCY_BINS - 1;
    }
    return DRAM_LATENCY_STEPS * shift + (int)(latency >> shift);
}

// A response reaches its initiator at `time`; its port was free to send the request at `sent`.
// Latency counts from the arrival that the trace asks for: back-pressure is waiting like any other,
// or else a controller would look quick that keeps requests out.
static inline void og_dram_measure_response(dram_measure* measure, const dram_entry* entry,
                                            int64_t sent, int64_t time) {
    const int64_t latency = time - entry->arrival;
    measure->end = time > measure->end ? time : measure->end;
    measure->initiator_latency[entry->initiator] += latency;
    measure->initiator_requests[entry->initiator]++;
    if (!entry->write) {
        measure->reads++;
        measure->read_latency += latency;
        measure->read_port_latency += time - sent;
        measure->read_latency_max =
            latency > measure->read_latency_max ? latency : measure->read_latency_max;
        measure->latencies[og_dram_latency_bin(latency)]++;
    }
}

// Everything measured into `result`.
void og_dram_measure_finish(const dram_measure* measure, const og_dram_system* system,
                            og_dram_result* result);
