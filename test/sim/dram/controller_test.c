// The controller: both engines equal, requests conserved, address maps, checks, canonical form.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "ogive/dram.h"
#include "ogive/random.h"
#include "sim/dram/address.h"
#include "sim/dram/port.h"
#include "sim/dram/stream.h"

static const og_dram_device* device_named(const char* name) {
    const og_dram_device* device = NULL;
    assert_int_equal(og_dram_device_find(name, &device), OG_OK);
    return device;
}

// a workload, its initiators merged into one unless `several`
static og_dram_trace trace_of(og_arena* arena, int workload, int64_t count,
                              const og_dram_device* device, uint64_t seed, bool several) {
    og_dram_trace trace;
    og_dram_workload_at(workload)->make(arena, count, og_dram_device_bytes(device), seed, &trace);
    og_dram_request* requests = OG_NEW(arena, og_dram_request, trace.count);
    memcpy(requests, trace.requests, sizeof *requests * (size_t)trace.count);
    for (int64_t i = 0; i < trace.count && !several; ++i) {
        requests[i].initiator = 0;
    }
    trace.requests = requests;
    trace.initiators = several ? trace.initiators : 1;
    return trace;
}

static int workload_count(void) {
    int count = 0;
    while (og_dram_workload_at(count)) {
        ++count;
    }
    return count;
}

static const og_dram_system* open_system(og_arena* arena, const og_dram_device* device,
                                         const og_dram_trace* trace) {
    const og_dram_setup setup = {.device = device, .trace = trace, .wrap = true};
    const og_dram_system* system = NULL;
    assert_int_equal(og_dram_open(arena, &setup, &system), OG_OK);
    return system;
}

static og_dram_controller random_controller(og_random* random) {
    og_dram_controller c = og_dram_controller_default();
    c.page_policy = (og_dram_page_policy)og_random_below(random, 4);
    c.scheduler = (og_dram_scheduler)og_random_below(random, 3);
    c.scheduler_buffer = (og_dram_scheduler_buffer)og_random_below(random, 3);
    c.response_queue = (og_dram_response_queue)og_random_below(random, 2);
    c.refresh_policy = (og_dram_refresh_policy)(og_random_below(random, 4) != 0);
    c.arbiter = (og_dram_arbiter)og_random_below(random, 3);
    c.request_buffer_size = 1 << og_random_below(random, 8);
    c.max_active_transactions = 1 << og_random_below(random, 8);
    c.refresh_max_postponed = (int)og_random_below(random, 9);
    c.refresh_max_pulled_in = (int)og_random_below(random, 9);
    c.front_end = (og_dram_front_end)og_random_below(random, 2);
    return c;
}

static void engines_are_equal(void** state) {
    (void)state;
    static const char* const names[] = {"ddr3_1600", "ddr4_2400", "ddr4_3200"};
    og_random random = og_random_make(5, 0);
    og_arena* scratch = og_arena_create();
    for (int k = 0; k < 40; ++k) {
        og_arena* arena = og_arena_create();
        og_dram_device device = *device_named(names[og_random_below(&random, 3)]);
        device.organisation.ranks = 1 << og_random_below(&random, 3);
        const int workload = (int)og_random_below(&random, (uint64_t)workload_count());
        const int64_t count = 400 + (int64_t)og_random_below(&random, 1600);
        const og_dram_trace trace = trace_of(arena, workload, count, &device, (uint64_t)k, false);
        const og_dram_system* system = open_system(arena, &device, &trace);
        for (int i = 0; i < 6; ++i) {
            const og_dram_controller c = random_controller(&random);
            og_dram_result general;
            og_dram_result fast;
            memset(&general, 0, sizeof general);
            memset(&fast, 0, sizeof fast);
            assert_true(og_dram_stream_fits(system, &c));
            assert_int_equal(og_dram_port_simulate(system, &c, 0, scratch, NULL, &general), OG_OK);
            assert_int_equal(og_dram_stream_simulate(system, &c, scratch, &fast), OG_OK);
            assert_memory_equal(&general, &fast, sizeof general);
        }
        og_arena_destroy(arena);
    }
    og_arena_destroy(scratch);
}

