// Fuzzing of the trace parser: any bytes give a valid trace or a message, never a crash.

#include <stdlib.h>
#include <string.h>

#include "ogive/dram_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static void trace_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

static void trace_fuzz_check(const og_dram_trace* trace, og_arena* arena) {
    int64_t last[OG_DRAM_INITIATORS] = {0};
    trace_fuzz_require(trace->count >= 1 && trace->initiators >= 1);
    trace_fuzz_require(trace->initiators <= OG_DRAM_INITIATORS && trace->clock_ps >= 0);
    for (int64_t i = 0; i < trace->count; i++) {
        const og_dram_request* request = &trace->requests[i];
        trace_fuzz_require(request->initiator < trace->initiators && request->write <= 1);
        trace_fuzz_require(request->arrival >= last[request->initiator]);
        trace_fuzz_require(request->arrival <= OG_DRAM_ARRIVAL_MAX);
        last[request->initiator] = request->arrival;
    }
    double features[OG_DRAM_FEATURES];
    og_dram_trace_features(trace, 1000, arena, features);
    for (int i = 0; i < OG_DRAM_FEATURES; i++) {
        trace_fuzz_require(features[i] >= -1e-9 && features[i] < 1e300);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    og_arena* arena = og_arena_create();
    // a copy of the exact size, so that reading behind its end is seen
    char* text = malloc(size > 0 ? size : 1);
    trace_fuzz_require(text != NULL);
    if (size > 0) {
        memcpy(text, data, size);
    }
    og_dram_trace trace;
    if (og_dram_trace_parse(arena, "fuzz", text, size, &trace) == OG_OK) {
        trace_fuzz_check(&trace, arena);
    } else {
        trace_fuzz_require(strstr(og_error_text(), "fuzz:") == og_error_text());
    }
    free(text);
    og_arena_destroy(arena);
    return 0;
}
