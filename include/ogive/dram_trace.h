/// Memory traffic: requests with their arrival times, from trace files, generators and real
/// kernels.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/status.h"

/// One request for one cache line.
typedef struct og_dram_request {
    uint64_t address;  ///< bytes, physical; the lowest bits below a burst are ignored
    int64_t arrival;   ///< earliest cycle at which its initiator may send it, in cycles of the
                       ///< trace's clock
    uint16_t
        initiator;  ///< 0, 1, ...: who sent it; requests of one initiator stay in order at its port
    uint8_t write;  ///< 1 write, 0 read
} og_dram_request;

/// A read-only list of requests, arrivals not decreasing per initiator.
typedef struct og_dram_trace {
    const char* name;                 ///< file or workload name, for messages and reports
    const og_dram_request* requests;  ///< list: [count]
    int64_t count;                    ///< >= 1
    int initiators;                   ///< >= 1
    double
        clock_ps;  ///< period of the arrival clock in picoseconds; 0 = the memory's command clock
} og_dram_trace;

/// Load a trace file, gzip or plain. Forms (one request a line; '#' starts a comment), found by
/// content: `cycle:\tread|write\t0xADDR` (DRAMSys .stl), `(cycle):` relative .rstl is refused with
/// a hint, `cycle R|W 0xADDR`, `0xADDR R|W` (Ramulator, gem5 text), `0xADDR READ|WRITE cycle`
/// (DRAMsim3), `R|W 0xADDR` (Ramulator 2 LD/ST as well). Forms without a cycle arrive one per
/// cycle. A damaged line fails with file:line and the reason; so does an empty file and a binary
/// one.
og_status og_dram_trace_load(og_arena* arena, const char* path, og_dram_trace* trace);

/// A built-in workload: a generator of synthetic traffic or a real kernel behind a cache model.
typedef struct og_dram_workload {
    const char* name;    ///< "gemm"
    const char* doc;     ///< what it does and what it asks of memory
    const char* source;  ///< paper, benchmark or definition behind it
    /// Fill `trace` with `count` requests (kernels may be shorter when they end earlier). Equal
    /// arguments give equal traces on every machine. `bytes` is the memory size that addresses stay
    /// below.
    void (*make)(og_arena* arena, int64_t count, uint64_t bytes, uint64_t seed,
                 og_dram_trace* trace);
} og_dram_workload;

/// Built-in workload number `index`, NULL past the end.
const og_dram_workload* og_dram_workload_at(int index);

/// The built-in workload `name`; unknown: OG_ERROR_NAME with the nearest one.
og_status og_dram_workload_find(const char* name, const og_dram_workload** workload);
