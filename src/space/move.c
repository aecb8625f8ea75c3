// Small changes of one parameter, for local search and mutation.

#include <assert.h>
#include <math.h>
#include <string.h>

#include "space/internals.h"
#include "space/scale.h"

enum { MOVE_TRIES = 64 };

static uint64_t move_below(og_random* random, int64_t bound) {
    return (uint64_t)(og_random_uniform(random) * (double)bound);
}

static bool move_real(const og_space_internals* inside, og_random* random, double* x, int index,
                      og_move move) {
    const og_parameter* parameter = &inside->space->parameters[index];
    const double spread = move == OG_MOVE_ANY ? 0.2 : 0.05;
    const double position = og_scale_position(parameter, x[index]);
    if (parameter->minimum >= parameter->maximum) {
        return false;
    }
    for (;;) {
        // reflected at the ends, so that they attract no mass
        double moved = fabs(position + spread * og_random_normal(random));
        moved = moved > 1 ? fmax(2 - moved, 0) : moved;
        const double value = og_scale_value(parameter, moved);
        if (value != x[index]) {
            x[index] = value;
            return true;
        }
    }
}

static bool move_is_next(const og_space_internals* inside, int index, og_move move) {
    return move == OG_MOVE_NEXT && inside->space->parameters[index].kind != OG_CHOICE;
}

// Another of `count` places, of which `at` is taken (-1 = none): any, or one up or down. -1 when
// there is none.
static int64_t move_place(og_random* random, int64_t count, int64_t at, bool next) {
    if (count - (at >= 0) < 1) {
        return -1;
    }
    if (!next || at < 0) {
        const int64_t place = (int64_t)move_below(random, count - (at >= 0));
        return place + (at >= 0 && place >= at);
    }
    const bool up = at == 0 || (at < count - 1 && (og_random_bits(random) & 1));
    return up ? at + 1 : at - 1;
}

static bool move_alone(const og_space_internals* inside, og_random* random, double* x, int index,
                       og_move move) {
    const int64_t level = og_parameter_level(&inside->space->parameters[index], x[index]);
    const int64_t place =
        move_place(random, inside->domains[index].levels, level, move_is_next(inside, index, move));
    if (place < 0) {
        return false;
    }
    x[index] = og_domain_value(inside, index, place);
    return true;
}

// Place of `level` in increasing `support`, or -1.
static int move_find(const int* support, int count, int64_t level) {
    int low = 0;
    int high = count - 1;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (support[middle] < level) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return count > 0 && support[low] == level ? low : -1;
}

// The plan has the parameter as its root: choose its level, then keep what can be kept below.
static bool move_root(const og_space_internals* inside, og_random* random, double* x, int index,
                      og_move move) {
    const og_plan* plan = inside->rooted[index];
    const int64_t level = og_parameter_level(&inside->space->parameters[index], x[index]);
    const int at = move_find(plan->support, plan->support_count, level);
    const int64_t place =
        move_place(random, plan->support_count, at, move_is_next(inside, index, move));
    if (place < 0) {
        return false;
    }
    og_levels levels;
    levels.at[index] = plan->support[place];
    x[index] = og_domain_value(inside, index, plan->support[place]);
    og_plan_keep(inside, plan, 1, &levels, random, x);
    return true;
}

// Levels of the bucket that the choices before it allow, into `support`.
static int move_row_support(const og_bucket* bucket, const double* row, int* support) {
    int count = 0;
    for (int level = 0; level < bucket->levels; level++) {
        if (og_row_possible(row, level)) {
            support[count++] = level;
        }
    }
    return count;
}

// No plan has the parameter as its root: change it under the choices before it, or else draw the
// component until it differs.
static bool move_inner(const og_space_internals* inside, og_random* random, double* x, int index,
                       og_move move) {
    const og_plan* plan = inside->plans[inside->plan_of[index]];
    const og_bucket* bucket = &plan->buckets[inside->bucket_of[index]];
    og_levels levels;
    for (int i = 0; i < bucket->context_count; i++) {
        const int parameter = bucket->context[i];
        levels.at[parameter] =
            (int32_t)og_parameter_level(&inside->space->parameters[parameter], x[parameter]);
    }
    og_arena* scratch = og_arena_create();
    int* support = OG_NEW(scratch, int, bucket->levels);
    const int count = move_row_support(bucket, og_bucket_row(bucket, &levels), support);
    const int64_t level = og_parameter_level(&inside->space->parameters[index], x[index]);
    const int at = move_find(support, count, level);
    const int64_t place = move_place(random, count, at, move_is_next(inside, index, move));
    bool moved = place >= 0;
    if (moved) {
        x[index] = og_domain_value(inside, index, support[place]);
        og_plan_keep(inside, plan, 0, &levels, random, x);
    }
    if (!moved && !move_is_next(inside, index, move)) {
        double* y = OG_NEW(scratch, double, inside->space->count);
        memcpy(y, x, sizeof *y * (size_t)inside->space->count);
        for (int i = 0; i < MOVE_TRIES && !moved; i++) {
            og_plan_draw(inside, plan, random, y);
            moved = y[index] != x[index];
        }
        if (moved) {
            memcpy(x, y, sizeof *x * (size_t)inside->space->count);
        }
    }
    og_arena_destroy(scratch);
    return moved;
}

bool og_inside_move(const og_space_internals* inside, og_random* random, double* x, int index,
                    og_move move) {
    if (!og_inside_active(inside, x, index)) {
        return false;
    }
    if (inside->domains[index].levels == 0) {
        return move_real(inside, random, x, index, move);
    }
    if (inside->bucket_of[index] < 0) {
        return move_alone(inside, random, x, index, move);
    }
    return inside->rooted[index] ? move_root(inside, random, x, index, move)
                                 : move_inner(inside, random, x, index, move);
}

// Where loose ties must hold as well, moves are tried until one does.
static bool move_loose(const og_space_internals* inside, og_random* random, double* x, int index,
                       og_move move) {
    const size_t bytes = sizeof *x * (size_t)inside->space->count;
    double y[OG_SPACE_PARAMETERS];
    for (int i = 0; i < MOVE_TRIES; i++) {
        memcpy(y, x, bytes);
        if (!og_inside_move(inside, random, y, index, move)) {
            return false;
        }
        og_inside_settle(inside, y);
        if (og_inside_holds(inside, y) && y[index] != x[index]) {
            memcpy(x, y, bytes);
            return true;
        }
    }
    return false;
}

static bool move_apply(const og_space* space, og_random* random, double* x, int index,
                       og_move move) {
    assert(index >= 0 && index < space->count);
    const og_space_internals* inside = space->internals;
    return inside->has_loose ? move_loose(inside, random, x, index, move)
                             : og_inside_move(inside, random, x, index, move);
}

bool og_space_mutate(const og_space* space, og_random* random, double* x, int index) {
    return move_apply(space, random, x, index, OG_MOVE_ANY);
}

bool og_space_step(const og_space* space, og_random* random, double* x, int index) {
    return move_apply(space, random, x, index, OG_MOVE_NEXT);
}
