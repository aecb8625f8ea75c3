// Heat equation in a box by a 7-point stencil (the shape of HPCG's and of many solvers' sweeps):
// three planes of the source are in use at a time and do not fit the cache, so that several streams
// are read and one is written.

#include "sim/dram/kernels.h"

enum {
    KERNEL_STENCIL_X = 128,
    KERNEL_STENCIL_Y = 144,  // a plane has 72 KiB, which spreads planes over banks
    KERNEL_STENCIL_Z = 32,   // at scale 1
    KERNEL_STENCIL_VECTOR = 4
};

static void kernel_stencil_start(og_kernel_stencil_program* p) {
    // inner rows only, numbered z * ny + y; the surface stays
    const uint64_t threads = (uint64_t)og_kernel_stencil.threads;
    for (uint64_t t = 0; t < threads; t++) {
        p->row[t] = (1 + (p->nz - 2) * t / threads) * p->ny;
        p->end_row[t] = (1 + (p->nz - 2) * (t + 1) / threads) * p->ny;
    }
}

static void* kernel_stencil_open(og_kernel_machine* machine, int scale, uint64_t seed) {
    og_kernel_stencil_program* p = OG_NEW(machine->arena, og_kernel_stencil_program, 1);
    p->nx = KERNEL_STENCIL_X;
    p->ny = KERNEL_STENCIL_Y;
    p->nz = (uint64_t)KERNEL_STENCIL_Z * (uint64_t)scale;
    const uint64_t count = p->nx * p->ny * p->nz;
    p->grid[0] = og_kernel_array_make(machine, count, sizeof(float));
    p->grid[1] = og_kernel_array_make(machine, count, sizeof(float));
    og_random random = og_random_make(seed, 1);
    for (uint64_t i = 0; i < count; i++) {
        ((float*)p->grid[0].data)[i] = (float)(og_random_bits(&random) >> 40) * 0x1p-24f;
        ((float*)p->grid[1].data)[i] = ((float*)p->grid[0].data)[i];
    }
    kernel_stencil_start(p);
    return p;
}

/// Points [first, last) of the row that starts at index `row`.
static void kernel_stencil_vector(og_kernel_stencil_program* p, og_kernel_thread* thread,
                                  uint64_t first, uint64_t last) {
    const og_kernel_array* source = &p->grid[p->source];
    const og_kernel_array* target = &p->grid[1 - p->source];
    const uint64_t plane = p->nx * p->ny;
    const uint64_t loads[] = {first,         first - 1,     first + 1,    first - p->nx,
                              first + p->nx, first - plane, first + plane};
    for (int i = 0; i < 7; i++) {
        og_kernel_touch(thread, source, loads[i], false);
    }
    const float* u = source->data;
    for (uint64_t i = first; i < last; i++) {
        const float sum =
            u[i - 1] + u[i + 1] + u[i - p->nx] + u[i + p->nx] + u[i - plane] + u[i + plane];
        ((float*)target->data)[i] = 0.4f * u[i] + 0.1f * sum;
    }
    og_kernel_touch(thread, target, first, true);
    og_kernel_work(thread, 10);  // eight operations on vectors, count, branch
}

static bool kernel_stencil_step(void* program, og_kernel_thread* thread) {
    og_kernel_stencil_program* p = program;
    uint64_t* row = &p->row[thread->number];
    if (*row == p->end_row[thread->number]) {
        return false;
    }
    const uint64_t y = *row % p->ny;
    const uint64_t start = *row * p->nx;
    ++*row;
    if (y == 0 || y == p->ny - 1) {
        return true;
    }
    for (uint64_t x = 1; x < p->nx - 1; x += KERNEL_STENCIL_VECTOR) {
        const uint64_t end = x + KERNEL_STENCIL_VECTOR;
        kernel_stencil_vector(p, thread, start + x, start + (end < p->nx - 1 ? end : p->nx - 1));
    }
    return true;
}

static bool kernel_stencil_next(void* program) {
    og_kernel_stencil_program* p = program;
    p->source = 1 - p->source;
    kernel_stencil_start(p);
    return false;
}

const og_kernel og_kernel_stencil = {
    .name = "stencil",
    .threads = 2,
    .overlap = 2,
    .open = kernel_stencil_open,
    .step = kernel_stencil_step,
    .next = kernel_stencil_next,
};
