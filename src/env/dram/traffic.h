/// Traffic of the environments of memory controllers: built-in workloads and trace files by name,
/// and what identifies it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/dram_device.h"
#include "ogive/dram_trace.h"

/// What traffic is opened.
typedef struct og_dram_traffic {
    const char* option;     ///< that names the built-in workloads
    const char* workloads;  ///< built-in ones, separated by commas; may be empty
    const char* files;      ///< traces, separated by commas; may be empty
    int64_t requests;       ///< length of each built-in workload
    uint64_t bytes;         ///< memory size that addresses of built-in workloads stay below
    uint64_t seed;
    bool
        again;  ///< a workload may be named again; its k-th naming is drawn with `seed` + k, from 0
} og_dram_traffic;

/// Open all of it into `*traces` (list: [*count]), workloads first. Their names are made of small
/// letters, digits and '_', and differ. Fails naming that option, or trace.
og_status og_dram_traffic_open(og_arena* arena, const og_dram_traffic* traffic,
                               og_dram_trace** traces, int* count);

/// True when each of the traces (list: [count]) reads.
bool og_dram_traffic_reads(const og_dram_trace* traces, int count);

/// Numbers that differ when requests or devices do.
uint64_t og_dram_traffic_hash(const og_dram_trace* trace);
uint64_t og_dram_device_hash(const og_dram_device* device);
