#include "agent/seen.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
    SEEN_FIRST_SLOTS = 1024,
    SEEN_DRAWS = 8,  // before the designs are gone through in order
    SEEN_DRAWS_UNNUMBERED = 1000,
    SEEN_MUTATIONS = 12,         // tries to mutate a design into a new one
    SEEN_MUTATIONS_A_ROUND = 4,  // tries before one parameter more is mutated
};

bool og_seen_numbered(const og_space* space) {
    return space->discrete && space->size >= 1 && space->size <= 0x1p53;
}

og_seen og_seen_make(og_arena* arena, const og_space* space, og_random* random) {
    og_seen seen = {
        .space = space,
        .arena = arena,
        .slots = OG_NEW(arena, uint64_t, SEEN_FIRST_SLOTS),
        .mask = SEEN_FIRST_SLOTS - 1,
        .numbered = og_seen_numbered(space),
        .draft = OG_NEW(arena, double, space->count),
    };
    if (seen.numbered) {
        seen.order = og_permutation_make(random, (uint64_t)space->size);
    }
    return seen;
}

// Slot where `hash` is, or where it belongs.
static uint64_t seen_slot(const uint64_t* slots, uint64_t mask, uint64_t hash) {
    uint64_t slot = hash & mask;
    while (slots[slot] != 0 && slots[slot] != hash) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void seen_grow(og_seen* seen) {
    const uint64_t mask = 2 * seen->mask + 1;
    uint64_t* slots = OG_NEW(seen->arena, uint64_t, mask + 1);
    for (uint64_t i = 0; i <= seen->mask; i++) {
        if (seen->slots[i] != 0) {
            slots[seen_slot(slots, mask, seen->slots[i])] = seen->slots[i];
        }
    }
    seen->slots = slots;
    seen->mask = mask;
}

// 0 stands for an empty slot
static uint64_t seen_hash(const og_space* space, const double* x) {
    const uint64_t hash = og_space_hash(space, x);
    return hash != 0 ? hash : 1;
}

bool og_seen_add(og_seen* seen, const double* x) {
    const uint64_t hash = seen_hash(seen->space, x);
    uint64_t slot = seen_slot(seen->slots, seen->mask, hash);
    if (seen->slots[slot] == hash) {
        return false;
    }
    seen->slots[slot] = hash;
    seen->count++;
    // three quarters full is where long probes begin
    if (4 * seen->count > 3 * seen->mask) {
        seen_grow(seen);
    }
    return true;
}

bool og_seen_has(const og_seen* seen, const double* x) {
    const uint64_t hash = seen_hash(seen->space, x);
    return seen->slots[seen_slot(seen->slots, seen->mask, hash)] == hash;
}

bool og_seen_draw(og_seen* seen, og_random* random, double* x) {
    const int draws = seen->numbered ? SEEN_DRAWS : SEEN_DRAWS_UNNUMBERED;
    const bool exhausted = seen->numbered && (double)seen->count >= seen->space->size;
    for (int i = 0; i < draws && !exhausted; i++) {
        og_space_sample(seen->space, random, x);
        if (og_seen_add(seen, x)) {
            return true;
        }
    }
    while (seen->numbered && seen->next < seen->order.count) {
        og_space_design(seen->space, og_permutation_at(&seen->order, seen->next++), x);
        if (og_seen_add(seen, x)) {
            return true;
        }
    }
    return false;
}

bool og_seen_claim(og_seen* seen, og_random* random, double* x) {
    if (og_seen_add(seen, x)) {
        return true;
    }
    const int count = seen->space->count;
    for (int i = 0; i < SEEN_MUTATIONS; i++) {
        memcpy(seen->draft, x, sizeof(double) * (size_t)count);
        for (int k = 0; k <= i / SEEN_MUTATIONS_A_ROUND; k++) {
            const int index = (int)og_random_below(random, (uint64_t)count);
            og_space_mutate(seen->space, random, seen->draft, index);
        }
        if (og_seen_add(seen, seen->draft)) {
            memcpy(x, seen->draft, sizeof(double) * (size_t)count);
            return true;
        }
    }
    return og_seen_draw(seen, random, x);
}
