// Loads memspec files of DRAMSys, versions 4 and 5, into device tables. Fields that a version or a
// family leaves out have a fallback in the tables; all others must be there and in range. Keys that
// the model has no use for are skipped, since every version of DRAMSys has its own.
#include <assert.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "ogive/dram_device.h"
#include "ogive/file.h"
#include "ogive/text.h"

enum {
    MEMSPEC_BYTES_MAX = 16 << 20,
    MEMSPEC_CYCLES_MAX = 10000000,  // so that no sum of timings leaves an int
    MEMSPEC_INTERVAL_MAX = 1000000000,
    MEMSPEC_REQUIRED = -1,  // fallback of a field that must be there
};

// One integer of the file: its key, a second key that other versions use, where it goes, its
// smallest value and what stands for it when it is missing.
typedef struct memspec_field {
    const char* key;
    const char* other_key;
    size_t offset;
    int minimum;
    int fallback;
} memspec_field;

typedef struct memspec_current {
    const char* key;
    const char* other_key;
    int supply;
    size_t offset;
    bool required;
} memspec_current;

#define MEMSPEC_PLACE(member) offsetof(og_dram_organisation, member)
#define MEMSPEC_TIME(member) offsetof(og_dram_timing, member)
#define MEMSPEC_AMPERE(member) offsetof(og_dram_supply, member)

static const memspec_field memspec_organisation[] = {
    {"nbrOfChannels", NULL, MEMSPEC_PLACE(channels), 1, 1},
    {"nbrOfRanks", "nbrOfPseudoChannels", MEMSPEC_PLACE(ranks), 1, MEMSPEC_REQUIRED},
    {"nbrOfBankGroups", NULL, MEMSPEC_PLACE(bank_groups), 1, 1},
    {"nbrOfBanks", NULL, MEMSPEC_PLACE(banks), 1, MEMSPEC_REQUIRED},
    {"nbrOfRows", NULL, MEMSPEC_PLACE(rows), 1, MEMSPEC_REQUIRED},
    {"nbrOfColumns", NULL, MEMSPEC_PLACE(columns), 1, MEMSPEC_REQUIRED},
    {"width", NULL, MEMSPEC_PLACE(device_width), 4, MEMSPEC_REQUIRED},
    {"nbrOfDevices", "nbrOfDevicesOnDIMM", MEMSPEC_PLACE(devices), 1, 1},
    {"burstLength", NULL, MEMSPEC_PLACE(burst_length), 2, MEMSPEC_REQUIRED},
    {"dataRate", NULL, MEMSPEC_PLACE(data_rate), 1, MEMSPEC_REQUIRED},
    {0},
};

static const memspec_field memspec_ddr3[] = {
    {"RL", NULL, MEMSPEC_TIME(read_latency), 1, MEMSPEC_REQUIRED},
    {"WL", NULL, MEMSPEC_TIME(write_latency), 1, MEMSPEC_REQUIRED},
    {"AL", NULL, MEMSPEC_TIME(additive_latency), 0, 0},
    {"RCD", NULL, MEMSPEC_TIME(activate_to_column), 1, MEMSPEC_REQUIRED},
    {"RAS", NULL, MEMSPEC_TIME(activate_to_precharge), 1, MEMSPEC_REQUIRED},
    {"RC", NULL, MEMSPEC_TIME(activate_to_activate), 1, MEMSPEC_REQUIRED},
    {"RP", NULL, MEMSPEC_TIME(precharge), 1, MEMSPEC_REQUIRED},
    {"RTP", NULL, MEMSPEC_TIME(read_to_precharge), 1, MEMSPEC_REQUIRED},
    {"WR", NULL, MEMSPEC_TIME(write_recovery), 1, MEMSPEC_REQUIRED},
    {"CCD", NULL, MEMSPEC_TIME(column_same), 1, MEMSPEC_REQUIRED},
    {"CCD", NULL, MEMSPEC_TIME(column_other), 1, MEMSPEC_REQUIRED},
    {"RRD", NULL, MEMSPEC_TIME(activate_same), 1, MEMSPEC_REQUIRED},
    {"RRD", NULL, MEMSPEC_TIME(activate_other), 1, MEMSPEC_REQUIRED},
    {"FAW", NULL, MEMSPEC_TIME(four_activates), 1, MEMSPEC_REQUIRED},
    {"WTR", NULL, MEMSPEC_TIME(write_to_read_same), 1, MEMSPEC_REQUIRED},
    {"WTR", NULL, MEMSPEC_TIME(write_to_read_other), 1, MEMSPEC_REQUIRED},
    {"RTRS", NULL, MEMSPEC_TIME(rank_switch), 0, 1},
    {"RPRE", NULL, MEMSPEC_TIME(read_preamble), 0, 1},
    {"WPRE", NULL, MEMSPEC_TIME(write_preamble), 0, 1},
    {"REFI", NULL, MEMSPEC_TIME(refresh_interval), 1, MEMSPEC_REQUIRED},
    {"RFC", NULL, MEMSPEC_TIME(refresh_all), 1, MEMSPEC_REQUIRED},
    {"XP", NULL, MEMSPEC_TIME(power_down_exit), 1, MEMSPEC_REQUIRED},
    {"XPDLL", NULL, MEMSPEC_TIME(power_down_exit_slow), 0, 0},
    {"XS", NULL, MEMSPEC_TIME(self_refresh_exit), 1, MEMSPEC_REQUIRED},
    {"XSDLL", NULL, MEMSPEC_TIME(self_refresh_exit_dll), 0, 0},
    {"CKE", NULL, MEMSPEC_TIME(clock_enable), 1, MEMSPEC_REQUIRED},
    {"CKESR", NULL, MEMSPEC_TIME(clock_enable_refresh), 1, MEMSPEC_REQUIRED},
    {"ACTPDEN", NULL, MEMSPEC_TIME(activate_to_power_down), 0, 1},
    {"PRPDEN", NULL, MEMSPEC_TIME(precharge_to_power_down), 0, 1},
    {"REFPDEN", NULL, MEMSPEC_TIME(refresh_to_power_down), 0, 1},
    {0},
};

