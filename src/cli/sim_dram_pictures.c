#include "cli/sim_dram_pictures.h"

#include <string.h>

#include "ogive/file.h"

static const double sim_dram_pictures_length = 600;  // ns of a timeline without an end

// true for CSV, as the file's name ends
static og_status sim_dram_pictures_is_csv(const char* option, const char* path, bool* csv) {
    const char* end = strrchr(path, '.');
    const bool named = end && !strchr(end, '/');
    *csv = named && strcmp(end, ".csv") == 0;
    if (named && !*csv && strcmp(end, ".svg") != 0) {
        return og_fail(OG_ERROR_VALUE, "--%s: %s ends neither in .svg nor in .csv", option, path);
    }
    return OG_OK;
}

og_status og_sim_dram_timeline_create(const og_call* call, const og_dram_device* device,
                                      const og_dram_trace* trace, og_dram_timeline** timeline) {
    bool csv = false;
    OG_TRY(sim_dram_pictures_is_csv("timeline", og_call_text(call, "timeline"), &csv));
    const double from = og_call_number(call, "from");
    const double to = og_call_number(call, "to");
    if (to != 0 && to <= from) {
        return og_fail(OG_ERROR_VALUE, "--to %g ns is not behind --from %g ns", to, from);
    }
    *timeline = og_dram_timeline_create(call->arena, device, trace, from,
                                        to != 0 ? to : from + sim_dram_pictures_length);
    return OG_OK;
}

// the controller's settings that differ from the default, or that it is the default
static const char* sim_dram_pictures_controller(const og_call* call) {
    og_buffer text = {.arena = call->arena};
    for (int i = 0; i < call->settings.count; i++) {
        const og_parameter* row = &call->settings.table[i];
        if (call->settings.values[i] != row->initial) {
            og_buffer_print(&text, ", %s ", row->name);
            og_parameter_print(row, call->settings.values[i], &text);
        }
    }
    return text.data ? text.data : ", default controller";
}

og_status og_sim_dram_timeline_write(const og_call* call, og_dram_timeline* timeline,
                                     const char* workload, int64_t cycles) {
    const char* path = og_call_text(call, "timeline");
    bool csv = false;
    OG_TRY(sim_dram_pictures_is_csv("timeline", path, &csv));
    if (timeline->from >= cycles) {
        return og_fail(OG_ERROR_VALUE, "--from %g ns: the simulation ends at %g ns",
                       og_call_number(call, "from"),
                       (double)cycles * timeline->device->timing.clock_ps / 1000);
    }
    og_dram_timeline_finish(timeline, cycles);
    og_buffer out = {.arena = call->arena};
    if (csv) {
        og_dram_timeline_csv(timeline, &out);
    } else {
        const char* title =
            og_text_format(call->arena, "%s on %s%s", og_text_printable(call->arena, workload),
                           timeline->device->name, sim_dram_pictures_controller(call));
        og_dram_timeline_svg(timeline, title, &out);
    }
    return og_file_write(path, out.data, out.length);
}

og_status og_sim_dram_write_runs(const og_call* call, const og_dram_run* runs, int count) {
    typedef void write(og_arena * arena, const og_dram_run* runs, int count, og_buffer* out);
    static const struct {
        const char* option;
        write* svg;
        write* csv;
    } kinds[] = {{"energy", og_dram_energy_svg, og_dram_energy_csv},
                 {"roofline", og_dram_roofline_svg, og_dram_roofline_csv}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char* path = og_call_text(call, kinds[i].option);
        if (!path) {
            continue;
        }
        bool csv = false;
        OG_TRY(sim_dram_pictures_is_csv(kinds[i].option, path, &csv));
        og_buffer out = {.arena = call->arena};
        (csv ? kinds[i].csv : kinds[i].svg)(call->arena, runs, count, &out);
        OG_TRY(og_file_write(path, out.data, out.length));
    }
    return OG_OK;
}
