// Dense layers, embeddings, attention and means over tokens.

#include "learn/network_layers.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define NETWORK_LAYERS_ROOT_HALF 0.70710678118654752440
#define NETWORK_LAYERS_ROOT_TWO_PI 2.50662827463100050242

// y (shape: [rows][out]) += x (shape: [rows][in]) w (shape: [in][out])
static void network_layers_multiply(const double* x, const double* w, int rows, int in, int out,
                                    double* y) {
    for (int r = 0; r < rows; r++, x += in, y += out) {
        for (int i = 0; i < in; i++) {
            const double factor = x[i];
            const double* row = w + i * out;
            for (int o = 0; o < out; o++) {
                y[o] += factor * row[o];
            }
        }
    }
}

// x (shape: [rows][in]) += y (shape: [rows][out]) w' (w shape: [in][out])
static void network_layers_multiply_back(const double* y, const double* w, int rows, int in,
                                         int out, double* x) {
    for (int r = 0; r < rows; r++, x += in, y += out) {
        for (int i = 0; i < in; i++) {
            const double* row = w + i * out;
            double sum = 0;
            for (int o = 0; o < out; o++) {
                sum += y[o] * row[o];
            }
            x[i] += sum;
        }
    }
}

// w (shape: [in][out]) += x' y
static void network_layers_outer(const double* x, const double* y, int rows, int in, int out,
                                 double* w) {
    for (int r = 0; r < rows; r++, x += in, y += out) {
        for (int i = 0; i < in; i++) {
            const double factor = x[i];
            double* row = w + i * out;
            for (int o = 0; o < out; o++) {
                row[o] += factor * y[o];
            }
        }
    }
}

static void network_layers_clear(double* values, int count) {
    memset(values, 0, sizeof(double) * (size_t)count);
}

static double network_layers_activate(og_activation activation, double z) {
    switch (activation) {
    case OG_ACTIVATION_TANH: return tanh(z);
    case OG_ACTIVATION_RELU: return z > 0 ? z : 0;
    case OG_ACTIVATION_GELU: return 0.5 * z * (1 + erf(z * NETWORK_LAYERS_ROOT_HALF));
    case OG_ACTIVATION_NONE: break;
    }
    return z;
}

static double network_layers_derivative(og_activation activation, double z) {
    switch (activation) {
    case OG_ACTIVATION_TANH: {
        const double y = tanh(z);
        return 1 - y * y;
    }
    case OG_ACTIVATION_RELU: return z > 0 ? 1 : 0;
    case OG_ACTIVATION_GELU:
        return 0.5 * (1 + erf(z * NETWORK_LAYERS_ROOT_HALF)) +
               z * exp(-0.5 * z * z) / NETWORK_LAYERS_ROOT_TWO_PI;
    case OG_ACTIVATION_NONE: break;
    }
    return 1;
}

int og_network_stage_count(const og_layer* layer, int in) {
    switch (layer->kind) {
    case OG_LAYER_DENSE: return (in + 1) * layer->width;
    case OG_LAYER_EMBEDDING: return (layer->vocabulary + layer->features) * layer->width;
    case OG_LAYER_ATTENTION: return 4 * in * in;
    case OG_LAYER_MEAN: break;
    }
    return 0;
}

int og_network_stage_kept(const og_network_stage* stage, og_network_extent most) {
    const int tokens = most.rows * most.tokens;
    switch (stage->layer.kind) {
    // values before the activation; their slope; sizes of weights and the slope of these
    case OG_LAYER_DENSE: return 2 * tokens * stage->out + 2 * stage->in * stage->out;
    // queries, keys, values, mixtures, then attention; slopes of the same
    case OG_LAYER_ATTENTION: return 2 * tokens * (4 * stage->in + most.tokens);
    case OG_LAYER_EMBEDDING:
    case OG_LAYER_MEAN: break;
    }
    return 0;
}

static void network_layers_uniform(double* weights, int in, int out, double gain,
                                   og_random* random) {
    const double reach = gain * sqrt(6.0 / (in + out));
    for (int i = 0; i < in * out; i++) {
        weights[i] = reach * (2 * og_random_uniform(random) - 1);
    }
}

