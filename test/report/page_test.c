// The page of a report: its data reads back, hostile texts stay texts, nothing points outside, and
// large studies are sampled without changing what is counted.

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/clock.h"
#include "ogive/random.h"
#include "ogive/report.h"
#include "report/page_bundle.h"
#include "report/page_json.h"

static const char page_test_evil[] =
    "</script><script>alert(1)</script> \"quoted\" 'and' & \\ <!--";

static const char* const policies[] = {"Open", "</script>", "a\"b"};
static const og_parameter parameters[] = {
    {OG_CHOICE_ROW("policy", policies, 0, "When a row is closed: <b>now</b>.")},
    {OG_INTEGER_ROW("size", "KiB", 1, 8, 2, "Size.")},
    {OG_BOOLEAN_ROW("fast", 0, "Speed.")},
};
static const og_metric metrics[] = {
    {"time_ns", "ns", "Time.", -1},
    {"power_mw", "mW", "Power.", -1},
};
static const char* const one_objective[] = {"minimize time_ns"};
static const char* const two_objectives[] = {"minimize time_ns", "maximize power_mw * 2"};
static const char* const constraints[] = {"power_mw <= 10"};
static const double reference_x[] = {0, 2, 0};
static const double reference_y[] = {50, 9};
static const double x[5][3] = {{0, 1, 0}, {1, 2, 1}, {1, 8, 0}, {0, 1, 0}, {2, 4, 1}};
static const double y[5][2] = {{40, 9.5}, {20.25, 12}, {NAN, NAN}, {40, 9.5}, {35, 8}};

static const og_trial trials[] = {
    {.number = 0, .x = x[0], .y = y[0], .reason = "", .loss = 40, .repeat_of = -1, .seconds = 1},
    {.number = 1,
     .x = x[1],
     .y = y[1],
     .reason = "",
     .loss = 20.25,
     .violation = 0.2,
     .repeat_of = -1},
    {.number = 2,
     .x = x[2],
     .y = y[2],
     .outcome = OG_FAILED,
     .reason = page_test_evil,
     .loss = INFINITY,
     .repeat_of = -1},
    {.number = 3, .x = x[3], .y = y[3], .reason = "", .loss = 40, .repeat_of = 0},
    {.number = 4, .x = x[4], .y = y[4], .reason = "", .loss = 35, .repeat_of = -1},
};

static og_report_study page_test_study(void) {
    return (og_report_study){
        .record = {.name = page_test_evil,
                   .plan = "seed: 1\nname: </script>\n",
                   .environment = "toy",
                   .identity = "toy 1",
                   .agent = "random",
                   .agent_options = "",
                   .seed = 1,
                   .batch = 4,
                   .space = {parameters, 3, NULL, 0},
                   .metrics = metrics,
                   .metric_count = 2,
                   .objectives = one_objective,
                   .objective_count = 1,
                   .constraints = constraints,
                   .constraint_count = 1,
                   .reference_x = reference_x,
                   .reference_y = reference_y,
                   .trial_count = 5,
                   .best = 4,
                   .stop = OG_STOP_BUDGET,
                   .created = "2020-01-01T00:00:00Z"},
        .trials = trials,
    };
}

static int page_test_count(const char* text, const char* part) {
    int count = 0;
    for (const char* c = strstr(text, part); c; c = strstr(c + 1, part)) {
        count++;
    }
    return count;
}

// the data of a page as a browser finds it: up to the end of its element
static json_t* page_test_data(const char* page) {
    static const char mark[] = "id=\"data\">";
    const char* begin = strstr(page, mark);
    assert_non_null(begin);
    begin += sizeof mark - 1;
    const char* end = strstr(begin, "</script>");
    assert_non_null(end);
    assert_null(memchr(begin, '<', (size_t)(end - begin)));
    json_error_t error;
    json_t* root = json_loadb(begin, (size_t)(end - begin), 0, &error);
    if (!root) {
        fail_msg("%s", error.text);
    }
    return root;
}

static json_t* page_test_first(json_t* root) {
    json_t* task = json_array_get(json_object_get(root, "tasks"), 0);
    return json_array_get(json_object_get(task, "studies"), 0);
}

static double page_test_at(json_t* object, const char* key, size_t index) {
    json_t* list = json_object_get(object, key);
    assert_true(index < json_array_size(list));
    return json_number_value(json_array_get(list, index));
}

