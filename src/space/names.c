#include "space/names.h"

#include "ogive/text.h"

const char* og_names_hint(og_arena* arena, const char* name, const char* const* names, int count) {
    const char* nearest = og_text_nearest(name, names, count);
    return nearest ? og_text_format(arena, ", did you mean %s?", nearest) : "";
}
