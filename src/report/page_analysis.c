#include "report/page_analysis.h"

#include <math.h>

#include "ogive/analysis.h"
#include "report/page_neighbours.h"

enum {
    PAGE_ANALYSIS_PAIRS = 6,  // interactions named
};
static const double page_analysis_best = 0.1;    // share of designs called the best
static const double page_analysis_least = 0.01;  // share of variance that makes a pair worth naming

static void page_analysis_numbers(og_page_json* json, const char* key, const double* values,
                                  int count) {
    og_page_json_open(json, key, '[');
    for (int i = 0; i < count; i++) {
        og_page_json_short(json, values[i]);
    }
    og_page_json_close(json, ']');
}

// the indices of the strongest pair of parameters with a share below `last`, -1 = none is left
static int page_analysis_next(const og_importance* importance, double last) {
    int at = -1;
    for (int i = 0; i < importance->width * importance->width; i++) {
        const double share = importance->pairs[i];
        const bool upper = i / importance->width < i % importance->width;
        if (upper && share < last && share >= page_analysis_least &&
            (at < 0 || share > importance->pairs[at])) {
            at = i;
        }
    }
    return at;
}

static void page_analysis_levels(const og_effect* effect, og_page_json* json) {
    og_page_json_open(json, NULL, '[');
    for (int i = 0; i < effect->count; i++) {
        const double ends[] = {effect->levels[i].low, effect->levels[i].high};
        page_analysis_numbers(json, NULL, ends, 2);
    }
    og_page_json_close(json, ']');
}

// levels of both parameters, then for each cell: designs, the best of them, mean of the surrogate
static void page_analysis_cells(const og_page_study* study, const og_surrogate* surrogate,
                                og_arena* arena, int a, int b, og_page_json* json) {
    const og_arena_mark mark = og_arena_here(arena);
    const og_trial* trials = study->study->trials;
    og_interaction found;
    og_analysis_interaction(surrogate->analysis, arena, &surrogate->quantity, surrogate, a, b,
                            &found);
    page_analysis_levels(&found.rows, json);
    page_analysis_levels(&found.columns, json);
    og_page_json_open(json, NULL, '[');
    for (int i = 0; i < found.rows.count * found.columns.count; i++) {
        const og_cell* cell = &found.cells[i];
        const double loss = cell->best < 0 ? NAN : trials[cell->best].loss;
        og_page_json_open(json, NULL, '[');
        og_page_json_integer(json, NULL, cell->count);
        og_page_json_short(json, og_objective_value(&study->task->view, loss));
        og_page_json_short(json, cell->marginal);
        og_page_json_close(json, ']');
    }
    og_page_json_close(json, ']');
    og_arena_rewind(arena, mark);
}

// the strongest pairs of parameters, strongest first, and what they do together
static void page_analysis_pairs(const og_page_study* study, const og_surrogate* surrogate,
                                const og_importance* importance, og_arena* arena,
                                og_page_json* json) {
    double last = 2;  // above every share
    og_page_json_open(json, "pairs", '[');
    for (int k = 0; k < PAGE_ANALYSIS_PAIRS; k++) {
        const int at = page_analysis_next(importance, last);
        if (at < 0) {
            break;
        }
        const int a = at / importance->width;
        const int b = at % importance->width;
        last = importance->pairs[at];
        og_page_json_open(json, NULL, '[');
        og_page_json_integer(json, NULL, a);
        og_page_json_integer(json, NULL, b);
        og_page_json_short(json, last);
        page_analysis_cells(study, surrogate, arena, a, b, json);
        og_page_json_close(json, ']');
    }
    og_page_json_close(json, ']');
}

static void page_analysis_importance(const og_page_study* study, const og_surrogate* surrogate,
                                     og_arena* arena, og_page_json* json) {
    og_importance importance = {0};
    og_best_importance best = {0};
    og_surrogate_importance(surrogate, arena, &importance);
    og_analysis_best_importance(surrogate->analysis, arena, page_analysis_best, &best);
    og_page_json_open(json, "importance", '{');
    og_page_json_integer(json, "rows", surrogate->rows);
    og_page_json_integer(json, "available", surrogate->available);
    og_page_json_number(json, "explained", surrogate->explained);
    page_analysis_numbers(json, "total", importance.total, importance.width);
    page_analysis_numbers(json, "alone", importance.alone, importance.width);
    page_analysis_numbers(json, "best", best.share, best.width);
    page_analysis_pairs(study, surrogate, &importance, arena, json);
    og_page_json_close(json, '}');
}

void og_page_analysis_write(const og_page_study* study, og_page_json* json) {
    og_arena* arena = og_arena_create();
    const og_neighbourhood* around = study->study->neighbourhood;
    const og_analysis* analysis = around ? around->analysis : NULL;
    if (analysis || og_analysis_create(arena, &study->study->record, study->study->trials,
                                       &analysis) == OG_OK) {
        const og_quantity quantity = og_analysis_loss(analysis, arena);
        // as `ogive importance` fits it
        const og_surrogate* surrogate = og_surrogate_fit(arena, analysis, &quantity, NULL);
        if (surrogate) {
            page_analysis_importance(study, surrogate, arena, json);
        }
        og_page_neighbours_write(study, analysis, surrogate, arena, json);
    }
    og_arena_destroy(arena);
}
