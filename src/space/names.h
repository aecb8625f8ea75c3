/// Hints for names that are unknown.
#pragma once

#include "ogive/arena.h"

/// ", did you mean NAME?" for the nearest of `names` (list: [count]), "" when none is near. Lives
/// in `arena` or is static.
const char* og_names_hint(og_arena* arena, const char* name, const char* const* names, int count);
