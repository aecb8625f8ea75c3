#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/number.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "ogive/dram_check.h"

static const char* const check_dram_commands_refreshes[] = {
    [OG_DRAM_CHECK_REFRESH_SEEN] = "as_seen",       [OG_DRAM_CHECK_REFRESH_NONE] = "NoRefresh",
    [OG_DRAM_CHECK_REFRESH_ALL_BANK] = "AllBank",   [OG_DRAM_CHECK_REFRESH_PER_BANK] = "PerBank",
    [OG_DRAM_CHECK_REFRESH_SAME_BANK] = "SameBank",
};

static og_status check_dram_commands_device(const og_call* call, const og_dram_device** device) {
    const char* memspec = og_call_text(call, "memspec");
    return memspec ? og_dram_device_load(call->arena, memspec, device)
                   : og_dram_device_find(og_call_text(call, "standard"), device);
}

static void check_dram_commands_print(const og_call* call, const og_dram_check_result* result,
                                      const char* standard) {
    og_arena* arena = call->arena;
    og_buffer out = {.arena = arena};
    og_buffer_print(&out, "%s of %s checked against %d rules: ",
                    og_count_text(arena, result->commands, "command"), standard,
                    result->rule_count);
    if (result->violations == 0) {
        og_buffer_print(&out, "legal\n");
        fwrite(out.data, 1, out.length, stdout);
        return;
    }
    og_buffer_print(&out, "%s\n\n", og_count_text(arena, result->violations, "violation"));
    og_table table = og_table_make(arena, 3, (const char*[]){"rule", "violations", "demands"});
    for (int i = 0; i < result->rule_count; i++) {
        const og_dram_check_count* rule = &result->rules[i];
        if (rule->violations > 0) {
            og_table_add(
                &table,
                (const char*[]){rule->rule, og_number_text(arena, (double)rule->violations, ""),
                                rule->doc});
        }
    }
    og_table_print(&table, 2, og_terminal_columns(stdout), og_terminal_color(stdout), &out);
    const int64_t wanted = (int64_t)og_call_number(call, "list");
    og_buffer_print(&out, "%s", wanted > 0 ? "\n" : "");
    for (int64_t i = 0; i < result->listed_count && i < wanted; i++) {
        og_buffer_print(&out, "  %s\n", og_dram_check_describe(arena, &result->listed[i]));
    }
    if (wanted > 0 && result->violations > wanted) {
        og_buffer_print(&out, "  ... (--list shows more)\n");
    }
    fwrite(out.data, 1, out.length, stdout);
}

static og_status check_dram_commands_run(og_call* call) {
    const og_dram_device* device = NULL;
    OG_TRY(check_dram_commands_device(call, &device));
    og_dram_commands commands = {0};
    OG_TRY(og_dram_commands_load(call->arena, og_call_argument(call, 0), &commands));
    const og_dram_check_options options = {
        .channels = (int)og_call_number(call, "channels"),
        .ranks = (int)og_call_number(call, "ranks"),
        .refresh = (og_dram_check_refresh)og_call_number(call, "refresh"),
        .postponed_given = og_call_given(call, "postponed"),
        .postponed = (int)og_call_number(call, "postponed"),
        .pulled_in_given = og_call_given(call, "pulled_in"),
        .pulled_in = (int)og_call_number(call, "pulled_in"),
        .violations_listed = (int64_t)og_call_number(call, "list"),
    };
    og_dram_check* check = NULL;
    OG_TRY(og_dram_check_start(call->arena, device, &options, &check));
    for (int64_t i = 0; i < commands.count; i++) {
        og_dram_check_command(check, &commands.events[i]);
    }
    const og_dram_check_result result = og_dram_check_finish(check, -1);
    check_dram_commands_print(call, &result, device->name);
    call->code = result.violations > 0 ? OG_EXIT_NOTHING : OG_EXIT_DONE;
    return OG_OK;
}

static const og_argument check_dram_commands_arguments[] = {
    {"FILE", "Command trace: CSV with cycle,cmd,rank,bankgroup,bank,row,column, plain or gzip.",
     false},
};

static const og_option check_dram_commands_options[] = {
    {.row = {OG_TEXT_ROW("standard", "ddr3_1600", "Device (`ogive list standards`).")},
     .placeholder = "NAME"},
    {.row = {OG_TEXT_ROW("memspec", NULL, "Device from a DRAMSys memspec file instead.")},
     .placeholder = "FILE"},
    {.row = {OG_INTEGER_ROW("channels", "", 0, 64, 0, "Channels; 0 = as the device has.")}},
    {.row = {OG_INTEGER_ROW("ranks", "", 0, 64, 0, "Ranks of a channel; 0 = as the device has.")}},
    {.row = {OG_CHOICE_ROW("refresh", check_dram_commands_refreshes, OG_DRAM_CHECK_REFRESH_SEEN,
                           "How the banks have to be refreshed.")}},
    {.row = {OG_INTEGER_ROW("postponed", "intervals", 0, 64, 8,
                            "Most refreshes that may be owed; left out: as the standard allows.")}},
    {.row = {OG_INTEGER_ROW(
         "pulled_in", "intervals", 0, 64, 8,
         "Most refreshes that may be ahead; left out: as the standard allows.")}},
    {.row = {OG_INTEGER_ROW("list", "violations", 1, 1000, 10, "Violations to list in words.")},
     .letter = 'n'},
};

const og_command og_command_check_dram_commands = {
    .name = "check dram-commands",
    .summary = "Check a DRAM command trace, of any simulator, against the JEDEC rules.",
    .doc =
        "Judges timing, bank states, buses, refresh and power-down of every command.\n\n"
        "Exit code: 0 the trace is legal, 1 rules are broken, 2 wrong input.",
    .example =
        "ogive sim dram --standard ddr4_2400 --workload gemm --commands commands.csv\n"
        "ogive check dram-commands commands.csv --standard ddr4_2400",
    .arguments = check_dram_commands_arguments,
    .argument_count = 1,
    .options = check_dram_commands_options,
    .option_count = sizeof check_dram_commands_options / sizeof *check_dram_commands_options,
    .run = check_dram_commands_run,
};
