#include "sim/dram/kernel.h"

#include <assert.h>

og_kernel_machine og_kernel_machine_make(og_arena* arena, uint64_t bytes, uint64_t seed,
                                         int64_t warmup, int64_t wanted) {
    assert(bytes >= 4096 && wanted >= 0);
    og_random random = og_random_make(seed, 0);
    uint64_t frame_bytes = OG_KERNEL_PAGE_BYTES;
    while (frame_bytes > bytes) {
        frame_bytes /= 2;
    }
    return (og_kernel_machine){
        .arena = arena,
        .cache = og_dram_cache_make(arena, OG_KERNEL_CACHE_SETS, OG_KERNEL_CACHE_WAYS),
        .frames = og_permutation_make(&random, bytes / frame_bytes),
        .frame_bytes = frame_bytes,
        .warmup = warmup,
        .requests = og_arena_allocate_raw(arena, (size_t)wanted * sizeof(og_dram_request)),
        .wanted = wanted,
    };
}

og_kernel_array og_kernel_array_make(og_kernel_machine* machine, uint64_t count, int width) {
    const uint64_t bytes = count * (uint64_t)width;
    const og_kernel_array array = {
        .data = og_arena_allocate(machine->arena, bytes),
        .base = machine->next_address,
        .width = width,
    };
    machine->next_address += (bytes + 4095) / 4096 * 4096;
    return array;
}

static uint64_t kernel_physical(const og_kernel_machine* machine, uint64_t address) {
    // a program larger than the memory wraps around
    const uint64_t page = address / machine->frame_bytes % machine->frames.count;
    const uint64_t frame = og_permutation_at(&machine->frames, page);
    return frame * machine->frame_bytes + address % machine->frame_bytes;
}

static void kernel_record(const og_kernel_thread* thread, uint64_t line, bool write) {
    og_kernel_machine* machine = thread->machine;
    if (machine->cache.fills <= machine->warmup || machine->recorded == machine->wanted) {
        return;
    }
    machine->requests[machine->recorded++] = (og_dram_request){
        .address = kernel_physical(machine, line * OG_DRAM_LINE_BYTES),
        .arrival = thread->cycles,
        .initiator = (uint16_t)thread->number,
        .write = write,
    };
}

void og_kernel_touch(og_kernel_thread* thread, const og_kernel_array* array, uint64_t index,
                     bool store) {
    const uint64_t address = array->base + index * (uint64_t)array->width;
    const uint64_t line = address / OG_DRAM_LINE_BYTES;
    const og_dram_cache_traffic traffic =
        og_dram_cache_access(&thread->machine->cache, line, store);
    thread->cycles++;
    if (traffic.fill) {
        kernel_record(thread, line, false);
        if (traffic.writeback) {
            kernel_record(thread, traffic.writeback_line, true);
        }
        thread->cycles += thread->miss_cycles;
    }
}

og_kernel_run og_kernel_run_make(og_kernel_machine* machine, const og_kernel* kernel, int scale,
                                 uint64_t seed) {
    assert(kernel->threads >= 1 && kernel->threads <= OG_KERNEL_THREADS && kernel->overlap >= 1);
    og_kernel_run run = {.kernel = kernel, .program = kernel->open(machine, scale, seed)};
    for (int i = 0; i < kernel->threads; i++) {
        run.threads[i] = (og_kernel_thread){.machine = machine,
                                            .number = i,
                                            .miss_cycles = OG_KERNEL_MISS_CYCLES / kernel->overlap};
    }
    return run;
}

/// Let all threads leave the barrier together, when the last one has come.
static void kernel_leave_barrier(og_kernel_run* run) {
    int64_t latest = 0;
    for (int i = 0; i < run->kernel->threads; i++) {
        const int64_t cycles = run->threads[i].cycles;
        latest = cycles > latest ? cycles : latest;
    }
    for (int i = 0; i < run->kernel->threads; i++) {
        run->threads[i].cycles = latest;
        run->threads[i].waiting = false;
    }
}

bool og_kernel_advance(og_kernel_run* run) {
    og_kernel_thread* behind = NULL;
    for (int i = 0; i < run->kernel->threads; i++) {
        og_kernel_thread* thread = &run->threads[i];
        if (!thread->waiting && (!behind || thread->cycles < behind->cycles)) {
            behind = thread;
        }
    }
    if (behind) {
        behind->waiting = !run->kernel->step(run->program, behind);
        return true;
    }
    kernel_leave_barrier(run);
    return run->kernel->next(run->program);
}

/// Merge what the threads recorded into one list by arrival, the first arrival at 0. Each thread's
/// part is in order already; threads that arrive together go by number.
static void kernel_merge(const og_kernel_machine* machine, int threads, og_dram_request* merged) {
    int64_t heads[OG_KERNEL_THREADS] = {0};
    int64_t first = 0;
    for (int64_t i = 0; i < machine->recorded; i++) {
        int64_t best = -1;
        for (int t = 0; t < threads; t++) {
            while (heads[t] < machine->recorded && machine->requests[heads[t]].initiator != t) {
                heads[t]++;
            }
            if (heads[t] < machine->recorded && (best < 0 || machine->requests[heads[t]].arrival <
                                                                 machine->requests[best].arrival)) {
                best = heads[t];
            }
        }
        assert(best >= 0);
        merged[i] = machine->requests[best];
        heads[merged[i].initiator]++;
        first = i == 0 ? merged[i].arrival : first;
        merged[i].arrival -= first;
    }
}

/// How much the data of a kernel grows with the length of its trace: 1, 2, ..., 16.
static int kernel_scale(int64_t count) {
    int scale = 1;
    while (scale < 16 && count > (int64_t)scale * 16384) {
        scale *= 2;
    }
    return scale;
}

void og_kernel_trace(const og_kernel* kernel, og_arena* arena, int64_t count, uint64_t bytes,
                     uint64_t seed, og_dram_trace* trace) {
    assert(count >= 1);
    og_dram_request* requests = og_arena_allocate_raw(arena, (size_t)count * sizeof *requests);
    const og_arena_mark mark = og_arena_here(arena);
    const int64_t warmup = OG_KERNEL_CACHE_SETS * OG_KERNEL_CACHE_WAYS;
    og_kernel_machine machine = og_kernel_machine_make(arena, bytes, seed, warmup, count);
    og_kernel_run run = og_kernel_run_make(&machine, kernel, kernel_scale(count), seed);
    int64_t fills = 0;
    while (machine.recorded < count) {
        if (!og_kernel_advance(&run)) {
            // a program that fits the cache would never make a trace
            assert(machine.cache.fills > fills);
            fills = machine.cache.fills;
        }
    }
    kernel_merge(&machine, kernel->threads, requests);
    *trace = (og_dram_trace){.name = kernel->name,
                             .requests = requests,
                             .count = count,
                             .initiators = kernel->threads,
                             .clock_ps = OG_KERNEL_CLOCK_PS};
    og_arena_rewind(arena, mark);
}

uint64_t og_kernel_zipf(og_random* random, int octaves) {
    const uint64_t first = UINT64_C(1) << og_random_below(random, (uint64_t)octaves);
    return first - 1 + (og_random_bits(random) & (first - 1));
}
