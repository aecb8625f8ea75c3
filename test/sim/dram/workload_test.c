// Workloads: contracts of all of them, golden hashes, shapes; the cache model against an
// independent one, with planted faults; kernels against naive versions of what they compute.

#include "ogive/dram_trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// cmocka needs the three above first
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "ogive/random.h"
#include "sim/dram/kernels.h"

static int workload_test_setup(void** state) {
    *state = og_arena_create();
    return 0;
}

static int workload_test_teardown(void** state) {
    og_arena_destroy(*state);
    return 0;
}

/// FNV-1a over all fields of all requests.
static uint64_t workload_test_hash(const og_dram_trace* trace) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (int64_t i = 0; i < trace->count; i++) {
        const og_dram_request* request = &trace->requests[i];
        const uint64_t fields[] = {request->address, (uint64_t)request->arrival,
                                   (uint64_t)request->initiator << 1 | request->write};
        for (int f = 0; f < 3; f++) {
            hash = (hash ^ fields[f]) * UINT64_C(0x100000001b3);
        }
    }
    return hash;
}

static void workload_test_contract(const og_dram_workload* workload, og_arena* arena, int64_t count,
                                   uint64_t bytes, uint64_t seed) {
    og_dram_trace trace;
    workload->make(arena, count, bytes, seed, &trace);
    assert_string_equal(trace.name, workload->name);
    assert_int_equal(trace.count, count);
    assert_in_range(trace.initiators, 1, OG_DRAM_INITIATORS);
    int64_t last = 0;
    assert_int_equal(trace.requests[0].arrival, 0);
    for (int64_t i = 0; i < count; i++) {
        const og_dram_request* request = &trace.requests[i];
        assert_true(request->address < bytes);
        assert_true(request->address % OG_DRAM_LINE_BYTES == 0);
        assert_true(request->arrival >= last && request->arrival <= OG_DRAM_ARRIVAL_MAX);
        assert_true(request->initiator < trace.initiators);
        assert_true(request->write <= 1);
        last = request->arrival;
    }
    og_dram_trace again;
    workload->make(arena, count, bytes, seed, &again);
    assert_true(workload_test_hash(&again) == workload_test_hash(&trace));
}

static void workload_test_contracts(void** state) {
    static const struct {
        int64_t count;
        uint64_t bytes;
    } sizes[] = {
        {1, 4096},
        {300, 4096},
        {300, 5000},
        {2000, UINT64_C(128) << 20},
        {2000, UINT64_C(1) << 30},
        {2000, UINT64_C(12) << 30},  // a 12 Gb device: not a power of two
        {2000, UINT64_C(1) << 40},
    };
    for (int index = 0; og_dram_workload_at(index); index++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            const og_arena_mark mark = og_arena_here(*state);
            workload_test_contract(og_dram_workload_at(index), *state, sizes[s].count,
                                   sizes[s].bytes, s);
            og_arena_rewind(*state, mark);
        }
    }
    assert_null(og_dram_workload_at(-1));
}

static void workload_test_names(void** state) {
    (void)state;
    const og_dram_workload* found;
    for (int index = 0; og_dram_workload_at(index); index++) {
        const og_dram_workload* workload = og_dram_workload_at(index);
        assert_true(workload->doc[0] && workload->source[0]);
        assert_int_equal(og_dram_workload_find(workload->name, &found), OG_OK);
        assert_ptr_equal(found, workload);
    }
    assert_int_equal(og_dram_workload_find("gem", &found), OG_ERROR_NAME);
    assert_string_equal(og_error_text(), "no workload named 'gem' (did you mean gemm?)");
    assert_int_equal(og_dram_workload_find("qqqqqqqq", &found), OG_ERROR_NAME);
}

