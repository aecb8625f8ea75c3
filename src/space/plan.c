// One plan: the tables of variable elimination (Dechter, Artificial Intelligence 113, 1999) over
// one component.

#include "space/plan.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

// Counts above this are divided by a power of two, so that products of several stay finite.
#define PLAN_LARGE 0x1p100

typedef struct plan_builder {
    const og_plan_source* source;
    const og_space_internals* inside;
    og_arena* arena;
    og_arena* scratch;
    og_plan* plan;
    int* position;  // of each parameter in the order of elimination, shape: [space.count]
    double* x;      // the design of the table entry being filled, shape: [space.count]
    og_levels* levels;
} plan_builder;

// The bucket of the scope parameter that is eliminated first.
static int plan_bucket_of(const plan_builder* builder, const int* scope, int count) {
    int first = scope[0];
    for (int i = 1; i < count; i++) {
        if (builder->position[scope[i]] < builder->position[first]) {
            first = scope[i];
        }
    }
    return builder->plan->count - 1 - builder->position[first];
}

static void plan_append(og_arena* arena, const int** list, int* count, int value) {
    int* longer = OG_NEW(arena, int, *count + 1);
    if (*count > 0) {
        memcpy(longer, *list, sizeof(int) * (size_t)*count);
    }
    longer[(*count)++] = value;
    *list = longer;
}

// Eliminate node by node to find what each one's table ranges over.
static void plan_make_contexts(plan_builder* builder, const int* order) {
    const og_plan_source* source = builder->source;
    const int nodes = source->nodes;
    const size_t cells = (size_t)nodes * (size_t)nodes;
    bool* adjacent = OG_NEW(builder->scratch, bool, cells);
    memcpy(adjacent, source->adjacent, cells * sizeof *adjacent);
    bool* gone = OG_NEW(builder->scratch, bool, nodes);
    int* around = OG_NEW(builder->scratch, int, nodes);
    for (int k = 0; k < nodes; k++) {
        const int node = order[k];
        int count = 0;
        gone[node] = true;
        for (int i = 0; i < nodes; i++) {
            if (adjacent[(size_t)node * (size_t)nodes + (size_t)i] && !gone[i]) {
                around[count++] = i;
            }
        }
        for (int i = 0; i < count * count; i++) {
            const int a = around[i / count];
            const int b = around[i % count];
            adjacent[(size_t)a * (size_t)nodes + (size_t)b] = a != b;
        }
        int* context = OG_NEW(builder->arena, int, count);
        int64_t* strides = OG_NEW(builder->arena, int64_t, count);
        og_bucket* bucket = &builder->plan->buckets[nodes - 1 - k];
        *bucket = (og_bucket){.parameter = source->parameters[node],
                              .levels = (int)source->levels[node],
                              .context = context,
                              .strides = strides,
                              .context_count = count,
                              .rows = 1};
        for (int i = 0; i < count; i++) {
            context[i] = source->parameters[around[i]];
            strides[i] = bucket->rows;
            bucket->rows *= (int64_t)source->levels[around[i]];
        }
    }
}

static void plan_connect(plan_builder* builder) {
    og_plan* plan = builder->plan;
    for (int i = plan->count - 1; i > 0; i--) {
        const og_bucket* bucket = &plan->buckets[i];
        // the component is connected, so only the root has no context
        assert(bucket->context_count > 0);
        og_bucket* parent =
            &plan->buckets[plan_bucket_of(builder, bucket->context, bucket->context_count)];
        plan_append(builder->arena, &parent->children, &parent->child_count, i);
    }
    for (int i = 0; i < builder->source->leaf_count; i++) {
        const og_tie* tie = builder->source->leaves[i];
        plan_append(builder->arena, &plan->leaves, &plan->leaf_count, tie->conditional);
        if (builder->inside->domains[tie->conditional].levels > 0) {
            og_bucket* bucket =
                &plan->buckets[plan_bucket_of(builder, tie->scope, tie->scope_count)];
            plan_append(builder->arena, &bucket->leaves, &bucket->leaf_count, tie->conditional);
        }
    }
}

// The ties that are decided in bucket `index`, whose conditional parameter (if any) is tied.
static int plan_collect(const plan_builder* builder, int index, const og_tie** ties) {
    int count = 0;
    for (int i = 0; i < builder->source->tie_count; i++) {
        const og_tie* tie = builder->source->ties[i];
        int where =
            tie->scope_count > 0 ? plan_bucket_of(builder, tie->scope, tie->scope_count) : 0;
        if (tie->conditional >= 0) {
            const int own = plan_bucket_of(builder, &tie->conditional, 1);
            where = tie->scope_count == 0 || own > where ? own : where;
        }
        if (where == index) {
            ties[count++] = tie;
        }
    }
    return count;
}

static bool plan_tie_holds(const plan_builder* builder, const og_tie* tie) {
    const double truth = og_expression_evaluate(tie->expression, builder->x);
    if (truth < 0 || truth > 0) {
        return true;
    }
    if (tie->conditional < 0) {
        return false;
    }
    return builder->levels->at[tie->conditional] ==
           builder->inside->domains[tie->conditional].initial;
}

