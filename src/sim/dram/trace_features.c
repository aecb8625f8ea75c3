// Features of a trace: counts over its requests in order of arrival, with no memory behind it.

#include "ogive/dram_trace.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TRACE_FEATURES_ROW_BYTES = 8192,  // row of a 64-bit DDR3 or DDR4 rank of x8 devices
    TRACE_FEATURES_BANKS = 16,        // banks of a DDR4 rank of x8 devices
    TRACE_FEATURES_RECENT = 8         // interleaved streams that count as sequential
};

const og_dram_feature_doc og_dram_feature_docs[OG_DRAM_FEATURES] = {
    [OG_DRAM_FEATURE_READ_SHARE] = {"read_share", "1", "Reads among the requests, 0..1."},
    [OG_DRAM_FEATURE_SEQUENTIAL_SHARE] =
        {"sequential_share", "1",
         "Requests for the line behind one of the last 8 lines of the same initiator, 0..1."},
    [OG_DRAM_FEATURE_ROW_HIT_SHARE] =
        {"row_hit_share", "1",
         "Requests for the row last used in their bank, served in order by 16 banks of 8 KiB rows "
         "(row:bank:column addresses), 0..1."},
    [OG_DRAM_FEATURE_ROW_ENTROPY] = {"row_entropy", "1",
                                     "Shannon entropy of the requests over 8 KiB rows, as a share "
                                     "of log2(requests): 0 one row, "
                                     "1 a new row each."},
    [OG_DRAM_FEATURE_LINE_REUSE] = {"line_reuse", "1",
                                    "Requests for a 64-byte line that was asked for before, 0..1."},
    [OG_DRAM_FEATURE_FOOTPRINT] = {"footprint_bytes", "B", "Distinct 64-byte lines, times 64."},
    [OG_DRAM_FEATURE_INTENSITY] = {"intensity", "1/ns",
                                   "Requests per nanosecond from the first to the last arrival."},
    [OG_DRAM_FEATURE_BURSTINESS] =
        {"burstiness", "1",
         "Standard deviation of the gaps between arrivals over their mean: 0 evenly spaced, 1 "
         "random, more in bursts."},
    [OG_DRAM_FEATURE_INITIATORS] = {"initiators", "1", "Initiators that send the requests."},
};

static int trace_features_compare(const void* a, const void* b) {
    const uint64_t x = *(const uint64_t*)a;
    const uint64_t y = *(const uint64_t*)b;
    return (x > y) - (x < y);
}

static double trace_features_reads(const og_dram_trace* trace) {
    int64_t reads = 0;
    for (int64_t i = 0; i < trace->count; i++) {
        reads += !trace->requests[i].write;
    }
    return (double)reads / (double)trace->count;
}

static double trace_features_sequential(const og_dram_trace* trace, og_arena* scratch) {
    typedef struct recent {
        uint64_t expected[TRACE_FEATURES_RECENT];  // line behind each recent one; 0 never follows
        unsigned oldest;
    } recent;
    recent* recents = OG_NEW(scratch, recent, trace->initiators);
    int64_t sequential = 0;
    for (int64_t i = 0; i < trace->count; i++) {
        const og_dram_request* request = &trace->requests[i];
        const uint64_t line = request->address / OG_DRAM_LINE_BYTES;
        recent* mine = &recents[request->initiator];
        unsigned slot = 0;
        while (slot < TRACE_FEATURES_RECENT && (line == 0 || mine->expected[slot] != line)) {
            slot++;
        }
        if (slot < TRACE_FEATURES_RECENT) {
            sequential++;
        } else {
            slot = mine->oldest++ % TRACE_FEATURES_RECENT;
        }
        mine->expected[slot] = line + 1;
    }
    return (double)sequential / (double)trace->count;
}

static double trace_features_row_hits(const og_dram_trace* trace) {
    uint64_t open[TRACE_FEATURES_BANKS];
    memset(open, 0xff, sizeof open);
    int64_t hits = 0;
    for (int64_t i = 0; i < trace->count; i++) {
        const uint64_t row = trace->requests[i].address / TRACE_FEATURES_ROW_BYTES;
        uint64_t* bank = &open[row % TRACE_FEATURES_BANKS];
        hits += *bank == row;
        *bank = row;
    }
    return (double)hits / (double)trace->count;
}

