/// DRAM devices: organisation, timing and currents of the standards, as data tables with their
/// sources, and of user files in the memspec JSON form of DRAMSys.
///
/// All timings are in cycles of the command clock (`clock_ps`), as integers, unless a name says
/// otherwise. A timing that a standard does not have is 0. "Same" (long) means within one bank
/// group, "other" (short) across bank groups; a standard without bank groups carries the same
/// number in both.
///
/// Reference points of commands that take several bus cycles (DDR5, LPDDR4, HBM2): the cycle of a
/// command is its first bus cycle; distances and latencies count from the last bus cycle of the one
/// command to the last bus cycle of the other (JESD209-4: the second edge of ACT-2 and CAS-2).
/// Entry to and exit from power-down have one cycle, those of self-refresh as many as a refresh;
/// what follows an exit counts from its last to the first bus cycle of the next.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ogive/arena.h"
#include "ogive/status.h"

typedef enum og_dram_family {
    OG_DRAM_DDR3,
    OG_DRAM_DDR4,
    OG_DRAM_DDR5,
    OG_DRAM_LPDDR4,
    OG_DRAM_HBM2,
    OG_DRAM_FAMILIES,
} og_dram_family;

/// Organisation of one channel.
typedef struct og_dram_organisation {
    int channels;        ///< independent channels (each with its own controller), a power of two
    int ranks;           ///< ranks of a channel
    int bank_groups;     ///< bank groups of a rank, 1 when the standard has none
    int banks;           ///< banks of a rank, all groups together
    int rows;            ///< rows of a bank
    int columns;         ///< columns of a row
    int device_width;    ///< data bits of one device
    int devices;         ///< devices that work in lockstep on a rank
    int burst_length;    ///< transfers of a column command
    int data_rate;       ///< transfers per command-clock cycle on a data line
    bool rank_data_bus;  ///< each rank has a data bus of its own (HBM2: the ranks are the pseudo
                         ///< channels of a channel, with one command bus and separate data)
} og_dram_organisation;

/// Timings, in command-clock cycles (JEDEC names in the comments).
typedef struct og_dram_timing {
    double clock_ps;            ///< period of the command clock, picoseconds (tCK)
    int read_latency;           ///< RL = AL + CL, read command to first data
    int write_latency;          ///< WL = AL + CWL, write command to first data
    int additive_latency;       ///< AL
    int activate_to_column;     ///< tRCD (HBM2: tRCDRD)
    int activate_to_write;      ///< tRCDWR (HBM2), equal to tRCD elsewhere
    int activate_to_precharge;  ///< tRAS
    int activate_to_activate;   ///< tRC, same bank
    int precharge;              ///< tRP (one bank)
    int precharge_all;          ///< tRPab, equal to tRP where the standard has one value
    int read_to_precharge;      ///< tRTP
    int write_recovery;         ///< tWR, end of write data to precharge
    int column_same;            ///< tCCD_L
    int column_other;           ///< tCCD_S
    int column_write_same;    ///< write to write of one bank group (DDR5: tCCD_L_WR2), else tCCD_L
    int activate_same;        ///< tRRD_L
    int activate_other;       ///< tRRD_S
    int four_activates;       ///< tFAW
    int write_to_read_same;   ///< tWTR_L, end of write data to read
    int write_to_read_other;  ///< tWTR_S
    int read_to_write;   ///< tRTW, read to write command of one rank, where the standard states
                         ///< it (DDR5, HBM2); 0: RL + tDQSCK + burst - WL + tWPRE + tRPST (LPDDR4),
                         ///< RL + burst - WL + tWPRE + 1 (DDR3, DDR4)
    int rank_switch;     ///< tRTRS, bubble between bursts of different ranks
    int read_preamble;   ///< tRPRE
    int read_postamble;  ///< tRPST beyond the last data, whole cycles
    int write_preamble;  ///< tWPRE
    int read_strobe_delay;           ///< tDQSCK, LPDDR4: read command + RL to data, rounded up
    int write_strobe_delay;          ///< tDQSS + tDQS2DQ, LPDDR4
    int refresh_interval;            ///< tREFI, all-bank
    int refresh_all;                 ///< tRFCab
    int refresh_bank_interval;       ///< tREFIpb, 0 when there is no per-bank refresh
    int refresh_bank;                ///< tRFCpb, 0 when there is no per-bank refresh
    int refresh_same_bank;           ///< tRFCsb (DDR5), 0 when there is no same-bank refresh
    int refresh_same_bank_interval;  ///< tREFISB (DDR5): tREFI2 / banks of a group
    int refresh_to_activate_other;   ///< tRREFD (HBM2), tREFSBRD (DDR5), tRRD (LPDDR4): per-bank or
                                     ///< same-bank refresh to an ACT of a bank that it leaves alone
    int refresh_to_refresh_other;  ///< tRREFD (HBM2), tRFCpb (LPDDR4), tRFCsb (DDR5): to a refresh
                                   ///< of the same kind of other banks
    int precharge_to_precharge;    ///< tPPD (LPDDR4, DDR5)
    int masked_write_same_bank;    ///< tCCDMW (LPDDR4)
    int power_down_exit;           ///< tXP
    int power_down_exit_slow;      ///< tXPDLL
    int self_refresh_exit;         ///< tXS
    int self_refresh_exit_dll;     ///< tXSDLL
    int clock_enable;              ///< tCKE, shortest power-down
    int clock_enable_refresh;      ///< tCKESR, shortest self-refresh
    int activate_to_power_down;    ///< tACTPDEN
    int precharge_to_power_down;   ///< tPRPDEN
    int refresh_to_power_down;     ///< tREFPDEN
    int command_cycles_activate;   ///< command-bus cycles of ACT (1; DDR5 and HBM2 2; LPDDR4 4)
    int command_cycles_column;     ///< command-bus cycles of RD and WR (1; DDR5 2; LPDDR4 4)
    int command_cycles_other;      ///< command-bus cycles of PRE, REF, SREF and SREX (1; LPDDR4 2)
    bool split_command_bus;        ///< HBM2: a row and a column command may issue in the same cycle
} og_dram_timing;

