/// What every agent must do, as checks that return a verdict: NULL, or what is wrong.
#pragma once

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/agent.h"
#include "ogive/status.h"

/// Answers that the world gives to an agent.
typedef enum conformance_world {
    WORLD_BOWL,      ///< loss grows with the distance from a design in the middle
    WORLD_CORNER,    ///< the optimum is the first level of every parameter
    WORLD_FLAT,      ///< all designs cost the same
    WORLD_FAILED,    ///< every evaluation fails
    WORLD_VIOLATED,  ///< every design violates a constraint, by the loss of WORLD_BOWL
    WORLD_MIXED,     ///< a third fails, a third violates, huge losses
    WORLD_COUNT,
} conformance_world;

/// One run of an agent.
typedef struct conformance_run {
    const og_agent_type* type;
    const og_space* space;
    const og_settings* options;
    conformance_world world;
    int objective_count;
    int batch;
    int budget;  ///< stop once this many designs were proposed
    uint64_t seed;
    double scrap;     ///< written over what was told, after the call
    bool may_repeat;  ///< an option asks for designs to be proposed again
} conformance_run;

/// What came of it.
typedef struct conformance_log {
    double* x;  ///< shape: [count][space->count]
    int count;
    bool exhausted;  ///< the agent proposed nothing more
    bool refused;    ///< it did not start: og_error_text() says why
    const char* fault;
} conformance_log;

static char conformance_text[512];

__attribute__((format(printf, 1, 2))) static const char* conformance_fault(const char* format,
                                                                           ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(conformance_text, sizeof conformance_text, format, arguments);
    va_end(arguments);
    return conformance_text;
}

// Position of a value in [0, 1].
static double conformance_position(const og_parameter* parameter, double value) {
    if (parameter->kind == OG_REAL) {
        return (value - parameter->minimum) / (parameter->maximum - parameter->minimum);
    }
    const double levels = (double)og_parameter_levels(parameter);
    return levels > 1 ? (double)og_parameter_level(parameter, value) / (levels - 1) : 0;
}

static double conformance_loss(const conformance_run* run, const double* x, double target) {
    double sum = 0;
    for (int i = 0; i < run->space->count; i++) {
        const double z = conformance_position(&run->space->parameters[i], x[i]) - target;
        sum += (1 + 0.1 * i) * z * z;
    }
    return sum;
}

static void conformance_answer(const conformance_run* run, const double* x, double* objectives,
                               og_told* told) {
    double loss = conformance_loss(run, x, run->world == WORLD_CORNER ? 0 : 0.45);
    const uint64_t third = og_space_hash(run->space, x) % 3;
    *told = (og_told){.x = x, .objectives = objectives};
    told->failed = run->world == WORLD_FAILED || (run->world == WORLD_MIXED && third == 0);
    if (run->world == WORLD_VIOLATED || (run->world == WORLD_MIXED && third == 1)) {
        told->violation = 0.01 + loss;
    }
    if (run->world == WORLD_FLAT) {
        loss = 1;
    } else if (run->world == WORLD_MIXED) {
        loss = exp(40 * loss);
    }
    for (int k = 0; k < run->objective_count; k++) {
        objectives[k] = told->failed ? NAN : loss + 0.1 * k;
    }
    told->loss = told->failed ? INFINITY : loss;
}

enum { CONFORMANCE_MOST_BATCH = 64, CONFORMANCE_MOST_OBJECTIVES = 3 };
#define CONFORMANCE_GUARD 123456.789

/// Start an agent for a run.
static og_agent* conformance_start(og_arena* arena, const conformance_run* run) {
    const double features[] = {0.25, 4};
    og_agent_setup setup = {
        .space = run->space,
        .options = run->options,
        .objective_count = run->objective_count,
        .features = features,
        .feature_count = 2,
        .seed = run->seed,
    };
    og_agent* agent = NULL;
    return og_agent_start(arena, run->type, &setup, &agent) == OG_OK ? agent : NULL;
}

/// One ask and one tell; the designs are added to the log.
static void conformance_round(const conformance_run* run, og_agent* agent, conformance_log* log) {
    const int width = run->space->count;
    double* x = log->x + (size_t)log->count * (size_t)width;
    for (int i = 0; i < (run->batch + 1) * width; i++) {
        x[i] = CONFORMANCE_GUARD;
    }
    const int made = run->type->ask(agent, run->batch, x);
    if (made < 0 || made > run->batch) {
        log->fault = conformance_fault("asked for %d designs, returned %d", run->batch, made);
        return;
    }
    const double guard = CONFORMANCE_GUARD;
    if (memcmp(&x[run->batch * width], &guard, sizeof guard) != 0) {
        log->fault = conformance_fault("wrote behind the designs that were asked for");
        return;
    }
    for (int i = 0; i < made; i++) {
        if (!og_space_contains(run->space, x + i * width)) {
            log->fault = conformance_fault("proposal %d is infeasible", log->count + i);
            return;
        }
    }
    log->exhausted = made == 0;
    og_told told[CONFORMANCE_MOST_BATCH];
    double objectives[CONFORMANCE_MOST_BATCH * CONFORMANCE_MOST_OBJECTIVES];
    double copy[CONFORMANCE_MOST_BATCH * 64];
    memcpy(copy, x, sizeof(double) * (size_t)(made * width));
    for (int i = 0; i < made; i++) {
        conformance_answer(run, copy + i * width, objectives + i * run->objective_count, &told[i]);
    }
    if (run->type->tell != NULL && made > 0) {
        run->type->tell(agent, made, told);
    }
    for (int i = 0; i < made * width; i++) {
        copy[i] = run->scrap;
    }
    for (int i = 0; i < made * run->objective_count; i++) {
        objectives[i] = run->scrap;
    }
    log->count += made;
}