/// Equal traces on every machine, compiler and optimisation level: 3,000 requests, 1 GiB, seed 1.
static void workload_test_golden(void** state) {
    static const struct {
        const char* name;
        uint64_t hash;
    } golden[] = {
        {"stream", UINT64_C(0x7f0d36e01aa7b715)},
        {"stream_write", UINT64_C(0x099be41308024d6d)},
        {"stream_mixed", UINT64_C(0x0867531ad2bd1dfd)},
        {"random", UINT64_C(0x639f3a0c6a83a915)},
        {"random_mixed", UINT64_C(0x8551b7dd84a221f6)},
        {"strided", UINT64_C(0x9509ad0e79396b95)},
        {"strided_lines", UINT64_C(0x49d9aa0df983d915)},
        {"conflict", UINT64_C(0xeb83c6d546a3ab95)},
        {"pointer_chase", UINT64_C(0x9ef980b5dca03b05)},
        {"hot_rows", UINT64_C(0x81bd3d710266f195)},
        {"burst_idle", UINT64_C(0xc612c848822f4821)},
        {"idle_long", UINT64_C(0x2105bdbd4e3e9256)},
        {"sparse", UINT64_C(0x3054aceca3a97262)},
        {"local", UINT64_C(0x37a32bcbfbd68af3)},
        {"multi_stream", UINT64_C(0x3057a515d7c88d01)},
        {"cloud_1", UINT64_C(0xde7031f5cd2a4255)},
        {"cloud_2", UINT64_C(0x0e65afe44d055995)},
        {"gemm", UINT64_C(0x4e409fe6862e4dfd)},
        {"spmv", UINT64_C(0xd06174a34bda2fa1)},
        {"bfs", UINT64_C(0x3e3878fee14ceb07)},
        {"fft", UINT64_C(0x95032521fae717db)},
        {"hash_join", UINT64_C(0x92d15c307cb0080d)},
        {"stencil", UINT64_C(0x92f71f7f0a02cabc)},
        {"key_value", UINT64_C(0xff025706834fed13)},
        {"sort", UINT64_C(0x831c4820cfb05efd)},
    };
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        const og_dram_workload* workload;
        assert_int_equal(og_dram_workload_find(golden[i].name, &workload), OG_OK);
        og_dram_trace trace;
        workload->make(*state, 3000, UINT64_C(1) << 30, 1, &trace);
        const uint64_t hash = workload_test_hash(&trace);
        if (hash != golden[i].hash) {
            fail_msg("%s: hash 0x%016llx", golden[i].name, (unsigned long long)hash);
        }
    }
    assert_null(og_dram_workload_at(sizeof golden / sizeof *golden));
}

/// Seeds matter wherever there is anything random: to all but the regular patterns.
static void workload_test_seeds(void** state) {
    int same = 0;
    for (int index = 0; og_dram_workload_at(index); index++) {
        og_dram_trace first;
        og_dram_trace second;
        og_dram_workload_at(index)->make(*state, 1000, UINT64_C(1) << 30, 1, &first);
        og_dram_workload_at(index)->make(*state, 1000, UINT64_C(1) << 30, 2, &second);
        same += workload_test_hash(&first) == workload_test_hash(&second);
    }
    // stream, stream_write, stream_mixed, strided, strided_lines, conflict, multi_stream
    assert_int_equal(same, 7);
}