static const memspec_field memspec_ddr4[] = {
    {"RL", NULL, MEMSPEC_TIME(read_latency), 1, MEMSPEC_REQUIRED},
    {"WL", NULL, MEMSPEC_TIME(write_latency), 1, MEMSPEC_REQUIRED},
    {"AL", NULL, MEMSPEC_TIME(additive_latency), 0, 0},
    {"RCD", NULL, MEMSPEC_TIME(activate_to_column), 1, MEMSPEC_REQUIRED},
    {"RAS", NULL, MEMSPEC_TIME(activate_to_precharge), 1, MEMSPEC_REQUIRED},
    {"RC", NULL, MEMSPEC_TIME(activate_to_activate), 1, MEMSPEC_REQUIRED},
    {"RP", NULL, MEMSPEC_TIME(precharge), 1, MEMSPEC_REQUIRED},
    {"RTP", NULL, MEMSPEC_TIME(read_to_precharge), 1, MEMSPEC_REQUIRED},
    {"WR", NULL, MEMSPEC_TIME(write_recovery), 1, MEMSPEC_REQUIRED},
    {"CCD_L", NULL, MEMSPEC_TIME(column_same), 1, MEMSPEC_REQUIRED},
    {"CCD_S", NULL, MEMSPEC_TIME(column_other), 1, MEMSPEC_REQUIRED},
    {"RRD_L", NULL, MEMSPEC_TIME(activate_same), 1, MEMSPEC_REQUIRED},
    {"RRD_S", NULL, MEMSPEC_TIME(activate_other), 1, MEMSPEC_REQUIRED},
    {"FAW", NULL, MEMSPEC_TIME(four_activates), 1, MEMSPEC_REQUIRED},
    {"WTR_L", NULL, MEMSPEC_TIME(write_to_read_same), 1, MEMSPEC_REQUIRED},
    {"WTR_S", NULL, MEMSPEC_TIME(write_to_read_other), 1, MEMSPEC_REQUIRED},
    {"RTRS", NULL, MEMSPEC_TIME(rank_switch), 0, 1},
    {"RPRE", NULL, MEMSPEC_TIME(read_preamble), 0, 1},
    {"WPRE", NULL, MEMSPEC_TIME(write_preamble), 0, 1},
    {"REFI", NULL, MEMSPEC_TIME(refresh_interval), 1, MEMSPEC_REQUIRED},
    {"RFC", NULL, MEMSPEC_TIME(refresh_all), 1, MEMSPEC_REQUIRED},
    {"XP", NULL, MEMSPEC_TIME(power_down_exit), 1, MEMSPEC_REQUIRED},
    {"XPDLL", NULL, MEMSPEC_TIME(power_down_exit_slow), 0, 0},
    {"XS", NULL, MEMSPEC_TIME(self_refresh_exit), 1, MEMSPEC_REQUIRED},
    {"XSDLL", NULL, MEMSPEC_TIME(self_refresh_exit_dll), 0, 0},
    {"CKE", NULL, MEMSPEC_TIME(clock_enable), 1, MEMSPEC_REQUIRED},
    {"CKESR", NULL, MEMSPEC_TIME(clock_enable_refresh), 1, MEMSPEC_REQUIRED},
    {"ACTPDEN", NULL, MEMSPEC_TIME(activate_to_power_down), 0, 1},
    {"PRPDEN", NULL, MEMSPEC_TIME(precharge_to_power_down), 0, 1},
    {"REFPDEN", NULL, MEMSPEC_TIME(refresh_to_power_down), 0, 1},
    {0},
};

