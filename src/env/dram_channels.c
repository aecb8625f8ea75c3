// Environment `dram_channels`: programs that run at the same time on a memory of several channels,
// each channel with a controller of its own. Many parts that share one goal.

#include <ctype.h>
#include <string.h>

#include "env/dram/controller.h"
#include "env/dram/measures.h"
#include "env/dram/traffic.h"
#include "ogive/dram.h"
#include "ogive/environment.h"

enum {
    DRAM_CHANNELS_STANDARD,
    DRAM_CHANNELS_PROGRAMS,
    DRAM_CHANNELS_CHANNELS,
    DRAM_CHANNELS_RANKS,
    DRAM_CHANNELS_PLACEMENT,
    DRAM_CHANNELS_PRESET,
    DRAM_CHANNELS_REQUESTS,
    DRAM_CHANNELS_SEED,
    DRAM_CHANNELS_UNSAFE,
    DRAM_CHANNELS_OPTIONS,
};

enum { DRAM_CHANNELS_MOST = 16 };

typedef enum dram_channels_placement {
    DRAM_CHANNELS_PARTITIONED,
    DRAM_CHANNELS_INTERLEAVED,
} dram_channels_placement;

static const char* const dram_channels_placements[] = {"partitioned", "interleaved"};

// Channel on top: a part of the memory is a part of one channel.
static const char dram_channels_partitioned[] = "ch:ro:ba:bg:ra:co";

static const og_parameter dram_channels_options[DRAM_CHANNELS_OPTIONS] = {
    [DRAM_CHANNELS_STANDARD] = {OG_TEXT_ROW("standard", "ddr4_2400",
                                            "Device: ddr3_1600, ddr4_2400, ddr4_3200, ddr5_4800, "
                                            "lpddr4_3200 or hbm2.")},
    [DRAM_CHANNELS_PROGRAMS] = {OG_TEXT_ROW("programs", "gemm,bfs,stencil,key_value",
                                            "Built-in workloads that run at the same time, "
                                            "separated by commas (`ogive list workloads`); one may "
                                            "be named again.")},
    [DRAM_CHANNELS_CHANNELS] = {OG_INTEGER_ROW("channels", "", 1, DRAM_CHANNELS_MOST, 4,
                                               "Channels, a power of two.")},
    [DRAM_CHANNELS_RANKS] = {OG_INTEGER_ROW("ranks", "", 0, 8, 0,
                                            "Ranks of a channel, a power of two; 0 = as the device "
                                            "has.")},
    [DRAM_CHANNELS_PLACEMENT] = {OG_CHOICE_ROW(
        "placement", dram_channels_placements, DRAM_CHANNELS_PARTITIONED,
        "Where programs lie: each in a channel, channel partitioning (Muralidhara "
        "et al., MICRO 2011), or each over all channels, burst by burst.")},
    [DRAM_CHANNELS_PRESET] = {OG_CHOICE_ROW("preset", og_dram_preset_names, OG_DRAM_PRESET_ARCHGYM,
                                            "Which parameters of controllers are searched, as in "
                                            "environment dram.")},
    [DRAM_CHANNELS_REQUESTS] = {OG_INTEGER_ROW("requests", "requests", 1, 10000000, 1000,
                                               "Length of each program."),
                                .scale = OG_LOGARITHMIC},
    [DRAM_CHANNELS_SEED] = {OG_INTEGER_ROW("seed", "", 0, 1e9, 1, "Seed of the programs.")},
    [DRAM_CHANNELS_UNSAFE] = {OG_BOOLEAN_ROW(
        "unsafe", 0, "Allow NoRefresh, which loses data on a real device.")},
};

// Parameter i of the space sets parameter `row` of the controllers' table: of channel `channel`, or
// of all when it is -1.
typedef struct dram_channels_place {
    int row;
    int channel;
} dram_channels_place;

typedef struct dram_channels_data {
    const og_dram_system* system;
    const dram_channels_place* places;  // list: [place_count]
    int place_count;
    int channels;
    bool reads;
} dram_channels_data;

// What lies before the channels is one for all.
static bool dram_channels_shared(const char* name) {
    return strcmp(name, "arbiter") == 0 || strcmp(name, "max_active_transactions") == 0;
}

static int dram_channels_row(const og_space_table* one, const char* name, size_t length) {
    for (int i = 0; i < one->count; i++) {
        if (strlen(one->parameters[i].name) == length &&
            memcmp(one->parameters[i].name, name, length) == 0) {
            return i;
        }
    }
    return -1;
}

