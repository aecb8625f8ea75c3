// Study files: what they may say, where messages point, and that a printed plan reads back the
// same.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/file.h"
#include "study/fixture.h"

static og_arena* arena;

static int plan_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int plan_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

static og_plan plan_test_parse(const char* text) {
    og_plan plan;
    if (og_plan_parse(arena, text, strlen(text), "s.yaml", &plan) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return plan;
}

static const char plan_test_full[] =
    "# a study with every key\n"
    "name: everything\n"
    "environment: {name: dram, options: {workload: [gemm, fft], preset: archgym}}\n"
    "space: {request_buffer_size: [1, 2, 4], page_policy: Open}\n"
    "metrics:\n"
    "  edp: {expression: \"energy_pj * time_ns\", unit: \"pJ ns\"}\n"
    "  twice: edp * 2\n"
    "objectives:\n"
    "  - minimize: read_latency_p99_ns\n"
    "  - {maximize: bandwidth_gbps}\n"
    "  - target: {metric: power_mw, value: -1.5e3}\n"
    "constraints: [\"power_mw <= 1500\", edp < 3]\n"
    "agent: {name: genetic, options: {population: 64}}\n"
    "budget: {evaluations: 2000, seconds: 0.5}\n"
    "seed: 18446744073709551615\n"
    "batch: 32\n"
    "store: out.db\n";

static void plan_test_every_key(void** state) {
    (void)state;
    const og_plan plan = plan_test_parse(plan_test_full);
    assert_string_equal(plan.name, "everything");
    assert_string_equal(plan.environment, "dram");
    assert_string_equal(plan.environment_where, "s.yaml:3:21");
    assert_int_equal(plan.environment_option_count, 2);
    assert_string_equal(plan.environment_options[0].key, "workload");
    assert_string_equal(plan.environment_options[0].value, "gemm,fft");
    assert_string_equal(plan.environment_options[1].where, "s.yaml:3:68");
    assert_int_equal(plan.space_count, 2);
    assert_string_equal(plan.space[0].value, "1,2,4");
    assert_string_equal(plan.space[1].value, "Open");
    assert_int_equal(plan.metric_count, 2);
    assert_string_equal(plan.metrics[0].unit, "pJ ns");
    assert_string_equal(plan.metrics[1].expression, "edp * 2");
    assert_null(plan.metrics[1].unit);
    assert_int_equal(plan.objective_count, 3);
    assert_int_equal(plan.objectives[1].sense, OG_MAXIMIZE);
    assert_int_equal(plan.objectives[2].sense, OG_TARGET);
    assert_true(plan.objectives[2].target == -1500);
    assert_string_equal(plan.objectives[2].where, "s.yaml:11:5");
    assert_int_equal(plan.constraint_count, 2);
    assert_string_equal(plan.constraints[1], "edp < 3");
    assert_string_equal(plan.constraint_where[0], "s.yaml:12:15");
    assert_string_equal(plan.agent_options[0].value, "64");
    assert_int_equal(plan.evaluations, 2000);
    assert_true(plan.seconds == 0.5);
    assert_true(plan.seed == UINT64_MAX);
    assert_int_equal(plan.batch, 32);
    assert_string_equal(plan.store, "out.db");
}

static void plan_test_short_forms(void** state) {
    (void)state;
    const og_plan plan = plan_test_parse(
        "environment: function\nagent: random\nbudget: 1e3\nobjectives: {minimize: value}\n"
        "constraints: value <= 3\nmetrics: {half: value / 2}\nstore: ~\nname:\n");
    assert_string_equal(plan.environment, "function");
    assert_string_equal(plan.agent, "random");
    assert_int_equal(plan.evaluations, 1000);
    assert_int_equal(plan.objective_count, 1);
    assert_string_equal(plan.constraints[0], "value <= 3");
    assert_string_equal(plan.metrics[0].expression, "value / 2");
    assert_null(plan.store);
    assert_null(plan.name);
    assert_true(plan.seed == 1);
}

static void plan_test_json_and_aliases(void** state) {
    (void)state;
    const og_plan json = plan_test_parse(
        "{\"environment\": \"dram\", \"objectives\": [{\"minimize\": \"time_ns\"}], \"seed\": 7}");
    assert_string_equal(json.objectives[0].expression, "time_ns");
    const og_plan alias =
        plan_test_parse("agent: &a genetic\nenvironment: *a\nname: \"tab\\tand \\u00e9\"\n");
    assert_string_equal(alias.environment, "genetic");
    assert_string_equal(alias.name, "tab\tand \xc3\xa9");
}

static void plan_test_errors(void** state) {
    (void)state;
    static const struct {
        const char* text;
        const char* message;
    } cases[] = {
        {"agnet: x", "s.yaml:1:1: unknown key 'agnet', did you mean agent?"},
        {"name: a\nzzzzz: x",
         "s.yaml:2:1: unknown key 'zzzzz', allowed: name, environment, space, metrics, objectives, "
         "constraints, agent, proposer, enqueue, budget, seed, batch, store, workers"},
        {"agent: {nam: x}", "s.yaml:1:9: unknown key 'nam', did you mean name?"},
        {"agent:\n  name: a\n  options: 3", "s.yaml:3:12: {option: value, ...} expected"},
        {"agent: [a]", "s.yaml:1:8: a name, or {name: NAME, options: {...}}, expected"},
        {"agent: {options: {a: {b: c}}}", "s.yaml:1:22: a value, or a list of values, expected"},
        {"agent: {options: {a: [[1]]}}", "s.yaml:1:23: a value expected"},
        {"agent: {options: {a: []}}", "s.yaml:1:22: a value, or a list of values, expected"},
        {"seed: 1\nseed: 2", "s.yaml:2:1: key 'seed' is given twice, first in line 1"},
        {"seed: -1",
         "s.yaml:1:7: seed: '-1' is not allowed, allowed: an integer 0 .. "
         "18446744073709551615"},
        {"seed: 18446744073709551616",
         "s.yaml:1:7: seed: '18446744073709551616' is not allowed, allowed: an integer 0 .. "
         "18446744073709551615"},
        {"seed: [1]",
         "s.yaml:1:7: seed: '' is not allowed, allowed: an integer 0 .. "
         "18446744073709551615"},
        {"budget: 0",
         "s.yaml:1:9: evaluations: 0 is not allowed, allowed: an integer 1 .. "
         "9007199254740992"},
        {"budget: {evaluations: 1.5}",
         "s.yaml:1:23: evaluations: 1.5 is not allowed, allowed: an integer 1 .. 9007199254740992"},
        {"budget: {seconds: 0}",
         "s.yaml:1:19: seconds: 0 is not allowed, allowed: a number 0.001 .. 1000000000"},
        {"budget: {seconds: many}",
         "s.yaml:1:19: seconds: many is not allowed, allowed: a number 0.001 .. 1000000000"},
        {"budget: {minutes: 3}",
         "s.yaml:1:10: unknown key 'minutes', allowed: evaluations, seconds"},
        {"budget: [1]", "s.yaml:1:9: a number, or {evaluations: N, seconds: S}, expected"},
        {"agent: a\nproposer: [b]",
         "s.yaml:2:11: either agent or proposer can propose designs, not both"},
        {"proposer: b", "s.yaml:1:11: [PROGRAM, ...], or {command: [...], seconds: S}, expected"},
        {"proposer: {command: []}",
         "s.yaml:1:21: a list of words, [PROGRAM, ARGUMENT, ...], expected"},
        {"batch: 1048577",
         "s.yaml:1:8: batch: 1048577 is not allowed, allowed: an integer 1 .. "
         "1048576"},
        {"objectives: [power]",
         "s.yaml:1:14: {minimize: METRIC}, {maximize: METRIC} or {target: {metric: METRIC, value: "
         "NUMBER}} expected"},
        {"objectives: [{minimize: a, maximize: b}]",
         "s.yaml:1:14: exactly one of {minimize: METRIC}, {maximize: METRIC} or {target: {metric: "
         "METRIC, value: NUMBER}} expected"},
        {"objectives: [{minimise: a}]",
         "s.yaml:1:15: unknown key 'minimise', did you mean minimize?"},
        {"objectives: [{target: {metric: a}}]",
         "s.yaml:1:23: a target needs both metric and value"},
        {"objectives: [{target: {metric: a, value: b}}]",
         "s.yaml:1:42: value: b is not allowed, allowed: a number -1e+300 .. 1e+300"},
        {"constraints: [{a: b}]", "s.yaml:1:15: text expected"},
        {"metrics: [a]", "s.yaml:1:10: {name: expression, ...} expected"},
        {"metrics: {a: {unit: b}}", "s.yaml:1:14: key 'expression' is missing"},
        {"space: 3", "s.yaml:1:8: {parameter: value or [values], ...} expected"},
        {"just text", "s.yaml:1:1: keys of a study (environment: ..., agent: ...) expected"},
        {"", "s.yaml:1:1: keys of a study (environment: ..., agent: ...) expected"},
        {"- a", "s.yaml:1:1: keys of a study (environment: ..., agent: ...) expected"},
        {"a: [1", "s.yaml:2:1: did not find expected ',' or ']' while parsing a flow sequence"},
        {"a: b: c", "s.yaml:1:5: mapping values are not allowed in this context"},
        {"seed: 1\n\tbatch: 2",
         "s.yaml:2:1: found a tab character that violates indentation while scanning a plain "
         "scalar"},
        {"name: *x", "s.yaml:1:7: alias *x has no anchor before it"},
        {"name: !!str x", "s.yaml:1:7: tags (!...) are not used here"},
        {"name: \"a\\0b\"", "s.yaml:1:7: a zero byte is not allowed in text"},
        {"{[a]: b}", "s.yaml:1:2: a key must be plain text"},
        {"seed: 1\n---\nseed: 2", "s.yaml:2:1: a second document (---) begins here"},
        {"name: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]",
         "s.yaml:1:23: nested deeper than 16 levels"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_plan plan;
        const og_status status =
            og_plan_parse(arena, cases[i].text, strlen(cases[i].text), "s.yaml", &plan);
        if (status == OG_OK) {
            fail_msg("accepted: %s", cases[i].text);
        }
        assert_string_equal(og_error_text(), cases[i].message);
    }
}

// Nine levels of nine aliases each stand for 9^9 values.
static void plan_test_alias_bomb(void** state) {
    (void)state;
    og_buffer text = {.arena = arena};
    og_buffer_print(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++) {
        og_buffer_print(&text, "a%d: &a%d [", i, i);
        for (int k = 0; k < 9; k++) {
            og_buffer_print(&text, "%s*a%d", k ? "," : "", i - 1);
        }
        og_buffer_print(&text, "]\n");
    }
    og_plan plan;
    assert_int_not_equal(og_plan_parse(arena, text.data, text.length, "s.yaml", &plan), OG_OK);
    assert_non_null(strstr(og_error_text(), "too many values"));
}

static void plan_test_size_limit(void** state) {
    (void)state;
    const size_t size = (1 << 20) + 1;
    char* text = og_arena_allocate(arena, size + 1);
    memset(text, ' ', size);
    og_plan plan;
    assert_int_equal(og_plan_parse(arena, text, size, "s.yaml", &plan), OG_ERROR_FILE);
    assert_int_equal(og_plan_load(arena, "/nonexistent/s.yaml", &plan), OG_ERROR_FILE);
    assert_int_equal(og_plan_load(arena, "/tmp", &plan), OG_ERROR_FILE);
}

static void plan_test_print_reads_back(void** state) {
    (void)state;
    static const char* const texts[] = {
        plan_test_full,
        "seed: 3",
        "name: \"null\"\nstore: \"~\"\nspace: {a: \"1, 2\", b: [\"\", x y], c: \"\"}",
        "name: \"- a: b # c\"\nagent: {name: \"[x]\", options: {\"odd key: #\": \"\\x07\\u2028 "
        "\"}}",
        "constraints: [\"not a\", \"-b < 3\", \"a == 'x,y'\", \" spaced \"]",
        "objectives: [{target: {metric: \"max(a, b)\", value: 0.1}}]\nmetrics: {m: \"if(a, b, "
        "c)\"}",
        "environment: {options: {trace: /a/b.stl}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const og_plan plan = plan_test_parse(texts[i]);
        const char* printed = og_plan_print(arena, &plan);
        const og_plan again = plan_test_parse(printed);
        assert_string_equal(og_plan_print(arena, &again), printed);
        assert_int_equal(again.space_count, plan.space_count);
        for (int k = 0; k < plan.space_count; k++) {
            assert_string_equal(again.space[k].key, plan.space[k].key);
            assert_string_equal(again.space[k].value, plan.space[k].value);
        }
        for (int k = 0; k < plan.constraint_count; k++) {
            assert_string_equal(again.constraints[k], plan.constraints[k]);
        }
        for (int k = 0; k < plan.agent_option_count; k++) {
            assert_string_equal(again.agent_options[k].key, plan.agent_options[k].key);
            assert_string_equal(again.agent_options[k].value, plan.agent_options[k].value);
        }
        assert_true(again.seed == plan.seed);
        assert_true((again.name == NULL) == (plan.name == NULL));
        if (plan.name) {
            assert_string_equal(again.name, plan.name);
        }
    }
}

static void plan_test_print_canonical(void** state) {
    (void)state;
    const og_plan plan = plan_test_parse(plan_test_full);
    assert_string_equal(og_plan_print(arena, &plan),
                        "name: everything\n"
                        "environment:\n"
                        "  name: dram\n"
                        "  options:\n"
                        "    workload: gemm,fft\n"
                        "    preset: archgym\n"
                        "space:\n"
                        "  request_buffer_size: [1, 2, 4]\n"
                        "  page_policy: Open\n"
                        "metrics:\n"
                        "  edp:\n"
                        "    expression: energy_pj * time_ns\n"
                        "    unit: pJ ns\n"
                        "  twice: edp * 2\n"
                        "objectives:\n"
                        "  - minimize: read_latency_p99_ns\n"
                        "  - maximize: bandwidth_gbps\n"
                        "  - target: {metric: power_mw, value: -1500}\n"
                        "constraints:\n"
                        "  - power_mw <= 1500\n"
                        "  - edp < 3\n"
                        "agent:\n"
                        "  name: genetic\n"
                        "  options:\n"
                        "    population: 64\n"
                        "budget:\n"
                        "  evaluations: 2000\n"
                        "  seconds: 0.5\n"
                        "seed: 18446744073709551615\n"
                        "batch: 32\n"
                        "store: out.db\n");
}

static void plan_test_set(void** state) {
    (void)state;
    og_plan plan = plan_test_parse(plan_test_full);
    static const char* const assignments[] = {
        "agent.options.population=16",
        "agent.options.rate= 0.5",
        "environment.options.workload=[a, b]",
        "budget.evaluations=100",
        "space.arbiter=[Fifo,Reorder]",
        "space.page_policy=Closed",
        "constraints=[power_mw <= 100, a >= 2]",
        "objectives=minimize: x",
        "metrics.edp=time_ns * 2",
        "seed=9",
        "store=",
    };
    for (size_t i = 0; i < sizeof assignments / sizeof *assignments; i++) {
        if (og_plan_set(arena, &plan, assignments[i]) != OG_OK) {
            fail_msg("%s", og_error_text());
        }
    }
    assert_int_equal(plan.agent_option_count, 2);
    assert_string_equal(plan.agent_options[0].value, "16");
    assert_string_equal(plan.agent_options[1].where, "--set agent.options.rate");
    assert_string_equal(plan.environment_options[0].value, "a,b");
    assert_int_equal(plan.evaluations, 100);
    assert_int_equal(plan.space_count, 3);
    assert_string_equal(plan.space[1].value, "Closed");
    assert_string_equal(plan.space[2].value, "Fifo,Reorder");
    assert_int_equal(plan.constraint_count, 2);
    assert_string_equal(plan.constraints[0], "power_mw <= 100");
    assert_int_equal(plan.objective_count, 1);
    assert_string_equal(plan.metrics[0].expression, "time_ns * 2");
    assert_true(plan.seed == 9);
    // another agent has other options, the same one keeps them
    assert_int_equal(og_plan_set(arena, &plan, "agent=genetic"), OG_OK);
    assert_int_equal(plan.agent_option_count, 2);
    assert_int_equal(og_plan_set(arena, &plan, "agent.name=anneal"), OG_OK);
    assert_int_equal(plan.agent_option_count, 0);
}

static void plan_test_set_errors(void** state) {
    (void)state;
    static const struct {
        const char* assignment;
        const char* message;
    } cases[] = {
        {"seed", "--set seed: KEY=VALUE expected"},
        {"=3", "--set =3: KEY=VALUE expected"},
        {"sed=3", "--set sed: unknown key 'sed', did you mean seed?"},
        {"agent.nam=x", "--set agent.nam: unknown key 'nam', did you mean name?"},
        {"seed.x=1",
         "--set seed.x: seed: '' is not allowed, allowed: an integer 0 .. "
         "18446744073709551615"},
        {"budget.evaluations=0",
         "--set budget.evaluations: evaluations: 0 is not allowed, allowed: "
         "an integer 1 .. 9007199254740992"},
        {"constraints=[a",
         "--set constraints: did not find expected ',' or ']' while parsing a "
         "flow sequence"},
        {"a.b.c.d.e.f.g.h.i=1", "--set a.b.c.d.e.f.g.h.i=1: KEY=VALUE expected"},
    };
    og_plan plan = plan_test_parse("seed: 4");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_not_equal(og_plan_set(arena, &plan, cases[i].assignment), OG_OK);
        assert_string_equal(og_error_text(), cases[i].message);
        assert_true(plan.seed == 4);
    }
}

// Every key that a message offers is on the page about study files.
static void plan_test_documented(void** state) {
    (void)state;
    char* page;
    size_t size;
    assert_int_equal(
        og_file_read(arena, OG_SOURCE_DIR "/docs/study-file.md", 1 << 20, &page, &size), OG_OK);
    og_plan plan;
    assert_int_not_equal(og_plan_parse(arena, "zzzzzz: 1", 9, "s", &plan), OG_OK);
    const char* allowed = strstr(og_error_text(), "allowed: ");
    assert_non_null(allowed);
    char** keys;
    const int count = og_text_split(arena, allowed + strlen("allowed: "), ',', &keys);
    assert_int_equal(count, 14);
    for (int i = 0; i < count; i++) {
        if (!strstr(page, og_text_format(arena, "| `%s` |", keys[i]))) {
            fail_msg("docs/study-file.md lacks %s", keys[i]);
        }
    }
}

int main(void) {
#define PLAN_TEST(name) cmocka_unit_test_setup_teardown(name, plan_test_setup, plan_test_teardown)
    const struct CMUnitTest tests[] = {
        PLAN_TEST(plan_test_every_key),
        PLAN_TEST(plan_test_short_forms),
        PLAN_TEST(plan_test_json_and_aliases),
        PLAN_TEST(plan_test_errors),
        PLAN_TEST(plan_test_alias_bomb),
        PLAN_TEST(plan_test_size_limit),
        PLAN_TEST(plan_test_print_reads_back),
        PLAN_TEST(plan_test_print_canonical),
        PLAN_TEST(plan_test_set),
        PLAN_TEST(plan_test_set_errors),
        PLAN_TEST(plan_test_documented),
    };
    return cmocka_run_group_tests_name("study.plan", tests, NULL, NULL);
}
