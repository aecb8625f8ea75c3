#include <string.h>

#include "base/hash.h"
#include "space/internals.h"

enum { DOMAIN_TABLE = 65536 };  // values of longer ranges are computed

static uint64_t domain_hash_text(const char* text) {
    return og_hash(OG_HASH_START, text, strlen(text));
}

static const double* domain_values(og_arena* arena, const og_parameter* parameter, int64_t levels) {
    if (levels == 0 || levels > DOMAIN_TABLE) {
        return NULL;
    }
    double* values = OG_NEW(arena, double, levels);
    for (int64_t i = 0; i < levels; i++) {
        values[i] = og_parameter_value(parameter, i);
    }
    return values;
}

static const uint64_t* domain_choice_hashes(og_arena* arena, const og_parameter* parameter) {
    if (parameter->kind != OG_CHOICE) {
        return NULL;
    }
    uint64_t* hashes = OG_NEW(arena, uint64_t, parameter->level_count);
    for (int i = 0; i < parameter->level_count; i++) {
        hashes[i] = domain_hash_text(parameter->choices[i]);
    }
    return hashes;
}

void og_domains_make(og_arena* arena, og_space_internals* inside) {
    og_domain* domains = OG_NEW(arena, og_domain, inside->space->count);
    for (int i = 0; i < inside->space->count; i++) {
        const og_parameter* parameter = &inside->space->parameters[i];
        const int64_t levels = og_parameter_levels(parameter);
        domains[i] = (og_domain){
            .levels = levels,
            .initial = og_parameter_level(parameter, parameter->initial),
            .values = domain_values(arena, parameter, levels),
            .name_hash = domain_hash_text(parameter->name),
            .choice_hashes = domain_choice_hashes(arena, parameter),
            .encoding = inside->encoding_width,
        };
        inside->encoding_width += parameter->kind == OG_CHOICE ? parameter->level_count : 1;
    }
    inside->domains = domains;
}
