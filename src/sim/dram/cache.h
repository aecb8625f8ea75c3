/// The last-level cache that stands between a kernel and memory: what it lets through is the trace.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ogive/arena.h"

/// A set-associative cache, least recently used line replaced, write-back, write-allocate. It holds
/// no data, only which lines are present and dirty. The lines of a set are consecutive in the low
/// bits of the line number.
typedef struct og_dram_cache {
    uint64_t* lines;   ///< list: [sets][ways], most recently used first; see cache.c for the coding
    uint64_t sets;     ///< a power of two
    int ways;          ///< >= 1
    int64_t accesses;  ///< loads and stores seen
    int64_t stores;    ///< stores seen
    int64_t fills;     ///< lines read from memory, one per miss
    int64_t writebacks;  ///< dirty lines written to memory when they were replaced
} og_dram_cache;

/// What memory sees of one access.
typedef struct og_dram_cache_traffic {
    bool fill;                ///< the line accessed is read from memory
    bool writeback;           ///< another line is written to memory
    uint64_t writeback_line;  ///< its number, when `writeback`
} og_dram_cache_traffic;

/// An empty cache of `sets` (a power of two) x `ways` lines.
og_dram_cache og_dram_cache_make(og_arena* arena, uint64_t sets, int ways);

/// Access line number `line` < 2^62, for a store when `store`.
og_dram_cache_traffic og_dram_cache_access(og_dram_cache* cache, uint64_t line, bool store);
