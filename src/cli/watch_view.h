/// How watched studies look: on a terminal, and as plain lines.
#pragma once

#include "cli/watch_study.h"

/// What a view is drawn for.
typedef struct og_watch_screen {
    int columns;
    int rows;      ///< 0 = as many as it takes
    bool color;    ///< escapes for colours are understood
    bool unicode;  ///< blocks and dots can be shown
} og_watch_screen;

/// Draw `studies` (list: [count]), a line at a time, each ended by a newline and no wider than the
/// screen. `heading`: what is watched; `note`: a message below it, "" = none. Where there is not
/// enough room for all a study says, it gets one line; ended ones are left out first.
void og_watch_view(const og_watch_screen* screen, const char* heading, const char* note,
                   og_watch_study* const* studies, int count, og_buffer* out);

/// One line of `study`, for a log.
void og_watch_line(const og_watch_study* study, og_buffer* out);
