/// The monotone network that mixes values of a team's members into one: it never falls when one of
/// them rises. One hidden layer of hyperbolic tangents; weights count by their absolute values.
#pragma once

#include "ogive/adam.h"
#include "ogive/random.h"

enum { OG_MIXING_ROWS = 32, OG_MIXING_HIDDEN = 8 };  ///< designs at a time, hidden units

typedef struct og_mixing {
    int members;
    int count;           ///< parameters
    double* parameters;  ///< weights of members (shape: [hidden][members]), offsets (shape:
                         ///< [hidden]), weights of the hidden units (same shape), offset
    double* gradient;    ///< same shape
    double* sizes;       ///< absolute values of parameters, same shape
    double* hidden;      ///< shape: [hidden][rows]
    og_adam adam;
} og_mixing;

/// A network with random weights.
og_mixing og_mixing_make(og_arena* arena, int members, og_random* random);

/// The mixed value of designs (shape: [rows]) from those of their members (shape: [members][rows]).
void og_mixing_forward(og_mixing* mixing, const double* values, double* mixed);

/// Add to the gradient, given that of the mixed values (shape: [rows]) and what
/// og_mixing_forward() was last called with, once for each call; that of the members' values into
/// `slopes` (shape: [members][rows]).
void og_mixing_backward(og_mixing* mixing, const double* values, const double* errors,
                        double* slopes);

/// Move down the gradient, and clear it.
void og_mixing_step(og_mixing* mixing, double rate);
