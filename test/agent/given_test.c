// Agents that learn from designs which they did not propose.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/agent.h"

enum { GIVEN_PARAMETERS = 4, GIVEN_ROUNDS = 12, GIVEN_OBJECTIVES = 2, GIVEN_MOST = 64 };

static const char* const given_modes[] = {"a", "b", "c"};
static const og_parameter given_parameters[GIVEN_PARAMETERS] = {
    {OG_INTEGER_ROW("n", "", 0, 99, 50, "Integer.")},
    {OG_CHOICE_ROW("mode", given_modes, 1, "Choice.")},
    {OG_REAL_ROW("r", "", -1, 1, 0, "Real.")},
    {OG_INTEGER_ROW("m", "", 0, 9, 5, "Integer."), .active = "mode != c"},
};
static const char* const given_constraints[] = {"n + 10 * m <= 150"};

static uint64_t given_mix(uint64_t digest, const double* x, int count) {
    const unsigned char* bytes = (const unsigned char*)x;
    for (size_t i = 0; i < (size_t)count * sizeof *x; i++) {
        digest = (digest ^ bytes[i]) * UINT64_C(1099511628211);
    }
    return digest;
}

typedef struct given_search {
    og_arena* arena;
    const og_space* space;
    og_agent* agent;
    double x[GIVEN_MOST * GIVEN_PARAMETERS];
    double objectives[GIVEN_MOST * GIVEN_OBJECTIVES];
    og_told told[GIVEN_MOST];
} given_search;

static void given_tell(given_search* search, int count) {
    for (int i = 0; i < count; i++) {
        const double* x = search->x + i * GIVEN_PARAMETERS;
        double* y = search->objectives + i * GIVEN_OBJECTIVES;
        const bool failed = (int)x[0] % 11 == 3;
        y[0] = failed ? INFINITY : fabs(x[0] - 77) + x[1] + fabs(x[2] - 0.5);
        y[1] = failed ? INFINITY : fabs(x[0] - 20) + fabs(x[3] - 2);
        search->told[i] = (og_told){.x = x,
                                    .objectives = y,
                                    .loss = failed ? INFINITY : y[0] + y[1],
                                    .violation = !failed && x[3] > 8 ? x[3] - 8 : 0,
                                    .failed = failed};
    }
    search->agent->type->tell(search->agent, count, search->told);
}

// Search after `given` designs were told in one; a digest of all proposals.
static uint64_t given_run(const og_agent_type* type, int given, int objectives) {
    given_search search = {.arena = og_arena_create()};
    const og_space_table table = {given_parameters, GIVEN_PARAMETERS, given_constraints, 1};
    assert_int_equal(og_space_create(search.arena, &table, &search.space), OG_OK);
    const og_agent_setup setup = {.space = search.space, .objective_count = objectives, .seed = 3};
    assert_int_equal(og_agent_start(search.arena, type, &setup, &search.agent), OG_OK);
    og_random random = og_random_make(99, 1);
    for (int i = 0; i < given; i++) {
        og_space_sample(search.space, &random, search.x + i * GIVEN_PARAMETERS);
    }
    if (given > 0) {
        given_tell(&search, given);
    }
    uint64_t digest = UINT64_C(14695981039346656037);
    for (int round = 0; round < GIVEN_ROUNDS; round++) {
        // other sizes than the agent's own, so that generations end within batches
        const int wanted = 1 + round % 5;
        const int count = type->ask(search.agent, wanted, search.x);
        assert_true(count > 0 && count <= wanted);
        for (int i = 0; i < count; i++) {
            assert_true(og_space_contains(search.space, search.x + i * GIVEN_PARAMETERS));
        }
        digest = given_mix(digest, search.x, count * GIVEN_PARAMETERS);
        given_tell(&search, count);
    }
    og_arena_destroy(search.arena);
    return digest;
}

static void given_test_all(void** state) {
    (void)state;
    static const int sizes[] = {3, GIVEN_MOST};
    int learners = 0;
    const og_agent_type* type;
    for (int a = 0; (type = og_agent_at(a)) != NULL; a++) {
        if (!type->learns_from_given) {
            continue;
        }
        learners++;
        assert_non_null(type->tell);
        for (int objectives = 1; objectives <= GIVEN_OBJECTIVES; objectives++) {
            const uint64_t plain = given_run(type, 0, objectives);
            for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                const uint64_t digest = given_run(type, sizes[i], objectives);
                if (digest != given_run(type, sizes[i], objectives)) {
                    fail_msg("%s is not deterministic after %d designs", type->name, sizes[i]);
                }
                // many designs must change what is proposed
                if (i >= 1 && digest == plain) {
                    fail_msg("%s does not learn from %d designs", type->name, sizes[i]);
                }
            }
        }
    }
    assert_int_equal(learners, 18);
}

enum { GIVEN_SIDE = 6, GIVEN_FEW = GIVEN_SIDE * GIVEN_SIDE, GIVEN_KNOWN = 20 };

// How many of the designs that were given are proposed while there are others.
static int given_repeats(const og_agent_type* type) {
    static const og_parameter parameters[] = {
        {OG_INTEGER_ROW("a", "", 0, GIVEN_SIDE - 1, 0, "Integer.")},
        {OG_INTEGER_ROW("b", "", 0, GIVEN_SIDE - 1, 0, "Integer.")},
    };
    const og_space_table table = {.parameters = parameters, .count = 2};
    og_arena* arena = og_arena_create();
    const og_space* space = NULL;
    og_agent* agent = NULL;
    assert_int_equal(og_space_create(arena, &table, &space), OG_OK);
    const og_agent_setup setup = {.space = space, .objective_count = 1, .seed = 3};
    assert_int_equal(og_agent_start(arena, type, &setup, &agent), OG_OK);
    double x[GIVEN_FEW][2];
    double y[GIVEN_FEW];
    og_told told[GIVEN_FEW];
    bool known[GIVEN_FEW] = {false};
    int repeats = 0;
    for (int done = 0, count = GIVEN_KNOWN; done < GIVEN_FEW && count > 0; done += count) {
        if (done > 0) {
            count = type->ask(agent, GIVEN_FEW - done < 4 ? GIVEN_FEW - done : 4, &x[done][0]);
        }
        for (int i = done; i < done + count; i++) {
            if (done == 0) {
                og_space_design(space, (uint64_t)i * 7 % GIVEN_FEW, x[i]);
            }
            const int number = (int)(x[i][0] * GIVEN_SIDE + x[i][1]);
            repeats += known[number] && done > 0;
            known[number] = known[number] || done == 0;
            y[i] = fabs(x[i][0] - 4) + fabs(x[i][1] - 1);
            told[i] = (og_told){.x = x[i], .objectives = &y[i], .loss = y[i]};
        }
        type->tell(agent, count, told + done);
    }
    og_arena_destroy(arena);
    return repeats;
}

static void given_test_repeats(void** state) {
    (void)state;
    const og_agent_type* type;
    for (int a = 0; (type = og_agent_at(a)) != NULL; a++) {
        const int repeats = type->learns_from_given ? given_repeats(type) : 0;
        if (repeats > 0) {
            fail_msg("%s proposes %d given designs", type->name, repeats);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(given_test_all),
                                       cmocka_unit_test(given_test_repeats)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
