/// Memory traffic: requests with their arrival times, from trace files, generators and real
/// kernels.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/status.h"

/// Bytes of the cache line that one request asks for.
#define OG_DRAM_LINE_BYTES 64

/// Most initiators that a trace may name.
#define OG_DRAM_INITIATORS 256

/// Largest arrival that a trace file may hold, in cycles of its clock: leaves room to convert it to
/// picoseconds and add latencies to it without overflow.
#define OG_DRAM_ARRIVAL_MAX INT64_C(1000000000000000)

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
    int initiators;  ///< 1..OG_DRAM_INITIATORS, one more than the largest in `requests`
    double
        clock_ps;  ///< period of the arrival clock in picoseconds; 0 = the memory's command clock
} og_dram_trace;

/// Load a trace file, gzip or plain. One request a line in one of these forms, found by the first
/// line that holds a request; blank lines and CRLF are accepted, `#` starts a comment anywhere:
///
///     cycle: [(length)] read|write address [data]     DRAMSys .stl; address and data hexadecimal
///     cycle R|W address                               peers' common form
///     address READ|WRITE cycle                        DRAMsim3; address with 0x
///     address R|W                                     Ramulator 1, gem5 text; one request per
///     cycle R|W address, LD|ST address                      Ramulator 2; one request per cycle
///
/// Operations are read, write, R, W, LD, ST in any case. Addresses are hexadecimal with 0x; without
/// it they are hexadecimal in .stl and decimal in the other forms. A length is 1..64 bytes. The
/// comment `# clock_ps: 1250` sets the trace's clock (default: the memory's command clock), the
/// comment `# initiator 3` behind a request names its sender (default 0).
/// A cycle smaller than that of a line above it: in .stl the request is sent at once, so its
/// arrival becomes that of its predecessor (concatenated traces rely on it); in the other forms it
/// is an error. Relative traces (.rstl) are refused: their arrivals depend on the memory simulated.
///
/// Everything is allocated from `arena`. Fails with "file:line: reason" on a damaged line, a cycle
/// that goes backwards or exceeds OG_DRAM_ARRIVAL_MAX, an address wider than 64 bits; and on a file
/// that is empty, binary, larger than 1 GiB unpacked, or holds more than 2^26 requests.
og_status og_dram_trace_load(og_arena* arena, const char* path, og_dram_trace* trace);

/// The same for text in memory: `size` bytes at `text`, which need not be terminated. `name` is
/// copied, goes before the line numbers in messages and becomes the trace's name.
og_status og_dram_trace_parse(og_arena* arena, const char* name, const char* text, size_t size,
                              og_dram_trace* trace);

/// Write `trace` to `path` in the .stl form, with its clock and its initiators in comments, so that
/// og_dram_trace_load() gives the same trace back. "-" writes to standard output.
og_status og_dram_trace_save(const char* path, const og_dram_trace* trace);

/// Programs that run at the same time, as one trace with a clock of 1 ps: trace k of `traces`
/// (list: [count], >= 1) with its addresses moved up by k * `stride` bytes and its initiators
/// behind those of the traces before it. `clock_ps` > 0 stands in for traces without a clock of
/// their own. Requests are in `arena`; `name` is kept. Fails with more than OG_DRAM_INITIATORS
/// initiators.
og_status og_dram_trace_merge(og_arena* arena, const char* name, const og_dram_trace* traces,
                              int count, double clock_ps, uint64_t stride, og_dram_trace* merged);

/// What a trace looks like, without a memory: numbers that a learned agent can observe.
typedef enum og_dram_feature {
    OG_DRAM_FEATURE_READ_SHARE,
    OG_DRAM_FEATURE_SEQUENTIAL_SHARE,
    OG_DRAM_FEATURE_ROW_HIT_SHARE,
    OG_DRAM_FEATURE_ROW_ENTROPY,
    OG_DRAM_FEATURE_LINE_REUSE,
    OG_DRAM_FEATURE_FOOTPRINT,
    OG_DRAM_FEATURE_INTENSITY,
    OG_DRAM_FEATURE_BURSTINESS,
    OG_DRAM_FEATURE_INITIATORS,
    OG_DRAM_FEATURES,
} og_dram_feature;

/// Name, unit and meaning of a feature.
typedef struct og_dram_feature_doc {
    const char* name;  ///< "row_hit_share"
    const char* unit;  ///< "1", "B", "1/ns"
    const char* doc;   ///< definition, with its range
} og_dram_feature_doc;

/// One row per og_dram_feature, in its order.
extern const og_dram_feature_doc og_dram_feature_docs[OG_DRAM_FEATURES];

/// Measure the features of `trace` into `features` (list: [OG_DRAM_FEATURES]), all finite.
/// `clock_ps` > 0 stands in when the trace has no clock of its own: pass the period of the memory's
/// command clock. Temporary memory comes from `scratch` and is given back. O(count log count).
void og_dram_trace_features(const og_dram_trace* trace, double clock_ps, og_arena* scratch,
                            double features[OG_DRAM_FEATURES]);

/// A built-in workload: a generator of synthetic traffic or a real kernel behind a cache model.
typedef struct og_dram_workload {
    const char* name;    ///< "gemm"
    const char* doc;     ///< what it does and what it asks of memory
    const char* source;  ///< paper, benchmark or definition behind it
    /// Fill `trace` with exactly `count` >= 1 requests, sorted by arrival, the first at cycle 0.
    /// Equal arguments give equal traces on every machine. `bytes` >= 4096 is the memory size that
    /// addresses stay below. Temporary memory is given back; the requests stay in `arena`.
    void (*make)(og_arena* arena, int64_t count, uint64_t bytes, uint64_t seed,
                 og_dram_trace* trace);
} og_dram_workload;

/// Built-in workload number `index` from 0, NULL past the end: the generators, then the kernels.
const og_dram_workload* og_dram_workload_at(int index);

/// The built-in workload `name`; unknown: OG_ERROR_NAME with the nearest one.
og_status og_dram_workload_find(const char* name, const og_dram_workload** workload);
