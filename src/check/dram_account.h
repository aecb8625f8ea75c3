/// The refresh account of one rank: is every bank refreshed as often as the standard asks, not too
/// far ahead and not too far behind?
#pragma once

#include "ogive/dram_check.h"

/// Account of one rank. A unit is the smallest refresh of the mode: all banks, one bank, or one
/// set.
typedef struct og_dram_account {
    og_dram_check_refresh mode;
    double interval;     ///< cycles between two units
    int units;           ///< units that refresh the whole rank once
    int64_t postponed;   ///< most units owed
    int64_t pulled_in;   ///< most units ahead that count
    int64_t slack;       ///< cycles that closing the banks may take after a refresh falls due
    int64_t base;        ///< cycle from which units fall due
    int64_t issued;      ///< units since then
    int64_t recent[16];  ///< cycles of the last all-bank refreshes, a ring
    int recent_next;
    uint64_t round;   ///< banks or sets refreshed in the current round
    int64_t balance;  ///< units ahead (or owed, negative) at self-refresh entry
    bool owes_exit;   ///< no refresh since the last self-refresh
} og_dram_account;

/// What a refresh or a moment breaks; `due` is the latest legal cycle when late.
typedef struct og_dram_account_verdict {
    bool late, crowded, repeated;
    int64_t due;
} og_dram_account_verdict;

/// Begin the account of a rank at cycle 0; limits from `options`, else from the standard.
void og_dram_account_start(og_dram_account* account, const og_dram_device* device,
                           const og_dram_check_options* options);

/// Enter a refresh command; `place` is the bank of the rank (REFB) or the bank of each group
/// (REFS).
og_dram_account_verdict og_dram_account_issue(og_dram_account* account,
                                              const og_dram_device* device,
                                              const og_dram_check_options* options,
                                              og_dram_check_kind kind, int place, int64_t cycle);

/// Whether a refresh is overdue at `cycle`.
og_dram_account_verdict og_dram_account_at(const og_dram_account* account, int64_t cycle);

/// Self-refresh entry: refreshes owed and ahead stay as they are until the exit (JESD79-3 4.12).
void og_dram_account_sleep(og_dram_account* account, int64_t cycle);

/// Self-refresh exit: intervals count from here, or from the extra refresh that an exit asks for.
void og_dram_account_wake(og_dram_account* account, int64_t cycle);
