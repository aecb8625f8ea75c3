/// The Adam method of gradient descent (Kingma and Ba, ICLR 2015), for anything whose parameters
/// lie in one array: tables of preferences, networks.
#pragma once

#include <stdint.h>

#include "ogive/arena.h"

/// Running moments of the gradients; lives in the arena it was made in.
typedef struct og_adam {
    int count;
    double* first;                       ///< decaying mean of gradients, shape: [count]
    double* second;                      ///< decaying mean of their squares, shape: [count]
    double first_weight, second_weight;  ///< 1 less the decays to the power of the steps
} og_adam;

/// Moments for `count` parameters, before the first step.
og_adam og_adam_make(og_arena* arena, int count);

/// Move `parameters` (shape: [count]) down `gradient` (shape: [count]) by about `rate` each, and
/// set the gradient to 0. Decays .9 and .999, epsilon 1e-8.
void og_adam_step(og_adam* adam, double* parameters, double* gradient, double rate);
