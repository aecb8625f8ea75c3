#include <assert.h>
#include <math.h>
#include <string.h>

#include "ogive/report.h"

// Convergence of one agent: its median and, as an outline, its quartiles.
typedef struct comparison_view {
    og_arena* arena;
    const og_compare_table* table;
    double floor;  // zero on a logarithmic axis
} comparison_view;

static double comparison_shown(const comparison_view* view, double regret) {
    return isfinite(regret) ? fmax(regret, view->floor) : regret;
}

static og_series comparison_median(const comparison_view* view, int agent, const char* name) {
    const int count = view->table->step_count;
    double* x = OG_NEW(view->arena, double, count);
    double* y = OG_NEW(view->arena, double, count);
    for (int i = 0; i < count; i++) {
        x[i] = (double)view->table->steps[i];
        y[i] = comparison_shown(view, view->table->convergence[agent * count + i].median);
    }
    return (og_series){.name = name,
                       .x = x,
                       .y = y,
                       .count = count,
                       .form = OG_SERIES_STEP,
                       .color = agent % OG_SERIES_STYLES};
}

static og_series comparison_band(const comparison_view* view, int agent, const char* name) {
    const int steps = view->table->step_count;
    const og_quartiles* own = &view->table->convergence[agent * steps];
    double* x = OG_NEW(view->arena, double, 4 * steps);
    double* y = OG_NEW(view->arena, double, 4 * steps);
    int count = 0;
    for (int i = 0; i < steps; i++) {
        const double next = (double)view->table->steps[i + 1 < steps ? i + 1 : i];
        x[count] = (double)view->table->steps[i];
        y[count++] = comparison_shown(view, own[i].high);
        x[count] = next;
        y[count++] = comparison_shown(view, own[i].high);
    }
    for (int i = steps - 1; i >= 0; i--) {
        // no quartile above: nothing to enclose
        const bool open = !isfinite(own[i].high);
        x[count] = (double)view->table->steps[i + 1 < steps ? i + 1 : i];
        y[count++] = open ? NAN : comparison_shown(view, own[i].low);
        x[count] = (double)view->table->steps[i];
        y[count++] = open ? NAN : comparison_shown(view, own[i].low);
    }
    return (og_series){.name = name,
                       .x = x,
                       .y = y,
                       .count = count,
                       .form = OG_SERIES_BAND,
                       .color = agent % OG_SERIES_STYLES};
}

// Half of the least regret above zero: exact hits are drawn there.
static double comparison_floor(const og_compare_table* table, int agents) {
    double least = INFINITY;
    double most = 0;
    for (int i = 0; i < agents * table->step_count; i++) {
        const double numbers[] = {table->convergence[i].low, table->convergence[i].median,
                                  table->convergence[i].high};
        for (int k = 0; k < 3; k++) {
            least = numbers[k] > 0 && numbers[k] < least ? numbers[k] : least;
            most = isfinite(numbers[k]) && numbers[k] > most ? numbers[k] : most;
        }
    }
    return isfinite(least) ? fmax(least / 2, most * 1e-7) : 1e-9;
}

void og_report_compare_progress_svg(og_arena* arena, const og_compare_result* result,
                                    int environment, og_buffer* out) {
    const og_compare_plan* plan = result->plan;
    const og_compare_table* table = &result->tables[environment];
    const comparison_view view = {arena, table, comparison_floor(table, plan->agent_count)};
    og_series* series = OG_NEW(arena, og_series, 2 * plan->agent_count);
    for (int a = 0; a < plan->agent_count; a++) {
        series[2 * a] = comparison_band(&view, a, plan->agents[a].label);
        series[2 * a + 1] = comparison_median(&view, a, plan->agents[a].label);
    }
    og_plot_svg(&(og_plot){.title = og_text_format(arena, "%s: %s", table->label, table->objective),
                           .x_label = "evaluations",
                           .y_label = "regret, median and quartiles (0 at the lower edge)",
                           .x_logarithmic = true,
                           .y_logarithmic = true,
                           .series = series,
                           .series_count = 2 * plan->agent_count},
                out);
}
