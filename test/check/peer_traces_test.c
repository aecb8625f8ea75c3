// The verdicts on the command traces of other simulators: known breaches are found, legal traces
// pass.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ogive/dram_check.h"

typedef struct peer_count {
    const char* rule;
    int64_t violations;
} peer_count;

// What a trace breaks; all other rules hold. DRAMSys 5.1 takes tRCD for tRC between ACT and ACT;
// Ramulator 2.1 has no read to write rule between ranks, and precharges during refresh in
// ClosedCAP; DRAMsim3 turns the bus a cycle early, knows no bubble between writes of two ranks, and
// refreshes before the precharge of a RDA or WRA is over.
typedef struct peer_trace {
    const char* name;
    int ranks;
    peer_count broken[4];
} peer_trace;

static const peer_trace peer_traces[] = {
    {"dsys_open_conflict", 1, {{0}}},
    {"dsys_open_random_21", 1, {{0}}},
    {"dsys_open_stream_21", 1, {{0}}},
    {"dsys_open_stream_r", 1, {{0}}},
    {"dsys_open_r2_conflict", 2, {{0}}},
    {"dsys_open_r2_random_21", 2, {{0}}},
    {"dsys_open_r2_stream_21", 2, {{0}}},
    {"dsys_open_r2_stream_r", 2, {{0}}},
    {"dsys_post8_conflict", 1, {{0}}},
    {"dsys_post8_random_21", 1, {{0}}},
    {"dsys_post8_stream_21", 1, {{0}}},
    {"dsys_post8_stream_r", 1, {{0}}},
    {"dsys_closed_conflict", 1, {{"tRC", 3989}, {"tRP auto", 3989}}},
    {"dsys_closed_random_21", 1, {{"tRC", 546}, {"tRP auto", 546}}},
    {"dsys_closed_stream_21", 1, {{"tRC", 344}, {"tRP auto", 344}}},
    {"dsys_closed_stream_r", 1, {{"tRC", 3953}, {"tRP auto", 3953}}},
    {"dsys_openadaptive_conflict", 1, {{"tRC", 3989}, {"tRP auto", 3989}}},
    {"dsys_openadaptive_random_21", 1, {{"tRC", 538}, {"tRP auto", 538}}},
    {"dsys_openadaptive_stream_21", 1, {{0}}},
    {"dsys_openadaptive_stream_r", 1, {{0}}},
    {"r21_open_r1_conflict", 1, {{0}}},
    {"r21_open_r1_random_21", 1, {{0}}},
    {"r21_open_r1_stream_21", 1, {{0}}},
    {"r21_open_r1_stream_r", 1, {{0}}},
    {"r21_open_r2_conflict", 2, {{0}}},
    {"r21_open_r2_random_21", 2, {{"data bus", 98}, {"tRTRS", 601}}},
    {"r21_open_r2_stream_21", 2, {{"data bus", 58}, {"tRTRS", 212}}},
    {"r21_open_r2_stream_r", 2, {{0}}},
    {"r21_close1_r1_conflict", 1, {{"tRFC", 18}}},
    {"r21_close1_r1_random_21", 1, {{"tRFC", 12}}},
    {"r21_close1_r1_stream_21", 1, {{"tRFC", 4}, {"tWR", 1}}},
    {"r21_close1_r1_stream_r", 1, {{"tRFC", 11}}},
    {"ds3_open_r1_M0_conflict", 1, {{0}}},
    {"ds3_open_r1_M0_random_21", 1, {{"tRTW", 228}}},
    {"ds3_open_r1_M0_stream_21", 1, {{"tRTW", 41}}},
    {"ds3_open_r1_M0_stream_r", 1, {{0}}},
    {"ds3_open_r2_M0_conflict", 2, {{0}}},
    {"ds3_open_r2_M0_random_21", 2, {{"tRTW", 86}, {"tRTRS", 436}}},
    {"ds3_open_r2_M0_stream_21", 2, {{"tRTW", 33}, {"tRTRS", 124}}},
    {"ds3_open_r2_M0_stream_r", 2, {{0}}},
    {"ds3_close_r1_M0_conflict", 1, {{"tRC", 18}, {"tRP auto", 18}}},
    {"ds3_close_r1_M0_random_21", 1, {{"tRTW", 265}}},
    {"ds3_close_r1_M0_stream_21", 1, {{"tRTW", 122}, {"tRC", 3}, {"tRP auto", 3}}},
    {"ds3_close_r1_M0_stream_r", 1, {{"tRC", 12}, {"tRP auto", 12}}},
};

static og_dram_check_result judge(og_arena* arena, const char* path, int ranks) {
    const og_dram_device* device;
    og_dram_commands commands;
    og_dram_check* check;
    assert_int_equal(og_dram_device_find("ddr4_2400", &device), OG_OK);
    if (og_dram_commands_load(arena, path, &commands) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    const og_dram_check_options options = {.ranks = ranks};
    assert_int_equal(og_dram_check_start(arena, device, &options, &check), OG_OK);
    for (int64_t i = 0; i < commands.count; ++i) {
        og_dram_check_command(check, &commands.events[i]);
    }
    return og_dram_check_finish(check, -1);
}

static void compare(og_arena* arena, const peer_trace* trace, const og_dram_check_result* result) {
    for (int i = 0; i < result->rule_count; ++i) {
        const og_dram_check_count* rule = &result->rules[i];
        int64_t expected = 0;
        for (int k = 0; k < 4 && trace->broken[k].rule; ++k) {
            expected +=
                strcmp(trace->broken[k].rule, rule->rule) == 0 ? trace->broken[k].violations : 0;
        }
        if (rule->violations != expected) {
            fail_msg("%s: %s broken %lld times, not %lld; first: %s", trace->name, rule->rule,
                     (long long)rule->violations, (long long)expected,
                     result->violations > 0 ? og_dram_check_describe(arena, &result->listed[0])
                                            : "none");
        }
    }
}

static void verdicts_on_other_simulators(void** state) {
    (void)state;
    const char* folder = OG_SHARED_DATA "/dram/peers/cmdtraces";
    if (access(folder, R_OK) != 0) {
        print_message("skipped: %s is missing\n", folder);
        skip();
    }
    for (size_t i = 0; i < sizeof peer_traces / sizeof peer_traces[0]; ++i) {
        og_arena* arena = og_arena_create();
        char path[512];
        snprintf(path, sizeof path, "%s/%s.csv.gz", folder, peer_traces[i].name);
        const og_dram_check_result result = judge(arena, path, peer_traces[i].ranks);
        compare(arena, &peer_traces[i], &result);
        og_arena_destroy(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(verdicts_on_other_simulators)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
