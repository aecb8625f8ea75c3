// Fuzzing of compare files: any bytes give a comparison or a message.

#include <stdlib.h>
#include <string.h>

#include "ogive/compare.h"
#include "ogive/status.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static void compare_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const char file[] =
        "environments: [function]\nobjectives: {minimize: value}\nagents: [random]\nbudget: 9\n";
    og_arena* arena = og_arena_create();
    og_compare_plan plan;
    if (og_compare_parse(arena, (const char*)data, size, "fuzz", NULL, 0, &plan) == OG_OK) {
        compare_fuzz_require(plan.environment_count > 0 && plan.agent_count > 0);
        compare_fuzz_require(plan.seed_count > 0 && plan.budget_count > 0);
        for (int i = 1; i < plan.budget_count; i++) {
            compare_fuzz_require(plan.budgets[i] > plan.budgets[i - 1]);
        }
    } else {
        compare_fuzz_require(og_error_text()[0] != '\0');
    }
    // the same bytes as one change on the command line
    char* text = og_arena_allocate(arena, size + 1);
    memcpy(text, data, size);
    const char* change = text;
    (void)og_compare_parse(arena, file, sizeof file - 1, "file", &change, 1, &plan);
    og_arena_destroy(arena);
    return 0;
}