// fallbacks of JESD209-4 at 3200 MT/s for what version 4 leaves out
static const memspec_field memspec_lpddr4[] = {
    {"RL", NULL, MEMSPEC_TIME(read_latency), 1, MEMSPEC_REQUIRED},
    {"WL", NULL, MEMSPEC_TIME(write_latency), 1, MEMSPEC_REQUIRED},
    {"RCD", NULL, MEMSPEC_TIME(activate_to_column), 1, MEMSPEC_REQUIRED},
    {"RAS", NULL, MEMSPEC_TIME(activate_to_precharge), 1, MEMSPEC_REQUIRED},
    {"RCPB", "RC", MEMSPEC_TIME(activate_to_activate), 1, MEMSPEC_REQUIRED},
    {"RPPB", NULL, MEMSPEC_TIME(precharge), 1, MEMSPEC_REQUIRED},
    {"RPAB", NULL, MEMSPEC_TIME(precharge_all), 1, MEMSPEC_REQUIRED},
    {"RTP", NULL, MEMSPEC_TIME(read_to_precharge), 1, MEMSPEC_REQUIRED},
    {"WR", NULL, MEMSPEC_TIME(write_recovery), 1, MEMSPEC_REQUIRED},
    {"CCD", NULL, MEMSPEC_TIME(column_same), 1, MEMSPEC_REQUIRED},
    {"CCD", NULL, MEMSPEC_TIME(column_other), 1, MEMSPEC_REQUIRED},
    {"CCDMW", NULL, MEMSPEC_TIME(masked_write_same_bank), 1, 32},
    {"RRD", NULL, MEMSPEC_TIME(activate_same), 1, MEMSPEC_REQUIRED},
    {"RRD", NULL, MEMSPEC_TIME(activate_other), 1, MEMSPEC_REQUIRED},
    {"FAW", NULL, MEMSPEC_TIME(four_activates), 1, MEMSPEC_REQUIRED},
    {"WTR", NULL, MEMSPEC_TIME(write_to_read_same), 1, MEMSPEC_REQUIRED},
    {"WTR", NULL, MEMSPEC_TIME(write_to_read_other), 1, MEMSPEC_REQUIRED},
    {"RTRS", NULL, MEMSPEC_TIME(rank_switch), 0, 1},
    {"RPRE", NULL, MEMSPEC_TIME(read_preamble), 0, 2},
    {"RPST", NULL, MEMSPEC_TIME(read_postamble), 0, 0},
    {"WPRE", NULL, MEMSPEC_TIME(write_preamble), 0, 2},
    {"DQSCK", NULL, MEMSPEC_TIME(read_strobe_delay), 0, MEMSPEC_REQUIRED},
    {"REFI", "REFIAB", MEMSPEC_TIME(refresh_interval), 1, MEMSPEC_REQUIRED},
    {"RFCAB", NULL, MEMSPEC_TIME(refresh_all), 1, MEMSPEC_REQUIRED},
    {"REFIPB", NULL, MEMSPEC_TIME(refresh_bank_interval), 1, MEMSPEC_REQUIRED},
    {"RFCPB", NULL, MEMSPEC_TIME(refresh_bank), 1, MEMSPEC_REQUIRED},
    {"RRD", NULL, MEMSPEC_TIME(refresh_to_activate_other), 1, MEMSPEC_REQUIRED},
    {"RFCPB", NULL, MEMSPEC_TIME(refresh_to_refresh_other), 1, MEMSPEC_REQUIRED},
    {"PPD", NULL, MEMSPEC_TIME(precharge_to_precharge), 1, MEMSPEC_REQUIRED},
    {"XP", NULL, MEMSPEC_TIME(power_down_exit), 1, MEMSPEC_REQUIRED},
    {"XSR", "XS", MEMSPEC_TIME(self_refresh_exit), 1, MEMSPEC_REQUIRED},
    {"CKE", NULL, MEMSPEC_TIME(clock_enable), 1, MEMSPEC_REQUIRED},
    {"SR", "CKESR", MEMSPEC_TIME(clock_enable_refresh), 1, MEMSPEC_REQUIRED},
    {"CMDCKE", NULL, MEMSPEC_TIME(activate_to_power_down), 0, 3},
    {"CMDCKE", NULL, MEMSPEC_TIME(precharge_to_power_down), 0, 3},
    {"CMDCKE", NULL, MEMSPEC_TIME(refresh_to_power_down), 0, 3},
    {0},
};

