/// What the page of a report shows of agents that tell how their search goes.
#pragma once

#include "report/page_study.h"

/// Write the diagnostics of a study: a curve for each name and part. Nothing when there are none.
void og_page_diagnostics_write(const og_page_study* study, og_page_json* json);
