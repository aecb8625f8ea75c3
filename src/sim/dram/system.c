// Opening a system: check the device, parse the maps, decode the trace.
#include "sim/dram/system.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "sim/dram/address.h"

// Last request seen to each row of each bank, an open hash table (linear probing).
typedef struct system_rows {
    uint64_t* keys;  // row key + 1, 0 = free
    int32_t* last;
    uint64_t mask;
} system_rows;

static bool system_power_of_two(int value) {
    return value > 0 && (value & (value - 1)) == 0;
}

static og_status system_check_device(const og_dram_device* device) {
    const og_dram_organisation* o = &device->organisation;
    const int counts[] = {o->channels, o->ranks, o->bank_groups, o->banks, o->columns};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; ++i) {
        if (!system_power_of_two(counts[i])) {
            return og_fail(OG_ERROR_VALUE,
                           "device %s: channels, ranks, bank groups, banks and columns must be "
                           "powers of two (found %d)",
                           device->name, counts[i]);
        }
    }
    if (o->bank_groups > o->banks || o->rows < 1 || o->burst_length < o->data_rate) {
        return og_fail(OG_ERROR_VALUE, "device %s: contradictory organisation", device->name);
    }
    if (o->ranks > DRAM_RANKS_MAX || o->ranks * o->banks > DRAM_LANES_MAX ||
        o->ranks * o->bank_groups > DRAM_GROUPS_MAX || o->channels > 255) {
        return og_fail(OG_ERROR_VALUE,
                       "device %s: at most %d ranks, %d banks and %d bank groups a channel and 255 "
                       "channels",
                       device->name, DRAM_RANKS_MAX, DRAM_LANES_MAX, DRAM_GROUPS_MAX);
    }
    if (device->timing.clock_ps <= 0.0 || device->timing.refresh_interval < 1) {
        return og_fail(OG_ERROR_VALUE, "device %s: no clock or no refresh interval", device->name);
    }
    return OG_OK;
}

static int64_t system_arrival(const og_dram_request* request, double ratio) {
    if (ratio == 1.0) {
        return request->arrival;
    }
    // the next edge of the command clock; the slack absorbs the rounding of the product
    return (int64_t)ceil((double)request->arrival * ratio * (1.0 - 1e-12) - 1e-9);
}

static og_status system_decode(const og_dram_setup* setup, const dram_distances* d,
                               const dram_address_map* map, dram_entry* entries) {
    const og_dram_trace* trace = setup->trace;
    const double clock_ps = setup->device->timing.clock_ps;
    const double ratio = trace->clock_ps > 0.0 ? trace->clock_ps / clock_ps : 1.0;
    for (int64_t i = 0; i < trace->count; ++i) {
        const og_dram_request* request = &trace->requests[i];
        const dram_address a = og_dram_address_decode(map, request->address);
        const bool beyond = map->bits < 64 && request->address >> map->bits;
        if ((beyond && !setup->wrap) ||
            a.field[DRAM_FIELD_ROW] >= setup->device->organisation.rows) {
            return og_fail(OG_ERROR_VALUE,
                           "%s: request %" PRId64 ": address 0x%" PRIx64
                           " lies beyond the device (%s, %" PRIu64 " bytes)",
                           trace->name, i + 1, request->address, setup->device->name,
                           og_dram_device_bytes(setup->device));
        }
        const int rank = a.field[DRAM_FIELD_RANK];
        const int group = a.field[DRAM_FIELD_BANK_GROUP];
        entries[i] = (dram_entry){
            .arrival = system_arrival(request, ratio),
            .row = a.field[DRAM_FIELD_ROW],
            .column = a.field[DRAM_FIELD_COLUMN],
            .next_row = DRAM_NO_REQUEST,
            .next_bank = DRAM_NO_REQUEST,
            .lane = (uint16_t)(rank * d->banks + group * d->group_banks + a.field[DRAM_FIELD_BANK]),
            .initiator = request->initiator,
            .channel = (uint8_t)a.field[DRAM_FIELD_CHANNEL],
            .write = request->write,
            .group = (uint8_t)(rank * d->groups + group),
            .rank = (uint8_t)rank,
        };
    }
    return OG_OK;
}

static system_rows system_rows_make(og_arena* arena, int64_t count) {
    uint64_t size = 64;
    while (size < 2 * (uint64_t)count) {
        size *= 2;
    }
    return (system_rows){.keys = OG_NEW(arena, uint64_t, size),
                         .last = OG_NEW(arena, int32_t, size),
                         .mask = size - 1};
}