static const memspec_field memspec_hbm2[] = {
    {"RL", NULL, MEMSPEC_TIME(read_latency), 1, MEMSPEC_REQUIRED},
    {"WL", NULL, MEMSPEC_TIME(write_latency), 1, MEMSPEC_REQUIRED},
    {"RCDRD", NULL, MEMSPEC_TIME(activate_to_column), 1, MEMSPEC_REQUIRED},
    {"RCDWR", NULL, MEMSPEC_TIME(activate_to_write), 1, MEMSPEC_REQUIRED},
    {"RAS", NULL, MEMSPEC_TIME(activate_to_precharge), 1, MEMSPEC_REQUIRED},
    {"RC", NULL, MEMSPEC_TIME(activate_to_activate), 1, MEMSPEC_REQUIRED},
    {"RP", NULL, MEMSPEC_TIME(precharge), 1, MEMSPEC_REQUIRED},
    {"RTP", NULL, MEMSPEC_TIME(read_to_precharge), 1, MEMSPEC_REQUIRED},
    {"WR", NULL, MEMSPEC_TIME(write_recovery), 1, MEMSPEC_REQUIRED},
    {"CCDL", NULL, MEMSPEC_TIME(column_same), 1, MEMSPEC_REQUIRED},
    {"CCDS", NULL, MEMSPEC_TIME(column_other), 1, MEMSPEC_REQUIRED},
    {"RRDL", NULL, MEMSPEC_TIME(activate_same), 1, MEMSPEC_REQUIRED},
    {"RRDS", NULL, MEMSPEC_TIME(activate_other), 1, MEMSPEC_REQUIRED},
    {"FAW", NULL, MEMSPEC_TIME(four_activates), 1, MEMSPEC_REQUIRED},
    {"WTRL", NULL, MEMSPEC_TIME(write_to_read_same), 1, MEMSPEC_REQUIRED},
    {"WTRS", NULL, MEMSPEC_TIME(write_to_read_other), 1, MEMSPEC_REQUIRED},
    {"RTW", NULL, MEMSPEC_TIME(read_to_write), 1, MEMSPEC_REQUIRED},
    {"DQSCK", NULL, MEMSPEC_TIME(read_strobe_delay), 0, MEMSPEC_REQUIRED},
    {"REFI", NULL, MEMSPEC_TIME(refresh_interval), 1, MEMSPEC_REQUIRED},
    {"RFC", NULL, MEMSPEC_TIME(refresh_all), 1, MEMSPEC_REQUIRED},
    {"REFISB", NULL, MEMSPEC_TIME(refresh_bank_interval), 1, MEMSPEC_REQUIRED},
    {"RFCSB", NULL, MEMSPEC_TIME(refresh_bank), 1, MEMSPEC_REQUIRED},
    {"RREFD", NULL, MEMSPEC_TIME(refresh_to_activate_other), 1, MEMSPEC_REQUIRED},
    {"RREFD", NULL, MEMSPEC_TIME(refresh_to_refresh_other), 1, MEMSPEC_REQUIRED},
    {"XP", NULL, MEMSPEC_TIME(power_down_exit), 1, MEMSPEC_REQUIRED},
    {"XS", NULL, MEMSPEC_TIME(self_refresh_exit), 1, MEMSPEC_REQUIRED},
    {"CKE", NULL, MEMSPEC_TIME(clock_enable), 1, MEMSPEC_REQUIRED},
    {"ACTPDEN", NULL, MEMSPEC_TIME(activate_to_power_down), 0, 1},
    {"PRPDEN", NULL, MEMSPEC_TIME(precharge_to_power_down), 0, 1},
    {"REFPDEN", NULL, MEMSPEC_TIME(refresh_to_power_down), 0, 1},
    {0},
};

static const memspec_current memspec_ddr_currents[] = {
    {"vdd", NULL, 0, MEMSPEC_AMPERE(volt), true},
    {"idd0", NULL, 0, MEMSPEC_AMPERE(idd0), true},
    {"idd2n", NULL, 0, MEMSPEC_AMPERE(idd2n), true},
    {"idd3n", NULL, 0, MEMSPEC_AMPERE(idd3n), true},
    {"idd4r", NULL, 0, MEMSPEC_AMPERE(idd4r), true},
    {"idd4w", NULL, 0, MEMSPEC_AMPERE(idd4w), true},
    {"idd5", "idd5b", 0, MEMSPEC_AMPERE(idd5b), true},
    {"idd6", NULL, 0, MEMSPEC_AMPERE(idd6), false},
    {"idd2p1", NULL, 0, MEMSPEC_AMPERE(idd2p), false},
    {"idd3p1", NULL, 0, MEMSPEC_AMPERE(idd3p), false},
    {"vdd2", NULL, 1, MEMSPEC_AMPERE(volt), false},
    {"idd02", NULL, 1, MEMSPEC_AMPERE(idd0), false},
    {"idd62", NULL, 1, MEMSPEC_AMPERE(idd6), false},
    {0},
};

