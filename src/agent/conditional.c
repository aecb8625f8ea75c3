#include "agent/conditional.h"

#include <math.h>
#include <string.h>

#include "learn/wide.h"

enum { CONDITIONAL_WIDTH = 16 };    // numbers of a token
#define CONDITIONAL_NET_RATE 0.1    // learning rate of the network over that of tables
#define CONDITIONAL_FIRST_GAIN 0.1  // first preferences of a network are nearly equal

const char* const og_conditional_names[2] = {"table", "attention"};

// Parameters that the one at `position` sees.
static int conditional_seen(const og_conditional* conditional, int position) {
    return position < conditional->sight ? position : conditional->sight;
}

// Parameter number k of those that the one at `position` sees.
static int conditional_teammate(const og_conditional* conditional, int position, int k) {
    return conditional->actions->order[position - 1 - k];
}

// Some choices side by side, wherever they lie; compilers make one or two registers of it.
typedef double conditional_lanes __attribute__((vector_size(OG_CONDITIONAL_LANES * sizeof(double)),
                                                aligned(sizeof(double)), may_alias));

// Cells of a parameter, over OG_CONDITIONAL_LANES.
static int conditional_blocks(const og_conditional* conditional, int parameter) {
    return (conditional->first[parameter + 1] - conditional->first[parameter]) /
           OG_CONDITIONAL_LANES;
}

// Cells of all parameters and the weights of pairs.
static void conditional_measure(og_arena* arena, og_conditional* conditional) {
    const og_actions* actions = conditional->actions;
    const int width = actions->space->count;
    int* first = OG_NEW(arena, int, width + 1);
    double* voices = OG_NEW(arena, double, width);
    for (int i = 0; i < width; i++) {
        const int blocks = (actions->choices[i] - 1) / OG_CONDITIONAL_LANES + 1;
        const int seen = conditional_seen(conditional, i);
        first[i + 1] = first[i] + blocks * OG_CONDITIONAL_LANES;
        voices[i] = seen > 0 ? 1 / sqrt(seen) : 0;
    }
    conditional->first = first;
    conditional->voices = voices;
}

// Places of the preferences of pairs behind those of single choices.
static void conditional_lay(og_arena* arena, og_conditional* conditional) {
    const og_actions* actions = conditional->actions;
    const int width = actions->space->count;
    int* pairs = OG_NEW(arena, int, width * conditional->sight);
    int count = conditional->first[width];
    for (int i = 0; i < width; i++) {
        const int cells = conditional_blocks(conditional, actions->order[i]) * OG_CONDITIONAL_LANES;
        for (int k = 0; k < conditional_seen(conditional, i); k++) {
            pairs[i * conditional->sight + k] = count;
            count += cells * actions->choices[conditional_teammate(conditional, i, k)];
        }
    }
    conditional->pairs = pairs;
    conditional->count = count;
    conditional->parameters = OG_NEW(arena, double, count);
    conditional->gradient = OG_NEW(arena, double, count);
    conditional->rows = OG_NEW(arena, int, conditional->sight);
    for (int i = 0; i < width; i++) {
        for (int c = conditional->first[i] + actions->choices[i]; c < conditional->first[i + 1];
             c++) {
            conditional->parameters[c] = OG_CONDITIONAL_NEVER;
        }
    }
}

static void conditional_weave(og_arena* arena, og_conditional* conditional, int features,
                              og_random* random) {
    const int width = conditional->actions->space->count;
    const int total = conditional->actions->first[width];
    const og_layer layers[] = {
        // the last integer stands for the beginning
        {.kind = OG_LAYER_EMBEDDING,
         .vocabulary = total + 1,
         .width = CONDITIONAL_WIDTH,
         .features = features},
        {.kind = OG_LAYER_ATTENTION, .causal = true},
        {.kind = OG_LAYER_DENSE,
         .width = CONDITIONAL_WIDTH,
         .activation = OG_ACTIVATION_GELU,
         .residual = true},
        {.kind = OG_LAYER_DENSE, .width = total, .gain = CONDITIONAL_FIRST_GAIN},
    };
    const og_network_shape shape = {.layers = layers,
                                    .layer_count = sizeof layers / sizeof *layers,
                                    .tokens = width,
                                    .rows = 1};
    conditional->network = og_network_create(arena, &shape, random);
    conditional->parameters = conditional->network->parameters;
    conditional->gradient = conditional->network->gradient;
    conditional->count = conditional->network->count;
    conditional->tokens = OG_NEW(arena, int, width);
    conditional->slopes = OG_NEW(arena, double, width* total);
}

og_conditional og_conditional_make(og_arena* arena, const og_conditional_setup* setup,
                                   og_random* random) {
    const int width = setup->actions->space->count;
    og_conditional conditional = {
        .actions = setup->actions,
        .model = setup->model,
        .sight = setup->sight < width ? setup->sight : width,
        .features = setup->features,
    };
    conditional_measure(arena, &conditional);
    if (setup->model == OG_CONDITIONAL_ATTENTION) {
        conditional_weave(arena, &conditional, setup->feature_count, random);
    } else {
        conditional_lay(arena, &conditional);
    }
    conditional.adam = og_adam_make(arena, conditional.count);
    return conditional;
}

// Output of the network for the first tokens: one for the beginning, then one for each choice.
static const double* conditional_run(og_conditional* conditional, const og_action* actions,
                                     int tokens) {
    const og_actions* space = conditional->actions;
    conditional->tokens[0] = space->first[space->space->count];
    for (int i = 1; i < tokens; i++) {
        const int before = space->order[i - 1];
        conditional->tokens[i] = space->first[before] + actions[before].choice;
    }
    const og_network_input input = {.integers = conditional->tokens,
                                    .features = conditional->features};
    return og_network_forward(conditional->network, &input, 1, tokens);
}

