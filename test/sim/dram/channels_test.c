// A controller for each channel: what a channel does follows from its own controller and requests.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "ogive/dram.h"
#include "ogive/random.h"

enum { CHANNELS = 4, REQUESTS = 600 };

// what the commands of each channel are, as one number, up to its last request
typedef struct streams {
    uint64_t hash[CHANNELS];
    int64_t left[CHANNELS];  // requests not yet served
    int64_t commands;
} streams;

static void stream_command(void* context, const og_dram_event* event) {
    streams* s = context;
    const int k = event->channel;
    s->commands++;
    if (s->left[k] == 0) {
        return;  // how long a channel idles behind its last request, the others decide
    }
    s->left[k] -= event->column >= 0;
    const int64_t parts[] = {event->cycle, (int64_t)event->command,
                             event->rank,  event->bank_group,
                             event->bank,  event->row,
                             event->column};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        s->hash[k] = (s->hash[k] ^ (uint64_t)parts[i]) * 0x100000001b3u;
    }
}

// Four programs, each with an initiator and a channel of its own.
static const og_dram_system* open_programs(og_arena* arena, og_dram_device* device,
                                           const char* map) {
    static const char* const names[CHANNELS] = {"stream", "random_mixed", "local", "hot_rows"};
    const og_dram_device* base = NULL;
    assert_int_equal(og_dram_device_find("ddr4_2400", &base), OG_OK);
    *device = *base;
    device->organisation.channels = CHANNELS;
    og_dram_trace* traces = OG_NEW(arena, og_dram_trace, CHANNELS);
    for (int k = 0; k < CHANNELS; k++) {
        const og_dram_workload* workload = NULL;
        assert_int_equal(og_dram_workload_find(names[k], &workload), OG_OK);
        workload->make(arena, REQUESTS, og_dram_device_bytes(device) / CHANNELS, 1, &traces[k]);
    }
    og_dram_trace* together = OG_NEW(arena, og_dram_trace, 1);
    assert_int_equal(
        og_dram_trace_merge(arena, "programs", traces, CHANNELS, device->timing.clock_ps,
                            og_dram_device_bytes(device) / CHANNELS, together),
        OG_OK);
    assert_int_equal(together->count, CHANNELS * REQUESTS);
    const og_dram_setup setup = {
        .device = device, .trace = together, .maps = &map, .map_count = 1, .wrap = false};
    const og_dram_system* system = NULL;
    assert_int_equal(og_dram_open(arena, &setup, &system), OG_OK);
    return system;
}

static og_dram_controller draw_controller(og_random* random) {
    og_dram_controller c = og_dram_controller_default();
    c.page_policy = (og_dram_page_policy)og_random_below(random, 4);
    c.scheduler = (og_dram_scheduler)og_random_below(random, 4);
    c.scheduler_buffer = (og_dram_scheduler_buffer)og_random_below(random, 3);
    c.response_queue = (og_dram_response_queue)og_random_below(random, 2);
    c.request_buffer_size = 1 << og_random_below(random, 6);
    c.refresh_max_postponed = 1 << og_random_below(random, 4);
    c.refresh_max_pulled_in = 1 << og_random_below(random, 4);
    c.power_down = (og_dram_power_down)og_random_below(random, 2);
    return c;
}

static streams run(const og_dram_system* system, const og_dram_controller* controllers,
                   og_arena* scratch, og_dram_result* result) {
    streams s = {.left = {REQUESTS, REQUESTS, REQUESTS, REQUESTS}};
    const og_dram_observer observer = {stream_command, &s};
    assert_int_equal(og_dram_simulate_channels(system, controllers, scratch, &observer, result),
                     OG_OK);
    return s;
}

