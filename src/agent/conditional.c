#include "agent/conditional.h"

#include <math.h>
#include <string.h>

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

// Places of the preferences of pairs behind those of single choices.
static void conditional_lay(og_arena* arena, og_conditional* conditional) {
    const og_actions* actions = conditional->actions;
    const int width = actions->space->count;
    int* pairs = OG_NEW(arena, int, width * conditional->sight);
    int count = conditional->total;
    for (int i = 0; i < width; i++) {
        for (int k = 0; k < conditional_seen(conditional, i); k++) {
            pairs[i * conditional->sight + k] = count;
            count += actions->choices[actions->order[i]] *
                     actions->choices[conditional_teammate(conditional, i, k)];
        }
    }
    conditional->pairs = pairs;
    conditional->count = count;
    conditional->parameters = OG_NEW(arena, double, count);
    conditional->gradient = OG_NEW(arena, double, count);
}

static void conditional_weave(og_arena* arena, og_conditional* conditional, int features,
                              og_random* random) {
    const int width = conditional->actions->space->count;
    const og_layer layers[] = {
        // the last integer stands for the beginning
        {.kind = OG_LAYER_EMBEDDING,
         .vocabulary = conditional->total + 1,
         .width = CONDITIONAL_WIDTH,
         .features = features},
        {.kind = OG_LAYER_ATTENTION, .causal = true},
        {.kind = OG_LAYER_DENSE,
         .width = CONDITIONAL_WIDTH,
         .activation = OG_ACTIVATION_GELU,
         .residual = true},
        {.kind = OG_LAYER_DENSE, .width = conditional->total, .gain = CONDITIONAL_FIRST_GAIN},
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
    conditional->slopes = OG_NEW(arena, double, width * conditional->total);
}

og_conditional og_conditional_make(og_arena* arena, const og_conditional_setup* setup,
                                   og_random* random) {
    const int width = setup->actions->space->count;
    og_conditional conditional = {
        .actions = setup->actions,
        .model = setup->model,
        .sight = setup->sight < width ? setup->sight : width,
        .total = setup->actions->first[width],
        .features = setup->features,
    };
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
    conditional->tokens[0] = conditional->total;
    for (int i = 1; i < tokens; i++) {
        const int before = space->order[i - 1];
        conditional->tokens[i] = space->first[before] + actions[before].choice;
    }
    const og_network_input input = {.integers = conditional->tokens,
                                    .features = conditional->features};
    return og_network_forward(conditional->network, &input, 1, tokens);
}

// Preferences of a pair's later parameter, given the choice of the earlier one.
static int conditional_pair(const og_conditional* conditional, const og_action* actions,
                            int position, int k) {
    const int choices = conditional->actions->choices[conditional->actions->order[position]];
    const int teammate = conditional_teammate(conditional, position, k);
    return conditional->pairs[position * conditional->sight + k] +
           actions[teammate].choice * choices;
}

// Pairs share one voice, so that many teammates do not shout a choice down.
static double conditional_voice(int seen) {
    return seen > 0 ? 1 / sqrt(seen) : 0;
}

static void conditional_add_up(const og_conditional* conditional, const og_action* actions,
                               int position, double* logits) {
    const int parameter = conditional->actions->order[position];
    const int choices = conditional->actions->choices[parameter];
    const int seen = conditional_seen(conditional, position);
    const double voice = conditional_voice(seen);
    memcpy(logits, conditional->parameters + conditional->actions->first[parameter],
           sizeof(double) * (size_t)choices);
    for (int k = 0; k < seen; k++) {
        const double* pair =
            conditional->parameters + conditional_pair(conditional, actions, position, k);
        for (int c = 0; c < choices; c++) {
            logits[c] += voice * pair[c];
        }
    }
}

void og_conditional_logits(og_conditional* conditional, const og_action* actions, int position,
                           double* logits) {
    if (conditional->model == OG_CONDITIONAL_TABLE) {
        conditional_add_up(conditional, actions, position, logits);
        return;
    }
    const int parameter = conditional->actions->order[position];
    const double* output = conditional_run(conditional, actions, position + 1);
    memcpy(logits, output + position * conditional->total + conditional->actions->first[parameter],
           sizeof(double) * (size_t)conditional->actions->choices[parameter]);
}

void og_conditional_all(og_conditional* conditional, const og_action* actions, double* logits) {
    const int width = conditional->actions->space->count;
    const double* output = conditional->model == OG_CONDITIONAL_ATTENTION
                               ? conditional_run(conditional, actions, width)
                               : NULL;
    for (int i = 0; i < width; i++) {
        const int parameter = conditional->actions->order[i];
        const int first = conditional->actions->first[parameter];
        if (output == NULL) {
            conditional_add_up(conditional, actions, i, logits + first);
        } else {
            memcpy(logits + first, output + i * conditional->total + first,
                   sizeof(double) * (size_t)conditional->actions->choices[parameter]);
        }
    }
}

void og_conditional_push(og_conditional* conditional, const og_action* actions,
                         const double* slopes) {
    const int width = conditional->actions->space->count;
    const bool net = conditional->model == OG_CONDITIONAL_ATTENTION;
    if (net) {
        memset(conditional->slopes, 0, sizeof(double) * (size_t)width * (size_t)conditional->total);
    }
    for (int i = 0; i < width; i++) {
        const int parameter = conditional->actions->order[i];
        const int first = conditional->actions->first[parameter];
        const int choices = conditional->actions->choices[parameter];
        const int seen = net ? 0 : conditional_seen(conditional, i);
        const double voice = conditional_voice(seen);
        double* own = net ? conditional->slopes + i * conditional->total + first
                          : conditional->gradient + first;
        for (int c = 0; c < choices; c++) {
            own[c] += slopes[first + c];
        }
        for (int k = 0; k < seen; k++) {
            double* pair = conditional->gradient + conditional_pair(conditional, actions, i, k);
            for (int c = 0; c < choices; c++) {
                pair[c] += voice * slopes[first + c];
            }
        }
    }
    if (net) {
        og_network_backward(conditional->network, conditional->slopes, NULL);
    }
}

void og_conditional_step(og_conditional* conditional, double rate) {
    const bool net = conditional->model == OG_CONDITIONAL_ATTENTION;
    og_adam_step(&conditional->adam, conditional->parameters, conditional->gradient,
                 net ? CONDITIONAL_NET_RATE * rate : rate);
}
