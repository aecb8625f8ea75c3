// Speed of the DRAM simulator on one core: requests a second on the workloads on which the peers
// were measured, and designs a second on 10,000-request traces. Statistics and energy are always
// on.
//
//   bench_dram [requests]         default 100000
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/clock.h"
#include "ogive/dram.h"
#include "ogive/random.h"

enum { BENCH_ROW_LINES = 128, BENCH_LINE = 64, BENCH_REPEATS = 7, BENCH_MAX = 16 };

// What a generator needs: the place of a line in the map row:bank:bank group:column of 8 GiB.
typedef struct bench_state {
    og_random random;
    int64_t index;
    int64_t arrival;
    int64_t left;  // requests of the present burst or run
    uint64_t line;
    uint64_t rows[8];
} bench_state;

typedef struct bench_workload {
    const char* name;
    double peer;  // fastest of four peers, 1000 requests/s, on the machine of the comparison
    int divide;   // shorter traces for slow workloads
    og_dram_request (*next)(bench_state* state);
} bench_workload;

static uint64_t bench_any_line(bench_state* s) {
    return og_random_below(&s->random, UINT64_C(1) << 27);
}

static og_dram_request bench_request(bench_state* s, uint64_t line, bool write) {
    return (og_dram_request){.address = (line & ((UINT64_C(1) << 27) - 1)) * BENCH_LINE,
                             .arrival = s->arrival,
                             .write = write};
}

static bool bench_third(bench_state* s) {
    return og_random_below(&s->random, 3) == 0;
}

static og_dram_request bench_stream_r(bench_state* s) {
    return bench_request(s, (uint64_t)s->index, false);
}

static og_dram_request bench_stream_w(bench_state* s) {
    return bench_request(s, (uint64_t)s->index, true);
}

// a[i] = b[i] + c[i]: three streams a quarter of the memory apart
static og_dram_request bench_stream_21(bench_state* s) {
    const uint64_t which = (uint64_t)s->index % 3;
    const uint64_t line = (which << 25) + which * 37 * BENCH_ROW_LINES + (uint64_t)s->index / 3;
    return bench_request(s, line, which == 2);
}

static og_dram_request bench_random_r(bench_state* s) {
    return bench_request(s, bench_any_line(s), false);
}

static og_dram_request bench_random_21(bench_state* s) {
    const uint64_t line = bench_any_line(s);
    return bench_request(s, line, bench_third(s));
}

static og_dram_request bench_stride_bank(bench_state* s) {
    return bench_request(s, (uint64_t)s->index * BENCH_ROW_LINES, false);
}

static og_dram_request bench_conflict(bench_state* s) {
    return bench_request(s, (uint64_t)s->index * BENCH_ROW_LINES * 16, false);
}

static og_dram_request bench_stride_5lines(bench_state* s) {
    return bench_request(s, (uint64_t)s->index * 5, false);
}

// six hot rows take 85 % of the accesses
static og_dram_request bench_hotrow(bench_state* s) {
    if (s->index == 0) {
        for (int i = 0; i < 6; ++i) {
            s->rows[i] = bench_any_line(s) & ~(uint64_t)(BENCH_ROW_LINES - 1);
        }
    }
    uint64_t line = bench_any_line(s);
    if (og_random_below(&s->random, 100) < 85) {
        line = s->rows[og_random_below(&s->random, 6)] + line % BENCH_ROW_LINES;
    }
    return bench_request(s, line, bench_third(s));
}

// bursts of half sequential, half random requests, then a pause
static og_dram_request bench_burst_gap(bench_state* s) {
    if (s->left-- == 0) {
        s->left = 31 + (int64_t)og_random_below(&s->random, 200);
        s->arrival += 1000 + (int64_t)og_random_below(&s->random, 4000);
    }
    s->line = og_random_below(&s->random, 2) ? s->line + 1 : bench_any_line(s);
    return bench_request(s, s->line, bench_third(s));
}

