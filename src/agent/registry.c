// The agents that the library was built with, by name.

#include <assert.h>
#include <string.h>

#include "ogive/agent.h"
#include "ogive/text.h"

#define OG_AGENT(name) extern const og_agent_type og_agent_##name;
#include "agent/agents.def"
#undef OG_AGENT

#define OG_AGENT(name) &og_agent_##name,
static const og_agent_type* const registry_types[] = {
#include "agent/agents.def"
};
#undef OG_AGENT

enum { REGISTRY_COUNT = sizeof registry_types / sizeof *registry_types };

const og_agent_type* og_agent_at(int index) {
    assert(index >= 0);
    return index < REGISTRY_COUNT ? registry_types[index] : NULL;
}

og_status og_agent_find(const char* name, const og_agent_type** type) {
    const char* names[REGISTRY_COUNT];
    for (int i = 0; i < REGISTRY_COUNT; i++) {
        names[i] = registry_types[i]->name;
        if (strcmp(name, names[i]) == 0) {
            *type = registry_types[i];
            return OG_OK;
        }
    }
    const char* nearest = og_text_nearest(name, names, REGISTRY_COUNT);
    if (nearest != NULL) {
        return og_fail(OG_ERROR_NAME, "no agent '%s', did you mean %s?", name, nearest);
    }
    return og_fail(OG_ERROR_NAME, "no agent '%s', `ogive list agents` shows all", name);
}

// Values of every option: the defaults where the setup gives none.
static const double* registry_options(og_arena* arena, const og_agent_type* type,
                                      const og_settings* given) {
    assert(given == NULL || given->count == type->option_count);
    double* values = OG_NEW(arena, double, type->option_count);
    for (int i = 0; i < type->option_count; i++) {
        assert(type->options[i].kind != OG_TEXT);
        values[i] = given != NULL ? given->values[i] : type->options[i].initial;
    }
    return values;
}

og_status og_agent_start(og_arena* arena, const og_agent_type* type, const og_agent_setup* setup,
                         og_agent** agent) {
    assert(setup->space != NULL && setup->objective_count >= 1 && setup->feature_count >= 0);
    og_agent* started = OG_NEW(arena, og_agent, 1);
    // the setup may be gone when the agent still looks at them
    double* features = OG_NEW(arena, double, setup->feature_count);
    for (int i = 0; i < setup->feature_count; i++) {
        features[i] = setup->features[i];
    }
    *started = (og_agent){
        .type = type,
        .space = setup->space,
        .options = registry_options(arena, type, setup->options),
        .objective_count = setup->objective_count,
        .features = features,
        .feature_count = setup->feature_count,
        .arena = arena,
        .random = og_random_make(setup->seed, 1),
        .state = og_arena_allocate(arena, type->state_size),
    };
    if (type->start != NULL) {
        const og_status status = type->start(started);
        if (status != OG_OK) {
            return og_fail_context(status, "agent %s", type->name);
        }
    }
    *agent = started;
    return OG_OK;
}