/// What each workload promises in its description, as ranges of features.
static void workload_test_shapes(void** state) {
    static const struct {
        const char* name;
        og_dram_feature feature;
        double low, high;
    } shapes[] = {
        {"stream", OG_DRAM_FEATURE_READ_SHARE, 1, 1},
        {"stream", OG_DRAM_FEATURE_SEQUENTIAL_SHARE, 0.999, 1},
        {"stream", OG_DRAM_FEATURE_INTENSITY, 0.799, 0.801},
        {"stream_write", OG_DRAM_FEATURE_READ_SHARE, 0, 0},
        {"stream_mixed", OG_DRAM_FEATURE_READ_SHARE, 0.666, 0.667},
        {"stream_mixed", OG_DRAM_FEATURE_ROW_HIT_SHARE, 0.98, 1},
        {"random", OG_DRAM_FEATURE_ROW_HIT_SHARE, 0, 0.01},
        {"random_mixed", OG_DRAM_FEATURE_READ_SHARE, 0.64, 0.69},
        {"strided", OG_DRAM_FEATURE_ROW_ENTROPY, 0.999, 1},
        {"strided_lines", OG_DRAM_FEATURE_ROW_HIT_SHARE, 0.95, 0.97},
        {"conflict", OG_DRAM_FEATURE_ROW_HIT_SHARE, 0, 0},
        {"pointer_chase", OG_DRAM_FEATURE_LINE_REUSE, 0, 0},
        {"pointer_chase", OG_DRAM_FEATURE_INTENSITY, 0.012, 0.013},
        {"hot_rows", OG_DRAM_FEATURE_ROW_ENTROPY, 0.2, 0.4},
        {"hot_rows", OG_DRAM_FEATURE_READ_SHARE, 0.73, 0.77},
        {"burst_idle", OG_DRAM_FEATURE_BURSTINESS, 4, 10},
        {"burst_idle", OG_DRAM_FEATURE_INTENSITY, 0.028, 0.04},
        {"idle_long", OG_DRAM_FEATURE_INTENSITY, 0.0004, 0.0005},
        {"sparse", OG_DRAM_FEATURE_INTENSITY, 0.0038, 0.0042},
        {"local", OG_DRAM_FEATURE_SEQUENTIAL_SHARE, 0.68, 0.72},
        {"local", OG_DRAM_FEATURE_INTENSITY, 0.095, 0.105},
        {"multi_stream", OG_DRAM_FEATURE_INITIATORS, 4, 4},
        {"multi_stream", OG_DRAM_FEATURE_READ_SHARE, 0.75, 0.75},
        {"cloud_1", OG_DRAM_FEATURE_SEQUENTIAL_SHARE, 0.4, 0.6},
        {"cloud_2", OG_DRAM_FEATURE_SEQUENTIAL_SHARE, 0.4, 0.6},
        {"gemm", OG_DRAM_FEATURE_READ_SHARE, 0.85, 0.99},
        {"gemm", OG_DRAM_FEATURE_ROW_HIT_SHARE, 0.7, 0.95},
        {"spmv", OG_DRAM_FEATURE_READ_SHARE, 0.95, 0.999},
        {"spmv", OG_DRAM_FEATURE_INITIATORS, 2, 2},
        {"bfs", OG_DRAM_FEATURE_READ_SHARE, 0.45, 0.7},
        {"bfs", OG_DRAM_FEATURE_INITIATORS, 2, 2},
        {"fft", OG_DRAM_FEATURE_SEQUENTIAL_SHARE, 0.95, 1},
        {"fft", OG_DRAM_FEATURE_READ_SHARE, 0.5, 0.7},
        {"hash_join", OG_DRAM_FEATURE_READ_SHARE, 0.5, 0.7},
        {"stencil", OG_DRAM_FEATURE_SEQUENTIAL_SHARE, 0.95, 1},
        {"stencil", OG_DRAM_FEATURE_READ_SHARE, 0.7, 0.85},
        {"key_value", OG_DRAM_FEATURE_READ_SHARE, 0.9, 0.99},
        {"key_value", OG_DRAM_FEATURE_INITIATORS, 4, 4},
        {"sort", OG_DRAM_FEATURE_READ_SHARE, 0.5, 0.75},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const og_dram_workload* workload;
        assert_int_equal(og_dram_workload_find(shapes[i].name, &workload), OG_OK);
        og_dram_trace trace;
        double features[OG_DRAM_FEATURES];
        workload->make(*state, 10000, UINT64_C(1) << 30, 5, &trace);
        og_dram_trace_features(&trace, 1250, *state, features);
        const double value = features[shapes[i].feature];
        if (!(value >= shapes[i].low && value <= shapes[i].high)) {
            fail_msg("%s: %s is %g, not in %g..%g", shapes[i].name,
                     og_dram_feature_docs[shapes[i].feature].name, value, shapes[i].low,
                     shapes[i].high);
        }
    }
}

/// The reference cache: every line with its time of last use, searched in full.
typedef struct workload_test_cache {
    struct {
        bool valid, dirty;
        uint64_t line;
        int64_t used;
    } entries[64];
    int sets, ways;
    int64_t now;
} workload_test_cache;

