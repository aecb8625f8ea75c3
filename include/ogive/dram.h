/// The DRAM subsystem simulator: initiators, arbiter, memory controller, and DRAM channels,
/// event-driven and exact to the cycle. Usable alone; knows nothing of search. Pure: an opened
/// system is read-only and shared by threads, a simulation allocates from its scratch arena only.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/dram_device.h"
#include "ogive/dram_trace.h"
#include "ogive/status.h"

typedef enum og_dram_page_policy {
    OG_DRAM_PAGE_OPEN,
    OG_DRAM_PAGE_OPEN_ADAPTIVE,
    OG_DRAM_PAGE_CLOSED,
    OG_DRAM_PAGE_CLOSED_ADAPTIVE,
} og_dram_page_policy;

typedef enum og_dram_scheduler {
    OG_DRAM_SCHEDULER_FIFO,
    OG_DRAM_SCHEDULER_FRFCFS,
    OG_DRAM_SCHEDULER_FRFCFS_GRP,
    OG_DRAM_SCHEDULER_GRP_FRFCFS,
    OG_DRAM_SCHEDULER_GRP_FRFCFS_WM,  ///< write drain between the two watermarks
} og_dram_scheduler;

typedef enum og_dram_scheduler_buffer {
    OG_DRAM_BUFFER_BANKWISE,
    OG_DRAM_BUFFER_READ_WRITE,
    OG_DRAM_BUFFER_SHARED,
} og_dram_scheduler_buffer;

typedef enum og_dram_command_mux { OG_DRAM_MUX_OLDEST, OG_DRAM_MUX_STRICT } og_dram_command_mux;

typedef enum og_dram_response_queue {
    OG_DRAM_RESPONSE_FIFO,
    OG_DRAM_RESPONSE_REORDER,
} og_dram_response_queue;

typedef enum og_dram_refresh_policy {
    OG_DRAM_REFRESH_NONE,  ///< loses data on a real device
    OG_DRAM_REFRESH_ALL_BANK,
    OG_DRAM_REFRESH_PER_BANK,
    OG_DRAM_REFRESH_SAME_BANK,
} og_dram_refresh_policy;

typedef enum og_dram_power_down {
    OG_DRAM_POWER_DOWN_NONE,
    OG_DRAM_POWER_DOWN_STAGGERED
} og_dram_power_down;

typedef enum og_dram_arbiter {
    OG_DRAM_ARBITER_SIMPLE,
    OG_DRAM_ARBITER_FIFO,
    OG_DRAM_ARBITER_REORDER,
} og_dram_arbiter;

/// The path from a port to the scheduler.
typedef enum og_dram_front_end {
    OG_DRAM_FRONT_END_DIRECT,      ///< a request is scheduled from the cycle of its arrival, as in
                                   ///< DRAMSys 4.0
    OG_DRAM_FRONT_END_REGISTERED,  ///< one register stage before the scheduler, as in DRAMSys 5
} og_dram_front_end;

/// A controller: everything that a design chooses.
typedef struct og_dram_controller {
    og_dram_page_policy page_policy;
    og_dram_scheduler scheduler;
    og_dram_scheduler_buffer scheduler_buffer;
    og_dram_command_mux command_mux;
    og_dram_response_queue response_queue;
    og_dram_refresh_policy refresh_policy;
    og_dram_power_down power_down;
    og_dram_arbiter arbiter;
    int request_buffer_size;    ///< entries of one buffer (a bank, each direction, or all), 1..128
    int refresh_max_postponed;  ///< 0..8 intervals
    int refresh_max_pulled_in;  ///< 0..8 intervals
    int max_active_transactions;  ///< per initiator, 1..128; no effect with the simple arbiter
    int write_high_watermark;     ///< writes buffered that start a drain (GRP_FRFCFS_WM)
    int write_low_watermark;      ///< writes buffered that end it
    int address_map;              ///< index into the maps given to og_dram_open()
    og_dram_front_end front_end;
} og_dram_controller;

/// What og_dram_open() builds a system from.
typedef struct og_dram_setup {
    const og_dram_device* device;
    const og_dram_trace* trace;
    /// Address maps (list: [map_count]), each a text: fields from the most to the least significant
    /// bit, `row:bank:column` style with ro, ra, ch, bg, ba, co separated by ':' (for example
    /// "ro:ba:bg:co"), or "bits" form "row=17-32 bank=15,16 bankgroup=13,14 column=3-12"; XOR
    /// hashing as "bank^row" terms. The full grammar is in docs/environments/dram.md. NULL stands
    /// for the device's own map.
    const char* const* maps;
    int map_count;
    /// Ignore address bits beyond the device, as DRAMSys does; false: such an address fails.
    bool wrap;
} og_dram_setup;

typedef struct og_dram_system og_dram_system;

