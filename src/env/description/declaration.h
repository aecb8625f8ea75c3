/// What a description declares: parameters, constraints and metrics.
#pragma once

#include "env/description/yaml.h"
#include "ogive/environment.h"

/// Read the keys `parameters`, `constraints` and `metrics` of `map` into the space and the metrics
/// of `model`, which live in the arena of `yaml`. A metric may have keys of its own besides `unit`,
/// `doc` and `better`: those in `more` (list: [more_count]) are left to the caller. Fails with the
/// place of what is wrong, expressions and an empty space too.
og_status og_declaration_read(og_yaml* yaml, const og_document_node* map, const char* const* more,
                              int more_count, og_model* model);
