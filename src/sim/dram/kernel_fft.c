// Fast Fourier transform (Cooley and Tukey 1965) of more points than the cache holds, radix 2 in
// place: every pass streams through two halves a power of two apart. Forward by decimation in
// frequency into bit-reversed order, back by decimation in time from it, as convolutions do; no
// reordering pass.

#include <math.h>

#include "sim/dram/kernels.h"

enum {
    KERNEL_FFT_POINTS = 32768,  // at scale 1: 256 KiB and 128 KiB of factors
    KERNEL_FFT_BATCH = 32       // butterflies of a step
};

/// exp(-2 pi i k / n) for k < n / 2, from half-angle formulas: square roots are correctly rounded
/// everywhere, sines are not.
static void kernel_fft_factors(float* twiddle, uint64_t n) {
    double real[64];
    double imaginary[64];
    int bits = 0;
    double cosine = -1;  // of pi, then of its halves
    double sine = 0;
    for (uint64_t size = 2; size < n; size *= 2) {
        const double half = sqrt((1 + cosine) / 2);
        sine = size == 2 ? 1 : sine / (2 * half);
        cosine = half;
        real[bits] = cosine;
        imaginary[bits++] = -sine;
    }
    // real[j] is the factor of n / 4 >> j; a product over the bits of k gives the others
    for (uint64_t k = 0; k < n / 2; k++) {
        double re = 1;
        double im = 0;
        for (int j = 0; j < bits; j++) {
            if (k & (n / 4) >> j) {
                const double old = re;
                re = old * real[j] - im * imaginary[j];
                im = old * imaginary[j] + im * real[j];
            }
        }
        twiddle[2 * k] = (float)re;
        twiddle[2 * k + 1] = (float)im;
    }
}

static void* kernel_fft_open(og_kernel_machine* machine, int scale, uint64_t seed) {
    og_kernel_fft_program* p = OG_NEW(machine->arena, og_kernel_fft_program, 1);
    p->n = (uint64_t)KERNEL_FFT_POINTS * (uint64_t)scale;
    p->points = og_kernel_array_make(machine, 2 * p->n, sizeof(float));
    p->twiddle = og_kernel_array_make(machine, p->n, sizeof(float));
    kernel_fft_factors(p->twiddle.data, p->n);
    og_random random = og_random_make(seed, 1);
    for (uint64_t i = 0; i < 2 * p->n; i++) {
        ((float*)p->points.data)[i] = (float)(og_random_bits(&random) >> 40) * 0x1p-23f - 1;
    }
    p->span = p->n / 2;
    return p;
}

static void kernel_fft_butterfly(og_kernel_fft_program* p, og_kernel_thread* thread,
                                 uint64_t index) {
    const uint64_t within = index & (p->span - 1);
    const uint64_t a = 2 * (2 * (index - within) + within);
    const uint64_t b = a + 2 * p->span;
    const uint64_t k = 2 * (within * (p->n / 2 / p->span));
    float ar = og_kernel_load_f32(thread, &p->points, a);
    float ai = og_kernel_load_f32(thread, &p->points, a + 1);
    float br = og_kernel_load_f32(thread, &p->points, b);
    float bi = og_kernel_load_f32(thread, &p->points, b + 1);
    const float wr = og_kernel_load_f32(thread, &p->twiddle, k);
    float wi = og_kernel_load_f32(thread, &p->twiddle, k + 1);
    float tr;
    float ti;
    if (p->inverse) {
        // conjugate factor before the sum, halved so that the way back scales by 1/n
        wi = -wi;
        tr = br * wr - bi * wi;
        ti = br * wi + bi * wr;
        br = (ar - tr) / 2;
        bi = (ai - ti) / 2;
        ar = (ar + tr) / 2;
        ai = (ai + ti) / 2;
    } else {
        tr = ar - br;
        ti = ai - bi;
        ar += br;
        ai += bi;
        br = tr * wr - ti * wi;
        bi = tr * wi + ti * wr;
    }
    og_kernel_store_f32(thread, &p->points, a, ar);
    og_kernel_store_f32(thread, &p->points, a + 1, ai);
    og_kernel_store_f32(thread, &p->points, b, br);
    og_kernel_store_f32(thread, &p->points, b + 1, bi);
    og_kernel_work(thread, 14);  // ten operations on floats, addresses, count, branch
}

static bool kernel_fft_step(void* program, og_kernel_thread* thread) {
    og_kernel_fft_program* p = program;
    for (int i = 0; i < KERNEL_FFT_BATCH && p->butterfly < p->n / 2; i++) {
        kernel_fft_butterfly(p, thread, p->butterfly++);
    }
    return p->butterfly < p->n / 2;
}

static bool kernel_fft_next(void* program) {
    og_kernel_fft_program* p = program;
    p->butterfly = 0;
    if (!p->inverse && p->span > 1) {
        p->span /= 2;
    } else if (!p->inverse) {
        p->inverse = true;
    } else if (p->span < p->n / 2) {
        p->span *= 2;
    } else {
        p->inverse = false;
        return false;
    }
    return true;
}

const og_kernel og_kernel_fft = {
    .name = "fft",
    .threads = 1,
    .overlap = 3,
    .open = kernel_fft_open,
    .step = kernel_fft_step,
    .next = kernel_fft_next,
};