static og_dram_request bench_sparse(bench_state* s) {
    s->arrival += 100 + (int64_t)og_random_below(&s->random, 200);
    const uint64_t line = bench_any_line(s);
    return bench_request(s, line, bench_third(s));
}

static og_dram_request bench_mid_local(bench_state* s) {
    s->arrival += (int64_t)og_random_below(&s->random, 17);
    s->line = og_random_below(&s->random, 10) < 7 ? s->line + 1 : bench_any_line(s);
    return bench_request(s, s->line, bench_third(s));
}

static og_dram_request bench_streams4(bench_state* s) {
    s->arrival += 5;
    const uint64_t which = og_random_below(&s->random, 4);
    const uint64_t line = (which << 25) + which * 53 * BENCH_ROW_LINES + s->rows[which]++;
    return bench_request(s, line, which == 3);
}

static og_dram_request bench_idle_long(bench_state* s) {
    if (s->left-- == 0) {
        s->left = 9 + (int64_t)og_random_below(&s->random, 2);
        s->arrival += 8000 + (int64_t)og_random_below(&s->random, 20000);
    }
    const uint64_t line = bench_any_line(s);
    return bench_request(s, line, bench_third(s));
}

static const bench_workload bench_workloads[] = {
    {"stream_r", 581, 1, bench_stream_r},   {"stream_w", 504, 1, bench_stream_w},
    {"stream_21", 469, 1, bench_stream_21}, {"random_r", 182, 1, bench_random_r},
    {"random_21", 197, 1, bench_random_21}, {"stride_bank", 226, 1, bench_stride_bank},
    {"conflict", 366, 1, bench_conflict},   {"stride_5lines", 512, 1, bench_stride_5lines},
    {"hotrow", 337, 1, bench_hotrow},       {"burst_gap", 349, 1, bench_burst_gap},
    {"sparse", 380, 5, bench_sparse},       {"mid_local", 498, 1, bench_mid_local},
    {"streams4", 436, 1, bench_streams4},   {"idle_long", 268, 5, bench_idle_long},
};

static void bench_must(og_status status) {
    if (status != OG_OK) {
        fprintf(stderr, "%s\n", og_error_text());
        exit(1);
    }
}

static og_dram_trace bench_trace(og_arena* arena, const bench_workload* workload, int64_t count) {
    bench_state state = {.random = og_random_make(1, 0)};
    og_dram_request* requests =
        og_arena_allocate_raw(arena, sizeof(og_dram_request) * (size_t)count);
    for (state.index = 0; state.index < count; ++state.index) {
        requests[state.index] = workload->next(&state);
    }
    return (og_dram_trace){
        .name = workload->name, .requests = requests, .count = count, .initiators = 1};
}

// best of several simulations, seconds
static double bench_simulate(const og_dram_system* system, const og_dram_controller* controller,
                             og_arena* scratch, og_dram_result* result) {
    double best = 1e9;
    for (int i = 0; i < BENCH_REPEATS; ++i) {
        const double start = og_clock_processor_seconds();
        bench_must(og_dram_simulate(system, controller, scratch, NULL, result));
        const double seconds = og_clock_processor_seconds() - start;
        best = seconds < best ? seconds : best;
    }
    return best;
}

static double bench_power(double product, int count) {
    // count-th root by bisection: no need of libm here
    double low = 0.0;
    double high = product > 1.0 ? product : 1.0;
    for (int i = 0; i < 200; ++i) {
        const double middle = (low + high) / 2;
        double value = 1.0;
        for (int k = 0; k < count; ++k) {
            value *= middle;
        }
        *(value < product ? &low : &high) = middle;
    }
    return low;
}

