/// What the page of a report says of the importance of parameters.
#pragma once

#include "report/page_study.h"

/// Write the importances of a study's parameters, for the number that it was led by and for being
/// among the best tenth, with the strongest interactions; and the surroundings of its best design.
/// Nothing when no trial has metrics.
void og_page_analysis_write(const og_page_study* study, og_page_json* json);
