#include "ogive/space.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "ogive/text.h"
#include "space/internals.h"

typedef struct space_builder {
    og_arena* arena;
    og_arena* scratch;
    const og_space_table* table;
    og_space* space;
    og_space_internals* inside;
    og_variable* variables;
} space_builder;

static og_status space_check_table(const og_space_table* table) {
    if (table->count > OG_SPACE_PARAMETERS) {
        return og_fail(OG_ERROR_VALUE, "the space has %d parameters, at most %d are possible",
                       table->count, OG_SPACE_PARAMETERS);
    }
    for (int i = 0; i < table->count; i++) {
        if (table->parameters[i].kind == OG_TEXT) {
            return og_fail(OG_ERROR_VALUE, "parameter '%s': text cannot be searched",
                           table->parameters[i].name);
        }
    }
    return og_parameters_check(table->parameters, table->count);
}

static void space_make_groups(space_builder* builder) {
    og_space* space = builder->space;
    const char** groups = OG_NEW(builder->arena, const char*, space->count);
    int* group_of = OG_NEW(builder->arena, int, space->count);
    for (int i = 0; i < space->count; i++) {
        const og_parameter* parameter = &space->parameters[i];
        const char* group = parameter->group ? parameter->group : parameter->name;
        int at = 0;
        while (at < space->group_count && strcmp(groups[at], group) != 0) {
            at++;
        }
        if (at == space->group_count) {
            groups[space->group_count++] = group;
        }
        group_of[i] = at;
    }
    space->groups = groups;
    space->group_of = group_of;
}

static og_tie space_make_tie(space_builder* builder, const og_expression* expression,
                             int conditional) {
    const int count = builder->space->count;
    int* scope = OG_NEW(builder->arena, int, count);
    og_tie tie = {.expression = expression, .conditional = conditional, .scope = scope};
    for (int i = 0; i < count; i++) {
        if (!og_expression_uses(expression, i)) {
            continue;
        }
        scope[tie.scope_count++] = i;
        const int64_t levels = builder->inside->domains[i].levels;
        tie.loose = tie.loose || levels == 0 || levels > OG_SPACE_ENTRIES;
    }
    if (tie.scope_count == 0 && conditional >= 0) {
        const int64_t levels = builder->inside->domains[conditional].levels;
        tie.loose = levels == 0 || levels > OG_SPACE_ENTRIES;
    }
    builder->inside->has_loose = builder->inside->has_loose || tie.loose;
    return tie;
}

static og_status space_compile_conditions(space_builder* builder) {
    const og_space* space = builder->space;
    builder->inside->condition = OG_NEW(builder->arena, const og_expression*, space->count);
    for (int i = 0; i < space->count; i++) {
        const og_parameter* parameter = &space->parameters[i];
        if (!parameter->active) {
            continue;
        }
        const og_expression* condition = NULL;
        const og_status status = og_expression_compile(
            builder->arena, parameter->active, builder->variables, space->count, &condition);
        if (status != OG_OK) {
            return og_fail_context(status, "condition of %s '%s'", parameter->name,
                                   parameter->active);
        }
        builder->inside->condition[i] = condition;
    }
    return OG_OK;
}

// True when every conditional parameter that the condition of `index` reads is already placed.
static bool space_is_ready(const space_builder* builder, const bool* placed, int index) {
    for (int i = 0; i < builder->space->count; i++) {
        if (builder->inside->condition[i] && !placed[i] &&
            og_expression_uses(builder->inside->condition[index], i)) {
            return false;
        }
    }
    return true;
}

// Put the conditions first among the ties, each behind those of the parameters it reads.
static og_status space_order_conditions(space_builder* builder) {
    og_space_internals* inside = builder->inside;
    const int count = builder->space->count;
    bool* placed = OG_NEW(builder->scratch, bool, count);
    for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < count; i++) {
            if (inside->condition[i] && !placed[i] && space_is_ready(builder, placed, i)) {
                inside->ties[inside->tie_count++] =
                    space_make_tie(builder, inside->condition[i], i);
                placed[i] = moved = true;
            }
        }
    }
    for (int i = 0; i < count; i++) {
        if (inside->condition[i] && !placed[i]) {
            return og_fail(OG_ERROR_VALUE, "condition of %s '%s' depends on %s itself",
                           builder->space->parameters[i].name, builder->space->parameters[i].active,
                           builder->space->parameters[i].name);
        }
    }
    inside->condition_count = inside->tie_count;
    return OG_OK;
}

static og_status space_compile_constraints(space_builder* builder) {
    og_space_internals* inside = builder->inside;
    for (int i = 0; i < builder->table->constraint_count; i++) {
        const char* text = builder->table->constraints[i];
        const og_expression* constraint = NULL;
        const og_status status = og_expression_compile_constraint(
            builder->arena, text, builder->variables, builder->space->count, &constraint);
        if (status != OG_OK) {
            return og_fail_context(status, "constraint '%s'", text);
        }
        inside->ties[inside->tie_count++] = space_make_tie(builder, constraint, -1);
    }
    return OG_OK;
}

static og_status space_compile_ties(space_builder* builder) {
    const og_space* space = builder->space;
    builder->variables = OG_NEW(builder->scratch, og_variable, space->count);
    for (int i = 0; i < space->count; i++) {
        builder->variables[i] = (og_variable){space->parameters[i].name, &space->parameters[i]};
    }
    builder->inside->ties =
        OG_NEW(builder->arena, og_tie, space->count + builder->table->constraint_count);
    OG_TRY(space_compile_conditions(builder));
    OG_TRY(space_order_conditions(builder));
    return space_compile_constraints(builder);
}

