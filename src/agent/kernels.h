/// Kernels: densities around the values of designs, one for each parameter, as kernel density
/// estimates multiply and add them.
#pragma once

#include "agent/construction.h"

enum { OG_KERNELS_BINS = 64 };  ///< of a continuum, where its density is tabulated

/// The kernel of one parameter. A place is the level of a value, the position in [0, 1] of a value
/// of a continuum, or -1 when the parameter is inactive.
typedef struct og_kernel {
    int bins;  ///< levels; OG_KERNELS_BINS for a continuum
    bool continuum;
    bool ordered;
    double width;      ///< standard deviation, in positions
    double uniform;    ///< share of the uniform density in each kernel
    double* distance;  ///< density over the number of bins between two places, not yet scaled;
                       ///< shape: [bins]
    double* scale;     ///< of kernels around each bin, shape: [bins]
} og_kernel;

typedef struct og_kernels {
    const og_construction* construction;
    og_kernel* kernels;  ///< list: [space->count]
} og_kernels;

/// Kernels that are not yet usable, see og_kernel_widen(). `construction` must outlive them.
og_kernels og_kernels_make(og_arena* arena, const og_construction* construction);

/// Set a kernel's width: along an ordered parameter a standard deviation of `width` (> 0) of the
/// range, in the table at least half a bin; and its share of the uniform density, in (0, 1].
void og_kernel_widen(og_kernel* kernel, double width, double uniform);

/// The places of design x (shape: [space->count]).
void og_kernels_places(const og_kernels* kernels, const double* x, double* places);

/// The bin that a place lies in; the place is not -1.
static inline int og_kernel_bin(const og_kernel* kernel, double place) {
    if (!kernel->continuum) {
        return (int)place;
    }
    const int bin = (int)(place * OG_KERNELS_BINS);
    return bin < OG_KERNELS_BINS ? bin : OG_KERNELS_BINS - 1;
}

/// Density, relative to the uniform one, at bin `at` of the kernel around bin `center`; 1 when
/// `center` is -1.
static inline double og_kernel_density(const og_kernel* kernel, int center, int at) {
    if (center < 0) {
        return 1;
    }
    const int apart = at > center ? at - center : center - at;
    return kernel->uniform + kernel->distance[apart] * kernel->scale[center];
}

/// Draw a bin from the kernel around bin `center`, -1 for the uniform density.
int og_kernel_draw(const og_kernel* kernel, og_random* random, int center);
