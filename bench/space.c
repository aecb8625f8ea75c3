// Time of one call on spaces of different kinds, in nanoseconds: best of several runs.

#include "ogive/space.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ogive/clock.h"
#include "ogive/text.h"

enum { SPACE_CALLS = 200000, SPACE_RUNS = 5, SPACE_WIDEST = 64 };

typedef struct space_bench {
    const og_space* space;
    og_random random;
    double x[SPACE_WIDEST];
    uint64_t sink;  // keeps results in use
} space_bench;

static void space_sample(space_bench* bench, int call) {
    (void)call;
    og_space_sample(bench->space, &bench->random, bench->x);
}

static void space_mutate(space_bench* bench, int call) {
    bench->sink +=
        og_space_mutate(bench->space, &bench->random, bench->x, call % bench->space->count);
}

static void space_step(space_bench* bench, int call) {
    bench->sink +=
        og_space_step(bench->space, &bench->random, bench->x, call % bench->space->count);
}

static void space_repair(space_bench* bench, int call) {
    bench->x[call % bench->space->count] += 3;
    og_space_repair(bench->space, &bench->random, bench->x);
}

static void space_contains(space_bench* bench, int call) {
    (void)call;
    bench->sink += og_space_contains(bench->space, bench->x);
}

static void space_hash(space_bench* bench, int call) {
    (void)call;
    bench->sink += og_space_hash(bench->space, bench->x);
}

static void space_number(space_bench* bench, int call) {
    if (bench->space->size > 0 && bench->space->size < 0x1p53) {
        og_space_design(bench->space, (uint64_t)call % (uint64_t)bench->space->size, bench->x);
        bench->sink += og_space_index(bench->space, bench->x);
    }
}

static const struct {
    const char* name;
    void (*call)(space_bench* bench, int call);
} space_benches[] = {
    {"sample", space_sample},          {"mutate", space_mutate},     {"step", space_step},
    {"repair", space_repair},          {"contains", space_contains}, {"hash", space_hash},
    {"number and back", space_number},
};

enum { SPACE_BENCHES = sizeof space_benches / sizeof *space_benches };

static double space_time(space_bench* bench, int which) {
    double best = INFINITY;
    for (int run = 0; run < SPACE_RUNS; run++) {
        const double start = og_clock_seconds();
        for (int call = 0; call < SPACE_CALLS; call++) {
            space_benches[which].call(bench, call);
        }
        best = fmin(best, (og_clock_seconds() - start) / SPACE_CALLS);
    }
    return best * 1e9;
}

// `count` integers of `levels` levels each; the first `chained` tied to their neighbours.
static og_space_table space_table(og_arena* arena, int count, int levels, int chained) {
    og_parameter* parameters = OG_NEW(arena, og_parameter, count);
    const char** constraints = OG_NEW(arena, const char*, count);
    for (int i = 0; i < count; i++) {
        parameters[i] = (og_parameter){
            OG_INTEGER_ROW(og_text_format(arena, "x%d", i), "", 1, levels, 1, "A parameter.")};
        if (i + 1 < chained) {
            constraints[i] = og_text_format(arena, "x%d <= x%d", i, i + 1);
        }
    }
    return (og_space_table){parameters, count, constraints, chained > 0 ? chained - 1 : 0};
}

int main(void) {
    static const struct {
        const char* name;
        int count, levels, chained;
    } spaces[] = {
        {"10 free parameters", 10, 16, 0},
        {"10 parameters, one pair of 128 levels tied", 10, 128, 2},
        {"10 parameters of 16 levels in one chain", 10, 16, 10},
        {"40 parameters of 32 levels in one chain", 40, 32, 40},
    };
    for (int s = 0; s < (int)(sizeof spaces / sizeof *spaces); s++) {
        og_arena* arena = og_arena_create();
        const og_space_table table =
            space_table(arena, spaces[s].count, spaces[s].levels, spaces[s].chained);
        space_bench bench = {.random = og_random_make(1, 1)};
        const double start = og_clock_seconds();
        if (og_space_create(arena, &table, &bench.space) != OG_OK) {
            fprintf(stderr, "%s\n", og_error_text());
            return 1;
        }
        printf("%s: %.4g designs, compiled in %.3g ms\n", spaces[s].name, bench.space->size,
               1e3 * (og_clock_seconds() - start));
        og_space_initial(bench.space, bench.x);
        for (int i = 0; i < SPACE_BENCHES; i++) {
            printf("  %-16s %7.0f ns\n", space_benches[i].name, space_time(&bench, i));
        }
        og_arena_destroy(arena);
    }
    return 0;
}
