// Planted faults: for each rule of each family a trace that keeps it exactly, and the same trace
// with that distance one cycle shorter, which must break that rule and no other.
#include "ogive/dram_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

enum {
    DDR3 = 1 << OG_DRAM_DDR3,
    DDR4 = 1 << OG_DRAM_DDR4,
    DDR5 = 1 << OG_DRAM_DDR5,
    LPDDR4 = 1 << OG_DRAM_LPDDR4,
    HBM2 = 1 << OG_DRAM_HBM2,
    DDR = DDR3 | DDR4 | DDR5,
    GROUPS = DDR4 | DDR5 | HBM2,
    BANK_REFRESH = LPDDR4 | HBM2,
    ALL = DDR | LPDDR4 | HBM2,
    APART = 5000,   // cycles between commands that shall not meet
    STRETCH = 800,  // added to the timing under test, so that no other rule binds
};

// places of commands: A; B in the group of A; C in another group; D on another rank
typedef enum place { A, B, C, D } place;

typedef struct step {
    og_dram_check_kind kind;
    place place;
} step;

#define OG_ACT OG_DRAM_CHECK_ACT
#define OG_PRE OG_DRAM_CHECK_PRE
#define OG_PREA OG_DRAM_CHECK_PREA
#define OG_RD OG_DRAM_CHECK_RD
#define OG_RDA OG_DRAM_CHECK_RDA
#define OG_WR OG_DRAM_CHECK_WR
#define OG_WRA OG_DRAM_CHECK_WRA
#define OG_REFA OG_DRAM_CHECK_REFA
#define OG_REFB OG_DRAM_CHECK_REFB
#define OG_REFS OG_DRAM_CHECK_REFS
#define OG_PDEA OG_DRAM_CHECK_PDEA
#define OG_PDEP OG_DRAM_CHECK_PDEP
#define OG_PDXA OG_DRAM_CHECK_PDXA
#define OG_PDXP OG_DRAM_CHECK_PDXP
#define OG_SREF OG_DRAM_CHECK_SREF
#define OG_SREX OG_DRAM_CHECK_SREX

// expected distances, from last bus cycle to last bus cycle, said once more in the words of the
// standards

static int burst(const og_dram_device* d) {
    return d->organisation.burst_length / d->organisation.data_rate;
}

static int one_on_lpddr4(const og_dram_device* d) {
    return d->family == OG_DRAM_LPDDR4;
}

#define FIELD(name, member)                    \
    static int name(const og_dram_device* d) { \
        return d->timing.member;               \
    }
FIELD(rc, activate_to_activate)
FIELD(ras, activate_to_precharge)
FIELD(rp, precharge)
FIELD(rp_all, precharge_all)
FIELD(ppd, precharge_to_precharge)
FIELD(rrd_l, activate_same)
FIELD(rrd_s, activate_other)
FIELD(faw, four_activates)
FIELD(ccd_l, column_same)
FIELD(ccd_s, column_other)
FIELD(ccd_l_wr, column_write_same)
FIELD(rfc, refresh_all)
FIELD(rfc_pb, refresh_bank)
FIELD(rfc_sb, refresh_same_bank)
FIELD(ref_act, refresh_to_activate_other)
FIELD(ref_ref, refresh_to_refresh_other)
FIELD(xp, power_down_exit)
FIELD(cke, clock_enable)
FIELD(ckesr, clock_enable_refresh)
FIELD(xs, self_refresh_exit)
FIELD(actpden, activate_to_power_down)
FIELD(prpden, precharge_to_power_down)
FIELD(refpden, refresh_to_power_down)

static int rcd(const og_dram_device* d) {
    return d->timing.activate_to_column - d->timing.additive_latency;
}

static int rcd_wr(const og_dram_device* d) {
    return d->timing.activate_to_write - d->timing.additive_latency;
}

static int rtp(const og_dram_device* d) {
    return d->timing.additive_latency + d->timing.read_to_precharge +
           (d->family == OG_DRAM_LPDDR4 ? burst(d) - 8 : 0);
}

static int write_data(const og_dram_device* d) {
    return d->timing.write_latency + burst(d) + one_on_lpddr4(d);
}

