// Values in bins: one for each different value, or quantiles where there are too many.

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "learn/target.h"
#include "learn/tree.h"

// Part of the possible values of a column in (low, high].
static double binned_share(const og_column* column, double low, double high) {
    if (column->kind == OG_COLUMN_REAL) {
        return fmax(fmin(high, 1) - fmax(low, 0), 0);
    }
    // the levels are the integers above low and not above high
    const double first = fmax(floor(low) + 1, 0);
    const double last = fmin(floor(high), column->levels - 1);
    return fmax(last - first + 1, 0) / column->levels;
}

static void binned_choice(og_arena* arena, const og_column* column, const double* rows, int width,
                          int count, og_bins* bins, uint8_t* codes) {
    assert(column->levels <= OG_BINS);
    bins->count = column->levels;
    bins->shares = OG_NEW(arena, double, bins->count);
    for (int b = 0; b < bins->count; b++) {
        bins->shares[b] = 1.0 / bins->count;
    }
    for (int i = 0; i < count; i++) {
        assert(rows[(long)i * width] >= 0 && rows[(long)i * width] < column->levels);
        codes[i] = (uint8_t)rows[(long)i * width];
    }
}

// Edges between `count` ascending values, at most OG_BINS - 1 of them: half-way between different
// neighbours, and where there are more, only where a share of the rows is full.
static int binned_edges(const double* values, const int* order, int count, double* edges) {
    int different = 1;
    for (int i = 1; i < count; i++) {
        different += values[order[i]] > values[order[i - 1]];
    }
    int edge_count = 0;
    for (int i = 1; i < count; i++) {
        const double low = values[order[i - 1]];
        const double high = values[order[i]];
        const bool full =
            different <= OG_BINS || (double)i * (OG_BINS - 1) >= (double)(edge_count + 1) * count;
        if (high > low && full && edge_count < OG_BINS - 1) {
            edges[edge_count++] = low + 0.5 * (high - low);
        }
    }
    return edge_count;
}

static void binned_numeric(og_arena* arena, const og_column* column, const double* rows, int width,
                           int count, og_bins* bins, uint8_t* codes) {
    bins->edges = OG_NEW(arena, double, OG_BINS);
    bins->shares = OG_NEW(arena, double, OG_BINS);
    const og_arena_mark mark = og_arena_here(arena);
    double* values = OG_NEW(arena, double, count);
    int* order = OG_NEW(arena, int, count);
    for (int i = 0; i < count; i++) {
        values[i] = rows[(long)i * width];
        assert(isfinite(values[i]));
    }
    og_target_order(values, count, order);
    bins->count = 1 + binned_edges(values, order, count, bins->edges);
    int bin = 0;
    for (int i = 0; i < count; i++) {
        while (bin < bins->count - 1 && values[order[i]] > bins->edges[bin]) {
            bin++;
        }
        codes[order[i]] = (uint8_t)bin;
    }
    for (int b = 0; b < bins->count; b++) {
        const double low = b > 0 ? bins->edges[b - 1] : -1;
        const double high = b < bins->count - 1 ? bins->edges[b] : INFINITY;
        bins->shares[b] = binned_share(column, low, high);
    }
    og_arena_rewind(arena, mark);
}

og_binned og_binned_make(og_arena* arena, const og_column* columns, int width, const double* rows,
                         int count) {
    assert(width >= 1 && count >= 1);
    og_column* copy = OG_NEW(arena, og_column, width);
    memcpy(copy, columns, sizeof *copy * (size_t)width);
    og_binned made = {.columns = copy, .width = width, .count = count};
    made.bins = OG_NEW(arena, og_bins, width);
    made.codes = OG_NEW(arena, uint8_t, (size_t)width * (size_t)count);
    for (int c = 0; c < width; c++) {
        uint8_t* codes = made.codes + (long)c * count;
        if (columns[c].kind == OG_COLUMN_CHOICE) {
            binned_choice(arena, &copy[c], rows + c, width, count, &made.bins[c], codes);
        } else {
            binned_numeric(arena, &copy[c], rows + c, width, count, &made.bins[c], codes);
        }
    }
    return made;
}
