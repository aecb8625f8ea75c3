// Reports of a small study made by hand: bytes of the CSV, JSON that reads back, pictures that are
// well-formed and keep their promises.

#include "ogive/report.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/random.h"
#include "report/markup.h"
#include "report/svg_axis.h"

static const char* const policies[] = {"Open", "Closed"};
static const og_parameter parameters[] = {
    {OG_CHOICE_ROW("policy", policies, 0, "When a row is closed.")},
    {OG_INTEGER_ROW("size", "KiB", 1, 8, 2, "Size.")},
    {OG_BOOLEAN_ROW("fast", 0, "Speed.")},
};
static const og_metric metrics[] = {
    {"time_ns", "ns", "Time.", -1},
    {"power_mw", "mW", "Power.", -1},
};
static const char* const objectives[] = {"minimize time_ns"};
static const char* const constraints[] = {"power_mw <= 10"};
static const double reference_x[] = {0, 2, 0};
static const double reference_y[] = {50, 9};
static const double x[4][3] = {{0, 1, 0}, {1, 2, 1}, {1, 8, 0}, {0, 1, 0}};
static const double y[4][2] = {{40, 9.5}, {20.25, 12}, {NAN, NAN}, {40, 9.5}};

static const og_trial trials[] = {
    {0, x[0], y[0], OG_FEASIBLE, "", 40, 0, -1, OG_PROPOSED, 0.5, 0.25},
    {1, x[1], y[1], OG_FEASIBLE, "", 20.25, 0.2, -1, OG_ENQUEUED, 0.75, 0.25},
    {2, x[2], y[2], OG_INFEASIBLE, "too \"big\", really", INFINITY, 0, -1, OG_IMPORTED, 1, 0.25},
    {3, x[3], y[3], OG_FEASIBLE, "", 40, 0, 0, OG_PROPOSED, 1.25, 0},
};

static og_report_study report_study(void) {
    return (og_report_study){
        .record = {.name = "small",
                   .plan = "seed: 1\n",
                   .environment = "toy",
                   .identity = "toy 1",
                   .agent = "random",
                   .agent_options = "",
                   .seed = 1,
                   .space = {parameters, 3, NULL, 0},
                   .metrics = metrics,
                   .metric_count = 2,
                   .objectives = objectives,
                   .objective_count = 1,
                   .constraints = constraints,
                   .constraint_count = 1,
                   .reference_x = reference_x,
                   .reference_y = reference_y,
                   .trial_count = 4,
                   .best = 0,
                   .stop = OG_STOP_BUDGET,
                   .created = "2020-01-01T00:00:00Z"},
        .trials = trials,
    };
}

static void report_csv_has_exact_bytes(void** state) {
    og_buffer out = {.arena = *state};
    const og_report_study study = report_study();
    og_report_csv(&study, false, &out);
    assert_string_equal(out.data,
                        "number,policy,size,fast,time_ns,power_mw,outcome,reason,loss,violation,"
                        "repeat_of,source\n"
                        "0,Open,1,false,40,9.5,feasible,,40,0,,proposed\n"
                        "1,Closed,2,true,20.25,12,feasible,,20.25,0.2,,enqueued\n"
                        "2,Closed,8,false,,,infeasible,\"too \"\"big\"\", really\",,0,,imported\n"
                        "3,Open,1,false,40,9.5,feasible,,40,0,0,proposed\n");
    out = (og_buffer){.arena = *state};
    og_report_csv(&study, true, &out);
    assert_non_null(strstr(out.data, "repeat_of,source,started,seconds\n"));
    assert_non_null(strstr(out.data, ",1.250000,0.000000000\n"));
}

static void report_json_reads_back(void** state) {
    og_buffer out = {.arena = *state};
    const og_report_study study = report_study();
    og_report_json(&study, false, &out);
    json_error_t error;
    json_t* root = json_loadb(out.data, out.length, 0, &error);
    assert_non_null(root);
    json_t* list = json_object_get(root, "trials");
    assert_int_equal(json_array_size(list), 4);
    json_t* second = json_array_get(list, 1);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(second, "design"), "policy")), "Closed");
    assert_true(json_is_true(json_object_get(json_object_get(second, "design"), "fast")));
    const double time =
        json_number_value(json_object_get(json_object_get(second, "metrics"), "time_ns"));
    assert_true(time == 20.25);
    json_t* third = json_array_get(list, 2);
    assert_true(json_is_null(json_object_get(json_object_get(third, "metrics"), "time_ns")));
    assert_true(json_is_null(json_object_get(third, "loss")));
    assert_null(json_object_get(third, "seconds"));
    json_t* about = json_object_get(root, "study");
    assert_string_equal(json_string_value(json_object_get(about, "stop")), "budget");
    assert_int_equal(json_integer_value(json_object_get(about, "best")), 0);
    json_decref(root);
}

