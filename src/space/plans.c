// From ties to components to plans; ties whose tables would be too large become loose.

#include <assert.h>
#include <math.h>
#include <string.h>

#include "space/plan.h"

typedef struct plans_builder {
    og_arena* arena;
    og_arena* scratch;
    og_space_internals* inside;
    const bool* skipped;
    bool* tied;      // parameters that tables read, shape: [space.count]
    int* component;  // of each tied parameter, shape: [space.count]
    int component_count;
    og_plan_source* sources;  // list: [component_count]
    og_elimination* eliminations;
} plans_builder;

static const og_tie* plans_tie(const plans_builder* builder, int index) {
    const og_tie* tie = &builder->inside->ties[index];
    const bool skipped = builder->skipped && builder->skipped[index];
    return tie->loose || skipped ? NULL : tie;
}

static bool plans_is_leaf(const plans_builder* builder, const og_tie* tie) {
    return tie->conditional >= 0 && !builder->tied[tie->conditional];
}

static void plans_find_tied(plans_builder* builder) {
    builder->tied = OG_NEW(builder->scratch, bool, builder->inside->space->count);
    for (int i = 0; i < builder->inside->tie_count; i++) {
        const og_tie* tie = plans_tie(builder, i);
        if (!tie) {
            continue;
        }
        for (int j = 0; j < tie->scope_count; j++) {
            builder->tied[tie->scope[j]] = true;
        }
        // a condition that reads nothing has no table to hang on: it is one of its own
        if (tie->conditional >= 0 && tie->scope_count == 0) {
            builder->tied[tie->conditional] = true;
        }
    }
}

// All parameters that a tie connects, into `members` (room for scope_count + 1).
static int plans_members(const plans_builder* builder, const og_tie* tie, int* members) {
    int count = 0;
    for (int i = 0; i < tie->scope_count; i++) {
        members[count++] = tie->scope[i];
    }
    if (tie->conditional >= 0 && builder->tied[tie->conditional]) {
        members[count++] = tie->conditional;
    }
    return count;
}

static double plans_tie_entries(const plans_builder* builder, const og_tie* tie) {
    double entries = 1;
    for (int i = 0; i < tie->scope_count; i++) {
        entries *= (double)builder->inside->domains[tie->scope[i]].levels;
    }
    if (tie->conditional >= 0 && builder->tied[tie->conditional]) {
        entries *= (double)builder->inside->domains[tie->conditional].levels;
    }
    return entries;
}

static int plans_root(int* parent, int node) {
    while (parent[node] != node) {
        node = parent[node] = parent[parent[node]];
    }
    return node;
}

static void plans_find_components(plans_builder* builder) {
    const int count = builder->inside->space->count;
    int* parent = OG_NEW(builder->scratch, int, count);
    int* members = OG_NEW(builder->scratch, int, count + 1);
    for (int i = 0; i < count; i++) {
        parent[i] = i;
    }
    for (int i = 0; i < builder->inside->tie_count; i++) {
        const og_tie* tie = plans_tie(builder, i);
        const int member_count = tie ? plans_members(builder, tie, members) : 0;
        for (int j = 1; j < member_count; j++) {
            parent[plans_root(parent, members[j])] = plans_root(parent, members[0]);
        }
    }
    builder->component = OG_NEW(builder->scratch, int, count);
    builder->component_count = 0;
    int* number = OG_NEW(builder->scratch, int, count);
    for (int i = 0; i < count; i++) {
        const int root = plans_root(parent, i);
        if (builder->tied[i] && number[root] == 0) {
            number[root] = ++builder->component_count;
        }
        builder->component[i] = builder->tied[i] ? number[root] - 1 : -1;
    }
}

