// Fuzzing of the description of a command: any bytes give a model with a valid space, or a message.

#include <stdint.h>
#include <stdlib.h>

#include "env/command/command.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static void description_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    og_arena* arena = og_arena_create();
    const og_environment* type = NULL;
    description_fuzz_require(og_environment_find("command", &type) == OG_OK);
    og_model model = {.type = type};
    // files beside the description are looked for where there are none
    if (og_command_open_text(arena, (const char*)data, size, "fuzz", "/nonexistent", &model) ==
        OG_OK) {
        const og_space* space = NULL;
        description_fuzz_require(model.metric_count > 0);
        description_fuzz_require(og_space_create(arena, &model.space, &space) == OG_OK);
    } else {
        description_fuzz_require(og_error_text()[0] != '\0');
    }
    og_arena_destroy(arena);
    return 0;
}
