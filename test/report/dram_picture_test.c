// Pictures of DRAM simulations against the commands they come from: a burst for each column
// command, none over another on a bus, rows open while they are read, energy in parts that add up.

#include "ogive/dram_picture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/markup.h"

// one simulation with what was counted beside the timeline
typedef struct picture_case {
    og_arena* arena;
    og_dram_device device;
    og_dram_trace trace;
    og_dram_controller controller;
    og_dram_result result;
    og_dram_timeline* timeline;
    int64_t columns, activates, refreshes;  // commands seen
} picture_case;

static void picture_see(void* context, const og_dram_event* event) {
    picture_case* made = context;
    og_dram_timeline_command(made->timeline, event);
    made->columns += event->command >= OG_DRAM_RD && event->command <= OG_DRAM_WRA;
    made->activates += event->command == OG_DRAM_ACT;
    made->refreshes += event->command >= OG_DRAM_REFA && event->command <= OG_DRAM_REFS;
}

static picture_case picture_make(og_arena* arena, const char* standard, int ranks,
                                 const char* workload, int requests) {
    picture_case made = {.arena = arena, .controller = og_dram_controller_default()};
    const og_dram_device* device = NULL;
    const og_dram_workload* source = NULL;
    assert_int_equal(og_dram_device_find(standard, &device), OG_OK);
    made.device = *device;
    made.device.organisation.ranks = ranks ? ranks : device->organisation.ranks;
    assert_int_equal(og_dram_workload_find(workload, &source), OG_OK);
    source->make(arena, requests, og_dram_device_bytes(&made.device), 1, &made.trace);
    return made;
}

static void picture_simulate(picture_case* made, double from, double to) {
    const og_dram_setup setup = {.device = &made->device,
                                 .trace = &made->trace,
                                 .maps = (const char*[]){NULL},
                                 .map_count = 1,
                                 .wrap = true};
    const og_dram_system* system = NULL;
    assert_int_equal(og_dram_open(made->arena, &setup, &system), OG_OK);
    made->timeline = og_dram_timeline_create(made->arena, &made->device, &made->trace, from, to);
    og_arena* scratch = og_arena_create();
    const og_dram_observer observer = {.command = picture_see, .context = made};
    assert_int_equal(og_dram_simulate(system, &made->controller, scratch, &observer, &made->result),
                     OG_OK);
    og_arena_destroy(scratch);
    // data of the last command may end behind the last response counted
    og_dram_timeline_finish(made->timeline, made->result.cycles + 1000);
}

static int64_t picture_spans(const og_dram_timeline* timeline, og_dram_span_kind kind) {
    int64_t count = 0;
    for (int i = 0; i < timeline->count; i++) {
        count += timeline->spans[i].kind == kind;
    }
    return count;
}

static bool picture_is_data(const og_dram_span* span) {
    return span->kind == OG_DRAM_SPAN_READ_DATA || span->kind == OG_DRAM_SPAN_WRITE_DATA;
}

static bool picture_same_bank(const og_dram_span* a, const og_dram_span* b) {
    return a->channel == b->channel && a->rank == b->rank && a->bank_group == b->bank_group &&
           a->bank == b->bank;
}

// spans that may not share a cycle: bursts of one bus, open rows of one bank
static bool picture_exclude(const og_dram_device* device, const og_dram_span* a,
                            const og_dram_span* b) {
    if (picture_is_data(a) && picture_is_data(b)) {
        return a->channel == b->channel &&
               (!device->organisation.rank_data_bus || a->rank == b->rank);
    }
    return a->kind == OG_DRAM_SPAN_OPEN && b->kind == OG_DRAM_SPAN_OPEN && picture_same_bank(a, b);
}

static int picture_overlaps(const og_dram_timeline* timeline) {
    int count = 0;
    for (int i = 0; i < timeline->count; i++) {
        for (int j = 0; j < i; j++) {
            const og_dram_span* a = &timeline->spans[i];
            const og_dram_span* b = &timeline->spans[j];
            count +=
                picture_exclude(timeline->device, a, b) && a->begin < b->end && b->begin < a->end;
        }
    }
    return count;
}

