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