static void page_data_reads_back(void** state) {
    og_buffer out = {.arena = *state};
    const og_report_study study = page_test_study();
    og_report_page(*state, &study, 1, &out);
    json_t* root = page_test_data(out.data);
    json_t* read = page_test_first(root);
    assert_string_equal(json_string_value(json_object_get(read, "name")), page_test_evil);
    json_t* reason = json_array_get(json_object_get(read, "reasons"), 0);
    assert_string_equal(json_string_value(json_array_get(reason, 0)), page_test_evil);
    assert_int_equal(page_test_at(read, "fates", 0), 3);
    assert_int_equal(page_test_at(read, "fates", 1), 1);
    assert_int_equal(page_test_at(read, "fates", 2), 0);
    assert_int_equal(page_test_at(read, "fates", 3), 1);
    assert_int_equal(page_test_at(read, "broken", 0), 1);
    assert_int_equal(json_integer_value(json_object_get(read, "repeats")), 1);
    // trial 1 is the fastest, but breaks the constraint
    json_t* curve = json_object_get(read, "curve");
    assert_int_equal(json_array_size(json_object_get(curve, "n")), 2);
    assert_int_equal(page_test_at(curve, "n", 1), 4);
    assert_true(page_test_at(curve, "v", 1) == 35);
    json_t* best = json_object_get(read, "best");
    assert_int_equal(json_integer_value(json_object_get(best, "n")), 4);
    assert_true(page_test_at(best, "y", 1) == 8);
    json_t* rows = json_object_get(read, "rows");
    assert_int_equal(json_array_size(json_object_get(rows, "n")), 5);
    json_t* times = json_array_get(json_object_get(rows, "y"), 0);
    assert_true(json_number_value(json_array_get(times, 1)) == 20.25);
    assert_true(json_is_null(json_array_get(times, 2)));
    json_decref(root);
}

static void page_texts_stay_texts(void** state) {
    og_buffer out = {.arena = *state};
    const og_report_study study = page_test_study();
    og_report_page(*state, &study, 1, &out);
    // the data and the script, and nothing that a text brought along
    assert_int_equal(page_test_count(out.data, "</script>"), 2);
    assert_int_equal(page_test_count(out.data, "<script"), 2);
    assert_null(strstr(out.data, "<b>"));
    assert_null(strstr(out.data, "<!--"));
}

static void page_needs_nothing_from_outside(void** state) {
    og_buffer out = {.arena = *state};
    const og_report_study study = page_test_study();
    og_report_page(*state, &study, 1, &out);
    assert_non_null(strstr(out.data, "default-src 'none'; script-src 'sha256-"));
    assert_null(strstr(out.data, "unsafe-"));
    static const char* const outside[] = {"src=",    "href=",     "@import", "url(",
                                          "fetch(",  "import(",   "@DATA@",  "@STYLE",
                                          "@SCRIPT", "innerHTML", "eval("};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        assert_null(strstr(out.data, outside[i]));
    }
    // the only address is the name of SVG
    assert_int_equal(page_test_count(out.data, "http"),
                     page_test_count(out.data, "http://www.w3.org/2000/svg") +
                         page_test_count(out.data, "http-equiv"));
    assert_true(og_page_head_size + og_page_tail_size < 150000);
    static const char* const needed[] = {"<!doctype html>", "lang=\"en\"",  "prefers-color-scheme",
                                         "@media print",    "aria-pressed", "viewport"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        assert_non_null(strstr(out.data, needed[i]));
    }
}