// the per-bank values are averages over tREFIpb until memspec_finish_currents() converts them
static const memspec_current memspec_lpddr4_currents[] = {
    {"vdd", NULL, 0, MEMSPEC_AMPERE(volt), true},
    {"idd0", NULL, 0, MEMSPEC_AMPERE(idd0), true},
    {"idd2n", NULL, 0, MEMSPEC_AMPERE(idd2n), true},
    {"idd3n", NULL, 0, MEMSPEC_AMPERE(idd3n), true},
    {"idd4r", NULL, 0, MEMSPEC_AMPERE(idd4r), true},
    {"idd4w", NULL, 0, MEMSPEC_AMPERE(idd4w), true},
    {"idd5", NULL, 0, MEMSPEC_AMPERE(idd5b), true},
    {"idd5b", NULL, 0, MEMSPEC_AMPERE(idd5pb), false},
    {"idd6", NULL, 0, MEMSPEC_AMPERE(idd6), false},
    {"idd2p", NULL, 0, MEMSPEC_AMPERE(idd2p), false},
    {"idd3p", NULL, 0, MEMSPEC_AMPERE(idd3p), false},
    {"vdd2", NULL, 1, MEMSPEC_AMPERE(volt), true},
    {"idd02", NULL, 1, MEMSPEC_AMPERE(idd0), true},
    {"idd2n2", NULL, 1, MEMSPEC_AMPERE(idd2n), true},
    {"idd3n2", NULL, 1, MEMSPEC_AMPERE(idd3n), true},
    {"idd4r2", NULL, 1, MEMSPEC_AMPERE(idd4r), true},
    {"idd4w2", NULL, 1, MEMSPEC_AMPERE(idd4w), true},
    {"idd52", NULL, 1, MEMSPEC_AMPERE(idd5b), true},
    {"idd5b2", NULL, 1, MEMSPEC_AMPERE(idd5pb), false},
    {"idd62", NULL, 1, MEMSPEC_AMPERE(idd6), false},
    {"idd2p2", NULL, 1, MEMSPEC_AMPERE(idd2p), false},
    {"idd3p2", NULL, 1, MEMSPEC_AMPERE(idd3p), false},
    {0},
};

// What a family needs beside the fields of its file.
typedef struct memspec_family {
    const char* type;  // value of "memoryType"
    og_dram_family family;
    const memspec_field* timing;
    const memspec_current* currents;
    int cycles_activate, cycles_column, cycles_other;
    const char* address_map;
} memspec_family;

static const memspec_family memspec_families[] = {
    {"DDR3", OG_DRAM_DDR3, memspec_ddr3, memspec_ddr_currents, 1, 1, 1, "ro:ba:ra:ch:co"},
    {"DDR4", OG_DRAM_DDR4, memspec_ddr4, memspec_ddr_currents, 1, 1, 1, "ro:ba:bg:ra:ch:co"},
    {"LPDDR4", OG_DRAM_LPDDR4, memspec_lpddr4, memspec_lpddr4_currents, 4, 4, 2, "ro:ba:ra:ch:co"},
    {"HBM2", OG_DRAM_HBM2, memspec_hbm2, memspec_ddr_currents, 2, 1, 1, "ro:ba:bg:ra:ch:co"},
};
enum { MEMSPEC_FAMILIES = sizeof memspec_families / sizeof memspec_families[0] };

// A file being read: its tree and its name for messages.
typedef struct memspec_file {
    const char* path;
    const json_t* spec;
} memspec_file;

static og_status memspec_section(const memspec_file* file, const char* name,
                                 const json_t** section) {
    *section = json_object_get(file->spec, name);
    if (!*section) {
        return og_fail(OG_ERROR_FILE, "%s: '%s' is missing in the memspec", file->path, name);
    }
    if (!json_is_object(*section)) {
        return og_fail(OG_ERROR_FILE, "%s: '%s' must be an object", file->path, name);
    }
    return OG_OK;
}

// the value under the first of two keys that is there
static const json_t* memspec_value(const json_t* section, const char* key, const char* other_key) {
    const json_t* value = json_object_get(section, key);
    return value || !other_key ? value : json_object_get(section, other_key);
}

static og_status memspec_integer(const memspec_file* file, const char* section_name,
                                 const json_t* section, const memspec_field* field, int* result) {
    const json_t* value = memspec_value(section, field->key, field->other_key);
    if (!value) {
        if (field->fallback == MEMSPEC_REQUIRED) {
            return og_fail(OG_ERROR_VALUE, "%s: %s.%s is missing", file->path, section_name,
                           field->key);
        }
        *result = field->fallback;
        return OG_OK;
    }
    const double number = json_is_number(value) ? json_number_value(value) : NAN;
    const bool interval = strcmp(field->key, "REFI") == 0;
    const int maximum = interval ? MEMSPEC_INTERVAL_MAX : MEMSPEC_CYCLES_MAX;
    if (!(number >= field->minimum && number <= maximum) || number != floor(number)) {
        return og_fail(OG_ERROR_VALUE, "%s: %s.%s must be an integer from %d to %d", file->path,
                       section_name, field->key, field->minimum, maximum);
    }
    *result = (int)number;
    return OG_OK;
}

static og_status memspec_integers(const memspec_file* file, const char* section_name,
                                  const memspec_field* fields, void* target) {
    const json_t* section;
    OG_TRY(memspec_section(file, section_name, &section));
    for (const memspec_field* field = fields; field->key; ++field) {
        int* place = (int*)(void*)((char*)target + field->offset);
        OG_TRY(memspec_integer(file, section_name, section, field, place));
    }
    return OG_OK;
}

