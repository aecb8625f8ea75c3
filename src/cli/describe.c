#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/assign.h"
#include "cli/command.h"
#include "cli/number.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "ogive/agent.h"
#include "ogive/dram_device.h"
#include "ogive/dram_trace.h"
#include "ogive/environment.h"

static void describe_heading(og_buffer* out, const char* title) {
    const bool color = og_terminal_color(stdout);
    og_buffer_print(out, "\n%s%s%s\n", color ? "\033[1m" : "", title, color ? "\033[0m" : "");
}

static void describe_text(og_buffer* out, const char* title, const char* text) {
    if (text && text[0]) {
        og_buffer_print(out, "%s", title);
        og_text_wrap(text, (int)strlen(title), og_terminal_columns(stdout), out);
        og_buffer_print(out, "\n");
    }
}

static const char* describe_initial(og_arena* arena, const og_parameter* row) {
    if (row->kind == OG_TEXT) {
        return !row->initial_text ? "(required)" : row->initial_text[0] ? row->initial_text : "-";
    }
    og_buffer text = {.arena = arena};
    og_parameter_print(row, row->initial, &text);
    return text.data;
}

// the sentence, what is allowed, and when the parameter exists
static const char* describe_meaning(og_arena* arena, const og_parameter* row) {
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "%s", row->doc);
    if (row->kind != OG_TEXT) {
        og_buffer_print(&text, " (");
        og_parameter_print_range(row, &text);
        og_buffer_print(&text, ")");
    }
    if (row->active) {
        og_buffer_print(&text, " Only when %s.", row->active);
    }
    return text.data;
}

static void describe_rows(og_arena* arena, const og_parameter* rows, int count, og_buffer* out) {
    og_table table =
        og_table_make(arena, 4, (const char*[]){"name", "default", "unit", "meaning (allowed)"});
    for (int i = 0; i < count; i++) {
        const og_parameter* row = &rows[i];
        og_table_add(&table, (const char*[]){row->name, describe_initial(arena, row), row->unit,
                                             describe_meaning(arena, row)});
    }
    og_table_print(&table, 2, og_terminal_columns(stdout), false, out);
}

static og_status describe_agent(og_call* call, const char* name, og_buffer* out) {
    const og_agent_type* type = NULL;
    OG_TRY(og_agent_find(name, &type));
    describe_text(out, "Agent ", type->name);
    describe_text(out, "", type->doc);
    describe_text(out, "Source: ", type->source);
    if (type->option_count > 0) {
        describe_heading(out, "Options");
        describe_rows(call->arena, type->options, type->option_count, out);
    }
    return OG_OK;
}

static const char* describe_size(og_arena* arena, const og_space* space) {
    if (space->size < 0) {
        return "not countable";
    }
    if (isinf(space->size)) {
        return "continuous";
    }
    if (space->size < 0x1p53) {
        // exact, however large
        og_buffer out = {.arena = arena};
        const char* digits = og_text_format(arena, "%.0f", space->size);
        const size_t length = strlen(digits);
        for (size_t i = 0; i < length; i++) {
            og_buffer_print(&out, i > 0 && (length - i) % 3 == 0 ? ",%c" : "%c", digits[i]);
        }
        return out.data;
    }
    return og_number_text(arena, space->size, "");
}

static og_status describe_space(og_arena* arena, const og_model* model, og_buffer* out) {
    const og_space* space = NULL;
    OG_TRY(og_space_create(arena, &model->space, &space));
    const char* size = describe_size(arena, space);
    describe_heading(out,
                     og_text_format(arena, "Parameters (%d in %d groups; feasible designs: %s)",
                                    space->count, space->group_count, size));
    describe_rows(arena, space->parameters, space->count, out);
    if (model->space.constraint_count > 0) {
        describe_heading(out, "Constraints on parameters");
        for (int i = 0; i < model->space.constraint_count; i++) {
            og_buffer_print(out, "  %s\n", model->space.constraints[i]);
        }
    }
    return OG_OK;
}

static void describe_metrics(og_arena* arena, const og_model* model, og_buffer* out) {
    static const char* const better[] = {"smaller", "-", "larger"};
    describe_heading(out, "Metrics");
    og_table table = og_table_make(arena, 4, (const char*[]){"name", "unit", "better", "meaning"});
    for (int i = 0; i < model->metric_count; i++) {
        const og_metric* metric = &model->metrics[i];
        og_table_add(&table, (const char*[]){metric->name, metric->unit, better[metric->better + 1],
                                             metric->doc});
    }
    og_table_print(&table, 2, og_terminal_columns(stdout), false, out);
    if (model->feature_count == 0) {
        return;
    }
    describe_heading(out, "Features of the workload");
    table = og_table_make(arena, 3, (const char*[]){"name", "value", "unit"});
    for (int i = 0; i < model->feature_count; i++) {
        const og_feature* feature = &model->features[i];
        og_table_add(&table,
                     (const char*[]){feature->name, og_number_text(arena, feature->value, ""),
                                     feature->unit});
    }
    og_table_print(&table, 2, og_terminal_columns(stdout), false, out);
}

