/// The environment `command` from text, for tests.
#pragma once

#include "ogive/environment.h"

/// Open a description given as text; `name` stands for its file in messages, and its folder is
/// `here` (absolute).
og_status og_command_open_text(og_arena* arena, const char* text, size_t size, const char* name,
                               const char* here, og_model* model);