static void page_knows_several_objectives(void** state) {
    og_buffer out = {.arena = *state};
    og_report_study studies[2] = {page_test_study(), page_test_study()};
    for (int i = 0; i < 2; i++) {
        studies[i].record.name = i == 0 ? "first" : "second";
        studies[i].record.objectives = two_objectives;
        studies[i].record.objective_count = 2;
    }
    og_report_page(*state, studies, 2, &out);
    json_t* root = page_test_data(out.data);
    json_t* task = json_array_get(json_object_get(root, "tasks"), 0);
    assert_int_equal(json_array_size(json_object_get(root, "tasks")), 1);
    assert_int_equal(json_array_size(json_object_get(task, "studies")), 2);
    json_t* axis = json_array_get(json_object_get(task, "axes"), 1);
    assert_string_equal(json_string_value(json_object_get(axis, "name")), "power_mw * 2");
    assert_true(json_number_value(json_object_get(axis, "reference")) == 18);
    json_t* read = page_test_first(root);
    // 40 ns and 19 against 35 ns and 16: neither beats the other
    assert_int_equal(json_array_size(json_object_get(read, "front")), 2);
    json_t* volume = json_object_get(read, "hypervolume");
    const size_t count = json_array_size(json_object_get(volume, "v"));
    for (size_t i = 1; i < count; i++) {
        assert_true(page_test_at(volume, "v", i) >= page_test_at(volume, "v", i - 1));
    }
    // box from 35 to 40.5 ns and from 19 to 15.7
    const double expected = (0.5 * 3.3 + 5 * 0.3) / (5.5 * 3.3);
    assert_true(fabs(page_test_at(volume, "v", count - 1) - expected) < 1e-6);
    json_decref(root);
}

static void page_samples_large_studies(void** state) {
    enum { COUNT = 100000 };
    og_trial* many = OG_NEW(*state, og_trial, COUNT);
    double* designs = OG_NEW(*state, double, 3 * COUNT);
    double* costs = OG_NEW(*state, double, 2 * COUNT);
    og_random random = og_random_make(1, 0);
    int64_t best = 0;
    for (int64_t t = 0; t < COUNT; t++) {
        double* design = designs + 3 * t;
        design[0] = (double)(t % 3);
        design[1] = 1 + (double)(t % 8);
        design[2] = (double)(t % 2);
        costs[2 * t] = 1 + og_random_uniform(&random);
        costs[2 * t + 1] = og_random_uniform(&random);
        many[t] = (og_trial){.number = t,
                             .x = design,
                             .y = costs + 2 * t,
                             .reason = "",
                             .loss = costs[2 * t],
                             .repeat_of = -1,
                             .started = (double)t,
                             .seconds = 1};
        best = costs[2 * t] < costs[2 * best] ? t : best;
    }
    og_report_study study = page_test_study();
    study.trials = many;
    study.record.trial_count = COUNT;
    study.record.best = best;
    og_buffer out = {.arena = *state};
    const double before = og_clock_processor_seconds();
    og_report_page(*state, &study, 1, &out);
    const double seconds = og_clock_processor_seconds() - before;
    print_message("a page of 100,000 trials: %.2f s, %.1f MB\n", seconds, (double)out.length / 1e6);
    json_t* root = page_test_data(out.data);
    json_t* read = page_test_first(root);
    assert_int_equal(page_test_at(read, "fates", 0), COUNT);
    json_t* numbers = json_object_get(json_object_get(read, "rows"), "n");
    assert_int_equal(json_array_size(numbers), 16000);
    // every improvement is among them, in order
    json_t* improvements = json_object_get(json_object_get(read, "curve"), "n");
    size_t found = 0;
    for (size_t i = 0; i < json_array_size(numbers); i++) {
        const json_int_t number = json_integer_value(json_array_get(numbers, i));
        found += json_integer_value(json_array_get(improvements, found)) == number;
        assert_true(i == 0 || number > json_integer_value(json_array_get(numbers, i - 1)));
    }
    assert_int_equal(found, json_array_size(improvements));
    assert_int_equal(json_integer_value(json_array_get(improvements, found - 1)), best);
    json_t* slices = json_array_get(json_object_get(read, "slices"), 1);
    int64_t counted = 0;
    for (size_t i = 0; i < json_array_size(slices); i++) {
        counted += json_integer_value(json_array_get(json_array_get(slices, i), 1));
    }
    assert_int_equal(counted, COUNT);
    json_decref(root);
}

static json_t* page_test_neighbours(json_t* root, const int expected[5]) {
    json_t* neighbours = json_object_get(page_test_first(root), "neighbours");
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(page_test_at(neighbours, "origins", i), expected[i]);
    }
    return json_object_get(neighbours, "rows");
}

// the best design has ten neighbours, and none is on record
static void page_estimates_neighbours(void** state) {
    og_buffer out = {.arena = *state};
    const og_report_study study = page_test_study();
    og_report_page(*state, &study, 1, &out);
    json_t* root = page_test_data(out.data);
    json_t* rows = page_test_neighbours(root, (const int[]){0, 0, 10, 0, 0});
    for (size_t i = 0; i < 10; i++) {
        // between the times of the designs that the forest knows
        const double loss = json_number_value(json_array_get(json_array_get(rows, i), 4));
        assert_true(loss >= 20.25 && loss <= 40);
    }
    json_decref(root);
}

