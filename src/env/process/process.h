/// The environment `process` from text, for tests.
#pragma once

#include "ogive/environment.h"

/// Open a description given as text; `name` stands for its file in messages, and its folder is
/// `here` (absolute). The evaluator is started to introduce itself.
og_status og_process_open_text(og_arena* arena, const char* text, size_t size, const char* name,
                               const char* here, og_model* model);
