// All kinds of pictures of small studies made by hand: each is well-formed, its numbers are those
// of the record, and what a kind cannot show is said.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/fixture.h"
#include "ogive/report.h"
#include "report/markup.h"
#include "report/svg_bars.h"
#include "report/svg_sheet.h"

static const char* const policies[] = {"Open", "Closed", "\"Odd\", <really> & so"};
static const double sizes[] = {1, 2, 4, 8};
static const og_parameter parameters[] = {
    {OG_CHOICE_ROW("policy", policies, 0, "When a row is closed, < or >.")},
    {OG_ORDINAL_ROW("size", "KiB", sizes, 2, "Size.")},
    {OG_INTEGER_ROW("depth", "", 0, 9, 3, "Depth.")},
};
static const og_metric metrics[] = {
    {"a", "ns", "Time.", -1},
    {"b", "mW", "Power.", -1},
    {"c", "", "Score.", 1},
};

static og_outcome picture_toy(const double* x, double* y) {
    y[0] = 10 + 5 * x[0] + 8 / x[1] + fabs(x[2] - 4);
    y[1] = 3 * x[1] + x[2] + x[0] * x[1];
    y[2] = 100 - y[0];
    return x[0] == 2 && x[2] == 9   ? OG_INFEASIBLE
           : x[1] == 1 && x[2] == 8 ? OG_FAILED
                                    : OG_FEASIBLE;
}

// one study that tried all designs, with so many objectives
typedef struct picture_made {
    og_report_study study;
    og_trial* trials;
    double* designs;
} picture_made;

static picture_made picture_study(og_arena* arena, int objective_count, const char* name) {
    static const char* const objectives[] = {"minimize a", "minimize b", "maximize c"};
    static const char* const constraints[] = {"b <= 30"};
    const fixture_task task = {.parameters = parameters,
                               .width = 3,
                               .metrics = metrics,
                               .metric_count = 3,
                               .objectives = objectives,
                               .objective_count = objective_count,
                               .function = picture_toy};
    picture_made made;
    int64_t count = 0;
    made.designs = fixture_grid(arena, &task, &count);
    og_study_record record;
    fixture_study(arena, &task, made.designs, count, &record, &made.trials);
    record.name = name;
    record.agent_options = "";
    record.identity = "toy 1";
    record.plan =
        "environment: toy\nagent: random\nobjectives: [{minimize: a}]\nbudget: {evaluations: 1}\n";
    record.created = "2020-01-01T00:00:00Z";
    record.constraints = constraints;
    record.constraint_count = 1;
    record.best = -1;
    for (int64_t i = 0; i < count; i++) {
        og_trial* trial = &made.trials[i];
        trial->started = 0.5 * (double)i;
        trial->seconds = 0.4;
        if (trial->outcome != OG_FEASIBLE) {
            trial->reason = trial->outcome == OG_FAILED ? "crashed, <badly>" : "does not fit";
            continue;
        }
        trial->violation = trial->y[1] > 30 ? trial->y[1] - 30 : 0;
        if (trial->violation == 0 &&
            (record.best < 0 || trial->loss < made.trials[record.best].loss)) {
            record.best = i;
        }
    }
    made.study = (og_report_study){.record = record, .trials = made.trials};
    return made;
}

static og_picture picture_of(og_arena* arena, const picture_made* made) {
    return (og_picture){.arena = arena, .studies = &made->study, .count = 1};
}

static const og_picture_kind* picture_kind(const char* name) {
    const og_picture_kind* kind = NULL;
    assert_int_equal(og_picture_kind_find(name, &kind), OG_OK);
    return kind;
}

static const char* picture_csv(const char* name, const og_picture* picture) {
    og_buffer out = {.arena = picture->arena};
    if (og_picture_csv(picture_kind(name), picture, &out) != OG_OK) {
        fail_msg("%s: %s", name, og_error_text());
    }
    return out.data;
}

static int picture_rows(const char* csv) {
    return markup_count(csv, "\n") - 1;
}

