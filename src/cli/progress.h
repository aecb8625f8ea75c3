/// The progress line of a running command, on standard error.
#pragma once

#include <stdbool.h>

#include "ogive/study.h"

/// State of a progress line. Start with og_progress_line_start().
typedef struct og_progress_line {
    bool quiet;      ///< print nothing
    bool terminal;   ///< rewrite one line instead of adding lines
    double printed;  ///< clock of the last line
    double started;
    int64_t first;  ///< trials that were there already, of a resumed study
    int width;      ///< of the line on the terminal, to be overwritten
} og_progress_line;

og_progress_line og_progress_line_start(bool quiet);

/// Show `text`; a terminal shows every call, a file one in about five seconds.
void og_progress_line_show(og_progress_line* line, const char* text);

/// True when og_progress_line_show() would print now.
bool og_progress_line_due(const og_progress_line* line);

/// Remove the line from the terminal, before results are printed.
void og_progress_line_end(og_progress_line* line);

/// Callback for og_study_options; `context` is an og_progress_line.
void og_progress_line_study(void* context, const og_progress* progress);
