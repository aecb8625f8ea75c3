// What a comparison says over all its environments: a table of numbers, and regret over
// evaluations.

#include <inttypes.h>
#include <math.h>

#include "ogive/report.h"
#include "report/csv.h"

static void comparison_overall_number(double value, og_buffer* out) {
    char text[32];
    og_buffer_print(out, ",%s", isfinite(value) ? og_text_real(value, text) : "");
}

void og_report_compare_overall_csv(const og_compare_result* result, og_buffer* out) {
    const og_compare_plan* plan = result->plan;
    og_buffer_print(out,
                    "agent,evaluations,environments,runs,regret_median,regret_q1,regret_q3,"
                    "regret_mean,hits,rank,wins,ties,losses\n");
    for (int a = 0; a < plan->agent_count; a++) {
        for (int b = 0; b < plan->budget_count; b++) {
            const og_compare_overall* own = &result->overall[a * plan->budget_count + b];
            const double numbers[] = {own->regret.median, own->regret.low, own->regret.high,
                                      own->regret.mean,   own->hits,       own->rank};
            og_csv_cell(plan->agents[a].label, out);
            og_buffer_print(out, ",%" PRId64 ",%d,%d", plan->budgets[b], plan->environment_count,
                            plan->environment_count * plan->seed_count);
            for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
                comparison_overall_number(numbers[i], out);
            }
            og_buffer_print(out, ",%d,%d,%d\n", own->wins, own->ties, own->losses);
        }
    }
}

// Half of the least regret above zero stands for zero on the logarithmic axis.
static double comparison_overall_floor(const og_compare_result* result) {
    const int count = result->plan->agent_count * result->tables[0].step_count;
    double least = INFINITY;
    double most = 0;
    for (int i = 0; i < count; i++) {
        const double regret = result->overall_convergence[i];
        least = regret > 0 && regret < least ? regret : least;
        most = isfinite(regret) && regret > most ? regret : most;
    }
    return isfinite(least) ? fmax(least / 2, most * 1e-7) : 1e-9;
}

// Agents by their regret at the end, worst first, so that names stand in the order of the lines.
static void comparison_overall_order(const og_compare_result* result, int* order) {
    const int steps = result->tables[0].step_count;
    for (int a = 0; a < result->plan->agent_count; a++) {
        const double own = result->overall_convergence[(a + 1) * steps - 1];
        int at = a;
        while (at > 0 && result->overall_convergence[(order[at - 1] + 1) * steps - 1] < own) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = a;
    }
}

void og_report_compare_overall_svg(og_arena* arena, const og_compare_result* result,
                                   og_buffer* out) {
    const og_compare_plan* plan = result->plan;
    const int steps = result->tables[0].step_count;
    const double floor = comparison_overall_floor(result);
    int* order = OG_NEW(arena, int, plan->agent_count);
    comparison_overall_order(result, order);
    og_series* series = OG_NEW(arena, og_series, plan->agent_count);
    double* x = OG_NEW(arena, double, steps);
    for (int i = 0; i < steps; i++) {
        x[i] = (double)result->tables[0].steps[i];
    }
    for (int s = 0; s < plan->agent_count; s++) {
        const int a = order[s];
        double* y = OG_NEW(arena, double, steps);
        for (int i = 0; i < steps; i++) {
            const double regret = result->overall_convergence[a * steps + i];
            y[i] = isfinite(regret) ? fmax(regret, floor) : regret;
        }
        series[s] = (og_series){.name = plan->agents[a].label,
                                .x = x,
                                .y = y,
                                .count = steps,
                                .form = OG_SERIES_STEP,
                                .color = a % OG_SERIES_STYLES};
    }
    og_plot_svg(&(og_plot){.title = og_text_format(arena, "Median over %d environments",
                                                   plan->environment_count),
                           .x_label = "evaluations",
                           .y_label = "median regret (0 at the lower edge)",
                           .x_logarithmic = true,
                           .y_logarithmic = true,
                           .series = series,
                           .series_count = plan->agent_count},
                out);
}
