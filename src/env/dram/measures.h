/// What the environments of memory controllers measure, from one table.
#pragma once

#include <stddef.h>

#include "ogive/dram.h"
#include "ogive/environment.h"

typedef enum og_dram_measure_form {
    OG_DRAM_OF_ALL,     ///< a double
    OG_DRAM_OF_READS,   ///< a double that traffic without reads does not have
    OG_DRAM_OF_COUNTS,  ///< an int64_t
} og_dram_measure_form;

/// A number of og_dram_result, by its place.
typedef struct og_dram_measure {
    og_metric metric;
    size_t offset;
    og_dram_measure_form form;
} og_dram_measure;

enum { OG_DRAM_MEASURES = 28 };

/// All of them; time_ns is the first.
extern const og_dram_measure og_dram_measures[OG_DRAM_MEASURES];

/// Places of measures in the table.
enum { OG_DRAM_MEASURE_TIME = 0, OG_DRAM_MEASURE_POWER = 2 };

/// True when traffic with (`reads`) or without reads has the measure.
bool og_dram_measure_given(const og_dram_measure* measure, bool reads);

/// The measure's value in `result`.
double og_dram_measure_read(const og_dram_measure* measure, const og_dram_result* result);
