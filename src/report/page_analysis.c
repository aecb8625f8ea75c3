#include "report/page_analysis.h"

#include "ogive/analysis.h"

enum {
    PAGE_ANALYSIS_ROWS = 1500,  // designs a surrogate is fitted to: the time goes with them
    PAGE_ANALYSIS_PAIRS = 6,    // interactions named
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

// the strongest pairs of parameters, strongest first
static void page_analysis_pairs(const og_importance* importance, og_page_json* json) {
    double last = 2;  // above every share
    og_page_json_open(json, "pairs", '[');
    for (int k = 0; k < PAGE_ANALYSIS_PAIRS; k++) {
        int at = -1;
        for (int i = 0; i < importance->width * importance->width; i++) {
            const double share = importance->pairs[i];
            const bool upper = i / importance->width < i % importance->width;
            if (upper && share < last && share >= page_analysis_least &&
                (at < 0 || share > importance->pairs[at])) {
                at = i;
            }
        }
        if (at < 0) {
            break;
        }
        last = importance->pairs[at];
        og_page_json_open(json, NULL, '[');
        og_page_json_integer(json, NULL, at / importance->width);
        og_page_json_integer(json, NULL, at % importance->width);
        og_page_json_short(json, last);
        og_page_json_close(json, ']');
    }
    og_page_json_close(json, ']');
}

void og_page_analysis_write(const og_page_study* study, og_page_json* json) {
    og_arena* arena = og_arena_create();
    const og_analysis* analysis = NULL;
    const og_surrogate* surrogate = NULL;
    if (og_analysis_create(arena, &study->study->record, study->study->trials, &analysis) ==
        OG_OK) {
        const og_quantity quantity = og_analysis_loss(analysis, arena);
        const og_surrogate_options options = {.rows = PAGE_ANALYSIS_ROWS};
        surrogate = og_surrogate_fit(arena, analysis, &quantity, &options);
    }
    if (surrogate) {
        og_importance importance = {0};
        og_best_importance best = {0};
        og_surrogate_importance(surrogate, arena, &importance);
        og_analysis_best_importance(analysis, arena, page_analysis_best, &best);
        og_page_json_open(json, "importance", '{');
        og_page_json_integer(json, "rows", surrogate->rows);
        og_page_json_integer(json, "available", surrogate->available);
        og_page_json_number(json, "explained", surrogate->explained);
        page_analysis_numbers(json, "total", importance.total, importance.width);
        page_analysis_numbers(json, "alone", importance.alone, importance.width);
        page_analysis_numbers(json, "best", best.share, best.width);
        page_analysis_pairs(&importance, json);
        og_page_json_close(json, '}');
    }
    og_arena_destroy(arena);
}
