// The register of built-in DRAM devices, and what follows from an organisation.
#include "ogive/dram_device.h"

#include <assert.h>
#include <string.h>

#include "model/dram_devices.h"
#include "ogive/text.h"

static const og_dram_device* const dram_device_table[] = {
    &og_dram_device_ddr3_1600, &og_dram_device_ddr4_2400,   &og_dram_device_ddr4_3200,
    &og_dram_device_ddr5_4800, &og_dram_device_lpddr4_3200, &og_dram_device_hbm2,
};
enum { DRAM_DEVICE_COUNT = sizeof dram_device_table / sizeof dram_device_table[0] };

const og_dram_device* og_dram_device_at(int index) {
    assert(index >= 0);
    return index < DRAM_DEVICE_COUNT ? dram_device_table[index] : NULL;
}

og_status og_dram_device_find(const char* name, const og_dram_device** device) {
    assert(name && device);
    const char* names[DRAM_DEVICE_COUNT];
    for (int i = 0; i < DRAM_DEVICE_COUNT; ++i) {
        names[i] = dram_device_table[i]->name;
        if (strcmp(names[i], name) == 0) {
            *device = dram_device_table[i];
            return OG_OK;
        }
    }
    const char* nearest = og_text_nearest(name, names, DRAM_DEVICE_COUNT);
    if (nearest) {
        return og_fail(OG_ERROR_NAME, "no DRAM device '%s' (did you mean %s?)", name, nearest);
    }
    return og_fail(OG_ERROR_NAME,
                   "no DRAM device '%s'; there are ddr3_1600, ddr4_2400, ddr4_3200, "
                   "ddr5_4800, lpddr4_3200, hbm2",
                   name);
}

int og_dram_device_burst_bytes(const og_dram_device* device) {
    const og_dram_organisation* organisation = &device->organisation;
    return organisation->burst_length * organisation->device_width * organisation->devices / 8;
}

uint64_t og_dram_device_channel_bytes(const og_dram_device* device) {
    const og_dram_organisation* organisation = &device->organisation;
    const uint64_t cells = (uint64_t)organisation->ranks * (uint64_t)organisation->banks *
                           (uint64_t)organisation->rows * (uint64_t)organisation->columns;
    return cells * (uint64_t)(organisation->device_width * organisation->devices) / 8;
}

uint64_t og_dram_device_bytes(const og_dram_device* device) {
    return og_dram_device_channel_bytes(device) * (uint64_t)device->organisation.channels;
}

int og_dram_device_burst_cycles(const og_dram_device* device) {
    return device->organisation.burst_length / device->organisation.data_rate;
}
