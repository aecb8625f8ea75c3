// The picture of a timeline: a row a bank, below them the data buses of each channel.

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ogive/dram_picture.h"
#include "report/svg_sheet.h"

enum {
    DRAM_TIMELINE_SVG_ROWS = 96,  // most banks drawn
    DRAM_TIMELINE_SVG_ROW = 20,
    DRAM_TIMELINE_SVG_BAR = 16,
    DRAM_TIMELINE_SVG_TOP = 96,
    DRAM_TIMELINE_SVG_GAP = 10,      // before the data buses, and before the requests that wait
    DRAM_TIMELINE_SVG_WAITING = 44,  // height of these
    DRAM_TIMELINE_SVG_LEAST = 880,
    DRAM_TIMELINE_SVG_MOST = 2600,
};

static const char dram_timeline_svg_waiting[] = "requests waiting";
static const double dram_timeline_svg_pitch = 2.6;  // wanted pixels of a cycle

typedef struct dram_timeline_svg_style {
    const char* color;
    const char* label;  // on the bar, when there is room
    const char* name;   // in the legend
} dram_timeline_svg_style;

static const dram_timeline_svg_style dram_timeline_svg_styles[OG_DRAM_SPANS] = {
    {"#dcefe7", "", "row open"},           {"#009e73", "ACT", "activate (tRCD)"},
    {"#8a8a8a", "PRE", "precharge (tRP)"}, {"#0072b2", "RD", "read command"},
    {"#d55e00", "WR", "write command"},    {"#cc79a7", "REF", "refresh (tRFC)"},
    {"#e5c35c", "", "power-down"},         {"#56b4e9", "", "read data"},
    {"#e69f00", "", "write data"},
};

typedef struct dram_timeline_svg_view {
    const og_dram_timeline* timeline;
    og_buffer* out;
    og_svg_axis axis;  // ns
    double left, right, top, bottom;
    int* rows;   // of banks and, behind them, data buses: place from the top, -1 = not drawn
    int banks;   // of all channels and ranks
    int buses;   // of all channels
    int shown;   // rows of banks drawn
    int hidden;  // banks with commands that are not drawn
} dram_timeline_svg_view;

static int dram_timeline_svg_bank(const og_dram_timeline* timeline, const og_dram_span* span) {
    const og_dram_organisation* o = &timeline->device->organisation;
    const int channel = span->channel > 0 ? span->channel : 0;
    const int inside = span->bank_group * (o->banks / o->bank_groups) + span->bank;
    return (channel * o->ranks + span->rank) * o->banks + inside;
}

static int dram_timeline_svg_bus(const og_dram_timeline* timeline, const og_dram_span* span) {
    const og_dram_organisation* o = &timeline->device->organisation;
    const int channel = span->channel > 0 ? span->channel : 0;
    return o->rank_data_bus ? channel * o->ranks + span->rank : channel;
}

static bool dram_timeline_svg_is_data(const og_dram_span* span) {
    return span->kind == OG_DRAM_SPAN_READ_DATA || span->kind == OG_DRAM_SPAN_WRITE_DATA;
}

// Rows from the top: all banks where they fit, else those with a command, as many as fit.
static void dram_timeline_svg_place(dram_timeline_svg_view* view) {
    const og_dram_timeline* timeline = view->timeline;
    const og_dram_organisation* o = &timeline->device->organisation;
    view->banks = o->channels * o->ranks * o->banks;
    view->buses = o->channels * (o->rank_data_bus ? o->ranks : 1);
    view->rows = OG_NEW(view->out->arena, int, view->banks + view->buses);
    bool* used = OG_NEW(view->out->arena, bool, view->banks);
    const bool all = view->banks <= 32;
    for (int i = 0; i < timeline->count; i++) {
        const og_dram_span* span = &timeline->spans[i];
        if (span->bank >= 0 && !dram_timeline_svg_is_data(span)) {
            used[dram_timeline_svg_bank(timeline, span)] = true;
        }
    }
    for (int i = 0; i < view->banks; i++) {
        const bool fits = view->shown < DRAM_TIMELINE_SVG_ROWS;
        view->hidden += used[i] && !fits;
        view->rows[i] = (all || used[i]) && fits ? view->shown++ : -1;
    }
}

