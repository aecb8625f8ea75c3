#include <assert.h>
#include <math.h>
#include <string.h>

#include "space/internals.h"
#include "space/scale.h"

enum { DRAW_TRIES = 1000 };  // rejections before a design is found step by step

int og_row_find(const og_bucket* bucket, const double* row, double part) {
    int low = 0;
    int high = bucket->levels - 1;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (row[middle] > part) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

int og_row_draw(const og_bucket* bucket, const double* row, og_random* random) {
    const double total = og_bucket_total(bucket, row);
    assert(total > 0);
    const double part = og_random_uniform(random) * total;
    // rounding may reach the total itself
    return og_row_find(bucket, row, part < total ? part : 0);
}

static double draw_free(const og_space_internals* inside, int index, og_random* random) {
    const int64_t levels = inside->domains[index].levels;
    if (levels > 0) {
        const double part = og_random_uniform(random) * (double)levels;
        return og_domain_value(inside, index, (int64_t)part);
    }
    return og_scale_value(&inside->space->parameters[index], og_random_uniform(random));
}

void og_plan_draw(const og_space_internals* inside, const og_plan* plan, og_random* random,
                  double* x) {
    og_levels levels;
    for (int i = 0; i < plan->count; i++) {
        const og_bucket* bucket = &plan->buckets[i];
        const int level = og_row_draw(bucket, og_bucket_row(bucket, &levels), random);
        levels.at[bucket->parameter] = level;
        x[bucket->parameter] = og_domain_value(inside, bucket->parameter, level);
    }
    for (int i = 0; i < plan->leaf_count; i++) {
        const int leaf = plan->leaves[i];
        x[leaf] = og_inside_active(inside, x, leaf) ? draw_free(inside, leaf, random)
                                                    : inside->space->parameters[leaf].initial;
    }
}

void og_inside_draw(const og_space_internals* inside, og_random* random, double* x) {
    for (int i = 0; i < inside->free_count; i++) {
        x[inside->free[i]] = draw_free(inside, inside->free[i], random);
    }
    for (int i = 0; i < inside->plan_count; i++) {
        og_plan_draw(inside, inside->plans[i], random, x);
    }
}

void og_space_sample(const og_space* space, og_random* random, double* x) {
    const og_space_internals* inside = space->internals;
    og_inside_draw(inside, random, x);
    if (!inside->has_loose) {
        return;
    }
    for (int i = 0; i < DRAW_TRIES; i++) {
        og_inside_settle(inside, x);
        if (og_inside_holds(inside, x)) {
            return;
        }
        og_inside_draw(inside, random, x);
    }
    if (!og_loose_settle(inside, random, x, DRAW_TRIES)) {
        og_space_initial(space, x);
    }
}