// Completions of the entry that builder->x stands at: what hangs below, where all ties hold.
static double plan_weigh(const plan_builder* builder, const og_bucket* bucket,
                         const og_tie* const* ties, int tie_count) {
    for (int i = 0; i < tie_count; i++) {
        if (!plan_tie_holds(builder, ties[i])) {
            return 0;
        }
    }
    double weight = 1;
    for (int i = 0; i < bucket->child_count; i++) {
        const og_bucket* child = &builder->plan->buckets[bucket->children[i]];
        const double below = og_bucket_total(child, og_bucket_row(child, builder->levels));
        if (below <= 0) {
            return 0;
        }
        weight *= below;
    }
    for (int i = 0; i < bucket->leaf_count; i++) {
        if (og_inside_active(builder->inside, builder->x, bucket->leaves[i])) {
            weight *= (double)builder->inside->domains[bucket->leaves[i]].levels;
        }
    }
    return fmax(weight, DBL_MIN);
}

static void plan_set(const plan_builder* builder, int parameter, int64_t level) {
    builder->levels->at[parameter] = (int32_t)level;
    builder->x[parameter] = og_domain_value(builder->inside, parameter, level);
}

static void plan_fill_row(const plan_builder* builder, const og_bucket* bucket,
                          const og_tie* const* ties, int tie_count, double* row) {
    double sum = 0;
    for (int level = 0; level < bucket->levels; level++) {
        plan_set(builder, bucket->parameter, level);
        const double weight = plan_weigh(builder, bucket, ties, tie_count);
        if (weight > 0) {
            // beside a sum above 2^53 a small weight would vanish, and its level with it
            sum = sum + weight > sum ? sum + weight : nextafter(sum, INFINITY);
        }
        row[level] = sum;
    }
}

// Divide large counts by a power of two.
static void plan_scale(og_plan* plan, og_bucket* bucket) {
    double most = 0;
    for (int64_t row = 0; row < bucket->rows; row++) {
        most = fmax(most, bucket->sums[(row + 1) * bucket->levels - 1]);
    }
    if (most <= PLAN_LARGE) {
        return;
    }
    const int exponent = ilogb(most);
    for (int64_t i = 0; i < bucket->rows * bucket->levels; i++) {
        bucket->sums[i] = ldexp(bucket->sums[i], -exponent);
    }
    plan->exponent += exponent;
}

static void plan_fill(const plan_builder* builder, int index) {
    og_bucket* bucket = &builder->plan->buckets[index];
    const og_tie** ties = OG_NEW(builder->scratch, const og_tie*, builder->source->tie_count);
    const int tie_count = plan_collect(builder, index, ties);
    const size_t entries = (size_t)bucket->rows * (size_t)bucket->levels;
    bucket->sums = og_arena_allocate_raw(builder->arena, entries * sizeof *bucket->sums);
    for (int i = 0; i < bucket->context_count; i++) {
        plan_set(builder, bucket->context[i], 0);
    }
    for (int64_t row = 0; row < bucket->rows; row++) {
        plan_fill_row(builder, bucket, ties, tie_count, bucket->sums + row * bucket->levels);
        // next choice of the context, like a counter of mixed radix
        for (int i = 0; i < bucket->context_count; i++) {
            const int parameter = bucket->context[i];
            const int64_t next = builder->levels->at[parameter] + 1;
            const bool wraps = next == builder->inside->domains[parameter].levels;
            plan_set(builder, parameter, wraps ? 0 : next);
            if (!wraps) {
                break;
            }
        }
    }
    plan_scale(builder->plan, bucket);
}

static void plan_find_support(plan_builder* builder) {
    og_plan* plan = builder->plan;
    const og_bucket* root = &plan->buckets[0];
    int* support = OG_NEW(builder->arena, int, root->levels);
    for (int level = 0; level < root->levels; level++) {
        if (og_row_possible(root->sums, level)) {
            support[plan->support_count++] = level;
        }
    }
    plan->support = support;
}

const og_plan* og_plan_make(og_arena* arena, const og_space_internals* inside,
                            const og_plan_source* source, const int* order) {
    og_arena* scratch = og_arena_create();
    const int count = inside->space->count;
    og_plan* plan = OG_NEW(arena, og_plan, 1);
    plan->count = source->nodes;
    plan->buckets = OG_NEW(arena, og_bucket, source->nodes);
    plan_builder builder = {
        .source = source,
        .inside = inside,
        .arena = arena,
        .scratch = scratch,
        .plan = plan,
        .position = OG_NEW(scratch, int, count),
        .x = OG_NEW(scratch, double, count),
        .levels = OG_NEW(scratch, og_levels, 1),
    };
    for (int i = 0; i < source->nodes; i++) {
        builder.position[source->parameters[order[i]]] = i;
    }
    plan_make_contexts(&builder, order);
    plan_connect(&builder);
    for (int i = plan->count - 1; i >= 0; i--) {
        plan_fill(&builder, i);
    }
    plan_find_support(&builder);
    og_arena_destroy(scratch);
    return plan;
}
