// PED-ANOVA: which parameters decide whether a design is among the best.

#include <math.h>
#include <string.h>

#include "analysis/analysis.h"

enum { BEST_IMPORTANCE_ROWS = 5000, BEST_IMPORTANCE_PARTS = 16, BEST_IMPORTANCE_SEED = 1 };

// Rows of the designs with metrics side by side: the violation, then the objectives.
typedef struct best_importance_table {
    int width;
    int64_t count;
    double* rows;    // shape: [count][width]
    int64_t* index;  // among the designs given, list: [count]
} best_importance_table;

static best_importance_table best_importance_gather(const og_analysis* analysis, og_arena* arena,
                                                    const int64_t* designs, int64_t count) {
    const int objectives = analysis->record->objective_count;
    best_importance_table table = {.width = objectives + 1};
    table.rows = OG_NEW(arena, double, (size_t)count*(size_t)table.width);
    table.index = OG_NEW(arena, int64_t, count);
    for (int64_t i = 0; i < count; i++) {
        const og_trial* trial = &analysis->trials[designs[i]];
        if (trial->outcome == OG_FEASIBLE) {
            double* row = table.rows + table.count * table.width;
            row[0] = trial->violation;
            memcpy(row + 1, analysis->objectives + designs[i] * objectives,
                   sizeof *row * (size_t)objectives);
            table.index[table.count++] = i;
        }
    }
    return table;
}

static bool best_importance_dominates(const double* a, const double* b, int width) {
    if (a[0] != b[0]) {
        return a[0] < b[0];
    }
    bool better = false;
    for (int k = 1; k < width; k++) {
        if (a[k] > b[k]) {
            return false;
        }
        better = better || a[k] < b[k];
    }
    return better;
}

// Mark those whose number of dominating designs is among the lowest `quantile`; ties come along.
static int64_t best_importance_mark(const og_analysis* analysis, og_arena* arena,
                                    const int64_t* designs, int64_t count, double quantile,
                                    bool* best) {
    const best_importance_table table = best_importance_gather(analysis, arena, designs, count);
    og_ranked* sorted = OG_NEW(arena, og_ranked, table.count);
    for (int64_t i = 0; i < table.count; i++) {
        int64_t dominating = 0;
        for (int64_t k = 0; k < table.count; k++) {
            dominating += best_importance_dominates(table.rows + k * table.width,
                                                    table.rows + i * table.width, table.width);
        }
        sorted[i] = (og_ranked){(double)dominating, table.index[i]};
    }
    og_ranked_sort(arena, sorted, table.count);
    const double wanted = fmax(ceil(quantile * (double)count), 1);
    int64_t marked = 0;
    while (marked < table.count &&
           ((double)marked < wanted || sorted[marked].key == sorted[marked - 1].key)) {
        best[sorted[marked++].index] = true;
    }
    return marked;
}

// Share of the variance of being among the best that lies between the parts: the Pearson divergence
// of the two densities, as a part of its largest possible value, adjusted for the number of parts.
static double best_importance_share(og_arena* arena, const og_partition* partition,
                                    const bool* best, int64_t count, int64_t best_count) {
    double* all = OG_NEW(arena, double, partition->count);
    double* good = OG_NEW(arena, double, partition->count);
    for (int64_t i = 0; i < count; i++) {
        all[partition->part[i]] += 1;
        good[partition->part[i]] += best[i];
    }
    if (partition->count < 2 || partition->count >= count) {
        return 0;
    }
    const double rate = (double)best_count / (double)count;
    double divergence = 0;
    for (int p = 0; p < partition->count; p++) {
        const double off = good[p] - rate * all[p];
        divergence += off * off / (rate * all[p]);
    }
    const double share = divergence / (double)(count - best_count);
    const double adjusted =
        1 - (1 - share) * (double)(count - 1) / (double)(count - partition->count);
    return fmin(fmax(adjusted, 0), 1);
}

void og_analysis_best_importance(const og_analysis* analysis, og_arena* arena, double quantile,
                                 og_best_importance* importance) {
    const int width = analysis->record->space.count;
    *importance = (og_best_importance){
        .width = width,
        .share = OG_NEW(arena, double, width),
        .parts = OG_NEW(arena, double, width),
        .order = OG_NEW(arena, int, width),
        .available = analysis->distinct_count,
    };
    const og_arena_mark mark = og_arena_here(arena);
    int64_t* designs = og_analysis_draw(arena, analysis->distinct_count, BEST_IMPORTANCE_ROWS,
                                        BEST_IMPORTANCE_SEED);
    const int64_t count = analysis->distinct_count < BEST_IMPORTANCE_ROWS ? analysis->distinct_count
                                                                          : BEST_IMPORTANCE_ROWS;
    for (int64_t i = 0; i < count; i++) {
        designs[i] = analysis->distinct[designs[i]];
    }
    bool* best = OG_NEW(arena, bool, count);
    const int64_t marked = best_importance_mark(analysis, arena, designs, count, quantile, best);
    double sum = 0;
    for (int c = 0; c < width && marked > 0 && marked < count; c++) {
        const og_partition partition =
            og_partition_make(arena, analysis, c, designs, count, BEST_IMPORTANCE_PARTS);
        importance->share[c] = best_importance_share(arena, &partition, best, count, marked);
        sum += importance->share[c];
    }
    for (int c = 0; c < width; c++) {
        importance->parts[c] = sum > 0 ? importance->share[c] / sum : 0;
    }
    importance->rows = count;
    importance->best = marked;
    og_ranked_order(arena, importance->share, width, importance->order);
    og_arena_rewind(arena, mark);
}
