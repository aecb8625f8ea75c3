// "NAME:FILE": an environment with its file in one word.

#include <string.h>

#include "ogive/text.h"
#include "study/plan.h"

void og_plan_split_environment(og_arena* arena, og_plan* plan) {
    const char* colon = plan->environment ? strchr(plan->environment, ':') : NULL;
    if (!colon || !colon[1]) {
        return;
    }
    const int count = plan->environment_option_count;
    og_assignment* options = OG_NEW(arena, og_assignment, count + 1);
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(plan->environment_options[i].key, "file") != 0) {
            options[kept++] = plan->environment_options[i];
        }
    }
    options[kept++] = (og_assignment){"file", colon + 1, plan->environment_where};
    plan->environment = og_text_copy(arena, plan->environment, (size_t)(colon - plan->environment));
    plan->environment_options = options;
    plan->environment_option_count = kept;
}