static og_dram_cache_traffic workload_test_cache_access(workload_test_cache* cache, uint64_t line,
                                                        bool store) {
    const int first = (int)(line % (uint64_t)cache->sets) * cache->ways;
    int victim = first;
    cache->now++;
    for (int i = first; i < first + cache->ways; i++) {
        if (cache->entries[i].valid && cache->entries[i].line == line) {
            cache->entries[i].used = cache->now;
            cache->entries[i].dirty |= store;
            return (og_dram_cache_traffic){.fill = false};
        }
        // empty entries were never used, so they go first
        if (cache->entries[i].used < cache->entries[victim].used) {
            victim = i;
        }
    }
    const og_dram_cache_traffic traffic = {
        .fill = true,
        .writeback = cache->entries[victim].valid && cache->entries[victim].dirty,
        .writeback_line = cache->entries[victim].line,
    };
    cache->entries[victim].valid = true;
    cache->entries[victim].dirty = store;
    cache->entries[victim].line = line;
    cache->entries[victim].used = cache->now;
    return traffic;
}

/// Faults that the comparison must notice.
typedef enum workload_test_fault {
    WORKLOAD_TEST_SOUND,
    WORKLOAD_TEST_FORGETS_STORE_HITS,
    WORKLOAD_TEST_NOT_LEAST_RECENT,
    WORKLOAD_TEST_LOSES_WRITEBACK,
    WORKLOAD_TEST_WRONG_VICTIM_ADDRESS,
    WORKLOAD_TEST_WRITES_BACK_CLEAN,
    WORKLOAD_TEST_FAULTS,
} workload_test_fault;

static og_dram_cache_traffic workload_test_faulty(og_dram_cache* cache, uint64_t line, bool store,
                                                  workload_test_fault fault) {
    uint64_t* set = cache->lines + line % cache->sets * (uint64_t)cache->ways;
    const bool repeats = set[0] >> 1 == line + 1;
    const bool forgets = fault == WORKLOAD_TEST_FORGETS_STORE_HITS && repeats;
    og_dram_cache_traffic traffic = og_dram_cache_access(cache, line, store && !forgets);
    if (fault == WORKLOAD_TEST_NOT_LEAST_RECENT && cache->ways > 1) {
        const uint64_t newest = set[0];
        set[0] = set[1];
        set[1] = newest;
    }
    if (fault == WORKLOAD_TEST_WRITES_BACK_CLEAN) {
        set[0] |= 1;
    }
    traffic.writeback &= fault != WORKLOAD_TEST_LOSES_WRITEBACK;
    traffic.writeback_line += fault == WORKLOAD_TEST_WRONG_VICTIM_ADDRESS;
    return traffic;
}

/// Run both caches on random accesses: whether they agree on every one, and conserve lines.
static bool workload_test_caches_agree(og_arena* arena, int sets, int ways, uint64_t lines,
                                       workload_test_fault fault) {
    og_dram_cache cache = og_dram_cache_make(arena, (uint64_t)sets, ways);
    workload_test_cache reference = {.sets = sets, .ways = ways};
    og_random random = og_random_make((uint64_t)sets * 100 + (uint64_t)ways, lines);
    int64_t fills = 0;
    int64_t writebacks = 0;
    int64_t stores = 0;
    for (int i = 0; i < 20000; i++) {
        const uint64_t line = og_random_below(&random, lines);
        const bool store = og_random_below(&random, 3) == 0;
        const og_dram_cache_traffic got = workload_test_faulty(&cache, line, store, fault);
        const og_dram_cache_traffic want = workload_test_cache_access(&reference, line, store);
        if (got.fill != want.fill || got.writeback != want.writeback ||
            (want.writeback && got.writeback_line != want.writeback_line)) {
            return false;
        }
        fills += want.fill;
        writebacks += want.writeback;
        stores += store;
    }
    return cache.fills == fills && cache.writebacks == writebacks && writebacks <= stores &&
           cache.accesses == 20000;
}

static void workload_test_cache_model(void** state) {
    static const struct {
        int sets, ways;
        uint64_t lines;
    } shapes[] = {{1, 1, 3}, {1, 8, 11}, {8, 1, 20}, {4, 4, 24}, {2, 8, 40}, {8, 8, 100}};
    for (int fault = WORKLOAD_TEST_SOUND; fault < WORKLOAD_TEST_FAULTS; fault++) {
        int agree = 0;
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            agree += workload_test_caches_agree(*state, shapes[i].sets, shapes[i].ways,
                                                shapes[i].lines, (workload_test_fault)fault);
        }
        if (fault == WORKLOAD_TEST_SOUND) {
            assert_int_equal(agree, sizeof shapes / sizeof *shapes);
        } else {
            // direct-mapped caches have no order to get wrong, the other shapes must notice
            assert_true(agree <= (fault == WORKLOAD_TEST_NOT_LEAST_RECENT ? 2 : 0));
        }
    }
}

