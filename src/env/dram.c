// Environment `dram`: memory controllers for given traffic, on the DRAM simulator.

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "env/dram/archgym.h"
#include "env/dram/controller.h"
#include "env/dram/measures.h"
#include "env/dram/traffic.h"
#include "ogive/dram.h"
#include "ogive/environment.h"

// ArchGym's rewards, for comparison only: they are largest at a target, not at the best design.
// In the order of og_archgym_rewards.
static const og_metric dram_rewards[] = {
    {"archgym_reward_power", "", "ArchGym's reward for power near 1 W.", 1},
    {"archgym_reward_latency", "",
     "ArchGym's reward for a total time near 0.1 ms, as released: whether the simulator printed "
     "ps, ns or us is ignored.",
     1},
    {"archgym_reward_both", "", "Product of the rewards for power and latency, as released.", 1},
    {"archgym_reward_latency_repaired", "",
     "ArchGym's reward for a total time near 0.1 ms, in right units.", 1},
    {"archgym_reward_both_repaired", "", "Product of the rewards for power and latency, repaired.",
     1},
};
enum { DRAM_REWARDS = sizeof dram_rewards / sizeof *dram_rewards };

enum {
    DRAM_OPTION_STANDARD,
    DRAM_OPTION_MEMSPEC,
    DRAM_OPTION_WORKLOAD,
    DRAM_OPTION_TRACE,
    DRAM_OPTION_PRESET,
    DRAM_OPTION_ENCODING,
    DRAM_OPTION_REQUESTS,
    DRAM_OPTION_SEED,
    DRAM_OPTION_CHANNELS,
    DRAM_OPTION_RANKS,
    DRAM_OPTION_MAP,
    DRAM_OPTION_FRONT_END,
    DRAM_OPTION_STRICT,
    DRAM_OPTION_UNSAFE,
    DRAM_OPTION_REWARDS,
    DRAM_OPTIONS,
};

// in the order of og_dram_front_end
static const char* const dram_front_ends[] = {"direct", "registered"};

typedef enum dram_encoding { DRAM_ENCODING_DISCRETE, DRAM_ENCODING_ROUNDED } dram_encoding;
static const char* const dram_encodings[] = {"discrete", "rounded"};

static const og_parameter dram_options[DRAM_OPTIONS] = {
    [DRAM_OPTION_STANDARD] = {OG_TEXT_ROW("standard", "ddr3_1600",
                                          "Device: ddr3_1600, ddr4_2400, ddr4_3200, ddr5_4800, "
                                          "lpddr4_3200 or hbm2.")},
    [DRAM_OPTION_MEMSPEC] = {OG_TEXT_ROW(
        "memspec", "", "Device from a DRAMSys memspec file, instead of standard.")},
    [DRAM_OPTION_WORKLOAD] = {OG_TEXT_ROW("workload", "gemm",
                                          "Built-in workloads, separated by commas (`ogive list "
                                          "workloads`).")},
    [DRAM_OPTION_TRACE] = {OG_TEXT_ROW("trace", "",
                                       "Trace files, separated by commas; without workload they "
                                       "are the only traffic.")},
    [DRAM_OPTION_PRESET] = {OG_CHOICE_ROW(
        "preset", og_dram_preset_names, OG_DRAM_PRESET_ARCHGYM,
        "Which parameters are searched: ArchGym's space for "
        "learned agents, its wider one, or the full controller.")},
    [DRAM_OPTION_ENCODING] =
        {OG_CHOICE_ROW(
             "encoding", dram_encodings, DRAM_ENCODING_DISCRETE,
             "How preset archgym is searched: by its values, or as ArchGym's single agents do, by "
             "a "
             "real in [-1, 1] for each parameter that is rounded and reaches three of its values."),
         .group = OG_ENCODING_GROUP},
    [DRAM_OPTION_REQUESTS] = {OG_INTEGER_ROW("requests", "requests", 1, 100000000, 10000,
                                             "Length of each built-in workload."),
                              .scale = OG_LOGARITHMIC},
    [DRAM_OPTION_SEED] = {OG_INTEGER_ROW("seed", "", 0, 1e9, 1, "Seed of the built-in workloads.")},
    [DRAM_OPTION_CHANNELS] = {OG_INTEGER_ROW("channels", "", 0, 16, 0,
                                             "Channels, a power of two; 0 = as the device has.")},
    [DRAM_OPTION_RANKS] = {OG_INTEGER_ROW("ranks", "", 0, 8, 0,
                                          "Ranks of a channel, a power of two; 0 = as the device "
                                          "has.")},
    [DRAM_OPTION_MAP] = {OG_TEXT_ROW("map", "",
                                     "Address map that replaces the device's own, for example "
                                     "ro:ba:bg:ra:ch:co.")},
    [DRAM_OPTION_FRONT_END] = {OG_CHOICE_ROW("front_end", dram_front_ends, OG_DRAM_FRONT_END_DIRECT,
                                             "Path to the scheduler: direct, as in DRAMSys 4.0, or "
                                             "with a register stage, as in DRAMSys 5.")},
    [DRAM_OPTION_STRICT] = {OG_BOOLEAN_ROW(
        "strict", 0,
        "Refuse traffic with addresses beyond the device; otherwise "
        "their high bits are ignored.")},
    [DRAM_OPTION_UNSAFE] = {OG_BOOLEAN_ROW("unsafe", 0,
                                           "Allow NoRefresh, which loses data on a real device.")},
    [DRAM_OPTION_REWARDS] = {OG_BOOLEAN_ROW("rewards", 0,
                                            "Add ArchGym's rewards as metrics, for comparison.")},
};

