// Fuzzing of study files: any bytes give a plan or a message, and a plan prints as text that reads
// back the same.

#include <stdlib.h>
#include <string.h>

#include "ogive/status.h"
#include "ogive/study.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static void plan_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    og_arena* arena = og_arena_create();
    og_plan plan;
    if (og_plan_parse(arena, (const char*)data, size, "fuzz", &plan) == OG_OK) {
        const char* printed = og_plan_print(arena, &plan);
        og_plan again;
        plan_fuzz_require(og_plan_parse(arena, printed, strlen(printed), "print", &again) == OG_OK);
        plan_fuzz_require(strcmp(og_plan_print(arena, &again), printed) == 0);
        plan_fuzz_require(again.constraint_count == plan.constraint_count &&
                          again.space_count == plan.space_count && again.seed == plan.seed);
        for (int i = 0; i < plan.space_count; i++) {
            plan_fuzz_require(strcmp(plan.space[i].key, again.space[i].key) == 0 &&
                              strcmp(plan.space[i].value, again.space[i].value) == 0);
        }
        for (int i = 0; i < plan.constraint_count; i++) {
            plan_fuzz_require(strcmp(plan.constraints[i], again.constraints[i]) == 0);
        }
    } else {
        plan_fuzz_require(og_error_text()[0] != '\0');
    }
    // the same bytes as one assignment of the command line
    char* text = og_arena_allocate(arena, size + 1);
    memcpy(text, data, size);
    og_plan set = {0};
    (void)og_plan_set(arena, &set, text);
    og_arena_destroy(arena);
    return 0;
}