// arrivals further apart than a 32-bit cycle counter reaches
static void long_pauses_are_counted(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_dram_request requests[64];
    for (int i = 0; i < 64; ++i) {
        requests[i] = (og_dram_request){.address = (uint64_t)i * 8192,
                                        .arrival = (int64_t)(i / 8) * INT64_C(3000000000)};
    }
    const og_dram_trace trace = {
        .name = "pauses", .requests = requests, .count = 64, .initiators = 1};
    const og_dram_system* system = open_system(arena, device_named("ddr4_2400"), &trace);
    og_dram_controller c = og_dram_controller_default();
    c.refresh_policy = OG_DRAM_REFRESH_NONE;
    og_dram_result general;
    og_dram_result fast;
    memset(&general, 0, sizeof general);
    memset(&fast, 0, sizeof fast);
    assert_int_equal(og_dram_port_simulate(system, &c, 0, arena, NULL, &general), OG_OK);
    assert_int_equal(og_dram_stream_simulate(system, &c, arena, &fast), OG_OK);
    assert_memory_equal(&general, &fast, sizeof general);
    assert_true(fast.cycles > INT64_C(21000000000));
    og_arena_destroy(arena);
}

static void ignore_command(void* context, const og_dram_event* event) {
    (void)context;
    (void)event;
}

// bursts of requests between pauses of up to `longest` cycles, sixteenths of it at the least
static og_dram_trace trace_with_pauses(og_arena* arena, og_random* random, int64_t longest,
                                       uint64_t bytes, int initiators) {
    enum { COUNT = 48 };
    og_dram_request* requests = OG_NEW(arena, og_dram_request, COUNT);
    int64_t arrival = 0;
    for (int i = 0; i < COUNT; ++i) {
        const bool pause = i % 12 == 11;
        arrival += pause ? longest / 16 + (int64_t)og_random_below(random, (uint64_t)longest)
                         : (int64_t)og_random_below(random, 40);
        requests[i] = (og_dram_request){
            .address = og_random_below(random, bytes / 64) * 64,
            .arrival = arrival,
            .write = og_random_below(random, 3) == 0,
            .initiator = (uint16_t)og_random_below(random, (uint64_t)initiators),
        };
    }
    return (og_dram_trace){
        .name = "pauses", .requests = requests, .count = COUNT, .initiators = initiators};
}

// a controller that the device can have, refreshed in any way
static og_dram_controller random_refreshed(og_random* random, const og_dram_device* device) {
    og_dram_controller c = random_controller(random);
    c.scheduler = (og_dram_scheduler)og_random_below(random, 5);
    c.power_down = (og_dram_power_down)(og_random_below(random, 4) == 0);
    const bool banks = device->timing.refresh_bank_interval > 0;
    const bool same = device->timing.refresh_same_bank_interval > 0;
    const og_dram_refresh_policy other = banks  ? OG_DRAM_REFRESH_PER_BANK
                                         : same ? OG_DRAM_REFRESH_SAME_BANK
                                                : OG_DRAM_REFRESH_ALL_BANK;
    c.refresh_policy = og_random_below(random, 2) ? other : OG_DRAM_REFRESH_ALL_BANK;
    return c;
}

// Refreshes left out in pauses give what going through them one by one gives: an observer makes the
// simulator do that.
static void pauses_are_skipped_exactly(void** state) {
    (void)state;
    const og_dram_observer observer = {ignore_command, NULL};
    og_random random = og_random_make(21, 0);
    for (int at = 0; og_dram_device_at(at); ++at) {
        for (int k = 0; k < 24; ++k) {
            og_arena* arena = og_arena_create();
            og_dram_device device = *og_dram_device_at(at);
            device.organisation.ranks = 1 << og_random_below(&random, 2);
            device.organisation.channels = 1 << (og_random_below(&random, 3) / 2);
            const int initiators = 1 + (int)og_random_below(&random, 4) / 3;
            const int64_t longest = INT64_C(1) << (12 + og_random_below(&random, 11));
            const uint64_t bytes = og_dram_device_bytes(&device);
            const og_dram_trace trace =
                trace_with_pauses(arena, &random, longest, bytes, initiators);
            const og_dram_system* system = open_system(arena, &device, &trace);
            const og_dram_controller c = random_refreshed(&random, &device);
            og_dram_result seen;
            og_dram_result unseen;
            memset(&seen, 0, sizeof seen);
            memset(&unseen, 0, sizeof unseen);
            assert_int_equal(og_dram_simulate(system, &c, arena, &observer, &seen), OG_OK);
            assert_int_equal(og_dram_simulate(system, &c, arena, NULL, &unseen), OG_OK);
            assert_memory_equal(&seen, &unseen, sizeof seen);
            memset(&unseen, 0, sizeof unseen);
            assert_int_equal(og_dram_port_simulate(system, &c, 0, arena, NULL, &unseen), OG_OK);
            assert_memory_equal(&seen, &unseen, sizeof seen);
            og_arena_destroy(arena);
        }
    }
}

