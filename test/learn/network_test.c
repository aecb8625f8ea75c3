// Networks against finite differences and closed forms; Adam against its definition.

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ogive/adam.h"
#include "ogive/network.h"

enum { NETWORK_ROWS = 3, NETWORK_TOKENS = 4, NETWORK_WIDTH = 5, NETWORK_MOST = 400 };

typedef struct network_case {
    const char* name;
    og_layer layers[4];
    int layer_count;
} network_case;

static const network_case network_cases[] = {
    {"dense", {{.kind = OG_LAYER_DENSE, .width = 3}}, 1},
    {"tanh", {{.kind = OG_LAYER_DENSE, .width = 3, .activation = OG_ACTIVATION_TANH}}, 1},
    {"relu", {{.kind = OG_LAYER_DENSE, .width = 3, .activation = OG_ACTIVATION_RELU}}, 1},
    {"gelu", {{.kind = OG_LAYER_DENSE, .width = 3, .activation = OG_ACTIVATION_GELU}}, 1},
    {"residual",
     {{.kind = OG_LAYER_DENSE,
       .width = NETWORK_WIDTH,
       .activation = OG_ACTIVATION_GELU,
       .residual = true}},
     1},
    {"monotone",
     {{.kind = OG_LAYER_DENSE,
       .width = 4,
       .activation = OG_ACTIVATION_TANH,
       .monotone = true,
       .gain = 2},
      {.kind = OG_LAYER_DENSE, .width = 1, .monotone = true}},
     2},
    {"attention", {{.kind = OG_LAYER_ATTENTION}}, 1},
    {"causal", {{.kind = OG_LAYER_ATTENTION, .causal = true}}, 1},
    {"mean", {{.kind = OG_LAYER_MEAN}, {.kind = OG_LAYER_DENSE, .width = 2}}, 2},
    {"embedding", {{.kind = OG_LAYER_EMBEDDING, .vocabulary = 6, .width = 3, .features = 2}}, 1},
    {"all",
     {{.kind = OG_LAYER_EMBEDDING, .vocabulary = 6, .width = 4, .gain = 2},
      {.kind = OG_LAYER_ATTENTION, .causal = true},
      {.kind = OG_LAYER_DENSE, .width = 4, .activation = OG_ACTIVATION_GELU, .residual = true},
      {.kind = OG_LAYER_MEAN}},
     4},
};

static const double network_values[NETWORK_ROWS * NETWORK_TOKENS * NETWORK_WIDTH] = {
    .3,  -.8, 1.1, .05,  -.4, .9, -.1, -1.3, .7, .2,  .6,  -.7, .45, -.25, 1.4,
    -.9, .15, .35, -.55, .8,  .1, .95, -.6,  .4, -.2, 1.2, -.3, .5,  -.75, .65};
static const int network_integers[NETWORK_ROWS * NETWORK_TOKENS] = {0, 5, 2, 2, 1, 3,
                                                                    0, 4, 5, 5, 1};
static const double network_features[NETWORK_ROWS * 2] = {.4, -1.2, .7, .1, -.5, 1.5};

static const og_network_input network_input = {network_values, network_integers, network_features};

static og_network* network_make(og_arena* arena, const network_case* is) {
    const og_network_shape shape = {.layers = is->layers,
                                    .layer_count = is->layer_count,
                                    .width = NETWORK_WIDTH,
                                    .tokens = NETWORK_TOKENS,
                                    .rows = NETWORK_ROWS};
    og_random random = og_random_make(7, 1);
    return og_network_create(arena, &shape, &random);
}

static int network_outputs(const og_network* network, const network_case* is) {
    bool mean = false;
    for (int i = 0; i < is->layer_count; i++) {
        mean = mean || is->layers[i].kind == OG_LAYER_MEAN;
    }
    return NETWORK_ROWS * (mean ? 1 : NETWORK_TOKENS) * og_network_width(network);
}

// Sum of outputs with fixed weights, as the loss.
static double network_loss(og_network* network, const network_case* is,
                           const og_network_input* input) {
    const double* y = og_network_forward(network, input, NETWORK_ROWS, NETWORK_TOKENS);
    double sum = 0;
    for (int i = 0; i < network_outputs(network, is); i++) {
        sum += sin(1 + 3 * i) * y[i];
    }
    return sum;
}

