// Fuzzing of the table environment: any bytes give a model whose designs evaluate, or a message.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "env/table/table.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static void table_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

static void table_fuzz_evaluate(og_arena* arena, const og_model* model) {
    table_fuzz_require(og_parameters_check(model->space.parameters, model->space.count) == OG_OK);
    double* x = OG_NEW(arena, double, model->space.count);
    double* y = OG_NEW(arena, double, model->metric_count);
    for (int i = 0; i < model->space.count; i++) {
        x[i] = model->space.parameters[i].initial;
    }
    // the default design is one of the table
    const char* reason = NULL;
    table_fuzz_require(model->type->evaluate(model->data, x, y, arena, &reason) == OG_FEASIBLE);
    for (int i = 0; i < model->metric_count; i++) {
        table_fuzz_require(isfinite(y[i]));
    }
    for (int i = 0; i < model->space.count; i++) {
        x[i] = og_parameter_value(&model->space.parameters[i], 0);
    }
    model->type->evaluate(model->data, x, y, arena, &reason);
}

// The first line of the input is the option metrics, the second the option parameters.
static const char* table_fuzz_option(og_arena* arena, const char** cursor, const char* end) {
    const char* stop = memchr(*cursor, '\n', (size_t)(end - *cursor));
    if (stop == NULL) {
        return "";
    }
    const char* text = og_text_copy(arena, *cursor, (size_t)(stop - *cursor));
    *cursor = stop + 1;
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    og_arena* arena = og_arena_create();
    const og_environment* type = NULL;
    table_fuzz_require(og_environment_find("table", &type) == OG_OK);
    og_settings options = og_settings_make(arena, type->options, type->option_count);
    const char* cursor = (const char*)data;
    const char* end = cursor + size;
    table_fuzz_require(
        og_settings_set(&options, "metrics", table_fuzz_option(arena, &cursor, end)) == OG_OK);
    table_fuzz_require(
        og_settings_set(&options, "parameters", table_fuzz_option(arena, &cursor, end)) == OG_OK);
    const size_t rest = (size_t)(end - cursor);
    char* text = malloc(rest + 1);
    table_fuzz_require(text != NULL);
    memcpy(text, cursor, rest);
    og_model model = {.type = type};
    if (og_table_open_text(arena, &options, "fuzz", text, rest, &model) == OG_OK) {
        table_fuzz_evaluate(arena, &model);
    } else {
        table_fuzz_require(og_error_text()[0] != '\0');
    }
    free(text);
    og_arena_destroy(arena);
    return 0;
}
