/// Designs in CSV files.
#pragma once

#include "ogive/environment.h"
#include "ogive/space.h"

/// Designs read from a file.
typedef struct og_designs {
    double* x;  ///< shape: [count][space->count]
    int64_t count;
    int64_t bad;            ///< rows that are wrong; their messages are in `problems`
    const char** problems;  ///< list: [min(bad, OG_DESIGN_PROBLEMS)], "file:line: ..."
} og_designs;

enum { OG_DESIGN_PROBLEMS = 20 };

/// Read designs for `space` from `path` (CSV, plain or gzip; "-" is standard input). The header
/// names parameters of `model` in any order; a parameter without column has its default. Columns
/// that `ogive evaluate` and `ogive export` write beside parameters are read over: the model's
/// metrics, what they say of a trial, and what stands between the two (derived metrics). Fails when
/// the file or its header is wrong; wrong rows are collected in `designs`.
og_status og_designs_load(og_arena* arena, const og_model* model, const og_space* space,
                          const char* path, og_designs* designs);

/// Split one line of CSV into trimmed cells (list: [*count]); quoted cells may hold commas and
/// doubled quotes, but no line ends. False when a quote is not closed or text follows a closed one.
bool og_designs_split(og_arena* arena, const char* line, size_t length, char*** cells, int* count);

/// True for the columns that are written of each trial besides its design and its metrics.
bool og_designs_is_of_trials(const char* name);