/// What leaves the cache is the trace: a read per fill, a write per write-back, none lost.
static void workload_test_conservation(void** state) {
    static const og_kernel* const kernels[] = {
        &og_kernel_gemm,      &og_kernel_spmv,    &og_kernel_bfs,       &og_kernel_fft,
        &og_kernel_hash_join, &og_kernel_stencil, &og_kernel_key_value, &og_kernel_sort};
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
        const og_arena_mark mark = og_arena_here(*state);
        og_kernel_machine machine = og_kernel_machine_make(*state, UINT64_C(1) << 30, 1, 0, 200000);
        og_kernel_run run = og_kernel_run_make(&machine, kernels[k], 1, 1);
        while (machine.recorded < 50000) {
            og_kernel_advance(&run);
        }
        int64_t reads = 0;
        for (int64_t i = 0; i < machine.recorded; i++) {
            reads += !machine.requests[i].write;
        }
        assert_int_equal(reads, machine.cache.fills);
        assert_int_equal(machine.recorded - reads, machine.cache.writebacks);
        assert_true(machine.cache.writebacks <= machine.cache.stores);
        og_arena_rewind(*state, mark);
    }
}

/// A program after one complete run.
static og_kernel_run workload_test_complete(og_arena* arena, og_kernel_machine* machine,
                                            const og_kernel* kernel) {
    *machine = og_kernel_machine_make(arena, UINT64_C(1) << 30, 1, 0, 0);
    og_kernel_run run = og_kernel_run_make(machine, kernel, 1, 1);
    while (og_kernel_advance(&run)) {
    }
    return run;
}

static void workload_test_gemm(void** state) {
    og_kernel_machine machine;
    const og_kernel_run run = workload_test_complete(*state, &machine, &og_kernel_gemm);
    const og_kernel_gemm_program* p = run.program;
    const float* a = p->a.data;
    const float* b = p->b.data;
    const float* c = p->c.data;
    for (uint64_t i = 0; i < p->n; i += 7) {
        for (uint64_t j = 0; j < p->n; j++) {
            float sum = 0;
            for (uint64_t k = 0; k < p->n; k++) {
                sum += a[i * p->stride + k] * b[k * p->stride + j];
            }
            // small integers: exact in any order
            assert_true(c[i * p->stride + j] == sum);
        }
    }
}

static void workload_test_spmv(void** state) {
    og_kernel_machine machine;
    const og_kernel_run run = workload_test_complete(*state, &machine, &og_kernel_spmv);
    const og_kernel_spmv_program* p = run.program;
    const uint32_t* row_start = p->row_start.data;
    for (uint64_t row = 0; row < p->rows; row++) {
        double sum = 0;
        for (uint32_t i = row_start[row]; i < row_start[row + 1]; i++) {
            const uint32_t column = ((const uint32_t*)p->column.data)[i];
            assert_true(column < p->columns);
            sum += (double)((const float*)p->value.data)[i] * ((const float*)p->x.data)[column];
        }
        assert_true(((const float*)p->y.data)[row] == (float)sum);
    }
}

/// Depths by relaxing all edges until nothing changes, which knows no queue.
static void workload_test_bfs(void** state) {
    og_kernel_machine machine = og_kernel_machine_make(*state, UINT64_C(1) << 30, 1, 0, 0);
    og_kernel_run run = og_kernel_run_make(&machine, &og_kernel_bfs, 1, 1);
    const og_kernel_bfs_program* p = run.program;
    const uint32_t root = p->root;
    while (og_kernel_advance(&run)) {
    }
    const uint32_t* edge_start = p->edge_start.data;
    const uint32_t* edges = p->edges.data;
    uint32_t* depth = og_arena_allocate_raw(*state, p->vertices * sizeof *depth);
    memset(depth, 0xff, p->vertices * sizeof *depth);
    depth[root] = 0;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint64_t v = 0; v < p->vertices; v++) {
            for (uint32_t e = edge_start[v]; e < edge_start[v + 1] && depth[v] != UINT32_MAX; e++) {
                if (depth[edges[e]] > depth[v] + 1) {
                    depth[edges[e]] = depth[v] + 1;
                    changed = true;
                }
            }
        }
    }
    uint64_t reached = 0;
    for (uint64_t v = 0; v < p->vertices; v++) {
        assert_int_equal(((const uint32_t*)p->depth.data)[v], depth[v]);
        if (depth[v] != UINT32_MAX && v != root) {
            assert_int_equal(depth[((const uint32_t*)p->parent.data)[v]] + 1, depth[v]);
            reached++;
        }
    }
    assert_true(reached > p->vertices / 4);
}

