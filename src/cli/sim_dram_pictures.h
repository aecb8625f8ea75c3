/// The pictures that `sim dram` writes.
#pragma once

#include "cli/command.h"
#include "ogive/dram_picture.h"

/// A timeline of what options "from" and "to" ask for.
og_status og_sim_dram_timeline_create(const og_call* call, const og_dram_device* device,
                                      const og_dram_trace* trace, og_dram_timeline** timeline);

/// End the timeline of a simulation of `cycles` and write it to where option "timeline" says, as
/// SVG or CSV.
og_status og_sim_dram_timeline_write(const og_call* call, og_dram_timeline* timeline,
                                     const char* workload, int64_t cycles);

/// Write what options "energy" and "roofline" ask for, of all simulations (list: [count]).
og_status og_sim_dram_write_runs(const og_call* call, const og_dram_run* runs, int count);
