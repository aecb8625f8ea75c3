#include <inttypes.h>
#include <math.h>

#include "ogive/report.h"
#include "report/csv.h"

// A number after a comma; nothing when it is not finite.
static void comparison_csv_number(double value, og_buffer* out) {
    char text[32];
    og_buffer_print(out, ",%s", isfinite(value) ? og_text_real(value, text) : "");
}

static void comparison_csv_names(const og_compare_result* result, int environment, int agent,
                                 og_buffer* out) {
    og_csv_cell(result->plan->environments[environment].label, out);
    og_buffer_print(out, ",");
    og_csv_cell(result->plan->agents[agent].label, out);
}

static void comparison_csv_run(const og_compare_result* result, int environment, int agent,
                               int seed, og_buffer* out) {
    const og_compare_plan* plan = result->plan;
    const og_compare_table* table = &result->tables[environment];
    for (int b = 0; b < plan->budget_count; b++) {
        const int at = (agent * plan->seed_count + seed) * plan->budget_count + b;
        comparison_csv_names(result, environment, agent, out);
        og_buffer_print(out, ",%" PRIu64 ",%" PRId64, plan->seeds[seed], plan->budgets[b]);
        comparison_csv_number(table->maximize ? -table->values[at] : table->values[at], out);
        comparison_csv_number(table->regrets[at], out);
        og_buffer_print(out, ",%d\n", table->regrets[at] <= plan->tolerance);
    }
}

void og_report_compare_csv(const og_compare_result* result, og_buffer* out) {
    const og_compare_plan* plan = result->plan;
    og_buffer_print(out, "environment,agent,seed,evaluations,value,regret,hit\n");
    for (int e = 0; e < plan->environment_count; e++) {
        for (int a = 0; a < plan->agent_count; a++) {
            for (int s = 0; s < plan->seed_count; s++) {
                comparison_csv_run(result, e, a, s, out);
            }
        }
    }
}

static void comparison_csv_cell(const og_compare_cell* cell, og_buffer* out) {
    const double numbers[] = {cell->value.low,     cell->value.median, cell->value.high,
                              cell->value.mean,    cell->raw.median,   cell->regret.low,
                              cell->regret.median, cell->regret.high,  cell->regret.mean,
                              cell->regret_low,    cell->regret_high,  cell->hits,
                              cell->improvement,   cell->effect,       cell->p,
                              cell->rank};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        comparison_csv_number(numbers[i], out);
    }
    og_buffer_print(out, "\n");
}

void og_report_compare_summary_csv(const og_compare_result* result, og_buffer* out) {
    const og_compare_plan* plan = result->plan;
    og_buffer_print(out,
                    "environment,agent,evaluations,runs,value_q1,value_median,value_q3,value_mean,"
                    "raw_regret_median,regret_q1,regret_median,regret_q3,regret_mean,"
                    "regret_median_low,regret_median_high,hits,improvement_percent,a12,p,rank\n");
    for (int e = 0; e < plan->environment_count; e++) {
        for (int a = 0; a < plan->agent_count; a++) {
            for (int b = 0; b < plan->budget_count; b++) {
                comparison_csv_names(result, e, a, out);
                og_buffer_print(out, ",%" PRId64 ",%d", plan->budgets[b], plan->seed_count);
                comparison_csv_cell(&result->tables[e].cells[a * plan->budget_count + b], out);
            }
        }
    }
}

void og_report_compare_timing_csv(const og_compare_result* result, og_buffer* out) {
    const og_compare_plan* plan = result->plan;
    og_buffer_print(out, "environment,agent,agent_us,simulator_us\n");
    for (int e = 0; e < plan->environment_count; e++) {
        for (int a = 0; a < plan->agent_count; a++) {
            comparison_csv_names(result, e, a, out);
            comparison_csv_number(1e6 * result->tables[e].agent_seconds[a], out);
            comparison_csv_number(1e6 * result->tables[e].simulator_seconds, out);
            og_buffer_print(out, "\n");
        }
    }
}
