// What holds over all environments, from tables made by hand.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compare/overall.h"
#include "ogive/report.h"

enum { OVERALL_TEST_ENVIRONMENTS = 4, OVERALL_TEST_AGENTS = 2 };

static og_arena* arena;

static int overall_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int overall_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

// Agent 0 is tested against agent 1 in all environments but the last, where it is the other way.
static og_compare_result overall_test_result(void) {
    static const og_compare_agent agents[] = {{.label = "a, b"}, {.label = "other"}};
    static const double regrets[OVERALL_TEST_ENVIRONMENTS] = {0.1, 0.4, 0, 0.2};
    static const double effects[OVERALL_TEST_ENVIRONMENTS] = {0.9, 0.1, 0.9, 0.5};
    static const double p[OVERALL_TEST_ENVIRONMENTS] = {0.01, 0.04, 0.2, NAN};
    static const double hits[OVERALL_TEST_ENVIRONMENTS] = {0, 0, 1, 0.5};
    static const int64_t budgets[] = {10};
    static const int64_t steps[] = {1, 10};
    og_compare_plan* plan = OG_NEW(arena, og_compare_plan, 1);
    *plan = (og_compare_plan){.environment_count = OVERALL_TEST_ENVIRONMENTS,
                              .agents = agents,
                              .agent_count = OVERALL_TEST_AGENTS,
                              .seed_count = 5,
                              .budgets = budgets,
                              .budget_count = 1};
    og_compare_table* tables = OG_NEW(arena, og_compare_table, OVERALL_TEST_ENVIRONMENTS);
    for (int e = 0; e < OVERALL_TEST_ENVIRONMENTS; e++) {
        og_compare_cell* cells = OG_NEW(arena, og_compare_cell, OVERALL_TEST_AGENTS);
        og_quartiles* convergence = OG_NEW(arena, og_quartiles, OVERALL_TEST_AGENTS * 2);
        for (int a = 0; a < OVERALL_TEST_AGENTS; a++) {
            const int last = OVERALL_TEST_ENVIRONMENTS - 1;
            const bool self = a == (e == last ? 0 : 1);
            cells[a] = (og_compare_cell){.regret = {.median = a == 0 ? regrets[e] : 1},
                                         .hits = hits[e],
                                         .effect = effects[e],
                                         .p = self     ? NAN
                                              : a == 0 ? p[e]
                                                       : 0.5,
                                         .rank = a == 0 ? 1 + 0.25 * e : 2};
            convergence[a * 2].median = INFINITY;
            convergence[a * 2 + 1].median = cells[a].regret.median;
        }
        tables[e] = (og_compare_table){.cells = cells,
                                       .versus = e == OVERALL_TEST_ENVIRONMENTS - 1 ? 0 : 1,
                                       .steps = steps,
                                       .step_count = 2,
                                       .convergence = convergence};
    }
    og_compare_result result = {.plan = plan, .tables = tables};
    og_overall_of_tables(arena, &result);
    return result;
}

static void overall_test_numbers(void** state) {
    (void)state;
    const og_compare_result result = overall_test_result();
    const og_compare_overall* first = &result.overall[0];
    assert_true(fabs(first->regret.median - 0.15) < 1e-12);
    assert_true(fabs(first->regret.mean - 0.175) < 1e-12);
    assert_true(fabs(first->hits - 0.375) < 1e-12);
    assert_true(fabs(first->rank - 1.375) < 1e-12);
    assert_int_equal(first->wins, 1);
    assert_int_equal(first->losses, 1);
    assert_int_equal(first->ties, 1);
    const og_compare_overall* second = &result.overall[1];
    assert_int_equal(second->wins + second->losses, 0);
    assert_int_equal(second->ties, 1);
    assert_true(isinf(result.overall_convergence[0]));
    assert_true(fabs(result.overall_convergence[1] - 0.15) < 1e-12);
    assert_true(result.overall_convergence[3] == 1);
}

static void overall_test_reports(void** state) {
    (void)state;
    const og_compare_result result = overall_test_result();
    og_buffer text = {.arena = arena};
    og_report_compare_overall_csv(&result, &text);
    assert_non_null(strstr(text.data, "\n\"a, b\",10,4,20,0.15"));
    assert_non_null(strstr(text.data, ",1,1,1\nother,10,4,20,1,1,1,1,0.375,2,0,1,0\n"));
    og_buffer picture = {.arena = arena};
    og_report_compare_overall_svg(arena, &result, &picture);
    // the better one is below, so its name is
    assert_true(strstr(picture.data, ">other<") < strstr(picture.data, ">a, b<"));
    assert_null(strstr(picture.data, "nan"));
    assert_null(strstr(picture.data, "inf"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overall_test_numbers),
        cmocka_unit_test(overall_test_reports),
    };
    return cmocka_run_group_tests(tests, overall_test_setup, overall_test_teardown);
}
