#include <assert.h>
#include <math.h>
#include <string.h>

#include "space/internals.h"
#include "space/scale.h"

int og_space_encoding_width(const og_space* space) {
    return space->internals->encoding_width;
}

void og_space_encode(const og_space* space, const double* x, double* encoding) {
    for (int i = 0; i < space->count; i++) {
        const og_parameter* parameter = &space->parameters[i];
        double* out = encoding + space->internals->domains[i].encoding;
        if (parameter->kind == OG_CHOICE) {
            memset(out, 0, sizeof *out * (size_t)parameter->level_count);
            out[og_parameter_level(parameter, x[i])] = 1;
        } else {
            *out = og_scale_position(parameter, x[i]);
        }
    }
}

static int encoding_largest(const double* values, int count) {
    int largest = 0;
    for (int i = 1; i < count; i++) {
        largest = values[i] > values[largest] ? i : largest;
    }
    return largest;
}

void og_space_decode(const og_space* space, const double* encoding, double* x) {
    for (int i = 0; i < space->count; i++) {
        const og_parameter* parameter = &space->parameters[i];
        const double* in = encoding + space->internals->domains[i].encoding;
        x[i] = parameter->kind == OG_CHOICE ? encoding_largest(in, parameter->level_count)
                                            : og_scale_value(parameter, *in);
    }
}

// Finalizer of MurmurHash3 (Appleby 2011) as improved by Stafford, "mix 13".
static uint64_t encoding_mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t og_space_hash(const og_space* space, const double* x) {
    uint64_t sum = 0;
    for (int i = 0; i < space->count; i++) {
        const og_domain* domain = &space->internals->domains[i];
        uint64_t bits;
        // minus zero is zero
        const double value = x[i] + 0.0;
        memcpy(&bits, &value, sizeof bits);
        if (domain->choice_hashes) {
            assert(value >= 0 && value < (double)domain->levels);
            bits = domain->choice_hashes[(int)value];
        }
        // a sum does not depend on the order of the parameters
        sum += encoding_mix(domain->name_hash + encoding_mix(bits + 0x9e3779b97f4a7c15u));
    }
    return encoding_mix(sum);
}