// the command clock, given as a frequency (version 4) or a period (version 5)
static og_status memspec_clock(const memspec_file* file, double* clock_ps) {
    const json_t* section;
    OG_TRY(memspec_section(file, "memtimingspec", &section));
    const json_t* period = json_object_get(section, "tCK");
    const json_t* frequency = json_object_get(section, "clkMhz");
    if (!period && !frequency) {
        return og_fail(OG_ERROR_VALUE,
                       "%s: memtimingspec needs tCK (picoseconds) or clkMhz (megahertz)",
                       file->path);
    }
    *clock_ps = period ? json_number_value(period) : 1e6 / json_number_value(frequency);
    if (!(*clock_ps >= 50 && *clock_ps <= 100000)) {
        return og_fail(OG_ERROR_VALUE,
                       "%s: memtimingspec.%s must give a clock period of 50 to 100000 ps",
                       file->path, period ? "tCK" : "clkMhz");
    }
    return OG_OK;
}

// refresh modes of DDR4: the interval shrinks with the mode, and each mode has its own tRFC
static og_status memspec_refresh_mode(const memspec_file* file, og_dram_timing* timing) {
    const json_t* section;
    OG_TRY(memspec_section(file, "memtimingspec", &section));
    int mode;
    OG_TRY(memspec_integer(file, "memtimingspec", section, &(memspec_field){"REFM", NULL, 0, 1, 1},
                           &mode));
    if (mode != 1 && mode != 2 && mode != 4) {
        return og_fail(OG_ERROR_VALUE, "%s: memtimingspec.REFM is %d, allowed are 1, 2 and 4",
                       file->path, mode);
    }
    if (mode > 1) {
        const memspec_field field = {mode == 2 ? "RFC2" : "RFC4", NULL, 0, 1, MEMSPEC_REQUIRED};
        OG_TRY(memspec_integer(file, "memtimingspec", section, &field, &timing->refresh_all));
        timing->refresh_interval /= mode;
    }
    return OG_OK;
}

static og_status memspec_currents(const memspec_file* file, const memspec_current* currents,
                                  og_dram_supply supply[2]) {
    const json_t* section = json_object_get(file->spec, "mempowerspec");
    if (!section || json_is_null(section)) {
        return OG_OK;  // energy is then zero
    }
    OG_TRY(memspec_section(file, "mempowerspec", &section));
    for (const memspec_current* current = currents; current->key; ++current) {
        const json_t* value = memspec_value(section, current->key, current->other_key);
        if (!value && !current->required) {
            continue;
        }
        const double number = json_is_number(value) ? json_number_value(value) : NAN;
        if (!(number >= 0 && number <= 100000)) {
            return og_fail(OG_ERROR_VALUE, "%s: mempowerspec.%s %s (mA and V from 0 to 100000)",
                           file->path, current->key, value ? "is out of range" : "is missing");
        }
        char* place = (char*)&supply[current->supply] + current->offset;
        *(double*)(void*)place = number;
    }
    return OG_OK;
}

// What must not be less than what: each energy is a difference of two currents (measure.c).
static const struct {
    size_t more, less;
} memspec_differences[] = {
    {MEMSPEC_AMPERE(idd0), MEMSPEC_AMPERE(idd2n)},  {MEMSPEC_AMPERE(idd0), MEMSPEC_AMPERE(idd3n)},
    {MEMSPEC_AMPERE(idd4r), MEMSPEC_AMPERE(idd3n)}, {MEMSPEC_AMPERE(idd4w), MEMSPEC_AMPERE(idd3n)},
    {MEMSPEC_AMPERE(idd5b), MEMSPEC_AMPERE(idd3n)}, {MEMSPEC_AMPERE(idd2n), MEMSPEC_AMPERE(idd2p)},
    {MEMSPEC_AMPERE(idd3n), MEMSPEC_AMPERE(idd3p)}, {MEMSPEC_AMPERE(idd5pb), MEMSPEC_AMPERE(idd2n)},
};

static const char* memspec_current_key(const memspec_current* currents, int supply, size_t offset) {
    while (currents->key && (currents->supply != supply || currents->offset != offset)) {
        ++currents;
    }
    return currents->key;
}

static double memspec_ampere(const og_dram_supply* supply, size_t offset) {
    return *(const double*)(const void*)((const char*)supply + offset);
}

static og_status memspec_check_currents(const memspec_file* file, const memspec_current* currents,
                                        const og_dram_supply supply[2]) {
    const int count = sizeof memspec_differences / sizeof memspec_differences[0];
    for (int k = 0; k < 2 * count; ++k) {
        const size_t more = memspec_differences[k % count].more;
        const size_t less = memspec_differences[k % count].less;
        const char* key = memspec_current_key(currents, k / count, more);
        const char* other = memspec_current_key(currents, k / count, less);
        const double left = memspec_ampere(&supply[k / count], more);
        const double right = memspec_ampere(&supply[k / count], less);
        // that of per-bank refresh may be missing
        const bool given = left > 0 || more != MEMSPEC_AMPERE(idd5pb);
        if (key && other && given && left < right) {
            return og_fail(OG_ERROR_VALUE,
                           "%s: mempowerspec.%s = %g contradicts %s = %g (it must not be less)",
                           file->path, key, left, other, right);
        }
    }
    return OG_OK;
}

