// The table of built-in workloads and the generators of synthetic traffic. A generator is a rule
// for request number i; a loop applies it. Shapes after the traces on which DRAM simulators are
// compared.

#include <assert.h>
#include <string.h>

#include "ogive/dram_trace.h"
#include "ogive/random.h"
#include "ogive/text.h"
#include "sim/dram/kernels.h"

enum {
    WORKLOAD_LINE = OG_DRAM_LINE_BYTES,
    WORKLOAD_ROW = 8192,  // bytes; row of a 64-bit DDR3 or DDR4 rank, a multiple of shorter ones
    WORKLOAD_TOP_ROWS =
        4096,  // distinct values of the highest address bits, row bits on every device
    WORKLOAD_HOT_ROWS = 6,
    WORKLOAD_INITIATORS = 4,
    WORKLOAD_CLOUD_BLOCK = 50  // requests
};

/// A generator at work.
typedef struct workload_state {
    og_random random;
    uint64_t lines;                    // of the memory
    uint64_t span;                     // largest power of two of bytes within the memory
    int64_t i;                         // number of the request
    int64_t cycle;                     // arrival of the last request
    uint64_t line;                     // of the last request
    int64_t left;                      // requests left in this burst or block
    uint64_t position;                 // lines of the stream consumed
    uint64_t base[WORKLOAD_HOT_ROWS];  // of hot rows
    og_permutation order;
} workload_state;

typedef void workload_rule(workload_state* state, og_dram_request* request);

static uint64_t workload_random_address(workload_state* state) {
    return og_random_below(&state->random, state->lines) * WORKLOAD_LINE;
}

static bool workload_chance(workload_state* state, uint64_t per_cent) {
    return og_random_below(&state->random, 100) < per_cent;
}

/// Address of line number `line`, wrapping at the end of the memory.
static uint64_t workload_line_address(const workload_state* state, uint64_t line) {
    return line % state->lines * WORKLOAD_LINE;
}

static void workload_next_stream(workload_state* state, og_dram_request* request) {
    request->address = workload_line_address(state, (uint64_t)state->i);
    request->arrival = state->i;
}

static void workload_next_stream_write(workload_state* state, og_dram_request* request) {
    workload_next_stream(state, request);
    request->write = 1;
}

/// c[i] = a[i] + b[i]: three arrays, a quarter of the memory apart and a few rows, so that they do
/// not start in the same bank.
static void workload_next_stream_mixed(workload_state* state, og_dram_request* request) {
    const uint64_t array = (uint64_t)state->i % 3;
    const uint64_t start = array * (state->span / 4 + 3 * WORKLOAD_ROW);
    request->address = workload_line_address(state, start / WORKLOAD_LINE + (uint64_t)state->i / 3);
    request->write = array == 2;
    request->arrival = state->i;
}

static void workload_next_random(workload_state* state, og_dram_request* request) {
    request->address = workload_random_address(state);
    request->arrival = state->i;
}

static void workload_next_random_mixed(workload_state* state, og_dram_request* request) {
    workload_next_random(state, request);
    request->write = og_random_below(&state->random, 3) == 0;
}

/// A new row each, in the next bank; a line further after each pass over the memory.
static void workload_next_strided(workload_state* state, og_dram_request* request) {
    const uint64_t rows = state->span / WORKLOAD_ROW;
    const uint64_t number = (uint64_t)state->i;
    request->address = number % rows * WORKLOAD_ROW + number / rows * WORKLOAD_LINE % WORKLOAD_ROW;
    request->arrival = state->i;
}

static void workload_next_strided_lines(workload_state* state, og_dram_request* request) {
    request->address = workload_line_address(state, 5 * (uint64_t)state->i);
    request->arrival = state->i;
}

/// Only the highest address bits change: the same bank, a new row each.
static void workload_next_conflict(workload_state* state, og_dram_request* request) {
    const uint64_t stride = state->span / WORKLOAD_TOP_ROWS;
    request->address =
        (uint64_t)state->i % WORKLOAD_TOP_ROWS * stride / WORKLOAD_LINE * WORKLOAD_LINE;
    request->arrival = state->i;
}