static void picture_all_kinds_are_drawn(void** state) {
    for (int objectives = 1; objectives <= 3; objectives++) {
        const picture_made made = picture_study(*state, objectives, "<all> \"of\" & them");
        const og_picture picture = picture_of(*state, &made);
        for (int i = 0; og_picture_kind_at(i); i++) {
            const og_picture_kind* kind = og_picture_kind_at(i);
            og_buffer svg = {.arena = *state};
            og_buffer csv = {.arena = *state};
            if (objectives == 1 && strcmp(kind->name, "hypervolume") == 0) {
                assert_int_equal(og_picture_svg(kind, &picture, &svg), OG_ERROR_VALUE);
                assert_non_null(strstr(og_error_text(), "needs 2 to 8 objectives"));
                continue;
            }
            assert_int_equal(og_picture_svg(kind, &picture, &svg), OG_OK);
            assert_true(markup_is_well_formed(svg.data));
            assert_int_equal(og_picture_csv(kind, &picture, &csv), OG_OK);
            assert_true(picture_rows(csv.data) >= 1);
            // the same again
            og_buffer again = {.arena = *state};
            assert_int_equal(og_picture_svg(kind, &picture, &again), OG_OK);
            assert_string_equal(svg.data, again.data);
        }
    }
}

static void picture_names_are_found(void** state) {
    (void)state;
    const og_picture_kind* kind = NULL;
    assert_int_equal(og_picture_kind_find("importanse", &kind), OG_ERROR_NAME);
    assert_non_null(strstr(og_error_text(), "did you mean importance?"));
    assert_non_null(strstr(og_error_text(), "outcomes)"));
}

