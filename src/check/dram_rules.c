// Rules of JESD79-3 (DDR3), JESD79-4 (DDR4), JESD79-5 (DDR5), JESD209-4 (LPDDR4) and JESD235 (HBM2)
// that are distances between two commands of a rank. All other rules are in dram_check.c.
#include "check/dram_rules.h"

#include <stddef.h>

enum {
    ACT = 1 << OG_DRAM_CHECK_ACT,
    PRE = 1 << OG_DRAM_CHECK_PRE,
    PREA = 1 << OG_DRAM_CHECK_PREA,
    RD = 1 << OG_DRAM_CHECK_RD,
    RDA = 1 << OG_DRAM_CHECK_RDA,
    WR = 1 << OG_DRAM_CHECK_WR,
    WRA = 1 << OG_DRAM_CHECK_WRA,
    REFA = 1 << OG_DRAM_CHECK_REFA,
    REFB = 1 << OG_DRAM_CHECK_REFB,
    REFS = 1 << OG_DRAM_CHECK_REFS,
    PDE = 1 << OG_DRAM_CHECK_PDEA | 1 << OG_DRAM_CHECK_PDEP,
    PDX = 1 << OG_DRAM_CHECK_PDXA | 1 << OG_DRAM_CHECK_PDXP,
    SREF = 1 << OG_DRAM_CHECK_SREF,
    SREX = 1 << OG_DRAM_CHECK_SREX,
    READ = RD | RDA,
    WRITE = WR | WRA,
    COLUMN = READ | WRITE,
    REFRESH = REFA | REFB | REFS,
};

enum {
    DDR3 = 1 << OG_DRAM_DDR3,
    DDR4 = 1 << OG_DRAM_DDR4,
    DDR5 = 1 << OG_DRAM_DDR5,
    LPDDR4 = 1 << OG_DRAM_LPDDR4,
    HBM2 = 1 << OG_DRAM_HBM2,
    DDR = DDR3 | DDR4 | DDR5,
    ALL = DDR | LPDDR4 | HBM2,
};

static int dram_rules_burst(const og_dram_device* device) {
    return og_dram_device_burst_cycles(device);
}

// write command to the end of its data, as the rules for what follows a write count it
static int dram_rules_write_end(const og_dram_device* device) {
    const int strobe =
        device->family == OG_DRAM_LPDDR4 ? 1 : 0;  // JESD209-4: tDQSS up to one cycle
    return device->timing.write_latency + strobe + dram_rules_burst(device);
}

// the same at power-down entry, where LPDDR4 counts the real strobe delays
static int dram_rules_write_end_strobe(const og_dram_device* device) {
    return device->timing.write_latency + device->timing.write_strobe_delay +
           dram_rules_burst(device);
}

int og_dram_rule_read_to_precharge(const og_dram_device* device) {
    const og_dram_timing* timing = &device->timing;
    if (device->family == OG_DRAM_LPDDR4) {
        return dram_rules_burst(device) + timing->read_to_precharge -
               8;  // JESD209-4: BL/2 + tRTP - 8
    }
    return timing->additive_latency + timing->read_to_precharge;
}

int og_dram_rule_write_to_precharge(const og_dram_device* device) {
    return dram_rules_write_end(device) + device->timing.write_recovery;
}

int og_dram_rule_bus_cycles(const og_dram_device* device, og_dram_check_kind kind) {
    const og_dram_timing* timing = &device->timing;
    switch (kind) {
    case OG_DRAM_CHECK_ACT: return timing->command_cycles_activate;
    case OG_DRAM_CHECK_RD:
    case OG_DRAM_CHECK_RDA:
    case OG_DRAM_CHECK_WR:
    case OG_DRAM_CHECK_WRA: return timing->command_cycles_column;
    case OG_DRAM_CHECK_PRE:
    case OG_DRAM_CHECK_PREA:
    case OG_DRAM_CHECK_REFA:
    case OG_DRAM_CHECK_REFB:
    case OG_DRAM_CHECK_REFS:
    case OG_DRAM_CHECK_SREF:
    case OG_DRAM_CHECK_SREX: return timing->command_cycles_other;
    default: return 1;
    }
}

