// What the energy of simulations went into.

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "ogive/dram_picture.h"
#include "ogive/report.h"
#include "report/csv.h"
#include "report/svg_bars.h"

// a part of the energy, by its place in the result
typedef struct dram_energy_part {
    const char* name;
    int color;
    size_t offset;
} dram_energy_part;

static const dram_energy_part dram_energy_parts[] = {
    {"activate", 2, offsetof(og_dram_energy, activate)},
    {"precharge", 6, offsetof(og_dram_energy, precharge)},
    {"read", 0, offsetof(og_dram_energy, read)},
    {"write", 1, offsetof(og_dram_energy, write)},
    {"refresh", 3, offsetof(og_dram_energy, refresh)},
    {"standby, row open", 5, offsetof(og_dram_energy, background_active)},
    {"standby, precharged", OG_SERIES_GREY, offsetof(og_dram_energy, background_precharged)},
    {"power-down", 4, offsetof(og_dram_energy, power_down)},
    {"self-refresh", 7, offsetof(og_dram_energy, self_refresh)},
};
enum { DRAM_ENERGY_PARTS = sizeof dram_energy_parts / sizeof *dram_energy_parts };

static double dram_energy_of(const og_dram_run* run, int part) {
    double value = 0;
    memcpy(&value, (const char*)&run->result->energy + dram_energy_parts[part].offset,
           sizeof value);
    return value;
}

static double dram_energy_bits(const og_dram_run* run) {
    return 8.0 * og_dram_device_burst_bytes(run->device) *
           (double)(run->result->reads + run->result->writes);
}

void og_dram_energy_svg(og_arena* arena, const og_dram_run* runs, int count, og_buffer* out) {
    const char* names[DRAM_ENERGY_PARTS];
    int colors[DRAM_ENERGY_PARTS];
    for (int p = 0; p < DRAM_ENERGY_PARTS; p++) {
        bool present = false;
        for (int i = 0; i < count; i++) {
            present = present || dram_energy_of(&runs[i], p) != 0;
        }
        names[p] = present ? dram_energy_parts[p].name : "";
        colors[p] = dram_energy_parts[p].color;
    }
    og_svg_bar* bars = OG_NEW(arena, og_svg_bar, count);
    for (int i = 0; i < count; i++) {
        double* parts = OG_NEW(arena, double, DRAM_ENERGY_PARTS);
        for (int p = 0; p < DRAM_ENERGY_PARTS; p++) {
            parts[p] = dram_energy_of(&runs[i], p) / dram_energy_bits(&runs[i]);
        }
        const og_dram_result* result = runs[i].result;
        bars[i] = (og_svg_bar){
            .name = runs[i].name,
            .parts = parts,
            .mark = NAN,
            .note = og_text_format(
                arena, "%s pJ/bit, %s \xC2\xB5J, %s mW",
                og_svg_number(arena, result->energy.total / dram_energy_bits(&runs[i])),
                og_svg_number(arena, result->energy.total / 1e6),
                og_svg_number(arena, result->power_mw))};
    }
    og_svg_bars_draw(&(og_svg_bars){.title = og_text_format(arena, "What the energy went into: %s",
                                                            runs[0].device->name),
                                    .label = "energy for each bit moved (pJ)",
                                    .part_names = names,
                                    .part_colors = colors,
                                    .part_count = DRAM_ENERGY_PARTS,
                                    .bars = bars,
                                    .bar_count = count},
                     out);
}

void og_dram_energy_csv(og_arena* arena, const og_dram_run* runs, int count, og_buffer* out) {
    (void)arena;
    og_buffer_print(out, "workload,part,energy_pj,pj_per_bit,share\n");
    for (int i = 0; i < count; i++) {
        for (int p = 0; p < DRAM_ENERGY_PARTS; p++) {
            const double energy = dram_energy_of(&runs[i], p);
            og_csv_cell(runs[i].name, out);
            og_buffer_add(out, ",", 1);
            og_csv_cell(dram_energy_parts[p].name, out);
            const double values[] = {energy, energy / dram_energy_bits(&runs[i]),
                                     energy / runs[i].result->energy.total};
            for (int k = 0; k < 3; k++) {
                og_buffer_add(out, ",", 1);
                og_csv_number(values[k], out);
            }
            og_buffer_add(out, "\n", 1);
        }
    }
}