static og_status report_draw(og_arena* arena, const char* name, const og_report_study* studies,
                             int count, const char* across, const char* up, og_buffer* out) {
    const og_picture_kind* kind = NULL;
    assert_int_equal(og_picture_kind_find(name, &kind), OG_OK);
    *out = (og_buffer){.arena = arena};
    return og_picture_svg(
        kind,
        &(og_picture){.arena = arena, .studies = studies, .count = count, .x = across, .y = up},
        out);
}

static void report_studies_are_drawn(void** state) {
    const og_report_study study = report_study();
    og_buffer out = {.arena = *state};
    assert_int_equal(report_draw(*state, "progress", &study, 1, NULL, NULL, &out), OG_OK);
    assert_true(markup_is_well_formed(out.data));
    assert_non_null(strstr(out.data, "default design"));
    assert_int_equal(report_draw(*state, "front", &study, 1, "power_mw", "time_ns", &out), OG_OK);
    assert_true(markup_is_well_formed(out.data));
    // the trial that breaks the constraint is shown as such
    assert_non_null(strstr(out.data, "breaks a constraint"));
    assert_int_equal(report_draw(*state, "front", &study, 1, "power", "time_ns", &out),
                     OG_ERROR_NAME);
    assert_non_null(strstr(og_error_text(), "power_mw"));
}

// runs of one search are one curve with a band, an exhaustive one is a level, the rest of its
// length does not widen the picture
static void report_runs_are_drawn_together(void** state) {
    og_report_study studies[3] = {report_study(), report_study(), report_study()};
    studies[1].record.seed = 2;
    studies[1].record.trial_count = 2;
    studies[2].record.agent = "exhaustive";
    studies[2].record.stop = OG_STOP_EXHAUSTED;
    og_buffer out = {.arena = *state};
    assert_int_equal(report_draw(*state, "progress", studies, 3, NULL, NULL, &out), OG_OK);
    assert_true(markup_is_well_formed(out.data));
    assert_non_null(strstr(out.data, "exact optimum"));
    assert_int_equal(markup_count(out.data, "<path class='line"), 2);  // curve and legend
    assert_int_equal(markup_count(out.data, "<path class='band"), 1);
    // alone, the exhaustive search is a curve
    assert_int_equal(report_draw(*state, "progress", studies + 2, 1, NULL, NULL, &out), OG_OK);
    assert_null(strstr(out.data, "exact optimum"));
    assert_int_equal(markup_count(out.data, "<path class='line"), 2);
    // other options make another curve
    studies[1].record.agent_options = "size=3";
    assert_int_equal(report_draw(*state, "progress", studies, 2, NULL, NULL, &out), OG_OK);
    assert_int_equal(markup_count(out.data, "<path class='line"), 4);
    assert_non_null(strstr(out.data, "random (size=3)"));
}

static void report_nothing_accepted_is_told(void** state) {
    og_report_study study = report_study();
    study.trials = trials + 1;
    study.record.trial_count = 2;
    og_buffer out = {.arena = *state};
    assert_int_equal(report_draw(*state, "progress", &study, 1, NULL, NULL, &out), OG_ERROR_VALUE);
    assert_int_equal(report_draw(*state, "front", &study, 1, "power_mw", "time_ns", &out),
                     OG_ERROR_VALUE);
}

static void report_dots_are_merged_only_where_they_overlap(void** state) {
    enum { COUNT = 100000 };
    og_arena* arena = *state;
    double* px = OG_NEW(arena, double, COUNT);
    double* py = OG_NEW(arena, double, COUNT);
    og_random random = og_random_make(3, 1);
    for (int i = 0; i < COUNT; i++) {
        px[i] = og_random_uniform(&random);
        py[i] = og_random_uniform(&random);
    }
    px[77] = 5;  // alone, far to the right
    const og_series cloud = {
        .name = "cloud", .x = px, .y = py, .count = COUNT, .form = OG_SERIES_POINTS, .color = 1};
    og_buffer out = {.arena = arena};
    og_plot_svg(&(og_plot){.title = "<&>",
                           .x_label = "x",
                           .y_label = "y",
                           .x_logarithmic = false,
                           .y_logarithmic = false,
                           .series = &cloud,
                           .series_count = 1},
                &out);
    assert_true(markup_is_well_formed(out.data));
    const int dots = markup_count(out.data, "<circle ");
    assert_in_range(dots, 500, 4001);
    // few points are all drawn
    const og_series few = {
        .name = "few", .x = px, .y = py, .count = 50, .form = OG_SERIES_POINTS, .color = 1};
    out = (og_buffer){.arena = arena};
    og_plot_svg(&(og_plot){.title = "few",
                           .x_label = "x",
                           .y_label = "y",
                           .x_logarithmic = false,
                           .y_logarithmic = false,
                           .series = &few,
                           .series_count = 1},
                &out);
    assert_in_range(markup_count(out.data, "<circle "), 48, 51);
}

