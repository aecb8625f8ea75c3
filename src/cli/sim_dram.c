#include <inttypes.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/number.h"
#include "cli/sim_dram_pictures.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "env/dram/controller.h"
#include "ogive/clock.h"
#include "ogive/dram.h"
#include "ogive/file.h"

// one measured number, by its place in the result; names are those of the environment's metrics
typedef struct sim_dram_measure {
    const char* section;
    const char* name;
    const char* unit;
    size_t offset;
    enum { SIM_DRAM_DOUBLE, SIM_DRAM_INT64, SIM_DRAM_INT } kind;
} sim_dram_measure;

#define SIM_DRAM_ROW(section, name, unit, field, kind) \
    { section, name, unit, offsetof(og_dram_result, field), SIM_DRAM_##kind }

static const sim_dram_measure sim_dram_measures[] = {
    SIM_DRAM_ROW("Time", "time_ns", "ns", time_ns, DOUBLE),
    SIM_DRAM_ROW("Time", "cycles", "cycles", cycles, INT64),
    SIM_DRAM_ROW("Time", "bandwidth_gbps", "Gb/s", bandwidth_gbps, DOUBLE),
    SIM_DRAM_ROW("Time", "bus_utilisation", "", bus_utilisation, DOUBLE),
    SIM_DRAM_ROW("Latency", "read_latency_average_ns", "ns", read_latency_average_ns, DOUBLE),
    SIM_DRAM_ROW("Latency", "read_latency_p50_ns", "ns", read_latency_p50_ns, DOUBLE),
    SIM_DRAM_ROW("Latency", "read_latency_p95_ns", "ns", read_latency_p95_ns, DOUBLE),
    SIM_DRAM_ROW("Latency", "read_latency_p99_ns", "ns", read_latency_p99_ns, DOUBLE),
    SIM_DRAM_ROW("Latency", "read_latency_max_ns", "ns", read_latency_max_ns, DOUBLE),
    SIM_DRAM_ROW("Latency", "read_port_latency_average_ns", "ns", read_port_latency_average_ns,
                 DOUBLE),
    SIM_DRAM_ROW("Latency", "queue_latency_average_ns", "ns", queue_latency_average_ns, DOUBLE),
    SIM_DRAM_ROW("Energy", "energy_pj", "pJ", energy.total, DOUBLE),
    SIM_DRAM_ROW("Energy", "power_mw", "mW", power_mw, DOUBLE),
    SIM_DRAM_ROW("Energy", "energy_delay_js", "J s", energy_delay_js, DOUBLE),
    SIM_DRAM_ROW("Energy", "energy_activate_pj", "pJ", energy.activate, DOUBLE),
    SIM_DRAM_ROW("Energy", "energy_precharge_pj", "pJ", energy.precharge, DOUBLE),
    SIM_DRAM_ROW("Energy", "energy_read_pj", "pJ", energy.read, DOUBLE),
    SIM_DRAM_ROW("Energy", "energy_write_pj", "pJ", energy.write, DOUBLE),
    SIM_DRAM_ROW("Energy", "energy_refresh_pj", "pJ", energy.refresh, DOUBLE),
    SIM_DRAM_ROW("Energy", "energy_active_standby_pj", "pJ", energy.background_active, DOUBLE),
    SIM_DRAM_ROW("Energy", "energy_precharged_standby_pj", "pJ", energy.background_precharged,
                 DOUBLE),
    SIM_DRAM_ROW("Energy", "energy_power_down_pj", "pJ", energy.power_down, DOUBLE),
    SIM_DRAM_ROW("Energy", "energy_self_refresh_pj", "pJ", energy.self_refresh, DOUBLE),
    SIM_DRAM_ROW("Requests", "reads", "requests", reads, INT64),
    SIM_DRAM_ROW("Requests", "writes", "requests", writes, INT64),
    SIM_DRAM_ROW("Requests", "row_hits", "requests", row_hits, INT64),
    SIM_DRAM_ROW("Requests", "row_misses", "requests", row_misses, INT64),
    SIM_DRAM_ROW("Requests", "row_conflicts", "requests", row_conflicts, INT64),
    SIM_DRAM_ROW("Requests", "refreshes", "commands", refreshes, INT64),
    SIM_DRAM_ROW("Requests", "queue_occupancy_average", "requests", queue_occupancy_average,
                 DOUBLE),
    SIM_DRAM_ROW("Requests", "queue_occupancy_max", "requests", queue_occupancy_max, INT),
    SIM_DRAM_ROW("Requests", "fairness", "", fairness, DOUBLE),
};
enum { SIM_DRAM_MEASURES = sizeof sim_dram_measures / sizeof *sim_dram_measures };

static double sim_dram_read(const sim_dram_measure* measure, const og_dram_result* result) {
    const char* place = (const char*)result + measure->offset;
    double real = 0;
    int64_t wide = 0;
    int narrow = 0;
    switch (measure->kind) {
    case SIM_DRAM_DOUBLE: memcpy(&real, place, sizeof real); return real;
    case SIM_DRAM_INT64: memcpy(&wide, place, sizeof wide); return (double)wide;
    case SIM_DRAM_INT: memcpy(&narrow, place, sizeof narrow); return narrow;
    }
    return real;
}

// everything of one simulation
typedef struct sim_dram_job {
    og_call* call;
    og_dram_device device;
    og_dram_trace trace;
    og_dram_controller controller;
    og_dram_result result;
    double seconds;
} sim_dram_job;

// files that are written, by their options
static const char* const sim_dram_outputs[] = {"commands", "timeline", "energy", "roofline"};
enum { SIM_DRAM_OUTPUTS = sizeof sim_dram_outputs / sizeof *sim_dram_outputs };

// what is written to the same place, or over what is read
static og_status sim_dram_check_outputs(const og_call* call) {
    const char* standard = og_call_number(call, "json") != 0 ? "json" : NULL;
    int inputs = 0;
    const char* const* traces = og_call_texts(call, "trace", &inputs);
    for (int i = 0; i < SIM_DRAM_OUTPUTS; i++) {
        const char* output = og_call_text(call, sim_dram_outputs[i]);
        if (!output) {
            continue;
        }
        if (strcmp(output, "-") == 0) {
            if (standard) {
                return og_fail(OG_ERROR_VALUE,
                               "--%s - and --%s exclude each other: both write to standard output",
                               sim_dram_outputs[i], standard);
            }
            standard = sim_dram_outputs[i];
        }
        const char* memspec = og_call_text(call, "memspec");
        if (memspec && og_file_same(memspec, output)) {
            return og_fail(OG_ERROR_VALUE, "--%s %s would replace the file of --memspec",
                           sim_dram_outputs[i], output);
        }
        for (int k = 0; k < inputs; k++) {
            if (og_file_same(traces[k], output)) {
                return og_fail(OG_ERROR_VALUE, "--%s %s would replace the file of --trace",
                               sim_dram_outputs[i], output);
            }
        }
    }
    return OG_OK;
}

// options that exclude each other
static og_status sim_dram_check(const og_call* call) {
    if (og_call_given(call, "memspec") && og_call_given(call, "standard")) {
        return og_fail(OG_ERROR_VALUE, "--memspec and --standard exclude each other");
    }
    int workloads = 0;
    int traces = 0;
    og_call_texts(call, "workload", &workloads);
    og_call_texts(call, "trace", &traces);
    for (int i = 0; i < 2 && workloads + traces > 1; i++) {
        if (og_call_given(call, sim_dram_outputs[i])) {
            return og_fail(OG_ERROR_VALUE, "--%s is of one workload or trace, not of %d",
                           sim_dram_outputs[i], workloads + traces);
        }
    }
    if (!og_call_given(call, "timeline") &&
        (og_call_given(call, "from") || og_call_given(call, "to"))) {
        return og_fail(OG_ERROR_VALUE, "--from and --to are of --timeline, which is missing");
    }
    return sim_dram_check_outputs(call);
}

static og_status sim_dram_power_of_two(const char* name, int value) {
    return (value & (value - 1)) == 0
               ? OG_OK
               : og_fail(OG_ERROR_VALUE, "--%s: %d is not a power of two", name, value);
}

static og_status sim_dram_device(sim_dram_job* job) {
    const og_call* call = job->call;
    const char* memspec = og_call_text(call, "memspec");
    const og_dram_device* base = NULL;
    if (memspec) {
        OG_TRY(og_dram_device_load(call->arena, memspec, &base));
    } else {
        OG_TRY(og_dram_device_find(og_call_text(call, "standard"), &base));
    }
    job->device = *base;
    const int channels = (int)og_call_number(call, "channels");
    const int ranks = (int)og_call_number(call, "ranks");
    OG_TRY(sim_dram_power_of_two("channels", channels));
    OG_TRY(sim_dram_power_of_two("ranks", ranks));
    job->device.organisation.channels = channels ? channels : base->organisation.channels;
    job->device.organisation.ranks = ranks ? ranks : base->organisation.ranks;
    return OG_OK;
}

static og_status sim_dram_workload(sim_dram_job* job, const char* name) {
    const og_call* call = job->call;
    const og_dram_workload* workload = NULL;
    OG_TRY(og_dram_workload_find(name, &workload));
    workload->make(call->arena, (int64_t)og_call_number(call, "requests"),
                   og_dram_device_bytes(&job->device), (uint64_t)og_call_number(call, "seed"),
                   &job->trace);
    return OG_OK;
}

// one job a workload and a trace (list: [*count]), or one of the default workload
static og_status sim_dram_jobs(const sim_dram_job* base, sim_dram_job** jobs, int* count) {
    const og_call* call = base->call;
    int workload_count = 0;
    int trace_count = 0;
    const char* const* workloads = og_call_texts(call, "workload", &workload_count);
    const char* const* traces = og_call_texts(call, "trace", &trace_count);
    *jobs = OG_NEW(call->arena, sim_dram_job, workload_count + trace_count + 1);
    *count = 0;
    for (int i = 0; i < workload_count; i++) {
        (*jobs)[*count] = *base;
        OG_TRY(sim_dram_workload(&(*jobs)[(*count)++], workloads[i]));
    }
    for (int i = 0; i < trace_count; i++) {
        (*jobs)[*count] = *base;
        OG_TRY(og_dram_trace_load(call->arena, traces[i], &(*jobs)[(*count)++].trace));
    }
    if (*count == 0) {
        (*jobs)[(*count)++] = *base;
        OG_TRY(sim_dram_workload(&(*jobs)[0], og_call_text(call, "workload")));
    }
    return OG_OK;
}

// requests whose address has bits that the device lacks
static int64_t sim_dram_wrapped(const sim_dram_job* job) {
    const uint64_t bytes = og_dram_device_bytes(&job->device);
    int64_t count = 0;
    for (int64_t i = 0; i < job->trace.count; i++) {
        count += job->trace.requests[i].address >= bytes;
    }
    return count;
}

static og_status sim_dram_controller(sim_dram_job* job) {
    job->controller = og_dram_controller_default();
    job->controller.front_end = (og_dram_front_end)og_call_number(job->call, "front_end");
    for (int i = 0; i < job->call->settings.count; i++) {
        og_dram_controller_set(&job->controller, i, job->call->settings.values[i]);
    }
    if (job->controller.refresh_policy == OG_DRAM_REFRESH_NONE &&
        og_call_number(job->call, "unsafe") == 0) {
        return og_fail(OG_ERROR_VALUE,
                       "constraint 'refresh_policy != NoRefresh' does not hold: data would be "
                       "lost (--unsafe allows it)");
    }
    return OG_OK;
}

// receives commands for the file of option "commands" and for the timeline
typedef struct sim_dram_writer {
    FILE* file;     // NULL = none
    bool channels;  // the trace has a column for the channel
    og_dram_timeline* timeline;
} sim_dram_writer;

static void sim_dram_write_command(void* context, const og_dram_event* event) {
    const sim_dram_writer* writer = context;
    if (writer->timeline) {
        og_dram_timeline_command(writer->timeline, event);
    }
    if (!writer->file) {
        return;
    }
    fprintf(writer->file, "%" PRId64 ",%s,%d,%d,%d,%d,%d", event->cycle,
            og_dram_command_names[event->command], event->rank, event->bank_group, event->bank,
            event->row, event->column);
    if (writer->channels) {
        fprintf(writer->file, ",%d", event->channel);
    }
    fputc('\n', writer->file);
}

static og_status sim_dram_simulate(sim_dram_job* job, const og_dram_observer* observer) {
    const char* own_map = og_call_text(job->call, "map");
    const char* maps[OG_DRAM_CONTROLLER_MAPS];
    for (int i = 0; i < OG_DRAM_CONTROLLER_MAPS; i++) {
        maps[i] = og_dram_controller_map(job->call->arena, i, &job->device);
    }
    maps[0] = own_map ? own_map : maps[0];
    const og_dram_setup setup = {.device = &job->device,
                                 .trace = &job->trace,
                                 .wrap = og_call_number(job->call, "strict") == 0,
                                 .maps = maps,
                                 .map_count = job->controller.address_map + 1};
    const og_dram_system* system = NULL;
    OG_TRY(og_dram_open(job->call->arena, &setup, &system));
    og_arena* scratch = og_arena_create();
    const double start = og_clock_seconds();
    const og_status status =
        og_dram_simulate(system, &job->controller, scratch, observer, &job->result);
    job->seconds = og_clock_seconds() - start;
    og_arena_destroy(scratch);
    return status;
}

static og_status sim_dram_simulate_with_commands(sim_dram_job* job, const char* path,
                                                 og_dram_timeline* timeline) {
    og_file_draft draft;
    OG_TRY(og_file_begin(job->call->arena, path, &draft));
    sim_dram_writer writer = {draft.stream, job->device.organisation.channels > 1, timeline};
    fprintf(draft.stream, "cycle,cmd,rank,bankgroup,bank,row,column%s\n",
            writer.channels ? ",channel" : "");
    const og_status status = sim_dram_simulate(
        job, &(og_dram_observer){.command = sim_dram_write_command, .context = &writer});
    if (status != OG_OK) {
        og_file_abandon(&draft);
        return status;
    }
    return og_file_commit(&draft);
}

// simulate with whatever wants to see the commands
static og_status sim_dram_observe(sim_dram_job* job) {
    const og_call* call = job->call;
    const char* commands = og_call_text(call, "commands");
    og_dram_timeline* timeline = NULL;
    if (og_call_given(call, "timeline")) {
        OG_TRY(og_sim_dram_timeline_create(call, &job->device, &job->trace, &timeline));
    }
    if (commands) {
        OG_TRY(sim_dram_simulate_with_commands(job, commands, timeline));
    } else if (timeline) {
        sim_dram_writer writer = {.timeline = timeline};
        OG_TRY(sim_dram_simulate(
            job, &(og_dram_observer){.command = sim_dram_write_command, .context = &writer}));
    } else {
        OG_TRY(sim_dram_simulate(job, NULL));
    }
    return timeline
               ? og_sim_dram_timeline_write(call, timeline, job->trace.name, job->result.cycles)
               : OG_OK;
}

static void sim_dram_print_title(const sim_dram_job* job, og_buffer* out) {
    const og_dram_organisation* o = &job->device.organisation;
    og_buffer_print(out, "%s on %s (%d channel%s, %d rank%s): ",
                    og_text_printable(out->arena, job->trace.name), job->device.name, o->channels,
                    o->channels == 1 ? "" : "s", o->ranks, o->ranks == 1 ? "" : "s");
    og_buffer_print(out, "%s simulated in %s\n",
                    og_count_text(out->arena, job->trace.count, "request"),
                    og_duration_text(out->arena, job->seconds));
}

static void sim_dram_print(const sim_dram_job* job) {
    og_arena* arena = job->call->arena;
    const bool color = og_terminal_color(stdout);
    og_buffer out = {.arena = arena};
    sim_dram_print_title(job, &out);
    og_table table = og_table_make(arena, 3, (const char*[]){"measure", "value", "unit"});
    const char* section = "";
    for (int i = 0; i < SIM_DRAM_MEASURES; i++) {
        const sim_dram_measure* measure = &sim_dram_measures[i];
        if (strcmp(section, measure->section) != 0) {
            section = measure->section;
            og_table_add(&table, (const char*[]){"", "", ""});
        }
        const char* value = og_number_text(arena, sim_dram_read(measure, &job->result), "");
        og_table_add(&table, (const char*[]){measure->name, value, measure->unit});
    }
    const int64_t wrapped = sim_dram_wrapped(job);
    if (wrapped > 0) {
        og_table_add(&table,
                     (const char*[]){"addresses beyond the device, high bits ignored",
                                     og_number_text(arena, (double)wrapped, ""), "requests"});
    }
    og_table_add(&table, (const char*[]){"", "", ""});
    for (int c = 0; c < OG_DRAM_COMMANDS; c++) {
        if (job->result.commands[c] > 0) {
            const char* name = og_text_format(arena, "commands %s", og_dram_command_names[c]);
            const double count = (double)job->result.commands[c];
            og_table_add(&table, (const char*[]){name, og_number_text(arena, count, ""), ""});
        }
    }
    og_table_print(&table, 2, og_terminal_columns(stdout), color, &out);
    fwrite(out.data, 1, out.length, stdout);
}

static json_t* sim_dram_json_controller(const sim_dram_job* job) {
    json_t* controller = json_object();
    for (int i = 0; i < job->call->settings.count; i++) {
        const og_parameter* row = &job->call->settings.table[i];
        const double value = job->call->settings.values[i];
        og_buffer text = {.arena = job->call->arena};
        og_parameter_print(row, value, &text);
        json_object_set_new(
            controller, row->name,
            row->kind == OG_INTEGER ? json_integer((json_int_t)value) : json_string(text.data));
    }
    return controller;
}

static json_t* sim_dram_json(const sim_dram_job* job) {
    json_t* root = json_object();
    const og_dram_organisation* o = &job->device.organisation;
    json_object_set_new(root, "device", json_string(job->device.name));
    json_object_set_new(root, "channels", json_integer(o->channels));
    json_object_set_new(root, "ranks", json_integer(o->ranks));
    json_object_set_new(root, "trace", json_string(job->trace.name));
    json_object_set_new(root, "requests", json_integer(job->trace.count));
    json_object_set_new(root, "controller", sim_dram_json_controller(job));
    json_object_set_new(root, "wrapped_requests", json_integer(sim_dram_wrapped(job)));
    json_t* metrics = json_object();
    for (int i = 0; i < SIM_DRAM_MEASURES; i++) {
        const sim_dram_measure* measure = &sim_dram_measures[i];
        const double value = sim_dram_read(measure, &job->result);
        // a latency that nothing has is null
        json_t* number =
            measure->kind == SIM_DRAM_DOUBLE ? json_real(value) : json_integer((json_int_t)value);
        json_object_set_new(metrics, measure->name, number ? number : json_null());
    }
    json_object_set_new(root, "metrics", metrics);
    json_t* commands = json_object();
    for (int c = 0; c < OG_DRAM_COMMANDS; c++) {
        json_object_set_new(commands, og_dram_command_names[c],
                            json_integer((json_int_t)job->result.commands[c]));
    }
    json_object_set_new(root, "commands", commands);
    return root;
}

// an object, or a list of those of several workloads
static og_status sim_dram_print_json(const sim_dram_job* jobs, int count) {
    json_t* root = count == 1 ? sim_dram_json(jobs) : json_array();
    for (int i = 0; i < count && count > 1; i++) {
        json_array_append_new(root, sim_dram_json(&jobs[i]));
    }
    const int failed = json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    json_decref(root);
    putchar('\n');
    return failed ? og_fail(OG_ERROR_FILE, "standard output cannot be written") : OG_OK;
}

static og_status sim_dram_draw(const og_call* call, const sim_dram_job* jobs, int count) {
    og_dram_run* runs = OG_NEW(call->arena, og_dram_run, count);
    for (int i = 0; i < count; i++) {
        runs[i] = (og_dram_run){.name = og_text_printable(call->arena, jobs[i].trace.name),
                                .device = &jobs[i].device,
                                .trace = &jobs[i].trace,
                                .result = &jobs[i].result};
    }
    return og_sim_dram_write_runs(call, runs, count);
}

static og_status sim_dram_run(og_call* call) {
    sim_dram_job base = {.call = call};
    sim_dram_job* jobs = NULL;
    int count = 0;
    OG_TRY(sim_dram_check(call));
    OG_TRY(sim_dram_device(&base));
    OG_TRY(sim_dram_controller(&base));
    OG_TRY(sim_dram_jobs(&base, &jobs, &count));
    for (int i = 0; i < count; i++) {
        OG_TRY(sim_dram_observe(&jobs[i]));
    }
    OG_TRY(sim_dram_draw(call, jobs, count));
    for (int i = 0; i < SIM_DRAM_OUTPUTS; i++) {
        const char* output = og_call_text(call, sim_dram_outputs[i]);
        if (output && strcmp(output, "-") == 0) {
            return OG_OK;  // standard output holds it
        }
    }
    if (og_call_number(call, "json") != 0) {
        return sim_dram_print_json(jobs, count);
    }
    for (int i = 0; i < count; i++) {
        printf("%s", i > 0 ? "\n" : "");
        sim_dram_print(&jobs[i]);
    }
    return OG_OK;
}

static const og_parameter* sim_dram_parameters(int* count) {
    *count = og_dram_controller_parameter_count;
    return og_dram_controller_parameters;
}

// in the order of og_dram_front_end
static const char* const sim_dram_front_ends[] = {"direct", "registered"};

static const og_option sim_dram_options[] = {
    {.row = {OG_TEXT_ROW("standard", "ddr3_1600", "Device (`ogive list standards`).")},
     .placeholder = "NAME"},
    {.row = {OG_TEXT_ROW("memspec", NULL, "Device from a DRAMSys memspec file instead.")},
     .placeholder = "FILE"},
    {.row = {OG_INTEGER_ROW("channels", "", 0, 16, 0,
                            "Channels, a power of two; 0 = as the device has.")}},
    {.row = {OG_INTEGER_ROW("ranks", "", 0, 8, 0,
                            "Ranks of a channel, a power of two; 0 = as the device has.")}},
    {.row = {OG_TEXT_ROW("map", NULL,
                         "Address map instead of the device's own, such as "
                         "ro:ba:bg:ra:ch:co.")},
     .placeholder = "MAP"},
    {.row = {OG_TEXT_ROW("workload", "gemm",
                         "Built-in traffic (`ogive list workloads`); given again: one "
                         "more, simulated by itself.")},
     .placeholder = "NAME",
     .repeated = true},
    {.row = {OG_TEXT_ROW("trace", NULL, "Trace file instead of a workload, or beside it.")},
     .placeholder = "FILE",
     .repeated = true},
    {.row = {OG_INTEGER_ROW("requests", "requests", 1, 1e8, 10000, "Length of the workload.")},
     .letter = 'n'},
    {.row = {OG_INTEGER_ROW("seed", "", 0, 1e9, 1, "Seed of the workload.")}},
    {.row = {OG_CHOICE_ROW("front_end", sim_dram_front_ends, OG_DRAM_FRONT_END_DIRECT,
                           "Path to the scheduler: direct, as in DRAMSys 4.0, or with a register "
                           "stage, as in DRAMSys 5.")}},
    {.row = {OG_BOOLEAN_ROW("strict", 0,
                            "Refuse addresses beyond the device; otherwise their high bits are "
                            "ignored.")}},
    {.row = {OG_BOOLEAN_ROW("unsafe", 0, "Allow NoRefresh, which loses data on a real device.")}},
    {.row = {OG_BOOLEAN_ROW("json", 0, "Print JSON with all digits.")}},
    {.row = {OG_TEXT_ROW("commands", NULL,
                         "Write every DRAM command there as CSV; - is standard "
                         "output.")},
     .placeholder = "FILE.csv"},
    {.row = {OG_TEXT_ROW("timeline", NULL,
                         "Draw the commands of each bank and the data bus over time as SVG, or "
                         "list them as CSV, as the file's name ends.")},
     .placeholder = "FILE.svg"},
    {.row = {OG_REAL_ROW("from", "ns", 0, 1e12, 0, "Where the timeline begins.")}},
    {.row = {OG_REAL_ROW("to", "ns", 0, 1e12, 0,
                         "Where it ends; 0: 600 ns behind its beginning.")}},
    {.row = {OG_TEXT_ROW("energy", NULL,
                         "Draw what the energy went into, a bar a workload, as SVG or CSV.")},
     .placeholder = "FILE.svg"},
    {.row = {OG_TEXT_ROW("roofline", NULL,
                         "Draw the bandwidth of each workload below its demand and the peak, "
                         "with row hits and latencies, as SVG or CSV.")},
     .placeholder = "FILE.svg"},
};

const og_command og_command_sim_dram = {
    .name = "sim dram",
    .summary = "Simulate one memory controller with workloads or traces.",
    .example =
        "ogive sim dram --workload gemm --page-policy Closed --scheduler FrFcfsGrp\n"
        "ogive sim dram --standard ddr4_2400 --ranks 2 --trace app.stl.gz --json\n"
        "ogive sim dram --workload bfs --timeline bfs.svg --from 2000 --to 2500\n"
        "ogive sim dram --workload gemm --workload bfs --energy energy.svg --roofline roof.svg",
    .options = sim_dram_options,
    .option_count = sizeof sim_dram_options / sizeof *sim_dram_options,
    .parameters = sim_dram_parameters,
    .parameters_title = "Controller",
    .run = sim_dram_run,
};