bool og_dram_rule_has_command(const og_dram_device* device, og_dram_check_kind kind) {
    switch (kind) {
    case OG_DRAM_CHECK_REFB: return device->timing.refresh_bank > 0;
    case OG_DRAM_CHECK_REFS: return device->timing.refresh_same_bank > 0;
    default: return true;
    }
}

static int dram_rules_rc(const og_dram_device* device) {
    return device->timing.activate_to_activate;
}

static int dram_rules_rcd(const og_dram_device* device) {
    return device->timing.activate_to_column - device->timing.additive_latency;
}

static int dram_rules_rcd_write(const og_dram_device* device) {
    return device->timing.activate_to_write - device->timing.additive_latency;
}

static int dram_rules_ras(const og_dram_device* device) {
    return device->timing.activate_to_precharge;
}

static int dram_rules_rp(const og_dram_device* device) {
    return device->timing.precharge;
}

static int dram_rules_rp_all(const og_dram_device* device) {
    return device->timing.precharge_all;
}

static int dram_rules_ppd(const og_dram_device* device) {
    return device->timing.precharge_to_precharge;
}

// the precharge inside a RDA must not cut the recovery of an earlier write short
static int dram_rules_write_to_read_precharge(const og_dram_device* device) {
    return og_dram_rule_write_to_precharge(device) - og_dram_rule_read_to_precharge(device);
}

static int dram_rules_rrd_same(const og_dram_device* device) {
    return device->timing.activate_same;
}

static int dram_rules_rrd_other(const og_dram_device* device) {
    return device->timing.activate_other;
}

static int dram_rules_ccd_same(const og_dram_device* device) {
    return device->timing.column_same;
}

static int dram_rules_ccd_write(const og_dram_device* device) {
    return device->timing.column_write_same;
}

static int dram_rules_ccd_other(const og_dram_device* device) {
    return device->timing.column_other;
}

// read to write of one rank: data leave, the bus turns, the write preamble begins
static int dram_rules_rtw(const og_dram_device* device) {
    const og_dram_timing* timing = &device->timing;
    if (timing->read_to_write > 0) {
        return timing->read_to_write;
    }
    const int span = timing->read_latency + dram_rules_burst(device) - timing->write_latency;
    if (device->family == OG_DRAM_LPDDR4) {
        return span + timing->read_strobe_delay + timing->read_postamble + timing->write_preamble;
    }
    return span + 1 + timing->write_preamble;
}

static int dram_rules_wtr_same(const og_dram_device* device) {
    return dram_rules_write_end(device) + device->timing.write_to_read_same -
           device->timing.additive_latency;
}

static int dram_rules_wtr_other(const og_dram_device* device) {
    return dram_rules_write_end(device) + device->timing.write_to_read_other -
           device->timing.additive_latency;
}

static int dram_rules_rfc(const og_dram_device* device) {
    return device->timing.refresh_all;
}

static int dram_rules_rfc_bank(const og_dram_device* device) {
    return device->timing.refresh_bank;
}

static int dram_rules_rfc_same_bank(const og_dram_device* device) {
    return device->timing.refresh_same_bank;
}

static int dram_rules_refresh_activate(const og_dram_device* device) {
    return device->timing.refresh_to_activate_other;
}

static int dram_rules_refresh_refresh(const og_dram_device* device) {
    return device->timing.refresh_to_refresh_other;
}

static int dram_rules_xp(const og_dram_device* device) {
    return device->timing.power_down_exit;
}

static int dram_rules_cke(const og_dram_device* device) {
    return device->timing.clock_enable;
}

static int dram_rules_ckesr(const og_dram_device* device) {
    return device->timing.clock_enable_refresh;
}

static int dram_rules_xs(const og_dram_device* device) {
    return device->timing.self_refresh_exit;
}

static int dram_rules_xsdll(const og_dram_device* device) {
    const og_dram_timing* timing = &device->timing;
    return timing->self_refresh_exit_dll > 0 ? timing->self_refresh_exit_dll
                                             : timing->self_refresh_exit;
}

static int dram_rules_actpden(const og_dram_device* device) {
    return device->timing.activate_to_power_down;
}

static int dram_rules_prpden(const og_dram_device* device) {
    return device->timing.precharge_to_power_down;
}

