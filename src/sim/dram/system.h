// An opened system: the trace decoded under every address map, read-only.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/dram.h"
#include "sim/dram/distances.h"

// "no request" in the links of entries and queues: larger than every index
#define DRAM_NO_REQUEST INT32_MAX

// One request as a channel sees it.
typedef struct dram_entry {
    int64_t arrival;  // command-clock cycles
    int32_t row;
    int32_t column;
    int32_t next_row;   // the next request of the trace to the same row of the same bank
    int32_t next_bank;  // the next request of the trace to the same bank
    uint16_t lane;      // bank of the channel, see distances.h
    uint16_t initiator;
    uint8_t channel;
    uint8_t write;
    uint8_t group;  // rank * groups + bank group
    uint8_t rank;
} dram_entry;

struct og_dram_system {
    const og_dram_device* device;
    const char* trace_name;
    dram_distances distances;
    int64_t count;
    int64_t writes;
    int initiators;
    int map_count;
    const dram_entry* const* entries;  // list: [map_count][count]
};
