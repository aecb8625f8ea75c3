// Breadth-first search, level by level, on an R-MAT graph (Chakrabarti, Zhan and Faloutsos, SDM
// 2004) as in Graph500: a few vertices have most of the edges, neighbours lie anywhere in memory.

#include <string.h>

#include "sim/dram/kernels.h"

enum {
    KERNEL_BFS_OCTAVES = 16,         // 65,536 vertices at scale 1
    KERNEL_BFS_EDGES_PER_VERTEX = 4  // each stored in both directions
};

/// A quadrant of the adjacency matrix from four random bits: probabilities 9/16, 3/16, 3/16, 1/16
/// (Graph500: 0.57, 0.19, 0.19, 0.05).
static void kernel_bfs_quadrant(uint64_t four_bits, uint64_t* row, uint64_t* column) {
    *row = *row << 1 | (four_bits == 15 || (four_bits >= 9 && four_bits < 12));
    *column = *column << 1 | (four_bits >= 12);
}

/// Draw edge ends; ids are scattered, so that the popular vertices are not neighbours in memory.
static void kernel_bfs_draw(uint32_t* ends, uint64_t count, int octaves, og_random* random) {
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    const uint64_t mask = (UINT64_C(1) << octaves) - 1;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t bits = 0;
        uint64_t row = 0;
        uint64_t column = 0;
        for (int level = 0; level < octaves; level++) {
            bits = level % 16 == 0 ? og_random_bits(random) : bits >> 4;
            kernel_bfs_quadrant(bits & 15, &row, &column);
        }
        ends[2 * i] = (uint32_t)(row * odd & mask);
        ends[2 * i + 1] = (uint32_t)(column * odd & mask);
    }
}

/// Sort the edges by their first end into compressed rows, both directions.
static void kernel_bfs_compress(og_kernel_bfs_program* p, const uint32_t* ends, uint64_t count,
                                uint32_t* place) {
    uint32_t* edge_start = p->edge_start.data;
    for (uint64_t i = 0; i < 2 * count; i++) {
        edge_start[ends[i] + 1]++;
    }
    for (uint64_t v = 0; v < p->vertices; v++) {
        place[v] = edge_start[v];
        edge_start[v + 1] += edge_start[v];
    }
    for (uint64_t i = 0; i < 2 * count; i++) {
        ((uint32_t*)p->edges.data)[place[ends[i]]++] = ends[i ^ 1];
    }
}

static void kernel_bfs_choose_root(og_kernel_bfs_program* p) {
    const uint32_t* edge_start = p->edge_start.data;
    do {
        p->root = (uint32_t)og_random_below(&p->random, p->vertices);
    } while (edge_start[p->root] == edge_start[p->root + 1]);
    for (uint64_t t = 0; t < (uint64_t)og_kernel_bfs.threads; t++) {
        p->cleared[t] = p->vertices * t / (uint64_t)og_kernel_bfs.threads;
    }
    p->level = 0;
    p->clearing = true;
}

static void kernel_bfs_begin(og_kernel_bfs_program* p) {
    p->clearing = false;
    ((uint32_t*)p->depth.data)[p->root] = 0;
    ((uint32_t*)p->parent.data)[p->root] = p->root;
    ((uint32_t*)p->frontier[0].data)[0] = p->root;
    p->frontier_count = 1;
}