void og_network_stage_start(og_network_stage* stage, og_random* random) {
    const og_layer* layer = &stage->layer;
    const double gain = layer->gain > 0 ? layer->gain : 1;
    if (layer->kind == OG_LAYER_DENSE) {
        network_layers_uniform(stage->parameters, stage->in, stage->out, gain, random);
    } else if (layer->kind == OG_LAYER_ATTENTION) {
        for (int i = 0; i < 4; i++) {
            network_layers_uniform(stage->parameters + i * stage->in * stage->in, stage->in,
                                   stage->in, gain, random);
        }
    } else if (layer->kind == OG_LAYER_EMBEDDING) {
        for (int i = 0; i < stage->count; i++) {
            stage->parameters[i] = gain * og_random_normal(random) / sqrt(stage->out);
        }
    }
}

// Weights of a dense layer as they act.
static const double* network_layers_weights(const og_network_stage* stage, double* sizes) {
    if (!stage->layer.monotone) {
        return stage->parameters;
    }
    for (int i = 0; i < stage->in * stage->out; i++) {
        sizes[i] = fabs(stage->parameters[i]);
    }
    return sizes;
}

static void network_layers_dense_forward(og_network_stage* stage, const double* input, int rows) {
    const int out = stage->out;
    double* z = stage->kept;
    const double* weights = network_layers_weights(stage, z + 2 * rows * out);
    const double* offsets = stage->parameters + stage->in * out;
    for (int r = 0; r < rows; r++) {
        memcpy(z + r * out, offsets, sizeof(double) * (size_t)out);
    }
    network_layers_multiply(input, weights, rows, stage->in, out, z);
    for (int i = 0; i < rows * out; i++) {
        stage->output[i] = network_layers_activate(stage->layer.activation, z[i]) +
                           (stage->layer.residual ? input[i] : 0);
    }
}

static void network_layers_dense_backward(og_network_stage* stage, const double* input,
                                          double* input_slope, int rows) {
    const int in = stage->in;
    const int out = stage->out;
    const double* z = stage->kept;
    double* slope = stage->kept + rows * out;
    for (int i = 0; i < rows * out; i++) {
        slope[i] = stage->slope[i] * network_layers_derivative(stage->layer.activation, z[i]);
    }
    double* offsets = stage->gradient + in * out;
    for (int i = 0; i < rows * out; i++) {
        offsets[i % out] += slope[i];
    }
    double* sizes = slope + rows * out;
    const double* weights = network_layers_weights(stage, sizes);
    if (stage->layer.monotone) {
        double* size_slope = sizes + in * out;
        network_layers_clear(size_slope, in * out);
        network_layers_outer(input, slope, rows, in, out, size_slope);
        for (int i = 0; i < in * out; i++) {
            stage->gradient[i] += stage->parameters[i] < 0 ? -size_slope[i] : size_slope[i];
        }
    } else {
        network_layers_outer(input, slope, rows, in, out, stage->gradient);
    }
    if (input_slope != NULL) {
        for (int i = 0; i < rows * in; i++) {
            input_slope[i] = stage->layer.residual ? stage->slope[i] : 0;
        }
        network_layers_multiply_back(slope, weights, rows, in, out, input_slope);
    }
}

// Views into what attention keeps, for all tokens of a call.
typedef struct network_layers_attention {
    double *queries, *keys, *values, *mixtures;  // shape: [rows][tokens][width]
    double* parts;                               // shape: [rows][tokens][tokens]
} network_layers_attention;

static network_layers_attention network_layers_views(double* kept, const og_network_stage* stage,
                                                     og_network_extent extent) {
    const int size = extent.rows * extent.tokens * stage->in;
    return (network_layers_attention){kept, kept + size, kept + 2 * size, kept + 3 * size,
                                      kept + 4 * size};
}

