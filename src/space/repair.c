#include <assert.h>
#include <math.h>
#include <string.h>

#include "space/internals.h"
#include "space/scale.h"

enum { REPAIR_TRIES = 400 };  // steps towards loose constraints before a fresh draw

static double repair_nearest(const og_space_internals* inside, int index, double value) {
    const og_parameter* parameter = &inside->space->parameters[index];
    if (inside->domains[index].levels > 0) {
        return og_domain_value(inside, index, og_parameter_level(parameter, value));
    }
    if (isnan(value)) {
        return parameter->initial;
    }
    return fmin(fmax(value, parameter->minimum), parameter->maximum);
}

// The possible level of `row` nearest to `wanted`, the lower of two.
static int repair_nearest_level(const og_bucket* bucket, const double* row, int wanted) {
    for (int distance = 0; distance < bucket->levels; distance++) {
        const int below = wanted - distance;
        const int above = wanted + distance;
        if (below >= 0 && og_row_possible(row, below)) {
            return below;
        }
        if (above < bucket->levels && og_row_possible(row, above)) {
            return above;
        }
    }
    assert(false && "a row that is reached has a possible level");
    return wanted;
}

void og_plan_keep(const og_space_internals* inside, const og_plan* plan, int first,
                  og_levels* levels, og_random* random, double* x) {
    for (int i = first; i < plan->count; i++) {
        const og_bucket* bucket = &plan->buckets[i];
        const int parameter = bucket->parameter;
        const double* row = og_bucket_row(bucket, levels);
        int level = (int)og_parameter_level(&inside->space->parameters[parameter], x[parameter]);
        if (!og_row_possible(row, level)) {
            level = random ? og_row_draw(bucket, row, random)
                           : repair_nearest_level(bucket, row, level);
        }
        levels->at[parameter] = level;
        x[parameter] = og_domain_value(inside, parameter, level);
    }
    for (int i = 0; i < plan->leaf_count; i++) {
        const int leaf = plan->leaves[i];
        x[leaf] = og_inside_active(inside, x, leaf) ? repair_nearest(inside, leaf, x[leaf])
                                                    : inside->space->parameters[leaf].initial;
    }
}

void og_inside_repair(const og_space_internals* inside, og_random* random, double* x) {
    for (int i = 0; i < inside->free_count; i++) {
        const int parameter = inside->free[i];
        x[parameter] = repair_nearest(inside, parameter, x[parameter]);
    }
    for (int i = 0; i < inside->plan_count; i++) {
        og_levels levels;
        og_plan_keep(inside, inside->plans[i], 0, &levels, random, x);
    }
}

void og_space_repair(const og_space* space, og_random* random, double* x) {
    const og_space_internals* inside = space->internals;
    og_inside_repair(inside, random, x);
    if (!inside->has_loose) {
        return;
    }
    og_inside_settle(inside, x);
    if (!og_loose_settle(inside, random, x, REPAIR_TRIES)) {
        og_space_sample(space, random, x);
    }
}
