// Fuzzing of the lines of proposers: any bytes give designs of the space, or a message that makes
// one line.

#include <stdint.h>
#include <stdlib.h>

#include "../study/fixture.h"
#include "study/outsider_message.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

enum { OUTSIDER_FUZZ_MOST = 4 };

static void outsider_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

static const og_problem* outsider_fuzz_problem(void) {
    static og_problem* problem;
    if (!problem) {
        static og_model model = {.type = &fixture_environment};
        static og_arena* arena;
        arena = og_arena_create();
        const og_settings options =
            og_settings_make(arena, fixture_environment.options, fixture_environment.option_count);
        const og_plan plan = fixture_plan(arena, 0, NULL);
        outsider_fuzz_require(fixture_open(arena, &options, &model) == OG_OK);
        outsider_fuzz_require(og_problem_create(arena, &model, &plan, &problem) == OG_OK);
    }
    return problem;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const og_problem* problem = outsider_fuzz_problem();
    og_arena* arena = og_arena_create();
    const char* line = og_text_copy(arena, (const char*)data, size);
    double x[OUTSIDER_FUZZ_MOST * FIXTURE_COLUMNS];
    int count;
    int index;
    if (og_outsider_read_designs(arena, problem, line, size, OUTSIDER_FUZZ_MOST, x, &count,
                                 &index) == OG_OK) {
        outsider_fuzz_require(count >= 0 && count <= OUTSIDER_FUZZ_MOST);
        for (int i = 0; i < count; i++) {
            outsider_fuzz_require(og_space_contains(problem->space, x + i * FIXTURE_COLUMNS));
        }
    } else {
        const char* refusal = og_outsider_refusal(arena, index, og_error_text());
        outsider_fuzz_require(strchr(refusal, '\n') == refusal + strlen(refusal) - 1);
    }
    if (og_outsider_read_hello(line, size) != OG_OK) {
        outsider_fuzz_require(og_error_text()[0] != '\0');
    }
    og_arena_destroy(arena);
    return 0;
}
