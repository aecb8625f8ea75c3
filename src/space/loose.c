// Constraints that no table holds: designs are found by drawing, and by steps that lessen the
// violation.

#include <math.h>
#include <string.h>

#include "ogive/text.h"
#include "space/internals.h"

enum { LOOSE_DRAWS = 10000, LOOSE_STARTS = 20, LOOSE_STEPS = 2000 };

static bool loose_uses_scope(const og_tie* tie) {
    return tie->conditional < 0 && tie->scope_count > 0;
}

static double loose_violation(const og_space_internals* inside, const double* x) {
    double sum = 0;
    for (int i = inside->condition_count; i < inside->tie_count; i++) {
        sum += og_expression_violation(inside->ties[i].expression, x);
    }
    return sum;
}

// A parameter that a violated constraint reads, -1 when none is violated.
static int loose_culprit(const og_space_internals* inside, og_random* random, const double* x) {
    const og_tie* chosen = NULL;
    uint64_t seen = 0;
    for (int i = inside->condition_count; i < inside->tie_count; i++) {
        const og_tie* tie = &inside->ties[i];
        if (loose_uses_scope(tie) && og_expression_violation(tie->expression, x) > 0 &&
            og_random_below(random, ++seen) == 0) {
            chosen = tie;
        }
    }
    return chosen ? chosen->scope[og_random_below(random, (uint64_t)chosen->scope_count)] : -1;
}

bool og_loose_settle(const og_space_internals* inside, og_random* random, double* x, int tries) {
    const size_t bytes = sizeof *x * (size_t)inside->space->count;
    double y[OG_SPACE_PARAMETERS];
    double violation = loose_violation(inside, x);
    for (int i = 0; i < tries && violation > 0; i++) {
        const int index = loose_culprit(inside, random, x);
        if (index < 0) {
            return false;
        }
        memcpy(y, x, bytes);
        if (!og_inside_move(inside, random, y, index, i % 2 ? OG_MOVE_ANY : OG_MOVE_NEXT)) {
            continue;
        }
        og_inside_settle(inside, y);
        const double moved = loose_violation(inside, y);
        if (moved <= violation) {
            violation = moved;
            memcpy(x, y, bytes);
        }
    }
    return og_inside_holds(inside, x);
}

// Count for each constraint how often it held.
static void loose_count(const og_space_internals* inside, const double* x, int* held) {
    for (int i = inside->condition_count; i < inside->tie_count; i++) {
        held[i] += og_expression_violation(inside->ties[i].expression, x) <= 0;
    }
}

static og_status loose_fail(const og_space_internals* inside, const int* held) {
    int rarest = inside->condition_count;
    for (int i = rarest; i < inside->tie_count; i++) {
        rarest = held[i] < held[rarest] ? i : rarest;
    }
    return og_fail(OG_ERROR_VALUE,
                   "no feasible design was found: constraint '%s' held in %d of %d random designs",
                   og_expression_text(inside->ties[rarest].expression), held[rarest], LOOSE_DRAWS);
}

og_status og_loose_find(const og_space_internals* inside, double* x) {
    og_random random = og_random_make(0, 0);
    og_inside_settle(inside, x);
    if (og_loose_settle(inside, &random, x, LOOSE_STEPS)) {
        return OG_OK;
    }
    og_arena* arena = og_arena_create();
    int* held = OG_NEW(arena, int, inside->tie_count);
    bool found = false;
    for (int i = 0; i < LOOSE_DRAWS && !found; i++) {
        og_inside_draw(inside, &random, x);
        og_inside_settle(inside, x);
        loose_count(inside, x, held);
        found = og_inside_holds(inside, x);
    }
    for (int i = 0; i < LOOSE_STARTS && !found; i++) {
        og_inside_draw(inside, &random, x);
        og_inside_settle(inside, x);
        found = og_loose_settle(inside, &random, x, LOOSE_STEPS);
    }
    const og_status status = found ? OG_OK : loose_fail(inside, held);
    og_arena_destroy(arena);
    return status;
}
