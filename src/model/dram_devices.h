/// The built-in DRAM devices, one table per family file.
#pragma once

#include "ogive/dram_device.h"

extern const og_dram_device og_dram_device_ddr3_1600;
extern const og_dram_device og_dram_device_ddr4_2400;
extern const og_dram_device og_dram_device_ddr4_3200;
extern const og_dram_device og_dram_device_ddr5_4800;
extern const og_dram_device og_dram_device_lpddr4_3200;
extern const og_dram_device og_dram_device_hbm2;