static og_status describe_environment(og_call* call, const char* name, og_buffer* out) {
    const og_environment* environment = NULL;
    OG_TRY(og_environment_find(name, &environment));
    describe_text(out, "Environment ", environment->name);
    describe_text(out, "", environment->doc);
    describe_text(out, "Source: ", environment->source);
    describe_heading(out, "Options");
    describe_rows(call->arena, environment->options, environment->option_count, out);

    int count = 0;
    const char* const* assignments = og_call_texts(call, "option", &count);
    og_settings settings =
        og_settings_make(call->arena, environment->options, environment->option_count);
    OG_TRY(og_assign_settings(call->arena, &settings, assignments, count));
    if (count == 0 && og_settings_complete(&settings) != OG_OK) {
        og_buffer_print(out, "\nIts space and metrics depend on options: %s\n", og_error_text());
        return OG_OK;
    }
    og_model model = {0};
    OG_TRY(og_environment_open(call->arena, environment, &settings, &model));
    OG_TRY(describe_space(call->arena, &model, out));
    describe_metrics(call->arena, &model, out);
    return OG_OK;
}

static og_status describe_workload(og_call* call, const char* name, og_buffer* out) {
    const og_dram_workload* workload = NULL;
    OG_TRY(og_dram_workload_find(name, &workload));
    describe_text(out, "Workload ", workload->name);
    describe_text(out, "", workload->doc);
    describe_text(out, "Source: ", workload->source);
    enum { REQUESTS = 10000 };
    const double clock_ps = 1250;
    og_dram_trace trace = {0};
    workload->make(call->arena, REQUESTS, UINT64_C(1) << 30, 1, &trace);
    double features[OG_DRAM_FEATURES];
    og_dram_trace_features(&trace, clock_ps, call->arena, features);
    describe_heading(out, "Features of its first 10,000 requests, 1 GiB of memory");
    og_table table =
        og_table_make(call->arena, 4, (const char*[]){"name", "value", "unit", "meaning"});
    for (int i = 0; i < OG_DRAM_FEATURES; i++) {
        const og_dram_feature_doc* row = &og_dram_feature_docs[i];
        og_table_add(&table,
                     (const char*[]){row->name, og_number_text(call->arena, features[i], ""),
                                     row->unit, row->doc});
    }
    og_table_print(&table, 2, og_terminal_columns(stdout), false, out);
    return OG_OK;
}

static void describe_number(og_table* table, const char* name, double value, const char* unit) {
    og_table_add(table, (const char*[]){name, og_number_text(table->arena, value, ""), unit});
}

static void describe_organisation(og_arena* arena, const og_dram_device* device, og_buffer* out) {
    const og_dram_organisation* o = &device->organisation;
    describe_heading(out, "Organisation");
    og_table table = og_table_make(arena, 3, (const char*[]){"what", "value", "unit"});
    describe_number(&table, "channels", o->channels, "");
    describe_number(&table, "ranks of a channel", o->ranks, "");
    describe_number(&table, "bank groups of a rank", o->bank_groups, "");
    describe_number(&table, "banks of a rank", o->banks, "");
    describe_number(&table, "rows of a bank", o->rows, "");
    describe_number(&table, "columns of a row", o->columns, "");
    describe_number(&table, "devices of a rank", o->devices, "");
    describe_number(&table, "width of a device", o->device_width, "bit");
    describe_number(&table, "bytes of a burst", og_dram_device_burst_bytes(device), "B");
    describe_number(&table, "capacity", (double)og_dram_device_bytes(device) / 0x1p30, "GiB");
    og_table_print(&table, 2, og_terminal_columns(stdout), false, out);
}

