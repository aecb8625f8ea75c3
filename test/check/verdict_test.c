// The judge on our own simulator: every standard, page policy, scheduler, refresh policy, number of
// ranks and power-down policy under random workloads, without a violation; and with each timing of
// the simulated device one cycle short of the judged one, which must be found. With --table the
// program prints the verdicts of the whole product as the table of the documentation.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "ogive/dram.h"
#include "ogive/dram_check.h"
#include "ogive/random.h"

enum { REQUESTS = 700, REQUESTS_TABLE = 1500, WORKLOADS = 5 };

static int requests_of_trace = REQUESTS;

static bool print_faults_found = false;
static const char* const workload_names[WORKLOADS] = {
    "random", "streams", "hot rows", "bursts and idle", "conflicts",
};
static const char* const page_names[] = {"Open", "OpenAdaptive", "Closed", "ClosedAdaptive"};
static const char* const scheduler_names[] = {"Fifo", "FrFcfs", "FrFcfsGrp", "GrpFrFcfs",
                                              "GrpFrFcfsWm"};
static const char* const refresh_names[] = {"NoRefresh", "AllBank", "PerBank", "SameBank"};

// one simulated system: a device with a number of ranks, a workload, and its requests decoded
typedef struct bench {
    og_arena* arena;
    og_arena* scratch;  // of the simulations
    og_dram_device device;
    og_dram_trace trace;
    og_dram_check_request* requests;
    const og_dram_system* system;
} bench;

static int bits_of(int64_t size) {
    int bits = 0;
    while (((int64_t)1 << bits) < size) {
        ++bits;
    }
    return bits;
}

static int take(uint64_t* address, int64_t size) {
    const int bits = bits_of(size);
    const int value = (int)(*address & (((uint64_t)1 << bits) - 1));
    *address >>= bits;
    return value;
}

// the default maps, read from the least significant bit: byte, column, channel, rank, group, bank,
// row
static og_dram_check_request decode(const og_dram_device* device, const og_dram_request* request) {
    const og_dram_organisation* o = &device->organisation;
    uint64_t address = request->address;
    og_dram_check_request place = {.write = request->write != 0};
    take(&address, o->device_width * o->devices / 8);
    place.column = take(&address, o->columns) / o->burst_length * o->burst_length;
    place.channel = take(&address, o->channels);
    place.rank = take(&address, o->ranks);
    place.bank_group = take(&address, o->bank_groups);
    place.bank = take(&address, o->banks / o->bank_groups);
    place.row = take(&address, o->rows);
    return place;
}

static uint64_t address_of(og_random* random, int workload, int index, uint64_t bytes) {
    const uint64_t row = bytes / 512;
    switch (workload) {
    case 1: return ((uint64_t)(index % 3) * row * 40 + (uint64_t)index * 64) % bytes;
    case 2:
        return (og_random_below(random, 8) != 0 ? og_random_below(random, 6) * row * 17
                                                : og_random_below(random, bytes)) +
               og_random_below(random, 64) * 64;
    case 4: return (uint64_t)(index % 7) * (bytes / 8) + og_random_below(random, 2) * 8192;
    default: return og_random_below(random, bytes);
    }
}

static void fill_trace(bench* b, int workload, uint64_t seed) {
    og_random random = og_random_make(seed, (uint64_t)workload);
    og_dram_request* requests = OG_NEW(b->arena, og_dram_request, requests_of_trace);
    b->requests = OG_NEW(b->arena, og_dram_check_request, requests_of_trace);
    const uint64_t bytes = og_dram_device_bytes(&b->device);
    const int write_share = (int)og_random_below(&random, 60);
    const int initiators = 1 + (int)(seed % 2);
    int64_t cycle = 0;
    for (int i = 0; i < requests_of_trace; ++i) {
        cycle += workload == 3 ? (i % 16 == 0 ? (int64_t)og_random_below(&random, 30000) : 2)
                               : (int64_t)og_random_below(&random, 4);
        requests[i] = (og_dram_request){
            .address = address_of(&random, workload, i, bytes) % bytes / 64 * 64,
            .arrival = cycle,
            .initiator = (uint16_t)og_random_below(&random, (uint64_t)initiators),
            .write = og_random_below(&random, 100) < (uint64_t)write_share,
        };
        b->requests[i] = decode(&b->device, &requests[i]);
    }
    b->trace =
        (og_dram_trace){workload_names[workload], requests, requests_of_trace, initiators, 0};
}

