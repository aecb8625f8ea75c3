// Initiators and arbiter: the way of requests to the channels and of responses back.
#pragma once

#include "sim/dram/channel.h"

// Simulate `controller` on `system` with the general engine; everything temporary is in `scratch`.
og_status og_dram_port_simulate(const og_dram_system* system, const og_dram_controller* controller,
                                og_arena* scratch, const og_dram_observer* observer,
                                og_dram_result* result);
