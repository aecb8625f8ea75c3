// The built-in device tables: what every standard asks of its own numbers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "ogive/dram_device.h"

static void names_are_found(void** state) {
    (void)state;
    const char* names[] = {"ddr3_1600", "ddr4_2400",   "ddr4_3200",
                           "ddr5_4800", "lpddr4_3200", "hbm2"};
    for (int i = 0; i < 6; ++i) {
        const og_dram_device* device = NULL;
        assert_int_equal(og_dram_device_find(names[i], &device), OG_OK);
        assert_string_equal(device->name, names[i]);
        assert_ptr_equal(device, og_dram_device_at(i));
        assert_true(strlen(device->doc) > 10 && strlen(device->source) > 20);
    }
    assert_null(og_dram_device_at(6));
}

static void unknown_name_suggests_nearest(void** state) {
    (void)state;
    const og_dram_device* device;
    assert_int_equal(og_dram_device_find("ddr4_2401", &device), OG_ERROR_NAME);
    assert_non_null(strstr(og_error_text(), "ddr4_2400"));
    assert_int_equal(og_dram_device_find("core memory", &device), OG_ERROR_NAME);
    assert_non_null(strstr(og_error_text(), "hbm2"));
}

static void sizes_follow_from_organisation(void** state) {
    (void)state;
    const struct {
        const char* name;
        int burst_bytes, burst_cycles;
        uint64_t gibibytes;
    } expected[] = {
        {"ddr3_1600", 64, 4, 1}, {"ddr4_2400", 64, 4, 8},   {"ddr4_3200", 64, 4, 8},
        {"ddr5_4800", 64, 8, 8}, {"lpddr4_3200", 32, 8, 1}, {"hbm2", 32, 2, 1},
    };
    for (int i = 0; i < 6; ++i) {
        const og_dram_device* device;
        assert_int_equal(og_dram_device_find(expected[i].name, &device), OG_OK);
        assert_int_equal(og_dram_device_burst_bytes(device), expected[i].burst_bytes);
        assert_int_equal(og_dram_device_burst_cycles(device), expected[i].burst_cycles);
        assert_true(og_dram_device_channel_bytes(device) == expected[i].gibibytes << 30);
        assert_true(og_dram_device_bytes(device) == expected[i].gibibytes << 30);
    }
}

static void timings_agree_with_one_another(void** state) {
    (void)state;
    for (int i = 0; og_dram_device_at(i); ++i) {
        const og_dram_device* device = og_dram_device_at(i);
        const og_dram_timing* t = &device->timing;
        assert_true(t->activate_to_activate >= t->activate_to_precharge + t->precharge - 1);
        assert_true(t->precharge_all >= t->precharge);
        assert_true(t->column_same >= t->column_other);
        assert_true(t->column_other >= og_dram_device_burst_cycles(device));
        assert_true(t->column_write_same >= t->column_same);
        assert_true(t->activate_same >= t->activate_other);
        assert_true(t->four_activates >= t->activate_other);
        assert_true(t->write_to_read_same >= t->write_to_read_other);
        assert_true(t->self_refresh_exit >= t->refresh_all);
        assert_true(t->refresh_interval > t->refresh_all);
        assert_true(t->refresh_bank <= t->refresh_all);
        assert_true(t->refresh_same_bank <= t->refresh_all);
        assert_true((t->refresh_bank > 0) == (t->refresh_bank_interval > 0));
        assert_true((t->refresh_same_bank > 0) == (t->refresh_same_bank_interval > 0));
        // a stated read to write distance must leave the bus free
        const int bus = t->read_latency + t->read_strobe_delay +
                        og_dram_device_burst_cycles(device) - t->write_latency -
                        t->write_strobe_delay;
        assert_true(t->read_to_write == 0 || t->read_to_write >= bus + t->write_preamble);
    }
}