static const char* dram_timeline_svg_bank_name(const dram_timeline_svg_view* view, int bank) {
    const og_dram_organisation* o = &view->timeline->device->organisation;
    const int inside = bank % o->banks;
    const int rank = bank / o->banks;
    og_buffer text = {.arena = view->out->arena};
    if (o->channels > 1) {
        og_buffer_print(&text, "channel %d ", rank / o->ranks);
    }
    if (o->ranks > 1) {
        og_buffer_print(&text, "rank %d ", rank % o->ranks);
    }
    if (o->bank_groups > 1) {
        og_buffer_print(&text, "group %d ", inside / (o->banks / o->bank_groups));
    }
    og_buffer_print(&text, "bank %d", inside % (o->banks / o->bank_groups));
    return text.data;
}

static const char* dram_timeline_svg_bus_name(const dram_timeline_svg_view* view, int bus) {
    const og_dram_organisation* o = &view->timeline->device->organisation;
    const int ranks = o->rank_data_bus ? o->ranks : 1;
    og_buffer text = {.arena = view->out->arena};
    if (o->channels > 1) {
        og_buffer_print(&text, "channel %d ", bus / ranks);
    }
    if (ranks > 1) {
        og_buffer_print(&text, "rank %d ", bus % ranks);
    }
    og_buffer_print(&text, "data bus");
    return text.data;
}

static double dram_timeline_svg_ns(const dram_timeline_svg_view* view, int64_t cycle) {
    return (double)cycle * view->timeline->device->timing.clock_ps / 1000;
}

static void dram_timeline_svg_layout(dram_timeline_svg_view* view) {
    const og_dram_timeline* timeline = view->timeline;
    double names = 0;
    for (int i = 0; i < view->banks + view->buses; i++) {
        const char* name = i < view->banks ? dram_timeline_svg_bank_name(view, i)
                                           : dram_timeline_svg_bus_name(view, i - view->banks);
        names = fmax(names, og_svg_width(name));
    }
    const bool waiting = timeline->waiting_count > 0;
    names = waiting ? fmax(names, og_svg_width(dram_timeline_svg_waiting) + 8) : names;
    const double cycles = (double)(timeline->to - timeline->from);
    view->left = 24 + names;
    view->right = view->left + fmin(fmax(cycles * dram_timeline_svg_pitch, DRAM_TIMELINE_SVG_LEAST),
                                    DRAM_TIMELINE_SVG_MOST);
    view->top = DRAM_TIMELINE_SVG_TOP;
    view->bottom = view->top + (view->shown + view->buses) * DRAM_TIMELINE_SVG_ROW +
                   DRAM_TIMELINE_SVG_GAP + 6 +
                   (waiting ? DRAM_TIMELINE_SVG_GAP + DRAM_TIMELINE_SVG_WAITING : 0);
    const double low = dram_timeline_svg_ns(view, timeline->from);
    const double high = dram_timeline_svg_ns(view, timeline->to);
    view->axis = og_svg_axis_make(low, high, false, (int)((view->right - view->left) / 100));
    view->axis.low = low;
    view->axis.high = high;
    view->axis.from = view->left;
    view->axis.to = view->right;
    int kept = 0;
    for (int i = 0; i < view->axis.tick_count; i++) {
        if (view->axis.ticks[i] >= low && view->axis.ticks[i] <= high) {
            view->axis.ticks[kept] = view->axis.ticks[i];
            memmove(view->axis.texts[kept++], view->axis.texts[i], OG_SVG_TICK_TEXT);
        }
    }
    view->axis.tick_count = kept;
}

static double dram_timeline_svg_row(const dram_timeline_svg_view* view, int row) {
    return view->top + 3 + row * DRAM_TIMELINE_SVG_ROW +
           (row >= view->shown ? DRAM_TIMELINE_SVG_GAP : 0);
}

