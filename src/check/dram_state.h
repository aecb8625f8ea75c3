/// The state of a check, shared by its files: what is known of banks, ranks and buses after each
/// command.
#pragma once

#include <assert.h>

#include "check/dram_account.h"
#include "check/dram_requests.h"
#include "check/dram_rules.h"

enum {
    OG_DRAM_STATE_BURSTS = 16,  // data bursts looked back at; reads overtake few writes
    OG_DRAM_STATE_LISTED = 1000,
    OG_DRAM_STATE_MASK_COLUMN = 1 << OG_DRAM_CHECK_RD | 1 << OG_DRAM_CHECK_RDA |
                                1 << OG_DRAM_CHECK_WR | 1 << OG_DRAM_CHECK_WRA,
    OG_DRAM_STATE_MASK_WRITE = 1 << OG_DRAM_CHECK_WR | 1 << OG_DRAM_CHECK_WRA,
    OG_DRAM_STATE_MASK_EXIT =
        1 << OG_DRAM_CHECK_PDXA | 1 << OG_DRAM_CHECK_PDXP | 1 << OG_DRAM_CHECK_SREX,
    OG_DRAM_STATE_MASK_SLEEP =
        OG_DRAM_STATE_MASK_EXIT | 1 << OG_DRAM_CHECK_PDEA | 1 << OG_DRAM_CHECK_PDEP,
    OG_DRAM_STATE_MASK_BANK = OG_DRAM_STATE_MASK_COLUMN | 1 << OG_DRAM_CHECK_ACT |
                              1 << OG_DRAM_CHECK_PRE | 1 << OG_DRAM_CHECK_REFB,
};

/// Cycle of what has not happened yet; far enough from 0 to subtract from.
static const int64_t og_dram_state_never = INT64_MIN / 4;

/// Rules that are no distances between commands of a rank.
typedef enum og_dram_special {
    OG_DRAM_SPECIAL_ORDER,
    OG_DRAM_SPECIAL_ADDRESS,
    OG_DRAM_SPECIAL_COMMAND,
    OG_DRAM_SPECIAL_BUS,
    OG_DRAM_SPECIAL_DATA,
    OG_DRAM_SPECIAL_GAP,
    OG_DRAM_SPECIAL_BANK_OPEN,
    OG_DRAM_SPECIAL_BANK_CLOSED,
    OG_DRAM_SPECIAL_ROW,
    OG_DRAM_SPECIAL_BANKS_OPEN,
    OG_DRAM_SPECIAL_ASLEEP,
    OG_DRAM_SPECIAL_AWAKE,
    OG_DRAM_SPECIAL_POWER_DOWN_KIND,
    OG_DRAM_SPECIAL_FAW,
    OG_DRAM_SPECIAL_AUTO_PRECHARGE,
    OG_DRAM_SPECIAL_LATE,
    OG_DRAM_SPECIAL_CROWDED,
    OG_DRAM_SPECIAL_ROUND,
    OG_DRAM_SPECIAL_EXIT_REFRESH,
    OG_DRAM_SPECIAL_TWICE,
    OG_DRAM_SPECIAL_PLACE,
    OG_DRAM_SPECIAL_UNKNOWN,
    OG_DRAM_SPECIAL_MISSING,
    OG_DRAM_SPECIALS,
} og_dram_special;

/// A row of the rule table made ready for one device.
typedef struct og_dram_state_rule {
    unsigned from;
    og_dram_rule_scope scope;
    int distance;
    int count;  // index of its name in the counts
} og_dram_state_rule;

/// What is known of a bank.
typedef struct og_dram_state_bank {
    int row;            // open row, -1 closed
    int64_t activated;  // last bus cycle of its last ACT
    int64_t closing;    // start of the precharge of the last RDA or WRA, or never
    og_dram_check_event closer;
} og_dram_state_bank;

/// Whether a rank listens to commands.
typedef enum og_dram_state_sleep {
    OG_DRAM_STATE_ON,
    OG_DRAM_STATE_DOWN_ACTIVE,
    OG_DRAM_STATE_DOWN_PRECHARGED,
    OG_DRAM_STATE_SELF_REFRESH,
} og_dram_state_sleep;

/// What is known of a rank.
typedef struct og_dram_state_rank {
    og_dram_state_bank* banks;              // list: [banks]
    int64_t* last[OG_DRAM_CHECK_KINDS];     // cycle of each kind, list: [banks]
    int64_t last_any[OG_DRAM_CHECK_KINDS];  // cycle of each kind, on any bank
    int open_banks;
    og_dram_state_sleep sleep;
    og_dram_check_event activates[4];  // ring
    int activate_next;
    og_dram_account account;
} og_dram_state_rank;

/// Data on the bus, in cycles from `begin` to before `end`.
typedef struct og_dram_state_burst {
    int64_t begin, end;
    bool write;
    og_dram_check_event event;
} og_dram_state_burst;

/// What is known of a channel.
typedef struct og_dram_state_channel {
    og_dram_state_rank* ranks;
    int64_t bus_free[2];  // first free cycle of the row bus (or the only one) and of the column bus
    og_dram_check_event bus_event[2];
    og_dram_state_burst bursts[OG_DRAM_STATE_BURSTS];  // ring
    int burst_next;
} og_dram_state_channel;

/// The check.
struct og_dram_check {
    og_arena* arena;
    const og_dram_device* device;
    og_dram_check_options options;
    int channels, ranks, banks, banks_of_group;
    int bus_cycles[OG_DRAM_CHECK_KINDS];
    og_dram_state_rule* rules[OG_DRAM_CHECK_KINDS];  // by the later command
    int rule_counts[OG_DRAM_CHECK_KINDS];
    og_dram_state_channel* channel;
    og_dram_requests* requests;
    og_dram_check_count* counts;
    int count_count;
    og_dram_check_violation* listed;
    int64_t listed_capacity;
    int64_t last_cycle;
    og_dram_check_result result;
};

/// No command.
extern const og_dram_check_event og_dram_state_nothing;

/// Whether `kind` belongs to a mask of 1 << kind.
bool og_dram_state_in(og_dram_check_kind kind, unsigned mask);

/// Enter a violation of the rule number `count`; `other` may be NULL, `needed` -1.
void og_dram_state_report(og_dram_check* check, int count, const og_dram_check_event* event,
                          const og_dram_check_event* other, int64_t needed, int64_t found);

/// Enter a violation of a rule that is no distance.
void og_dram_state_break(og_dram_check* check, og_dram_special special,
                         const og_dram_check_event* event);

/// Enter a refresh that is late.
void og_dram_state_overdue(og_dram_check* check, const og_dram_account_verdict* verdict,
                           const og_dram_state_rank* rank, const og_dram_check_event* event);
