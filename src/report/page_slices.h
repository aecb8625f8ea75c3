/// What the page of a report shows of the values of parameters.
#pragma once

#include "report/page_study.h"

/// Write the slices of a study: for each value of each parameter, or range of values where there
/// are many, the number of accepted trials, and the best and the median of what the study was led
/// by.
void og_page_slices_write(const og_page_study* study, og_page_json* json);
