// Comparisons from end to end: their runs are those of studies, their output depends on nothing but
// the file, and wrong files say where they are wrong.

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "compare/journal.h"
#include "ogive/compare.h"
#include "ogive/file.h"
#include "ogive/report.h"
#include "study/fixture.h"

static og_arena* arena;

static int compare_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int compare_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

static const char compare_test_file[] =
    "environments:\n"
    "  - {name: function, label: sphere, options: {dimensions: 4, levels: 9}, optimum: "
    "exhaustive}\n"
    "  - {name: function, label: nk, options: {function: nk_landscape, dimensions: 10},\n"
    "     constraints: [x1 + x2 <= 1, value >= 0.2]}\n"
    "objectives: [{minimize: value}]\n"
    "agents: [random, genetic, {name: genetic, label: small, options: {population: 6}}]\n"
    "budget: [20, 150]\n"
    "seeds: 6\n"
    "sample: 101\n";

static og_compare_plan* compare_test_plan(const char* text, const char* change) {
    og_compare_plan* plan = OG_NEW(arena, og_compare_plan, 1);
    if (og_compare_parse(arena, text, strlen(text), "c.yaml", &change, change != NULL, plan) !=
        OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return plan;
}

static og_compare_result compare_test_run(const og_compare_plan* plan, int jobs,
                                          const char* journal) {
    og_compare_result result;
    if (og_compare_run(arena, plan, &(og_compare_options){.jobs = jobs, .journal = journal},
                       &result) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    assert_false(result.interrupted);
    return result;
}

// All that is written, but for times.
static const char* compare_test_text(const og_compare_result* result) {
    og_buffer text = {.arena = arena};
    og_report_compare_csv(result, &text);
    og_report_compare_summary_csv(result, &text);
    og_report_compare_overall_csv(result, &text);
    og_report_compare_overall_svg(arena, result, &text);
    for (int e = 0; e < result->plan->environment_count; e++) {
        og_report_compare_progress_svg(arena, result, e, &text);
    }
    og_report_compare_ranks_svg(arena, result, &text);
    return text.data;
}

// Best so far of a study, as a curve has it after each trial.
static void compare_test_same_as_study(const og_compare_result* result, int environment, int agent,
                                       int seed) {
    const og_compare_plan* plan = result->plan;
    og_plan study = plan->environments[environment].plan;
    study.agent = plan->agents[agent].agent;
    study.agent_options = plan->agents[agent].options;
    study.agent_option_count = plan->agents[agent].option_count;
    study.batch = plan->agents[agent].batch;
    study.seed = plan->seeds[seed];
    study.evaluations = plan->budgets[plan->budget_count - 1];
    og_study_result studied;
    assert_int_equal(og_study_run(arena, &study, &(og_study_options){.jobs = 1}, &studied), OG_OK);
    const og_compare_curve* curve =
        &result->tables[environment].curves[agent * plan->seed_count + seed];
    assert_int_equal(curve->evaluations, studied.record.trial_count);
    double best = INFINITY;
    int64_t improvements = 0;
    for (int64_t i = 0; i < studied.record.trial_count; i++) {
        const og_trial* trial = &studied.trials[i];
        if (trial->outcome == OG_FEASIBLE && trial->violation == 0 && trial->loss < best) {
            best = trial->loss;
            assert_true(improvements < curve->count);
            assert_int_equal(curve->at[improvements], i + 1);
            assert_true(curve->values[improvements] == best);
            improvements++;
        }
    }
    assert_int_equal(improvements, curve->count);
    assert_true(improvements > 0);
}

static void compare_test_runs_are_studies(void** state) {
    (void)state;
    const og_compare_plan* plan = compare_test_plan(compare_test_file, NULL);
    const og_compare_result result = compare_test_run(plan, 2, NULL);
    for (int e = 0; e < 2; e++) {
        for (int a = 0; a < 3; a++) {
            compare_test_same_as_study(&result, e, a, a);
        }
    }
}

// A simulator that is slow enough for its results to be shared, with designs that it cannot tell
// apart.
static void compare_test_shared_simulations(void** state) {
    (void)state;
    static const char text[] =
        "environments: {name: dram, options: {workload: random, requests: 60}}\n"
        "objectives: {minimize: time_ns}\n"
        "constraints: power_mw <= 2000\n"
        "agents: [random, genetic]\n"
        "budget: 200\n"
        "seeds: 4\n"
        "sample: 11\n";
    const og_compare_plan* plan = compare_test_plan(text, NULL);
    const og_compare_result result = compare_test_run(plan, 2, NULL);
    compare_test_same_as_study(&result, 0, 0, 1);
    compare_test_same_as_study(&result, 0, 1, 3);
    assert_true(result.tables[0].simulated > 0);
}

static void compare_test_optima(void** state) {
    (void)state;
    const og_compare_plan* plan = compare_test_plan(compare_test_file, "agents=[exhaustive]");
    og_compare_plan longer = *plan;
    const int64_t budgets[] = {6561};
    longer.budgets = budgets;
    longer.budget_count = 1;
    const og_compare_result result = compare_test_run(&longer, 1, NULL);
    const og_compare_table* sphere = &result.tables[0];
    assert_true(sphere->optimum == 0);
    assert_int_equal(sphere->optimum_kind, OG_OPTIMUM_EXHAUSTIVE);
    assert_true(sphere->cells[0].hits == 1 && sphere->cells[0].regret.mean == 0);
    // an exhaustive agent knows the best of all
    assert_true(result.tables[1].cells[0].hits == 1);
    // 768 of the 1,024 designs hold x1 + x2 <= 1
    assert_true(result.tables[1].designs == 768);
    assert_int_equal(result.tables[1].curves[0].evaluations, 768);
    assert_true(result.tables[1].optimum >= 0.2);
    assert_true(result.tables[1].random_share < 1.01 && result.tables[1].random_share > 0.5);
}

static void compare_test_numbers(void** state) {
    (void)state;
    static const char text[] =
        "environments: {name: function, options: {function: onemax, dimensions: 12}}\n"
        "objectives: {maximize: 12 - value}\n"
        "optimum: 12\n"
        "agents: [random, genetic]\n"
        "budget: 60\n"
        "seeds: [3, 9, 27, 81, 243]\n";
    const og_compare_result result = compare_test_run(compare_test_plan(text, NULL), 1, NULL);
    const og_compare_plan* plan = result.plan;
    const og_compare_table* table = &result.tables[0];
    assert_true(table->maximize && table->optimum == 12);
    assert_int_equal(plan->budget_count, 4);
    assert_int_equal(plan->budgets[0], 10);
    for (int a = 0; a < 2; a++) {
        const og_compare_cell* cell = &table->cells[a * 4 + 3];
        double sum = 0;
        for (int s = 0; s < 5; s++) {
            const double value = -table->values[(a * 5 + s) * 4 + 3];
            const double regret = (12 - value) / (12 - table->random_median);
            assert_true(fabs(table->regrets[(a * 5 + s) * 4 + 3] - regret) < 1e-12);
            sum += value / 5;
        }
        assert_true(fabs(cell->value.mean - sum) < 1e-12);
        assert_true(cell->value.low <= cell->value.median &&
                    cell->value.median <= cell->value.high);
        const double improvement = 100 * (sum - table->random_mean) / table->random_mean;
        assert_true(fabs(cell->improvement - improvement) < 1e-9);
    }
    assert_int_equal(table->versus, 0);
    assert_true(isnan(table->cells[3].p) && !isnan(table->cells[7].p));
    assert_true(fabs(table->cells[3].rank + table->cells[7].rank - 3) < 1e-12);
}

static void compare_test_two_objectives(void** state) {
    (void)state;
    static const char text[] =
        "environments: {name: function, options: {function: zdt1, dimensions: 3, levels: 9}}\n"
        "objectives: [{minimize: value}, {minimize: value2}]\n"
        "optimum: exhaustive\n"
        "agents: [exhaustive, random]\n"
        "budget: [30, 729]\n"
        "seeds: 3\n";
    const og_compare_result result = compare_test_run(compare_test_plan(text, NULL), 2, NULL);
    const og_compare_table* table = &result.tables[0];
    assert_true(table->maximize && table->objective_count == 2 && table->optimum > 0);
    // both try everything
    assert_true(table->cells[1].regret.mean == 0 && table->cells[3].regret.mean == 0);
    assert_true(table->cells[2].regret.mean > 0 && table->cells[2].regret.mean < 1);
    // another reference, another volume: of the box (0, 0) .. (2, 20) at most all
    const og_compare_result given =
        compare_test_run(compare_test_plan(text, "reference=[2, 20]"), 1, NULL);
    assert_true(given.tables[0].optimum < 40 && given.tables[0].optimum > 36);
    assert_true(given.tables[0].reference[1] == 20);
}

static void compare_test_same_for_all_jobs(void** state) {
    (void)state;
    const og_compare_plan* plan = compare_test_plan(compare_test_file, NULL);
    const og_compare_result one = compare_test_run(plan, 1, NULL);
    const og_compare_result five = compare_test_run(plan, 5, NULL);
    assert_string_equal(compare_test_text(&one), compare_test_text(&five));
    const og_compare_result other =
        compare_test_run(compare_test_plan(compare_test_file, "seeds=[2,3,4,5,6,7]"), 1, NULL);
    assert_string_not_equal(compare_test_text(&one), compare_test_text(&other));
}

static void compare_test_journal_grows(void** state) {
    (void)state;
    const char* journal = fixture_path(arena, "runs");
    const og_compare_plan* plan = compare_test_plan(compare_test_file, NULL);
    const og_compare_result first = compare_test_run(plan, 2, journal);
    assert_int_equal(first.runs_read, 0);
    const char* text = compare_test_text(&first);
    const og_compare_result again = compare_test_run(plan, 2, journal);
    assert_int_equal(again.runs_read, 36);
    assert_string_equal(compare_test_text(&again), text);
    // more seeds and a smaller budget use what is there, a larger one does not
    const og_compare_result seeds =
        compare_test_run(compare_test_plan(compare_test_file, "seeds=7"), 1, journal);
    assert_int_equal(seeds.runs_read, 36);
    const og_compare_plan* small = compare_test_plan(compare_test_file, "budget=[20]");
    const og_compare_result less = compare_test_run(small, 1, journal);
    assert_int_equal(less.runs_read, 36);
    const og_compare_result lone = compare_test_run(small, 1, NULL);
    assert_string_equal(compare_test_text(&less), compare_test_text(&lone));
    const og_compare_plan* large = compare_test_plan(compare_test_file, "budget=[151]");
    assert_int_equal(compare_test_run(large, 1, journal).runs_read, 0);
    assert_int_equal(compare_test_run(plan, 1, journal).runs_read, 36);
    // another option is another agent
    const og_compare_plan* other =
        compare_test_plan(compare_test_file, "agents=[{name: genetic, options: {population: 7}}]");
    assert_int_equal(compare_test_run(other, 1, journal).runs_read, 0);
    fixture_remove(arena, journal);
}

// Write the journal with the value of each run's first improvement changed, sums corrected.
static void compare_test_forge(const char* path, const char* data, const char* end) {
    og_buffer text = {.arena = arena};
    size_t length;
    for (const char* line; (line = og_file_line(&data, end, &length));) {
        const char* mark = memchr(line, '#', length);
        if (length < 3 || memcmp(line, "run ", 4) != 0 || !mark) {
            og_buffer_print(&text, "%.*s\n", (int)length, line);
            continue;
        }
        char** words;
        const size_t kept = (size_t)(mark - line);
        const int count = og_text_split(arena, og_text_copy(arena, line, kept), ' ', &words);
        og_buffer fresh = {.arena = arena};
        for (int i = 0; i < count && words[i][0]; i++) {
            og_buffer_print(&fresh, "%s%s ", i == 8 ? "1" : "", words[i]);
        }
        og_buffer_print(&text, "%s#%016llx\n", fresh.data,
                        (unsigned long long)og_journal_key(fresh.data));
    }
    assert_int_equal(og_file_write(path, text.data, text.length), OG_OK);
}

static void compare_test_damaged_journal(void** state) {
    (void)state;
    const char* journal = fixture_path(arena, "runs");
    const og_compare_plan* plan = compare_test_plan(compare_test_file, NULL);
    const og_compare_result whole = compare_test_run(plan, 2, journal);
    char* data;
    size_t size;
    assert_int_equal(og_file_read(arena, journal, 1 << 24, &data, &size), OG_OK);
    // one digit changed in the middle, and the end cut off
    char* digit = strpbrk(data + size / 2, "0123456789");
    *digit = *digit == '7' ? '8' : '7';
    assert_int_equal(og_file_write(journal, data, size - 5), OG_OK);
    const og_compare_result mended = compare_test_run(plan, 2, journal);
    assert_in_range(mended.runs_read, 34, 35);
    assert_string_equal(compare_test_text(&mended), compare_test_text(&whole));
    assert_int_equal(compare_test_run(plan, 1, journal).runs_read, 36);
    // numbers that are whole but of another program
    assert_int_equal(og_file_read(arena, journal, 1 << 24, &data, &size), OG_OK);
    compare_test_forge(journal, data, data + size);
    og_compare_result result;
    assert_int_equal(
        og_compare_run(arena, plan, &(og_compare_options){.journal = journal}, &result),
        OG_ERROR_STORE);
    assert_non_null(strstr(og_error_text(), "than on record"));
    // a title that was cut, and a file that is something else
    assert_int_equal(og_file_write(journal, data, 4), OG_OK);
    assert_int_equal(compare_test_run(plan, 1, journal).runs_read, 0);
    assert_int_equal(compare_test_run(plan, 1, journal).runs_read, 36);
    assert_int_equal(og_file_write(journal, "environments: []\n", 17), OG_OK);
    assert_int_equal(
        og_compare_run(arena, plan, &(og_compare_options){.journal = journal}, &result),
        OG_ERROR_FILE);
    assert_non_null(strstr(og_error_text(), "no record of comparisons"));
    fixture_remove(arena, journal);
}

static const char compare_test_long[] =
    "environments: {name: function, options: {function: nk_landscape, dimensions: 40}}\n"
    "objectives: {minimize: value}\n"
    "agents: [random, genetic, anneal]\n"
    "budget: 6000\n"
    "seeds: 12\n";

// Compare in a process that is killed after `delay` seconds. True when it ended before.
static bool compare_test_kill(const char* journal, double delay) {
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        og_compare_result result;
        const og_status status =
            og_compare_run(arena, compare_test_plan(compare_test_long, NULL),
                           &(og_compare_options){.jobs = 2, .journal = journal}, &result);
        _exit(status == OG_OK ? 0 : 1);
    }
    usleep((useconds_t)(delay * 1e6));
    kill(child, SIGKILL);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
    return WIFEXITED(status);
}

static void compare_test_killed(void** state) {
    (void)state;
    const char* journal = fixture_path(arena, "runs");
    const og_compare_plan* plan = compare_test_plan(compare_test_long, NULL);
    const og_compare_result whole = compare_test_run(plan, 2, NULL);
    const double delay = fmin(0.2, whole.seconds / 5);
    for (int i = 0; i < 4; i++) {
        compare_test_kill(journal, delay);
    }
    const og_compare_result resumed = compare_test_run(plan, 2, journal);
    print_message("%lld of 36 runs outlived the kills\n", (long long)resumed.runs_read);
    assert_true(resumed.runs_read > 0);
    assert_string_equal(compare_test_text(&resumed), compare_test_text(&whole));
    fixture_remove(arena, journal);
}

static void compare_test_interrupt_stop(void* context, const og_compare_progress* progress) {
    *(volatile int*)context = progress->runs_done > 2;
}

static void compare_test_interrupted(void** state) {
    (void)state;
    const char* journal = fixture_path(arena, "runs");
    const og_compare_plan* plan = compare_test_plan(compare_test_long, "budget=200000");
    volatile int interrupt = 0;
    og_compare_result result;
    // the flag is that of a signal handler: one thread sets and reads it
    const og_compare_options options = {.jobs = 1,
                                        .journal = journal,
                                        .interrupt = &interrupt,
                                        .progress = compare_test_interrupt_stop,
                                        .progress_context = (void*)&interrupt};
    assert_int_equal(og_compare_run(arena, plan, &options, &result), OG_OK);
    assert_true(result.interrupted && !result.tables);
    fixture_remove(arena, journal);
}

// What is wrong, and what the message has to say.
static const char* const compare_test_wrong[][2] = {
    {"agents: [random]\nbudget: 5", "c.yaml: environments: at least one needed"},
    {"environments: [function]\nbudget: 5\nobjectives: {minimize: value}",
     "c.yaml: agents: at least one needed"},
    {"environments: [function]\nagents: [random]\nobjectives: {minimize: value}",
     "c.yaml: budget: a number of evaluations needed"},
    {"environments: [function]\nagents: [random]\nbudget: 5",
     "c.yaml:1:16: objectives: at least one needed"},
    {"enviroments: [function]",
     "c.yaml:1:1: unknown key 'enviroments', did you mean environments?"},
    {"environments: [function]\nobjectives: {minimise: value}",
     "c.yaml:2:14: unknown key 'minimise'"},
    {"environments: [function]\nobjectives: {minimize: value}\nagents:\n  - genetci\nbudget: 5",
     "c.yaml:4:5: no agent 'genetci', did you mean genetic?"},
    {"environments: [{name: function, lable: a}]\nobjectives: {minimize: value}",
     "c.yaml:1:33: unknown key 'lable', did you mean label?"},
    {"environments: [{label: a}]\nobjectives: {minimize: value}",
     "c.yaml:1:16: environment: name is missing"},
    {"environments: [function]\nobjectives: {minimize: value}\nagents: [~]",
     "c.yaml:3:10: agent: name is missing"},
    {"environments: [function, function]\nobjectives: {minimize: value}\nagents: random\nbudget: 5",
     "c.yaml:1:26: 'function' is there already"},
    {"environments: [function]\nobjectives: {minimize: value}\nagents: [random, random]\nbudget: 5",
     "c.yaml:3:18: 'random' is there already"},
    {"environments: [function]\nobjectives: {minimize: value}\nagents: random\nbudget: [5, 4]",
     "c.yaml:4:13: budget: 4 comes after 5"},
    {"environments: [function]\nobjectives: {minimize: value}\nagents: random\nbudget: 0",
     "c.yaml:4:9: budget: 0 is not allowed, allowed: an integer 1 .. "},
    {"environments: [function]\nobjectives: {minimize: value}\nagents: random\nbudget: 5\nseeds: "
     "[1, 1]",
     "c.yaml:5:12: seeds: 1 is given twice"},
    {"environments: [function]\nobjectives: {minimize: value}\nagents: random\nbudget: 5\nseeds: "
     "no",
     "c.yaml:5:8: seeds: no is not allowed"},
    {"environments: [function]\nobjectives: {minimize: value}\nagents: random\nbudget: 5\nversus: "
     "radnom",
     "c.yaml:5:9: versus: no agent is labelled 'radnom', did you mean random?"},
    {"environments: [function]\nobjectives: {minimize: value}\nagents: random\nbudget: 5\nranks: "
     "both",
     "c.yaml:5:8: ranks: 'both' is not allowed"},
    {"environments: [function]\nobjectives: {minimize: value}\noptimum: best",
     "c.yaml:3:10: optimum: 'best' is not allowed"},
    {"environments: [function]\nobjectives: [{minimize: value}]\nreference: [1, 2]",
     "c.yaml:3:12: reference: 2 numbers for 1 objectives"},
    {"environments: [{name: function, options: 3}]\nobjectives: {minimize: value}",
     "c.yaml:1:42: "},
    {"environments: {name: function\n", "c.yaml:2:1: "},
};

// The same, found only when environments are opened.
static const char* const compare_test_wrong_names[][2] = {
    {"environments: [functoin]\nobjectives: {minimize: value}\nagents: random\nbudget: 5",
     "c.yaml:1:16: no environment 'functoin', did you mean function?"},
    {"environments: [function]\nobjectives: {minimize: valeu}\nagents: random\nbudget: 5",
     "environment function: c.yaml:2:13: objective 'valeu'"},
    {"environments: [function]\nobjectives: {minimize: value}\nagents:\n"
     "  - {name: genetic, options: {populaton: 5}}\nbudget: 5",
     "c.yaml:4:42: agent genetic: "},
    {"environments: [{name: function, options: {levels: 0}}]\nobjectives: {minimize: value}\n"
     "agents:\n  - exhaustive\nbudget: 5",
     "c.yaml:4:5: exhaustive on environment function: "},
    {"environments: [{name: function, options: {levels: 0}, optimum: exhaustive}]\n"
     "objectives: {minimize: value}\nagents: random\nbudget: 5",
     "c.yaml:1:16: optimum: exhaustive: the designs of function cannot be numbered"},
};

static void compare_test_messages(void** state) {
    (void)state;
    og_compare_plan plan;
    for (size_t i = 0; i < sizeof compare_test_wrong / sizeof *compare_test_wrong; i++) {
        const char* text = compare_test_wrong[i][0];
        assert_int_not_equal(og_compare_parse(arena, text, strlen(text), "c.yaml", NULL, 0, &plan),
                             OG_OK);
        if (!strstr(og_error_text(), compare_test_wrong[i][1])) {
            fail_msg("%s\nbut expected\n%s", og_error_text(), compare_test_wrong[i][1]);
        }
    }
    const size_t names = sizeof compare_test_wrong_names / sizeof *compare_test_wrong_names;
    for (size_t i = 0; i < names; i++) {
        og_compare_result result;
        const og_compare_plan* read = compare_test_plan(compare_test_wrong_names[i][0], NULL);
        assert_int_not_equal(og_compare_run(arena, read, NULL, &result), OG_OK);
        if (!strstr(og_error_text(), compare_test_wrong_names[i][1])) {
            fail_msg("%s\nbut expected\n%s", og_error_text(), compare_test_wrong_names[i][1]);
        }
    }
}

static void compare_test_assignments(void** state) {
    (void)state;
    const og_compare_plan* plan = compare_test_plan(compare_test_file, "agents=[anneal]");
    assert_int_equal(plan->agent_count, 1);
    assert_string_equal(plan->agents[0].label, "anneal");
    assert_string_equal(plan->versus, "anneal");
    og_compare_plan failed;
    const char* wrong[] = {"nothing", "budget=x", "budgte=3", "a.b.c.d.e.f.g.h.i=3"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_not_equal(og_compare_parse(arena, compare_test_file, strlen(compare_test_file),
                                              "c.yaml", &wrong[i], 1, &failed),
                             OG_OK);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compare_test_runs_are_studies),
        cmocka_unit_test(compare_test_shared_simulations),
        cmocka_unit_test(compare_test_optima),
        cmocka_unit_test(compare_test_numbers),
        cmocka_unit_test(compare_test_two_objectives),
        cmocka_unit_test(compare_test_same_for_all_jobs),
        cmocka_unit_test(compare_test_journal_grows),
        cmocka_unit_test(compare_test_damaged_journal),
        cmocka_unit_test(compare_test_killed),
        cmocka_unit_test(compare_test_interrupted),
        cmocka_unit_test(compare_test_messages),
        cmocka_unit_test(compare_test_assignments),
    };
    return cmocka_run_group_tests(tests, compare_test_setup, compare_test_teardown);
}