static void report_lines_keep_extremes(void** state) {
    enum { COUNT = 200000 };
    og_arena* arena = *state;
    double* px = OG_NEW(arena, double, COUNT);
    double* py = OG_NEW(arena, double, COUNT);
    for (int i = 0; i < COUNT; i++) {
        px[i] = i;
        py[i] = i == 123456 ? 1000 : i % 7;
    }
    const og_series line = {
        .name = "line", .x = px, .y = py, .count = COUNT, .form = OG_SERIES_LINE, .color = 0};
    og_buffer out = {.arena = arena};
    og_plot_svg(&(og_plot){.title = "line",
                           .x_label = "x",
                           .y_label = "y",
                           .x_logarithmic = false,
                           .y_logarithmic = false,
                           .series = &line,
                           .series_count = 1},
                &out);
    assert_true(markup_is_well_formed(out.data));
    assert_true(out.length < 200000);
    // the peak lies near the upper edge of the frame, where no other point is
    bool peak = false;
    const char* path = strstr(out.data, "<path class='line");
    for (const char* c = path; *c && *c != '>'; c++) {
        if (*c == 'L') {
            char* after = NULL;
            strtod(c + 1, &after);
            peak = peak || strtod(after, NULL) < 100;
        }
    }
    assert_true(peak);
}

static void report_strange_pictures_are_drawn(void** state) {
    const double values[] = {0, -5, NAN, INFINITY, 1e300, 1e-300, 3};
    for (int logarithmic = 0; logarithmic < 2; logarithmic++) {
        for (int form = OG_SERIES_LINE; form <= OG_SERIES_LEVEL; form++) {
            for (int count = 0; count <= 7; count++) {
                const og_series series = {.name = "strange",
                                          .x = values,
                                          .y = values,
                                          .count = count,
                                          .form = (og_series_form)form,
                                          .color = 2};
                og_buffer out = {.arena = *state};
                const bool log_axis = logarithmic != 0;
                og_plot_svg(&(og_plot){.title = "t",
                                       .x_label = "x",
                                       .y_label = "y",
                                       .x_logarithmic = log_axis,
                                       .y_logarithmic = log_axis,
                                       .series = &series,
                                       .series_count = 1},
                            &out);
                assert_true(markup_is_well_formed(out.data));
            }
        }
    }
}

static void report_ticks_are_round(void** state) {
    (void)state;
    const struct {
        double low, high;
        bool logarithmic;
    } cases[] = {{0, 1, false},       {13, 14, false},    {-3, 70, false}, {1e-9, 2e-9, false},
                 {1, 221184, true},   {0.001, 1e9, true}, {5, 6, true},    {0, 0, false},
                 {1e12, 5e12, false}, {987, 1540, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const og_svg_axis axis =
            og_svg_axis_make(cases[i].low, cases[i].high, cases[i].logarithmic, 6);
        assert_in_range(axis.tick_count, 2, OG_SVG_TICKS);
        assert_true(axis.low <= cases[i].low && axis.high >= cases[i].high);
        for (int t = 0; t < axis.tick_count; t++) {
            assert_true(axis.ticks[t] >= axis.low - 1e-9 * fabs(axis.low));
            assert_true(t == 0 || axis.ticks[t] > axis.ticks[t - 1]);
            assert_true(axis.texts[t][0] != '\0' && strlen(axis.texts[t]) <= 12);
        }
    }
}

static int report_start(void** state) {
    *state = og_arena_create();
    return 0;
}

static int report_end(void** state) {
    og_arena_destroy(*state);
    return 0;
}

#define REPORT_TEST(name) cmocka_unit_test_setup_teardown(name, report_start, report_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        REPORT_TEST(report_csv_has_exact_bytes),
        REPORT_TEST(report_json_reads_back),
        REPORT_TEST(report_studies_are_drawn),
        REPORT_TEST(report_runs_are_drawn_together),
        REPORT_TEST(report_nothing_accepted_is_told),
        REPORT_TEST(report_dots_are_merged_only_where_they_overlap),
        REPORT_TEST(report_lines_keep_extremes),
        REPORT_TEST(report_strange_pictures_are_drawn),
        REPORT_TEST(report_ticks_are_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