static bench* open_bench(const og_dram_device* device, int ranks, int workload, uint64_t seed) {
    og_arena* arena = og_arena_create();
    bench* b = OG_NEW(arena, bench, 1);
    b->arena = arena;
    b->scratch = og_arena_create();
    b->device = *device;
    b->device.organisation.ranks = ranks;
    fill_trace(b, workload, seed);
    const og_dram_setup setup = {.device = &b->device, .trace = &b->trace};
    if (og_dram_open(arena, &setup, &b->system) != OG_OK) {
        fail_msg("%s: %s", device->name, og_error_text());
    }
    return b;
}

static void close_bench(bench* b) {
    og_arena_destroy(b->scratch);
    og_arena_destroy(b->arena);
}

static void pass_on(void* context, const og_dram_event* event) {
    const bool column = event->command >= OG_DRAM_RD && event->command <= OG_DRAM_WRA;
    const og_dram_check_event judged = {
        .cycle = event->cycle,
        .kind = (og_dram_check_kind)event->command,
        .channel = event->channel,
        .rank = event->rank,
        .bank_group = event->bank_group,
        .bank = event->bank,
        .row = event->row,
        .column = event->column,
        .request = column ? event->request : -1,
    };
    og_dram_check_command(context, &judged);
}

// what one run and its judgement give
typedef struct verdict {
    og_status status;
    bool steady;  // the simulation without an observer gives the same
    og_dram_check_result result;
} verdict;

// simulates with the system of `b` and judges by `device`
static verdict judge(og_arena* arena, const bench* b, const og_dram_device* device,
                     const og_dram_controller* controller) {
    const og_dram_check_refresh modes[] = {
        OG_DRAM_CHECK_REFRESH_NONE, OG_DRAM_CHECK_REFRESH_ALL_BANK, OG_DRAM_CHECK_REFRESH_PER_BANK,
        OG_DRAM_CHECK_REFRESH_SAME_BANK};
    const og_dram_check_options options = {
        .refresh = modes[controller->refresh_policy],
        .postponed_given = controller->refresh_max_postponed < 4,
        .postponed = controller->refresh_max_postponed,
        .pulled_in_given = controller->refresh_max_pulled_in < 4,
        .pulled_in = controller->refresh_max_pulled_in,
        .requests = b->requests,
        .request_count = b->trace.count,
    };
    og_dram_check* check;
    assert_int_equal(og_dram_check_start(arena, device, &options, &check), OG_OK);
    const og_dram_observer observer = {pass_on, check};
    og_dram_result measured = {0};
    verdict v = {0};
    v.status = og_dram_simulate(b->system, controller, b->scratch, &observer, &measured);
    v.result = og_dram_check_finish(check, -1);
    og_dram_result silent = {0};
    v.steady = og_dram_simulate(b->system, controller, b->scratch, NULL, &silent) == v.status &&
               (v.status != OG_OK ||
                (silent.cycles == measured.cycles &&
                 memcmp(silent.commands, measured.commands, sizeof silent.commands) == 0));
    return v;
}

static bool refresh_fits(const og_dram_device* device, og_dram_refresh_policy policy) {
    switch (policy) {
    case OG_DRAM_REFRESH_PER_BANK: return device->timing.refresh_bank > 0;
    case OG_DRAM_REFRESH_SAME_BANK: return device->timing.refresh_same_bank > 0;
    default: return true;
    }
}

// the controller number `index` of the product of policies
static og_dram_controller controller_of(int index, og_random* random) {
    og_dram_controller c = og_dram_controller_default();
    c.page_policy = (og_dram_page_policy)(index % 4);
    c.scheduler = (og_dram_scheduler)(index / 4 % 5);
    c.power_down = (og_dram_power_down)(index / 20 % 2);
    c.scheduler_buffer = (og_dram_scheduler_buffer)og_random_below(random, 3);
    c.command_mux = (og_dram_command_mux)og_random_below(random, 2);
    c.response_queue = (og_dram_response_queue)og_random_below(random, 2);
    c.arbiter = (og_dram_arbiter)og_random_below(random, 3);
    c.request_buffer_size = 1 << og_random_below(random, 7);
    c.max_active_transactions = 1 << og_random_below(random, 8);
    const int flexibility[] = {0, 1, 8};
    c.refresh_max_postponed = flexibility[og_random_below(random, 3)];
    c.refresh_max_pulled_in = flexibility[og_random_below(random, 3)];
    c.write_low_watermark = 1 + (int)og_random_below(random, 8);
    c.write_high_watermark = c.write_low_watermark + 1 + (int)og_random_below(random, 16);
    if (c.scheduler == OG_DRAM_SCHEDULER_FIFO) {
        c.command_mux = (og_dram_command_mux)og_random_below(random, 2);
    } else {
        c.command_mux = OG_DRAM_MUX_OLDEST;
    }
    c.front_end = (og_dram_front_end)og_random_below(random, 2);
    return c;
}
enum { CONTROLLERS = 40 };

