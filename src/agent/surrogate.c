#include "agent/surrogate.h"

#include <math.h>
#include <string.h>

enum {
    SURROGATE_BEST = 16,   // designs whose changes are candidates
    SURROGATE_CLIMBS = 4,  // from the best candidates
    SURROGATE_STEPS = 6,
    SURROGATE_DRAWS = 16,   // for each first design, of which the farthest is taken
    SURROGATE_MOST = 1024,  // first designs that others keep away from
};

og_surrogate og_surrogate_make(og_agent* agent) {
    og_arena* arena = agent->arena;
    const og_space* space = agent->space;
    og_surrogate surrogate = {
        .seen = og_seen_make(arena, space, &agent->random),
        .best = og_archive_make(agent, SURROGATE_BEST),
        .columns = og_row_columns(arena, space),
        .row = OG_NEW(arena, double, space->count),
        .default_first = agent->options[OG_SURROGATE_DEFAULT_FIRST] > 0,
    };
    const int capacity = (int)agent->options[OG_SURROGATE_CANDIDATES] +
                         og_pool_climb_room(SURROGATE_CLIMBS, SURROGATE_STEPS);
    surrogate.pool = og_pool_make(arena, space, surrogate.columns, capacity);
    surrogate.started_room = (int)fmin(agent->options[OG_SURROGATE_STARTS], SURROGATE_MOST);
    surrogate.started = OG_NEW(arena, double, surrogate.started_room * space->count);
    return surrogate;
}

int og_surrogate_batch(const og_agent* agent) {
    return (int)agent->options[OG_SURROGATE_BATCH];
}

// Remember a first design, so that others keep away from it.
static void surrogate_note(og_surrogate* surrogate, const double* x) {
    const og_space* space = surrogate->pool.space;
    if (surrogate->started_count < surrogate->started_room) {
        og_row_read(space, surrogate->columns, x,
                    surrogate->started + surrogate->started_count++ * space->count);
    }
}

// Distance of x to the nearest of the first designs.
static double surrogate_distance(og_surrogate* surrogate, const double* x) {
    const int width = surrogate->pool.space->count;
    og_row_read(surrogate->pool.space, surrogate->columns, x, surrogate->row);
    double nearest = INFINITY;
    for (int i = 0; i < surrogate->started_count; i++) {
        nearest = fmin(nearest, og_row_distance(surrogate->columns, width, surrogate->row,
                                                surrogate->started + i * width));
    }
    return nearest;
}

// Of some random designs, the farthest from those before (Mitchell 1991).
static bool surrogate_spread(og_agent* agent, og_surrogate* surrogate, double* x) {
    const og_space* space = agent->space;
    double* draft = surrogate->pool.draft;
    double farthest = -1;
    for (int i = 0; i < SURROGATE_DRAWS; i++) {
        og_space_sample(space, &agent->random, draft);
        const double distance = surrogate_distance(surrogate, draft);
        if (distance > farthest && !og_seen_has(&surrogate->seen, draft)) {
            farthest = distance;
            memcpy(x, draft, sizeof(double) * (size_t)space->count);
        }
    }
    return farthest >= 0 ? og_seen_add(&surrogate->seen, x)
                         : og_seen_draw(&surrogate->seen, &agent->random, x);
}

// A design that no model is asked about.
static bool surrogate_begin(og_agent* agent, og_surrogate* surrogate, double* x) {
    bool found = false;
    if (surrogate->default_first) {
        surrogate->default_first = false;
        og_space_initial(agent->space, x);
        found = og_seen_claim(&surrogate->seen, &agent->random, x);
    } else if (agent->options[OG_SURROGATE_SPREAD] > 0) {
        found = surrogate_spread(agent, surrogate, x);
    } else {
        found = og_seen_draw(&surrogate->seen, &agent->random, x);
    }
    if (found) {
        surrogate_note(surrogate, x);
    }
    return found;
}

int og_surrogate_ask(og_agent* agent, og_surrogate* surrogate, og_surrogate_propose* propose,
                     int count, double* x) {
    const int width = agent->space->count;
    const double starts = agent->options[OG_SURROGATE_STARTS];
    int made = 0;
    while (made < count && (surrogate->default_first || surrogate->told == 0 ||
                            (double)surrogate->told + made < starts)) {
        if (!surrogate_begin(agent, surrogate, x + made * width)) {
            return made;
        }
        made++;
    }
    if (made < count) {
        made += propose(agent, count - made, x + made * width);
    }
    // a pool may miss the last designs of a space
    while (made < count && og_seen_draw(&surrogate->seen, &agent->random, x + made * width)) {
        made++;
    }
    return made;
}

void og_surrogate_tell(og_surrogate* surrogate, int count, const og_told* told) {
    for (int i = 0; i < count; i++) {
        og_seen_add(&surrogate->seen, told[i].x);
        og_archive_add(&surrogate->best, &told[i]);
    }
    surrogate->told += count;
}

void og_surrogate_search(og_agent* agent, og_surrogate* surrogate, og_pool_score* score,
                         void* model) {
    og_pool* pool = &surrogate->pool;
    const int candidates = (int)agent->options[OG_SURROGATE_CANDIDATES];
    pool->count = 0;
    const bool led = surrogate->leaders != NULL;
    og_pool_fill(pool, &surrogate->seen, &agent->random,
                 led ? surrogate->leaders : surrogate->best.designs,
                 led ? surrogate->leader_count : surrogate->best.population.count, candidates);
    score(model, pool, 0, pool->count);
    const bool complete = surrogate->seen.numbered && agent->space->size <= candidates;
    if (!complete) {
        og_pool_climb(pool, &surrogate->seen, &agent->random, score, model, SURROGATE_CLIMBS,
                      SURROGATE_STEPS);
    }
}

int og_surrogate_take(og_surrogate* surrogate, int count, double* x) {
    const int width = surrogate->pool.space->count;
    int made = 0;
    for (int best = 0; made < count && (best = og_pool_best(&surrogate->pool)) >= 0;) {
        made += og_pool_take(&surrogate->pool, &surrogate->seen, best, x + made * width);
    }
    return made;
}
