// Every registered agent on many small spaces, and planted bad agents that the same checks catch.

#include "agent/conformance.h"

// cmocka needs these before it
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

static const char* const conformance_colours[] = {"red", "green", "blue"};
static const char* const conformance_only[] = {"only"};
static const double conformance_sizes[] = {1, 3, 10, 40, 100};

static const og_parameter conformance_single[] = {
    {OG_CHOICE_ROW("kind", conformance_only, 0, "One.")},
};
static const og_parameter conformance_two[] = {
    {OG_BOOLEAN_ROW("flag", 0, "Two.")},
};
static const og_parameter conformance_kinds[] = {
    {OG_INTEGER_ROW("depth", "", 1, 4, 2, "Integer.")},
    {OG_POWER_ROW("width", "", 1, 8, 4, "Power.")},
    {OG_ORDINAL_ROW("size", "KiB", conformance_sizes, 10, "Ordinal.")},
    {OG_CHOICE_ROW("colour", conformance_colours, 1, "Choice.")},
    {OG_BOOLEAN_ROW("flag", 1, "Boolean.")},
    {OG_CHOICE_ROW("kind", conformance_only, 0, "One level.")},
};
static const og_parameter conformance_many[] = {
    {OG_INTEGER_ROW("a", "", 0, 999, 500, "Many levels.")},
    {OG_INTEGER_ROW("b", "", -50000, 50000, 0, "More."), .step = 10},
    {OG_CHOICE_ROW("c", conformance_colours, 0, "Few.")},
};
static const og_parameter conformance_conditional[] = {
    {OG_CHOICE_ROW("colour", conformance_colours, 0, "Parent.")},
    {OG_INTEGER_ROW("shade", "", 0, 4, 2, "Child."), .active = "colour == red"},
    {OG_BOOLEAN_ROW("deep", 0, "Grandchild."), .active = "shade >= 3"},
    {OG_INTEGER_ROW("free", "", 0, 5, 0, "Free."), .group = "other"},
};
static const og_parameter conformance_tight[] = {
    {OG_INTEGER_ROW("a", "", 0, 9, 0, "One."), .group = "left"},
    {OG_INTEGER_ROW("b", "", 0, 9, 0, "Two."), .group = "left"},
    {OG_INTEGER_ROW("c", "", 0, 9, 0, "Three."), .group = "right"},
    {OG_INTEGER_ROW("d", "", 0, 9, 0, "Four."), .group = "right"},
};
// 67 of 10,000 combinations
static const char* const conformance_tight_constraints[] = {"a + b == c + d", "a * b == c * d + 3"};
static const char* const conformance_loose_constraints[] = {"a <= b", "c != d or a == 0"};
static const og_parameter conformance_reals[] = {
    {OG_REAL_ROW("x", "", -1, 2, 0.5, "Linear.")},
    {OG_REAL_ROW("y", "", 1e-6, 1, 1e-3, "Logarithmic."), .scale = OG_LOGARITHMIC},
};
static const og_parameter conformance_blend[] = {
    {OG_REAL_ROW("x", "", 0, 1, 0.5, "Real.")},
    {OG_CHOICE_ROW("colour", conformance_colours, 2, "Choice.")},
    {OG_INTEGER_ROW("n", "", 1, 64, 8, "Integer."), .active = "colour != blue"},
};
static const char* const conformance_blend_constraints[] = {"x * n <= 20"};

typedef struct conformance_case {
    const char* name;
    og_space_table table;
} conformance_case;

#define CONFORMANCE_ROWS(rows) .parameters = rows, .count = (int)(sizeof(rows) / sizeof *(rows))
#define CONFORMANCE_RULES(rules) \
    .constraints = rules, .constraint_count = (int)(sizeof(rules) / sizeof *(rules))