static int wr(const og_dram_device* d) {
    return write_data(d) + d->timing.write_recovery;
}

static int wr_rda(const og_dram_device* d) {
    return wr(d) - rtp(d);
}

static int wtr_l(const og_dram_device* d) {
    return write_data(d) + d->timing.write_to_read_same - d->timing.additive_latency;
}

static int wtr_s(const og_dram_device* d) {
    return write_data(d) + d->timing.write_to_read_other - d->timing.additive_latency;
}

static int rtw_latency(const og_dram_device* d) {
    const og_dram_timing* t = &d->timing;
    const int span = t->read_latency + burst(d) - t->write_latency + t->write_preamble;
    return span + (d->family == OG_DRAM_LPDDR4 ? t->read_strobe_delay + t->read_postamble : 1);
}

static int rtw_given(const og_dram_device* d) {
    return d->timing.read_to_write;
}

static int rtp_rp(const og_dram_device* d) {
    return rtp(d) + d->timing.precharge;
}

static int ras_rp(const og_dram_device* d) {
    return d->timing.activate_to_precharge + d->timing.precharge;
}

static int wr_rp(const og_dram_device* d) {
    return wr(d) + d->timing.precharge;
}

static int xsdll(const og_dram_device* d) {
    return d->timing.self_refresh_exit_dll > 0 ? d->timing.self_refresh_exit_dll
                                               : d->timing.self_refresh_exit;
}

static int rdpden(const og_dram_device* d) {
    const og_dram_timing* t = &d->timing;
    return d->family == OG_DRAM_LPDDR4
               ? t->read_latency + t->read_strobe_delay + burst(d) + t->read_postamble
               : t->read_latency + burst(d) + 1;
}

static int wrpden(const og_dram_device* d) {
    const og_dram_timing* t = &d->timing;
    const bool one = d->family == OG_DRAM_DDR5 || d->family == OG_DRAM_HBM2;
    return t->write_latency + t->write_strobe_delay + burst(d) + t->write_recovery + one;
}

static int wrapden(const og_dram_device* d) {
    const og_dram_timing* t = &d->timing;
    return t->write_latency + t->write_strobe_delay + burst(d) + t->write_recovery +
           (d->family == OG_DRAM_LPDDR4 ? 2 : 1);
}

// bursts of two ranks: the bubble
static int bubble_read(const og_dram_device* d) {
    const og_dram_timing* t = &d->timing;
    return burst(d) + (t->rank_switch > t->read_preamble ? t->rank_switch : t->read_preamble);
}

static int bubble_write(const og_dram_device* d) {
    const og_dram_timing* t = &d->timing;
    return burst(d) + (t->rank_switch > t->write_preamble ? t->rank_switch : t->write_preamble);
}

static int bubble_read_write(const og_dram_device* d) {
    const og_dram_timing* t = &d->timing;
    return t->read_latency + t->read_strobe_delay - t->write_latency - t->write_strobe_delay +
           bubble_write(d);
}

static int bubble_write_read(const og_dram_device* d) {
    const og_dram_timing* t = &d->timing;
    return t->write_latency + t->write_strobe_delay - t->read_latency - t->read_strobe_delay +
           bubble_read(d);
}

#define TIME(member) offsetof(og_dram_timing, member)

// The last command comes `distance` after command number `from` of `steps`; the ones between are
// spread evenly, those before `from` are far away.
typedef struct scenario {
    const char* rule;
    unsigned families;
    size_t stretched;
    int (*distance)(const og_dram_device* device);
    step steps[7];
    int count;
    int from;
} scenario;

