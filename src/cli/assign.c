#include "cli/assign.h"

#include <string.h>

#include "cli/command.h"

og_status og_assign_split(og_arena* arena, const char* option, const char* form, const char* text,
                          const char** key, const char** value) {
    const char* equals = strchr(text, '=');
    if (!equals || equals == text) {
        return og_fail(OG_ERROR_VALUE, "%s '%s': %s is needed", og_option_text(arena, option), text,
                       form);
    }
    *key = og_text_trim(arena, og_text_copy(arena, text, (size_t)(equals - text)));
    *value = og_text_trim(arena, equals + 1);
    return OG_OK;
}

og_status og_assign_settings(og_arena* arena, og_settings* settings, const char* const* texts,
                             int count) {
    for (int i = 0; i < count; i++) {
        const char* key = NULL;
        const char* value = NULL;
        OG_TRY(og_assign_split(arena, "option", "KEY=VALUE", texts[i], &key, &value));
        const og_status status = og_settings_set(settings, key, value);
        if (status != OG_OK) {
            return og_fail_context(status, "--option");
        }
    }
    return OG_OK;
}