// The largest error of `slope` against central differences of the loss by `values`.
static double network_error(og_network* network, const network_case* is,
                            const og_network_input* input, double* values, const double* slope,
                            int count) {
    const double step = 1e-5;
    double worst = 0;
    for (int i = 0; i < count; i++) {
        const double kept = values[i];
        values[i] = kept + step;
        const double above = network_loss(network, is, input);
        values[i] = kept - step;
        const double below = network_loss(network, is, input);
        values[i] = kept;
        const double expected = (above - below) / (2 * step);
        worst = fmax(worst, fabs(slope[i] - expected) / (1 + fabs(expected)));
    }
    return worst;
}

static void test_gradients(void** state) {
    (void)state;
    for (size_t c = 0; c < sizeof network_cases / sizeof *network_cases; c++) {
        const network_case* is = &network_cases[c];
        og_arena* arena = og_arena_create();
        og_network* network = network_make(arena, is);
        // offsets too
        for (int i = 0; i < network->count; i++) {
            network->parameters[i] += 0.1 * cos(5 * i);
        }
        const bool values = is->layers[0].kind != OG_LAYER_EMBEDDING;
        double inputs[sizeof network_values / sizeof *network_values];
        memcpy(inputs, network_values, sizeof inputs);
        const og_network_input input = {inputs, network_integers, network_features};
        network_loss(network, is, &input);
        double slope[NETWORK_MOST];
        double input_slope[NETWORK_MOST];
        for (int i = 0; i < network_outputs(network, is); i++) {
            slope[i] = sin(1 + 3 * i);
        }
        og_network_backward(network, slope, values ? input_slope : NULL);
        const int count = (int)(sizeof inputs / sizeof *inputs);
        assert_true(network->count < NETWORK_MOST);
        double error = network_error(network, is, &input, network->parameters, network->gradient,
                                     network->count);
        if (values) {
            error = fmax(error, network_error(network, is, &input, inputs, input_slope, count));
        }
        if (!(error < 1e-8)) {
            fail_msg("%s: gradient is wrong by %g", is->name, error);
        }
        // a gradient that is wrong in one place by a thousandth is noticed
        if (network->count > 0) {
            network->gradient[network->count / 2] += 1e-3;
            assert_true(network_error(network, is, &input, network->parameters, network->gradient,
                                      network->count) > 1e-4);
        }
        og_arena_destroy(arena);
    }
}

// A second backward adds to the gradient of the first.
static void test_gradients_add_up(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const network_case* is = &network_cases[1];
    og_network* network = network_make(arena, is);
    double slope[NETWORK_ROWS * NETWORK_TOKENS * 3];
    for (int i = 0; i < NETWORK_ROWS * NETWORK_TOKENS * 3; i++) {
        slope[i] = 1;
    }
    network_loss(network, is, &network_input);
    og_network_backward(network, slope, NULL);
    const double once = network->gradient[4];
    og_network_backward(network, slope, NULL);
    assert_true(fabs(network->gradient[4] - 2 * once) < 1e-12 && once != 0);
    og_arena_destroy(arena);
}

static void test_dense_by_hand(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_layer layer = {.kind = OG_LAYER_DENSE, .width = 1, .activation = OG_ACTIVATION_GELU};
    const og_network_shape shape = {&layer, 1, 2, 1, 1};
    og_random random = og_random_make(1, 1);
    og_network* network = og_network_create(arena, &shape, &random);
    assert_int_equal(network->count, 3);
    const double parameters[] = {2, -1, 0.5};
    memcpy(network->parameters, parameters, sizeof parameters);
    const double x[] = {0.25, 0};
    const og_network_input input = {.values = x};
    // gelu(1) = Phi(1)
    assert_true(fabs(*og_network_forward(network, &input, 1, 1) - 0.841344746068543) < 1e-12);
    og_arena_destroy(arena);
}

// With equal queries and keys, attention is the mean of what a token sees.
static void test_attention_by_hand(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const og_layer layer = {.kind = OG_LAYER_ATTENTION, .causal = true};
    const og_network_shape shape = {&layer, 1, 1, 3, 1};
    og_random random = og_random_make(1, 1);
    og_network* network = og_network_create(arena, &shape, &random);
    assert_int_equal(network->count, 4);
    const double parameters[] = {0, 1, 2, 0.5};
    memcpy(network->parameters, parameters, sizeof parameters);
    const double x[] = {1, 3, 8};
    const og_network_input input = {.values = x};
    const double* y = og_network_forward(network, &input, 1, 3);
    assert_true(fabs(y[0] - 2) < 1e-12 && fabs(y[1] - 5) < 1e-12 && fabs(y[2] - 12) < 1e-12);
    og_arena_destroy(arena);
}