// Attention of token `t` of one example over the tokens it sees; returns their number.
static int network_layers_attend(const og_network_stage* stage, const double* query,
                                 const double* keys, int t, int tokens, double* parts) {
    const int width = stage->in;
    const int seen = stage->layer.causal ? t + 1 : tokens;
    double top = -INFINITY;
    for (int s = 0; s < seen; s++) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += query[i] * keys[s * width + i];
        }
        parts[s] = sum / sqrt(width);
        top = fmax(top, parts[s]);
    }
    double total = 0;
    for (int s = 0; s < seen; s++) {
        parts[s] = exp(parts[s] - top);
        total += parts[s];
    }
    for (int s = 0; s < seen; s++) {
        parts[s] /= total;
    }
    return seen;
}

static void network_layers_attention_forward(og_network_stage* stage, const double* input,
                                             og_network_extent extent) {
    const int width = stage->in;
    const int tokens = extent.tokens;
    const int all = extent.rows * tokens;
    const network_layers_attention view = network_layers_views(stage->kept, stage, extent);
    const double* matrices = stage->parameters;
    network_layers_clear(view.queries, 4 * all * width);
    network_layers_multiply(input, matrices, all, width, width, view.queries);
    network_layers_multiply(input, matrices + width * width, all, width, width, view.keys);
    network_layers_multiply(input, matrices + 2 * width * width, all, width, width, view.values);
    for (int r = 0; r < extent.rows; r++) {
        const int first = r * tokens * width;
        for (int t = 0; t < tokens; t++) {
            double* parts = view.parts + (r * tokens + t) * tokens;
            const int seen = network_layers_attend(stage, view.queries + first + t * width,
                                                   view.keys + first, t, tokens, parts);
            network_layers_multiply(parts, view.values + first, 1, seen, width,
                                    view.mixtures + first + t * width);
        }
    }
    memcpy(stage->output, input, sizeof(double) * (size_t)(all * width));
    network_layers_multiply(view.mixtures, matrices + 3 * width * width, all, width, width,
                            stage->output);
}

// From the slope of a mixture to those of the values and of the scores of one token.
static void network_layers_attend_back(const og_network_stage* stage, const double* mixture_slope,
                                       const double* values, const double* parts, int seen,
                                       double* value_slope, double* part_slope) {
    const int width = stage->in;
    network_layers_outer(parts, mixture_slope, 1, seen, width, value_slope);
    network_layers_clear(part_slope, seen);
    network_layers_multiply_back(mixture_slope, values, 1, seen, width, part_slope);
    double mean = 0;
    for (int s = 0; s < seen; s++) {
        mean += parts[s] * part_slope[s];
    }
    for (int s = 0; s < seen; s++) {
        part_slope[s] = parts[s] * (part_slope[s] - mean) / sqrt(width);
    }
}

static void network_layers_attention_backward(og_network_stage* stage, const double* input,
                                              double* input_slope, og_network_extent extent) {
    const int width = stage->in;
    const int square = width * width;
    const int tokens = extent.tokens;
    const int all = extent.rows * tokens;
    const network_layers_attention view = network_layers_views(stage->kept, stage, extent);
    double* second = view.parts + all * tokens;
    const network_layers_attention slope = network_layers_views(second, stage, extent);
    network_layers_clear(slope.queries, 4 * all * width);
    network_layers_outer(view.mixtures, stage->slope, all, width, width,
                         stage->gradient + 3 * square);
    network_layers_multiply_back(stage->slope, stage->parameters + 3 * square, all, width, width,
                                 slope.mixtures);
    for (int r = 0; r < extent.rows; r++) {
        const int first = r * tokens * width;
        for (int t = 0; t < tokens; t++) {
            const int token = first + t * width;
            const int seen = stage->layer.causal ? t + 1 : tokens;
            const double* parts = view.parts + (r * tokens + t) * tokens;
            double* part_slope = slope.parts + (r * tokens + t) * tokens;
            network_layers_attend_back(stage, slope.mixtures + token, view.values + first, parts,
                                       seen, slope.values + first, part_slope);
            network_layers_multiply(part_slope, view.keys + first, 1, seen, width,
                                    slope.queries + token);
            network_layers_outer(part_slope, view.queries + token, 1, seen, width,
                                 slope.keys + first);
        }
    }
    double* const slopes[3] = {slope.queries, slope.keys, slope.values};
    if (input_slope != NULL) {
        memcpy(input_slope, stage->slope, sizeof(double) * (size_t)(all * width));
    }
    for (int i = 0; i < 3; i++) {
        network_layers_outer(input, slopes[i], all, width, width, stage->gradient + i * square);
        if (input_slope != NULL) {
            network_layers_multiply_back(slopes[i], stage->parameters + i * square, all, width,
                                         width, input_slope);
        }
    }
}