static uint64_t workload_test_reverse(uint64_t value, uint64_t n) {
    uint64_t reversed = 0;
    for (uint64_t bit = 1; bit < n; bit *= 2) {
        reversed = reversed << 1 | (value & bit ? 1 : 0);
    }
    return reversed;
}

static void workload_test_fft(void** state) {
    og_kernel_machine machine = og_kernel_machine_make(*state, UINT64_C(1) << 30, 1, 0, 0);
    og_kernel_run run = og_kernel_run_make(&machine, &og_kernel_fft, 1, 1);
    const og_kernel_fft_program* p = run.program;
    const float* points = p->points.data;
    float* input = og_arena_allocate_raw(*state, 2 * p->n * sizeof *input);
    memcpy(input, points, 2 * p->n * sizeof *input);
    while (!p->inverse) {
        og_kernel_advance(&run);
    }
    static const uint64_t frequencies[] = {0, 1, 2, 77, 8192, 16384, 32767};
    for (size_t i = 0; i < sizeof frequencies / sizeof *frequencies; i++) {
        double real = 0;
        double imaginary = 0;
        for (uint64_t k = 0; k < p->n; k++) {
            const double angle =
                -2 * 3.14159265358979323846 * (double)(frequencies[i] * k % p->n) / (double)p->n;
            real += input[2 * k] * cos(angle) - input[2 * k + 1] * sin(angle);
            imaginary += input[2 * k] * sin(angle) + input[2 * k + 1] * cos(angle);
        }
        const uint64_t place = workload_test_reverse(frequencies[i], p->n);
        // sums of 32,768 values of size 1: magnitude about 150, error of floats about 1e-5 of it
        assert_float_equal(points[2 * place], real, 5e-3);
        assert_float_equal(points[2 * place + 1], imaginary, 5e-3);
    }
    while (og_kernel_advance(&run)) {
    }
    for (uint64_t i = 0; i < 2 * p->n; i++) {
        assert_float_equal(points[i], input[i], 1e-5);
    }
}

static void workload_test_hash_join(void** state) {
    og_kernel_machine machine;
    const og_kernel_run run = workload_test_complete(*state, &machine, &og_kernel_hash_join);
    const og_kernel_hash_join_program* p = run.program;
    const uint64_t* build = p->build.data;
    const uint64_t* probe = p->probe.data;
    const uint64_t* matches = p->matches.data;
    // build keys are 0 .. build_count - 1, each once
    uint64_t expected = 0;
    for (uint64_t i = 0; i < p->probe_count; i++) {
        expected += probe[2 * i] < p->build_count;
    }
    uint64_t found = 0;
    const uint64_t part = p->probe_count / (uint64_t)og_kernel_hash_join.threads;
    for (uint64_t t = 0; t < (uint64_t)og_kernel_hash_join.threads; t++) {
        for (uint64_t m = t * part; m < t * part + p->found[t]; m++) {
            assert_true(build[2 * matches[2 * m]] == probe[2 * matches[2 * m + 1]]);
        }
        found += p->found[t];
    }
    assert_int_equal(found, expected);
    assert_true(expected > p->probe_count / 3);
}

