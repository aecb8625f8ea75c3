// Ogive's side of the comparison with other DRAM simulators:
//   peer_ogive save WORKLOAD REQUESTS TRACE.stl   writes the trace that all of them get
//   peer_ogive run TRACE.stl                      prints cycles, CPU seconds of one evaluation, and
//                                                 CPU seconds of its simulation alone
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/arena.h"
#include "ogive/clock.h"
#include "ogive/dram.h"
#include "ogive/dram_device.h"
#include "ogive/dram_trace.h"
#include "ogive/status.h"

// as long as a run of the others takes, so that all are measured at their steady speed
#define OGIVE_SECONDS_MEASURED 0.3

#define OGIVE_SEED 1

static og_status ogive_save(const char* name, int64_t count, const char* path) {
    const og_dram_device* device = NULL;
    OG_TRY(og_dram_device_find("ddr4_2400", &device));
    const og_dram_workload* workload = NULL;
    OG_TRY(og_dram_workload_find(name, &workload));
    og_arena* arena = og_arena_create();
    og_dram_trace trace = {0};
    workload->make(arena, count, og_dram_device_bytes(device), OGIVE_SEED, &trace);
    const og_status status = og_dram_trace_save(path, &trace);
    og_arena_destroy(arena);
    return status;
}

// address decoding is part of an evaluation, reading the trace file is not
static og_status ogive_measure(const og_dram_setup* setup, og_arena* scratch) {
    // the others of this comparison are DRAMSys 5.1 and its like
    og_dram_controller controller = og_dram_controller_default();
    controller.front_end = OG_DRAM_FRONT_END_REGISTERED;
    const og_arena_mark mark = og_arena_here(scratch);
    og_dram_result result = {0};
    double total = 0, simulating = 0;
    int64_t runs = 0;
    for (; total < OGIVE_SECONDS_MEASURED; runs++) {
        og_arena_rewind(scratch, mark);
        const og_dram_system* system = NULL;
        const double start = og_clock_processor_seconds();
        OG_TRY(og_dram_open(scratch, setup, &system));
        const double opened = og_clock_processor_seconds();
        OG_TRY(og_dram_simulate(system, &controller, scratch, NULL, &result));
        const double end = og_clock_processor_seconds();
        total += end - start;
        simulating += end - opened;
    }
    printf("%lld %.9f %.9f\n", (long long)result.cycles, total / (double)runs,
           simulating / (double)runs);
    return OG_OK;
}

static og_status ogive_run(const char* path) {
    og_arena* arena = og_arena_create();
    og_arena* scratch = og_arena_create();
    const og_dram_device* device = NULL;
    og_dram_trace trace = {0};
    og_status status = og_dram_device_find("ddr4_2400", &device);
    if (status == OG_OK) {
        status = og_dram_trace_load(arena, path, &trace);
    }
    if (status == OG_OK) {
        const char* const maps[] = {"ro:ba:bg:co"};
        const og_dram_setup setup = {
            .device = device, .trace = &trace, .maps = maps, .map_count = 1};
        status = ogive_measure(&setup, scratch);
    }
    og_arena_destroy(scratch);
    og_arena_destroy(arena);
    return status;
}

int main(int argc, char** argv) {
    og_status status = OG_OK;
    if (argc == 5 && strcmp(argv[1], "save") == 0) {
        status = ogive_save(argv[2], strtoll(argv[3], NULL, 10), argv[4]);
    } else if (argc == 3 && strcmp(argv[1], "run") == 0) {
        status = ogive_run(argv[2]);
    } else {
        fprintf(stderr, "usage: %s save WORKLOAD REQUESTS TRACE.stl | run TRACE.stl\n", argv[0]);
        return 2;
    }
    if (status != OG_OK) {
        fprintf(stderr, "%s\n", og_error_text());
        return 2;
    }
    return 0;
}
