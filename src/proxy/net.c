#include "proxy/net.h"

#include <math.h>
#include <string.h>

#include "ogive/adam.h"
#include "ogive/network.h"
#include "ogive/random.h"

enum { NET_MEMBERS = 3, NET_WIDTH = 32, NET_BATCH = 32, NET_STEPS = 1500 };
#define NET_RATE 0.005  // of the first steps; it falls to 0 with a cosine
#define NET_DECAY 1e-5  // of weights at each step, as a part of the rate of the first steps

int og_net_inputs(const og_column* columns, int width) {
    int inputs = 0;
    for (int c = 0; c < width; c++) {
        inputs += columns[c].kind == OG_COLUMN_CHOICE ? columns[c].levels : 1;
    }
    return inputs;
}

static int net_member(int inputs) {
    return (inputs + 1) * NET_WIDTH + (NET_WIDTH + 1) * NET_WIDTH + NET_WIDTH + 1;
}

int og_net_size(int inputs) {
    return NET_MEMBERS * net_member(inputs);
}

// Positions from -1 to 1, levels of choices as 0 or 1.
static void net_encode(const og_column* columns, int width, const double* row, double* input) {
    for (int c = 0; c < width; c++) {
        if (columns[c].kind == OG_COLUMN_CHOICE) {
            memset(input, 0, sizeof *input * (size_t)columns[c].levels);
            input[(int)row[c]] = 1;
            input += columns[c].levels;
        } else if (columns[c].kind == OG_COLUMN_REAL) {
            *input++ = 2 * row[c] - 1;
        } else {
            *input++ = columns[c].levels > 1 ? 2 * row[c] / (columns[c].levels - 1) - 1 : 0;
        }
    }
}

// One step on rows drawn with replacement.
static void net_step(og_network* network, og_adam* adam, og_random* random, const double* inputs,
                     int width, const double* targets, int count, double* batch, double rate) {
    double wanted[NET_BATCH];
    double slope[NET_BATCH];
    for (int i = 0; i < NET_BATCH; i++) {
        const uint64_t row = og_random_below(random, (uint64_t)count);
        memcpy(batch + (long)i * width, inputs + (long)row * width, sizeof(double) * (size_t)width);
        wanted[i] = targets[row];
    }
    const og_network_input input = {.values = batch};
    const double* answers = og_network_forward(network, &input, NET_BATCH, 1);
    for (int i = 0; i < NET_BATCH; i++) {
        slope[i] = 2 * (answers[i] - wanted[i]) / NET_BATCH;
    }
    og_network_backward(network, slope, NULL);
    og_adam_step(adam, network->parameters, network->gradient, rate);
    for (int i = 0; i < network->count; i++) {
        network->parameters[i] *= 1 - NET_DECAY;
    }
}

static void net_train(og_arena* arena, og_random* random, const double* inputs, int width,
                      const double* targets, int count, double* weights) {
    const og_arena_mark mark = og_arena_here(arena);
    const og_layer layers[] = {
        {.kind = OG_LAYER_DENSE, .width = NET_WIDTH, .activation = OG_ACTIVATION_TANH},
        {.kind = OG_LAYER_DENSE, .width = NET_WIDTH, .activation = OG_ACTIVATION_TANH},
        {.kind = OG_LAYER_DENSE, .width = 1},
    };
    const og_network_shape shape = {
        .layers = layers, .layer_count = 3, .width = width, .tokens = 1, .rows = NET_BATCH};
    og_network* network = og_network_create(arena, &shape, random);
    og_adam adam = og_adam_make(arena, network->count);
    double* batch = OG_NEW(arena, double, NET_BATCH* width);
    for (int step = 0; step < NET_STEPS; step++) {
        const double rate = NET_RATE * 0.5 * (1 + cos(acos(-1.0) * step / NET_STEPS));
        net_step(network, &adam, random, inputs, width, targets, count, batch, rate);
    }
    memcpy(weights, network->parameters, sizeof *weights * (size_t)network->count);
    og_arena_rewind(arena, mark);
}

const double* og_net_train(og_arena* arena, const og_column* columns, int width, const double* rows,
                           const double* targets, int count, uint64_t seed) {
    const int inputs = og_net_inputs(columns, width);
    double* weights = OG_NEW(arena, double, og_net_size(inputs));
    const og_arena_mark mark = og_arena_here(arena);
    double* encoded = OG_NEW(arena, double, (size_t)count*(size_t)inputs);
    for (int i = 0; i < count; i++) {
        net_encode(columns, width, rows + (long)i * width, encoded + (long)i * inputs);
    }
    for (int m = 0; m < NET_MEMBERS; m++) {
        og_random random = og_random_make(seed, (uint64_t)m);
        net_train(arena, &random, encoded, inputs, targets, count,
                  weights + (long)m * net_member(inputs));
    }
    og_arena_rewind(arena, mark);
    return weights;
}

// out = in W + b, and the weights behind it.
static const double* net_layer(const double* weights, const double* in, int width, int out_width,
                               double* out) {
    memcpy(out, weights + (long)width * out_width, sizeof *out * (size_t)out_width);
    for (int i = 0; i < width; i++) {
        for (int k = 0; k < out_width; k++) {
            out[k] += in[i] * weights[(long)i * out_width + k];
        }
    }
    return weights + (long)(width + 1) * out_width;
}

static double net_answer(const double* weights, const double* input, int inputs) {
    double first[NET_WIDTH];
    double second[NET_WIDTH];
    double answer;
    weights = net_layer(weights, input, inputs, NET_WIDTH, first);
    for (int k = 0; k < NET_WIDTH; k++) {
        first[k] = tanh(first[k]);
    }
    weights = net_layer(weights, first, NET_WIDTH, NET_WIDTH, second);
    for (int k = 0; k < NET_WIDTH; k++) {
        second[k] = tanh(second[k]);
    }
    net_layer(weights, second, NET_WIDTH, 1, &answer);
    return answer;
}

void og_net_predict(const double* weights, og_arena* scratch, const og_column* columns, int width,
                    const double* rows, int count, double* mean, double* deviation) {
    const og_arena_mark mark = og_arena_here(scratch);
    const int inputs = og_net_inputs(columns, width);
    double* input = OG_NEW(scratch, double, inputs);
    for (int i = 0; i < count; i++) {
        net_encode(columns, width, rows + (long)i * width, input);
        double sum = 0;
        double squares = 0;
        double first = 0;
        for (int m = 0; m < NET_MEMBERS; m++) {
            const double answer = net_answer(weights + (long)m * net_member(inputs), input, inputs);
            first = m == 0 ? answer : first;
            sum += answer - first;
            squares += (answer - first) * (answer - first);
        }
        mean[i] = first + sum / NET_MEMBERS;
        if (deviation != NULL) {
            const double shift = sum / NET_MEMBERS;
            deviation[i] = sqrt(fmax(squares / NET_MEMBERS - shift * shift, 0));
        }
    }
    og_arena_rewind(scratch, mark);
}