// column commands outside of an open row of theirs
static int picture_strays(const og_dram_timeline* timeline) {
    int count = 0;
    for (int i = 0; i < timeline->count; i++) {
        const og_dram_span* a = &timeline->spans[i];
        bool inside = a->kind != OG_DRAM_SPAN_READ && a->kind != OG_DRAM_SPAN_WRITE;
        for (int j = 0; j < timeline->count && !inside; j++) {
            const og_dram_span* b = &timeline->spans[j];
            inside = b->kind == OG_DRAM_SPAN_OPEN && picture_same_bank(a, b) && b->row == a->row &&
                     b->begin <= a->begin && a->end <= b->end;
        }
        count += !inside;
    }
    return count;
}

static void picture_whole_runs_hold(void** state) {
    static const struct {
        const char* standard;
        int ranks;
        const char* workload;
        og_dram_page_policy policy;
        og_dram_refresh_policy refresh;
        og_dram_power_down down;
    } cases[] = {
        {"ddr3_1600", 0, "bfs", OG_DRAM_PAGE_OPEN, OG_DRAM_REFRESH_ALL_BANK, 0},
        {"ddr3_1600", 2, "random_mixed", OG_DRAM_PAGE_CLOSED, OG_DRAM_REFRESH_ALL_BANK, 0},
        {"ddr4_2400", 2, "stencil", OG_DRAM_PAGE_CLOSED_ADAPTIVE, OG_DRAM_REFRESH_ALL_BANK, 0},
        {"ddr5_4800", 0, "sort", OG_DRAM_PAGE_OPEN_ADAPTIVE, OG_DRAM_REFRESH_SAME_BANK, 0},
        {"lpddr4_3200", 0, "sparse", OG_DRAM_PAGE_OPEN, OG_DRAM_REFRESH_PER_BANK, 1},
        {"hbm2", 0, "random_mixed", OG_DRAM_PAGE_CLOSED, OG_DRAM_REFRESH_ALL_BANK, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        picture_case made =
            picture_make(*state, cases[i].standard, cases[i].ranks, cases[i].workload, 600);
        made.controller.page_policy = cases[i].policy;
        made.controller.refresh_policy = cases[i].refresh;
        made.controller.power_down = cases[i].down;
        picture_simulate(&made, 0, 1e9);
        const og_dram_timeline* timeline = made.timeline;
        assert_false(timeline->cut);
        assert_int_equal(made.columns, 600);
        const int64_t reads = picture_spans(timeline, OG_DRAM_SPAN_READ_DATA);
        const int64_t writes = picture_spans(timeline, OG_DRAM_SPAN_WRITE_DATA);
        assert_int_equal(reads, made.result.reads);
        assert_int_equal(writes, made.result.writes);
        assert_int_equal(picture_spans(timeline, OG_DRAM_SPAN_ACTIVATE), made.activates);
        assert_int_equal(picture_spans(timeline, OG_DRAM_SPAN_OPEN), made.activates);
        assert_true(picture_spans(timeline, OG_DRAM_SPAN_REFRESH) >= made.refreshes);
        assert_true(!cases[i].down || picture_spans(timeline, OG_DRAM_SPAN_POWER_DOWN) > 0);
        assert_int_equal(picture_overlaps(timeline), 0);
        assert_int_equal(picture_strays(timeline), 0);
        og_buffer out = {.arena = *state};
        og_dram_timeline_svg(timeline, "<all> of it", &out);
        assert_true(markup_is_well_formed(out.data));
    }
}

// the checks above see a burst that lies a cycle off, and a column command of another row
static void picture_faults_are_seen(void** state) {
    picture_case made = picture_make(*state, "ddr3_1600", 0, "stream", 200);
    picture_simulate(&made, 0, 1e9);
    assert_int_equal(picture_overlaps(made.timeline), 0);
    int last = 0;
    int column = 0;
    for (int i = 0; i < made.timeline->count; i++) {
        last = picture_is_data(&made.timeline->spans[i]) ? i : last;
        column = made.timeline->spans[i].kind == OG_DRAM_SPAN_READ ? i : column;
    }
    made.timeline->spans[last].begin--;
    assert_int_equal(picture_overlaps(made.timeline), 1);
    made.timeline->spans[column].row++;
    assert_int_equal(picture_strays(made.timeline), 1);
}

// requests wait from their arrival to their command, counted for every cycle anew
static void picture_waiting_is_counted(void** state) {
    picture_case made = picture_make(*state, "ddr3_1600", 0, "random_mixed", 300);
    picture_simulate(&made, 500, 900);
    const og_dram_timeline* timeline = made.timeline;
    picture_case whole = picture_make(*state, "ddr3_1600", 0, "random_mixed", 300);
    picture_simulate(&whole, 0, 1e9);
    assert_true(timeline->waiting_count > 20);
    assert_int_equal(timeline->waiting[0].begin, timeline->from);
    assert_int_equal(whole.timeline->waiting[whole.timeline->waiting_count - 1].count, 0);
    for (int i = 0; i < timeline->waiting_count; i++) {
        const int64_t cycle = timeline->waiting[i].begin;
        int64_t count = 0;
        for (int64_t r = 0; r < made.trace.count; r++) {
            count += made.trace.requests[r].arrival <= cycle;
        }
        for (int k = 0; k < whole.timeline->count; k++) {
            const og_dram_span* span = &whole.timeline->spans[k];
            count -= (span->kind == OG_DRAM_SPAN_READ || span->kind == OG_DRAM_SPAN_WRITE) &&
                     span->begin <= cycle;
        }
        assert_int_equal(timeline->waiting[i].count, count);
    }
}

static void picture_windows_are_cut_out(void** state) {
    picture_case whole = picture_make(*state, "ddr4_2400", 0, "random", 2000);
    picture_simulate(&whole, 0, 1e9);
    picture_case part = picture_make(*state, "ddr4_2400", 0, "random", 2000);
    picture_simulate(&part, 1000, 1500);
    int expected = 0;
    for (int i = 0; i < whole.timeline->count; i++) {
        const og_dram_span* span = &whole.timeline->spans[i];
        expected += span->begin < part.timeline->to && span->end > part.timeline->from;
    }
    assert_int_equal(part.timeline->count, expected);
    assert_true(expected > 100);
    const double ns = part.device.timing.clock_ps / 1000;
    assert_int_equal(part.timeline->from, (int)floor(1000 / ns));
    assert_int_equal(part.timeline->to, (int)ceil(1500 / ns));
}

static void picture_long_ones_end_early(void** state) {
    picture_case made = picture_make(*state, "ddr3_1600", 0, "random", 3000);
    picture_simulate(&made, 0, 1e9);
    assert_true(made.timeline->cut);
    assert_int_equal(made.timeline->commands, OG_DRAM_TIMELINE_COMMANDS);
    assert_true(made.timeline->to < made.result.cycles);
    for (int i = 0; i < made.timeline->count; i++) {
        assert_true(made.timeline->spans[i].begin < made.timeline->to);
    }
    og_buffer out = {.arena = *state};
    og_dram_timeline_svg(made.timeline, "cut", &out);
    assert_true(markup_is_well_formed(out.data));
    assert_non_null(strstr(out.data, "ends where 4000 commands are drawn"));
}

static void picture_list_has_a_row_for_each_span(void** state) {
    picture_case made = picture_make(*state, "ddr3_1600", 0, "gemm", 100);
    picture_simulate(&made, 0, 1e9);
    og_buffer out = {.arena = *state};
    og_dram_timeline_csv(made.timeline, &out);
    assert_int_equal(markup_count(out.data, "\n"),
                     made.timeline->count + made.timeline->waiting_count + 1);
    assert_int_equal(
        markup_count(out.data, "\nread_data,") + markup_count(out.data, "\nwrite_data,"), 100);
    assert_non_null(strstr(out.data, "kind,cmd,begin,end,begin_ns,end_ns,channel,"));
}

// column `column` of the lines of a CSV that begin with `name`, added up
static double picture_sum(const char* csv, const char* name, int column) {
    double sum = 0;
    for (const char* line = csv; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, strlen(name)) != 0 || line[strlen(name)] != ',') {
            continue;
        }
        const char* cell = line;
        for (int i = 0; i < column; i++) {
            // names of parts may be quoted and hold commas
            const char* quoted = *cell == '"' ? strchr(cell + 1, '"') : cell;
            cell = strchr(quoted, ',') + 1;
        }
        sum += strtod(cell, NULL);
    }
    return sum;
}