// cycles above, nanoseconds below
static void dram_timeline_svg_draw_axes(const dram_timeline_svg_view* view) {
    og_svg_axis_below(&view->axis, view->top, view->bottom, "time (ns)", view->out);
    for (int i = 0; i < view->axis.tick_count; i++) {
        const double x = og_svg_axis_at(&view->axis, view->axis.ticks[i]);
        const double cycle = view->axis.ticks[i] * 1000 / view->timeline->device->timing.clock_ps;
        og_svg_write("small faint", x, view->top - 6, OG_SVG_MIDDLE,
                     og_svg_number(view->out->arena, round(cycle)), view->out);
    }
    og_svg_write("small faint", view->left - 34, view->top - 6, OG_SVG_END, "cycle", view->out);
}

static const char* dram_timeline_svg_tip(const dram_timeline_svg_view* view,
                                         const og_dram_span* span) {
    og_buffer text = {.arena = view->out->arena};
    og_buffer_print(&text, "%s (%s), cycles %" PRId64 " to %" PRId64,
                    dram_timeline_svg_styles[span->kind].name, og_dram_command_names[span->command],
                    span->begin, span->end);
    if (span->row >= 0) {
        og_buffer_print(&text, ", row %d", span->row);
    }
    if (span->column >= 0) {
        og_buffer_print(&text, ", column %d", span->column);
    }
    if (span->request >= 0) {
        og_buffer_print(&text, ", request %" PRId64, span->request);
    }
    return text.data;
}

// where a text of `width` pixels from `x` on is free of the column commands of an open row
static double dram_timeline_svg_free(const dram_timeline_svg_view* view, const og_dram_span* open,
                                     double x, double width) {
    for (int i = 0; i < view->timeline->count; i++) {
        const og_dram_span* span = &view->timeline->spans[i];
        const bool column = span->kind == OG_DRAM_SPAN_READ || span->kind == OG_DRAM_SPAN_WRITE;
        if (column && span->begin >= open->begin && span->begin < open->end &&
            dram_timeline_svg_bank(view->timeline, span) ==
                dram_timeline_svg_bank(view->timeline, open)) {
            const double from =
                og_svg_axis_at(&view->axis, dram_timeline_svg_ns(view, span->begin));
            const double to = og_svg_axis_at(&view->axis, dram_timeline_svg_ns(view, span->end));
            x = from - 3 < x + width && to + 3 > x ? to + 3 : x;
        }
    }
    return x;
}

// the number of an open row, behind the activate
static void dram_timeline_svg_draw_row_number(const dram_timeline_svg_view* view,
                                              const og_dram_span* span, double from, double end,
                                              double y) {
    const og_dram_timing* t = &view->timeline->device->timing;
    const int64_t taken = t->command_cycles_activate - 1 + t->activate_to_column;
    const double behind =
        og_svg_axis_at(&view->axis, dram_timeline_svg_ns(view, span->begin + taken)) + 3;
    const char* label = og_text_format(view->out->arena, "row %d", span->row);
    const double width = og_svg_width(label);
    const double x = dram_timeline_svg_free(view, span, fmax(behind, from + 3), width);
    if (x + width < end) {
        og_svg_write("small faint", x, y + 12, OG_SVG_START, label, view->out);
    }
}

// the command, or its first letter where there is less room
static void dram_timeline_svg_draw_label(const dram_timeline_svg_view* view,
                                         const og_dram_span* span, double x, double width,
                                         double y) {
    og_arena* arena = view->out->arena;
    const char* label = dram_timeline_svg_styles[span->kind].label;
    const bool column = span->kind == OG_DRAM_SPAN_READ || span->kind == OG_DRAM_SPAN_WRITE;
    if (column && (span->command == OG_DRAM_RDA || span->command == OG_DRAM_WRA)) {
        label = og_text_format(arena, "%sA", label);
    }
    const char* first = og_text_format(arena, "%.1s", label);
    const double room = width - 3;
    const char* text = og_svg_width(label) <= room   ? label
                       : og_svg_width(first) <= room ? first
                                                     : "";
    if (text[0]) {
        og_svg_write("small white", x + width / 2, y + 12, OG_SVG_MIDDLE, text, view->out);
    }
}