static const scenario scenarios[] = {
    {"tRC", ALL, TIME(activate_to_activate), rc, {{OG_ACT, A}, {OG_PRE, A}, {OG_ACT, A}}, 3, 0},
    {"tRC", ALL, TIME(activate_to_activate), rc, {{OG_ACT, A}, {OG_PRE, A}, {OG_REFA, A}}, 3, 0},
    {"tRC", ALL, TIME(activate_to_activate), rc, {{OG_ACT, A}, {OG_PRE, A}, {OG_SREF, A}}, 3, 0},
    {"tRC",
     BANK_REFRESH,
     TIME(activate_to_activate),
     rc,
     {{OG_ACT, A}, {OG_PRE, A}, {OG_REFB, A}},
     3,
     0},
    {"tRC", DDR5, TIME(activate_to_activate), rc, {{OG_ACT, A}, {OG_PRE, A}, {OG_REFS, A}}, 3, 0},
    {"tRCD", ALL, TIME(activate_to_column), rcd, {{OG_ACT, A}, {OG_RD, A}}, 2, 0},
    {"tRCD", ALL, TIME(activate_to_column), rcd, {{OG_ACT, A}, {OG_RDA, A}}, 2, 0},
    {"tRCD", DDR | LPDDR4, TIME(activate_to_write), rcd_wr, {{OG_ACT, A}, {OG_WR, A}}, 2, 0},
    {"tRCDWR", HBM2, TIME(activate_to_write), rcd_wr, {{OG_ACT, A}, {OG_WRA, A}}, 2, 0},
    {"tRAS", ALL, TIME(activate_to_precharge), ras, {{OG_ACT, A}, {OG_PRE, A}}, 2, 0},
    {"tRAS", ALL, TIME(activate_to_precharge), ras, {{OG_ACT, A}, {OG_PREA, A}}, 2, 0},
    {"tRP", ALL, TIME(precharge), rp, {{OG_ACT, A}, {OG_PRE, A}, {OG_ACT, A}}, 3, 1},
    {"tRP", ALL, TIME(precharge), rp, {{OG_ACT, A}, {OG_PRE, A}, {OG_REFA, A}}, 3, 1},
    {"tRP", ALL, TIME(precharge), rp, {{OG_ACT, A}, {OG_PRE, A}, {OG_SREF, A}}, 3, 1},
    {"tRP", BANK_REFRESH, TIME(precharge), rp, {{OG_ACT, A}, {OG_PRE, A}, {OG_REFB, A}}, 3, 1},
    {"tRP", DDR5, TIME(precharge), rp, {{OG_ACT, A}, {OG_PRE, A}, {OG_REFS, A}}, 3, 1},
    {"tRPab", ALL, TIME(precharge_all), rp_all, {{OG_ACT, A}, {OG_PREA, A}, {OG_ACT, C}}, 3, 1},
    {"tRPab", ALL, TIME(precharge_all), rp_all, {{OG_ACT, A}, {OG_PREA, A}, {OG_REFA, A}}, 3, 1},
    {"tRPab",
     BANK_REFRESH,
     TIME(precharge_all),
     rp_all,
     {{OG_ACT, A}, {OG_PREA, A}, {OG_REFB, B}},
     3,
     1},
    {"tPPD",
     ALL,
     TIME(precharge_to_precharge),
     ppd,
     {{OG_ACT, A}, {OG_ACT, C}, {OG_PRE, A}, {OG_PRE, C}},
     4,
     2},
    {"tPPD",
     ALL,
     TIME(precharge_to_precharge),
     ppd,
     {{OG_ACT, A}, {OG_ACT, C}, {OG_PRE, A}, {OG_PREA, A}},
     4,
     2},
    {"tRTP", ALL, TIME(read_to_precharge), rtp, {{OG_ACT, A}, {OG_RD, A}, {OG_PRE, A}}, 3, 1},
    {"tRTP", ALL, TIME(read_to_precharge), rtp, {{OG_ACT, A}, {OG_RD, A}, {OG_PREA, A}}, 3, 1},
    {"tRTP", ALL, TIME(read_to_precharge), rtp, {{OG_ACT, A}, {OG_RDA, A}, {OG_PREA, A}}, 3, 1},
    {"tWR", ALL, TIME(write_recovery), wr, {{OG_ACT, A}, {OG_WR, A}, {OG_PRE, A}}, 3, 1},
    {"tWR", ALL, TIME(write_recovery), wr, {{OG_ACT, A}, {OG_WR, A}, {OG_PREA, A}}, 3, 1},
    {"tWR", ALL, TIME(write_recovery), wr, {{OG_ACT, A}, {OG_WRA, A}, {OG_PREA, A}}, 3, 1},
    {"tWR", ALL, TIME(write_recovery), wr_rda, {{OG_ACT, A}, {OG_WR, A}, {OG_RDA, A}}, 3, 1},
    {"tRRD_L", ALL, TIME(activate_same), rrd_l, {{OG_ACT, A}, {OG_ACT, B}}, 2, 0},
    {"tRRD_L", BANK_REFRESH, TIME(activate_same), rrd_l, {{OG_ACT, A}, {OG_REFB, B}}, 2, 0},
    {"tRRD_L", DDR5, TIME(activate_same), rrd_l, {{OG_ACT, A}, {OG_REFS, B}}, 2, 0},
    {"tRRD_S", ALL, TIME(activate_other), rrd_s, {{OG_ACT, A}, {OG_ACT, C}}, 2, 0},
    {"tRRD_S", BANK_REFRESH, TIME(activate_other), rrd_s, {{OG_ACT, A}, {OG_REFB, C}}, 2, 0},
    {"tFAW",
     ALL,
     TIME(four_activates),
     faw,
     {{OG_ACT, A}, {OG_ACT, C}, {OG_ACT, B}, {OG_PRE, A}, {OG_ACT, A}, {OG_PRE, B}, {OG_ACT, B}},
     7,
     0},
    {"tCCD_L",
     ALL,
     TIME(column_same),
     ccd_l,
     {{OG_ACT, A}, {OG_ACT, B}, {OG_RD, A}, {OG_RD, B}},
     4,
     2},
    {"tCCD_L", ALL, TIME(column_same), ccd_l, {{OG_ACT, A}, {OG_RD, A}, {OG_RDA, A}}, 3, 1},
    {"tCCD_L",
     ALL & ~DDR5,
     TIME(column_write_same),
     ccd_l_wr,
     {{OG_ACT, A}, {OG_ACT, B}, {OG_WR, A}, {OG_WRA, B}},
     4,
     2},
    {"tCCD_L_WR",
     DDR5,
     TIME(column_write_same),
     ccd_l_wr,
     {{OG_ACT, A}, {OG_ACT, B}, {OG_WR, A}, {OG_WR, B}},
     4,
     2},
    {"tCCD_S",
     ALL,
     TIME(column_other),
     ccd_s,
     {{OG_ACT, A}, {OG_ACT, C}, {OG_RD, A}, {OG_RD, C}},
     4,
     2},
    {"tCCD_S",
     ALL,
     TIME(column_other),
     ccd_s,
     {{OG_ACT, A}, {OG_ACT, C}, {OG_WR, A}, {OG_WR, C}},
     4,
     2},
    {"tRTW",
     DDR3 | DDR4 | LPDDR4,
     TIME(read_latency),
     rtw_latency,
     {{OG_ACT, A}, {OG_ACT, C}, {OG_RD, A}, {OG_WR, C}},
     4,
     2},
    {"tRTW",
     DDR5 | HBM2,
     TIME(read_to_write),
     rtw_given,
     {{OG_ACT, A}, {OG_ACT, C}, {OG_RD, A}, {OG_WR, C}},
     4,
     2},
    {"tWTR_L",
     ALL,
     TIME(write_to_read_same),
     wtr_l,
     {{OG_ACT, A}, {OG_ACT, B}, {OG_WR, A}, {OG_RD, B}},
     4,
     2},
    {"tWTR_S",
     ALL,
     TIME(write_to_read_other),
     wtr_s,
     {{OG_ACT, A}, {OG_ACT, C}, {OG_WR, A}, {OG_RD, C}},
     4,
     2},
    {"tRFC", ALL, TIME(refresh_all), rfc, {{OG_REFA, A}, {OG_ACT, A}}, 2, 0},
    {"tRFC", ALL, TIME(refresh_all), rfc, {{OG_REFA, A}, {OG_PRE, A}}, 2, 0},
    {"tRFC", ALL, TIME(refresh_all), rfc, {{OG_REFA, A}, {OG_REFA, A}}, 2, 0},
    {"tRFC", ALL, TIME(refresh_all), rfc, {{OG_REFA, A}, {OG_SREF, A}}, 2, 0},
    {"tRFC", BANK_REFRESH, TIME(refresh_all), rfc, {{OG_REFA, A}, {OG_REFB, A}}, 2, 0},
    {"tRFCpb", BANK_REFRESH, TIME(refresh_bank), rfc_pb, {{OG_REFB, A}, {OG_ACT, A}}, 2, 0},
    {"tRFCpb", BANK_REFRESH, TIME(refresh_bank), rfc_pb, {{OG_REFB, A}, {OG_REFA, A}}, 2, 0},
    {"tpbR2act",
     BANK_REFRESH,
     TIME(refresh_to_activate_other),
     ref_act,
     {{OG_REFB, A}, {OG_ACT, C}},
     2,
     0},
    {"tpbR2pbR",
     BANK_REFRESH,
     TIME(refresh_to_refresh_other),
     ref_ref,
     {{OG_REFB, A}, {OG_REFB, C}},
     2,
     0},
    {"tRFCsb", DDR5, TIME(refresh_same_bank), rfc_sb, {{OG_REFS, A}, {OG_ACT, C}}, 2, 0},
    {"tRFCsb", DDR5, TIME(refresh_same_bank), rfc_sb, {{OG_REFS, A}, {OG_REFA, A}}, 2, 0},
    {"tRFCsb", DDR5, TIME(refresh_to_refresh_other), ref_ref, {{OG_REFS, A}, {OG_REFS, B}}, 2, 0},
    {"tREFSBRD", DDR5, TIME(refresh_to_activate_other), ref_act, {{OG_REFS, A}, {OG_ACT, B}}, 2, 0},
    {"tRP auto",
     ALL,
     TIME(read_to_precharge),
     rtp_rp,
     {{OG_ACT, A}, {OG_RDA, A}, {OG_ACT, A}},
     3,
     1},
    {"tRP auto", ALL, TIME(precharge), rtp_rp, {{OG_ACT, A}, {OG_RDA, A}, {OG_REFA, A}}, 3, 1},
    {"tRP auto",
     ALL,
     TIME(activate_to_precharge),
     ras_rp,
     {{OG_ACT, A}, {OG_RDA, A}, {OG_ACT, A}},
     3,
     0},
    {"tRP auto", ALL, TIME(write_recovery), wr_rp, {{OG_ACT, A}, {OG_WRA, A}, {OG_ACT, A}}, 3, 1},
    {"tRP auto", ALL, TIME(write_recovery), wr_rp, {{OG_ACT, A}, {OG_WRA, A}, {OG_SREF, A}}, 3, 1},
    {"tRP auto",
     BANK_REFRESH,
     TIME(write_recovery),
     wr_rp,
     {{OG_ACT, A}, {OG_WRA, A}, {OG_REFB, A}},
     3,
     1},
    {"tRP auto", DDR5, TIME(write_recovery), wr_rp, {{OG_ACT, A}, {OG_WRA, A}, {OG_REFS, A}}, 3, 1},
    {"tRDPDEN", ALL, TIME(read_latency), rdpden, {{OG_ACT, A}, {OG_RD, A}, {OG_PDEA, A}}, 3, 1},
    {"tRDPDEN", ALL, TIME(read_latency), rdpden, {{OG_ACT, A}, {OG_RDA, A}, {OG_PDEP, A}}, 3, 1},
    {"tWRPDEN", ALL, TIME(write_recovery), wrpden, {{OG_ACT, A}, {OG_WR, A}, {OG_PDEA, A}}, 3, 1},
    {"tWRAPDEN",
     ALL,
     TIME(write_recovery),
     wrapden,
     {{OG_ACT, A}, {OG_WRA, A}, {OG_PDEP, A}},
     3,
     1},
    {"tACTPDEN", ALL, TIME(activate_to_power_down), actpden, {{OG_ACT, A}, {OG_PDEA, A}}, 2, 0},
    {"tPRPDEN",
     ALL,
     TIME(precharge_to_power_down),
     prpden,
     {{OG_ACT, A}, {OG_PRE, A}, {OG_PDEP, A}},
     3,
     1},
    {"tREFPDEN", ALL, TIME(refresh_to_power_down), refpden, {{OG_REFA, A}, {OG_PDEP, A}}, 2, 0},
    {"tPD", ALL, TIME(clock_enable), cke, {{OG_PDEP, A}, {OG_PDXP, A}}, 2, 0},
    {"tPD", ALL, TIME(clock_enable), cke, {{OG_ACT, A}, {OG_PDEA, A}, {OG_PDXA, A}}, 3, 1},
    {"tCKE", ALL, TIME(clock_enable), cke, {{OG_PDEP, A}, {OG_PDXP, A}, {OG_PDEP, A}}, 3, 1},
    {"tXP", ALL, TIME(power_down_exit), xp, {{OG_PDEP, A}, {OG_PDXP, A}, {OG_ACT, A}}, 3, 1},
    {"tXP", ALL, TIME(power_down_exit), xp, {{OG_PDEP, A}, {OG_PDXP, A}, {OG_REFA, A}}, 3, 1},
    {"tXP",
     ALL,
     TIME(power_down_exit),
     xp,
     {{OG_ACT, A}, {OG_PDEA, A}, {OG_PDXA, A}, {OG_RD, A}},
     4,
     2},
    {"tCKESR", ALL, TIME(clock_enable_refresh), ckesr, {{OG_SREF, A}, {OG_SREX, A}}, 2, 0},
    {"tXS", ALL, TIME(self_refresh_exit), xs, {{OG_SREF, A}, {OG_SREX, A}, {OG_ACT, A}}, 3, 1},
    {"tXS", ALL, TIME(self_refresh_exit), xs, {{OG_SREF, A}, {OG_SREX, A}, {OG_REFA, A}}, 3, 1},
    {"tXSDLL",
     DDR,
     TIME(self_refresh_exit_dll),
     xsdll,
     {{OG_SREF, A}, {OG_SREX, A}, {OG_ACT, A}, {OG_RD, A}},
     4,
     1},
    {"tRTRS",
     DDR | LPDDR4,
     TIME(rank_switch),
     bubble_read,
     {{OG_ACT, A}, {OG_ACT, D}, {OG_RD, A}, {OG_RD, D}},
     4,
     2},
    {"tRTRS",
     DDR | LPDDR4,
     TIME(rank_switch),
     bubble_write,
     {{OG_ACT, A}, {OG_ACT, D}, {OG_WR, A}, {OG_WR, D}},
     4,
     2},
    {"tRTRS",
     DDR | LPDDR4,
     TIME(rank_switch),
     bubble_read_write,
     {{OG_ACT, A}, {OG_ACT, D}, {OG_RD, A}, {OG_WR, D}},
     4,
     2},
    {"tRTRS",
     DDR | LPDDR4,
     TIME(rank_switch),
     bubble_write_read,
     {{OG_ACT, A}, {OG_ACT, D}, {OG_WR, A}, {OG_RD, D}},
     4,
     2},
    {"tRTRS",
     DDR | LPDDR4,
     TIME(read_preamble),
     bubble_read,
     {{OG_ACT, A}, {OG_ACT, D}, {OG_RD, A}, {OG_RD, D}},
     4,
     2},
};