typedef struct dram_data {
    const og_dram_system** systems;  // list: [system_count], one per workload
    int system_count;
    const og_parameter* parameters;  // of the preset, list: [parameter_count]
    int parameter_count;
    dram_encoding encoding;
    og_dram_front_end front_end;
    bool reads;  // every workload reads
    bool rewards;
} dram_data;

static og_status dram_open_device(og_arena* arena, const og_settings* options,
                                  const og_dram_device** device) {
    const char* memspec = options->texts[DRAM_OPTION_MEMSPEC];
    const og_dram_device* base = NULL;
    if (*memspec && options->given[DRAM_OPTION_STANDARD]) {
        return og_fail(OG_ERROR_VALUE, "memspec and standard exclude each other");
    }
    if (*memspec) {
        OG_TRY(og_dram_device_load(arena, memspec, &base));
    } else {
        OG_TRY(og_dram_device_find(options->texts[DRAM_OPTION_STANDARD], &base));
    }
    og_dram_device* own = OG_NEW(arena, og_dram_device, 1);
    *own = *base;
    const int channels = (int)options->values[DRAM_OPTION_CHANNELS];
    const int ranks = (int)options->values[DRAM_OPTION_RANKS];
    if ((channels & (channels - 1)) != 0 || (ranks & (ranks - 1)) != 0) {
        return og_fail(OG_ERROR_VALUE, "%s: %d is not a power of two",
                       (channels & (channels - 1)) ? "channels" : "ranks",
                       (channels & (channels - 1)) ? channels : ranks);
    }
    own->organisation.channels = channels ? channels : own->organisation.channels;
    own->organisation.ranks = ranks ? ranks : own->organisation.ranks;
    *device = own;
    return OG_OK;
}

// All traffic that the options name; traces: list [*count].
static og_status dram_open_traffic(og_arena* arena, const og_settings* options,
                                   const og_dram_device* device, og_dram_trace** traces,
                                   int* count) {
    const char* files = options->texts[DRAM_OPTION_TRACE];
    const bool only_files = *files && !options->given[DRAM_OPTION_WORKLOAD];
    const og_dram_traffic traffic = {
        .option = "workload",
        .workloads = only_files ? "" : options->texts[DRAM_OPTION_WORKLOAD],
        .files = files,
        .requests = (int64_t)options->values[DRAM_OPTION_REQUESTS],
        .bytes = og_dram_device_bytes(device),
        .seed = (uint64_t)options->values[DRAM_OPTION_SEED],
    };
    return og_dram_traffic_open(arena, &traffic, traces, count);
}

