/// Pictures of horizontal bars: one row a name, in groups, of one or several parts.
#pragma once

#include "report/svg_sheet.h"

/// One row.
typedef struct og_svg_bar {
    const char* group;    ///< heading; written where it differs from the row before. NULL = none
    const char* name;     ///< left of the bar
    const double* parts;  ///< laid end to end from 0; only a single one may be negative. NaN = no
                          ///< bar. shape: [part_count]
    double mark;          ///< where a diamond stands, NaN = none
    const char* note;     ///< right of the bar, NULL = none
    bool strong;          ///< the name is bold
} og_svg_bar;

/// A picture of bars.
typedef struct og_svg_bars {
    const char* title;
    const char* subtitle;           ///< NULL = none
    const char* label;              ///< of the axis, with unit
    const char* const* part_names;  ///< for the legend, "" = none; list: [part_count]
    const int* part_colors;         ///< as of og_series, list: [part_count]
    int part_count;
    double limit;           ///< bars are cut there, on both sides, with an arrow; 0 = none
    const char* mark_name;  ///< for the legend, NULL = no marks
    const og_svg_bar* bars;
    int bar_count;
} og_svg_bars;

/// Draw it. Its height grows with its rows.
void og_svg_bars_draw(const og_svg_bars* bars, og_buffer* out);