static const char* describe(const bench* b, const og_dram_controller* c, const char* words) {
    static char text[1500];
    snprintf(
        text, sizeof text,
        "%s ranks %d %s: page %s scheduler %s refresh %s power-down %d buffer %d x %d mux %d "
        "response %d arbiter %d active %d postponed %d pulled %d watermarks %d/%d front %d: %s",
        b->device.name, b->device.organisation.ranks, b->trace.name, page_names[c->page_policy],
        scheduler_names[c->scheduler], refresh_names[c->refresh_policy], (int)c->power_down,
        (int)c->scheduler_buffer, c->request_buffer_size, (int)c->command_mux,
        (int)c->response_queue, (int)c->arbiter, c->max_active_transactions,
        c->refresh_max_postponed, c->refresh_max_pulled_in, c->write_high_watermark,
        c->write_low_watermark, (int)c->front_end, words);
    return text;
}

// counts of one cell of the table
typedef struct cell {
    int64_t runs, commands, violations, refused;
    og_dram_check_count rules[64];
    char first[64][1500];  // the first violation of each rule
    char refusal[1500];
} cell;

static void add_verdict(cell* sum, const bench* b, const og_dram_controller* c, const verdict* v) {
    ++sum->runs;
    sum->commands += v->result.commands;
    if (v->status != OG_OK) {
        ++sum->refused;
        snprintf(sum->refusal, sizeof sum->refusal, "%s", describe(b, c, og_error_text()));
        return;
    }
    if (!v->steady) {
        ++sum->refused;
        snprintf(sum->refusal, sizeof sum->refusal, "%s",
                 describe(b, c, "differs without an observer"));
    }
    sum->violations += v->result.violations;
    assert_true(v->result.rule_count <= 64);
    for (int i = 0; i < v->result.rule_count; ++i) {
        sum->rules[i].rule = v->result.rules[i].rule;
        sum->rules[i].violations += v->result.rules[i].violations;
    }
    for (int64_t i = 0; i < v->result.listed_count; ++i) {
        int rule = 0;
        while (strcmp(sum->rules[rule].rule, v->result.listed[i].rule) != 0) {
            ++rule;
        }
        if (sum->first[rule][0] == 0) {
            const char* words = og_dram_check_describe(b->arena, &v->result.listed[i]);
            snprintf(sum->first[rule], sizeof sum->first[rule], "%s", describe(b, c, words));
        }
    }
}

static void print_faults(const cell* sum) {
    for (int i = 0; i < 64; ++i) {
        if (sum->rules[i].violations > 0) {
            fprintf(stderr, "%8lld %s\n", (long long)sum->rules[i].violations, sum->first[i]);
        }
    }
    if (sum->refused > 0) {
        fprintf(stderr, "%8lld refused: %s\n", (long long)sum->refused, sum->refusal);
    }
}

// JESD79-5: four intervals in the normal mode
static void limit_flexibility(const og_dram_device* device, og_dram_controller* c) {
    if (device->family == OG_DRAM_DDR5 && c->refresh_policy == OG_DRAM_REFRESH_ALL_BANK) {
        c->refresh_max_postponed = c->refresh_max_postponed > 4 ? 4 : c->refresh_max_postponed;
        c->refresh_max_pulled_in = c->refresh_max_pulled_in > 4 ? 4 : c->refresh_max_pulled_in;
    }
}