static void network_layers_mean_forward(og_network_stage* stage, const double* input,
                                        og_network_extent extent) {
    network_layers_clear(stage->output, extent.rows * stage->out);
    for (int i = 0; i < extent.rows * extent.tokens; i++) {
        double* output = stage->output + i / extent.tokens * stage->out;
        for (int k = 0; k < stage->out; k++) {
            output[k] += input[i * stage->out + k] / extent.tokens;
        }
    }
}

static void network_layers_mean_backward(og_network_stage* stage, double* input_slope,
                                         og_network_extent extent) {
    for (int i = 0; input_slope != NULL && i < extent.rows * extent.tokens; i++) {
        const double* slope = stage->slope + i / extent.tokens * stage->out;
        for (int k = 0; k < stage->out; k++) {
            input_slope[i * stage->out + k] = slope[k] / extent.tokens;
        }
    }
}

void og_network_stage_forward(og_network_stage* stage, const double* input,
                              og_network_extent extent) {
    switch (stage->layer.kind) {
    case OG_LAYER_DENSE:
        network_layers_dense_forward(stage, input, extent.rows * extent.tokens);
        break;
    case OG_LAYER_ATTENTION: network_layers_attention_forward(stage, input, extent); break;
    case OG_LAYER_MEAN: network_layers_mean_forward(stage, input, extent); break;
    case OG_LAYER_EMBEDDING: assert(false && "an embedding is the first layer"); break;
    }
}

void og_network_stage_backward(og_network_stage* stage, const double* input, double* input_slope,
                               og_network_extent extent) {
    switch (stage->layer.kind) {
    case OG_LAYER_DENSE:
        network_layers_dense_backward(stage, input, input_slope, extent.rows * extent.tokens);
        break;
    case OG_LAYER_ATTENTION:
        network_layers_attention_backward(stage, input, input_slope, extent);
        break;
    case OG_LAYER_MEAN: network_layers_mean_backward(stage, input_slope, extent); break;
    case OG_LAYER_EMBEDDING: assert(false && "an embedding is the first layer"); break;
    }
}

void og_network_embedding_forward(og_network_stage* stage, const og_network_input* input,
                                  og_network_extent extent) {
    const int out = stage->out;
    const double* rest = stage->parameters + stage->layer.vocabulary * out;
    for (int i = 0; i < extent.rows * extent.tokens; i++) {
        const int integer = input->integers[i];
        assert(integer >= 0 && integer < stage->layer.vocabulary);
        double* output = stage->output + i * out;
        memcpy(output, stage->parameters + integer * out, sizeof(double) * (size_t)out);
        if (stage->layer.features > 0) {
            const double* features = input->features + i / extent.tokens * stage->layer.features;
            network_layers_multiply(features, rest, 1, stage->layer.features, out, output);
        }
    }
}

void og_network_embedding_backward(og_network_stage* stage, const og_network_input* input,
                                   og_network_extent extent) {
    const int out = stage->out;
    double* rest = stage->gradient + stage->layer.vocabulary * out;
    for (int i = 0; i < extent.rows * extent.tokens; i++) {
        const double* slope = stage->slope + i * out;
        double* row = stage->gradient + input->integers[i] * out;
        for (int k = 0; k < out; k++) {
            row[k] += slope[k];
        }
        if (stage->layer.features > 0) {
            const double* features = input->features + i / extent.tokens * stage->layer.features;
            network_layers_outer(features, slope, 1, stage->layer.features, out, rest);
        }
    }
}
