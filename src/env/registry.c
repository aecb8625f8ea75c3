// The environments that the library was built with, by name.

#include <assert.h>
#include <string.h>

#include "ogive/environment.h"
#include "ogive/text.h"

#define OG_ENVIRONMENT(name) extern const og_environment og_environment_##name;
#include "env/environments.def"
#undef OG_ENVIRONMENT

#define OG_ENVIRONMENT(name) &og_environment_##name,
static const og_environment* const registry_environments[] = {
#include "env/environments.def"
};
#undef OG_ENVIRONMENT

enum { REGISTRY_COUNT = sizeof registry_environments / sizeof *registry_environments };

const og_environment* og_environment_at(int index) {
    assert(index >= 0);
    return index < REGISTRY_COUNT ? registry_environments[index] : NULL;
}

og_status og_environment_find(const char* name, const og_environment** environment) {
    const char* names[REGISTRY_COUNT];
    for (int i = 0; i < REGISTRY_COUNT; i++) {
        names[i] = registry_environments[i]->name;
        if (strcmp(name, names[i]) == 0) {
            *environment = registry_environments[i];
            return OG_OK;
        }
    }
    const char* nearest = og_text_nearest(name, names, REGISTRY_COUNT);
    if (nearest != NULL) {
        return og_fail(OG_ERROR_NAME, "no environment '%s', did you mean %s?", name, nearest);
    }
    return og_fail(OG_ERROR_NAME, "no environment '%s', `ogive list environments` shows all", name);
}

static void registry_close(void* opened) {
    const og_model* model = opened;
    model->type->close(model->data);
}

og_status og_environment_open(og_arena* arena, const og_environment* environment,
                              const og_settings* options, og_model* model) {
    og_settings defaults;
    if (options == NULL) {
        defaults = og_settings_make(arena, environment->options, environment->option_count);
        options = &defaults;
    }
    assert(options->count == environment->option_count);
    *model = (og_model){.type = environment};
    og_status status = og_settings_complete(options);
    if (status == OG_OK) {
        status = environment->open(arena, options, model);
    }
    if (status != OG_OK) {
        return og_fail_context(status, "environment %s", environment->name);
    }
    assert(model->type == environment && model->metric_count > 0 && model->identity != NULL);
    if (environment->close) {
        og_model* opened = OG_NEW(arena, og_model, 1);
        *opened = *model;
        og_arena_at_end(arena, registry_close, opened);
    }
    return OG_OK;
}