static void describe_timing(og_arena* arena, const og_dram_device* device, og_buffer* out) {
    const og_dram_timing* t = &device->timing;
    const struct {
        const char* name;
        int cycles;
    } rows[] = {
        {"RL", t->read_latency},
        {"WL", t->write_latency},
        {"tRCD", t->activate_to_column},
        {"tRP", t->precharge},
        {"tRAS", t->activate_to_precharge},
        {"tRC", t->activate_to_activate},
        {"tRTP", t->read_to_precharge},
        {"tWR", t->write_recovery},
        {"tCCD_L", t->column_same},
        {"tCCD_S", t->column_other},
        {"tRRD_L", t->activate_same},
        {"tRRD_S", t->activate_other},
        {"tFAW", t->four_activates},
        {"tWTR_L", t->write_to_read_same},
        {"tWTR_S", t->write_to_read_other},
        {"tREFI", t->refresh_interval},
        {"tRFC", t->refresh_all},
        {"tRFCpb", t->refresh_bank},
        {"tRFCsb", t->refresh_same_bank},
        {"tXP", t->power_down_exit},
        {"tXS", t->self_refresh_exit},
    };
    describe_heading(out, og_text_format(arena, "Timing (command clock %s)",
                                         og_number_text(arena, t->clock_ps, "ps")));
    og_table table = og_table_make(arena, 3, (const char*[]){"name", "cycles", "ns"});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].cycles > 0) {
            const double ns = rows[i].cycles * t->clock_ps / 1000;
            og_table_add(&table,
                         (const char*[]){rows[i].name, og_number_text(arena, rows[i].cycles, ""),
                                         og_number_text(arena, ns, "")});
        }
    }
    og_table_print(&table, 2, og_terminal_columns(stdout), false, out);
}

static og_status describe_standard(og_call* call, const char* name, og_buffer* out) {
    const og_dram_device* device = NULL;
    OG_TRY(og_dram_device_find(name, &device));
    describe_text(out, "DRAM device ", device->name);
    describe_text(out, "", device->doc);
    describe_text(out, "Source: ", device->source);
    describe_text(out, "Address map: ", device->address_map);
    describe_organisation(call->arena, device, out);
    describe_timing(call->arena, device, out);
    return OG_OK;
}

typedef og_status describe_one(og_call* call, const char* name, og_buffer* out);

// every registered name with the function that describes it
typedef struct describe_names {
    const char** names;       // list: [count]
    describe_one** describe;  // list: [count]
    int count;
} describe_names;

enum { DESCRIBE_NAMES = 512 };

static void describe_add(describe_names* all, const char* name, describe_one* describe) {
    if (all->count < DESCRIBE_NAMES) {
        all->names[all->count] = name;
        all->describe[all->count++] = describe;
    }
}

static describe_names describe_collect(og_arena* arena) {
    describe_names all = {.names = OG_NEW(arena, const char*, DESCRIBE_NAMES),
                          .describe = OG_NEW(arena, describe_one*, DESCRIBE_NAMES)};
    for (int i = 0; og_environment_at(i); i++) {
        describe_add(&all, og_environment_at(i)->name, describe_environment);
    }
    for (int i = 0; og_agent_at(i); i++) {
        describe_add(&all, og_agent_at(i)->name, describe_agent);
    }
    for (int i = 0; og_dram_workload_at(i); i++) {
        describe_add(&all, og_dram_workload_at(i)->name, describe_workload);
    }
    for (int i = 0; og_dram_device_at(i); i++) {
        describe_add(&all, og_dram_device_at(i)->name, describe_standard);
    }
    return all;
}

// a name may stand for several things (an agent and a workload): all are described
static og_status describe_run(og_call* call) {
    const char* name = og_call_argument(call, 0);
    const describe_names all = describe_collect(call->arena);
    og_buffer out = {.arena = call->arena};
    bool environment = false;
    for (int i = 0; i < all.count; i++) {
        if (strcmp(all.names[i], name) == 0) {
            og_buffer_print(&out, "%s", out.length > 0 ? "\n" : "");
            OG_TRY(all.describe[i](call, name, &out));
            environment = environment || all.describe[i] == describe_environment;
        }
    }
    if (out.length == 0) {
        const char* nearest = og_text_nearest(name, all.names, all.count);
        return og_fail(OG_ERROR_NAME, "nothing is named '%s'%s%s%s (ogive list shows all names)",
                       name, nearest ? ", did you mean " : "", nearest ? nearest : "",
                       nearest ? "?" : "");
    }
    if (!environment && og_call_given(call, "option")) {
        return og_fail(OG_ERROR_VALUE, "--option is for environments, %s is none", name);
    }
    fwrite(out.data, 1, out.length, stdout);
    return OG_OK;
}

static const og_argument describe_arguments[] = {
    {"NAME", "An environment, agent, workload or memory standard.", false},
};

static const og_option describe_options[] = {
    {.row = {OG_TEXT_ROW("option", NULL,
                         "An option of the environment, which may change its "
                         "space and metrics.")},
     .placeholder = "KEY=VALUE",
     .repeated = true},
};

const og_command og_command_describe = {
    .name = "describe",
    .summary = "Tell all about an environment, agent, workload or memory standard.",
    .doc =
        "For an environment: its options, parameters with units and ranges, the number of "
        "feasible designs, its metrics, and the features of its workload.",
    .example = "ogive describe dram --option preset=controller\nogive describe genetic",
    .arguments = describe_arguments,
    .argument_count = 1,
    .options = describe_options,
    .option_count = 1,
    .run = describe_run,
};