/// One supply of a device: voltage and the currents drawn from it by one device (JEDEC IDD
/// definitions; idd2p and idd3p with fast exit; idd5b during tRFC of an all-bank refresh, idd5pb
/// during tRFCpb or tRFCsb of a smaller one).
typedef struct og_dram_supply {
    double volt;                                                                 ///< V
    double idd0, idd2n, idd3n, idd4r, idd4w, idd5b, idd5pb, idd6, idd2p, idd3p;  ///< mA
} og_dram_supply;

/// A device type. The built-in ones are constants; loaded ones live in the caller's arena.
typedef struct og_dram_device {
    const char* name;    ///< "ddr3_1600"
    const char* doc;     ///< what part this is
    const char* source;  ///< data sheets and standards the numbers come from
    og_dram_family family;
    og_dram_organisation organisation;
    og_dram_timing timing;
    og_dram_supply supply[2];  ///< VDD and VPP (LPDDR4: VDD1 and VDD2); no second supply: all zero
    const char* address_map;   ///< default map, see og_dram_map in dram.h
} og_dram_device;

/// Built-in devices: ddr3_1600, ddr4_2400, ddr4_3200, ddr5_4800, lpddr4_3200, hbm2. NULL past the
/// end.
const og_dram_device* og_dram_device_at(int index);

/// The built-in device `name`; unknown: OG_ERROR_NAME with the nearest one.
og_status og_dram_device_find(const char* name, const og_dram_device** device);

/// Load a DRAMSys memspec (JSON; DDR3, DDR4, LPDDR4 and HBM2 forms of versions 4 and 5) from
/// `path`. Missing, negative or contradictory fields fail with the file's name and the field's.
og_status og_dram_device_load(og_arena* arena, const char* path, const og_dram_device** device);

/// The same from `size` bytes of `text`; `name` stands for the file in messages.
og_status og_dram_device_parse(og_arena* arena, const char* name, const char* text, size_t size,
                               const og_dram_device** device);

/// Bytes moved by one column command of `device`.
int og_dram_device_burst_bytes(const og_dram_device* device);

/// Bytes of one channel, all ranks together.
uint64_t og_dram_device_channel_bytes(const og_dram_device* device);

/// Bytes of all channels.
uint64_t og_dram_device_bytes(const og_dram_device* device);

/// Cycles of the data bus that one burst takes (burst_length / data_rate).
int og_dram_device_burst_cycles(const og_dram_device* device);
