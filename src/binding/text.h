/// Texts for callers in other languages.
#pragma once

#include "base/json.h"
#include "ogive/environment.h"

/// Give `size` bytes of `said` at most, and its length.
og_status og_binding_say(const char* said, char* text, size_t size, size_t* length);

/// Likewise with JSON, which is consumed.
og_status og_binding_say_json(json_t* json, char* text, size_t size, size_t* length);

/// A number, null when it is none; numbers (list: [count]).
json_t* og_binding_number(double value);
json_t* og_binding_numbers(const double* values, int count);

/// Space and metrics.
json_t* og_binding_space(const og_space_table* table);
json_t* og_binding_metrics(const og_metric* metrics, int count);
