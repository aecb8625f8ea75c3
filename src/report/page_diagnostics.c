#include "report/page_diagnostics.h"

#include <string.h>

enum { PAGE_DIAGNOSTICS_CURVES = 512 };  // most that are shown

static bool page_diagnostics_same(const og_recorded_diagnostic* a,
                                  const og_recorded_diagnostic* b) {
    return strcmp(a->name, b->name) == 0 && strcmp(a->part, b->part) == 0;
}

// The first diagnostic of each curve, in the order in which they appear: firsts (list:
// [PAGE_DIAGNOSTICS_CURVES]), and the curve of each (list: [diagnostic_count]), -1 = of none.
// Returns the number of curves.
static int page_diagnostics_sort(const og_report_study* study, int64_t* firsts, int* curves) {
    int count = 0;
    int guess = 0;
    for (int64_t i = 0; i < study->diagnostic_count; i++) {
        // they come in the same order each time
        int at = -1;
        for (int k = 0; k < count && at < 0; k++) {
            const int curve = (guess + k) % count;
            at = page_diagnostics_same(&study->diagnostics[firsts[curve]], &study->diagnostics[i])
                     ? curve
                     : -1;
        }
        if (at < 0 && count < PAGE_DIAGNOSTICS_CURVES) {
            at = count++;
            firsts[at] = i;
        }
        curves[i] = at;
        guess = at + 1;
    }
    return count;
}

static void page_diagnostics_curve(const og_report_study* study, const int* curves, int curve,
                                   int64_t first, og_page_json* json) {
    og_page_json_open(json, NULL, '{');
    og_page_json_text(json, "name", study->diagnostics[first].name);
    og_page_json_text(json, "part", study->diagnostics[first].part);
    og_page_json_open(json, "n", '[');
    for (int64_t i = first; i < study->diagnostic_count; i++) {
        if (curves[i] == curve) {
            og_page_json_integer(json, NULL, study->diagnostics[i].trials);
        }
    }
    og_page_json_close(json, ']');
    og_page_json_open(json, "v", '[');
    for (int64_t i = first; i < study->diagnostic_count; i++) {
        if (curves[i] == curve) {
            og_page_json_short(json, study->diagnostics[i].value);
        }
    }
    og_page_json_close(json, ']');
    og_page_json_close(json, '}');
}

void og_page_diagnostics_write(const og_page_study* study, og_page_json* json) {
    const og_report_study* source = study->study;
    if (source->diagnostic_count == 0) {
        return;
    }
    og_arena* arena = og_arena_create();
    int64_t firsts[PAGE_DIAGNOSTICS_CURVES];
    int* curves = OG_NEW(arena, int, source->diagnostic_count);
    const int count = page_diagnostics_sort(source, firsts, curves);
    og_page_json_open(json, "diagnostics", '[');
    for (int i = 0; i < count; i++) {
        page_diagnostics_curve(source, curves, i, firsts[i], json);
    }
    og_page_json_close(json, ']');
    og_arena_destroy(arena);
}
