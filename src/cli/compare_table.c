#include "cli/compare_table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/number.h"
#include "cli/table.h"

static const char* compare_table_regret(og_arena* arena, const og_quartiles* regret) {
    if (!isfinite(regret->median)) {
        return "none";
    }
    if (regret->low == regret->high) {
        return og_text_format(arena, "%.2g", regret->median);
    }
    return og_text_format(arena, "%.2g [%.2g, %.2g]", regret->median, regret->low, regret->high);
}

static const char* compare_table_p(og_arena* arena, double p) {
    return isnan(p) ? "-" : p < 1e-4 ? "<0.0001" : og_text_format(arena, "%.4f", p);
}

static const char* compare_table_percent(og_arena* arena, double percent) {
    return isfinite(percent) ? og_text_format(arena, "%+.3g %%", percent) : "-";
}

static og_table compare_table_head(const og_compare_result* result, const og_compare_table* table,
                                   og_arena* arena) {
    const og_compare_plan* plan = result->plan;
    const int columns = plan->budget_count + 7;
    const char** header = OG_NEW(arena, const char*, columns);
    int n = 0;
    header[n++] = "agent";
    for (int b = 0; b < plan->budget_count; b++) {
        og_buffer text = {.arena = arena};
        og_buffer_print(&text, "%s@", b == 0 ? "regret " : "");
        og_number_print((double)plan->budgets[b], &text);
        header[n++] = text.data;
    }
    header[n++] = "optimum";
    header[n++] = "RI";
    header[n++] = og_text_format(arena, "A12 v. %s", plan->agents[table->versus].label);
    header[n++] = "p";
    header[n++] = "rank";
    header[n++] = "agent us";
    return og_table_make(arena, n, header);
}

static void compare_table_row(const og_compare_result* result, const og_compare_table* table,
                              int agent, og_table* rows) {
    const og_compare_plan* plan = result->plan;
    og_arena* arena = rows->arena;
    const char** cells = OG_NEW(arena, const char*, rows->columns);
    const og_compare_cell* own = &table->cells[agent * plan->budget_count];
    const og_compare_cell* last = &own[plan->budget_count - 1];
    int n = 0;
    cells[n++] = plan->agents[agent].label;
    for (int b = 0; b < plan->budget_count; b++) {
        cells[n++] = compare_table_regret(arena, &own[b].regret);
    }
    cells[n++] = og_text_format(arena, "%.0f %%", 100 * last->hits);
    cells[n++] = compare_table_percent(arena, last->improvement);
    cells[n++] = agent == table->versus ? "-" : og_text_format(arena, "%.2f", last->effect);
    cells[n++] = compare_table_p(arena, last->p);
    cells[n++] = og_text_format(arena, "%.2f", last->rank);
    cells[n++] = og_text_format(arena, "%.3g", 1e6 * table->agent_seconds[agent]);
    og_table_add(rows, cells);
}

static const char* compare_table_optimum(og_optimum kind) {
    switch (kind) {
    case OG_OPTIMUM_BEST_KNOWN: return "best of all runs";
    case OG_OPTIMUM_EXHAUSTIVE: return "exact, all designs tried";
    case OG_OPTIMUM_GIVEN: return "given";
    }
    return "";
}

static bool compare_table_beaten(const og_compare_result* result, const og_compare_table* table) {
    const og_compare_plan* plan = result->plan;
    for (int i = 0; i < plan->agent_count * plan->budget_count * plan->seed_count; i++) {
        if (table->regrets[i] < -1e-9) {
            return true;
        }
    }
    return false;
}

static void compare_table_facts(const og_compare_table* table, og_buffer* out) {
    og_buffer_print(out, "  optimum ");
    og_number_print(table->optimum, out);
    og_buffer_print(out, " (%s), random designs: ", compare_table_optimum(table->optimum_kind));
    if (table->objective_count == 1) {
        og_buffer_print(out, "median ");
        og_number_print(table->random_median, out);
        og_buffer_print(out, ", mean ");
    }
    og_number_print(table->random_mean, out);
    og_buffer_print(out, ", %.3g %% accepted; ", 100 * table->random_share);
    if (isfinite(table->designs) && table->designs > 0) {
        og_number_print(table->designs, out);
        og_buffer_print(out, " designs; ");
    }
    og_buffer_print(out, "simulator %.3g us\n", 1e6 * table->simulator_seconds);
}

static void compare_table_environment(const og_compare_result* result,
                                      const og_compare_table* table, int columns, bool color,
                                      og_buffer* out) {
    og_buffer_print(out, "%s%s%s: %s\n", color ? "\033[1m" : "", table->label,
                    color ? "\033[0m" : "", table->objective);
    compare_table_facts(table, out);
    og_table rows = compare_table_head(result, table, out->arena);
    for (int a = 0; a < result->plan->agent_count; a++) {
        compare_table_row(result, table, a, &rows);
    }
    og_table_print(&rows, 2, columns, color, out);
    if (compare_table_beaten(result, table)) {
        og_buffer_print(out, "  a run found better than the optimum that was given\n");
    }
    og_buffer_print(out, "\n");
}

static const char* compare_table_median(og_arena* arena, double regret) {
    return isfinite(regret) ? og_text_format(arena, "%.2g", regret) : "none";
}

