// Matrix product of floats: blocks of A and B stay in the cache while a row of a block of C is in
// registers. Vectors of one line (16 floats), as wide SIMD code uses.

#include <assert.h>

#include "sim/dram/kernels.h"

enum { KERNEL_GEMM_BLOCK = 32, KERNEL_GEMM_VECTOR = 16, KERNEL_GEMM_SMALLEST = 384 };

static void* kernel_gemm_open(og_kernel_machine* machine, int scale, uint64_t seed) {
    og_kernel_gemm_program* p = OG_NEW(machine->arena, og_kernel_gemm_program, 1);
    // bytes go with the square of n
    p->n = KERNEL_GEMM_SMALLEST;
    for (int bytes = scale; bytes >= 4; bytes /= 4) {
        p->n *= 2;
    }
    p->stride = p->n + KERNEL_GEMM_VECTOR;
    const uint64_t count = p->n * p->stride;
    p->a = og_kernel_array_make(machine, count, sizeof(float));
    p->b = og_kernel_array_make(machine, count, sizeof(float));
    p->c = og_kernel_array_make(machine, count, sizeof(float));
    og_random random = og_random_make(seed, 1);
    for (uint64_t i = 0; i < count; i++) {
        // small integers, so that sums are exact in any order
        const uint64_t bits = og_random_bits(&random);
        ((float*)p->a.data)[i] = (float)(bits % 17) - 8;
        ((float*)p->b.data)[i] = bits >> 63 ? -1.0f : 2.0f;
    }
    return p;
}

/// One row of one block of C, one block deep.
static void kernel_gemm_row(og_kernel_gemm_program* p, og_kernel_thread* thread) {
    const float* b = p->b.data;
    float* c = p->c.data;
    for (uint64_t v = 0; v < KERNEL_GEMM_BLOCK; v += KERNEL_GEMM_VECTOR) {
        const uint64_t column = p->column_block + v;
        const uint64_t target = p->row * p->stride + column;
        og_kernel_touch(thread, &p->c, target, false);
        for (uint64_t d = 0; d < KERNEL_GEMM_BLOCK; d++) {
            const uint64_t depth = p->depth_block + d;
            const float factor = og_kernel_load_f32(thread, &p->a, p->row * p->stride + depth);
            og_kernel_touch(thread, &p->b, depth * p->stride + column, false);
            for (uint64_t i = 0; i < KERNEL_GEMM_VECTOR; i++) {
                c[target + i] += factor * b[depth * p->stride + column + i];
            }
            og_kernel_work(thread, 1);  // multiply-add
        }
        og_kernel_touch(thread, &p->c, target, true);
    }
}

static bool kernel_gemm_step(void* program, og_kernel_thread* thread) {
    og_kernel_gemm_program* p = program;
    if (p->row == p->n) {
        return false;
    }
    kernel_gemm_row(p, thread);
    // rows of a block, then blocks along the depth, along the columns, then the next rows
    if (++p->row % KERNEL_GEMM_BLOCK != 0) {
        return true;
    }
    p->row -= KERNEL_GEMM_BLOCK;
    p->depth_block += KERNEL_GEMM_BLOCK;
    if (p->depth_block == p->n) {
        p->depth_block = 0;
        p->column_block += KERNEL_GEMM_BLOCK;
    }
    if (p->column_block == p->n) {
        p->column_block = 0;
        p->row += KERNEL_GEMM_BLOCK;
    }
    return true;
}

static bool kernel_gemm_next(void* program) {
    og_kernel_gemm_program* p = program;
    p->row = 0;
    return false;
}

const og_kernel og_kernel_gemm = {
    .name = "gemm",
    .threads = 1,
    .overlap = 3,
    .open = kernel_gemm_open,
    .step = kernel_gemm_step,
    .next = kernel_gemm_next,
};