static bool is_exit(og_dram_check_kind kind) {
    return kind == OG_PDXA || kind == OG_PDXP || kind == OG_SREX;
}

static int bus_cycles(const og_dram_device* device, og_dram_check_kind kind) {
    switch (kind) {
    case OG_ACT: return device->timing.command_cycles_activate;
    case OG_RD:
    case OG_RDA:
    case OG_WR:
    case OG_WRA: return device->timing.command_cycles_column;
    case OG_PRE:
    case OG_PREA:
    case OG_REFA:
    case OG_REFB:
    case OG_REFS:
    case OG_SREF:
    case OG_SREX: return device->timing.command_cycles_other;
    default: return 1;
    }
}

static og_dram_check_event command(const og_dram_device* device, int64_t cycle,
                                   og_dram_check_kind kind, place at) {
    const bool groups = device->organisation.bank_groups > 1;
    return (og_dram_check_event){
        .cycle = cycle,
        .kind = kind,
        .channel = 0,
        .rank = at == D ? 1 : 0,
        .bank_group = at == C && groups ? 1 : 0,
        .bank = at == B ? 1 : (at == C && !groups ? 2 : 0),
        .row = 7,
        .column = 8,
        .request = -1,
    };
}

static og_dram_check_result judge(og_arena* arena, const og_dram_device* device,
                                  const og_dram_check_options* options,
                                  const og_dram_check_event* events, int count) {
    og_dram_check* check;
    assert_int_equal(og_dram_check_start(arena, device, options, &check), OG_OK);
    for (int i = 0; i < count; ++i) {
        og_dram_check_command(check, &events[i]);
    }
    return og_dram_check_finish(check, -1);
}