static void cycles_are_the_standards_nanoseconds(void** state) {
    (void)state;
    const struct {
        const char* device;
        size_t member;
        double nanoseconds;
    } rows[] = {
        {"ddr3_1600", offsetof(og_dram_timing, refresh_all), 110},
        {"ddr3_1600", offsetof(og_dram_timing, four_activates), 30},
        {"ddr3_1600", offsetof(og_dram_timing, write_recovery), 15},
        {"ddr4_2400", offsetof(og_dram_timing, refresh_all), 350},
        {"ddr4_2400", offsetof(og_dram_timing, activate_to_precharge), 32},
        {"ddr4_2400", offsetof(og_dram_timing, four_activates), 21},
        {"ddr4_3200", offsetof(og_dram_timing, refresh_all), 350},
        {"ddr4_3200", offsetof(og_dram_timing, activate_to_precharge), 32},
        {"ddr4_3200", offsetof(og_dram_timing, activate_same), 4.9},
        {"ddr4_3200", offsetof(og_dram_timing, activate_to_column), 13.75},
        {"ddr4_3200", offsetof(og_dram_timing, self_refresh_exit), 360},
        {"ddr5_4800", offsetof(og_dram_timing, activate_to_column), 16},
        {"ddr5_4800", offsetof(og_dram_timing, activate_to_precharge), 32},
        {"ddr5_4800", offsetof(og_dram_timing, write_recovery), 30},
        {"ddr5_4800", offsetof(og_dram_timing, read_to_precharge), 7.5},
        {"ddr5_4800", offsetof(og_dram_timing, column_same), 5},
        {"ddr5_4800", offsetof(og_dram_timing, column_write_same), 10},
        {"ddr5_4800", offsetof(og_dram_timing, write_to_read_same), 10},
        {"ddr5_4800", offsetof(og_dram_timing, write_to_read_other), 2.5},
        {"ddr5_4800", offsetof(og_dram_timing, refresh_all), 295},
        {"ddr5_4800", offsetof(og_dram_timing, refresh_same_bank), 130},
        {"ddr5_4800", offsetof(og_dram_timing, refresh_to_activate_other), 30},
        {"ddr5_4800", offsetof(og_dram_timing, power_down_exit), 7.5},
        {"lpddr4_3200", offsetof(og_dram_timing, activate_to_column), 18},
        {"lpddr4_3200", offsetof(og_dram_timing, precharge_all), 21},
        {"lpddr4_3200", offsetof(og_dram_timing, activate_to_precharge), 42},
        {"lpddr4_3200", offsetof(og_dram_timing, four_activates), 40},
        {"lpddr4_3200", offsetof(og_dram_timing, refresh_all), 280},
        {"lpddr4_3200", offsetof(og_dram_timing, refresh_bank), 140},
        {"lpddr4_3200", offsetof(og_dram_timing, self_refresh_exit), 287.5},
        {"lpddr4_3200", offsetof(og_dram_timing, power_down_exit), 7.5},
        {"hbm2", offsetof(og_dram_timing, four_activates), 16},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
        const og_dram_device* device;
        assert_int_equal(og_dram_device_find(rows[i].device, &device), OG_OK);
        const int value = *(const int*)(const void*)((const char*)&device->timing + rows[i].member);
        // between the rounding of JESD79-5, which forgives 0.3 %, and the plain one
        const double exact = rows[i].nanoseconds * 1000 / device->timing.clock_ps;
        const int least = (int)ceil(exact * 0.997);
        if (value < least || value > (int)ceil(exact)) {
            fail_msg("%s row %d: %d cycles, not %d", rows[i].device, (int)i, value, least);
        }
    }
}

static void currents_order_as_they_must(void** state) {
    (void)state;
    for (int i = 0; og_dram_device_at(i); ++i) {
        const og_dram_device* device = og_dram_device_at(i);
        const og_dram_supply* s = &device->supply[0];
        assert_true(s->volt > 1 && s->volt < 2);
        assert_true(s->idd0 > s->idd2n && s->idd0 >= s->idd3n && s->idd3n >= s->idd2n);
        assert_true(s->idd2n > s->idd2p && s->idd3n > s->idd3p);
        assert_true(s->idd6 > 0);
        assert_true(s->idd4r >= s->idd3n && s->idd4w >= s->idd3n && s->idd5b > s->idd3n);
        assert_true((s->idd5pb > 0) ==
                    (device->timing.refresh_bank > 0 || device->timing.refresh_same_bank > 0));
        assert_true(s->idd5pb <= s->idd5b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(unknown_name_suggests_nearest),
        cmocka_unit_test(sizes_follow_from_organisation),
        cmocka_unit_test(timings_agree_with_one_another),
        cmocka_unit_test(cycles_are_the_standards_nanoseconds),
        cmocka_unit_test(currents_order_as_they_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
