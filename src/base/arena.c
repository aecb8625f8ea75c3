#include "ogive/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif

#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

enum { ARENA_ALIGNMENT = 64, ARENA_BLOCK_BYTES = 1 << 16 };

// Blocks are chained and never move; the newest is on top.
typedef struct arena_block {
    struct arena_block* below;
    size_t used;
    size_t size;
    _Alignas(ARENA_ALIGNMENT) char data[];
} arena_block;

struct og_arena {
    arena_block* top;
    arena_block* spare;          // one block kept by rewinding, NULL when there is none
    og_arena* children;          // the newest of those created within, NULL when there is none
    og_arena* older;             // the next one within the same parent
    og_arena_mark born;          // position of the parent behind what this one needed
    void (*end)(void* context);  // NULL = nothing has to be done at its end
    void* context;
};

static void* arena_must_have(void* memory, size_t size) {
    if (!memory) {
        fprintf(stderr, "ogive: out of memory allocating %zu bytes\n", size);
        abort();
    }
    return memory;
}

og_arena* og_arena_create(void) {
    return arena_must_have(calloc(1, sizeof(og_arena)), sizeof(og_arena));
}

static void arena_block_free(arena_block* block) {
    if (block) {
        ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
        free(block);
    }
}

// Free all that an arena has, and the arenas within.
static void arena_clear(og_arena* arena) {
    if (arena->end) {
        arena->end(arena->context);
    }
    while (arena->children) {
        og_arena* child = arena->children;
        arena->children = child->older;
        arena_clear(child);
    }
    arena_block_free(arena->spare);
    while (arena->top) {
        arena_block* below = arena->top->below;
        arena_block_free(arena->top);
        arena->top = below;
    }
}

void og_arena_destroy(og_arena* arena) {
    if (arena) {
        arena_clear(arena);
        free(arena);
    }
}

static arena_block* arena_block_create(og_arena* arena, size_t size) {
    arena_block* block = arena->spare;
    if (block && block->size >= size) {
        arena->spare = NULL;
        block->used = 0;
        return block;
    }
    const size_t capacity = size > ARENA_BLOCK_BYTES ? size : ARENA_BLOCK_BYTES;
    const size_t bytes = sizeof(arena_block) + capacity;
    block = arena_must_have(aligned_alloc(ARENA_ALIGNMENT, bytes), bytes);
    *block = (arena_block){.size = capacity};
    ASAN_POISON_MEMORY_REGION(block->data, block->size);
    return block;
}

void* og_arena_allocate_raw(og_arena* arena, size_t size) {
    assert(size <= SIZE_MAX / 4);
    const size_t rounded = (size + ARENA_ALIGNMENT - 1) & ~(size_t)(ARENA_ALIGNMENT - 1);
    arena_block* block = arena->top;
    if (!block || block->size - block->used < rounded) {
        arena_block* fresh = arena_block_create(arena, rounded);
        fresh->below = block;
        arena->top = block = fresh;
    }
    char* memory = block->data + block->used;
    block->used += rounded;
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
    return memory;
}

void* og_arena_allocate(og_arena* arena, size_t size) {
    return memset(og_arena_allocate_raw(arena, size), 0, size);
}

og_arena* og_arena_create_within(og_arena* parent) {
    // lies in the parent, so that rewinding can tell its age
    og_arena* arena = og_arena_allocate(parent, sizeof(og_arena));
    arena->born = og_arena_here(parent);
    arena->older = parent->children;
    parent->children = arena;
    return arena;
}

void og_arena_at_end(og_arena* arena, void (*end)(void* context), void* context) {
    og_arena* child = og_arena_create_within(arena);
    child->end = end;
    child->context = context;
}

og_arena_mark og_arena_here(const og_arena* arena) {
    return (og_arena_mark){arena->top, arena->top ? arena->top->used : 0};
}

// Keep the larger of the spare block and `block`, free the other.
static void arena_keep_spare(og_arena* arena, arena_block* block) {
    ASAN_POISON_MEMORY_REGION(block->data, block->size);
    if (arena->spare && arena->spare->size >= block->size) {
        arena_block_free(block);
        return;
    }
    arena_block_free(arena->spare);
    arena->spare = block;
}

// True when position `at` of an arena lies above `mark`.
static bool arena_above(const og_arena* arena, og_arena_mark at, og_arena_mark mark) {
    const arena_block* block = arena->top;
    while (block != mark.block && block != at.block) {
        block = block->below;
    }
    return block != mark.block || (at.block == mark.block && at.used > mark.used);
}

void og_arena_rewind(og_arena* arena, og_arena_mark mark) {
    while (arena->children && arena_above(arena, arena->children->born, mark)) {
        og_arena* child = arena->children;
        arena->children = child->older;
        arena_clear(child);
    }
    while (arena->top != mark.block) {
        assert(arena->top && "the mark is not of this arena, or lies above its position");
        arena_block* block = arena->top;
        arena->top = block->below;
        arena_keep_spare(arena, block);
    }
    if (arena->top) {
        assert(mark.used <= arena->top->used);
        ASAN_POISON_MEMORY_REGION(arena->top->data + mark.used, arena->top->used - mark.used);
        arena->top->used = mark.used;
    }
}