static void picture_choices_are_checked(void** state) {
    const picture_made made = picture_study(*state, 2, "one");
    const struct {
        const char* kind;
        og_picture picture;
        const char* message;
    } cases[] = {
        {"progress", {.x = "a"}, "no choice of axes"},
        {"timeline", {.parameters = {"size"}}, "no choice of a parameter"},
        {"effect", {.parameters = {"sise"}}, "did you mean size?"},
        {"effect", {.parameters = {"size", "depth"}}, "no choice of a second parameter"},
        {"interaction", {.parameters = {"size", "size"}}, "two different parameters"},
        {"importance", {.metric = "d"}, "d"},
        {"front", {.x = "aa", .y = "b"}, "aa"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        og_picture picture = cases[i].picture;
        picture.arena = *state;
        picture.studies = &made.study;
        picture.count = 1;
        og_buffer out = {.arena = *state};
        assert_true(og_picture_svg(picture_kind(cases[i].kind), &picture, &out) != OG_OK);
        assert_non_null(strstr(og_error_text(), cases[i].message));
    }
    const og_report_study two[] = {made.study, made.study};
    const og_picture picture = {.arena = *state, .studies = two, .count = 2};
    og_buffer out = {.arena = *state};
    assert_int_equal(og_picture_svg(picture_kind("effect"), &picture, &out), OG_ERROR_VALUE);
    assert_non_null(strstr(og_error_text(), "choose with --study"));
}

// cell number `column` of line `line` of a CSV without quotes
static double picture_cell(const char* csv, int line, int column) {
    for (int i = 0; i < line; i++) {
        csv = strchr(csv, '\n') + 1;
    }
    for (int i = 0; i < column; i++) {
        csv = strchr(csv, ',') + 1;
    }
    return strtod(csv, NULL);
}

// a design is in the front when no accepted one is as good in both and better in one
static void picture_front_is_that_of_all_pairs(void** state) {
    const picture_made made = picture_study(*state, 2, "two");
    const og_picture picture = picture_of(*state, &made);
    const char* csv = picture_csv("front", &picture);
    assert_memory_equal(csv, "study,number,b,a,accepted,front\n", 32);
    int members = 0;
    for (int line = 1; line <= picture_rows(csv); line++) {
        const og_trial* own = &made.trials[(int64_t)picture_cell(csv, line, 1)];
        bool dominated = own->violation > 0;
        for (int64_t j = 0; j < made.study.record.trial_count; j++) {
            const og_trial* other = &made.trials[j];
            dominated = dominated || (other->outcome == OG_FEASIBLE && other->violation == 0 &&
                                      other->y[0] <= own->y[0] && other->y[1] <= own->y[1] &&
                                      (other->y[0] < own->y[0] || other->y[1] < own->y[1]));
        }
        assert_true(picture_cell(csv, line, 2) == own->y[1]);
        assert_true(picture_cell(csv, line, 3) == own->y[0]);
        assert_int_equal((int)picture_cell(csv, line, 5), !dominated);
        members += !dominated;
    }
    assert_in_range(members, 2, 50);
}

static void picture_third_objective_is_the_colour(void** state) {
    const picture_made made = picture_study(*state, 3, "three");
    og_picture picture = picture_of(*state, &made);
    assert_memory_equal(picture_csv("front", &picture), "study,number,b,a,c,accepted,front\n", 34);
    og_buffer out = {.arena = *state};
    assert_int_equal(og_picture_svg(picture_kind("front"), &picture, &out), OG_OK);
    assert_true(markup_count(out.data, "fill-opacity='.85'") > 50);
    picture.x = "c";
    picture.color = "b";
    assert_memory_equal(picture_csv("front", &picture), "study,number,c,a,b,accepted,front\n", 34);
}

static void picture_outcomes_add_up(void** state) {
    picture_made made = picture_study(*state, 1, "one");
    made.trials[7].repeat_of = 3;
    const og_picture picture = picture_of(*state, &made);
    const char* csv = picture_csv("outcomes", &picture);
    int64_t counts[4] = {0};
    for (int64_t i = 0; i < made.study.record.trial_count; i++) {
        const og_trial* trial = &made.trials[i];
        counts[trial->outcome == OG_INFEASIBLE ? 2
               : trial->outcome == OG_FAILED   ? 3
                                               : trial->violation > 0]++;
    }
    assert_int_equal(picture_rows(csv), 4);
    for (int line = 1; line <= 4; line++) {
        const char* row = csv;
        for (int i = 0; i < line; i++) {
            row = strchr(row, '\n') + 1;
        }
        // the reason of failed trials holds a comma in quotes
        const int shift = line == 4;
        const double sum = picture_cell(row, 0, 2 + shift) + picture_cell(row, 0, 3 + shift);
        assert_int_equal((int64_t)sum, counts[line - 1]);
    }
    assert_non_null(strstr(csv, "failed,\"crashed, <badly>\","));
    assert_non_null(strstr(csv, "breaks a constraint,b <= 30,"));
}

static void picture_progress_is_the_running_least(void** state) {
    const picture_made made = picture_study(*state, 1, "one");
    const og_picture picture = picture_of(*state, &made);
    const char* csv = picture_csv("progress", &picture);
    for (int line = 1; line <= picture_rows(csv); line++) {
        const int64_t until = (int64_t)picture_cell(csv, line, 2);
        double least = INFINITY;
        for (int64_t i = 0; i < until; i++) {
            const bool accepted =
                made.trials[i].outcome == OG_FEASIBLE && made.trials[i].violation == 0;
            least = accepted ? fmin(least, made.trials[i].y[0]) : least;
        }
        assert_true(picture_cell(csv, line, 4) == least);
    }
}

static void picture_hypervolume_grows(void** state) {
    const picture_made made = picture_study(*state, 2, "two");
    const og_picture picture = picture_of(*state, &made);
    const char* csv = picture_csv("hypervolume", &picture);
    double before = 0;
    for (int line = 1; line <= picture_rows(csv); line++) {
        const double share = picture_cell(csv, line, 3);
        assert_true(share >= before && share <= 1);
        before = share;
    }
    assert_true(before > 0.3);
}

// evaluates by the function itself
static og_status picture_evaluate(void* context, const og_study_record* record,
                                  const og_neighbourhood* neighbourhood, og_trial** trials) {
    og_arena* arena = context;
    *trials = OG_NEW(arena, og_trial, neighbourhood->open);
    for (int i = 0; i < neighbourhood->open; i++) {
        double* y = OG_NEW(arena, double, 3);
        const double* x = neighbourhood->x + i * record->space.count;
        (*trials)[i] = (og_trial){.number = i, .x = x, .y = y, .reason = "no", .repeat_of = -1};
        (*trials)[i].outcome = picture_toy(x, y);
    }
    return OG_OK;
}

static void picture_neighbours_are_evaluated(void** state) {
    picture_made made = picture_study(*state, 1, "one");
    // only the best design is on record
    made.trials[0] = made.trials[made.study.record.best];
    made.trials[0].number = 0;
    made.study.record.best = 0;
    made.study.record.trial_count = 1;
    og_picture picture = picture_of(*state, &made);
    const char* csv = picture_csv("neighbourhood", &picture);
    assert_true(markup_count(csv, ",open,") >= 10);
    picture.evaluate = picture_evaluate;
    picture.context = *state;
    csv = picture_csv("neighbourhood", &picture);
    assert_int_equal(markup_count(csv, ",open,"), 0);
    assert_int_equal(picture_rows(csv), 2 + 3 + 9);
    const double best = made.trials[0].y[0];
    for (int line = 1; line <= picture_rows(csv); line++) {
        double y[3];
        double x[3];
        memcpy(x, made.trials[0].x, sizeof x);
        const char* row = csv;
        for (int i = 0; i < line; i++) {
            row = strchr(row, '\n') + 1;
        }
        if (strncmp(row, "policy,", 7) == 0) {
            continue;
        }
        x[strncmp(row, "size,", 5) == 0 ? 1 : 2] = picture_cell(row, 0, 2);
        if (picture_toy(x, y) == OG_FEASIBLE) {
            assert_true(picture_cell(row, 0, 7) == y[0]);
            fixture_near(picture_cell(row, 0, 8), y[0] - best, 1e-12);
        }
    }
    og_buffer out = {.arena = *state};
    assert_int_equal(og_picture_svg(picture_kind("neighbourhood"), &picture, &out), OG_OK);
    assert_true(markup_is_well_formed(out.data));
    assert_non_null(strstr(out.data, "14 of 14 neighbours were evaluated"));
}

// choices of the record that hold commas, quotes and mark-up
static void picture_values_are_quoted(void** state) {
    const picture_made made = picture_study(*state, 1, "one");
    og_picture picture = picture_of(*state, &made);
    picture.parameters[0] = "policy";
    const char* csv = picture_csv("effect", &picture);
    assert_non_null(strstr(csv,
                           "\npolicy,\"\"\"Odd\"\", <really> & so\",\"\"\"Odd\"\", <really> "
                           "& so\","));
    picture.parameters[1] = "size";
    csv = picture_csv("interaction", &picture);
    assert_int_equal(picture_rows(csv), 12);
    assert_non_null(strstr(csv, "policy_low,policy_high,size_low,size_high,accepted,"));
    assert_int_equal(markup_count(csv, "\nOpen,Open,"), 4);
    picture.parameters[0] = picture.parameters[1] = NULL;
    assert_int_equal(markup_count(picture_csv("parallel", &picture), ",\"\"\"Odd\"\", <really>"),
                     40);
}

static void picture_runs_share_colours(void** state) {
    const picture_made one = picture_study(*state, 2, "one");
    og_report_study studies[3] = {one.study, one.study, one.study};
    studies[1].record.name = "again";
    studies[1].record.seed = 2;
    studies[2].record.name = "other";
    studies[2].record.agent = "genetic";
    const og_picture picture = {.arena = *state, .studies = studies, .count = 3};
    static const char* const kinds[] = {"front", "hypervolume"};
    for (int i = 0; i < 2; i++) {
        og_buffer out = {.arena = *state};
        assert_int_equal(og_picture_svg(picture_kind(kinds[i]), &picture, &out), OG_OK);
        assert_true(markup_is_well_formed(out.data));
        assert_int_equal(markup_count(out.data, ">random</text>"), 1);
        assert_int_equal(markup_count(out.data, ">genetic</text>"), 1);
    }
    // one that tried all designs would hide the others
    studies[2].record.stop = OG_STOP_EXHAUSTED;
    og_buffer out = {.arena = *state};
    assert_int_equal(og_picture_svg(picture_kind("front"), &picture, &out), OG_OK);
    assert_int_equal(markup_count(out.data, ">genetic</text>"), 0);
    assert_int_equal(markup_count(out.data, ">keeps the constraints</text>"), 1);
}

static void picture_empty_studies_are_told(void** state) {
    picture_made made = picture_study(*state, 2, "none");
    made.study.record.trial_count = 0;
    made.study.record.best = -1;
    const og_picture picture = picture_of(*state, &made);
    for (int i = 0; og_picture_kind_at(i); i++) {
        og_buffer out = {.arena = *state};
        const og_status status = og_picture_svg(og_picture_kind_at(i), &picture, &out);
        assert_true(status == OG_ERROR_VALUE || markup_is_well_formed(out.data));
    }
}

static void picture_texts_fit(void** state) {
    og_buffer out = {.arena = *state};
    og_svg_write_within("", 0, 0, OG_SVG_START, 60, "a name that is far too long", &out);
    assert_non_null(strstr(out.data, "\xE2\x80\xA6<title>a name that is far too long</title>"));
    out = (og_buffer){.arena = *state};
    // no letter is cut in two
    og_svg_write_within("", 0, 0, OG_SVG_START, 40,
                        "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", &out);
    assert_non_null(strstr(out.data, ">\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xE2\x80\xA6<"));
    assert_string_equal(og_svg_number(*state, 1234.5), "1,235");
    assert_string_equal(og_svg_number(*state, -0.05), "-0.05");
    assert_string_equal(og_svg_number(*state, 12345678), "1.23e7");
    assert_string_equal(og_svg_number(*state, NAN), "-");
    assert_string_equal(og_svg_seconds(*state, 0.00361), "3.61 ms");
    assert_string_equal(og_svg_seconds(*state, 90), "1.5 min");
}

// brighter for more, and the ends as told
static void picture_colours_are_in_order(void** state) {
    (void)state;
    char color[8];
    assert_string_equal(og_svg_shade(0, color), "#440154");
    assert_string_equal(og_svg_shade(1, color), "#fde725");
    assert_true(og_svg_is_light("#fde725") && !og_svg_is_light("#440154"));
    double before = -1;
    for (int i = 0; i <= 32; i++) {
        unsigned part[3];
        assert_int_equal(
            sscanf(og_svg_shade(i / 32.0, color), "#%2x%2x%2x", part, part + 1, part + 2), 3);
        const double light = 0.299 * part[0] + 0.587 * part[1] + 0.114 * part[2];
        assert_true(light > before);
        before = light;
    }
}

static void picture_bars_are_cut(void** state) {
    const double parts[][2] = {{3, 4}, {100, 0}, {-100, 0}, {NAN, 0}};
    og_svg_bar bars[4];
    for (int i = 0; i < 4; i++) {
        bars[i] = (og_svg_bar){.group = i < 2 ? "one" : "two",
                               .name = "name",
                               .parts = parts[i],
                               .mark = NAN,
                               .note = "note"};
    }
    static const char* const names[] = {"first", "second"};
    static const int colors[] = {0, 1};
    og_svg_bars all = {.title = "bars",
                       .label = "x",
                       .part_names = names,
                       .part_colors = colors,
                       .part_count = 2,
                       .bars = bars,
                       .bar_count = 4};
    og_buffer out = {.arena = *state};
    og_svg_bars_draw(&all, &out);
    assert_true(markup_is_well_formed(out.data));
    assert_int_equal(markup_count(out.data, "class='fg'"), 0);
    all.limit = 10;
    out = (og_buffer){.arena = *state};
    og_svg_bars_draw(&all, &out);
    assert_true(markup_is_well_formed(out.data));
    assert_int_equal(markup_count(out.data, "class='fg'"), 2);
    assert_int_equal(markup_count(out.data, "class='strong'"), 2);
}

static int picture_start(void** state) {
    *state = og_arena_create();
    return 0;
}

static int picture_end(void** state) {
    og_arena_destroy(*state);
    return 0;
}

#define PICTURE_TEST(name) cmocka_unit_test_setup_teardown(name, picture_start, picture_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        PICTURE_TEST(picture_all_kinds_are_drawn),
        PICTURE_TEST(picture_names_are_found),
        PICTURE_TEST(picture_choices_are_checked),
        PICTURE_TEST(picture_front_is_that_of_all_pairs),
        PICTURE_TEST(picture_third_objective_is_the_colour),
        PICTURE_TEST(picture_outcomes_add_up),
        PICTURE_TEST(picture_progress_is_the_running_least),
        PICTURE_TEST(picture_hypervolume_grows),
        PICTURE_TEST(picture_neighbours_are_evaluated),
        PICTURE_TEST(picture_values_are_quoted),
        PICTURE_TEST(picture_runs_share_colours),
        PICTURE_TEST(picture_empty_studies_are_told),
        PICTURE_TEST(picture_texts_fit),
        PICTURE_TEST(picture_colours_are_in_order),
        PICTURE_TEST(picture_bars_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