// An expression over one controller as it reads for that of `channel`.
static const char* dram_channels_rename(og_arena* arena, const og_space_table* one,
                                        const char* expression, int channel) {
    og_buffer text = {.arena = arena};
    for (const char* c = expression; *c != '\0';) {
        size_t length = 0;
        while (isalnum((unsigned char)c[length]) || c[length] == '_') {
            length++;
        }
        const int row = length > 0 ? dram_channels_row(one, c, length) : -1;
        length = length > 0 ? length : 1;
        og_buffer_print(&text, "%.*s", (int)length, c);
        if (row >= 0 && !dram_channels_shared(one->parameters[row].name)) {
            og_buffer_print(&text, "_%d", channel);
        }
        c += length;
    }
    return text.data;
}

// The parameters of one controller, for each channel.
static og_space_table dram_channels_space(og_arena* arena, const og_space_table* one, int channels,
                                          dram_channels_data* data) {
    og_parameter* rows = OG_NEW(arena, og_parameter, one->count * channels);
    dram_channels_place* places = OG_NEW(arena, dram_channels_place, one->count * channels);
    const char** constraints = OG_NEW(arena, const char*, one->constraint_count* channels);
    int count = 0;
    for (int channel = -1; channel < channels; channel++) {
        for (int i = 0; i < one->count; i++) {
            const og_parameter* row = &one->parameters[i];
            const bool map = strcmp(row->name, "address_map") == 0;  // the placement decides it
            if (map || dram_channels_shared(row->name) != (channel < 0)) {
                continue;
            }
            rows[count] = *row;
            if (channel >= 0) {
                rows[count].name = og_text_format(arena, "%s_%d", row->name, channel);
                rows[count].active = row->active == NULL
                                         ? NULL
                                         : dram_channels_rename(arena, one, row->active, channel);
            }
            rows[count].group = channel < 0 ? "port" : og_text_format(arena, "channel_%d", channel);
            places[count++] = (dram_channels_place){i, channel};
        }
    }
    for (int k = 0; k < one->constraint_count * channels; k++) {
        constraints[k] =
            dram_channels_rename(arena, one, one->constraints[k / channels], k % channels);
    }
    data->places = places;
    data->place_count = count;
    return (og_space_table){rows, count, constraints, one->constraint_count * channels};
}

static og_status dram_channels_device(og_arena* arena, const og_settings* options,
                                      const og_dram_device** device) {
    const og_dram_device* base = NULL;
    OG_TRY(og_dram_device_find(options->texts[DRAM_CHANNELS_STANDARD], &base));
    og_dram_device* own = OG_NEW(arena, og_dram_device, 1);
    *own = *base;
    const int channels = (int)options->values[DRAM_CHANNELS_CHANNELS];
    const int ranks = (int)options->values[DRAM_CHANNELS_RANKS];
    if ((channels & (channels - 1)) != 0 || (ranks & (ranks - 1)) != 0) {
        return og_fail(OG_ERROR_VALUE, "%s: %d is not a power of two",
                       (channels & (channels - 1)) ? "channels" : "ranks",
                       (channels & (channels - 1)) ? channels : ranks);
    }
    own->organisation.channels = channels;
    own->organisation.ranks = ranks ? ranks : own->organisation.ranks;
    *device = own;
    return OG_OK;
}

// All programs as one trace; each has an equal part of the memory.
static og_status dram_channels_traffic(og_arena* arena, const og_settings* options,
                                       const og_dram_device* device, og_dram_trace* together) {
    char** names;
    const int programs = og_text_split(arena, options->texts[DRAM_CHANNELS_PROGRAMS], ',', &names);
    const int channels = device->organisation.channels;
    const int parts = programs > channels ? programs : channels;
    if (programs == 0 || parts % programs != 0 || parts % channels != 0) {
        return og_fail(OG_ERROR_VALUE,
                       "programs: %d on %d channels; a multiple or a divisor of the channels is "
                       "needed",
                       programs, channels);
    }
    const uint64_t stride = og_dram_device_bytes(device) / (uint64_t)programs;
    const og_dram_traffic traffic = {
        .option = "programs",
        .workloads = options->texts[DRAM_CHANNELS_PROGRAMS],
        .files = "",
        .requests = (int64_t)options->values[DRAM_CHANNELS_REQUESTS],
        // a program stays in one channel even when there are more channels than programs
        .bytes = og_dram_device_bytes(device) / (uint64_t)parts,
        .seed = (uint64_t)options->values[DRAM_CHANNELS_SEED],
        .again = true,
    };
    og_dram_trace* traces;
    int count;
    OG_TRY(og_dram_traffic_open(arena, &traffic, &traces, &count));
    const char* name = options->texts[DRAM_CHANNELS_PROGRAMS];
    return og_dram_trace_merge(arena, name, traces, count, device->timing.clock_ps, stride,
                               together);
}