// the trace of a scenario with the distance under test `shorter` cycles below the rule
static og_dram_check_result play(og_arena* arena, const og_dram_device* device,
                                 const scenario* scene, int shorter) {
    og_dram_check_event events[7];
    const step* from = &scene->steps[scene->from];
    const step* last = &scene->steps[scene->count - 1];
    const int distance = scene->distance(device) - shorter + bus_cycles(device, from->kind) -
                         (is_exit(from->kind) ? 1 : bus_cycles(device, last->kind));
    int64_t cycle = 0;
    for (int i = 0; i < scene->count; ++i) {
        if (i <= scene->from) {
            cycle += APART;
            events[i] = command(device, cycle, scene->steps[i].kind, scene->steps[i].place);
        } else {
            const int parts = scene->count - 1 - scene->from;
            events[i] = command(device, cycle + (int64_t)distance * (i - scene->from) / parts,
                                scene->steps[i].kind, scene->steps[i].place);
        }
    }
    const og_dram_check_options options = {.refresh = OG_DRAM_CHECK_REFRESH_NONE, .ranks = 2};
    return judge(arena, device, &options, events, scene->count);
}

static void expect_only(og_arena* arena, const og_dram_device* device, const scenario* scene,
                        int index, const og_dram_check_result* result) {
    if (result->violations == 1 && strcmp(result->listed[0].rule, scene->rule) == 0) {
        return;
    }
    fail_msg("%s scenario %d: expected %s once, found %lld, first %s", device->name, index,
             scene->rule, (long long)result->violations,
             result->violations > 0 ? og_dram_check_describe(arena, &result->listed[0]) : "none");
}

