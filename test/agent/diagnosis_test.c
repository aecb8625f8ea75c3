// What agents tell of how their searches go: it changes nothing, and it is true.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/diagnosis.h"
#include "ogive/agent.h"

enum { DIAGNOSIS_PARAMETERS = 4, DIAGNOSIS_MOST = 64, DIAGNOSIS_TRIALS = 96 };

static const char* const diagnosis_modes[] = {"a", "b", "c"};
static const og_parameter diagnosis_parameters[DIAGNOSIS_PARAMETERS] = {
    {OG_INTEGER_ROW("n", "", 0, 15, 7, "Integer."), .group = "first"},
    {OG_CHOICE_ROW("mode", diagnosis_modes, 1, "Choice."), .group = "second"},
    {OG_INTEGER_ROW("k", "", 0, 9, 5, "Integer."), .group = "first"},
    {OG_BOOLEAN_ROW("fast", 0, "Speed."), .group = "second"},
};

typedef struct diagnosis_search {
    og_arena* arena;
    og_agent* agent;
    double x[DIAGNOSIS_MOST * DIAGNOSIS_PARAMETERS];
    og_told told[DIAGNOSIS_MOST];
    og_diagnostic list[OG_DIAGNOSTICS];
    int count;  // of list
} diagnosis_search;

static diagnosis_search diagnosis_start(const og_agent_type* type, const og_settings* options) {
    static const og_space_table table = {diagnosis_parameters, DIAGNOSIS_PARAMETERS, NULL, 0};
    diagnosis_search search = {.arena = og_arena_create()};
    const og_space* space = NULL;
    assert_int_equal(og_space_create(search.arena, &table, &space), OG_OK);
    const og_agent_setup setup = {
        .space = space, .options = options, .objective_count = 1, .seed = 5};
    assert_int_equal(og_agent_start(search.arena, type, &setup, &search.agent), OG_OK);
    return search;
}

// Ask for a batch and tell what it costs; returns the number of designs.
static int diagnosis_step(diagnosis_search* search) {
    const og_agent_type* type = search->agent->type;
    const int wanted = type->batch(search->agent);
    const int count = type->ask(search->agent, wanted < 16 ? wanted : 16, search->x);
    for (int i = 0; i < count; i++) {
        const double* x = search->x + i * DIAGNOSIS_PARAMETERS;
        search->told[i].x = x;
        search->told[i].loss = fabs(x[0] - 3) + 4 * (x[1] != 2) + fabs(x[2] - 8) + 2 * x[3];
        search->told[i].objectives = &search->told[i].loss;
    }
    if (type->tell) {
        type->tell(search->agent, count, search->told);
    }
    return count;
}

static uint64_t diagnosis_run(const og_agent_type* type, bool asked) {
    diagnosis_search search = diagnosis_start(type, NULL);
    uint64_t digest = UINT64_C(14695981039346656037);
    int count = 0;
    for (int done = 0; done < DIAGNOSIS_TRIALS && (count = diagnosis_step(&search)) > 0;
         done += count) {
        const unsigned char* bytes = (const unsigned char*)search.x;
        for (size_t i = 0; i < (size_t)count * DIAGNOSIS_PARAMETERS * sizeof(double); i++) {
            digest = (digest ^ bytes[i]) * UINT64_C(1099511628211);
        }
        search.count = asked && type->diagnose ? type->diagnose(search.agent, search.list) : 0;
        assert_in_range(search.count, 0, OG_DIAGNOSTICS);
        for (int i = 0; i < search.count; i++) {
            const og_diagnostic* one = &search.list[i];
            const bool entropy = strcmp(one->name, OG_DIAGNOSTIC_ENTROPY) == 0;
            assert_true(entropy || strcmp(one->name, OG_DIAGNOSTIC_ERROR) == 0);
            assert_true(one->value >= 0 && (!entropy || one->value <= 1));
            assert_non_null(one->part);
        }
    }
    og_arena_destroy(search.arena);
    return digest;
}

