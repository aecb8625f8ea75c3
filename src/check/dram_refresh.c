// Refresh counts of a rank against JESD79-3 4.12, JESD79-4 4.26, JESD79-5 4.13 (four intervals in
// the normal mode, eight in the fine one that same-bank refresh needs), JESD209-4 4.12 and JESD235.
#include "check/dram_refresh.h"

#include <assert.h>
#include <math.h>

#include "check/dram_rules.h"

enum { DRAM_REFRESH_CROWD = 16 };  // most all-bank refreshes in two intervals

static const int64_t dram_refresh_never = INT64_MIN / 4;

static int64_t dram_refresh_limit(const og_dram_refresh* refresh, const og_dram_device* device,
                                  bool given, int value) {
    const bool normal_ddr5 = device->family == OG_DRAM_DDR5 && refresh->units == 1;
    return (int64_t)(given ? value : (normal_ddr5 ? 4 : 8)) * refresh->units;
}

static void dram_refresh_set_mode(og_dram_refresh* refresh, const og_dram_device* device,
                                  const og_dram_check_options* options,
                                  og_dram_check_refresh mode) {
    const og_dram_timing* timing = &device->timing;
    refresh->mode = mode;
    refresh->units = 1;
    refresh->interval = timing->refresh_interval;
    if (mode == OG_DRAM_CHECK_REFRESH_PER_BANK && timing->refresh_bank_interval > 0) {
        refresh->units = device->organisation.banks;
        refresh->interval = timing->refresh_bank_interval;
    }
    if (mode == OG_DRAM_CHECK_REFRESH_SAME_BANK && timing->refresh_same_bank_interval > 0) {
        refresh->units = device->organisation.banks / device->organisation.bank_groups;
        refresh->interval = timing->refresh_same_bank_interval;
    }
    refresh->postponed =
        dram_refresh_limit(refresh, device, options->postponed_given, options->postponed);
    refresh->pulled_in =
        dram_refresh_limit(refresh, device, options->pulled_in_given, options->pulled_in);
}

void og_dram_refresh_start(og_dram_refresh* refresh, const og_dram_device* device,
                           const og_dram_check_options* options) {
    const og_dram_timing* timing = &device->timing;
    *refresh = (og_dram_refresh){0};
    // a write to a row opened just before has to finish, and a sleeping rank to wake
    refresh->slack = timing->activate_to_write + og_dram_rule_write_to_precharge(device) +
                     timing->precharge_all + timing->power_down_exit + timing->clock_enable;
    for (int i = 0; i < DRAM_REFRESH_CROWD; ++i) {
        refresh->recent[i] = dram_refresh_never;
    }
    dram_refresh_set_mode(refresh, device, options, options->refresh);
}

static og_dram_check_refresh dram_refresh_mode_of(og_dram_check_kind kind) {
    switch (kind) {
    case OG_DRAM_CHECK_REFB: return OG_DRAM_CHECK_REFRESH_PER_BANK;
    case OG_DRAM_CHECK_REFS: return OG_DRAM_CHECK_REFRESH_SAME_BANK;
    default: return OG_DRAM_CHECK_REFRESH_ALL_BANK;
    }
}

og_dram_refresh_verdict og_dram_refresh_at(const og_dram_refresh* refresh, int64_t cycle) {
    og_dram_refresh_verdict verdict = {0};
    if (refresh->mode == OG_DRAM_CHECK_REFRESH_NONE) {
        return verdict;
    }
    const double owed = (double)(refresh->issued + 1 + refresh->postponed);
    verdict.due = refresh->base + (int64_t)ceil(owed * refresh->interval) + refresh->slack;
    verdict.late = cycle > verdict.due;
    return verdict;
}

og_dram_refresh_verdict og_dram_refresh_issue(og_dram_refresh* refresh,
                                              const og_dram_device* device,
                                              const og_dram_check_options* options,
                                              og_dram_check_kind kind, int place, int64_t cycle) {
    if (refresh->mode == OG_DRAM_CHECK_REFRESH_SEEN) {
        dram_refresh_set_mode(refresh, device, options, dram_refresh_mode_of(kind));
    }
    og_dram_refresh_verdict verdict = og_dram_refresh_at(refresh, cycle);
    refresh->owes_exit = false;
    const bool whole = kind == OG_DRAM_CHECK_REFA;
    if (refresh->mode == OG_DRAM_CHECK_REFRESH_ALL_BANK && !whole) {
        return verdict;  // a smaller refresh on top changes nothing in the all-bank account
    }
    // where the count begins within the first interval is the controller's choice: one round of
    // grace
    refresh->issued += whole ? refresh->units : 1;
    const int64_t due = (int64_t)floor((double)(cycle - refresh->base) / refresh->interval);
    verdict.early = refresh->mode != OG_DRAM_CHECK_REFRESH_NONE &&
                    refresh->issued - due > refresh->pulled_in + refresh->units;
    if (whole) {
        const int64_t window = 2 * (int64_t)device->timing.refresh_interval;
        verdict.crowded = device->family != OG_DRAM_DDR5 &&
                          cycle - refresh->recent[refresh->recent_next] < window;
        refresh->recent[refresh->recent_next] = cycle;
        refresh->recent_next = (refresh->recent_next + 1) % DRAM_REFRESH_CROWD;
        refresh->round = 0;
        return verdict;
    }
    const uint64_t bit = (uint64_t)1 << place;
    verdict.repeated = (refresh->round & bit) != 0;
    refresh->round |= bit;
    const int places = kind == OG_DRAM_CHECK_REFB
                           ? device->organisation.banks
                           : device->organisation.banks / device->organisation.bank_groups;
    if (refresh->round == UINT64_MAX >> (64 - places)) {
        refresh->round = 0;
    }
    return verdict;
}

void og_dram_refresh_restart(og_dram_refresh* refresh, int64_t cycle) {
    refresh->base = cycle;
    refresh->issued = 0;
    refresh->round = 0;
    refresh->owes_exit = true;
}
