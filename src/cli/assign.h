/// `key=value` arguments.
#pragma once

#include "ogive/arena.h"
#include "ogive/parameter.h"
#include "ogive/status.h"

/// Split `text` at its first '='. Fails, naming `option` and the `form` it needs ("KEY=VALUE"),
/// when there is none or the key is empty.
og_status og_assign_split(og_arena* arena, const char* option, const char* form, const char* text,
                          const char** key, const char** value);

/// Set options from `key=value` texts (list: [count]), given as --option.
og_status og_assign_settings(og_arena* arena, og_settings* settings, const char* const* texts,
                             int count);
