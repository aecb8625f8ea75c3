// Choosing the parameters of a design one after the other.

#include <assert.h>

#include "space/internals.h"

int og_space_deciders(const og_space* space, int index, int* parameters) {
    const og_space_internals* inside = space->internals;
    assert(index >= 0 && index < space->count);
    if (inside->bucket_of[index] >= 0) {
        const og_bucket* bucket =
            &inside->plans[inside->plan_of[index]]->buckets[inside->bucket_of[index]];
        for (int i = 0; i < bucket->context_count; i++) {
            parameters[i] = bucket->context[i];
        }
        return bucket->context_count;
    }
    int count = 0;
    for (int i = 0; i < space->count && inside->condition[index] != NULL; i++) {
        if (og_expression_uses(inside->condition[index], i)) {
            parameters[count++] = i;
        }
    }
    return count;
}

bool og_space_tabled(const og_space* space) {
    return !space->internals->has_loose;
}

int og_space_allowed(const og_space* space, const double* x, int index, bool* allowed) {
    const og_space_internals* inside = space->internals;
    const int64_t count = inside->domains[index].levels;
    assert(index >= 0 && index < space->count && count > 0);
    const og_bucket* bucket = NULL;
    const double* row = NULL;
    if (inside->bucket_of[index] >= 0) {
        og_levels levels;
        bucket = &inside->plans[inside->plan_of[index]]->buckets[inside->bucket_of[index]];
        for (int i = 0; i < bucket->context_count; i++) {
            const int parameter = bucket->context[i];
            levels.at[parameter] =
                (int32_t)og_parameter_level(&space->parameters[parameter], x[parameter]);
        }
        row = og_bucket_row(bucket, &levels);
    }
    const bool active = bucket || og_inside_active(inside, x, index);
    int result = 0;
    for (int64_t level = 0; level < count; level++) {
        allowed[level] = bucket ? og_row_possible(row, level)
                                : active || level == inside->domains[index].initial;
        result += allowed[level];
    }
    assert(result > 0 && "the parameters chosen before have no feasible completion");
    return result;
}

void og_space_order(const og_space* space, int* order) {
    const og_space_internals* inside = space->internals;
    int count = 0;
    for (int p = 0; p < inside->plan_count; p++) {
        for (int i = 0; i < inside->plans[p]->count; i++) {
            order[count++] = inside->plans[p]->buckets[i].parameter;
        }
    }
    // leaves need their parents, which are all placed now; free parameters depend on loose ties
    // only
    for (int i = 0; i < inside->free_count; i++) {
        order[count++] = inside->free[i];
    }
    for (int p = 0; p < inside->plan_count; p++) {
        for (int i = 0; i < inside->plans[p]->leaf_count; i++) {
            order[count++] = inside->plans[p]->leaves[i];
        }
    }
    assert(count == space->count);
}
