/// The designs that an agent has proposed, so that it proposes none twice.
#pragma once

#include "ogive/arena.h"
#include "ogive/random.h"
#include "ogive/space.h"

/// A set of designs by their hash (two designs are taken for one with probability 2^-64), and the
/// means to draw a design that is not in it. Grows in its arena.
typedef struct og_seen {
    const og_space* space;
    og_arena* arena;
    uint64_t* slots;  ///< open addressing, 0 = empty, shape: [mask + 1]
    uint64_t mask;
    uint64_t count;        ///< designs in the set
    og_permutation order;  ///< of the numbers of all designs; used when `numbered`
    uint64_t next;         ///< every design before this one in `order` is in the set
    bool numbered;         ///< designs have numbers, og_space_design() works
    double* draft;         ///< shape: [space->count]
} og_seen;

/// True when the designs of `space` have numbers: a known finite size of at most 2^53.
bool og_seen_numbered(const og_space* space);

/// An empty set of designs of `space`. Draws from `random`.
og_seen og_seen_make(og_arena* arena, const og_space* space, og_random* random);

/// Put x (shape: [space->count]) into the set; false when it was there.
bool og_seen_add(og_seen* seen, const double* x);

/// True when x is in the set.
bool og_seen_has(const og_seen* seen, const double* x);

/// Draw a design that is not in the set, nearly uniformly, into x, and put it into the set. False
/// when the space is exhausted; in spaces without numbers, when 1,000 draws were all in the set.
bool og_seen_draw(og_seen* seen, og_random* random, double* x);

/// Put x into the set; when it was there, first mutate x, ever more, into a design that was not, or
/// draw one. False when the space is exhausted.
bool og_seen_claim(og_seen* seen, og_random* random, double* x);
