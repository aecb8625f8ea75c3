// Initiators and arbiter: the way of requests to the channels and of responses back.
#pragma once

#include "sim/dram/channel.h"

// Simulate channel k of `system` with controllers[k * stride], and what lies before the channels
// with the first, in the general engine; everything temporary is in `scratch`.
og_status og_dram_port_simulate(const og_dram_system* system, const og_dram_controller* controllers,
                                int stride, og_arena* scratch, const og_dram_observer* observer,
                                og_dram_result* result);
