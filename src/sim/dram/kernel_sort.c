// Radix sort of 32-bit keys, least significant digit first: each pass streams through the keys and
// scatters them over 256 places that advance slowly, many more than there are banks.

#include <string.h>

#include "sim/dram/kernels.h"

enum {
    KERNEL_SORT_KEYS = 32768,  // at scale 1: twice 128 KiB
    KERNEL_SORT_DIGITS = 4,
    KERNEL_SORT_BATCH = 32  // keys of a step
};

static void* kernel_sort_open(og_kernel_machine* machine, int scale, uint64_t seed) {
    og_kernel_sort_program* p = OG_NEW(machine->arena, og_kernel_sort_program, 1);
    p->count = (uint64_t)KERNEL_SORT_KEYS * (uint64_t)scale;
    p->keys[0] = og_kernel_array_make(machine, p->count, sizeof(uint32_t));
    p->keys[1] = og_kernel_array_make(machine, p->count, sizeof(uint32_t));
    p->places = og_kernel_array_make(machine, 256, sizeof(uint32_t));
    p->random = og_random_make(seed, 1);
    return p;
}

static void kernel_sort_key(og_kernel_sort_program* p, og_kernel_thread* thread, uint64_t i) {
    og_kernel_array* source = &p->keys[p->source];
    if (p->phase == OG_KERNEL_SORT_FILL) {
        og_kernel_store_u32(thread, source, i, (uint32_t)og_random_bits(&p->random));
        og_kernel_work(thread, 8);  // as if the key came from a decoder
        return;
    }
    const uint32_t key = og_kernel_load_u32(thread, source, i);
    const uint32_t digit = key >> (8 * p->digit) & 255;
    const uint32_t place = og_kernel_load_u32(thread, &p->places, digit);
    og_kernel_store_u32(thread, &p->places, digit, place + 1);
    if (p->phase == OG_KERNEL_SORT_SCATTER) {
        og_kernel_store_u32(thread, &p->keys[1 - p->source], place, key);
    }
    og_kernel_work(thread, 5);  // shift, mask, add, count, branch
}

static bool kernel_sort_step(void* program, og_kernel_thread* thread) {
    og_kernel_sort_program* p = program;
    for (int i = 0; i < KERNEL_SORT_BATCH && p->cursor < p->count; i++) {
        kernel_sort_key(p, thread, p->cursor++);
    }
    return p->cursor < p->count;
}

/// Turn the counts of the digits into the places of their first keys.
static void kernel_sort_sum(uint32_t* places) {
    uint32_t sum = 0;
    for (int digit = 0; digit < 256; digit++) {
        const uint32_t count = places[digit];
        places[digit] = sum;
        sum += count;
    }
}

static bool kernel_sort_next(void* program) {
    og_kernel_sort_program* p = program;
    p->cursor = 0;
    if (p->phase == OG_KERNEL_SORT_COUNT) {
        kernel_sort_sum(p->places.data);
        p->phase = OG_KERNEL_SORT_SCATTER;
        return true;
    }
    if (p->phase == OG_KERNEL_SORT_SCATTER) {
        p->source = 1 - p->source;
        p->digit = (p->digit + 1) % KERNEL_SORT_DIGITS;
    }
    memset(p->places.data, 0, 256 * sizeof(uint32_t));
    const bool complete = p->phase == OG_KERNEL_SORT_SCATTER && p->digit == 0;
    p->phase = complete ? OG_KERNEL_SORT_FILL : OG_KERNEL_SORT_COUNT;
    return !complete;
}

const og_kernel og_kernel_sort = {
    .name = "sort",
    .threads = 1,
    .overlap = 3,
    .open = kernel_sort_open,
    .step = kernel_sort_step,
    .next = kernel_sort_next,
};
