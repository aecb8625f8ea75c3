/// Memory with one lifetime: everything is allocated from an arena and goes with it.
#pragma once

#include <stddef.h>

/// A growing region of memory. Blocks never move, so pointers stay valid. Not thread-safe: one
/// arena belongs to one thread at a time (a study, an agent, a worker's scratch).
typedef struct og_arena og_arena;

/// A position in an arena to which it can be rewound.
typedef struct og_arena_mark {
    void* block;
    size_t used;
} og_arena_mark;

/// Create an empty arena. When memory runs out, the process prints the size asked for and aborts,
/// so no caller of any arena function tests for NULL.
og_arena* og_arena_create(void);

/// Create an empty arena that is destroyed with `parent`, or when `parent` is rewound to a position
/// from before this call; never by its user. For what is made anew again and again while `parent`
/// lives on.
og_arena* og_arena_create_within(og_arena* parent);

/// Have `end` called when the arena is destroyed, or rewound to a position from before this call:
/// for what `context` holds beside memory. What was arranged last is called first; all memory of
/// the arena is still there, and `end` allocates none from it.
void og_arena_at_end(og_arena* arena, void (*end)(void* context), void* context);

/// Free the arena and all that was allocated from it. NULL is allowed.
void og_arena_destroy(og_arena* arena);

/// Allocate `size` zeroed bytes, aligned to 64 bytes. `size` 0 gives a valid pointer to no bytes.
void* og_arena_allocate(og_arena* arena, size_t size);

/// Allocate without zeroing; for large tables that the caller fills.
void* og_arena_allocate_raw(og_arena* arena, size_t size);

/// Current position, for og_arena_rewind().
og_arena_mark og_arena_here(const og_arena* arena);

/// Give back all that was allocated since `mark`. One spare block is kept, so that scratch use in a
/// loop costs no system calls. In sanitizer builds the memory given back is poisoned.
void og_arena_rewind(og_arena* arena, og_arena_mark mark);

/// `count` zeroed objects of `type`.
#define OG_NEW(arena, type, count) \
    ((type*)og_arena_allocate((arena), sizeof(type) * (size_t)(count)))
