/// The parameters of a memory controller and the presets that search them: used by the environment
/// `dram` and by programs that simulate one controller without a search.
#pragma once

#include "ogive/dram.h"
#include "ogive/space.h"

/// All parameters of a controller, one row each: the space of preset `controller`. The first ten
/// are ArchGym's, in its order.
extern const og_parameter og_dram_controller_parameters[];
extern const int og_dram_controller_parameter_count;

/// Set parameter `index` of the table to `value` (a choice by its index).
void og_dram_controller_set(og_dram_controller* controller, int index, double value);

/// Value of parameter `index`: the inverse of og_dram_controller_set().
double og_dram_controller_get(const og_dram_controller* controller, int index);

/// Number of address maps that parameter address_map chooses from.
enum { OG_DRAM_CONTROLLER_MAPS = 5 };

/// Text of address map `index` for `device`, for og_dram_setup.maps; NULL = the device's own.
const char* og_dram_controller_map(og_arena* arena, int index, const og_dram_device* device);

/// Which of the parameters are searched, with which values.
typedef enum og_dram_preset {
    OG_DRAM_PRESET_ARCHGYM,       ///< ArchGym's space for learned agents: 442,368 designs
    OG_DRAM_PRESET_ARCHGYM_WIDE,  ///< its space for genetic and Bayesian search: 28,311,552
    OG_DRAM_PRESET_CONTROLLER,    ///< everything
    OG_DRAM_PRESETS,
} og_dram_preset;

extern const char* const og_dram_preset_names[OG_DRAM_PRESETS];

/// The space of a preset for `device`, in `arena`. `unsafe` allows NoRefresh, which loses data.
og_space_table og_dram_preset_space(og_arena* arena, og_dram_preset preset, bool unsafe,
                                    const og_dram_device* device);