/// A list of all lines in random order; each load waits for the last one, about 64 cycles.
static void workload_next_pointer_chase(workload_state* state, og_dram_request* request) {
    const uint64_t node = (uint64_t)state->i % state->lines;
    request->address = og_permutation_at(&state->order, node) * WORKLOAD_LINE;
    request->arrival = 64 * state->i;
}

static void workload_next_hot_rows(workload_state* state, og_dram_request* request) {
    if (state->i == 0) {
        for (int row = 0; row < WORKLOAD_HOT_ROWS; row++) {
            state->base[row] = workload_random_address(state) / WORKLOAD_ROW * WORKLOAD_ROW;
        }
    }
    request->address = workload_random_address(state);
    if (workload_chance(state, 85)) {
        const uint64_t row = state->base[og_random_below(&state->random, WORKLOAD_HOT_ROWS)];
        request->address = (row + request->address % WORKLOAD_ROW) % (state->lines * WORKLOAD_LINE);
    }
    request->write = workload_chance(state, 25);
    request->arrival = state->i;
}

/// The next line with a chance of `sequential` per cent, else a random one.
static void workload_walk(workload_state* state, uint64_t sequential, og_dram_request* request) {
    state->line = workload_chance(state, sequential)
                      ? (state->line + 1) % state->lines
                      : og_random_below(&state->random, state->lines);
    request->address = state->line * WORKLOAD_LINE;
    request->write = og_random_below(&state->random, 3) == 0;
}

/// Bursts of 8..64 requests, one per cycle, then 200..1400 idle cycles: about one request per 24
/// cycles.
static void workload_next_burst_idle(workload_state* state, og_dram_request* request) {
    workload_walk(state, 50, request);
    if (state->left == 0) {
        state->left = 8 + (int64_t)og_random_below(&state->random, 57);
        state->cycle += 200 + (int64_t)og_random_below(&state->random, 1201);
    }
    state->left--;
    request->arrival = state->cycle++;
}

/// Bursts of 10 random requests, then 8,000..28,000 idle cycles: refresh and power-down decide.
static void workload_next_idle_long(workload_state* state, og_dram_request* request) {
    workload_walk(state, 0, request);
    if (state->left == 0) {
        state->left = 10;
        state->cycle += 8000 + (int64_t)og_random_below(&state->random, 20001);
    }
    state->left--;
    request->arrival = state->cycle++;
}

static void workload_next_sparse(workload_state* state, og_dram_request* request) {
    workload_walk(state, 0, request);
    state->cycle += 1 + (int64_t)og_random_below(&state->random, 399);
    request->arrival = state->cycle;
}

static void workload_next_local(workload_state* state, og_dram_request* request) {
    workload_walk(state, 70, request);
    state->cycle += 1 + (int64_t)og_random_below(&state->random, 15);
    request->arrival = state->cycle;
}

/// Four initiators, each with a stream of its own in its quarter of the memory, one request per 20
/// cycles each; the last one writes.
static void workload_next_multi_stream(workload_state* state, og_dram_request* request) {
    const uint64_t initiator = (uint64_t)state->i % WORKLOAD_INITIATORS;
    // a quarter and a few rows apart, so that the streams do not start in the same bank
    const uint64_t start =
        initiator * (state->lines / WORKLOAD_INITIATORS + 3 * WORKLOAD_ROW / WORKLOAD_LINE);
    request->address =
        workload_line_address(state, start + (uint64_t)state->i / WORKLOAD_INITIATORS);
    request->arrival = 5 * state->i;
    request->initiator = (uint16_t)initiator;
    request->write = initiator == WORKLOAD_INITIATORS - 1;
}

/// Alternately 50..300 requests of a stream and as many random ones; `random_first` starts with the
/// latter.
static void workload_cloud(workload_state* state, bool random_first, og_dram_request* request) {
    if (state->left == 0) {
        state->left = WORKLOAD_CLOUD_BLOCK * (1 + (int64_t)og_random_below(&state->random, 6));
        state->base[0] = state->i == 0 ? random_first : !state->base[0];
    }
    state->left--;
    request->address = state->base[0] ? workload_random_address(state)
                                      : workload_line_address(state, state->position++);
    request->arrival = state->i;
}

static void workload_next_cloud_1(workload_state* state, og_dram_request* request) {
    workload_cloud(state, false, request);
}