static og_status dram_open_systems(og_arena* arena, const og_settings* options,
                                   const og_dram_device* device, const og_dram_trace* traces,
                                   int count, const og_dram_system** systems) {
    const char* own_map = options->texts[DRAM_OPTION_MAP];
    const char* maps[OG_DRAM_CONTROLLER_MAPS];
    for (int i = 0; i < OG_DRAM_CONTROLLER_MAPS; i++) {
        maps[i] = og_dram_controller_map(arena, i, device);
    }
    maps[0] = *own_map ? own_map : NULL;
    const bool searched = (int)options->values[DRAM_OPTION_PRESET] == OG_DRAM_PRESET_CONTROLLER;
    for (int i = 0; i < count; i++) {
        const og_dram_setup setup = {.device = device,
                                     .trace = &traces[i],
                                     .wrap = options->values[DRAM_OPTION_STRICT] == 0,
                                     .maps = maps,
                                     .map_count = searched ? OG_DRAM_CONTROLLER_MAPS : 1};
        OG_TRY(og_dram_open(arena, &setup, &systems[i]));
    }
    return OG_OK;
}

// One workload: its measures by their names. Several: the mean by the plain name, the worst, and
// each.
static void dram_open_metrics(og_arena* arena, const og_dram_trace* traces, int count,
                              const dram_data* data, og_model* model) {
    const int per_measure = count == 1 ? 1 : count + 2;
    og_metric* metrics = OG_NEW(arena, og_metric, OG_DRAM_MEASURES * per_measure + DRAM_REWARDS);
    int n = 0;
    for (int m = 0; m < OG_DRAM_MEASURES; m++) {
        const og_metric* base = &og_dram_measures[m].metric;
        if (!og_dram_measure_given(&og_dram_measures[m], data->reads)) {
            continue;
        }
        metrics[n++] = *base;
        if (count == 1) {
            continue;
        }
        metrics[n - 1].doc = og_text_format(arena, "Mean over the workloads: %s", base->doc);
        metrics[n] = *base;
        metrics[n].name = og_text_format(arena, "%s_worst", base->name);
        metrics[n++].doc = og_text_format(arena, "Worst of the workloads: %s", base->doc);
        for (int i = 0; i < count; i++) {
            metrics[n] = *base;
            metrics[n++].name = og_text_format(arena, "%s_%s", base->name, traces[i].name);
        }
    }
    if (data->rewards) {
        memcpy(metrics + n, dram_rewards, sizeof dram_rewards);
        n += DRAM_REWARDS;
    }
    model->metrics = metrics;
    model->metric_count = n;
}

static const char* dram_identity(og_arena* arena, const og_settings* options,
                                 const og_dram_device* device, const og_dram_trace* traces,
                                 int count) {
    enum { DRAM_MODEL_VERSION = 1 };  // raised when the simulator's results change
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "dram model %d, device %s %016llx, map %s, preset %s",
                    DRAM_MODEL_VERSION, device->name,
                    (unsigned long long)og_dram_device_hash(device),
                    *options->texts[DRAM_OPTION_MAP] ? options->texts[DRAM_OPTION_MAP] : "device",
                    og_dram_preset_names[(int)options->values[DRAM_OPTION_PRESET]]);
    for (int i = 0; i < count; i++) {
        og_buffer_print(&text, ", %s %lld %016llx", traces[i].name, (long long)traces[i].count,
                        (unsigned long long)og_dram_traffic_hash(&traces[i]));
    }
    const int front_end = (int)options->values[DRAM_OPTION_FRONT_END];
    if (front_end != OG_DRAM_FRONT_END_DIRECT) {
        og_buffer_print(&text, ", front end %s", dram_front_ends[front_end]);
    }
    if (options->values[DRAM_OPTION_ENCODING] != DRAM_ENCODING_DISCRETE) {
        og_buffer_print(&text, ", encoding rounded");
    }
    return text.data;
}