static conformance_log conformance_prepare(og_arena* arena, const conformance_run* run) {
    const size_t rows = (size_t)(run->budget + 2 * run->batch + 1);
    return (conformance_log){.x = OG_NEW(arena, double, rows*(size_t)run->space->count)};
}

/// Run an agent until its budget is spent or it proposes nothing more.
static conformance_log conformance_go(og_arena* arena, const conformance_run* run) {
    conformance_log log = conformance_prepare(arena, run);
    og_agent* agent = conformance_start(arena, run);
    log.refused = agent == NULL;
    while (agent != NULL && log.fault == NULL && !log.exhausted && log.count < run->budget) {
        conformance_round(run, agent, &log);
    }
    return log;
}

static bool conformance_same(const conformance_run* run, const conformance_log* a,
                             const conformance_log* b) {
    return a->count == b->count &&
           memcmp(a->x, b->x, sizeof(double) * (size_t)(a->count * run->space->count)) == 0;
}

/// Only feasible designs, none twice, and nothing missing when a countable space is exhausted.
static const char* conformance_proposals(og_arena* arena, const conformance_run* run) {
    const conformance_log log = conformance_go(arena, run);
    const int width = run->space->count;
    if (log.refused || log.fault != NULL || run->may_repeat) {
        return log.fault;
    }
    for (int i = 0; i < log.count; i++) {
        const double* x = log.x + i * width;
        for (int k = 0; k < i; k++) {
            if (memcmp(log.x + k * width, x, sizeof(double) * (size_t)width) == 0) {
                return conformance_fault("proposal %d repeats %d", i, k);
            }
        }
    }
    const double size = run->space->size;
    if (log.exhausted && size >= 0 && log.count < size) {
        return conformance_fault("stopped after %d of %g designs", log.count, size);
    }
    if (!log.exhausted && log.count < run->budget) {
        return conformance_fault("ended after %d designs", log.count);
    }
    return NULL;
}

/// Same seed, same proposals: alone, beside another agent of its type, and when what it was told is
/// written over after the call.
static const char* conformance_repeats(og_arena* arena, const conformance_run* run) {
    const conformance_log first = conformance_go(arena, run);
    if (first.refused) {
        return NULL;
    }
    conformance_run scrapped = *run;
    scrapped.scrap = -1e300;
    const conformance_log second = conformance_go(arena, &scrapped);
    if (!conformance_same(run, &first, &second)) {
        return conformance_fault("a second run differs");
    }
    conformance_run other = *run;
    other.seed = run->seed + 1;
    conformance_log log = conformance_prepare(arena, run);
    conformance_log beside = conformance_prepare(arena, &other);
    og_agent* agent = conformance_start(arena, run);
    og_agent* neighbour = conformance_start(arena, &other);
    while (!log.exhausted && log.count < run->budget) {
        conformance_round(run, agent, &log);
        if (!beside.exhausted && beside.count < run->budget) {
            conformance_round(&other, neighbour, &beside);
        }
    }
    return conformance_same(run, &first, &log) ? NULL
                                               : conformance_fault("a neighbour changes the run");
}

/// Another seed, other proposals.
static const char* conformance_seeds(og_arena* arena, const conformance_run* run) {
    conformance_run other = *run;
    other.seed = run->seed + 1;
    const conformance_log a = conformance_go(arena, run);
    const conformance_log b = conformance_go(arena, &other);
    return a.refused || !conformance_same(run, &a, &b)
               ? NULL
               : conformance_fault("another seed gives the same run");
}

/// The descriptor: names, documentation, options.
static const char* conformance_descriptor(const og_agent_type* type) {
    if (type->ask == NULL || type->source == NULL || type->name == NULL) {
        return conformance_fault("a name, a source or ask is missing");
    }
    const char* end = type->doc != NULL ? strrchr(type->doc, '.') : NULL;
    if (end == NULL || end[1] != '\0') {
        return conformance_fault("doc is not a paragraph");
    }
    for (int i = 0; i < type->option_count; i++) {
        if (type->options[i].kind == OG_TEXT) {
            return conformance_fault("option %s is text", type->options[i].name);
        }
    }
    return type->option_count == 0 ||
                   og_parameters_check(type->options, type->option_count) == OG_OK
               ? NULL
               : og_error_text();
}
