/// A small environment and agents for the tests of the study room, so that they depend on no
/// registered ones.
#pragma once

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ogive/clock.h"
#include "ogive/random.h"
#include "ogive/text.h"
#include "study/run.h"

// Parameters of the environment, by column.
enum { FIXTURE_WIDTH, FIXTURE_DEPTH, FIXTURE_MODE, FIXTURE_LIMIT, FIXTURE_RATIO, FIXTURE_COLUMNS };
enum { FIXTURE_FAST, FIXTURE_SLOW, FIXTURE_OFF };

static const char* const fixture_modes[] = {"Fast", "Slow", "Off"};
static const double fixture_ratios[] = {0.25, 0.5, 2, 4};
static const og_parameter fixture_parameters[FIXTURE_COLUMNS] = {
    {OG_INTEGER_ROW("width", "", 1, 16, 8, "Lanes.")},
    {OG_POWER_ROW("depth", "KiB", 1, 64, 4, "Buffer.")},
    {OG_CHOICE_ROW("mode", fixture_modes, FIXTURE_FAST, "Way of working.")},
    {OG_INTEGER_ROW("limit", "", 1, 8, 3, "Only in slow mode."), .active = "mode == Slow"},
    {OG_ORDINAL_ROW("ratio", "", fixture_ratios, 0.5, "Clock ratio.")},
};
static const char* const fixture_constraints[] = {"width * depth <= 512"};

static const og_metric fixture_metrics[] = {
    {"time_ns", "ns", "Time.", -1},
    {"power_mw", "mW", "Power.", -1},
};
enum { FIXTURE_METRICS = 2 };

static const char* const fixture_faults[] = {"none", "infeasible", "failed", "nan"};
static const og_parameter fixture_options[] = {
    {OG_INTEGER_ROW("delay_us", "us", 0, 1000000, 0, "How long an evaluation takes.")},
    {OG_CHOICE_ROW("fault", fixture_faults, 0, "What becomes of every design.")},
    {OG_TEXT_ROW("workload", "plain", "Any text.")},
};

typedef struct fixture_data {
    double delay;
    int fault;
} fixture_data;

static inline og_status fixture_open(og_arena* arena, const og_settings* options, og_model* model) {
    fixture_data* data = OG_NEW(arena, fixture_data, 1);
    data->delay = options->values[0] * 1e-6;
    data->fault = (int)options->values[1];
    model->data = data;
    model->space = (og_space_table){fixture_parameters, FIXTURE_COLUMNS, fixture_constraints, 1};
    model->metrics = fixture_metrics;
    model->metric_count = FIXTURE_METRICS;
    // the delay changes no metric, so it is left out
    model->identity =
        og_text_format(arena, "fixture 1, fault %d, %s", data->fault, options->texts[2]);
    return OG_OK;
}

static inline og_outcome fixture_evaluate(const void* model, const double* x, double* y,
                                          og_arena* scratch, const char** reason) {
    const fixture_data* data = model;
    const double end = og_clock_seconds() + data->delay;
    while (data->delay > 0 && og_clock_seconds() < end) {
    }
    const double depth = x[FIXTURE_MODE] == FIXTURE_OFF ? 1 : x[FIXTURE_DEPTH];
    const double limit = x[FIXTURE_MODE] == FIXTURE_SLOW ? x[FIXTURE_LIMIT] : 10;
    y[0] = 1000 / x[FIXTURE_WIDTH] + fabs(depth - 16) + 5 * limit + x[FIXTURE_RATIO];
    y[1] = 3 * x[FIXTURE_WIDTH] * x[FIXTURE_WIDTH] + depth / x[FIXTURE_RATIO];
    if (data->fault == 1 || (x[FIXTURE_MODE] == FIXTURE_OFF && x[FIXTURE_WIDTH] > 12)) {
        *reason = og_text_format(scratch, "width %g does not fit", x[FIXTURE_WIDTH]);
        return OG_INFEASIBLE;
    }
    if (data->fault == 2) {
        *reason = "it crashed";
        return OG_FAILED;
    }
    y[1] = data->fault == 3 ? NAN : y[1];
    return OG_FEASIBLE;
}

static inline void fixture_canonical(const void* model, double* x) {
    (void)model;
    if (x[FIXTURE_MODE] == FIXTURE_OFF) {
        x[FIXTURE_DEPTH] = 1;
    }
}

