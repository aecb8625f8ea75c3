/// Small neural networks on the processor: layers that act on the tokens of an example, forward and
/// backward. A token is one of the things an example consists of, for instance a parameter of a
/// design; an example without tokens has one.
///
///     const og_layer layers[] = {
///         {.kind = OG_LAYER_EMBEDDING, .vocabulary = 40, .width = 16},
///         {.kind = OG_LAYER_ATTENTION, .causal = true},
///         {.kind = OG_LAYER_DENSE, .width = 8},
///     };
///     const og_network_shape shape = {.layers = layers, .layer_count = 3, .tokens = 10, .rows =
///     32}; og_network* network = og_network_create(arena, &shape, &random); const double* y =
///     og_network_forward(network, &input, rows, tokens); og_network_backward(network, slope,
///     NULL);         // adds to network->gradient og_adam_step(&adam, network->parameters,
///     network->gradient, 1e-3);
///
/// All parameters lie in one array, layer after layer. Loops are plain C, not BLAS: at widths below
/// a hundred a call costs more than it gains, and networks on different threads do not wait for
/// each other. A pure function of what it was given. Not thread-safe.
#pragma once

#include <stdbool.h>

#include "ogive/arena.h"
#include "ogive/random.h"

/// What a layer does.
typedef enum og_layer_kind {
    OG_LAYER_DENSE,      ///< act(x W + b) on every token
    OG_LAYER_EMBEDDING,  ///< first layer only: the row of a table that an integer selects
    OG_LAYER_ATTENTION,  ///< x + softmax(Q K' / sqrt(width)) V O among the tokens, one head
                         ///< (Vaswani et al., NeurIPS 2017)
    OG_LAYER_MEAN,       ///< mean over the tokens; one token follows
} og_layer_kind;

/// Function at the end of a dense layer.
typedef enum og_activation {
    OG_ACTIVATION_NONE,
    OG_ACTIVATION_TANH,
    OG_ACTIVATION_RELU,
    OG_ACTIVATION_GELU,  ///< x times the normal distribution function of x (Hendrycks and Gimpel
                         ///< 2016)
} og_activation;

/// One layer.
typedef struct og_layer {
    og_layer_kind kind;
    int width;  ///< numbers of a token behind it; dense and embedding only, others keep it
    og_activation activation;  ///< dense
    bool residual;             ///< dense: add the input, of equal width
    bool monotone;   ///< dense: the size of weights counts, not their sign, so that no output falls
                     ///< when an input rises (Rashid et al. 2018)
    double gain;     ///< of the first weights; 0 stands for 1
    int vocabulary;  ///< embedding: integers are in [0, vocabulary)
    int features;    ///< embedding: numbers of the example that enter every token linearly
    bool causal;     ///< attention: a token sees itself and those before it
} og_layer;

/// What a network is made of.
typedef struct og_network_shape {
    const og_layer* layers;  ///< list: [layer_count]
    int layer_count;
    int width;   ///< numbers of a token of the input; not used before an embedding
    int tokens;  ///< most tokens of an example, >= 1
    int rows;    ///< most examples at once, >= 1
} og_network_shape;

/// A network; lives in the arena it was created in.
typedef struct og_network {
    double* parameters;  ///< shape: [count]
    double* gradient;    ///< of what was given to backward, added up; shape: [count]
    int count;
    struct og_network_internals* internals;
} og_network;

/// What a network is applied to.
typedef struct og_network_input {
    const double* values;    ///< shape: [rows][tokens][width]; not used before an embedding
    const int* integers;     ///< embedding: shape: [rows][tokens]
    const double* features;  ///< embedding with features: shape: [rows][features]
} og_network_input;

/// A network with first weights drawn from `random` (uniform with the variance of Glorot and
/// Bengio, AISTATS 2010; offsets 0; embeddings normal).
og_network* og_network_create(og_arena* arena, const og_network_shape* shape, og_random* random);

/// Numbers of a token of the output.
int og_network_width(const og_network* network);

/// Apply the network to `rows` examples of `tokens` tokens. Returns the output (shape:
/// [rows][tokens, or 1 behind a mean][og_network_width()]), valid until the next call. The input is
/// read again by backward.
const double* og_network_forward(og_network* network, const og_network_input* input, int rows,
                                 int tokens);

/// Add the gradient of the parameters to network->gradient, given that of the output of the last
/// forward. That of input values goes to `input_slope` (shape as the values) unless it is NULL.
void og_network_backward(og_network* network, const double* output_slope, double* input_slope);
