#include "compare/memo.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

enum { MEMO_FREE, MEMO_WRITING, MEMO_READY };
enum { MEMO_PROBES = 64 };

static const double memo_room = 1.5;  // slots for a design, so that places are found quickly

typedef struct memo_key {
    uint64_t high, low;
} memo_key;

struct og_memo {
    atomic_uchar* states;
    memo_key* keys;
    double* values;  // shape: [count][width]
    uint64_t count;
    int design_width, width;
};

og_memo* og_memo_make(og_arena* arena, double designs, int design_width, int width, double bytes) {
    const double slot = 1 + sizeof(memo_key) + (double)sizeof(double) * width;
    const double most = fmax(bytes / slot, 1);
    const double wanted = designs > 0 ? designs * memo_room + MEMO_PROBES : INFINITY;
    og_memo* memo = OG_NEW(arena, og_memo, 1);
    memo->count = (uint64_t)fmin(wanted, most);
    memo->design_width = design_width;
    memo->width = width;
    memo->states = og_arena_allocate(arena, (size_t)memo->count);
    for (uint64_t i = 0; i < memo->count; i++) {
        atomic_init(&memo->states[i], MEMO_FREE);
    }
    memo->keys = og_arena_allocate_raw(arena, (size_t)memo->count * sizeof *memo->keys);
    memo->values =
        og_arena_allocate_raw(arena, (size_t)memo->count * (size_t)width * sizeof *memo->values);
    return memo;
}

// SplitMix64's mixing (Steele, Lea and Flood 2014).
static uint64_t memo_mix(uint64_t word) {
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

static memo_key memo_key_of(const og_memo* memo, const double* x) {
    memo_key key = {UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0x2545f4914f6cdd1d)};
    for (int i = 0; i < memo->design_width; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        key.high = memo_mix(key.high + bits);
        key.low = memo_mix((key.low ^ bits) + UINT64_C(0xd1b54a32d192ed03));
    }
    return key;
}

static bool memo_holds(const og_memo* memo, uint64_t slot, memo_key key) {
    return memo->keys[slot].high == key.high && memo->keys[slot].low == key.low;
}

bool og_memo_get(const og_memo* memo, const double* x, double* values) {
    const memo_key key = memo_key_of(memo, x);
    uint64_t slot = key.high % memo->count;
    for (int i = 0; i < MEMO_PROBES; i++, slot = slot + 1 < memo->count ? slot + 1 : 0) {
        const unsigned char state = atomic_load_explicit(&memo->states[slot], memory_order_acquire);
        if (state == MEMO_FREE) {
            return false;
        }
        if (state == MEMO_READY && memo_holds(memo, slot, key)) {
            memcpy(values, memo->values + slot * (uint64_t)memo->width,
                   (size_t)memo->width * sizeof *values);
            return true;
        }
    }
    return false;
}

void og_memo_put(og_memo* memo, const double* x, const double* values) {
    const memo_key key = memo_key_of(memo, x);
    uint64_t slot = key.high % memo->count;
    for (int i = 0; i < MEMO_PROBES; i++, slot = slot + 1 < memo->count ? slot + 1 : 0) {
        unsigned char state = atomic_load_explicit(&memo->states[slot], memory_order_acquire);
        if (state == MEMO_READY && memo_holds(memo, slot, key)) {
            return;
        }
        if (state != MEMO_FREE ||
            !atomic_compare_exchange_strong(&memo->states[slot], &state, MEMO_WRITING)) {
            continue;
        }
        memo->keys[slot] = key;
        memcpy(memo->values + slot * (uint64_t)memo->width, values,
               (size_t)memo->width * sizeof *values);
        atomic_store_explicit(&memo->states[slot], MEMO_READY, memory_order_release);
        return;
    }
}