static void every_distance_one_cycle_short_is_found(void** state) {
    (void)state;
    int played = 0;
    for (int at = 0; og_dram_device_at(at); ++at) {
        for (int i = 0; i < (int)(sizeof scenarios / sizeof scenarios[0]); ++i) {
            const scenario* scene = &scenarios[i];
            og_dram_device device = *og_dram_device_at(at);
            if ((scene->families >> device.family & 1) == 0) {
                continue;
            }
            og_arena* arena = og_arena_create();
            *(int*)(void*)((char*)&device.timing + scene->stretched) += STRETCH;
            const og_dram_check_result exact = play(arena, &device, scene, 0);
            if (exact.violations != 0) {
                fail_msg("%s scenario %d (%s) should be legal: %s", device.name, i, scene->rule,
                         og_dram_check_describe(arena, &exact.listed[0]));
            }
            const og_dram_check_result shorter = play(arena, &device, scene, 1);
            expect_only(arena, &device, scene, i, &shorter);
            og_arena_destroy(arena);
            ++played;
        }
    }
    assert_true(played > 400);
}

// the same without stretching: the real distance of the rule is taken from the real device, other
// rules may break with it
static void real_distances_are_the_documented_ones(void** state) {
    (void)state;
    for (int at = 0; og_dram_device_at(at); ++at) {
        const og_dram_device* device = og_dram_device_at(at);
        for (int i = 0; i < (int)(sizeof scenarios / sizeof scenarios[0]); ++i) {
            const scenario* scene = &scenarios[i];
            const int parts = scene->count - 1 - scene->from;
            if ((scene->families >> device->family & 1) == 0 || parts > 1 ||
                scene->distance(device) < 2) {
                continue;
            }
            og_arena* arena = og_arena_create();
            const og_dram_check_result shorter = play(arena, device, scene, 1);
            bool found = false;
            for (int k = 0; k < shorter.rule_count; ++k) {
                found = found || (shorter.rules[k].violations > 0 &&
                                  strcmp(shorter.rules[k].rule, scene->rule) == 0);
            }
            if (!found) {
                fail_msg("%s scenario %d: %s not found on the real device", device->name, i,
                         scene->rule);
            }
            og_arena_destroy(arena);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_distance_one_cycle_short_is_found),
        cmocka_unit_test(real_distances_are_the_documented_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