static void workload_next_cloud_2(workload_state* state, og_dram_request* request) {
    workload_cloud(state, true, request);
}

/// Apply `rule` to every request.
static void workload_generate(const char* name, workload_rule* rule, int initiators,
                              og_arena* arena, int64_t count, uint64_t bytes, uint64_t seed,
                              og_dram_trace* trace) {
    assert(count >= 1 && bytes >= 4096);
    workload_state state = {.random = og_random_make(seed, 0), .lines = bytes / WORKLOAD_LINE};
    state.order = og_permutation_make(&state.random, state.lines);
    state.span = WORKLOAD_ROW;
    while (state.span <= bytes / 2) {
        state.span *= 2;
    }
    og_dram_request* requests = og_arena_allocate_raw(arena, (size_t)count * sizeof *requests);
    for (state.i = 0; state.i < count; state.i++) {
        requests[state.i] = (og_dram_request){.write = 0};
        rule(&state, &requests[state.i]);
        requests[state.i].address %= state.lines * WORKLOAD_LINE;
    }
    const int64_t first = requests[0].arrival;
    for (int64_t i = 0; i < count; i++) {
        requests[i].arrival -= first;
    }
    *trace = (og_dram_trace){
        .name = name, .requests = requests, .count = count, .initiators = initiators};
}

/// Define workload_make_NAME() for a generator.
#define WORKLOAD_GENERATOR(name, initiators)                                                  \
    static void workload_make_##name(og_arena* arena, int64_t count, uint64_t bytes,          \
                                     uint64_t seed, og_dram_trace* trace) {                   \
        workload_generate(#name, workload_next_##name, initiators, arena, count, bytes, seed, \
                          trace);                                                             \
    }