static const conformance_case conformance_cases[] = {
    {"single", {CONFORMANCE_ROWS(conformance_single)}},
    {"two", {CONFORMANCE_ROWS(conformance_two)}},
    {"kinds", {CONFORMANCE_ROWS(conformance_kinds)}},
    {"many", {CONFORMANCE_ROWS(conformance_many)}},
    {"conditional", {CONFORMANCE_ROWS(conformance_conditional)}},
    {"tight",
     {CONFORMANCE_ROWS(conformance_tight), CONFORMANCE_RULES(conformance_tight_constraints)}},
    {"loose",
     {CONFORMANCE_ROWS(conformance_tight), CONFORMANCE_RULES(conformance_loose_constraints)}},
    {"reals", {CONFORMANCE_ROWS(conformance_reals)}},
    {"blend",
     {CONFORMANCE_ROWS(conformance_blend), CONFORMANCE_RULES(conformance_blend_constraints)}},
};
enum { CONFORMANCE_CASES = sizeof conformance_cases / sizeof *conformance_cases };

static const int conformance_batches[] = {1, 7, 64};
enum { CONFORMANCE_BUDGET = 150, CONFORMANCE_EXHAUSTING = 700 };

// Agents that think for a millisecond about a proposal get fewer runs, and shorter ones.
static const char* const conformance_slow[] = {
    "gp_ei", "ridge_thompson", "forest", "auto", "turbo", "gp_ehvi", "linas", "parego",
};
enum { CONFORMANCE_SLOW_BUDGET = 40, CONFORMANCE_SLOW_SIZE = 100, CONFORMANCE_SLOW_STEP = 5 };

// A sanitizer watches every fifth run, and of those made twice every eleventh: it looks at memory,
// and the release build at all the rest.
#ifdef __SANITIZE_ADDRESS__
enum { CONFORMANCE_STEP = 5, CONFORMANCE_STEP_TWICE = 11 };
#else
enum { CONFORMANCE_STEP = 1, CONFORMANCE_STEP_TWICE = 1 };
#endif

static bool conformance_is_slow(const og_agent_type* type) {
    for (size_t i = 0; i < sizeof conformance_slow / sizeof *conformance_slow; i++) {
        if (strcmp(type->name, conformance_slow[i]) == 0) {
            return true;
        }
    }
    return false;
}

// Designs that are asked for: all and more where that can be.
static int conformance_budget(const og_agent_type* type, const og_space* space) {
    const bool slow = conformance_is_slow(type);
    const double most = slow ? CONFORMANCE_SLOW_SIZE : 600;
    const int budget = slow ? CONFORMANCE_SLOW_BUDGET : CONFORMANCE_BUDGET;
    return space->size >= 0 && space->size <= most ? CONFORMANCE_EXHAUSTING : budget;
}

typedef const char* conformance_check(og_arena* arena, const conformance_run* run);

// Runs of one agent on one space: every world, batch and number of objectives.
static const char* conformance_check_space(og_arena* arena, conformance_check* check, int stride,
                                           const og_agent_type* type, const og_space* space) {
    const int step = conformance_is_slow(type) ? CONFORMANCE_SLOW_STEP + stride - 1 : stride;
    for (int k = 0; k < (int)WORLD_COUNT * 3; k += step) {
        const conformance_run run = {
            .type = type,
            .space = space,
            .world = (conformance_world)(k / 3),
            .objective_count = 1 + k % 3,
            .batch = conformance_batches[(k + k / 3) % 3],
            .budget = conformance_budget(type, space),
            .seed = (uint64_t)k,
        };
        const og_arena_mark mark = og_arena_here(arena);
        const char* fault = check(arena, &run);
        og_arena_rewind(arena, mark);
        if (fault != NULL) {
            print_message("%s, world %d, %d objectives, batch %d\n", type->name, (int)run.world,
                          run.objective_count, run.batch);
            return fault;
        }
    }
    return NULL;
}