static void judge_cell(cell* sum, const og_dram_device* device, int ranks,
                       og_dram_refresh_policy refresh, int first_workload, int workloads) {
    og_random random = og_random_make(7, (uint64_t)(ranks * 8 + (int)refresh));
    for (int w = first_workload; w < first_workload + workloads; ++w) {
        bench* b = open_bench(device, ranks, w, (uint64_t)(w + 1));
        for (int i = 0; i < CONTROLLERS; ++i) {
            og_dram_controller controller = controller_of(i, &random);
            controller.refresh_policy = refresh;
            limit_flexibility(device, &controller);
            const og_arena_mark mark = og_arena_here(b->arena);
            const verdict v = judge(b->arena, b, &b->device, &controller);
            add_verdict(sum, b, &controller, &v);
            og_arena_rewind(b->arena, mark);
        }
        close_bench(b);
    }
}

static void own_simulator_is_legal(void** state) {
    (void)state;
    int turn = 0;
    for (int at = 0; og_dram_device_at(at); ++at) {
        const og_dram_device* device = og_dram_device_at(at);
        for (int refresh = OG_DRAM_REFRESH_NONE; refresh <= OG_DRAM_REFRESH_SAME_BANK; ++refresh) {
            for (int ranks = 1; ranks <= 2; ++ranks) {
                if (refresh_fits(device, (og_dram_refresh_policy)refresh)) {
                    cell sum = {0};
                    judge_cell(&sum, device, ranks, (og_dram_refresh_policy)refresh,
                               turn++ % WORKLOADS, 1);
                    print_faults(&sum);
                    assert_int_equal(sum.violations, 0);
                    assert_int_equal(sum.refused, 0);
                }
            }
        }
    }
}

