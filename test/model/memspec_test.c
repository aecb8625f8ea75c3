// Devices from memspec files: the files of DRAMSys load, damaged ones are refused with the field.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ogive/dram_device.h"
#include "ogive/text.h"

static og_arena* arena;

static int set_up(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int tear_down(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

static const char* const good_lines[] = {
    "{ \"memspec\": { \"memoryId\": \"tiny\", \"memoryType\": \"DDR4\",",
    "\"memarchitecturespec\": { \"burstLength\": 8, \"dataRate\": 2,",
    "\"nbrOfBankGroups\": 4, \"nbrOfBanks\": 16,",
    "\"nbrOfColumns\": 1024,",
    "\"nbrOfRanks\": 2,",
    "\"nbrOfRows\": 32768,",
    "\"nbrOfDevices\": 8,",
    "\"width\": 8, \"nbrOfChannels\": 1 },",
    "\"mempowerspec\": { \"vdd\": 1.2, \"idd0\": 60.5, \"idd2n\": 38, \"idd3n\": 44,",
    "\"idd4r\": 184.5, \"idd4w\": 168.75, \"idd5\": 118, \"vdd2\": 2.5, \"idd02\": 4.05 },",
    "\"memtimingspec\": { \"AL\": 0, \"RL\": 16, \"WL\": 12, \"RCD\": 16, \"RP\": 16,",
    "\"RAS\": 39,",
    "\"RC\": 55,",
    "\"RTP\": 9, \"WR\": 18,",
    "\"CCD_L\": 6, \"CCD_S\": 4,",
    "\"RRD_L\": 6, \"RRD_S\": 4, \"FAW\": 26,",
    "\"WTR_L\": 9, \"WTR_S\": 3,",
    "\"REFI\": 9363, \"RFC\": 421, \"RFC2\": 313,",
    "\"REFM\": 1,",
    "\"XP\": 8, \"XS\": 433, \"CKE\": 6, \"CKESR\": 7,",
    "\"tCK\": 833",
    "} } }",
};
enum { GOOD_LINES = sizeof good_lines / sizeof good_lines[0] };

// the good file with one line replaced
static const char* text_with(int line, const char* replacement) {
    og_buffer text = {.arena = arena};
    for (int i = 0; i < GOOD_LINES; ++i) {
        og_buffer_print(&text, "%s\n", i == line ? replacement : good_lines[i]);
    }
    return text.data;
}

static int line_of(const char* start) {
    int line = 0;
    while (!strstr(good_lines[line], start)) {
        ++line;
    }
    return line;
}

static og_status parse(const char* text, const og_dram_device** device) {
    return og_dram_device_parse(arena, "file.json", text, strlen(text), device);
}

static void refuse(const char* line, const char* replacement, const char* what) {
    const og_dram_device* device;
    const og_status status = parse(text_with(line_of(line), replacement), &device);
    if (status == OG_OK || strstr(og_error_text(), "file.json") != og_error_text() ||
        !strstr(og_error_text(), what)) {
        fail_msg("'%s' should name '%s'", status == OG_OK ? "loaded" : og_error_text(), what);
    }
}

static void good_file_loads(void** state) {
    (void)state;
    const og_dram_device* device;
    assert_int_equal(parse(text_with(-1, NULL), &device), OG_OK);
    assert_string_equal(device->name, "tiny");
    assert_int_equal(device->family, OG_DRAM_DDR4);
    assert_int_equal(device->organisation.ranks, 2);
    assert_int_equal(device->timing.activate_to_write, 16);
    assert_int_equal(device->timing.precharge_all, 16);
    assert_int_equal(device->timing.column_write_same, 6);
    assert_int_equal(device->timing.rank_switch, 1);
    assert_int_equal(device->timing.refresh_all, 421);
    assert_true(device->supply[1].idd0 > 4 && device->supply[0].idd0 > 60);
}

static void refresh_mode_divides_the_interval(void** state) {
    (void)state;
    const og_dram_device* device;
    assert_int_equal(parse(text_with(line_of("\"REFM\""), "\"REFM\": 2,"), &device), OG_OK);
    assert_int_equal(device->timing.refresh_interval, 4681);
    assert_int_equal(device->timing.refresh_all, 313);
    refuse("\"REFM\"", "\"REFM\": 4,", "RFC4");
    refuse("\"REFM\"", "\"REFM\": 3,", "REFM");
}

static void clock_comes_as_period_or_frequency(void** state) {
    (void)state;
    const og_dram_device* device;
    assert_int_equal(parse(text_with(line_of("\"tCK\""), "\"clkMhz\": 1200"), &device), OG_OK);
    assert_true(fabs(device->timing.clock_ps - 1e6 / 1200) < 1e-9);
    refuse("\"tCK\"", "\"period\": 833", "clkMhz");
    refuse("\"tCK\"", "\"tCK\": 0", "tCK");
    refuse("\"tCK\"", "\"clkMhz\": 0", "clkMhz");
    refuse("\"tCK\"", "\"tCK\": \"fast\"", "tCK");
}

static void power_may_be_missing_but_not_wrong(void** state) {
    (void)state;
    const og_dram_device* device;
    assert_int_equal(
        parse(text_with(line_of("\"mempowerspec\""), "\"other\": { \"idd2n\": 38,"), &device),
        OG_OK);
    assert_true(device->supply[0].idd0 == 0);
    refuse("\"mempowerspec\"", "\"mempowerspec\": { \"vdd\": 1.2, \"idd0\": 60.5, \"idd3n\": 44,",
           "idd2n");
    refuse("\"idd4r\"", "\"idd4r\": -1, \"idd4w\": 1, \"idd5\": 118 },", "idd4r");
}

static void currents_give_no_negative_energy(void** state) {
    (void)state;
    const char* power = "\"mempowerspec\"";
    refuse(power, "\"mempowerspec\": { \"vdd\": 1.2, \"idd0\": 43, \"idd2n\": 38, \"idd3n\": 44,",
           "mempowerspec.idd0 = 43 contradicts idd3n = 44");
    refuse(power, "\"mempowerspec\": { \"vdd\": 1.2, \"idd0\": 60, \"idd2n\": 61, \"idd3n\": 44,",
           "mempowerspec.idd0 = 60 contradicts idd2n = 61");
    refuse(power,
           "\"mempowerspec\": { \"vdd\": 1.2, \"idd0\": 60, \"idd2n\": 38, \"idd3n\": 44, "
           "\"idd2p1\": 39,",
           "mempowerspec.idd2n = 38 contradicts idd2p1 = 39");
    refuse(power,
           "\"mempowerspec\": { \"vdd\": 1.2, \"idd0\": 60, \"idd2n\": 38, \"idd3n\": 44, "
           "\"idd3p1\": 45,",
           "mempowerspec.idd3n = 44 contradicts idd3p1 = 45");
    refuse("\"idd4r\"", "\"idd4r\": 43, \"idd4w\": 168, \"idd5\": 118 },",
           "mempowerspec.idd4r = 43 contradicts idd3n = 44");
    refuse("\"idd4r\"", "\"idd4r\": 184, \"idd4w\": 43, \"idd5\": 118 },",
           "mempowerspec.idd4w = 43 contradicts idd3n = 44");
    refuse("\"idd4r\"", "\"idd4r\": 184, \"idd4w\": 168, \"idd5\": 43.5 },",
           "mempowerspec.idd5 = 43.5 contradicts idd3n = 44");
    const og_dram_device* device;
    assert_int_equal(
        parse(text_with(line_of("\"idd4r\""), "\"idd4r\": 44, \"idd4w\": 44, \"idd5\": 44 },"),
              &device),
        OG_OK);
}

static void damage_names_line_or_field(void** state) {
    (void)state;
    refuse("\"RAS\"", "\"RAS\": 39", "file.json:13:");                // comma missing
    refuse("\"RAS\"", "\"RAS\": 39, \"RAS\": 40,", "file.json:12:");  // twice
    refuse("\"RAS\"", "", "memtimingspec.RAS is missing");
    refuse("\"RAS\"", "\"RAS\": -39,", "memtimingspec.RAS");
    refuse("\"RAS\"", "\"RAS\": 39.5,", "memtimingspec.RAS");
    refuse("\"RAS\"", "\"RAS\": \"39\",", "memtimingspec.RAS");
    refuse("\"RAS\"", "\"RAS\": 1e30,", "memtimingspec.RAS");
    refuse("\"nbrOfRows\"", "\"nbrOfRows\": 0,", "nbrOfRows");
    refuse("\"nbrOfColumns\"", "\"nbrOfColumns\": 1000,", "nbrOfColumns");
    refuse("\"nbrOfRanks\"", "\"nbrOfRanks\": 3,", "nbrOfRanks");
    refuse("\"memoryType\"", "{ \"memspec\": { \"memoryType\": \"DDR2\",", "DDR2");
    refuse("\"memoryType\"", "{ \"memspec\": { \"memoryType\": 4,", "memoryType");
    refuse("\"memarchitecturespec\"", "\"memarchitecture\": { \"burstLength\": 8,",
           "memarchitecturespec");
    const og_dram_device* device;
    assert_int_equal(parse("", &device), OG_ERROR_FILE);
    assert_int_equal(parse("[1, 2]", &device), OG_ERROR_FILE);
    assert_int_equal(parse("{\"memspec\": \"other.json\"}", &device), OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), "other.json"));
    assert_int_equal(og_dram_device_load(arena, "/nonexistent/x.json", &device), OG_ERROR_FILE);
}

