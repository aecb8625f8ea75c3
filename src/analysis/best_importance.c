// PED-ANOVA: which parameters decide whether a design is among the best.

#include <math.h>

#include "analysis/analysis.h"

enum { BEST_IMPORTANCE_ROWS = 5000, BEST_IMPORTANCE_PARTS = 16, BEST_IMPORTANCE_SEED = 1 };

static bool best_importance_dominates(const og_analysis* analysis, int64_t a, int64_t b) {
    const og_trial* first = &analysis->trials[a];
    const og_trial* second = &analysis->trials[b];
    if (first->outcome != OG_FEASIBLE || second->outcome != OG_FEASIBLE) {
        return first->outcome == OG_FEASIBLE && second->outcome != OG_FEASIBLE;
    }
    if (first->violation != second->violation) {
        return first->violation < second->violation;
    }
    const int width = analysis->record->objective_count;
    const double* row_a = analysis->objectives + a * width;
    const double* row_b = analysis->objectives + b * width;
    bool better = false;
    for (int k = 0; k < width; k++) {
        if (row_a[k] > row_b[k]) {
            return false;
        }
        better = better || row_a[k] < row_b[k];
    }
    return better;
}

// Mark those whose number of dominating designs is among the lowest `quantile`; ties come along.
static int64_t best_importance_mark(const og_analysis* analysis, og_arena* arena,
                                    const int64_t* designs, int64_t count, double quantile,
                                    bool* best) {
    og_ranked* sorted = OG_NEW(arena, og_ranked, count);
    int64_t usable = 0;
    for (int64_t i = 0; i < count; i++) {
        if (analysis->trials[designs[i]].outcome != OG_FEASIBLE) {
            continue;
        }
        int64_t dominating = 0;
        for (int64_t k = 0; k < count; k++) {
            dominating += best_importance_dominates(analysis, designs[k], designs[i]);
        }
        sorted[usable++] = (og_ranked){(double)dominating, i};
    }
    og_ranked_sort(sorted, usable);
    const double wanted = fmax(ceil(quantile * (double)count), 1);
    int64_t marked = 0;
    while (marked < usable &&
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
