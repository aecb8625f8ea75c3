// Round trip of one design through an evaluator that stays, and through a command, in microseconds:
// median and 99th percentile. Usage: bench_process [FOLDER], the folder of examples/simulators with
// `evaluator` built from evaluator.c.

#include <stdio.h>
#include <stdlib.h>

#include "ogive/clock.h"
#include "ogive/environment.h"
#include "ogive/text.h"

enum { PROCESS_CALLS = 20000, PROCESS_COMMANDS = 500 };

static int process_compare(const void* a, const void* b) {
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

static void process_measure(const char* environment, const char* file, int calls) {
    og_arena* arena = og_arena_create();
    og_arena* scratch = og_arena_create();
    const og_environment* type = NULL;
    og_model model;
    og_settings options;
    double* times = OG_NEW(arena, double, calls);
    if (og_environment_find(environment, &type) != OG_OK ||
        (options = og_settings_make(arena, type->options, type->option_count),
         og_settings_set(&options, "file", file)) != OG_OK ||
        og_environment_open(arena, type, &options, &model) != OG_OK) {
        printf("%s: %s\n", file, og_error_text());
        og_arena_destroy(scratch);
        og_arena_destroy(arena);
        return;
    }
    for (int i = 0; i < calls; i++) {
        const double x[4] = {16 << (i % 5), 1 << (i % 4), i % 2, i % 3 == 0};
        double y[2];
        const char* reason = NULL;
        const og_arena_mark mark = og_arena_here(scratch);
        const double start = og_clock_seconds();
        if (model.type->evaluate(model.data, x, y, scratch, &reason) == OG_FAILED) {
            printf("%s: %s\n", file, reason);
            break;
        }
        times[i] = (og_clock_seconds() - start) * 1e6;
        og_arena_rewind(scratch, mark);
    }
    qsort(times, (size_t)calls, sizeof *times, process_compare);
    printf("%-10s %8.1f %8.1f   %s\n", environment, times[calls / 2], times[calls / 100 * 99],
           file);
    og_arena_destroy(scratch);
    og_arena_destroy(arena);
}

int main(int argc, char** argv) {
    const char* folder = argc > 1 ? argv[1] : "examples/simulators";
    static const struct {
        const char *environment, *file;
        int calls;
    } cases[] = {
        {"process", "evaluator_c.yaml", PROCESS_CALLS},
        {"process", "evaluator_python.yaml", PROCESS_CALLS},
        {"process", "evaluator_shell.yaml", PROCESS_COMMANDS},
        {"command", "cache.yaml", PROCESS_COMMANDS},
    };
    printf("%-10s %8s %8s\n", "", "median", "99 %");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, cases[i].file);
        process_measure(cases[i].environment, path, cases[i].calls);
    }
    return 0;
}