// Turns the average current of per-bank refresh into the current during one refresh; where the file
// has none, the charge of an all-bank refresh spreads over the banks.
static void memspec_finish_currents(const og_dram_device* device, og_dram_supply* supply) {
    const og_dram_timing* timing = &device->timing;
    if (timing->refresh_bank == 0) {
        return;
    }
    if (supply->idd5pb == 0) {
        const double stretch =
            (double)timing->refresh_all / timing->refresh_bank / device->organisation.banks;
        supply->idd5pb = supply->idd3n + (supply->idd5b - supply->idd3n) * stretch;
    } else if (supply->idd5pb > supply->idd2n) {
        const double stretch = (double)timing->refresh_bank_interval / timing->refresh_bank;
        supply->idd5pb = supply->idd3n + (supply->idd5pb - supply->idd2n) * stretch;
    }
}

static void memspec_complete(const memspec_family* family, og_dram_device* device) {
    og_dram_timing* timing = &device->timing;
    timing->command_cycles_activate = family->cycles_activate;
    timing->command_cycles_column = family->cycles_column;
    timing->command_cycles_other = family->cycles_other;
    timing->column_write_same = timing->column_same;
    if (timing->precharge_all == 0) {
        timing->precharge_all = timing->precharge;
    }
    if (timing->activate_to_write == 0) {
        timing->activate_to_write = timing->activate_to_column;
    }
    if (family->family == OG_DRAM_HBM2) {
        timing->split_command_bus = true;
        timing->clock_enable_refresh = timing->clock_enable + 1;  // JESD235: tCKE + 1
        timing->read_preamble = 1;                                // JESD235: tRPRE, tWPRE
        timing->write_preamble = 1;
        device->organisation.rank_data_bus = true;
    }
    memspec_finish_currents(device, &device->supply[0]);
    memspec_finish_currents(device, &device->supply[1]);
}

// one thing that must hold between two values of a device
typedef struct memspec_relation {
    const char* left;
    const char* right;
    int64_t left_value;
    int64_t right_value;
} memspec_relation;

static og_status memspec_relations(const memspec_file* file, const og_dram_device* device) {
    const og_dram_organisation* organisation = &device->organisation;
    const og_dram_timing* timing = &device->timing;
    const int burst = og_dram_device_burst_cycles(device);
    // separate rounding to cycles can take one from RC, so RAS + RP - 1 still fits together
    const memspec_relation relations[] = {
        {"RC", "RAS + RP - 1", timing->activate_to_activate,
         timing->activate_to_precharge + timing->precharge - 1},
        {"RAS", "RCD", timing->activate_to_precharge, timing->activate_to_column},
        {"RPAB", "RPPB", timing->precharge_all, timing->precharge},
        {"CCD_S", "the cycles of a burst", timing->column_other, burst},
        {"CCD_L", "CCD_S", timing->column_same, timing->column_other},
        {"RRD_L", "RRD_S", timing->activate_same, timing->activate_other},
        {"FAW", "RRD_S", timing->four_activates, timing->activate_other},
        {"WTR_L", "WTR_S", timing->write_to_read_same, timing->write_to_read_other},
        {"RL", "AL", timing->read_latency, timing->additive_latency},
        {"WL", "AL", timing->write_latency, timing->additive_latency},
        {"REFI", "RFC + 1", timing->refresh_interval, timing->refresh_all + 1},
        {"REFIPB", "RFCPB", timing->refresh_bank_interval, timing->refresh_bank},
        {"RFC", "RFCPB", timing->refresh_all, timing->refresh_bank},
        {"nbrOfColumns", "burstLength", organisation->columns, organisation->burst_length},
        {"nbrOfBanks", "nbrOfBankGroups", organisation->banks, organisation->bank_groups},
    };
    for (size_t i = 0; i < sizeof relations / sizeof relations[0]; ++i) {
        const memspec_relation* relation = &relations[i];
        if (relation->left_value < relation->right_value) {
            return og_fail(OG_ERROR_VALUE,
                           "%s: %s = %lld contradicts %s = %lld (it must not be less)", file->path,
                           relation->left, (long long)relation->left_value, relation->right,
                           (long long)relation->right_value);
        }
    }
    return OG_OK;
}

static bool memspec_power_of_two(int value) {
    return (value & (value - 1)) == 0;
}

static og_status memspec_shape(const memspec_file* file, const og_dram_organisation* organisation) {
    const struct {
        const char* key;
        int value;
        int maximum;
        bool power_of_two;
    } sizes[] = {
        {"nbrOfChannels", organisation->channels, 64, true},
        {"nbrOfRanks", organisation->ranks, 16, true},
        {"nbrOfBankGroups", organisation->bank_groups, 16, true},
        {"nbrOfBanks", organisation->banks, 64, true},
        {"nbrOfRows", organisation->rows, 1 << 24, false},
        {"nbrOfColumns", organisation->columns, 1 << 16, true},
        {"width", organisation->device_width, 1024, true},
        {"nbrOfDevices", organisation->devices, 64, false},
        {"burstLength", organisation->burst_length, 64, true},
        {"dataRate", organisation->data_rate, 16, true},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; ++i) {
        if (sizes[i].value > sizes[i].maximum ||
            (sizes[i].power_of_two && !memspec_power_of_two(sizes[i].value))) {
            return og_fail(OG_ERROR_VALUE, "%s: memarchitecturespec.%s is %d, must be %s up to %d",
                           file->path, sizes[i].key, sizes[i].value,
                           sizes[i].power_of_two ? "a power of two" : "a number", sizes[i].maximum);
        }
    }
    if (organisation->data_rate > organisation->burst_length) {
        return og_fail(OG_ERROR_VALUE, "%s: dataRate %d exceeds burstLength %d", file->path,
                       organisation->data_rate, organisation->burst_length);
    }
    return OG_OK;
}