static void* kernel_bfs_open(og_kernel_machine* machine, int scale, uint64_t seed) {
    og_kernel_bfs_program* p = OG_NEW(machine->arena, og_kernel_bfs_program, 1);
    int octaves = KERNEL_BFS_OCTAVES;
    for (int bytes = scale; bytes >= 2; bytes /= 2) {
        octaves++;
    }
    p->vertices = UINT64_C(1) << octaves;
    p->random = og_random_make(seed, 1);
    const uint64_t count = p->vertices * KERNEL_BFS_EDGES_PER_VERTEX;
    p->edge_start = og_kernel_array_make(machine, p->vertices + 1, sizeof(uint32_t));
    p->edges = og_kernel_array_make(machine, 2 * count, sizeof(uint32_t));
    p->depth = og_kernel_array_make(machine, p->vertices, sizeof(uint32_t));
    p->parent = og_kernel_array_make(machine, p->vertices, sizeof(uint32_t));
    p->frontier[0] = og_kernel_array_make(machine, p->vertices, sizeof(uint32_t));
    p->frontier[1] = og_kernel_array_make(machine, p->vertices, sizeof(uint32_t));
    const og_arena_mark mark = og_arena_here(machine->arena);
    uint32_t* ends = og_arena_allocate_raw(machine->arena, 2 * count * sizeof *ends);
    uint32_t* place = OG_NEW(machine->arena, uint32_t, p->vertices);
    kernel_bfs_draw(ends, count, octaves, &p->random);
    kernel_bfs_compress(p, ends, count, place);
    og_arena_rewind(machine->arena, mark);
    // depths of the first search are clear already: short traces shall hold the search
    memset(p->depth.data, 0xff, p->vertices * sizeof(uint32_t));
    kernel_bfs_choose_root(p);
    kernel_bfs_begin(p);
    return p;
}

/// Forget the last search, a line of depths at a time.
static bool kernel_bfs_clear(og_kernel_bfs_program* p, og_kernel_thread* thread) {
    const uint64_t part = p->vertices / (uint64_t)og_kernel_bfs.threads;
    uint64_t* next = &p->cleared[thread->number];
    for (int i = 0; i < 16; i++) {
        og_kernel_store_u32(thread, &p->depth, (*next)++, UINT32_MAX);
    }
    return *next % part != 0;
}

static void kernel_bfs_visit(og_kernel_bfs_program* p, og_kernel_thread* thread, uint32_t vertex) {
    const og_kernel_array* next = &p->frontier[(p->level + 1) % 2];
    const uint32_t begin = og_kernel_load_u32(thread, &p->edge_start, vertex);
    const uint32_t end = og_kernel_load_u32(thread, &p->edge_start, vertex + 1);
    for (uint32_t i = begin; i < end; i++) {
        const uint32_t neighbour = og_kernel_load_u32(thread, &p->edges, i);
        og_kernel_work(thread, 4);  // address, compare, branch, count
        if (og_kernel_load_u32(thread, &p->depth, neighbour) == UINT32_MAX) {
            og_kernel_store_u32(thread, &p->depth, neighbour, p->level + 1);
            og_kernel_store_u32(thread, &p->parent, neighbour, vertex);
            og_kernel_store_u32(thread, next, p->next_count++, neighbour);
            og_kernel_work(thread, 4);
        }
    }
    og_kernel_work(thread, 6);
}

static bool kernel_bfs_step(void* program, og_kernel_thread* thread) {
    og_kernel_bfs_program* p = program;
    if (p->clearing) {
        return kernel_bfs_clear(p, thread);
    }
    if (p->cursor == p->frontier_count) {
        return false;
    }
    kernel_bfs_visit(p, thread,
                     og_kernel_load_u32(thread, &p->frontier[p->level % 2], p->cursor++));
    return true;
}

static bool kernel_bfs_next(void* program) {
    og_kernel_bfs_program* p = program;
    if (p->clearing) {
        kernel_bfs_begin(p);
    } else {
        p->level++;
        p->frontier_count = p->next_count;
    }
    p->cursor = 0;
    p->next_count = 0;
    if (p->frontier_count == 0) {
        kernel_bfs_choose_root(p);
        return false;
    }
    return true;
}

const og_kernel og_kernel_bfs = {
    .name = "bfs",
    .threads = 2,
    .overlap = 1,
    .open = kernel_bfs_open,
    .step = kernel_bfs_step,
    .next = kernel_bfs_next,
};