static void picture_energy_adds_up(void** state) {
    picture_case gemm = picture_make(*state, "ddr4_2400", 0, "gemm", 1000);
    picture_case idle = picture_make(*state, "ddr4_2400", 0, "idle_long", 300);
    idle.controller.power_down = OG_DRAM_POWER_DOWN_STAGGERED;
    picture_simulate(&gemm, 0, 100);
    picture_simulate(&idle, 0, 100);
    const og_dram_run runs[] = {{"gemm", &gemm.device, &gemm.trace, &gemm.result},
                                {"idle", &idle.device, &idle.trace, &idle.result}};
    og_buffer out = {.arena = *state};
    og_dram_energy_csv(*state, runs, 2, &out);
    for (int i = 0; i < 2; i++) {
        const double total = runs[i].result->energy.total;
        assert_true(fabs(picture_sum(out.data, runs[i].name, 2) - total) < 1e-9 * total);
        assert_true(fabs(picture_sum(out.data, runs[i].name, 4) - 1) < 1e-9);
        const double bits = 512.0 * (double)runs[i].trace->count;
        assert_true(fabs(picture_sum(out.data, runs[i].name, 3) * bits - total) < 1e-9 * total);
    }
    out = (og_buffer){.arena = *state};
    og_dram_energy_svg(*state, runs, 2, &out);
    assert_true(markup_is_well_formed(out.data));
    assert_non_null(strstr(out.data, "power-down"));
}