// the longest pause that a trace can ask for, with every device and way of refresh
static void longest_pauses_end(void** state) {
    (void)state;
    og_random random = og_random_make(22, 0);
    for (int at = 0; og_dram_device_at(at); ++at) {
        og_arena* arena = og_arena_create();
        og_dram_device device = *og_dram_device_at(at);
        device.organisation.ranks = 2;
        const og_dram_request requests[] = {{.address = 64},
                                            {.address = 4096, .arrival = OG_DRAM_ARRIVAL_MAX}};
        const og_dram_trace trace = {
            .name = "longest", .requests = requests, .count = 2, .initiators = 1};
        const og_dram_system* system = open_system(arena, &device, &trace);
        for (int k = 0; k < 16; ++k) {
            const og_dram_controller c = random_refreshed(&random, &device);
            og_dram_result result;
            assert_int_equal(og_dram_simulate(system, &c, arena, NULL, &result), OG_OK);
            assert_true(result.cycles > OG_DRAM_ARRIVAL_MAX);
            assert_int_equal(og_dram_port_simulate(system, &c, 0, arena, NULL, &result), OG_OK);
            const int64_t refreshes = OG_DRAM_ARRIVAL_MAX / device.timing.refresh_interval;
            const bool down = c.power_down != OG_DRAM_POWER_DOWN_NONE;
            assert_true(down ? result.refreshes < 1000 : result.refreshes >= 2 * refreshes - 32);
        }
        og_arena_destroy(arena);
    }
}

typedef struct served {
    uint8_t* times;
    int64_t count, commands, last;
    bool ordered;
} served;

static void count_served(void* context, const og_dram_event* event) {
    served* s = context;
    s->ordered = s->ordered && event->cycle >= s->last;
    s->last = event->cycle;
    s->commands++;
    if (event->column >= 0) {
        assert_in_range(event->request, 0, s->count - 1);
        s->times[event->request]++;
    }
}

// Every device, several initiators, every policy: each request is served once.
static void requests_are_conserved(void** state) {
    (void)state;
    og_random random = og_random_make(9, 0);
    for (int at = 0; og_dram_device_at(at); ++at) {
        for (int k = 0; k < 12; ++k) {
            og_arena* arena = og_arena_create();
            og_dram_device device = *og_dram_device_at(at);
            device.organisation.channels = 1 << og_random_below(&random, 3);
            const int workload = (int)og_random_below(&random, (uint64_t)workload_count());
            const og_dram_trace trace = trace_of(arena, workload, 1000, &device, (uint64_t)k, true);
            const og_dram_system* system = open_system(arena, &device, &trace);
            og_dram_controller c = random_controller(&random);
            c.scheduler = (og_dram_scheduler)og_random_below(&random, 5);
            c.power_down = (og_dram_power_down)og_random_below(&random, 2);
            served s = {.times = OG_NEW(arena, uint8_t, trace.count),
                        .count = trace.count,
                        .ordered = true};
            const og_dram_observer observer = {count_served, &s};
            og_dram_result seen;
            og_dram_result unseen;
            memset(&seen, 0, sizeof seen);
            memset(&unseen, 0, sizeof unseen);
            assert_int_equal(og_dram_simulate(system, &c, arena, &observer, &seen), OG_OK);
            assert_int_equal(og_dram_simulate(system, &c, arena, NULL, &unseen), OG_OK);
            assert_memory_equal(&seen, &unseen, sizeof seen);
            assert_true(s.ordered);
            for (int64_t i = 0; i < trace.count; ++i) {
                assert_int_equal(s.times[i], 1);
            }
            assert_int_equal(seen.reads + seen.writes, trace.count);
            assert_int_equal(seen.row_hits + seen.row_misses + seen.row_conflicts, trace.count);
            assert_true(seen.fairness > 0.0 && seen.fairness <= 1.0 + 1e-12);
            assert_true(seen.bus_utilisation > 0.0 && seen.bus_utilisation <= 1.0);
            assert_true(seen.energy.total > 0.0 && seen.power_mw > 0.0);
            og_arena_destroy(arena);
        }
    }
}