static void looking_changes_nothing(void** state) {
    (void)state;
    int looked = 0;
    for (int i = 0; og_agent_at(i); i++) {
        const og_agent_type* type = og_agent_at(i);
        if (type->diagnose) {
            looked++;
            assert_true(diagnosis_run(type, true) == diagnosis_run(type, false));
        }
    }
    assert_true(looked >= 8);
}

static void diagnosis_ask(diagnosis_search* search) {
    search->count = search->agent->type->diagnose(search->agent, search->list);
}

static void teams_settle(void** state) {
    (void)state;
    const og_agent_type* type = NULL;
    assert_int_equal(og_agent_find("ippo", &type), OG_OK);
    diagnosis_search search = diagnosis_start(type, NULL);
    diagnosis_ask(&search);
    assert_int_equal(search.count, DIAGNOSIS_PARAMETERS);
    for (int i = 0; i < search.count; i++) {
        assert_string_equal(search.list[i].part, diagnosis_parameters[i].name);
        assert_true(search.list[i].value > 1 - 1e-9);
    }
    for (int done = 0, count = 1; done < 320 && count > 0; done += count) {
        count = diagnosis_step(&search);
    }
    diagnosis_ask(&search);
    for (int i = 0; i < search.count; i++) {
        assert_true(search.list[i].value < 0.9);
    }
    og_arena_destroy(search.arena);
}

static void members_have_names(void** state) {
    (void)state;
    const og_agent_type* type = NULL;
    assert_int_equal(og_agent_find("ippo", &type), OG_OK);
    og_arena* arena = og_arena_create();
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    assert_int_equal(og_settings_set(&options, "team", "group"), OG_OK);
    diagnosis_search search = diagnosis_start(type, &options);
    diagnosis_ask(&search);
    assert_int_equal(search.count, 2);
    assert_string_equal(search.list[0].part, "first");
    assert_string_equal(search.list[1].part, "second");
    og_arena_destroy(search.arena);
    assert_int_equal(og_agent_find("ppo", &type), OG_OK);
    search = diagnosis_start(type, NULL);
    diagnosis_ask(&search);
    assert_int_equal(search.count, 1);
    assert_string_equal(search.list[0].part, "");
    og_arena_destroy(search.arena);
    og_arena_destroy(arena);
}

static void models_learn(void** state) {
    (void)state;
    static const char* const names[] = {"gp_ei", "forest"};
    for (int a = 0; a < 2; a++) {
        const og_agent_type* type = NULL;
        assert_int_equal(og_agent_find(names[a], &type), OG_OK);
        diagnosis_search search = diagnosis_start(type, NULL);
        diagnosis_ask(&search);
        assert_int_equal(search.count, 0);
        for (int done = 0, count = 1; done < 80 && count > 0; done += count) {
            count = diagnosis_step(&search);
        }
        diagnosis_ask(&search);
        assert_int_equal(search.count, 1);
        assert_true(search.list[0].value < 0.7);
        og_arena_destroy(search.arena);
    }
}

static void entropies_are_shares(void** state) {
    (void)state;
    og_indecision indecision = {0};
    assert_true(og_indecision_share(&indecision) == 0);
    og_indecision_add(&indecision, (const double[]){2, 2, 2, 2}, 4);
    assert_true(fabs(og_indecision_share(&indecision) - 1) < 1e-12);
    og_indecision_add(&indecision, (const double[]){0, 7, 0, 0}, 4);
    assert_true(fabs(og_indecision_share(&indecision) - 0.5) < 1e-12);
    indecision = (og_indecision){0};
    og_indecision_add(&indecision, (const double[]){3, 1}, 2);
    assert_true(fabs(og_indecision_share(&indecision) - 0.811278124459133) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_changes_nothing), cmocka_unit_test(teams_settle),
        cmocka_unit_test(members_have_names),      cmocka_unit_test(models_learn),
        cmocka_unit_test(entropies_are_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