static void dram_timeline_svg_draw_bar(const dram_timeline_svg_view* view, const og_dram_span* span,
                                       int row) {
    const double from = fmax(dram_timeline_svg_ns(view, span->begin), view->axis.low);
    const double to = fmin(dram_timeline_svg_ns(view, span->end), view->axis.high);
    const double x = og_svg_axis_at(&view->axis, from);
    const double width = fmax(og_svg_axis_at(&view->axis, to) - x - 0.3, 1.4);
    const double y = dram_timeline_svg_row(view, row);
    // a rank may be down while rows stay open: a strip below them
    const double cut = span->kind == OG_DRAM_SPAN_POWER_DOWN ? DRAM_TIMELINE_SVG_BAR - 4 : 0;
    const char* color = dram_timeline_svg_styles[span->kind].color;
    og_svg_rectangle("", color, x, y + cut, width, DRAM_TIMELINE_SVG_BAR - cut,
                     dram_timeline_svg_tip(view, span), view->out);
    if (span->kind == OG_DRAM_SPAN_OPEN) {
        dram_timeline_svg_draw_row_number(view, span, x, x + width, y);
    } else {
        dram_timeline_svg_draw_label(view, span, x, width, y);
    }
}

// a span of a rank stands in the rows of all its banks
static void dram_timeline_svg_draw_span(const dram_timeline_svg_view* view,
                                        const og_dram_span* span) {
    const int banks = view->timeline->device->organisation.banks;
    if (dram_timeline_svg_is_data(span)) {
        dram_timeline_svg_draw_bar(view, span,
                                   view->shown + dram_timeline_svg_bus(view->timeline, span));
        return;
    }
    og_dram_span own = *span;
    const bool whole = span->bank < 0;
    own.bank_group = whole ? 0 : span->bank_group;
    own.bank = whole ? 0 : span->bank;
    const int first = dram_timeline_svg_bank(view->timeline, &own);
    for (int i = 0; i < (whole ? banks : 1); i++) {
        if (view->rows[first + i] >= 0) {
            dram_timeline_svg_draw_bar(view, span, view->rows[first + i]);
        }
    }
}

static void dram_timeline_svg_draw_spans(const dram_timeline_svg_view* view) {
    // states of ranks and rows first, commands on top
    static const og_dram_span_kind layers[] = {
        OG_DRAM_SPAN_OPEN,    OG_DRAM_SPAN_POWER_DOWN, OG_DRAM_SPAN_PRECHARGE,
        OG_DRAM_SPAN_REFRESH, OG_DRAM_SPAN_ACTIVATE,   OG_DRAM_SPAN_READ,
        OG_DRAM_SPAN_WRITE,   OG_DRAM_SPAN_READ_DATA,  OG_DRAM_SPAN_WRITE_DATA};
    for (size_t layer = 0; layer < sizeof layers / sizeof *layers; layer++) {
        for (int i = 0; i < view->timeline->count; i++) {
            if (view->timeline->spans[i].kind == layers[layer]) {
                dram_timeline_svg_draw_span(view, &view->timeline->spans[i]);
            }
        }
    }
}

static void dram_timeline_svg_draw_names(const dram_timeline_svg_view* view) {
    for (int i = 0; i < view->banks; i++) {
        if (view->rows[i] >= 0) {
            og_svg_write("", view->left - 8, dram_timeline_svg_row(view, view->rows[i]) + 12,
                         OG_SVG_END, dram_timeline_svg_bank_name(view, i), view->out);
        }
    }
    for (int i = 0; i < view->buses; i++) {
        og_svg_write("strong", view->left - 8, dram_timeline_svg_row(view, view->shown + i) + 12,
                     OG_SVG_END, dram_timeline_svg_bus_name(view, i), view->out);
    }
}

