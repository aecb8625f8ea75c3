/// The judge of DRAM command traces: replays the commands that a controller put on its buses,
/// whichever simulator or analyser they come from, and reports every breach of the JEDEC rules of a
/// device: timing, bank and rank states, command and data buses, refresh, power-down, and the fate
/// of each request.
///
/// It shares the device tables with the simulators and nothing else: the rules are written down
/// from the standards once more. Distances follow the reference points that dram_device.h states.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/dram_device.h"
#include "ogive/status.h"

/// Commands on the bus of a channel.
typedef enum og_dram_check_kind {
    OG_DRAM_CHECK_ACT,
    OG_DRAM_CHECK_PRE,   ///< precharge one bank
    OG_DRAM_CHECK_PREA,  ///< precharge all banks of a rank
    OG_DRAM_CHECK_RD,
    OG_DRAM_CHECK_RDA,  ///< read with auto-precharge
    OG_DRAM_CHECK_WR,
    OG_DRAM_CHECK_WRA,   ///< write with auto-precharge
    OG_DRAM_CHECK_REFA,  ///< refresh all banks of a rank
    OG_DRAM_CHECK_REFB,  ///< refresh one bank (LPDDR4, HBM2)
    OG_DRAM_CHECK_REFS,  ///< refresh the same bank of every group (DDR5)
    OG_DRAM_CHECK_PDEA,  ///< power-down entry with a row open
    OG_DRAM_CHECK_PDEP,  ///< power-down entry with all banks closed
    OG_DRAM_CHECK_PDXA,  ///< exit from the one
    OG_DRAM_CHECK_PDXP,  ///< exit from the other
    OG_DRAM_CHECK_SREF,  ///< self-refresh entry
    OG_DRAM_CHECK_SREX,  ///< self-refresh exit
    OG_DRAM_CHECK_KINDS,
} og_dram_check_kind;

/// Name of a command as it stands in traces: "ACT", "PRE", "PREA", "RD", ..., "REFA", "REFB",
/// "REFS", ...
const char* og_dram_check_kind_name(og_dram_check_kind kind);

/// One command. `cycle` is its first bus cycle; `bank` counts within its bank group; fields that a
/// command does not have are -1.
typedef struct og_dram_check_event {
    int64_t cycle;
    og_dram_check_kind kind;
    int channel, rank, bank_group, bank, row, column;
    int64_t request;  ///< index of the request that a RD or WR serves, -1 when unknown
} og_dram_check_event;

/// One request that the controller has to serve.
typedef struct og_dram_check_request {
    int channel, rank, bank_group, bank, row, column;
    bool write;
} og_dram_check_request;

/// How the banks of a trace are kept alive.
typedef enum og_dram_check_refresh {
    OG_DRAM_CHECK_REFRESH_SEEN,  ///< as the first refresh command of the trace says (none:
                                 ///< all-bank)
    OG_DRAM_CHECK_REFRESH_NONE,  ///< do not look for missing refreshes
    OG_DRAM_CHECK_REFRESH_ALL_BANK,
    OG_DRAM_CHECK_REFRESH_PER_BANK,
    OG_DRAM_CHECK_REFRESH_SAME_BANK,
} og_dram_check_refresh;

/// What to check beside the device's rules. All zero: the device's own ranks and channels, the
/// limits of the standard, no requests, the first 1000 violations listed.
typedef struct og_dram_check_options {
    int channels;  ///< 0: those of the device
    int ranks;     ///< 0: those of the device
    og_dram_check_refresh refresh;
    bool postponed_given;  ///< `postponed` holds
    int postponed;         ///< most refresh intervals owed; else 8, for DDR5 all-bank 4
    bool pulled_in_given;  ///< `pulled_in` holds
    int pulled_in;         ///< most refresh intervals ahead that save later ones; else as above
    const og_dram_check_request* requests;  ///< list: [request_count], or NULL: not checked
    int64_t request_count;
    int64_t violations_listed;  ///< 0: 1000
} og_dram_check_options;

/// A broken rule. `needed` and `found` are cycles between the two commands, in the rules that have
/// such.
typedef struct og_dram_check_violation {
    const char* rule;           ///< "tRC"; one of those og_dram_check_result counts
    int64_t needed;             ///< least distance, -1 when the rule is not a distance
    int64_t found;              ///< actual distance
    og_dram_check_event event;  ///< the command that breaks the rule
    og_dram_check_event other;  ///< the earlier command that it comes too close to; cycle -1: none
} og_dram_check_violation;

/// A rule and how often it was broken.
typedef struct og_dram_check_count {
    const char* rule;
    const char* doc;  ///< what it demands
    int64_t violations;
} og_dram_check_count;

/// The verdict. Lives in the arena of the check.
typedef struct og_dram_check_result {
    int64_t commands;
    int64_t violations;                     ///< 0: the trace is legal
    const og_dram_check_violation* listed;  ///< list: [listed_count], the first ones in order
    int64_t listed_count;
    const og_dram_check_count* rules;  ///< list: [rule_count], every rule of this device
    int rule_count;
} og_dram_check_result;

typedef struct og_dram_check og_dram_check;

/// Begin a check. It allocates from `arena` until it is finished, so that this must not be the
/// scratch of a simulation that feeds it. `device` and `options` (NULL: all zero) must outlive it.
/// Fails when the options name ranks or channels that are no powers of two up to 64.
og_status og_dram_check_start(og_arena* arena, const og_dram_device* device,
                              const og_dram_check_options* options, og_dram_check** check);

/// Judge the next command. Commands come in the order of their cycles, channels mixed as they like.
/// Refreshes count from cycle 0, or from the first command when one were overdue there already.
void og_dram_check_command(og_dram_check* check, const og_dram_check_event* event);

/// End the check: `end_cycle` is the end of the trace, for refreshes that are missing at its end
/// (-1: the last command).
og_dram_check_result og_dram_check_finish(og_dram_check* check, int64_t end_cycle);

/// The violation in words, for messages and reports, in `arena`.
const char* og_dram_check_describe(og_arena* arena, const og_dram_check_violation* violation);

/// A command trace of a file.
typedef struct og_dram_commands {
    const og_dram_check_event* events;  ///< list: [count]
    int64_t count;
} og_dram_commands;

/// Load a command trace: CSV, plain or gzip, one command a line: cycle, cmd, rank, bankgroup, bank,
/// row, column (and channel, request), in the order of the header line or, without one, in this
/// order. Empty fields stand for -1. Names of commands are those of the simulators (PRE or PREPB,
/// REF or REFAB, ...). A damaged line fails with file:line and the reason.
og_status og_dram_commands_load(og_arena* arena, const char* path, og_dram_commands* commands);

/// The same from `size` bytes of `text`; `name` stands for the file in messages.
og_status og_dram_commands_parse(og_arena* arena, const char* name, const char* text, size_t size,
                                 og_dram_commands* commands);
