// A key-value store under gets and a few puts of values of 256 bytes, keys by Zipf's law, as in the
// caching workload of YCSB (Cooper et al., SoCC 2010: workload B, 95 % reads). Each operation
// probes an index and reads four lines that lie together at a random place.

#include "sim/dram/kernels.h"

enum {
    KERNEL_KEY_VALUE_OCTAVES = 14,  // 16,384 keys at scale 1: 8 MiB of values with the empty slots
    KERNEL_KEY_VALUE_OPERATIONS = 4096,  // per thread and run
    KERNEL_KEY_VALUE_PUTS = 5,           // per cent
    KERNEL_KEY_VALUE_REQUEST_WORK = 250  // instructions to receive, parse and answer a request
};

static void kernel_key_value_start(og_kernel_key_value_program* p) {
    for (int t = 0; t < og_kernel_key_value.threads; t++) {
        p->operations[t] = KERNEL_KEY_VALUE_OPERATIONS;
    }
}

static uint64_t kernel_key_value_slot(const og_kernel_key_value_program* p, uint64_t key) {
    return (key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (p->slots - 1);
}

/// What word `word` of the value of `key` holds after `version` puts.
static uint64_t kernel_key_value_content(uint64_t key, uint64_t version, uint64_t word) {
    return key * 1000003 + version * 101 + word;
}

static void* kernel_key_value_open(og_kernel_machine* machine, int scale, uint64_t seed) {
    og_kernel_key_value_program* p = OG_NEW(machine->arena, og_kernel_key_value_program, 1);
    p->octaves = KERNEL_KEY_VALUE_OCTAVES;
    for (int bytes = scale; bytes >= 2; bytes /= 2) {
        p->octaves++;
    }
    p->keys = UINT64_C(1) << p->octaves;
    p->slots = 2 * p->keys;
    p->index = og_kernel_array_make(machine, p->slots, sizeof(uint64_t));
    p->values =
        og_kernel_array_make(machine, p->slots * OG_KERNEL_KEY_VALUE_WORDS, sizeof(uint64_t));
    uint64_t* index = p->index.data;
    for (uint64_t key = 0; key < p->keys; key++) {
        uint64_t slot = kernel_key_value_slot(p, key);
        while (index[slot] != 0) {
            slot = (slot + 1) & (p->slots - 1);
        }
        index[slot] = key + 1;
        uint64_t* value = (uint64_t*)p->values.data + slot * OG_KERNEL_KEY_VALUE_WORDS;
        value[0] = key;
        for (uint64_t word = 2; word < OG_KERNEL_KEY_VALUE_WORDS; word++) {
            value[word] = kernel_key_value_content(key, 0, word);
        }
    }
    for (int t = 0; t < og_kernel_key_value.threads; t++) {
        p->random[t] = og_random_make(seed, (uint64_t)t + 1);
    }
    kernel_key_value_start(p);
    return p;
}

static void kernel_key_value_get(og_kernel_key_value_program* p, og_kernel_thread* thread,
                                 uint64_t base, uint64_t key) {
    const bool right_key = og_kernel_load_u64(thread, &p->values, base) == key;
    const uint64_t version = og_kernel_load_u64(thread, &p->values, base + 1);
    bool right = right_key;
    for (uint64_t word = 2; word < OG_KERNEL_KEY_VALUE_WORDS; word++) {
        const uint64_t held = og_kernel_load_u64(thread, &p->values, base + word);
        right = right && held == kernel_key_value_content(key, version, word);
    }
    p->gets++;
    p->wrong += !right;
}

static void kernel_key_value_put(og_kernel_key_value_program* p, og_kernel_thread* thread,
                                 uint64_t base, uint64_t key) {
    const uint64_t version = og_kernel_load_u64(thread, &p->values, base + 1) + 1;
    og_kernel_store_u64(thread, &p->values, base + 1, version);
    for (uint64_t word = 2; word < OG_KERNEL_KEY_VALUE_WORDS; word++) {
        og_kernel_store_u64(thread, &p->values, base + word,
                            kernel_key_value_content(key, version, word));
    }
    p->puts++;
}

static bool kernel_key_value_step(void* program, og_kernel_thread* thread) {
    og_kernel_key_value_program* p = program;
    if (p->operations[thread->number] == 0) {
        return false;
    }
    p->operations[thread->number]--;
    og_random* random = &p->random[thread->number];
    const uint64_t key = og_kernel_zipf(random, p->octaves);
    const bool put = og_random_below(random, 100) < KERNEL_KEY_VALUE_PUTS;
    og_kernel_work(thread, KERNEL_KEY_VALUE_REQUEST_WORK);
    uint64_t slot = kernel_key_value_slot(p, key);
    while (og_kernel_load_u64(thread, &p->index, slot) != key + 1) {
        slot = (slot + 1) & (p->slots - 1);
    }
    if (put) {
        kernel_key_value_put(p, thread, slot * OG_KERNEL_KEY_VALUE_WORDS, key);
    } else {
        kernel_key_value_get(p, thread, slot * OG_KERNEL_KEY_VALUE_WORDS, key);
    }
    return true;
}

static bool kernel_key_value_next(void* program) {
    kernel_key_value_start(program);
    return false;
}

const og_kernel og_kernel_key_value = {
    .name = "key_value",
    .threads = 4,
    .overlap = 3,
    .open = kernel_key_value_open,
    .step = kernel_key_value_step,
    .next = kernel_key_value_next,
};