static void plans_collect_nodes(plans_builder* builder, int* node_of) {
    const int count = builder->inside->space->count;
    builder->sources = OG_NEW(builder->scratch, og_plan_source, builder->component_count);
    for (int i = 0; i < count; i++) {
        if (builder->component[i] >= 0) {
            node_of[i] = builder->sources[builder->component[i]].nodes++;
        }
    }
    for (int c = 0; c < builder->component_count; c++) {
        og_plan_source* source = &builder->sources[c];
        int* parameters = OG_NEW(builder->scratch, int, source->nodes);
        double* levels = OG_NEW(builder->scratch, double, source->nodes);
        for (int i = 0; i < count; i++) {
            if (builder->component[i] == c) {
                parameters[node_of[i]] = i;
                levels[node_of[i]] = (double)builder->inside->domains[i].levels;
            }
        }
        source->parameters = parameters;
        source->levels = levels;
    }
}

static void plans_collect_ties(plans_builder* builder, int component) {
    og_plan_source* source = &builder->sources[component];
    const int tie_count = builder->inside->tie_count;
    const og_tie** ties = OG_NEW(builder->scratch, const og_tie*, tie_count);
    const og_tie** leaves = OG_NEW(builder->scratch, const og_tie*, tie_count);
    for (int i = 0; i < tie_count; i++) {
        const og_tie* tie = plans_tie(builder, i);
        if (!tie) {
            continue;
        }
        const int any = tie->scope_count > 0 ? tie->scope[0] : tie->conditional;
        // a constraint that reads nothing belongs to no component
        if (any < 0 || builder->component[any] != component) {
            continue;
        }
        if (plans_is_leaf(builder, tie)) {
            leaves[source->leaf_count++] = tie;
        } else {
            ties[source->tie_count++] = tie;
        }
    }
    source->ties = ties;
    source->leaves = leaves;
}

static void plans_connect_nodes(plans_builder* builder, int component, const int* node_of) {
    og_plan_source* source = &builder->sources[component];
    const size_t nodes = (size_t)source->nodes;
    bool* adjacent = OG_NEW(builder->scratch, bool, nodes* nodes);
    int* members = OG_NEW(builder->scratch, int, nodes + 1);
    for (int t = 0; t < source->tie_count + source->leaf_count; t++) {
        const og_tie* tie =
            t < source->tie_count ? source->ties[t] : source->leaves[t - source->tie_count];
        const int count = plans_members(builder, tie, members);
        for (int i = 0; i < count * count; i++) {
            const size_t a = (size_t)node_of[members[i / count]];
            const size_t b = (size_t)node_of[members[i % count]];
            adjacent[a * nodes + b] = a != b;
        }
    }
    source->adjacent = adjacent;
}

// Find the components and an order of elimination for each; returns the entries of all tables.
static double plans_order(plans_builder* builder) {
    int* node_of = OG_NEW(builder->scratch, int, builder->inside->space->count);
    plans_find_components(builder);
    plans_collect_nodes(builder, node_of);
    builder->eliminations = OG_NEW(builder->scratch, og_elimination, builder->component_count);
    double entries = 0;
    for (int c = 0; c < builder->component_count; c++) {
        plans_collect_ties(builder, c);
        plans_connect_nodes(builder, c, node_of);
        const og_plan_source* source = &builder->sources[c];
        builder->eliminations[c] =
            og_elimination_find(builder->scratch, source->nodes, source->levels, source->adjacent,
                                -1, OG_SPACE_ENTRIES);
        entries += builder->eliminations[c].entries;
    }
    return entries;
}

// The tie with the largest table of its own becomes loose.
static void plans_loosen(plans_builder* builder) {
    int largest = -1;
    double most = 0;
    for (int i = 0; i < builder->inside->tie_count; i++) {
        const og_tie* tie = plans_tie(builder, i);
        const double entries = tie ? plans_tie_entries(builder, tie) : 0;
        if (entries > most) {
            most = entries;
            largest = i;
        }
    }
    assert(largest >= 0);
    builder->inside->ties[largest].loose = true;
    builder->inside->has_loose = true;
}

// Choose the ties that fit the limit, and their orders of elimination.
static void plans_choose(plans_builder* builder) {
    for (;;) {
        plans_find_tied(builder);
        bool fits = true;
        for (int i = 0; i < builder->inside->tie_count && fits; i++) {
            const og_tie* tie = plans_tie(builder, i);
            fits = !tie || plans_tie_entries(builder, tie) <= OG_SPACE_ENTRIES;
        }
        if (fits && plans_order(builder) <= OG_SPACE_ENTRIES) {
            return;
        }
        plans_loosen(builder);
    }
}