static const og_space* conformance_space(og_arena* arena, const og_space_table* table) {
    const og_space* space = NULL;
    if (og_space_create(arena, table, &space) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return space;
}

// The first fault of an agent on any space.
static const char* conformance_check_agent(conformance_check* check, int stride,
                                           const og_agent_type* type) {
    og_arena* arena = og_arena_create();
    const char* fault = NULL;
    for (int i = 0; i < CONFORMANCE_CASES && fault == NULL; i++) {
        const og_space* space = conformance_space(arena, &conformance_cases[i].table);
        fault = conformance_check_space(arena, check, stride, type, space);
        if (fault != NULL) {
            print_message("space %s\n", conformance_cases[i].name);
        }
    }
    og_arena_destroy(arena);
    return fault;
}

static void conformance_expect_all(conformance_check* check, int stride) {
    for (int i = 0; og_agent_at(i) != NULL; i++) {
        const char* fault = conformance_check_agent(check, stride, og_agent_at(i));
        if (fault != NULL) {
            fail_msg("%s: %s", og_agent_at(i)->name, fault);
        }
    }
}

static void test_proposals(void** state) {
    (void)state;
    conformance_expect_all(conformance_proposals, CONFORMANCE_STEP);
}

static void test_repeats(void** state) {
    (void)state;
    conformance_expect_all(conformance_repeats, CONFORMANCE_STEP_TWICE);
}

// Seeds matter where there is more than one order to propose in.
static const char* conformance_check_seeds(const og_agent_type* type) {
    og_arena* arena = og_arena_create();
    const conformance_run run = {.type = type,
                                 .space = conformance_space(arena, &conformance_cases[3].table),
                                 .objective_count = 1,
                                 .batch = 7,
                                 .budget = CONFORMANCE_BUDGET};
    const char* fault = conformance_seeds(arena, &run);
    og_arena_destroy(arena);
    return fault;
}

static void test_seeds(void** state) {
    (void)state;
    for (int i = 0; og_agent_at(i) != NULL; i++) {
        const char* name = og_agent_at(i)->name;
        const char* fault = conformance_check_seeds(og_agent_at(i));
        // the order of exhaustive search is fixed
        if (strcmp(name, "exhaustive") == 0) {
            assert_non_null(fault);
        } else if (fault != NULL) {
            fail_msg("%s: %s", name, fault);
        }
    }
}

static void test_descriptors(void** state) {
    (void)state;
    for (int i = 0; og_agent_at(i) != NULL; i++) {
        const og_agent_type* type = og_agent_at(i);
        const char* fault = conformance_descriptor(type);
        if (fault != NULL) {
            fail_msg("%s: %s", type->name, fault);
        }
        char path[1024];
        snprintf(path, sizeof path, "%s/src/agent/%s.c", OG_SOURCE_DIR, type->name);
        FILE* file = fopen(path, "r");
        if (file == NULL) {
            fail_msg("%s is not defined in %s", type->name, path);
        }
        fclose(file);
        const og_agent_type* found = NULL;
        assert_int_equal(og_agent_find(type->name, &found), OG_OK);
        assert_ptr_equal(found, type);
    }
}

// Every option at either end of its range.
static void test_extreme_options(void** state) {
    (void)state;
    for (int k = 0; og_agent_at(k) != NULL; k++) {
        const og_agent_type* type = og_agent_at(k);
        for (int i = 0; i < 2 * type->option_count; i++) {
            og_arena* arena = og_arena_create();
            const og_parameter* option = &type->options[i / 2];
            og_settings options = og_settings_make(arena, type->options, type->option_count);
            const int64_t levels = og_parameter_levels(option);
            options.values[i / 2] = levels > 0 ? og_parameter_value(option, i % 2 ? levels - 1 : 0)
                                               : (i % 2 ? option->maximum : option->minimum);
            const conformance_run run = {
                .type = type,
                .space = conformance_space(arena, &conformance_cases[2].table),
                .options = &options,
                .world = i % 4 < 2 ? WORLD_BOWL : WORLD_MIXED,
                .objective_count = 1,
                .batch = 16,
                .budget =
                    conformance_is_slow(type) ? CONFORMANCE_SLOW_BUDGET : CONFORMANCE_EXHAUSTING,
                .may_repeat = strcmp(option->name, "repeat") == 0 && i % 2 == 1};
            const char* fault = conformance_proposals(arena, &run);
            if (fault != NULL) {
                fail_msg("%s, option %s: %s", type->name, option->name, fault);
            }
            og_arena_destroy(arena);
        }
    }
}

static void test_unknown_names(void** state) {
    (void)state;
    const og_agent_type* type = NULL;
    assert_int_equal(og_agent_find("genetik", &type), OG_ERROR_NAME);
    assert_non_null(strstr(og_error_text(), "genetic"));
    assert_int_equal(og_agent_find("", &type), OG_ERROR_NAME);
    assert_null(type);
}

static void test_exhaustive_refuses(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_agent_type* type = NULL;
    assert_int_equal(og_agent_find("exhaustive", &type), OG_OK);
    og_agent_setup setup = {.objective_count = 1,
                            .space = conformance_space(arena, &conformance_cases[7].table)};
    og_agent* agent = NULL;
    assert_int_equal(og_agent_start(arena, type, &setup, &agent), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "x is real"));
    og_parameter rows[20];
    char names[20][8];
    for (int i = 0; i < 20; i++) {
        snprintf(names[i], sizeof names[i], "p%d", i);
        rows[i] = (og_parameter){OG_INTEGER_ROW(names[i], "", 0, 99, 0, "Wide.")};
    }
    const og_space_table table = {.parameters = rows, .count = 20};
    setup.space = conformance_space(arena, &table);
    assert_int_equal(og_agent_start(arena, type, &setup, &agent), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "2^53"));
    og_arena_destroy(arena);
}

