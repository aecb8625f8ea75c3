#include "report/page_neighbours.h"

#include <math.h>

enum { PAGE_NEIGHBOURS_AXES = 6 };  // most written of a neighbour: objectives come first

// where the numbers of a neighbour come from; the order is that of the page's code
typedef enum page_neighbours_origin {
    PAGE_NEIGHBOURS_RECORDED,
    PAGE_NEIGHBOURS_EVALUATED,
    PAGE_NEIGHBOURS_ESTIMATED,
    PAGE_NEIGHBOURS_UNKNOWN,
    PAGE_NEIGHBOURS_FORBIDDEN,
    PAGE_NEIGHBOURS_ORIGINS,
} page_neighbours_origin;

// one neighbour of the best design as the page shows it
typedef struct page_neighbours_row {
    const og_neighbour* neighbour;
    page_neighbours_origin origin;
    double loss;  // as people read it
    double* values;
} page_neighbours_row;

static page_neighbours_origin page_neighbours_origin_of(const og_neighbour* neighbour,
                                                        bool was_open, double estimate) {
    switch (neighbour->state) {
    case OG_NEIGHBOUR_KNOWN: return was_open ? PAGE_NEIGHBOURS_EVALUATED : PAGE_NEIGHBOURS_RECORDED;
    case OG_NEIGHBOUR_FORBIDDEN: return PAGE_NEIGHBOURS_FORBIDDEN;
    case OG_NEIGHBOUR_OPEN: break;
    }
    return isnan(estimate) ? PAGE_NEIGHBOURS_UNKNOWN : PAGE_NEIGHBOURS_ESTIMATED;
}

static page_neighbours_row page_neighbours_row_of(const og_page_study* study,
                                                  const og_neighbour* neighbour, bool was_open,
                                                  const og_surrogate* surrogate, og_arena* arena) {
    const og_page_task* task = study->task;
    const og_study_record* record = &study->study->record;
    const bool open = neighbour->state == OG_NEIGHBOUR_OPEN;
    // the surrogate is fitted to what people read
    const double estimate =
        open && surrogate ? og_surrogate_predict(surrogate, arena, neighbour->x) : NAN;
    page_neighbours_row row = {
        .neighbour = neighbour,
        .origin = page_neighbours_origin_of(neighbour, was_open, estimate),
        .loss = open ? estimate : og_objective_value(&task->view, neighbour->loss),
        .values = OG_NEW(arena, double, task->axis_count),
    };
    if (neighbour->state == OG_NEIGHBOUR_KNOWN && neighbour->outcome == OG_FEASIBLE) {
        double* inputs = OG_NEW(arena, double, record->metric_count + record->space.count);
        og_page_task_values(task, neighbour->x, neighbour->y, inputs, row.values);
    } else {
        for (int a = 0; a < task->axis_count; a++) {
            row.values[a] = NAN;
        }
    }
    return row;
}

// parameter, its value, origin, fate, loss, values of the first axes, reason
static void page_neighbours_write_row(const page_neighbours_row* row, int axis_count,
                                      og_page_json* json) {
    const og_neighbour* neighbour = row->neighbour;
    const bool known = neighbour->state == OG_NEIGHBOUR_KNOWN;
    og_page_json_open(json, NULL, '[');
    og_page_json_integer(json, NULL, neighbour->parameter);
    og_page_json_number(json, NULL, neighbour->value);
    og_page_json_integer(json, NULL, row->origin);
    og_page_json_integer(json, NULL,
                         known ? og_page_fate_of(neighbour->outcome, neighbour->violation) : 0);
    // in full, so that equal results are seen to be equal
    og_page_json_number(json, NULL, row->loss);
    og_page_json_open(json, NULL, '[');
    for (int a = 0; a < axis_count && a < PAGE_NEIGHBOURS_AXES; a++) {
        og_page_json_number(json, NULL, row->values[a]);
    }
    og_page_json_close(json, ']');
    og_page_json_text(json, NULL, known ? neighbour->reason : "");
    og_page_json_close(json, ']');
}

static void page_neighbours_write_all(const og_page_study* study, const og_neighbourhood* around,
                                      const og_surrogate* surrogate, og_arena* arena,
                                      og_page_json* json) {
    int64_t counts[PAGE_NEIGHBOURS_ORIGINS] = {0};
    og_page_json_open(json, "neighbours", '{');
    og_page_json_text(json, "note", study->study->neighbourhood_note);
    og_page_json_open(json, "rows", '[');
    int open = 0;
    for (int i = 0; i < around->count; i++) {
        const bool was_open = open < around->open && around->open_indices[open] == i;
        open += was_open;
        const page_neighbours_row row =
            page_neighbours_row_of(study, &around->neighbours[i], was_open, surrogate, arena);
        counts[row.origin]++;
        page_neighbours_write_row(&row, study->task->axis_count, json);
    }
    og_page_json_close(json, ']');
    og_page_json_open(json, "origins", '[');
    for (int i = 0; i < PAGE_NEIGHBOURS_ORIGINS; i++) {
        og_page_json_integer(json, NULL, counts[i]);
    }
    og_page_json_close(json, ']');
    og_page_json_close(json, '}');
}

void og_page_neighbours_write(const og_page_study* study, const og_analysis* analysis,
                              const og_surrogate* surrogate, og_arena* arena, og_page_json* json) {
    const og_neighbourhood* around = study->study->neighbourhood;
    const int64_t best = study->study->record.best;
    og_neighbourhood found;
    if (!around && best >= 0 && best < study->study->record.trial_count &&
        og_analysis_neighbourhood(analysis, arena, best, &found) == OG_OK) {
        around = &found;
    }
    if (around) {
        page_neighbours_write_all(study, around, surrogate, arena, json);
    }
}
