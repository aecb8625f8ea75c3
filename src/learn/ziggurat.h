/// Normal random numbers by the ziggurat method (Marsaglia and Tsang, Journal of Statistical
/// Software 5, 2000; layers and numbers independent as in Doornik 2005), for methods that need
/// many: several times as fast as og_random_normal().
#pragma once

#include "ogive/random.h"

enum { OG_ZIGGURAT_LAYERS = 128 };

/// Layers of equal area under the density, made once.
typedef struct og_ziggurat {
    double edges[OG_ZIGGURAT_LAYERS + 1];  ///< of the layers, from the lowest and widest on
    double parts[OG_ZIGGURAT_LAYERS];      ///< of a layer's width that lie under the next one
} og_ziggurat;

og_ziggurat og_ziggurat_make(void);

/// Next standard normal real.
double og_ziggurat_normal(const og_ziggurat* ziggurat, og_random* random);
