// Values of parameters: sorted, split into parts, and placed on a scale.

#include <math.h>
#include <string.h>

#include "analysis/analysis.h"

// Bits whose order as integers is that of the numbers.
static uint64_t partition_bits(double key) {
    const double value = key + 0.0;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

// By digits of 8 bits, the lowest first; digits that all keys share are passed over.
void og_ranked_sort(og_arena* scratch, og_ranked* list, int64_t count) {
    const og_arena_mark mark = og_arena_here(scratch);
    og_ranked* other = og_arena_allocate_raw(scratch, sizeof *other * (size_t)count);
    for (int shift = 0; shift < 64; shift += 8) {
        int64_t starts[257] = {0};
        for (int64_t i = 0; i < count; i++) {
            starts[(partition_bits(list[i].key) >> shift & 255) + 1]++;
        }
        if (count == 0 || starts[(partition_bits(list[0].key) >> shift & 255) + 1] == count) {
            continue;
        }
        for (int d = 0; d < 256; d++) {
            starts[d + 1] += starts[d];
        }
        for (int64_t i = 0; i < count; i++) {
            other[starts[partition_bits(list[i].key) >> shift & 255]++] = list[i];
        }
        memcpy(list, other, sizeof *list * (size_t)count);
    }
    og_arena_rewind(scratch, mark);
}

void og_ranked_order(og_arena* arena, const double* keys, int count, int* order) {
    const og_arena_mark mark = og_arena_here(arena);
    og_ranked* sorted = OG_NEW(arena, og_ranked, count);
    for (int i = 0; i < count; i++) {
        sorted[i] = (og_ranked){-keys[i], i};
    }
    og_ranked_sort(arena, sorted, count);
    for (int i = 0; i < count; i++) {
        order[i] = (int)sorted[i].index;
    }
    og_arena_rewind(arena, mark);
}

static int64_t partition_count_values(const og_ranked* sorted, int64_t count) {
    int64_t values = count > 0;
    for (int64_t i = 1; i < count; i++) {
        values += sorted[i].key != sorted[i - 1].key;
    }
    return values;
}

// Cut the sorted designs where the value changes, or only where a share of them is full.
static void partition_cut(og_partition* made, int* part, const og_ranked* sorted, int64_t count,
                          bool every, int parts) {
    int64_t begin = 0;
    for (int64_t i = 1; i <= count; i++) {
        const bool full = i * parts >= (int64_t)(made->count + 1) * count;
        const bool ends = i == count || (sorted[i].key != sorted[i - 1].key && (every || full));
        if (!ends) {
            continue;
        }
        made->low[made->count] = sorted[begin].key;
        made->high[made->count] = sorted[i - 1].key;
        made->middle[made->count] = sorted[begin + (i - 1 - begin) / 2].key;
        for (int64_t k = begin; k < i; k++) {
            part[sorted[k].index] = made->count;
        }
        made->count++;
        begin = i;
    }
}

og_partition og_partition_make(og_arena* arena, const og_analysis* analysis, int parameter,
                               const int64_t* designs, int64_t count, int most) {
    const og_parameter* row = &analysis->record->space.parameters[parameter];
    int* part = OG_NEW(arena, int, count);
    og_partition made = {.parameter = parameter, .part = part};
    og_ranked* sorted = OG_NEW(arena, og_ranked, count);
    for (int64_t i = 0; i < count; i++) {
        sorted[i] = (og_ranked){analysis->trials[designs[i]].x[parameter], i};
    }
    og_ranked_sort(arena, sorted, count);
    const int64_t values = partition_count_values(sorted, count);
    const bool every = values <= most || row->kind == OG_CHOICE;
    const int64_t parts = every ? values : most;
    made.low = OG_NEW(arena, double, parts);
    made.high = OG_NEW(arena, double, parts);
    made.middle = OG_NEW(arena, double, parts);
    partition_cut(&made, part, sorted, count, every, (int)parts);
    return made;
}

static bool partition_has_levels(const og_parameter* parameter) {
    const bool ratio = parameter->kind == OG_INTEGER && parameter->scale == OG_LOGARITHMIC;
    return parameter->kind != OG_REAL && !ratio;
}

double og_analysis_position(const og_parameter* parameter, double value) {
    if (partition_has_levels(parameter)) {
        const int64_t levels = og_parameter_levels(parameter);
        const double level = (double)og_parameter_level(parameter, value);
        return levels > 1 ? level / (double)(levels - 1) : 0;
    }
    const bool ratio = parameter->scale == OG_LOGARITHMIC;
    const double low = ratio ? log(parameter->minimum) : parameter->minimum;
    const double high = ratio ? log(parameter->maximum) : parameter->maximum;
    const double at = ratio ? log(value) : value;
    return high > low ? fmin(fmax((at - low) / (high - low), 0), 1) : 0;
}

double og_analysis_at(const og_parameter* parameter, double position) {
    if (partition_has_levels(parameter)) {
        const int64_t levels = og_parameter_levels(parameter);
        return og_parameter_value(parameter, (int64_t)llround(position * (double)(levels - 1)));
    }
    const bool ratio = parameter->scale == OG_LOGARITHMIC;
    const double low = ratio ? log(parameter->minimum) : parameter->minimum;
    const double high = ratio ? log(parameter->maximum) : parameter->maximum;
    const double at = low + position * (high - low);
    const double value = fmin(fmax(ratio ? exp(at) : at, parameter->minimum), parameter->maximum);
    return parameter->kind == OG_INTEGER
               ? og_parameter_value(parameter, og_parameter_level(parameter, value))
               : value;
}