// Simulations with the canonical controller must give what the given one gives.
static void canonical_controllers_are_equivalent(void** state) {
    (void)state;
    og_random random = og_random_make(11, 0);
    for (int k = 0; k < 60; ++k) {
        og_arena* arena = og_arena_create();
        const og_dram_device* device = og_dram_device_at(k % 4);
        const og_dram_trace trace =
            trace_of(arena, k % workload_count(), 500, device, (uint64_t)k, false);
        const og_dram_system* system = open_system(arena, device, &trace);
        og_dram_controller c = random_controller(&random);
        og_dram_controller canonical = c;
        og_dram_canonical(system, &canonical);
        og_dram_result a;
        og_dram_result b;
        memset(&a, 0, sizeof a);
        memset(&b, 0, sizeof b);
        assert_int_equal(og_dram_simulate(system, &c, arena, NULL, &a), OG_OK);
        assert_int_equal(og_dram_simulate(system, &canonical, arena, NULL, &b), OG_OK);
        assert_memory_equal(&a, &b, sizeof a);
        og_arena_destroy(arena);
    }
}

static void unloaded_read_takes_the_sum_of_its_parts(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_dram_device* device = device_named("ddr3_1600");
    const og_dram_request request = {.address = 0};
    const og_dram_trace trace = {.name = "one", .requests = &request, .count = 1, .initiators = 1};
    const og_dram_system* system = open_system(arena, device, &trace);
    og_dram_controller c = og_dram_controller_default();
    og_dram_result r;
    assert_int_equal(og_dram_simulate(system, &c, arena, NULL, &r), OG_OK);
    assert_int_equal(r.cycles, 10 + 10 + 4);  // tRCD + RL + BL/2
    assert_int_equal(r.commands[OG_DRAM_ACT], 1);
    assert_int_equal(r.commands[OG_DRAM_RD], 1);
    c.front_end = OG_DRAM_FRONT_END_REGISTERED;
    assert_int_equal(og_dram_simulate(system, &c, arena, NULL, &r), OG_OK);
    assert_int_equal(r.cycles, 25);
    og_arena_destroy(arena);
}

// ---- address maps

static void writes_alone_have_no_read_latency(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_dram_request requests[] = {{.address = 64, .write = true},
                                        {.address = 128, .write = true}};
    const og_dram_trace trace = {
        .name = "writes", .requests = requests, .count = 2, .initiators = 1};
    const og_dram_system* system = open_system(arena, device_named("ddr3_1600"), &trace);
    const og_dram_controller c = og_dram_controller_default();
    og_dram_result r;
    assert_int_equal(og_dram_simulate(system, &c, arena, NULL, &r), OG_OK);
    const double latencies[] = {r.read_latency_average_ns, r.read_latency_p50_ns,
                                r.read_latency_p95_ns,     r.read_latency_p99_ns,
                                r.read_latency_max_ns,     r.read_port_latency_average_ns};
    for (int i = 0; i < 6; ++i) {
        assert_true(isnan(latencies[i]));
    }
    assert_true(r.queue_latency_average_ns > 0.0);
    og_arena_destroy(arena);
}

static void maps_decode(void** state) {
    (void)state;
    const og_dram_device* ddr4 = device_named("ddr4_2400");
    dram_address_map map;
    assert_int_equal(og_dram_address_parse("ro:ba:bg:co", ddr4, &map), OG_OK);
    dram_address a = og_dram_address_decode(&map, (UINT64_C(5) << 17) | (2 << 15) | (3 << 13) | 64);
    assert_int_equal(a.field[DRAM_FIELD_ROW], 5);
    assert_int_equal(a.field[DRAM_FIELD_BANK], 2);
    assert_int_equal(a.field[DRAM_FIELD_BANK_GROUP], 3);
    assert_int_equal(a.field[DRAM_FIELD_COLUMN], 8);
    assert_int_equal(og_dram_address_parse("ro:ba:co7:bg:co3", ddr4, &map), OG_OK);
    a = og_dram_address_decode(&map, (1 << 8) | (3 << 6) | (5 << 3));
    assert_int_equal(a.field[DRAM_FIELD_COLUMN], (1 << 3) | 5);
    assert_int_equal(a.field[DRAM_FIELD_BANK_GROUP], 3);
    assert_int_equal(
        og_dram_address_parse("row=17-32 bank=15,16 bankgroup=13,14 column=3-12 bank^row 13^20",
                              ddr4, &map),
        OG_OK);
    a = og_dram_address_decode(&map, (UINT64_C(1) << 20) | (UINT64_C(3) << 17));
    assert_int_equal(a.field[DRAM_FIELD_ROW], 8 + 3);
    assert_int_equal(a.field[DRAM_FIELD_BANK], 3);
    assert_int_equal(a.field[DRAM_FIELD_BANK_GROUP], 1);
}