// an area as high as there are requests that have arrived and not got their command
static void dram_timeline_svg_draw_waiting(const dram_timeline_svg_view* view) {
    const og_dram_timeline* timeline = view->timeline;
    const double bottom = view->bottom - 3;
    int64_t most = 1;
    for (int i = 0; i < timeline->waiting_count; i++) {
        most = timeline->waiting[i].count > most ? timeline->waiting[i].count : most;
    }
    og_buffer_print(view->out, "<path fill='#d8c9e8' d='M%.1f %.1f", view->left, bottom);
    for (int i = 0; i < timeline->waiting_count; i++) {
        const double x = og_svg_axis_at(
            &view->axis,
            fmax(dram_timeline_svg_ns(view, timeline->waiting[i].begin), view->axis.low));
        og_buffer_print(view->out, "H%.1fV%.1f", x,
                        bottom - (double)timeline->waiting[i].count / (double)most *
                                     (DRAM_TIMELINE_SVG_WAITING - 4));
    }
    og_buffer_print(view->out, "H%.1fV%.1fz'/>\n", view->right, bottom);
    og_svg_write("strong", view->left - 8, bottom - 4, OG_SVG_END, dram_timeline_svg_waiting,
                 view->out);
    og_svg_write("small faint", view->left - 8, bottom - DRAM_TIMELINE_SVG_WAITING + 14, OG_SVG_END,
                 og_svg_number(view->out->arena, (double)most), view->out);
}

static void dram_timeline_svg_draw_legend(const dram_timeline_svg_view* view) {
    bool present[OG_DRAM_SPANS] = {false};
    for (int i = 0; i < view->timeline->count; i++) {
        present[view->timeline->spans[i].kind] = true;
    }
    double x = 12;
    for (int kind = 0; kind < OG_DRAM_SPANS; kind++) {
        if (present[kind]) {
            const dram_timeline_svg_style* style = &dram_timeline_svg_styles[kind];
            og_svg_rectangle("", style->color, x, 56, 12, 12, NULL, view->out);
            og_svg_write("", x + 16, 66, OG_SVG_START, style->name, view->out);
            x += 28 + og_svg_width(style->name);
        }
    }
}

// share of the cycles shown in which data buses are in use, percent
static double dram_timeline_svg_use(const dram_timeline_svg_view* view) {
    const og_dram_timeline* timeline = view->timeline;
    int64_t busy = 0;
    for (int i = 0; i < timeline->count; i++) {
        const og_dram_span* span = &timeline->spans[i];
        if (dram_timeline_svg_is_data(span)) {
            const int64_t begin = span->begin > timeline->from ? span->begin : timeline->from;
            const int64_t end = span->end < timeline->to ? span->end : timeline->to;
            busy += end - begin;
        }
    }
    return 100 * (double)busy / (double)(timeline->to - timeline->from) / view->buses;
}

static const char* dram_timeline_svg_subtitle(const dram_timeline_svg_view* view) {
    const og_dram_timeline* timeline = view->timeline;
    og_arena* arena = view->out->arena;
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "%s to %s ns, %s commands; data bus in use %.1f %% of this time",
                    og_svg_number(arena, view->axis.low), og_svg_number(arena, view->axis.high),
                    og_svg_number(arena, (double)timeline->commands), dram_timeline_svg_use(view));
    if (timeline->cut) {
        og_buffer_print(&text, "; ends where %d commands are drawn", OG_DRAM_TIMELINE_COMMANDS);
    }
    if (view->hidden > 0) {
        og_buffer_print(&text, "; %d more banks with commands are not drawn", view->hidden);
    }
    return text.data;
}

void og_dram_timeline_svg(const og_dram_timeline* timeline, const char* title, og_buffer* out) {
    dram_timeline_svg_view view = {.timeline = timeline, .out = out};
    dram_timeline_svg_place(&view);
    dram_timeline_svg_layout(&view);
    og_svg_begin(view.right + 24, view.bottom + 54, 12, title, out);
    og_svg_subtitle(12, dram_timeline_svg_subtitle(&view), out);
    dram_timeline_svg_draw_legend(&view);
    dram_timeline_svg_draw_axes(&view);
    dram_timeline_svg_draw_spans(&view);
    if (timeline->waiting_count > 0) {
        dram_timeline_svg_draw_waiting(&view);
    }
    og_svg_rectangle("frame", NULL, view.left, view.top, view.right - view.left,
                     view.bottom - view.top, NULL, out);
    dram_timeline_svg_draw_names(&view);
    og_svg_end(out);
}
