// ArchGym as released: its encoding, the unit that it ignores, its rewards; against its published
// example and against rows measured with its simulator.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "compare/ranks.h"
#include "env/dram/archgym.h"
#include "ogive/environment.h"
#include "ogive/file.h"
#include "ogive/random.h"

#define ARCHGYM_TEST_EXAMPLE OG_SHARED_DATA "/archgym/proxy/Example_DRAMSys_Proxy_Model_Data.csv"
#define ARCHGYM_TEST_ROWS OG_SHARED_DATA "/dram/dramsys4_4traces_dev.csv"
#define ARCHGYM_TEST_STREAM OG_SHARED_DATA "/dram/traces/stream.stl.gz"

static og_arena* arena;

static int archgym_test_setup(void** state) {
    (void)state;
    arena = og_arena_create();
    return 0;
}

static int archgym_test_teardown(void** state) {
    (void)state;
    og_arena_destroy(arena);
    return 0;
}

static og_model archgym_test_open(const char* const (*options)[2], int count) {
    const og_environment* type;
    assert_int_equal(og_environment_find("dram", &type), OG_OK);
    og_settings settings = og_settings_make(arena, type->options, type->option_count);
    for (int i = 0; i < count; i++) {
        assert_int_equal(og_settings_set(&settings, options[i][0], options[i][1]), OG_OK);
    }
    og_model model;
    if (og_environment_open(arena, type, &settings, &model) != OG_OK) {
        fail_msg("%s", og_error_text());
    }
    return model;
}

static int archgym_test_metric(const og_model* model, const char* name) {
    for (int i = 0; i < model->metric_count; i++) {
        if (strcmp(model->metrics[i].name, name) == 0) {
            return i;
        }
    }
    fail_msg("no metric %s", name);
    return -1;
}

// Cells of a CSV file without quotes: rows (shape: [*count][columns]), the header left out.
static char*** archgym_test_read(const char* path, int columns, int* count) {
    char* data;
    size_t size;
    *count = 0;
    if (access(path, R_OK) != 0) {
        print_message("skipped: %s is missing\n", path);
        return NULL;
    }
    assert_int_equal(og_file_read(arena, path, 1 << 24, &data, &size), OG_OK);
    char*** rows = OG_NEW(arena, char**, size);
    const char* cursor = data;
    size_t length;
    og_file_line(&cursor, data + size, &length);
    for (const char* line; (line = og_file_line(&cursor, data + size, &length)) && length > 0;) {
        const char* text = og_text_copy(arena, line, length);
        assert_int_equal(og_text_split(arena, text, ',', &rows[*count]), columns);
        (*count)++;
    }
    return rows;
}

static double archgym_test_number(const char* text) {
    double value = NAN;
    assert_true(og_text_number(text, &value));
    return value;
}

