// Distances between commands, from the standards' rules. Timings count from the last bus cycle of
// one command to the last of the next; here they become start to start, so each gains the
// difference of the two commands' lengths.
#include "sim/dram/distances.h"

#include <assert.h>

// a distance that never binds
enum { DISTANCES_NONE = -(1 << 28) };

static int distances_max(int a, int b) {
    return a > b ? a : b;
}

static void distances_bank(dram_distances* d, const og_dram_timing* t, bool lpddr) {
    const int act = d->length_act;
    const int column = d->length_column;
    const int other = d->length_other;
    // JESD209-4: BL/2 + max(8, RTP) - 8 and one more cycle of write latency
    const int read_pre = lpddr ? d->burst + distances_max(t->read_to_precharge, 8) - 8
                               : t->additive_latency + t->read_to_precharge;
    const int write_pre = t->write_latency + d->burst + t->write_recovery + (lpddr ? 1 : 0);
    d->act_act = t->activate_to_activate;
    d->act_read = t->activate_to_column - t->additive_latency + act - column;
    d->act_write = t->activate_to_write - t->additive_latency + act - column;
    d->act_pre = t->activate_to_precharge + act - other;
    d->pre_act = t->precharge + other - act;
    d->read_pre = read_pre + column - other;
    d->write_pre = write_pre + column - other;
    d->write_reada = write_pre - read_pre;
    d->reada_act = read_pre + t->precharge + column - act;
    d->writea_act = write_pre + t->precharge + column - act;
}

static void distances_rank(dram_distances* d, const og_dram_timing* t, og_dram_family family) {
    const bool lpddr = family == OG_DRAM_LPDDR4;
    const int write_data = t->write_latency + d->burst + (lpddr ? 1 : 0) - t->additive_latency;
    d->act_act_same = t->activate_same;
    d->act_act_other = t->activate_other;
    d->four_acts = t->four_activates;
    d->read_read_same = t->column_same;
    d->read_read_other = t->column_other;
    d->write_write_same = distances_max(t->column_write_same, t->column_same);
    d->write_write_other = t->column_other;
    d->write_read_same = write_data + t->write_to_read_same;
    d->write_read_other = write_data + t->write_to_read_other;
    if (t->read_to_write) {
        d->read_write = t->read_to_write;
    } else if (lpddr) {
        d->read_write = t->read_latency + t->read_strobe_delay + d->burst - t->write_latency +
                        t->write_preamble + t->read_postamble;
    } else {
        d->read_write = t->read_latency + d->burst - t->write_latency + t->write_preamble + 1;
    }
    d->pre_pre = t->precharge_to_precharge;
}

static void distances_between_ranks(dram_distances* d, const og_dram_device* device) {
    const og_dram_timing* t = &device->timing;
    d->read_read_rank = d->write_write_rank = d->read_write_rank = d->write_read_rank =
        DISTANCES_NONE;
    if (device->organisation.rank_data_bus) {
        return;
    }
    const int read_data = t->read_latency + t->read_strobe_delay;
    const int write_data = t->write_latency + t->write_strobe_delay;
    const int between = t->rank_switch;
    // a change of direction needs the preamble of the later burst in the bubble
    int to_read = distances_max(between, t->read_preamble);
    int to_write = distances_max(between, t->write_preamble);
    d->read_read_rank = d->burst + between;
    d->write_write_rank = d->burst + between;
    if (device->family == OG_DRAM_DDR3) {
        to_read = to_write = between;
    } else if (device->family == OG_DRAM_DDR4) {
        // one after the other, as in DRAMSys
        to_read = between + t->read_preamble;
        to_write = between + t->write_preamble;
    }
    d->read_write_rank = read_data + d->burst + to_write - write_data;
    d->write_read_rank = write_data + d->burst + to_read - read_data;
}

static void distances_refresh(dram_distances* d, const og_dram_timing* t) {
    const int to_act = d->length_other - d->length_act;
    d->prea_act = t->precharge_all + to_act;
    d->prea_ref = t->precharge_all;
    d->refa_act = t->refresh_all + to_act;
    d->refb_act = t->refresh_bank + to_act;
    d->refs_act = t->refresh_same_bank + to_act;
    d->ref_act_other = t->refresh_to_activate_other + to_act;
    d->ref_ref_other = distances_max(t->refresh_to_refresh_other, 1);
    d->act_ref = d->length_act - d->length_other;
    d->refresh_interval = t->refresh_interval;
    d->refresh_bank_interval = t->refresh_bank_interval;
    d->refresh_same_interval = t->refresh_same_bank_interval;
}

static void distances_power_down(dram_distances* d, const og_dram_timing* t,
                                 og_dram_family family) {
    const int column = d->length_column - 1;
    const int write_data = t->write_latency + t->write_strobe_delay + d->burst;
    d->exit_any = t->power_down_exit;
    d->exit_slow_column =
        distances_max(t->self_refresh_exit_dll, t->self_refresh_exit) + d->length_other - 1;
    // counts from the last cycle of the exit
    d->self_exit = t->self_refresh_exit + d->length_other - 1;
    d->down_min = t->clock_enable;
    d->self_min = t->clock_enable_refresh;
    d->act_down = t->activate_to_power_down + d->length_act - 1;
    d->pre_down = t->precharge_to_power_down + d->length_other - 1;
    d->ref_down = t->refresh_to_power_down + d->length_other - 1;
    const int strobe = family == OG_DRAM_LPDDR4 ? t->read_strobe_delay : 0;
    d->read_down = t->read_latency + strobe + d->burst + 1 + t->read_postamble + column;
    // JESD79-3, -4: one more cycle after auto-precharge; JESD79-5, JESD235: after any write;
    // JESD209-4: two more after auto-precharge
    const bool after_any = family == OG_DRAM_DDR5 || family == OG_DRAM_HBM2;
    d->write_down = write_data + t->write_recovery + column + after_any;
    d->writea_down = d->write_down + (family == OG_DRAM_LPDDR4 ? 2 : !after_any);
}

dram_distances og_dram_distances_make(const og_dram_device* device) {
    const og_dram_organisation* o = &device->organisation;
    const og_dram_timing* t = &device->timing;
    dram_distances d = {
        .lanes = o->ranks * o->banks,
        .ranks = o->ranks,
        .banks = o->banks,
        .groups = o->bank_groups,
        .group_banks = o->banks / o->bank_groups,
        .burst = o->burst_length / o->data_rate,
        .length_act = t->command_cycles_activate,
        .length_column = t->command_cycles_column,
        .length_other = t->command_cycles_other,
        .split_bus = t->split_command_bus,
    };
    assert(d.lanes <= DRAM_LANES_MAX && d.length_act >= 1);
    d.read_end = d.length_column - 1 + t->read_latency + t->read_strobe_delay + d.burst;
    d.write_end = d.length_column - 1 + t->write_latency + t->write_strobe_delay + d.burst;
    distances_bank(&d, t, device->family == OG_DRAM_LPDDR4);
    distances_rank(&d, t, device->family);
    distances_between_ranks(&d, device);
    distances_refresh(&d, t);
    distances_power_down(&d, t, device->family);
    return d;
}