#define TIMING(member, hidden) \
    { #member, offsetof(og_dram_timing, member), -1, hidden }
#define INTERVAL(member) \
    { #member, offsetof(og_dram_timing, member), 1000000, 0 }

enum {
    DDR3 = 1 << OG_DRAM_DDR3,
    DDR4 = 1 << OG_DRAM_DDR4,
    DDR5 = 1 << OG_DRAM_DDR5,
    LPDDR4 = 1 << OG_DRAM_LPDDR4,
    HBM2 = 1 << OG_DRAM_HBM2,
    ANY = (1 << OG_DRAM_FAMILIES) - 1,
};

// A timing of the simulated device that is wrong: one cycle short, or an interval so long that
// refreshes fall out. In some families it binds nothing that a longer timing does not bind as well.
typedef struct fault {
    const char* name;
    size_t member;
    int change;
    unsigned hidden;  // families in which it cannot show
} fault;

static const fault faults[] = {
    TIMING(read_latency, LPDDR4 | HBM2),
    TIMING(write_latency, 0),
    TIMING(activate_to_column, 0),
    TIMING(activate_to_write, 0),
    TIMING(activate_to_precharge, 0),
    TIMING(activate_to_activate, 0),
    TIMING(precharge, 0),
    TIMING(precharge_all, 0),
    TIMING(read_to_precharge, 0),
    TIMING(write_recovery, 0),
    TIMING(column_same, 0),
    TIMING(column_other, DDR3 | LPDDR4),
    TIMING(column_write_same, DDR3 | DDR4 | LPDDR4 | HBM2),
    TIMING(activate_same, 0),
    TIMING(activate_other, DDR3 | LPDDR4),
    TIMING(four_activates, DDR5 | LPDDR4 | HBM2),
    TIMING(write_to_read_same, 0),
    TIMING(write_to_read_other, DDR3 | LPDDR4),
    TIMING(read_to_write, 0),
    TIMING(rank_switch, 0),
    TIMING(write_preamble, DDR5 | LPDDR4 | HBM2),
    TIMING(read_strobe_delay, LPDDR4 | HBM2),
    TIMING(write_strobe_delay, 0),
    TIMING(refresh_all, 0),
    TIMING(refresh_bank, 0),
    TIMING(refresh_same_bank, 0),
    TIMING(refresh_to_activate_other, LPDDR4),
    TIMING(refresh_to_refresh_other, HBM2),
    TIMING(precharge_to_precharge, 0),
    TIMING(power_down_exit, 0),
    TIMING(self_refresh_exit, 0),
    TIMING(self_refresh_exit_dll, DDR4),
    TIMING(clock_enable, 0),
    TIMING(clock_enable_refresh, 0),
    TIMING(activate_to_power_down, ANY),
    TIMING(precharge_to_power_down, ANY),
    TIMING(refresh_to_power_down, DDR3 | HBM2),
    TIMING(command_cycles_activate, 0),
    TIMING(command_cycles_column, 0),
    TIMING(command_cycles_other, 0),
    INTERVAL(refresh_interval),
    INTERVAL(refresh_bank_interval),
    INTERVAL(refresh_same_bank_interval),
};

// the first broken rule that the fault can explain: refreshes for intervals, distances for the
// others
static const char* rule_shown(const og_dram_check_result* result, const fault* wrong) {
    for (int64_t i = 0; i < result->listed_count; ++i) {
        const bool refresh = strncmp(result->listed[i].rule, "refresh", 7) == 0;
        if (refresh == (wrong->change > 0)) {
            return result->listed[i].rule;
        }
    }
    return NULL;
}

// whether any controller under any workload shows the fault; `rule` receives what it broke
static bool fault_shows(const og_dram_device* device, const fault* wrong, const char** rule) {
    og_dram_device faulty = *device;
    *(int*)(void*)((char*)&faulty.timing + wrong->member) += wrong->change;
    for (int w = 0; w < 6 * WORKLOADS; ++w) {
        og_random random = og_random_make(11, (uint64_t)w);
        bench* b = open_bench(&faulty, 2, w % WORKLOADS, (uint64_t)(w + 1));
        og_dram_device truth = *device;
        truth.organisation.ranks = 2;
        for (int i = 0; i < 2 * CONTROLLERS; ++i) {
            og_dram_controller controller = controller_of(i, &random);
            controller.refresh_policy = (og_dram_refresh_policy)(1 + i % 3);
            if (!refresh_fits(device, controller.refresh_policy)) {
                controller.refresh_policy = OG_DRAM_REFRESH_ALL_BANK;
            }
            limit_flexibility(device, &controller);
            const og_arena_mark mark = og_arena_here(b->arena);
            const verdict v = judge(b->arena, b, &truth, &controller);
            *rule = v.status == OG_OK ? rule_shown(&v.result, wrong) : NULL;
            if (*rule) {
                close_bench(b);
                return true;
            }
            og_arena_rewind(b->arena, mark);
        }
        close_bench(b);
    }
    return false;
}

static void faults_in_the_simulated_device_show(void** state) {
    (void)state;
    int missed = 0;
    for (int at = 0; og_dram_device_at(at); ++at) {
        const og_dram_device* device = og_dram_device_at(at);
        for (size_t i = 0; i < sizeof faults / sizeof faults[0]; ++i) {
            const int value =
                *(const int*)(const void*)((const char*)&device->timing + faults[i].member);
            const bool cycles = strncmp(faults[i].name, "command_cycles", 14) == 0;
            if (value == 0 || (cycles && value == 1) ||
                (faults[i].hidden >> device->family & 1) != 0) {
                continue;
            }
            const char* rule = NULL;
            if (!fault_shows(device, &faults[i], &rule)) {
                print_message("%s: %s one cycle short does not show\n", device->name,
                              faults[i].name);
                ++missed;
            }
            if (print_faults_found) {
                printf("| %s | %s | %s |\n", device->name, faults[i].name, rule ? rule : "-");
            }
        }
    }
    assert_int_equal(missed, 0);
}

static int print_table(void) {
    printf(
        "| standard | ranks | refresh | runs | commands | violations "
        "|\n|---|---|---|---|---|---|\n");
    int64_t violations = 0;
    for (int at = 0; og_dram_device_at(at); ++at) {
        const og_dram_device* device = og_dram_device_at(at);
        for (int ranks = 1; ranks <= 4; ranks *= 2) {
            for (int refresh = 0; refresh <= OG_DRAM_REFRESH_SAME_BANK; ++refresh) {
                if (!refresh_fits(device, (og_dram_refresh_policy)refresh)) {
                    continue;
                }
                cell sum = {0};
                judge_cell(&sum, device, ranks, (og_dram_refresh_policy)refresh, 0, WORKLOADS);
                printf("| %s | %d | %s | %lld | %lld | %lld |\n", device->name, ranks,
                       refresh_names[refresh], (long long)sum.runs, (long long)sum.commands,
                       (long long)sum.violations);
                fflush(stdout);
                print_faults(&sum);
                violations += sum.violations + sum.refused;
            }
        }
    }
    return violations > 0;
}

int main(int argc, char** argv) {
    if (argc > 1 && strcmp(argv[1], "--table") == 0) {
        requests_of_trace = REQUESTS_TABLE;
        return print_table();
    }
    print_faults_found = argc > 1 && strcmp(argv[1], "--faults") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_simulator_is_legal),
        cmocka_unit_test(faults_in_the_simulated_device_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
