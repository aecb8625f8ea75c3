/// What comparisons with studies on ArchGym need: how its single agents see the space, and its
/// rewards.
#pragma once

#include "ogive/space.h"

/// The space of ArchGym's single agents (`rl_form` "sa" of DRAMEnv_RL.py in oss-arch-gym): each
/// parameter of `table` as a real in [-1, 1] that is rounded before it is read, so that a parameter
/// of more than two values has three of them. `unsafe` allows NoRefresh. Lives in `arena`.
og_space_table og_archgym_space(og_arena* arena, const og_space_table* table, bool unsafe);

/// The value of `parameter` (integer or choice) that `action` in [-1, 1] stands for: ArchGym's
/// action_mapper(). Of n values, -1 is the first, 0 number n / 2 from 0, 1 the last.
double og_archgym_value(const og_parameter* parameter, double action);

/// ArchGym's rewards at one design, to maximise; each at most 1000.
typedef struct og_archgym_rewards {
    double power;             ///< nearness of the power to 1 W
    double latency;           ///< nearness of the total time to 0.1 ms, as released
    double both;              ///< product of the two
    double latency_repaired;  ///< the same two in right units
    double both_repaired;
} og_archgym_rewards;

/// The total time as ArchGym reads it: the number that SystemC prints in the largest of ps, ns, us
/// and so on that leaves it whole, as if it were nanoseconds. `time_ns` in steps of 1 ps.
double og_archgym_printed_time(double time_ns);

/// Rewards target / |target - x| of DRAMEnv_RL.py: x is the power in W with six digits, as
/// DRAMSys prints it, or the total time in ms.
og_archgym_rewards og_archgym_reward(double power_mw, double time_ns);
