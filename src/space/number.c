// Designs by number: mixed radix over free parameters and components, and inside a component by the
// number of completions.

#include <assert.h>

#include "space/internals.h"

static void number_take_plan(const og_space_internals* inside, const og_plan* plan, uint64_t index,
                             double* x) {
    og_levels levels;
    uint64_t share[OG_SPACE_PARAMETERS];  // the number that each bucket is still to spell out
    share[0] = index;
    for (int i = 0; i < plan->count; i++) {
        const og_bucket* bucket = &plan->buckets[i];
        const double* row = og_bucket_row(bucket, &levels);
        uint64_t rest = share[i];
        const int level = og_row_find(bucket, row, (double)rest);
        rest -= level > 0 ? (uint64_t)row[level - 1] : 0;
        levels.at[bucket->parameter] = level;
        x[bucket->parameter] = og_domain_value(inside, bucket->parameter, level);
        for (int j = 0; j < bucket->child_count; j++) {
            const og_bucket* child = &plan->buckets[bucket->children[j]];
            const uint64_t radix = (uint64_t)og_bucket_total(child, og_bucket_row(child, &levels));
            share[bucket->children[j]] = rest % radix;
            rest /= radix;
        }
        for (int j = 0; j < bucket->leaf_count; j++) {
            const int leaf = bucket->leaves[j];
            const bool active = og_inside_active(inside, x, leaf);
            const uint64_t radix = active ? (uint64_t)inside->domains[leaf].levels : 1;
            x[leaf] = active ? og_domain_value(inside, leaf, (int64_t)(rest % radix))
                             : inside->space->parameters[leaf].initial;
            rest /= radix;
        }
        assert(rest == 0);
    }
}

static uint64_t number_give_plan(const og_space_internals* inside, const og_plan* plan,
                                 const double* x) {
    og_levels levels;
    uint64_t share[OG_SPACE_PARAMETERS];
    for (int i = 0; i < plan->count; i++) {
        const int parameter = plan->buckets[i].parameter;
        levels.at[parameter] =
            (int32_t)og_parameter_level(&inside->space->parameters[parameter], x[parameter]);
    }
    for (int i = plan->count - 1; i >= 0; i--) {
        const og_bucket* bucket = &plan->buckets[i];
        const double* row = og_bucket_row(bucket, &levels);
        const int level = levels.at[bucket->parameter];
        uint64_t unit = 1;
        share[i] = level > 0 ? (uint64_t)row[level - 1] : 0;
        for (int j = 0; j < bucket->child_count; j++) {
            const og_bucket* child = &plan->buckets[bucket->children[j]];
            share[i] += unit * share[bucket->children[j]];
            unit *= (uint64_t)og_bucket_total(child, og_bucket_row(child, &levels));
        }
        for (int j = 0; j < bucket->leaf_count; j++) {
            const int leaf = bucket->leaves[j];
            if (og_inside_active(inside, x, leaf)) {
                const int64_t digit = og_parameter_level(&inside->space->parameters[leaf], x[leaf]);
                share[i] += unit * (uint64_t)digit;
                unit *= (uint64_t)inside->domains[leaf].levels;
            }
        }
    }
    return share[0];
}

static uint64_t number_plan_size(const og_plan* plan) {
    return (uint64_t)og_bucket_total(&plan->buckets[0], plan->buckets[0].sums);
}

void og_space_design(const og_space* space, uint64_t index, double* x) {
    const og_space_internals* inside = space->internals;
    assert(space->size > 0 && space->size < 0x1p53 && index < (uint64_t)space->size);
    for (int i = inside->free_count - 1; i >= 0; i--) {
        const int parameter = inside->free[i];
        const uint64_t radix = (uint64_t)inside->domains[parameter].levels;
        x[parameter] = og_domain_value(inside, parameter, (int64_t)(index % radix));
        index /= radix;
    }
    for (int i = 0; i < inside->plan_count; i++) {
        const uint64_t radix = number_plan_size(inside->plans[i]);
        number_take_plan(inside, inside->plans[i], index % radix, x);
        index /= radix;
    }
}

uint64_t og_space_index(const og_space* space, const double* x) {
    const og_space_internals* inside = space->internals;
    assert(space->size > 0 && space->size < 0x1p53);
    uint64_t index = 0;
    uint64_t unit = 1;
    for (int i = inside->free_count - 1; i >= 0; i--) {
        const int parameter = inside->free[i];
        const int64_t digit =
            og_parameter_level(&inside->space->parameters[parameter], x[parameter]);
        index += unit * (uint64_t)digit;
        unit *= (uint64_t)inside->domains[parameter].levels;
    }
    for (int i = 0; i < inside->plan_count; i++) {
        index += unit * number_give_plan(inside, inside->plans[i], x);
        unit *= number_plan_size(inside->plans[i]);
    }
    return index;
}