static const og_environment fixture_environment = {
    .name = "fixture",
    .doc = "A made-up machine.",
    .source = "none",
    .options = fixture_options,
    .option_count = sizeof fixture_options / sizeof *fixture_options,
    .open = fixture_open,
    .evaluate = fixture_evaluate,
    .canonical = fixture_canonical,
};

// An agent that changes the best design it was told of, and repeats itself now and then.
typedef struct fixture_walker {
    double best[FIXTURE_COLUMNS];
    og_told best_told;
    bool has_best;
    int64_t asked;
} fixture_walker;

static const og_parameter fixture_agent_options[] = {
    {OG_REAL_ROW("restart", "", 0, 1, 0.25, "Share of designs drawn at random.")},
};

static inline int fixture_batch(const og_agent* agent) {
    (void)agent;
    return 7;
}

static inline int fixture_ask(og_agent* agent, int count, double* x) {
    fixture_walker* walker = agent->state;
    for (int i = 0; i < count; i++, walker->asked++) {
        double* design = x + i * FIXTURE_COLUMNS;
        if (!walker->has_best || og_random_uniform(&agent->random) < agent->options[0]) {
            og_space_sample(agent->space, &agent->random, design);
            continue;
        }
        memcpy(design, walker->best, sizeof walker->best);
        const int index = (int)og_random_below(&agent->random, FIXTURE_COLUMNS);
        og_space_mutate(agent->space, &agent->random, design, index);
    }
    return count;
}

static inline void fixture_tell(og_agent* agent, int count, const og_told* told) {
    fixture_walker* walker = agent->state;
    for (int i = 0; i < count; i++) {
        if (!walker->has_best || og_told_better(&told[i], &walker->best_told)) {
            walker->best_told = told[i];
            walker->has_best = true;
            memcpy(walker->best, told[i].x, sizeof walker->best);
        }
    }
}

static const og_agent_type fixture_agent = {
    .name = "walker",
    .doc = "Walks.",
    .source = "none",
    .options = fixture_agent_options,
    .option_count = 1,
    .state_size = sizeof(fixture_walker),
    .batch = fixture_batch,
    .ask = fixture_ask,
    .tell = fixture_tell,
};

/// The plan that most tests start from.
static inline og_plan fixture_plan(og_arena* arena, int64_t evaluations, const char* store) {
    static const char text[] =
        "name: test\n"
        "objectives: [{minimize: time_ns}]\n"
        "constraints: [power_mw <= 300, width + depth <= 70]\n"
        "metrics: {edp: time_ns * power_mw}\n"
        "seed: 5\n";
    og_plan plan;
    if (og_plan_parse(arena, text, strlen(text), "plan", &plan) != OG_OK) {
        abort();
    }
    plan.evaluations = evaluations;
    plan.store = store;
    return plan;
}

static inline og_status fixture_run(og_arena* arena, const og_plan* plan,
                                    const og_study_options* options, og_study_result* result) {
    return og_study_run_with(arena, plan, &fixture_environment, &fixture_agent, options, result);
}

/// A path in a new folder of its own.
static inline const char* fixture_path(og_arena* arena, const char* name) {
    char* folder = og_text_format(arena, "%s", "/tmp/ogive-test-XXXXXX");
    if (!mkdtemp(folder)) {
        abort();
    }
    return og_text_format(arena, "%s/%s", folder, name);
}

/// Remove a store with its companions and its folder.
static inline void fixture_remove(og_arena* arena, const char* path) {
    static const char* const ends[] = {"", "-wal", "-shm", "-lock", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        unlink(og_text_format(arena, "%s%s", path, ends[i]));
    }
    char* folder = og_text_format(arena, "%s", path);
    *strrchr(folder, '/') = '\0';
    rmdir(folder);
}

/// Digest of the only study of a store, 0 on failure.
static inline uint64_t fixture_digest(og_arena* arena, const char* path) {
    og_store* store;
    og_study_record study;
    uint64_t digest = 0;
    if (og_store_open(path, OG_STORE_READ, &store) != OG_OK) {
        return 0;
    }
    if (og_store_study(store, arena, "test", &study) != OG_OK ||
        og_store_digest(store, study.id, &digest) != OG_OK) {
        digest = 0;
    }
    og_store_close(store);
    return digest;
}