static double space_size(const og_space_internals* inside, bool discrete) {
    if (!discrete) {
        return INFINITY;
    }
    if (inside->has_loose) {
        return -1;
    }
    double size = 1;
    int exponent = 0;
    for (int p = 0; p < inside->plan_count; p++) {
        const og_plan* plan = inside->plans[p];
        const og_bucket* root = &plan->buckets[0];
        size *= og_bucket_total(root, root->sums);
        exponent += plan->exponent;
    }
    for (int i = 0; i < inside->free_count; i++) {
        size *= (double)inside->domains[inside->free[i]].levels;
    }
    size = ldexp(size, exponent);
    // a scaled table cannot number designs
    return exponent > 0 && size < 0x1p53 ? -1 : size;
}

static og_status space_find_initial(space_builder* builder) {
    og_space_internals* inside = builder->inside;
    double* x = OG_NEW(builder->arena, double, builder->space->count);
    for (int i = 0; i < builder->space->count; i++) {
        x[i] = builder->space->parameters[i].initial;
    }
    inside->initial = x;
    if (og_inside_holds(inside, x)) {
        return OG_OK;
    }
    og_inside_repair(inside, NULL, x);
    return inside->has_loose ? og_loose_find(inside, x) : OG_OK;
}

og_status og_space_create(og_arena* arena, const og_space_table* table, const og_space** space) {
    assert(table->count >= 0 && table->constraint_count >= 0);
    OG_TRY(space_check_table(table));
    og_space* made = OG_NEW(arena, og_space, 1);
    og_space_internals* inside = OG_NEW(arena, og_space_internals, 1);
    *made = (og_space){.parameters = table->parameters,
                       .count = table->count,
                       .discrete = true,
                       .internals = inside};
    inside->space = made;
    space_builder builder = {.arena = arena,
                             .scratch = og_arena_create(),
                             .table = table,
                             .space = made,
                             .inside = inside};
    og_domains_make(arena, inside);
    for (int i = 0; i < made->count; i++) {
        made->discrete = made->discrete && inside->domains[i].levels > 0;
    }
    space_make_groups(&builder);
    og_status status = space_compile_ties(&builder);
    if (status == OG_OK && !og_plans_build(arena, inside, NULL, true)) {
        status = og_conflict_explain(inside);
    }
    if (status == OG_OK) {
        made->size = space_size(inside, made->discrete);
        status = space_find_initial(&builder);
    }
    og_arena_destroy(builder.scratch);
    *space = made;
    return status;
}

bool og_inside_holds(const og_space_internals* inside, const double* x) {
    for (int i = 0; i < inside->tie_count; i++) {
        const og_tie* tie = &inside->ties[i];
        const double truth = og_expression_evaluate(tie->expression, x);
        const bool holds = truth < 0 || truth > 0;
        if (!holds &&
            (tie->conditional < 0 ||
             x[tie->conditional] != inside->space->parameters[tie->conditional].initial)) {
            return false;
        }
    }
    return true;
}

void og_inside_settle(const og_space_internals* inside, double* x) {
    for (int i = 0; i < inside->condition_count; i++) {
        const int index = inside->ties[i].conditional;
        if (!og_inside_active(inside, x, index)) {
            x[index] = inside->space->parameters[index].initial;
        }
    }
}

bool og_space_contains(const og_space* space, const double* x) {
    for (int i = 0; i < space->count; i++) {
        if (!og_parameter_admits(&space->parameters[i], x[i])) {
            return false;
        }
    }
    return og_inside_holds(space->internals, x);
}

static og_status space_refuse_value(const og_parameter* parameter, double value) {
    og_arena* arena = og_arena_create();
    og_buffer range = {.arena = arena};
    og_parameter_print_range(parameter, &range);
    char number[32];
    const og_status status = og_fail(OG_ERROR_VALUE, "%s: %s is not allowed, allowed: %s",
                                     parameter->name, og_text_real(value, number), range.data);
    og_arena_destroy(arena);
    return status;
}

static og_status space_refuse_inactive(const og_parameter* parameter, double value) {
    og_arena* arena = og_arena_create();
    og_buffer given = {.arena = arena};
    og_buffer initial = {.arena = arena};
    og_parameter_print(parameter, value, &given);
    og_parameter_print(parameter, parameter->initial, &initial);
    const og_status status =
        og_fail(OG_ERROR_VALUE, "%s: %s is not allowed while '%s' is false, allowed: %s",
                parameter->name, given.data, parameter->active, initial.data);
    og_arena_destroy(arena);
    return status;
}

og_status og_space_check(const og_space* space, const double* x) {
    const og_space_internals* inside = space->internals;
    for (int i = 0; i < space->count; i++) {
        const og_parameter* parameter = &space->parameters[i];
        if (!og_parameter_admits(parameter, x[i])) {
            return space_refuse_value(parameter, x[i]);
        }
        if (x[i] != parameter->initial && !og_inside_active(inside, x, i)) {
            return space_refuse_inactive(parameter, x[i]);
        }
    }
    for (int i = inside->condition_count; i < inside->tie_count; i++) {
        if (og_expression_violation(inside->ties[i].expression, x) > 0) {
            return og_fail(OG_ERROR_VALUE, "constraint '%s' does not hold",
                           og_expression_text(inside->ties[i].expression));
        }
    }
    return OG_OK;
}

bool og_space_active(const og_space* space, const double* x, int index) {
    assert(index >= 0 && index < space->count);
    return og_inside_active(space->internals, x, index);
}

void og_space_initial(const og_space* space, double* x) {
    memcpy(x, space->internals->initial, sizeof *x * (size_t)space->count);
}
