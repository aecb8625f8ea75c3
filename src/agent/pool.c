#include "agent/pool.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "agent/variation.h"

enum {
    POOL_CLIMBERS = 16,    // most
    POOL_NEIGHBOURS = 24,  // of a climber in a step
};
#define POOL_CHANGE_MORE 0.5   // probability that one parameter more is changed
#define POOL_CROSS 0.3         // share of changed designs that have two parents
#define POOL_REAL_OCTAVES 7.0  // steps along reals: from half of the range to 2^-8 of it

og_pool og_pool_make(og_arena* arena, const og_space* space, const og_column* columns,
                     int capacity) {
    const size_t cells = (size_t)capacity * (size_t)space->count;
    return (og_pool){
        .space = space,
        .columns = columns,
        .neighbourhood = og_neighbourhood_make(arena, space, OG_REACH_ALL),
        .designs = OG_NEW(arena, double, cells),
        .rows = OG_NEW(arena, double, cells),
        .scores = OG_NEW(arena, double, capacity),
        .capacity = capacity,
        .draft = OG_NEW(arena, double, space->count),
    };
}

void og_pool_add(og_pool* pool, const og_seen* seen, const double* x) {
    if (pool->count == pool->capacity || og_seen_has(seen, x)) {
        return;
    }
    const int width = pool->space->count;
    memcpy(pool->designs + pool->count * width, x, sizeof(double) * (size_t)width);
    og_row_read(pool->space, pool->columns, x, pool->rows + pool->count * width);
    pool->scores[pool->count++] = INFINITY;
}

// One of the parents, earlier ones more often.
static const double* pool_parent(const double* const* parents, int count, og_random* random) {
    const double place = og_random_uniform(random);
    return parents[(int)(place * place * count)];
}

static void pool_vary(og_pool* pool, const og_seen* seen, og_random* random,
                      const double* const* parents, int count) {
    const og_space* space = pool->space;
    double* x = pool->draft;
    const double* parent = pool_parent(parents, count, random);
    if (og_random_uniform(random) < POOL_CROSS) {
        og_variation_cross(space, random, OG_CROSSOVER_MIXED, parent,
                           pool_parent(parents, count, random), x);
    } else {
        memcpy(x, parent, sizeof(double) * (size_t)space->count);
    }
    do {
        og_variation_change_any(space, random, x);
    } while (og_random_uniform(random) < POOL_CHANGE_MORE);
    og_pool_add(pool, seen, x);
}

void og_pool_fill(og_pool* pool, const og_seen* seen, og_random* random,
                  const double* const* parents, int parent_count, int count) {
    assert(pool->count == 0 && count <= pool->capacity);
    if (seen->numbered && pool->space->size <= count) {
        for (uint64_t i = 0; i < (uint64_t)pool->space->size; i++) {
            og_space_design(pool->space, i, pool->draft);
            og_pool_add(pool, seen, pool->draft);
        }
        return;
    }
    const int varied = parent_count > 0 ? count / 2 : 0;
    for (int i = 0; i < count; i++) {
        if (i < varied) {
            pool_vary(pool, seen, random, parents, parent_count);
        } else {
            og_space_sample(pool->space, random, pool->draft);
            og_pool_add(pool, seen, pool->draft);
        }
    }
}

int og_pool_climb_room(int starts, int steps) {
    return starts * steps * POOL_NEIGHBOURS;
}

// Put some neighbours of a design into the pool.
static void pool_spread(og_pool* pool, const og_seen* seen, og_random* random, int from) {
    og_neighbourhood* neighbourhood = &pool->neighbourhood;
    const double* x = pool->designs + from * pool->space->count;
    og_neighbourhood_shuffle(neighbourhood, random);
    const int begin = pool->count;
    for (int i = 0; i < neighbourhood->count && pool->count < begin + POOL_NEIGHBOURS; i++) {
        const double step = exp2(-1 - POOL_REAL_OCTAVES * og_random_uniform(random));
        if (og_neighbourhood_move(neighbourhood, random, &neighbourhood->moves[i], step, x,
                                  pool->draft)) {
            og_pool_add(pool, seen, pool->draft);
        }
    }
}

// The `count` best designs, in order; returns how many there are.
static int pool_select(const og_pool* pool, int* chosen, int count) {
    int found = 0;
    for (int i = 0; i < pool->count; i++) {
        int place = found;
        while (place > 0 && pool->scores[i] < pool->scores[chosen[place - 1]]) {
            place--;
        }
        if (place == count) {
            continue;
        }
        found = found < count ? found + 1 : count;
        memmove(chosen + place + 1, chosen + place, sizeof *chosen * (size_t)(found - place - 1));
        chosen[place] = i;
    }
    return found;
}

void og_pool_climb(og_pool* pool, const og_seen* seen, og_random* random, og_pool_score* score,
                   void* model, int starts, int steps) {
    assert(starts <= POOL_CLIMBERS);
    int climbers[POOL_CLIMBERS];
    int begin[POOL_CLIMBERS + 1];
    int count = pool_select(pool, climbers, starts);
    for (int step = 0; step < steps && count > 0; step++) {
        begin[0] = pool->count;
        for (int k = 0; k < count; k++) {
            pool_spread(pool, seen, random, climbers[k]);
            begin[k + 1] = pool->count;
        }
        score(model, pool, begin[0], pool->count);
        // those who found nothing better stay behind
        int moving = 0;
        for (int k = 0; k < count; k++) {
            int at = climbers[k];
            for (int i = begin[k]; i < begin[k + 1]; i++) {
                at = pool->scores[i] < pool->scores[at] ? i : at;
            }
            if (at != climbers[k]) {
                climbers[moving++] = at;
            }
        }
        count = moving;
    }
}

int og_pool_best(const og_pool* pool) {
    int best = -1;
    for (int i = 0; i < pool->count; i++) {
        const double score = pool->scores[i];
        if (!isnan(score) && (best < 0 || score < pool->scores[best])) {
            best = i;
        }
    }
    return best;
}

bool og_pool_take(og_pool* pool, og_seen* seen, int index, double* x) {
    const int width = pool->space->count;
    pool->scores[index] = NAN;
    memcpy(x, pool->designs + index * width, sizeof(double) * (size_t)width);
    return og_seen_add(seen, x);
}
