/// Real programs as sources of memory traffic: they compute on real data, each load and store goes
/// through a cache model, and what misses becomes the trace.
///
/// The machine: cores of 2 GHz that retire one instruction per cycle. A miss takes 120 cycles, a
/// latency of 60 ns; a program states how many of its misses overlap, so that each costs its thread
/// that part of it. Arrivals are therefore open-loop: they do not depend on the memory simulated
/// later. One shared last-level cache of 128 KiB, 8 ways, 64-byte lines: a 64th of a common 8 MiB,
/// as the inputs are a 64th or less of common ones. Data lies in huge pages of 2 MiB at
/// pseudo-random frames of the memory.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/dram_trace.h"
#include "ogive/random.h"
#include "sim/dram/cache.h"

enum {
    OG_KERNEL_CLOCK_PS = 500,     ///< period of a core's clock, picoseconds
    OG_KERNEL_MISS_CYCLES = 120,  ///< latency of a miss
    OG_KERNEL_CACHE_SETS = 256,
    OG_KERNEL_CACHE_WAYS = 8,
    OG_KERNEL_PAGE_BYTES = 1 << 21,
    OG_KERNEL_THREADS = 4  ///< most threads of a program, one initiator each
};

/// What a program runs on: cache, address space, and the recorder of requests.
typedef struct og_kernel_machine {
    og_arena* arena;  ///< the program's data and the tables below
    og_dram_cache cache;
    uint64_t next_address;      ///< first byte of the address space not yet given to an array
    og_permutation frames;      ///< page number -> frame number
    uint64_t frame_bytes;       ///< OG_KERNEL_PAGE_BYTES, less in a smaller memory
    int64_t warmup;             ///< fills of the cache before recording starts
    og_dram_request* requests;  ///< list: [wanted], `recorded` of them filled
    int64_t recorded;
    int64_t wanted;
} og_kernel_machine;

/// One thread of a program.
typedef struct og_kernel_thread {
    og_kernel_machine* machine;
    int number;       ///< 0, 1, ...: its initiator
    int miss_cycles;  ///< what a miss costs it
    int64_t cycles;   ///< its time
    bool waiting;     ///< at the barrier at the end of the phase
} og_kernel_thread;

/// An array of a program: real data, and where it lies in the machine's address space.
typedef struct og_kernel_array {
    void* data;     ///< zeroed at first, owned by the machine's arena
    uint64_t base;  ///< address of element 0, a multiple of 4096
    int width;      ///< bytes of an element
} og_kernel_array;

/// A program. Its work is cut into phases with a barrier between, a phase into steps of one thread.
typedef struct og_kernel {
    const char* name;
    int threads;  ///< 1..OG_KERNEL_THREADS
    int overlap;  ///< misses of a thread in flight at a time, 1 when each depends on the last
    /// Lay out the input on `machine`. `scale` is a power of two that multiplies the bytes of data.
    void* (*open)(og_kernel_machine* machine, int scale, uint64_t seed);
    /// Do a small piece of work as `thread`: false when nothing is left for it in this phase.
    bool (*step)(void* program, og_kernel_thread* thread);
    /// Every thread is through: prepare the next phase. False when a run of the program is
    /// complete, its results in place; the phase prepared then is the first of the next run.
    bool (*next)(void* program);
} og_kernel;

/// A program in execution.
typedef struct og_kernel_run {
    const og_kernel* kernel;
    void* program;
    og_kernel_thread threads[OG_KERNEL_THREADS];
} og_kernel_run;

/// An empty machine with a memory of `bytes` that records up to `wanted` requests once its cache
/// has made `warmup` fills.
og_kernel_machine og_kernel_machine_make(og_arena* arena, uint64_t bytes, uint64_t seed,
                                         int64_t warmup, int64_t wanted);

/// A zeroed array of `count` elements of `width` bytes.
og_kernel_array og_kernel_array_make(og_kernel_machine* machine, uint64_t count, int width);

/// A program at its beginning.
og_kernel_run og_kernel_run_make(og_kernel_machine* machine, const og_kernel* kernel, int scale,
                                 uint64_t seed);

/// One step of the thread that is behind in time. False when that completed a run of the program.
bool og_kernel_advance(og_kernel_run* run);

/// Make the trace of `kernel`; see og_dram_workload.make.
void og_kernel_trace(const og_kernel* kernel, og_arena* arena, int64_t count, uint64_t bytes,
                     uint64_t seed, og_dram_trace* trace);

/// Draw from [0, 2^octaves - 1): each octave of ranks equally likely, uniform within, which is
/// Zipf's law with exponent 1 in steps of an octave; integers only.
uint64_t og_kernel_zipf(og_random* random, int octaves);

/// One memory access, one instruction.
void og_kernel_touch(og_kernel_thread* thread, const og_kernel_array* array, uint64_t index,
                     bool store);

/// Instructions that do not touch memory.
static inline void og_kernel_work(og_kernel_thread* thread, int instructions) {
    thread->cycles += instructions;
}

static inline float og_kernel_load_f32(og_kernel_thread* thread, const og_kernel_array* array,
                                       uint64_t index) {
    og_kernel_touch(thread, array, index, false);
    return ((const float*)array->data)[index];
}

static inline void og_kernel_store_f32(og_kernel_thread* thread, const og_kernel_array* array,
                                       uint64_t index, float value) {
    og_kernel_touch(thread, array, index, true);
    ((float*)array->data)[index] = value;
}

static inline uint32_t og_kernel_load_u32(og_kernel_thread* thread, const og_kernel_array* array,
                                          uint64_t index) {
    og_kernel_touch(thread, array, index, false);
    return ((const uint32_t*)array->data)[index];
}

static inline void og_kernel_store_u32(og_kernel_thread* thread, const og_kernel_array* array,
                                       uint64_t index, uint32_t value) {
    og_kernel_touch(thread, array, index, true);
    ((uint32_t*)array->data)[index] = value;
}

static inline uint64_t og_kernel_load_u64(og_kernel_thread* thread, const og_kernel_array* array,
                                          uint64_t index) {
    og_kernel_touch(thread, array, index, false);
    return ((const uint64_t*)array->data)[index];
}

static inline void og_kernel_store_u64(og_kernel_thread* thread, const og_kernel_array* array,
                                       uint64_t index, uint64_t value) {
    og_kernel_touch(thread, array, index, true);
    ((uint64_t*)array->data)[index] = value;
}
