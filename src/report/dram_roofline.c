// How near workloads come to the bandwidth there is, and what keeps them from it.

#include <math.h>

#include "ogive/dram_picture.h"
#include "ogive/report.h"
#include "report/csv.h"
#include "report/svg_sheet.h"

enum {
    DRAM_ROOFLINE_WIDTH = 880,
    DRAM_ROOFLINE_TOP = 58,
    DRAM_ROOFLINE_FIELD = 330,  // height of the roofline
    DRAM_ROOFLINE_GAP = 84,     // from there to the bars
    DRAM_ROOFLINE_ROW = 22,
    DRAM_ROOFLINE_NAMES = 170,  // most pixels of a name
    DRAM_ROOFLINE_PARTS = 3,
};

// one workload
typedef struct dram_roofline_point {
    const char* name;
    double peak, demand, achieved;       // Gb/s; demand INFINITY = all requests at once
    double use;                          // of the data buses
    double found[DRAM_ROOFLINE_PARTS];   // shares of requests: row hit, miss, conflict
    double waited[DRAM_ROOFLINE_PARTS];  // ns of a mean read: initiator, controller, device
} dram_roofline_point;

static const char* const dram_roofline_found[] = {"row hit", "row miss (bank closed)",
                                                  "row conflict (other row open)"};
static const char* const dram_roofline_waited[] = {
    "at the initiator", "queues, precharge, activate, refresh", "open row to data (RL + burst)"};
static const int dram_roofline_found_colors[] = {2, 4, 1};
static const int dram_roofline_waited_colors[] = {3, 0, 5};

static double dram_roofline_demand(const og_dram_run* run) {
    const double clock =
        run->trace->clock_ps > 0 ? run->trace->clock_ps : run->device->timing.clock_ps;
    int64_t last = 0;
    for (int64_t i = 0; i < run->trace->count; i++) {
        last = run->trace->requests[i].arrival > last ? run->trace->requests[i].arrival : last;
    }
    const double bits = 8.0 * og_dram_device_burst_bytes(run->device) * (double)run->trace->count;
    return last > 0 ? bits / ((double)last * clock / 1000) : INFINITY;
}

static dram_roofline_point dram_roofline_make(const og_dram_run* run) {
    const og_dram_organisation* o = &run->device->organisation;
    const og_dram_timing* t = &run->device->timing;
    const og_dram_result* r = run->result;
    const int buses = o->channels * (o->rank_data_bus ? o->ranks : 1);
    const int burst = og_dram_device_burst_cycles(run->device);
    const double ns = t->clock_ps / 1000;
    const double found = (double)(r->row_hits + r->row_misses + r->row_conflicts);
    const double least =
        (t->command_cycles_column - 1 + t->read_latency + t->read_strobe_delay + burst) * ns;
    dram_roofline_point point = {
        .name = run->name,
        .peak = buses * 8.0 * og_dram_device_burst_bytes(run->device) / (burst * ns),
        .demand = dram_roofline_demand(run),
        .achieved = r->bandwidth_gbps,
        .use = r->bus_utilisation,
        .found = {(double)r->row_hits / found, (double)r->row_misses / found,
                  (double)r->row_conflicts / found},
        .waited = {NAN, NAN, NAN}};
    if (r->reads > 0) {
        point.waited[0] = fmax(r->read_latency_average_ns - r->read_port_latency_average_ns, 0);
        point.waited[1] = fmax(r->read_port_latency_average_ns - least, 0);
        point.waited[2] = least;
    }
    return point;
}

static dram_roofline_point* dram_roofline_points(og_arena* arena, const og_dram_run* runs,
                                                 int count) {
    dram_roofline_point* points = OG_NEW(arena, dram_roofline_point, count);
    for (int i = 0; i < count; i++) {
        points[i] = dram_roofline_make(&runs[i]);
    }
    return points;
}

// a workload that sends all at once stands at the right edge
static double dram_roofline_x(const og_svg_axis* axis, const dram_roofline_point* point) {
    return isfinite(point->demand) ? og_svg_axis_at(axis, point->demand) : axis->to;
}

