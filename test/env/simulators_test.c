// The studies of examples/simulators, as a user runs them.

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "ogive/study.h"
#include "ogive/text.h"

// The studies beside the examples, shortened; those of tools where there are these.
static void test_example_studies(void** state) {
    (void)state;
    static const struct {
        const char *file, *tool;
        int trials;
        bool may_fail;  // some amplifiers have no band
    } examples[] = {
        {"search_cache.yaml", "sh", 20, false},
        {"search_evaluator.yaml", "sh", 20, false},
        {"search_ngspice.yaml", "ngspice", 12, true},
        {"search_yosys.yaml", "yosys", 6, false},
    };
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(OG_SOURCE_DIR), 0);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        og_arena* arena = og_arena_create();
        og_plan plan;
        og_study_result result;
        const og_study_options options = {.jobs = 2};
        const char* path = og_text_format(arena, "examples/simulators/%s", examples[i].file);
        const char* find = og_text_format(arena, "command -v %s >/dev/null", examples[i].tool);
        if (system(find) != 0) {
            print_message("no %s: its study is left out\n", examples[i].tool);
            og_arena_destroy(arena);
            continue;
        }
        const char* budget = og_text_format(arena, "budget.evaluations=%d", examples[i].trials);
        if (og_plan_load(arena, path, &plan) != OG_OK ||
            og_plan_set(arena, &plan, budget) != OG_OK ||
            og_study_run(arena, &plan, &options, &result) != OG_OK) {
            fail_msg("%s: %s", examples[i].file, og_error_text());
        }
        assert_true(result.record.trial_count == examples[i].trials);
        int feasible = 0;
        for (int k = 0; k < examples[i].trials; k++) {
            feasible += result.trials[k].outcome == OG_FEASIBLE;
            assert_true(result.trials[k].outcome != OG_FAILED || examples[i].may_fail);
        }
        assert_true(feasible > examples[i].trials / 4);
        og_arena_destroy(arena);
    }
    assert_int_equal(chdir(before), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_example_studies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
