// Fuzzing of command traces and of the judge: any bytes give a verdict or a message, never a crash.

#include <stdlib.h>
#include <string.h>

#include "ogive/dram_check.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static void commands_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

static void commands_fuzz_judge(og_arena* arena, const og_dram_device* device,
                                const og_dram_commands* commands) {
    const og_dram_check_request request = {.row = 1, .column = 8};
    const og_dram_check_options options = {
        .ranks = 2, .channels = 2, .requests = &request, .request_count = 1};
    og_dram_check* check;
    commands_fuzz_require(og_dram_check_start(arena, device, &options, &check) == OG_OK);
    for (int64_t i = 0; i < commands->count; ++i) {
        og_dram_check_command(check, &commands->events[i]);
    }
    const og_dram_check_result result = og_dram_check_finish(check, -1);
    int64_t sum = 0;
    for (int i = 0; i < result.rule_count; ++i) {
        sum += result.rules[i].violations;
    }
    commands_fuzz_require(sum == result.violations && result.listed_count <= sum);
    for (int64_t i = 0; i < result.listed_count; ++i) {
        commands_fuzz_require(og_dram_check_describe(arena, &result.listed[i]) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    og_arena* arena = og_arena_create();
    // a copy of the exact size, so that reading behind its end is seen
    char* text = malloc(size > 0 ? size : 1);
    commands_fuzz_require(text != NULL);
    if (size > 0) {
        memcpy(text, data, size);
    }
    og_dram_commands commands;
    if (og_dram_commands_parse(arena, "fuzz", text, size, &commands) == OG_OK) {
        commands_fuzz_require(commands.count >= 1);
        for (int i = 0; og_dram_device_at(i); ++i) {
            commands_fuzz_judge(arena, og_dram_device_at(i), &commands);
        }
    } else {
        commands_fuzz_require(strstr(og_error_text(), "fuzz:") == og_error_text());
    }
    free(text);
    og_arena_destroy(arena);
    return 0;
}