static void dram_roofline_axes(const dram_roofline_point* points, int count, og_svg_axis* x,
                               og_svg_axis* y) {
    double low = INFINITY;
    double high = points[0].peak * 1.3;
    double least = INFINITY;
    for (int i = 0; i < count; i++) {
        if (isfinite(points[i].demand)) {
            low = fmin(low, points[i].demand);
            high = fmax(high, points[i].demand * 1.1);
        }
        least = fmin(least, points[i].achieved);
    }
    low = fmin(isfinite(low) ? low / 1.3 : high / 20, high / 4);
    *x = og_svg_axis_make(low, high, true, 7);
    *y = og_svg_axis_make(fmin(least / 1.3, low), points[0].peak * 1.25, true, 6);
    x->from = 70;
    x->to = DRAM_ROOFLINE_WIDTH - 30;
    y->from = DRAM_ROOFLINE_TOP + DRAM_ROOFLINE_FIELD;
    y->to = DRAM_ROOFLINE_TOP;
}

static void dram_roofline_draw_roofs(const og_svg_axis* x, const og_svg_axis* y, double peak,
                                     og_buffer* out) {
    const double from = fmax(x->low, y->low);
    const double ridge = og_svg_axis_at(x, peak);
    const double roof = og_svg_axis_at(y, peak);
    og_buffer_print(out, "<path class='line s7' d='M%.1f %.1fL%.1f %.1fH%.1f'/>\n",
                    og_svg_axis_at(x, from), og_svg_axis_at(y, from), ridge, roof, x->to);
    og_svg_write("", x->to - 6, roof - 8, OG_SVG_END,
                 og_text_format(out->arena, "peak %s Gb/s", og_svg_number(out->arena, peak)), out);
    const double middle = (og_svg_axis_at(x, from) + ridge) / 2;
    const double height = (og_svg_axis_at(y, from) + roof) / 2;
    const double slope = (roof - og_svg_axis_at(y, from)) / (ridge - og_svg_axis_at(x, from));
    og_buffer_print(out,
                    "<text class='faint' text-anchor='middle' transform='translate(%.1f %.1f) "
                    "rotate(%.1f)'>all that is asked for</text>\n",
                    middle - 5, height - 8, atan(slope) * 180 / 3.14159265358979);
}

// Height of the name of point `index`: below the point, and below other names in its way. `heights`
// (list) holds those of the points before and receives this one.
static double dram_roofline_place(const double* at_x, double at_y, double* heights, int index) {
    double height = at_y + 18;
    for (int j = 0; j < index; j++) {
        if (fabs(at_x[j] - at_x[index]) < 100 && fabs(heights[j] - height) < 14) {
            height = heights[j] + 14;
            j = -1;
        }
    }
    heights[index] = height;
    return height;
}

static void dram_roofline_draw_points(const og_svg_axis* x, const og_svg_axis* y,
                                      const dram_roofline_point* points, int count,
                                      og_buffer* out) {
    double* at_x = OG_NEW(out->arena, double, count);
    double* heights = OG_NEW(out->arena, double, count);
    for (int i = 0; i < count; i++) {
        at_x[i] = dram_roofline_x(x, &points[i]);
        const double at_y = og_svg_axis_at(y, points[i].achieved);
        og_buffer_print(out, "<path class='line dotted sg' d='M%.1f %.1fV%.1f'/>\n", at_x[i], at_y,
                        og_svg_axis_at(y, fmin(points[i].peak, points[i].demand)));
        og_buffer_print(out, "<circle class='f%d' cx='%.1f' cy='%.1f' r='5'/>\n",
                        i % (OG_SERIES_COLORS - 1), at_x[i], at_y);
        const bool left = at_x[i] > x->to - 150;
        og_svg_write("", at_x[i] + (left ? -8 : 8), dram_roofline_place(at_x, at_y, heights, i),
                     left ? OG_SVG_END : OG_SVG_START,
                     og_text_format(out->arena, "%s%s", points[i].name,
                                    isfinite(points[i].demand) ? "" : " (all at once)"),
                     out);
    }
}

