/// Pictures of DRAM simulations: the commands of each bank and the bursts on the data buses over
/// time, what the energy went into, and how near workloads come to the bandwidth there is.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/dram.h"
#include "ogive/text.h"

/// What stands at one place of a timeline for some cycles.
typedef enum og_dram_span_kind {
    OG_DRAM_SPAN_OPEN,        ///< a row is open: from its ACT to the precharge
    OG_DRAM_SPAN_ACTIVATE,    ///< ACT until a column command is allowed (tRCD)
    OG_DRAM_SPAN_PRECHARGE,   ///< a precharge until the bank is closed (tRP)
    OG_DRAM_SPAN_READ,        ///< RD or RDA on the command bus
    OG_DRAM_SPAN_WRITE,       ///< WR or WRA on the command bus
    OG_DRAM_SPAN_REFRESH,     ///< a refresh until it is over (tRFC)
    OG_DRAM_SPAN_POWER_DOWN,  ///< power-down or self-refresh, from entry to exit
    OG_DRAM_SPAN_READ_DATA,   ///< a burst on the data bus
    OG_DRAM_SPAN_WRITE_DATA,
    OG_DRAM_SPANS,
} og_dram_span_kind;

/// Names of the kinds, as the CSV has them.
extern const char* const og_dram_span_names[OG_DRAM_SPANS];

/// One span. Fields that do not apply are -1.
typedef struct og_dram_span {
    og_dram_span_kind kind;
    og_dram_command command;                           ///< that began it
    int64_t begin, end;                                ///< cycles, begin <= cycle < end
    int channel, rank, bank_group, bank, row, column;  ///< bank counts within its group; a span of
                                                       ///< a whole rank has bank -1
    int64_t request;
} og_dram_span;

/// How many requests have arrived and not got their column command, from `begin` on.
typedef struct og_dram_waiting {
    int64_t begin;  ///< cycle
    int64_t count;
} og_dram_waiting;

/// Gathers the spans of one simulation. Start with og_dram_timeline_create().
typedef struct og_dram_timeline {
    og_arena* arena;
    const og_dram_device* device;
    int64_t from, to;     ///< cycles shown; `to` moves back when the limit is reached
    og_dram_span* spans;  ///< those that touch [from, to), list: [count]; data spans of one bus in
                          ///< order
    int count;
    const og_dram_waiting* waiting;  ///< of a finished one with a trace: from `from` to `to`, list:
                                     ///< [waiting_count]
    int waiting_count;
    int64_t commands;  ///< in [from, to)
    bool cut;          ///< the limit was reached
    struct og_dram_timeline_internals* internals;
} og_dram_timeline;

/// Most commands of a timeline.
enum { OG_DRAM_TIMELINE_COMMANDS = 4000 };

/// A timeline of the time from `from_ns` >= 0 to `to_ns` > from_ns, in `arena`, which must not be
/// the scratch arena of the simulation. `device` and `trace` are those that are simulated; without
/// a trace (NULL) nothing is known of waiting requests.
og_dram_timeline* og_dram_timeline_create(og_arena* arena, const og_dram_device* device,
                                          const og_dram_trace* trace, double from_ns, double to_ns);

/// For og_dram_observer.command; `context` is an og_dram_timeline.
void og_dram_timeline_command(void* context, const og_dram_event* event);

/// End it, after the simulation: `cycles` is its length.
void og_dram_timeline_finish(og_dram_timeline* timeline, int64_t cycles);

/// Draw a finished timeline as SVG: a row a bank, one for the data of each channel, and how many
/// requests wait. `title` says what was simulated.
void og_dram_timeline_svg(const og_dram_timeline* timeline, const char* title, og_buffer* out);

/// Its spans as CSV: kind, command, begin and end in cycles and ns, channel, rank, bankgroup, bank,
/// row, column, request; then rows of kind "waiting", whose count of requests is the last column.
void og_dram_timeline_csv(const og_dram_timeline* timeline, og_buffer* out);

/// One simulation of several that are shown side by side.
typedef struct og_dram_run {
    const char* name;  ///< of the workload
    const og_dram_device* device;
    const og_dram_trace* trace;
    const og_dram_result* result;
} og_dram_run;

/// What each workload's energy went into, as parts of a bar, in pJ for each bit moved.
void og_dram_energy_svg(og_arena* arena, const og_dram_run* runs, int count, og_buffer* out);

/// The same as CSV: workload, part, energy_pj, pj_per_bit, share.
void og_dram_energy_csv(og_arena* arena, const og_dram_run* runs, int count, og_buffer* out);

/// Bandwidth that each workload demands (its bytes over the time of its last arrival) and gets,
/// below the two roofs: the peak of the data buses, and the demand itself. Beside them what its
/// requests found (row hits, misses, conflicts) and what a read waited for.
void og_dram_roofline_svg(og_arena* arena, const og_dram_run* runs, int count, og_buffer* out);

/// The same as CSV: workload, peak_gbps, demand_gbps, bandwidth_gbps, bus_utilisation, shares of
/// row hits, misses and conflicts, mean read latency in its parts, ns.
void og_dram_roofline_csv(og_arena* arena, const og_dram_run* runs, int count, og_buffer* out);
