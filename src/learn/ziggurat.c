#include "learn/ziggurat.h"

#include <math.h>

// for 128 layers: where the tail begins, and the area of a layer
#define ZIGGURAT_TAIL 3.442619855899
#define ZIGGURAT_AREA 9.91256303526217e-3

og_ziggurat og_ziggurat_make(void) {
    og_ziggurat ziggurat;
    double* edges = ziggurat.edges;
    double density = exp(-0.5 * ZIGGURAT_TAIL * ZIGGURAT_TAIL);
    edges[0] = ZIGGURAT_AREA / density;
    edges[1] = ZIGGURAT_TAIL;
    for (int i = 2; i < OG_ZIGGURAT_LAYERS; i++) {
        edges[i] = sqrt(-2 * log(ZIGGURAT_AREA / edges[i - 1] + density));
        density = exp(-0.5 * edges[i] * edges[i]);
    }
    edges[OG_ZIGGURAT_LAYERS] = 0;
    for (int i = 0; i < OG_ZIGGURAT_LAYERS; i++) {
        ziggurat.parts[i] = edges[i + 1] / edges[i];
    }
    return ziggurat;
}

// Beyond the last edge (Marsaglia 1964).
static double ziggurat_tail(og_random* random, double sign) {
    double x;
    double y;
    do {
        x = log(1 - og_random_uniform(random)) / ZIGGURAT_TAIL;
        y = log(1 - og_random_uniform(random));
    } while (-2 * y < x * x);
    return sign * (ZIGGURAT_TAIL - x);
}

double og_ziggurat_normal(const og_ziggurat* ziggurat, og_random* random) {
    for (;;) {
        const uint64_t bits = og_random_bits(random);
        const int layer = (int)(bits % OG_ZIGGURAT_LAYERS);
        const double u = 2 * ((double)(bits >> 11) * 0x1p-53) - 1;
        const double x = u * ziggurat->edges[layer];
        if (fabs(u) < ziggurat->parts[layer]) {
            return x;
        }
        if (layer == 0) {
            return ziggurat_tail(random, u < 0 ? -1 : 1);
        }
        const double low = ziggurat->edges[layer];
        const double high = ziggurat->edges[layer + 1];
        const double below = exp(-0.5 * (low * low - x * x));
        const double above = exp(-0.5 * (high * high - x * x));
        if (above + og_random_uniform(random) * (below - above) < 1) {
            return x;
        }
    }
}
