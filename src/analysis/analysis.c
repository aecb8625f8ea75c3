// A recorded study as tables: its objectives compiled and computed, its designs told apart.

#include "analysis/analysis.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "ogive/random.h"
#include "ogive/text.h"

static og_variable* analysis_variables(og_arena* arena, const og_study_record* record) {
    og_variable* variables = OG_NEW(arena, og_variable, record->space.count + record->metric_count);
    for (int i = 0; i < record->space.count; i++) {
        const og_parameter* row = &record->space.parameters[i];
        variables[i] = (og_variable){row->name, row};
    }
    for (int i = 0; i < record->metric_count; i++) {
        variables[record->space.count + i].name = record->metrics[i].name;
    }
    return variables;
}

// Split "target EXPRESSION = NUMBER" at its last equals sign.
static bool analysis_read_target(og_arena* arena, const char* text, og_analysis_goal* goal) {
    const char* last = NULL;
    for (const char* at = strstr(text, " = "); at; at = strstr(at + 1, " = ")) {
        last = at;
    }
    if (!last || !og_text_number(last + 3, &goal->target)) {
        return false;
    }
    goal->name = og_text_copy(arena, text, (size_t)(last - text));
    return true;
}

static og_status analysis_read_goal(og_arena* arena, const og_study_record* record,
                                    const og_variable* variables, const char* text,
                                    og_analysis_goal* goal) {
    static const char* const senses[] = {"minimize ", "maximize ", "target "};
    int sense = 0;
    while (sense < 3 && strncmp(text, senses[sense], strlen(senses[sense])) != 0) {
        sense++;
    }
    goal->sense = (og_sense)sense;
    bool known = sense < 3;
    if (known) {
        goal->name = text + strlen(senses[sense]);
        known = goal->sense != OG_TARGET || analysis_read_target(arena, goal->name, goal);
    }
    if (!known) {
        return og_fail(OG_ERROR_STORE, "study %s: its objective '%s' cannot be read", record->name,
                       text);
    }
    const og_status status =
        og_expression_compile(arena, goal->name, variables,
                              record->space.count + record->metric_count, &goal->expression);
    return status == OG_OK
               ? OG_OK
               : og_fail_context(status, "study %s: objective '%s'", record->name, text);
}

static og_status analysis_read_constraints(og_arena* arena, const og_study_record* record,
                                           struct og_analysis_internals* own) {
    own->constraints = OG_NEW(arena, const og_expression*, record->constraint_count);
    for (int i = 0; i < record->constraint_count; i++) {
        const og_status status = og_expression_compile_constraint(
            arena, record->constraints[i], own->variables,
            record->space.count + record->metric_count, &own->constraints[i]);
        if (status != OG_OK) {
            return og_fail_context(status, "study %s: constraint '%s'", record->name,
                                   record->constraints[i]);
        }
    }
    return OG_OK;
}

double og_analysis_goal_minimal(const og_analysis_goal* goal, double raw) {
    switch (goal->sense) {
    case OG_MINIMIZE: return raw;
    case OG_MAXIMIZE: return -raw;
    case OG_TARGET: return fabs(raw - goal->target);
    }
    assert(false && "a sense of og_sense");
    return raw;
}

// Objectives of one design, NaN unless it has metrics; `values` (shape: [parameters and metrics])
// is scratch.
static void analysis_judge(const og_study_record* record, const og_analysis_goal* goals,
                           const double* x, const double* y, double* values, double* raw,
                           double* minimal) {
    for (int k = 0; k < record->objective_count; k++) {
        raw[k] = minimal[k] = NAN;
    }
    if (!x || !y) {
        return;
    }
    memcpy(values, x, sizeof *values * (size_t)record->space.count);
    memcpy(values + record->space.count, y, sizeof *values * (size_t)record->metric_count);
    for (int k = 0; k < record->objective_count; k++) {
        raw[k] = og_expression_evaluate(goals[k].expression, values);
        minimal[k] = og_analysis_goal_minimal(&goals[k], raw[k]);
    }
}

