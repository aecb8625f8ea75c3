// Critical-difference diagrams: an axis of mean ranks, names on both sides, bars over those that do
// not differ.

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/report.h"
#include "report/svg_sheet.h"

enum {
    RANK_DIAGRAM_WIDTH = 760,
    RANK_DIAGRAM_LEFT = 200,
    RANK_DIAGRAM_RIGHT = 560,
    RANK_DIAGRAM_AXIS = 76,
    RANK_DIAGRAM_ROW = 22,
    RANK_DIAGRAM_BAR = 9,
};

typedef struct rank_diagram_entry {
    double rank;
    const char* name;
    int index;
} rank_diagram_entry;

static int rank_diagram_order(const void* a, const void* b) {
    const rank_diagram_entry* x = a;
    const rank_diagram_entry* y = b;
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    return x->index - y->index;
}

static double rank_diagram_x(double rank, int count) {
    const double width = RANK_DIAGRAM_RIGHT - RANK_DIAGRAM_LEFT;
    return RANK_DIAGRAM_LEFT + (rank - 1) / (count - 1) * width;
}

static void rank_diagram_line(og_buffer* out, const char* kind, double x1, double y1, double x2,
                              double y2) {
    og_buffer_print(out, "<path class='%s' d='M%.1f %.1fL%.1f %.1f'/>\n", kind, x1, y1, x2, y2);
}

static void rank_diagram_axis(int count, double difference, og_buffer* out) {
    const double axis = RANK_DIAGRAM_AXIS;
    rank_diagram_line(out, "frame", RANK_DIAGRAM_LEFT, axis, RANK_DIAGRAM_RIGHT, axis);
    const int stride = (count + 15) / 16;
    for (int i = 1; i <= count; i += stride) {
        const double x = rank_diagram_x(i, count);
        rank_diagram_line(out, "frame", x, axis - 6, x, axis);
        og_buffer_print(out, "<text x='%.1f' y='%.1f' text-anchor='middle'>%d</text>\n", x,
                        axis - 11, i);
    }
    const double end = rank_diagram_x(1 + difference, count);
    rank_diagram_line(out, "s1 heavy", RANK_DIAGRAM_LEFT, 40, end, 40);
    og_buffer_print(out, "<text x='%.1f' y='44'>critical difference %.3g</text>\n", end + 8,
                    difference);
}

// Bars over runs of agents within the critical difference that no longer run holds. Returns how
// many rows they take.
static int rank_diagram_bars(const rank_diagram_entry* entries, int count, double difference,
                             og_buffer* out) {
    int rows = 0;
    int covered = 0;
    for (int i = 0; i < count; i++) {
        int last = i;
        while (last + 1 < count && entries[last + 1].rank - entries[i].rank <= difference) {
            last++;
        }
        if (last > i && last > covered) {
            const double y = RANK_DIAGRAM_AXIS + RANK_DIAGRAM_BAR * (rows + 1);
            rank_diagram_line(out, "s1 heavy", rank_diagram_x(entries[i].rank, count) - 3, y,
                              rank_diagram_x(entries[last].rank, count) + 3, y);
            covered = last;
            rows++;
        }
    }
    return rows;
}

// The better half to the left, best on top; the worse half to the right, worst on top.
static void rank_diagram_name(const rank_diagram_entry* entry, int place, int count, double top,
                              og_buffer* out) {
    const bool left = place < (count + 1) / 2;
    const double y = top + RANK_DIAGRAM_ROW * (left ? place : count - 1 - place);
    const double x = rank_diagram_x(entry->rank, count);
    const double side = left ? RANK_DIAGRAM_LEFT - 12 : RANK_DIAGRAM_RIGHT + 12;
    og_buffer_print(out, "<path class='frame' d='M%.1f %.1fV%.1fH%.1f'/>\n", x,
                    (double)RANK_DIAGRAM_AXIS, y, side);
    og_buffer_print(out, "<text x='%.1f' y='%.1f' text-anchor='%s'>", side + (left ? -6 : 6), y + 4,
                    left ? "end" : "start");
    og_svg_text(entry->name, out);
    og_buffer_print(out, " (%.2f)</text>\n", entry->rank);
}

void og_report_compare_ranks_svg(og_arena* arena, const og_compare_result* result, og_buffer* out) {
    const int count = result->plan->agent_count;
    assert(count >= 2);
    rank_diagram_entry* entries = OG_NEW(arena, rank_diagram_entry, count);
    for (int i = 0; i < count; i++) {
        entries[i] = (rank_diagram_entry){result->mean_ranks[i], result->plan->agents[i].label, i};
    }
    qsort(entries, (size_t)count, sizeof *entries, rank_diagram_order);
    og_buffer body = {.arena = arena};
    rank_diagram_axis(count, result->critical_difference, &body);
    const int rows = rank_diagram_bars(entries, count, result->critical_difference, &body);
    const double top = RANK_DIAGRAM_AXIS + RANK_DIAGRAM_BAR * (rows + 1) + RANK_DIAGRAM_ROW;
    for (int i = 0; i < count; i++) {
        rank_diagram_name(&entries[i], i, count, top, &body);
    }
    const int height = (int)top + RANK_DIAGRAM_ROW * ((count + 1) / 2) + 12;
    og_svg_begin(RANK_DIAGRAM_WIDTH, height, RANK_DIAGRAM_LEFT,
                 og_text_format(arena, "Mean ranks over %d %s (1 = best)", result->blocks,
                                result->plan->rank_by_run ? "runs" : "environments"),
                 out);
    og_buffer_add(out, body.data, body.length);
    og_svg_end(out);
}