/// Entropy over rows, reuse and footprint, from the sorted line numbers.
static void trace_features_lines(const og_dram_trace* trace, og_arena* scratch, double* features) {
    const uint64_t lines_per_row = TRACE_FEATURES_ROW_BYTES / OG_DRAM_LINE_BYTES;
    const size_t count = (size_t)trace->count;
    uint64_t* lines = og_arena_allocate_raw(scratch, count * sizeof *lines);
    for (size_t i = 0; i < count; i++) {
        lines[i] = trace->requests[i].address / OG_DRAM_LINE_BYTES;
    }
    qsort(lines, count, sizeof *lines, trace_features_compare);
    double distinct = 0;
    double row_bits = 0;  // sum over rows of n log2 n
    size_t row_start = 0;
    for (size_t i = 0; i < count; i++) {
        distinct += i == 0 || lines[i] != lines[i - 1];
        if (i + 1 == count || lines[i + 1] / lines_per_row != lines[i] / lines_per_row) {
            const double in_row = (double)(i + 1 - row_start);
            row_bits += in_row * log2(in_row);
            row_start = i + 1;
        }
    }
    const double total = (double)count;
    features[OG_DRAM_FEATURE_ROW_ENTROPY] = count > 1 ? 1 - row_bits / (total * log2(total)) : 0;
    features[OG_DRAM_FEATURE_LINE_REUSE] = 1 - distinct / total;
    features[OG_DRAM_FEATURE_FOOTPRINT] = distinct * OG_DRAM_LINE_BYTES;
}

/// Intensity and burstiness, from the sorted arrivals.
static void trace_features_arrivals(const og_dram_trace* trace, double clock_ps, og_arena* scratch,
                                    double* features) {
    const size_t count = (size_t)trace->count;
    uint64_t* arrivals = og_arena_allocate_raw(scratch, count * sizeof *arrivals);
    for (size_t i = 0; i < count; i++) {
        arrivals[i] = (uint64_t)trace->requests[i].arrival;
    }
    qsort(arrivals, count, sizeof *arrivals, trace_features_compare);
    const double span = (double)(arrivals[count - 1] - arrivals[0]);
    const double mean = count > 1 ? span / (double)(count - 1) : 0;
    double squares = 0;
    for (size_t i = 1; i < count; i++) {
        const double deviation = (double)(arrivals[i] - arrivals[i - 1]) - mean;
        squares += deviation * deviation;
    }
    const double period_ps = trace->clock_ps > 0 ? trace->clock_ps : clock_ps;
    // the last cycle counts as well, so that arrivals all in one cycle stay finite
    features[OG_DRAM_FEATURE_INTENSITY] = (double)count / ((span + 1) * period_ps * 1e-3);
    features[OG_DRAM_FEATURE_BURSTINESS] =
        mean > 0 ? sqrt(squares / (double)(count - 1)) / mean : 0;
}

void og_dram_trace_features(const og_dram_trace* trace, double clock_ps, og_arena* scratch,
                            double features[OG_DRAM_FEATURES]) {
    assert(trace && trace->count >= 1 && (clock_ps > 0 || trace->clock_ps > 0));
    const og_arena_mark mark = og_arena_here(scratch);
    features[OG_DRAM_FEATURE_READ_SHARE] = trace_features_reads(trace);
    features[OG_DRAM_FEATURE_SEQUENTIAL_SHARE] = trace_features_sequential(trace, scratch);
    features[OG_DRAM_FEATURE_ROW_HIT_SHARE] = trace_features_row_hits(trace);
    trace_features_lines(trace, scratch, features);
    trace_features_arrivals(trace, clock_ps, scratch, features);
    features[OG_DRAM_FEATURE_INITIATORS] = trace->initiators;
    og_arena_rewind(scratch, mark);
}