static void analysis_compute(og_arena* arena, og_analysis* analysis) {
    const og_study_record* record = analysis->record;
    struct og_analysis_internals* own = analysis->internals;
    const int width = record->objective_count;
    double* values = OG_NEW(arena, double, record->space.count + record->metric_count);
    const size_t size = (size_t)record->trial_count * (size_t)width;
    double* minimal = OG_NEW(arena, double, size);
    own->raw = OG_NEW(arena, double, size);
    for (int64_t i = 0; i < record->trial_count; i++) {
        const og_trial* trial = &analysis->trials[i];
        const double* y = trial->outcome == OG_FEASIBLE ? trial->y : NULL;
        analysis_judge(record, own->goals, trial->x, y, values, own->raw + i * width,
                       minimal + i * width);
    }
    analysis->objectives = minimal;
    own->reference_raw = OG_NEW(arena, double, width);
    own->reference_minimal = OG_NEW(arena, double, width);
    analysis_judge(record, own->goals, record->reference_x, record->reference_y, values,
                   own->reference_raw, own->reference_minimal);
}

// Equal for equal designs; -0 and 0 are equal.
static uint64_t analysis_hash(const double* x, int count) {
    uint64_t hash = UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < count; i++) {
        const double value = x[i] + 0.0;
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        hash = (hash ^ bits) * UINT64_C(0xBF58476D1CE4E5B9);
        hash ^= hash >> 29;
    }
    return hash;
}

static bool analysis_equal(const double* a, const double* b, int count) {
    for (int i = 0; i < count; i++) {
        if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}

// The place of design x in the table: that of the trial which has it, or a free one.
static uint64_t analysis_place(const og_analysis* analysis, const double* x) {
    const struct og_analysis_internals* own = analysis->internals;
    const int width = analysis->record->space.count;
    uint64_t place = analysis_hash(x, width) & own->mask;
    while (own->table[place] >= 0 &&
           !analysis_equal(analysis->trials[own->table[place]].x, x, width)) {
        place = (place + 1) & own->mask;
    }
    return place;
}

int64_t og_analysis_find(const og_analysis* analysis, const double* x) {
    return analysis->internals->table[analysis_place(analysis, x)];
}

static void analysis_tell_apart(og_arena* arena, og_analysis* analysis) {
    const int64_t count = analysis->record->trial_count;
    struct og_analysis_internals* own = analysis->internals;
    uint64_t size = 16;
    while (size < 2 * (uint64_t)count) {
        size *= 2;
    }
    own->mask = size - 1;
    own->table = OG_NEW(arena, int64_t, size);
    memset(own->table, 0xff, sizeof *own->table * size);
    int64_t* first = OG_NEW(arena, int64_t, count);
    int64_t* distinct = OG_NEW(arena, int64_t, count);
    for (int64_t i = 0; i < count; i++) {
        const uint64_t place = analysis_place(analysis, analysis->trials[i].x);
        if (own->table[place] < 0) {
            own->table[place] = i;
            distinct[analysis->distinct_count++] = i;
        }
        first[i] = own->table[place];
    }
    analysis->first = first;
    analysis->distinct = distinct;
}

og_status og_analysis_create(og_arena* arena, const og_study_record* record, const og_trial* trials,
                             const og_analysis** created) {
    og_analysis* analysis = OG_NEW(arena, og_analysis, 1);
    struct og_analysis_internals* own = OG_NEW(arena, struct og_analysis_internals, 1);
    *analysis = (og_analysis){.record = record, .trials = trials, .internals = own};
    own->variables = analysis_variables(arena, record);
    own->goals = OG_NEW(arena, og_analysis_goal, record->objective_count);
    for (int k = 0; k < record->objective_count; k++) {
        OG_TRY(analysis_read_goal(arena, record, own->variables, record->objectives[k],
                                  &own->goals[k]));
    }
    OG_TRY(analysis_read_constraints(arena, record, own));
    analysis_compute(arena, analysis);
    analysis_tell_apart(arena, analysis);
    *created = analysis;
    return OG_OK;
}

bool og_analysis_accepted(const og_trial* trial) {
    return trial->outcome == OG_FEASIBLE && trial->violation == 0;
}

int64_t* og_analysis_draw(og_arena* arena, int64_t count, int64_t most, uint64_t seed) {
    int64_t* drawn = OG_NEW(arena, int64_t, count < most ? count : most);
    if (count <= most) {
        for (int64_t i = 0; i < count; i++) {
            drawn[i] = i;
        }
        return drawn;
    }
    const og_arena_mark mark = og_arena_here(arena);
    bool* chosen = OG_NEW(arena, bool, count);
    og_random random = og_random_make(seed, 0);
    const og_permutation order = og_permutation_make(&random, (uint64_t)count);
    for (int64_t i = 0; i < most; i++) {
        chosen[og_permutation_at(&order, (uint64_t)i)] = true;
    }
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++) {
        if (chosen[i]) {
            drawn[found++] = i;
        }
    }
    og_arena_rewind(arena, mark);
    return drawn;
}