static void picture_roofs_hold(void** state) {
    static const char* const names[] = {"stream", "stream_write", "random", "gemm", "idle_long"};
    enum { COUNT = sizeof names / sizeof *names };
    picture_case cases[COUNT];
    og_dram_run runs[COUNT];
    for (int i = 0; i < COUNT; i++) {
        cases[i] = picture_make(*state, "ddr3_1600", 0, names[i], 1000);
        picture_simulate(&cases[i], 0, 100);
        runs[i] = (og_dram_run){names[i], &cases[i].device, &cases[i].trace, &cases[i].result};
    }
    og_buffer out = {.arena = *state};
    og_dram_roofline_csv(*state, runs, COUNT, &out);
    for (int i = 0; i < COUNT; i++) {
        const double peak = picture_sum(out.data, names[i], 1);
        const double demand = picture_sum(out.data, names[i], 2);
        const double achieved = picture_sum(out.data, names[i], 3);
        assert_true(fabs(peak - 102.4) < 1e-9);
        assert_true(achieved <= peak && achieved <= 1.01 * demand);
        const double found = picture_sum(out.data, names[i], 5) +
                             picture_sum(out.data, names[i], 6) +
                             picture_sum(out.data, names[i], 7);
        assert_true(fabs(found - 1) < 1e-9);
        const double waited = picture_sum(out.data, names[i], 8) +
                              picture_sum(out.data, names[i], 9) +
                              picture_sum(out.data, names[i], 10);
        const double latency = cases[i].result.read_latency_average_ns;
        assert_true(isnan(latency) ? waited == 0 : fabs(waited - latency) < 1e-6 * latency);
    }
    out = (og_buffer){.arena = *state};
    og_dram_roofline_svg(*state, runs, COUNT, &out);
    assert_true(markup_is_well_formed(out.data));
    assert_non_null(strstr(out.data, "no reads"));
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
        PICTURE_TEST(picture_whole_runs_hold),
        PICTURE_TEST(picture_faults_are_seen),
        PICTURE_TEST(picture_waiting_is_counted),
        PICTURE_TEST(picture_windows_are_cut_out),
        PICTURE_TEST(picture_long_ones_end_early),
        PICTURE_TEST(picture_list_has_a_row_for_each_span),
        PICTURE_TEST(picture_energy_adds_up),
        PICTURE_TEST(picture_roofs_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
