// What a batch of 1,000 designs costs without Python: microseconds a design of the clock and of the
// processors, best of some rounds, as bench/python.py measures it. Usage: bench_python [ROUNDS]

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ogive/clock.h"
#include "ogive/environment.h"
#include "ogive/random.h"
#include "ogive/workers.h"

enum { PYTHON_BATCH = 1000, PYTHON_ROUNDS = 5 };

// One batch.
typedef struct python_batch {
    const og_model* model;
    const og_space* space;
    double* x;  // shape: [PYTHON_BATCH][space->count]
    double* y;  // shape: [PYTHON_BATCH][model->metric_count]
} python_batch;

static void python_work(void* context, int index, int worker, og_arena* scratch) {
    (void)worker;
    const python_batch* batch = context;
    const double* x = batch->x + (size_t)index * (size_t)batch->space->count;
    double* y = batch->y + (size_t)index * (size_t)batch->model->metric_count;
    const char* reason = "";
    if (og_space_contains(batch->space, x)) {
        batch->model->type->evaluate(batch->model->data, x, y, scratch, &reason);
    }
}

static void python_measure(const char* name, int rounds) {
    og_arena* arena = og_arena_create();
    const og_environment* type;
    og_model model;
    python_batch batch = {.model = &model};
    og_workers* workers;
    if (og_environment_find(name, &type) != OG_OK ||
        og_environment_open(arena, type, NULL, &model) != OG_OK ||
        og_space_create(arena, &model.space, &batch.space) != OG_OK ||
        og_workers_create(arena, og_workers_available(), &workers) != OG_OK) {
        printf("%s: %s\n", name, og_error_text());
        og_arena_destroy(arena);
        return;
    }
    batch.x = OG_NEW(arena, double, PYTHON_BATCH* batch.space->count);
    batch.y = OG_NEW(arena, double, PYTHON_BATCH* model.metric_count);
    og_random random = og_random_make(1, 0);
    for (int i = 0; i < PYTHON_BATCH; i++) {
        og_space_sample(batch.space, &random, batch.x + (size_t)i * (size_t)batch.space->count);
    }
    double best[2] = {INFINITY, INFINITY};
    for (int i = 0; i <= rounds; i++) {
        const double began[2] = {og_clock_seconds(), og_clock_processor_seconds()};
        og_workers_run(workers, PYTHON_BATCH, python_work, &batch);
        const double took[2] = {og_clock_seconds() - began[0],
                                og_clock_processor_seconds() - began[1]};
        for (int k = 0; k < 2; k++) {
            best[k] = took[k] < best[k] ? took[k] : best[k];
        }
    }
    printf("%s %.3f %.3f\n", name, best[0] * 1e6 / PYTHON_BATCH, best[1] * 1e6 / PYTHON_BATCH);
    og_workers_destroy(workers);
    og_arena_destroy(arena);
}

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? atoi(argv[1]) : PYTHON_ROUNDS;
    python_measure("function", 20 * rounds);
    python_measure("dram", rounds);
    return 0;
}
