// Fuzzing of what is imported: any bytes, as text or as an Optuna file, give rows whose cells are
// texts or a message, and rows give trials of the space with finite metrics.

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../study/fixture.h"
#include "study/import.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static void import_fuzz_require(int condition) {
    if (!condition) {
        abort();
    }
}

static void import_fuzz_trials(const og_import_result* result) {
    for (int64_t i = 0; i < result->record.trial_count; i++) {
        const og_trial* trial = &result->trials[i];
        import_fuzz_require(trial->source == OG_IMPORTED);
        for (int k = 0; k < FIXTURE_COLUMNS; k++) {
            import_fuzz_require(isfinite(trial->x[k]));
        }
        for (int k = 0; trial->outcome == OG_FEASIBLE && k < result->record.metric_count; k++) {
            import_fuzz_require(isfinite(trial->y[k]));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    char path[64];
    char store[64];
    snprintf(path, sizeof path, "/tmp/import-fuzz-%d.in", (int)getpid());
    snprintf(store, sizeof store, "/tmp/import-fuzz-%d.db", (int)getpid());
    FILE* file = fopen(path, "wb");
    import_fuzz_require(file != NULL);
    import_fuzz_require(fwrite(data, 1, size, file) == size);
    fclose(file);
    og_arena* arena = og_arena_create();
    const og_plan plan = fixture_plan(arena, 0, store);
    for (int skip = 0; skip < 2; skip++) {
        const og_import import = {.path = path, .skip = skip, .designs_only = true};
        og_import_result result;
        if (og_study_import_with(arena, &plan, &fixture_environment, &import, &result) == OG_OK) {
            import_fuzz_require(result.bad == 0 || result.problems[0][0] != '\0');
            import_fuzz_trials(&result);
        } else {
            import_fuzz_require(og_error_text()[0] != '\0');
        }
    }
    og_arena_destroy(arena);
    unlink(path);
    return 0;
}