// Planted faults: agents that break one promise each, made from `random`.

static const og_agent_type* planted_base(void) {
    return og_agent_at(0);
}

static int planted_twice(og_agent* agent, int count, double* x) {
    const int made = planted_base()->ask(agent, count, x);
    if (made > 2) {
        memcpy(x + agent->space->count, x, sizeof(double) * (size_t)agent->space->count);
    }
    return made;
}

static int planted_infeasible(og_agent* agent, int count, double* x) {
    const int made = planted_base()->ask(agent, count, x);
    x[0] += 1000000;
    return made;
}

static int planted_static(og_agent* agent, int count, double* x) {
    static int calls;
    calls++;
    return planted_base()->ask(agent, calls % 11 == 0 && count > 1 ? count - 1 : count, x);
}

static int planted_quitter(og_agent* agent, int count, double* x) {
    const bool tired = agent->random.counter > 0;
    return tired ? 0 : planted_base()->ask(agent, count, x);
}

static int planted_overrun(og_agent* agent, int count, double* x) {
    x[count * agent->space->count] = 0;
    return planted_base()->ask(agent, count, x);
}

static int planted_seedless(og_agent* agent, int count, double* x) {
    for (int i = 0; i < count; i++) {
        og_random random = og_random_make(1, agent->random.counter++);
        og_space_sample(agent->space, &random, x + i * agent->space->count);
    }
    return count;
}

// Keeps the pointer to what it was told.
typedef struct planted_keeper {
    const double* kept;
    double random_state[64];
} planted_keeper;

static void planted_keep(og_agent* agent, int count, const og_told* told) {
    (void)count;
    ((planted_keeper*)agent->state)->kept = told[0].x;
}

static int planted_kept(og_agent* agent, int count, double* x) {
    const planted_keeper* state = agent->state;
    if (state->kept != NULL && state->kept[0] < -1e299) {
        og_random_bits(&agent->random);
    }
    og_space_sample(agent->space, &agent->random, x);
    return count > 0;
}

typedef struct planted_fault {
    const char* what;
    conformance_check* check;
    og_agent_type type;
} planted_fault;

static void test_planted_agents(void** state) {
    (void)state;
    planted_fault faults[] = {
        {"repeats", conformance_proposals, {.ask = planted_twice}},
        {"is infeasible", conformance_proposals, {.ask = planted_infeasible}},
        {"second run", conformance_repeats, {.ask = planted_static}},
        {"stopped after", conformance_proposals, {.ask = planted_quitter}},
        {"wrote behind", conformance_proposals, {.ask = planted_overrun}},
        {"another seed", conformance_seeds, {.ask = planted_seedless}},
        {"second run", conformance_repeats, {.ask = planted_kept, .tell = planted_keep}},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        og_agent_type type = *planted_base();
        type.name = "planted";
        type.ask = faults[i].type.ask;
        type.tell = faults[i].type.tell;
        type.start = type.tell != NULL ? NULL : type.start;
        type.state_size += sizeof(planted_keeper);
        const char* fault = faults[i].check == conformance_seeds
                                ? conformance_check_seeds(&type)
                                : conformance_check_agent(faults[i].check, 1, &type);
        assert_non_null(fault);
        if (strstr(fault, faults[i].what) == NULL) {
            fail_msg("planted '%s' was found as '%s'", faults[i].what, fault);
        }
    }
}

