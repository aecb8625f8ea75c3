// What a proxy costs: predictions a second of every model, with and without uncertainty, beside the
// DRAM simulator that it was learnt from.

#include <stdio.h>
#include <stdlib.h>

#include "ogive/clock.h"
#include "ogive/environment.h"
#include "ogive/proxy.h"

enum { PROXY_LEARNT = 500, PROXY_MOST = 20000 };
#define PROXY_SECONDS 1.0  // of each measurement

// A system with designs drawn from its space.
typedef struct proxy_system {
    og_model model;
    const og_space* space;
    double* x;          // shape: [PROXY_MOST][space->count]
    const double** xs;  // list: [PROXY_LEARNT]
    const double** ys;
    bool* feasible;
} proxy_system;

static void proxy_require(og_status status) {
    if (status != OG_OK) {
        fprintf(stderr, "%s\n", og_error_text());
        exit(2);
    }
}

static void proxy_set(og_settings* settings, const char* name, const char* text) {
    proxy_require(og_settings_set(settings, name, text));
}

static proxy_system proxy_open(og_arena* arena, const char* requests) {
    proxy_system system = {.xs = OG_NEW(arena, const double*, PROXY_LEARNT),
                           .ys = OG_NEW(arena, const double*, PROXY_LEARNT),
                           .feasible = OG_NEW(arena, bool, PROXY_LEARNT)};
    const og_environment* dram = NULL;
    proxy_require(og_environment_find("dram", &dram));
    og_settings options = og_settings_make(arena, dram->options, dram->option_count);
    proxy_set(&options, "workload", "hash_join");
    proxy_set(&options, "requests", requests);
    proxy_set(&options, "preset", "archgym");
    proxy_require(og_environment_open(arena, dram, &options, &system.model));
    proxy_require(og_space_create(arena, &system.model.space, &system.space));
    system.x = OG_NEW(arena, double, PROXY_MOST* system.space->count);
    og_random random = og_random_make(1, 0);
    for (int i = 0; i < PROXY_MOST; i++) {
        og_space_sample(system.space, &random, system.x + i * system.space->count);
    }
    return system;
}

// Evaluations a second on one thread; fills in what a proxy learns from.
static double proxy_simulate(og_arena* arena, proxy_system* system) {
    const og_model* model = &system->model;
    og_arena* scratch = og_arena_create();
    int done = 0;
    const double begin = og_clock_processor_seconds();
    while (done < PROXY_LEARNT ||
           (done < PROXY_MOST && og_clock_processor_seconds() - begin < PROXY_SECONDS)) {
        const og_arena_mark mark = og_arena_here(scratch);
        const double* x = system->x + done * system->space->count;
        double* y = OG_NEW(arena, double, model->metric_count);
        const char* reason = NULL;
        const og_outcome outcome = model->type->evaluate(model->data, x, y, scratch, &reason);
        if (done < PROXY_LEARNT) {
            system->xs[done] = x;
            system->ys[done] = y;
            system->feasible[done] = outcome == OG_FEASIBLE;
        }
        done++;
        og_arena_rewind(scratch, mark);
    }
    const double rate = done / (og_clock_processor_seconds() - begin);
    og_arena_destroy(scratch);
    return rate;
}

static double proxy_rate(const og_proxy* proxy, const proxy_system* system, bool uncertainty) {
    og_arena* scratch = og_arena_create();
    double y[8];
    double unsure[8];
    double sum = 0;
    int done = 0;
    const double begin = og_clock_processor_seconds();
    while (done % 100 != 0 || og_clock_processor_seconds() - begin < PROXY_SECONDS) {
        const double* x = system->x + done % PROXY_MOST * system->space->count;
        og_proxy_predict(proxy, scratch, x, y, uncertainty ? unsure : NULL);
        sum += y[0];
        done++;
    }
    const double rate = done / (og_clock_processor_seconds() - begin);
    og_arena_destroy(scratch);
    return sum > 0 ? rate : 0;
}

static void proxy_models(og_arena* arena, const proxy_system* system, double simulated) {
    const og_model* model = &system->model;
    og_proxy_metric* metrics = OG_NEW(arena, og_proxy_metric, model->metric_count);
    for (int m = 0; m < model->metric_count; m++) {
        const og_metric* metric = &model->metrics[m];
        metrics[m] = (og_proxy_metric){metric->name, metric->unit, metric->doc, metric->better};
    }
    const og_proxy_data data = {.space = model->space,
                                .metrics = metrics,
                                .metric_count = 1,
                                .count = PROXY_LEARNT,
                                .x = system->xs,
                                .y = system->ys,
                                .feasible = system->feasible,
                                .environment = "dram",
                                .identity = model->identity};
    for (int m = 0; m < OG_PROXY_MODEL_COUNT; m++) {
        const og_proxy_options options = {.model = og_proxy_model_names[m], .folds = 2};
        const og_proxy* proxy = NULL;
        const double begin = og_clock_processor_seconds();
        proxy_require(og_proxy_fit(arena, &data, &options, &proxy));
        const double fit = og_clock_processor_seconds() - begin;
        const double mean = proxy_rate(proxy, system, false);
        const double both = proxy_rate(proxy, system, true);
        printf("  %-17s %10.0f /s (%6.1f x), with uncertainty %10.0f /s (%6.1f x); fit %5.2f s\n",
               og_proxy_model_names[m], mean, mean / simulated, both, both / simulated, fit);
    }
}

int main(void) {
    static const char* const requests[] = {"800", "10000"};
    for (int i = 0; i < 2; i++) {
        og_arena* arena = og_arena_create();
        proxy_system system = proxy_open(arena, requests[i]);
        const double simulated = proxy_simulate(arena, &system);
        printf(
            "dram, hash_join, %s requests: %.0f designs/s on one core; one metric learnt from "
            "%d\n",
            requests[i], simulated, PROXY_LEARNT);
        proxy_models(arena, &system, simulated);
        og_arena_destroy(arena);
    }
    return 0;
}