// action_mapper() rounds first: what a uniform action reaches, in eighths of the range.
static void archgym_test_encoding(void** state) {
    (void)state;
    static const struct {
        int levels;
        int hits[8];  // of 4,000 even actions
    } cases[] = {
        {2, {1000, 3000}},
        {3, {1000, 2000, 1000}},
        {4, {1000, 0, 2000, 1000}},
        {8, {1000, 0, 0, 0, 2000, 0, 0, 1000}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const og_parameter row = {OG_INTEGER_ROW("n", "", 0, cases[c].levels - 1, 0, "Any.")};
        int hits[8] = {0};
        for (int i = 0; i < 4000; i++) {
            hits[(int)og_archgym_value(&row, -1 + (i + 0.5) / 2000)]++;
        }
        assert_memory_equal(hits, cases[c].hits, sizeof hits);
    }
    // halves round to even
    const og_parameter three = {OG_INTEGER_ROW("n", "", 0, 2, 0, "Any.")};
    assert_true(og_archgym_value(&three, -0.5) == 1 && og_archgym_value(&three, 0.5) == 1);
    assert_true(og_archgym_value(&three, -1) == 0 && og_archgym_value(&three, 1) == 2);
}

// 26,244 of 442,368 designs: 5.9 %.
static void archgym_test_reach(void** state) {
    (void)state;
    static const char* const plain[][2] = {{"requests", "10"}, {"unsafe", "true"}};
    const og_model model = archgym_test_open(plain, 2);
    double all = 1;
    double reached = 1;
    for (int i = 0; i < model.space.count; i++) {
        const og_parameter* row = &model.space.parameters[i];
        const double values[] = {og_archgym_value(row, -1), og_archgym_value(row, 0),
                                 og_archgym_value(row, 1)};
        all *= (double)og_parameter_levels(row);
        reached *= 1 + (values[1] != values[0]) + (values[2] != values[1]);
    }
    assert_true(all == 442368 && reached == 26244);
    assert_true(fabs(100 * reached / all - 5.9) < 0.05);
}

// A rounded design costs what the discrete one costs that it stands for, and its representative
// costs the same.
static void archgym_test_same_cost(void** state) {
    (void)state;
    static const char* const options[][2] = {
        {"workload", "cloud_1"}, {"requests", "300"}, {"unsafe", "true"}, {"encoding", "rounded"}};
    const og_model discrete = archgym_test_open(options, 3);
    const og_model rounded = archgym_test_open(options, 4);
    const og_space* space;
    assert_int_equal(og_space_create(arena, &rounded.space, &space), OG_OK);
    og_random random = og_random_make(1, 1);
    double* x = OG_NEW(arena, double, space->count);
    double* decoded = OG_NEW(arena, double, space->count);
    double* y = OG_NEW(arena, double, 3 * rounded.metric_count);
    const char* reason;
    for (int i = 0; i < 100; i++) {
        og_space_sample(space, &random, x);
        for (int k = 0; k < space->count; k++) {
            decoded[k] = og_archgym_value(&discrete.space.parameters[k], x[k]);
        }
        double* of[3] = {y, y + rounded.metric_count, y + 2 * rounded.metric_count};
        rounded.type->evaluate(rounded.data, x, of[0], arena, &reason);
        discrete.type->evaluate(discrete.data, decoded, of[1], arena, &reason);
        rounded.type->canonical(rounded.data, x);
        assert_true(og_space_contains(space, x));
        rounded.type->evaluate(rounded.data, x, of[2], arena, &reason);
        const size_t bytes = (size_t)rounded.metric_count * sizeof *y;
        assert_memory_equal(of[0], of[1], bytes);
        assert_memory_equal(of[0], of[2], bytes);
    }
}

static void archgym_test_rounded_safe(void** state) {
    (void)state;
    static const char* const options[][2] = {{"requests", "10"}, {"encoding", "rounded"}};
    const og_model model = archgym_test_open(options, 2);
    static const char* const plain[][2] = {{"requests", "10"}};
    const og_model discrete = archgym_test_open(plain, 1);
    const int refresh = 5;
    assert_string_equal(model.space.parameters[refresh].name, "refresh_policy");
    const double least = model.space.parameters[refresh].minimum;
    assert_true(og_archgym_value(&discrete.space.parameters[refresh], least) == 1);
}

static void archgym_test_rounded_only_archgym(void** state) {
    (void)state;
    const og_environment* type;
    assert_int_equal(og_environment_find("dram", &type), OG_OK);
    og_settings settings = og_settings_make(arena, type->options, type->option_count);
    assert_int_equal(og_settings_set(&settings, "encoding", "rounded"), OG_OK);
    assert_int_equal(og_settings_set(&settings, "preset", "controller"), OG_OK);
    og_model model;
    assert_int_not_equal(og_environment_open(arena, type, &settings, &model), OG_OK);
    assert_non_null(strstr(og_error_text(), "encoding: rounded goes with preset archgym"));
}

// SystemC prints the largest unit that leaves the number whole.
static void archgym_test_printed_time(void** state) {
    (void)state;
    assert_true(og_archgym_printed_time(87996.25) == 87996250);  // ps
    assert_true(og_archgym_printed_time(87387) == 87387);        // ns
    assert_true(og_archgym_printed_time(87390) == 87390);        // ns
    assert_true(og_archgym_printed_time(68000) == 68);           // us
    assert_true(og_archgym_printed_time(100) == 100);            // ns
}

static void archgym_test_rewards(void** state) {
    (void)state;
    // the latter factor as read: 87,996.25 "ns" are 87.99625 ms
    og_archgym_rewards rewards = og_archgym_reward(1002.89, 87996250e-3);
    assert_true(fabs(rewards.power - 346.0) < 0.05);
    assert_true(fabs(rewards.latency - 0.1 / (87.99625 - 0.1)) < 1e-12);
    assert_true(fabs(rewards.latency_repaired - 0.1 / (0.1 - 0.08799625)) < 1e-9);
    assert_true(rewards.both == rewards.power * rewards.latency);
    // the product is capped, not its factors
    rewards = og_archgym_reward(1000, 200000);
    assert_true(rewards.power == 1000 && rewards.both == 1000);
    rewards = og_archgym_reward(1002.89, 99990);
    assert_true(rewards.latency == 1000 && rewards.both == 1000);
}

// What the published example has wrong, by the given reading of the time: rows that differ in
// energy and power, rows whose time differs.
static void archgym_test_example_faults(char*** rows, int count, bool as_released, int* costs,
                                        int* times) {
    static const char* const options[][2] = {
        {"trace", ARCHGYM_TEST_STREAM}, {"preset", "archgym_wide"}, {"unsafe", "true"}};
    // columns of the example in the order of the space
    static const int column[10] = {2, 8, 9, 6, 7, 5, 3, 4, 0, 1};
    const og_model model = archgym_test_open(options, 3);
    double* y = OG_NEW(arena, double, model.metric_count);
    const int energy = archgym_test_metric(&model, "energy_pj");
    const int power = archgym_test_metric(&model, "power_mw");
    const int time = archgym_test_metric(&model, "time_ns");
    *costs = *times = 0;
    for (int i = 0; i < count; i++) {
        double x[10];
        const char* reason;
        for (int k = 0; k < 10; k++) {
            const og_parameter* row = &model.space.parameters[k];
            assert_int_equal(og_parameter_parse(row, rows[i][column[k]], &x[k]), OG_OK);
        }
        assert_int_equal(model.type->evaluate(model.data, x, y, arena, &reason), OG_FEASIBLE);
        // the file has single precision
        *costs += fabs(archgym_test_number(rows[i][10]) / (y[energy] * 1e-9) - 1) > 1e-5 ||
                  fabs(archgym_test_number(rows[i][11]) / (y[power] * 1e-3) - 1) > 1e-5;
        const double read = as_released ? og_archgym_printed_time(y[time]) : y[time];
        *times += fabs(archgym_test_number(rows[i][12]) / (read * 1e-9) - 1) > 1e-7;
    }
}

static void archgym_test_example(void** state) {
    (void)state;
    int count;
    char*** rows = archgym_test_read(ARCHGYM_TEST_EXAMPLE, 14, &count);
    if (!rows || access(ARCHGYM_TEST_STREAM, R_OK) != 0) {
        skip();
    }
    int costs;
    int times;
    archgym_test_example_faults(rows, count, true, &costs, &times);
    print_message("published example: %d rows, %d differ in energy or power, %d in latency\n",
                  count, costs, times);
    assert_int_equal(count, 100);
    assert_int_equal(costs, 0);
    assert_int_equal(times, 0);
    // with the unit minded, the 18 corrupted rows show
    archgym_test_example_faults(rows, count, false, &costs, &times);
    assert_int_equal(costs, 0);
    assert_int_equal(times, 18);
}

static double archgym_test_spearman(const double* a, const double* b, int count) {
    double* rank_a = OG_NEW(arena, double, count);
    double* rank_b = OG_NEW(arena, double, count);
    og_ranks_of(arena, a, count, rank_a);
    og_ranks_of(arena, b, count, rank_b);
    double products = 0;
    double squares_a = 0;
    double squares_b = 0;
    for (int i = 0; i < count; i++) {
        const double x = rank_a[i] - (count + 1) / 2.0;
        const double y = rank_b[i] - (count + 1) / 2.0;
        products += x * y;
        squares_a += x * x;
        squares_b += y * y;
    }
    return products / sqrt(squares_a * squares_b);
}

// Of the reference's random designs of one trace: how often the printed unit is not ns, the largest
// power reward, and rank correlations of the latency rewards with speed.
typedef struct archgym_test_trace {
    const char* trace;
    double picoseconds;  // percent of designs
    double power_most;
    double released, repaired;
} archgym_test_trace;

static archgym_test_trace archgym_test_of_rows(char*** rows, int count, const char* trace) {
    archgym_test_trace found = {.trace = trace};
    double* speed = OG_NEW(arena, double, count);
    double* released = OG_NEW(arena, double, count);
    double* repaired = OG_NEW(arena, double, count);
    int n = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(rows[i][0], trace) != 0) {
            continue;
        }
        const double time = archgym_test_number(rows[i][13]);
        const og_archgym_rewards rewards =
            og_archgym_reward(archgym_test_number(rows[i][12]), time);
        found.picoseconds += og_archgym_printed_time(time) > time;
        found.power_most = fmax(found.power_most, rewards.power);
        speed[n] = -time;
        released[n] = rewards.latency;
        repaired[n++] = rewards.latency_repaired;
    }
    assert_true(n > 500);
    found.picoseconds *= 100.0 / n;
    found.released = archgym_test_spearman(released, speed, n);
    found.repaired = archgym_test_spearman(repaired, speed, n);
    return found;
}