// Hash of the first proposals of each agent. A change of any of these changes the record of every
// study: it must be intended, and told to users.
static void test_golden(void** state) {
    (void)state;
    enum { GOLDEN_PROPOSALS = 60 };
    static const struct {
        const char* name;
        uint64_t hash;
    } golden[] = {
        {"turbo", 0x211cde0dc1d58809u},
        {"gp_ei", 0x473725b648240e74u},
        {"gp_ehvi", 0xdd4ea7d202a00bdbu},
        {"linas", 0x2dbe204818e19289u},
        {"mo_tpe", 0xac08f26559aa23ccu},
        {"parego", 0x761c9d917d9db365u},
        {"ridge_thompson", 0xfd171dccfced5609u},
        {"forest", 0x6da949dbf83f8681u},
        {"auto", 0x1464fdb95a0c2cbau},
        {"random", 0x7c34db4545a7728du},
        {"exhaustive", 0x78ab9069b6e70a28u},
        {"hill_climb", 0xea94211074a1598fu},
        {"anneal", 0xefc521c28ffc4ed8u},
        {"genetic", 0x3d7da34b7009f0d0u},
        {"regularized_evolution", 0xfe2ea07367c0c4fdu},
        {"umda", 0x531db11ca00359d7u},
        {"reinforce", 0xc8a2ef47cb186dd4u},
        {"ppo", 0x96fc4c00951912abu},
        {"ippo", 0x240ae207a09db178u},
        {"vdn", 0x9113431b20b3b8bdu},
        {"mappo", 0xbba51046b080edc5u},
        {"happo", 0xe79a7413284007fcu},
        {"coma", 0x01be3acb6eecfb47u},
        {"differential_evolution", 0x9082c86b3f5d28b6u},
        {"particle_swarm", 0x1c92f8c40439b8fbu},
        {"hysteretic", 0x2c22353ec9097f7eu},
        {"autoregressive", 0x83282c8b52947a61u},
        {"qmix", 0x3d121e6664c2c9a4u},
        {"sac", 0x4f15799527c41835u},
        {"ant_colony", 0x67ef854dce0723ffu},
        {"cross_entropy", 0xa0d7c9590f2fbf5cu},
        {"cma_es", 0x21f2b93287aa05c7u},
        {"mcts", 0x6827875c49095a53u},
        {"nsga2", 0x15d45756974e40c2u},
        {"nsga3", 0x15d45756974e40c2u},
        {"moea_d", 0x15d45756974e40c2u},
        {"sms_emoa", 0x15d45756974e40c2u},
        {"tpe", 0xac08f26559aa23ccu},
    };
    og_arena* arena = og_arena_create();
    const og_space* space = conformance_space(arena, &conformance_cases[2].table);
    int changes = 0;
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        const og_agent_type* type = NULL;
        assert_int_equal(og_agent_find(golden[i].name, &type), OG_OK);
        const conformance_run run = {.type = type,
                                     .space = space,
                                     .objective_count = 1,
                                     .batch = 5,
                                     .budget = GOLDEN_PROPOSALS,
                                     .seed = 1};
        const conformance_log log = conformance_go(arena, &run);
        uint64_t hash = 0;
        for (int k = 0; k < log.count; k++) {
            hash = hash * 31 + og_space_hash(space, log.x + k * space->count);
        }
        if (hash != golden[i].hash) {
            print_message("{\"%s\", 0x%016llxu},\n", golden[i].name, (unsigned long long)hash);
            changes++;
        }
    }
    og_arena_destroy(arena);
    assert_int_equal(changes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_proposals),
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_extreme_options),
        cmocka_unit_test(test_exhaustive_refuses),
        cmocka_unit_test(test_planted_agents),
        cmocka_unit_test(test_golden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
