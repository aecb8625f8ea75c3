// A set is a short list of its lines, most recently used first. A line is coded as (number + 1) *
// 2, plus 1 when it is dirty, so that the zero of fresh memory means empty.

#include "sim/dram/cache.h"

#include <assert.h>
#include <string.h>

og_dram_cache og_dram_cache_make(og_arena* arena, uint64_t sets, int ways) {
    assert(sets > 0 && (sets & (sets - 1)) == 0 && ways >= 1);
    return (og_dram_cache){
        .lines = OG_NEW(arena, uint64_t, sets * (uint64_t)ways), .sets = sets, .ways = ways};
}

og_dram_cache_traffic og_dram_cache_access(og_dram_cache* cache, uint64_t line, bool store) {
    assert(line < UINT64_C(1) << 62);
    const uint64_t clean = (line + 1) << 1;
    const uint64_t dirty = store ? 1 : 0;
    uint64_t* set = cache->lines + (line & (cache->sets - 1)) * (uint64_t)cache->ways;
    cache->accesses++;
    cache->stores += store;
    // most accesses repeat the last one of their set
    if ((set[0] | 1) == (clean | 1)) {
        set[0] |= dirty;
        return (og_dram_cache_traffic){.fill = false};
    }
    int way = 1;
    while (way < cache->ways && (set[way] | 1) != (clean | 1)) {
        way++;
    }
    og_dram_cache_traffic traffic = {.fill = way == cache->ways};
    uint64_t entry = clean | dirty;
    if (traffic.fill) {
        const uint64_t victim = set[--way];
        traffic.writeback = victim & 1;
        traffic.writeback_line = (victim >> 1) - 1;
        cache->fills++;
        cache->writebacks += traffic.writeback;
    } else {
        entry |= set[way] & 1;
    }
    memmove(set + 1, set, (size_t)way * sizeof *set);
    set[0] = entry;
    return traffic;
}
