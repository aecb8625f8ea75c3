// Fuzzing of the memspec loader: any bytes give a usable device or a message, never a crash.

#include <stdlib.h>
#include <string.h>

#include "ogive/dram_check.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static void memspec_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

static void memspec_fuzz_check(og_arena* arena, const og_dram_device* device) {
    const og_dram_organisation* organisation = &device->organisation;
    memspec_fuzz_require(organisation->banks >= organisation->bank_groups);
    memspec_fuzz_require(og_dram_device_burst_cycles(device) >= 1);
    memspec_fuzz_require(og_dram_device_bytes(device) > 0);
    memspec_fuzz_require(device->timing.clock_ps > 0 && device->timing.refresh_interval > 0);
    memspec_fuzz_require(device->timing.activate_to_write > 0 && device->timing.precharge_all > 0);
    // the judge takes every device that loads
    og_dram_check* check;
    memspec_fuzz_require(og_dram_check_start(arena, device, NULL, &check) == OG_OK);
    const og_dram_check_event event = {.kind = OG_DRAM_CHECK_ACT, .request = -1};
    og_dram_check_command(check, &event);
    memspec_fuzz_require(og_dram_check_finish(check, -1).commands == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    og_arena* arena = og_arena_create();
    // a copy of the exact size, so that reading behind its end is seen
    char* text = malloc(size > 0 ? size : 1);
    memspec_fuzz_require(text != NULL);
    if (size > 0) {
        memcpy(text, data, size);
    }
    const og_dram_device* device;
    if (og_dram_device_parse(arena, "fuzz", text, size, &device) == OG_OK) {
        memspec_fuzz_check(arena, device);
    } else {
        memspec_fuzz_require(strstr(og_error_text(), "fuzz:") == og_error_text());
    }
    free(text);
    og_arena_destroy(arena);
    return 0;
}
