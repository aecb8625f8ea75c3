/// What the page of a report says of the surroundings of the best design.
#pragma once

#include "ogive/analysis.h"
#include "report/page_study.h"

/// Write what each other value of each single parameter would make of the best design of `study`:
/// as recorded, as evaluated, or else as `surrogate` estimates it (of the loss; NULL = not at all).
/// Nothing when the study has no best design.
void og_page_neighbours_write(const og_page_study* study, const og_analysis* analysis,
                              const og_surrogate* surrogate, og_arena* arena, og_page_json* json);
