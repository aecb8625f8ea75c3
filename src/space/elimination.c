// Greedy elimination orders (Koller and Friedman, Probabilistic Graphical Models, 2009, 9.4.3.2).

#include <assert.h>
#include <math.h>
#include <string.h>

#include "space/internals.h"

typedef struct elimination_graph {
    int nodes;
    const double* levels;
    bool* adjacent;   // shape: [nodes][nodes]
    bool* gone;       // shape: [nodes]
    double* weight;   // entries of the table that eliminating each node makes
    double* score;    // what the rule minimises
    int* neighbours;  // room for one list
    bool fill;        // the rule: fewest new edges, else least weight
} elimination_graph;

static int elimination_neighbours(elimination_graph* graph, int node) {
    const bool* row = &graph->adjacent[(size_t)node * (size_t)graph->nodes];
    int count = 0;
    for (int i = 0; i < graph->nodes; i++) {
        if (row[i] && !graph->gone[i]) {
            graph->neighbours[count++] = i;
        }
    }
    return count;
}

static void elimination_rate(elimination_graph* graph, int node) {
    const int count = elimination_neighbours(graph, node);
    double weight = graph->levels[node];
    int missing = 0;
    for (int i = 0; i < count; i++) {
        const int a = graph->neighbours[i];
        weight *= graph->levels[a];
        for (int j = i + 1; graph->fill && j < count; j++) {
            missing +=
                !graph->adjacent[(size_t)a * (size_t)graph->nodes + (size_t)graph->neighbours[j]];
        }
    }
    graph->weight[node] = weight;
    // among equal fills the lighter node goes first
    graph->score[node] = graph->fill ? missing + 1 - 1 / (1 + weight) : weight;
}

static int elimination_best(const elimination_graph* graph, int root) {
    int best = -1;
    for (int i = 0; i < graph->nodes; i++) {
        if (!graph->gone[i] && i != root && (best < 0 || graph->score[i] < graph->score[best])) {
            best = i;
        }
    }
    return best < 0 ? root : best;
}

// Remove `node`, connect its neighbours, and rate again all whose neighbourhood changed.
static void elimination_remove(elimination_graph* graph, og_arena* arena, int node) {
    const og_arena_mark mark = og_arena_here(arena);
    const int count = elimination_neighbours(graph, node);
    int* around = OG_NEW(arena, int, count);
    memcpy(around, graph->neighbours, sizeof *around * (size_t)count);
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            graph->adjacent[(size_t)around[i] * (size_t)graph->nodes + (size_t)around[j]] = i != j;
        }
    }
    graph->gone[node] = true;
    for (int i = 0; i < count; i++) {
        elimination_rate(graph, around[i]);
    }
    og_arena_rewind(arena, mark);
}

static og_elimination elimination_greedy(og_arena* arena, const elimination_graph* source,
                                         bool fill, int root, double limit) {
    const int nodes = source->nodes;
    const size_t cells = (size_t)nodes * (size_t)nodes;
    elimination_graph graph = *source;
    graph.adjacent = memcpy(OG_NEW(arena, bool, cells), source->adjacent, cells * sizeof(bool));
    graph.gone = OG_NEW(arena, bool, nodes);
    graph.weight = OG_NEW(arena, double, nodes);
    graph.score = OG_NEW(arena, double, nodes);
    graph.neighbours = OG_NEW(arena, int, nodes);
    graph.fill = fill;
    for (int i = 0; i < nodes; i++) {
        elimination_rate(&graph, i);
    }
    og_elimination result = {.order = OG_NEW(arena, int, nodes)};
    for (int i = 0; i < nodes; i++) {
        const int node = elimination_best(&graph, root);
        result.order[i] = node;
        result.entries += graph.weight[node];
        if (result.entries > limit) {
            result.entries = INFINITY;
            break;
        }
        elimination_remove(&graph, arena, node);
    }
    return result;
}

og_elimination og_elimination_find(og_arena* arena, int nodes, const double* levels,
                                   const bool* adjacent, int root, double limit) {
    assert(nodes >= 1 && root < nodes);
    // the greedy runs copy the graph and do not write to it
    const elimination_graph graph = {
        .nodes = nodes, .levels = levels, .adjacent = (bool*)(uintptr_t)adjacent};
    const og_elimination weight = elimination_greedy(arena, &graph, false, root, limit);
    const og_elimination fill = elimination_greedy(arena, &graph, true, root, limit);
    return fill.entries < weight.entries ? fill : weight;
}
