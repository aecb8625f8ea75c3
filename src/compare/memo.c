#include "compare/memo.h"

#include <stdatomic.h>
#include <string.h>

enum { MEMO_FREE, MEMO_WRITING, MEMO_READY };

struct og_memo {
    atomic_uchar* states;
    double* values;  // shape: [count][width]
    int width;
};

double og_memo_bytes(double count, int width) {
    return count * (1 + (double)sizeof(double) * width);
}

og_memo* og_memo_make(og_arena* arena, int64_t count, int width) {
    og_memo* memo = OG_NEW(arena, og_memo, 1);
    memo->states = og_arena_allocate(arena, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        atomic_init(&memo->states[i], MEMO_FREE);
    }
    memo->values =
        og_arena_allocate_raw(arena, (size_t)count * (size_t)width * sizeof *memo->values);
    memo->width = width;
    return memo;
}

static double* memo_row(const og_memo* memo, int64_t index) {
    return memo->values + (size_t)index * (size_t)memo->width;
}

bool og_memo_get(const og_memo* memo, int64_t index, double* values) {
    if (atomic_load_explicit(&memo->states[index], memory_order_acquire) != MEMO_READY) {
        return false;
    }
    memcpy(values, memo_row(memo, index), (size_t)memo->width * sizeof *values);
    return true;
}

void og_memo_put(og_memo* memo, int64_t index, const double* values) {
    unsigned char expected = MEMO_FREE;
    if (!atomic_compare_exchange_strong(&memo->states[index], &expected, MEMO_WRITING)) {
        return;
    }
    memcpy(memo_row(memo, index), values, (size_t)memo->width * sizeof *values);
    atomic_store_explicit(&memo->states[index], MEMO_READY, memory_order_release);
}
