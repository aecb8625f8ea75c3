/// From the tables of all environments to what holds over them.
#pragma once

#include "ogive/compare.h"

/// Fill `overall` and `overall_convergence` of a result that has its tables.
void og_overall_of_tables(og_arena* arena, og_compare_result* result);