// index of the previous request with this key (or DRAM_NO_REQUEST), replaced by `index`
static int32_t system_rows_swap(system_rows* rows, uint64_t key, int32_t index) {
    uint64_t slot = (key * UINT64_C(0x9E3779B97F4A7C15)) >> 20 & rows->mask;
    while (rows->keys[slot] != 0 && rows->keys[slot] != key) {
        slot = (slot + 1) & rows->mask;
    }
    const int32_t previous = rows->keys[slot] ? rows->last[slot] : DRAM_NO_REQUEST;
    rows->keys[slot] = key;
    rows->last[slot] = index;
    return previous;
}

// With one initiator, requests reach their banks in the order of the trace, so that the queues of
// every simulation are chains that can be laid here.
static void system_link(og_arena* arena, dram_entry* entries, int64_t count) {
    const og_arena_mark mark = og_arena_here(arena);
    system_rows rows = system_rows_make(arena, count);
    int32_t* banks = OG_NEW(arena, int32_t, 256 * DRAM_LANES_MAX);
    for (int i = 0; i < 256 * DRAM_LANES_MAX; ++i) {
        banks[i] = DRAM_NO_REQUEST;
    }
    for (int32_t i = 0; i < (int32_t)count; ++i) {
        dram_entry* entry = &entries[i];
        const uint64_t bank = (uint64_t)entry->channel * DRAM_LANES_MAX + entry->lane;
        const uint64_t key = ((bank << 32) | (uint32_t)entry->row) + 1;
        const int32_t in_row = system_rows_swap(&rows, key, i);
        if (in_row != DRAM_NO_REQUEST) {
            entries[in_row].next_row = i;
        }
        if (banks[bank] != DRAM_NO_REQUEST) {
            entries[banks[bank]].next_bank = i;
        }
        banks[bank] = i;
    }
    og_arena_rewind(arena, mark);
}

static og_status system_check_trace(const og_dram_trace* trace) {
    if (trace->count < 1 || trace->count >= DRAM_NO_REQUEST || trace->initiators < 1 ||
        trace->initiators > OG_DRAM_INITIATORS) {
        return og_fail(OG_ERROR_VALUE, "%s: a trace has 1..%d requests of 1..%d initiators",
                       trace->name ? trace->name : "trace", DRAM_NO_REQUEST - 1,
                       OG_DRAM_INITIATORS);
    }
    for (int64_t i = 0; i < trace->count; ++i) {
        if (trace->requests[i].initiator >= trace->initiators || trace->requests[i].arrival < 0) {
            return og_fail(OG_ERROR_VALUE,
                           "%s: request %" PRId64 ": initiator or arrival out of range",
                           trace->name ? trace->name : "trace", i + 1);
        }
    }
    return OG_OK;
}

og_status og_dram_open(og_arena* arena, const og_dram_setup* setup, const og_dram_system** system) {
    assert(arena && setup && setup->device && setup->trace && system && setup->map_count >= 0);
    OG_TRY(system_check_device(setup->device));
    OG_TRY(system_check_trace(setup->trace));
    const og_dram_trace* trace = setup->trace;
    og_dram_system* opened = OG_NEW(arena, og_dram_system, 1);
    opened->device = setup->device;
    opened->trace_name = trace->name ? trace->name : "trace";
    opened->distances = og_dram_distances_make(setup->device);
    opened->count = trace->count;
    opened->initiators = trace->initiators;
    opened->map_count = setup->map_count > 0 ? setup->map_count : 1;
    for (int64_t i = 0; i < trace->count; ++i) {
        opened->writes += trace->requests[i].write;
    }
    const dram_entry** lists = OG_NEW(arena, const dram_entry*, opened->map_count);
    for (int m = 0; m < opened->map_count; ++m) {
        const char* text = setup->map_count > 0 ? setup->maps[m] : NULL;
        dram_address_map map;
        OG_TRY(
            og_dram_address_parse(text ? text : setup->device->address_map, setup->device, &map));
        dram_entry* entries =
            og_arena_allocate_raw(arena, sizeof(dram_entry) * (size_t)trace->count);
        OG_TRY(system_decode(setup, &opened->distances, &map, entries));
        if (trace->initiators == 1) {
            system_link(arena, entries, trace->count);
        }
        lists[m] = entries;
    }
    opened->entries = lists;
    *system = opened;
    return OG_OK;
}