static void page_shows_evaluated_neighbours(void** state) {
    og_report_study study = page_test_study();
    const og_analysis* analysis = NULL;
    og_neighbourhood around;
    assert_int_equal(og_analysis_create(*state, &study.record, study.trials, &analysis), OG_OK);
    assert_int_equal(og_analysis_neighbourhood(analysis, *state, study.record.best, &around),
                     OG_OK);
    assert_int_equal(around.open, 10);
    // the first one is left open, the second one fails, the third one breaks the constraint
    og_trial* made = OG_NEW(*state, og_trial, 10);
    double(*costs)[2] = (double(*)[2])OG_NEW(*state, double, 20);
    for (int i = 1; i < 10; i++) {
        costs[i][0] = 30.1 + i;
        costs[i][1] = i == 2 ? 12 : 9;
        made[i] = (og_trial){.x = around.x + 3 * i,
                             .y = costs[i],
                             .outcome = i == 1 ? OG_FAILED : OG_FEASIBLE,
                             .reason = page_test_evil};
    }
    study.record.plan =
        "environment: toy\nagent: random\nobjectives:\n  - minimize: time_ns\nbudget: 1\n";
    assert_int_equal(og_neighbourhood_fill(&around, *state, made), OG_OK);
    study.neighbourhood = &around;
    study.neighbourhood_note = page_test_evil;
    og_buffer out = {.arena = *state};
    og_report_page(*state, &study, 1, &out);
    json_t* root = page_test_data(out.data);
    json_t* rows = page_test_neighbours(root, (const int[]){0, 9, 1, 0, 0});
    const int fates[] = {0, 3, 1, 0};
    for (size_t i = 0; i < 4; i++) {
        json_t* row = json_array_get(rows, i);
        assert_int_equal(json_integer_value(json_array_get(row, 2)), i == 0 ? 2 : 1);
        assert_int_equal(json_integer_value(json_array_get(row, 3)), fates[i]);
        json_t* time = json_array_get(json_array_get(row, 5), 0);
        assert_true(i < 2 ? json_is_null(time) : json_number_value(time) == costs[i][0]);
        assert_true(i < 2 || json_number_value(json_array_get(row, 4)) == costs[i][0]);
        assert_string_equal(json_string_value(json_array_get(row, 6)),
                            i == 1 ? page_test_evil : "");
    }
    json_t* note = json_object_get(json_object_get(page_test_first(root), "neighbours"), "note");
    assert_string_equal(json_string_value(note), page_test_evil);
    assert_int_equal(page_test_count(out.data, "</script>"), 2);
    json_decref(root);
}

// cells of an interaction count what was tried, and hold its best
static void page_maps_interactions(void** state) {
    enum { COUNT = 48 };
    og_trial* grid = OG_NEW(*state, og_trial, COUNT);
    double* designs = OG_NEW(*state, double, 3 * COUNT);
    double* costs = OG_NEW(*state, double, 2 * COUNT);
    for (int t = 0; t < COUNT; t++) {
        double* design = designs + 3 * t;
        design[0] = t % 3;
        design[1] = 1 + t / 3 % 8;
        design[2] = t / 24;
        costs[2 * t] = 100 + (design[0] - 1) * design[1] + design[2];
        costs[2 * t + 1] = 1;
        grid[t] = (og_trial){.number = t,
                             .x = design,
                             .y = costs + 2 * t,
                             .reason = "",
                             .loss = costs[2 * t],
                             .repeat_of = -1};
    }
    og_report_study study = page_test_study();
    study.trials = grid;
    study.record.trial_count = COUNT;
    study.record.best = 21;
    og_buffer out = {.arena = *state};
    og_report_page(*state, &study, 1, &out);
    json_t* root = page_test_data(out.data);
    json_t* pairs = json_object_get(json_object_get(page_test_first(root), "importance"), "pairs");
    json_t* pair = json_array_get(pairs, 0);
    assert_int_equal(json_integer_value(json_array_get(pair, 0)), 0);
    assert_int_equal(json_integer_value(json_array_get(pair, 1)), 1);
    json_t* cells = json_array_get(pair, 5);
    assert_int_equal(json_array_size(cells), 24);
    for (size_t i = 0; i < 24; i++) {
        const double value = 100 + ((double)(i / 8) - 1) * (double)(1 + i % 8);
        json_t* cell = json_array_get(cells, i);
        assert_int_equal(json_integer_value(json_array_get(cell, 0)), 2);
        assert_true(json_number_value(json_array_get(cell, 1)) == value);
        assert_true(fabs(json_number_value(json_array_get(cell, 2)) - value - 0.5) < 1e-4);
    }
    json_decref(root);
}

