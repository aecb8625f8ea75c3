// One channel: its memory controller, event-driven. Exact and general; stream.c is the fast twin
// for the common systems, and the tests hold the two equal.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/dram/measure.h"
#include "sim/dram/system.h"

#define DRAM_NEVER INT64_MAX

// A command that could be issued, with its earliest cycle.
typedef struct dram_candidate {
    int64_t time;
    int64_t key;              // time + length of the command: the smallest wins
    int64_t order;            // ties: the oldest request wins; refresh 0, power-down last
    og_dram_command command;  // OG_DRAM_COMMANDS = none
    int rank;
    int lane;  // -1 for commands to a rank
} dram_candidate;

// State of a bank. Requests queue in one list, or in one per direction for the grouping schedulers.
typedef struct dram_lane {
    int64_t act, pre, read, write, reada;  // earliest cycles of commands, bank's own rules
    int32_t open_row;                      // -1 closed
    int32_t head[2], tail[2], count[2];
    int32_t current;          // request that the bank works on, DRAM_NO_REQUEST idle
    og_dram_command command;  // what it needs next, OG_DRAM_COMMANDS = nothing
    bool blocked;             // a refresh keeps new commands out
    bool keep;                // the row was opened for `current`
    dram_row_origin origin;
    bool precharged_for_row;  // closed by PRE, for another row
    int64_t restored;         // earliest end of the open row (tRAS)
} dram_lane;

typedef enum dram_down_state {
    DRAM_DOWN_AWAKE,
    DRAM_DOWN_ACTIVE,
    DRAM_DOWN_PRECHARGED,
    DRAM_DOWN_SELF_REFRESH,
    DRAM_DOWN_EXTRA_REFRESH,  // the refresh owed after self-refresh
} dram_down_state;

typedef struct dram_rank {
    int64_t acts[4];  // last four ACT, a ring
    int act_next;
    int64_t ref_other;   // earliest per-bank refresh of another bank
    int64_t any;         // earliest command after an exit
    int64_t down, exit;  // earliest entry to and exit from power-down
    int open_rows;
    int requests;  // accepted and not served
    // refresh manager
    int64_t due;
    int flexibility;
    bool pulled_in;           // state after a refresh: more may follow
    bool forced_lane;         // a forced refresh waits for its banks
    int refresh_lane;         // turn of the round: bank, or bank of the groups
    int command_lane;         // bank of the next command, -1 for the rank
    uint64_t remaining;       // banks of this round not yet refreshed
    og_dram_command refresh;  // what the manager needs, OG_DRAM_COMMANDS = nothing
    bool asleep;
    // power-down manager
    dram_down_state state;
    bool idle, entry, exit_asked, self_asked;
    og_dram_command down_command;
} dram_rank;

typedef struct dram_response {
    int64_t time;
    int32_t request;
} dram_response;

typedef struct dram_channel {
    const og_dram_system* system;
    const dram_entry* entries;
    const og_dram_controller* controller;
    const dram_distances* d;
    const og_dram_observer* observer;
    dram_measure* measure;
    int index;
    int64_t now;
    int64_t wake;         // next cycle at which something can happen by itself
    dram_candidate best;  // command to issue next, when nothing changes before
    bool stale;           // something has changed since `best` was found
    uint64_t active[2];   // sets of banks: with a next command,
    uint64_t touched[2];  // and to choose anew at the end of the activation
    // scheduler
    bool split_lists;          // one queue per direction
    int32_t *next, *previous;  // lists: [system.count], shared by the channels
    int64_t* order;            // list: [system.count], arrival order in the channel
    int64_t accepted;
    int last_direction;  // of the last column command
    bool write_mode;
    int last_lane;      // bank of the last accepted request
    int reads, writes;  // buffered
    // command bus: row and column commands, equal unless split
    int64_t bus_row, bus_column;
    int64_t next_column_order;  // strict command mux
    // slot between arbiter and scheduler
    int32_t slot;
    int64_t slot_time;
    bool slot_fresh;  // the channel has not looked at the slot yet
    // responses
    int64_t last_response;
    int64_t next_response;     // order number of the next response (reorder queue)
    int64_t* ready;            // list: [system.count], end of data of each request
    int32_t* by_order;         // list: [requests of the channel], order -> request
    dram_response* responses;  // ring
    int64_t response_head, response_tail, response_mask;
    int64_t group_ready[5][DRAM_GROUPS_MAX];  // rules between banks
    dram_lane lanes[DRAM_LANES_MAX];
    dram_rank ranks[DRAM_RANKS_MAX];
    // what END_REQ needs: set by the run in which a request was accepted
    int32_t accepted_request;
    int64_t accepted_time;
} dram_channel;

// Rows of dram_channel.group_ready.
enum { DRAM_CLASS_ACT, DRAM_CLASS_PRE, DRAM_CLASS_READ, DRAM_CLASS_WRITE, DRAM_CLASS_REFRESH };

// Set up channel `index`; the arrays are given by the caller.
void og_dram_channel_start(dram_channel* channel);

// One activation of the controller at cycle `time` >= channel->now: accept, refresh and power-down
// decisions, at most one command, and the next wake-up into channel->wake.
void og_dram_channel_run(dram_channel* channel, int64_t time);

// Run a channel on its own to the last cycle before `until`: no channel of the system has requests,
// and none comes before `until`. Long pauses cost no more than the first rounds of refreshes
// (idle.c).
void og_dram_channel_idle(dram_channel* channel, int64_t until);

// Refresh and power-down managers (refresh.c, power_down.c). `start` decides what the manager needs
// at `now`; `update` follows an issued command.
void og_dram_refresh_init(dram_channel* channel, int rank);
void og_dram_refresh_start(dram_channel* channel, int rank);
void og_dram_refresh_update(dram_channel* channel, int rank, og_dram_command command);
void og_dram_power_down_start(dram_channel* channel, int rank);
void og_dram_power_down_update(dram_channel* channel, int rank, og_dram_command command);
void og_dram_power_down_enter(dram_channel* channel, int rank);
void og_dram_power_down_exit(dram_channel* channel, int rank);
void og_dram_power_down_interrupt(dram_channel* channel, int rank);

// Sets of banks.
static inline void dram_lane_add(uint64_t set[2], int lane) {
    set[lane >> 6] |= UINT64_C(1) << (lane & 63);
}
static inline void dram_lane_drop(uint64_t set[2], int lane) {
    set[lane >> 6] &= ~(UINT64_C(1) << (lane & 63));
}

// Earliest cycle of a refresh or power-down command (ready.c).
int64_t og_dram_rank_ready(const dram_channel* channel, int rank, og_dram_command command,
                           int lane);
// Earliest cycle of a bank command.
int64_t og_dram_lane_ready(const dram_channel* channel, int lane, og_dram_command command);
// Book an issued command in the tables of rules.
void og_dram_ready_insert(dram_channel* channel, int rank, int lane, og_dram_command command);
// Command-bus cycles.
int og_dram_command_length(const dram_distances* d, og_dram_command command);

// Scheduler (queue.c).
bool og_dram_queue_space(const dram_channel* channel);
void og_dram_queue_add(dram_channel* channel, int32_t request);
void og_dram_queue_remove(dram_channel* channel, int32_t request);
int32_t og_dram_queue_next(const dram_channel* channel, int lane);
bool og_dram_queue_further(const dram_channel* channel, int lane, int32_t request);
bool og_dram_queue_further_hit(const dram_channel* channel, int lane, int32_t request);
