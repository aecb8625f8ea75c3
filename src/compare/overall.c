#include "compare/overall.h"

#include <assert.h>

static const double overall_level = 0.05;  // of the tests that count as won or lost

static void overall_test(const og_compare_table* table, const og_compare_cell* cell, int agent,
                         og_compare_overall* overall) {
    if (agent == table->versus) {
        return;
    }
    const bool differs = cell->p < overall_level && cell->effect != 0.5;
    overall->wins += differs && cell->effect > 0.5;
    overall->losses += differs && cell->effect < 0.5;
    overall->ties += !differs;
}

static og_compare_overall overall_cell(const og_compare_result* result, og_arena* scratch,
                                       int agent, int budget) {
    const og_compare_plan* plan = result->plan;
    const int count = plan->environment_count;
    double* regrets = OG_NEW(scratch, double, count);
    og_compare_overall overall = {0};
    for (int e = 0; e < count; e++) {
        const og_compare_table* table = &result->tables[e];
        const og_compare_cell* cell = &table->cells[agent * plan->budget_count + budget];
        regrets[e] = cell->regret.median;
        overall.hits += cell->hits / count;
        overall.rank += cell->rank / count;
        overall_test(table, cell, agent, &overall);
    }
    overall.regret = og_quartiles_of(scratch, regrets, count);
    return overall;
}

static void overall_convergence(og_arena* arena, og_arena* scratch, og_compare_result* result) {
    const og_compare_plan* plan = result->plan;
    const int environments = plan->environment_count;
    const int steps = result->tables[0].step_count;
    double* convergence = OG_NEW(arena, double, plan->agent_count* steps);
    double* regrets = OG_NEW(scratch, double, environments);
    for (int i = 0; i < plan->agent_count * steps; i++) {
        for (int e = 0; e < environments; e++) {
            assert(result->tables[e].step_count == steps);
            regrets[e] = result->tables[e].convergence[i].median;
        }
        convergence[i] = og_quartiles_of(scratch, regrets, environments).median;
    }
    result->overall_convergence = convergence;
}

void og_overall_of_tables(og_arena* arena, og_compare_result* result) {
    const og_compare_plan* plan = result->plan;
    og_arena* scratch = og_arena_create();
    og_compare_overall* overall =
        OG_NEW(arena, og_compare_overall, plan->agent_count * plan->budget_count);
    for (int a = 0; a < plan->agent_count; a++) {
        for (int b = 0; b < plan->budget_count; b++) {
            overall[a * plan->budget_count + b] = overall_cell(result, scratch, a, b);
        }
    }
    result->overall = overall;
    overall_convergence(arena, scratch, result);
    og_arena_destroy(scratch);
}