// Agents in the order of their ranks over all runs at the last budget.
static int* compare_table_order(const og_compare_result* result, og_arena* arena) {
    const og_compare_plan* plan = result->plan;
    int* order = OG_NEW(arena, int, plan->agent_count);
    for (int a = 0; a < plan->agent_count; a++) {
        int at = a;
        const double rank = result->overall[(a + 1) * plan->budget_count - 1].rank;
        while (at > 0 &&
               result->overall[(order[at - 1] + 1) * plan->budget_count - 1].rank > rank) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = a;
    }
    return order;
}

static og_table compare_table_overall_head(const og_compare_result* result, og_arena* arena) {
    const og_compare_plan* plan = result->plan;
    const char** header = OG_NEW(arena, const char*, plan->budget_count + 5);
    int n = 0;
    header[n++] = "agent";
    for (int b = 0; b < plan->budget_count; b++) {
        og_buffer text = {.arena = arena};
        og_buffer_print(&text, "%s@", b == 0 ? "regret " : "");
        og_number_print((double)plan->budgets[b], &text);
        header[n++] = text.data;
    }
    header[n++] = "mean";
    header[n++] = "optimum";
    header[n++] = "rank";
    header[n++] =
        og_text_format(arena, "won, even, lost v. %s", plan->versus ? plan->versus : "best");
    return og_table_make(arena, n, header);
}

static void compare_table_overall(const og_compare_result* result, int columns, bool color,
                                  og_buffer* out) {
    const og_compare_plan* plan = result->plan;
    og_arena* arena = out->arena;
    og_table rows = compare_table_overall_head(result, arena);
    const int* order = compare_table_order(result, arena);
    for (int i = 0; i < plan->agent_count; i++) {
        const og_compare_overall* own = &result->overall[order[i] * plan->budget_count];
        const og_compare_overall* last = &own[plan->budget_count - 1];
        const char** cells = OG_NEW(arena, const char*, rows.columns);
        int n = 0;
        cells[n++] = plan->agents[order[i]].label;
        for (int b = 0; b < plan->budget_count; b++) {
            cells[n++] = compare_table_median(arena, own[b].regret.median);
        }
        cells[n++] = compare_table_median(arena, last->regret.mean);
        cells[n++] = og_text_format(arena, "%.0f %%", 100 * last->hits);
        cells[n++] = og_text_format(arena, "%.2f", last->rank);
        const bool tested = last->wins + last->ties + last->losses > 0;
        cells[n++] = tested
                         ? og_text_format(arena, "%d, %d, %d", last->wins, last->ties, last->losses)
                         : "-";
        og_table_add(&rows, cells);
    }
    og_buffer_print(out,
                    "%sOverall%s: median over %d environments of the median regret; at %" PRId64
                    " evaluations its mean, share of all runs at the optimum, mean rank, and "
                    "environments won or lost (p < 0.05)\n",
                    color ? "\033[1m" : "", color ? "\033[0m" : "", plan->environment_count,
                    plan->budgets[plan->budget_count - 1]);
    og_table_print(&rows, 2, columns, color, out);
    og_buffer_print(out, "\n");
}

static void compare_table_ranks(const og_compare_result* result, int columns, bool color,
                                og_buffer* out) {
    const og_compare_plan* plan = result->plan;
    static const char* const header[] = {"agent", "mean rank"};
    og_table rows = og_table_make(out->arena, 2, header);
    bool* listed = OG_NEW(out->arena, bool, plan->agent_count);
    for (int i = 0; i < plan->agent_count; i++) {
        int best = -1;
        for (int a = 0; a < plan->agent_count; a++) {
            const bool better = best < 0 || result->mean_ranks[a] < result->mean_ranks[best];
            best = !listed[a] && better ? a : best;
        }
        listed[best] = true;
        const char* const cells[] = {plan->agents[best].label,
                                     og_text_format(out->arena, "%.2f", result->mean_ranks[best])};
        og_table_add(&rows, cells);
    }
    og_buffer_print(out, "Ranks over %d %s at %" PRId64 " evaluations\n", result->blocks,
                    plan->rank_by_run ? "runs" : "environments",
                    plan->budgets[plan->budget_count - 1]);
    og_table_print(&rows, 2, columns, color, out);
    og_buffer_print(out,
                    "  Friedman chi-square %.4g, p %s; ranks differ that are %.3g apart "
                    "(Nemenyi, 5 %%)\n",
                    result->friedman.statistic, compare_table_p(out->arena, result->friedman.p),
                    result->critical_difference);
}

// Who sees the designs otherwise than they are in the environment's own options.
static void compare_table_seen(const og_compare_result* result, og_buffer* out) {
    for (int a = 0; a < result->plan->agent_count; a++) {
        const og_compare_agent* agent = &result->plan->agents[a];
        for (int i = 0; i < agent->environment_option_count; i++) {
            const og_assignment* option = &agent->environment_options[i];
            const char* before =
                i == 0 ? og_text_format(out->arena, "%s sees designs with ", agent->label) : ", ";
            og_buffer_print(out, "%s%s=%s", before, option->key, option->value);
        }
        og_buffer_print(out, "%s", agent->environment_option_count > 0 ? "\n" : "");
    }
}

void og_compare_print(const og_compare_result* result, int columns, bool color, og_buffer* out) {
    for (int e = 0; e < result->plan->environment_count; e++) {
        compare_table_environment(result, &result->tables[e], columns, color, out);
    }
    if (result->plan->environment_count > 1) {
        compare_table_overall(result, columns, color, out);
    }
    if (result->mean_ranks) {
        compare_table_ranks(result, columns, color, out);
    }
    compare_table_seen(result, out);
}