static void contradictions_are_named(void** state) {
    (void)state;
    const og_dram_device* device;
    refuse("\"RC\"", "\"RC\": 53,", "RAS + RP");
    assert_int_equal(parse(text_with(line_of("\"RC\""), "\"RC\": 54,"), &device),
                     OG_OK);  // rounding
    refuse("\"CCD_L\"", "\"CCD_L\": 4, \"CCD_S\": 6,", "CCD_L");
    refuse("\"CCD_L\"", "\"CCD_L\": 6, \"CCD_S\": 3,", "burst");
    refuse("\"RRD_L\"", "\"RRD_L\": 3, \"RRD_S\": 4, \"FAW\": 26,", "RRD_L");
    refuse("\"RRD_L\"", "\"RRD_L\": 6, \"RRD_S\": 4, \"FAW\": 3,", "FAW");
    refuse("\"WTR_L\"", "\"WTR_L\": 2, \"WTR_S\": 3,", "WTR_L");
    refuse("\"REFI\"", "\"REFI\": 421, \"RFC\": 421,", "REFI");
    refuse("\"nbrOfBankGroups\"", "\"nbrOfBankGroups\": 16, \"nbrOfBanks\": 8,", "nbrOfBanks");
}

static bool same_timing(const og_dram_timing* a, const og_dram_timing* b) {
    const size_t first = offsetof(og_dram_timing, read_latency);
    const size_t last = offsetof(og_dram_timing, split_command_bus);
    return fabs(a->clock_ps - b->clock_ps) < 0.1 &&
           memcmp((const char*)a + first, (const char*)b + first, last - first) == 0 &&
           a->split_command_bus == b->split_command_bus;
}