// Figures measured on 2,017 random designs a trace, of which the rows are a half.
static void archgym_test_measured(void** state) {
    (void)state;
    static const archgym_test_trace expected[] = {
        {"stream.stl", 45, 1000, 0.57, 0.49},
        {"random.stl", 69, 346.0, 0.31, 0.59},
        {"cloud-1.stl", 72, 70, 0.53, 0.62},
        {"cloud-2.stl", 70, 61, 0.44, 0.62},
    };
    int count;
    char*** rows = archgym_test_read(ARCHGYM_TEST_ROWS, 15, &count);
    if (!rows) {
        skip();
    }
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const archgym_test_trace* row = &expected[i];
        const archgym_test_trace found = archgym_test_of_rows(rows, count, row->trace);
        print_message(
            "%s: %.0f %% printed in ps, power reward to %.1f, Spearman of the latency "
            "reward and speed %+.2f released, %+.2f repaired\n",
            row->trace, found.picoseconds, found.power_most, found.released, found.repaired);
        assert_true(fabs(found.picoseconds - row->picoseconds) < 4);
        assert_true(found.power_most <= row->power_most * 1.01);
        assert_true(fabs(found.released - row->released) < 0.06);
        assert_true(fabs(found.repaired - row->repaired) < 0.06);
        // one for the other would be noticed, where they are far enough apart
        assert_true(fabs(found.released - row->repaired) > 0.06 || i == 0);
    }
    assert_true(fabs(archgym_test_of_rows(rows, count, "random.stl").power_most - 346.0) < 0.05);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(archgym_test_encoding),
        cmocka_unit_test(archgym_test_reach),
        cmocka_unit_test(archgym_test_same_cost),
        cmocka_unit_test(archgym_test_rounded_safe),
        cmocka_unit_test(archgym_test_rounded_only_archgym),
        cmocka_unit_test(archgym_test_printed_time),
        cmocka_unit_test(archgym_test_rewards),
        cmocka_unit_test(archgym_test_example),
        cmocka_unit_test(archgym_test_measured),
    };
    return cmocka_run_group_tests(tests, archgym_test_setup, archgym_test_teardown);
}