static void bench_requests(int64_t count) {
    const og_dram_device* device = NULL;
    bench_must(og_dram_device_find("ddr4_2400", &device));
    og_dram_controller controller = og_dram_controller_default();
    controller.front_end = OG_DRAM_FRONT_END_REGISTERED;
    printf("ddr4_2400, Open, FrFcfs, Bankwise 8, AllBank; %lld requests\n\n", (long long)count);
    printf("| workload | requests/s | cycles | row hits | fastest peer | ratio |\n");
    printf("|---|---|---|---|---|---|\n");
    double product = 1.0;
    double least = 1e9;
    const int workloads = (int)(sizeof bench_workloads / sizeof bench_workloads[0]);
    for (int i = 0; i < workloads; ++i) {
        const bench_workload* w = &bench_workloads[i];
        og_arena* arena = og_arena_create();
        const og_dram_trace trace = bench_trace(arena, w, count / w->divide);
        const og_dram_setup setup = {.device = device, .trace = &trace};
        const og_dram_system* system = NULL;
        bench_must(og_dram_open(arena, &setup, &system));
        og_dram_result result;
        const double seconds = bench_simulate(system, &controller, arena, &result);
        const double rate = (double)trace.count / seconds;
        const double ratio = rate / (w->peer * 1e3);
        printf("| %s | %.2f M | %lld | %lld | %.0f k | %.1f |\n", w->name, rate * 1e-6,
               (long long)result.cycles, (long long)result.row_hits, w->peer, ratio);
        product *= ratio;
        least = ratio < least ? ratio : least;
        og_arena_destroy(arena);
    }
    printf(
        "\ngeometric mean of the ratios %.1f, least %.1f (peers: DRAMSys 5.1, Ramulator 2.1 and "
        "1.0, DRAMsim3 on the machine of that comparison)\n\n",
        bench_power(product, workloads), least);
}

// a random design of ArchGym's space
static og_dram_controller bench_design(og_random* random) {
    og_dram_controller c = og_dram_controller_default();
    c.page_policy = (og_dram_page_policy)og_random_below(random, 4);
    c.scheduler = (og_dram_scheduler)og_random_below(random, 3);
    c.scheduler_buffer = (og_dram_scheduler_buffer)og_random_below(random, 3);
    c.response_queue = (og_dram_response_queue)og_random_below(random, 2);
    c.refresh_policy = (og_dram_refresh_policy)og_random_below(random, 2);
    c.arbiter = (og_dram_arbiter)og_random_below(random, 3);
    c.request_buffer_size = 1 << og_random_below(random, 8);
    c.max_active_transactions = 1 << og_random_below(random, 8);
    c.refresh_max_postponed = 1 << og_random_below(random, 4);
    c.refresh_max_pulled_in = 1 << og_random_below(random, 4);
    return c;
}

static void bench_designs(void) {
    static const char* const names[] = {"stream",       "random", "cloud_1", "cloud_2",
                                        "random_mixed", "gemm",   "bfs"};
    const og_dram_device* device = NULL;
    bench_must(og_dram_device_find("ddr3_1600", &device));
    printf("ddr3_1600, 10,000 requests, random designs of the archgym space\n\n");
    printf("| workload | designs/s |\n|---|---|\n");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
        og_arena* arena = og_arena_create();
        const og_dram_workload* workload = NULL;
        bench_must(og_dram_workload_find(names[i], &workload));
        og_dram_trace trace;
        workload->make(arena, 10000, og_dram_device_bytes(device), 1, &trace);
        const og_dram_setup setup = {.device = device, .trace = &trace};
        const og_dram_system* system = NULL;
        bench_must(og_dram_open(arena, &setup, &system));
        og_random random = og_random_make(1, 1);
        const int designs = 500;
        const double start = og_clock_processor_seconds();
        for (int k = 0; k < designs; ++k) {
            const og_dram_controller controller = bench_design(&random);
            og_dram_result result;
            bench_must(og_dram_simulate(system, &controller, arena, NULL, &result));
        }
        printf("| %s | %.0f |\n", names[i], designs / (og_clock_processor_seconds() - start));
        og_arena_destroy(arena);
    }
}

int main(int argc, char** argv) {
    const int64_t count = argc > 1 ? strtoll(argv[1], NULL, 10) : 100000;
    bench_requests(count < 1000 ? 1000 : count);
    bench_designs();
    return 0;
}