static void page_draws_diagnostics(void** state) {
    static const og_recorded_diagnostic list[] = {
        {2, "entropy", "policy", 1},    {2, "entropy", page_test_evil, 0.5},
        {4, "entropy", "policy", 0.25}, {4, "model_error", "", 0.75},
        {5, "entropy", "policy", 0},
    };
    og_report_study study = page_test_study();
    study.diagnostics = list;
    study.diagnostic_count = sizeof list / sizeof *list;
    og_buffer out = {.arena = *state};
    og_report_page(*state, &study, 1, &out);
    json_t* root = page_test_data(out.data);
    json_t* curves = json_object_get(page_test_first(root), "diagnostics");
    assert_int_equal(json_array_size(curves), 3);
    json_t* policy = json_array_get(curves, 0);
    assert_string_equal(json_string_value(json_object_get(policy, "part")), "policy");
    assert_int_equal(json_array_size(json_object_get(policy, "n")), 3);
    assert_int_equal(page_test_at(policy, "n", 2), 5);
    assert_true(page_test_at(policy, "v", 1) == 0.25);
    json_t* evil = json_array_get(curves, 1);
    assert_string_equal(json_string_value(json_object_get(evil, "part")), page_test_evil);
    json_t* model = json_array_get(curves, 2);
    assert_string_equal(json_string_value(json_object_get(model, "name")), "model_error");
    assert_true(page_test_at(model, "v", 0) == 0.75);
    json_decref(root);
}

static void page_of_nothing_is_a_page(void** state) {
    og_buffer out = {.arena = *state};
    og_report_study study = page_test_study();
    study.record.trial_count = 0;
    study.record.best = -1;
    og_report_page(*state, &study, 1, &out);
    json_t* root = page_test_data(out.data);
    assert_null(json_object_get(page_test_first(root), "best"));
    json_decref(root);
}

static void page_json_escapes(void** state) {
    og_buffer out = {.arena = *state};
    og_page_json json = {.out = &out};
    og_page_json_open(&json, NULL, '[');
    og_page_json_text(&json, NULL, "a\n\x7f\xff<\xe2\x80\xae");
    og_page_json_number(&json, NULL, NAN);
    og_page_json_number(&json, NULL, 0.1);
    og_page_json_short(&json, INFINITY);
    og_page_json_close(&json, ']');
    assert_non_null(strstr(out.data, "\\u003c"));
    assert_non_null(strstr(out.data, ",null,0.1,null]"));
    for (const char* c = out.data; *c; c++) {
        assert_true(*c >= 32 && *c < 127);
    }
}

static int page_setup(void** state) {
    *state = og_arena_create();
    return 0;
}

static int page_teardown(void** state) {
    og_arena_destroy(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(page_data_reads_back, page_setup, page_teardown),
        cmocka_unit_test_setup_teardown(page_texts_stay_texts, page_setup, page_teardown),
        cmocka_unit_test_setup_teardown(page_needs_nothing_from_outside, page_setup, page_teardown),
        cmocka_unit_test_setup_teardown(page_knows_several_objectives, page_setup, page_teardown),
        cmocka_unit_test_setup_teardown(page_samples_large_studies, page_setup, page_teardown),
        cmocka_unit_test_setup_teardown(page_estimates_neighbours, page_setup, page_teardown),
        cmocka_unit_test_setup_teardown(page_shows_evaluated_neighbours, page_setup, page_teardown),
        cmocka_unit_test_setup_teardown(page_maps_interactions, page_setup, page_teardown),
        cmocka_unit_test_setup_teardown(page_draws_diagnostics, page_setup, page_teardown),
        cmocka_unit_test_setup_teardown(page_of_nothing_is_a_page, page_setup, page_teardown),
        cmocka_unit_test_setup_teardown(page_json_escapes, page_setup, page_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
