// Effects: what the values of one parameter, and of two together, are worth.

#include <math.h>

#include "analysis/analysis.h"

static bool effect_counts(const og_analysis* analysis, const og_quantity* quantity, int64_t trial) {
    return og_analysis_accepted(&analysis->trials[trial]) && isfinite(quantity->values[trial]);
}

// Mean and deviation of a level are updated by each value in turn (Welford 1962).
static void effect_add(const og_quantity* quantity, int64_t trial, og_level* level) {
    const double value = quantity->values[trial];
    const bool first = level->count++ == 0;
    const double off = first ? value : value - level->mean;
    level->mean = first ? value : level->mean + off / (double)level->count;
    level->deviation = first ? 0 : level->deviation + off * (value - level->mean);
    level->least = first ? value : fmin(level->least, value);
    level->most = first ? value : fmax(level->most, value);
    if (first || og_quantity_better(quantity, value, quantity->values[level->best])) {
        level->best = trial;
    }
}

static og_effect effect_tabulate(const og_analysis* analysis, og_arena* arena,
                                 const og_quantity* quantity, const og_partition* partition) {
    og_effect effect = {.parameter = partition->parameter,
                        .count = partition->count,
                        .levels = OG_NEW(arena, og_level, partition->count),
                        .span = NAN};
    for (int l = 0; l < effect.count; l++) {
        effect.levels[l] = (og_level){.low = partition->low[l],
                                      .high = partition->high[l],
                                      .mean = NAN,
                                      .deviation = NAN,
                                      .least = NAN,
                                      .most = NAN,
                                      .best = -1,
                                      .marginal = NAN,
                                      .marginal_spread = NAN};
    }
    for (int64_t i = 0; i < analysis->distinct_count; i++) {
        og_level* level = &effect.levels[partition->part[i]];
        level->tried++;
        if (effect_counts(analysis, quantity, analysis->distinct[i])) {
            effect_add(quantity, analysis->distinct[i], level);
        }
    }
    for (int l = 0; l < effect.count; l++) {
        og_level* level = &effect.levels[l];
        level->deviation =
            level->count > 1 ? sqrt(level->deviation / (double)(level->count - 1)) : NAN;
    }
    return effect;
}

static double effect_span(const og_effect* effect, bool marginals) {
    double least = INFINITY;
    double most = -INFINITY;
    for (int l = 0; l < effect->count; l++) {
        const double value = marginals ? effect->levels[l].marginal : effect->levels[l].mean;
        least = fmin(least, value);
        most = fmax(most, value);
    }
    return most >= least ? most - least : NAN;
}

void og_analysis_effect(const og_analysis* analysis, og_arena* arena, const og_quantity* quantity,
                        const og_surrogate* surrogate, int parameter, og_effect* effect) {
    const og_partition partition = og_partition_make(arena, analysis, parameter, analysis->distinct,
                                                     analysis->distinct_count, OG_EFFECT_LEVELS);
    *effect = effect_tabulate(analysis, arena, quantity, &partition);
    if (surrogate) {
        for (int l = 0; l < effect->count; l++) {
            og_surrogate_marginal(surrogate, parameter, partition.middle[l],
                                  &effect->levels[l].marginal, &effect->levels[l].marginal_spread);
        }
    }
    effect->span = effect_span(effect, surrogate != NULL);
}

static void effect_fill_cells(const og_analysis* analysis, const og_quantity* quantity,
                              const og_partition* rows, const og_partition* columns,
                              og_cell* cells) {
    for (int c = 0; c < rows->count * columns->count; c++) {
        cells[c] = (og_cell){.mean = NAN, .best = -1, .marginal = NAN, .joint = NAN};
    }
    for (int64_t i = 0; i < analysis->distinct_count; i++) {
        const int64_t trial = analysis->distinct[i];
        if (!effect_counts(analysis, quantity, trial)) {
            continue;
        }
        og_cell* cell = &cells[rows->part[i] * columns->count + columns->part[i]];
        const double value = quantity->values[trial];
        const bool first = cell->count++ == 0;
        cell->mean = first ? value : cell->mean + (value - cell->mean) / (double)cell->count;
        if (first || og_quantity_better(quantity, value, quantity->values[cell->best])) {
            cell->best = trial;
        }
    }
}

// Mean of the known marginals among `count` cells that lie `stride` apart.
static double effect_mean(const og_cell* cells, int count, int stride) {
    double sum = 0;
    int known = 0;
    for (int i = 0; i < count; i++) {
        const double value = cells[i * stride].marginal;
        sum += isnan(value) ? 0 : value;
        known += !isnan(value);
    }
    return known > 0 ? sum / known : NAN;
}

static void effect_fill_joint(og_arena* arena, int rows, int columns, og_cell* cells) {
    double* column_means = OG_NEW(arena, double, columns);
    for (int j = 0; j < columns; j++) {
        column_means[j] = effect_mean(cells + j, rows, columns);
    }
    const double mean = effect_mean(cells, rows * columns, 1);
    for (int i = 0; i < rows; i++) {
        const double row_mean = effect_mean(cells + i * columns, columns, 1);
        for (int j = 0; j < columns; j++) {
            og_cell* cell = &cells[i * columns + j];
            cell->joint = cell->marginal - row_mean - column_means[j] + mean;
        }
    }
}

void og_analysis_interaction(const og_analysis* analysis, og_arena* arena,
                             const og_quantity* quantity, const og_surrogate* surrogate, int row,
                             int column, og_interaction* interaction) {
    const og_partition rows = og_partition_make(arena, analysis, row, analysis->distinct,
                                                analysis->distinct_count, OG_INTERACTION_LEVELS);
    const og_partition columns = og_partition_make(arena, analysis, column, analysis->distinct,
                                                   analysis->distinct_count, OG_INTERACTION_LEVELS);
    interaction->rows = effect_tabulate(analysis, arena, quantity, &rows);
    interaction->columns = effect_tabulate(analysis, arena, quantity, &columns);
    interaction->rows.span = effect_span(&interaction->rows, false);
    interaction->columns.span = effect_span(&interaction->columns, false);
    interaction->cells = OG_NEW(arena, og_cell, (size_t)rows.count * (size_t)columns.count);
    effect_fill_cells(analysis, quantity, &rows, &columns, interaction->cells);
    if (surrogate) {
        double* joint = OG_NEW(arena, double, (size_t)rows.count*(size_t)columns.count);
        og_surrogate_joint(surrogate, arena, row, column, rows.middle, rows.count, columns.middle,
                           columns.count, joint);
        for (int c = 0; c < rows.count * columns.count; c++) {
            interaction->cells[c].marginal = joint[c];
        }
        effect_fill_joint(arena, rows.count, columns.count, interaction->cells);
    }
}