static void maps_are_one_to_one(void** state) {
    (void)state;
    static const char* const texts[] = {"ro:ba:bg:co", "ro:ba:bg:co bank^row bg^row", "co:ro:bg:ba",
                                        "ro:ba:co7:bg:co3 13^17 14^18"};
    og_dram_device device = *device_named("ddr4_2400");
    device.organisation.rows = 4;
    device.organisation.columns = 16;
    for (size_t t = 0; t < 3; ++t) {
        dram_address_map map;
        assert_int_equal(og_dram_address_parse(texts[t], &device, &map), OG_OK);
        uint8_t seen[4 * 16 * 16] = {0};
        for (uint64_t word = 0; word < sizeof seen; ++word) {
            const dram_address a = og_dram_address_decode(&map, word * 8);
            const int place = ((a.field[DRAM_FIELD_ROW] * 4 + a.field[DRAM_FIELD_BANK]) * 4 +
                               a.field[DRAM_FIELD_BANK_GROUP]) *
                                  16 +
                              a.field[DRAM_FIELD_COLUMN];
            assert_int_equal(seen[place]++, 0);
        }
    }
}

static void bad_maps_fail(void** state) {
    (void)state;
    static const char* const texts[] = {
        "",
        "ro:ba:bg",
        "ro:ba:bg:co:co",
        "ro:ba:bg:xx",
        "ro:ba3:bg:co",
        "ro:ba:bg:co bank^",
        "ro:ba:bg:co bank^bank",
        "ro:ba:bg:co 99^3",
        "row=17-32 bank=15,16 bankgroup=13,14 column=3-11",
        "row=17-32 bank=15,15 bankgroup=13,14 column=3-12",
        "row=17-32 bank=15,16 bankgroup=13,14 column=2-11",
        "row=17-99 bank=15,16",
        "row=5-3",
    };
    const og_dram_device* device = device_named("ddr4_2400");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
        dram_address_map map;
        assert_int_equal(og_dram_address_parse(texts[i], device, &map), OG_ERROR_VALUE);
        assert_non_null(strstr(og_error_text(), "address map"));
    }
}

// ---- refusals

static void addresses_beyond_the_device_fail(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_dram_request request = {.address = UINT64_C(1) << 40};
    const og_dram_trace trace = {.name = "far", .requests = &request, .count = 1, .initiators = 1};
    og_dram_setup setup = {.device = device_named("ddr3_1600"), .trace = &trace};
    const og_dram_system* system = NULL;
    assert_int_equal(og_dram_open(arena, &setup, &system), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "far"));
    assert_non_null(strstr(og_error_text(), "0x10000000000"));
    setup.wrap = true;
    assert_int_equal(og_dram_open(arena, &setup, &system), OG_OK);
    og_arena_destroy(arena);
}

static void bad_controllers_fail(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_dram_request request = {.address = 0};
    const og_dram_trace trace = {.name = "one", .requests = &request, .count = 1, .initiators = 1};
    const og_dram_system* system = open_system(arena, device_named("ddr3_1600"), &trace);
    og_dram_controller bad[7];
    for (int i = 0; i < 7; ++i) {
        bad[i] = og_dram_controller_default();
    }
    bad[0].request_buffer_size = 0;
    bad[1].request_buffer_size = 129;
    bad[2].max_active_transactions = 0;
    bad[3].refresh_max_postponed = 9;
    bad[4].refresh_policy = OG_DRAM_REFRESH_PER_BANK;
    bad[5].address_map = 1;
    bad[6].command_mux = OG_DRAM_MUX_STRICT;
    for (int i = 0; i < 7; ++i) {
        og_dram_result result;
        assert_int_equal(og_dram_simulate(system, &bad[i], arena, NULL, &result), OG_ERROR_VALUE);
        assert_true(og_error_text()[0] != 0);
    }
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_are_equal),
        cmocka_unit_test(long_pauses_are_counted),
        cmocka_unit_test(pauses_are_skipped_exactly),
        cmocka_unit_test(longest_pauses_end),
        cmocka_unit_test(requests_are_conserved),
        cmocka_unit_test(canonical_controllers_are_equivalent),
        cmocka_unit_test(unloaded_read_takes_the_sum_of_its_parts),
        cmocka_unit_test(writes_alone_have_no_read_latency),
        cmocka_unit_test(maps_decode),
        cmocka_unit_test(maps_are_one_to_one),
        cmocka_unit_test(bad_maps_fail),
        cmocka_unit_test(addresses_beyond_the_device_fail),
        cmocka_unit_test(bad_controllers_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
