#include "study/task.h"

#include <string.h>

#include "study/store.h"

void og_task_traits(og_arena* arena, const og_study_record* record,
                    og_trait traits[OG_TASK_TRAITS]) {
    const og_trait all[OG_TASK_TRAITS] = {
        {"environment", record->environment, true},
        {"objectives", og_store_list_print(arena, record->objectives, record->objective_count),
         true},
        {"constraints", og_store_list_print(arena, record->constraints, record->constraint_count),
         true},
        {"metrics", og_store_metrics_print(arena, record->metrics, record->metric_count, false),
         false},
        {"space", og_store_table_print(arena, &record->space, false), false},
        {"environment options, files or version", record->identity, true},
    };
    memcpy(traits, all, sizeof all);
}

bool og_study_same_task(const og_study_record* a, const og_study_record* b) {
    og_arena* arena = og_arena_create();
    og_trait traits[2][OG_TASK_TRAITS];
    og_task_traits(arena, a, traits[0]);
    og_task_traits(arena, b, traits[1]);
    bool same = true;
    for (int i = 0; i < OG_TASK_TRAITS && same; i++) {
        same = strcmp(traits[0][i].text, traits[1][i].text) == 0;
    }
    og_arena_destroy(arena);
    return same;
}
