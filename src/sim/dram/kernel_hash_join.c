// Equi-join without partitioning (Blanas, Li and Patel, SIGMOD 2011): build a hash table larger
// than the cache, then probe it. Both relations stream; the table is random reads, and writes while
// it is built.

#include "sim/dram/kernels.h"

enum {
    KERNEL_HASH_JOIN_BUILD = 8192,  // tuples at scale 1; the table has twice as many slots
    KERNEL_HASH_JOIN_PROBE = 32768,
    KERNEL_HASH_JOIN_RUN_SHIFT = 32  // a slot's key holds the run above the tuple's key
};

static void kernel_hash_join_start(og_kernel_hash_join_program* p) {
    const uint64_t threads = (uint64_t)og_kernel_hash_join.threads;
    const uint64_t count = p->probing ? p->probe_count : p->build_count;
    for (uint64_t t = 0; t < threads; t++) {
        p->cursor[t] = count * t / threads;
        // the matches of a run stay until the next one probes
        p->found[t] = p->probing ? 0 : p->found[t];
    }
}

static void* kernel_hash_join_open(og_kernel_machine* machine, int scale, uint64_t seed) {
    og_kernel_hash_join_program* p = OG_NEW(machine->arena, og_kernel_hash_join_program, 1);
    p->build_count = (uint64_t)KERNEL_HASH_JOIN_BUILD * (uint64_t)scale;
    p->probe_count = (uint64_t)KERNEL_HASH_JOIN_PROBE * (uint64_t)scale;
    p->slots = 2 * p->build_count;
    p->build = og_kernel_array_make(machine, 2 * p->build_count, sizeof(uint64_t));
    p->probe = og_kernel_array_make(machine, 2 * p->probe_count, sizeof(uint64_t));
    p->table = og_kernel_array_make(machine, 2 * p->slots, sizeof(uint64_t));
    p->matches = og_kernel_array_make(machine, 2 * p->probe_count, sizeof(uint64_t));
    og_random random = og_random_make(seed, 1);
    const og_permutation keys = og_permutation_make(&random, p->build_count);
    for (uint64_t i = 0; i < p->build_count; i++) {
        ((uint64_t*)p->build.data)[2 * i] = og_permutation_at(&keys, i);
        ((uint64_t*)p->build.data)[2 * i + 1] = i;
    }
    for (uint64_t i = 0; i < p->probe_count; i++) {
        // every other tuple finds a partner
        ((uint64_t*)p->probe.data)[2 * i] = og_random_below(&random, 2 * p->build_count);
        ((uint64_t*)p->probe.data)[2 * i + 1] = i;
    }
    p->run = 1;
    kernel_hash_join_start(p);
    return p;
}

static uint64_t kernel_hash_join_slot(const og_kernel_hash_join_program* p, uint64_t key) {
    return (key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (p->slots - 1);
}

/// Slot of `key`, or the empty slot where the search for it ends; `*found` tells which. A slot of
/// an earlier run is empty.
static uint64_t kernel_hash_join_find(og_kernel_hash_join_program* p, og_kernel_thread* thread,
                                      uint64_t key, bool* found) {
    const uint64_t wanted = p->run << KERNEL_HASH_JOIN_RUN_SHIFT | key;
    uint64_t slot = kernel_hash_join_slot(p, key);
    og_kernel_work(thread, 6);  // hash
    for (;;) {
        const uint64_t held = og_kernel_load_u64(thread, &p->table, 2 * slot);
        og_kernel_work(thread, 4);
        *found = held == wanted;
        if (*found || held >> KERNEL_HASH_JOIN_RUN_SHIFT != p->run) {
            return slot;
        }
        slot = (slot + 1) & (p->slots - 1);
    }
}

static void kernel_hash_join_insert(og_kernel_hash_join_program* p, og_kernel_thread* thread,
                                    uint64_t tuple) {
    const uint64_t key = og_kernel_load_u64(thread, &p->build, 2 * tuple);
    const uint64_t payload = og_kernel_load_u64(thread, &p->build, 2 * tuple + 1);
    bool found;
    const uint64_t slot = kernel_hash_join_find(p, thread, key, &found);
    og_kernel_store_u64(thread, &p->table, 2 * slot, p->run << KERNEL_HASH_JOIN_RUN_SHIFT | key);
    og_kernel_store_u64(thread, &p->table, 2 * slot + 1, payload);
    og_kernel_work(thread, 4);
}

static void kernel_hash_join_look_up(og_kernel_hash_join_program* p, og_kernel_thread* thread,
                                     uint64_t tuple) {
    const uint64_t key = og_kernel_load_u64(thread, &p->probe, 2 * tuple);
    const uint64_t payload = og_kernel_load_u64(thread, &p->probe, 2 * tuple + 1);
    bool found;
    const uint64_t slot = kernel_hash_join_find(p, thread, key, &found);
    og_kernel_work(thread, 4);
    if (!found) {
        return;
    }
    const uint64_t part = p->probe_count / (uint64_t)og_kernel_hash_join.threads;
    const uint64_t match = (uint64_t)thread->number * part + p->found[thread->number]++;
    const uint64_t partner = og_kernel_load_u64(thread, &p->table, 2 * slot + 1);
    og_kernel_store_u64(thread, &p->matches, 2 * match, partner);
    og_kernel_store_u64(thread, &p->matches, 2 * match + 1, payload);
}

static bool kernel_hash_join_step(void* program, og_kernel_thread* thread) {
    og_kernel_hash_join_program* p = program;
    const uint64_t threads = (uint64_t)og_kernel_hash_join.threads;
    const uint64_t count = p->probing ? p->probe_count : p->build_count;
    const uint64_t end = count * (uint64_t)(thread->number + 1) / threads;
    if (p->cursor[thread->number] == end) {
        return false;
    }
    const uint64_t tuple = p->cursor[thread->number]++;
    if (p->probing) {
        kernel_hash_join_look_up(p, thread, tuple);
    } else {
        kernel_hash_join_insert(p, thread, tuple);
    }
    return true;
}

static bool kernel_hash_join_next(void* program) {
    og_kernel_hash_join_program* p = program;
    p->probing = !p->probing;
    p->run += !p->probing;
    kernel_hash_join_start(p);
    return p->probing;
}

const og_kernel og_kernel_hash_join = {
    .name = "hash_join",
    .threads = 2,
    .overlap = 1,
    .open = kernel_hash_join_open,
    .step = kernel_hash_join_step,
    .next = kernel_hash_join_next,
};
