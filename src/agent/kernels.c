#include "agent/kernels.h"

#include <assert.h>
#include <math.h>

#include "agent/position.h"

#define KERNELS_LEAST_BINS 0.5  // a normal kernel narrower than this is one bin

og_kernels og_kernels_make(og_arena* arena, const og_construction* construction) {
    const og_space* space = construction->space;
    og_kernels kernels = {
        .construction = construction,
        .kernels = OG_NEW(arena, og_kernel, space->count),
    };
    for (int i = 0; i < space->count; i++) {
        og_kernel* kernel = &kernels.kernels[i];
        kernel->continuum = construction->levels[i] == 0;
        kernel->bins = kernel->continuum ? OG_KERNELS_BINS : construction->levels[i];
        kernel->ordered = space->parameters[i].kind != OG_CHOICE;
        kernel->distance = OG_NEW(arena, double, kernel->bins);
        kernel->scale = OG_NEW(arena, double, kernel->bins);
    }
    return kernels;
}

// Scale the kernel around each bin so that its mean over all bins is 1, with the uniform share.
static void kernels_scale(og_kernel* kernel) {
    double below = 0;
    for (int i = 0; i < kernel->bins; i++) {
        kernel->scale[i] = 0;
    }
    for (int i = 0; i < kernel->bins; i++) {
        // a kernel sees the distances 0 .. i on one side and 1 .. bins - 1 - i on the other
        below += kernel->distance[i];
        kernel->scale[i] += below;
        kernel->scale[kernel->bins - 1 - i] += below - kernel->distance[0];
    }
    for (int i = 0; i < kernel->bins; i++) {
        kernel->scale[i] = (1 - kernel->uniform) * kernel->bins / kernel->scale[i];
    }
}

void og_kernel_widen(og_kernel* kernel, double width, double uniform) {
    assert(width > 0 && uniform > 0 && uniform <= 1);
    const double bins = fmax(width * (kernel->bins - 1), KERNELS_LEAST_BINS);
    kernel->uniform = uniform;
    kernel->width = width;
    for (int k = 0; k < kernel->bins; k++) {
        const double z = k / bins;
        kernel->distance[k] = kernel->ordered ? exp(-0.5 * z * z) : k == 0;
    }
    if (kernel->ordered) {
        kernels_scale(kernel);
        return;
    }
    // all other levels are equally far away
    for (int k = 0; k < kernel->bins; k++) {
        kernel->scale[k] = (1 - uniform) * kernel->bins;
    }
}

int og_kernel_draw(const og_kernel* kernel, og_random* random, int center) {
    if (center < 0 || og_random_uniform(random) < kernel->uniform) {
        return (int)og_random_below(random, (uint64_t)kernel->bins);
    }
    // from the center outwards, where most of the kernel is
    double part =
        og_random_uniform(random) * (1 - kernel->uniform) * kernel->bins / kernel->scale[center];
    int bin = center;
    for (int apart = 0; apart < kernel->bins && kernel->ordered; apart++) {
        for (int side = apart > 0 ? -1 : 1; side <= 1; side += 2) {
            const int next = center + side * apart;
            if (next < 0 || next >= kernel->bins) {
                continue;
            }
            bin = next;
            part -= kernel->distance[apart];
            if (part < 0) {
                return bin;
            }
        }
    }
    return bin;
}

void og_kernels_places(const og_kernels* kernels, const double* x, double* places) {
    const og_space* space = kernels->construction->space;
    for (int i = 0; i < space->count; i++) {
        const og_parameter* parameter = &space->parameters[i];
        if (parameter->active != NULL && !og_space_active(space, x, i)) {
            places[i] = -1;
        } else {
            places[i] = kernels->kernels[i].continuum ? og_position_of(parameter, x[i])
                                                      : (double)og_parameter_level(parameter, x[i]);
        }
    }
}