static void dram_open_features(og_arena* arena, const og_dram_device* device,
                               const og_dram_trace* traces, int count, og_model* model) {
    og_feature* features = OG_NEW(arena, og_feature, count * OG_DRAM_FEATURES);
    for (int i = 0; i < count; i++) {
        double values[OG_DRAM_FEATURES];
        og_dram_trace_features(&traces[i], device->timing.clock_ps, arena, values);
        for (int f = 0; f < OG_DRAM_FEATURES; f++) {
            const og_dram_feature_doc* row = &og_dram_feature_docs[f];
            features[i * OG_DRAM_FEATURES + f] = (og_feature){
                .name = count == 1 ? row->name
                                   : og_text_format(arena, "%s_%s", row->name, traces[i].name),
                .unit = row->unit,
                .value = values[f],
            };
        }
    }
    model->features = features;
    model->feature_count = count * OG_DRAM_FEATURES;
}

static og_status dram_open_space(og_arena* arena, const og_settings* options,
                                 const og_dram_device* device, dram_data* data, og_model* model) {
    const og_dram_preset preset = (og_dram_preset)options->values[DRAM_OPTION_PRESET];
    const bool unsafe = options->values[DRAM_OPTION_UNSAFE] != 0;
    data->encoding = (dram_encoding)options->values[DRAM_OPTION_ENCODING];
    if (data->encoding == DRAM_ENCODING_ROUNDED && preset != OG_DRAM_PRESET_ARCHGYM) {
        return og_fail(OG_ERROR_VALUE, "encoding: rounded goes with preset archgym, not with %s",
                       og_dram_preset_names[preset]);
    }
    model->space = og_dram_preset_space(arena, preset, unsafe, device);
    data->parameters = model->space.parameters;
    data->parameter_count = model->space.count;
    if (data->encoding == DRAM_ENCODING_ROUNDED) {
        model->space = og_archgym_space(arena, &model->space, unsafe);
    }
    return OG_OK;
}

static og_status dram_open(og_arena* arena, const og_settings* options, og_model* model) {
    const og_dram_device* device;
    OG_TRY(dram_open_device(arena, options, &device));
    og_dram_trace* traces;
    int count;
    OG_TRY(dram_open_traffic(arena, options, device, &traces, &count));

    dram_data* data = OG_NEW(arena, dram_data, 1);
    data->systems = OG_NEW(arena, const og_dram_system*, count);
    data->system_count = count;
    data->rewards = options->values[DRAM_OPTION_REWARDS] != 0;
    data->reads = og_dram_traffic_reads(traces, count);
    OG_TRY(dram_open_systems(arena, options, device, traces, count, data->systems));

    model->data = data;
    OG_TRY(dram_open_space(arena, options, device, data, model));
    data->front_end = (og_dram_front_end)options->values[DRAM_OPTION_FRONT_END];
    dram_open_metrics(arena, traces, count, data, model);
    dram_open_features(arena, device, traces, count, model);
    model->identity = dram_identity(arena, options, device, traces, count);
    return OG_OK;
}

static og_dram_controller dram_controller(const dram_data* data, const double* x) {
    og_dram_controller controller = og_dram_controller_default();
    controller.front_end = data->front_end;
    const bool rounded = data->encoding == DRAM_ENCODING_ROUNDED;
    for (int i = 0; i < data->parameter_count; i++) {
        const double value = rounded ? og_archgym_value(&data->parameters[i], x[i]) : x[i];
        og_dram_controller_set(&controller, i, value);
    }
    return controller;
}

