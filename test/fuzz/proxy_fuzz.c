// Fuzzing of proxy files: any bytes give a proxy that predicts finite numbers, or a message.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ogive/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

enum { PROXY_FUZZ_DESIGNS = 4 };

static void proxy_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

static void proxy_fuzz_predict(og_arena* arena, const og_proxy* proxy) {
    double* x = OG_NEW(arena, double, proxy->space->count);
    double* y = OG_NEW(arena, double, proxy->metric_count);
    double* unsure = OG_NEW(arena, double, proxy->metric_count);
    og_random random = og_random_make(1, 0);
    for (int i = 0; i < PROXY_FUZZ_DESIGNS; i++) {
        og_space_sample(proxy->space, &random, x);
        og_proxy_predict(proxy, arena, x, y, unsure);
        const double chance = og_proxy_feasible(proxy, arena, x);
        proxy_fuzz_require(chance >= 0 && chance <= 1);
        for (int m = 0; m < proxy->metric_count; m++) {
            proxy_fuzz_require(isfinite(y[m]) && unsure[m] >= 0 && isfinite(unsure[m]));
        }
    }
}

// What was read and is written reads back to the same text.
static void proxy_fuzz_print(og_arena* arena, const og_proxy* proxy) {
    og_buffer first = {.arena = arena};
    og_buffer second = {.arena = arena};
    const og_proxy* again = NULL;
    og_proxy_print(proxy, &first);
    proxy_fuzz_require(og_proxy_parse(arena, first.data, first.length, "again", &again) == OG_OK);
    og_proxy_print(again, &second);
    proxy_fuzz_require(strcmp(first.data, second.data) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    og_arena* arena = og_arena_create();
    const og_proxy* proxy = NULL;
    if (og_proxy_parse(arena, (const char*)data, size, "fuzz", &proxy) == OG_OK) {
        proxy_fuzz_predict(arena, proxy);
        proxy_fuzz_print(arena, proxy);
    } else {
        proxy_fuzz_require(og_error_text()[0] != '\0');
    }
    og_arena_destroy(arena);
    return 0;
}