// Plans with each parameter of the component as root, as far as the limit allows.
static void plans_make_rooted(plans_builder* builder, int component, const og_plan* plan,
                              double* room, const og_plan** rooted) {
    const og_plan_source* source = &builder->sources[component];
    for (int node = 0; node < source->nodes; node++) {
        const int parameter = source->parameters[node];
        if (plan->buckets[0].parameter == parameter) {
            rooted[parameter] = plan;
            continue;
        }
        if (*room <= 0) {
            continue;
        }
        const og_elimination elimination = og_elimination_find(
            builder->scratch, source->nodes, source->levels, source->adjacent, node, *room);
        if (elimination.entries <= *room) {
            *room -= elimination.entries;
            rooted[parameter] =
                og_plan_make(builder->arena, builder->inside, source, elimination.order);
        }
    }
}

// Note for every parameter where it is decided.
static void plans_locate(plans_builder* builder) {
    og_space_internals* inside = builder->inside;
    const int count = inside->space->count;
    int* plan_of = OG_NEW(builder->arena, int, count);
    int* bucket_of = OG_NEW(builder->arena, int, count);
    int* free = OG_NEW(builder->arena, int, count);
    for (int i = 0; i < count; i++) {
        plan_of[i] = bucket_of[i] = -1;
    }
    for (int p = 0; p < inside->plan_count; p++) {
        const og_plan* plan = inside->plans[p];
        for (int i = 0; i < plan->count; i++) {
            plan_of[plan->buckets[i].parameter] = p;
            bucket_of[plan->buckets[i].parameter] = i;
        }
        for (int i = 0; i < plan->leaf_count; i++) {
            plan_of[plan->leaves[i]] = p;
        }
    }
    // those with loose conditions come last, each behind those that its condition reads
    inside->free_count = 0;
    for (int i = 0; i < count; i++) {
        if (plan_of[i] < 0 && !inside->condition[i]) {
            free[inside->free_count++] = i;
        }
    }
    for (int i = 0; i < inside->condition_count; i++) {
        if (plan_of[inside->ties[i].conditional] < 0) {
            free[inside->free_count++] = inside->ties[i].conditional;
        }
    }
    inside->plan_of = plan_of;
    inside->bucket_of = bucket_of;
    inside->free = free;
}

static bool plans_make(plans_builder* builder, bool rooted) {
    og_space_internals* inside = builder->inside;
    const og_plan** plans = OG_NEW(builder->arena, const og_plan*, builder->component_count);
    const og_plan** roots = OG_NEW(builder->arena, const og_plan*, inside->space->count);
    double room = rooted ? OG_SPACE_ROOTED_ENTRIES : 0;
    for (int c = 0; c < builder->component_count; c++) {
        plans[c] = og_plan_make(builder->arena, inside, &builder->sources[c],
                                builder->eliminations[c].order);
        if (plans[c]->support_count == 0) {
            return false;
        }
        plans_make_rooted(builder, c, plans[c], &room, roots);
    }
    inside->plans = plans;
    inside->plan_count = builder->component_count;
    inside->rooted = roots;
    plans_locate(builder);
    return true;
}

bool og_plans_build(og_arena* arena, og_space_internals* inside, const bool* skipped, bool rooted) {
    plans_builder builder = {
        .arena = arena, .scratch = og_arena_create(), .inside = inside, .skipped = skipped};
    plans_choose(&builder);
    bool possible = plans_make(&builder, rooted);
    for (int i = 0; i < inside->tie_count && possible; i++) {
        const og_tie* tie = plans_tie(&builder, i);
        if (tie && tie->conditional < 0 && tie->scope_count == 0) {
            possible = og_expression_violation(tie->expression, NULL) <= 0;
        }
    }
    og_arena_destroy(builder.scratch);
    return possible;
}
