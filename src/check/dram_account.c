// Refresh counts of a rank against JESD79-3 4.12, JESD79-4 4.26, JESD79-5 4.13 (four intervals in
// the normal mode, eight in the fine one that same-bank refresh needs), JESD209-4 4.12 and JESD235.
#include "check/dram_account.h"

#include <assert.h>
#include <math.h>

#include "check/dram_rules.h"

enum { DRAM_ACCOUNT_CROWD = 16 };  // most all-bank refreshes in two intervals

static const int64_t dram_account_never = INT64_MIN / 4;

static int64_t dram_account_limit(const og_dram_account* account, const og_dram_device* device,
                                  bool given, int value) {
    const bool normal_ddr5 = device->family == OG_DRAM_DDR5 && account->units == 1;
    return (int64_t)(given ? value : (normal_ddr5 ? 4 : 8)) * account->units;
}

static void dram_account_set_mode(og_dram_account* account, const og_dram_device* device,
                                  const og_dram_check_options* options,
                                  og_dram_check_refresh mode) {
    const og_dram_timing* timing = &device->timing;
    account->mode = mode;
    account->units = 1;
    account->interval = timing->refresh_interval;
    if (mode == OG_DRAM_CHECK_REFRESH_PER_BANK && timing->refresh_bank_interval > 0) {
        account->units = device->organisation.banks;
        account->interval = timing->refresh_bank_interval;
    }
    if (mode == OG_DRAM_CHECK_REFRESH_SAME_BANK && timing->refresh_same_bank_interval > 0) {
        account->units = device->organisation.banks / device->organisation.bank_groups;
        account->interval = timing->refresh_same_bank_interval;
    }
    account->postponed =
        dram_account_limit(account, device, options->postponed_given, options->postponed);
    account->pulled_in =
        dram_account_limit(account, device, options->pulled_in_given, options->pulled_in);
}

void og_dram_account_start(og_dram_account* account, const og_dram_device* device,
                           const og_dram_check_options* options) {
    const og_dram_timing* timing = &device->timing;
    *account = (og_dram_account){0};
    // a write to a row opened just before has to finish, a sleeping rank to wake, and a refresh of
    // other banks to end
    account->slack = timing->activate_to_write + og_dram_rule_write_to_precharge(device) +
                     timing->precharge_all + timing->power_down_exit + timing->clock_enable +
                     timing->refresh_to_refresh_other;
    for (int i = 0; i < DRAM_ACCOUNT_CROWD; ++i) {
        account->recent[i] = dram_account_never;
    }
    dram_account_set_mode(account, device, options, options->refresh);
}

static og_dram_check_refresh dram_account_mode_of(og_dram_check_kind kind) {
    switch (kind) {
    case OG_DRAM_CHECK_REFB: return OG_DRAM_CHECK_REFRESH_PER_BANK;
    case OG_DRAM_CHECK_REFS: return OG_DRAM_CHECK_REFRESH_SAME_BANK;
    default: return OG_DRAM_CHECK_REFRESH_ALL_BANK;
    }
}

og_dram_account_verdict og_dram_account_at(const og_dram_account* account, int64_t cycle) {
    og_dram_account_verdict verdict = {0};
    if (account->mode == OG_DRAM_CHECK_REFRESH_NONE) {
        return verdict;
    }
    const double owed = (double)(account->issued + 1 + account->postponed);
    verdict.due = account->base + (int64_t)ceil(owed * account->interval) + account->slack;
    verdict.late = cycle > verdict.due;
    return verdict;
}

og_dram_account_verdict og_dram_account_issue(og_dram_account* account,
                                              const og_dram_device* device,
                                              const og_dram_check_options* options,
                                              og_dram_check_kind kind, int place, int64_t cycle) {
    if (account->mode == OG_DRAM_CHECK_REFRESH_SEEN) {
        dram_account_set_mode(account, device, options, dram_account_mode_of(kind));
    }
    og_dram_account_verdict verdict = og_dram_account_at(account, cycle);
    const bool extra = account->owes_exit;  // asked for by the exit from self-refresh
    account->owes_exit = false;
    if (extra) {
        account->base = cycle;
    }
    const bool whole = kind == OG_DRAM_CHECK_REFA;
    if (account->mode == OG_DRAM_CHECK_REFRESH_ALL_BANK && !whole) {
        return verdict;  // a smaller refresh on top changes nothing in the all-bank account
    }
    // refreshes beyond those that may be pulled in save none later; where the count begins within
    // the first interval is the controller's choice, so that one round more may be ahead
    const int64_t due = (int64_t)floor((double)(cycle - account->base) / account->interval);
    const int64_t most = due + account->pulled_in + account->units;
    account->issued += extra ? 0 : (whole ? account->units : 1);
    account->issued = account->issued < most ? account->issued : most;
    if (whole) {
        const int64_t window = 2 * (int64_t)device->timing.refresh_interval;
        verdict.crowded = device->family != OG_DRAM_DDR5 &&
                          cycle - account->recent[account->recent_next] < window;
        account->recent[account->recent_next] = cycle;
        account->recent_next = (account->recent_next + 1) % DRAM_ACCOUNT_CROWD;
        account->round = 0;
        return verdict;
    }
    const uint64_t bit = (uint64_t)1 << place;
    verdict.repeated = (account->round & bit) != 0;
    account->round |= bit;
    const int places = kind == OG_DRAM_CHECK_REFB
                           ? device->organisation.banks
                           : device->organisation.banks / device->organisation.bank_groups;
    if (account->round == UINT64_MAX >> (64 - places)) {
        account->round = 0;
    }
    return verdict;
}

void og_dram_account_sleep(og_dram_account* account, int64_t cycle) {
    const int64_t due = (int64_t)floor((double)(cycle - account->base) / account->interval);
    account->balance = account->issued - due;
    if (account->balance < 0) {
        // the device refreshes itself at once, which pays what is due just now
        const int64_t paid = account->balance + account->units;
        account->balance = paid < 0 ? paid : 0;
    }
}

void og_dram_account_wake(og_dram_account* account, int64_t cycle) {
    account->base = cycle;
    account->issued = account->balance;
    account->round = 0;
    account->owes_exit = true;
}