/// Define workload_make_NAME() for a kernel.
#define WORKLOAD_KERNEL(name)                                                        \
    static void workload_make_##name(og_arena* arena, int64_t count, uint64_t bytes, \
                                     uint64_t seed, og_dram_trace* trace) {          \
        og_kernel_trace(&og_kernel_##name, arena, count, bytes, seed, trace);        \
    }

WORKLOAD_GENERATOR(stream, 1)
WORKLOAD_GENERATOR(stream_write, 1)
WORKLOAD_GENERATOR(stream_mixed, 1)
WORKLOAD_GENERATOR(random, 1)
WORKLOAD_GENERATOR(random_mixed, 1)
WORKLOAD_GENERATOR(strided, 1)
WORKLOAD_GENERATOR(strided_lines, 1)
WORKLOAD_GENERATOR(conflict, 1)
WORKLOAD_GENERATOR(pointer_chase, 1)
WORKLOAD_GENERATOR(hot_rows, 1)
WORKLOAD_GENERATOR(burst_idle, 1)
WORKLOAD_GENERATOR(idle_long, 1)
WORKLOAD_GENERATOR(sparse, 1)
WORKLOAD_GENERATOR(local, 1)
WORKLOAD_GENERATOR(multi_stream, WORKLOAD_INITIATORS)
WORKLOAD_GENERATOR(cloud_1, 1)
WORKLOAD_GENERATOR(cloud_2, 1)
WORKLOAD_KERNEL(gemm)
WORKLOAD_KERNEL(spmv)
WORKLOAD_KERNEL(bfs)
WORKLOAD_KERNEL(fft)
WORKLOAD_KERNEL(hash_join)
WORKLOAD_KERNEL(stencil)
WORKLOAD_KERNEL(key_value)
WORKLOAD_KERNEL(sort)

static const og_dram_workload workload_table[] = {
    {"stream", "Reads of consecutive lines, one per cycle.", "ArchGym's stream.stl",
     workload_make_stream},
    {"stream_write", "Writes of consecutive lines, one per cycle.", "definition",
     workload_make_stream_write},
    {"stream_mixed", "Two streams read and one written in turn, one request per cycle.",
     "STREAM add (McCalpin 1995)", workload_make_stream_mixed},
    {"random", "Reads of uniformly random lines, one per cycle.", "ArchGym's random.stl",
     workload_make_random},
    {"random_mixed", "Uniformly random lines, two reads per write, one per cycle.", "definition",
     workload_make_random_mixed},
    {"strided", "Reads 8 KiB apart, one per cycle: the next bank, a new row each.", "definition",
     workload_make_strided},
    {"strided_lines", "Reads 5 lines apart, one per cycle.", "definition",
     workload_make_strided_lines},
    {"conflict",
     "Reads of a new row of the same bank each, one per cycle: the worst case of a page.",
     "definition", workload_make_conflict},
    {"pointer_chase", "Dependent reads over all lines in random order, one per 64 cycles.",
     "definition", workload_make_pointer_chase},
    {"hot_rows", "85 % of the requests in 6 rows, the others random; 25 % writes, one per cycle.",
     "definition", workload_make_hot_rows},
    {"burst_idle",
     "Bursts of 8 to 64 requests, half of them sequential, then 200 to 1,400 idle cycles; a third "
     "writes.",
     "definition", workload_make_burst_idle},
    {"idle_long", "Bursts of 10 random requests, then 8,000 to 28,000 idle cycles; a third writes.",
     "definition", workload_make_idle_long},
    {"sparse", "Random requests, one per 200 cycles on average; a third writes.", "definition",
     workload_make_sparse},
    {"local", "One request per 8 cycles on average, 70 % sequential; a third writes.", "definition",
     workload_make_local},
    {"multi_stream", "Four initiators with a stream each, one request per 5 cycles; one writes.",
     "definition", workload_make_multi_stream},
    {"cloud_1", "Blocks of 50 to 300 reads, by turns a stream (first) and random, one per cycle.",
     "construction of ArchGym's cloud-1.stl", workload_make_cloud_1},
    {"cloud_2", "Blocks of 50 to 300 reads, by turns random (first) and a stream, one per cycle.",
     "construction of ArchGym's cloud-2.stl", workload_make_cloud_2},
    {"gemm", "Blocked product of float matrices: short rows of blocks, mostly reads.",
     "BLAS level 3 (Dongarra et al. 1990); kernel of neural networks", workload_make_gemm},
    {"spmv", "Sparse matrix times vector, power-law rows: two streams and random reads, 2 threads.",
     "compressed sparse rows; kernel of iterative solvers and PageRank", workload_make_spmv},
    {"bfs", "Breadth-first search on an R-MAT graph: random reads and writes, 2 threads.",
     "Graph500; Chakrabarti, Zhan and Faloutsos, SDM 2004", workload_make_bfs},
    {"fft",
     "Radix-2 transform larger than the cache: two streams a power of two apart, read and "
     "written.",
     "Cooley and Tukey 1965", workload_make_fft},
    {"hash_join", "Build and probe of a hash table larger than the cache, 2 threads.",
     "no-partitioning join of Blanas, Li and Patel, SIGMOD 2011", workload_make_hash_join},
    {"stencil", "7-point sweep over a box: several streams read and one written, 2 threads.",
     "heat equation; the shape of HPCG's sweeps", workload_make_stencil},
    {"key_value", "Gets of 256-byte values by Zipf's law, 5 % puts, 4 threads.",
     "YCSB workload B (Cooper et al., SoCC 2010)", workload_make_key_value},
    {"sort", "Radix sort: a stream scattered over 256 places.",
     "Knuth, The Art of Computer Programming 3, 5.2.5", workload_make_sort},
};

enum { WORKLOAD_COUNT = sizeof workload_table / sizeof *workload_table };

const og_dram_workload* og_dram_workload_at(int index) {
    return index >= 0 && index < WORKLOAD_COUNT ? &workload_table[index] : NULL;
}

og_status og_dram_workload_find(const char* name, const og_dram_workload** workload) {
    const char* names[WORKLOAD_COUNT];
    for (int i = 0; i < WORKLOAD_COUNT; i++) {
        names[i] = workload_table[i].name;
        if (strcmp(name, names[i]) == 0) {
            *workload = &workload_table[i];
            return OG_OK;
        }
    }
    const char* nearest = og_text_nearest(name, names, WORKLOAD_COUNT);
    if (nearest) {
        return og_fail(OG_ERROR_NAME, "no workload named '%s' (did you mean %s?)", name, nearest);
    }
    return og_fail(OG_ERROR_NAME, "no workload named '%s'", name);
}
