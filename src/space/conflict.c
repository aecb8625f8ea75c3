// Which constraint empties a space, and which others it contradicts.

#include <assert.h>
#include <string.h>

#include "ogive/text.h"
#include "space/internals.h"

// True when some design meets the constraints that are not skipped.
static bool conflict_possible(const og_space_internals* inside, const bool* skipped) {
    og_arena* arena = og_arena_create();
    og_space_internals trial = *inside;
    trial.ties = OG_NEW(arena, og_tie, inside->tie_count);
    memcpy(trial.ties, inside->ties, sizeof *trial.ties * (size_t)inside->tie_count);
    const bool possible = og_plans_build(arena, &trial, skipped, false);
    og_arena_destroy(arena);
    return possible;
}

// Add constraints one by one until none is left to satisfy; returns the one that does it.
static int conflict_first(const og_space_internals* inside, bool* skipped) {
    for (int i = inside->condition_count; i < inside->tie_count; i++) {
        skipped[i] = true;
    }
    for (int i = inside->condition_count; i < inside->tie_count; i++) {
        skipped[i] = false;
        if (!conflict_possible(inside, skipped)) {
            return i;
        }
    }
    assert(false && "conditions alone leave the initial design");
    return -1;
}

og_status og_conflict_explain(const og_space_internals* inside) {
    og_arena* arena = og_arena_create();
    bool* skipped = OG_NEW(arena, bool, inside->tie_count);
    const int first = conflict_first(inside, skipped);
    og_buffer others = {.arena = arena};
    for (int i = inside->condition_count; i < first; i++) {
        skipped[i] = true;
        if (conflict_possible(inside, skipped)) {
            skipped[i] = false;
            og_buffer_print(&others, "%s'%s'", others.length > 0 ? ", " : "",
                            og_expression_text(inside->ties[i].expression));
        }
    }
    const char* text = og_expression_text(inside->ties[first].expression);
    const og_status status =
        others.length > 0
            ? og_fail(OG_ERROR_VALUE, "no design is feasible: constraint '%s' contradicts %s", text,
                      others.data)
            : og_fail(
                  OG_ERROR_VALUE,
                  "no design is feasible: constraint '%s' holds for no values of its parameters",
                  text);
    og_arena_destroy(arena);
    return status;
}
