// The cache of examples/simulators as a plugin. Build and look:
//   cc -std=c17 -O2 -shared -fPIC -I include -o cache.so examples/plugins/cache.c
//   ogive describe plugin --option file=cache.so
#include "ogive/plugin.h"

enum { CACHE_SIZE, CACHE_WAYS, CACHE_POLICY, CACHE_PREFETCH };

static const double cache_sizes[] = {16, 32, 64, 128, 256};
static const char* const cache_policies[] = {"LRU", "Random"};
static const char* const cache_constraints[] = {"ways <= size_kib"};

static const og_parameter cache_parameters[] = {
    {OG_ORDINAL_ROW("size_kib", "KiB", cache_sizes, 32, "Capacity.")},
    {OG_POWER_ROW("ways", "", 1, 16, 4, "Associativity.")},
    {OG_CHOICE_ROW("policy", cache_policies, 0, "Which line is replaced.")},
    {OG_BOOLEAN_ROW("prefetch", 0, "Whether the next line is fetched as well.")},
};

static const og_metric cache_metrics[] = {
    {.name = "access_ns", .unit = "ns", .doc = "Average access time.", .better = -1},
    {.name = "area_um2", .unit = "um^2", .doc = "Area.", .better = -1},
};

static const og_parameter cache_options[] = {
    {OG_INTEGER_ROW("miss_ps", "ps", 1, 1000, 80, "Cost of a miss in a thousand accesses.")},
};

static og_status cache_open(og_arena* arena, const og_settings* options, og_model* model) {
    (void)arena;
    model->space = (og_space_table){
        .parameters = cache_parameters,
        .count = sizeof cache_parameters / sizeof *cache_parameters,
        .constraints = cache_constraints,
        .constraint_count = 1,
    };
    model->metrics = cache_metrics;
    model->metric_count = sizeof cache_metrics / sizeof *cache_metrics;
    model->identity = "cache 1";
    // the settings live as long as the model
    model->data = &options->values[0];
    return OG_OK;
}

static og_outcome cache_evaluate(const void* data, const double* x, double* y, og_arena* scratch,
                                 const char** reason) {
    (void)scratch;
    const double miss_ps = *(const double*)data;
    const int size = (int)x[CACHE_SIZE];
    const int ways = (int)x[CACHE_WAYS];
    if (size / ways < 2) {
        *reason = "a way of less than 2 KiB cannot be built";
        return OG_INFEASIBLE;
    }
    int misses = size == 16 ? 90 : size == 32 ? 61 : size == 64 ? 42 : size == 128 ? 30 : 22;
    misses += 24 / ways + (x[CACHE_POLICY] > 0.5 ? 6 : 0);
    misses = x[CACHE_PREFETCH] > 0.5 ? misses * 8 / 10 : misses;
    y[0] = (600 + 4 * size + 35 * ways + misses * miss_ps) / 1e3;
    y[1] = size * 1200 + ways * 900 + (x[CACHE_PREFETCH] > 0.5 ? 9000 : 0);
    return OG_FEASIBLE;
}

static const og_environment cache_environment = {
    .name = "cache",
    .doc = "A toy model of a cache.",
    .source = "made up",
    .options = cache_options,
    .option_count = 1,
    .open = cache_open,
    .evaluate = cache_evaluate,
};

OG_PLUGIN(cache_environment);
