// Sparse matrix times vector in compressed rows. Row lengths and columns follow power laws, as in
// graphs of the web: popular columns stay in the cache, the others are random reads.

#include "sim/dram/kernels.h"

enum {
    KERNEL_SPMV_ROWS = 32768,
    KERNEL_SPMV_COLUMN_OCTAVES = 16,  // 65,536 columns at scale 1
    KERNEL_SPMV_LENGTH_OCTAVES = 5,   // rows of 1..31 non-zeros
    KERNEL_SPMV_SCATTER = 40503       // odd, so that multiplying permutes a power of two
};

static void kernel_spmv_fill(og_kernel_spmv_program* p, int octaves, og_random* random) {
    const uint32_t* row_start = p->row_start.data;
    for (uint64_t i = 0; i < row_start[p->rows]; i++) {
        const uint64_t rank = og_kernel_zipf(random, octaves);
        ((uint32_t*)p->column.data)[i] = (uint32_t)(rank * KERNEL_SPMV_SCATTER % p->columns);
        ((float*)p->value.data)[i] = (float)(i % 7) - 3;
    }
    for (uint64_t i = 0; i < p->columns; i++) {
        ((float*)p->x.data)[i] = (float)(i % 5) - 2;
    }
}

static void kernel_spmv_start(og_kernel_spmv_program* p) {
    for (uint64_t t = 0; t < (uint64_t)og_kernel_spmv.threads; t++) {
        p->next_row[t] = p->rows * t / (uint64_t)og_kernel_spmv.threads;
        p->end_row[t] = p->rows * (t + 1) / (uint64_t)og_kernel_spmv.threads;
    }
}

static void* kernel_spmv_open(og_kernel_machine* machine, int scale, uint64_t seed) {
    og_kernel_spmv_program* p = OG_NEW(machine->arena, og_kernel_spmv_program, 1);
    int octaves = KERNEL_SPMV_COLUMN_OCTAVES;
    for (int bytes = scale; bytes >= 2; bytes /= 2) {
        octaves++;
    }
    p->rows = (uint64_t)KERNEL_SPMV_ROWS * (uint64_t)scale;
    p->columns = UINT64_C(1) << octaves;
    p->row_start = og_kernel_array_make(machine, p->rows + 1, sizeof(uint32_t));
    og_random random = og_random_make(seed, 1);
    uint32_t* row_start = p->row_start.data;
    for (uint64_t row = 0; row < p->rows; row++) {
        const uint64_t length = 1 + og_kernel_zipf(&random, KERNEL_SPMV_LENGTH_OCTAVES);
        row_start[row + 1] = row_start[row] + (uint32_t)length;
    }
    p->column = og_kernel_array_make(machine, row_start[p->rows], sizeof(uint32_t));
    p->value = og_kernel_array_make(machine, row_start[p->rows], sizeof(float));
    p->x = og_kernel_array_make(machine, p->columns, sizeof(float));
    p->y = og_kernel_array_make(machine, p->rows, sizeof(float));
    kernel_spmv_fill(p, octaves, &random);
    kernel_spmv_start(p);
    return p;
}

static bool kernel_spmv_step(void* program, og_kernel_thread* thread) {
    og_kernel_spmv_program* p = program;
    const uint64_t row = p->next_row[thread->number];
    if (row == p->end_row[thread->number]) {
        return false;
    }
    p->next_row[thread->number]++;
    const uint32_t end = og_kernel_load_u32(thread, &p->row_start, row + 1);
    float sum = 0;
    for (uint32_t i = ((const uint32_t*)p->row_start.data)[row]; i < end; i++) {
        const uint32_t column = og_kernel_load_u32(thread, &p->column, i);
        const float value = og_kernel_load_f32(thread, &p->value, i);
        sum += value * og_kernel_load_f32(thread, &p->x, column);
        og_kernel_work(thread, 4);  // address, multiply-add, count, branch
    }
    og_kernel_store_f32(thread, &p->y, row, sum);
    og_kernel_work(thread, 4);
    return true;
}

static bool kernel_spmv_next(void* program) {
    kernel_spmv_start(program);
    return false;
}

const og_kernel og_kernel_spmv = {
    .name = "spmv",
    .threads = 2,
    .overlap = 3,
    .open = kernel_spmv_open,
    .step = kernel_spmv_step,
    .next = kernel_spmv_next,
};