static og_status memspec_family_of(const memspec_file* file, const memspec_family** family) {
    const char* type = json_string_value(json_object_get(file->spec, "memoryType"));
    if (!type) {
        return og_fail(OG_ERROR_VALUE, "%s: memoryType is missing or not a text", file->path);
    }
    for (int i = 0; i < MEMSPEC_FAMILIES; ++i) {
        if (strcmp(memspec_families[i].type, type) == 0) {
            *family = &memspec_families[i];
            return OG_OK;
        }
    }
    return og_fail(OG_ERROR_NAME,
                   "%s: memoryType '%.64s' is not known; DDR3, DDR4, LPDDR4, HBM2 are", file->path,
                   type);
}

static og_status memspec_build(og_arena* arena, const memspec_file* file,
                               const og_dram_device** device) {
    const memspec_family* family = NULL;
    OG_TRY(memspec_family_of(file, &family));
    og_dram_device* result = OG_NEW(arena, og_dram_device, 1);
    result->family = family->family;
    result->address_map = family->address_map;
    OG_TRY(
        memspec_integers(file, "memarchitecturespec", memspec_organisation, &result->organisation));
    OG_TRY(memspec_shape(file, &result->organisation));
    OG_TRY(memspec_integers(file, "memtimingspec", family->timing, &result->timing));
    OG_TRY(memspec_clock(file, &result->timing.clock_ps));
    if (family->family == OG_DRAM_DDR4) {
        OG_TRY(memspec_refresh_mode(file, &result->timing));
    }
    if (family->family == OG_DRAM_LPDDR4) {
        const json_t* section;
        int strobe;
        int offset;
        OG_TRY(memspec_section(file, "memtimingspec", &section));
        OG_TRY(memspec_integer(file, "memtimingspec", section,
                               &(memspec_field){"DQSS", NULL, 0, 0, 1}, &strobe));
        OG_TRY(memspec_integer(file, "memtimingspec", section,
                               &(memspec_field){"DQS2DQ", NULL, 0, 0, 2}, &offset));
        result->timing.write_strobe_delay = strobe + offset;
    }
    OG_TRY(memspec_currents(file, family->currents, result->supply));
    OG_TRY(memspec_check_currents(file, family->currents, result->supply));
    memspec_complete(family, result);
    OG_TRY(memspec_relations(file, result));
    const char* name = json_string_value(json_object_get(file->spec, "memoryId"));
    result->name = og_text_format(arena, "%s", name ? name : family->type);
    result->doc = og_text_format(arena, "%s device of a memspec file.", family->type);
    result->source = og_text_format(arena, "%s", file->path);
    *device = result;
    return OG_OK;
}

// finds the memspec: at the top, under "memspec", or inside a "simulation"
static og_status memspec_find(const char* path, const json_t* root, const json_t** spec) {
    const json_t* simulation = json_object_get(root, "simulation");
    const json_t* found = json_object_get(simulation ? simulation : root, "memspec");
    if (json_is_string(found)) {
        return og_fail(OG_ERROR_FILE, "%s: memspec names another file, '%.200s'; load that one",
                       path, json_string_value(found));
    }
    if (!found && json_object_get(root, "memarchitecturespec")) {
        found = root;
    }
    if (!json_is_object(found)) {
        return og_fail(OG_ERROR_FILE, "%s: no 'memspec' object in the file", path);
    }
    *spec = found;
    return OG_OK;
}

og_status og_dram_device_parse(og_arena* arena, const char* name, const char* text, size_t size,
                               const og_dram_device** device) {
    assert(arena && name && text && device);
    json_error_t error;
    json_t* root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        return og_fail(OG_ERROR_FILE, "%s:%d: %s", name, error.line > 0 ? error.line : 1,
                       error.text);
    }
    memspec_file file = {.path = name};
    og_status status = memspec_find(name, root, &file.spec);
    if (status == OG_OK) {
        status = memspec_build(arena, &file, device);
    }
    json_decref(root);
    return status;
}

og_status og_dram_device_load(og_arena* arena, const char* path, const og_dram_device** device) {
    assert(arena && path && device);
    char* text;
    size_t size;
    OG_TRY(og_file_read(arena, path, MEMSPEC_BYTES_MAX, &text, &size));
    return og_dram_device_parse(arena, path, text, size, device);
}