/// Build the read-only system: decode every request of the trace under every map. Fails when an
/// address lies beyond the device, a map does not cover each address bit exactly once, and so on.
og_status og_dram_open(og_arena* arena, const og_dram_setup* setup, const og_dram_system** system);

/// Kinds of commands, in the order of `og_dram_result.commands`.
typedef enum og_dram_command {
    OG_DRAM_ACT,
    OG_DRAM_PRE,   ///< precharge one bank
    OG_DRAM_PREA,  ///< precharge all banks of a rank
    OG_DRAM_RD,
    OG_DRAM_RDA,
    OG_DRAM_WR,
    OG_DRAM_WRA,
    OG_DRAM_REFA,  ///< refresh all banks
    OG_DRAM_REFB,  ///< refresh one bank
    OG_DRAM_REFS,  ///< refresh the same bank of every group
    OG_DRAM_PDEA,  ///< power-down entry, a row open
    OG_DRAM_PDEP,  ///< power-down entry, all closed
    OG_DRAM_PDXA,
    OG_DRAM_PDXP,
    OG_DRAM_SREF,  ///< self-refresh entry
    OG_DRAM_SREX,
    OG_DRAM_COMMANDS,
} og_dram_command;

/// Names as in command traces: ACT, PREPB, PREAB, RD, RDA, WR, WRA, REFAB, REFPB, REFSB, PDEA, ...
extern const char* const og_dram_command_names[OG_DRAM_COMMANDS];

/// One command on the bus. Fields that do not apply are -1.
typedef struct og_dram_event {
    int64_t cycle;
    og_dram_command command;
    int channel, rank, bank_group, bank, row, column;  ///< bank counts within its group
    int64_t request;  ///< index in the trace of the request served, -1 for maintenance
} og_dram_event;

/// Receives every command in order (slow path, for command traces and checkers).
typedef struct og_dram_observer {
    void (*command)(void* context, const og_dram_event* event);
    void* context;
} og_dram_observer;

/// Energy of all devices of all channels, pJ.
typedef struct og_dram_energy {
    double activate, precharge, read, write, refresh;
    double background_active, background_precharged, power_down, self_refresh;
    double total;
} og_dram_energy;

/// Everything measured in one simulation.
typedef struct og_dram_result {
    double time_ns;  ///< first cycle to the last response delivered
    int64_t cycles;  ///< the same in command-clock cycles
    int64_t reads, writes;
    double read_latency_average_ns, read_latency_p50_ns, read_latency_p95_ns, read_latency_p99_ns,
        read_latency_max_ns;  ///< from the arrival that the trace asks for to the response: waiting
                              ///< at the initiator counts; NaN without reads
    double read_port_latency_average_ns;  ///< from the cycle in which the initiator's port is free
                                          ///< to send the request, as DRAMSys counts; NaN
                                          ///< without reads
    double queue_latency_average_ns;      ///< from acceptance by the controller to the end of data
    double bandwidth_gbps;                ///< Gb/s of data over `time_ns`
    double bus_utilisation;               ///< share of the data-bus cycles in use, 0..1
    double power_mw;                      ///< average
    double energy_delay_js;               ///< energy x time, J s
    og_dram_energy energy;
    int64_t commands[OG_DRAM_COMMANDS];
    int64_t row_hits, row_misses, row_conflicts;  ///< column commands to an open row; after ACT on
                                                  ///< a closed bank; after PRE of another row
    int64_t refreshes;
    double queue_occupancy_average;  ///< requests in the scheduler, time average
    int queue_occupancy_max;
    double fairness;  ///< Jain's index of the initiators' mean latencies, 0..1, 1 = equal
} og_dram_result;

/// Simulate. Returns OG_OK, or OG_ERROR_VALUE with the reason when the controller is not valid for
/// the system (range, per-bank refresh on a device without it), or a watchdog stopped it (names the
/// blocked request). `observer` may be NULL. Reentrant.
og_status og_dram_simulate(const og_dram_system* system, const og_dram_controller* controller,
                           og_arena* scratch, const og_dram_observer* observer,
                           og_dram_result* result);

/// The same with a controller for each channel (`controllers`: list, one a channel of the system's
/// device). What lies before the channels, that is arbiter, max_active_transactions, front_end and
/// address_map, must be the same in all: otherwise OG_ERROR_VALUE.
og_status og_dram_simulate_channels(const og_dram_system* system,
                                    const og_dram_controller* controllers, og_arena* scratch,
                                    const og_dram_observer* observer, og_dram_result* result);

/// Replace every choice of `controller` that cannot matter on this system by its canonical value,
/// so that equivalent controllers become equal (max_active_transactions under the simple arbiter,
/// ...).
void og_dram_canonical(const og_dram_system* system, og_dram_controller* controller);

/// The default controller of DRAMSys: Open, FrFcfs, Bankwise 8, Oldest, Fifo, AllBank 0/0,
/// Simple, 64.
og_dram_controller og_dram_controller_default(void);
