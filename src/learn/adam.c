#include "ogive/adam.h"

#include <math.h>

#include "learn/wide.h"

// the values of the paper
#define ADAM_FIRST 0.9
#define ADAM_SECOND 0.999
#define ADAM_EPSILON 1e-8

og_adam og_adam_make(og_arena* arena, int count) {
    return (og_adam){.count = count,
                     .first = OG_NEW(arena, double, count),
                     .second = OG_NEW(arena, double, count)};
}

OG_WIDE void og_adam_step(og_adam* adam, double* parameters, double* gradient, double rate) {
    // 1 - d^n follows from 1 - d^(n-1) without a power
    adam->first_weight = 1 - ADAM_FIRST * (1 - adam->first_weight);
    adam->second_weight = 1 - ADAM_SECOND * (1 - adam->second_weight);
    const double step = rate / adam->first_weight;
    const double scale = 1 / sqrt(adam->second_weight);
    double* first = adam->first;
    double* second = adam->second;
    for (int i = 0; i < adam->count; i++) {
        const double slope = gradient[i];
        first[i] += (1 - ADAM_FIRST) * (slope - first[i]);
        second[i] += (1 - ADAM_SECOND) * (slope * slope - second[i]);
        parameters[i] -= step * first[i] / (sqrt(second[i]) * scale + ADAM_EPSILON);
        gradient[i] = 0;
    }
}
