// State of the fast engine (stream.c): lanes of 32-bit cycles, banks, ranks, the port.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/dram/measure.h"
#include "sim/dram/system.h"

#define STREAM_INLINE static inline __attribute__((always_inline))
#if defined(__GNUC__) && !defined(__clang__)
// keeps gcc from unrolling the loops over the lanes before it makes vectors of them
#define STREAM_VECTOR _Pragma("GCC unroll 1")
#else
#define STREAM_VECTOR
#endif

enum {
    STREAM_LANES = 64,
    STREAM_NEVER = INT32_MAX,
    STREAM_HORIZON = 1 << 29,  // relative times are moved back before they get here
    STREAM_PAST = 1 << 20,     // cycles behind which no rule reaches
};

typedef enum stream_class {
    STREAM_ACT,
    STREAM_PRE,
    STREAM_READ,
    STREAM_WRITE,
    STREAM_CLASSES,
} stream_class;

// Distances from a command to one bank to commands to all banks, one row per bank group.
typedef enum stream_rule {
    STREAM_ACT_ACT,
    STREAM_READ_READ,
    STREAM_READ_WRITE,
    STREAM_WRITE_READ,
    STREAM_WRITE_WRITE,
    STREAM_RULES,
} stream_rule;

typedef struct stream_bank {
    int32_t act, pre, column, reada;  // earliest cycles, the bank's own rules
    int32_t row;                      // open row, -1 = closed
    int32_t head;                     // oldest request
    int32_t hit;                      // oldest request for the open row
    int32_t chosen, before;           // request of the next command, and its predecessor in the row
    int32_t count;
    int32_t restored;  // end of tRAS
    uint8_t origin;    // of the next column command, dram_row_origin
    uint8_t for_row;   // closed by PRE for another row
    uint8_t group, rank;
    uint8_t close;  // the next column command closes the row
    uint8_t pad[15];
} stream_bank;

typedef enum stream_phase {
    STREAM_REGULAR,  // no refresh is due
    STREAM_FORCED,   // banks blocked until it is done
    STREAM_IDLE,     // banks idle: it happens unless a request comes
} stream_phase;

typedef struct stream_rank {
    int32_t acts[4];
    int32_t act_next;
    int32_t due;
    int32_t flexibility;
    int32_t open;
    int32_t requests;
    uint8_t phase, pulled_in, blocked, started;
} stream_rank;

typedef struct stream {
    // lanes, in the order in which they are read together
    int32_t local[STREAM_CLASSES][STREAM_LANES];   // earliest cycle of the bank's next command by
                                                   // its own rules, STREAM_NEVER for other classes
    int32_t shared[STREAM_CLASSES][STREAM_LANES];  // the same by the rules between banks
    int32_t order[STREAM_LANES];                   // request of the next command
    uint8_t kind[STREAM_LANES];                    // stream_class of the next command
    int32_t rules[STREAM_RULES][DRAM_GROUPS_MAX][STREAM_LANES];
    int32_t of_rank[DRAM_RANKS_MAX][STREAM_LANES];  // 0 in the rank, far in the past elsewhere
    stream_bank banks[STREAM_LANES];
    stream_rank ranks[DRAM_RANKS_MAX];
    // fixed for the simulation
    const dram_entry* entries;
    const og_dram_system* system;
    dram_distances d;
    int32_t count, lanes, blocks;
    int page, buffer, size, postponed, pulled_in;
    bool fifo, grouped, registered, simple, ordered, reorder, refreshing;
    int active_max;
    // moving
    int64_t base;
    int32_t bus;
    int32_t now;
    int32_t accepted, issued;  // requests
    int32_t reads, writes;     // buffered
    int32_t last_bank, last_write;
    uint64_t pending;  // banks with a next command
    // the request at the port
    int32_t slot;     // cycle at which it is seen, STREAM_NEVER = none or not known
    bool merged;      // decided before that cycle
    int64_t slot_at;  // the same, absolute
    int64_t send;     // cycle at which the request `accepted` was or will be sent
    int64_t ended;    // last END_REQ of the channel
    // responses
    int64_t response;    // last response of the channel
    int64_t done;        // last response at the initiator
    int32_t answered;    // responses in the order of requests: next to leave the channel,
    int32_t returned;    // and next to reach the initiator
    int32_t freed;       // transactions freed
    uint8_t* served;     // list: [count]
    int32_t* chain;      // list: [count], unserved requests of a row (grouped only)
    int64_t* sent;       // list: [count]
    int64_t* ready;      // list: [count], end of data, -1 = not served
    int64_t* delivered;  // list: [count], response of the channel, -1 = not yet
    int64_t* free_at;    // list: [count], when transactions become free
    // measured
    dram_measure* measure;
    dram_activity* activity;
    int64_t data_latency, occupancy, buffered_max;
    int64_t commands[OG_DRAM_COMMANDS];
    int64_t precharges, origins[3];
} stream;

STREAM_INLINE int32_t stream_max(int32_t a, int32_t b) {
    return a > b ? a : b;
}

STREAM_INLINE int64_t stream_later(int64_t a, int64_t b) {
    return a > b ? a : b;
}
