/// What the layers of a network compute, forward and backward, on plain arrays.
#pragma once

#include "ogive/network.h"

/// A layer with its place in the network.
typedef struct og_network_stage {
    og_layer layer;
    int in, out;         ///< numbers of a token before and behind it
    double* parameters;  ///< view
    double* gradient;    ///< view
    int count;           ///< of parameters
    double* output;      ///< shape: [rows][tokens][out]
    double* slope;       ///< of the output, same shape
    double* kept;        ///< what backward needs of forward
} og_network_stage;

/// The size of one call.
typedef struct og_network_extent {
    int rows, tokens;
} og_network_extent;

/// Parameters of a layer behind tokens of `in` numbers.
int og_network_stage_count(const og_layer* layer, int in);

/// Numbers that a layer keeps for backward, for the largest call.
int og_network_stage_kept(const og_network_stage* stage, og_network_extent most);

/// First weights.
void og_network_stage_start(og_network_stage* stage, og_random* random);

/// Compute stage->output from `input` (shape: [rows][tokens][in]).
void og_network_stage_forward(og_network_stage* stage, const double* input,
                              og_network_extent extent);

/// Add to stage->gradient; write the slope of the input unless `input_slope` is NULL.
void og_network_stage_backward(og_network_stage* stage, const double* input, double* input_slope,
                               og_network_extent extent);

/// The same of an embedding.
void og_network_embedding_forward(og_network_stage* stage, const og_network_input* input,
                                  og_network_extent extent);
void og_network_embedding_backward(og_network_stage* stage, const og_network_input* input,
                                   og_network_extent extent);
