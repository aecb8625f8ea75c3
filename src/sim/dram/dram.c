// The face of the simulator: names, defaults, checks, canonical form, choice of the engine.
#include "ogive/dram.h"

#include <assert.h>

#include "sim/dram/port.h"
#include "sim/dram/stream.h"
#include "sim/dram/system.h"

const char* const og_dram_command_names[OG_DRAM_COMMANDS] = {
    "ACT",   "PREPB", "PREAB", "RD",   "RDA",  "WR",   "WRA",  "REFAB",
    "REFPB", "REFSB", "PDEA",  "PDEP", "PDXA", "PDXP", "SREF", "SREX"};

og_dram_controller og_dram_controller_default(void) {
    return (og_dram_controller){
        .page_policy = OG_DRAM_PAGE_OPEN,
        .scheduler = OG_DRAM_SCHEDULER_FRFCFS,
        .scheduler_buffer = OG_DRAM_BUFFER_BANKWISE,
        .command_mux = OG_DRAM_MUX_OLDEST,
        .response_queue = OG_DRAM_RESPONSE_FIFO,
        .refresh_policy = OG_DRAM_REFRESH_ALL_BANK,
        .power_down = OG_DRAM_POWER_DOWN_NONE,
        .arbiter = OG_DRAM_ARBITER_SIMPLE,
        .request_buffer_size = 8,
        .max_active_transactions = 64,
        .write_high_watermark = 6,
        .write_low_watermark = 2,
    };
}

static og_status dram_check_range(const char* name, int value, int low, int high) {
    if (value < low || value > high) {
        return og_fail(OG_ERROR_VALUE, "%s is %d; it must lie in %d..%d", name, value, low, high);
    }
    return OG_OK;
}

static og_status dram_check_refresh(const og_dram_system* system, og_dram_refresh_policy policy) {
    const dram_distances* d = &system->distances;
    if (policy == OG_DRAM_REFRESH_PER_BANK && d->refresh_bank_interval == 0) {
        return og_fail(OG_ERROR_VALUE, "refresh_policy PerBank: %s has no per-bank refresh",
                       system->device->name);
    }
    if (policy == OG_DRAM_REFRESH_SAME_BANK && d->refresh_same_interval == 0) {
        return og_fail(OG_ERROR_VALUE, "refresh_policy SameBank: %s has no same-bank refresh",
                       system->device->name);
    }
    return OG_OK;
}

static og_status dram_check(const og_dram_system* system, const og_dram_controller* c) {
    OG_TRY(dram_check_range("page_policy", (int)c->page_policy, 0, OG_DRAM_PAGE_CLOSED_ADAPTIVE));
    OG_TRY(dram_check_range("scheduler", (int)c->scheduler, 0, OG_DRAM_SCHEDULER_GRP_FRFCFS_WM));
    OG_TRY(
        dram_check_range("scheduler_buffer", (int)c->scheduler_buffer, 0, OG_DRAM_BUFFER_SHARED));
    OG_TRY(dram_check_range("command_mux", (int)c->command_mux, 0, OG_DRAM_MUX_STRICT));
    OG_TRY(dram_check_range("resp_queue", (int)c->response_queue, 0, OG_DRAM_RESPONSE_REORDER));
    OG_TRY(
        dram_check_range("refresh_policy", (int)c->refresh_policy, 0, OG_DRAM_REFRESH_SAME_BANK));
    OG_TRY(dram_check_range("power_down", (int)c->power_down, 0, OG_DRAM_POWER_DOWN_STAGGERED));
    OG_TRY(dram_check_range("arbiter", (int)c->arbiter, 0, OG_DRAM_ARBITER_REORDER));
    OG_TRY(dram_check_range("front_end", (int)c->front_end, 0, OG_DRAM_FRONT_END_REGISTERED));
    OG_TRY(dram_check_range("request_buffer_size", c->request_buffer_size, 1, 128));
    OG_TRY(dram_check_range("refresh_max_postponed", c->refresh_max_postponed, 0, 8));
    OG_TRY(dram_check_range("refresh_max_pulledin", c->refresh_max_pulled_in, 0, 8));
    OG_TRY(dram_check_range("max_active_transactions", c->max_active_transactions, 1, 128));
    OG_TRY(dram_check_range("address_map", c->address_map, 0, system->map_count - 1));
    if (c->command_mux == OG_DRAM_MUX_STRICT && c->scheduler != OG_DRAM_SCHEDULER_FIFO) {
        return og_fail(OG_ERROR_VALUE,
                       "command_mux Strict serves requests in order and needs scheduler Fifo");
    }
    if (c->scheduler == OG_DRAM_SCHEDULER_GRP_FRFCFS_WM &&
        (c->write_low_watermark < 0 || c->write_low_watermark >= c->write_high_watermark)) {
        return og_fail(OG_ERROR_VALUE,
                       "write_low_watermark is %d; it must lie in 0..%d (below "
                       "write_high_watermark)",
                       c->write_low_watermark, c->write_high_watermark - 1);
    }
    return dram_check_refresh(system, c->refresh_policy);
}

