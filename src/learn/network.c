// Networks: layout of parameters and of what flows through the layers.

#include "ogive/network.h"

#include <assert.h>
#include <string.h>

#include "learn/network_layers.h"

struct og_network_internals {
    og_network_stage* stages;  // list: [count]
    int count;
    og_network_extent most;
    og_network_input input;    // of the last forward
    og_network_extent extent;  // of the last forward
};

// Numbers of a token behind `layer`.
static int network_out(const og_layer* layer, int in) {
    const bool named = layer->kind == OG_LAYER_DENSE || layer->kind == OG_LAYER_EMBEDDING;
    return named ? layer->width : in;
}

// The extent behind a layer.
static og_network_extent network_behind(const og_layer* layer, og_network_extent extent) {
    return (og_network_extent){extent.rows, layer->kind == OG_LAYER_MEAN ? 1 : extent.tokens};
}

// Give each stage its sizes and room, but no parameters yet; returns the number of parameters.
static int network_lay(og_arena* arena, struct og_network_internals* inside, int width) {
    og_network_extent most = inside->most;
    int total = 0;
    for (int i = 0; i < inside->count; i++) {
        og_network_stage* stage = &inside->stages[i];
        const og_layer* layer = &stage->layer;
        assert(layer->kind != OG_LAYER_EMBEDDING || (i == 0 && layer->vocabulary >= 1));
        stage->in = width;
        stage->out = network_out(layer, width);
        assert(stage->out >= 1 && (!layer->residual || stage->in == stage->out));
        stage->count = og_network_stage_count(layer, width);
        total += stage->count;
        stage->kept = OG_NEW(arena, double, og_network_stage_kept(stage, most));
        most = network_behind(layer, most);
        stage->output = OG_NEW(arena, double, most.rows* most.tokens * stage->out);
        stage->slope = OG_NEW(arena, double, most.rows* most.tokens * stage->out);
        width = stage->out;
    }
    return total;
}

og_network* og_network_create(og_arena* arena, const og_network_shape* shape, og_random* random) {
    assert(shape->layer_count >= 1 && shape->rows >= 1 && shape->tokens >= 1);
    og_network* network = OG_NEW(arena, og_network, 1);
    struct og_network_internals* inside = OG_NEW(arena, struct og_network_internals, 1);
    inside->stages = OG_NEW(arena, og_network_stage, shape->layer_count);
    inside->count = shape->layer_count;
    inside->most = (og_network_extent){shape->rows, shape->tokens};
    for (int i = 0; i < inside->count; i++) {
        inside->stages[i].layer = shape->layers[i];
    }
    network->internals = inside;
    network->count = network_lay(arena, inside, shape->width);
    network->parameters = OG_NEW(arena, double, network->count);
    network->gradient = OG_NEW(arena, double, network->count);
    int first = 0;
    for (int i = 0; i < inside->count; i++) {
        og_network_stage* stage = &inside->stages[i];
        stage->parameters = network->parameters + first;
        stage->gradient = network->gradient + first;
        og_network_stage_start(stage, random);
        first += stage->count;
    }
    return network;
}

int og_network_width(const og_network* network) {
    return network->internals->stages[network->internals->count - 1].out;
}

const double* og_network_forward(og_network* network, const og_network_input* input, int rows,
                                 int tokens) {
    struct og_network_internals* inside = network->internals;
    assert(rows >= 1 && rows <= inside->most.rows && tokens >= 1 && tokens <= inside->most.tokens);
    inside->input = *input;
    inside->extent = (og_network_extent){rows, tokens};
    og_network_extent extent = inside->extent;
    const double* flow = input->values;
    for (int i = 0; i < inside->count; i++) {
        og_network_stage* stage = &inside->stages[i];
        if (stage->layer.kind == OG_LAYER_EMBEDDING) {
            og_network_embedding_forward(stage, input, extent);
        } else {
            og_network_stage_forward(stage, flow, extent);
        }
        extent = network_behind(&stage->layer, extent);
        flow = stage->output;
    }
    return flow;
}

void og_network_backward(og_network* network, const double* output_slope, double* input_slope) {
    struct og_network_internals* inside = network->internals;
    og_network_stage* last = &inside->stages[inside->count - 1];
    // only a mean changes the extent; all layers behind it have one token
    og_network_extent extents[2] = {inside->extent, {inside->extent.rows, 1}};
    int mean = inside->count;
    for (int i = 0; i < inside->count && mean == inside->count; i++) {
        mean = inside->stages[i].layer.kind == OG_LAYER_MEAN ? i : mean;
    }
    const og_network_extent end = extents[mean < inside->count];
    memcpy(last->slope, output_slope, sizeof(double) * (size_t)(end.rows * end.tokens * last->out));
    for (int i = inside->count - 1; i >= 0; i--) {
        og_network_stage* stage = &inside->stages[i];
        const og_network_extent extent = extents[i > mean];
        if (stage->layer.kind == OG_LAYER_EMBEDDING) {
            og_network_embedding_backward(stage, &inside->input, extent);
            continue;
        }
        const double* input = i > 0 ? inside->stages[i - 1].output : inside->input.values;
        double* slope = i > 0 ? inside->stages[i - 1].slope : input_slope;
        og_network_stage_backward(stage, input, slope, extent);
    }
}