static void dram_channels_describe(og_arena* arena, const og_settings* options,
                                   const og_dram_device* device, const og_dram_trace* trace,
                                   const dram_channels_data* data, og_model* model) {
    og_metric* metrics = OG_NEW(arena, og_metric, OG_DRAM_MEASURES);
    for (int m = 0; m < OG_DRAM_MEASURES; m++) {
        if (og_dram_measure_given(&og_dram_measures[m], data->reads)) {
            metrics[model->metric_count++] = og_dram_measures[m].metric;
        }
    }
    model->metrics = metrics;
    og_feature* features = OG_NEW(arena, og_feature, OG_DRAM_FEATURES);
    double values[OG_DRAM_FEATURES];
    og_dram_trace_features(trace, device->timing.clock_ps, arena, values);
    for (int f = 0; f < OG_DRAM_FEATURES; f++) {
        const og_dram_feature_doc* row = &og_dram_feature_docs[f];
        features[f] = (og_feature){.name = row->name, .unit = row->unit, .value = values[f]};
    }
    model->features = features;
    model->feature_count = OG_DRAM_FEATURES;
    enum { DRAM_CHANNELS_VERSION = 1 };  // raised when the simulator's results change
    model->identity = og_text_format(
        arena, "dram_channels model %d, device %s %016llx, %s, preset %s, %s %016llx",
        DRAM_CHANNELS_VERSION, device->name, (unsigned long long)og_dram_device_hash(device),
        dram_channels_placements[(int)options->values[DRAM_CHANNELS_PLACEMENT]],
        og_dram_preset_names[(int)options->values[DRAM_CHANNELS_PRESET]], trace->name,
        (unsigned long long)og_dram_traffic_hash(trace));
}

static og_status dram_channels_open(og_arena* arena, const og_settings* options, og_model* model) {
    const og_dram_device* device;
    OG_TRY(dram_channels_device(arena, options, &device));
    og_dram_trace* trace = OG_NEW(arena, og_dram_trace, 1);
    OG_TRY(dram_channels_traffic(arena, options, device, trace));
    const bool interleaved = options->values[DRAM_CHANNELS_PLACEMENT] == DRAM_CHANNELS_INTERLEAVED;
    const char* map =
        interleaved ? og_dram_controller_map(arena, 1, device) : dram_channels_partitioned;
    const og_dram_setup setup = {.device = device, .trace = trace, .maps = &map, .map_count = 1};
    dram_channels_data* data = OG_NEW(arena, dram_channels_data, 1);
    OG_TRY(og_dram_open(arena, &setup, &data->system));
    data->channels = device->organisation.channels;
    data->reads = og_dram_traffic_reads(trace, 1);
    const og_space_table one =
        og_dram_preset_space(arena, (og_dram_preset)options->values[DRAM_CHANNELS_PRESET],
                             options->values[DRAM_CHANNELS_UNSAFE] != 0, device);
    model->space = dram_channels_space(arena, &one, data->channels, data);
    model->data = data;
    dram_channels_describe(arena, options, device, trace, data, model);
    return OG_OK;
}

static og_outcome dram_channels_evaluate(const void* model, const double* x, double* y,
                                         og_arena* scratch, const char** reason) {
    const dram_channels_data* data = model;
    og_dram_controller controllers[DRAM_CHANNELS_MOST];
    for (int k = 0; k < data->channels; k++) {
        controllers[k] = og_dram_controller_default();
    }
    for (int i = 0; i < data->place_count; i++) {
        const dram_channels_place* place = &data->places[i];
        const int first = place->channel < 0 ? 0 : place->channel;
        const int last = place->channel < 0 ? data->channels - 1 : place->channel;
        for (int k = first; k <= last; k++) {
            og_dram_controller_set(&controllers[k], place->row, x[i]);
        }
    }
    og_dram_result result;
    if (og_dram_simulate_channels(data->system, controllers, scratch, NULL, &result) != OG_OK) {
        *reason = og_text_copy(scratch, og_error_text(), strlen(og_error_text()));
        return OG_FAILED;
    }
    int n = 0;
    for (int m = 0; m < OG_DRAM_MEASURES; m++) {
        if (og_dram_measure_given(&og_dram_measures[m], data->reads)) {
            y[n++] = og_dram_measure_read(&og_dram_measures[m], &result);
        }
    }
    return OG_FEASIBLE;
}

const og_environment og_environment_dram_channels = {
    .name = "dram_channels",
    .doc =
        "A memory controller for each channel, for programs that run at the same time. Many parts "
        "with one goal: what each channel's page policy, scheduler, buffers and refresh should be "
        "when its programs differ from those of other channels.",
    .source =
        "Muralidhara et al., Reducing Memory Interference in Multicore Systems via "
        "Application-Aware Memory Channel Partitioning, MICRO 2011. Controllers and devices as in "
        "environment dram.",
    .options = dram_channels_options,
    .option_count = DRAM_CHANNELS_OPTIONS,
    .open = dram_channels_open,
    .evaluate = dram_channels_evaluate,
};
