/// A hash that tells texts and files apart: FNV-1a, 64 bits (Fowler, Noll and Vo). Not against
/// people who want two to be equal.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The hash of nothing.
#define OG_HASH_START UINT64_C(0xcbf29ce484222325)

/// Go on from `hash` with `size` bytes of `data`: parts one by one give what the whole gives.
static inline uint64_t og_hash(uint64_t hash, const void* data, size_t size) {
    const unsigned char* bytes = data;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}
