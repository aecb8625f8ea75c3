/// How a metric is found in what a program wrote.
#pragma once

#include <jansson.h>

#include "env/description/yaml.h"
#include "ogive/environment.h"

typedef enum og_reading_kind {
    OG_READING_JSON,   ///< a number, or text with a unit, at a path of keys and indices
    OG_READING_CSV,    ///< a cell of a column
    OG_READING_REGEX,  ///< the first group of a match, the second one its unit
} og_reading_kind;

typedef struct og_reading {
    og_reading_kind kind;
    const char* file;   ///< in the working directory; NULL = standard output
    const char* text;   ///< path, header or POSIX extended regular expression
    bool first;         ///< the first row or match instead of the last
    int groups;         ///< of the expression
    const char* plain;  ///< unit of numbers without unit; NULL = a unit is required
    const og_metric* metric;
} og_reading;

/// Keys of a metric that og_reading_compile() reads.
#define OG_READING_KEYS "json", "csv", "regex", "file", "take", "in"

/// Read how `metric` is found from its `map`.
og_status og_reading_compile(og_yaml* yaml, const og_document_node* map, const og_metric* metric,
                             og_reading* reading);

/// What a program wrote into one file or to its output.
typedef struct og_reading_source {
    const char* file;  ///< NULL = standard output
    const char* text;  ///< terminated, without zero bytes
    size_t length;
    json_t* json;  ///< parsed at the first need; to be given back with json_decref()
    char** lines;  ///< split at the first need, list: [line_count]
    int line_count;
} og_reading_source;

/// The value of the metric in `source`. False with a reason in `scratch`.
bool og_reading_take(const og_reading* reading, og_reading_source* source, og_arena* scratch,
                     double* value, const char** reason);