static void workload_test_stencil(void** state) {
    og_kernel_machine machine = og_kernel_machine_make(*state, UINT64_C(1) << 30, 1, 0, 0);
    og_kernel_run run = og_kernel_run_make(&machine, &og_kernel_stencil, 1, 1);
    const og_kernel_stencil_program* p = run.program;
    const float* u = p->grid[0].data;
    const float* v = p->grid[1].data;
    while (og_kernel_advance(&run)) {
    }
    for (uint64_t z = 0; z < p->nz; z++) {
        for (uint64_t y = 0; y < p->ny; y++) {
            for (uint64_t x = 0; x < p->nx; x++) {
                const uint64_t i = (z * p->ny + y) * p->nx + x;
                const bool inner =
                    x > 0 && x < p->nx - 1 && y > 0 && y < p->ny - 1 && z > 0 && z < p->nz - 1;
                double want = u[i];
                if (inner) {
                    want = 0.4 * u[i] +
                           0.1 * ((double)u[i - 1] + u[i + 1] + u[i - p->nx] + u[i + p->nx] +
                                  u[i - p->nx * p->ny] + u[i + p->nx * p->ny]);
                }
                assert_float_equal(v[i], want, 1e-6);
            }
        }
    }
}

static void workload_test_key_value(void** state) {
    og_kernel_machine machine;
    const og_kernel_run run = workload_test_complete(*state, &machine, &og_kernel_key_value);
    const og_kernel_key_value_program* p = run.program;
    assert_int_equal(p->wrong, 0);
    assert_int_equal(p->gets + p->puts, 4 * 4096);
    assert_in_range(p->puts, 650, 1000);  // 5 % of 16,384 is 819
    uint64_t versions = 0;
    for (uint64_t slot = 0; slot < p->slots; slot++) {
        versions += ((const uint64_t*)p->values.data)[slot * OG_KERNEL_KEY_VALUE_WORDS + 1];
    }
    assert_int_equal(versions, p->puts);
}

static void workload_test_sort(void** state) {
    og_kernel_machine machine = og_kernel_machine_make(*state, UINT64_C(1) << 30, 1, 0, 0);
    og_kernel_run run = og_kernel_run_make(&machine, &og_kernel_sort, 1, 1);
    const og_kernel_sort_program* p = run.program;
    while (p->phase == OG_KERNEL_SORT_FILL) {
        og_kernel_advance(&run);
    }
    const uint32_t* keys = p->keys[p->source].data;
    uint64_t sum = 0;
    uint64_t squares = 0;
    for (uint64_t i = 0; i < p->count; i++) {
        sum += keys[i];
        squares += (uint64_t)keys[i] * keys[i];
    }
    while (og_kernel_advance(&run)) {
    }
    keys = p->keys[p->source].data;
    for (uint64_t i = 0; i < p->count; i++) {
        assert_true(i == 0 || keys[i - 1] <= keys[i]);
        sum -= keys[i];
        squares -= (uint64_t)keys[i] * keys[i];
    }
    // the same keys, by their power sums
    assert_true(sum == 0 && squares == 0);
}

static void workload_test_zipf(void** state) {
    (void)state;
    og_random random = og_random_make(1, 0);
    int64_t octave[10] = {0};
    for (int i = 0; i < 100000; i++) {
        const uint64_t rank = og_kernel_zipf(&random, 10);
        assert_true(rank < 1023);
        int k = 0;
        while (rank + 1 >= UINT64_C(2) << k) {
            k++;
        }
        octave[k]++;
    }
    for (int k = 0; k < 10; k++) {
        assert_in_range(octave[k], 9500, 10500);
    }
}

#define WORKLOAD_TEST(name) \
    cmocka_unit_test_setup_teardown(name, workload_test_setup, workload_test_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WORKLOAD_TEST(workload_test_contracts),    WORKLOAD_TEST(workload_test_names),
        WORKLOAD_TEST(workload_test_golden),       WORKLOAD_TEST(workload_test_seeds),
        WORKLOAD_TEST(workload_test_shapes),       WORKLOAD_TEST(workload_test_cache_model),
        WORKLOAD_TEST(workload_test_conservation), WORKLOAD_TEST(workload_test_gemm),
        WORKLOAD_TEST(workload_test_spmv),         WORKLOAD_TEST(workload_test_bfs),
        WORKLOAD_TEST(workload_test_fft),          WORKLOAD_TEST(workload_test_hash_join),
        WORKLOAD_TEST(workload_test_stencil),      WORKLOAD_TEST(workload_test_key_value),
        WORKLOAD_TEST(workload_test_sort),         WORKLOAD_TEST(workload_test_zipf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