static int dram_rules_refpden(const og_dram_device* device) {
    return device->timing.refresh_to_power_down;
}

static int dram_rules_rdpden(const og_dram_device* device) {
    return device->timing.read_latency + dram_rules_burst(device) + 1;
}

static int dram_rules_rdpden_strobe(const og_dram_device* device) {
    const og_dram_timing* timing = &device->timing;
    return timing->read_latency + timing->read_strobe_delay + dram_rules_burst(device) +
           timing->read_postamble;
}

static int dram_rules_wrpden(const og_dram_device* device) {
    return dram_rules_write_end_strobe(device) + device->timing.write_recovery;
}

static int dram_rules_wrpden_one(const og_dram_device* device) {
    return dram_rules_wrpden(device) + 1;
}

static int dram_rules_wrpden_two(const og_dram_device* device) {
    return dram_rules_wrpden(device) + 2;
}

// a command that reaches every bank (PREA, REFA, SREF, PDE) takes its rows with the scope of the
// rank
const og_dram_rule og_dram_rules[] = {
    {"tRC", ACT, ACT | REFB, OG_DRAM_RULE_BANK, ALL, dram_rules_rc},
    {"tRC", ACT, REFS, OG_DRAM_RULE_SET, ALL, dram_rules_rc},
    {"tRC", ACT, REFA | SREF, OG_DRAM_RULE_RANK, ALL, dram_rules_rc},
    {"tRCD", ACT, READ, OG_DRAM_RULE_BANK, ALL, dram_rules_rcd},
    {"tRCD", ACT, WRITE, OG_DRAM_RULE_BANK, DDR | LPDDR4, dram_rules_rcd_write},
    {"tRCDWR", ACT, WRITE, OG_DRAM_RULE_BANK, HBM2, dram_rules_rcd_write},
    {"tRAS", ACT, PRE, OG_DRAM_RULE_BANK, ALL, dram_rules_ras},
    {"tRAS", ACT, PREA, OG_DRAM_RULE_RANK, ALL, dram_rules_ras},
    {"tRP", PRE, ACT | REFB, OG_DRAM_RULE_BANK, ALL, dram_rules_rp},
    {"tRP", PRE, REFS, OG_DRAM_RULE_SET, ALL, dram_rules_rp},
    {"tRP", PRE, REFA | SREF, OG_DRAM_RULE_RANK, ALL, dram_rules_rp},
    {"tRPab", PREA, ACT | REFRESH | SREF, OG_DRAM_RULE_RANK, ALL, dram_rules_rp_all},
    {"tPPD", PRE | PREA, PRE | PREA, OG_DRAM_RULE_RANK, ALL, dram_rules_ppd},
    {"tRTP", RD, PRE, OG_DRAM_RULE_BANK, ALL, og_dram_rule_read_to_precharge},
    {"tRTP", READ, PREA, OG_DRAM_RULE_RANK, ALL, og_dram_rule_read_to_precharge},
    {"tWR", WR, PRE, OG_DRAM_RULE_BANK, ALL, og_dram_rule_write_to_precharge},
    {"tWR", WRITE, PREA, OG_DRAM_RULE_RANK, ALL, og_dram_rule_write_to_precharge},
    {"tWR", WR, RDA, OG_DRAM_RULE_BANK, ALL, dram_rules_write_to_read_precharge},
    {"tRRD_L", ACT, ACT | REFB, OG_DRAM_RULE_GROUP, ALL, dram_rules_rrd_same},
    {"tRRD_S", ACT, ACT | REFB, OG_DRAM_RULE_RANK, ALL, dram_rules_rrd_other},
    {"tRRD_L", ACT, REFS, OG_DRAM_RULE_RANK, ALL, dram_rules_rrd_same},
    {"tCCD_L", READ, READ, OG_DRAM_RULE_GROUP, ALL, dram_rules_ccd_same},
    {"tCCD_L", WRITE, WRITE, OG_DRAM_RULE_GROUP, ALL & ~DDR5, dram_rules_ccd_write},
    {"tCCD_L_WR", WRITE, WRITE, OG_DRAM_RULE_GROUP, DDR5, dram_rules_ccd_write},
    {"tCCD_S", READ, READ, OG_DRAM_RULE_RANK, ALL, dram_rules_ccd_other},
    {"tCCD_S", WRITE, WRITE, OG_DRAM_RULE_RANK, ALL, dram_rules_ccd_other},
    {"tRTW", READ, WRITE, OG_DRAM_RULE_RANK, ALL, dram_rules_rtw},
    {"tWTR_L", WRITE, READ, OG_DRAM_RULE_GROUP, ALL, dram_rules_wtr_same},
    {"tWTR_S", WRITE, READ, OG_DRAM_RULE_RANK, ALL, dram_rules_wtr_other},
    {"tRFC", REFA, ACT | PRE | PREA | REFRESH | SREF, OG_DRAM_RULE_RANK, ALL, dram_rules_rfc},
    {"tRFCpb", REFB, ACT | PRE | REFB, OG_DRAM_RULE_BANK, LPDDR4 | HBM2, dram_rules_rfc_bank},
    {"tRFCpb", REFB, PREA | REFA | SREF, OG_DRAM_RULE_RANK, LPDDR4 | HBM2, dram_rules_rfc_bank},
    {"tpbR2act", REFB, ACT, OG_DRAM_RULE_RANK, LPDDR4 | HBM2, dram_rules_refresh_activate},
    {"tpbR2pbR", REFB, REFB, OG_DRAM_RULE_RANK, LPDDR4 | HBM2, dram_rules_refresh_refresh},
    {"tRFCsb", REFS, ACT | PRE, OG_DRAM_RULE_SET, DDR5, dram_rules_rfc_same_bank},
    {"tRFCsb", REFS, PREA | REFA | SREF, OG_DRAM_RULE_RANK, DDR5, dram_rules_rfc_same_bank},
    {"tRFCsb", REFS, REFS, OG_DRAM_RULE_RANK, DDR5, dram_rules_refresh_refresh},
    {"tREFSBRD", REFS, ACT, OG_DRAM_RULE_RANK, DDR5, dram_rules_refresh_activate},
    {"tRDPDEN", READ, PDE | SREF, OG_DRAM_RULE_RANK, DDR | HBM2, dram_rules_rdpden},
    {"tRDPDEN", READ, PDE | SREF, OG_DRAM_RULE_RANK, LPDDR4, dram_rules_rdpden_strobe},
    {"tWRPDEN", WR, PDE, OG_DRAM_RULE_RANK, DDR3 | DDR4 | LPDDR4, dram_rules_wrpden},
    {"tWRPDEN", WR, PDE, OG_DRAM_RULE_RANK, DDR5 | HBM2, dram_rules_wrpden_one},
    {"tWRAPDEN", WRA, PDE, OG_DRAM_RULE_RANK, DDR | HBM2, dram_rules_wrpden_one},
    {"tWRAPDEN", WRA, PDE, OG_DRAM_RULE_RANK, LPDDR4, dram_rules_wrpden_two},
    {"tACTPDEN", ACT, PDE, OG_DRAM_RULE_RANK, ALL, dram_rules_actpden},
    {"tPRPDEN", PRE | PREA, PDE, OG_DRAM_RULE_RANK, ALL, dram_rules_prpden},
    {"tREFPDEN", REFRESH, PDE, OG_DRAM_RULE_RANK, ALL, dram_rules_refpden},
    {"tPD", PDE, PDX, OG_DRAM_RULE_RANK, ALL, dram_rules_cke},
    {"tCKE", PDX, PDE, OG_DRAM_RULE_RANK, ALL, dram_rules_cke},
    {"tXP", PDX, ACT | PRE | PREA | COLUMN | REFRESH | SREF, OG_DRAM_RULE_RANK, ALL, dram_rules_xp},
    {"tCKESR", SREF, SREX, OG_DRAM_RULE_RANK, ALL, dram_rules_ckesr},
    {"tXS", SREX, ACT | PRE | PREA | REFRESH | SREF | PDE, OG_DRAM_RULE_RANK, ALL, dram_rules_xs},
    {"tXSDLL", SREX, COLUMN, OG_DRAM_RULE_RANK, ALL, dram_rules_xsdll},
    {0},
};