// files of DRAMSys and the built-in devices that they are the source of
static void files_of_dramsys_load(void** state) {
    (void)state;
    static const struct {
        const char* path;
        const char* device;  // whose timings they must equal, or NULL
        int xs;              // tXS of the built-in device in its place, 0: the file's
    } files[] = {
        {"memspecs/MICRON_1Gb_DDR3-1600_8bit_G.json", "ddr3_1600", 0},
        {"peers/configs/dsys_archgym_ddr3.json", "ddr3_1600", 0},
        {"peers/configs/dsys_open_frfcfs.json", "ddr4_2400", 0},
        {"memspecs/JEDEC_8Gb_LPDDR4-3200_16bit.json", "lpddr4_3200", 0},
        {"memspecs/HBM2.json", "hbm2", 230},
        {"memspecs/JEDEC_4Gb_DDR4-1866_8bit_A.json", NULL, 0},
        {"memspecs/JEDEC_4Gb_DDR4-2400_8bit_A.json", NULL, 0},
        {"memspecs/MICRON_4Gb_DDR4-2400_8bit_A.json", NULL, 0},
        {"memspecs/MICRON_6Gb_LPDDR4-3200_32bit_A.json", NULL, 0},
    };
    if (access(OG_SHARED_DATA "/dram/memspecs", R_OK) != 0) {
        print_message("skipped: " OG_SHARED_DATA "/dram/memspecs is missing\n");
        skip();
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; ++i) {
        char path[512];
        snprintf(path, sizeof path, OG_SHARED_DATA "/dram/%s", files[i].path);
        const og_dram_device* loaded;
        if (og_dram_device_load(arena, path, &loaded) != OG_OK) {
            fail_msg("%s", og_error_text());
        }
        if (!files[i].device) {
            continue;
        }
        const og_dram_device* built_in;
        assert_int_equal(og_dram_device_find(files[i].device, &built_in), OG_OK);
        og_dram_timing timing = loaded->timing;
        timing.self_refresh_exit = files[i].xs > 0 ? files[i].xs : timing.self_refresh_exit;
        timing.rank_switch = built_in->timing.rank_switch;  // a property of the board
        if (!same_timing(&timing, &built_in->timing)) {
            fail_msg("%s differs from %s", path, files[i].device);
        }
        assert_memory_equal(&loaded->organisation.ranks, &built_in->organisation.ranks,
                            9 * sizeof(int));
        assert_string_equal(loaded->address_map, built_in->address_map);
        if (built_in->family == OG_DRAM_DDR3 || built_in->family == OG_DRAM_DDR4) {
            assert_memory_equal(loaded->supply, built_in->supply, sizeof built_in->supply);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(good_file_loads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refresh_mode_divides_the_interval, set_up, tear_down),
        cmocka_unit_test_setup_teardown(clock_comes_as_period_or_frequency, set_up, tear_down),
        cmocka_unit_test_setup_teardown(power_may_be_missing_but_not_wrong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(currents_give_no_negative_energy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damage_names_line_or_field, set_up, tear_down),
        cmocka_unit_test_setup_teardown(contradictions_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_of_dramsys_load, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