og_status og_dram_simulate(const og_dram_system* system, const og_dram_controller* controller,
                           og_arena* scratch, const og_dram_observer* observer,
                           og_dram_result* result) {
    assert(system && controller && scratch && result);
    OG_TRY(dram_check(system, controller));
    if (!observer && og_dram_stream_fits(system, controller)) {
        return og_dram_stream_simulate(system, controller, scratch, result);
    }
    return og_dram_port_simulate(system, controller, 0, scratch, observer, result);
}

// What lies before the channels is one.
static bool dram_same_front(const og_dram_controller* a, const og_dram_controller* b) {
    return a->arbiter == b->arbiter && a->max_active_transactions == b->max_active_transactions &&
           a->front_end == b->front_end && a->address_map == b->address_map;
}

og_status og_dram_simulate_channels(const og_dram_system* system,
                                    const og_dram_controller* controllers, og_arena* scratch,
                                    const og_dram_observer* observer, og_dram_result* result) {
    assert(system && controllers && scratch && result);
    for (int k = 0; k < system->device->organisation.channels; k++) {
        if (!dram_same_front(&controllers[0], &controllers[k])) {
            return og_fail(OG_ERROR_VALUE,
                           "channel %d: arbiter, max_active_transactions, front_end and "
                           "address_map must be those of channel 0",
                           k);
        }
        OG_TRY(dram_check(system, &controllers[k]));
    }
    return og_dram_port_simulate(system, controllers, 1, scratch, observer, result);
}

void og_dram_canonical(const og_dram_system* system, og_dram_controller* c) {
    assert(system && c);
    const og_dram_controller standard = og_dram_controller_default();
    if (c->arbiter == OG_DRAM_ARBITER_SIMPLE) {
        c->max_active_transactions = standard.max_active_transactions;
    }
    if (c->refresh_policy == OG_DRAM_REFRESH_NONE) {
        c->refresh_max_postponed = standard.refresh_max_postponed;
        c->refresh_max_pulled_in = standard.refresh_max_pulled_in;
    }
    if (system->device->family == OG_DRAM_DDR5 && c->refresh_policy == OG_DRAM_REFRESH_ALL_BANK) {
        // the standard allows no more (refresh.c)
        c->refresh_max_postponed = c->refresh_max_postponed > 4 ? 4 : c->refresh_max_postponed;
        c->refresh_max_pulled_in = c->refresh_max_pulled_in > 4 ? 4 : c->refresh_max_pulled_in;
    }
    if (c->scheduler != OG_DRAM_SCHEDULER_GRP_FRFCFS_WM) {
        c->write_high_watermark = standard.write_high_watermark;
        c->write_low_watermark = standard.write_low_watermark;
    }
    // without writes (or with nothing else) one direction is all there is
    if (c->scheduler == OG_DRAM_SCHEDULER_FRFCFS_GRP && system->writes == 0) {
        c->scheduler = OG_DRAM_SCHEDULER_FRFCFS;
    }
}
