#include <assert.h>
#include <string.h>

#include "ogive/parameter.h"
#include "space/names.h"

og_settings og_settings_make(og_arena* arena, const og_parameter* table, int count) {
    og_settings settings = {
        .table = table,
        .count = count,
        .values = OG_NEW(arena, double, count),
        .texts = OG_NEW(arena, const char*, count),
        .given = OG_NEW(arena, bool, count),
        .arena = arena,
    };
    for (int i = 0; i < count; i++) {
        settings.values[i] = table[i].initial;
        settings.texts[i] = table[i].kind == OG_TEXT ? table[i].initial_text : NULL;
    }
    return settings;
}

static og_status settings_unknown(const og_settings* settings, const char* name) {
    og_arena* arena = og_arena_create();
    const char** names = OG_NEW(arena, const char*, settings->count);
    og_buffer all = {.arena = arena};
    for (int i = 0; i < settings->count; i++) {
        names[i] = settings->table[i].name;
        og_buffer_print(&all, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    const char* hint = og_names_hint(arena, name, names, settings->count);
    const og_status status =
        settings->count == 0
            ? og_fail(OG_ERROR_NAME, "unknown option '%s', there are no options", name)
        : *hint ? og_fail(OG_ERROR_NAME, "unknown option '%s'%s", name, hint)
                : og_fail(OG_ERROR_NAME, "unknown option '%s', allowed: %s", name, all.data);
    og_arena_destroy(arena);
    return status;
}

og_status og_settings_set(og_settings* settings, const char* name, const char* text) {
    for (int i = 0; i < settings->count; i++) {
        if (strcmp(settings->table[i].name, name) != 0) {
            continue;
        }
        if (settings->table[i].kind == OG_TEXT) {
            settings->texts[i] = og_text_copy(settings->arena, text, strlen(text));
        } else {
            OG_TRY(og_parameter_parse(&settings->table[i], text, &settings->values[i]));
        }
        settings->given[i] = true;
        return OG_OK;
    }
    return settings_unknown(settings, name);
}

og_status og_settings_complete(const og_settings* settings) {
    for (int i = 0; i < settings->count; i++) {
        if (settings->table[i].kind == OG_TEXT && !settings->texts[i]) {
            return og_fail(OG_ERROR_VALUE, "option '%s' is required: %s", settings->table[i].name,
                           settings->table[i].doc);
        }
    }
    return OG_OK;
}