// Where the preferences of the parameter at `position` are that its teammates' choices add, into
// conditional->rows; returns their number.
static int conditional_rows(const og_conditional* conditional, const og_action* actions,
                            int position, int blocks) {
    const int seen = conditional_seen(conditional, position);
    const int* pairs = conditional->pairs + position * conditional->sight;
    const int* teammates = conditional->actions->order + position - 1;
    int* rows = conditional->rows;
    for (int k = 0; k < seen; k++) {
        rows[k] = pairs[k] + actions[teammates[-k]].choice * blocks * OG_CONDITIONAL_LANES;
    }
    return seen;
}

OG_WIDE static void conditional_add_up(const og_conditional* conditional, int seen, double voice,
                                       const double* own, int blocks, double* logits) {
    const double* parameters = conditional->parameters;
    for (int b = 0; b < blocks; b++) {
        conditional_lanes sum = {0};
        for (int k = 0; k < seen; k++) {
            sum += ((const conditional_lanes*)(parameters + conditional->rows[k]))[b];
        }
        ((conditional_lanes*)logits)[b] = ((const conditional_lanes*)own)[b] + voice * sum;
    }
}

OG_WIDE static void conditional_hand_down(const og_conditional* conditional, int seen, double voice,
                                          double* own, int blocks, const double* slopes) {
    double* gradient = conditional->gradient;
    for (int b = 0; b < blocks; b++) {
        const conditional_lanes slope = ((const conditional_lanes*)slopes)[b];
        const conditional_lanes part = voice * slope;
        ((conditional_lanes*)own)[b] += slope;
        for (int k = 0; k < seen; k++) {
            ((conditional_lanes*)(gradient + conditional->rows[k]))[b] += part;
        }
    }
}

static void conditional_look_up(const og_conditional* conditional, const og_action* actions,
                                int position, double* logits) {
    const int parameter = conditional->actions->order[position];
    const int blocks = conditional_blocks(conditional, parameter);
    const int seen = conditional_rows(conditional, actions, position, blocks);
    conditional_add_up(conditional, seen, conditional->voices[position],
                       conditional->parameters + conditional->first[parameter], blocks, logits);
}

// Copy the preferences of the parameter at `position` from the network's output.
static void conditional_copy(const og_conditional* conditional, const double* output, int position,
                             double* logits) {
    const og_actions* actions = conditional->actions;
    const int parameter = actions->order[position];
    const int total = actions->first[actions->space->count];
    const int choices = actions->choices[parameter];
    memcpy(logits, output + position * total + actions->first[parameter],
           sizeof(double) * (size_t)choices);
    for (int c = choices; c % OG_CONDITIONAL_LANES != 0; c++) {
        logits[c] = OG_CONDITIONAL_NEVER;
    }
}

void og_conditional_logits(og_conditional* conditional, const og_action* actions, int position,
                           double* logits) {
    if (conditional->model == OG_CONDITIONAL_TABLE) {
        conditional_look_up(conditional, actions, position, logits);
        return;
    }
    const double* output = conditional_run(conditional, actions, position + 1);
    conditional_copy(conditional, output, position, logits);
}

void og_conditional_all(og_conditional* conditional, const og_action* actions, double* logits) {
    const int width = conditional->actions->space->count;
    const double* output = conditional->model == OG_CONDITIONAL_ATTENTION
                               ? conditional_run(conditional, actions, width)
                               : NULL;
    for (int i = 0; i < width; i++) {
        double* own = logits + conditional->first[conditional->actions->order[i]];
        if (output == NULL) {
            conditional_look_up(conditional, actions, i, own);
        } else {
            conditional_copy(conditional, output, i, own);
        }
    }
}

// Slopes of the network's output, and through the network.
static void conditional_push_network(og_conditional* conditional, const double* slopes) {
    const og_actions* space = conditional->actions;
    const int width = space->space->count;
    const int total = space->first[width];
    memset(conditional->slopes, 0, sizeof(double) * (size_t)width * (size_t)total);
    for (int i = 0; i < width; i++) {
        const int parameter = space->order[i];
        memcpy(conditional->slopes + i * total + space->first[parameter],
               slopes + conditional->first[parameter],
               sizeof(double) * (size_t)space->choices[parameter]);
    }
    og_network_backward(conditional->network, conditional->slopes, NULL);
}

void og_conditional_push(og_conditional* conditional, const og_action* actions,
                         const double* slopes) {
    if (conditional->model == OG_CONDITIONAL_ATTENTION) {
        conditional_push_network(conditional, slopes);
        return;
    }
    for (int i = 0; i < conditional->actions->space->count; i++) {
        const int parameter = conditional->actions->order[i];
        const int first = conditional->first[parameter];
        const int blocks = conditional_blocks(conditional, parameter);
        const int seen = conditional_rows(conditional, actions, i, blocks);
        conditional_hand_down(conditional, seen, conditional->voices[i],
                              conditional->gradient + first, blocks, slopes + first);
    }
}

void og_conditional_step(og_conditional* conditional, double rate) {
    const bool net = conditional->model == OG_CONDITIONAL_ATTENTION;
    og_adam_step(&conditional->adam, conditional->parameters, conditional->gradient,
                 net ? CONDITIONAL_NET_RATE * rate : rate);
}