// Write all metrics of `results` (list: [system_count]) into y.
static void dram_report(const dram_data* data, const og_dram_result* results, double* y) {
    const int count = data->system_count;
    double mean[OG_DRAM_MEASURES];
    int n = 0;
    for (int m = 0; m < OG_DRAM_MEASURES; m++) {
        const og_dram_measure* measure = &og_dram_measures[m];
        if (!og_dram_measure_given(measure, data->reads)) {
            continue;
        }
        double sum = 0.0;
        double worst = og_dram_measure_read(measure, &results[0]);
        for (int i = 0; i < count; i++) {
            const double value = og_dram_measure_read(measure, &results[i]);
            const bool worse = measure->metric.better > 0 ? value < worst : value > worst;
            worst = worse ? value : worst;
            sum += value;
        }
        mean[m] = sum / count;
        y[n++] = mean[m];
        if (count > 1) {
            y[n++] = worst;
            for (int i = 0; i < count; i++) {
                y[n++] = og_dram_measure_read(measure, &results[i]);
            }
        }
    }
    if (data->rewards) {
        const og_archgym_rewards rewards =
            og_archgym_reward(mean[OG_DRAM_MEASURE_POWER], mean[OG_DRAM_MEASURE_TIME]);
        const double values[DRAM_REWARDS] = {rewards.power, rewards.latency, rewards.both,
                                             rewards.latency_repaired, rewards.both_repaired};
        memcpy(y + n, values, sizeof values);
    }
}

static og_outcome dram_evaluate(const void* model, const double* x, double* y, og_arena* scratch,
                                const char** reason) {
    const dram_data* data = model;
    const og_dram_controller controller = dram_controller(data, x);
    og_dram_result* results = OG_NEW(scratch, og_dram_result, data->system_count);
    for (int i = 0; i < data->system_count; i++) {
        const og_arena_mark mark = og_arena_here(scratch);
        const og_status status =
            og_dram_simulate(data->systems[i], &controller, scratch, NULL, &results[i]);
        og_arena_rewind(scratch, mark);
        if (status != OG_OK) {
            *reason = og_text_copy(scratch, og_error_text(), strlen(og_error_text()));
            return OG_FAILED;
        }
    }
    dram_report(data, results, y);
    return OG_FEASIBLE;
}

// The value of parameter `index` in the common form of designs: what the simulator sets where the
// choice is immaterial may be in no space, the initial value is.
static double dram_canonical_value(const dram_data* data, const og_dram_controller* original,
                                   const og_dram_controller* common, int index) {
    const double value = og_dram_controller_get(common, index);
    og_dram_controller initial = *original;
    og_dram_controller_set(&initial, index, data->parameters[index].initial);
    og_dram_canonical(data->systems[0], &initial);
    const bool same = og_dram_controller_get(&initial, index) == value;
    return same ? data->parameters[index].initial : value;
}

static void dram_canonical(const void* model, double* x) {
    const dram_data* data = model;
    const og_dram_controller original = dram_controller(data, x);
    og_dram_controller common = original;
    og_dram_canonical(data->systems[0], &common);
    // a choice is immaterial only when it is so for every workload
    for (int i = 1; i < data->system_count; i++) {
        og_dram_controller other = original;
        og_dram_canonical(data->systems[i], &other);
        if (memcmp(&other, &common, sizeof common) != 0) {
            common = original;
        }
    }
    for (int i = 0; i < data->parameter_count; i++) {
        const double value = og_dram_controller_get(&common, i);
        const bool immaterial = value != og_dram_controller_get(&original, i);
        if (data->encoding == DRAM_ENCODING_ROUNDED) {
            x[i] = immaterial ? 0 : rint(x[i]) + 0.0;  // no -0
        } else if (immaterial) {
            x[i] = dram_canonical_value(data, &original, &common, i);
        }
    }
}

const og_environment og_environment_dram = {
    .name = "dram",
    .doc =
        "Memory controllers for given traffic. Which page policy, scheduler, buffers, refresh and "
        "arbitration serve a workload best, on a cycle-exact simulator of the DRAM subsystem.",
    .source =
        "Controller semantics: DRAMSys 4.0 (Steiner et al., SAMOS 2020). Parameters: ArchGym "
        "(Krishnan et al., ISCA 2023). Timing: JEDEC JESD79-3F, JESD79-4, JESD79-5, JESD209-4, "
        "JESD235. Energy: DRAMPower (Chandrasekar et al.) from IDD currents.",
    .options = dram_options,
    .option_count = DRAM_OPTIONS,
    .open = dram_open,
    .evaluate = dram_evaluate,
    .canonical = dram_canonical,
};
