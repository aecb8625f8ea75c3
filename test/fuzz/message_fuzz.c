// Fuzzing of the lines of evaluators: any hello gives a model or a message, any answer an outcome
// with finite metrics or a reason.

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "env/process/message.h"
#include "ogive/text.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static void message_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

static void message_fuzz_hello(og_arena* arena, const char* line, size_t size) {
    og_model model = {0};
    og_message_model said;
    if (og_message_read_hello(arena, line, size, "fuzz", &model, &said) != OG_OK) {
        message_fuzz_require(og_error_text()[0] != '\0');
        return;
    }
    const og_message_values values =
        og_message_prepare(arena, model.space.parameters, model.space.count);
    double* x = OG_NEW(arena, double, model.space.count);
    for (int i = 0; i < model.space.count; i++) {
        x[i] = model.space.parameters[i].initial;
    }
    og_buffer question = {.arena = arena};
    og_message_evaluate(&question, &values, 1, x);
    message_fuzz_require(memchr(question.data, '\n', question.length) ==
                         question.data + question.length - 1);
}

static void message_fuzz_result(og_arena* arena, const char* line, size_t size) {
    static const og_metric metrics[] = {{.name = "a", .unit = "", .doc = ""},
                                        {.name = "b", .unit = "", .doc = ""}};
    const og_model model = {.metrics = metrics, .metric_count = 2};
    double y[2] = {NAN, NAN};
    const char* reason = NULL;
    bool understood = false;
    const og_outcome outcome =
        og_message_read_result(line, size, &model, 1, y, arena, &reason, &understood);
    if (outcome == OG_FEASIBLE) {
        message_fuzz_require(understood && isfinite(y[0]) && isfinite(y[1]));
    } else {
        message_fuzz_require(reason != NULL && reason[0] != '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    og_arena* arena = og_arena_create();
    const char* line = og_text_copy(arena, (const char*)data, size);
    message_fuzz_hello(arena, line, size);
    message_fuzz_result(arena, line, size);
    og_arena_destroy(arena);
    return 0;
}
