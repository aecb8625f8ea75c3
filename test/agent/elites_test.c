// The best designs with several objectives: fronts by definition, and what does not count.

#include "agent/elites.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ELITES_SIZE = 20, ELITES_TOLD = 300 };

static const og_parameter elites_parameters[] = {
    {OG_INTEGER_ROW("index", "", 0, ELITES_TOLD, 0, "Which.")},
};

typedef struct elites_case {
    double x[ELITES_TOLD];
    double objectives[ELITES_TOLD][2];
    og_told told[ELITES_TOLD];
} elites_case;

static og_agent elites_agent(og_arena* arena) {
    const og_space_table table = {.parameters = elites_parameters, .count = 1};
    const og_space* space = NULL;
    assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
    return (og_agent){.space = space, .objective_count = 2, .arena = arena};
}

// A third fails, a third violates; the others have few values, so that there are ties.
static void elites_draw(elites_case* drawn, og_random* random) {
    for (int i = 0; i < ELITES_TOLD; i++) {
        drawn->x[i] = i;
        for (int k = 0; k < 2; k++) {
            drawn->objectives[i][k] = (double)og_random_below(random, 30);
        }
        drawn->told[i] = (og_told){.x = &drawn->x[i], .objectives = drawn->objectives[i]};
        drawn->told[i].failed = i % 3 == 1;
        drawn->told[i].violation = i % 3 == 2 ? 0.5 : 0;
        drawn->told[i].loss = drawn->told[i].failed ? (double)INFINITY : 0;
    }
}

static bool elites_holds(const og_told* told) {
    return !told->failed && told->violation <= 0;
}

static bool elites_dominates(const og_told* a, const og_told* b) {
    return a->objectives[0] <= b->objectives[0] && a->objectives[1] <= b->objectives[1] &&
           (a->objectives[0] < b->objectives[0] || a->objectives[1] < b->objectives[1]);
}

// Whether an earlier member has the same objectives: such come behind.
static bool elites_repeats(const og_elites* elites, int index) {
    const og_told* members = elites->population.members;
    for (int k = 0; k < index; k++) {
        if (!elites_dominates(&members[index], &members[k]) &&
            members[k].objectives[0] <= members[index].objectives[0] &&
            members[k].objectives[1] <= members[index].objectives[1] &&
            !elites_dominates(&members[k], &members[index])) {
            return true;
        }
    }
    return false;
}

static bool elites_is_dominated(const elites_case* drawn, const og_told* told) {
    for (int i = 0; i < ELITES_TOLD; i++) {
        if (elites_holds(&drawn->told[i]) && elites_dominates(&drawn->told[i], told)) {
            return true;
        }
    }
    return false;
}

static void test_front_is_kept(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_agent agent = elites_agent(arena);
    og_random random = og_random_make(1, 1);
    for (int round = 0; round < 20; round++) {
        elites_case drawn;
        elites_draw(&drawn, &random);
        og_elites elites = og_elites_make(&agent, ELITES_SIZE);
        for (int i = 0; i < ELITES_TOLD; i++) {
            og_elites_add(arena, &elites, &drawn.told[i]);
        }
        og_elites_order(arena, &elites);
        assert_true(elites.population.count >= ELITES_SIZE && elites.front >= 1);
        assert_int_equal(elites.ordered, elites.population.count);
        for (int i = 0; i < elites.ordered; i++) {
            const og_told* member = &elites.population.members[i];
            assert_ptr_equal(member->x, elites.designs[i]);
            assert_true(i == 0 || elites.ranks[i] >= elites.ranks[i - 1]);
            assert_int_equal(elites.ranks[i] == 0, i < elites.front);
            if (i < elites.front) {
                assert_true(elites_holds(member));
                assert_false(elites_is_dominated(&drawn, member));
            }
            for (int k = 0; k < i && elites_holds(member); k++) {
                // none behind dominates, and what holds comes first
                assert_true(elites_holds(&elites.population.members[k]));
                assert_true(elites_repeats(&elites, i) ||
                            !elites_dominates(member, &elites.population.members[k]));
            }
        }
    }
    og_arena_destroy(arena);
}

static void test_targets_of_what_does_not_hold_are_scores(void** state) {
    (void)state;
    const double objectives[] = {3, 4};
    og_told told = {.objectives = objectives, .loss = 7};
    assert_true(og_elites_target(&told, 2, 1) == 4);
    assert_true(og_elites_target(&told, 1, 0) == 7);
    told.violation = 1;
    assert_true(og_elites_target(&told, 2, 1) > 1e19);
    told.failed = true;
    assert_true(og_elites_target(&told, 2, 0) > 1e29);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_front_is_kept),
        cmocka_unit_test(test_targets_of_what_does_not_hold_are_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
