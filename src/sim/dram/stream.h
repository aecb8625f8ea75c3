// The fast engine: one channel, one initiator, one command bus with commands of one cycle, refresh
// of all banks or none, no power-down. Equal to the general engine in every result.
#pragma once

#include <stdbool.h>

#include "sim/dram/system.h"

// Can the fast engine simulate `controller` on `system`?
bool og_dram_stream_fits(const og_dram_system* system, const og_dram_controller* controller);

og_status og_dram_stream_simulate(const og_dram_system* system,
                                  const og_dram_controller* controller, og_arena* scratch,
                                  og_dram_result* result);
