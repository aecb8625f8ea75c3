// What follows from a device's timings: distances between the first cycles of two commands.
#pragma once

#include <stdint.h>

#include "ogive/dram_device.h"

// Bounds of one channel that the simulator's tables are built for.
enum { DRAM_LANES_MAX = 128, DRAM_RANKS_MAX = 8, DRAM_GROUPS_MAX = 64 };

// A lane is a bank of the channel: rank * banks + bank group * banks of a group + bank of the
// group. All distances are in cycles, start of the first command to start of the second.
typedef struct dram_distances {
    int lanes, ranks, banks;                      // banks of the channel, ranks, banks of a rank
    int groups, group_banks;                      // bank groups of a rank, banks of a group
    int burst;                                    // data-bus cycles of a burst
    int length_act, length_column, length_other;  // command-bus cycles
    int split_bus;                                // row and column commands have a bus each
    int read_end, write_end;  // column command to the cycle behind its last data
    // one bank
    int act_act, act_read, act_write, act_pre;
    int pre_act, read_pre, write_pre, write_reada, reada_act, writea_act;
    // banks of a rank, and ranks; "same" is one bank group
    int act_act_same, act_act_other, four_acts;
    int read_read_same, read_read_other, read_read_rank;
    int write_write_same, write_write_other, write_write_rank;
    int read_write, read_write_rank;
    int write_read_same, write_read_other, write_read_rank;
    int pre_pre;
    // refresh
    int prea_act, prea_ref;            // precharge all to ACT, to a refresh
    int refa_act, refb_act, refs_act;  // refresh to an ACT of a bank refreshed
    int ref_act_other, ref_ref_other;  // to an ACT, a refresh of a bank left alone
    int act_ref;                       // add to the earliest ACT to get the earliest refresh
    int refresh_interval, refresh_bank_interval, refresh_same_interval;
    // power-down; entries and exits have one cycle
    int exit_any, exit_slow_column;  // tXP, and for RD after self-refresh tXSDLL
    int self_exit;                   // tXS
    int down_min, self_min;          // shortest power-down, self-refresh
    int act_down, pre_down, ref_down, read_down, write_down, writea_down;
} dram_distances;

// Cycle of the first refresh of `rank`: the ranks' refreshes lie far apart (refresh.c).
int64_t og_dram_refresh_first(int interval, int rank, int ranks);

// Distances of `device`, whose organisation og_dram_open() has checked.
dram_distances og_dram_distances_make(const og_dram_device* device);
