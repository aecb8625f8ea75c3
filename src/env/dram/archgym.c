#include "env/dram/archgym.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

// DRAMEnv_RL.py and arch_gym_configs.py in oss-arch-gym
static const double archgym_target_w = 1.0;
static const double archgym_target_ms = 0.1;
static const double archgym_reward_most = 1e3;

enum { ARCHGYM_DIGITS = 6 };  // of numbers that C++ prints

double og_archgym_value(const og_parameter* parameter, double action) {
    const int64_t levels = og_parameter_levels(parameter);
    const double rounded = rint(action);
    const int64_t level = rounded < 0 ? 0 : rounded > 0 ? levels - 1 : levels / 2;
    return og_parameter_value(parameter, level);
}

static const char* archgym_doc(og_arena* arena, const og_parameter* parameter) {
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "Below -0.5, to 0.5 and above: ");
    for (int action = -1; action <= 1; action++) {
        og_buffer_print(&text, "%s", action > -1 ? ", " : "");
        og_parameter_print(parameter, og_archgym_value(parameter, action), &text);
    }
    og_buffer_print(&text, ".");
    return text.data;
}

og_space_table og_archgym_space(og_arena* arena, const og_space_table* table, bool unsafe) {
    og_parameter* rows = OG_NEW(arena, og_parameter, table->count);
    for (int i = 0; i < table->count; i++) {
        const og_parameter* parameter = &table->parameters[i];
        rows[i] = (og_parameter){OG_REAL_ROW(parameter->name, "", -1, 1, 0, NULL),
                                 .group = parameter->group};
        rows[i].doc = archgym_doc(arena, parameter);
        // NoRefresh is the first of its values
        if (!unsafe && strcmp(parameter->name, "refresh_policy") == 0) {
            rows[i].minimum = -0.5;
        }
    }
    return (og_space_table){.parameters = rows, .count = table->count};
}

double og_archgym_printed_time(double time_ns) {
    int64_t number = llround(time_ns * 1e3);
    while (number != 0 && number % 1000 == 0) {
        number /= 1000;
    }
    return (double)number;
}

static double archgym_printed(double value) {
    const double scale = pow(10, ARCHGYM_DIGITS - 1 - floor(log10(value)));
    return rint(value * scale) / scale;
}

static double archgym_nearness(double value, double target) {
    return target / fabs(value - target);
}

static double archgym_capped(double reward) {
    return fmin(reward, archgym_reward_most);
}

og_archgym_rewards og_archgym_reward(double power_mw, double time_ns) {
    const double power = archgym_nearness(archgym_printed(power_mw) * 1e-3, archgym_target_w);
    const double released =
        archgym_nearness(og_archgym_printed_time(time_ns) * 1e-6, archgym_target_ms);
    const double repaired = archgym_nearness(time_ns * 1e-6, archgym_target_ms);
    return (og_archgym_rewards){.power = archgym_capped(power),
                                .latency = archgym_capped(released),
                                .both = archgym_capped(power * released),
                                .latency_repaired = archgym_capped(repaired),
                                .both_repaired = archgym_capped(power * repaired)};
}