static void dram_roofline_draw_bar(const dram_roofline_point* point, double y, bool found,
                                   og_buffer* out) {
    const double left = 12 + DRAM_ROOFLINE_NAMES;
    const double right = DRAM_ROOFLINE_WIDTH - 110;
    const double* parts = found ? point->found : point->waited;
    const double whole = parts[0] + parts[1] + parts[2];
    double sum = 0;
    og_svg_write_within("", left - 8, y + 13, OG_SVG_END, DRAM_ROOFLINE_NAMES, point->name, out);
    for (int p = 0; p < DRAM_ROOFLINE_PARTS && isfinite(whole); p++) {
        const int color = (found ? dram_roofline_found_colors : dram_roofline_waited_colors)[p];
        const char* name = (found ? dram_roofline_found : dram_roofline_waited)[p];
        og_svg_rectangle(
            og_text_format(out->arena, "f%d", color), NULL, left + (right - left) * sum / whole, y,
            (right - left) * parts[p] / whole, DRAM_ROOFLINE_ROW - 6,
            og_text_format(
                out->arena, "%s: %.1f %%%s", name, 100 * parts[p] / whole,
                found ? ""
                      : og_text_format(out->arena, ", %s ns", og_svg_number(out->arena, parts[p]))),
            out);
        sum += parts[p];
    }
    const char* note = !isfinite(whole) ? (found ? "-" : "no reads")
                       : found
                           ? og_text_format(out->arena, "%.1f %% hits", 100 * parts[0])
                           : og_text_format(out->arena, "%s ns", og_svg_number(out->arena, whole));
    og_svg_write("", right + 8, y + 13, OG_SVG_START, note, out);
}

// one group of bars: what each is made of, as shares
static void dram_roofline_draw_bars(const dram_roofline_point* points, int count, double top,
                                    bool found, og_buffer* out) {
    const double left = 12 + DRAM_ROOFLINE_NAMES;
    const char* const* names = found ? dram_roofline_found : dram_roofline_waited;
    const int* colors = found ? dram_roofline_found_colors : dram_roofline_waited_colors;
    og_svg_write("strong", 12, top, OG_SVG_START,
                 found ? "What requests found" : "What a mean read waited for", out);
    double x = left + 20;
    for (int p = 0; p < DRAM_ROOFLINE_PARTS; p++) {
        og_svg_rectangle(og_text_format(out->arena, "f%d", colors[p]), NULL, x, top - 10, 12, 12,
                         NULL, out);
        og_svg_write("", x + 16, top, OG_SVG_START, names[p], out);
        x += 34 + og_svg_width(names[p]);
    }
    for (int i = 0; i < count; i++) {
        dram_roofline_draw_bar(&points[i], top + 10 + i * DRAM_ROOFLINE_ROW, found, out);
    }
}

void og_dram_roofline_svg(og_arena* arena, const og_dram_run* runs, int count, og_buffer* out) {
    const dram_roofline_point* points = dram_roofline_points(arena, runs, count);
    og_svg_axis x;
    og_svg_axis y;
    dram_roofline_axes(points, count, &x, &y);
    const double bars = DRAM_ROOFLINE_TOP + DRAM_ROOFLINE_FIELD + DRAM_ROOFLINE_GAP;
    const double pitch = count * DRAM_ROOFLINE_ROW + 44;
    og_svg_begin(DRAM_ROOFLINE_WIDTH, bars + 2 * pitch, 12,
                 og_text_format(arena, "Bandwidth of workloads: %s", runs[0].device->name), out);
    og_svg_subtitle(12,
                    "Dotted: what a workload misses of the nearer roof, its own demand or the "
                    "peak of the data buses",
                    out);
    og_svg_axis_below(&x, y.to, y.from, "bandwidth demanded (Gb/s)", out);
    og_svg_axis_beside(&y, x.from, x.to, "bandwidth achieved (Gb/s)", out);
    dram_roofline_draw_roofs(&x, &y, points[0].peak, out);
    dram_roofline_draw_points(&x, &y, points, count, out);
    og_svg_rectangle("frame", NULL, x.from, y.to, x.to - x.from, y.from - y.to, NULL, out);
    dram_roofline_draw_bars(points, count, bars, true, out);
    dram_roofline_draw_bars(points, count, bars + pitch, false, out);
    og_svg_end(out);
}

void og_dram_roofline_csv(og_arena* arena, const og_dram_run* runs, int count, og_buffer* out) {
    const dram_roofline_point* points = dram_roofline_points(arena, runs, count);
    og_buffer_print(out,
                    "workload,peak_gbps,demand_gbps,bandwidth_gbps,bus_utilisation,row_hits,"
                    "row_misses,row_conflicts,initiator_ns,controller_ns,device_ns\n");
    for (int i = 0; i < count; i++) {
        const dram_roofline_point* p = &points[i];
        const double values[] = {p->peak,      p->demand,   p->achieved, p->use,
                                 p->found[0],  p->found[1], p->found[2], p->waited[0],
                                 p->waited[1], p->waited[2]};
        og_csv_cell(p->name, out);
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            og_buffer_add(out, ",", 1);
            og_csv_number(values[k], out);
        }
        og_buffer_add(out, "\n", 1);
    }
}