static void channels_follow_their_own_controllers(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(3, 0);
    og_dram_device device;
    const og_dram_system* system = open_programs(arena, &device, "ch:ro:ba:bg:ra:co");
    int different = 0;
    for (int round = 0; round < 20; round++) {
        og_dram_controller each[CHANNELS];
        for (int k = 0; k < CHANNELS; k++) {
            each[k] = draw_controller(&random);
        }
        og_dram_result mixed;
        const streams together = run(system, each, arena, &mixed);
        for (int k = 0; k < CHANNELS; k++) {
            const og_dram_controller same[CHANNELS] = {each[k], each[k], each[k], each[k]};
            og_dram_result uniform;
            const streams alone = run(system, same, arena, &uniform);
            assert_true(alone.hash[k] == together.hash[k]);
            different += alone.hash[(k + 1) % CHANNELS] != together.hash[(k + 1) % CHANNELS];
        }
    }
    assert_true(different > 40);  // the comparison sees another controller
    og_arena_destroy(arena);
}

static void equal_controllers_are_one_controller(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_random random = og_random_make(4, 0);
    og_dram_device device;
    const og_dram_system* system = open_programs(arena, &device, "ro:ba:bg:ra:co:ch:co3");
    for (int round = 0; round < 20; round++) {
        const og_dram_controller one = draw_controller(&random);
        const og_dram_controller same[CHANNELS] = {one, one, one, one};
        og_dram_result a;
        og_dram_result b;
        memset(&a, 0, sizeof a);
        memset(&b, 0, sizeof b);
        assert_int_equal(og_dram_simulate(system, &one, arena, NULL, &a), OG_OK);
        assert_int_equal(og_dram_simulate_channels(system, same, arena, NULL, &b), OG_OK);
        assert_memory_equal(&a, &b, sizeof a);
        assert_int_equal(a.reads + a.writes, CHANNELS * REQUESTS);
    }
    og_arena_destroy(arena);
}

static void fronts_must_agree(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_dram_device device;
    const og_dram_system* system = open_programs(arena, &device, "ch:ro:ba:bg:ra:co");
    og_dram_controller each[CHANNELS];
    for (int k = 0; k < CHANNELS; k++) {
        each[k] = og_dram_controller_default();
    }
    og_dram_result result;
    each[2].arbiter = OG_DRAM_ARBITER_REORDER;
    assert_int_equal(og_dram_simulate_channels(system, each, arena, NULL, &result), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "channel 2"));
    each[2] = each[0];
    each[3].request_buffer_size = 0;
    assert_int_equal(og_dram_simulate_channels(system, each, arena, NULL, &result), OG_ERROR_VALUE);
    og_arena_destroy(arena);
}

static void merged_traces_keep_order_and_place(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_dram_request first[] = {{.address = 0}, {.address = 64, .arrival = 10}};
    const og_dram_request second[] = {{.address = 0, .arrival = 3, .initiator = 1, .write = 1},
                                      {.address = 128, .arrival = 4}};
    const og_dram_trace traces[] = {
        {.name = "a", .requests = first, .count = 2, .initiators = 1, .clock_ps = 1000},
        {.name = "b", .requests = second, .count = 2, .initiators = 2}};
    og_dram_trace merged;
    assert_int_equal(og_dram_trace_merge(arena, "both", traces, 2, 2500, 4096, &merged), OG_OK);
    assert_int_equal(merged.count, 4);
    assert_int_equal(merged.initiators, 3);
    assert_true(merged.clock_ps == 1);
    static const og_dram_request wanted[] = {
        {.address = 0},
        {.address = 4096, .arrival = 7500, .initiator = 2, .write = 1},
        {.address = 64, .arrival = 10000},
        {.address = 4096 + 128, .arrival = 10000, .initiator = 1},
    };
    for (int i = 0; i < 4; i++) {
        assert_true(merged.requests[i].address == wanted[i].address);
        assert_true(merged.requests[i].arrival == wanted[i].arrival);
        assert_int_equal(merged.requests[i].initiator, wanted[i].initiator);
        assert_int_equal(merged.requests[i].write, wanted[i].write);
    }
    og_dram_trace many = traces[0];
    many.initiators = OG_DRAM_INITIATORS;
    const og_dram_trace both[] = {many, traces[1]};
    assert_int_equal(og_dram_trace_merge(arena, "both", both, 2, 2500, 4096, &merged),
                     OG_ERROR_VALUE);
    og_arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_follow_their_own_controllers),
        cmocka_unit_test(equal_controllers_are_one_controller),
        cmocka_unit_test(fronts_must_agree),
        cmocka_unit_test(merged_traces_keep_order_and_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