// A causal token does not see what comes later, so shorter inputs have equal outputs.
static void test_causal_prefix(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    const network_case is = {"",
                             {{.kind = OG_LAYER_EMBEDDING, .vocabulary = 6, .width = 3},
                              {.kind = OG_LAYER_ATTENTION, .causal = true}},
                             2};
    og_network* network = network_make(arena, &is);
    double whole[NETWORK_TOKENS * 3];
    memcpy(whole, og_network_forward(network, &network_input, 1, NETWORK_TOKENS), sizeof whole);
    for (int tokens = 1; tokens < NETWORK_TOKENS; tokens++) {
        const double* part = og_network_forward(network, &network_input, 1, tokens);
        assert_memory_equal(part, whole, sizeof(double) * (size_t)(3 * tokens));
    }
    og_arena_destroy(arena);
}

static void test_monotone(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_network* network = network_make(arena, &network_cases[5]);
    double x[NETWORK_WIDTH] = {0};
    const og_network_input input = {.values = x};
    for (int i = 0; i < NETWORK_WIDTH; i++) {
        const double before = *og_network_forward(network, &input, 1, 1);
        x[i] += 0.5;
        assert_true(*og_network_forward(network, &input, 1, 1) > before);
    }
    og_arena_destroy(arena);
}

static void test_adam_by_definition(void** state) {
    (void)state;
    og_arena* arena = og_arena_create();
    og_adam adam = og_adam_make(arena, 1);
    double value = 2;
    double expected = 2;
    double first = 0;
    double second = 0;
    for (int n = 1; n <= 50; n++) {
        double slope = 3 * expected - 1;
        first = 0.9 * first + 0.1 * slope;
        second = 0.999 * second + 0.001 * slope * slope;
        const double mean = first / (1 - pow(0.9, n));
        expected -= 0.05 * mean / (sqrt(second / (1 - pow(0.999, n))) + 1e-8);
        og_adam_step(&adam, &value, &slope, 0.05);
        assert_true(fabs(value - expected) < 1e-12);
        assert_true(slope == 0);
    }
    og_arena_destroy(arena);
}

// Exclusive or, which no network without a hidden layer can learn.
static double network_learn_exclusive_or(int hidden_layers) {
    og_arena* arena = og_arena_create();
    const og_layer layers[] = {
        {.kind = OG_LAYER_DENSE, .width = 8, .activation = OG_ACTIVATION_TANH},
        {.kind = OG_LAYER_DENSE, .width = 1},
    };
    const og_network_shape shape = {.layers = layers + 1 - hidden_layers,
                                    .layer_count = 1 + hidden_layers,
                                    .width = 2,
                                    .tokens = 1,
                                    .rows = 4};
    og_random random = og_random_make(3, 1);
    og_network* network = og_network_create(arena, &shape, &random);
    og_adam adam = og_adam_make(arena, network->count);
    const double x[] = {0, 0, 0, 1, 1, 0, 1, 1};
    const double target[] = {0, 1, 1, 0};
    const og_network_input input = {.values = x};
    double error = 0;
    for (int n = 0; n < 1000; n++) {
        const double* y = og_network_forward(network, &input, 4, 1);
        double slope[4];
        error = 0;
        for (int i = 0; i < 4; i++) {
            slope[i] = y[i] - target[i];
            error += slope[i] * slope[i];
        }
        og_network_backward(network, slope, NULL);
        og_adam_step(&adam, network->parameters, network->gradient, 0.02);
    }
    og_arena_destroy(arena);
    return error;
}

static void test_learns(void** state) {
    (void)state;
    assert_true(network_learn_exclusive_or(1) < 1e-4);
    assert_true(network_learn_exclusive_or(0) > 0.9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients),          cmocka_unit_test(test_gradients_add_up),
        cmocka_unit_test(test_dense_by_hand),      cmocka_unit_test(test_attention_by_hand),
        cmocka_unit_test(test_causal_prefix),      cmocka_unit_test(test_monotone),
        cmocka_unit_test(test_adam_by_definition), cmocka_unit_test(test_learns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
