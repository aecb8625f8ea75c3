// Programs that run at the same time: their traces as one.
#include "ogive/dram_trace.h"

#include <assert.h>
#include <math.h>

// the arrival of request `i` of a trace in picoseconds
static int64_t trace_merge_arrival(const og_dram_trace* trace, int64_t i, double clock_ps) {
    const double period = trace->clock_ps > 0 ? trace->clock_ps : clock_ps;
    return (int64_t)llround((double)trace->requests[i].arrival * period);
}

// The trace whose next request comes first, the earlier trace when two come together.
static int trace_merge_first(const og_dram_trace* traces, int count, double clock_ps,
                             const int64_t* next) {
    int first = -1;
    int64_t earliest = 0;
    for (int k = 0; k < count; k++) {
        if (next[k] == traces[k].count) {
            continue;
        }
        const int64_t arrival = trace_merge_arrival(&traces[k], next[k], clock_ps);
        if (first < 0 || arrival < earliest) {
            first = k;
            earliest = arrival;
        }
    }
    return first;
}

og_status og_dram_trace_merge(og_arena* arena, const char* name, const og_dram_trace* traces,
                              int count, double clock_ps, uint64_t stride, og_dram_trace* merged) {
    assert(count >= 1 && clock_ps > 0);
    *merged = (og_dram_trace){.name = name, .clock_ps = 1};
    int* initiators = OG_NEW(arena, int, count);
    for (int k = 0; k < count; k++) {
        initiators[k] = merged->initiators;
        merged->initiators += traces[k].initiators;
        merged->count += traces[k].count;
    }
    if (merged->initiators > OG_DRAM_INITIATORS) {
        return og_fail(OG_ERROR_VALUE, "%s: %d initiators together, at most %d are possible", name,
                       merged->initiators, OG_DRAM_INITIATORS);
    }
    og_dram_request* requests = OG_NEW(arena, og_dram_request, merged->count);
    int64_t* next = OG_NEW(arena, int64_t, count);
    for (int64_t i = 0; i < merged->count; i++) {
        const int k = trace_merge_first(traces, count, clock_ps, next);
        const og_dram_request* request = &traces[k].requests[next[k]];
        requests[i] = (og_dram_request){
            .address = request->address + (uint64_t)k * stride,
            .arrival = trace_merge_arrival(&traces[k], next[k], clock_ps),
            .initiator = (uint16_t)(initiators[k] + request->initiator),
            .write = request->write,
        };
        next[k]++;
    }
    merged->requests = requests;
    return OG_OK;
}
